"""What a command needs around it: the environment variables of a local installation, a database, Django.

With DATABASE_URL set, that server is used and nothing is started; else the embedded one under PEILSTOK_HOME (`var`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from peilstok import postgres
from peilstok.errors import CannotRun

PATIENCE: Final = 5
"""Seconds in which a server must answer."""


def home() -> Path:
    """The folder for everything that a run makes: PEILSTOK_HOME, or `var` at the root of the checkout."""
    given = os.environ.get("PEILSTOK_HOME")
    return Path(given).resolve() if given else Path(__file__).resolve().parents[3] / "var"


def local_environment() -> dict[str, str]:
    """The environment of an installation on this machine, for this process and for children of it.

    Starts the embedded PostgreSQL when there is no DATABASE_URL. What is already set stays.
    """
    from peilstok.site.environment import local_secret

    place = home()
    place.mkdir(parents=True, exist_ok=True)
    variables = {
        "DJANGO_SETTINGS_MODULE": "peilstok.site.settings",
        "PEILSTOK_HOME": str(place),
        "PEILSTOK_SITE_URL": "http://127.0.0.1:8000",
        # products of a wave are small: on a busy machine threads that wait for each other take ten times as long
        "OPENBLAS_NUM_THREADS": "1",
    }
    variables |= {name: value for name, value in os.environ.items() if value}
    if "PEILSTOK_SECRET_KEY" not in variables:
        variables["PEILSTOK_SECRET_KEY"] = local_secret(place)
    if "DATABASE_URL" not in variables:
        variables["DATABASE_URL"] = postgres.up(place / "postgres")
    return variables


def open_database() -> None:
    """What every command that needs the database begins with: models can be used, and the tables are of this version.

    So that it makes no difference which command is the first one in a new installation.
    """
    set_up_django()
    migrate()


def set_up_templates() -> None:
    """Make templates and their texts usable, without a database: nothing may ask one afterwards.

    Where Django runs in this process already, its surroundings stay as they are.
    """
    import django
    from django.apps import apps

    if apps.ready:
        return
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@/none")
    os.environ.update(local_environment())
    django.setup()


def set_up_django() -> None:
    """Make models and settings usable in this process. CannotRun where the server of DATABASE_URL does not answer."""
    given = os.environ.get("DATABASE_URL")
    os.environ.update(local_environment())
    import django

    django.setup()
    if given:
        _check_answers(given)


def _check_answers(url: str) -> None:
    """Asked once, before a pool of connections tries for ten seconds and tells it in a hundred lines."""
    import psycopg
    from django.db import connections

    try:
        psycopg.connect(**connections["default"].get_connection_params(), connect_timeout=PATIENCE).close()
    except psycopg.OperationalError as error:
        parts = urlsplit(url)
        where = f"{parts.hostname or 'localhost'}, database {parts.path.lstrip('/')}"
        reason = str(error).strip().splitlines()[0]
        raise CannotRun(f"the server of DATABASE_URL does not answer ({where}): {reason}") from None


def migrate() -> None:
    """Bring the database's tables up to date (after `set_up_django`)."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
