"""Proofs: the figures of a wave and its articles, checked against each other and ready to be published.

    proof_of(wave=..., articles=...)   computes the figures of the wave and of those before it, checks the articles
    publish_proof(proof, ...)          the edition, when nothing is wrong

Decides nothing about what may be shown (`disclose`), what is true (`article`) or whether an edition is made
(`releases`); it brings the three together, for the command and for the demo alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from peilstok import article
from peilstok.article import CheckedArticle
from peilstok.collect.figures import book_of, tables_of
from peilstok.collect.models import Wave
from peilstok.disclose import SafeTable
from peilstok.disclose.figures import FigureBook
from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.publish import releases
from peilstok.publish.models import Release
from peilstok.terms import Language, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What would be published, and everything that was found on the way, warnings too."""

    wave: Wave
    tables: tuple[SafeTable, ...]
    book: FigureBook
    articles: Mapping[Language, CheckedArticle]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def proof_of(*, wave: Wave, articles: Mapping[str, str], tables: Sequence[SafeTable] | None = None) -> Proof:
    """Check the articles (their text by the name of their file) against the figures of the wave and those before it.

    `tables`, oldest first and the wave's own last, are the figures when they have been computed already. Raises
    `NotNow` where a wave of the series has no plan or no answers.
    """
    tables = tables or tables_of(wave)
    book = book_of(wave, tables)
    checked, findings = _checked(articles, book)
    return Proof(wave=wave, tables=tuple(tables), book=book, articles=checked, findings=findings)


def _checked(
    articles: Mapping[str, str], book: FigureBook
) -> tuple[dict[Language, CheckedArticle], tuple[Finding, ...]]:
    """All of them, so that what is wrong in the second is told with what is wrong in the first."""
    checked: dict[Language, CheckedArticle] = {}
    findings: list[Finding] = []
    for file, text in articles.items():
        try:
            one = article.check(text, file=file, book=book)
        except Refused as refused:
            findings += refused.findings
            continue
        findings += one.findings
        if one.lang in checked:
            findings.append(_twice(one, checked[one.lang]))
        checked[one.lang] = one
    return checked, tuple(findings)


def _twice(one: CheckedArticle, other: CheckedArticle) -> Finding:
    found = f"a second article in {one.lang}; {other.file} is in {other.lang}"
    return Finding("P007", Severity.ERROR, Place(one.file), found, "one article in each language")


def publish_proof(
    proof: Proof,
    *,
    by: str,
    moment: datetime,
    correction: bool = False,
    note: Words | None = None,
    provisional: bool = False,
) -> Release:
    """Publish what was proofed. Raises `Refused` with every finding when one of them is an error."""
    if proof.errors:
        raise Refused(proof.findings)
    return releases.publish_wave(
        wave=proof.wave,
        book=proof.book,
        tables=proof.tables,
        articles=proof.articles,
        by=by,
        moment=moment,
        correction=correction,
        note=note,
        provisional=provisional,
    )
