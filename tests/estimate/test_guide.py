"""Pages that can be run print what they say they print."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "from-r-survey.md"
SCAN = ROOT / "docs" / "methods" / "scan.md"
PAGES = [GUIDE, ROOT / "docs" / "three-polls-2020.md", SCAN]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_prints_what_it_says(page: Path) -> None:
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```\n(?:```text\n(.*?)```)?", page.read_text(), re.DOTALL)
    assert blocks
    with contextlib.chdir(ROOT):
        for code, expected in blocks:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(code, names)
            assert printed.getvalue().strip() == expected.strip()


def test_the_guide_has_ten_analyses_and_their_numbers_are_those_of_r() -> None:
    """Every number that R printed with four digits or more stands, rounded alike, in what follows."""
    parts = re.split(r"\n## \d+\. ", GUIDE.read_text())[1:]
    assert len(parts) == 10
    for part in parts:
        blocks = re.findall(r"```(?:text)?\n([^`]*?)```", part)
        theirs, ours = (re.findall(r"-?\d+(?:\.\d+)?", block.replace(",", "")) for block in (blocks[-2], blocks[-1]))
        for number in theirs:
            if len(number.replace(".", "").lstrip("-0")) >= 4:
                digits = len(number.partition(".")[2])
                near = min(abs(float(each) - float(number)) for each in ours)
                assert near <= 0.51 * 10 ** -min(digits, 3), (part[:20], number)


def test_the_ratios_that_a_scan_prints_are_those_of_r() -> None:
    """svyby(~care, ~region, des, svyratio, denominator = ~pupils), in the reference cases."""
    case = json.loads((ROOT / "tests" / "estimate" / "reference" / "board-ratio-region.json").read_text())
    theirs = case["expected"]
    rows = zip(theirs["names"], theirs["estimate"], theirs["se"], strict=True)
    printed = re.findall(r"^region = (\w+) +ratio.*? +(\S+)  (\S+)  +\d+ +\d+$", SCAN.read_text(), re.MULTILINE)
    assert printed[:6] == [(name, f"{estimate:.4f}", f"{se:.4f}") for name, estimate, se in rows]
