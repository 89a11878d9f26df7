"""What happens without anybody asking: mails go out, waves close on time, jobs of a worker that died are taken up.

Every job can run twice without harm: what it does is guarded by the rows themselves.
"""

from __future__ import annotations

from django.conf import settings
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from peilstok.collect import retention, waves
from peilstok.collect.mail import messages

STALLED: int = 30  # seconds without a sign of life; a worker gives one every ten


@app.task(queue="mail", retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def send_batch(numbers: list[int]) -> None:
    """Send these mails; what has to wait (no server, "try again later") makes the job come back, ever less often."""
    messages.send_queued(numbers=numbers, clock=settings.PEILSTOK_MOMENT)
    messages.check_none_waits(numbers)


@app.periodic(cron="* * * * *")
@app.task(queue="waves", queueing_lock="close_due_waves")
def close_due_waves(timestamp: int) -> None:
    waves.close_due_waves(by="job:close_due_waves", moment=settings.PEILSTOK_MOMENT())


@app.periodic(cron="17 3 * * *")
@app.task(queue="waves", queueing_lock="forget_due_waves")
def forget_due_waves(timestamp: int) -> None:
    retention.forget_all_due(by="job:forget_due_waves", moment=settings.PEILSTOK_MOMENT())


@app.periodic(cron="* * * * *")
@app.task(queue="mail", queueing_lock="mark_uncertain")
def mark_uncertain(timestamp: int) -> None:
    messages.mark_uncertain(moment=settings.PEILSTOK_MOMENT())


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
