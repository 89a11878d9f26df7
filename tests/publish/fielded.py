"""Closed waves with figures and articles, ready to be published: the figures of `example` on an invented frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from peilstok import article
from peilstok.article import CheckedArticle
from peilstok.collect.models import Wave
from peilstok.collect.wavefile import WaveFile, read
from peilstok.disclose import FigureBook, LogEntry, SafeTable, WaveFigures, Withheld
from peilstok.disclose.influence import Influence
from peilstok.disclose.tables import Act
from peilstok.register.models import Frame
from peilstok.terms import FigureName, Language, WaveId, Words
from tests.publish import example

AT_TWO = datetime(2020, 4, 6, 12, 0, tzinfo=UTC)
NEXT_DAY = datetime(2020, 4, 7, 9, 0, tzinfo=UTC)
ANNA = "user:1"

QUESTIONNAIRE = """
format: peilstok/questionnaire/1
name: municipal
title: {nl: "Opvang", en: "Care"}
introduction: {nl: "Hoe staat het ervoor?", en: "How do things stand?"}
minutes: 1
pages:
  - name: care
    title: {nl: "Opvang", en: "Care"}
    items:
      - name: municipal_care
        type: choice
        text: {nl: "Is de opvang op gang?", en: "Is care under way?"}
        options:
          - {name: started, text: {nl: "Ja", en: "Yes"}}
          - {name: not_yet, text: {nl: "Nee", en: "No"}}
"""

WAVE = """
format: peilstok/wave/1
id: NAME
title: {nl: "NUMBER meting", en: "Wave NUMBER"}
date: DAY
questionnaire: questionnaire.yaml
opens: 2020-03-26T09:00:00+02:00
closes: 2020-04-06T12:00:00+02:00
seen_by: {nl: "Alleen de raad.", en: "Only the council."}
contact: {name: Anna, email: anna@raad.example, phone: 030 000 00 01}
mail:
  subject: {nl: "Hoe staat het ervoor?", en: "How do things stand?"}
  why: {nl: "De minister vraagt het vandaag.", en: "The minister asks today."}
"""

ARTICLES: Mapping[Language, str] = {
    "nl": """\
---
wave: wave-3
lang: nl
title: Opvang komt op gang
date: 2020-04-06
---

Bij [63,5 procent](figure:municipal_care_started) van de besturen die antwoordden is de opvang op gang,
[meer](claim:higher(municipal_care_started,wave-2)) dan de [42,6 procent](figure:wave-2/municipal_care_started) van
de vorige meting.

## Wie antwoordden

Er deden [285 besturen](figure:respondents) mee.
""",
    "en": """\
---
wave: wave-3
lang: en
title: Care gets under way
date: 2020-04-06
---

At [63.5 percent](figure:municipal_care_started) of the boards that answered, care is under way.
""",
}
FIRST_ARTICLES: Mapping[Language, str] = {
    "nl": """\
---
wave: wave-2
lang: nl
title: De eerste stand
date: 2020-03-30
---

Bij [42,6 procent](figure:municipal_care_started) van de besturen die antwoordden is de opvang op gang.
""",
    "en": """\
---
wave: wave-2
lang: en
title: Where things stand
date: 2020-03-30
---

At [42.6 percent](figure:municipal_care_started) of the boards that answered, care is under way.
""",
}


def frame(*, synthetic: bool = True) -> Frame:
    day = date(2019, 10, 1)
    found = Frame.objects.filter(date=day, synthetic=synthetic).first()
    return found or Frame.objects.create(
        date=day, synthetic=synthetic, source="invented", fingerprint="f" * 64, imported_at=AT_TWO
    )


def wave(name: str = "wave-3", *, state: str = "closed", synthetic: bool = True, previous: Wave | None = None) -> Wave:
    file = _file(name)
    opened = {} if state == "draft" else {"opened_at": AT_TWO, "frame_fingerprint": "f" * 64}
    closed = {"closed_at": AT_TWO} if state == "closed" else {}
    return Wave.objects.create(
        id=name,
        title_nl=file.spec.title.nl,
        title_en=file.spec.title.en,
        date=file.spec.date,
        previous=previous,
        frame=frame(synthetic=synthetic),
        file=file.text,
        file_fingerprint=file.fingerprint,
        questionnaire=file.questionnaire_text,
        questionnaire_fingerprint=file.questionnaire.fingerprint,
        opens=file.spec.opens,
        closes=file.spec.closes,
        created_at=AT_TWO,
        state=state,
        **opened,
        **closed,
    )


def _file(name: str) -> WaveFile:
    number, day = ("Derde", "2020-04-06") if name == "wave-3" else ("Tweede", "2020-03-30")
    text = WAVE.replace("NAME", name).replace("NUMBER", number).replace("DAY", day)
    return read(text, file="wave.yaml", beside=lambda _: QUESTIONNAIRE)


def table(figures: WaveFigures) -> SafeTable:
    reason = Words(nl="berust op te weinig besturen", en="rests on too few boards")
    name = FigureName("lead_youth_care")
    return SafeTable(
        figures=figures,
        withheld=(Withheld(name=name, label=Words(nl="jeugdzorg leidt", en="youth care leads"), reason=reason),),
        log=(LogEntry(figure=name, act=Act.WITHHELD, rule="at least 10 boards", reason=reason),),
        breaks=(),
        fingerprint="a" * 64,
        influence=Influence((), None),
    )


def tables(book: FigureBook, **last: Any) -> tuple[SafeTable, ...]:
    """A table for each wave of the book, oldest first; the last one with other fields."""
    *earlier, latest = (table(each) for each in book.waves)
    return (*earlier, replace(latest, **last))


def held(name: str) -> Withheld:
    reason = Words(nl="berust op te weinig besturen", en="rests on too few boards")
    return Withheld(name=FigureName(name), label=Words(nl=f"{name} (nl)", en=f"{name} (en)"), reason=reason)


def articles(book: FigureBook, texts: Mapping[Language, str] = ARTICLES) -> dict[Language, CheckedArticle]:
    return {language: article.check(text, file=f"article.{language}.md", book=book) for language, text in texts.items()}


def second_wave_book(book: FigureBook) -> FigureBook:
    return replace(book, waves=book.waves[:1], breaks=())


def with_value(book: FigureBook, name: str, value: float) -> FigureBook:
    """The book with another value of a figure of its last wave."""
    last = book.waves[-1]
    figure = last.figures[FigureName(name)]
    moved = replace(figure, measured=example.measured(value, figure.measured.se))
    return replace(book, waves=(*book.waves[:-1], replace(last, figures={**last.figures, figure.name: moved})))


def without(book: FigureBook, name: str) -> FigureBook:
    """The book of which the last wave lacks a figure."""
    last = book.waves[-1]
    figures = {each: figure for each, figure in last.figures.items() if each != name}
    return replace(book, waves=(*book.waves[:-1], replace(last, figures=figures)))


def wave_figures(book: FigureBook, name: str = "wave-3") -> WaveFigures:
    found = book.wave(WaveId(name))
    assert found is not None
    return found
