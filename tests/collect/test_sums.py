"""What the schools of a board come to together, and the board's own number with a reason."""

from __future__ import annotations

import pytest
from django.test import Client

from peilstok.audit.models import Entry
from peilstok.collect import confirmations, hands, respondents, seals, sums
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.models import Draft, Revision, Wave
from peilstok.errors import NotNow
from peilstok.terms import ItemName, Missing, UnitId
from tests.collect import by_school, fielding
from tests.collect.by_school import LINDEN
from tests.collect.visiting import Visit


@pytest.fixture
def wave(db: None, at: object) -> Wave:
    return by_school.opened_wave()


def filled_in(wave: Wave) -> Visit:
    """Schools of 46 and 3 pupils; at the check page."""
    return by_school.board(wave).send().send(in_care__s00ap="46").send(in_care__s00bk="3").send()


def own_number(wave: Wave, visit: Visit, value: str, reason: str = "De Wilg vult niets in") -> Visit:
    return visit.open(f"{fielding.path_of(wave)}som/in_care/").send(value=value, reason=reason)


def in_care(wave: Wave) -> object:
    return confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")]


def test_the_check_page_shows_what_the_schools_come_to(wave: Wave) -> None:
    visit = filled_in(wave)
    assert "Uw scholen samen" in visit.html
    assert "Hoeveel leerlingen van uw scholen samen vangt u op?" in visit.html
    assert ">49 <a" in visit.html


def test_the_boards_own_number_counts_and_both_are_kept(wave: Wave) -> None:
    visit = own_number(wave, filled_in(wave), "106")
    assert "uw eigen getal; uw scholen samen: 49" in visit.html
    assert "De Wilg vult niets in" in visit.html
    visit.send()
    assert in_care(wave) == 106
    revision = Revision.objects.get()
    assert revision.sums == {"in_care": {"value": 106, "of": 49, "reason": "De Wilg vult niets in"}}
    assert revision.counted["in_care.s00ap"] == 46
    assert "106 (uw scholen samen: 49)" in visit.html
    assert "De Wilg vult niets in" in visit.html


def test_the_pdf_has_the_boards_own_number_too(wave: Wave) -> None:
    own_number(wave, filled_in(wave), "60").send()
    revision = Revision.objects.get()
    respondent = respondents.of(revision.invitation)
    lines = confirmations.content(respondent, revision, "en")["answers"]
    assert lines[-1]["value"] == "60 (your schools together: 49)\nDe Wilg vult niets in"


def test_an_empty_number_or_that_of_the_sum_goes_by_the_schools(wave: Wave) -> None:
    visit = filled_in(wave)
    for taken_away in ("", "49"):
        own_number(wave, visit, "60")
        own_number(wave, visit, taken_away)
        assert Draft.objects.get().sums == {}
    visit.open(f"{fielding.path_of(wave)}controle/").send()
    assert in_care(wave) == 49


def test_when_a_school_changes_its_answer_the_board_is_asked_again(wave: Wave) -> None:
    visit = own_number(wave, filled_in(wave), "60")
    saskia = by_school.handed(wave, LINDEN)
    saskia.open(saskia.url.replace("controle", "vraag/care--s00ap")).send(in_care__s00ap="50")
    visit.open(f"{fielding.path_of(wave)}controle/").send()
    assert not Revision.objects.exists()
    assert "U vulde 60 in toen uw scholen op 49 kwamen; nu komen ze op 53." in visit.html
    own_number(wave, visit, "60").send()
    assert in_care(wave) == 60


def test_a_school_that_changes_its_answer_while_the_board_types_its_own_number_is_shown_first(wave: Wave) -> None:
    visit = filled_in(wave).open(f"{fielding.path_of(wave)}som/in_care/")
    assert "Opgeteld komen uw scholen op 49." in visit.html
    saskia = by_school.handed(wave, LINDEN)
    saskia.open(saskia.url.replace("controle", "vraag/care--s00ap")).send(in_care__s00ap="113")
    visit.send(value="60", reason="omdat")
    assert visit.status == 409
    assert "Opgeteld komen uw scholen op 116." in visit.html
    assert 'value="60"' in visit.html
    assert Draft.objects.get().sums == {}
    visit.send(value="60", reason="omdat")
    assert Draft.objects.get().sums["in_care"] == {"value": 60, "of": 116, "reason": "omdat"}


def test_of_two_devices_that_give_another_own_number_the_second_sees_that_of_the_first(wave: Wave) -> None:
    page = f"{fielding.path_of(wave)}som/in_care/"
    phone, laptop = filled_in(wave).open(page), Visit(Client()).open(page)
    phone.send(value="60", reason="op de telefoon")
    laptop.send(value="70", reason="op de laptop")
    assert laptop.status == 409
    assert "Het eigen getal van uw bestuur is nu 60." in laptop.html
    assert Draft.objects.get().sums["in_care"]["value"] == 60


def test_an_own_number_before_anything_else_was_saved_is_kept(wave: Wave) -> None:
    Visit(Client()).open(f"{fielding.path_of(wave)}som/in_care/").send(value="60", reason="omdat")
    assert Draft.objects.get().sums["in_care"] == {"value": 60, "of": None, "reason": "omdat"}


@pytest.mark.parametrize(
    ("typed", "said"), [("-5", "Het kan niet minder zijn dan 0."), ("2.001", "U vulde 2.001 van 320 leerlingen in.")]
)
def test_an_own_number_that_cannot_be_is_refused_at_the_field(wave: Wave, typed: str, said: str) -> None:
    """Less than one school may say, or more than all of them have."""
    visit = own_number(wave, filled_in(wave), typed)
    assert 'aria-invalid="true"' in visit.html
    assert said in visit.html
    assert Draft.objects.get().sums == {}


def test_what_is_no_number_is_told_at_the_field(wave: Wave) -> None:
    visit = own_number(wave, filled_in(wave), "veel", "omdat")
    assert 'aria-invalid="true"' in visit.html
    assert 'value="veel"' in visit.html
    assert 'value="omdat"' in visit.html
    assert Draft.objects.get().sums == {}


def test_an_own_number_after_the_check_page_was_shown_is_not_sent_unseen(wave: Wave) -> None:
    visit, other = filled_in(wave), by_school.board(wave)
    own_number(wave, other, "60")
    visit.send()
    assert not Revision.objects.exists()
    assert visit.status == 409


def test_only_what_is_added_up_has_an_own_number_and_only_the_board_gives_it(wave: Wave) -> None:
    filled_in(wave)
    invitation = fielding.invitation(wave)
    for item in ("remark", "in_care.s00ap", "schools"):
        assert Client().get(f"{fielding.path_of(wave)}som/{item}/").status_code == 404
        with pytest.raises(NotNow):
            sums.say(invitation=invitation, item=item, shown="", typed="5", reason="", moment=fielding.DURING)
    hand = hands.of_handover(by_school.hand_over(wave, LINDEN)[0])
    with pytest.raises(NotNow):
        sums.say(
            invitation=invitation,
            item="in_care",
            shown="49 None",
            typed="5",
            reason="",
            moment=fielding.DURING,
            hand=hand,
        )


def test_the_audit_trail_vouches_for_the_own_number_and_has_no_reason_in_it(wave: Wave) -> None:
    own_number(wave, filled_in(wave), "60").send()
    assert list(seals.differences(wave=wave)) == []
    assert "Wilg" not in str(list(Entry.objects.values()))
    revision = Revision.objects.get()
    before = seals.of_answers(revision)
    revision.sums["in_care"]["value"] = 61
    assert seals.of_answers(revision) != before


def test_a_board_that_has_sent_and_changed_something_is_not_told_that_nothing_was_sent(wave: Wave) -> None:
    visit = filled_in(wave).send()
    own_number(wave, visit, "60")
    assert "Er is nog niets verstuurd" not in visit.html
    assert "tot dan tellen de eerdere antwoorden" in visit.html


def test_where_a_school_does_not_know_the_sum_counts_only_when_the_board_says_so(db: None, at: object) -> None:
    wave = by_school.opened_wave(by_school.QUESTIONNAIRE.replace("required: true", "dont_know: true"))
    visit = by_school.board(wave).send().send(in_care__s00ap="46").send(in_care__s00bk__missing="dont_know").send()
    assert "Daarom telt dit in geen cijfer mee, tenzij u zelf een getal geeft" in visit.html
    visit.send()
    assert in_care(wave) is Missing.DONT_KNOW
    own_number(wave, visit, "46", "De Eiken heeft er geen").send()  # the same number, said of all of them
    assert in_care(wave) == 46


def test_a_number_of_its_own_needs_a_reason_and_that_of_the_sum_needs_none(wave: Wave) -> None:
    visit = own_number(wave, filled_in(wave), "60", reason=" ")
    assert '<a href="#reason">Schrijf erbij waarom het een ander getal is.</a>' in visit.html
    assert Draft.objects.get().sums == {}
    assert own_number(wave, visit, "49", reason="").url.endswith("/controle/")
