"""Many estimates in one pass over the data, in memory or where the data are.

    plan = scan.plan(
        weights="w", strata="h", population="N_h",
        measures=[scan.mean("hours"), scan.share("policy", "yes"), scan.ratio("care", "pupils")],
        by=[scan.EVERYBODY, "region", ("region", "size")],
    )
    result = plan.on(table)
    result.estimate, result.se, result.df, result.n

The table is a mapping of arrays, a frame of pandas, Polars or Arrow, or a table of Ibis: the same plan then runs in
DuckDB, PostgreSQL or Spark. A database returns a few sums for each stratum and domain; numpy makes the estimates of
them (`closing`), equal to those of `linearise` and `covariance` on the rows. docs/methods/scan.md has the formulas.
"""

from peilstok.estimate.scan.measures import Measure, mean, ratio, share, total
from peilstok.estimate.scan.plan import EVERYBODY, Plan, plan
from peilstok.estimate.scan.result import Result, said

__all__ = ["EVERYBODY", "Measure", "Plan", "Result", "mean", "plan", "ratio", "said", "share", "total"]
