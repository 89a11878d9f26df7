"""A page for each method says what it assumes, where it comes from, and which code and tests there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "methods"
OF_OTHERS = {"bad-input", "claims", "coverage", "disclosure", "dispositions", "wording"}  # no methods of estimation
PAGES = sorted(page.stem for page in FOLDER.glob("*.md") if page.stem not in OF_OTHERS)


@pytest.mark.parametrize("name", PAGES)
def test_a_method_has_its_assumptions_reference_code_and_tests_on_its_page(name: str) -> None:
    heads = re.findall(r"^\*\*([^*]+?)[.:]?\*\*", (FOLDER / f"{name}.md").read_text(), re.MULTILINE)
    for head in (r"Assumptions?", r"References?", r"(Code and t|T)ests"):
        assert any(re.fullmatch(head, each) for each in heads), f"{name}.md has no paragraph {head}"


def test_there_is_a_page_for_every_other_method_too() -> None:
    assert {"variance", "weighting", "calibration", "replicates", "quantiles", "change", "nonresponse"} <= set(PAGES)
