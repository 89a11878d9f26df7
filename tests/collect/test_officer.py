"""Officer 1: from an approved questionnaire to sent invitations, with a test to oneself and a dry run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

from peilstok.audit.models import Entry
from peilstok.cli import app, surroundings
from peilstok.collect import contacts, tasks, waves
from peilstok.collect.contacts import Address
from peilstok.collect.mail import mailserver, messages
from peilstok.collect.models import Contact, Invitation, Message, Wave
from peilstok.errors import NotNow
from peilstok.terms import UnitId
from tests.collect import fielding
from tests.collect.mail import Mailbox
from tests.collect.visiting import answered

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "formats" / "wave.md"
CONTACTS = """number,email,role,language
99001,bestuur@proef.example,director,nl
99001,kantoor@samen.example,secretariat,nl
99002,kantoor@samen.example,secretariat,nl
99003,board@vaart.example,director,en
"""
Clock = Callable[[datetime], None]
Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(surroundings, "open_database", lambda: None)

    def command(*words: str) -> str:
        done = CliRunner().invoke(app, ["wave", *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return command


def commands() -> list[list[str]]:
    """Those of the manual, under "from an approved questionnaire to sent invitations"."""
    text = MANUAL.read_text(encoding="utf-8")
    listed = text.partition("## From an approved questionnaire")[2].partition("```\n")[2].partition("```")[0]
    return [line.split()[2:] for line in listed.splitlines()]


@pytest.mark.django_db(transaction=True)
def test_officer_1_five_commands_lead_from_a_questionnaire_to_sent_invitations(
    transactional_db: None, run: Run, box: Mailbox, at: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Officer 1: from approved questionnaire to sent invitations in half an hour, with a test and a dry run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "questionnaire.yaml").write_text(fielding.QUESTIONNAIRE)
    (tmp_path / "wave.yaml").write_text(fielding.WAVE)
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    fielding.frame()
    said = {}
    for words in commands():
        synthetic = ["--synthetic"] if words[0] == "create" else []
        said[words[0]] = run(*words, *synthetic)
    assert list(said) == ["create", "contacts", "test", "invite", "open"]
    assert said["contacts"] == "4 addresses of 3 boards kept, 0 replaced\n"
    assert "invitation of wave-3: 4 mails to 3 boards" in said["invite"]
    assert said["open"] == "wave-3: open, 4 boards invited\n4 mails queued\n"
    assert [mail["To"] for mail in box.mails] == ["anna@raad.example"]
    tasks.run_due()
    assert len(box.mails) == 5


@pytest.fixture
def draft(db: None, at: Clock) -> Wave:
    made = fielding.draft_wave()
    given = contacts.read(CONTACTS, file="c.csv", known=[number for number, *_ in fielding.BOARDS])
    contacts.keep(given, by="command", moment=fielding.BEFORE)
    return made


def test_a_dry_run_says_how_many_duplicates_no_address_opted_out_failed_and_how_it_reads(draft: Wave, run: Run) -> None:
    """Officer 1: a dry run: how many, duplicates, no address, opted out."""
    contacts.opt_out(contact=Contact.objects.get(email="board@vaart.example"), moment=fielding.BEFORE)
    Contact.objects.filter(email="bestuur@proef.example").update(failed_at=fielding.BEFORE)
    text = run("invite", "wave-3", "--dry-run")
    for line in (
        "invitation of wave-3: 2 mails to 2 boards",
        "frame of 2019-10-01: 4 boards, not frozen yet: it is when the wave opens",
        "answered or refused, and not mailed: 0",
        "boards without an address: 1: 99004",
        "addresses that stand for several boards: 1: kantoor@samen.example (99001, 99002)",
        "addresses that opted out: 1: board@vaart.example (99003)",
        "addresses that failed before: 1: bestuur@proef.example (99001)",
        "pace: 600 a minute at most",
        "Subject: Hoeveel leerlingen vangt u op?",
        "Geacht bestuur, geachte directie van Stichting De Proef,",
    ):
        assert line in text.splitlines(), text
    assert not Message.objects.exists()
    assert not Entry.objects.filter(act="wave.invite").exists()


def test_a_dry_run_gives_the_same_to_a_program(draft: Wave, run: Run) -> None:
    found = json.loads(run("invite", "wave-3", "--dry-run", "--format", "json"))
    assert (found["mails"], found["boards"], found["asked"]) == (4, 3, 4)
    assert found["without_address"] == ["99004"]
    assert found["shared"] == {"kantoor@samen.example": ["99001", "99002"]}
    assert found["frame"] == {"date": "2019-10-01", "frozen": False}
    assert found["sample"]["subject"] == "Hoeveel leerlingen vangt u op?"


@pytest.mark.parametrize("answered_first", [False, True])
def test_what_a_dry_run_counts_is_what_is_queued(draft: Wave, run: Run, client: Client, answered_first: bool) -> None:
    wave = waves.open_wave(wave=draft, by="command", moment=fielding.OPENS)
    if answered_first:
        answered(client, fielding.path_of(wave))
    found = json.loads(run("invite", "wave-3", "--dry-run", "--format", "json"))
    assert messages.send_invitations(wave, fielding.DURING, by="command").new == found["mails"]
    again = json.loads(run("invite", "wave-3", "--dry-run", "--format", "json"))
    assert (again["mails"], again["there_already"]) == (0, {"queued": found["mails"]})


def test_the_mail_in_a_dry_run_holds_no_secret(draft: Wave, run: Run) -> None:
    wave = waves.open_wave(wave=draft, by="command", moment=fielding.OPENS)
    text = run("invite", "wave-3", "--dry-run")
    assert "/a/..." in text
    assert not re.search(r"[a-z2-7]{26}", text)
    assert all(each.token_hash not in text for each in wave.invitations.all())


def test_a_dry_run_of_a_reminder_tells_when_and_who(draft: Wave, run: Run, box: Mailbox, at: Clock) -> None:
    with pytest.raises(NotNow, match="has no reminder left"):
        run("remind", "wave-3", "--dry-run")
    text = fielding.WAVE.replace("id: wave-3", "id: wave-4") + "reminders: [{at: 2020-04-04T09:00:00+02:00}]\n"
    wave = waves.create_wave(file=fielding.wave_file(text), frame=draft.frame, by="command", moment=fielding.BEFORE)
    wave = waves.open_wave(wave=wave, by="command", moment=fielding.OPENS)
    lines = run("remind", "wave-4", "--dry-run").splitlines()
    assert lines[0] == "reminder 1: Saturday 4 April 2020 at 09:00"
    assert lines[1] == "reminder-1 of wave-4: 0 mails to 0 boards"
    assert "boards that no mail has reached yet: 4: 99001, 99002, 99003, 99004" in lines
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    assert "reminder-1 of wave-4: 4 mails to 3 boards" in run("remind", "wave-4", "--dry-run")
    with pytest.raises(NotNow, match="reminder 1 of wave-4 is not due: Saturday 4 April 2020 at 09:00"):
        run("remind", "wave-4")
    at(datetime.fromisoformat("2020-04-04T09:00:00+02:00"))
    assert run("remind", "wave-4") == "reminder 1: 4 mails queued\n"


@pytest.mark.parametrize(("language", "subject", "says"), [
    ("nl", "[TEST] Hoeveel leerlingen vangt u op?", "DIT IS EEN PROEF"),
    ("en", "[TEST] How many pupils are in care?", "THIS IS A TEST"),
])  # fmt: skip
def test_a_test_mail_says_so_and_shows_the_questionnaire_and_is_no_board_s(
    draft: Wave, run: Run, box: Mailbox, client: Client, language: str, subject: str, says: str
) -> None:
    """Officer 1: with a test to oneself."""
    waves.open_wave(wave=draft, by="command", moment=fielding.OPENS)
    run("test", "wave-3", "--to", "anna@raad.example", "--language", language)
    (mail,) = box.mails
    text = mail.get_content()
    assert mail["Subject"] == subject
    assert text.startswith(says)
    assert "Stichting Voorbeeld" in text
    assert "/a/" not in text
    assert mail["List-Unsubscribe"] is None
    (link,) = re.findall(r"http://localhost:8000(/voorbeeld/\S+)", text)
    page = client.get(link)
    assert ("Hoeveel vangt u op?" if language == "nl" else "How many are in care?") in page.content.decode()
    assert "<style" not in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert not Message.objects.exists()
    assert set(Invitation.objects.values_list("outcome", flat=True)) == {"not_opened"}
    assert Entry.objects.get(act="wave.test_mail").details == {"language": language}


def test_the_questionnaire_is_shown_to_nobody_who_made_up_the_link(draft: Wave, client: Client) -> None:
    assert client.get(f"/voorbeeld/wave-3/{'a' * 26}/").status_code == 404


def test_a_test_mail_that_is_not_taken_is_told(draft: Wave, run: Run, box: Mailbox) -> None:
    box.to_recipient["anna@raad.example"] = "550 5.7.1 relaying denied"
    with pytest.raises(NotNow, match=r"did not take the test mail: 550 5\.7\.1 relaying denied"):
        run("test", "wave-3", "--to", "anna@raad.example")
    with pytest.raises(NotNow, match="is no e-mail address"):
        run("test", "wave-3", "--to", "anna")


def test_the_mails_of_a_wave_are_listed_by_state(draft: Wave, run: Run, box: Mailbox) -> None:
    wave = waves.open_wave(wave=draft, by="command", moment=fielding.OPENS)
    messages.send_invitations(wave, fielding.DURING, by="command")
    box.break_after_text_of = "bestuur@proef.example"
    numbers = list(Message.objects.values_list("pk", flat=True))
    with pytest.raises(mailserver.Unreachable):
        messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    text = run("mails", "wave-3", "--state", "uncertain")
    assert text.startswith("99001  invitation  uncertain  bestuur@proef.example  1  no receipt")
    rows = json.loads(run("mails", "wave-3", "--format", "json"))
    assert [row["state"] for row in rows].count("queued") == 3
    assert json.loads(run("mails", "wave-3", "--state", "sent", "--format", "json")) == []


def test_director_1_the_mail_says_what_a_director_wants_to_know(draft: Wave, box: Mailbox) -> None:
    """Director 1: the council's own domain, why now, minutes, until when, who sees the answers, a phone number."""
    wave = waves.open_wave(wave=draft, by="command", moment=fielding.OPENS)
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    for address, words in {
        "bestuur@proef.example": ["De minister vraagt het vandaag.", "3 minuten", "maandag 6 april 2020 om 12.00 uur",
                                  "Alleen de raad.", "030 000 00 01"],
        "board@vaart.example": ["The minister asks today.", "3 minutes", "Monday 6 April 2020 at 12:00",
                                "Only the council.", "030 000 00 01"],
    }.items():  # fmt: skip
        mail = box.to(address)
        text = mail.get_content()
        assert all(word in text for word in words)
        assert mail["From"] == "De raad <peiling@raad.example>"
        assert mail["Message-ID"].endswith("@raad.example>")
        assert mail.get_content_type() == "text/plain"  # so that there is no attachment


def test_an_address_for_two_boards_gets_the_link_of_each(draft: Wave, box: Mailbox) -> None:
    wave = waves.open_wave(wave=draft, by="command", moment=fielding.OPENS)
    contacts.keep({UnitId("99003"): [Address("kantoor@samen.example")]}, by="command", moment=fielding.DURING)
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    texts = [mail.get_content() for mail in box.mails if mail["To"] == "kantoor@samen.example"]
    found = {link for text in texts for link in re.findall(r"/a/[a-z2-7]{26}/", text)}
    assert found == {fielding.path_of(wave, number) for number in ("99001", "99002", "99003")}
