"""What cannot be estimated: data, design and estimand that do not fit each other, each with a code.

The codes and what would be right are listed in docs/methods/bad-input.md. A job prints them as findings.
"""

from __future__ import annotations


class Unfit(ValueError):
    """`code` names the kind of misfit, the text its place and what would be right, `row` (from 0) its row."""

    def __init__(self, code: str, text: str, *, row: int | None = None) -> None:
        super().__init__(text)
        self.code, self.row = code, row
