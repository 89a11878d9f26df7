"""A book of figures for the tests: what was published in spring 2020, with invented errors, and some figures beside."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from peilstok.disclose.figures import Break, Figure, FigureBook, Kind, Measured, WaveFigures
from peilstok.terms import DomainKey, FigureName, WaveId

PUBLISHED = Path(__file__).resolve().parents[2] / "demo" / "2020" / "published_figures.csv"
DATES = {"1": date(2020, 3, 17), "2": date(2020, 3, 30), "3": date(2020, 4, 6)}
PUPILS = {"1": 269_877, "2": 143_212, "3": 414_915}
GROUPS = {"municipal_care": "municipal_care", "lead": "lead", "expects": "expects"}


def share(name: str, value: float, **more: Any) -> Figure:
    """A figure in percent with a standard error of two points."""
    given: dict[str, Any] = {"unit": "percent", "kind": "share", "measured": Measured(value=value, se=2.0), "n": 285}
    return Figure(name=FigureName(name), **{**given, **more})


def wave(number: str, *figures: Figure, **more: Any) -> WaveFigures:
    given: dict[str, Any] = {
        "date": DATES[number],
        "respondents": {"1": 138, "2": 108, "3": 285}[number],
        "pupils": PUPILS[number],
        "population": 971,
        "population_pupils": 1_502_012,
    }
    by_name = {figure.name: figure for figure in figures}
    return WaveFigures(id=WaveId(f"wave-{number}"), figures=by_name, **{**given, **more})


def book(
    *waves: WaveFigures,
    covariances: Mapping[frozenset[tuple[WaveId, FigureName]], float] | None = None,
    breaks: tuple[Break, ...] = (),
) -> FigureBook:
    return FigureBook(waves=waves, covariances=covariances or {}, breaks=breaks)


def published() -> FigureBook:
    """The three waves with the figures of the published list, shares as whole numbers of the boards."""
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return book(*(wave(number, *(_figure(row) for row in rows if row["wave"] == number)) for number in "123"))


def _figure(row: Mapping[str, str]) -> Figure:
    kind: Kind = "share" if row["estimand"] == "share" else "mean" if row["estimand"] == "mean" else "ratio"
    n, value = int(row["respondents"]), float(row["published_value"])
    count = round(value * n / 100) if kind == "share" else None
    value = 100 * count / n if count is not None else value
    domain = "all" if row["domain"] == "all" else "without_vso"
    return share(
        row["figure"] if domain == "all" else f"{row['figure']}.{domain}",
        value,
        kind=kind,
        measured=Measured(value=value, se=0.2 if value < 10 else 2.0, ci_low=value - 1, ci_high=value + 1),
        n=n,
        count=count,
        domain=DomainKey(domain),
        group=next((group for start, group in GROUPS.items() if row["figure"].startswith(start)), None),
    )


def text(body: str, *, lang: str = "nl", wave: str = "wave-3", title: str = "Proef") -> str:
    """An article with front matter of six lines and an empty one: the body begins on line 8."""
    return f"---\nwave: {wave}\nlang: {lang}\ntitle: {title}\ndate: 2020-04-06\n---\n\n{body}\n"
