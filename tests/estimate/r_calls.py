"""The calls of R in `reference/calls.json`, with the designs that they were made on, built here from the same files."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate.adjustments import post_stratified
from peilstok.estimate.covariance import Inside
from peilstok.estimate.design import Codes, Design, Floats, multistage
from peilstok.estimate.linearise import Project, unadjusted

FOLDER = Path(__file__).parent / "reference"
FILE: dict[str, Any] = json.loads((FOLDER / "calls.json").read_text())
Call = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A data file with its design, and a domain of it."""

    rows: list[dict[str, str]]
    design: Design
    inside: Inside
    project: Project = unadjusted

    @property
    def rows_of_data(self) -> int | None:
        """R counts all rows where weights were adjusted, and else those that are used."""
        return None if self.project is unadjusted else len(self.rows)

    @property
    def df(self) -> int | None:
        """So do the degrees of freedom of `svychisq`."""
        return None if self.project is unadjusted else self.design.degrees_of_freedom

    def labels(self, column: str) -> list[str]:
        return [row["trust" if column == "trust5" else column] for row in self.rows]

    def numbers(self, column: str) -> tuple[Floats, Inside]:
        """0 where the cell is empty, and where it is inside the domain and not empty."""
        labels = self.labels(column)
        return np.array([float(label or 0) for label in labels]), self.inside & np.array(
            [label != "" for label in labels]
        )

    def codes(self, column: str) -> Codes:
        """In the order of the labels; -1 where the cell is empty."""
        labels = self.labels(column)
        levels = sorted(set(labels) - {""})
        return np.array([levels.index(label) if label else -1 for label in labels])

    def where(self, column: str, value: str) -> Inside:
        return np.array([label == value for label in self.labels(column)])


def calls(kind: str) -> list[object]:
    """For `pytest.mark.parametrize`: the call of R is the name of the test."""
    return [pytest.param(call, id=call["call"]) for call in FILE["calls"] if call["kind"] == kind]


def agree(found: object, expected: object) -> None:
    """Within the tolerance of the file; null in the file is nan."""
    wanted = np.asarray(expected, dtype=np.float64)
    assert np.asarray(found, dtype=np.float64) == pytest.approx(
        wanted, rel=FILE["tolerance_rel"], abs=1e-12, nan_ok=True
    )


@cache
def survey(name: str) -> Survey:
    match name:
        case "strat":
            return _survey("apistrat", strata="stype", weights="pw", population=["fpc"])
        case "clus1":
            return _survey("apiclus1", units=["dnum"], weights="pw", population=["fpc"])
        case "clus2":
            return _survey("apiclus2", units=["dnum", "snum"], population=["fpc1", "fpc2"])
        case "board":
            return _survey("board_wave3", strata="size_class", weights="weight", population=["N_h"])
        case "north":
            return replace(survey("board"), inside=survey("board").where("region", "north"))
        case "posts":
            return _to_regions(survey("board"))
        case "posts_not_public":
            return replace(survey("posts"), inside=~survey("posts").where("denomination", "public"))
        case "ties":
            return _in_one_stratum([3, 1, 2, 5, 4, 4, 7, 9, 8, 6, 4, 2], [1, 2, 1, 1, 1, 3, 1, 2, 1, 1, 1, 1])
    return _in_one_stratum([*range(1, 21)], [8.99] * 20)


def _in_one_stratum(values: list[int], weights: list[float]) -> Survey:
    """With replacement."""
    everybody = np.ones(len(values), dtype=np.bool_)
    design = multistage(units=[range(len(values))], weights=weights)
    return Survey(rows=[{"x": str(value)} for value in values], design=design, inside=everybody)


def _survey(
    file: str,
    *,
    units: list[str] | None = None,
    strata: str | None = None,
    weights: str | None = None,
    population: list[str],
) -> Survey:
    with (FOLDER / f"{file}.csv").open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    design = multistage(
        units=[[row[column] for row in rows] for column in units] if units else [range(len(rows))],
        strata=[[row[strata] for row in rows]] if strata else [],
        weights=[float(row[weights]) for row in rows] if weights else None,
        population=[[float(row[column]) for row in rows] for column in population],
    )
    return Survey(rows=rows, design=design, inside=np.ones(len(rows), dtype=np.bool_))


def _to_regions(board: Survey) -> Survey:
    """Post-stratified to the boards of each region, as in the setup of the file."""
    done = post_stratified(board.codes("region"), [141, 170, 102, 177, 192, 189], before=board.design.weights)
    return replace(board, design=replace(board.design, weights=done.after), project=done.project)
