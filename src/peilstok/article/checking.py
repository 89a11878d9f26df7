"""The check of an article against the figures: what may not be released as it stands, and why.

    check(text, file="ARTICLE.md", book=book) -> CheckedArticle

Decides nothing itself: it reads the article (`frontmatter`, `source`), asks for every binding whether it is true
(`stating`, `claims`), for every passage what is bound to nothing (`unbound`), and puts the findings in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final
from urllib.parse import urlsplit

from peilstok.article import (
    around,
    claims,
    comparisons,
    expressions,
    frontmatter,
    literals,
    markdown,
    numbers,
    references,
    source,
    stating,
    unbound,
)
from peilstok.article.codes import finding
from peilstok.article.expressions import UnitSaid
from peilstok.article.references import NotFound
from peilstok.article.source import BindingKind, Bound, Passage
from peilstok.article.tree import Block, Span
from peilstok.article.typography import unbroken_block, unbroken_spans
from peilstok.disclose.figures import Figure, FigureBook
from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.terms import FigureName, Language, WaveId

_LISTING: Final = frozenset({",", "en", "and", "of", "or", ", en", ", and", "/", "tot", "to", "tegen", "versus"})
_UNACCOUNTED: Final = Fraction(1, 2)  # percentage points that rounding may leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A bound text and what it stands for.

    For a figure: its `wave`, `name` and `part`, None and "" where there is no such figure. For a claim: `target` is
    the claim, `name` its first figure. For a source `target` is its address.
    """

    kind: BindingKind
    target: str
    text: str
    place: Place
    wave: WaveId | None = None
    name: FigureName | None = None
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedArticle:
    """An article as read and checked; `findings` in the order of the file. May be released when it is `sound`."""

    file: str
    lang: Language
    wave: WaveId
    title: str
    date: date
    findings: tuple[Finding, ...]
    bindings: tuple[Binding, ...]
    title_spans: tuple[Span, ...]
    blocks: tuple[Block, ...]
    book: FigureBook = field(repr=False)  # against which it was checked: with other figures it must be checked again

    @property
    def sound(self) -> bool:
        return not any(each.severity is Severity.ERROR for each in self.findings)


def check(text: str, *, file: str, book: FigureBook) -> CheckedArticle:
    """Read and check an article.

    Raises `Refused` where the front matter does not say which wave, language, title and date it has, or the file is
    too long to be an article; its findings then include those of the text as far as it could be read.
    """
    text = markdown.normalised(text)
    if len(text) > source.LONGEST:
        expected = f"at most {source.LONGEST} characters"
        raise Refused([finding("A018", Place(file, 1, 1), f"{len(text)} characters", expected)])
    lines = markdown.lines_of(text)
    known = frontmatter.read(lines, file=file)
    front = known.front
    read = source.read(
        text,
        file=file,
        skip=frontmatter.split(lines),
        title=known.title,
        title_spots=known.title_spots,
    )
    checker = _Checker(file=file, book=book, wave=known.wave, language=known.lang)
    bindings, found = checker.bindings(read.passages)
    text_findings = [*read.findings, *checker.loose(read.passages), *found, *checker.groups(bindings)]
    findings = _ordered([*known.findings, *checker.front(known), *text_findings])
    if front is None:
        raise Refused(findings)
    blocks = tuple(unbroken_block(_named(block, bindings, front.wave)) for block in read.blocks)
    return CheckedArticle(
        file=file,
        lang=front.lang,
        wave=front.wave,
        title=" ".join("".join(span.plain() for span in read.title).split()),
        date=front.date,
        findings=findings,
        bindings=bindings,
        title_spans=unbroken_spans(_named_spans(read.title, bindings, front.wave)),
        blocks=blocks,
        book=book,
    )


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    """By place in the file, then by code."""

    def key(each: Finding) -> tuple[int, int, str, str]:
        column = each.place.column
        return each.place.line, column if isinstance(column, int) else 0, each.code, each.found

    return tuple(sorted(findings, key=key))


def _named(block: Block, bindings: tuple[Binding, ...], wave: WaveId) -> Block:
    """The block with the figure's name in each span that states one of the article's own wave."""
    return replace(
        block,
        spans=_named_spans(block.spans, bindings, wave),
        blocks=tuple(_named(each, bindings, wave) for each in block.blocks),
    )


def _named_spans(spans: tuple[Span, ...], bindings: tuple[Binding, ...], wave: WaveId) -> tuple[Span, ...]:
    named = []
    for span in spans:
        binding = bindings[span.number] if span.kind == "figure" and span.number is not None else None
        name = binding.name if binding and binding.wave == wave and binding.name else ""
        named.append(replace(span, figure=name, children=_named_spans(span.children, bindings, wave)))
    return tuple(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checker:
    file: str
    book: FigureBook
    wave: WaveId
    language: Language

    @property
    def known(self) -> bool:
        return self.book.wave(self.wave) is not None

    def front(self, read: frontmatter.Read) -> Iterator[Finding]:
        wave = self.book.wave(self.wave)
        if wave is None and self.wave and "wave" in read.places:
            known = ", ".join(each.id for each in self.book.waves) or "a wave with figures"
            yield finding("A006", read.places["wave"], f'wave "{self.wave}"', f"one of {known}")
        elif wave and read.front and read.front.date < wave.date:
            found, expected = str(read.front.date), f"{wave.date} or later, the day of {wave.id}"
            yield finding("A007", read.places["date"], found, expected)

    def loose(self, passages: tuple[Passage, ...]) -> list[Finding]:
        """What is bound to nothing."""
        return [
            each
            for passage in passages
            for each in unbound.findings(passage, language=self.language, file=self.file, compares=self.compares)
        ]

    def compares(self, bound: Bound) -> bool:
        """A figure that is itself about a change ("more than last week"), by its label or its name."""
        reference = references.parse(bound.target) if bound.kind == "figure" else None
        if reference is None:
            return False
        found = self.book.figure(reference.wave or self.wave, reference.name)
        label = f"{found.label.nl} {found.label.en}" if found and found.label else ""
        return comparisons.is_comparison(f"{label} {reference.name}".replace("_", " "))

    def bindings(self, passages: tuple[Passage, ...]) -> tuple[tuple[Binding, ...], list[Finding]]:
        """All bindings by their numbers, and what is wrong with them."""
        bindings: dict[int, Binding] = {}
        findings: list[Finding] = []
        for passage in passages:
            for index, bound in enumerate(passage.bindings):
                bindings[bound.number] = self.binding(bound)
                if bound.text:
                    findings.extend(self.problems(bound, passage, index))
        return tuple(bindings[number] for number in sorted(bindings)), findings

    def binding(self, bound: Bound) -> Binding:
        plain = Binding(kind=bound.kind, target=bound.target, text=bound.text, place=bound.place)
        if bound.kind == "figure":
            reference = references.parse(bound.target)
            try:
                stated = references.stated(self.book, reference, self.wave) if reference else None
            except NotFound:
                stated = None
            return replace(plain, wave=stated.wave, name=stated.name, part=stated.part) if stated else plain
        claim = claims.parse(bound.target) if bound.kind == "claim" else None
        about = claims.figures_of(claim) if claim else ()
        return replace(plain, wave=self.wave, name=about[0]) if about else plain

    def problems(self, bound: Bound, passage: Passage, index: int) -> Iterator[Finding]:
        if bound.kind in ("figure", "claim"):
            yield from around.findings(passage, index, language=self.language, place=bound.place)
        if bound.kind == "figure":
            yield from self.figure(bound, passage, index)
        elif bound.kind == "claim" and self.known:
            yield from claims.check(
                target=bound.target,
                text=bound.text,
                book=self.book,
                own=self.wave,
                language=self.language,
                place=bound.place,
            )
        elif bound.kind == "source" and not _is_web_address(bound.target):
            yield finding("A063", bound.place, f"source:{bound.target}", "source:https://.. where the number stands")
        elif bound.kind == "literal":
            yield from self.literal(bound, passage)

    def literal(self, bound: Bound, passage: Passage) -> Iterator[Finding]:
        if bound.target:
            yield finding("A013", bound.place, f"literal:{bound.target}", "literal: with nothing behind it")
        elif literals.states_figure(bound.text, passage.text[bound.end : bound.end + 200], self.language):
            yield finding("A064", bound.place, f'"{bound.text}"', "[..](figure:name) or [..](source:https://..)")

    def figure(self, bound: Bound, passage: Passage, index: int) -> Iterator[Finding]:
        reference = references.parse(bound.target)
        if reference is None:
            yield finding("A013", bound.place, f"figure:{bound.target}", "figure:name or figure:wave/name")
            return
        if reference.wave is None and not self.known:
            return  # said once, at the front matter
        try:
            stated = references.stated(self.book, reference, self.wave)
        except NotFound as missing:
            yield finding(missing.code, bound.place, missing.found, missing.expected, figure=reference.name)
            return
        yield from stating.check(
            text=bound.text,
            stated=stated,
            context=self.context(passage, index),
            language=self.language,
            place=bound.place,
        )

    def context(self, passage: Passage, index: int) -> stating.Context:
        bound = passage.bindings[index]
        behind = passage.text[bound.end : bound.end + 80]
        words = numbers.words(behind)
        word = words[0].text if words and words[0].kind == "word" else ""
        unit, _ = expressions.unit_at(words, 0)
        return stating.Context(
            behind=word,
            unit_behind=unit,
            base=around.base_said(passage, index, self.language),
            unit_known=passage.part == "cell" or _unit_follows(passage, index, self.language),
        )

    def groups(self, bindings: tuple[Binding, ...]) -> Iterator[Finding]:
        """Shares of one whole, at least two of which are stated: how much of the whole is not."""
        wave = self.book.wave(self.wave)
        stated: dict[str, dict[FigureName, Place]] = {}
        for each in bindings:
            found = wave.figures.get(each.name) if wave and each.name and each.wave == self.wave else None
            if each.kind == "figure" and not each.part and found and _divides(found):
                stated.setdefault(found.group or "", {})[found.name] = each.place
        for group, places in stated.items():
            assert wave is not None
            rest = 100 - sum((references.exact(wave.figures[name].value) for name in places), Fraction())
            if len(places) >= 2 and rest > _UNACCOUNTED:
                missing = stating.with_unit(rest, "percent", self.language, 1)
                place = list(places.values())[-1]
                yield finding("A070", place, f"{group}: {missing} not accounted for", "a word on the rest", group=group)


def _divides(figure: Figure) -> bool:
    """Is one of the shares that divide a whole among them."""
    return bool(figure.group) and figure.kind == "share" and figure.unit == "percent" and figure.domain == "all"


def _unit_follows(passage: Passage, index: int, language: Language) -> bool:
    """In "43, 35 en 1 procent" the last number says the unit of all."""
    for here, following in zip(passage.bindings[index:], passage.bindings[index + 1 :], strict=False):
        if passage.text[here.end : following.start].strip().lower() not in _LISTING:
            return False
        said = expressions.find(passage.text[following.start : following.end + 20], language)
        unit: UnitSaid = said[0].unit if said else ""
        if unit:
            return unit == "percent"
    return False


def _is_web_address(target: str) -> bool:
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.netloc) and not any(each.isspace() for each in target)
