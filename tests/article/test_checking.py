"""The whole check: front matter, every code once, order, and articles of the published kind."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.article import CODES, check
from peilstok.article.source import LONGEST
from peilstok.disclose.figures import Break, FigureBook, Measured
from peilstok.errors import Finding, Refused, Severity
from peilstok.terms import FigureName, WaveId
from tests.article.book import book, published, share, text, wave
from tests.article.test_source import MARKS, PIECES

BOOK = published()
DOCS = Path(__file__).resolve().parents[2] / "docs" / "formats" / "article.md"


def findings(article: str, figures: FigureBook = BOOK) -> tuple[Finding, ...]:
    try:
        return check(article, file="f.md", book=figures).findings
    except Refused as refused:
        return refused.findings


def places(article: str) -> list[tuple[str, int, int | str]]:
    return [(each.code, each.place.line, each.place.column) for each in findings(article)]


# front matter

WHOLE = "---\nwave: wave-3\nlang: nl\ntitle: Proef\ndate: 2020-04-06\n---\nTekst.\n"


def test_an_article_without_faults_has_no_findings_and_says_what_it_is() -> None:
    checked = check(WHOLE, file="f.md", book=BOOK)
    assert (checked.findings, checked.sound) == ((), True)
    assert (checked.wave, checked.lang, checked.title, checked.date) == ("wave-3", "nl", "Proef", date(2020, 4, 6))


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("", [("A001", 1, 1)]),
        ("Tekst met 12.", [("A001", 1, 1), ("A060", 1, 11)]),
        ("\n" + WHOLE, [("A001", 1, 1)]),
        ("---\nwave: wave-3\n", [("A001", 1, 1)]),
        ("---\n---\n", [("A002", 1, 1)]),
        ("---\njust words\n---\n", [("A002", 1, 1)]),
        (WHOLE.replace("title: Proef", "title: Nu: 3"), [("A002", 4, 10)]),
        (WHOLE.replace("title: Proef", 'title: "Nu'), [("A002", 5, 17)]),
        (WHOLE.replace("title: Proef\n", ""), [("A003", 1, 1)]),
        ("---\nwave: wave-3\n---\n", [("A003", 1, 1)] * 3),
        (WHOLE.replace("lang: nl", "lang: de"), [("A005", 3, 7)]),
        (WHOLE.replace("lang: nl", "lang: [nl]"), [("A005", 3, 7)]),
        (WHOLE.replace("2020-04-06", "6 april 2020"), [("A005", 5, 7)]),
        (WHOLE.replace("2020-04-06", "2020-02-30"), [("A005", 5, 7)]),
        (WHOLE.replace("wave-3", "wave 3"), [("A005", 2, 7)]),
        (WHOLE.replace("title: Proef", "title: ''"), [("A005", 4, 8)]),
        (WHOLE.replace("lang: nl", "lang: nl\nlang: nl"), [("A004", 4, 1)]),
        (WHOLE.replace("lang: nl", "lang: nl\nauthor: x"), [("A004", 4, 1)]),
        (WHOLE.replace("wave-3", "wave-9"), [("A006", 2, 7)]),
        (WHOLE.replace("2020-04-06", "2020-04-05"), [("A007", 5, 7)]),
        (WHOLE.replace("lang: nl", "lang: de").replace("2020-04-06", "gisteren"), [("A005", 3, 7), ("A005", 5, 7)]),
    ],
)
def test_all_faults_of_the_front_matter_are_found_at_their_places(
    article: str, expected: list[tuple[str, int, int]]
) -> None:
    assert places(article) == expected


def test_front_matter_that_cannot_be_used_refuses_with_the_faults_of_the_text_as_well() -> None:
    with pytest.raises(Refused) as refused:
        check(WHOLE.replace("lang: nl", "lang: de").replace("Tekst.", "Er zijn 12."), file="f.md", book=BOOK)
    assert [each.code for each in refused.value.findings] == ["A005", "A060"]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("wave: wave-3\nlang: nl\ntitle: Proef", "A003"),
        ("wave: wave-3\nlang: nl\ntitle: Nu: proef\ndate: 2020-04-06", "A002"),
        ("wave: wave-3\nlang: de\ntitle: Proef\ndate: 2020-04-06", "A005"),
        ("wave: wave-3\nlang: nl\ntitle: Proef\ndate: gisteren\nby: mij", "A005"),
    ],
)
def test_broken_front_matter_hides_nothing_that_is_wrong_in_the_text(head: str, code: str) -> None:
    body = (
        "Bij [63 procent](figure:municipal_care_started) van de besturen is de opvang op gang, bij "
        "[1 procent](figure:x)\nniet. "
        "Dat is [minder](claim:lower(municipal_care_started,wave-2)) dan de [43 procent](figure:wave-2/in_care)."
    )
    whole = [each.code for each in findings(text(body))]
    assert whole == ["A024", "A020", "A042", "A024"]
    broken = [each.code for each in findings(f"---\n{head}\n---\n\n{body}\n")]
    assert code in broken
    assert [each for each in broken if each in whole] == whole


def test_without_front_matter_the_language_is_told_by_the_words_and_other_waves_are_checked() -> None:
    english = (
        "The boards say that at the schools it is [63.5](literal:), and [42.6 percent](figure:wave-2/in_care) of it."
    )
    assert [each.code for each in findings(english)] == ["A001", "A024"]
    dutch = "De besturen zeggen dat het bij de scholen [63.5 procent](figure:wave-3/municipal_care_started) van het is."
    assert [each.code for each in findings(dutch)] == ["A001", "A025"]


def test_an_unknown_wave_and_a_number_in_the_title_are_told_beside_other_faults_of_the_front_matter() -> None:
    article = WHOLE.replace("wave-3", "wave-9").replace("Proef", "Bij 12 besturen").replace("2020-04-06", "gisteren")
    assert places(article) == [("A006", 2, 7), ("A060", 4, 12), ("A005", 5, 7)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_count_the_same(end: str) -> None:
    article = text("Eerst.\n\nDan 12.").replace("\n", end)
    assert places(article) == [("A060", 10, 5)]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert findings("\ufeff" + WHOLE) == ()


def test_a_file_that_is_too_long_is_refused_at_once() -> None:
    assert [each.code for each in findings(text("a" * LONGEST))] == ["A018"]


# every code

BROKEN = book(
    wave("2", share("f", 40), share("narrow", 40, measured=Measured(value=40, se=0.1))),
    wave(
        "3",
        share("f", 60, weighted=Measured(value=30)),
        share("whole", 60, group="g"),
        share("rest", 30, group="g"),
        share("close", 59, group="g"),
        share("grim", 5.5, n=108),
        share("of_boards", 60, base="boards"),
        share("mean", 43, kind="mean"),
        share("narrow", 40.5, measured=Measured(value=40.5, se=0.1)),
    ),
    breaks=(Break(figure=FigureName("narrow"), between=(WaveId("wave-1"), WaveId("wave-2")), reason="x"),),
)
TURNED = book(
    wave("2", share("f", 40, weighted=Measured(value=50))),
    wave("3", share("f", 60, weighted=Measured(value=45)), share("b", 10)),
    breaks=(Break(figure=FigureName("b"), between=(WaveId("wave-2"), WaveId("wave-3")), reason="x"),),
)
EXAMPLES: dict[str, str] = {
    "A001": "Tekst.",
    "A002": WHOLE.replace("Proef", "a: b"),
    "A003": WHOLE.replace("lang: nl\n", ""),
    "A004": WHOLE.replace("lang", "language"),
    "A005": WHOLE.replace("nl", "fy"),
    "A006": WHOLE.replace("wave-3", "wave-4"),
    "A007": WHOLE.replace("04-06", "04-01"),
    "A010": text("<b>vet</b>"),
    "A011": text("[a](javascript:b)"),
    "A012": text("![a](https://b.nl/c.png)"),
    "A013": text("[a](figure:b c)".replace(" ", "%20")),
    "A014": text("[a](claim:higher(f, wave-2))"),
    "A015": text("[](figure:f)"),
    "A016": text("# Kop"),
    "A017": text("[6](literal:)3 besturen"),
    "A018": text("a" * LONGEST),
    "A020": text("[60 procent](figure:nope)"),
    "A021": text("[60 procent](figure:wave-9/f)"),
    "A022": text("[veel](figure:f)"),
    "A023": text("[60 en 61 procent](figure:f)"),
    "A024": text("[61 procent](figure:f)"),
    "A025": text("[60.0 procent](figure:f)"),
    "A026": text("[60 leerlingen](figure:f)"),
    "A027": text("[60 procentpunt](figure:f)"),
    "A028": text("[60](figure:f)"),
    "A029": text("[meer dan 10 procent](figure:f)"),
    "A030": text("[60 procent](figure:f#ci_low)"),
    "A031": text("[niet 60 procent](figure:f)"),
    "A032": text("[5,5 procent](figure:grim)"),
    "A033": text("ruim [60 procent](figure:f)"),
    "A034": text("niet [60 procent](figure:f)"),
    "A035": text("minus [60 procent](figure:f)"),
    "A036": text("[60 procent](figure:of_boards) van de leerlingen"),
    "A040": text("[meer](claim:bigger(f,wave-2))"),
    "A041": text("[meer](claim:higher(f))"),
    "A042": text("[minder](claim:lower(f,wave-2))"),
    "A043": text("[meer](claim:higher(whole,wave-2))"),
    "A044": text("[meer](claim:higher(b,wave-2))"),
    "A045": text("[minder](claim:higher(f,wave-2))"),
    "A046": text("[20 procent](claim:change(f,wave-2))"),
    "A047": text("[21 procentpunt](claim:change(f,wave-2))"),
    "A048": text("[20 procentpunt meer](claim:higher(f,wave-2))"),
    "A049": text("[meer](claim:higher(f,wave-2))"),
    "A050": text("[evenveel](claim:about_equal(f,wave-2))"),
    "A051": text("[meestal](claim:majority(rest))"),
    "A052": text("[vaakst](claim:largest(rest,g))"),
    "A053": text("[vaakst](claim:largest(whole,g))"),
    "A054": text("[dan](claim:order(rest,whole))"),
    "A055": text("[samen](claim:all_of(g))"),
    "A060": text("12"),
    "A061": text("twaalf"),
    "A062": text("Meer dan in de vorige meting."),
    "A063": text("[12](source:boek)"),
    "A064": text("[12 procent](literal:)"),
    "A065": text("De brief is [langer en uitvoeriger, met meer vragen](literal:) dan de vorige keer."),
    "A070": text("[60 procent](figure:whole), [30 procent](figure:rest)"),
}
BOOKS: dict[str, FigureBook] = {
    "A043": book(wave("2", share("whole", 57)), wave("3", share("whole", 60))),
    "A044": book(
        wave("2", share("b", 57)),
        wave("3", share("b", 90)),
        breaks=(Break(figure=FigureName("b"), between=(WaveId("wave-2"), WaveId("wave-3")), reason="x"),),
    ),
    "A049": TURNED,
    "A070": book(wave("3", share("whole", 60, group="g"), share("rest", 30, group="g"))),
}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_an_article_that_gets_it(code: str) -> None:
    found = findings(EXAMPLES[code], BOOKS.get(code, BROKEN))
    assert code in [each.code for each in found]
    assert all(each.severity is CODES[each.code].severity for each in found)


def test_the_page_lists_every_code_with_its_meaning() -> None:
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| A")]
    assert rows == [f"| {code} | {each.severity} | {each.meaning} |" for code, each in CODES.items()]


# the whole


def test_findings_come_in_the_order_of_the_file() -> None:
    article = text("Er zijn 12.\n\n[63 procent](figure:municipal_care_started) en 13.\n\n<b>", title="Nu 11")
    assert [each[:2] for each in places(article)] == [
        ("A060", 4),
        ("A060", 8),
        ("A024", 10),
        ("A060", 10),
        ("A010", 12),
    ]


def test_the_sentences_of_the_format_page_pass() -> None:
    body = (
        "Op dit moment vangen de besturen [3,8 procent](figure:in_care) van hun leerlingen op.\n"
        "Bij [63,5 procent](figure:municipal_care_started) is de opvang in de gemeente op gang,\n"
        "[meer](claim:higher(municipal_care_started,wave-2)) dan in de vorige meting.\n"
        "[Driekwart](figure:in_care_critical_worker) van hen heeft een ouder met een vitaal beroep."
    )
    assert findings(text(body)) == ()


def test_what_is_wrong_is_told_with_what_would_be_right() -> None:
    (found,) = findings(text("[63 procent](figure:municipal_care_started)"))
    assert str(found) == (
        'A024 error f.md:8:2 "63 procent" for municipal_care_started, 63,51 procent | "63,5 procent" or "64 procent"'
    )
    assert found.as_json()["figure"] == "municipal_care_started"


def test_an_unknown_figure_is_told_with_the_nearest_names() -> None:
    (found,) = findings(text("[3,8 procent](figure:in_car)"))
    assert "in_care" in found.expected
    (other,) = findings(text("[58 procent](figure:more_than_last_week)"))
    assert "wave-2/more_than_last_week" in other.expected


def test_the_figures_of_the_wave_itself_can_be_stated() -> None:
    body = (
        "[285 besturen](figure:respondents), [414.915 leerlingen](figure:pupils_represented), van de "
        "[971 besturen](figure:population) en [ruim 1,5 miljoen leerlingen](figure:population_pupils); eerder "
        "[138 besturen](figure:wave-1/respondents), [zo'n 270.000 leerlingen](figure:wave-1/pupils_represented)."
    )
    assert findings(text(body)) == ()


def test_the_parts_of_a_figure_can_be_stated() -> None:
    body = (
        "Tussen [62,5](figure:municipal_care_started#ci_low) en [64,5 procent](figure:municipal_care_started#ci_high), "
        "met een standaardfout van [2 procentpunt](figure:municipal_care_started#se), bij "
        "[285 besturen](figure:municipal_care_started#n)."
    )
    assert findings(text(body)) == ()
    wrong = "met een standaardfout van [2 procent](figure:municipal_care_started#se)"
    assert [each.code for each in findings(text(wrong))] == ["A046"]


@pytest.mark.parametrize(("value", "count"), [(33.333333333333336, 36), (33.33, 36), (33.333333333333336, None)])
def test_thirty_six_of_108_boards_are_a_third_and_not_almost_a_third(value: float, count: int | None) -> None:
    figures = book(wave("3", share("f", value, n=108, count=count)))
    assert findings(text("[een derde](figure:f), [ruim een derde](figure:f)"), figures) == ()
    assert [each.code for each in findings(text("[bijna een derde](figure:f)"), figures)] == ["A024"]


def test_an_unknown_wave_is_told_once_and_figures_of_other_waves_are_still_checked() -> None:
    body = "[1 procent](figure:in_care), [1 procent](figure:wave-3/in_care), [meer](claim:higher(in_care,wave-2))"
    assert [each.code for each in findings(text(body, wave="wave-9"))] == ["A006", "A024"]


def test_bindings_are_kept_in_the_order_of_the_text_with_what_they_point_at() -> None:
    body = (
        "[3,8 procent](figure:in_care), [43 procent](figure:wave-2/lead_school), [](figure:x), [meer](claim:a(in_care))"
    )
    checked = check(text(body), file="f.md", book=BOOK)
    assert [(each.kind, each.wave, each.name) for each in checked.bindings] == [
        ("figure", "wave-3", "in_care"),
        ("figure", "wave-2", "lead_school"),
        ("figure", None, None),
        ("claim", "wave-3", "in_care"),
    ]


def test_the_rest_of_a_group_is_told_with_its_amount() -> None:
    """On 6 April 70, 21 and 1 percent were printed: eight percent are not accounted for."""
    body = "[70 procent](figure:expects_more), [21](figure:expects_same) en [1 procent](figure:expects_fewer)"
    (found,) = findings(text(body))
    assert (found.code, found.severity) == ("A070", Severity.INFO)
    assert "7,7 procent not accounted for" in found.found  # 200, 60 and 3 of 285 boards leave 22


@given(st.one_of(MARKS, PIECES, st.text(max_size=150)))
def test_no_article_makes_the_check_fail(body: str) -> None:
    found = findings(text(body))
    order = [(each.place.line, each.place.column) for each in found]
    assert order == sorted(order)


@given(st.text(max_size=100))
def test_no_front_matter_makes_the_check_fail(front: str) -> None:
    findings(f"---\n{front}\n---\nTekst.")


def long_article() -> str:
    """2,000 words with 60 bindings, in paragraphs of 33 words."""
    paragraph = (
        "Bij [63,5 procent](figure:municipal_care_started) van de besturen is de opvang op gang, en dat is meer dan "
        "de helft van allemaal, zeggen zij op 6 april 2020, ook al weten zij het niet zeker van hun scholen.\n\n"
    )
    return text(paragraph * 60)


def test_two_thousand_words_with_sixty_bindings_take_less_than_half_a_second() -> None:
    article = long_article()
    assert len(article.split()) > 2000
    check(article, file="f.md", book=BOOK)  # the tables are indexed at the first use
    start = time.process_time()
    checked = check(article, file="f.md", book=BOOK)
    assert time.process_time() - start < 0.5
    assert len(checked.bindings) == 60


HOSTILE = {
    "brackets": "[" * 20_000,
    "closed brackets": "[a](" * 5_000,
    "emphasis": "*a **b " * 5_000,
    "backticks": "`a``b" * 5_000,
    "blanks": "0123" + " " * 100_000 + "x",
    "dots": "a." * 50_000,
    "digits": "1" * 100_000,
    "numbers": "1 " * 20_000,
    "separators": "1.1" * 30_000,
    "quotes": ">" * 5_000,
    "cells": "|" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "|" * 5_000,
    "entities": "&" * 50_000,
    "angles": "<a " * 20_000,
    "number words": "honderd" * 5_000,
    "hyphens": "een-" * 20_000,
    "months": "6 en " * 10_000,
    "phone": "0" + "12 " * 20_000,
    "bindings": "[a](figure:b). Meer dan " * 3_000,
    "one sentence": "niet meer dan toen " * 6_000,
    "ordinals": "een derde van de " * 5_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_bounded_time(body: str) -> None:
    start = time.process_time()
    findings(text(body))
    assert time.process_time() - start < 20
