"""Adding people: what is written, what is refused, and what the trail says about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from typer.testing import CliRunner

from peilstok.accounts import people
from peilstok.accounts.models import Role, User
from peilstok.accounts.permissions import Act, user_can
from peilstok.audit import trail
from peilstok.audit.models import Entry
from peilstok.cli import app, surroundings, users
from peilstok.errors import CannotRun, NotNow
from peilstok.register.models import Organisation
from tests.accounts.cast import MOMENT, PASSWORD, anna, board

pytestmark = pytest.mark.django_db


def add(**other: Any) -> User:
    given: dict[str, Any] = {
        "email": "anna@peilstok.example",
        "name": "Anna",
        "role": Role.POLL_OFFICER,
        "password": PASSWORD,
        "by": "command",
        "moment": MOMENT,
    }
    return people.add_person(**(given | other))


def test_a_person_is_added_with_a_role_and_both_are_on_record_without_name_or_address() -> None:
    user = add(email=" Anna@Peilstok.example ")
    assert user.email == "anna@peilstok.example"
    assert user.joined_at == MOMENT
    assert user_can(user, Act.OPEN_WAVE)
    assert list(Entry.objects.values_list("act", "subject")) == [
        ("person.add", f"user:{user.pk}"),
        ("role.give", f"user:{user.pk}"),
    ]
    assert not any("anna" in str(entry.__dict__).lower() for entry in Entry.objects.all())
    assert trail.verify() is None


def test_a_director_is_added_for_a_board() -> None:
    user = add(role=Role.DIRECTOR, organisation=board())
    assert user_can(user, Act.ANSWER_FOR_BOARD, board())
    assert Entry.objects.last().details == {"role": "director", "board": "99001"}  # type: ignore[union-attr]


def test_a_role_given_twice_is_there_once_and_on_record_once() -> None:
    user = add()
    people.give_role(user=user, role=Role.POLL_OFFICER, by="user:1", moment=MOMENT)
    assert user.memberships.count() == 1
    assert Entry.objects.filter(act="role.give").count() == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"role": Role.DIRECTOR}, "name the board"),
        ({"email": "anna"}, "mail"),
        ({"password": "short"}, "12"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(other: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotRun, match=said):
        add(**other)
    assert not User.objects.exists()
    assert not Entry.objects.exists()


def test_a_council_role_has_no_board() -> None:
    with pytest.raises(CannotRun, match="it has no board"):
        add(organisation=board())


def test_an_address_has_one_account() -> None:
    anna()
    with pytest.raises(NotNow, match="has an account already"):
        add(email="ANNA@peilstok.example")


def test_a_made_up_password_is_accepted_and_never_the_same() -> None:
    made = {people.new_password() for _ in range(50)}
    assert len(made) == 50
    add(password=made.pop())


def test_a_forgotten_password_is_replaced_on_record_and_ends_the_sessions(client: Client) -> None:
    user = anna()
    client.force_login(user)
    people.give_password(email="Anna@peilstok.example", password="een heel ander woord", by="command", moment=MOMENT)
    assert User.objects.get().check_password("een heel ander woord")
    assert client.get("/account/").status_code == 302
    assert [(entry.act, entry.subject) for entry in Entry.objects.all()] == [("password.give", f"user:{user.pk}")]


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [("nobody@peilstok.example", PASSWORD, "has no account"), ("anna@peilstok.example", "short", "12")],
)
def test_a_password_is_not_replaced_for_nobody_nor_by_a_weak_one(email: str, password: str, said: str) -> None:
    anna()
    with pytest.raises((NotNow, CannotRun), match=said):
        people.give_password(email=email, password=password, by="command", moment=MOMENT)
    assert User.objects.get().check_password(PASSWORD)
    assert not Entry.objects.exists()


# the command


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django is set up here already, on the test database."""
    monkeypatch.setattr(surroundings, "open_database", lambda: None)


@pytest.mark.usefixtures("in_this_process")
def test_the_command_prints_the_password_once_and_the_address_to_log_in_at() -> None:
    board()
    arguments = ["user", "add", "--email", "bram@peilstok.example", "--name", "Bram", "--role", "director"]
    result = CliRunner().invoke(app, [*arguments, "--board", "99001"], catch_exceptions=False)
    assert result.exit_code == 0
    password = result.output.strip().rpartition(" ")[2]
    assert User.objects.get().check_password(password)
    assert f"{settings.PEILSTOK.site_url}/inloggen/" in result.output


@pytest.mark.usefixtures("in_this_process")
def test_the_command_asks_for_a_password_where_that_is_wanted_and_does_not_print_it() -> None:
    arguments = ["user", "add", "--email", "a@peilstok.example", "--name", "Anna", "--role", "poll_officer"]
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    result = CliRunner().invoke(app, [*arguments, "--ask-password"], input=typed, catch_exceptions=False)
    assert PASSWORD not in result.output
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.usefixtures("in_this_process")
def test_the_command_gives_another_password_and_prints_it_once() -> None:
    anna()
    arguments = ["user", "password", "--email", "anna@peilstok.example"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert User.objects.get().check_password(result.output.strip().rpartition(" ")[2])


@pytest.mark.usefixtures("in_this_process")
def test_the_command_names_a_board_that_it_does_not_find() -> None:
    arguments = ["user", "add", "--email", "b@peilstok.example", "--name", "Bram", "--role", "director"]
    result = CliRunner().invoke(app, [*arguments, "--board", "12345"])
    assert isinstance(result.exception, CannotRun)
    assert "12345" in str(result.exception)
    assert not Organisation.objects.exists()


def test_the_command_knows_the_same_roles_as_the_model() -> None:
    assert [str(role) for role in users.RoleName] == list(Role.values)
