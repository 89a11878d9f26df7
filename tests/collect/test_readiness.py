"""Officer 3: is the estimate ready? Coverage, thin strata, half-widths now and after the next twenty answers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from peilstok.cli import app, surroundings
from peilstok.collect import calls, waves
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.models import Wave
from peilstok.collect.outcomes import INVITED, Outcome
from peilstok.collect.progress import Progress, progress
from peilstok.estimate import answers, estimates, read_plan
from peilstok.register import frames
from tests.accounts import cast
from tests.collect import fielding, polled

SIZES = [
    *(100 + 3 * at for at in range(60)),
    *(600 + 9 * at for at in range(60)),
    *(2_500 + 50 * at for at in range(30)),
]
SMALL, MIDDLE, LARGE = range(1, 61), range(61, 121), range(121, 151)
PAGE = "/raad/metingen/wave-3/"


def now(wave: Wave) -> Progress:
    return progress(wave, fielding.DURING + timedelta(days=1))


@pytest.fixture
def wave(db: None, at: Callable[[object], None]) -> Wave:
    """150 boards; 20 small, 20 middle and 3 large ones have answered."""
    made = polled.wave(SIZES, more="ready_when: {half_width: 6, coverage: 60}\n")
    polled.answer(made, [*SMALL[:20], *MIDDLE[:20], *LARGE[:3]])
    return made


def test_officer_3_half_widths_are_those_of_the_published_intervals(wave: Wave) -> None:
    plan = read_plan(wave.plan, file="plan.yaml")
    table = estimates(plan, answers.wave(frame=frames.rows(wave.frame), answers=confirmed_answers(wave)))
    found = {each.name: each for each in now(wave).readiness.figures}
    assert list(found) == ["in_care", "staff", "lead_school", "lead_other"]
    for name, figure in found.items():
        for design, width in (("as_answered", figure.half_width), ("weighted", figure.half_width_weighted)):
            one = table.row(name).estimates[design, "boards"]  # type: ignore[index]
            assert one.ci_high is not None
            assert one.ci_low is not None
            assert width == pytest.approx((one.ci_high - one.ci_low) / 2, rel=1e-9)
        assert figure.expected is not None
        assert figure.half_width is not None
        assert figure.expected < figure.half_width


def test_officer_3_thin_strata_are_the_cells_that_weighting_would_join(wave: Wave) -> None:
    counts = now(wave).counts
    assert [(each.low, each.high, each.answered, each.thin) for each in counts.by_size] == [
        (0, 500, 20, False), (500, 2_000, 20, False), (2_000, None, 3, True),
    ]  # fmt: skip
    polled.answer(wave, LARGE[3:5])
    assert now(wave).counts.thin == ()


def test_a_class_of_which_all_boards_have_answered_is_not_thin(db: None) -> None:
    made = polled.wave([100] * 3 + [600] * 10)
    polled.answer(made, [1, 2, 3, 4])
    assert [each.thin for each in now(made).counts.by_size] == [False, True, False]


def test_officer_3_it_is_not_ready_until_both_are_as_the_file_asks(wave: Wave) -> None:
    first = now(wave).readiness
    assert (first.ready, first.covered, first.narrow) == (False, False, False)
    assert first.needed is not None
    assert {each.name for each in first.too_wide} == {"lead_school", "lead_other"}
    polled.answer(wave, [*SMALL[20:50], *MIDDLE[20:55], *LARGE[3:28]])
    then = now(wave).readiness
    assert (then.ready, then.too_wide, then.needed) == (True, (), None)


def test_how_many_more_answers_are_needed_is_about_right(wave: Wave) -> None:
    """Some fewer do not do it, some more do."""
    needed = now(wave).readiness.needed
    assert needed is not None
    rest = [place for trio in zip(SMALL[20:], MIDDLE[20:], LARGE[3:], strict=False) for place in trio]
    polled.answer(wave, rest[: needed - 15])
    assert not now(wave).readiness.narrow
    polled.answer(wave, rest[needed - 15 : needed + 15])
    assert now(wave).readiness.narrow


def test_a_figure_on_too_few_boards_has_no_half_width_and_is_not_judged(db: None) -> None:
    made = polled.wave(SIZES, more="ready_when: {half_width: 100}\n")
    polled.answer(made, [*SMALL[:3]])
    found = now(made).readiness
    assert [each.half_width for each in found.figures] == [None] * 4
    assert (found.ready, found.judged) == (False, ())


def test_the_estimate_is_not_ready_while_a_key_figure_rests_on_too_few_boards(
    db: None, client: Client, at: object
) -> None:
    made = polled.wave(SIZES, more="ready_when: {half_width: 20}\n")
    polled.answer(made, range(1, 148), staff={"missing": "not_answered"})
    polled.answer(made, range(148, 151))
    found = now(made).readiness
    assert [each.name for each in found.unjudged] == ["staff"]
    assert (found.ready, found.too_wide) == (False, ())
    client.force_login(cast.anna())
    page = client.get(PAGE).content.decode()
    assert "1 cijfer rust nog op te weinig besturen om te beoordelen: iets." in " ".join(page.split())


@pytest.mark.parametrize(("answered", "plan", "problem"), [(0, polled.PLAN, "too few answers"), (9, "", "no plan")])
def test_without_a_plan_or_answers_there_is_no_width_and_the_rest_stands(
    db: None, client: Client, at: object, answered: int, plan: str, problem: str
) -> None:
    made = polled.wave(SIZES, plan=plan)
    polled.answer(made, range(1, answered + 1))
    assert (now(made).readiness.problem, now(made).readiness.ready) == (problem, None)
    client.force_login(cast.anna())
    assert client.get(PAGE).status_code == 200


def test_officer_3_the_phone_list_has_boards_of_thin_strata_above_small_ones_of_full_strata(wave: Wave) -> None:
    made = now(wave)
    listed = calls.listed(wave, boards=made.boards, readiness=made.readiness, moment=made.moment)
    places = [int(each.board.number) - 10_000 for each in listed]
    assert len(places) == 107
    assert set(places[:27]) == {*LARGE[3:]}
    assert places[-1] == SMALL[20]
    by_place = {place: each.candidate for place, each in zip(places, listed, strict=True)}
    assert by_place[SMALL[30]].precision == by_place[SMALL[40]].precision < by_place[LARGE[5]].precision
    assert by_place[LARGE[5]].coverage == pytest.approx(100 * SIZES[LARGE[5] - 1] / sum(SIZES))


def test_coverage_is_told_by_sector_and_region_and_adds_up(wave: Wave) -> None:
    counts = now(wave).counts
    assert [(each.key, each.invited) for each in counts.by_sector] == [("bo", 150), ("so", 50)]
    assert sum(each.pupils for each in counts.by_sector) == counts.pupils
    assert sum(each.pupils_covered for each in counts.by_sector) == counts.pupils_covered
    assert [(each.key, each.name, each.invited) for each in counts.by_region] == [
        ("01", "Oost", 113),
        ("02", "West", 37),
    ]
    for groups in (counts.by_region, counts.by_size):
        assert sum(each.invited for each in groups) == counts.invited
        assert sum(each.answered for each in groups) == counts.answered
        assert sum(each.pupils_covered for each in groups) == counts.pupils_covered


def test_answers_over_time_are_told_by_mail(wave: Wave) -> None:
    polled.mailed(wave, "invitation", fielding.OPENS)
    polled.mailed(wave, "reminder-1", fielding.DURING + timedelta(minutes=70))
    curve = now(wave).curve
    assert curve is not None
    # of the places 1-20, 61-80 and 121-123 those up to 69 answered before the reminder
    assert [(each.kind, each.sent, each.answers) for each in curve.mailings] == [
        ("invitation", 150, 29), ("reminder-1", 150, 14),
    ]  # fmt: skip
    assert curve.rows[-1].answered == now(wave).counts.answered == 43


def test_officer_2_page_json_csv_and_command_say_the_same(
    wave: Wave, client: Client, at: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "open_database", lambda: None)
    client.force_login(cast.anna())
    data = json.loads(client.get(f"{PAGE}?format=json").content)
    assert data["invited"] == sum(data[outcome] for outcome in INVITED) == 150
    table = client.get(f"{PAGE}?format=csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    lines = {
        (one["part"], one["name"], one["measure"]): one["value"]
        for one in csv.DictReader(io.StringIO(table.content.decode()))
    }
    for outcome in (*Outcome, "invited", "pupils_covered"):
        assert lines["wave", "", str(outcome)] == str(data[outcome])
    assert lines["figures", "in_care", "half_width"] == str(data["figures"][0]["half_width"])
    assert lines["by_region", "02", "pupils"] == str(data["by_region"][1]["pupils"])
    assert json.loads(CliRunner().invoke(app, ["wave", "monitor", "wave-3", "--format", "json"]).output) == data
    assert CliRunner().invoke(app, ["wave", "monitor", "wave-3", "--format", "csv"]).output == table.content.decode()
    page = client.get(PAGE).content.decode()
    assert "43 van 150 besturen antwoordden (28,7%)" in page
    assert f"± {data['figures'][0]['half_width']:.1f} procentpunt".replace(".", ",") in page
    assert "Nog niet." in page
    text = CliRunner().invoke(app, ["wave", "monitor", "wave-3"]).output
    assert "thin strata: 2,000 and more pupils (3 of 30)" in text
    assert f"ready: not yet, for figures that narrow about {data['answers_needed']} more answers" in text


def test_the_monitor_shows_no_value_of_any_figure(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    data = json.loads(client.get(f"{PAGE}?format=json").content)
    allowed = {"name", "unit", "n", "half_width", "expected", "half_width_weighted", "expected_weighted"}
    assert {key for each in data["figures"] for key in each} == allowed


def test_it_refreshes_itself_only_when_asked_and_can_be_stopped(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    assert "Refresh" not in client.get(PAGE)
    itself = client.get(f"{PAGE}?zelf=1")
    assert itself["Refresh"] == "60"
    assert f'<a href="{PAGE}">Stop met verversen</a>' in itself.content.decode()


def test_the_whole_page_takes_ten_statements_at_most(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    for address in (PAGE, f"{PAGE}bellijst/"):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 10, [each["sql"][:90] for each in asked]


def test_late_answers_are_counted_apart(db: None, client: Client, at: Callable[[object], None]) -> None:
    until = fielding.CLOSES + timedelta(days=1)
    made = polled.wave(SIZES, more=f"late_until: {until.isoformat()}\n")
    polled.answer(made, SMALL[:5])
    waves.close_wave(wave=made, by="command", moment=fielding.CLOSES)
    made.invitations.filter(unit__organisation__number__in=["10001", "10100", "10101"]).update(late_at=fielding.AFTER)
    made.refresh_from_db()
    counts = progress(made, fielding.AFTER).counts
    assert (counts.answered, counts.late, counts.late_corrections) == (5, 2, 1)
    assert counts.invited == 150
    client.force_login(cast.anna())
    assert "2 besturen antwoordden, 1 stuurden een verbetering" in client.get(PAGE).content.decode()
