"""Charts: what they show, what they say, that they stay within bounds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from xml.etree import ElementTree as Xml

import pytest

from peilstok.disclose.figures import Figure
from peilstok.publish import charts, illustrations
from peilstok.publish.edition import Edition
from peilstok.terms import LANGUAGES, FigureName, Language
from tests.publish import example

SVG = "{http://www.w3.org/2000/svg}"


@cache
def standing(language: Language) -> dict[str, charts.Chart]:
    return drawn(language, example.edition())


def drawn(language: Language, edition: Edition) -> dict[str, charts.Chart]:
    return {chart.name: chart for chart in illustrations.drawn(edition, language)}


def texts(svg: str) -> str:
    return " ".join(element.text or "" for element in Xml.fromstring(svg).iter(f"{SVG}text"))


def test_there_is_a_chart_for_each_group_and_one_for_the_change() -> None:
    assert list(standing("nl")) == ["chart-municipal-care", "chart-care-forms", "chart-changes"]


def test_the_first_wave_has_no_chart_of_change() -> None:
    book = example.book()
    first = example.edition(book=replace(book, waves=book.waves[:1]), wave=book.waves[0].id)
    assert list(drawn("nl", first)) == ["chart-municipal-care"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_is_one_image_with_title_and_description(language: Language) -> None:
    for each in standing(language).values():
        root = Xml.fromstring(each.svg)
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        inner = [element for element in root.iter() if element is not root]
        assert not [name for element in inner for name in element.attrib if name == "role" or name.startswith("aria")]


def test_the_description_has_every_value_with_its_interval_in_the_language() -> None:
    found = standing("nl")["chart-municipal-care"].description
    assert "op gang: 63,5 procent (95%-interval 58,8 tot 68,2)" in found
    assert "nog niet op gang: 2,5 procent" in found
    found = standing("en")["chart-municipal-care"].description
    assert "under way: 63.5 percent (95% interval 58.8 to 68.2)" in found


def test_ids_are_unique_over_all_charts_of_a_page() -> None:
    ids = [
        element.get("id")
        for language in LANGUAGES
        for each in standing(language).values()
        for element in Xml.fromstring(each.svg).iter()
        if element.get("id")
    ]
    assert len(ids) == len(set(ids)) == 2 * 2 * 3


def test_base_source_edition_and_synthetic_answers_stand_in_the_picture() -> None:
    for each in standing("nl").values():
        words = texts(each.svg)
        assert "285" in words
        assert "Bron: peiling Raad voor de proef" in words
        assert "editie 1 · 6 april 2020" in words
        assert "Synthetische antwoorden" in words


def test_real_answers_are_not_called_synthetic() -> None:
    real = example.edition(book=example.book(synthetic=False))
    assert all("ynthetisch" not in each.svg for each in drawn("nl", real).values())


def without_interval(figure: Figure) -> Figure:
    return replace(figure, measured=replace(figure.measured, se=None, ci_low=None, ci_high=None))


def test_a_figure_without_interval_is_drawn_and_said_to_have_none() -> None:
    edition = example.edition()
    wave = edition.figures
    name = FigureName("municipal_care_not")
    bare = replace(wave, figures={**wave.figures, name: without_interval(wave.figures[name])})
    book = replace(edition.book, waves=(edition.book.waves[0], bare))
    found = drawn("nl", replace(edition, book=book))["chart-municipal-care"]
    assert "nog niet op gang: 2,5 procent (zonder interval)" in found.description
    assert "nog niet op gang" in texts(found.svg)
    assert "2,5%" in texts(found.svg)


def test_a_chart_of_shares_runs_to_a_hundred_percent() -> None:
    assert "100%" in texts(standing("nl")["chart-municipal-care"].svg)


def test_shares_that_add_to_more_than_the_whole_say_that_several_answers_were_possible() -> None:
    assert "meer antwoorden mogelijk" in texts(standing("nl")["chart-care-forms"].svg)


def test_shares_that_add_to_less_than_the_whole_say_so() -> None:
    edition = example.edition()
    figures = {name: each for name, each in edition.figures.figures.items() if name != "municipal_care_partly"}
    book = replace(edition.book, waves=(edition.book.waves[0], replace(edition.figures, figures=figures)))
    found = drawn("nl", replace(edition, book=book))["chart-municipal-care"]
    assert "samen minder dan 100%" in texts(found.svg)
    assert "samen minder dan 100%" in found.description


def test_shares_that_add_to_the_whole_say_nothing_of_it() -> None:
    assert "samen" not in standing("nl")["chart-municipal-care"].description
    assert "meer antwoorden mogelijk" not in texts(standing("nl")["chart-municipal-care"].svg)


def test_bars_of_different_units_are_refused() -> None:
    figures = [*example.later_figures()[1:3], replace(example.later_figures()[3], unit="pupils")]
    caption = charts.Caption(id="chart-x", title="t", base="b", source="s")
    with pytest.raises(ValueError, match="one unit"):
        charts.bars(figures=figures, caption=caption, language="nl")


@pytest.mark.parametrize("place", ["http://example.org/data.json", "file:///etc/hostname"])
def test_a_chart_is_never_drawn_from_an_address(place: str) -> None:
    with pytest.raises(ValueError, match="inline values"):
        charts.render({"layer": [{"data": {"url": place}, "mark": "bar"}]})


def test_a_chart_needs_no_style_and_no_script() -> None:
    for each in standing("nl").values():
        assert "<style" not in each.svg
        assert "style=" not in each.svg
        assert "<script" not in each.svg


def test_words_of_a_label_are_text_and_never_markup() -> None:
    edition = example.edition()
    wave = edition.figures
    name = FigureName("municipal_care_not")
    nasty = replace(wave.figures[name], label=example.Words(nl='<script>x</script> & "y"', en="<b>"))
    book = replace(edition.book, waves=(edition.book.waves[0], replace(wave, figures={**wave.figures, name: nasty})))
    svg = drawn("nl", replace(edition, book=book))["chart-municipal-care"].svg
    assert "<script" not in svg
    assert "<script>x</script>" in texts(svg)


def test_the_same_figures_give_the_same_bytes() -> None:
    assert drawn("nl", example.edition()) == standing("nl")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("het bestuur heeft hier zicht op", 40, ["het bestuur heeft hier zicht op"]),
        ("het bestuur heeft hier zicht op", 29, ["het bestuur heeft", "hier zicht op"]),
        ("onafgebroken", 20, ["onafgebroken"]),
    ],
)
def test_a_long_label_is_broken_into_lines_of_about_equal_length(text: str, width: int, lines: list[str]) -> None:
    assert charts.wrapped(text, width) == lines


def test_a_point_is_filled_only_for_a_clear_difference() -> None:
    root = Xml.fromstring(standing("nl")["chart-changes"].svg)
    groups = [g for g in root.iter(f"{SVG}g") if g.get("stroke") == charts.INK and g.get("fill")]
    counted = {g.get("fill"): len(list(g)) for g in groups}
    # two clear differences and one that is not; each kind once more in the key
    assert counted == {charts.EDGE: 3, charts.PAPER: 2}


def test_a_chart_says_of_what_its_shares_are_and_how_many_boards_they_rest_on() -> None:
    assert "Deel van de besturen die antwoordden (285)" in standing("nl")["chart-municipal-care"].description
    assert "Share of the boards that answered (285)" in standing("en")["chart-municipal-care"].description


def test_a_group_that_is_not_a_question_is_called_after_its_base() -> None:
    edition = example.edition(group_titles={})
    assert drawn("nl", edition)["chart-municipal-care"].title == "Verdeling van besturen"
