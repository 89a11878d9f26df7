"""An edition as it is kept: its content as JSON beside its figures, and back again.

What comes back equals what went in (a test compares), so that the files of an edition can be built again from the
database and compared with the bytes that were published.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from peilstok.disclose import FigureBook, Withheld
from peilstok.publish.edition import Article, Edition, Excepted, Kind
from peilstok.terms import LANGUAGES, FigureName, WaveId, Words


def to_json(edition: Edition) -> dict[str, Any]:
    """Everything of an edition except its book of figures."""
    return {
        "wave": edition.wave,
        "number": edition.number,
        "kind": edition.kind.value,
        "released": edition.released.isoformat(),
        "provisional": edition.provisional,
        "council": edition.council,
        "title": edition.title.as_json(),
        "articles": {language: _article_to_json(edition.articles[language]) for language in LANGUAGES},
        "withheld": [_withheld_to_json(held) for held in edition.withheld],
        "withheld_before": list(edition.withheld_before),
        "excepted": [{**_withheld_to_json(each), "by": each.by} for each in edition.excepted],
        "group_titles": {group: words.as_json() for group, words in edition.group_titles.items()},
        "note": edition.note.as_json() if edition.note else None,
        "fingerprint": edition.fingerprint,
    }


def from_json(kept: dict[str, Any], book: FigureBook) -> Edition:
    return Edition(
        wave=WaveId(kept["wave"]),
        number=kept["number"],
        kind=Kind(kept["kind"]),
        released=datetime.fromisoformat(kept["released"]),
        provisional=kept["provisional"],
        council=kept["council"],
        title=Words(**kept["title"]),
        book=book,
        articles={language: _article_from_json(kept["articles"][language]) for language in LANGUAGES},
        withheld=tuple(_withheld_from_json(held) for held in kept["withheld"]),
        withheld_before=tuple(FigureName(name) for name in kept.get("withheld_before", ())),
        excepted=tuple(_excepted_from_json(each) for each in kept.get("excepted", ())),
        group_titles={group: Words(**words) for group, words in kept["group_titles"].items()},
        note=Words(**kept["note"]) if kept["note"] else None,
        fingerprint=kept["fingerprint"],
    )


def same_content(one: Edition, other: Edition) -> bool:
    """Do both say the same? Which edition it is, why and when there is one, and how it is drawn are not compared."""
    return _content(one) == _content(other)


def _content(edition: Edition) -> dict[str, Any]:
    """As it is kept, without what the same article and figures give anew: HTML and summary come from the blocks."""
    kept = to_json(edition)
    for name in ("number", "kind", "released", "council", "note"):
        del kept[name]
    kept["articles"] = {
        language: {"title": article["title"], "blocks": article["blocks"]}
        for language, article in kept["articles"].items()
    }
    plain = json.dumps(kept, ensure_ascii=False).replace("\u00a0", " ")  # how lines may break is no content
    return {**json.loads(plain), "book": edition.book}


def _article_to_json(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "summary": article.summary,
        "html": article.html,
        "blocks": list(article.blocks),
    }


def _article_from_json(kept: dict[str, Any]) -> Article:
    return Article(**{**kept, "blocks": tuple(kept["blocks"])})


def _withheld_to_json(held: Withheld | Excepted) -> dict[str, Any]:
    return {
        "name": held.name,
        "reason": held.reason.as_json(),
        "label": held.label.as_json(),
    }


def _withheld_from_json(kept: dict[str, Any]) -> Withheld:
    return Withheld(
        name=FigureName(kept["name"]),
        reason=Words(**kept["reason"]),
        label=Words(**kept["label"]),
    )


def _excepted_from_json(kept: dict[str, Any]) -> Excepted:
    return Excepted(
        name=FigureName(kept["name"]),
        reason=Words(**kept["reason"]),
        label=Words(**kept["label"]),
        by=kept["by"],
    )
