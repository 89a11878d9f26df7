"""What the demo is made of: its files, its seed and its people. The one place that knows where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from peilstok.terms import Language, WaveId

ROOT: Final = Path(__file__).resolve().parents[3] / "demo"
REGISTER: Final = ROOT / "register"
SCHOOLS: Final = ROOT / "schools"
"""A wave that asks something of every school of a board."""
SEED: Final = 20200406
FRAME_DATE: Final = date(2019, 10, 1)
WAVES: Final = (WaveId("wave-1"), WaveId("wave-2"), WaveId("wave-3"))
PROVISIONAL: Final = frozenset({WaveId("wave-1")})
"""Published as interim figures, "to be updated in the following days"."""
PUBLISHED: Final = ROOT / "2020" / "published_figures.csv"
EXPLANATIONS: Final = ROOT / "2020" / "explanations.yaml"


def folder(wave: WaveId) -> Path:
    return ROOT / "2020" / wave


def article(wave: WaveId, language: Language) -> Path:
    return folder(wave) / f"article.{language}.md"


def address(board: str) -> str:
    """Where the demo's boards get their mail: under `example`, which never reaches anybody (RFC 2606)."""
    return f"bestuur-{board}@voorbeeldbestuur.example"


def secretariat(board: str) -> str | None:
    """A second address, of one board in ten. The third wave mails it too."""
    return f"secretariaat-{board}@voorbeeldbestuur.example" if board.endswith("0") else None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who logs in to the demo. `role` as `accounts` names it; a board role is at the demo's first board."""

    email: str
    name: str
    role: str
    password: str


PEOPLE: Final = (
    Person("anna@raad.example", "Anna", "poll_officer", "anna-peilt-de-stand"),
    Person("stan@raad.example", "Stan", "statistician", "stan-schat-de-stand"),
    Person("cora@raad.example", "Cora", "communications", "cora-schrijft-het-op"),
    Person("ada@raad.example", "Ada", "administrator", "ada-beheert-de-stok"),
    Person("bram@voorbeeldbestuur.example", "Bram", "director", "bram-bestuurt-graag"),
)
"""Invented; the passwords are printed and worth nothing outside the demo."""
