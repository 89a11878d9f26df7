"""Whatever command is the first one in a new installation: no traceback, and never a table that is not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import typer

from peilstok.cli import app
from peilstok.demo.mailbox import free_port

ROOT = Path(__file__).resolve().parents[2]
WAVE = ROOT / "demo" / "2020" / "wave-3"

COMMANDS: dict[str, list[str]] = {
    "article check": [f"{WAVE}/article.en.md", "--figures", "none.json"],
    "audit verify": [],
    "db migrate": [],
    "db start": [],
    "db stop": [],
    "demo run": [],
    "demo serve": ["--port", str(free_port())],
    "demo table": [],
    "estimate": ["none.json"],
    "figures export": ["wave-3"],
    "figures show": ["wave-3"],
    "mail fetch": [],
    "mail receive": ["--to", "bounce@raad.example"],
    "nonresponse": ["wave-3"],
    "questionnaire check": [f"{WAVE}/questionnaire.yaml"],
    "questionnaire compare": [f"{WAVE}/questionnaire.yaml", f"{WAVE}/questionnaire.yaml"],
    "questionnaire export": [f"{WAVE}/questionnaire.yaml", "--output", os.devnull],
    "questionnaire import": ["none.xlsx", "--output", os.devnull],
    "questionnaire preview": [f"{WAVE}/questionnaire.yaml", "--output", os.devnull],
    "register diff": ["2018-10-01", "2019-10-01"],
    "register import": ["none.csv", "--on", "2019-10-01"],
    "register list": [],
    "register remove": ["2019-10-01"],
    "release list": [],
    "release publish": ["wave-3", "--article", f"{WAVE}/article.en.md"],
    "user add": ["--email", "anna@peilstok.example", "--name", "Anna", "--role", "poll_officer"],
    "user password": ["--email", "anna@peilstok.example"],
    "wave close": ["wave-3"],
    "wave contacts": ["contacts.csv"],
    "wave create": [f"{WAVE}/wave.yaml", "--frame", "2019-10-01"],
    "wave forget": ["wave-3"],
    "wave freeze": ["wave-3"],
    "wave invite": ["wave-3"],
    "wave list": [],
    "wave mails": ["wave-3"],
    "wave monitor": ["wave-3"],
    "wave open": ["wave-3"],
    "wave remind": ["wave-3"],
    "wave resend": ["wave-3", "--failed"],
    "wave test": ["wave-3", "--to", "anna@raad.example"],
    "worker": ["--one-shot"],
}
"""Every command, with words that take it to the database where it needs one."""

ELSEWHERE = {"db start", "db stop"}  # they need no tables; tests/postgres


def commands(command: Any, name: str = "") -> Iterator[str]:
    """The names of all commands that there are, as they are typed."""
    for child, under in getattr(command, "commands", {}).items():
        yield from commands(under, f"{name} {child}".strip())
    if not hasattr(command, "commands"):
        yield name


def test_no_command_is_left_out_here() -> None:
    assert set(commands(typer.main.get_command(app))) == set(COMMANDS)


@pytest.fixture(scope="module")
def empty_database() -> Iterator[str]:
    """The URL of a database of its own on the server of the tests."""
    url = os.environ["DATABASE_URL"]
    name = f"first_command_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def ended(empty_database: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each command ended that was the first one."""
    folder = tmp_path_factory.mktemp("first_command")
    (folder / "contacts.csv").write_text("number,email\n99001,bestuur@proef.example\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PEILSTOK_")}
    environment |= {
        "DATABASE_URL": empty_database,
        "PEILSTOK_HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.every_command"],
        input=json.dumps({name: words for name, words in COMMANDS.items() if name not in ELSEWHERE}),
        cwd=folder, env=environment, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - ELSEWHERE))
def test_a_command_that_is_the_first_one_ends_with_a_status_and_no_traceback(ended: dict[str, str], name: str) -> None:
    assert ended[name][0].isdigit(), ended[name]


@pytest.mark.parametrize("name", ["wave list", "register list", "release list"])
def test_where_there_is_nothing_to_list_that_is_said_with_what_to_do_next(ended: dict[str, str], name: str) -> None:
    assert ended[name].startswith("0: ")
    assert " yet: peilstok " in ended[name]
