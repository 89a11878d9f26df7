"""No more mails go out in a minute than the wave's file says, whatever queued them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from peilstok.collect import tasks
from peilstok.collect.mail import messages, pace
from peilstok.collect.models import Message, Wave
from tests.collect import fielding
from tests.collect.mail import Mailbox


def paced(per_minute: int) -> Wave:
    from peilstok.collect import waves

    text = fielding.WAVE.replace("mail:\n", f"mail:\n  per_minute: {per_minute}\n")
    return waves.open_wave(wave=fielding.draft_wave(text), by="command", moment=fielding.OPENS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("per_minute", "batch", "seconds"),
    [(1, 1, 60), (49, 49, 60), (50, 50, 60), (99, 50, 60), (100, 50, 30), (120, 50, 30), (600, 50, 5)],
)
def test_whole_batches_are_begun_so_often_that_no_minute_has_more(
    at: object, per_minute: int, batch: int, seconds: int
) -> None:
    found = pace.of(paced(per_minute))
    assert (found.batch, found.every) == (batch, timedelta(seconds=seconds))
    assert found.batch * (60 // seconds) <= per_minute


@pytest.mark.django_db
def test_jobs_are_scheduled_one_after_the_other(at: object) -> None:
    wave = paced(1)
    before = datetime.now(UTC)  # noqa: TID251  (the queue runs on the time of its server)
    messages.send_invitations(wave, fielding.DURING, by="command")
    jobs = ProcrastinateJob.objects.filter(task_name__endswith="send_batch").order_by("id")
    assert [len(job.args["numbers"]) for job in jobs] == [1, 1, 1]
    first, *later = [job.scheduled_at for job in jobs]
    assert first is None
    assert [round((moment - before).total_seconds() / 60) for moment in later if moment] == [1, 2]


@pytest.mark.django_db
def test_a_batch_whose_turn_has_not_come_is_told_when_and_reserves_nothing(at: object) -> None:
    wave = paced(1)
    messages.send_invitations(wave, fielding.DURING, by="command")
    one, two, _ = Message.objects.order_by("pk").values_list("pk", flat=True)
    minute = timedelta(minutes=1)
    assert pace.reserve(messages.wave_of([one]), fielding.DURING) == pace.Turn(fielding.DURING, reserved=True)
    for _again in range(2):
        assert pace.reserve(messages.wave_of([two]), fielding.DURING) == pace.Turn(
            fielding.DURING + minute, reserved=False
        )
    soon = fielding.DURING + minute - pace.PATIENCE
    assert pace.reserve(messages.wave_of([two]), soon) == pace.Turn(fielding.DURING + minute, reserved=True)
    assert pace.reserve(messages.wave_of([two]), soon).at == fielding.DURING + 2 * minute


@pytest.mark.django_db
def test_a_batch_that_has_nothing_left_to_send_takes_no_turn(at: object) -> None:
    wave = paced(1)
    messages.send_invitations(wave, fielding.DURING, by="command")
    Message.objects.update(state="failed")
    numbers = list(Message.objects.values_list("pk", flat=True))
    assert [pace.reserve(messages.wave_of(numbers), fielding.DURING).reserved for _ in range(3)] == [True] * 3


@pytest.mark.django_db(transaction=True)
def test_an_officer_who_invites_five_times_sends_no_faster(
    emptied_queue: None, at: Callable[[datetime], None], box: Mailbox
) -> None:
    wave = paced(2)
    for _ in range(5):
        messages.send_invitations(wave, fielding.DURING, by="command")
    ProcrastinateJob.objects.exclude(scheduled_at=None).update(scheduled_at=fielding.DURING)  # all of them at once
    tasks.run_due()
    assert len(box.mails) == 2
    at(fielding.DURING + timedelta(minutes=1))
    ProcrastinateJob.objects.exclude(scheduled_at=None).update(scheduled_at=fielding.DURING)
    tasks.run_due()
    assert len(box.mails) == 3
