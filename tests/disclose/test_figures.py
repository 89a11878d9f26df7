"""FIGURES.json: what is read, what is assumed where a key is missing, what is refused, and that it comes back whole."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.disclose import figures
from peilstok.disclose.figures import Break, Figure, FigureBook, Measured, WaveFigures
from peilstok.errors import Refused
from peilstok.terms import DomainKey, FigureName, WaveId, Words

# The example of the design, as it stands there.
EXAMPLE = """
{"waves": [{"id": "wave-2", "date": "2020-03-30", "respondents": 108,
            "figures": {"municipal_care_started": {"value": 42.59, "se": 4.52, "n": 108, "count": 46, "unit": "percent",
                        "kind": "share", "weighted": false, "base": "boards", "population": "answering boards",
                        "group": "municipal_care", "label": {"nl": "gemeentelijke opvang op gang",
                        "en": "municipal care has started"}}}}],
 "covariances": [{"of": ["wave-2/municipal_care_started", "wave-3/municipal_care_started"], "value": 0.5}],
 "breaks": [{"figure": "vulnerable", "between": ["wave-2", "wave-3"], "reason": "asked otherwise"}]}
"""
TWICE = json.dumps({"waves": [{"id": "w", "date": "2020-03-30", "respondents": 9, "figures": {}}] * 2})
STARTED = FigureName("municipal_care_started")


def wave(**figure: object) -> str:
    """A document with one figure."""
    return json.dumps({"waves": [{"id": "w", "date": "2020-03-30", "respondents": 9, "figures": {"a": figure}}]})


def read(text: str) -> FigureBook:
    return figures.from_json(text, file="FIGURES.json")


def only(text: str) -> Figure:
    return read(text).waves[0].figures[FigureName("a")]


def findings(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(text)
    return [f"{each.code} {each.found} | {each.expected}" for each in refused.value.findings]


def test_the_example_of_the_design_is_read() -> None:
    book = read(EXAMPLE)
    figure = book.figure(WaveId("wave-2"), STARTED)
    assert figure == Figure(
        name=STARTED,
        unit="percent",
        kind="share",
        measured=Measured(value=42.59, se=4.52),
        n=108,
        count=46,
        base="boards",
        population="answering boards",
        group="municipal_care",
        label=Words(nl="gemeentelijke opvang op gang", en="municipal care has started"),
    )
    assert book.covariance((WaveId("wave-3"), STARTED), (WaveId("wave-2"), STARTED)) == 0.5
    assert book.breaks[0].between == ("wave-2", "wave-3")


def test_missing_keys_have_their_defaults() -> None:
    figure = only(wave(value=3, unit="pupils", kind="total"))
    assert (figure.measured.se, figure.count, figure.group, figure.label, figure.n) == (None,) * 5
    assert (figure.is_weighted, figure.weighted, figure.domain) == (False, None, "all")
    book = read('{"waves": []}')
    assert (book.covariances, book.breaks, book.synthetic) == ({}, (), False)
    assert book.covariance((WaveId("a"), FigureName("b")), (WaveId("c"), FigureName("b"))) == 0


def test_null_is_the_same_as_a_missing_key() -> None:
    assert only(wave(value=3, unit="pupils", kind="total", se=None, count=None, group=None, label=None)) == only(
        wave(value=3, unit="pupils", kind="total")
    )


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ({}, None),
        ("", None),
        ({"nl": "", "en": " "}, None),
        ({"nl": "op gang"}, Words(nl="op gang", en="op gang")),
        ({"nl": "op gang", "en": "started"}, Words(nl="op gang", en="started")),
    ],
)
def test_a_label_may_be_empty_or_in_one_language(label: object, words: Words | None) -> None:
    assert only(wave(value=3, unit="percent", kind="share", label=label)).label == words


def test_a_weighted_value_may_stand_beside() -> None:
    figure = only(wave(value=3, unit="percent", kind="share", value_weighted=4, se_weighted=0.5))
    assert figure.weighted == Measured(value=4, se=0.5)


def test_keys_that_are_not_known_are_left_alone() -> None:
    assert only(wave(value=3, unit="percent", kind="share", colour="blue")).value == 3


def test_everything_wrong_is_told_at_once_with_its_path() -> None:
    assert findings(
        """{"waves": [{"id": "", "date": "2020-13-30", "respondents": 10.5,
             "figures": {"a": {"value": "3", "se": -1, "unit": "procent", "kind": "share"}, "b": {"value": true}}}],
            "covariances": [{"of": ["a"], "value": 1}, {"of": ["a/b", "c"], "value": 1}], "breaks": 7}"""
    ) == [
        'F005 waves[0].id: "" | a text that is not empty',
        'F005 waves[0].date: "2020-13-30" | a date: 2020-04-06',
        "F005 waves[0].respondents: 10.5 | a whole number",
        'F005 waves[0].figures.a.value: "3" | a number',
        "F005 waves[0].figures.a.se: -1 | a number from 0.0",
        "F005 waves[0].figures.a.unit: \"procent\" | one of 'percent', 'boards', 'pupils' or 'number'",
        "F004 waves[0].figures.b.unit: missing | this key",
        "F004 waves[0].figures.b.kind: missing | this key",
        "F005 waves[0].figures.b.value: true | a number",
        "F004 covariances[0].of[1]: missing | this key",
        'F005 covariances[0].of[0]: "a" | wave/figure',
        'F005 covariances[1].of[1]: "c" | wave/figure',
        "F005 breaks: 7 | a list",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "F001"),
        ("no json", "F001"),
        ('{"waves": [', "F001"),
        ("[" * 100_000, "F001"),
        ('{"waves": [], "waves": []}', "F002"),
        ('{"waves": [], "x": NaN}', "F003"),
        (wave(value=float("inf"), unit="percent", kind="share"), "F003"),
        (wave(value=1, unit="percent", kind="share").replace("1,", "1e999,"), "F005"),
        ("{}", "F004"),
        ("[]", "F005"),
        (wave(value=1, unit="percent", kind="share", n=-1), "F005"),
        (TWICE, "F006"),
    ],
)
def test_what_is_no_file_of_figures_is_refused_with_a_code(text: str, code: str) -> None:
    assert {finding[:4] for finding in findings(text)} == {code}


def test_a_wave_that_stands_twice_is_told_at_its_second_place() -> None:
    with pytest.raises(Refused) as refused:
        read(TWICE.replace(', {"id"', ',\n{"id"'))
    assert [str(each.place) for each in refused.value.findings] == ["FIGURES.json:2:8"]


def test_where_the_json_breaks_off_is_told() -> None:
    with pytest.raises(Refused) as refused:
        read('{"waves": [\n  {"id": }]}')
    assert str(refused.value.findings[0].place) == "FIGURES.json:2:10"


def test_every_finding_has_the_line_and_column_of_what_is_wrong() -> None:
    text = """{"waves": [
  {"id": "w", "date": "2020-03-30", "respondents": 9, "figures": {
    "a\\"b": {"value": "3", "kind": "share"},
    "c": {"value": NaN, "unit": "percent", "kind": "share", "kind": "share"}
  }},
  {"id": "w", "date": "x", "respondents": [1, {"value": 2}], "figures": {}}
]}"""
    with pytest.raises(Refused) as refused:
        read(text)
    assert [(each.code, each.place.line, each.place.column) for each in refused.value.findings] == [
        ("F004", 3, 13),
        ("F005", 3, 23),
        ("F003", 4, 20),
        ("F002", 4, 61),
        ("F005", 6, 23),
        ("F005", 6, 43),
    ]
    lines = text.split("\n")
    assert [lines[line - 1][column - 1 :][:3] for line, column in ((3, 23), (4, 20), (6, 43))] == ['"3"', "NaN", "[1,"]


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=8)
NAMES = st.sampled_from(["a", "b_2", "wave-3", "vulnerable.without_vso", "één leerling"])
WORDS = st.builds(Words, nl=NAMES, en=NAMES)


def measured() -> st.SearchStrategy[Measured]:
    limits = st.none() | NUMBERS
    return st.builds(Measured, value=NUMBERS, se=st.none() | st.floats(0, 1e9), ci_low=limits, ci_high=limits)


@st.composite
def a_figure(draw: st.DrawFn, name: str) -> Figure:
    whole = st.none() | st.integers(0, 10**9)
    return Figure(
        name=FigureName(name),
        unit=draw(st.sampled_from(["percent", "boards", "pupils", "number"])),
        kind=draw(st.sampled_from(["share", "ratio", "mean", "total", "count", "quantile"])),
        measured=draw(measured()),
        n=draw(whole),
        count=draw(whole),
        base=draw(TEXTS),
        population=draw(TEXTS),
        group=draw(st.none() | TEXTS),
        label=draw(st.none() | WORDS),
        estimand=FigureName(draw(NAMES)),
        domain=DomainKey(draw(NAMES)),
        weighted=draw(st.none() | measured()),
        of_pupils=draw(st.none() | measured()),
        of_pupils_weighted=draw(st.none() | measured()),
        is_weighted=draw(st.booleans()),
        base_words=draw(st.none() | WORDS),
        population_words=draw(st.none() | WORDS),
        pupils=draw(whole),
        coverage=draw(st.none() | NUMBERS),
        method=draw(TEXTS),
    )


@st.composite
def books(draw: st.DrawFn) -> FigureBook:
    ids = draw(st.lists(NAMES, max_size=2, unique=True))
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    references = [(WaveId(wave), FigureName(name)) for wave in ids for name in names]
    pairs = st.frozensets(st.sampled_from(references or [(WaveId("w"), FigureName("a"))]), min_size=1, max_size=2)
    return FigureBook(
        waves=tuple(
            WaveFigures(
                id=WaveId(wave),
                date=draw(st.dates(date(1990, 1, 1))),
                respondents=draw(st.integers(0, 10**6)),
                figures={FigureName(name): draw(a_figure(name)) for name in names},
                pupils=draw(st.none() | st.integers(0, 10**9)),
            )
            for wave in ids
        ),
        covariances=draw(st.dictionaries(pairs, NUMBERS, max_size=3)),
        breaks=tuple(
            Break(figure=FigureName(name), between=(WaveId("a"), WaveId("b")), reason=draw(TEXTS)) for name in names
        ),
        synthetic=draw(st.booleans()),
    )


@given(books())
def test_a_book_comes_back_from_its_file_as_it_was(book: FigureBook) -> None:
    text = figures.to_json(book)
    assert read(text) == book
    assert figures.to_json(read(text)) == text


def test_a_number_that_is_not_finite_is_never_written() -> None:
    bad = only(wave(value=1, unit="percent", kind="share"))
    figure = Figure(name=bad.name, unit=bad.unit, kind=bad.kind, measured=Measured(value=float("nan")))
    waves = (WaveFigures(id=WaveId("w"), date=date(2020, 1, 1), respondents=1, figures={figure.name: figure}),)
    with pytest.raises(ValueError, match="JSON"):
        figures.to_json(FigureBook(waves=waves, covariances={}))
