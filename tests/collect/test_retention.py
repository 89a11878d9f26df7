"""What leads to a person is forgotten some time after closing; what was answered stays, and links say so kindly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from typer.testing import CliRunner

from peilstok.audit.models import Entry
from peilstok.cli import app, surroundings
from peilstok.collect import codes, contacts, counting, retention, seals, snapshots, tasks, tokens, waves
from peilstok.collect.contacts import Address
from peilstok.collect.mail import messages
from peilstok.collect.models import Contact, Draft, EndedLink, HandedMail, Handover, Message, Revision, Wave
from peilstok.collect.parts import EVERYTHING
from peilstok.collect.retention import Forgotten
from peilstok.collect.snapshot import content, fingerprints
from peilstok.errors import NotNow
from peilstok.terms import UnitId
from tests.collect import by_school, fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]

DUE = fielding.CLOSES + timedelta(days=30)
WAVE = fielding.WAVE + "retention: {addresses: 30}\n"


@pytest.fixture
def closed(db: None, at: Clock) -> Wave:
    """One board answered, handed all to a colleague and has another address since; one has typed and not sent.

    Of two mails the server said in its refusal to whom.
    """
    wave = waves.open_wave(wave=fielding.draft_wave(WAVE), by="command", moment=fielding.OPENS)
    messages.send_invitations(wave, fielding.DURING, by="command")
    answered(Client(), fielding.path_of(wave))
    Visit(Client()).open(fielding.path_of(wave, "99002")).send().send(in_care=170)
    Message.objects.filter(invitation__unit__organisation__number="99003").update(
        state="failed", detail="550 no such user: board@vaart.example"
    )
    [handover] = by_school.hand_over(wave, EVERYTHING)
    refused = "550 no such user: saskia@school.example"
    HandedMail.objects.create(handover=handover, number=1, state="failed", queued_at=fielding.DURING, detail=refused)
    new = {UnitId("99001"): [Address("nieuw@proef.example")]}
    contacts.keep(new, by="command", moment=fielding.DURING)
    return waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)


def test_addresses_links_drafts_and_bounces_go_and_answers_stay(closed: Wave) -> None:
    path, kept = fielding.path_of(closed), snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    counted = retention.forget(wave=closed, by="command", moment=DUE)
    assert counted == Forgotten(addresses=1, handovers=1, links=5, codes=4, drafts=2, bounces=2)
    assert list(closed.invitations.values_list("code_hash", "token_hash")) == [(None, None)] * 4
    assert not Draft.objects.exists()
    assert set(Message.objects.values_list("detail", flat=True)) == {""}
    assert HandedMail.objects.get().detail == ""
    handover = Handover.objects.get()
    assert (handover.to_name, handover.to_email, handover.asked_by, handover.token_hash) == ("", "", "", None)
    assert Revision.objects.get().counted["in_care"] == 40
    assert list(counting.confirmed_answers(closed)) == ["99001"]
    assert fingerprints.fingerprint(content.files(closed)) == kept.fingerprint
    assert list(seals.differences(wave=closed)) == []
    assert len(path) > 20


def test_the_trail_says_how_many_of_each_and_nothing_about_anyone(closed: Wave) -> None:
    retention.forget(wave=closed, by="job:forget_due_waves", moment=DUE)
    entry = Entry.objects.get(act="wave.forget")
    assert (entry.actor, entry.subject, entry.at) == ("job:forget_due_waves", "wave:wave-3", DUE)
    assert entry.details == {
        "addresses": 1, "handovers": 1, "links": 5, "codes": 4, "drafts": 2, "bounces": 2,
    }  # fmt: skip


def test_a_second_time_finds_nothing_and_adds_no_entry(closed: Wave) -> None:
    retention.forget(wave=closed, by="command", moment=DUE)
    nothing = Forgotten(addresses=0, handovers=0, links=0, codes=0, drafts=0, bounces=0)
    assert retention.forget(wave=closed, by="command", moment=DUE + timedelta(days=1)) == nothing
    assert retention.forget_all_due(by="command", moment=DUE + timedelta(days=1)) == {}
    assert Entry.objects.filter(act="wave.forget").count() == 1


@pytest.mark.parametrize("days", [29, 0])
def test_before_its_time_nothing_goes(closed: Wave, days: int) -> None:
    moment = fielding.CLOSES + timedelta(days=days)
    assert retention.forget_all_due(by="command", moment=moment) == {}
    with pytest.raises(NotNow, match="are kept until 2020-05-06 10:00 UTC"):
        retention.forget(wave=closed, by="command", moment=moment)
    assert closed.invitations.exclude(token_hash=None).count() == 4


@pytest.mark.django_db
def test_an_open_wave_forgets_nothing_and_ninety_days_are_the_default(at: Clock) -> None:
    wave = fielding.opened_wave()
    with pytest.raises(NotNow, match="wave-3 is open"):
        retention.forget(wave=wave, by="command", moment=DUE + timedelta(days=999))
    assert retention.due(wave) == fielding.CLOSES + timedelta(days=90)


def test_the_daily_job_does_it_at_its_time(closed: Wave, at: Clock) -> None:
    at(DUE - timedelta(seconds=1))
    tasks.forget_due_waves(timestamp=0)
    assert not EndedLink.objects.exists()
    at(DUE)
    tasks.forget_due_waves(timestamp=0)
    assert EndedLink.objects.count() == 5


def test_a_link_says_kindly_that_the_poll_is_over_and_no_longer_whose_it_was(
    closed: Wave, client: Client, at: Clock
) -> None:
    path = fielding.path_of(closed)
    retention.forget(wave=closed, by="command", moment=DUE)
    at(DUE)
    for address in (path, f"{path}klaar/", f"{path}vraag/care/"):
        response = client.get(address)
        assert response.status_code == 410
        page = response.content.decode()
        assert "Deze peiling is voorbij" in page
        assert "‘Derde meting’ sloot op maandag 6 april 2020 om 12.00 uur." in page
        assert "Stichting De Proef" not in page
    assert "This poll is over" in client.get(f"{path}?lang=en").content.decode()
    assert client.get("/a/" + "a" * 26 + "/").status_code == 404


def tables() -> list[str]:
    return connection.introspection.table_names()


def rows_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {connection.ops.quote_name(table)} t")
        return [row for (row,) in cursor.fetchall()]


def test_what_is_left_of_a_link_leads_to_no_board(closed: Wave) -> None:
    link = tokens.token_of(fielding.invitation(closed))
    retention.forget(wave=closed, by="command", moment=DUE)
    hashes = list(EndedLink.objects.order_by("pk").values_list("pk", flat=True))
    assert len(hashes) == 5
    told = {table: "".join(rows_of(table)) for table in tables()}
    assert {table for table, rows in told.items() for each in (link, *hashes) if each in rows} == {"collect_endedlink"}
    assert [
        row for row in rows_of("collect_endedlink") if '"wave_id": "wave-3"' not in row or row.count(":") != 2
    ] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT token_hash FROM collect_endedlink ORDER BY ctid")  # as they stand on disk
        assert [each for (each,) in cursor.fetchall()] == hashes
    with pytest.raises(NotNow, match="have been removed"):
        tokens.token_of(fielding.invitation(closed))


@pytest.mark.parametrize(("key", "known"), [("another key", 0), (settings.SECRET_KEY, 4)])
def test_only_who_has_the_secret_key_too_can_tell_whose_a_link_was(closed: Wave, key: str, known: int) -> None:
    """As the manual says."""
    retention.forget(wave=closed, by="command", moment=DUE)
    made = {tokens.hash_of(tokens.token(each.uuid, key=key)) for each in closed.invitations.all()}
    assert EndedLink.objects.filter(pk__in=made).count() == known


@pytest.mark.parametrize("change", [{"forgotten_at": None}, {"closes": DUE}, {"forgotten_at": DUE, "title_nl": "x"}])
def test_the_database_lets_a_closed_wave_forget_once_and_change_nothing_else(
    closed: Wave, change: dict[str, object]
) -> None:
    if change == {"forgotten_at": None}:
        retention.forget(wave=closed, by="command", moment=DUE)
    with pytest.raises(DatabaseError, match="no longer a draft"), transaction.atomic():
        Wave.objects.filter(pk=closed.pk).update(**change)


def test_a_dry_run_counts_and_removes_nothing(closed: Wave, at: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "open_database", lambda: None)
    said = CliRunner().invoke(app, ["wave", "forget", "wave-3", "--dry-run"]).output
    counts = "addresses 1, handovers 1, links 5, codes 4, drafts 2, bounces 2"
    assert said == f"wave-3, from 2020-05-06 10:00 UTC on: {counts}\n"
    assert Contact.objects.exclude(email="").count() == 4
    at(DUE)
    assert CliRunner().invoke(app, ["wave", "forget", "wave-3"]).output == f"wave-3, removed: {counts}\n"
    assert Contact.objects.exclude(email="").count() == 3


def test_the_link_of_a_part_ends_as_that_of_the_board_does_and_the_code_is_not_known_any_more(
    closed: Wave, client: Client, at: Clock
) -> None:
    path, code = by_school.path_of(Handover.objects.get()), codes.code_of(fielding.invitation(closed))
    retention.forget(wave=closed, by="command", moment=DUE)
    at(DUE)
    assert client.get(path).status_code == 410
    assert client.post("/code/", {"code": code}).status_code == 404
    with pytest.raises(NotNow, match="have been removed"):
        codes.code_of(fielding.invitation(closed))


def test_an_old_address_whose_reader_opted_out_stays_so_that_nothing_is_ever_mailed_to_it(closed: Wave) -> None:
    old = Contact.objects.get(replaced_at__isnull=False)
    contacts.opt_out(contact=old, moment=fielding.AFTER)
    retention.forget(wave=closed, by="command", moment=DUE)
    old.refresh_from_db()
    assert old.email
    assert Contact.objects.current().exclude(email="").count() == 3


def test_mails_that_still_wait_do_not_go_out_any_more(closed: Wave) -> None:
    messages_, handed_ = Message.objects.filter(state="queued"), HandedMail.objects.filter(state="queued")
    HandedMail.objects.create(handover=Handover.objects.get(), number=2, state="queued", queued_at=fielding.DURING)
    assert (messages_.count(), handed_.count()) == (2, 1)
    retention.forget(wave=closed, by="command", moment=DUE)
    assert (messages_.count(), handed_.count()) == (0, 0)
    assert HandedMail.objects.get(number=2).state == "cancelled"


UNTIL = fielding.CLOSES + timedelta(days=1)
EARLY = fielding.DURING + timedelta(hours=1)


@pytest.fixture
def closed_early(db: None, at: Clock) -> Wave:
    """Closed three days before its time; late answers are taken longer than addresses are kept. One board answered."""
    text = fielding.WAVE + f"late_until: {UNTIL.isoformat()}\nretention: {{addresses: 2}}\n"
    wave = waves.open_wave(wave=fielding.draft_wave(text), by="command", moment=fielding.OPENS)
    answered(Client(), fielding.path_of(wave), in_care=40)
    return waves.close_wave(wave=wave, by="command", moment=EARLY)


def test_nothing_is_forgotten_while_late_answers_are_taken_however_early_the_wave_closed(
    closed_early: Wave, at: Clock
) -> None:
    last = UNTIL - timedelta(seconds=1)
    assert last > EARLY + timedelta(days=2)
    assert retention.due(closed_early) == UNTIL
    assert retention.forget_all_due(by="command", moment=last) == {}
    at(last)
    visit = Visit(Client()).open(f"{fielding.path_of(closed_early)}vraag/care/?terug=controle").send(in_care=55).send()
    assert visit.status == 200
    assert [each.counted["in_care"] for each in Revision.objects.order_by("number")] == [40, 55]
    assert list(retention.forget_all_due(by="command", moment=UNTIL)) == ["wave-3"]


def test_the_database_refuses_to_forget_while_late_answers_are_taken(closed_early: Wave) -> None:
    with pytest.raises(DatabaseError, match="nothing_is_forgotten_before_late_until"), transaction.atomic():
        Wave.objects.update(forgotten_at=UNTIL - timedelta(seconds=1))
    Wave.objects.update(forgotten_at=UNTIL)


def replaced() -> list[tuple[str, str, str]]:
    return list(Contact.objects.exclude(replaced_at=None).order_by("pk").values_list("email", "name", "phone"))


@pytest.fixture
def moved(db: None, at: Clock) -> Wave:
    """A closed wave that mailed the second address of a board; the first never had a mail, and there is a third."""
    wave = waves.open_wave(wave=fielding.draft_wave(WAVE), by="command", moment=fielding.OPENS)
    replace("tweede@proef.example")
    messages.send_invitations(wave, fielding.DURING, by="command")
    replace("derde@proef.example")
    return waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)


def replace(email: str) -> None:
    address = Address(email, name="J. de Proef", phone="030 000 00 02")
    contacts.keep({UnitId("99001"): [address]}, by="command", moment=fielding.DURING)


def test_an_address_that_was_replaced_and_never_mailed_goes_the_next_night(moved: Wave, at: Clock) -> None:
    at(fielding.AFTER)
    tasks.forget_due_waves(timestamp=0)
    assert replaced() == [("", "", ""), ("tweede@proef.example", "J. de Proef", "030 000 00 02")]
    entry = Entry.objects.get(act="contacts.forget")
    assert (entry.actor, entry.details) == ("job:forget_due_waves", {"addresses": 1, "names": 0})
    tasks.forget_due_waves(timestamp=0)
    assert Entry.objects.filter(act="contacts.forget").count() == 1
    assert Contact.objects.current().exclude(email="").count() == 3


def test_an_address_that_is_replaced_when_its_waves_have_forgotten_goes_the_next_night(moved: Wave, at: Clock) -> None:
    retention.forget(wave=moved, by="command", moment=DUE)
    assert Message.objects.filter(contact__email="info@voorbeeld.example").exists()
    contacts.keep({UnitId("99002"): [Address("nieuw@voorbeeld.example")]}, by="command", moment=DUE)
    assert retention.found(Wave.objects.get()).addresses == 0
    at(DUE + timedelta(days=200))
    tasks.forget_due_waves(timestamp=0)
    assert set(replaced()) == {("", "", "")}


def test_of_an_old_address_whose_reader_opted_out_no_name_and_telephone_number_stay(moved: Wave, at: Clock) -> None:
    contacts.opt_out(contact=Contact.objects.get(email="tweede@proef.example"), moment=fielding.AFTER)
    at(DUE)
    tasks.forget_due_waves(timestamp=0)
    assert replaced() == [("", "", ""), ("tweede@proef.example", "", "")]
    assert Entry.objects.get(act="contacts.forget").details == {"addresses": 1, "names": 1}
