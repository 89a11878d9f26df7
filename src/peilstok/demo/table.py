"""The published figures beside the computed ones, as the command line prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from peilstok.demo.published import Compared, rounded


def as_json(rows: Sequence[Compared]) -> list[dict[str, object]]:
    """One object for each row of published_figures.csv, in its order; values in its unit (63.5, not 0.635).

    A figure without sampling error (the coverage of an answered wave is counted, not estimated) has `se` 0.
    """
    return [_object(row) for row in rows]


def _object(row: Compared) -> dict[str, object]:
    measured = row.figure.measured
    return {
        "wave": row.published.wave.removeprefix("wave-"),
        "figure": row.published.figure,
        "domain": row.published.domain,
        "published_value": float(row.published.value),
        "computed": measured.value,
        "se": measured.se if measured.se is not None else 0.0,
        "ci_low": measured.ci_low if measured.ci_low is not None else measured.value,
        "ci_high": measured.ci_high if measured.ci_high is not None else measured.value,
        "n": row.figure.n,
        "agrees": row.agrees,
        "explanation": row.explanation.en if row.explanation else "",
    }


def as_text(rows: Sequence[Compared]) -> Iterator[str]:
    """Lines of a table in plain text; explanations below it, numbered."""
    notes: list[str] = []
    yield _line("wave", "figure", "domain", "published", "computed", "95% interval", "n", "same")
    for row in rows:
        mark = ""
        if row.explanation:
            notes.append(f"[{len(notes) + 1}] {row.published.wave} {row.published.name}: {row.explanation.en}")
            mark = f" [{len(notes)}]"
        yield _row(row, mark)
    agreeing = sum(row.agrees for row in rows)
    yield ""
    yield f"{agreeing} of {len(rows)} the same after rounding, or true in the words of print; synthetic answers"
    if notes:
        yield ""
        yield from notes


def _row(row: Compared, mark: str) -> str:
    measured, like = row.figure.measured, row.published.value
    interval = ""
    if measured.ci_low is not None and measured.ci_high is not None:
        finer = like + Decimal("0.0")
        interval = f"{rounded(measured.ci_low, like=finer)} - {rounded(measured.ci_high, like=finer)}"
    return _line(
        row.published.wave,
        row.published.figure,
        row.published.domain,
        str(like),
        f"{measured.value:.2f}",
        interval,
        str(row.figure.n),
        ("yes" if row.agrees else "no") + mark,
    )


def _line(*cells: str) -> str:
    widths = (6, 26, 15, -9, -9, -14, -5, 9)
    texts = (cell.ljust(width) if width > 0 else cell.rjust(-width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(texts).rstrip()
