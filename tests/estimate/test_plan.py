"""Reading a plan: what it says, and every finding about a file that is not one."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

from peilstok.errors import Refused
from peilstok.estimate import Plan, planfile, read_plan
from peilstok.estimate.measures import Condition, Mean, OfFrame, Ratio, Share, Term
from peilstok.estimate.plan import figure_name
from peilstok.terms import ALL, DomainKey, FigureName, ItemName, WaveId, Words
from tests.estimate.boards import HEAD, WORDS, plan

SOUND = f"in_care: {{kind: ratio, numerator: a, denominator: pupils, {WORDS}}}"


def findings(text: str) -> list[str]:
    """The findings of a plan's text as `code:line path: found | expected`."""
    with pytest.raises(Refused) as refused:
        read_plan(text, file="plan.yaml")
    return [f"{each.code}:{each.place.line} {each.found} | {each.expected}" for each in refused.value.findings]


def of_estimands(estimands: str, more: str = "") -> list[str]:
    with pytest.raises(Refused) as refused:
        plan(estimands, more=more)
    return [f"{each.code} {each.found} | {each.expected}" for each in refused.value.findings]


def test_a_ratio_of_items_is_a_part_of_a_whole_when_it_is_in_percent() -> None:
    percent, number = plan(
        f"""
        a: {{kind: ratio, numerator: x + register(pupils_so), denominator: pupils, {WORDS}}}
        b: {{kind: ratio, numerator: x, denominator: register(schools), unit: number, {WORDS}}}
        """
    ).estimands
    terms = (Term("item", "x"), Term("register", "pupils_so"))
    assert percent.measure == Ratio(terms, (Term("item", "pupils"),), of_whole=True)
    assert number.measure == Ratio((Term("item", "x"),), (Term("register", "schools"),), of_whole=False)


def test_a_ratio_to_the_frame_has_a_known_denominator() -> None:
    [estimand] = plan(f"a: {{kind: ratio, numerator: register(pupils), denominator: frame(pupils), {WORDS}}}").estimands
    assert estimand.measure == OfFrame((Term("register", "pupils"),), (Term("frame", "pupils"),))


def test_yes_and_no_are_options_and_not_true_and_false() -> None:
    [estimand] = plan(f"a: {{kind: share, item: x, is: [yes, no], {WORDS}}}").estimands
    assert isinstance(estimand.measure, Share)
    assert estimand.measure.options == {"yes", "no"}


def test_dont_know_leaves_the_base_unless_the_plan_says_otherwise() -> None:
    leaves, counts = plan(
        f"""
        a: {{kind: share, item: x, is: yes, {WORDS}}}
        b: {{kind: share, item: x, is: yes, dont_know: counts_in_base, {WORDS}}}
        """
    ).estimands
    assert isinstance(leaves.measure, Share)
    assert isinstance(counts.measure, Share)
    assert (leaves.measure.dont_know_counts, counts.measure.dont_know_counts) == (False, True)


def test_a_composition_gives_a_figure_for_every_share_in_its_group() -> None:
    found = plan(
        """
        care:
          kind: composition
          item: x
          base: boards
          domains: [without_vso]
          shares:
            started: {is: yes, label: {nl: op gang, en: started}}
            not_yet: {is: [no, partly], label: {nl: nog niet, en: not yet}}
        """
    ).estimands
    assert [(each.name, each.group, each.kind, each.domains) for each in found] == [
        ("started", "care", "share", (ALL, "without_vso")),
        ("not_yet", "care", "share", (ALL, "without_vso")),
    ]


def test_a_mean_of_percentages_has_a_part_and_a_whole() -> None:
    [estimand] = plan(f"a: {{kind: mean, of: {{percent: x, per: pupils}}, unit: percent, {WORDS}}}").estimands
    assert estimand.measure == Mean((Term("item", "x"),), (Term("item", "pupils"),))


def test_a_domain_is_a_condition_on_the_register() -> None:
    head = HEAD + "  some: {label: {nl: a, en: b}, where: {schools: {at_least: 2, at_most: 4}, region: ['06', '07']}}\n"
    found = plan(SOUND, head=head).domains[DomainKey("some")].where
    assert found == (
        Condition("region", values=frozenset({"06", "07"})),
        Condition("schools", at_least=2, at_most=4),
    )


def test_a_figure_bears_the_name_of_its_domain_except_over_all() -> None:
    assert figure_name(FigureName("vulnerable"), ALL) == "vulnerable"
    assert figure_name(FigureName("vulnerable"), DomainKey("without_vso")) == "vulnerable.without_vso"


def test_the_items_of_a_plan_are_named_with_their_options() -> None:
    found = plan(
        f"""
        a: {{kind: ratio, numerator: x + y, denominator: register(pupils), {WORDS}}}
        b: {{kind: share, item: z, is: [yes, dont_know], dont_know: counts_in_base, {WORDS}}}
        c: {{kind: share, item: z, is: no, {WORDS}}}
        """
    ).items
    assert found == {"x": None, "y": None, "z": {"yes", "no"}}


def test_layout_and_comments_leave_the_fingerprint_as_it_is_and_words_do_not() -> None:
    sound = HEAD + f"estimands:\n  {SOUND}\n"
    first = read_plan(sound, file="a").fingerprint
    assert read_plan("# a remark\n" + sound.replace("kind: ratio,", "kind:  'ratio' ,"), file="b").fingerprint == first
    assert read_plan(sound.replace("numerator: a", "numerator: b"), file="a").fingerprint != first


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        plan(SOUND).minimum_contributors = 1  # type: ignore[misc]


def test_the_minimum_of_contributors_is_ten_unless_the_plan_says_otherwise() -> None:
    assert plan(SOUND).minimum_contributors == 10
    assert plan(SOUND, more="disclosure: {minimum_contributors: 3}\n").minimum_contributors == 3


def test_everything_wrong_in_a_file_is_told_at_once_with_its_line() -> None:
    found = findings(
        """\
format: peilstok/plan/2
wave: wave-3
population: {nl: besturen, en: " "}
bases: {boards: {nl: besturen, en: boards}}
wieghting: {pupils: [5]}
disclosure: {minimum_contributors: ten}
estimands:
  a:
    kind: ratio
    numerator: x+y
    base: pupils
    label: {nl: iets, en: something}
"""
    )
    assert found == [
        "E005:1 format: \"peilstok/plan/2\" | one of 'peilstok/plan/1'",
        'E005:3 population.en: " " | a text that is not empty',
        "E003:5 wieghting: unknown key | a key of docs/formats/plan.md",
        'E005:6 disclosure.minimum_contributors: "ten" | a whole number',
        "E004:8 estimands.a.denominator: missing | this key",
        'E005:10 estimands.a.numerator: "x+y" | items, register(field) or frame(field), with " + " between them',
        'E007:11 estimands.a.base: "pupils" | a base: boards',
    ]


@pytest.mark.parametrize("text", ["", "- a list", "a text", "wave: [", "\t- x", "[" * 500])
def test_what_is_no_plan_at_all_is_told_and_not_a_traceback(text: str) -> None:
    assert findings(text)


@pytest.mark.parametrize(
    ("estimands", "more", "found"),
    [
        (f"a: {{kind: count, {WORDS}}}\na: {{kind: count, {WORDS}}}", "", 'E002 the key "a" again | every key once'),
        (f"a: &x {{kind: count, {WORDS}}}", "", 'E002 an anchor or alias "x" | the value itself'),
        (
            f"a: {{kind: sum, {WORDS}}}",
            "",
            (
                'E005 estimands.a: {"kind": "sum", "base": "boards", "label": {"nl": "iets",... | kind: one of '
                "'ratio', 'mean', 'total', 'count', 'share', 'register_share', 'composition', 'multiple_response'"
            ),
        ),
        (
            f"a: {{kind: mean, of: x, {WORDS}}}",
            "",
            "E004 estimands.a.unit: missing | this key",
        ),
        (
            f"a: {{kind: mean, of: {{percent: x}}, unit: percent, {WORDS}}}",
            "",
            "E004 estimands.a.of.per: missing | this key",
        ),
        (
            f"A: {{kind: count, {WORDS}}}",
            "",
            'E005 estimands.A: "A" | lower case letters, digits and _, a letter first',
        ),
        (
            f"a: {{kind: ratio, numerator: x, denominator: register(pupil), {WORDS}}}",
            "",
            (
                'E005 estimands.a.denominator: "register(pupil)" | a number of the register: pupils, pupils_bo, '
                "pupils_sbo, pupils_so, pupils_vso, schools, sites"
            ),
        ),
        (
            f"a: {{kind: register_share, where: {{schools: many}}, {WORDS}}}",
            "",
            'E005 estimands.a.where: {"schools": "many"} | schools: a whole number, or at_least and at_most',
        ),
        (
            f"a: {{kind: register_share, where: {{has_special_school: 1}}, {WORDS}}}",
            "",
            'E005 estimands.a.where: {"has_special_school": 1} | has_special_school: true or false',
        ),
        (
            SOUND,
            "weighting: {pupils: [500, 500]}\n",
            'E005 weighting: {"pupils": [500, 500]} | pupils: bounds that go up',
        ),
        (
            (
                f"b: {{kind: count, {WORDS}}}\n"
                "c: {kind: composition, item: x, base: boards, shares: {b: {is: yes, label: {nl: a, en: b}}}}"
            ),
            "",
            'E006 estimands.c.shares.b: "b" again | every figure once',
        ),
        (
            SOUND.replace("}}", "}, domains: [without_vs]}"),
            "",
            'E007 estimands.in_care.domains[0]: "without_vs" | a domain; did you mean "without_vso"?',
        ),
        (
            SOUND.replace("}}", "}, domains: [with_vso, with_vso]}"),
            "",
            'E005 estimands.in_care.domains: ["with_vso", "with_vso"] | every domain once',
        ),
        (
            SOUND,
            "disclosure: {releases: [{figures: [in_car], by: x, reason: {nl: a, en: b}}]}\n",
            'E008 disclosure.releases[0].figures[0]: "in_car" | a figure of this plan; did you mean "in_care"?',
        ),
        (
            SOUND,
            "breaks: [{figure: z, between: [wave-2, wave-3], reason: {nl: a, en: b}}]\n",
            'E008 breaks[0].figure: "z" | a figure of this plan: in_care',
        ),
        (
            f"a: {{kind: share, item: x, is: dont_know, {WORDS}}}",
            "",
            'E009 estimands.a.is: "dont_know" | dont_know: counts_in_base beside it',
        ),
        (
            (
                "c: {kind: composition, item: x, base: boards, shares: {"
                "a: {is: yes, label: {nl: a, en: b}}, b: {is: [no, yes], label: {nl: a, en: b}}}}"
            ),
            "",
            'E010 estimands.c.shares.b.is: "yes" stands in a too | every option once',
        ),
        (
            f"a: {{kind: ratio, numerator: frame(pupils), denominator: pupils, {WORDS}}}",
            "",
            'E011 estimands.a.numerator: "frame(pupils)" | frame(...) in a denominator only',
        ),
        (
            f"a: {{kind: ratio, numerator: x, denominator: pupils + frame(pupils), {WORDS}}}",
            "",
            'E011 estimands.a.denominator: "pupils + frame(pupils)" | frame(...) alone, or none',
        ),
        (
            SOUND,
            "breaks: [{figure: in_care, between: [wave-3, wave-3], reason: {nl: a, en: b}}]\n",
            'E012 breaks[0].between: ["wave-3", "wave-3"] | an earlier wave, then this wave',
        ),
        (
            SOUND,
            "breaks: [{figure: in_care, between: [wave-1, wave-2], reason: {nl: a, en: b}}]\n",
            'E012 breaks[0].between: ["wave-1", "wave-2"] | an earlier wave, then this wave',
        ),
        (
            f"a: {{kind: share, item: x, is: yes, {WORDS}}}\nb: {{kind: total, of: y + x, unit: pupils, {WORDS}}}",
            "",
            'E013 estimands.b: "x" as a number, and as a choice in a | one or the other',
        ),
    ],
)
def test_each_fault_has_its_code_its_place_and_what_would_be_right(estimands: str, more: str, found: str) -> None:
    assert of_estimands(estimands, more) == [found]


def test_an_option_may_stand_in_two_shares_of_a_multiple_response() -> None:
    shares = "shares: {a: {is: yes, label: {nl: a, en: b}}, b: {is: [no, yes], label: {nl: a, en: b}}}"
    assert len(plan(f"c: {{kind: multiple_response, item: x, base: boards, {shares}}}").estimands) == 2


def test_a_break_ends_in_this_wave() -> None:
    [found] = plan(
        SOUND, more="breaks: [{figure: in_care, between: [wave-2, wave-3], reason: {nl: a, en: b}}]\n"
    ).breaks
    assert found.between == ("wave-2", "wave-3")


OF_ITEMS = f"""
care: {{kind: ratio, numerator: a + b, denominator: pupils, {WORDS}}}
part: {{kind: mean, of: {{percent: b, per: register(pupils)}}, unit: percent, domains: [without_vso], {WORDS}}}
lead: {{kind: share, item: c, is: school, {WORDS}}}
size: {{kind: mean, of: register(pupils), unit: pupils, {WORDS}}}
"""
WIDER, OTHER = Words(nl="Ruimer gevraagd.", en="Asked more widely."), Words(nl="Anders.", en="Otherwise.")


def broken(made: Plan) -> dict[str, str]:
    return {each.figure: each.reason.en for each in made.breaks if each.between == ("wave-2", "wave-3")}


@pytest.mark.parametrize(
    ("items", "figures"),
    [
        ({"a": WIDER}, {"care": "Asked more widely."}),
        ({"b": WIDER}, {"care": "Asked more widely.", "part": "Asked more widely."}),
        ({"a": WIDER, "b": OTHER}, {"care": "Asked more widely. Otherwise.", "part": "Otherwise."}),
        ({"a": OTHER, "b": OTHER}, {"care": "Otherwise.", "part": "Otherwise."}),
        ({"c": WIDER}, {"lead": "Asked more widely."}),
        ({"pupils": WIDER}, {"care": "Asked more widely."}),
        ({"remark": WIDER}, {}),
        ({}, {}),
    ],
)
def test_a_break_of_an_item_is_one_of_each_figure_that_uses_it(
    items: dict[str, Words], figures: dict[str, str]
) -> None:
    made = plan(OF_ITEMS)
    found = made.with_breaks({ItemName(name): reason for name, reason in items.items()}, since=WaveId("wave-2"))
    assert broken(found) == figures
    assert (found.fingerprint != made.fingerprint) is bool(figures)


def test_what_the_plan_itself_says_of_a_break_stays() -> None:
    own = "breaks: [{figure: care, between: [wave-%s, wave-3], reason: {nl: eigen, en: own}}]\n"
    items = {ItemName("b"): WIDER}
    found = plan(OF_ITEMS, more=own % 2).with_breaks(items, since=WaveId("wave-2"))
    assert broken(found) == {"care": "own", "part": "Asked more widely."}
    assert len(found.breaks) == 2
    of_another = plan(OF_ITEMS, more=own % 1).with_breaks(items, since=WaveId("wave-2"))
    assert broken(of_another) == {"care": "Asked more widely.", "part": "Asked more widely."}


def test_the_json_schema_names_every_key() -> None:
    schema = planfile.json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert set(schema["properties"]) == {
        "format",
        "wave",
        "population",
        "bases",
        "domains",
        "weighting",
        "disclosure",
        "estimands",
        "breaks",
    }
