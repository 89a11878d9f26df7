"""What changed. Standard errors of differences were worked out by hand, shown in the comments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from peilstok.article import claims
from peilstok.disclose import difference as difference_of
from peilstok.disclose.figures import Break, Figure, FigureBook
from peilstok.errors import Place, Severity
from peilstok.publish import changes, tables
from peilstok.terms import DomainKey, FigureName, WaveId
from tests.publish import example, fielded

WAVE_2, WAVE_3 = WaveId("wave-2"), WaveId("wave-3")


def between(book: FigureBook | None = None) -> changes.Changes:
    return changes.between(book=book or example.book(), before=WAVE_2, now=WAVE_3)


def named(found: changes.Changes, name: str) -> changes.Change:
    return next(change for change in found.both if change.figure.name == name)


def test_the_covariance_of_boards_that_answered_twice_narrows_the_interval() -> None:
    # variance 2.42^2 + 4.5^2 - 2*3 = 5.8564 + 20.25 - 6 = 20.1064; its root is 4.4840; times 1.959964 is 8.7885
    change = named(between(), "municipal_care_started")
    assert change.difference == pytest.approx(20.9)
    assert change.se == pytest.approx(4.4840, abs=5e-5)
    assert change.ci_low == pytest.approx(12.1115, abs=5e-4)
    assert change.ci_high == pytest.approx(29.6885, abs=5e-4)
    assert change.verdict == "higher"


def test_without_a_covariance_the_waves_are_separate_samples() -> None:
    # variance 0.21^2 + 0.25^2 = 0.1066; its root is 0.32650
    assert named(between(), "in_care").se == pytest.approx(0.32650, abs=5e-6)


def test_a_difference_smaller_than_its_margin_is_not_clear() -> None:
    change = named(between(), "municipal_care_partly")  # -5.4 with a margin of 1.96 * 4.72 = 9.2
    assert change.verdict == "not_clear"
    assert "niet duidelijk anders" in change.in_words("nl")
    assert "−5,4 procentpunt" in change.in_words("nl")


@pytest.mark.parametrize(
    ("difference", "margin", "verdict"),
    [
        (2.0, 1.99, "higher"),
        (2.0, 2.0, "not_clear"),
        (-2.0, 1.99, "lower"),
        (-2.0, 2.0, "not_clear"),
        (0.0, 1.0, "not_clear"),
        (0.0, 0.0, "equal"),
        (2.0, 0.0, "higher"),
    ],
)
def test_more_and_less_need_an_interval_that_excludes_zero(difference: float, margin: float, verdict: str) -> None:
    assert difference_of.verdict(difference, margin) == verdict


def test_every_figure_of_either_wave_is_in_one_of_the_lists() -> None:
    found = between()
    assert [change.figure.name for change in found.both] == [
        "in_care",
        "municipal_care_started",
        "municipal_care_partly",
    ]
    assert [figure.name for figure, _ in found.broken] == ["vulnerable"]
    assert [figure.name for figure in found.gone] == ["staff_on_site"]
    assert [figure.name for figure in found.fresh] == [
        "municipal_care_not",
        "municipal_care_unknown",
        "care_on_site",
        "care_digital",
        "boards_answered",
    ]


def test_a_figure_that_was_asked_and_withheld_is_neither_new_nor_gone() -> None:
    found = changes.between(
        book=example.book(),
        before=WAVE_2,
        now=WAVE_3,
        withheld_before=[FigureName("care_digital"), FigureName("in_care")],  # shown in wave 2 after all: no matter
        withheld_now=[FigureName("staff_on_site"), FigureName("lead_youth_care")],  # the second is shown in neither
    )
    assert [figure.name for figure in found.withheld_before] == ["care_digital"]
    assert [figure.name for figure in found.withheld_now] == ["staff_on_site"]
    assert found.gone == ()
    assert "care_digital" not in {figure.name for figure in found.fresh}
    assert "in_care" in {change.figure.name for change in found.both}


def test_a_break_counts_wherever_it_lies_between_the_two_waves() -> None:
    book = example.book()
    in_between = example.wave("wave-2b", date(2020, 4, 2), 50, example.earlier_figures())
    longer = replace(
        book,
        waves=(book.waves[0], in_between, book.waves[1]),
        breaks=(Break(figure=FigureName("in_care"), between=(WAVE_2, WaveId("wave-2b")), reason="asked otherwise"),),
    )
    assert [figure.name for figure, _ in between(longer).broken] == ["in_care"]
    after = changes.between(book=longer, before=WaveId("wave-2b"), now=WAVE_3)
    assert after.broken == ()


def test_a_figure_without_sampling_error_in_either_wave_has_changed_as_it_reads() -> None:
    book = example.book()
    bare = {
        each.id: replace(each, figures={FigureName("x"): replace_se(each.figures[FigureName("in_care")])})
        for each in book.waves
    }
    change = between(replace(book, waves=(bare[WAVE_2], bare[WAVE_3]))).both[0]
    assert change.se is None
    assert change.ci_low is None
    assert change.verdict == "higher"
    assert "95%-interval" not in change.in_words("nl")


def replace_se(figure: Figure) -> Figure:
    return replace(figure, measured=replace(figure.measured, se=None, ci_low=None, ci_high=None))


def test_between_two_editions_only_figures_that_print_differently_are_listed() -> None:
    now = example.book().waves[1]
    started = now.figures[FigureName("municipal_care_started")]
    hair = replace(started, measured=replace(started.measured, value=63.51))
    moved = replace(started, measured=replace(started.measured, value=63.6))
    assert changes.between_editions(before=now, now=with_figure(now, hair)) == ()
    (found,) = changes.between_editions(before=now, now=with_figure(now, moved))
    assert found.before == started
    assert found.now == moved


def with_figure(wave: changes.WaveFigures, figure: Figure) -> changes.WaveFigures:
    return replace(wave, figures={**wave.figures, figure.name: figure})


def test_a_figure_that_an_edition_no_longer_has_is_listed_as_gone() -> None:
    before = example.book().waves[1]
    now = replace(before, figures={name: each for name, each in before.figures.items() if name != "in_care"})
    (found,) = changes.between_editions(before=before, now=now)
    assert found.now is None
    assert (found.name, found.label("en")) == ("in_care", "pupils in care")


def test_of_a_figure_that_is_withheld_now_the_edition_before_is_not_repeated() -> None:
    before = example.book().waves[1]
    now = replace(before, figures={name: each for name, each in before.figures.items() if name != "in_care"})
    held = [fielded.held("in_care"), fielded.held("never_shown")]
    (found,) = changes.between_editions(before=before, now=now, withheld=held)
    assert (found.before, found.now) == (None, None)
    (row,) = tables.revised_rows([found], "nl")
    assert (row.label, row.before.value, row.now.value) == ("in_care (nl)", "–", "niet vrijgegeven")


def holds(claim: str, name: str, book: FigureBook) -> bool:
    """Whether the check of an article lets the claim stand."""
    found = claims.check(
        target=f"{claim}({name},wave-2)",
        text={"higher": "meer", "lower": "minder"}[claim],
        book=book,
        own=WAVE_3,
        language="nl",
        place=Place("article.md", 1, 1),
    )
    return not [each for each in found if each.severity is Severity.ERROR]


@pytest.mark.parametrize("name", ["in_care", "municipal_care_started", "municipal_care_partly"])
@pytest.mark.parametrize("claim", ["higher", "lower"])
def test_table_and_article_agree_on_what_is_more_and_less(name: str, claim: str) -> None:
    assert holds(claim, name, example.book()) == (named(between(), name).verdict == claim)


@pytest.mark.parametrize("named_by", ["estimand", "name"])
@pytest.mark.parametrize("broken", [True, False])
def test_table_and_article_agree_on_a_figure_of_a_domain_with_a_break_and_without(broken: bool, named_by: str) -> None:
    """A break that names the figure over all breaks its domains, in a book of ours and in one of others."""
    book, name = example.book(), FigureName("in_care.without_vso")
    waves = tuple(with_figure(each, of_domain(each.figures[FigureName("in_care")], named_by)) for each in book.waves)
    breaks = (Break(figure=FigureName("in_care"), between=(WAVE_2, WAVE_3), reason="asked otherwise"),)
    found = replace(book, waves=waves, breaks=breaks if broken else ())
    assert (name in {figure.name for figure, _ in between(found).broken}) is broken
    assert (name in {change.figure.name for change in between(found).both}) is not broken
    assert holds("higher", name, found) is not broken


def of_domain(figure: Figure, named_by: str) -> Figure:
    return replace(
        figure,
        name=FigureName(f"{figure.name}.without_vso"),
        domain=DomainKey("without_vso"),
        estimand=figure.name if named_by == "estimand" else None,
    )


def test_table_and_article_agree_that_a_figure_without_an_error_has_no_covariance() -> None:
    """0.2 against 0.25 alone: a margin of 0.49, which a covariance would take to nothing."""
    book = example.book()
    name = FigureName("in_care")
    earlier, later = (each.figures[name] for each in book.waves)
    bare = replace(earlier, measured=replace(earlier.measured, value=3.6, se=None))
    pair = frozenset({(WAVE_2, name), (WAVE_3, name)})
    found = replace(
        book, waves=(with_figure(book.waves[0], bare), with_figure(book.waves[1], later)), covariances={pair: 0.04}
    )
    assert named(between(found), name).verdict == "not_clear"
    assert not holds("higher", name, found)
