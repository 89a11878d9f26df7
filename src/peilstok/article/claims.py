"""Claims: statements in words that the figures make true or false ("meer dan in de vorige meting").

    claim:higher(f,wave)   claim:lower(f,wave)     a change, beyond its sampling error
    claim:change(f,wave)                           the same, with its amount in the words
    claim:about_equal(f,wave)                      the 95 percent interval of the change lies within 5 points
    claim:majority(f)   claim:largest(f,group)   claim:order(f,g,h)   claim:all_of(group)

A claim of change compares the figure in the article's wave with the same figure in the wave named. The difference must
exceed 1.96 of its standard errors (95 percent, two-sided), with var = se1² + se2² - 2·cov. A figure without a standard
error has no sampling error, as a count of answers has none. `docs/methods/claims.md` has the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from peilstok.article import expressions, multiples, numbers, stating
from peilstok.article.codes import finding
from peilstok.article.references import NotFound, Stated, UnitMeant, exact, figure
from peilstok.article.wording import Quantity
from peilstok.disclose.difference import Z95, Difference, of_figures, standard_error
from peilstok.disclose.figures import Figure, FigureBook
from peilstok.errors import Finding, Place
from peilstok.terms import FigureName, Language, WaveId

MARGIN: Final = 5.0  # percentage points within which two waves are about equal
WHOLE: Final = 0.1  # percentage points by which the shares of a whole may miss 100, for rounding of the figures

_CLAIM: Final = re.compile(r"\s*([A-Za-z_]+)\s*\(([^()]*)\)\s*")
_ARGUMENT: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_EXAMPLES: Final = {
    "higher": "claim:higher(in_care,wave-2)",
    "lower": "claim:lower(in_care,wave-2)",
    "change": "claim:change(in_care,wave-2)",
    "about_equal": "claim:about_equal(in_care,wave-2)",
    "majority": "claim:majority(in_care)",
    "largest": "claim:largest(lead_school,lead)",
    "order": "claim:order(lead_school,lead_municipality)",
    "all_of": "claim:all_of(lead)",
}
_UP: Final = frozenset(
    numbers.listed(
        "meer hoger groter vaker toegenomen gestegen gegroeid steeg stijging toename more higher greater larger "
        "increased rose grew risen grown increase rise often"
    )
)
_NOT: Final = frozenset(numbers.listed("niet geen nooit not no never nor"))
_DOWN: Final = frozenset(
    numbers.listed(
        "minder lager kleiner afgenomen gedaald daalde daling afname gekrompen less lower fewer smaller decreased fell "
        "fallen declined dropped decrease decline drop"
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    name: str
    arguments: tuple[str, ...]


def _is_within_margin(difference: Difference) -> bool:
    """The whole interval of the change lies within the margin, so that the two may be called about equal."""
    return abs(float(difference.value)) + difference.margin < MARGIN


def _unit(difference: Difference) -> UnitMeant:
    return "points" if difference.now.unit == "percent" else difference.now.unit


def parse(target: str) -> Claim | None:
    match = _CLAIM.fullmatch(target)
    if not match:
        return None
    arguments = tuple(each.strip() for each in match.group(2).split(","))
    return Claim(match.group(1), arguments) if all(_ARGUMENT.fullmatch(each) for each in arguments) else None


def figures_of(claim: Claim) -> tuple[FigureName, ...]:
    """The figures that a claim is about, in its order; none for a claim about a group."""
    if claim.name == "order":
        return tuple(FigureName(each) for each in claim.arguments)
    return () if claim.name == "all_of" else (FigureName(claim.arguments[0]),)


def check(
    *, target: str, text: str, book: FigureBook, own: WaveId, language: Language, place: Place
) -> Iterator[Finding]:
    """All that is wrong with a claim."""
    claim = parse(target)
    shown = f"claim:{target}"
    if claim is None:
        yield finding("A013", place, shown, f"such as {_EXAMPLES['higher']}")
        return
    if claim.name not in _EXAMPLES:
        yield finding("A040", place, shown, "one of " + ", ".join(_EXAMPLES))
        return
    if not _right_number(claim):
        yield finding("A041", place, shown, f"such as {_EXAMPLES[claim.name]}")
        return
    checking = _Checking(claim, text, book, own, language)
    try:
        for code, found, expected in checking.problems():
            yield finding(code, place, f'"{text}": {found}', expected, claim=shown)
    except NotFound as missing:
        yield finding(missing.code, place, missing.found, missing.expected, claim=shown)


def _right_number(claim: Claim) -> bool:
    if claim.name == "order":
        return len(claim.arguments) >= 2 and len(set(claim.arguments)) == len(claim.arguments)
    return len(claim.arguments) == (1 if claim.name in ("majority", "all_of") else 2)


Problem = tuple[str, str, str]  # code, found, expected


@dataclass(frozen=True, slots=True)
class _Checking:
    claim: Claim
    text: str
    book: FigureBook
    own: WaveId
    language: Language

    def problems(self) -> Iterator[Problem]:
        if self.claim.name != "change" and (said := expressions.find(self.text, self.language)):
            number = self.text[said[0].start : said[0].end]
            if said[0].said is not None and not _is_quantity_of(self.claim, said):
                yield (
                    "A048",
                    f'"{number}" is not checked by this claim',
                    "figure: for a number, claim:change for a change",
                )
        if many := multiples.find(self.text, self.language):
            number = self.text[many[0].start : many[0].end]
            yield "A048", f'"{number}" is not checked by this claim', "more or less, or claim:change with the amount"
        if self.claim.name in ("higher", "lower", "change", "about_equal"):
            yield from self.change()
        elif self.claim.name == "majority":
            yield from self.majority()
        elif self.claim.name == "largest":
            yield from self.largest()
        elif self.claim.name == "order":
            yield from self.order()
        else:
            yield from self.all_of()

    # change between waves

    def change(self) -> Iterator[Problem]:
        name, wave = FigureName(self.claim.arguments[0]), WaveId(self.claim.arguments[1])
        if wave == self.own:
            yield "A041", f"{wave} is the article's own wave", "the wave to compare with"
            return
        difference = self.difference(name, wave)
        if difference.broken:
            reason = difference.broken.reason or "no reason given"
            yield "A044", f"{name} is not comparable with {wave}: {reason}", "both values, without a comparison"
            return
        yield from self.opposite_words(difference)
        if self.claim.name == "about_equal":
            yield from self.about_equal(difference)
            return
        yield from self.direction(difference)
        yield from self.composition(difference)
        if self.claim.name == "change":
            yield from self.amount(difference)

    def difference(self, name: FigureName, wave: WaveId) -> Difference:
        now, before = figure(self.book, self.own, name), figure(self.book, wave, name)
        return of_figures(book=self.book, now=now, before=before, waves=(wave, self.own))

    def direction(self, difference: Difference) -> Iterator[Problem]:
        wanted = {"higher": 1, "lower": -1}.get(self.claim.name) or (1 if difference.value > 0 else -1)
        if difference.value * wanted <= 0:
            yield "A042", self.described(difference), self.weaker(difference)
        elif difference.verdict == "not_clear":
            yield "A043", f"{self.described(difference)}, {self.margin(difference)}", self.weaker(difference)

    def opposite_words(self, difference: Difference) -> Iterator[Problem]:
        texts = {word.text for word in numbers.words(self.text)}
        up, down = texts & _UP, texts & _DOWN
        rising = difference.value > 0 if self.claim.name == "change" else self.claim.name == "higher"
        wrong = sorted((down if rising else up) | (texts & _NOT))
        if self.claim.name == "about_equal":
            wrong = [] if texts & _NOT else sorted(up | down)
        if wrong and not (up and down):
            yield "A045", f'"{wrong[0]}" for claim:{self.claim.name}, {self.described(difference)}', "words that agree"

    def about_equal(self, difference: Difference) -> Iterator[Problem]:
        if difference.now.unit != "percent":
            yield "A041", f"{difference.now.name} is not in percent", "a figure in percent"
        elif not _is_within_margin(difference):
            margin = f"within {stating.number(exact(MARGIN), self.language, 0)} percentage points"
            yield (
                "A050",
                f"{self.described(difference)}, {self.margin(difference)}",
                f"an interval {margin}, or both values",
            )

    def composition(self, difference: Difference) -> Iterator[Problem]:
        now, before = difference.now.weighted, difference.before.weighted
        if now is None or before is None:
            return
        weighted = exact(now.value) - exact(before.value)
        if weighted * difference.value < 0:
            found = f"{self.described(difference)}; weighted, the change is {self.points(weighted, _unit(difference))}"
            yield "A049", found, "a word on the different mix of boards"

    def amount(self, difference: Difference) -> Iterator[Problem]:
        found = expressions.joined(expressions.find(self.text, self.language), self.text, self.language)
        changed = Stated(
            wave=self.own, name=difference.now.name, part="change", value=abs(difference.value), unit=_unit(difference)
        )
        expected = " or ".join(f'"{each}"' for each in stating.true_wordings(changed, self.language))
        if len(found) != 1:
            yield ("A023" if found else "A022"), "the amount of the change", f"one amount, such as {expected}"
        elif _unit(difference) == "points" and found[0].unit != "points":
            yield "A046", self.described(difference), expected
        elif _unit(difference) != "points" and (found[0].unit or found[0].of_a_whole):
            yield "A026", self.described(difference), expected
        elif not stating.is_true(found[0], changed):
            yield "A047", self.described(difference), expected

    def described(self, difference: Difference) -> str:
        before, now = (
            stating.with_unit(
                exact(each.value), each.unit, self.language, 0 if each.unit in ("boards", "pupils") else 1
            )
            for each in (difference.before, difference.now)
        )
        earlier, later = difference.waves
        return f"{difference.now.name} was {before} in {earlier} and is {now} in {later}"

    def points(self, value: Fraction, unit: UnitMeant) -> str:
        return stating.with_unit(value, unit, self.language, 1)

    def margin(self, difference: Difference) -> str:
        change = self.points(difference.value, _unit(difference))
        return f"a change of {change} with a margin of {self.points(exact(difference.margin), _unit(difference))}"

    def weaker(self, difference: Difference) -> str:
        """The strongest words of change that would be true."""
        if difference.verdict in ("higher", "lower"):
            return f"claim:{'higher' if difference.value > 0 else 'lower'}({difference.now.name},{difference.waves[0]})"
        if difference.now.unit == "percent" and _is_within_margin(difference):
            return f"claim:about_equal({difference.now.name},{difference.waves[0]}): about as much as then"
        return "both values, and that the difference is not clear"

    # within the wave: the answering boards are described, and no test is needed

    def majority(self) -> Iterator[Problem]:
        found = figure(self.book, self.own, FigureName(self.claim.arguments[0]))
        if found.unit != "percent":
            yield "A041", f"{found.name} is not in percent", "a share"
        elif exact(found.value) <= 50:
            yield "A051", self.valued([found]), "more than 50 percent"

    def largest(self) -> Iterator[Problem]:
        found = figure(self.book, self.own, FigureName(self.claim.arguments[0]))
        members = self.group(self.claim.arguments[1])
        others = sorted((each for each in members if each.name != found.name), key=lambda each: -each.value)
        if found.name not in [each.name for each in members]:
            yield "A041", f"{found.name} is not of the group {self.claim.arguments[1]}", "a figure of the group"
        elif others and exact(others[0].value) >= exact(found.value):
            yield "A052", self.valued([found, others[0]]), f"the largest is {others[0].name}"
        elif others and self.too_close(found, others[0]):
            yield "A053", self.valued([found, others[0]]), "a word on the margin"

    def order(self) -> Iterator[Problem]:
        figures = [figure(self.book, self.own, FigureName(each)) for each in self.claim.arguments]
        right = sorted(figures, key=lambda each: -each.value)
        if any(exact(a.value) <= exact(b.value) for a, b in pairwise(figures)):
            yield "A054", self.valued(figures), "claim:order(" + ",".join(each.name for each in right) + ")"
        elif any(self.too_close(a, b) for a, b in pairwise(figures)):
            yield "A053", self.valued(figures), "a word on the margin"

    def all_of(self) -> Iterator[Problem]:
        members = self.group(self.claim.arguments[0])
        rest = 100 - sum((exact(each.value) for each in members), Fraction())
        if abs(float(rest)) > WHOLE:
            yield (
                "A055",
                self.valued(members),
                f"shares that make 100 percent; {self.points(rest, 'percent')} is missing",
            )

    def group(self, name: str) -> list[Figure]:
        wave = self.book.wave(self.own)
        figures = list(wave.figures.values()) if wave else []
        members = [each for each in figures if each.group == name and each.domain == "all" and each.unit == "percent"]
        if not members:
            known = ", ".join(dict.fromkeys(each.group for each in figures if each.group)) or "no group at all"
            raise NotFound("A020", f"group {name} of {self.own}", f"one of {known}")
        return members

    def too_close(self, a: Figure, b: Figure) -> bool:
        """Within the margin, supposing the worst of a covariance that is not given (shares of one whole: negative)."""
        key = ((self.own, a.name), (self.own, b.name))
        se_a, se_b = a.measured.se or 0.0, b.measured.se or 0.0
        covariance = self.book.covariances.get(frozenset(key), -se_a * se_b)
        return abs(a.value - b.value) <= Z95 * (standard_error(a.measured, b.measured, covariance) or 0.0)

    def valued(self, figures: Sequence[Figure]) -> str:
        return ", ".join(
            f"{each.name} is {stating.with_unit(exact(each.value), each.unit, self.language, 1)}" for each in figures
        )


def _is_quantity_of(claim: Claim, said: Sequence[expressions.Expression]) -> bool:
    """ "Een meerderheid" for claim:majority, "alle" for claim:all_of: words, not numbers."""
    words_only = all(isinstance(each.said, Quantity) or each.fraction() is not None for each in said)
    return claim.name in ("majority", "all_of", "largest") and words_only
