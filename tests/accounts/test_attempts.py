"""How often one may try to log in, on both sides of every limit."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from peilstok.accounts import attempts
from peilstok.accounts.models import LoginAttempts

MOMENT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def attempt(account: str = "bram@a.example", address: str = "192.0.2.1", moment: datetime = MOMENT) -> datetime | None:
    return attempts.begin(account=account, address=address, moment=moment)


def test_the_fifth_attempt_goes_on_and_the_sixth_waits_a_quarter_of_an_hour() -> None:
    assert [attempt() for _ in range(5)] == [None] * 5
    assert attempt(moment=MOMENT + MINUTE) == MOMENT + 15 * MINUTE


def test_after_the_wait_one_may_try_again_and_not_a_moment_before() -> None:
    for _ in range(6):
        attempt()
    assert attempt(moment=MOMENT + 15 * MINUTE - timedelta(microseconds=1)) is not None
    assert attempt(moment=MOMENT + 15 * MINUTE) is None
    assert [attempt(moment=MOMENT + 16 * MINUTE) for _ in range(5)][-1] == MOMENT + 30 * MINUTE


def test_trying_on_while_one_has_to_wait_makes_the_wait_no_longer() -> None:
    waits = [attempt(moment=MOMENT + n * MINUTE) for n in range(14)]
    assert waits[-1] == MOMENT + 15 * MINUTE


def test_another_address_and_another_account_are_not_locked_out() -> None:
    for _ in range(9):
        attempt()
    assert attempt(address="192.0.2.2") is None
    assert attempt(account="anna@a.example") is None


def test_an_account_is_the_same_in_capitals_and_with_spaces() -> None:
    for _ in range(5):
        attempt(account=" Bram@A.example ")
    assert attempt() is not None


def test_one_address_may_try_sixty_accounts_and_not_one_more() -> None:
    assert [attempt(account=f"a{n}@a.example") for n in range(60)] == [None] * 60
    assert attempt(account="a60@a.example") == MOMENT + 15 * MINUTE
    assert attempt(account="a60@a.example", address="192.0.2.2") is None


def test_success_clears_the_count_of_this_account_but_not_of_the_address() -> None:
    for _ in range(5):
        attempt()
    attempts.succeeded(account="bram@a.example", address="192.0.2.1", moment=MOMENT)
    assert attempt() is None
    assert sorted(LoginAttempts.objects.values_list("count", flat=True)) == [1, 6]


def test_nothing_readable_is_kept() -> None:
    attempt()
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in LoginAttempts.objects.in_bulk())


def test_counts_whose_window_has_passed_are_removed() -> None:
    attempt()
    attempt(account="anna@a.example", address="192.0.2.2", moment=MOMENT + MINUTE)
    assert attempts.forget(moment=MOMENT + 15 * MINUTE) == 2
    assert LoginAttempts.objects.count() == 2


def test_a_success_takes_counts_along_whose_window_has_passed() -> None:
    attempt(account="anna@a.example", address="192.0.2.2")
    attempts.succeeded(account="bram@a.example", address="192.0.2.1", moment=MOMENT + 15 * MINUTE)
    assert not LoginAttempts.objects.exists()


def test_the_count_stops_before_the_column_is_full() -> None:
    attempt()
    LoginAttempts.objects.update(count=attempts.MOST)
    assert attempt() is not None
    assert set(LoginAttempts.objects.values_list("count", flat=True)) == {attempts.MOST}


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_simultaneous_attempts_gains_nothing() -> None:
    go, answers = threading.Barrier(8), list[datetime | None]()

    def burst() -> None:
        try:
            go.wait(timeout=10)
            answers.extend(attempt() for _ in range(3))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=burst) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(answers) == 24
    assert answers.count(None) <= attempts.PER_ACCOUNT_AND_ADDRESS
