"""`peilstok estimate`: do an estimation job. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def estimate(
    job: Annotated[Path, typer.Argument(metavar="JOB.json", help="the job: data, design, weighting, estimand")],
) -> None:
    """Do an estimation job and print its estimates as JSON.

    A job is a JSON file that names a CSV file beside it, the sampling design of its rows, how they are weighted (post-
    stratification, raking, calibration, cells of nonresponse), replicate weights where there are any, and what is to be
    estimated: totals, means, shares, ratios, quantiles, several answers, contrasts, change, tests. The format is in
    docs/formats/job.md, its JSON Schema in docs/formats/job.schema.json.

    Printed are names, estimate, se, vcov, df, 95 percent intervals by Student's t (ci_low, ci_high) and the normal
    distribution (ci_low_z, ci_high_z), and range and sum of the weights; null is "not defined".

    Exit status: 0 when it is done, 1 when the job or its data are refused, with every reason that could be found.
    """
    from peilstok.estimate.jobs import results

    typer.echo(json.dumps(results.run(job), ensure_ascii=False, indent=1))
