"""Estimates from a table of answers, in a notebook or a program: the library's front door.

    sample = survey.sample(table, strata="stype", weights="pw", population="fpc")
    sample = survey.raked(sample, {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}})
    print(survey.mean(sample, "api00", by="stype"))

A table is a mapping of names to columns, or a table of pandas, polars or Arrow (through narwhals, an extra). Texts stay
texts, missing is what the table has for it (null, None, NaN), and only columns that are used are read. A sample is
never changed: weighting gives another one (`samples`). What comes back (`analyses`, `functions`, `waves`) prints as
a table, and `columns` and `frame` give it to other libraries (`found`). Jobs (`peilstok.estimate.jobs`) have the same
samples and estimation, which the reference cases hold against R:

    designed, wanted    what a sample and an estimand are asked to be
    data, memory        tables of columns
    sampling, weighting the sample of a table, and one step of weighting
    estimands           an estimand as columns y over x in a domain
    estimation, shares  estimates with covariance and intervals
"""

from peilstok.estimate.survey.analyses import (
    chi_square,
    mean,
    multiple_response,
    quantile,
    ratio,
    separate_ratio,
    share,
    t_test,
    total,
)
from peilstok.estimate.survey.found import Changes, Found, Quantiles
from peilstok.estimate.survey.functions import contrast
from peilstok.estimate.survey.samples import (
    balanced,
    bootstrapped,
    calibrated,
    diagnosed,
    jackknifed,
    post_stratified,
    raked,
    replicated,
    respondents,
    sample,
)
from peilstok.estimate.survey.sampling import Sample
from peilstok.estimate.survey.waves import change

__all__ = [
    "Changes",
    "Found",
    "Quantiles",
    "Sample",
    "balanced",
    "bootstrapped",
    "calibrated",
    "change",
    "chi_square",
    "contrast",
    "diagnosed",
    "jackknifed",
    "mean",
    "multiple_response",
    "post_stratified",
    "quantile",
    "raked",
    "ratio",
    "replicated",
    "respondents",
    "sample",
    "separate_ratio",
    "share",
    "t_test",
    "total",
]
