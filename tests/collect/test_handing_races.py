"""The board, its schools and an officer at the same time, on connections of their own: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from peilstok.collect import answers, handovers, hands, saving, scope
from peilstok.collect.answers import Confirmed
from peilstok.collect.hands import Hand
from peilstok.collect.models import Draft, Handover, Revision, Wave
from peilstok.collect.saving import Saved
from peilstok.errors import NotNow
from tests.collect import by_school, fielding
from tests.collect.by_school import EIKEN, LINDEN, REMARKS
from tests.collect.test_races import AT_ONCE, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wave(transactional_db: None, at: Callable[[datetime], None]) -> Wave:
    return by_school.opened_wave()


def save(wave: Wave, hand: Hand | None, page: str, **typed: str) -> Saved:
    saved, _ = saving.save_page(
        invitation=fielding.invitation(wave),
        page=page,
        typed={name.replace("__", "."): [value] for name, value in typed.items()},
        version=0,
        form=page,
        language="nl",
        moment=fielding.DURING,
        hand=hand,
    )
    return saved


def test_two_schools_and_the_board_save_at_once_and_nothing_is_lost(wave: Wave) -> None:
    linden, eiken = (hands.of_handover(each) for each in by_school.hand_over(wave, LINDEN, EIKEN))

    def act(number: int) -> Saved:
        if number % 3 == 0:
            return save(wave, linden, "care--s00ap", in_care__s00ap="46")
        if number % 3 == 1:
            return save(wave, eiken, "care--s00bk", in_care__s00bk="3")
        return save(wave, None, "all", remark="een")

    assert set(together(act)) == {Saved.ACCEPTED}
    assert Draft.objects.get().answers == {"in_care.s00ap": 46, "in_care.s00bk": 3, "remark": "een"}


def test_a_school_and_the_board_with_other_answers_to_one_page_conflict_and_one_is_kept(wave: Wave) -> None:
    hand = hands.of_handover(by_school.hand_over(wave, LINDEN)[0])

    def act(number: int) -> Saved:
        saved, _ = saving.save_page(
            invitation=fielding.invitation(wave), page="care--s00ap", typed={"in_care.s00ap": [str(number)]},
            version=0, form=f"form {number}", language="nl", moment=fielding.DURING,
            hand=hand if number % 2 else None,
        )  # fmt: skip
        return saved

    assert sorted(together(act)) == [Saved.ACCEPTED, *[Saved.CONFLICT] * (AT_ONCE - 1)]


def test_what_a_school_saves_while_the_board_sends_is_in_the_answers_or_waits_for_the_next(wave: Wave) -> None:
    hand = hands.of_handover(by_school.hand_over(wave, LINDEN)[0])
    save(wave, None, "schools", schools="s00ap")
    save(wave, hand, "care--s00ap", in_care__s00ap="1")
    save(wave, None, "all", remark="een")
    version, invitation = Draft.objects.get().version, fielding.invitation(wave)

    def act(number: int) -> object:
        if number:
            saving.save_page(
                invitation=invitation, page="care--s00ap", typed={"in_care.s00ap": ["46"]}, version=version,
                form="again", language="nl", moment=fielding.DURING, hand=hand,
            )  # fmt: skip
            return None
        return answers.confirm(invitation=invitation, version=version, moment=fielding.DURING)[0]

    outcome = together(act)[0]
    counted = [each.counted["in_care.s00ap"] for each in Revision.objects.all()]
    assert (outcome, counted) in ((Confirmed.CONFIRMED, [1]), (Confirmed.CHANGED, []))
    assert Draft.objects.get().answers["in_care.s00ap"] == 46


def test_a_part_goes_to_one_person_however_often_it_is_handed_over_at_once(wave: Wave) -> None:
    def act(_: int) -> bool:
        try:
            by_school.hand_over(wave, LINDEN, REMARKS)
        except NotNow:
            return False
        return True

    assert sum(together(act)) == 1
    assert Handover.objects.count() == 2


def test_what_is_saved_while_the_part_is_taken_back_is_kept_or_refused_never_half(wave: Wave) -> None:
    handover = by_school.hand_over(wave, LINDEN)[0]
    hand, invitation = hands.of_handover(handover), fielding.invitation(wave)

    def act(number: int) -> str:
        if number == 0:
            handovers.take_back(
                invitation=invitation, numbers=[handover.pk], hand=hands.of_board(invitation), moment=fielding.DURING
            )
            return "taken back"
        try:
            return save(wave, hand, "care--s00ap", in_care__s00ap="46")
        except NotNow:
            return "refused"

    results = together(act)[1:]
    assert set(results) <= {Saved.ACCEPTED, "refused"}
    assert Draft.objects.exists() is (Saved.ACCEPTED in results)
    with pytest.raises(NotNow):
        save(wave, hand, "care--s00ap", in_care__s00ap="47")


def test_an_answer_and_out_of_scope_at_once_leave_a_state_that_the_table_knows(wave: Wave) -> None:
    save(wave, None, "schools", schools="s00ap")
    save(wave, None, "care--s00ap", in_care__s00ap="1")
    save(wave, None, "all", remark="een")
    version, invitation = Draft.objects.get().version, fielding.invitation(wave)

    def act(number: int) -> object:
        if number == 0:
            scope.exclude(invitation=invitation, reason=scope.Reason.ENDED, by="user:1", moment=fielding.DURING)
            return None
        try:
            return answers.confirm(invitation=invitation, version=version, moment=fielding.DURING)[0]
        except NotNow:
            return None

    together(act)
    invitation.refresh_from_db()
    assert invitation.outcome == "out_of_scope"
    assert Revision.objects.count() == (0 if invitation.answered_at is None else 1)
