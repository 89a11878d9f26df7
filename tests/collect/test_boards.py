"""A board's page for the council: Anna helps Bram on the telephone, and notes what he says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from peilstok import disclose
from peilstok.accounts.models import User
from peilstok.audit.models import Entry
from peilstok.collect import answers, contacts, figures, saving, scope, seals
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.mail import messages
from peilstok.collect.models import Contact, Draft, Invitation, Message, Revision, Wave
from peilstok.collect.monitor import counts
from peilstok.collect.outcomes import Outcome
from peilstok.demo.browser import forms
from peilstok.errors import NotNow
from peilstok.terms import UnitId
from tests.accounts import cast
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

URL = "/raad/metingen/wave-3/besturen/99001/"
FROM = "telefoon/"


@pytest.fixture
def anna(wave: Wave, client: Client) -> Visit:
    client.force_login(cast.anna())
    return Visit(client)


def officer() -> User:
    """Anna, whom the fixture made."""
    return User.objects.get(name="Anna")


def by_telephone(anna: Visit, in_care: int = 40) -> Visit:
    return anna.open(URL + FROM).send().send(in_care=in_care, lead="school").send(remark="").send()


def test_only_a_poll_officer_has_a_boards_page(wave: Wave, client: Client) -> None:
    pages = (URL, f"/raad/metingen/{wave.pk}/besturen/", URL + FROM, f"{URL}{FROM}controle/")
    for person, status in ((cast.bram(), 403), (cast.carla(), 403), (cast.anna(), 200)):
        client.force_login(person)
        for page in pages:
            assert client.get(page, follow=True).status_code == status, page
    client.force_login(User.objects.get(name="Bram"))
    for act in ("code/", "niet/", "buiten/", "terug/", "mail/"):
        assert client.post(URL + act).status_code == 403
        assert client.get(URL + act).status_code in (403, 405)


def test_a_board_is_found_by_a_piece_of_its_name_or_its_number(anna: Visit) -> None:
    found = "/raad/metingen/wave-3/besturen/?zoek="
    assert "Stichting De Proef" in anna.open(found + "proef").html
    assert "Vereniging" not in anna.html
    assert "Stichting De Proef" in anna.open(found + "99001").html
    assert "Geen bestuur heeft deze naam" in anna.open(found + "%00x").html


def test_answers_on_the_telephone_are_the_boards_with_who_took_them_and_when(anna: Visit, wave: Wave) -> None:
    visit = by_telephone(anna)
    assert "Uw bestuur heeft geantwoord" in visit.html
    revision = Revision.objects.get()
    assert (revision.channel, revision.by) == (Revision.Channel.TELEPHONE, f"user:{officer().pk}")
    assert fielding.invitation(wave).outcome == Outcome.ANSWERED
    page = anna.open(URL).html
    assert "per telefoon" in page
    assert "Anna" in page
    assert Entry.objects.get(act="answer.confirm").actor == f"user:{officer().pk}"
    assert list(seals.differences(wave=wave)) == []


def test_the_boards_own_link_goes_on_working_beside_the_telephone(anna: Visit, wave: Wave) -> None:
    anna.open(URL + FROM).send()  # the first page, on the telephone
    bram = Visit(Client()).open(fielding.path_of(wave))
    assert "Hoeveel vangt u op?" in bram.html  # where Anna was
    by_telephone_page = anna.open(f"{URL}{FROM}vraag/care/")
    bram.send(in_care=41, lead="school")
    conflict = by_telephone_page.send(in_care=40, lead="school")
    assert conflict.status == 409  # nothing is lost: both versions are shown
    bram.send(remark="").send()
    assert Revision.objects.get().channel == Revision.Channel.WEB
    assert "Uw bestuur heeft geantwoord" in anna.open(URL + FROM).html


def test_two_boards_can_be_answered_for_by_the_same_officer(anna: Visit, wave: Wave) -> None:
    by_telephone(anna)
    anna.open(URL.replace("99001", "99002") + FROM).send().send(in_care=4, lead="school").send(remark="").send()
    assert set(confirmed_answers(wave)) == {"99001", "99002"}
    assert list(seals.differences(wave=wave)) == []


def test_a_form_on_the_telephone_needs_the_token_of_the_login(wave: Wave) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna())
    sent = {"pupils": "1200", "version": "0", "form": "x"}
    assert client.post(f"{URL}{FROM}vraag/board/", sent).status_code == 403
    page = client.get(URL + FROM)
    assert page["Referrer-Policy"] == "same-origin"  # with none at all no browser would pass the check
    assert page["Cache-Control"] == "no-store, private"
    assert Visit(client, url=URL + FROM, html=page.content.decode()).send().status == 200
    # the board's own link needs none, and gives none
    assert "csrfmiddlewaretoken" not in Client().get(fielding.path_of(wave)).content.decode()


def test_refused_on_the_telephone_ends_the_mail_and_can_be_undone(anna: Visit, wave: Wave) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    anna.client.post(URL + "niet/")
    assert fielding.invitation(wave).outcome == Outcome.REFUSED
    assert Entry.objects.get(act="answer.refuse").actor == f"user:{officer().pk}"
    numbers = list(Message.objects.filter(invitation=fielding.invitation(wave)).values_list("pk", flat=True))
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 0
    assert "Maak ongedaan" in anna.open(URL).html
    anna.client.post(URL + "terug/")
    assert fielding.invitation(wave).outcome == Outcome.NOT_OPENED  # it said so and opened nothing


def test_a_board_that_answered_cannot_be_noted_as_refused(anna: Visit, wave: Wave) -> None:
    by_telephone(anna)
    anna.client.post(URL + "niet/")
    assert fielding.invitation(wave).outcome == Outcome.ANSWERED
    assert "Dat kan nu niet worden genoteerd" in anna.open(URL).html


def test_out_of_scope_needs_a_reason_is_not_invited_and_its_answers_do_not_count(anna: Visit, wave: Wave) -> None:
    by_telephone(anna)
    anna.client.post(URL + "buiten/", {"reason": "because"})
    assert fielding.invitation(wave).outcome == Outcome.ANSWERED
    anna.client.post(URL + "buiten/", {"reason": "merged"})
    assert fielding.invitation(wave).outcome == Outcome.OUT_OF_SCOPE
    now = counts(wave)
    assert (now.invited, now.out_of_scope, now.answered, now.pupils) == (3, 1, 0, 11_800)
    assert confirmed_answers(wave) == {}
    assert [row["number"] for row in scope.rows(wave)] == ["99002", "99003", "99004"]
    entry = Entry.objects.get(act="invitation.exclude")
    assert entry.details == {"invitation": fielding.invitation(wave).pk, "reason": "merged"}
    anna.client.post(URL + "terug/")
    assert fielding.invitation(wave).outcome == Outcome.ANSWERED
    assert set(confirmed_answers(wave)) == {"99001"}


def test_a_board_out_of_scope_is_told_so_at_its_link_and_gets_no_mail(anna: Visit, wave: Wave) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    anna.client.post(URL + "buiten/", {"reason": "ended"})
    visit = Visit(Client()).open(fielding.path_of(wave))
    assert visit.status == 410
    assert "U hoeft niet te antwoorden" in visit.html
    for write in ("vraag/board/", "niet/", "controle/", "vraag/board/bewaar/"):
        assert Client().post(fielding.path_of(wave) + write, {"pupils": "3"}).status_code == 410
    with pytest.raises(NotNow):
        answers.refuse(invitation=fielding.invitation(wave), moment=fielding.DURING)
    for write in (saving.save_page, saving.keep_page):
        with pytest.raises(NotNow):
            write(  # type: ignore[operator]
                invitation=fielding.invitation(wave), page="board", typed={"pupils": ["3"]}, version=0, form="",
                language="nl", moment=fielding.DURING,
            )  # fmt: skip
    mine = Message.objects.get(invitation=fielding.invitation(wave))
    assert messages.send_queued(numbers=[mine.pk], clock=lambda: fielding.DURING) == 0
    mine.refresh_from_db()
    assert mine.state == Message.State.CANCELLED


def test_the_database_wants_a_reason_with_out_of_scope(wave: Wave) -> None:
    with pytest.raises(IntegrityError, match="out_of_scope_has_a_reason"), transaction.atomic():
        Invitation.objects.filter(wave=wave).update(out_of_scope_at=fielding.DURING)


def test_the_database_takes_no_answers_of_a_board_out_of_scope(anna: Visit, wave: Wave) -> None:
    by_telephone(anna)
    scope.exclude(invitation=fielding.invitation(wave), reason=scope.Reason.OTHER, by="user:1", moment=fielding.DURING)
    revision = Revision.objects.get()
    revision.pk, revision.number, revision.draft_version = None, 2, 99
    with pytest.raises(IntegrityError, match="out of scope"), transaction.atomic():
        revision.save(force_insert=True)


def test_there_is_nothing_to_reopen_of_a_board_that_just_answers(anna: Visit, wave: Wave) -> None:
    with pytest.raises(NotNow, match="nothing to reopen"):
        scope.reopen(invitation=fielding.invitation(wave), by="user:1", moment=fielding.DURING)
    anna.client.post(URL + "terug/")
    assert "Er is niets ongedaan te maken" in anna.open(URL).html


def test_the_page_shows_mails_addresses_and_who_has_a_part(anna: Visit, wave: Wave) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    page = anna.open(URL).html
    assert "bestuur@proef.example" in page
    assert "Uitnodiging: wacht" in page
    assert "Er is geen adres bekend." in anna.open(URL.replace("99001", "99004")).html


def test_after_closing_no_answer_is_taken_on_the_telephone(anna: Visit, wave: Wave, at: object) -> None:
    at(fielding.AFTER + timedelta(minutes=1))  # type: ignore[operator]
    assert anna.open(URL + FROM).status == 410
    assert "Invullen voor dit bestuur" not in anna.open(URL).html


PLAN = """
format: peilstok/plan/1
wave: wave-3
population: {nl: de besturen, en: the boards}
bases: {boards: {nl: besturen, en: boards}}
disclosure: {minimum_contributors: 1}
estimands:
  respondents: {kind: count, base: boards, label: {nl: besturen, en: boards}}
"""


def test_the_population_of_the_figures_is_the_boards_in_scope(wave: Wave, client: Client) -> None:
    for number in ("99001", "99002"):
        answered(Client(), fielding.path_of(wave, number), in_care=4)
    scope.exclude(invitation=fielding.invitation(wave, "99002"), reason=scope.Reason.DOUBLE, by="user:1",
                  moment=fielding.DURING)  # fmt: skip
    wave.plan = PLAN  # as it would have been opened with
    table = figures.table_of(wave)
    book = disclose.figure_book([table])
    assert [each.respondents for each in book.waves] == [1]
    assert UnitId("99002") not in confirmed_answers(wave)


def test_a_board_or_wave_that_is_none_is_not_found(anna: Visit) -> None:
    for url in (URL.replace("99001", "12345"), URL.replace("wave-3", "wave-9")):
        for tail in ("", FROM, f"{FROM}vraag/board/"):
            assert anna.client.get(url + tail).status_code == 404
    assert anna.client.get(f"{URL}{FROM}vraag/nothing/").status_code == 404
    assert anna.client.get(f"{URL}{FROM}delen/").status_code == 404  # only the board hands parts over


def test_an_officer_sees_which_address_wants_no_mail_and_takes_it_back_when_she_is_told_so(
    anna: Visit, wave: Wave
) -> None:
    address = Contact.objects.get(email="bestuur@proef.example")
    assert "wil geen mail meer" not in anna.open(URL).html
    contacts.opt_out(contact=address, moment=fielding.DURING)
    page = anna.open(URL).html
    assert "wil geen mail meer (vrijdag 3 april 2020 om 10.30 uur)" in page
    form = next(at for at, each in enumerate(forms(page)) if each.action.endswith("/mail/"))
    assert "wil geen mail meer" not in anna.send(form).html
    assert Contact.objects.get(pk=address.pk).opted_out_at is None
    assert Entry.objects.get(act="contact.opt_in").actor == f"user:{officer().pk}"


def test_she_sees_which_address_does_not_exist(anna: Visit, wave: Wave) -> None:
    Contact.objects.filter(email="bestuur@proef.example").update(failed_at=fielding.DURING)
    assert "bestaat niet volgens de mailserver (vrijdag 3 april 2020 om 10.30 uur)" in anna.open(URL).html


@pytest.mark.parametrize("which", ["of another board", "none", ""])
def test_she_takes_back_nothing_of_an_address_that_is_not_the_boards(anna: Visit, wave: Wave, which: str) -> None:
    other = Contact.objects.get(email="info@voorbeeld.example")
    contacts.opt_out(contact=other, moment=fielding.DURING)
    given = {"of another board": str(other.pk)}.get(which, which)
    assert anna.client.post(f"{URL}mail/", {"contact": given}).status_code == 404
    assert Contact.objects.get(pk=other.pk).opted_out_at == fielding.DURING


def test_what_she_types_on_the_telephone_is_kept_while_she_types(anna: Visit, wave: Wave) -> None:
    page = anna.open(URL + FROM).send()
    assert f'data-keep="{URL}{FROM}vraag/care/bewaar/"' in page.html
    kept = anna.client.post(f"{URL}{FROM}vraag/care/bewaar/", page.as_sent(in_care="4"))
    assert kept.status_code == 204
    assert Draft.objects.get().typed["care"]["fields"]["in_care"] == ["4"]
    assert Visit(anna.client).open(URL + FROM).value("in_care") == "4"
    assert not Revision.objects.exists()


def test_keeping_at_the_telephone_needs_the_token_of_the_page_and_a_login(wave: Wave) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna())
    page = Visit(client).open(URL + FROM)
    sent, address = page.as_sent(pupils="5"), f"{URL}{FROM}vraag/board/bewaar/"
    assert client.post(address, {**sent, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert client.post(address, sent).status_code == 204
    assert Client().post(address, sent).status_code == 302
    bram = Client()
    bram.force_login(cast.bram())
    assert bram.post(address, sent).status_code == 403
    assert Draft.objects.get().version == 1
