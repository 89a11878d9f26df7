"""Publishing a wave: what is refused, what an edition holds, that it is never changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from peilstok import article
from peilstok.article import CheckedArticle
from peilstok.audit import trail
from peilstok.audit.models import Entry
from peilstok.collect.models import Snapshot, Wave
from peilstok.disclose import FigureBook
from peilstok.errors import NotNow, Refused
from peilstok.publish import acceptance, build, releases
from peilstok.publish.edition import Edition, File
from peilstok.publish.models import Release, ReleaseFile
from peilstok.terms import FigureName, Language, Words
from tests.publish import conftest, example, fielded
from tests.publish.fielded import ARTICLES
from tests.publish.test_pdf import words

pytestmark = pytest.mark.django_db
WRONG = Words(nl="Het aantal klopte niet.", en="The number was wrong.")
OTHER = Words(nl="De tekst is duidelijker.", en="The text is clearer.")


def publish(wave: Wave, book: FigureBook | None = None, moment: datetime = fielded.AT_TWO, **changed: Any) -> Release:
    book = book or example.book()
    given: dict[str, Any] = {
        "book": book,
        "tables": fielded.tables(book),
        "articles": fielded.articles(book),
        "by": fielded.ANNA,
        "moment": moment,
    }
    return releases.publish_wave(wave=wave, **{**given, **changed})


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        act()
    return {finding.code for finding in refused.value.findings}


def test_a_question_in_which_each_board_reads_its_own_name_stands_above_its_chart_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = fielded.QUESTIONNAIRE.replace("Is de opvang op gang?", "Is de opvang bij {register(name)} op gang?")
    assert asked != fielded.QUESTIONNAIRE
    monkeypatch.setattr(fielded, "QUESTIONNAIRE", asked)
    release = publish(fielded.wave())
    page = bytes(release.files.get(name="article.nl.html").content).decode()
    assert "Is de opvang bij … op gang?" in page
    assert "register(" not in page


def test_publishing_keeps_an_edition_with_its_files_and_tells_the_trail() -> None:
    release = publish(fielded.wave())
    assert (release.edition, release.kind, release.synthetic) == (1, "first", True)
    assert release.published_at == fielded.AT_TWO
    assert release.title == Words(nl="Opvang komt op gang", en="Care gets under way")
    names = [file.name for file in release.files.all()]
    assert {"article.nl.html", "article.en.pdf", "chart-municipal-care.nl.svg", "figures.csv", "figures.json"} <= set(
        names
    )
    assert release.disclosure_log[0]["act"] == "withheld"
    entry = Entry.objects.get()
    assert (entry.act, entry.actor, entry.subject) == ("release.publish", "user:1", "release:wave-3:1")
    assert entry.details["files"] == release.files_fingerprint
    assert trail.verify() is None


def test_the_question_as_asked_stands_above_its_chart() -> None:
    release = publish(fielded.wave())
    page = releases.page_of(release, "nl")
    assert page.charts[0].title == "Is de opvang op gang?"


def test_the_same_content_again_gives_the_edition_that_is_there() -> None:
    wave = fielded.wave()
    first = publish(wave)
    again = publish(wave, moment=fielded.NEXT_DAY)
    assert again == first
    assert (Release.objects.count(), Entry.objects.count()) == (1, 1)
    assert ReleaseFile.objects.count() == len({file.name for file in first.files.all()})


def test_the_same_content_drawn_otherwise_gives_the_edition_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of a template or of the typesetter: the page is drawn anew, the edition stays."""
    wave = fielded.wave()
    first = publish(wave)
    otherwise(monkeypatch)
    assert publish(wave, moment=fielded.NEXT_DAY) == first
    assert Release.objects.count() == 1


def otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every article comes out in other bytes from now on: its file, and its HTML in the page."""
    real_files, real_html = build.build_files, article.render_html

    def files(edition: Edition, **more: Any) -> tuple[File, ...]:
        found = real_files(edition, **more)
        return tuple(replace(file, content=b"x") if file.name.startswith("article") else file for file in found)

    monkeypatch.setattr(build, "build_files", files)
    monkeypatch.setattr(article, "render_html", lambda checked: f"<div>{real_html(checked)}</div>")


def test_another_fingerprint_of_the_table_is_other_content() -> None:
    """The same numbers by another plan or other decisions: what they were made by is told in the metadata."""
    wave = fielded.wave()
    publish(wave)
    tables = fielded.tables(example.book(), fingerprint="b" * 64)
    assert publish(wave, tables=tables, note=OTHER).edition == 2


def reworded(book: FigureBook) -> dict[Language, CheckedArticle]:
    texts = {language: text.replace("is de opvang op gang", "loopt de opvang") for language, text in ARTICLES.items()}
    assert texts != ARTICLES
    return fielded.articles(book, texts)


def test_other_words_about_the_same_figures_are_a_revised_text_and_no_revision() -> None:
    wave = fielded.wave()
    publish(wave)
    second = publish(wave, articles=reworded(example.book()), note=OTHER)
    assert (second.edition, second.kind) == (2, "text")
    page = releases.page_of(second, "nl")
    assert page.kind == "Herziene tekst: de cijfers zijn dezelfde"
    assert page.note == "De tekst is duidelijker."
    assert page.revised == ()
    assert releases.page_of(second, "en").kind == "Revised text: the figures are the same"


def test_an_edition_after_the_first_that_does_not_say_what_is_other_is_refused_whatever_its_kind() -> None:
    wave, book = fielded.wave(), example.book()
    publish(wave, provisional=True)
    moved = fielded.with_value(book, "care_on_site", 81.0)
    for figures, given in ((book, {"articles": reworded(book)}), (moved, {}), (book, {})):
        with pytest.raises(NotNow, match=r"wave-3 edition 2 has to say what is other .*--note-nl and --note-en"):
            publish(wave, figures, **given)
    assert Release.objects.count() == 1


def test_what_is_other_stands_at_the_head_of_page_document_and_pdf() -> None:
    wave = fielded.wave()
    publish(wave)
    second = publish(wave, articles=reworded(example.book()), note=OTHER)
    for file in ("article.nl.html", "article.nl.pdf"):
        content = bytes(second.files.get(name=file).content)
        said = words(content) if file.endswith("pdf") else content.decode("utf-8")
        assert said.index("De tekst is duidelijker.") < said.index("loopt de opvang")


@pytest.mark.parametrize("label", [Words(nl="x", en="y"), None])
def test_another_label_makes_no_other_figures(label: Words | None) -> None:
    wave, book = fielded.wave(), example.book()
    publish(wave)
    last = book.waves[-1]
    named = replace(last.figures[FigureName("in_care")], label=label)
    relabelled = replace(book, waves=(book.waves[0], replace(last, figures={**last.figures, named.name: named})))
    assert publish(wave, relabelled, note=OTHER).kind == "text"


def test_other_withheld_figures_are_other_figures() -> None:
    wave, book = fielded.wave(), example.book()
    publish(wave)
    assert publish(wave, tables=fielded.tables(book, withheld=()), note=OTHER).kind == "revision"


def test_no_edition_says_that_data_came_in_after_the_wave_had_closed() -> None:
    wave = fielded.wave()
    publish(wave)
    second = publish(wave, fielded.with_value(example.book(), "care_on_site", 81.0), note=OTHER)
    assert releases.page_of(second, "nl").kind == "Bijstelling: de cijfers zijn opnieuw berekend"
    assert releases.page_of(second, "en").kind == "Revision: the figures were computed anew"


def test_other_figures_make_the_next_edition_a_revision_and_the_first_one_stays() -> None:
    wave = fielded.wave()
    first = publish(wave)
    kept = {file.name: bytes(file.content) for file in first.files.all()}
    second = publish(wave, fielded.with_value(example.book(), "care_on_site", 81.0), fielded.NEXT_DAY, note=OTHER)
    assert (second.edition, second.kind, second.previous) == (2, "revision", first)
    assert {file.name: bytes(file.content) for file in first.files.all()} == kept
    revised = releases.page_of(second, "nl").revised
    assert [(row.before.value, row.now.value) for row in revised] == [("80,0%", "81,0%")]
    assert releases.page_of(first, "nl").revised == ()


def test_a_correction_is_another_act_than_a_revision_and_says_what_was_wrong() -> None:
    wave = fielded.wave()
    publish(wave)
    book = fielded.with_value(example.book(), "care_on_site", 81.0)
    with pytest.raises(NotNow, match="says what was wrong"):
        publish(wave, book, correction=True)
    corrected = publish(wave, book, correction=True, note=WRONG)
    assert corrected.kind == "correction"
    assert releases.page_of(corrected, "nl").note == "Het aantal klopte niet."
    assert publish(wave, book, correction=True, note=WRONG) == corrected
    assert publish(wave, book) == corrected


def test_the_pdf_of_a_later_edition_has_the_revised_figures_that_its_page_has() -> None:
    wave = fielded.wave()
    publish(wave)
    second = publish(wave, fielded.with_value(example.book(), "care_on_site", 81.0), note=OTHER)
    said = words(bytes(second.files.get(name="article.nl.pdf").content))
    assert "noodopvang op school 80,0% 76,1 – 83,9 81,0%" in said


def test_a_correction_that_withholds_a_figure_prints_it_in_none_of_its_files() -> None:
    """24.2 percent of the boards; no other figure has these digits."""
    wave, book = fielded.wave(), example.book()
    assert "24,2" in told(publish(wave))
    without = fielded.without(book, "municipal_care_partly")
    tables = fielded.tables(without, withheld=(fielded.held("municipal_care_partly"),))
    corrected = publish(wave, without, tables=tables, correction=True, note=WRONG)
    assert corrected.kind == "correction"
    (row,) = releases.page_of(corrected, "nl").revised
    assert (row.name, row.before.value, row.now.value) == ("municipal_care_partly", "–", "niet vrijgegeven")
    assert not re.search(r"24[.,]2", told(corrected))


def told(release: Release) -> str:
    """All that the files of an edition say, and its page."""
    files = [bytes(file.content) for file in release.files.all()]
    texts = [words(each) if each.startswith(b"%PDF") else each.decode("utf-8") for each in files]
    return "\n".join([*texts, repr(releases.page_of(release, "nl"))])


@pytest.mark.parametrize("given", [{"correction": True, "note": WRONG}, {"correction": True}, {"note": WRONG}])
def test_a_correction_or_note_about_an_edition_that_says_exactly_this_is_refused_and_not_lost(
    given: dict[str, Any],
) -> None:
    wave = fielded.wave()
    publish(wave)
    with pytest.raises(NotNow, match="wave-3 edition 1 says exactly this already"):
        publish(wave, **given)
    assert Release.objects.count() == 1


def test_another_note_on_the_same_correction_is_refused() -> None:
    wave = fielded.wave()
    publish(wave)
    book = fielded.with_value(example.book(), "care_on_site", 81.0)
    publish(wave, book, correction=True, note=WRONG)
    with pytest.raises(NotNow, match="wave-3 edition 2 says exactly this already"):
        publish(wave, book, correction=True, note=Words(nl="Iets anders.", en="Something else."))


@pytest.mark.parametrize("given", [{"correction": True, "note": WRONG}, {"note": WRONG}])
def test_a_first_edition_has_nothing_before_it_to_correct_or_note(given: dict[str, Any]) -> None:
    with pytest.raises(NotNow, match="no edition of wave-3 yet"):
        publish(fielded.wave(), **given)


def test_a_provisional_edition_becomes_final_by_the_next_one() -> None:
    wave = fielded.wave()
    publish(wave, provisional=True)
    final = publish(wave, note=OTHER)
    assert (final.edition, final.provisional, final.kind) == (2, False, "final")
    assert releases.page_of(final, "nl").kind == "Nu definitief: de cijfers zijn dezelfde"
    assert releases.page_of(final, "en").kind == "Now final: the figures are the same"


def test_final_figures_become_provisional_by_a_correction_only() -> None:
    wave = fielded.wave()
    publish(wave)
    with pytest.raises(NotNow, match="called the figures final"):
        publish(wave, provisional=True)
    corrected = publish(wave, provisional=True, correction=True, note=WRONG)
    assert (corrected.provisional, corrected.kind) == (True, "correction")


def test_the_release_before_it_is_that_of_the_wave_before() -> None:
    earlier = fielded.wave("wave-2")
    book = fielded.second_wave_book(example.book())
    articles = fielded.articles(book, fielded.FIRST_ARTICLES)
    first = publish(earlier, book, articles=articles)
    assert first.previous is None
    assert publish(fielded.wave(previous=earlier)).previous == first


def test_an_article_with_an_error_is_refused_with_its_findings() -> None:
    wrong = {**fielded.ARTICLES, "nl": fielded.ARTICLES["nl"].replace("63,5 procent", "64,5 procent")}
    found = codes(lambda: publish(fielded.wave(), articles=fielded.articles(example.book(), wrong)))
    assert found
    assert not found & {"P001", "P002", "P003", "P004", "P005", "P006"}
    assert not Release.objects.exists()


def test_a_missing_language_is_refused() -> None:
    articles = fielded.articles(example.book())
    del articles["en"]
    assert codes(lambda: publish(fielded.wave(), articles=articles)) == {"P001"}


def test_an_article_about_another_wave_is_refused() -> None:
    articles = fielded.articles(example.book(), fielded.FIRST_ARTICLES)
    assert codes(lambda: publish(fielded.wave(), articles=articles)) == {"P002"}


def test_an_article_in_the_other_language_is_refused() -> None:
    articles = fielded.articles(example.book())
    swapped = {"nl": articles["en"], "en": articles["nl"]}
    assert codes(lambda: publish(fielded.wave(), articles=swapped)) == {"P003"}


def test_figures_that_did_not_pass_disclosure_control_are_refused() -> None:
    book = example.book()
    other = fielded.tables(fielded.with_value(book, "care_on_site", 81.0))
    assert codes(lambda: publish(fielded.wave(), book, tables=other)) == {"P004"}


def test_figures_of_an_earlier_wave_that_did_not_pass_are_refused_as_well() -> None:
    book = example.book()
    moved = fielded.with_value(fielded.second_wave_book(book), "in_care", 2.9)
    other = (*fielded.tables(moved), fielded.tables(book)[1])
    assert codes(lambda: publish(fielded.wave(), book, tables=other)) == {"P004"}
    assert codes(lambda: publish(fielded.wave("wave-2"), book, tables=fielded.tables(book)[1:])) >= {"P004"}


def test_a_figure_that_one_of_two_waves_withheld_is_said_to_be_withheld_and_never_new_or_not_asked() -> None:
    now, before = fielded.held("staff_on_site"), fielded.held("care_digital")
    book = example.book()
    first, second = fielded.tables(book)
    release = publish(fielded.wave(), tables=(replace(first, withheld=(before,)), replace(second, withheld=(now,))))
    since = releases.page_of(release, "nl").since
    assert since is not None
    told = " ".join(since.unlike)
    assert "De vorige keer niet vrijgegeven, nu wel: begeleiding op afstand, digitaal." in told
    assert "De vorige keer getoond, nu niet vrijgegeven: personeel op school." in told
    assert "Niet opnieuw gevraagd" not in told


def test_figures_of_a_later_wave_are_refused() -> None:
    book = example.book()
    articles = fielded.articles(book, fielded.FIRST_ARTICLES)
    assert codes(lambda: publish(fielded.wave("wave-2"), book, articles=articles)) == {"P005"}


@pytest.mark.parametrize("state", ["draft", "open"])
def test_a_wave_is_not_published_while_one_before_it_is_not_closed(state: str) -> None:
    earlier = fielded.wave("wave-2", state=state)
    assert codes(lambda: publish(fielded.wave(previous=earlier))) == {"P008"}


def test_an_article_checked_against_older_figures_is_refused() -> None:
    stale = fielded.articles(example.book())
    book = fielded.with_value(example.book(), "care_on_site", 81.0)
    assert codes(lambda: publish(fielded.wave(), book, articles=stale)) == {"P006"}


@pytest.mark.parametrize("state", ["draft", "open"])
def test_a_wave_that_has_not_closed_is_not_published(state: str) -> None:
    with pytest.raises(NotNow, match="after it has closed"):
        publish(fielded.wave(state=state))


def test_answers_on_a_synthetic_frame_are_marked_also_when_the_book_forgot() -> None:
    release = publish(fielded.wave(), example.book(synthetic=False))
    assert release.synthetic
    assert b"synthetic" in bytes(release.files.get(name="figures.csv").content)


def test_answers_on_a_real_frame_are_not_called_synthetic() -> None:
    release = publish(fielded.wave(synthetic=False), example.book(synthetic=False))
    assert not release.synthetic
    assert b"ynthetisch" not in bytes(release.files.get(name="article.nl.html").content)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE publish_release SET title_nl = 'anders'",
        "DELETE FROM publish_releasefile",
        "UPDATE publish_releasefile SET content = 'x'",
        "DELETE FROM publish_release",
    ],
)
def test_the_database_refuses_to_change_or_remove_what_was_published(statement: str) -> None:
    publish(fielded.wave())
    refused = pytest.raises(DatabaseError, match="never changed or removed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_edition_builds_again_to_the_bytes_that_were_kept() -> None:
    wave = fielded.wave()
    first = publish(wave)
    second = publish(wave, fielded.with_value(example.book(), "care_on_site", 81.0), correction=True, note=WRONG)
    conftest.forget()  # so that they are really built again
    assert releases.rebuilt(first) == ()
    assert releases.rebuilt(second) == ()


def test_rebuilding_names_the_files_that_would_come_out_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    release = publish(fielded.wave())
    otherwise(monkeypatch)
    assert releases.rebuilt(release) == tuple(f"article.{each}" for each in ("en.html", "en.pdf", "nl.html", "nl.pdf"))


def test_the_code_version_is_kept_with_the_release_and_stands_in_no_file() -> None:
    release = publish(fielded.wave())
    assert release.code_version.startswith("0.1.0+")
    assert all(release.code_version.encode() not in bytes(file.content) for file in release.files.all())


def test_a_release_of_a_frozen_wave_names_the_snapshot_that_it_was_made_from() -> None:
    wave = fielded.wave()
    kept = Snapshot.objects.create(wave=wave, fingerprint="a" * 64, answered=9, made_at=fielded.AT_TWO, by="command")
    release = publish(wave)
    assert release.snapshot == kept
    assert Entry.objects.get(act="release.publish").details["snapshot"] == kept.fingerprint


def test_a_release_of_a_wave_that_was_not_frozen_names_none() -> None:
    assert publish(fielded.wave()).snapshot is None
    assert Entry.objects.get(act="release.publish").details["snapshot"] is None


def test_the_page_on_the_format_has_every_reason_for_refusing() -> None:
    page = (Path(__file__).parents[2] / "docs/formats/open-data.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| P0")]
    assert dict(rows) == acceptance.CODES
