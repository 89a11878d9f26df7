"""What Django says about an installation that others reach, and about the models."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

import peilstok
from peilstok.site.settings import _database

DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "peilstok.site.settings",
    "DATABASE_URL": "postgresql://nobody@/none",
    "PEILSTOK_SECRET_KEY": "0f3d5b1c9e7a48262d4f6081a2c4e6b8d0f2a4c6e8b0d2f4a6c8e0b2d4f6a8c0",
    "PEILSTOK_SITE_URL": "https://peilstok.example",
    "PYTHONPATH": str(Path(peilstok.__file__).parents[1]),
    "PATH": os.environ["PATH"],
}


def django(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "django", *arguments]
    return subprocess.run(command, env=DEPLOYED | variables, capture_output=True, text=True, timeout=60, check=False)


def test_djangos_check_of_a_deployment_finds_nothing() -> None:
    done = django("check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_same_check_finds_what_is_wrong_with_an_installation_in_debug_over_http() -> None:
    done = django("check", "--deploy", "--fail-level", "INFO", PEILSTOK_DEBUG="1", PEILSTOK_SITE_URL="http://a.example")
    assert done.returncode == 1
    for found in ("security.W018", "security.W012", "security.W016", "security.W004", "security.W008"):
        assert found in done.stderr  # DEBUG, insecure cookies, no HSTS, no redirect to https


def test_a_start_without_settings_names_what_is_missing() -> None:
    done = django("check", DATABASE_URL="", PEILSTOK_SECRET_KEY="")
    assert done.returncode != 0
    assert "DATABASE_URL is missing" in done.stderr
    assert "PEILSTOK_SECRET_KEY is missing" in done.stderr


@pytest.mark.parametrize(("query", "threshold"), [("", 5), ("?prepare=no", None)])
def test_statements_are_planned_once_a_connection_unless_a_pooler_is_between(query: str, threshold: int | None) -> None:
    options = _database(f"postgresql://anna@db.example/peilstok{query}")["OPTIONS"]
    assert isinstance(options, dict)
    assert options["prepare_threshold"] == threshold
    assert options["server_side_binding"] == bool(threshold)
    assert "prepare" not in options  # PostgreSQL's own client knows no such parameter


@pytest.mark.django_db
def test_the_migrations_are_those_of_the_models() -> None:
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


def test_every_room_of_state_is_an_app_in_the_order_of_the_house() -> None:
    rooms = [app for app in settings.INSTALLED_APPS if app.startswith("peilstok.")]
    assert rooms == [f"peilstok.{room}" for room in ("audit", "register", "accounts", "collect", "publish", "site")]


def test_the_settings_stay_below_300_lines() -> None:
    assert len((Path(peilstok.__file__).parent / "site" / "settings.py").read_text("utf-8").splitlines()) < 300
