"""Who may do what, written out by hand: the code's own table is not used to say what is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from peilstok.accounts.models import Role
from peilstok.accounts.permissions import TABLE, WHAT, Act, Person, check, requires, user_can
from peilstok.errors import NotAllowed
from peilstok.register.models import Organisation
from tests.accounts.cast import anna, board, bram, carla, person

# A question about nobody's board, about the person's own, and about another's.
# y: yes, everywhere.  o: only for the own board.  . : never.
TRUTH = """
                  poll_officer statistician communications administrator director secretariat
see_monitor            y            y             y              .           .         .
open_wave              y            .             .              .           .         .
see_answers            y            y             .              .           .         .
handle_board           y            .             .              .           .         .
see_estimates          .            y             .              .           .         .
write_article          y            .             y              .           .         .
publish                y            .             y              .           .         .
manage_people          .            .             .              y           .         .
see_audit              .            .             .              y           .         .
answer_for_board       .            .             .              .           o         o
see_own_answers        .            .             .              .           o         o
"""


def cells() -> Iterator[tuple[str, str, str]]:
    heading, *lines = TRUTH.strip("\n").splitlines()
    for line in lines:
        act, *marks = line.split()
        yield from ((act, role, mark) for role, mark in zip(heading.split(), marks, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("act", "role", "mark"), list(cells()))
def test_the_truth_table_holds(act: str, role: str, mark: str) -> None:
    own, other = board("99001"), board("99002", "Stichting Een Ander")
    at_a_board = role in {"director", "secretariat"}
    user = person("Anna", Role(role), own if at_a_board else None)
    got = [user_can(user, Act(act), where) for where in (None, own, other)]
    assert got == {"y": [True, True, True], "o": [False, True, False], ".": [False, False, False]}[mark]


def test_the_truth_table_has_every_act_and_every_role() -> None:
    assert {act for act, _, _ in cells()} == set(Act)
    assert {role for _, role, _ in cells()} == set(Role)
    assert set(WHAT) == set(Act)
    assert set(TABLE) == set(Role)


@pytest.mark.django_db
@pytest.mark.parametrize("act", Act)
def test_without_a_role_an_account_or_an_active_account_nothing_is_allowed(act: Act) -> None:
    former = person("Former", Role.POLL_OFFICER)
    former.is_active = False
    for somebody in (carla(), AnonymousUser(), former):
        assert not user_can(somebody, act, board())


@pytest.mark.django_db
def test_two_roles_give_what_either_gives_and_each_for_its_own_board() -> None:
    first, second = board("99001"), board("99002")
    user = person("Dirk", Role.DIRECTOR, first)
    user.memberships.create(role=Role.STATISTICIAN)
    assert user_can(user, Act.ANSWER_FOR_BOARD, first)
    assert not user_can(user, Act.ANSWER_FOR_BOARD, second)
    assert user_can(user, Act.SEE_ANSWERS, second)


@pytest.mark.django_db
def test_a_refusal_says_which_right_was_missing() -> None:
    with pytest.raises(NotAllowed, match="make a release"):
        check(carla(), Act.PUBLISH)
    check(anna(), Act.PUBLISH)


@requires(Act.SEE_MONITOR)
def monitor(request: HttpRequest) -> HttpResponse:
    return HttpResponse("monitor")


def of_the_address(number: str) -> Organisation:
    return Organisation.objects.get(number=number)


@requires(Act.SEE_OWN_ANSWERS, of_the_address)
def own_answers(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse("answers")


def asked_by(user: Person) -> HttpRequest:
    request = RequestFactory().get("/raad/metingen/wave-3/?x=1")
    request.user = user
    return request


@pytest.mark.django_db
def test_a_guarded_view_serves_those_who_may_refuses_others_and_asks_strangers_to_log_in() -> None:
    assert monitor(asked_by(anna())).status_code == 200
    with pytest.raises(NotAllowed):
        monitor(asked_by(bram()))
    answer = monitor(asked_by(AnonymousUser()))
    assert answer.status_code == 302
    assert answer["Location"] == "/inloggen/?next=/raad/metingen/wave-3/%3Fx%3D1"


@pytest.mark.django_db
def test_a_guarded_view_about_a_board_serves_that_board_only() -> None:
    board("99002", "Stichting Een Ander")
    user = bram()
    assert own_answers(asked_by(user), "99001").status_code == 200
    with pytest.raises(NotAllowed):
        own_answers(asked_by(user), "99002")
