"""The audit trail tells when a plan, a file, a frame or a board's answers are not what they were."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client
from typer.testing import CliRunner

from peilstok.audit import trail
from peilstok.audit.models import Entry
from peilstok.cli import app, surroundings
from peilstok.collect import figures, seals, waves
from peilstok.collect.models import Revision, Wave
from peilstok.errors import NotNow
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

PLAN = "format: peilstok/plan/1\n# ten boards at least\n"


@pytest.fixture
def planned(db: None, at: Callable[..., None]) -> Wave:
    """An open wave with a plan, in which one board confirmed twice and another once."""
    wave = fielding.draft_wave()
    Wave.objects.update(plan=PLAN)
    wave = waves.open_wave(wave=wave, by="user:1", moment=fielding.OPENS)
    visit = answered(Client(), fielding.path_of(wave), in_care=40)
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=3).send()
    half = Visit(Client()).open(fielding.path_of(wave, "99002")).send().send(in_care=7, staff="50,0", lead="school")
    half.send(remark="Né ‘goed’").send()
    assert Revision.objects.count() == 3
    return wave


def behind_its_back(table: str, statement: str) -> None:
    """What an owner of the table can do who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def entry(act: str) -> Entry:
    return Entry.objects.filter(act=act).latest("number")


@pytest.mark.django_db
def test_creating_and_opening_a_wave_record_the_hash_of_its_plan(at: Callable[..., None]) -> None:
    wave = fielding.draft_wave()
    assert entry("wave.create").details["plan"] is None
    Wave.objects.update(plan=PLAN)
    waves.open_wave(wave=wave, by="user:1", moment=fielding.OPENS)
    details = entry("wave.open").details
    assert details["plan"] == sha256(PLAN.encode()).hexdigest()
    assert details["file"] == sha256(fielding.WAVE.encode()).hexdigest()
    assert details["questionnaire"] == sha256(fielding.QUESTIONNAIRE.encode()).hexdigest()
    assert details["frame"] == wave.frame.fingerprint


def test_what_nobody_touched_agrees_with_the_trail(planned: Wave) -> None:
    assert trail.verify() is None
    assert list(seals.differences()) == []


def test_the_hash_of_answers_can_be_computed_from_the_documented_form(planned: Wave) -> None:
    revision = Revision.objects.select_related("invitation").get(invitation=fielding.invitation(planned, "99002"))
    assert revision.counted["staff"] == 50
    text = json.dumps(
        {
            "answers": {**revision.counted, "staff": 50},
            "questionnaire": revision.questionnaire_fingerprint,
            "revision": 1,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert '"remark":"Né ‘goed’"' in text
    found = entry("answer.confirm").details["answers"]
    assert found == hmac.new(revision.invitation.uuid.bytes, text.encode(), sha256).hexdigest()
    assert found != sha256(text.encode()).hexdigest()


def test_the_same_answers_of_two_boards_have_different_hashes(wave: Wave) -> None:
    for number in ("99001", "99003"):
        visit = Visit(Client()).open(fielding.path_of(wave, number)).send(pupils=1_200)
        visit.send(in_care=1, lead="school").send().send()
    one, other = Revision.objects.order_by("pk")
    assert one.counted == other.counted
    assert len({each.details["answers"] for each in Entry.objects.filter(act="answer.confirm")}) == 2


@pytest.mark.parametrize(
    ("table", "statement", "said"),
    [
        ("collect_wave", "UPDATE collect_wave SET plan = plan || ' '", "the plan of wave-3 is another one"),
        ("collect_wave", "UPDATE collect_wave SET plan = ''", "the plan of wave-3 is another one"),
        ("collect_wave", "UPDATE collect_wave SET file = file || ' '", "the file of wave-3 is another one"),
        (
            "collect_wave",
            "UPDATE collect_wave SET questionnaire = replace(questionnaire, 'minimum: 1', 'minimum: 2')",
            "the questionnaire of wave-3 is another one",
        ),
        ("register_frame", "UPDATE register_frame SET fingerprint = 'e'", "the frame of wave-3 is another one"),
        (
            "collect_wave",
            "UPDATE collect_wave SET state = 'draft', opened_at = NULL, frame_fingerprint = ''",
            "wave:wave-3 was opened, and is not there or a draft",
        ),
        (
            "collect_invitation",
            "DELETE FROM collect_invitation WHERE unit_id = (SELECT max(unit_id) FROM collect_invitation)",
            "wave-3 has other boards than the 4 that were invited",
        ),
        (
            "collect_revision",
            "UPDATE collect_revision SET counted = jsonb_set(counted, '{in_care}', '8') WHERE number = 2",
            "are not those that the board confirmed",
        ),
        ("collect_revision", "DELETE FROM collect_revision WHERE number = 2", "are gone"),
        ("collect_revision", "UPDATE collect_revision SET number = 3 WHERE number = 2", "no entry says that a board"),
    ],
)
def test_what_was_changed_behind_its_back_is_told(planned: Wave, table: str, statement: str, said: str) -> None:
    behind_its_back(table, statement)
    assert trail.verify() is None
    assert any(said in each for each in seals.differences())


def test_a_wave_that_was_opened_without_an_entry_is_told(planned: Wave) -> None:
    behind_its_back("audit_entry", "DELETE FROM audit_entry WHERE act = 'wave.open'")
    assert list(seals.differences()) == ["wave-3 is open, and no entry says that it was opened"]


def test_a_trail_from_before_there_were_hashes_is_no_fault(planned: Wave) -> None:
    behind_its_back("audit_entry", "UPDATE audit_entry SET details = details - 'plan' - 'file' - 'answers'")
    assert list(seals.differences()) == []


def test_of_one_wave_only_its_own_is_told(planned: Wave) -> None:
    text = fielding.WAVE.replace("id: wave-3", "id: wave-4")
    other = waves.create_wave(file=fielding.wave_file(text), frame=planned.frame, by="user:1", moment=fielding.BEFORE)
    waves.open_wave(wave=other, by="user:1", moment=fielding.OPENS)
    answered(Client(), fielding.path_of(other))
    behind_its_back("collect_wave", "UPDATE collect_wave SET plan = 'x' WHERE id = 'wave-4'")
    behind_its_back("collect_revision", "DELETE FROM collect_revision WHERE number = 2")
    assert [("wave-4" in each, "gone" in each) for each in seals.differences(wave=other)] == [(True, False)]
    assert [("wave-4" in each, "gone" in each) for each in seals.differences(wave=planned)] == [(False, True)]
    assert len(list(seals.differences())) == 2


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("collect_wave", "plan = plan || ' '"),
        ("collect_revision", "counted = jsonb_set(counted, '{in_care}', '8')"),
    ],
)
def test_no_figures_are_made_of_what_is_not_what_the_trail_says(planned: Wave, table: str, change: str) -> None:
    behind_its_back(table, f"UPDATE {table} SET {change}")
    with pytest.raises(NotNow, match=r"entry \d+: .* `peilstok audit verify`"):
        figures.table_of(Wave.objects.get())


def test_audit_verify_tells_it_with_exit_status_1(planned: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "open_database", lambda: None)
    assert CliRunner().invoke(app, ["audit", "verify"]).exit_code == 0
    behind_its_back("collect_wave", "UPDATE collect_wave SET plan = 'x'")
    result = CliRunner().invoke(app, ["audit", "verify"])
    assert result.exit_code == 1
    assert result.output.startswith("A002 error audit entry ")
    assert "the plan of wave-3 is another one than when it was opened | what the audit trail says" in result.output
