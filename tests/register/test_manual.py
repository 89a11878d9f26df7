from __future__ import annotations

from pathlib import Path

from peilstok.register import manual
from peilstok.register.codes import CODES
from peilstok.register.columns import SYNONYMS

PAGE = Path(__file__).resolve().parents[2] / manual.PATH


def test_the_page_about_the_register_is_fresh() -> None:
    assert PAGE.read_text().endswith(manual.page()), "run: make docs"


def test_every_code_and_every_name_of_a_column_stands_in_it() -> None:
    text = PAGE.read_text()
    for code in CODES.values():
        assert f"| {code.name} | {code.severity} | {code.meaning} |" in text
    for names in SYNONYMS.values():
        assert all(f"`{name}`" in text for name in names)
