"""Claims: what the figures make true, and what weaker words would be true where they do not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.article import check
from peilstok.disclose.difference import Z95, standard_error
from peilstok.disclose.figures import Break, FigureBook, Measured
from peilstok.errors import Finding
from peilstok.terms import DomainKey, FigureName, Language, WaveId
from tests.article.book import book, published, share, text, wave

OTHER, OWN = WaveId("wave-2"), WaveId("wave-3")


def two(
    before: float, now: float, *, se: tuple[float | None, float | None] = (2.0, 2.0), cov: float = 0.0
) -> FigureBook:
    """The figure f in two waves."""
    pair = frozenset({(OTHER, FigureName("f")), (OWN, FigureName("f"))})
    return book(
        wave("2", share("f", before, measured=Measured(value=before, se=se[0]))),
        wave("3", share("f", now, measured=Measured(value=now, se=se[1]))),
        covariances={pair: cov} if cov else {},
    )


def findings(claim: str, words: str, figures: FigureBook, lang: Language = "nl") -> list[Finding]:
    checked = check(text(f"Dat is [{words}](<claim:{claim}>).", lang=lang), file="f.md", book=figures)
    return [each for each in checked.findings if each.code != "A062"]


def codes(claim: str, words: str, figures: FigureBook, lang: Language = "nl") -> list[str]:
    return [each.code for each in findings(claim, words, figures, lang)]


MARGIN = Z95 * math.sqrt(8)  # of the difference of two figures with a standard error of two each: 5.544


@pytest.mark.parametrize(
    ("before", "now", "higher", "lower"),
    [
        (40.0, 40 + MARGIN + 0.001, [], ["A042"]),
        (40.0, 40 + MARGIN - 0.001, ["A043"], ["A042"]),
        (40.0, 40.0, ["A042"], ["A042"]),
        (40.0, 40 - MARGIN + 0.001, ["A042"], ["A043"]),
        (40.0, 40 - MARGIN - 0.001, ["A042"], []),
    ],
)
def test_a_change_must_go_the_way_that_is_said_and_exceed_its_error(
    before: float, now: float, higher: list[str], lower: list[str]
) -> None:
    assert codes("higher(f,wave-2)", "meer", two(before, now)) == higher
    assert codes("lower(f,wave-2)", "minder", two(before, now)) == lower


def test_the_covariance_of_boards_that_answered_twice_makes_a_small_change_clear() -> None:
    """With se 2 and 2 and covariance 3.5 the variance of the difference is 4 + 4 - 7 = 1, its margin 1.96."""
    assert codes("higher(f,wave-2)", "meer", two(40, 42)) == ["A043"]
    assert codes("higher(f,wave-2)", "meer", two(40, 42, cov=3.5)) == []
    assert codes("higher(f,wave-2)", "meer", two(40, 41.95, cov=3.5)) == ["A043"]
    assert codes("higher(f,wave-2)", "meer", two(40, 46, cov=-3.5)) == ["A043"]


@given(st.floats(0, 10), st.floats(0, 10), st.floats(-1, 1))
def test_the_standard_error_of_a_difference_is_that_of_the_formula(a: float, b: float, correlation: float) -> None:
    found = standard_error(Measured(value=0, se=a), Measured(value=0, se=b), correlation * a * b)
    assert found == pytest.approx(math.sqrt(max(a * a + b * b - 2 * correlation * a * b, 0)), abs=1e-6)


def test_a_figure_without_a_standard_error_has_no_sampling_error() -> None:
    assert codes("higher(f,wave-2)", "meer", two(40, 40.1, se=(None, None))) == []
    assert codes("higher(f,wave-2)", "meer", two(40, 40, se=(None, None))) == ["A042"]
    assert codes("higher(f,wave-2)", "meer", two(40, 43.9, se=(None, 2.0), cov=9.0)) == ["A043"]
    assert codes("higher(f,wave-2)", "meer", two(40, 43.93, se=(None, 2.0))) == []


def test_a_refusal_says_which_words_would_be_true() -> None:
    (opposite,) = findings("lower(f,wave-2)", "minder", two(40, 60))
    assert opposite.expected == "claim:higher(f,wave-2)"
    (equal,) = findings("higher(f,wave-2)", "meer", two(40, 41, cov=3.5))
    assert equal.expected.startswith("claim:about_equal(f,wave-2)")
    (unclear,) = findings("higher(f,wave-2)", "meer", two(40, 44))
    assert unclear.expected == "both values, and that the difference is not clear"
    assert "f was 40,0 procent in wave-2 and is 44,0 procent in wave-3" in unclear.found
    assert "a change of 4,0 procentpunt with a margin of 5,5 procentpunt" in unclear.found


@pytest.mark.parametrize(
    ("between", "broken"),
    [(("wave-2", "wave-3"), True), (("wave-3", "wave-2"), True), (("wave-1", "wave-2"), False)],
)
def test_nothing_is_compared_across_a_declared_break(between: tuple[str, str], broken: bool) -> None:
    first, second = (WaveId(each) for each in between)
    figures = book(
        *(wave(number, share("f", value)) for number, value in (("1", 10), ("2", 20), ("3", 60))),
        breaks=(Break(figure=FigureName("f"), between=(first, second), reason="other wording"),),
    )
    assert codes("higher(f,wave-2)", "meer", figures) == (["A044"] if broken else [])
    assert codes("higher(f,wave-1)", "meer", figures) == ["A044"]  # it spans every break


def test_a_break_of_a_figure_breaks_its_domains_too() -> None:
    figures = book(
        *(wave(n, share("f.without_vso", v, domain=DomainKey("without_vso"))) for n, v in (("2", 20), ("3", 60))),
        breaks=(Break(figure=FigureName("f"), between=(OTHER, OWN), reason="other wording"),),
    )
    assert codes("higher(f.without_vso,wave-2)", "meer", figures) == ["A044"]


@pytest.mark.parametrize(
    ("claim", "words", "expected"),
    [
        ("higher(f,wave-2)", "minder", ["A045"]),
        ("higher(f,wave-2)", "niet meer", ["A045"]),
        ("higher(f,wave-2)", "vaker", []),
        ("higher(f,wave-2)", "toegenomen", []),
        ("lower(f,wave-2)", "meer", ["A042", "A045"]),
        ("higher(f,wave-2)", "20 procentpunt meer", ["A048"]),
        ("higher(f,wave-2)", "twee keer zo veel", ["A048"]),
        ("higher(g,wave-2)", "meer", ["A020"]),
        ("higher(f,wave-9)", "meer", ["A021"]),
        ("higher(f,wave-3)", "meer", ["A041"]),
        ("higher(f)", "meer", ["A041"]),
        ("higher(f,wave-2,x)", "meer", ["A041"]),
        ("bigger(f,wave-2)", "meer", ["A040"]),
        ("higher f", "meer", ["A013"]),
        ("higher(f;wave-2)", "meer", ["A013"]),
        ("order(f)", "dan", ["A041"]),
        ("order(f,f)", "dan", ["A041"]),
    ],
)
def test_words_and_arguments_must_fit_the_claim(claim: str, words: str, expected: list[str]) -> None:
    assert codes(claim, words, two(40, 60)) == expected


@pytest.mark.parametrize(
    ("words", "lang", "expected"),
    [
        ("20,9 procentpunt meer", "nl", []),
        ("21 procentpunt meer", "nl", []),
        ("ruim 20 procentpunt hoger", "nl", []),
        ("bijna 21 procentpunt", "nl", []),
        ("20,9 procent meer", "nl", ["A046"]),
        ("20,9 meer", "nl", ["A046"]),
        ("een vijfde meer", "nl", ["A046"]),
        ("20 procentpunt meer", "nl", ["A047"]),
        ("20,9 procentpunt minder", "nl", ["A045"]),
        ("meer", "nl", ["A022"]),
        ("20,9 of 21 procentpunt meer", "nl", ["A023"]),
        ("20.9 percentage points higher", "en", []),
        ("20.9 percent higher", "en", ["A046"]),
        ("nearly 21 percentage points more", "en", []),
    ],
)
def test_the_amount_of_a_change_is_in_points_and_true(words: str, lang: Language, expected: list[str]) -> None:
    assert codes("change(f,wave-2)", words, two(42.59, 63.51), lang) == expected


def test_the_rise_of_the_published_article_can_be_said_in_one_way_only() -> None:
    """30 March 2020 printed a rise of "0,3 procent" from 2.3 to 2.8: it is half a percentage point."""
    figures = two(2.3, 2.8, se=(0.1, 0.1))
    assert codes("change(f,wave-2)", "0,3 procent", figures) == ["A046"]
    assert codes("change(f,wave-2)", "0,3 procentpunt", figures) == ["A047"]
    assert codes("change(f,wave-2)", "0,5 procentpunt", figures) == []


def test_a_change_of_a_count_is_said_in_its_own_unit() -> None:
    figures = book(
        wave("2", share("c", 108, unit="boards", kind="count", measured=Measured(value=108))),
        wave("3", share("c", 285, unit="boards", kind="count", measured=Measured(value=285))),
    )
    assert codes("change(c,wave-2)", "177 besturen meer", figures) == []
    assert codes("change(c,wave-2)", "178 besturen meer", figures) == ["A047"]
    assert codes("change(c,wave-2)", "177 procent meer", figures) == ["A026"]
    assert codes("about_equal(c,wave-2)", "evenveel", figures) == ["A041"]


def test_about_equal_needs_the_whole_interval_within_five_points() -> None:
    """Margin 1.96 with covariance 3.5: a change of 3 reaches 4.96, one of 3.1 reaches 5.06."""
    assert codes("about_equal(f,wave-2)", "ongeveer evenveel", two(40, 43, cov=3.5)) == []
    assert codes("about_equal(f,wave-2)", "ongeveer evenveel", two(40, 43.1, cov=3.5)) == ["A050"]
    assert codes("about_equal(f,wave-2)", "ongeveer evenveel", two(40, 37, cov=3.5)) == []
    assert codes("about_equal(f,wave-2)", "evenveel", two(40, 40)) == ["A050"]  # margin 5.5: not shown
    assert codes("about_equal(f,wave-2)", "meer", two(40, 43, cov=3.5)) == ["A045"]


def test_a_change_that_turns_when_weighted_gets_a_warning() -> None:
    def figures(weighted: tuple[float, float]) -> FigureBook:
        return book(
            *(
                wave(number, share("f", value, weighted=Measured(value=other)))
                for number, value, other in (("2", 40.0, weighted[0]), ("3", 60.0, weighted[1]))
            )
        )

    assert codes("higher(f,wave-2)", "meer", figures((50.0, 45.0))) == ["A049"]
    assert codes("higher(f,wave-2)", "meer", figures((45.0, 50.0))) == []


# within one wave


def lead(*shares: tuple[str, float], se: float = 0.5) -> FigureBook:
    members = (share(name, value, group="lead", measured=Measured(value=value, se=se)) for name, value in shares)
    return book(wave("3", *members, share("other", 99)))


@pytest.mark.parametrize(("value", "expected"), [(50.01, []), (50.0, ["A051"]), (43.0, ["A051"])])
def test_a_majority_is_more_than_half(value: float, expected: list[str]) -> None:
    assert codes("majority(a)", "een meerderheid", lead(("a", value))) == expected


def test_the_largest_is_the_largest_of_its_group_and_warned_of_within_the_margin() -> None:
    figures = lead(("a", 43), ("b", 35), ("c", 1))
    assert codes("largest(a,lead)", "het vaakst", figures) == []
    assert codes("largest(b,lead)", "het vaakst", figures) == ["A052"]
    assert codes("largest(other,lead)", "het vaakst", figures) == ["A041"]
    assert codes("largest(a,nope)", "het vaakst", figures) == ["A020"]
    # margin with the worst covariance: 1.96 times the sum of the errors, 1.96 and 7.84
    assert codes("largest(a,lead)", "het vaakst", lead(("a", 43), ("b", 35), se=2.0)) == []
    assert codes("largest(a,lead)", "het vaakst", lead(("a", 43), ("b", 35.2), se=2.0)) == ["A053"]
    assert codes("largest(a,lead)", "het vaakst", lead(("a", 43), ("b", 43))) == ["A052"]


def test_an_order_is_strictly_falling() -> None:
    figures = lead(("a", 43), ("b", 35), ("c", 1))
    assert codes("order(a,b,c)", "gevolgd door", figures) == []
    (wrong,) = findings("order(b,a,c)", "gevolgd door", figures)
    assert (wrong.code, wrong.expected) == ("A054", "claim:order(a,b,c)")
    assert codes("order(a,b)", "gevolgd door", lead(("a", 43), ("b", 43))) == ["A054"]
    assert codes("order(a,b)", "gevolgd door", lead(("a", 43), ("b", 42))) == ["A053"]


def test_all_of_a_group_makes_the_whole() -> None:
    assert codes("all_of(lead)", "samen alle besturen", lead(("a", 60), ("b", 39.95))) == []
    assert codes("all_of(lead)", "samen alle besturen", lead(("a", 60), ("b", 39))) == ["A055"]
    assert codes("all_of(nope)", "samen alle besturen", lead(("a", 60))) == ["A020"]


def test_the_claim_of_the_article_of_6_april_holds() -> None:
    """43 and 63.5 percent, with errors of two points each: a difference of 21 against a margin of 5.5."""
    assert codes("higher(municipal_care_started,wave-2)", "meer", published()) == []


def test_a_claim_is_about_the_article_s_own_wave() -> None:
    checked = check(text("Dat was [minder](claim:lower(f,wave-3)).", wave="wave-2"), file="f.md", book=two(40, 60))
    assert checked.findings == ()
    assert [each.wave for each in checked.bindings] == [OTHER]
