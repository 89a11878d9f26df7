"""A wave from file to closing. Anna opens it; the frame stays as it was then."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from peilstok.audit.models import Entry
from peilstok.collect import contacts, counting, snapshots, tasks, waves
from peilstok.collect.contacts import Address
from peilstok.collect.models import Contact, Invitation, Message, Revision, Wave
from peilstok.errors import NotNow, Refused
from peilstok.register import frames
from peilstok.register.models import FrameUnit, Organisation, Region, Site
from peilstok.terms import Missing, UnitId
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]


@pytest.mark.django_db
def test_a_wave_goes_from_draft_to_open_to_closed_and_each_step_is_audited(at: Clock) -> None:
    wave = fielding.draft_wave()
    assert wave.state == "draft"
    wave = waves.open_wave(wave=wave, by="user:1", moment=fielding.OPENS)
    assert (wave.state, wave.opened_at) == ("open", fielding.OPENS)
    wave = waves.close_wave(wave=wave, by="user:1", moment=fielding.DURING)
    assert (wave.state, wave.closed_at) == ("closed", fielding.DURING)
    acts = list(Entry.objects.filter(subject="wave:wave-3").values_list("act", "actor"))
    assert acts == [("wave.create", "command"), ("wave.open", "user:1"), ("wave.close", "user:1")]


def test_the_table_of_what_may_be_done_to_a_wave_is_complete() -> None:
    assert set(waves.TRANSITIONS) == set(itertools.product(Wave.State, waves.Act))


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(Wave.State))
@pytest.mark.parametrize("act", list(waves.Act))
def test_what_the_table_forbids_is_refused_and_changes_nothing(at: Clock, state: Wave.State, act: waves.Act) -> None:
    wave = fielding.wave_in(state)
    do = {
        waves.Act.OPEN: waves.open_wave,
        waves.Act.CLOSE: waves.close_wave,
        waves.Act.FREEZE: lambda **about: snapshots.freeze(**about).wave,
    }[act]
    if waves.TRANSITIONS[state, act]:
        assert do(wave=wave, by="command", moment=fielding.DURING).state == waves.TRANSITIONS[state, act]
    else:
        with pytest.raises(NotNow):
            do(wave=wave, by="command", moment=fielding.DURING)
        assert Wave.objects.get().state == state


@pytest.mark.django_db
def test_every_board_of_the_frame_is_invited_once_also_without_an_address(at: Clock) -> None:
    wave = fielding.opened_wave()
    assert wave.invitations.count() == 4
    assert not Contact.objects.filter(organisation__number="99004").exists()
    assert fielding.invitation(wave, "99003").language == "en"
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (fielding.OPENS - timedelta(seconds=1), False),
        (fielding.OPENS, True),
        (fielding.CLOSES - timedelta(seconds=1), True),
        (fielding.CLOSES, False),
    ],
)
def test_a_wave_opens_between_its_two_times_only(at: Clock, moment: datetime, may: bool) -> None:
    wave = fielding.draft_wave()
    if may:
        assert waves.open_wave(wave=wave, by="command", moment=moment).state == "open"
    else:
        with pytest.raises(NotNow, match="may be open from"):
            waves.open_wave(wave=wave, by="command", moment=moment)


@pytest.mark.django_db
def test_the_same_file_again_gives_the_same_wave_and_another_one_is_refused(at: Clock) -> None:
    wave = fielding.draft_wave()
    again = waves.create_wave(file=fielding.wave_file(), frame=wave.frame, by="command", moment=fielding.DURING)
    assert again == wave
    assert Entry.objects.filter(act="wave.create").count() == 1
    other = fielding.wave_file(fielding.WAVE.replace("Derde", "Vierde"))
    with pytest.raises(NotNow, match="its own id"):
        waves.create_wave(file=other, frame=wave.frame, by="command", moment=fielding.DURING)


@pytest.mark.django_db
def test_a_wave_before_it_that_is_not_there_is_refused(at: Clock) -> None:
    file = fielding.wave_file(fielding.WAVE.replace("id: wave-3", "id: wave-3\nprevious: wave-2"))
    with pytest.raises(Refused, match="W008"):
        waves.create_wave(file=file, frame=fielding.frame(), by="command", moment=fielding.BEFORE)


LATER = (
    fielding.WAVE.replace("id: wave-3", "id: wave-4\nprevious: wave-3")
    .replace("date: 2020-04-06", "date: 2020-04-13")
    .replace("closes: 2020-04-06", "closes: 2020-04-13")
)
WIDER = fielding.QUESTIONNAIRE.replace("{name: in_care, type: number, ", "{name: in_care, type: number, maximum: 900, ")
DECLARED = WIDER.replace(
    "maximum: 900, ",
    "maximum: 900, changed: {since: care, comparable: true, reason: {nl: Meer kan niet., en: No more can be.}}, ",
)


def test_a_wave_whose_questionnaire_keeps_silent_about_what_changed_is_refused_and_nothing_is_kept(wave: Wave) -> None:
    entries = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        waves.create_wave(file=fielding.wave_file(LATER, WIDER), frame=wave.frame, by="command", moment=fielding.DURING)
    (found,) = refused.value.findings
    line, text = next((n, each) for n, each in enumerate(WIDER.splitlines(), start=1) if "name: in_care" in each)
    assert (found.code, found.about) == ("Q071", {"item": "in_care"})
    assert str(found.place) == f"questionnaire.yaml:{line}:{text.index('in_care') + 1}"
    assert not Wave.objects.filter(pk="wave-4").exists()
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("text", "questionnaire"),
    [
        (LATER, fielding.QUESTIONNAIRE),
        (LATER, DECLARED),
        (LATER, DECLARED.replace("maximum: 900, ", "")),  # declared in vain, which is a warning
        (LATER.replace("previous: wave-3\n", ""), WIDER),
    ],
    ids=["nothing changed", "declared", "declared in vain", "no wave before it"],
)
def test_a_wave_is_kept_where_nothing_changed_or_it_is_declared_or_none_came_before(
    wave: Wave, text: str, questionnaire: str
) -> None:
    file = fielding.wave_file(text, questionnaire)
    assert waves.create_wave(file=file, frame=wave.frame, by="command", moment=fielding.DURING).pk == "wave-4"


def test_the_frame_of_an_open_wave_can_neither_be_changed_nor_removed(wave: Wave) -> None:
    assert wave.frame_fingerprint == wave.frame.fingerprint
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        FrameUnit.objects.update(pupils_bo=1)
    with pytest.raises(NotNow, match="used by a wave"):
        frames.remove_frame(frame=wave.frame, moment=fielding.DURING, by="command")
    assert FrameUnit.objects.count() == 4


def added_unit(wave: Wave) -> object:
    newcomer = Organisation.objects.create(number="99009", name="Stichting Later")
    return FrameUnit.objects.create(
        frame=wave.frame, organisation=newcomer, name=newcomer.name, sites_count=1, brin_count=1, pupils_bo=10
    )


def site_of(unit: FrameUnit, location: str = "00") -> Site:
    gemeente, _ = Region.objects.get_or_create(kind="municipality", code="0344", defaults={"name": "Utrecht"})
    return Site.objects.create(unit=unit, brin="99XX", location=location, name="De Proef", municipality=gemeente)


@pytest.mark.parametrize(
    "meddle",
    [
        added_unit,
        lambda wave: FrameUnit.objects.get(frame=wave.frame, organisation__number="99009").delete(),
        lambda wave: site_of(wave.frame.units.first(), "01"),
        lambda wave: Site.objects.all().delete(),
    ],
    ids=["add a board", "remove a board", "add a site", "remove a site"],
)
@pytest.mark.django_db
def test_nothing_is_added_to_or_taken_from_a_frame_that_a_wave_uses(
    at: Clock, meddle: Callable[[Wave], object]
) -> None:
    kept = fielding.frame()
    site_of(kept.units.first())
    if meddle is not added_unit:
        FrameUnit.objects.create(
            frame=kept, organisation=Organisation.objects.create(number="99009", name="Z"), sites_count=1, brin_count=1
        )
    wave = fielding.draft_wave(on=kept)
    before = (FrameUnit.objects.count(), Site.objects.count())
    with pytest.raises(DatabaseError, match="a frame that a wave uses"), transaction.atomic():
        meddle(wave)
    assert (FrameUnit.objects.count(), Site.objects.count()) == before


@pytest.mark.django_db
def test_a_frame_that_no_wave_uses_can_still_be_removed_beside_one_that_is_used(at: Clock) -> None:
    fielding.draft_wave()
    other = fielding.frame(on=date(2020, 10, 1))
    site_of(other.units.first())
    frames.remove_frame(frame=other, moment=fielding.DURING, by="command")
    assert (FrameUnit.objects.count(), Site.objects.count()) == (4, 0)


CHANGES_OF_A_WAVE = {
    "file": "x",
    "file_fingerprint": "e" * 64,
    "questionnaire": "x",
    "questionnaire_fingerprint": "e" * 64,
    "plan": "format: peilstok/plan/1",
    "frame_fingerprint": "e" * 64,
    "date": date(2020, 4, 7),
    "opens": fielding.BEFORE,
    "closes": fielding.AFTER,
    "opened_at": fielding.AFTER,
}


@pytest.mark.parametrize("name", CHANGES_OF_A_WAVE)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_what_a_wave_was_opened_with_stays_whoever_asks(wave: Wave, name: str, closed: bool) -> None:
    if closed:
        waves.close_wave(wave=wave, by="user:1", moment=fielding.DURING)
    kept = Wave.objects.values().get()
    with pytest.raises(DatabaseError, match="no longer a draft"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(**{name: CHANGES_OF_A_WAVE[name]})
    assert Wave.objects.values().get() == kept


@pytest.mark.django_db
def test_a_draft_may_still_be_changed(at: Clock) -> None:
    wave = fielding.draft_wave()
    other = fielding.frame(on=date(2020, 10, 1))
    Wave.objects.filter(pk=wave.pk).update(plan="x", file="x", frame=other)
    assert Wave.objects.get().plan == "x"


def test_an_open_wave_moves_to_no_other_frame_and_is_not_removed(wave: Wave) -> None:
    other = fielding.frame(on=date(2020, 10, 1))
    for meddle in (
        lambda: Wave.objects.update(frame=other),
        lambda: Wave.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="no longer a draft"), transaction.atomic():
            meddle()
    assert Wave.objects.get().frame == wave.frame


@pytest.mark.django_db
@pytest.mark.parametrize("after", list(Wave.State))
@pytest.mark.parametrize("before", list(Wave.State))
def test_the_database_lets_a_wave_go_forward_only(at: Clock, before: Wave.State, after: Wave.State) -> None:
    wave = fielding.wave_in(before)
    facts = {"opened_at": fielding.OPENS, "closed_at": None, "frame_fingerprint": wave.frame.fingerprint}
    if after == "draft":
        facts |= {"opened_at": None, "frame_fingerprint": ""}
    if after == "closed":
        facts |= {"closed_at": fielding.DURING}
    allowed = before == after or after in {waves.TRANSITIONS[before, act] for act in waves.Act}
    try:
        with transaction.atomic():
            Wave.objects.update(state=after, **facts)
    except DatabaseError:
        assert not allowed
    else:
        assert allowed


def test_a_job_closes_what_is_due_and_nothing_else(wave: Wave, at: Clock) -> None:
    at(fielding.CLOSES - timedelta(seconds=1))
    tasks.close_due_waves.func(timestamp=0)
    assert Wave.objects.get().state == "open"
    at(fielding.CLOSES)
    tasks.close_due_waves.func(timestamp=0)
    assert Wave.objects.get().state == "closed"
    assert Entry.objects.get(act="wave.close").actor == "job:close_due_waves"


def test_a_due_wave_that_was_closed_by_hand_meanwhile_keeps_no_other_open(
    wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = waves.create_wave(
        file=fielding.wave_file(fielding.WAVE.replace("id: wave-3", "id: wave-4")),
        frame=wave.frame,
        by="command",
        moment=fielding.BEFORE,
    )
    waves.open_wave(wave=later, by="command", moment=fielding.OPENS)
    close = waves.close_wave

    def beaten_to_it(*, wave: Wave, by: str, moment: datetime) -> Wave:
        if wave.pk == "wave-3":
            close(wave=wave, by="user:1", moment=moment)
        return close(wave=wave, by=by, moment=moment)

    monkeypatch.setattr(waves, "close_wave", beaten_to_it)
    assert waves.close_due_waves(by="job:close_due_waves", moment=fielding.CLOSES) == ["wave-4"]
    closed = Entry.objects.filter(act="wave.close").values_list("subject", "actor")
    assert list(closed) == [("wave:wave-3", "user:1"), ("wave:wave-4", "job:close_due_waves")]


def test_an_early_closing_takes_no_more_answers(wave: Wave, client: Client) -> None:
    waves.close_wave(wave=wave, by="command", moment=fielding.DURING)
    assert Visit(client).open(fielding.path_of(wave)).status == 410


def test_the_answers_that_count_are_those_of_the_latest_revision_of_each_board(wave: Wave, client: Client) -> None:
    visit = answered(client, fielding.path_of(wave), in_care=40)
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=0).send()
    answered(Client(), fielding.path_of(wave, "99002"), in_care=7)
    Visit(Client()).open(fielding.path_of(wave, "99003")).send().send(in_care=5, lead="other")  # never confirmed
    found = counting.confirmed_answers(wave)
    assert list(found) == ["99001", "99002"]
    assert (found[UnitId("99001")]["in_care"], found[UnitId("99002")]["in_care"]) == (0, 7)
    assert found[UnitId("99001")]["vulnerable"] is Missing.NOT_ASKED
    assert found[UnitId("99002")]["vulnerable"] is Missing.NOT_ANSWERED


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_or_remove_a_revision(wave: Wave, client: Client, act: str) -> None:
    answered(client, fielding.path_of(wave))
    revisions = Revision.objects.all()
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        revisions.update(reference="x") if act == "update" else revisions.delete()
    assert Revision.objects.get().reference != "x"


def test_the_database_refuses_a_second_invitation_or_mail_of_a_kind(wave: Wave) -> None:
    one = fielding.invitation(wave)
    fielding.mail(wave).save()
    for double in (
        lambda: Invitation.objects.create(wave=wave, unit=one.unit, token_hash="x"),
        lambda: fielding.mail(wave).save(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            double()


@pytest.mark.django_db
def test_addresses_are_kept_and_replaced() -> None:
    fielding.frame()
    fielding.addresses()
    contacts.keep({UnitId("99001"): [Address("nieuw@proef.example", "en")]}, by="command", moment=fielding.DURING)
    assert Contact.objects.current().count() == 3
    assert Contact.objects.current().get(organisation__number="99001").email == "nieuw@proef.example"
    assert "@" not in str(list(Entry.objects.values_list("details", flat=True)))


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_file_of_addresses_is_read_with_either_separator(separator: str) -> None:
    text = "\ufeffNumber,Email,Language\n99001,a@b.example,\n99002,c@d.example,en\n".replace(",", separator)
    found = contacts.read(text, file="contacts.csv", known=["99001", "99002"])
    assert found == {"99001": [Address("a@b.example")], "99002": [Address("c@d.example", "en")]}


def test_all_faults_of_a_file_of_addresses_come_at_once_with_their_lines() -> None:
    text = "number,email,language\n1,a@b.example,nl\n99001,nonsense,fr\n99002,a@b.example,nl\n99002,A@b.example,\n"
    with pytest.raises(Refused) as refused:
        contacts.read(text, file="contacts.csv", known=["99001", "99002"])
    found = [(finding.code, finding.place.line) for finding in refused.value.findings]
    assert found == [("W021", 2), ("W022", 3), ("W024", 3), ("W023", 5)]


def test_a_file_of_addresses_without_its_columns_is_refused() -> None:
    with pytest.raises(
        Refused, match=r"W020 error contacts.csv:1:1 bestuur, mail \| a column number and a column email"
    ):
        contacts.read("bestuur,mail\n", file="contacts.csv", known=[])


@pytest.mark.django_db
def test_frames_of_other_dates_do_not_get_in_each_others_way(at: Clock) -> None:
    wave = fielding.draft_wave()
    fielding.frame(on=date(2020, 10, 1))
    assert waves.open_wave(wave=wave, by="command", moment=fielding.OPENS).invitations.count() == 4
