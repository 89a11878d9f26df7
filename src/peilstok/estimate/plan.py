"""The plan of a wave: every estimand defined once, its domains, its weighting, what may be released, what breaks.

A plan is fixed before the data and says nothing about them. `read` gives a plan that leaves nothing to ask, or every
finding about its file. Not decided here: how an estimand is estimated (`estimates`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from peilstok.estimate import plancheck, planfile
from peilstok.estimate.measures import (
    Condition,
    Conditions,
    Count,
    Mean,
    Measure,
    OfFrame,
    Ratio,
    RegisterShare,
    Share,
    Sum,
    Term,
    Total,
)
from peilstok.terms import ALL, DomainKey, FigureName, ItemName, WaveId, Words

Unit = Literal["percent", "boards", "pupils", "number"]
Kind = Literal["share", "ratio", "mean", "total", "count"]
Variance = Literal["linearised", "jackknife"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    key: DomainKey
    label: Words | None  # None for all
    where: Conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimand:
    """What one figure says, in every domain asked for; `domains` begins with all."""

    name: FigureName
    kind: Kind
    unit: Unit
    measure: Measure
    label: Words
    base: Words
    group: str | None
    domains: tuple[DomainKey, ...]

    @property
    def items(self) -> frozenset[ItemName]:
        """The items that it is made of, whatever is asked of them."""
        if isinstance(self.measure, Share):
            return frozenset({self.measure.item})
        return frozenset(ItemName(term.name) for term in self.measure.terms if term.source == "item")

    @property
    def scale(self) -> float:
        """From a part of one to percent; means of percentages are percentages already."""
        return 100.0 if self.unit == "percent" and not isinstance(self.measure, Mean) else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Cells of board size: a bound is the lowest number of pupils of the next cell. `variance`: of weighted figures."""

    bounds: tuple[int, ...]
    at_least: int
    variance: Variance = "linearised"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWithReason:
    """Figures that may be shown although they rest on few boards, who says so, and why."""

    figures: frozenset[FigureName]
    by: str
    reason: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredBreak:
    """This figure is not comparable between the two waves."""

    figure: FigureName
    between: tuple[WaveId, WaveId]
    reason: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Estimands in the order of the file. `fingerprint`: the same for files that differ in layout only."""

    wave: WaveId
    population: Words
    estimands: tuple[Estimand, ...]
    domains: Mapping[DomainKey, Domain]
    weighting: Weighting | None
    minimum_contributors: int
    releases: tuple[ReleaseWithReason, ...]
    breaks: tuple[DeclaredBreak, ...]
    fingerprint: str

    @property
    def items(self) -> Mapping[ItemName, frozenset[str] | None]:
        """The items that the plan needs, each with the options that it names; None for a number."""
        needed: dict[ItemName, frozenset[str] | None] = {}
        for measure in (estimand.measure for estimand in self.estimands):
            if isinstance(measure, Share):
                named = measure.options - {"dont_know", "not_applicable"}
                needed[measure.item] = (needed.get(measure.item) or frozenset()) | named
            else:
                needed |= {ItemName(term.name): None for term in measure.terms if term.source == "item"}
        return needed

    def with_breaks(self, items: Mapping[ItemName, Words], *, since: WaveId) -> Plan:
        """The plan with a break since that wave of every figure that uses one of these items, for these reasons.

        What the plan itself says of a figure and these two waves stays as it says it. The fingerprint is another.
        """
        between = (since, self.wave)
        said = {each.figure for each in self.breaks if each.between == between}
        new = tuple(
            DeclaredBreak(figure=each.name, between=between, reason=_together(reasons))
            for each in self.estimands
            if each.name not in said and (reasons := [items[name] for name in items if name in each.items])
        )
        if not new:
            return self
        told = [self.fingerprint, *([each.figure, *each.between, dict(each.reason.as_json())] for each in new)]
        return replace(self, breaks=(*self.breaks, *new), fingerprint=plancheck.fingerprint(told))


def _together(reasons: Sequence[Words]) -> Words:
    """Several reasons as one, each once."""
    once = tuple(dict.fromkeys(reasons))
    return Words(nl=" ".join(each.nl for each in once), en=" ".join(each.en for each in once))


@lru_cache(maxsize=100_000)
def figure_name(estimand: FigureName, domain: DomainKey) -> FigureName:
    """`vulnerable` over all, `vulnerable.without_vso` in a domain."""
    return estimand if domain == ALL else FigureName(f"{estimand}.{domain}")


def read(text: str, *, file: str) -> Plan:
    """The plan in the text; raises `Refused` with every finding."""
    raw, fingerprint = plancheck.checked(text, file=file)
    domains = {DomainKey(key): _domain(key, domain) for key, domain in raw.domains.items()}
    return Plan(
        wave=WaveId(raw.wave),
        population=_words(raw.population),
        estimands=tuple(
            each for name, estimand in raw.estimands.items() for each in _estimands(name, estimand, raw.bases)
        ),
        domains={ALL: Domain(key=ALL, label=None, where=()), **domains},
        weighting=Weighting(
            bounds=raw.weighting.pupils, at_least=raw.weighting.at_least, variance=raw.weighting.variance
        )
        if raw.weighting
        else None,
        minimum_contributors=raw.disclosure.minimum_contributors,
        releases=tuple(
            ReleaseWithReason(figures=frozenset(map(FigureName, each.figures)), by=each.by, reason=_words(each.reason))
            for each in raw.disclosure.releases
        ),
        breaks=tuple(_break(each) for each in raw.breaks),
        fingerprint=fingerprint,
    )


def _words(text: planfile.Text) -> Words:
    return Words(nl=text.nl.strip(), en=text.en.strip())


def _domain(key: str, domain: planfile.Domain) -> Domain:
    return Domain(key=DomainKey(key), label=_words(domain.label), where=_conditions(domain.where))


def _break(each: planfile.Break) -> DeclaredBreak:
    earlier, later = each.between
    return DeclaredBreak(
        figure=FigureName(each.figure), between=(WaveId(earlier), WaveId(later)), reason=_words(each.reason)
    )


def _conditions(where: Mapping[str, planfile.Wanted]) -> Conditions:
    return tuple(_condition(name, wanted) for name, wanted in sorted(where.items()))


def _condition(name: str, wanted: planfile.Wanted) -> Condition:
    if isinstance(wanted, planfile.Range):
        return Condition(name, at_least=wanted.at_least, at_most=wanted.at_most)
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return Condition(name, values=frozenset(values))


def _estimands(name: str, raw: planfile.AnyEstimand, bases: Mapping[str, planfile.Text]) -> tuple[Estimand, ...]:
    """One, or one for each share of a composition or multiple response."""

    def estimand(
        name: str, label: planfile.Text, kind: Kind, unit: Unit, measure: Measure, group: str | None
    ) -> Estimand:
        return Estimand(
            name=FigureName(name),
            kind=kind,
            unit=unit,
            measure=measure,
            label=_words(label),
            base=_words(bases[raw.base]),
            group=group,
            domains=(ALL, *(DomainKey(domain) for domain in raw.domains)),
        )

    if isinstance(raw, planfile.Shares):
        return tuple(
            estimand(each, option.label, "share", "percent", _share(raw, option.is_), name)
            for each, option in raw.shares.items()
        )
    return (estimand(name, raw.label, *_measured(raw), raw.group),)


def _measured(
    raw: planfile.Ratio | planfile.Mean | planfile.Total | planfile.Count | planfile.Share | planfile.RegisterShare,
) -> tuple[Kind, Unit, Measure]:
    match raw:
        case planfile.Ratio():
            return "ratio", raw.unit, _ratio(raw)
        case planfile.Mean(of=planfile.Percent() as of):
            return "mean", raw.unit, Mean(_sum(of.percent), _sum(of.per))
        case planfile.Mean(of=str() as of):
            return "mean", raw.unit, Mean(_sum(of))
        case planfile.Total():
            return "total", raw.unit, Total(_sum(raw.of))
        case planfile.Count():
            return "count", "pupils" if raw.of else "boards", Count(_sum(raw.of) if raw.of else None)
        case planfile.Share():
            return "share", "percent", _share(raw, raw.is_)
        case planfile.RegisterShare():
            return "share", "percent", RegisterShare(_conditions(raw.where))
        case _:
            raise AssertionError(raw)


def _ratio(raw: planfile.Ratio) -> Ratio | OfFrame:
    numerator, denominator = _sum(raw.numerator), _sum(raw.denominator)
    if denominator[0].source == "frame":
        return OfFrame(numerator, denominator)
    of_whole = raw.unit == "percent" if raw.of_whole is None else raw.of_whole
    return Ratio(numerator, denominator, of_whole)


def _share(raw: planfile.OfItem, options: tuple[str, ...]) -> Share:
    return Share(
        item=ItemName(raw.item),
        options=frozenset(options),
        dont_know_counts=raw.dont_know == "counts_in_base",
        not_applicable_counts=raw.not_applicable == "counts_in_base",
    )


def _sum(text: str) -> Sum:
    return tuple(_term(term) for term in text.split(" + "))


def _term(text: str) -> Term:
    if text.startswith("register("):
        return Term("register", text[len("register(") : -1])
    if text.startswith("frame("):
        return Term("frame", text[len("frame(") : -1])
    return Term("item", text)
