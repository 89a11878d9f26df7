"""Reading the four formats: the same form gives the same questionnaire, and every row knows its place."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.errors import Refused
from peilstok.questionnaire.xlsform import imported
from peilstok.questionnaire.xlsform.columns import Column, column, language_of
from peilstok.questionnaire.xlsform.sheets import LARGEST, sheets_of
from tests.questionnaire.xlsform.building import FORMATS, NL, YES_NO, form, group, markdown, q, xlsx

FORM = form(
    q("select_one yn", "open"),
    *group("care", q("integer", "pupils", constraint=". <= 100", relevant="${open} = 'yes'"), q("text", "Why-Not")),
    choices=YES_NO,
)


@pytest.mark.parametrize("file", FORMATS)
def test_the_same_form_in_four_formats_gives_the_same_questionnaire(file: str) -> None:
    first = imported(markdown(FORM), file="form.md")
    made = imported(FORMATS[file](FORM), file=file)
    assert made.text is not None
    assert made.text == first.text
    assert [each.code for each in made.findings] == [each.code for each in first.findings]


@pytest.mark.parametrize(("file", "row"), [("form.md", 5), ("form.csv", 5), ("form.xlsx", 4), ("form.xls", 4)])
def test_a_finding_names_file_row_sheet_and_column(file: str, row: int) -> None:
    """In a text the row is the line of the file; the name of the sheet and its columns stand on lines of their own."""
    made = imported(FORMATS[file](form(q("text", "a"), q("text", "b"), q("geopoint", "c"))), file=file)
    refusal = next(each for each in made.findings if each.code == "X003")
    assert str(refusal.place) == f"{file}:{row}:survey!type"
    assert refusal.about == {"sheet": "survey", "item": "c", "reason": "geo"}


def test_a_line_of_csv_is_counted_with_the_line_ends_within_texts() -> None:
    rows = form({**q("text", "a"), NL: "twee\nregels"}, q("geopoint", "b"))
    made = imported(FORMATS["form.csv"](rows), file="form.csv")
    assert [each.place.line for each in made.findings if each.code == "X003"] == [5]


def test_empty_rows_are_counted_in_a_workbook() -> None:
    made = imported(xlsx(form(q("text", "a"), {}, {}, q("geopoint", "b"))), file="form.xlsx")
    assert [each.place.line for each in made.findings if each.code == "X003"] == [5]


@pytest.mark.parametrize(
    ("heading", "name", "of"),
    [
        ("label", "label", ""),
        ("Label", "label", ""),
        ("caption", "label", ""),
        ("label::English (en)", "label", "English (en)"),
        ("label:english", "label", "english"),
        ("relevance", "relevant", ""),
        ("bind:relevant", "relevant", ""),
        ("bind::relevant", "relevant", ""),
        ("bind:jr:constraintMsg", "constraint_message", ""),
        ("constraint_message::Dutch (nl)", "constraint_message", "Dutch (nl)"),
        ("control:appearance", "appearance", ""),
        ("repeat_count", "repeat_count", ""),
        ("media::image::English", "image", "English"),
        ("image", "image", ""),
        ("readonly", "read_only", ""),
        ("Something of ours", "something_of_ours", ""),
    ],
)
def test_a_heading_is_read_in_every_spelling(heading: str, name: str, of: str) -> None:
    assert column(heading, sheet="survey", double="::" in heading) == Column(name, of)


@pytest.mark.parametrize(
    ("called", "language"),
    [
        ("English (en)", "en"), ("english", "en"), ("EN", "en"), ("Engels (en-GB)", "en"), ("Dutch (nl)", "nl"),
        ("Nederlands", "nl"), ("nl-NL", "nl"), ("Frisian (fy)", None), ("French", None), ("", None),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_code_and_by_its_name(called: str, language: str | None) -> None:
    assert language_of(called) == language


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("form.docx", b"x"),
        ("form.xlsx", b"no workbook"),
        ("form.xlsx", b"PK\x03\x04 broken"),
        ("form.xls", b"no workbook"),
        ("form.csv", b"a,b\n1,2\n3,4\n"),
        ("form.csv", b""),
        ("form.csv", b"\xff\xfe\x00"),
        ("form.md", b"# nothing"),
        ("form.md", b"| choices |\n| | name |\n| | a |"),
        ("form.csv", b" " * (LARGEST + 1)),
    ],
)
def test_a_file_that_is_no_form_is_refused_and_gives_no_traceback(file: str, data: bytes) -> None:
    made = imported(data, file=file)
    assert made.text is None
    assert [each.code for each in made.findings] == ["X001"]


def test_a_workbook_that_unpacks_to_too_much_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"0" * (10 * LARGEST + 1))
    with pytest.raises(Refused, match="when unpacked"):
        sheets_of(packed.getvalue(), file="form.xlsx")


@given(st.binary(max_size=200), st.sampled_from(sorted(FORMATS)))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_findings(data: bytes, file: str) -> None:
    assert imported(data, file=file).findings
