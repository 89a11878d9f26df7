"""A board hands parts to its schools and colleagues. Saskia of De Linden fills in hers; Bram sends the whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peilstok.audit.models import Entry
from peilstok.collect import answers, content, handovers, hands, respondents, saving, waves
from peilstok.collect.answers import Confirmed
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.handovers import MOST, TRANSITIONS, Act, Recipient
from peilstok.collect.mail import handed
from peilstok.collect.models import Draft, HandedMail, Handover, Revision, Wave
from peilstok.collect.parts import EVERYTHING, Kind, Part
from peilstok.errors import NotNow
from peilstok.terms import ItemName, Missing, UnitId
from tests.collect import by_school, fielding
from tests.collect.by_school import EIKEN, LINDEN, REMARKS
from tests.collect.visiting import Visit

LATER = fielding.DURING + timedelta(hours=13)


@pytest.fixture
def wave(db: None, at: object) -> Wave:
    return by_school.opened_wave()


def done_with_linden(wave: Wave, in_care: str = "46") -> Visit:
    return by_school.handed(wave, LINDEN).send(in_care__s00ap=in_care).send()


def test_a_board_hands_a_school_its_part_and_sees_that_it_is_done(wave: Wave) -> None:
    """Director 11: name and address, own link; done or not done; sent without them."""
    visit = by_school.board(wave).send()  # the list of schools
    visit.open(f"{fielding.path_of(wave)}delen/geef/schools--s00ap/")
    assert "De Linden" in visit.html
    sent = {"name.schools--s00ap": "Saskia", "email.schools--s00ap": "saskia@school.example", "asked_by": "Bram"}
    visit.send(**sent)
    assert visit.url.endswith("/delen/")
    assert "Saskia, saskia@school.example" in visit.html
    assert "nog niet geopend" in visit.html
    saskia = Visit(Client()).open(by_school.path_of(Handover.objects.get()))
    assert "Bram van Stichting De Proef vraagt u dit in te vullen." in saskia.html
    saskia.send(in_care__s00ap="46")
    assert "mee bezig" in visit.open(visit.url).html
    saskia.send()
    assert "U bent klaar" in saskia.html
    assert ">klaar<" in visit.open(visit.url).html


def test_who_has_a_part_saves_into_the_answers_of_the_board(wave: Wave) -> None:
    done_with_linden(wave)
    assert Draft.objects.get().answers == {"in_care.s00ap": 46}
    visit = by_school.board(wave).send()
    assert visit.open(f"{fielding.path_of(wave)}vraag/care--s00ap/").value("in_care.s00ap") == "46"
    assert "Saskia heeft dit voor u ingevuld en is klaar." in visit.html


def test_a_part_has_the_same_rules_as_the_board_itself(wave: Wave) -> None:
    visit = by_school.handed(wave, LINDEN).send(in_care__s00ap="300")
    assert "U vulde 300 van 200 leerlingen in." in visit.html
    assert Draft.objects.get().answers == {}
    assert visit.send(in_care__s00ap="23 %").url.endswith("/controle/")
    assert Draft.objects.get().answers == {"in_care.s00ap": 46}


def test_who_has_a_part_sees_nothing_of_the_rest(wave: Wave) -> None:
    by_school.board(wave).send().send(in_care__s00ap="1").send(in_care__s00bk="77").send(remark="geheim")
    visit = by_school.handed(wave, LINDEN)
    pages = [visit.html, visit.open(visit.url.replace("controle", "vraag/care--s00ap")).html, visit.send().send().html]
    secrets = ("De Eiken", "s00bk", "77", "geheim", "School 1 van", "/delen/")
    for html in pages:
        assert "De Linden" in html
        assert not [secret for secret in secrets if secret in html]
    assert "Vraag 1 van 1" in pages[1]
    assert "U bent klaar" in pages[2]


@pytest.mark.parametrize(
    ("method", "where"),
    [
        ("get", "vraag/care--s00bk/"),
        ("post", "vraag/care--s00bk/"),
        ("post", "vraag/care--s00bk/bewaar/"),
        ("get", "vraag/schools/"),
        ("post", "vraag/schools/"),
        ("get", "vraag/all/"),
        ("post", "niet/"),
        ("get", "delen/"),
        ("get", "delen/geef/alles/"),
        ("post", "delen/geef/alles/"),
        ("post", "delen/terug/"),
        ("post", "delen/herinner/"),
        ("get", "som/in_care/"),
        ("post", "som/in_care/"),
        ("get", "klaar/antwoorden.pdf"),
    ],
)
def test_what_is_not_part_of_it_is_not_there_for_who_has_a_part(wave: Wave, method: str, where: str) -> None:
    by_school.board(wave).send().send(in_care__s00ap="1").send(in_care__s00bk="77").send().send()
    before = (Draft.objects.get().answers, Draft.objects.get().version)
    link = by_school.path_of(by_school.hand_over(wave, LINDEN)[0])
    assert getattr(Client(), method)(link + where, {"in_care.s00bk": "5", "value": "9"}).status_code == 404
    assert Client().get(f"{link}vraag/care--s00ap/").status_code == 200  # where its own page is
    draft = Draft.objects.get()
    assert (draft.answers, draft.version) == before
    assert fielding.invitation(wave).refused_at is None
    assert Handover.objects.count() == 1


def test_the_write_itself_refuses_a_page_outside_the_part(wave: Wave) -> None:
    """Not only the view: whoever calls it."""
    hand = hands.of_handover(by_school.hand_over(wave, LINDEN)[0])
    invitation = fielding.invitation(wave)
    for write in (saving.save_page, saving.keep_page):
        with pytest.raises(NotNow, match="not a page"):
            write(  # type: ignore[operator]
                invitation=invitation, page="care--s00bk", typed={"in_care.s00bk": ["5"]}, version=0, form="",
                language="nl", moment=fielding.DURING, hand=hand,
            )  # fmt: skip
    with pytest.raises(NotNow):
        answers.confirm(invitation=invitation, version=0, moment=fielding.DURING, hand=hand)
    with pytest.raises(NotNow):
        answers.refuse(invitation=invitation, moment=fielding.DURING, hand=hand)
    with pytest.raises(NotNow):
        handovers.hand_over(invitation=invitation, to=[by_school.to(EIKEN)], hand=hand, moment=fielding.DURING)


def test_the_part_is_done_only_when_all_of_it_is_filled_in(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    hand = hands.of_handover(handover)
    assert not answers.finish(invitation=fielding.invitation(wave), moment=fielding.DURING, hand=hand)
    handover.refresh_from_db()
    assert handover.done_at is None


def test_what_is_changed_after_done_is_to_be_called_done_again(wave: Wave) -> None:
    visit = done_with_linden(wave)
    page = next(link for link in by_school.links(visit.html) if "/vraag/care--s00ap/" in link)
    visit.open(page).send(in_care__s00ap="47")
    assert Handover.objects.get().state == Handover.State.OPENED
    assert visit.url.endswith("/controle/")
    visit.send()
    assert Handover.objects.get().state == Handover.State.DONE
    visit.open(page).send()  # looked at, and nothing changed
    assert Handover.objects.get().state == Handover.State.DONE


def test_the_board_sends_without_a_part_that_is_not_done(wave: Wave) -> None:
    """Director 11: "I can send without them"."""
    by_school.hand_over(wave, LINDEN)
    visit = by_school.board(wave).send()
    visit.open(f"{fielding.path_of(wave)}vraag/care--s00bk/").send(in_care__s00bk="3").send()
    assert "De Linden (Saskia)" in visit.html
    assert "Vóór u kunt versturen" not in visit.html
    visit.send()
    assert not Revision.objects.exists()  # not by accident
    visit.send(without="yes")
    assert "Uw bestuur heeft geantwoord" in visit.html
    counted = Revision.objects.get().counted
    assert counted["in_care.s00bk"] == 3
    assert counted["in_care.s00ap"] == {"missing": "not_answered"}
    # what the other school has is not what the board has: that is not known
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] is Missing.NOT_ANSWERED


def test_an_open_page_that_nobody_was_asked_for_stands_in_the_way_of_sending(wave: Wave) -> None:
    by_school.hand_over(wave, LINDEN)
    visit = by_school.board(wave).send().open(f"{fielding.path_of(wave)}controle/").send(without="yes")
    assert not Revision.objects.exists()
    assert "De Eiken: Opvang" in visit.html


def test_nothing_at_all_is_not_sent(wave: Wave) -> None:
    by_school.hand_over(wave, LINDEN, EIKEN, REMARKS, Part(Kind.PAGE, "schools"))
    Draft.objects.create(invitation=fielding.invitation(wave), version=1, saved_at=fielding.DURING)
    outcome, _ = answers.confirm(
        invitation=fielding.invitation(wave), version=1, moment=fielding.DURING, leave_out=True
    )
    assert outcome is Confirmed.INCOMPLETE


def test_what_schools_say_counts_once_for_their_board(wave: Wave) -> None:
    done_with_linden(wave)
    by_school.handed(wave, EIKEN).send(in_care__s00bk="3").send()
    by_school.board(wave).send()
    visit = by_school.board(wave)
    visit.open(f"{fielding.path_of(wave)}vraag/all/").send().send()
    assert "Uw bestuur heeft geantwoord" in visit.html
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] == 49
    assert list(confirmed_answers(wave)) == ["99001"]
    assert Revision.objects.get().channel == Revision.Channel.WEB


def test_what_a_school_changes_after_sending_counts_when_the_board_sends_again(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    by_school.board(wave).send().send(in_care__s00ap="1").send(in_care__s00bk="3").send().send()
    visit = Visit(Client()).open(by_school.path_of(handover))
    visit.open(f"{by_school.path_of(handover)}vraag/care--s00ap/").send(in_care__s00ap="46").send()
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] == 4
    board = by_school.board(wave)
    assert "U hebt daarna iets gewijzigd en dat nog niet verstuurd." in board.html
    board.open(f"{fielding.path_of(wave)}controle/").send()
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] == 49
    assert list(Revision.objects.values_list("number", flat=True)) == [1, 2]


def test_a_colleague_who_opens_the_link_later_sees_that_the_board_has_answered(wave: Wave) -> None:
    """Director 17: both with the board's own link and with one of a part."""
    handover = by_school.hand_over(wave, LINDEN)[0]
    by_school.board(wave).send().send(in_care__s00ap="1").send(in_care__s00bk="3").send().send()
    assert "Uw bestuur heeft geantwoord" in Visit(Client()).open(fielding.path_of(wave)).html
    part = Visit(Client()).open(f"{by_school.path_of(handover)}vraag/care--s00ap/")
    assert "Het bestuur heeft de antwoorden al verstuurd." in part.html
    part.open(by_school.path_of(handover)).send()
    assert "Stichting De Proef heeft de antwoorden verstuurd." in part.html


def test_on_another_device_the_same_link_goes_on_where_it_was(wave: Wave) -> None:
    """Director 10: the board's link, and that of a part."""
    by_school.board(wave).send().send(in_care__s00ap="46")
    other = Visit(Client()).open(fielding.path_of(wave))
    assert "De Eiken" in other.html
    assert other.url.endswith("/")
    handover = by_school.hand_over(wave, LINDEN)[0]
    again = Visit(Client()).open(by_school.path_of(handover))  # a browser that has not been here before
    assert again.url.endswith("/controle/")


def test_both_versions_are_kept_of_a_correction_and_the_last_counts_once(wave: Wave) -> None:
    """Director 16."""
    visit = by_school.board(wave).send().send(in_care__s00ap="1").send(in_care__s00bk="3").send().send()
    visit.open(f"{fielding.path_of(wave)}vraag/care--s00ap/?terug=controle").send(in_care__s00ap="2").send()
    assert [each.counted["in_care.s00ap"] for each in Revision.objects.order_by("number")] == [1, 2]
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] == 5


def test_a_board_that_does_not_take_part_says_so_in_one_tap_and_its_schools_get_no_more_mail(wave: Wave) -> None:
    """Director 18: what waits for its schools does not go out any more either."""
    by_school.hand_over(wave, LINDEN, mail=True)
    visit = by_school.board(wave)
    visit.client.post(visit.url + "niet/")
    assert fielding.invitation(wave).outcome == "refused"
    numbers = list(HandedMail.objects.values_list("pk", flat=True))
    assert handed.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 0
    assert HandedMail.objects.get().state == HandedMail.State.CANCELLED


def test_a_colleague_with_everything_sends_for_the_board(wave: Wave) -> None:
    visit = by_school.handed(wave, EVERYTHING)
    assert "Wij doen niet mee" not in visit.html
    visit.send().send(in_care__s00ap="46").send(in_care__s00bk="3").send().send()
    assert "Uw bestuur heeft geantwoord" in visit.html
    revision, handover = Revision.objects.get(), Handover.objects.get()
    assert (revision.channel, revision.by) == (Revision.Channel.DELEGATE, f"handover:{handover.pk}")
    assert handover.state == Handover.State.DONE
    entry = Entry.objects.get(act="answer.confirm")
    assert (entry.actor, entry.details["invitation"]) == (f"handover:{handover.pk}", revision.invitation_id)


def test_a_board_cannot_send_an_empty_answer_because_a_colleague_has_everything(wave: Wave) -> None:
    by_school.hand_over(wave, EVERYTHING)
    by_school.board(wave).send().open(f"{fielding.path_of(wave)}controle/").send(without="yes")
    assert not Revision.objects.exists()


def test_a_part_that_is_taken_back_keeps_what_was_filled_in_and_its_link_works_no_longer(wave: Wave) -> None:
    saskia = by_school.handed(wave, LINDEN).send(in_care__s00ap="46")
    board = by_school.board(wave).send()
    board.open(f"{fielding.path_of(wave)}delen/")
    board.client.post(f"{fielding.path_of(wave)}delen/terug/", {"handover": [Handover.objects.get().pk]})
    gone = saskia.open(by_school.path_of(Handover.objects.get()))
    assert gone.status == 410
    assert "heeft dit deel teruggenomen" in gone.html
    assert "De Linden" not in gone.html
    assert Draft.objects.get().answers["in_care.s00ap"] == 46
    by_school.hand_over(wave, LINDEN)  # and somebody else can have it


def test_what_is_typed_after_it_was_taken_back_is_not_kept(wave: Wave) -> None:
    saskia = by_school.handed(wave, LINDEN)
    handover, invitation = Handover.objects.get(), fielding.invitation(wave)
    stale = hands.of_handover(Handover.objects.get())  # found before it was taken back
    handovers.take_back(
        invitation=invitation, numbers=[handover.pk], hand=hands.of_board(invitation), moment=fielding.DURING
    )
    assert saskia.send(in_care__s00ap="46").status == 410
    with pytest.raises(NotNow, match="taken this part back"):
        saving.save_page(
            invitation=invitation, page="care--s00ap", typed={"in_care.s00ap": ["46"]}, version=0, form="",
            language="nl", moment=fielding.DURING, hand=stale,
        )  # fmt: skip
    assert not Draft.objects.exists()


def test_a_part_of_a_school_that_is_off_the_list_asks_nothing(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    by_school.board(wave).send(schools=["s00bk"])
    visit = Visit(Client()).open(by_school.path_of(handover))
    assert "Hier is nu niets in te vullen" in visit.html


def test_looking_at_the_link_of_a_part_writes_nothing(wave: Wave) -> None:
    """A mail scanner opens it twice."""
    handover = by_school.hand_over(wave, LINDEN)[0]
    entries = Entry.objects.count()
    for _ in range(2):
        for where in ("", "controle/", "klaar/", "vraag/care--s00ap/"):
            Client().get(by_school.path_of(handover) + where, follow=True)
    handover.refresh_from_db()
    assert (handover.opened_at, handover.done_at) == (None, None)
    assert not Draft.objects.exists()
    assert Entry.objects.count() == entries


def test_the_link_of_a_part_is_private_and_no_token_is_stored(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    response = Client().get(by_school.path_of(handover))
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    token = by_school.path_of(handover).split("/")[2]
    assert token not in str(list(Handover.objects.values()))


def test_only_a_board_without_an_address_for_it_hands_nothing_over(wave: Wave) -> None:
    visit = by_school.board(wave).open(f"{fielding.path_of(wave)}delen/geef/schools/").send()
    assert "Vul een naam en een e-mailadres in." in visit.html
    visit.send(**{"name.schools--s00ap": "Saskia", "email.schools--s00ap": "saskia@"})
    assert "Dit is geen e-mailadres: saskia@." in visit.html
    assert 'value="saskia@"' in visit.html
    assert not Handover.objects.exists()


def test_all_schools_at_once_each_with_an_address_of_its_own(wave: Wave) -> None:
    visit = by_school.board(wave).open(f"{fielding.path_of(wave)}delen/geef/schools/")
    sent = {f"{what}.schools--{key}": f"{key}{tail}" for key in ("s00ap", "s00bk")
            for what, tail in (("name", ""), ("email", "@school.example"))}  # fmt: skip
    visit.send(**sent)
    assert {(each.label, each.to_email) for each in Handover.objects.all()} == {
        ("De Linden", "s00ap@school.example"),
        ("De Eiken", "s00bk@school.example"),
    }
    assert HandedMail.objects.count() == 2
    entry = Entry.objects.get(act="handover.give")
    assert entry.details["parts"] == 2
    assert "school.example" not in str(Entry.objects.filter(act="handover.give").values())


def test_a_part_is_with_one_person_at_a_time(wave: Wave) -> None:
    by_school.hand_over(wave, LINDEN)
    with pytest.raises(NotNow, match="one person at a time"):
        by_school.hand_over(wave, EIKEN, LINDEN)
    assert Handover.objects.count() == 1  # all of it, or nothing
    one = Handover.objects.get()
    one.pk, one.token_hash, one.uuid = None, "0" * 64, "00112233-4455-6677-8899-aabbccddeeff"  # type: ignore[assignment]
    with pytest.raises(IntegrityError, match="a_part_is_with_one_at_a_time"), transaction.atomic():
        one.save(force_insert=True)


@pytest.mark.parametrize("part", [Part(Kind.ENTRY, "schools", "s99zz"), Part(Kind.PAGE, "nothing")])
def test_what_is_no_part_cannot_be_handed_over(wave: Wave, part: Part) -> None:
    with pytest.raises(NotNow, match="no such part"):
        by_school.hand_over(wave, part)


def test_a_link_is_no_endless_source_of_mail(wave: Wave) -> None:
    invitation = fielding.invitation(wave)
    Handover.objects.bulk_create(
        Handover(invitation=invitation, kind="page", name="all", to_name="x", to_email="x@x.example",
                 token_hash=str(number), given_at=fielding.DURING, taken_back_at=fielding.DURING)
        for number in range(MOST)
    )  # fmt: skip
    with pytest.raises(NotNow, match="at most"):
        by_school.hand_over(wave, LINDEN)


def test_a_reminder_goes_to_who_is_not_done_and_not_twice_within_half_a_day(wave: Wave) -> None:
    linden, eiken = by_school.hand_over(wave, LINDEN, EIKEN, mail=True)
    Visit(Client()).open(by_school.path_of(linden)).send(in_care__s00ap="46").send()
    invitation = fielding.invitation(wave)

    def remind(hours: int) -> int:
        return handovers.remind(
            invitation=invitation,
            numbers=[linden.pk, eiken.pk],
            hand=hands.of_board(invitation),
            moment=fielding.DURING + timedelta(hours=hours),
        )

    assert [remind(hours) for hours in (1, 12, 13, 24)] == [0, 1, 0, 1]
    assert sorted(eiken.mails.values_list("number", flat=True)) == [1, 2, 3]
    assert linden.mails.count() == 1


def test_a_board_cannot_take_back_or_remind_what_another_board_handed_over(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    other = fielding.invitation(wave, "99002")
    assert not handovers.take_back(
        invitation=other, numbers=[handover.pk], hand=hands.of_board(other), moment=fielding.DURING
    )
    assert not handovers.remind(invitation=other, numbers=[handover.pk], hand=hands.of_board(other), moment=LATER)


def test_a_closed_wave_hands_nothing_over_and_takes_nothing_in(wave: Wave) -> None:
    visit = by_school.handed(wave, LINDEN)
    waves.close_wave(wave=wave, by="command", moment=fielding.DURING)
    assert visit.send(in_care__s00ap="46").status == 410
    assert "Deze peiling is gesloten" in visit.html
    with pytest.raises(NotNow):
        by_school.hand_over(wave, EIKEN)


def test_the_table_of_acts_on_a_part_is_complete() -> None:
    assert set(TRANSITIONS) == {(state, act) for state in Handover.State for act in Act}
    assert all(after is None or (act is Act.TAKE_BACK) for (state, act), after in TRANSITIONS.items()
               if state is Handover.State.TAKEN_BACK)  # fmt: skip


def test_the_database_refuses_what_no_part_can_be(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    with pytest.raises(IntegrityError, match="a_part_is_of_its_kind"), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(entry="")
    with pytest.raises(IntegrityError, match="done_was_opened"), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(done_at=fielding.DURING)


def test_the_database_keeps_a_part_taken_back(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    Handover.objects.filter(pk=handover.pk).update(taken_back_at=fielding.DURING)
    for change in ({"taken_back_at": None}, {"opened_at": fielding.DURING}):
        with pytest.raises(IntegrityError, match="was taken back"), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(**change)
    Handover.objects.filter(pk=handover.pk).update(to_name="", to_email="")  # what retention removes


SCHOOLS = 70


@pytest.fixture
def large(db: None, at: object) -> Wave:
    """The board has seventy schools more."""
    return by_school.opened_wave(more=SCHOOLS)


def statements(act: object) -> int:
    with CaptureQueriesContext(connection) as made:
        act()  # type: ignore[operator]
    inside = [each["sql"] for each in made if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return len(inside)


def test_seventy_schools_are_handed_over_in_one_write(large: Wave) -> None:
    invitation = fielding.invitation(large)
    to = [Recipient(Part(Kind.ENTRY, "schools", f"s{number:02d}zz"), "Naam", f"s{number}@school.example", f"S{number}")
          for number in range(SCHOOLS)]  # fmt: skip

    def act() -> None:
        handovers.hand_over(invitation=invitation, to=to, hand=hands.of_board(invitation), moment=fielding.DURING)

    content.of(large)
    assert statements(act) <= 12
    assert Handover.objects.count() == SCHOOLS


def test_a_page_takes_at_most_five_statements_and_a_post_ten(large: Wave) -> None:
    handover = by_school.hand_over(large, LINDEN)[0]
    by_school.board(large).send()
    for path in (fielding.path_of(large), by_school.path_of(handover)):
        client = Client()
        for where in ("", "vraag/care--s00ap/", "controle/"):
            assert statements(lambda: client.get(path + where)) <= 5, where  # noqa: B023
        sent = {"in_care.s00ap": "46", "version": "99", "form": "x"}
        assert statements(lambda: client.post(path + "vraag/care--s00ap/", sent)) <= 10  # noqa: B023
        assert statements(lambda: client.post(path + "vraag/care--s00ap/bewaar/", sent)) <= 10  # noqa: B023
    assert statements(lambda: Client().get(fielding.path_of(large) + "delen/")) <= 5
    assert statements(lambda: Client().get(fielding.path_of(large) + "delen/geef/schools/")) <= 5


def test_pages_of_a_board_that_has_answered_stay_within_five_statements(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    by_school.board(wave).send().send(in_care__s00ap="1").send(in_care__s00bk="3").send().send()
    for path in (fielding.path_of(wave), by_school.path_of(handover)):
        for where in ("", "vraag/care--s00ap/", "controle/", "klaar/"):
            assert statements(lambda: Client().get(path + where)) <= 5, where  # noqa: B023


def test_respondents_find_the_part_with_the_link(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    found = respondents.find(by_school.path_of(handover).split("/")[2])
    assert found is not None
    assert (found.hand.handover, found.invitation) == (handover, handover.invitation)
