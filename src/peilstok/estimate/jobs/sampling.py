"""From a job to a sample: its table, the design, weighting step by step, and replicate weights."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from peilstok.estimate import contrasts, resampling
from peilstok.estimate.adjustments import Chain, chained
from peilstok.estimate.design import Design, Floats
from peilstok.estimate.jobs import file
from peilstok.estimate.replicates import Replicates, of_weights
from peilstok.estimate.survey import data, designed
from peilstok.estimate.survey.sampling import Sample, design_of, respondents
from peilstok.estimate.survey.weighting import repeated, step_of


def sample(job: file.Job, folder: Path) -> Sample:
    """The sample of a job whose paths are relative to `folder`."""
    table = data.read(folder / job.dataset)
    for name, meaning in job.estimand.derived.items():
        table = table.with_numbers(name, _constant(name, meaning, table.rows))
    drawn = job.design
    _respondents_first(job)
    for step in job.calibration:
        if isinstance(step, designed.NonresponseCells):
            table, drawn = respondents(table, step), drawn.model_copy(update={"weights": step.output_weight})
    design = design_of(drawn, table)
    made = job.replicates is not None and job.replicates.source == "construct"
    steps = [
        (step_of(step, table, design), made or step.each_replicate)
        for step in job.calibration
        if not isinstance(step, designed.NonresponseCells)
    ]
    first = next((place for place, (_, again) in enumerate(steps) if again), len(steps))
    fixed = chained(design.weights, [step for step, _ in steps[:first]])
    then = chained(fixed.after, [step for step, _ in steps[first:]])
    return Sample(
        table=table,
        design=design,
        drawn=drawn,
        fixed=fixed,
        chain=Chain(fixed.before, (*fixed.adjustments, *then.adjustments)),
        again=tuple(repeated(step, done) for (step, _), done in zip(steps[first:], then.adjustments, strict=True)),
        replicates=_replicates(job.replicates, design, folder) if job.replicates else None,
        replicates_given=job.replicates is not None and not made,
    )


def _respondents_first(job: file.Job) -> None:
    """Steps are taken in order, and those who did not respond are there in the first ones only."""
    kinds = [isinstance(step, designed.NonresponseCells) for step in job.calibration]
    if kinds != sorted(kinds, reverse=True):
        raise ValueError("calibration: nonresponse_cells comes before every other step, which is of respondents")


def _constant(name: str, meaning: str, rows: int) -> Floats:
    kind, _, value = meaning.partition(" ")
    if kind != "constant":
        raise ValueError(f"derived {name}: {meaning!r}; what can be derived is `constant 1`")
    return np.full(rows, float(value))


def _replicates(given: designed.Replicates, design: Design, folder: Path) -> Replicates:
    if given.source == "construct":
        return replace(_made(given, design), mse=given.mse)
    assert given.file is not None  # the model sees to it
    table = data.read(folder / given.file)
    factors = np.column_stack([column.numbers for column in table.columns.values()])
    if given.combined_weights:
        factors = of_weights(factors, design.weights, rscales=np.ones(factors.shape[1])).factors
    count = factors.shape[1]
    return Replicates(factors=factors, scale=_scale(given, count), rscales=_rscales(given, count), mse=given.mse)


def _made(given: designed.Replicates, design: Design) -> Replicates:
    match given.type:
        case "BRR":
            return resampling.balanced(design)
        case "Fay":
            return resampling.fay(design, rho=given.fay_rho or 0.0)
        case "JK1" if len(design.stages[0].sampled) > 1:
            raise ValueError("replicates.type: JK1 is for a design without strata; JKn for one with them")
    return resampling.jackknife(design)


def _scale(given: designed.Replicates, count: int) -> float:
    """As it was given, or as the kind of replicates has it."""
    if given.scale is not None:
        return _worked_out(given.scale, given, count)
    of_types = {
        "BRR": 1 / count,
        "Fay": 1 / (count * (1 - (given.fay_rho or 0.0)) ** 2),
        "bootstrap": 1 / max(count - 1, 1),
        "JK1": (count - 1) / count,
    }
    return of_types.get(given.type or "", 1.0)


def _rscales(given: designed.Replicates, count: int) -> Floats:
    if given.type == "JKn" and given.rscales is None:
        raise ValueError("replicates.rscales: replicates of the type JKn need one for each")
    if isinstance(given.rscales, tuple):
        if len(given.rscales) != count:
            raise ValueError(f"replicates.rscales: {len(given.rscales)} for {count} replicates")
        return np.array(given.rscales)
    each = given.rscales.removeprefix("all ") if isinstance(given.rscales, str) else given.rscales
    return np.full(count, 1.0 if each is None else _worked_out(each, given, count))


def _worked_out(written: float | str, given: designed.Replicates, count: int) -> float:
    """A number, or an expression in the number of replicates R and rho: 1/(R*(1-rho)^2)."""
    if not isinstance(written, str):
        return float(written)
    squares = re.sub(r"(\([^()]*\)|\w+)\^2", r"(\1*\1)", written)
    return contrasts.evaluated(squares, {"R": float(count), "rho": given.fay_rho or 0.0}).value
