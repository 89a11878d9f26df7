"""A save that is made on what was looked up before: in one statement, or anew when somebody wrote in the meantime."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from peilstok.collect import answers, lookup, respondents, saving, scope, tokens, waves
from peilstok.collect.models import Draft, Invitation, Wave
from peilstok.collect.respondents import Respondent
from peilstok.collect.saving import Saved
from peilstok.errors import NotNow
from peilstok.questionnaire.parsing import LONGEST_TEXT
from tests.collect import fielding


def looked_up(wave: Wave) -> Respondent:
    found = respondents.find(tokens.token_of(fielding.invitation(wave)))
    assert found is not None
    return found


def save(seen: Respondent, pupils: str, *, form: str, version: int = 0, moment: datetime = fielding.DURING) -> Saved:
    saved, _ = saving.save_page(
        invitation=seen.invitation,
        page="board",
        typed={"pupils": [pupils]},
        version=version,
        form=form,
        language="nl",
        moment=moment,
        seen=seen,
    )
    return saved


keep = partial(saving.keep_page, page="board", version=0, form="phone", language="nl", moment=fielding.DURING)


def test_it_takes_one_statement_when_nobody_wrote_in_between(
    wave: Wave, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen = looked_up(wave)
    with django_assert_num_queries(1):
        assert save(seen, "1201", form="phone") is Saved.ACCEPTED
    draft, invitation = Draft.objects.get(), fielding.invitation(wave)
    assert (draft.answers, draft.version, draft.saved_at) == ({"pupils": 1201}, 1, fielding.DURING)
    assert (invitation.opened_at, invitation.started_at) == (fielding.DURING, None)  # the register knew the pupils
    seen = looked_up(wave)
    with django_assert_num_queries(1):
        assert keep(invitation=seen.invitation, typed={"pupils": ["1202"]}, seen=seen) is Saved.PENDING
    assert Draft.objects.get().typed["board"]["fields"] == {"pupils": ["1202"]}
    assert respondents.of(fielding.invitation(wave)).draft.version == 2


@pytest.mark.parametrize("drafted", [True, False])
def test_what_another_device_saved_after_the_look_is_a_conflict_and_stays(wave: Wave, drafted: bool) -> None:
    if drafted:
        save(looked_up(wave), "1200", form="before")
    version = int(drafted)
    seen = looked_up(wave)
    assert save(looked_up(wave), "1250", form="laptop", version=version) is Saved.ACCEPTED
    assert save(seen, "1300", form="phone", version=version) is Saved.CONFLICT
    assert Draft.objects.get().answers == {"pupils": 1250}


@pytest.mark.parametrize("drafted", [True, False])
def test_typing_after_the_look_of_another_device_keeps_what_that_saved(wave: Wave, drafted: bool) -> None:
    if drafted:
        save(looked_up(wave), "1200", form="before")
    seen = looked_up(wave)
    save(looked_up(wave), "1250", form="laptop", version=int(drafted))
    kept = keep(invitation=seen.invitation, typed={"pupils": ["1300"]}, version=int(drafted), seen=seen)
    assert kept is Saved.CONFLICT
    assert (Draft.objects.get().answers, Draft.objects.get().typed) == ({"pupils": 1250}, {})


def test_a_conflict_is_no_sign_that_a_board_has_started(wave: Wave) -> None:
    save(looked_up(wave), "1200", form="before")
    seen, care = looked_up(wave), {"in_care": ["40"], "lead": ["school"]}
    said = {"page": "care", "version": 1, "language": "nl", "moment": fielding.DURING}
    saving.save_page(invitation=seen.invitation, typed={}, form="laptop", seen=looked_up(wave), **said)  # type: ignore[arg-type]
    result, _ = saving.save_page(invitation=seen.invitation, typed=care, form="phone", seen=seen, **said)  # type: ignore[arg-type]
    assert (result, fielding.invitation(wave).started_at) == (Saved.CONFLICT, None)


def test_what_is_kept_as_typed_has_an_end(wave: Wave) -> None:
    """A draft is read at every page."""
    seen = looked_up(wave)
    keep(invitation=seen.invitation, typed={"pupils": ["9" * 900_000] * 3}, seen=seen)
    assert [len(text) for text in Draft.objects.get().typed["board"]["fields"]["pupils"]] == [saving.MOST] * 3
    assert max(LONGEST_TEXT.values()) < saving.MOST / 2


def close(wave: Wave) -> None:
    waves.close_wave(wave=wave, by="command", moment=fielding.DURING)


def exclude(wave: Wave) -> None:
    mine, reason = fielding.invitation(wave), Invitation.ScopeReason.MERGED
    scope.exclude(invitation=mine, reason=reason, by="user:1", moment=fielding.DURING)


@pytest.mark.parametrize("meanwhile", [close, exclude])
def test_what_ended_it_after_the_look_ends_it_for_the_save_as_well(
    wave: Wave, meanwhile: Callable[[Wave], None]
) -> None:
    seen = looked_up(wave)
    meanwhile(wave)
    with pytest.raises(NotNow):
        save(seen, "1201", form="phone", moment=fielding.DURING + timedelta(minutes=1))
    assert not Draft.objects.exists()
    assert fielding.invitation(wave).opened_at is None


def test_a_refusal_after_the_look_is_no_obstacle_and_stays(wave: Wave) -> None:
    seen = looked_up(wave)
    answers.refuse(invitation=fielding.invitation(wave), moment=fielding.DURING)
    assert save(seen, "1201", form="phone", moment=fielding.DURING + timedelta(minutes=1)) is Saved.ACCEPTED
    invitation = fielding.invitation(wave)
    assert (invitation.refused_at, invitation.opened_at) == (fielding.DURING, fielding.DURING)


@pytest.mark.django_db(transaction=True)
def test_a_save_that_had_to_wait_sees_what_it_waited_for(
    transactional_db: None, at: Callable[[datetime], None]
) -> None:
    """Another one holds the invitation, changes the draft alone, and is done while this statement waits."""
    wave = fielding.opened_wave()
    save(looked_up(wave), "1200", form="before")
    seen, held, pid = looked_up(wave), Event(), list[int]()

    def other() -> None:
        try:
            with transaction.atomic():
                found = lookup.locked(seen.invitation.pk)
                held.set()
                wait_until_blocked(pid)
                draft = Draft.objects.get(invitation=found.invitation)
                draft.answers, draft.version, draft.saved = {"pupils": 1250}, 2, {"board": [2, "laptop"]}
                draft.save()
        finally:
            connection.close()

    def mine() -> Saved:
        try:
            assert held.wait(10)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid.append(cursor.fetchone()[0])
            return save(seen, "1300", form="phone", version=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(other), pool.submit(mine)
        first.result(30)
        assert second.result(30) is Saved.CONFLICT
    assert Draft.objects.get().answers == {"pupils": 1250}


def wait_until_blocked(pid: list[int]) -> None:
    """Until the other connection waits for a lock; its number comes in the list."""
    for _ in range(2_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.005)")
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid[0] if pid else 0])
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody came to wait")
