"""Functions of estimates of one sample: differences, ratios, and whatever else the delta method reaches."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from peilstok.estimate.contrasts import gradient
from peilstok.estimate.survey import estimation
from peilstok.estimate.survey.estimands import Terms
from peilstok.estimate.survey.estimation import Estimates
from peilstok.estimate.survey.found import Basis, Found
from peilstok.estimate.unfit import Unfit

_PLACE: Final = re.compile(r"\b_([0-9]{1,6})\b")


def contrast(found: Found | Sequence[Found], contrasts: Mapping[str, str]) -> Found:
    """Functions of the estimates of one analysis or of several of the same sample, {name: expression}.

    With + - * / ** ( ), log, exp and sqrt, and the names of estimates, or _1, _2 by their places: so is written what
    could not stand there (`api.stu`, `north:care`, a name that two of them have). By the delta method, from the
    covariance over all domains.
    """
    given = [found] if isinstance(found, Found) else list(found)
    if not given or not all(isinstance(each, Found) for each in given):
        raise TypeError("a contrast is of totals, means, shares or ratios, of one analysis or a list of them")
    whole = given[0] if len(given) == 1 else _together(given)
    plain = _written(whole.names)
    expressions = [_by_name(each, plain) for each in contrasts.values()]
    try:
        values, slopes = gradient(expressions, dict(zip(plain, whole.values.tolist(), strict=True)))
    except Unfit:
        raise
    except ValueError as error:
        named = [f"{short} ({name})" for short, name in zip(plain, whole.names, strict=True) if short != name]
        raise ValueError(f"{error}; written by their place: {', '.join(named)}" if named else str(error)) from None
    estimates = Estimates(tuple(contrasts), values, slopes @ whole.covariance @ slopes.T, whole.df)
    return Found(estimates, whole.basis.function(slopes))


def _written(names: Sequence[str]) -> list[str]:
    return [
        name if names.count(name) == 1 and _is_plain(name) else f"_{place}" for place, name in enumerate(names, start=1)
    ]


def _is_plain(name: str) -> bool:
    """Could it stand in an expression as it is, and is it no place?"""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not _PLACE.fullmatch(name)


def _by_name(expression: str, plain: Sequence[str]) -> str:
    """A place, _2, may be written for every estimate."""

    def name(found: re.Match[str]) -> str:
        place = int(found[1])
        return plain[place - 1] if 1 <= place <= len(plain) else found[0]

    return _PLACE.sub(name, expression)


def _together(found: Sequence[Found]) -> Found:
    """All estimates with the covariance of any two of them; degrees of freedom are the fewest of any."""
    sample = found[0].basis.sample
    if any(each.basis.sample is not sample for each in found):
        raise ValueError("a contrast is of one sample; the estimates are of several (of two waves: `change`)")
    names = tuple(name for each in found for name in each.names)
    terms = tuple(term for each in found for term in each.basis.terms.terms)
    whole = Terms(tuple(term.name for term in terms), terms)
    covariance = estimation.covariance_of(whole, sample)
    slopes = _diagonal([each.basis.all_slopes for each in found])
    values = np.concatenate([each.values for each in found])
    df = min(each.df for each in found)
    estimates = Estimates(names, values, slopes @ covariance @ slopes.T, df)
    return Found(estimates, Basis(sample, whole, slopes))


def _diagonal(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """One block after the other, with zeros beside."""
    result, row, column = np.zeros(np.sum([block.shape for block in blocks], axis=0)), 0, 0
    for block in blocks:
        result[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return result
