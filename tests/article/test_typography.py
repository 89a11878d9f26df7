"""A number and its unit stay on one line for the reader, however the author typed them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.article import as_json, check, plain_text, render_html, unbroken
from tests.article.book import published, text
from tests.article.test_source import MARKS, PIECES

BOOK = published()
NO_BREAK = "\u00a0"


def html(body: str) -> str:
    return render_html(check(text(body), file="f.md", book=BOOK))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("[63,5 procent](figure:municipal_care_started)", "63,5_procent"),
        ("[63,5\nprocent](figure:municipal_care_started)", "63,5_procent"),
        ("[63,5](figure:municipal_care_started) procent", "63,5</a>_procent"),
        ("[**63,5** procent](figure:municipal_care_started)", "<strong>63,5</strong>_procent"),
        ("[285 besturen](figure:respondents)", "285_besturen"),
        ("[ruim 1,5 miljoen leerlingen](figure:population_pupils)", "ruim 1,5_miljoen leerlingen"),
        ("[20,9 procentpunt](claim:change(municipal_care_started,wave-2))", "20,9_procentpunt"),
        ("[12 %](source:https://x.nl/)", "12_%"),
        ("om 12 uur, op 6 april", "om 12_uur, op 6 april"),
        ("`63,5 procent`", "<code>63,5 procent</code>"),
    ],
)
def test_the_blank_between_number_and_unit_does_not_break_and_no_other_one_changes(body: str, words: str) -> None:
    assert words.replace("_", NO_BREAK) in html(body)


def test_the_blocks_for_the_typesetter_and_the_title_have_it_too_and_plain_text_has_plain_blanks() -> None:
    checked = check(
        text("Er zijn [285 besturen](figure:respondents).", title='"Bij [285 besturen](figure:respondents)"'),
        file="f.md",
        book=BOOK,
    )
    assert json.dumps(as_json(checked)["blocks"], ensure_ascii=False).count(f"285{NO_BREAK}besturen") == 1
    assert json.dumps(as_json(checked)["title_spans"], ensure_ascii=False).count(f"285{NO_BREAK}besturen") == 1
    assert plain_text(checked) == "Bij 285 besturen\n\nEr zijn 285 besturen.\n"


def test_an_author_may_type_the_blank_that_does_not_break_as_well() -> None:
    body = f"[63,5{NO_BREAK}procent](figure:municipal_care_started)"
    assert check(text(body), file="f.md", book=BOOK).findings == ()


@given(st.one_of(MARKS, PIECES, st.text(alphabet="1 \n%a*`procent[](:)", max_size=60)))
def test_nothing_but_blanks_changes(body: str) -> None:
    checked = check(text(body), file="f.md", book=BOOK)
    written = "".join(block.text + "".join(span.plain() for span in block.spans) for block in checked.blocks)
    assert "".join(unbroken(written).split()) == "".join(written.split())
    render_html(checked)
