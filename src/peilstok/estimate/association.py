"""Do two questions go together? Pearson's chi-square of a table, corrected for the design (Rao and Scott).

Under a sampling design X2 of the weighted table is distributed as a sum of chi-squares with the eigenvalues of
Delta, the generalised design effects, as weights (Rao and Scott 1981, *JASA* 76, 221-230; 1984, *Annals of Statistics*
12, 46-60). First order: X2 over their mean, on (rows - 1)(columns - 1) degrees of freedom. Second order, after
Satterthwaite: F = X2 / tr(Delta) on tr(Delta)^2 / tr(Delta^2) and df times as many (R's `svychisq`, "Chisq" and "F").
The covariance of the shares in Delta is by linearisation (`rao_scott`) or from replicates (`rao_scott_replicated`).
Not decided here: which questions to cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any, Final, Literal

import numpy as np

from peilstok.estimate.covariance import Inside, covariance
from peilstok.estimate.design import Codes, Design, Floats
from peilstok.estimate.linearise import Project, unadjusted
from peilstok.estimate.replicates import Replicates, replicated
from peilstok.estimate.tabular import Tabular

Order = Literal[1, 2]
_NOISE: Final = 1e-12  # eigenvalues are of the size of 1; below this they are rounding


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RaoScott(Tabular):
    """A test of independence.

    Order 2: `statistic` is F on `ndf` and `ddf`. Order 1: `statistic` is `x2`, uncorrected, and `p_value` that of
    `x2` over the mean eigenvalue on `ndf`; `ddf` is infinite. Without degrees of freedom of the design `p_value` of
    order 2 is nan. `eigenvalues` are those of Delta, the largest first: all 1 under simple random sampling with
    replacement.
    """

    statistic: float
    ndf: float
    ddf: float
    p_value: float
    x2: float
    eigenvalues: tuple[float, ...]

    @property
    def mean_eigenvalue(self) -> float:
        return sum(self.eigenvalues) / len(self.eigenvalues)

    def columns(self) -> dict[str, list[Any]]:
        """The statistic and what it is (F of order 2, X2 of order 1), its degrees of freedom, p."""
        name = "F" if isfinite(self.ddf) else "X2"
        return {
            "statistic": [name],
            "value": [self.statistic],
            "ndf": [self.ndf],
            "ddf": [self.ddf],
            "p": [self.p_value],
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Shares of the cells of R rows and C columns with answers, and the cell of each row of data in the base.

    `contrasts` are all contrasts of interaction C, RC x (R - 1)(C - 1), and `per_share` is D^-1 C with D the shares on
    a diagonal: C' D^-1 times the shares are what the test is of, so that the covariance V of the shares is never made.
    """

    shares: Floats  # R x C
    cells: Codes
    base: Inside
    contrasts: Floats
    per_share: Floats

    @property
    def chi_square(self) -> float:
        """Pearson's, per row of data."""
        expected = np.outer(self.shares.sum(axis=1), self.shares.sum(axis=0))
        return float(((self.shares - expected) ** 2 / expected).sum())

    @property
    def chosen(self) -> Inside:
        """Of the RC cells those with an answer."""
        return np.asarray(self.shares.ravel() != 0)

    def interaction_with(self, weights: Floats) -> Floats:
        """C' D^-1 times the shares that other weights give; NaN where those leave nobody in the table."""
        sums = np.bincount(self.cells, weights=weights[self.base], minlength=self.shares.size)
        found = self.per_share.T @ sums
        return np.asarray(found / sums.sum() if sums.any() else np.full(len(found), nan), dtype=np.float64)


def rao_scott(
    rows: Codes,
    cols: Codes,
    *,
    design: Design,
    inside: Inside,
    df: float | None = None,
    rows_of_data: int | None = None,
    project: Project = unadjusted,
    order: Order = 2,
) -> RaoScott:
    """Test whether the categories `rows` and `cols`, codes from 0, are independent in a domain.

    A negative code is a missing answer. Such a row is in no cell, but counts, as in R, among the rows inside to which
    X2 is scaled, and for the degrees of freedom of the domain, which are taken without `df`. (In a calibrated design R
    counts all rows for both: `rows_of_data` and `df`.) Categories that nobody chose do not count. `design.weights` are
    the weights after adjustment, `project` what the adjustment leaves of linearised values.

    ValueError where fewer than two rows or columns of the table have answers, so many cells are empty that independence
    cannot be told, or the table has no sampling variance.
    """
    table = _table(rows, cols, inside, design.weights)
    values = _linearised(table, design.weights)
    return _tested(
        table,
        covariance(project(values), design, inside),
        n=int(inside.sum()) if rows_of_data is None else rows_of_data,
        degrees=design.psus_less_strata(inside) if df is None else df,
        order=order,
    )


def rao_scott_replicated(
    rows: Codes,
    cols: Codes,
    *,
    weights: Floats,
    replicates: Replicates,
    inside: Inside,
    df: float | None = None,
    order: Order = 2,
) -> RaoScott:
    """The same test with the shares of the cells worked out again in every replicate of the n `weights`.

    Adjusted weights come with replicates that were adjusted each (`replicates.adjusted`). Without `df` those of the
    replicates in the domain are taken: the rank of their weights there, less 1. ValueError as in `rao_scott`.
    """
    table = _table(rows, cols, inside, weights)
    found, full = replicated(table.interaction_with, weights, replicates)
    return _tested(
        table,
        replicates.covariance(found, full),
        n=int(inside.sum()),
        degrees=replicates.degrees_of_freedom(weights * inside) if df is None else df,
        order=order,
    )


def _tested(table: _Table, interaction: Floats, *, n: int, degrees: float, order: Order) -> RaoScott:
    """The test, from the covariance of the contrasts of interaction."""
    eigenvalues = n * _eigenvalues(table, interaction)
    if eigenvalues.sum() <= _NOISE:
        raise ValueError("nothing in this table is uncertain: the whole population answered, or every PSU alike")
    x2 = n * table.chi_square
    if order == 1:
        ndf, ddf, statistic = float(len(eigenvalues)), inf, x2
    else:
        ndf = float(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())
        ddf, statistic = ndf * degrees, x2 / float(eigenvalues.sum())
    return RaoScott(
        statistic=statistic,
        ndf=ndf,
        ddf=ddf,
        p_value=_above(x2 / float(eigenvalues.mean()), ndf) if order == 1 else _above_f(statistic, ndf, ddf),
        x2=x2,
        eigenvalues=tuple(map(float, eigenvalues)),
    )


def _table(rows: Codes, cols: Codes, inside: Inside, weights: Floats) -> _Table:
    base = inside & (rows >= 0) & (cols >= 0) & (weights != 0)
    (row_codes, height), (col_codes, width) = (_there(codes[base]) for codes in (rows, cols))
    if height < 2 or width < 2:
        raise ValueError(f"a table needs two rows and two columns with answers: this one has {height} by {width}")
    cells = row_codes * width + col_codes
    sums = np.bincount(cells, weights=weights[base], minlength=height * width)
    shares, contrasts = sums / sums.sum(), np.asarray(np.kron(_contrasts(height), _contrasts(width)), dtype=np.float64)
    inverse = np.divide(1.0, shares, out=np.zeros(len(shares)), where=shares != 0)
    return _Table(shares.reshape(height, width), cells, base, contrasts, inverse[:, None] * contrasts)


def _there(codes: Codes) -> tuple[Codes, int]:
    """The codes that occur, from 0, and how many there are."""
    levels, codes = np.unique(codes, return_inverse=True)
    return codes.ravel(), len(levels)


def _linearised(table: _Table, weights: Floats) -> Floats:
    """C' D^-1 times the linearised shares: what each row adds to the interaction."""
    values = np.zeros((len(table.base), table.contrasts.shape[1]))
    each = weights[table.base] / weights[table.base].sum()
    values[table.base] = each[:, None] * (table.per_share[table.cells] - table.contrasts[table.chosen].sum(axis=0))
    return values


def _eigenvalues(table: _Table, interaction: Floats) -> Floats:
    """Of (C' D^-1 C)^-1 (C' D^-1 V D^-1 C), of which the second factor is the covariance of the interaction."""
    under_independence = table.contrasts.T @ table.per_share
    if np.linalg.matrix_rank(under_independence) < table.contrasts.shape[1]:
        raise ValueError("so many cells of the table are empty that independence cannot be told: join categories")
    root = np.linalg.inv(np.linalg.cholesky(under_independence))
    return np.asarray(np.linalg.eigvalsh(root @ interaction @ root.T)[::-1], dtype=np.float64)


def _contrasts(size: int) -> Floats:
    """Orthonormal contrasts between `size` categories (Helmert): size x (size - 1)."""
    columns = [
        np.concatenate([np.ones(k), [-k], np.zeros(size - k - 1)]) / np.sqrt(k * (k + 1)) for k in range(1, size)
    ]
    return np.column_stack(columns)


def _above(chi_square: float, df: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, chi_square))


def _above_f(statistic: float, ndf: float, ddf: float) -> float:
    from scipy.special import fdtrc

    return float(fdtrc(ndf, ddf, statistic)) if ddf > 0 else nan
