"""Who wants no more mail at an address says so in one tap; a mail scanner that opens every link says nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from peilstok.audit.models import Entry
from peilstok.collect import contacts, tokens
from peilstok.collect.contacts import Address
from peilstok.collect.mail import messages
from peilstok.collect.models import Contact, Invitation, Message, Wave
from peilstok.collect.monitor import counts
from peilstok.collect.secrecy import without_links
from peilstok.terms import UnitId
from tests.collect import fielding
from tests.collect.mail import Mailbox
from tests.collect.visiting import Visit

PROOF = "bestuur@proef.example"


@pytest.fixture
def sent(wave: Wave, box: Mailbox) -> Wave:
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    return wave


def contact() -> Contact:
    return Contact.objects.get(email=PROOF)


def path() -> str:
    return tokens.stop_link(contact()).removeprefix("http://localhost:8000")


def links(text: str) -> list[str]:
    return [each.removeprefix("http://localhost:8000") for each in re.findall(r"http://localhost:8000/\S+", text)]


def test_director_2_a_mail_scanner_that_opens_every_link_twice_spends_and_counts_nothing(
    sent: Wave, box: Mailbox, client: Client
) -> None:
    """Director 2: the link still works after a mail scanner has opened it twice; a GET never counts as "opened"."""
    mail = box.to(PROOF)
    found = [*links(mail.get_content()), *links(mail["List-Unsubscribe"].replace(">", " "))]
    assert len(set(found)) == 3  # the board's, the page for the code, and the one that ends the mail
    before = (list(Invitation.objects.values()), list(Contact.objects.values()), list(Message.objects.values()))
    for link in [*found, *found]:
        for method in (client.get, client.head):
            assert method(link).status_code == 200
    assert (list(Invitation.objects.values()), list(Contact.objects.values()), list(Message.objects.values())) == before
    assert counts(sent).not_opened == 4
    assert "Hoeveel leerlingen hebt u?" in Visit(client).open(found[0]).html


def test_a_mail_program_ends_the_mail_with_one_post_as_rfc_8058_has_it(sent: Wave, box: Mailbox) -> None:
    mail = box.to(PROOF)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (link,) = links(mail["List-Unsubscribe"].strip("<>"))
    client = Client(enforce_csrf_checks=True)  # it has no cookie, no token, no page before it
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert contact().opted_out_at == fielding.DURING
    assert not client.cookies


def test_a_person_opens_the_page_and_presses_the_button(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(path())
    assert "be...@proef.example" in visit.html
    assert contact().opted_out_at is None
    assert "Wij sturen geen mail over peilingen meer naar" in visit.send().html
    assert contact().opted_out_at == fielding.DURING
    assert "Wij sturen geen mail" in Visit(client).open(path()).html  # also later


def test_the_board_can_still_answer_and_its_outcome_is_as_it_was(sent: Wave, client: Client) -> None:
    client.post(path())
    assert counts(sent).refused == 0
    assert Visit(client).open(fielding.path_of(sent)).status == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda p: re.sub(r"(\d)-.", r"\1-", p),
        lambda p: re.sub(r"\d+-", "999999-", p),
        lambda p: "/geen-mail/x/",
        lambda p: "/geen-mail/1/",
        lambda p: "/geen-mail/-/",
    ],
)
def test_a_link_that_was_made_up_ends_nothing_and_says_what_to_do(wave: Wave, client: Client, change: object) -> None:
    response = client.post(change(path()))  # type: ignore[operator]
    assert response.status_code == 404
    assert "Deze link kennen wij niet" in response.content.decode()
    assert not Contact.objects.exclude(opted_out_at=None).exists()


def test_the_link_of_one_address_ends_the_mail_to_no_other(wave: Wave, client: Client) -> None:
    other = Contact.objects.exclude(email=PROOF).earliest("pk")
    swapped = path().replace(f"/{contact().pk}-", f"/{other.pk}-")
    assert client.post(swapped).status_code == 404


def test_the_link_is_private_as_that_of_a_board_is(wave: Wave, client: Client) -> None:
    response = client.get(path())
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]


def test_the_page_is_english_for_who_reads_english(wave: Wave, client: Client) -> None:
    english = tokens.stop_link(Contact.objects.get(language="en")).removeprefix("http://localhost:8000")
    assert "No more mail about polls?" in client.get(english).content.decode()
    assert "We send no more mail" in client.post(english).content.decode()


def test_after_another_secret_key_the_link_is_one_that_we_do_not_know(
    wave: Wave, client: Client, settings: Settings
) -> None:
    link = path()
    settings.SECRET_KEY = "another key for this installation, of some length"
    assert client.get(link).status_code == 404


def test_a_mail_that_waits_for_who_opted_out_does_not_go_out(wave: Wave, box: Mailbox, client: Client) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    client.post(path())
    numbers = list(Message.objects.values_list("pk", flat=True))
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 2
    assert PROOF not in box.recipients


def test_the_links_in_a_mail_stay_out_of_the_logs(wave: Wave) -> None:
    for link in (tokens.stop_link(contact()), tokens.preview_link(wave, language="nl")):
        secret = re.findall(r"[a-z2-7]{26}", link)
        assert len(secret) == 1
        assert secret[0] not in without_links(f"GET {link} 200")


def test_who_pressed_it_by_mistake_takes_it_back_on_the_page_that_follows(
    sent: Wave, box: Mailbox, client: Client
) -> None:
    visit = Visit(client).open(path()).send()
    assert "Was dit een vergissing?" in visit.html
    assert "mail over peilingen gaat weer naar be...@proef.example" in visit.send(undo="1").html
    assert contact().opted_out_at is None
    assert "Geen mail meer naar dit adres" in visit.html  # and may change its mind again
    assert [each.act for each in Entry.objects.filter(act__startswith="contact.opt").order_by("pk")] == [
        "contact.opt_out",
        "contact.opt_in",
    ]
    assert Entry.objects.get(act="contact.opt_in").actor == f"contact:{contact().pk}"
    visit.open(path()).send().open(path()).send(undo="1")  # also later, by the same link
    assert contact().opted_out_at is None


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_takes_nothing_back(wave: Wave, client: Client, method: str) -> None:
    client.post(path())
    for query in ("", "?undo=1"):
        assert getattr(client, method)(path() + query).status_code == 200
    assert contact().opted_out_at == fielding.DURING


def test_taking_back_what_was_not_asked_changes_nothing_and_leaves_no_entry(wave: Wave, client: Client) -> None:
    client.post(path(), {"undo": "1"})
    assert contact().opted_out_at is None
    assert not Entry.objects.filter(act__startswith="contact.opt").exists()


def test_taking_it_back_holds_for_the_address_at_every_board_as_the_end_of_the_mail_did(
    wave: Wave, client: Client
) -> None:
    contacts.keep({UnitId("99004"): [Address(PROOF.upper())]}, by="command", moment=fielding.DURING)
    client.post(path())
    assert Contact.objects.exclude(opted_out_at=None).count() == 2
    client.post(path(), {"undo": "1"})
    assert not Contact.objects.exclude(opted_out_at=None).exists()


def test_an_invitation_that_was_not_sent_meanwhile_goes_when_the_officer_invites_again(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    client.post(path())
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    client.post(path(), {"undo": "1"})
    assert messages.send_invitations(wave, fielding.DURING, by="command").new == 1
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    assert PROOF in box.recipients
