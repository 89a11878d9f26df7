"""A small poll made by hand: two waves with the shapes of figure that there are. Nothing here was computed by us.

Standard errors are those of a share of n boards without correction, rounded: sqrt(p(1-p)/(n-1)).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from peilstok.disclose import Withheld
from peilstok.disclose.figures import Break, Figure, FigureBook, Kind, Measured, WaveFigures
from peilstok.publish.edition import Article, Edition, Excepted
from peilstok.publish.edition import Kind as Why
from peilstok.terms import FigureName, WaveId, Words

Z = 1.96


def measured(value: float, se: float | None) -> Measured:
    if se is None:
        return Measured(value=value)
    return Measured(value=value, se=se, ci_low=max(value - Z * se, 0.0), ci_high=value + Z * se)


def figure(
    name: str,
    nl: str,
    en: str,
    value: float,
    se: float | None,
    *,
    n: int = 285,
    kind: Kind = "share",
    group: str | None = None,
    weighted: float | None = None,
    of_pupils: float | None = None,
) -> Figure:
    return Figure(
        name=FigureName(name),
        unit="percent",
        kind=kind,
        measured=measured(value, se),
        n=n,
        count=round(value * n / 100) if kind == "share" else None,
        base="boards" if kind == "share" else "pupils",
        base_words=Words(nl="besturen", en="boards") if kind == "share" else Words(nl="leerlingen", en="pupils"),
        population_words=Words(nl="de besturen die antwoordden", en="the boards that answered"),
        population="answering boards",
        group=group,
        label=Words(nl=nl, en=en),
        estimand=FigureName(name),
        weighted=None if weighted is None else measured(weighted, se),
        of_pupils=None if of_pupils is None else measured(of_pupils, se),
        pupils=414_915,
        coverage=27.6,
        method="share of boards, simple random sampling without replacement",
    )


MUNICIPAL = "municipal_care"
FORMS = "care_forms"


def later_figures() -> tuple[Figure, ...]:
    return (
        figure("in_care", "leerlingen in de opvang", "pupils in care", 3.8, 0.21, kind="ratio", weighted=3.7),
        figure(
            "municipal_care_started", "op gang", "under way", 63.5, 2.42, group=MUNICIPAL, weighted=62.1, of_pupils=71.0
        ),
        figure(
            "municipal_care_partly", "deels op gang", "partly under way", 24.2, 2.15, group=MUNICIPAL, of_pupils=19.4
        ),
        figure("municipal_care_not", "nog niet op gang", "not yet under way", 2.5, 0.78, group=MUNICIPAL),
        figure(
            "municipal_care_unknown",
            "het bestuur heeft hier onvoldoende zicht op",
            "the board has insufficient insight",
            9.8,
            1.49,
            group=MUNICIPAL,
        ),
        figure(
            "vulnerable",
            "kwetsbare leerlingen, gemiddeld per bestuur",
            "vulnerable pupils, mean over boards",
            19.3,
            1.3,
            kind="mean",
        ),
        figure("care_on_site", "noodopvang op school", "emergency care at school", 80.0, 2.0, group=FORMS),
        figure("care_digital", "begeleiding op afstand, digitaal", "remote guidance", 75.1, 2.1, group=FORMS),
        figure("boards_answered", "besturen die antwoordden", "boards that answered", 29.4, None, kind="ratio"),
    )


def earlier_figures() -> tuple[Figure, ...]:
    return (
        figure("in_care", "leerlingen in de opvang", "pupils in care", 2.8, 0.25, n=108, kind="ratio"),
        figure("municipal_care_started", "op gang", "under way", 42.6, 4.5, n=108, group=MUNICIPAL),
        figure("municipal_care_partly", "deels op gang", "partly under way", 29.6, 4.2, n=108, group=MUNICIPAL),
        figure(
            "vulnerable",
            "kwetsbare leerlingen, gemiddeld per bestuur",
            "vulnerable pupils, mean over boards",
            8.4,
            0.9,
            n=108,
            kind="mean",
        ),
        figure("staff_on_site", "personeel op school", "staff at school", 17.0, 1.2, n=108, kind="mean"),
    )


def wave(name: str, day: date, respondents: int, figures: tuple[Figure, ...]) -> WaveFigures:
    return WaveFigures(
        id=WaveId(name),
        date=day,
        respondents=respondents,
        figures={each.name: each for each in figures},
        pupils=414_915 if respondents == 285 else 143_000,
        population=971,
        population_pupils=1_502_012,
    )


def book(*, synthetic: bool = True) -> FigureBook:
    started = FigureName("municipal_care_started")
    waves = (
        wave("wave-2", date(2020, 3, 30), 108, earlier_figures()),
        wave("wave-3", date(2020, 4, 6), 285, later_figures()),
    )
    return FigureBook(
        waves=waves,
        covariances={frozenset({(WaveId("wave-2"), started), (WaveId("wave-3"), started)}): 3.0},
        breaks=(
            Break(
                figure=FigureName("vulnerable"),
                between=(WaveId("wave-2"), WaveId("wave-3")),
                reason="the question counts other pupils since 6 April",
                words=Words(
                    nl="de vraag telt sinds 6 april andere leerlingen",
                    en="the question counts other pupils since 6 April",
                ),
            ),
        ),
        synthetic=synthetic,
    )


def text(said: str) -> dict[str, object]:
    return {"kind": "text", "text": said}


def paragraph(*spans: dict[str, object]) -> dict[str, object]:
    return {"kind": "paragraph", "spans": list(spans)}


def article(language: str = "nl") -> Article:
    if language == "nl":
        title, words = "Opvang komt op gang", ("Bij ", "63,5 procent", " van de besturen is de opvang op gang.")
    else:
        title, words = "Care gets under way", ("At ", "63.5 percent", " of the boards care is under way.")
    before, bound, after = words
    name = "municipal_care_started"
    return Article(
        title=title,
        html=f'<p>{before}<a href="#figure-{name}">{bound}</a>{after}</p>\n',
        blocks=(
            paragraph(text(before), {"kind": "figure", "figure": name, "children": [text(bound)]}, text(after)),
            {"kind": "heading", "level": 2, "spans": [text("Kinderen in beeld" if language == "nl" else "In view")]},
            paragraph(text("# [geen] $code$ *hier* @preview")),
        ),
        summary="".join(words),
    )


EXCEPTED = Excepted(
    name=FigureName("municipal_care_not"),
    label=Words(nl="niet op gang", en="not under way"),
    reason=Words(nl="Nodig om te zien hoe het vordert.", en="Needed to see how it proceeds."),
    by="poll officer",
)


def edition(**changed: object) -> Edition:
    stands = Edition(
        wave=WaveId("wave-3"),
        number=1,
        kind=Why.FIRST,
        released=datetime(2020, 4, 6, 14, 30, tzinfo=UTC),
        provisional=False,
        council="Raad voor de proef",
        title=Words(nl="Meting 3", en="Wave 3"),
        book=book(),
        articles={"nl": article("nl"), "en": article("en")},
        withheld=(
            Withheld(
                name=FigureName("lead_youth_care"),
                label=Words(nl="jeugdzorg neemt het voortouw", en="youth care takes the lead"),
                reason=Words(nl="minder dan drie besturen", en="fewer than three boards"),
            ),
        ),
        group_titles={
            MUNICIPAL: Words(
                nl="Is de opvang van kwetsbare kinderen in uw gemeente op gang?",
                en="Is care for vulnerable children under way in your municipality?",
            ),
            FORMS: Words(nl="Welke opvang biedt u?", en="Which forms of care do you offer?"),
        },
        fingerprint="0" * 64,
    )
    return replace(stands, **changed)  # type: ignore[arg-type]
