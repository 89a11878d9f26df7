"""The page's content and the document on its own, without a database."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from peilstok.publish import explanations, illustrations, page, pdf, tables
from peilstok.publish.changes import Change
from peilstok.publish.edition import Edition, Kind
from peilstok.terms import LANGUAGES, Language, Words
from tests.publish import example


def shown(edition: Edition, language: Language = "nl", **more: object) -> page.Page:
    pictures = {chart.name: chart.svg for chart in illustrations.drawn(edition, language)}
    return page.page(edition, language, pictures, **more)  # type: ignore[arg-type]


def document(edition: Edition, language: Language = "nl", **more: object) -> str:
    return page.document(shown(edition, language, **more)).decode("utf-8")


@cache
def standing(language: Language) -> str:
    return document(example.edition(), language)


class Reader(HTMLParser):
    """Collects ids, the addresses within the page, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.goes_to: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"a", "span", "strong"}:
            self.words.append(" ")
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        href = given.get("href") or ""
        self.goes_to += [href[1:]] if href.startswith("#") else []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_within_the_page_leads_somewhere_and_ids_are_unique(language: Language) -> None:
    read = Reader(standing(language))
    assert len(read.ids) == len(set(read.ids))
    assert set(read.goes_to) <= set(read.ids)
    assert "figure-municipal_care_started" in read.goes_to  # from the bound number in the text
    # what an article may state of the wave itself leads somewhere as well
    wave = {"respondents", "pupils_represented", "population", "population_pupils"}
    assert {f"figure-{name}" for name in wave} <= set(read.ids)


def test_every_figure_has_a_row_with_its_anchor_also_without_interval() -> None:
    read = Reader(standing("nl"))
    for figure in example.later_figures():
        assert f"figure-{figure.name}" in read.ids
    assert "besturen die antwoordden als deel van: leerlingen 29,4% – – 285" in read.text


def test_as_answered_weighted_and_pupils_stand_side_by_side_with_intervals() -> None:
    # in the order of the columns: 63.5 and 62.1 with 1.96 * 2.42 = 4.7 either way, 71.0 likewise
    assert "op gang 63,5% 58,8 – 68,2 62,1% 57,4 – 66,8 71,0% 66,3 – 75,7 285" in Reader(standing("nl")).text


@pytest.mark.parametrize(("language", "mark"), [("nl", "Synthetische antwoorden:"), ("en", "Synthetic answers:")])
def test_the_page_says_synthetic_answers_before_the_article(language: Language, mark: str) -> None:
    text = Reader(standing(language)).text
    assert mark in text
    assert text.index(mark) < text.index(example.article(language).summary)


def test_real_answers_are_not_called_synthetic() -> None:
    real = Reader(document(example.edition(book=example.book(synthetic=False))))
    assert "ynthetisch" not in real.text


def test_date_edition_status_and_base_are_at_the_top() -> None:
    text = Reader(standing("nl")).text
    assert "Gepubliceerd op 6 april 2020, 16.30 uur · Definitief · editie 1" in text  # 14:30 UTC in summer time
    assert "285 besturen antwoordden, samen 414.915 leerlingen" in text
    assert "Published on 6 April 2020, 16:30 · Final · edition 1" in Reader(standing("en")).text


def test_a_provisional_edition_is_called_provisional() -> None:
    assert "Voorlopig · editie 1" in Reader(document(example.edition(provisional=True))).text


def test_a_revision_and_a_correction_have_different_words() -> None:
    note = Words(nl="Twaalf besturen zijn anders ingedeeld.", en="Twelve boards are in another class now.")
    revision = Reader(document(example.edition(kind=Kind.REVISION, number=2, note=note))).text
    assert "Bijstelling: de cijfers zijn opnieuw berekend. Twaalf besturen zijn anders ingedeeld." in revision
    correction = Reader(document(example.edition(kind=Kind.CORRECTION, number=2, note=note))).text
    assert "Rectificatie: er stond iets fout. Twaalf besturen" in correction
    assert "Bijstelling" not in correction


@pytest.mark.parametrize(
    ("language", "percent", "pupils"),
    [("nl", "+20,9\u00a0procentpunt", "\u00a0leerlingen"), ("en", "+20.9\u00a0percentage points", "\u00a0pupils")],
)
def test_every_difference_has_its_unit_on_page_and_in_pdf_for_they_stand_in_one_column(
    language: Language, percent: str, pupils: str
) -> None:
    counted = [
        Change(
            figure=replace(example.later_figures()[0], unit="pupils", kind="total"),
            before=example.later_figures()[0],
            difference=value,
            se=None,
            ci_low=None,
            ci_high=None,
            verdict="higher",
        )
        for value in (271_721, 1)
    ]
    rows = tables.change_rows(counted, language)
    assert rows[0].difference.value.endswith(f"721{pupils}")
    assert rows[1].difference.value == {"nl": "+1\u00a0leerling", "en": "+1\u00a0pupil"}[language]
    shown_rows = shown(example.edition(), language).since
    assert shown_rows is not None
    assert percent in [row.difference.value for row in shown_rows.rows]
    in_pdf = pdf.content(example.edition(), language, ())["changes"]
    assert percent in [row["difference"]["value"] for row in in_pdf]


def test_what_changed_is_told_with_interval_and_verdict() -> None:
    text = Reader(standing("nl")).text
    assert "Wat veranderde er sinds 30 maart 2020?" in text
    assert "op gang 42,6% 63,5% +20,9 procentpunt +12,1 tot +29,7 meer" in text
    assert "deels op gang 29,6% 24,2% −5,4 procentpunt −14,6 tot +3,8 niet duidelijk anders" in text
    assert "Niet te vergelijken met de vorige meting: kwetsbare leerlingen" in text
    assert "De vraag telt sinds 6 april andere leerlingen." in text


def test_a_withheld_figure_is_named_with_its_reason() -> None:
    assert "jeugdzorg neemt het voortouw: minder dan drie besturen" in Reader(standing("nl")).text


def test_an_edition_after_the_first_lists_the_figures_that_were_revised() -> None:
    before = example.book().waves[1]
    moved = example.figure("in_care", "leerlingen in de opvang", "pupils in care", 3.6, 0.22, kind="ratio")
    replaced = example.replace(before, figures={**before.figures, moved.name: moved})
    text = Reader(document(example.edition(number=2, kind=Kind.REVISION), replaced=replaced)).text
    assert "Bijgestelde cijfers" in text
    assert "leerlingen in de opvang 3,6% 3,2 – 4,0 3,8% 3,4 – 4,2" in text
    assert "Bijgestelde cijfers" not in Reader(standing("nl")).text


def test_a_label_is_text_and_never_markup() -> None:
    book = example.book()
    name = next(iter(book.waves[1].figures))
    nasty = example.replace(book.waves[1].figures[name], label=Words(nl="<script>x</script>", en="<b>"))
    later = example.replace(book.waves[1], figures={**book.waves[1].figures, name: nasty})
    html = document(example.edition(book=example.replace(book, waves=(book.waves[0], later))))
    assert "<script" not in html
    assert "&lt;script&gt;x" in html


def test_the_page_needs_no_style_attribute_and_no_script() -> None:
    body = standing("nl").partition("<body>")[2]
    assert not re.search(r"<style|\sstyle=|<script|\son[a-z]+=", body)


def test_headings_start_at_one_and_skip_no_level() -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", standing("nl"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_page_with_its_charts_weighs_less_than_a_hundred_kilobytes() -> None:
    assert len(standing("nl").encode()) < 100_000


def test_how_to_cite_names_council_title_wave_edition_and_day() -> None:
    assert "Raad voor de proef, ‘Opvang komt op gang’, Meting 3, editie 1, 6 april 2020." in Reader(standing("nl")).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_demonstration_says_that_invented_boards_were_asked(language: Language) -> None:
    asked = {
        "nl": "verzonnen besturen, gemaakt uit het register van DUO",
        "en": "invented boards, made from the register",
    }
    demonstration, real = (
        example.edition(book=replace(example.book(), synthetic=synthetic)) for synthetic in (True, False)
    )
    assert asked[language] in " ".join(explanations.method(demonstration, language))
    assert asked[language] not in " ".join(explanations.method(real, language))


BY_EXCEPTION = {
    "nl": "Bij uitzondering toch vrijgegeven, al berust het op te weinig besturen: niet op gang. "
    "Nodig om te zien hoe het vordert. Besloten door: peilingmedewerker (demo).",
    "en": "Released by exception, although too few boards stand behind it: not under way. "
    "Needed to see how it proceeds. Decided by: poll officer (demo).",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_that_is_shown_by_exception_is_named_with_who_decided_and_why(language: Language) -> None:
    decided = replace(example.EXCEPTED, by="poll officer (demo)")
    page = shown(example.edition(excepted=(decided, example.EXCEPTED)), language)
    assert page.method[-2] == BY_EXCEPTION[language]
    assert page.method[-1] == BY_EXCEPTION[language].replace(" (demo)", "")
    assert len(shown(example.edition(), language).method) == len(page.method) - 2


@pytest.mark.parametrize(
    ("by", "dutch", "english"),
    [
        ("statisticus, op verzoek", "statisticus, op verzoek", "statisticus, op verzoek"),
        ("statistician", "statisticus", "statistician"),
        ("peilingmedewerker (demo)", "peilingmedewerker (demo)", "poll officer (demo)"),
        ("A. Jansen.", "A. Jansen", "A. Jansen"),
    ],
)
def test_who_decided_is_named_by_the_role_in_the_language_of_the_page(by: str, dutch: str, english: str) -> None:
    for language, name in (("nl", dutch), ("en", english)):
        edition = example.edition(excepted=(replace(example.EXCEPTED, by=by),))
        assert explanations.method(edition, language)[-1].endswith(f": {name}.")
