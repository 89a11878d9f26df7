"""A job done: the object that is printed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from peilstok.errors import Refused
from peilstok.estimate.jobs import file, findings, sampling
from peilstok.estimate.survey import estimation, wanted
from peilstok.estimate.survey.estimation import Estimates
from peilstok.estimate.survey.sampling import Sample

NORMAL: Final = 1.959963984540054
"""The upper 97.5 percent point of the normal distribution (Abramowitz and Stegun 1964, table 26.1, to more digits)."""

Result = dict[str, Any]


def run(path: Path) -> dict[str, object]:
    """Run the job of a file; raises `Refused` with what is wrong with it or with its data."""
    job, written = file.read(path)
    wrong = [*findings.incomplete(job, written), *findings.unknown(job, written, path.parent)]
    if wrong:
        raise Refused(wrong)
    section: tuple[str, ...] = ()
    try:
        sample = sampling.sample(job, path.parent)
        section = ("estimand",)
        return as_json(_done(job.estimand, sample) | _weights(sample))
    except (ValueError, ZeroDivisionError) as error:
        raise Refused([findings.unfit(error, written, section=section)]) from error


def _done(estimand: wanted.Estimand, sample: Sample) -> Result:
    match estimand:
        case wanted.ChiSquare():
            return _chi_square(estimand, sample)
        case wanted.TTest():
            return _t_test(estimand, sample)
        case wanted.Quantile():
            return _quantiles(estimand, sample)
        case wanted.Multi():
            return _joined([_done(part, sample) for part in estimand.parts])
    return _as_result(estimation.estimated(estimand, sample))


def _joined(parts: list[Result]) -> Result:
    """The parts one after the other; the degrees of freedom of the first."""
    keys = set.intersection(*(set(part) for part in parts)) - {"df", "vcov"}
    whole: Result = {key: [value for part in parts for value in part[key]] for key in parts[0] if key in keys}
    return whole | {"df": parts[0]["df"]}


def _as_result(found: Estimates) -> Result:
    errors, (low, high) = found.errors, found.limits
    result: Result = {
        "names": list(found.names),
        "estimate": found.estimates,
        "se": errors,
        "ci_low": low,
        "ci_high": high,
        "ci_low_z": found.estimates - NORMAL * errors,
        "ci_high_z": found.estimates + NORMAL * errors,
        "df": found.df,
        "vcov": found.covariance,
    }
    return result | ({} if found.deff is None else {"deff": found.deff})


def _quantiles(part: wanted.Quantile, sample: Sample) -> Result:
    found = estimation.quantiles(part, sample)
    names = [f"{each.probability:.15g}" for each in found]
    several = [f"{name}:{probability:.15g}" for name in part.columns for probability in part.probs]
    return {
        "names": names if len(part.columns) == 1 else several,
        "estimate": [each.estimate for each in found],
        "se": [each.se for each in found],
        "ci_low": [each.low for each in found],
        "ci_high": [each.high for each in found],
        "df": found[0].df,
    }


def _chi_square(part: wanted.ChiSquare, sample: Sample) -> Result:
    found = estimation.chi_square(part, sample)
    if part.statistic == "F":
        return {"statistic": found.statistic, "ndf": found.ndf, "ddf": found.ddf, "p_value": found.p_value}
    return {"statistic": found.statistic, "df": found.ndf, "p_value": found.p_value}


def _t_test(part: wanted.TTest, sample: Sample) -> Result:
    found = estimation.t_test(part, sample)
    return {
        "names": [found.name],
        "estimate": [found.estimate],
        "se": [found.se],
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
        "ci_low": [found.low],
        "ci_high": [found.high],
    }


def _weights(sample: Sample) -> Result:
    """Range and sum of the weights after adjustment, and what replicates were multiplied by."""
    weights = sample.weights
    found: Result = {"sum_weights": float(weights.sum())}
    found |= {"weight_min": float(weights.min()), "weight_max": float(weights.max())}
    return found | ({} if sample.replicates is None else {"scale": sample.replicates.scale})


def as_json(result: Result) -> dict[str, object]:
    """Lists instead of arrays, and null for what is not defined."""
    return {name: _plain(value) for name, value in result.items()}


def _plain(value: Any) -> object:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
