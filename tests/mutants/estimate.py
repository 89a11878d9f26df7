"""The defects that are planted in the room estimate, module by module; `planting` plants them."""

from __future__ import annotations

from typing import Final

from tests.mutants.planting import Defect

_D = "design.py"
_COVARIANCE = ("covariance", "r_survey")

_AT_ONCE = ("moments",)

DEFECTS: Final = (
    Defect("squares of z about 0, not about the cell", "moments.py", "- found.shifted**2 / sizes", "", _AT_ONCE),
    Defect("z from its pivot alone", "moments.py", "+ q**2 * (found.xx - found.x**2 / sizes)", "", _AT_ONCE),
    Defect("weights once, not squared", "moments.py", "(w**2 * each)", "(w * each)", _AT_ONCE),
    Defect("lost digits not noticed", "moments.py", "(squares > _LOST * subtracted)", "(squares > -1)", _AT_ONCE),
    Defect(
        "everybody in one cell of weights",
        "blocks.py",
        "return self.strata.codes if",
        "return 0 * self.strata.codes if",
        _AT_ONCE,
    ),
    Defect(
        "fpc forgotten in all figures at once",
        "blocks.py",
        "* (1 - sample.fraction) * sample.boards",
        "* sample.boards",
        _AT_ONCE,
    ),
    Defect(
        "a board left out without weighting anew",
        "leaving_out.py",
        "left = frame / (sizes - 1)",
        "left = frame / sizes",
        ("leaving_out",),
    ),
    Defect("fpc forgotten in a jackknife", "blocks.py", "strata) * (1 - sample.fraction)", "strata)", ("leaving_out",)),
    Defect("two waves of strangers correlated", "since.py", "- total_a * total_b / shared", "", _AT_ONCE),
    Defect(
        "the boards of the wave before alone", "since.py", "earlier.inside & later.inside", "earlier.inside", _AT_ONCE
    ),
    Defect("fpc forgotten", "covariance.py", "stage.within * (1 - stage.fractions)", "stage.within", _COVARIANCE),
    Defect("n instead of n - 1", "covariance.py", "np.maximum(sampled - 1, 1)", "sampled", _COVARIANCE),
    Defect(
        "later stages counted without the fractions before",
        "covariance.py",
        "stage.within * (1 - stage.fractions)",
        "(1 - stage.fractions)",
        _COVARIANCE,
    ),
    Defect(
        "PSUs outside the domain left out, not kept as 0",
        "covariance.py",
        "totals, sampled = _totals(values, stage), stage.sampled",
        "totals = _totals(values, stage); "
        "sampled = np.maximum(np.bincount(stage.strata, weights=totals.any(axis=1)), 1)",
        _COVARIANCE,
    ),
    Defect("the first stage alone counts", "covariance.py", "in design.stages]", "in design.stages[:1]]", _COVARIANCE),
    Defect("deviations from 0, not from the stratum", "covariance.py", "[:, some] - centres", "[:, some]", _COVARIANCE),
    Defect(
        "lonely PSU dropped under `adjust`",
        "covariance.py",
        "centred[stage.lonely] = 0",
        "centred[stage.lonely] = 1",
        ("covariance", "jobs"),
    ),
    Defect(
        "lonely PSU in a domain centred all the same",
        "covariance.py",
        "[stage.strata] == 1] = 0",
        "[stage.strata] == -1] = 0",
        ("covariance", "jobs"),
    ),
    Defect(
        "lonely PSU adds nothing under `average`",
        "covariance.py",
        " * (present.sum() / usable if usable else np.nan)",
        "",
        ("covariance",),
    ),
    Defect(
        "a unit alone in the domain kept under `average`",
        "covariance.py",
        "if design.lonely_in_domains:  #",
        "if False:  #",
        ("jobs",),
    ),
    Defect("df without the strata", _D, "len(psus) - len(np.unique(first.strata[psus]))", "len(psus) - 1", _COVARIANCE),
    Defect(
        "df of rows, not of PSUs",
        _D,
        "psus = np.unique(first.units[inside])",
        "psus = first.units[inside]",
        _COVARIANCE,
    ),
    Defect(
        "a census of one unit taken as lonely", _D, "& (self.fractions < 1)", "& (self.fractions <= 1)", ("covariance",)
    ),
    Defect(
        "the rows of a stratum counted, not its units",
        _D,
        "np.bincount(groups[first], minlength=int(groups.max()) + 1)",
        "np.bincount(groups, minlength=int(groups.max()) + 1)",
        _COVARIANCE,
    ),
    Defect(
        "the same label in two strata one unit", _D, "if place or nest else", "if place else", ("covariance", "jobs")
    ),
    Defect(
        "chances of the first stage lost",
        _D,
        "kept * stages[-1].fractions[codes]",
        "stages[-1].fractions[codes]",
        _COVARIANCE,
    ),
    Defect("a ratio linearised without its denominator", "linearise.py", "(y - estimate * x)", "y", _COVARIANCE),
    Defect(
        "sign of a ratio's linearised value", "linearise.py", "(y - estimate * x)", "(y + estimate * x)", _COVARIANCE
    ),
    Defect(
        "values outside a domain stay",
        "linearise.py",
        "np.where(inside == 1, y, 0.0)",
        "y",
        ("covariance", "comparison", "quantiles"),
    ),
    Defect(
        "cells weighted by the weights after",
        "adjustments.py",
        "sums(self.before[:, None] * per_weight",
        "sums(self.after[:, None] * per_weight",
        ("weights", "r_survey", "jobs"),
    ),
    Defect(
        "post-stratification forgotten in the variance",
        "adjustments.py",
        "values - after[:, None] * means[self.codes]",
        "values",
        ("weights", "r_survey"),
    ),
    Defect(
        "the last of several adjustments alone counts",
        "adjustments.py",
        "for adjustment in self.adjustments:",
        "for adjustment in self.adjustments[-1:]:",
        ("jobs",),
    ),
    Defect(
        "silence not made good", "adjustments.py", "np.divide(asked, answered,", "np.divide(asked, asked,", ("jobs",)
    ),
    Defect(
        "calibration residuals weighted by nothing",
        "calibration.py",
        "root = np.sqrt(self.before)[:, None]",
        "root = np.ones_like(self.before)[:, None]",
        ("calibration", "r_survey", "jobs"),
    ),
    Defect(
        "calibration residuals times the weights before",
        "calibration.py",
        "weights = self.before * self.factors",
        "weights = self.before",
        ("calibration", "r_survey"),
    ),
    Defect(
        "bounds of linear calibration ignored",
        "calibration.py",
        "lambda u: np.clip(1 + u, low, high)",
        "lambda u: 1 + u",
        ("calibration", "r_survey"),
    ),
    Defect(
        "calibration stops far from its totals",
        "calibration.py",
        "<= exact * (1 + np.abs(goal))",
        "<= 1e-3 * (1 + np.abs(goal))",
        ("calibration", "r_survey"),
    ),
    Defect(
        "one sweep for raking's variance", "raking.py", "SWEEPS: Final = 10", "SWEEPS: Final = 1", ("r_survey", "jobs")
    ),
    Defect("raking stops after one round", "raking.py", "change >= limit:", "done < 1:", ("raking",)),
    Defect(
        "replicates spread about the full sample, always",
        "replicates.py",
        "centre = estimate if self.mse else",
        "centre = estimate if True else",
        ("replicates",),
    ),
    Defect(
        "rscales forgotten",
        "replicates.py",
        "np.sqrt(self.scale * self.rscales)",
        "np.sqrt(self.scale + 0 * self.rscales)",
        ("replicates",),
    ),
    Defect(
        "df of replicates one too many",
        "replicates.py",
        "_rank(length, self.factors) - 1",
        "_rank(length, self.factors)",
        ("replicates",),
    ),
    Defect(
        "jackknife without fpc",
        "resampling.py",
        "rscales = (1 - stage.fractions[deleted]) * (sampled",
        "rscales = (sampled",
        ("resampling",),
    ),
    Defect(
        "jackknife does not inflate those that stay",
        "resampling.py",
        "np.where(strata[:, None] == strata[deleted], inflated, 1.0)",
        "np.where(strata[:, None] == strata[deleted], 1.0, 1.0)",
        ("resampling",),
    ),
    Defect(
        "Fay's scale without (1 - rho)^2",
        "resampling.py",
        "(signs.shape[1] * (1 - rho) ** 2)",
        "signs.shape[1]",
        ("resampling", "replicates"),
    ),
    Defect(
        "n draws in the bootstrap, not n - 1",
        "resampling.py",
        "_with_replacement(stage, np.maximum(sampled - 1, 0))",
        "_with_replacement(stage, sampled)",
        ("resampling",),
    ),
    Defect(
        "two-stage bootstrap without fpc", "resampling.py", "half * (1 - stage.fractions) /", "half /", ("resampling",)
    ),
    Defect("an interval of one side", "intervals.py", "(1 + LEVEL) / 2", "LEVEL", ("intervals",)),
    Defect(
        "logit interval on the scale of the share",
        "intervals.py",
        "se / (share * (1 - share))",
        "se",
        ("intervals", "r_survey"),
    ),
    Defect(
        "few degrees of freedom cost the beta interval nothing",
        "intervals.py",
        " * (quantiles_t(n - 1) / quantiles_t(df)) ** 2",
        "",
        ("intervals", "r_survey"),
    ),
    Defect(
        "upper beta limit of one case less",
        "intervals.py",
        "betaincinv(said + 1, not_said, 1 - tail)",
        "betaincinv(said, not_said, 1 - tail)",
        ("intervals",),
    ),
    Defect(
        "a rare share has the logit interval",
        "intervals.py",
        "np.minimum(said, not_said) >= RARE",
        "np.maximum(said, not_said) >= RARE",
        ("intervals", "estimates"),
    ),
    Defect(
        "Woodruff's share below, not at or below", "quantiles.py", "(y <= estimate)", "(y < estimate)", ("quantiles",)
    ),
    Defect(
        "Woodruff's width over one t", "quantiles.py", "(high - low) / (2 * ", "(high - low) / (1 * ", ("quantiles",)
    ),
    Defect(
        "a quantile exactly on a row taken from the next",
        "quantiles.py",
        'if exactly and rule == "math" else',
        'if exactly and rule == "none" else',
        ("quantiles",),
    ),
    Defect(
        "degrees of freedom of the second order forgotten",
        "association.py",
        "ndf * degrees, x2",
        "degrees, x2",
        ("association",),
    ),
    Defect(
        "chi-square over the largest eigenvalue",
        "association.py",
        "float(eigenvalues.mean())",
        "float(eigenvalues.max())",
        ("association",),
    ),
    Defect(
        "the t test has one degree too many",
        "comparison.py",
        "design.degrees_of_freedom_in(inside) - 1 if",
        "design.degrees_of_freedom_in(inside) if",
        ("comparison",),
    ),
    Defect(
        "the two groups taken as independent of sign",
        "comparison.py",
        "after.values - before.values",
        "after.values + before.values",
        ("comparison",),
    ),
    Defect("p value of one side", "comparison.py", "float(2 * stdtr(", "float(stdtr(", ("comparison",)),
    Defect(
        "design effect without the fpc of its own",
        "effects.py",
        '(1 / whole if kind == "srswor" else 0.0)',
        "0.0",
        ("effects",),
    ),
    Defect("spread over n, not n - 1", "effects.py", "* n / (n - 1)", "", ("effects",)),
    Defect("Kish's effect without n", "effects.py", "float(len(given) * (", "float((", ("effects",)),
    Defect(
        "sign in the derivative of a quotient",
        "contrasts.py",
        "(a.slopes - a.value / b.value",
        "(a.slopes + a.value / b.value",
        ("contrasts",),
    ),
    Defect(
        "sign of a difference's derivative",
        "contrasts.py",
        "a.slopes - b.slopes",
        "a.slopes + b.slopes",
        ("contrasts",),
    ),
    Defect(
        "sign of the covariance of a change",
        "change.py",
        "_error(matrix, -1.0, 1.0)",
        "_error(matrix, 1.0, 1.0)",
        ("change",),
    ),
    Defect(
        "a relative change by its own difference",
        "change.py",
        "-factor / before, 1 / before)",
        "0.0, 1 / before)",
        ("change",),
    ),
    Defect(
        "margins of the wrong side",
        "change.py",
        "(new_high - new, old - old_low)",
        "(new_high - new, old_high - old)",
        ("change",),
    ),
    Defect("the frame forgotten between waves", "overlap.py", " - 1 / max(boards_a, boards_b)", "", ("change",)),
    Defect(
        "deviations of a wave over n",
        "overlap.py",
        "values.std(axis=0, ddof=1)",
        "values.std(axis=0, ddof=0)",
        ("change",),
    ),
    Defect(
        "bias of the R-indicator kept",
        "representativity.py",
        "plain - (self.accident - coarser.accident)",
        "plain",
        ("representativity",),
    ),
    Defect(
        "R-indicator over N, not N - 1",
        "representativity.py",
        "(sizes @ centred**2) / (units - 1)",
        "(sizes @ centred**2) / units",
        ("representativity",),
    ),
    Defect(
        "coverage by boards for that by pupils",
        "nonresponse.py",
        "pupils, pupils * answered)",
        "pupils, answered)",
        ("nonresponse",),
    ),
    Defect("a bound by the wrong end", "bounds.py", "-known.y_least)[where]", "-known.y_most)[where]", ("bounds",)),
    Defect("points taken off at both ends", "bounds.py", "(ratio + points)", "(ratio - points)", ("bounds",)),
)
