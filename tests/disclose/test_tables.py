"""The rule, the door, the log: what may be shown, and that nothing else of a withheld figure can be had."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import struct
from collections.abc import Mapping
from datetime import date
from itertools import combinations

import pytest

from peilstok.disclose import Act, SafeTable, figures, safe_table
from peilstok.disclose.figures import FigureBook, Measured
from peilstok.estimate import Plan, estimates, wave
from peilstok.terms import FigureName, Missing, Value
from tests.estimate.boards import WORDS, answers, board, numbered, plan

DAY = date(2020, 4, 6)
FRAME = [board(number, 100 + number, special=number > 85) for number in range(1, 98)]
SHARE = f"started: {{kind: share, item: care, is: yes, {WORDS}}}"
RELEASE = (
    "disclosure: {releases: [{figures: [started], by: poll officer, reason: {nl: al bekend, en: known already}}]}\n"
)


def safe(plan: Plan, **items: Mapping[int, Value]) -> SafeTable:
    return safe_table(plan, frame=FRAME, answers=answers(**items), date=DAY)


def saying(yes: int, no: int) -> dict[int, Value]:
    return numbered(["yes"] * yes + ["no"] * no)


@pytest.mark.parametrize(
    ("yes", "no", "shown"),
    [(10, 10, True), (9, 11, False), (11, 9, False), (10, 30, True), (0, 40, False), (40, 0, False), (9, 1, False)],
)
def test_a_share_needs_ten_boards_that_said_it_and_ten_that_did_not(yes: int, no: int, shown: bool) -> None:
    table = safe(plan(SHARE), care=saying(yes, no))
    assert [*table.figures.figures] == (["started"] if shown else [])
    assert [each.name for each in table.withheld] == ([] if shown else ["started"])


@pytest.mark.parametrize(("boards", "shown"), [(10, True), (9, False)])
@pytest.mark.parametrize(
    "estimand",
    [
        "kind: mean, of: care, unit: number",
        "kind: total, of: care, unit: pupils",
        "kind: count, of: care",
        "kind: count",
        "kind: ratio, numerator: care, denominator: register(pupils)",
        "kind: ratio, numerator: register(pupils), denominator: frame(pupils)",
    ],
)
def test_every_other_figure_needs_ten_boards(estimand: str, boards: int, shown: bool) -> None:
    table = safe(plan(f"a: {{{estimand}, {WORDS}}}"), care=numbered(range(1, boards + 1)))
    assert ("a" in table.figures.figures) is shown


@pytest.mark.parametrize(("with_something", "shown"), [(10, True), (9, False)])
def test_a_board_with_nothing_in_the_denominator_is_no_contributor(with_something: int, shown: bool) -> None:
    ratio = plan(f"a: {{kind: ratio, numerator: x, denominator: y, {WORDS}}}")
    nothing = [0] * 20
    table = safe(ratio, x=numbered([1] * with_something + nothing), y=numbered([2] * with_something + nothing))
    assert ("a" in table.figures.figures) is shown


AMOUNTS = ["kind: total, of: x, unit: pupils", "kind: mean, of: x, unit: number", "kind: count, of: x"]
PARTS = [*AMOUNTS, "kind: ratio, numerator: x, denominator: y", "kind: ratio, numerator: x, denominator: frame(pupils)"]


@pytest.mark.parametrize(("with_something", "shown"), [(10, True), (9, False), (1, False)])
@pytest.mark.parametrize("estimand", PARTS)
def test_a_figure_needs_ten_boards_that_have_something_in_it(estimand: str, with_something: int, shown: bool) -> None:
    x = numbered([7] * with_something + [0] * (40 - with_something))
    table = safe(plan(f"a: {{{estimand}, {WORDS}}}"), x=x, y=numbered([100] * 40))
    assert ("a" in table.figures.figures) is shown


@pytest.mark.parametrize(("with_the_rest", "shown"), [(10, True), (9, False)])
def test_a_part_of_a_whole_needs_ten_boards_that_have_something_outside_it(with_the_rest: int, shown: bool) -> None:
    x = numbered([7] * with_the_rest + [8] * (40 - with_the_rest))
    table = safe(plan(f"a: {{kind: ratio, numerator: x, denominator: y, {WORDS}}}"), x=x, y=numbered([8] * 40))
    assert ("a" in table.figures.figures) is shown


@pytest.mark.parametrize(("largest", "shown"), [(90, True), (91, False)])  # twenty others have one each
@pytest.mark.parametrize("estimand", PARTS)
def test_two_boards_may_not_have_over_nine_tenths_of_an_amount(estimand: str, largest: int, shown: bool) -> None:
    x = numbered([90, largest, *[1] * 20])
    table = safe(plan(f"a: {{{estimand}, {WORDS}}}"), x=x, y=numbered([1000] * 22))
    assert ("a" in table.figures.figures) is shown


def test_a_domain_is_judged_by_its_own_boards() -> None:
    mean = plan(f"a: {{kind: mean, of: care, unit: number, domains: [with_vso], {WORDS}}}")
    nine, ten = ({**numbered(range(30)), **dict.fromkeys(range(86, last), 5)} for last in (95, 96))
    assert [*safe(mean, care=nine).figures.figures] == ["a"]
    assert [*safe(mean, care=ten).figures.figures] == ["a", "a.with_vso"]


def test_the_minimum_is_that_of_the_plan() -> None:
    three = plan(SHARE, more="disclosure: {minimum_contributors: 3}\n")
    assert "started" in safe(three, care=saying(3, 3)).figures.figures
    assert "started" not in safe(three, care=saying(2, 4)).figures.figures


def test_a_figure_below_the_minimum_is_shown_when_somebody_releases_it_with_a_reason_and_the_log_says_so() -> None:
    table = safe(plan(SHARE, more=RELEASE), care=saying(7, 40))
    assert table.figures.figures[FigureName("started")].count == 7
    [entry] = table.log
    assert (entry.figure, entry.act, entry.by, entry.contributors) == ("started", Act.RELEASED, "poll officer", 7)
    assert entry.reason is not None
    assert entry.reason.en == "known already"


def test_a_release_that_is_not_needed_leaves_no_trace() -> None:
    assert safe(plan(SHARE, more=RELEASE), care=saying(20, 20)).log == ()


def test_a_release_cannot_show_what_cannot_be_estimated() -> None:
    table = safe(plan(SHARE, more=RELEASE), care={1: "yes", 2: Missing.DONT_KNOW})
    assert table.figures.figures == {}
    assert [each.name for each in table.withheld] == ["started"]


def test_without_a_minimum_what_cannot_be_estimated_is_withheld_for_that_reason() -> None:
    none = plan(SHARE, more="disclosure: {minimum_contributors: 0}\n")
    [withheld] = safe(none, care={1: "yes", 2: Missing.DONT_KNOW}).withheld
    assert withheld.reason.en == "cannot be computed"


def test_the_reason_is_the_same_whichever_side_is_too_small() -> None:
    few, nearly_all = (safe(plan(SHARE), care=saying(*sides)).withheld[0] for sides in ((3, 40), (40, 3)))
    assert few == nearly_all


def test_nothing_of_a_withheld_figure_can_be_had_from_the_table() -> None:
    both = plan(
        f"""
        started: {{kind: share, item: care, is: yes, {WORDS}}}
        pupils: {{kind: mean, of: number, unit: number, {WORDS}}}
        """,
        more="weighting: {pupils: [120]}\n",
    )
    items = {"care": saying(7, 36), "number": numbered(float(value) for value in range(43))}
    row = estimates(both, wave(frame=FRAME, answers=answers(**items))).row(FigureName("started"))
    secret = [number for each in row.estimates.values() for number in (each.value, each.se or 0.1, each.ci_low or 0.1)]
    table = safe(both, **items)
    assert [*table.figures.figures] == ["pupils"]
    assert "started" not in table.influence._names  # the one place where anything could be left
    told = [
        repr(table),
        str(dataclasses.astuple(table.figures)),
        repr(dataclasses.asdict(table)),
        figures.to_json(FigureBook(waves=(table.figures,), covariances={})),
        json.dumps([entry.as_json() for entry in table.log]),
        pickle.dumps(table).decode("latin-1"),
        repr(pickle.loads(pickle.dumps(table))),
        repr(copy.deepcopy(table)),
    ]
    assert not [number for number in secret for text in told if repr(number)[:8] in text]
    assert not [number for number in secret if struct.pack(">d", number) in pickle.dumps(table)]


def test_linearised_values_do_not_leave_the_process() -> None:
    table = safe(plan(SHARE), care=saying(20, 20))
    elsewhere = pickle.loads(pickle.dumps(table))
    assert elsewhere == table
    with pytest.raises(ValueError, match="another process"):
        [*elsewhere.influence.within()]


def test_a_figure_bears_its_words_base_coverage_and_method() -> None:
    found = plan(
        "a: {kind: mean, of: care, unit: number, base: boards, domains: [without_vso], label: {nl: zorg, en: care}}"
    )
    table = safe(found, care=numbered(range(20)))
    figure = table.figures.figures[FigureName("a.without_vso")]
    assert (figure.estimand, figure.domain, figure.base, figure.population) == ("a", "without_vso", "boards", "boards")
    assert figure.label is not None
    assert (figure.label.nl, figure.label.en) == ("zorg, zonder (v)so", "care, without special schools")
    assert (figure.n, figure.pupils) == (20, sum(100 + number for number in range(1, 21)))
    assert figure.coverage == pytest.approx(100 * figure.pupils / sum(100 + number for number in range(1, 86)))
    assert figure.method == "simple random sample of boards without replacement; t interval"
    assert table.figures.population == 97


def test_the_fingerprint_is_that_of_what_is_shown_and_of_the_plan() -> None:
    care = saying(20, 20)
    first = safe(plan(SHARE), care=care)
    turned = safe_table(plan(SHARE), frame=FRAME[::-1], answers=dict(reversed(answers(care=care).items())), date=DAY)
    assert turned == first
    assert safe(plan(SHARE), care=saying(21, 19)).fingerprint != first.fingerprint
    assert safe(plan(SHARE.replace("iets", "iets anders")), care=care).fingerprint != first.fingerprint


def test_the_fingerprint_tells_nothing_about_what_is_withheld() -> None:
    """Otherwise one could try out answers until it fits."""
    first, other = (safe(plan(SHARE), care=saying(yes, 40 - yes)) for yes in (3, 7))
    assert first.fingerprint == other.fingerprint


def sets_that_fit(measured: Measured, sizes: Mapping[int, int], *, boards: int) -> int:
    """How many sets of so many boards have this share of the pupils, as a reader of the public register counts them."""
    whole, tolerance = sum(sizes.values()), 0.5 * 10.0 ** -decimals(measured.value)
    shares = (100 * sum(chosen) / whole for chosen in combinations(sizes.values(), boards))
    return sum(abs(share - measured.value) <= tolerance + 1e-12 for share in shares)


def decimals(value: float) -> int:
    return len(repr(value).partition(".")[2])


def test_a_share_of_pupils_does_not_tell_which_boards_said_it() -> None:
    sizes = {number: 90 + number**2 * 7 % 1_009 for number in range(1, 25)}
    frame = [board(number, pupils) for number, pupils in sizes.items()]
    given = answers(care={number: "yes" if number in {4, 11, 19} else "no" for number in sizes})
    three = plan(SHARE, more="disclosure: {minimum_contributors: 3}\n")
    exact = estimates(three, wave(frame=frame, answers=given)).rows[0].estimates["as_answered", "pupils"]
    shown = safe_table(three, frame=frame, answers=given, date=DAY).figures.figures[FigureName("started")].of_pupils
    assert shown is not None
    assert sets_that_fit(Measured(value=exact.value), sizes, boards=3) <= 3
    assert sets_that_fit(shown, sizes, boards=3) > 10
    assert {decimals(value) for value in dataclasses.astuple(shown)} <= {0, 1}


def test_a_figure_that_a_reason_releases_has_no_share_of_pupils() -> None:
    released = safe(plan(SHARE, more=RELEASE), care=saying(9, 30)).figures.figures[FigureName("started")]
    assert (released.of_pupils, released.of_pupils_weighted) == (None, None)
    assert safe(plan(SHARE), care=saying(15, 30)).figures.figures[FigureName("started")].of_pupils
