"""Where boards are reached: a file with several addresses for a board, and who is never mailed again."""

from __future__ import annotations

import pytest

from peilstok.audit.models import Entry
from peilstok.collect import contacts
from peilstok.collect.contacts import Address
from peilstok.collect.mail import messages, recipients
from peilstok.collect.models import Contact, Message, Wave
from peilstok.collect.roles import Role
from peilstok.errors import Refused
from peilstok.register.models import Organisation
from peilstok.terms import UnitId
from tests.collect import fielding
from tests.collect.mail import Mailbox

KNOWN = [number for number, *_ in fielding.BOARDS]
ONE = UnitId("99001")


def read(text: str) -> contacts.Addresses:
    return contacts.read(text, file="c.csv", known=KNOWN)


def found_in(text: str) -> list[tuple[str, int]]:
    with pytest.raises(Refused) as refused:
        read(text)
    return [(each.code, each.place.line) for each in refused.value.findings]


def keep(**boards: list[Address]) -> contacts.Kept:
    given = {UnitId(number.removeprefix("b")): addresses for number, addresses in boards.items()}
    return contacts.keep(given, by="command", moment=fielding.DURING)


def current(number: str = ONE) -> list[str]:
    return [each.email for each in contacts.of_board(Organisation.objects.get(number=number))]


def test_a_board_has_several_addresses_with_who_reads_them() -> None:
    text = (
        "number;email;role;language;name;phone;remark\n"
        "99001;a@proef.example;director;;A. de Proef;030 000 00 02;x\n"
        "99001;b@proef.example;secretariat;en;;;\n99002;c@voorbeeld.example;;;;;\n"
    )
    assert read(text) == {
        "99001": [
            Address("a@proef.example", "nl", Role.DIRECTOR, "A. de Proef", "030 000 00 02"),
            Address("b@proef.example", "en", Role.SECRETARIAT),
        ],
        "99002": [Address("c@voorbeeld.example")],
    }


def test_all_that_is_wrong_comes_at_once_with_what_would_be_right() -> None:
    text = (
        "number,email,role,language,phone\n"
        "1,nonsense,boss,fr,\n"
        f"99001,a@proef.example,director,nl,{'0' * 41}\n"
        "99001,A@Proef.example,,,\n"
        ",,,,\n"
    )
    assert found_in(text) == [
        ("W021", 2), ("W022", 2), ("W025", 2), ("W024", 2), ("W027", 3), ("W023", 4), ("W021", 5), ("W022", 5)
    ]  # fmt: skip


def test_the_same_address_twice_for_a_board_names_the_first_line_and_for_two_boards_is_no_fault() -> None:
    with pytest.raises(Refused, match=r"W023 error c.csv:3:1 A@b.example for 99001 again, as on line 2"):
        read("number,email\n99001,a@b.example\n99001,A@b.example\n")
    assert len(read("number,email\n99001,a@b.example\n99002,a@b.example\n")) == 2


def test_a_column_that_is_nearly_one_of_ours_is_told_before_all_roles_are_lost() -> None:
    with pytest.raises(Refused, match=r"W026 error c.csv:1:1 a column rol \| did you mean role\?"):
        read("number,email,rol\n99001,a@b.example,director\n")


@pytest.mark.django_db
def test_a_file_replaces_the_addresses_of_its_boards_and_of_no_other() -> None:
    fielding.frame()
    fielding.addresses()
    kept = keep(b99001=[Address("nieuw@proef.example"), Address("BESTUUR@proef.example", "en")])
    assert (kept.addresses, kept.boards, kept.replaced) == (2, 1, 0)
    kept = keep(b99001=[Address("nieuw@proef.example", role=Role.DIRECTOR)])
    assert (kept.addresses, kept.replaced) == (1, 1)
    assert current() == ["nieuw@proef.example"]
    assert current("99002") == ["info@voorbeeld.example"]


@pytest.mark.django_db
def test_an_address_that_was_replaced_and_comes_back_is_the_same_one() -> None:
    fielding.frame()
    fielding.addresses()
    first = Contact.objects.get(organisation__number=ONE).pk
    keep(b99001=[Address("nieuw@proef.example")])
    keep(b99001=[Address("bestuur@proef.example")])
    assert Contact.objects.current().get(organisation__number=ONE).pk == first


@pytest.mark.django_db
def test_who_opted_out_stays_so_in_a_new_file_at_another_board_and_in_another_spelling() -> None:
    fielding.frame()
    fielding.addresses()
    assert contacts.opt_out(contact=Contact.objects.get(organisation__number=ONE), moment=fielding.DURING) == 1
    kept = keep(b99001=[Address("Bestuur@proef.example")], b99004=[Address("bestuur@PROEF.example")])
    assert kept.opted_out == 2
    assert not Contact.objects.mailable().filter(email__iexact="bestuur@proef.example").exists()


@pytest.mark.django_db
def test_opting_out_at_one_board_holds_for_all_boards_with_that_address_and_leaves_one_entry() -> None:
    fielding.frame()
    keep(b99001=[Address("samen@kantoor.example")], b99002=[Address("samen@kantoor.example")])
    contact = Contact.objects.earliest("pk")
    assert contacts.opt_out(contact=contact, moment=fielding.DURING) == 2
    assert contacts.opt_out(contact=contact, moment=fielding.AFTER) == 0
    entry = Entry.objects.get(act="contact.opt_out")
    assert (entry.actor, entry.details) == (f"contact:{contact.pk}", {"addresses": 2})
    assert set(Contact.objects.values_list("opted_out_at", flat=True)) == {fielding.DURING}


@pytest.mark.django_db
def test_the_director_comes_first_in_what_is_known_of_a_board() -> None:
    fielding.frame()
    keep(b99001=[Address("z@b.example"), Address("s@b.example", role=Role.SECRETARIAT),
                 Address("d@b.example", role=Role.DIRECTOR)])  # fmt: skip
    assert current() == ["d@b.example", "s@b.example", "z@b.example"]


def test_every_address_of_a_board_gets_its_own_mail(wave: Wave, box: Mailbox) -> None:
    keep(b99001=[Address("a@proef.example"), Address("b@proef.example", "en")])
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 4
    assert "Geacht bestuur" in box.to("a@proef.example").get_content()
    assert "Dear board" in box.to("b@proef.example").get_content()
    assert "?lang=en" in box.to("b@proef.example").get_content()


@pytest.mark.django_db
def test_only_the_roles_that_the_wave_names_are_mailed(at: object) -> None:
    text = fielding.WAVE.replace("mail:\n", "mail:\n  to: [director]\n")
    wave = fielding.draft_wave(text)
    keep(b99001=[Address("d@b.example", role=Role.DIRECTOR), Address("s@b.example", role=Role.SECRETARIAT)])
    found = recipients.round_of(wave)
    assert [each.contact.email for each in found.recipients] == ["d@b.example"]
    assert found.without_role == ["99002", "99003"]
    assert found.without_address == ["99004"]


def test_a_mail_that_waits_for_an_address_that_was_replaced_does_not_go_out(wave: Wave, box: Mailbox) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    keep(b99001=[Address("nieuw@proef.example")])
    assert messages.send_invitations(wave, fielding.DURING, by="command").new == 1
    numbers = list(Message.objects.values_list("pk", flat=True))
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 3
    assert "bestuur@proef.example" not in box.recipients
    assert Message.objects.get(state="cancelled").contact.email == "bestuur@proef.example"


def test_a_mail_that_was_cancelled_goes_out_when_its_address_is_given_again(wave: Wave, box: Mailbox) -> None:
    test_a_mail_that_waits_for_an_address_that_was_replaced_does_not_go_out(wave, box)
    keep(b99001=[Address("bestuur@proef.example"), Address("nieuw@proef.example")])
    assert messages.send_invitations(wave, fielding.DURING, by="command").new == 1
    numbers = list(Message.objects.filter(state="queued").values_list("pk", flat=True))
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 1
    assert [mail["To"] for mail in box.mails].count("bestuur@proef.example") == 1
    assert [mail["To"] for mail in box.mails].count("nieuw@proef.example") == 1


@pytest.mark.django_db
def test_the_trail_holds_no_address(at: object) -> None:
    fielding.frame()
    fielding.addresses()
    contacts.opt_out(contact=Contact.objects.earliest("pk"), moment=fielding.DURING)
    assert "@" not in str(list(Entry.objects.values()))
