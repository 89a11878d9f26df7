"""The defects that are planted in what a caller of the room estimate sees: the library, jobs, the scan, the outlook."""

from __future__ import annotations

from typing import Final

from tests.mutants.planting import Defect

DEFECTS: Final = (
    Defect(
        "values outside a domain stay in a job",
        "survey/estimands.py",
        "return np.flatnonzero(self.inside)",
        "return np.arange(len(self.inside))",
        ("jobs",),
    ),
    Defect(
        "derivatives of a job's ratio swapped in sign",
        "survey/estimands.py",
        "1 / sums[at + 1], -found[place]",
        "1 / sums[at + 1], found[place]",
        ("jobs",),
    ),
    Defect(
        "df of a domain those of the whole",
        "survey/estimation.py",
        "return sample.design.degrees_of_freedom if inside is None else sample.design.degrees_of_freedom_in(inside)",
        "return sample.design.degrees_of_freedom",
        ("jobs",),
    ),
    Defect(
        "a share's domain on the df of the whole",
        "survey/estimation.py",
        "own_df=tuple(df_in(term.inside, sample) for",
        "own_df=tuple(df_in(terms.domain, sample) for",
        ("jobs",),
    ),
    Defect(
        "rows instead of sampled units where all answers are equal",
        "survey/shares.py",
        "np.bincount(design.stages[0].units[there], weights=(design.weights * base)[there])",
        "(design.weights * base)[there]",
        ("survey",),
    ),
    Defect(
        "two waves taken for separate samples",
        "survey/waves.py",
        "a, b, way=chosen, own=",
        "a, b, way=Way.INDEPENDENT, own=",
        ("survey",),
    ),
    Defect(
        "silence not made good before weighting",
        "survey/sampling.py",
        'sample.drawn.model_copy(update={"weights": after})',
        "sample.drawn",
        ("survey",),
    ),
    Defect(
        "steps of weighting not repeated in replicates",
        "jobs/sampling.py",
        "made or step.each_replicate",
        "False",
        ("jobs",),
    ),
    Defect(
        "deviations of replicates not as the job says",
        "jobs/sampling.py",
        "replace(_made(given, design), mse=given.mse)",
        "_made(given, design)",
        ("jobs",),
    ),
    Defect(
        "text levels in the order of the data",
        "survey/data.py",
        "sorted({text for text in texts if text is not None}, key=lambda text: text.encode())",
        "list(dict.fromkeys(text for text in texts if text is not None))",
        ("jobs",),
    ),
    Defect(
        "fpc forgotten in the scan",
        "scan/closing.py",
        "factors = (1 - sampled / strata.population) * sampled",
        "factors = sampled",
        ("scan",),
    ),
    Defect(
        "the scan centres by the units in the domain",
        "scan/closing.py",
        "sampled = strata.sampled[cells.stratum][:, None]",
        "sampled = cells.units[:, None]",
        ("scan",),
    ),
    Defect(
        "sign of the cross term in the scan",
        "scan/closing.py",
        "+ 2 * self.a * self.b * uv",
        "- 2 * self.a * self.b * uv",
        ("scan",),
    ),
    Defect(
        "sign of covariances between domains",
        "scan/covariances.py",
        "result = -_through_means",
        "result = _through_means",
        ("scan",),
    ),
    Defect("a scan without a pivot", "scan/arrays.py", "(y - pivot * x if pivot else y)", "y", ("scan",)),
    Defect(
        "the finite population correction stays when more boards answer",
        "outlook.py",
        "_factor(fraction, after) /",
        "_factor(before / population, after) /",
        ("outlook",),
    ),
    Defect(
        "more answers in another cell",
        "outlook.py",
        "_per_cell(answered + more, precision)",
        "_per_cell(answered + more[::-1], precision)",
        ("outlook",),
    ),
    Defect(
        "degrees of freedom that stay",
        "outlook.py",
        "n, whole = precision.n * growth, precision.whole",
        "n, whole = precision.n, precision.whole",
        ("outlook",),
    ),
)
