"""A plan on the answers of a wave: every estimand in every domain, as answered and weighted to the frame.

As answered: the boards that answered are taken as a simple random sample without replacement from the frame. Weighted:
the same, post-stratified to the frame by cells of board size. A share of boards is also estimated as the share of the
pupils at those boards. All of it is worked out together (`blocks`), so that a monitor can show it at every answer;
degrees of freedom are the boards in the base less one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import answers, blocks, moments, rows
from peilstok.estimate.answers import Wave
from peilstok.estimate.blocks import Block, Measured, WaveSample
from peilstok.estimate.columns import columns
from peilstok.estimate.moments import Counts
from peilstok.estimate.plan import Plan
from peilstok.estimate.table import EstimateTable, Influence, Part
from peilstok.estimate.weights import post_stratify


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """What every estimate of a plan comes to, as arrays: the measures, their counts, one block for each design."""

    sample: WaveSample
    every: tuple[Measured, ...]
    counts: Counts
    blocks: tuple[Block, ...]


def estimates(plan: Plan, wave: Wave) -> EstimateTable:
    """All estimates of the plan; raises `Refused` when answers and plan do not fit."""
    return table_of(plan, worked_out(plan, wave))


def worked_out(plan: Plan, wave: Wave) -> Worked:
    """The same before they are put in a table."""
    answers.check_kinds(wave, plan.items)
    sample = _sample(plan, wave)
    every = tuple(_measured(plan, wave, sample))
    measures = moments.side_by_side([each.columns for each in every])
    counts = moments.counts(measures, sample.inside, wave.register("pupils"))
    made = blocks.blocks(every, measures, counts, sample)
    _refuse_parts_above_their_wholes(every, made, sample)
    return Worked(sample, every, counts, made)


def table_of(plan: Plan, worked: Worked) -> EstimateTable:
    sample, wave = worked.sample, worked.sample.wave
    return EstimateTable(
        wave=plan.wave,
        rows=rows.of(worked.every, worked.counts, worked.blocks, sample),
        respondents=len(wave),
        pupils=int(wave.register("pupils").sum()),
        population=len(wave.frame),
        population_pupils=int(wave.sizes.sum()),
        cells=sample.strata.cells if sample.strata else (),
        plan_fingerprint=plan.fingerprint,
        data_fingerprint=wave.fingerprint,
        influence=_influence(worked.every, worked.blocks[0], sample),
    )


def _sample(plan: Plan, wave: Wave) -> WaveSample:
    before, strata = np.full(len(wave), len(wave.frame) / len(wave)), None
    if plan.weighting is not None:
        strata = post_stratify(
            frame=wave.sizes,
            respondents=wave.register("pupils"),
            bounds=plan.weighting.bounds,
            at_least=plan.weighting.at_least,
            before=before,
        )
    domains = tuple(plan.domains.values())
    return WaveSample(
        domains=domains,
        inside=np.column_stack([wave.inside(domain.where) for domain in domains]),
        wave=wave,
        weights={"as_answered": before, "weighted": strata.after} if strata else {"as_answered": before},
        strata=strata,
        variance=plan.weighting.variance if plan.weighting else "linearised",
    )


def _measured(plan: Plan, wave: Wave, sample: WaveSample) -> Iterator[Measured]:
    """Every estimand in the order of the plan; a share of pupils comes right after that of boards."""
    place, pupils = {domain.key: place for place, domain in enumerate(sample.domains)}, wave.register("pupils")
    for estimand in plan.estimands:
        over_all, domains = columns(wave, estimand.measure), [place[key] for key in estimand.domains]
        yield Measured(estimand, "boards", over_all, domains)
        if estimand.kind == "share":
            yield Measured(estimand, "pupils", over_all.times(pupils), domains)


def _refuse_parts_above_their_wholes(every: Sequence[Measured], made: Sequence[Block], sample: WaveSample) -> None:
    most = np.array([each.estimand.scale * (1 + 1e-12) if each.columns.whole else np.nan for each in every])
    outside = [block.made & ~np.isnan(most) & ~((block.values >= 0) & (block.values <= most)) for block in made]
    names = sorted(
        {every[place].name(sample.domains[domain]) for domain, place in np.argwhere(np.logical_or.reduce(outside))}
    )
    if names:
        wanted = "a numerator that is a part of its denominator, or of_whole: false"
        raise Refused(
            Finding("E104", Severity.ERROR, Place("answers"), f"{name} outside 0 to 100 percent", wanted)
            for name in names
        )


def _influence(every: Sequence[Measured], block: Block, sample: WaveSample) -> Influence:
    """As answered and of boards, of every estimate that has a sampling error."""
    assert block.design == "as_answered"
    chosen = [(place, each) for place, each in enumerate(every) if each.of == "boards"]
    made = [(place, each, [one for one in each.domains if block.made[one, place]]) for place, each in chosen]
    return Influence(
        units=sample.wave.units,
        population=len(sample.wave.frame),
        domains=tuple(domain.key for domain in sample.domains),
        inside=sample.inside,
        parts=tuple(
            Part(
                name=each.estimand.name,
                y=each.columns.y * each.estimand.scale,
                x=each.columns.x,
                domains=domains,
                estimates=block.values[domains, place],
                se=block.se[domains, place],
                low=block.low[domains, place],
                high=block.high[domains, place],
                whole=each.columns.whole,
            )
            for place, each, domains in made
        ),
    )
