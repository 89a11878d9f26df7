"""What an installation must be told, read once at start from environment variables.

`read` gives a frozen `Environment` or one error that names everything missing or wrong. Business values (closing
times, thresholds, reminder days) are not here: they belong to the wave.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from peilstok.errors import CannotRun

PREFIX = "PEILSTOK_"
WITHOUT_PREFIX = {"database_url": "DATABASE_URL"}


class Environment(BaseModel):
    """The settings of one installation. Field `site_url` is the variable PEILSTOK_SITE_URL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field(
        description="postgresql://user:password@host:port/name, PostgreSQL 14 to 18; "
        "with ?prepare=no behind a pooler that keeps no prepared statements"
    )
    secret_key: str = Field(
        min_length=32,
        description="at least 32 random characters; signs sessions and makes every secret link. With another one, "
        "everybody has to log in again, and no more mail can carry the link of a wave that is open by then: links "
        "that were sent keep working. Keep a copy, but not beside copies of the database",
    )
    site_url: str = Field(description="where the site is reached, e.g. https://peilstok.example.nl")
    home: Path = Field(default=Path("var"), description="the folder for everything that a run makes")
    mail_url: str = Field(default="smtp://127.0.0.1:2525", description="smtp://user:password@host:port")
    mail_from: str = Field(default="Peilstok <peiling@peilstok.example>", description="sender of every mail")
    mail_return: str = Field(
        default="",
        description="where mails that cannot be delivered come back to, e.g. bounce@raad.example.nl; each mail comes "
        "back to an address of its own made of it (bounce+...@raad.example.nl), which must reach the same box. "
        "Empty: to mail_from, and nothing is read of it",
    )
    mail_inbox: str = Field(
        default="",
        description="imaps://user:password@host/INBOX, the box that mail_return reaches; it is looked at every five "
        "minutes. Empty: none (`peilstok mail receive` may be in use instead)",
    )
    council: str = Field(default="Raad voor het voorbeeld", description="the council's name, as members know it")
    council_phone: str = Field(default="030 000 00 00", description="the number in mails and on pages")
    proxies: int = Field(
        default=0, ge=0, le=5, description="how many proxies of your own stand in front and set X-Forwarded-For"
    )
    debug: bool = Field(default=False, description="never on a machine that others reach")
    demo: bool = Field(default=False, description="marks every page as a demonstration; allows demo_clock")
    demo_clock: datetime | None = Field(
        default=None, description="with demo: the moment at which the process's clock starts, with its zone"
    )

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"postgresql", "postgres"}:
            raise ValueError("a URL that begins with postgresql://")
        return value

    @field_validator("site_url")
    @classmethod
    def _is_site(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a URL that begins with https:// (http:// on this machine)")
        return value.rstrip("/")

    @field_validator("mail_return")
    @classmethod
    def _is_mailbox(cls, value: str) -> str:
        mailbox, _, domain = value.rpartition("@")
        if value and not (re.fullmatch(r"[A-Za-z0-9._-]{1,30}", mailbox) and domain):
            raise ValueError("an address such as bounce@raad.example.nl, with at most 30 characters before the @")
        return value

    @field_validator("mail_inbox")
    @classmethod
    def _is_inbox(cls, value: str) -> str:
        parts = urlsplit(value)
        here = parts.scheme == "imap" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if value and not ((parts.scheme == "imaps" or here) and parts.hostname and parts.username):
            raise ValueError("a URL that begins with imaps:// and has a user (imap:// on this machine only)")
        return value

    @model_validator(mode="after")
    def _clock_only_in_the_demo(self) -> Self:
        if self.demo_clock and not self.demo:
            raise ValueError("PEILSTOK_DEMO_CLOCK needs PEILSTOK_DEMO=1: a real installation runs on real time")
        if self.demo_clock and self.demo_clock.tzinfo is None:
            raise ValueError("PEILSTOK_DEMO_CLOCK needs a time zone, e.g. 2020-04-06T09:00+02:00")
        return self

    @property
    def host(self) -> str:
        return urlsplit(self.site_url).hostname or "localhost"


def variable(field: str) -> str:
    return WITHOUT_PREFIX.get(field, PREFIX + field.upper())


def read(variables: Mapping[str, str]) -> Environment:
    given = {field: variables[variable(field)] for field in Environment.model_fields if variables.get(variable(field))}
    try:
        return Environment.model_validate(given)
    except ValidationError as error:
        raise CannotRun("\n".join(["the environment is not complete:", *map(_line, error.errors())])) from None


def _line(problem: object) -> str:
    assert isinstance(problem, dict)
    location = problem["loc"]
    if not location:
        return f"  {problem['msg'].removeprefix('Value error, ')}"
    field = str(location[0])
    wanted = Environment.model_fields[field].description
    found = "is missing" if problem["type"] == "missing" else f"is wrong ({problem['msg']})"
    return f"  {variable(field)} {found}: {wanted}"


def local_secret(home: Path) -> str:
    """The key of an installation on one machine, made at first use and kept where only its owner reads it."""
    path = home / "secret.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
