"""What happens without anybody asking: mails go out, waves close on time, jobs of a worker that died are taken up.

Every job can run twice without harm: what it does is guarded by the rows themselves.
"""

from __future__ import annotations

import math
import time
from typing import Any

from django.conf import settings
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.tasks import Task

from peilstok.collect import retention, waves
from peilstok.collect.mail import confirmed, handed, messages, pace, reminders, returned
from peilstok.collect.models import Wave

STALLED: int = 30  # seconds without a sign of life; a worker gives one every ten


class EverLessOften(BaseRetryStrategy):
    """After 3, 9, 27 ... seconds, ten times. A job that had to wait for its turn goes on counting in the next one."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        before = job.task_kwargs.get("before", 0)
        times = job.attempts + (before if isinstance(before, int) else 0)
        return RetryDecision(retry_in={"seconds": 3 ** (times + 1)}) if times < 10 else None


@app.task(queue="mail", retry=EverLessOften(), pass_context=True)
def send_batch(context: JobContext, numbers: list[int], before: int = 0) -> None:
    """Send these mails when it is their turn; what has to wait then (no server, "try again later") makes the job come
    back, ever less often. `before`: how often that has happened in jobs before this one.
    """
    if _is_our_turn(send_batch, context, messages.wave_of(numbers), numbers, before):
        messages.send_queued(numbers=numbers, clock=settings.PEILSTOK_MOMENT)
        messages.check_none_waits(numbers)


@app.task(queue="mail", retry=EverLessOften(), pass_context=True)
def send_handed(context: JobContext, numbers: list[int], before: int = 0) -> None:
    """The same for mails about parts that boards handed to others."""
    if _is_our_turn(send_handed, context, handed.wave_of(numbers), numbers, before):
        handed.send_queued(numbers=numbers, clock=settings.PEILSTOK_MOMENT)
        handed.check_none_waits(numbers)


def _is_our_turn(
    task: Task[..., Any, Any], context: JobContext, wave: Wave | None, numbers: list[int], before: int
) -> bool:
    """Wait a second at most for the turn of the batch; for a later one the job comes back."""
    moment = settings.PEILSTOK_MOMENT()
    turn = pace.reserve(wave, moment)
    wait = max((turn.at - moment).total_seconds(), 0)
    if not turn.reserved:
        before += context.job.attempts
        task.configure(schedule_in={"seconds": math.ceil(wait)}).defer(numbers=[*numbers], before=before)
        return False
    time.sleep(wait)
    return True


@app.periodic(cron="* * * * *")
@app.task(queue="waves", queueing_lock="close_due_waves")
def close_due_waves(timestamp: int) -> None:
    waves.close_due_waves(by="job:close_due_waves", moment=settings.PEILSTOK_MOMENT())


@app.periodic(cron="17 3 * * *")
@app.task(queue="waves", queueing_lock="forget_due_waves")
def forget_due_waves(timestamp: int) -> None:
    retention.forget_all_due(by="job:forget_due_waves", moment=settings.PEILSTOK_MOMENT())


@app.periodic(cron="* * * * *")
@app.task(queue="waves", queueing_lock="queue_due_reminders")
def queue_due_reminders(timestamp: int) -> None:
    list(reminders.queue_all_due(by="job:queue_due_reminders", moment=settings.PEILSTOK_MOMENT()))


@app.periodic(cron="* * * * *")
@app.task(queue="waves", queueing_lock="queue_confirmations")
def queue_confirmations(timestamp: int) -> None:
    list(confirmed.queue_all_due(by="job:queue_confirmations", moment=settings.PEILSTOK_MOMENT()))


@app.periodic(cron="* * * * *")
@app.task(queue="mail", queueing_lock="mark_uncertain")
def mark_uncertain(timestamp: int) -> None:
    messages.mark_uncertain(moment=settings.PEILSTOK_MOMENT())
    handed.mark_uncertain(moment=settings.PEILSTOK_MOMENT())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="mail", queueing_lock="fetch_returned")
def fetch_returned(timestamp: int) -> None:
    """Read what came back, where PEILSTOK_MAIL_INBOX says where it comes."""
    if settings.PEILSTOK.mail_inbox:
        returned.fetch(url=settings.PEILSTOK.mail_inbox, by="job:fetch_returned", clock=settings.PEILSTOK_MOMENT)


@app.periodic(cron="* * * * *")
@app.task(queue="waves", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """A worker that was killed leaves its jobs "doing" for ever; nothing else takes them up again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await manager.retry_job(job)


def run_due() -> None:
    """Run the jobs that are due in this process, until there are none; for commands and tests."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
