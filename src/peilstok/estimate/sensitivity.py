"""One figure under one assumption after another about the boards that did not answer.

First what the figure is with each weighting, with its 95 percent interval: boards that did not answer are taken to be
like those that did, in all or within the classes that the weighting knows. Then what it could be where that is not so
(`bounds`): within some points, and with nothing assumed. Whoever reads the rows from top to bottom sees how much of a
figure is data and how much is trust. Not decided here: which row is published (the plan).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from peilstok.estimate import linearise
from peilstok.estimate.answers import Wave
from peilstok.estimate.blocks import interval_of
from peilstok.estimate.bounds import Bounds, turning_point, within, worst_case
from peilstok.estimate.columns import Columns, columns
from peilstok.estimate.covariance import variances
from peilstok.estimate.design import Codes, simple_random
from peilstok.estimate.nonrespondents import Possible, possible
from peilstok.estimate.plan import Domain, Estimand, figure_name
from peilstok.estimate.table import Of
from peilstok.estimate.weightings import Weighting
from peilstok.terms import FigureName, Language, Words

POINTS: Final = (5.0, 10.0)
"""Percentage points, or percent of a figure that is no percentage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """The figure if the sentence is true.

    With a `value`: its 95 percent interval. Without: any value from `low` to `high`. Where nothing follows, all three
    are None and `why_not` says why.
    """

    key: str
    sentence: Words
    value: float | None = None
    low: float | None = None
    high: float | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """A figure under every assumption. `n` of the `boards` of the frame (in the domain) answered it.

    `turning_point`, of a percentage: by how many points boards that did not answer have to differ from those of their
    class that did, for the figure to be on the other side of 50 percent; None where no number does that.
    """

    name: FigureName
    label: Words
    unit: str
    n: int
    boards: int
    rows: tuple[Assumed, ...]
    turning_point: float | None

    def row(self, key: str) -> Assumed:
        return next(row for row in self.rows if row.key == key)


def sensitivity(
    wave: Wave,
    estimand: Estimand,
    domain: Domain,
    *,
    weightings: Sequence[Weighting],
    cells: Codes,
    of: Of = "boards",
    points: Sequence[float] = POINTS,
) -> Sensitivity:
    """The table of one figure. `cells` has for every board of the frame the class within which boards are compared.

    ValueError for a figure that is counted at the boards that answered, or whose bounds are not known.
    """
    figure = possible(wave, estimand, domain, of=of)
    column = columns(wave, estimand.measure).within(wave.inside(domain.where))
    column = column.times(wave.register("pupils")) if of == "pupils" else column
    inside = cells[figure.inside]
    turning = turning_point(figure.known, inside, 0.5) if figure.known.part else None
    return Sensitivity(
        name=figure_name(estimand.name, domain.key),
        label=estimand.label,
        unit=estimand.unit,
        n=column.n,
        boards=int(figure.inside.sum()),
        rows=(
            *(_weighted(each, column, len(wave.frame), estimand.scale) for each in weightings),
            *(_within(figure, inside, each, percent=estimand.unit == "percent") for each in points),
            _worst(figure),
        ),
        turning_point=None if turning is None else 100 * turning,
    )


def as_text(table: Sensitivity, language: Language) -> str:
    """The rows as a plain table, the sentence last: it may be long."""
    words = {"nl": ("waarde", "van", "tot", "als dit waar is"), "en": ("value", "from", "to", "if this is true")}
    cells: list[tuple[str, ...]] = [words[language]]
    for row in table.rows:
        numbers = [written(each, language) for each in (row.value, row.low, row.high)]
        sentence = row.sentence.nl if language == "nl" else row.sentence.en
        cells.append((*numbers, f"{sentence} ({row.why_not})" if row.why_not else sentence))
    widths = [max(len(line[place]) for line in cells) for place in range(3)]
    head = table.label.nl if language == "nl" else table.label.en
    body = ["  ".join([*(line[k].rjust(widths[k]) for k in range(3)), line[3]]) for line in cells]
    return "\n".join([f"{head} (n = {table.n} / {table.boards})", *body]) + "\n"


def written(number: float | None, language: Language, *, digits: int = 1) -> str:
    """A number as it is written in the language; a dash where there is none."""
    if number is None or math.isnan(number):
        return "-"
    text = f"{number:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


def _weighted(weighting: Weighting, column: Columns, boards: int, scale: float) -> Assumed:
    """The estimate with these weights and its interval, by the functions that publish."""
    row = Assumed(key=weighting.key, sentence=weighting.sentence)
    if weighting.adjustment is None:
        return replace(row, why_not=weighting.why_not)
    if column.n < 2 or column.contributors == 0:
        return replace(row, why_not="fewer than two boards answered it")
    weights = weighting.adjustment.after
    found = linearise.of(column.y * scale, column.x, weights=weights)
    design = simple_random(sampled=len(weights), population=boards)
    [variance] = variances(weighting.adjustment.project(found.values[:, None]), design)
    interval = interval_of(column, found.estimate, math.sqrt(variance), weights=weights, boards=boards, scale=scale)
    return replace(row, value=found.estimate, low=interval.low, high=interval.high)


def _within(figure: Possible, cells: Codes, points: float, *, percent: bool) -> Assumed:
    amount, wanted = f"{points:g}".replace(".", ","), points / 100
    nl, en = f"{amount} procentpunt", f"{points:g} percentage points"
    if not percent:
        nl, en = f"{amount} procent", f"{points:g} percent"
        wanted *= abs(within(figure.known, cells, points=0).low)
    sentence = Words(
        nl=f"Besturen die niet antwoordden, verschillen gemiddeld hoogstens {nl} van andere van hun grootte.",
        en=f"Boards that did not answer differ on average by at most {en} from those of their size that did.",
    )
    row = Assumed(key=f"within_{points:g}", sentence=sentence)
    return _between(row, within(figure.known, cells, points=wanted), figure.scale)


def _worst(figure: Possible) -> Assumed:
    sentence = Words(
        nl="Over besturen die niet antwoordden, wordt niets aangenomen.",
        en="Nothing is assumed about boards that did not answer.",
    )
    return _between(Assumed(key="worst_case", sentence=sentence), worst_case(figure.known), figure.scale)


def _between(row: Assumed, bounds: Bounds, scale: float) -> Assumed:
    if not math.isfinite(bounds.high - bounds.low):
        return replace(row, why_not="such an amount has no largest value")
    return replace(row, low=bounds.low * scale, high=bounds.high * scale)
