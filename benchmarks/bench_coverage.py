"""How often the 95 percent intervals hold the truth: 10,000 samples from the real frame of boards, invented answers.

    make bench-coverage                                    prints the tables of docs/methods/coverage.md, in minutes
    python -m benchmarks.bench_coverage --samples 1000     fewer, in half a minute

The frame is that of the files in demo/register. The answers of all of its boards are drawn once from the model of
`peilstok.demo.answers`: every board has a leaning that stays with it from wave to wave. Then boards answer, again and
again, and every sample goes through the functions that publish: estimate, linearised values, projector of the weights,
variance, interval. Nothing here is about a real board: only sums over samples are printed.

Boards answer (a) as a simple random sample; (b) each by itself with a chance that grows with its size as in the first
wave of the demo; (c) the same, and more often where many pupils are in care, which no weighting by size can know.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from peilstok.demo import choice, content, duo
from peilstok.demo.exchange import exchange
from peilstok.estimate import intervals, linearise
from peilstok.estimate.adjustments import Adjustment, Chain, PostStratified
from peilstok.estimate.adjustments import post_stratified as cells_met
from peilstok.estimate.blocks import interval_of
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.change import Change, Sample, Way, change, from_intervals
from peilstok.estimate.columns import Columns
from peilstok.estimate.covariance import variances
from peilstok.estimate.design import Design, Floats, simple_random
from peilstok.estimate.replicates import replicated
from peilstok.estimate.representativity import by_regression
from peilstok.estimate.resampling import jackknife
from peilstok.estimate.weights import post_stratify
from peilstok.register import reading
from peilstok.register.sites import BoardRow
from peilstok.terms import RegisterRow, UnitId

Places = NDArray[np.intp]

SEED: Final = 20200406
BOUNDS: Final = (200, 500, 1500, 4000)
"""Cells of board size, those of the demo's plans."""
FIRST, SECOND, BOTH = 108, 285, 60
"""Boards that answer in the demo's waves 2 and 3, and in both."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """y over x at every board of the frame; `whole`: y is a part of x."""

    name: str
    y: Floats
    x: Floats
    whole: bool = True
    percent: bool = True  # printed times 100

    @property
    def truth(self) -> float:
        return float(self.y.sum() / self.x.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """The boards of the frame and what each would answer in two waves."""

    units: tuple[UnitId, ...]
    pupils: Floats
    known: Floats  # what calibration knows: ones, pupils, schools, special schools or not
    before: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    chances: Floats  # to answer, by size, in the demo's first wave
    care: Floats  # the leaning of each board

    def __len__(self) -> int:
        return len(self.units)


def population() -> Population:
    """The frame and its answers; the same every time."""
    readout = reading.read(files=sorted(content.REGISTER.glob("*.csv")), on=content.FRAME_DATE, progress=_silent)
    boards = sorted(readout.boards, key=lambda board: board.number)
    pupils = np.array([float(board.pupils) for board in boards])
    of_special = np.array([float((board.pupils_so or 0) + (board.pupils_vso or 0)) for board in boards])
    rng = np.random.default_rng([SEED, 7])
    leaning = {name: rng.normal(size=len(boards)) for name in ("care", "vulnerable", "lead", "rare")}
    return Population(
        units=tuple(UnitId(board.number) for board in boards),
        pupils=pupils,
        known=np.column_stack([np.ones(len(boards)), pupils, [board.schools for board in boards], of_special > 0]),
        before=_answers(pupils, of_special / pupils, leaning, rng, care=2.8, lead=0.40, digital=0.70),
        figures=_answers(pupils, of_special / pupils, leaning, rng, care=3.8, lead=0.43, digital=0.75),
        chances=_chances(pupils, readout),
        care=leaning["care"],
    )


def _answers(
    pupils: Floats,
    special: Floats,
    leaning: Mapping[str, Floats],
    rng: np.random.Generator,
    *,
    care: float,
    lead: float,
    digital: float,
) -> tuple[Figure, ...]:
    """As `peilstok.demo.answers` has them: a leaning and something of the day."""
    boards = len(pupils)
    everybody = np.ones(boards)
    rates = care / 100 * np.exp(0.40 * leaning["care"] + 0.15 * rng.normal(size=boards))
    in_care = rng.binomial(pupils.astype(int), np.clip(rates, 0, 0.5)).astype(np.float64)
    vulnerable = 12.5 * np.exp(0.5 * leaning["vulnerable"] - 0.125)
    vulnerable = np.where(special > 0, np.clip(100 * special * rng.uniform(0.8, 1.2, boards) + 10, 0, 100), vulnerable)

    def said(part: float, leans: Floats) -> Floats:
        """1 at so many boards, those that lean to it most."""
        return np.argsort(np.argsort(-(leans + rng.normal(size=boards)))) < round(part * boards)

    return (
        Figure("share, 43 %", said(lead, leaning["lead"]).astype(np.float64), everybody),
        Figure("share, 75 %, large boards more", said(digital, np.log(pupils)).astype(np.float64), everybody),
        Figure("share, 10 %", said(0.10, leaning["rare"]).astype(np.float64), everybody),
        Figure("rare share, 2.5 %", said(0.025, leaning["rare"]).astype(np.float64), everybody),
        Figure("rare share, 1 %", said(0.0103, leaning["rare"]).astype(np.float64), everybody),
        Figure("ratio: pupils in care", in_care, pupils),
        Figure("mean: percent vulnerable", np.minimum(vulnerable, 100.0), everybody, whole=False, percent=False),
    )


def _chances(pupils: Floats, readout: reading.Readout) -> Floats:
    """Logistic regression on log size of who answered the demo's first wave, in the demo's frame."""
    rows = _demo_rows(readout)
    chosen = choice.choose(rows, np.random.default_rng([content.SEED, 2]))[choice.WAVE_1]
    answered = np.isin([str(row["number"]) for row in rows], chosen)
    sizes = np.log([float(str(row["pupils"])) for row in rows])
    order = np.argsort(sizes)
    fitted = by_regression(answered, np.column_stack([np.ones(len(rows)), sizes])).chances
    return np.interp(np.log(pupils), sizes[order], fitted[order])


def _demo_rows(readout: reading.Readout) -> list[RegisterRow]:
    demo = exchange(duo.rows_of(readout), np.random.default_rng([content.SEED, 1]))
    with tempfile.TemporaryDirectory() as folder:
        for name, data in duo.files(demo, content.FRAME_DATE).items():
            (Path(folder) / name).write_bytes(data)
        files = sorted(Path(folder).glob("*.csv"))
        boards = reading.read(files=files, on=content.FRAME_DATE, synthetic=True, progress=_silent).boards
    return [_row(board) for board in sorted(boards, key=lambda board: board.number)]


def _row(board: BoardRow) -> RegisterRow:
    return {
        "number": board.number,
        "pupils": board.pupils,
        "schools": board.schools,
        "has_special_school": board.pupils_so is not None or board.pupils_vso is not None,
    }


def _silent(*_: object) -> None:
    """Nobody watches the reading."""


# --- who answers ---------------------------------------------------------------------------------------------------


def scaled(chances: Floats, boards: int) -> Floats:
    """The same odds between boards, and so many boards that answer on average."""
    odds, low, high = chances / (1 - chances), 1e-6, 1e6
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if (middle * odds / (1 + middle * odds)).sum() < boards else (low, middle)
    return low * odds / (1 + low * odds)


def simple_random_samples(size: int, boards: int, samples: int, rng: np.random.Generator) -> list[Places]:
    drawn = rng.random((samples, boards)).argpartition(size, axis=1)[:, :size]
    return [np.sort(each) for each in drawn]


def by_chance(chances: Floats, samples: int, rng: np.random.Generator) -> list[Places]:
    return [np.flatnonzero(each) for each in rng.random((samples, len(chances))) < chances]


def pairs_of_random(boards: int, samples: int, rng: np.random.Generator) -> list[tuple[Places, Places]]:
    order = rng.random((samples, boards)).argsort(axis=1)
    second, first = order[:, :SECOND], np.concatenate([order[:, :BOTH], order[:, SECOND : SECOND + FIRST - BOTH]], 1)
    return [(np.sort(a), np.sort(b)) for a, b in zip(first, second, strict=True)]


def pairs_by_chance(
    first: Floats, second: Floats, samples: int, rng: np.random.Generator
) -> list[tuple[Places, Places]]:
    """Boards that answered one wave answer the other more often: on average `BOTH` answer both."""
    likely = np.minimum(first * BOTH / (first @ second), 1)
    unlikely = np.maximum(first - second * likely, 0) / (1 - second)
    result = []
    for _ in range(samples):
        in_second = rng.random(len(first)) < second
        in_first = rng.random(len(first)) < np.where(in_second, likely, unlikely)
        result.append((np.flatnonzero(in_first), np.flatnonzero(in_second)))
    return result


# --- what they say -------------------------------------------------------------------------------------------------

Weighting = Callable[[Population, Places, Floats], Adjustment]


def as_answered(people: Population, rows: Places, before: Floats) -> Adjustment:
    return Chain(before, ())


def post_stratified(people: Population, rows: Places, before: Floats) -> Adjustment:
    return post_stratify(frame=people.pupils, respondents=people.pupils[rows], bounds=BOUNDS, at_least=5, before=before)


def calibrated(people: Population, rows: Places, before: Floats) -> Adjustment:
    """To the boards, schools and pupils of the frame and its boards with special schools; weights stay positive."""
    columns = people.known
    return calibrate(columns[rows], columns.sum(axis=0), before=before, distance="raking")


WEIGHTINGS: Final[Mapping[str, Weighting]] = {
    "as answered": as_answered,
    "post-stratified": post_stratified,
    "calibrated": calibrated,
}


JACKKNIFE: Final = "post-stratified, jackknife"
"""Another variance of the same figures, in the first table."""


@cache
def _design(sampled: int, boards: int) -> Design:
    return simple_random(sampled=sampled, population=boards)


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What one sample says of k figures: k estimates, n x k linearised values after projection, n weights."""

    rows: Places
    estimates: Floats
    values: Floats
    errors: Floats
    found: tuple[intervals.Interval, ...]


def sampled(people: Population, figures: Sequence[Figure], rows: Places, weighting: Weighting) -> Sampled:
    """One sample through the functions that publish."""
    design = _design(len(rows), len(people))
    adjustment = weighting(people, rows, design.weights)
    weights = adjustment.after
    found = [linearise.ratio(each.y[rows], each.x[rows], weights=weights) for each in figures]
    values = adjustment.project(np.column_stack([each.values for each in found]))
    errors = np.sqrt(variances(values, design))
    published = [
        interval_of(_columns(figure, rows), each.estimate, float(se), weights=weights, boards=len(people))
        for figure, each, se in zip(figures, found, errors, strict=True)
    ]
    return Sampled(rows, np.array([each.estimate for each in found]), values, errors, tuple(published))


def jackknifed(people: Population, figures: Sequence[Figure], rows: Places) -> Sampled:
    """The same post-stratified, with the variance of leaving out each board in turn and weighting anew."""
    one, design = sampled(people, figures, rows, post_stratified), _design(len(rows), len(people))
    weighted = post_stratified(people, rows, design.weights)
    assert isinstance(weighted, PostStratified)
    totals = np.bincount(weighted.codes, weights=weighted.after)
    y, x = (np.column_stack([column[rows] for column in columns]) for columns in zip(*_parts(figures), strict=True))

    def again(weights: Floats) -> Floats:
        after = cells_met(weighted.codes, totals, before=weights).after
        return np.asarray((after @ y) / (after @ x), dtype=np.float64)

    replicates = jackknife(design)
    found, estimates = replicated(again, design.weights, replicates)
    errors = np.sqrt(np.diag(replicates.covariance(found, estimates)))
    published = [
        interval_of(_columns(figure, rows), estimate, se, weights=weighted.after, boards=len(people))
        for figure, estimate, se in zip(figures, one.estimates.tolist(), errors.tolist(), strict=True)
    ]
    return replace(one, errors=errors, found=tuple(published))


def _parts(figures: Sequence[Figure]) -> list[tuple[Floats, Floats]]:
    return [(figure.y, figure.x) for figure in figures]


def _columns(figure: Figure, rows: Places) -> Columns:
    return Columns(figure.y[rows], figure.x[rows], np.ones(len(rows), dtype=np.bool_), figure.whole)


# --- what comes of it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """Over all samples, in the unit of the figure; `error` is mean standard error / standard deviation of estimates."""

    truth: float
    bias: float
    error: float
    covered: float
    width: float


def result(figure: Figure, truth: float, table: Floats) -> Result:
    """From samples x 4: estimate, standard error, limits."""
    estimates, errors, low, high = table.T
    unit = 100.0 if figure.percent else 1.0
    return Result(
        truth=truth * unit,
        bias=(float(estimates.mean()) - truth) * unit,
        error=float(errors.mean() / estimates.std()) if estimates.std() else math.nan,
        covered=100 * float(((low <= truth) & (truth <= high)).mean()),
        width=float((high - low).mean()) * unit,
    )


Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""`map`, or that of a pool of processes: what a sample says depends on nothing but the sample."""


def of_figures(
    people: Population, samples: Sequence[Places], run: Map, *, ways: Iterable[str] = WEIGHTINGS
) -> dict[str, list[Result]]:
    """For every weighting, a result for each figure."""
    results = {}
    for name in ways:
        tables = np.concatenate([*run(partial(_figures, people, name), _chunks(samples))])
        results[name] = [result(each, each.truth, tables[:, k]) for k, each in enumerate(people.figures)]
    return results


def _figures(people: Population, weighting: str, samples: Sequence[Places]) -> Floats:
    """samples x k x 4: estimate, standard error, limits."""
    tables = np.empty((len(samples), len(people.figures), 4))
    for at, rows in enumerate(samples):
        if weighting == JACKKNIFE:
            one = jackknifed(people, people.figures, rows)
        else:
            one = sampled(people, people.figures, rows, WEIGHTINGS[weighting])
        limits = [(each.low, each.high) for each in one.found]
        tables[at] = np.column_stack([one.estimates, one.errors, np.array(limits)])
    return tables


def _chunks(samples: Sequence[Any]) -> list[Sequence[Any]]:
    return [samples[start : start + 500] for start in range(0, len(samples), 500)]


UNION: Final = "correction of the union"
INTERVALS: Final = "overlap, from the intervals of both"


def of_changes(
    people: Population, samples: Sequence[tuple[Places, Places]], ways: Sequence[Way], weighting: str, run: Map
) -> dict[str, list[Result]]:
    """For every way, a result for the absolute change of each figure."""
    chunks = [*run(partial(_changes, people, ways, weighting), _chunks(samples))]
    tables = {name: np.array([table[name] for chunk in chunks for table in chunk]) for name in chunks[0][0]}
    truths = [after.truth - before.truth for before, after in zip(people.before, people.figures, strict=True)]
    return {
        name: [result(each, truths[k], table[:, k]) for k, each in enumerate(people.figures)]
        for name, table in tables.items()
    }


def _changes(
    people: Population, ways: Sequence[Way], weighting: str, samples: Sequence[tuple[Places, Places]]
) -> list[dict[str, Floats]]:
    return [_changed(people, first, second, ways, WEIGHTINGS[weighting]) for first, second in samples]


def _changed(
    people: Population, first: Places, second: Places, ways: Sequence[Way], weighting: Weighting
) -> dict[str, Floats]:
    """k x 4 for every way."""
    before, after = sampled(people, people.before, first, weighting), sampled(people, people.figures, second, weighting)
    a, b = (
        Sample(units=[people.units[row] for row in each.rows], values=each.values, population=len(people))
        for each in (before, after)
    )
    found: dict[str, tuple[Change, ...]] = {
        way: change(a, b, before=before.estimates, after=after.estimates, way=way) for way in ways
    }
    tables = {name: _table([(each.absolute.low, each.absolute.high) for each in of], of) for name, of in found.items()}
    if Way.STACKED_PLAIN in found:
        union = len(set(first.tolist()) | set(second.tolist()))
        tables[UNION] = _narrowed(tables[Way.STACKED_PLAIN], math.sqrt(1 - union / len(people)))
    both = zip(found[Way.OVERLAP], before.found, after.found, strict=True)
    made = [
        from_intervals(before=each.before, of_before=old, after=each.after, of_after=new, r=each.r)
        for each, old, new in both
    ]
    tables[INTERVALS] = _table([(each.low, each.high) for each in made], found[Way.OVERLAP])
    return tables


def _table(limits: Sequence[tuple[float, float]], found: Sequence[Change]) -> Floats:
    middle = [(each.absolute.value, each.absolute.se) for each in found]
    return np.column_stack([np.array(middle), np.array(limits)])


def _narrowed(table: Floats, by: float) -> Floats:
    """The union's correction, which the library refuses: standard errors and margins times a factor."""
    values, errors, low, high = table.T
    half = (high - low) / 2 * by
    return np.column_stack([values, errors * by, values - half, values + half])


# --- tables --------------------------------------------------------------------------------------------------------


def coverage_table(people: Population, by_case: Mapping[str, Mapping[str, list[Result]]]) -> str:
    """Coverage and mean width of every weighting."""
    head = ["figure", "answer", "truth", *(f"{name}: coverage; width" for name in (*WEIGHTINGS, JACKKNIFE))]
    rows = [
        [figure.name, case, f"{found['as answered'][k].truth:.2f}"]
        + [f"{each[k].covered:.1f}; {each[k].width:.2f}" for each in found.values()]
        for k, figure in enumerate(people.figures)
        for case, found in by_case.items()
    ]
    return _markdown(head, rows)


def bias_table(people: Population, by_case: Mapping[str, Mapping[str, list[Result]]]) -> str:
    """Bias, coverage and mean width of every weighting."""
    head = ["figure", "truth", *(f"{name}: bias; coverage; width" for name in WEIGHTINGS)]
    rows = []
    for case, found in by_case.items():
        rows.append([f"**{case}**", *([""] * (len(head) - 1))])
        rows += [
            [figure.name, f"{found['as answered'][k].truth:.2f}"]
            + [f"{each[k].bias:+.2f}; {each[k].covered:.1f}; {each[k].width:.2f}" for each in found.values()]
            for k, figure in enumerate(people.figures)
        ]
    return _markdown(head, rows)


def change_table(people: Population, results: Mapping[str, list[Result]]) -> str:
    """Ratio of the estimated to the true standard error, coverage and mean width of every way."""
    head = ["change of", "truth", *results]
    rows = [
        [figure.name, f"{next(iter(results.values()))[k].truth:+.2f}"]
        + [f"{each[k].error:.2f}; {each[k].covered:.1f}; {each[k].width:.2f}" for each in results.values()]
        for k, figure in enumerate(people.figures)
    ]
    return _markdown(head, rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="How often the 95 percent intervals hold the truth.")
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    start, people = time.perf_counter(), population()
    with ProcessPoolExecutor() as pool:
        print(f"{asked.samples:,} samples, seed {asked.seed}\n")
        by_random_samples(people, asked.samples, asked.seed, pool.map)
        by_chance_of_size(people, asked.samples, asked.seed, pool.map)
    print(f"{time.perf_counter() - start:.0f} seconds")


def by_random_samples(people: Population, count: int, seed: int, run: Map) -> None:
    """Table (a)."""
    rng = [np.random.default_rng([seed, place]) for place in range(3)]
    sizes = ((SECOND, rng[0]), (FIRST, rng[1]))
    ways = (*WEIGHTINGS, JACKKNIFE)
    found = {
        f"{size} of {len(people)}": of_figures(
            people, simple_random_samples(size, len(people), count, each), run, ways=ways
        )
        for size, each in sizes
    }
    print("## (a) Boards answer as a simple random sample\n")
    print(coverage_table(people, found), flush=True)
    pairs = pairs_of_random(len(people), count, rng[2])
    print(f"Change: {FIRST} and {SECOND} boards, {BOTH} in both. se / true se; coverage; width\n")
    print(change_table(people, of_changes(people, pairs, [*Way], "as answered", run)), flush=True)


def by_chance_of_size(people: Population, count: int, seed: int, run: Map) -> None:
    """Table (b)."""
    rng = [np.random.default_rng([seed, place]) for place in range(3, 6)]
    by_size = scaled(people.chances, SECOND)
    by_answer = scaled(expit(logit(by_size) + 0.5 * people.care), SECOND)
    low, high = np.quantile(by_size, [0.05, 0.95])
    print(f"## (b) Boards answer by chance: {SECOND} of {len(people)} on average\n")
    print(f"The chance goes from {low:.0%} (5th percentile) to {high:.0%} (95th).\n")
    found = {
        "large boards answer more": of_figures(people, by_chance(by_size, count, rng[0]), run),
        "and those with many pupils in care": of_figures(people, by_chance(by_answer, count, rng[1]), run),
    }
    print(bias_table(people, found), flush=True)
    pairs = pairs_by_chance(scaled(people.chances, FIRST), by_size, count, rng[2])
    changes = {name: of_changes(people, pairs, [Way.OVERLAP], name, run) for name in WEIGHTINGS}
    print("Change, where large boards answer more in both waves:\n")
    cases = {f"change; {way}": {name: each[way] for name, each in changes.items()} for way in (Way.OVERLAP, INTERVALS)}
    print(bias_table(people, cases))


if __name__ == "__main__":
    main()
