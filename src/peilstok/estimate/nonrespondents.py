"""What is known of a figure at the boards that did not answer: nothing but how small and how large it can be there.

A share of boards is 0 or 1 at a board; pupils are from 0 to those of the register; a percentage is from 0 to 100. A
board that answered and by its answer left the base (it did not know, the question was not for it) is known to be
outside it; one that left the question empty is not known. Where every board that answered is in the base, or has the
denominator of the register, so have the others. Not decided here: what follows (`bounds`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from peilstok.estimate.answers import Mask, Wave
from peilstok.estimate.bounds import Known
from peilstok.estimate.columns import columns
from peilstok.estimate.design import Floats
from peilstok.estimate.measures import Count, Mean, OfFrame, Ratio, RegisterShare, Share, Total
from peilstok.estimate.plan import Domain, Estimand
from peilstok.estimate.table import Of
from peilstok.terms import ItemName, Missing

_OUTSIDE = frozenset({Missing.NOT_APPLICABLE, Missing.NOT_ASKED})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Possible:
    """A figure over the boards of a domain; its value is `scale` times the y / x of `known`.

    `inside` tells which boards of the frame these are.
    """

    known: Known
    scale: float
    inside: Mask


def possible(wave: Wave, estimand: Estimand, domain: Domain, *, of: Of = "boards") -> Possible:
    """The figure at every board of the frame in the domain. ValueError, with the reason, where nothing bounds it."""
    inside, answered = wave.inside_of_frame(domain.where), wave.answered
    pupils = wave.sizes
    sizes = pupils if of == "pupils" or isinstance(estimand.measure, Ratio) else np.ones(len(pupils))
    y, x, known = _found(wave, estimand, answered, sizes if of == "pupils" else np.ones(len(pupils)))
    percentages = isinstance(estimand.measure, Mean) and estimand.unit == "percent"
    whole = percentages or isinstance(estimand.measure, Share | RegisterShare)
    whole |= isinstance(estimand.measure, Ratio) and estimand.measure.of_whole
    in_base = x[known & inside]
    if (in_base > sizes[known & inside] * (1 + 1e-12)).any():
        raise ValueError("its denominator is larger than the pupils of a board: it is not known how large it can be")
    fixed = not whole and not isinstance(estimand.measure, Ratio)
    fixed |= bool((np.abs(in_base - sizes[known & inside]) <= 1e-12 * sizes[known & inside]).all())
    columns_of: dict[str, Floats] = {
        "y": y / 100 if percentages else y,
        "x": x,
        "y_least": np.zeros(len(y)),
        "y_most": sizes if whole else pupils if estimand.unit == "pupils" else np.full(len(y), np.inf),
        "x_least": sizes if fixed else np.zeros(len(y)),
        "x_most": sizes,
        "sizes": sizes,
    }
    found = Known(known=known[inside], part=whole, **{name: column[inside] for name, column in columns_of.items()})
    return Possible(known=found, scale=_scale(estimand, whole, int(inside.sum())), inside=inside)


def _scale(estimand: Estimand, whole: bool, boards: int) -> float:
    """A total is so many times the mean over the boards; percentages are kept as parts of one."""
    if isinstance(estimand.measure, Total):
        return float(boards)
    return 100.0 if whole or estimand.unit == "percent" else 1.0


def _found(wave: Wave, estimand: Estimand, answered: Mask, times: Floats) -> tuple[Floats, Floats, Mask]:
    """y and x at every board of the frame (0 where they are not known), and where they are."""
    measure, boards = estimand.measure, len(wave.frame)
    if isinstance(measure, Count | OfFrame):
        raise ValueError("it is counted at the boards that answered and says nothing of the others")
    if isinstance(measure, RegisterShare):
        said = wave.inside_of_frame(measure.where)
        return said * times, times.copy(), np.ones(boards, dtype=np.bool_)
    column = columns(wave, measure)
    y, x, known = np.zeros(boards), np.zeros(boards), np.zeros(boards, dtype=np.bool_)
    settled = column.base | _left(wave, estimand)
    y[answered], known[answered] = column.y * times[answered], settled
    x[answered] = settled if column.x is None else column.x * times[answered]
    return y, x, known


def _left(wave: Wave, estimand: Estimand) -> Mask:
    """Boards that answered, and are outside the base by what they said."""
    measure = estimand.measure
    if isinstance(measure, Share):
        outside = _OUTSIDE | {Missing.DONT_KNOW}
        return wave.column(measure.item).where(outside.__contains__)
    said = [wave.column(ItemName(term.name)) for term in measure.terms if term.source == "item"]
    if not said:
        return np.zeros(len(wave), dtype=np.bool_)
    outside_of_one = np.logical_or.reduce([column.where(_OUTSIDE.__contains__) for column in said])
    nothing_to_take = np.logical_and.reduce([column.known for column in said])
    return np.asarray(outside_of_one | nothing_to_take, dtype=np.bool_)
