"""Reading Markdown: bindings, links and pictures, and the exact place of everything."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peilstok.article import markdown, source
from peilstok.article.markdown import Spot
from peilstok.article.source import Passage, Source


def read(text: str, title: str = "") -> Source:
    spots = [Spot(1, column + 1) for column in range(len(title))]
    return source.read(markdown.normalised(text), file="f.md", skip=0, title=title, title_spots=spots)


def under(passage: Passage, text: str) -> str:
    """The characters of the file at the places of the passage's characters."""
    lines = markdown.lines_of(markdown.normalised(text))
    found = []
    for spot in passage.spots[:-1]:
        line = lines[spot.line - 1]
        found.append(line[spot.column - 1] if spot.column <= len(line) else "\n")
    return "".join(found)


def codes(text: str) -> list[tuple[str, int, int | str]]:
    return [(each.code, each.place.line, each.place.column) for each in read(text).findings]


CASES = {
    "paragraph": "Er zijn [3,8 procent](figure:in_care) leerlingen.",
    "over two lines": "Er zijn [3,8\nprocent](figure:in_care) leerlingen.",
    "address on the next line": "Er zijn [3,8 procent](\nfigure:in_care) leerlingen.",
    "heading": "## Er zijn [3,8 procent](figure:in_care) ##",
    "heading that is underlined": "Er zijn [3,8 procent](figure:in_care)\n-----",
    "bullet": "- Er zijn [3,8 procent](figure:in_care)\n- niets",
    "number in a numbered list": "1. Eerst\n2. Er zijn [3,8 procent](figure:in_care)",
    "list in a list": "- a\n\n  - b\n    c [3,8 procent](figure:in_care)",
    "quote": "> Er zijn\n> [3,8 procent](figure:in_care)",
    "lazy quote": "> Er zijn\n[3,8 procent](figure:in_care)",
    "list in a quote with a heading": "> - ## Kop [3,8 procent](figure:in_care)",
    "strong within": "Er zijn [**3,8** procent](figure:in_care)",
    "strong around": "Er zijn **[3,8 procent](figure:in_care)**",
    "behind an entity": "Er zijn &amp; [3,8 procent](figure:in_care)",
    "behind an escape": "Er zijn \\* [3,8 procent](figure:in_care)",
    "behind a code span": "Er zijn `` a ` b `` [3,8 procent](figure:in_care)",
    "behind a hard break": "Er zijn  \n[3,8 procent](figure:in_care)",
    "behind a tab": "-\tEr zijn\n\tnog [3,8 procent](figure:in_care)",
    "cell": "| a | b |\n|---|---|\n| x \\| y | [3,8 procent](figure:in_care) |",
    "cell in a quote": "> | a | b |\n> |---|---|\n> | | [3,8 procent](figure:in_care) |",
    "first cell without a bar": "a | b\n---|---\n[3,8 procent](figure:in_care) | x",
    "picture": "![Er zijn [3,8 procent](figure:in_care)](kaart.svg)",
    "reference": "Er zijn [3,8 procent][x].\n\n[x]: figure:in_care",
    "wide characters before": "Één naïeve ☃ 𝔘 [3,8 procent](figure:in_care)",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_a_binding_is_found_wherever_it_stands_at_its_line_and_column(text: str) -> None:
    (bound,) = [each for passage in read(text).passages for each in passage.bindings]
    lines = text.split("\n")
    line = next(number for number, each in enumerate(lines, start=1) if "3,8" in each)
    assert (bound.kind, bound.target, bound.text) == ("figure", "in_care", "3,8 procent")
    assert (bound.place.line, bound.place.column) == (line, lines[line - 1].index("3,8") + 1)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_every_character_of_a_passage_stands_in_the_file_at_its_place(text: str) -> None:
    for passage in read(text).passages:
        for character, below in zip(passage.text, under(passage, text), strict=True):
            assert below == character or below in "\\&"


def test_captions_code_and_titles_are_passages_with_their_places() -> None:
    text = 'Zie ![x](k.svg "Kaart 7") en `9 x`.\n\n    drie\n    12\n\n~~~\n33\n~~~'
    passages = {passage.text: under(passage, text) for passage in read(text).passages}
    assert passages == {each: each for each in ("Zie  en 9 x.", "x", "Kaart 7", "drie\n12\n", "33\n")}
    (title,) = read("", "Nu [3,8 procent](figure:in_care)").passages
    assert (title.part, title.text, title.bindings[0].place.column) == ("title", "Nu 3,8 procent", 5)


def test_a_number_cut_by_invisible_characters_is_one_number() -> None:
    (passage,) = read("Er zijn 6\u200b3\u00ad,5 besturen").passages
    assert passage.text == "Er zijn 63,5 besturen"


# Markdown with all its marks, so that they come together in every way
MARKS = st.text(st.sampled_from("ab 1,5é\n\n#*_`[]()!<>&\\|-:~.>\t+= \u00a0x\"'"), max_size=80)
PIECES = st.lists(
    st.sampled_from(
        [
            *("[3,8](figure:a)", "![b](c.svg)", "**", "*", "_", "`", "``", "\n", "\n\n", "> ", "- ", "1. ", "## "),
            *("| a | b |\n|---|---|\n", "| x \\| y | z |", "&amp;", "\\*", "<b>", "</b>", "<https://a.nl>", "~~~\n"),
            *("    ", " ", "  \n", "[r]", "[r]: figure:q\n", "tekst", "12", "\t", "---\n", "===\n", "<!-- c -->"),
            *("[a][r]", '(x "12 t")'),
        ]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(MARKS, PIECES))
@example("\xa0\n1")
@example("> \xa0\n> 1 en 2")
def test_every_character_of_any_markdown_stands_at_its_place(text: str) -> None:
    for passage in read(text).passages:
        assert len(passage.spots) == len(passage.text) + 1
        if passage.part == "caption":
            continue  # escapes in a title leave only the place of its link
        for character, below in zip(passage.text, under(passage, text), strict=True):
            # blanks may be those of a tab, and nobody looks for them
            assert below == character or below in "\\&" or character.isspace()


@given(st.text(max_size=200))
def test_reading_any_text_ends_without_an_error(text: str) -> None:
    read(text)


# what is not passed on

REFUSED = [
    ("<script>alert(1)</script>", "A010"),
    ("a <b>b", "A010"),
    ("<!-- hidden 12 -->", "A010"),
    ("a <img src=x onerror=alert(1)>", "A010"),
    ("[a](javascript:alert(1))", "A011"),
    ("[a](JaVaScRiPt:alert(1))", "A011"),
    ("[a](&#106;avascript:alert(1))", "A011"),
    ("[a](java&Tab;script:alert(1))", "A011"),
    ("[a](<java\tscript:alert(1)>)", "A011"),
    ("[a](javascript&colon;alert(1))", "A011"),
    ("[a](data:text/html,x)", "A011"),
    ("[a](vbscript:x)", "A011"),
    ("[a](file:///etc/passwd)", "A011"),
    ("[a](unknown:x)", "A011"),
    ("<javascript:alert(1)>", "A011"),
    ("[a][r]\n\n[r]: javascript:alert(1)", "A011"),
    ("[a](figure :x)", "A014"),
    ("[a](<figure :x>)", "A011"),
    ("![a](https://elders.nl/x.png)", "A012"),
    ("![a](//elders.nl/x.png)", "A012"),
    ("![a](data:image/png;base64,x)", "A012"),
    ("![a](javascript:alert(1))", "A012"),
    ("[meer](claim:higher(a, b))", "A014"),
    ("[](figure:x)", "A015"),
    ("[ ](figure:x)", "A015"),
    ("# Kop", "A016"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_html_strange_addresses_and_broken_bindings_are_findings(text: str, code: str) -> None:
    assert code in [each.code for each in read(text).findings]


@pytest.mark.parametrize(
    "text",
    [
        *("[a](https://x.nl)", "[a](http://x.nl)", "[a](mailto:a@x.nl)", "[a](tel:+31301234567)", "[a](../wave-2/)"),
        *("[a](#kop)", "[a](?q=a:b)", "[a](x/y:z)", "<https://x.nl/2020>", "![a](kaart.svg)", "a < b en c > d", "AT&T"),
    ],
)
def test_ordinary_links_pictures_and_signs_are_no_findings(text: str) -> None:
    assert codes(text) == []


def test_a_claim_with_blanks_in_its_address_is_read_between_angle_brackets() -> None:
    (passage,) = read("[meer](<claim:higher(in_care, wave-2)>)").passages
    assert passage.bindings[0].target == "higher(in_care, wave-2)"


def test_findings_stand_at_their_line_and_column() -> None:
    assert codes("a\n\nb <b>x</b>\n\n- [c](javascript:x)") == [("A010", 3, 3), ("A010", 3, 7), ("A011", 5, 3)]


def test_emphasis_without_end_is_cut_and_its_text_stays() -> None:
    text = "*a **b " * 2000 + "12" + " b** a*" * 2000
    (passage,) = read(text).passages
    assert "12" in passage.text
