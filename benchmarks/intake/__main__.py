"""How many boards can answer at once, what each costs, and how long a page takes, beside two floors of the same run.

    make bench-intake                              all of it
    make bench-intake BENCH_OPTIONS="--boards 200 --seconds 10"

A respondent opens the form of twelve items, is kept twice while typing, sends the page in, sees the check page and
confirms. PostgreSQL is a cluster of its own with `synchronous_commit` on; the load comes from a process beside it, to
127.0.0.1 only. Floors: a minimal Django view that draws a form and stores one row of JSON, under the same gunicorn; and
pgbench with the statements that a respondent costs. After every run the revisions are counted: as many as completed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks.intake import fielding
from benchmarks.intake.load import Step
from benchmarks.intake.paint import SLOWED, first_paints

BUSY: Final = 8
OPENINGS: Final = 7
ROOT: Final = Path(__file__).resolve().parents[2]
TICKS: Final = os.sysconf("SC_CLK_TCK")


def steps() -> list[Step]:
    page, filled = f"/a/{{token}}/vraag/{fielding.PAGE}/", {**fielding.FORM, "version": "0", "form": "bench"}
    half = {name: filled[name] for name in ("pupils", "in_care", "version", "form")}
    return [
        Step("form", "GET", "/a/{token}/", "", 200),
        Step("autosave", "POST", f"{page}bewaar/", urlencode(half), 204),
        Step("autosave", "POST", f"{page}bewaar/", urlencode(filled), 204),
        Step("submit", "POST", page, urlencode(filled), 303),
        Step("check page", "GET", "/a/{token}/controle/", "", 200),
        Step("confirm", "POST", "/a/{token}/controle/", urlencode({"version": "3"}), 303),
    ]


def minimal_steps() -> list[Step]:
    return [
        Step("form", "GET", "/a/{token}/", "", 200),
        Step("submit", "POST", "/a/{token}/", urlencode(fielding.FORM), 303),
    ]


@dataclass(frozen=True)
class Run:
    """What one load came to. CPU in milliseconds, of the web server and of PostgreSQL, for one respondent."""

    seconds: float
    completed: int
    faults: tuple[str, ...]
    latencies: Mapping[str, list[float]]
    web: float
    database: float

    @property
    def a_second(self) -> float:
        return self.completed / self.seconds

    def milliseconds(self, part: float, *names: str) -> float:
        """This part of the requests of these steps took no longer."""
        found = sorted(each for name in names for each in self.latencies.get(name, []))
        return 1000 * found[min(len(found) - 1, int(part * len(found)))] if found else float("nan")


def load(folder: Path, made: Sequence[Step], tokens: Sequence[str], port: int, **pace: float) -> dict[str, Any]:
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"steps": [asdict(step) for step in made], "tokens": tokens, "port": port, **pace}))
    command = [sys.executable, "-m", "benchmarks.intake.load", str(plan)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return dict(json.loads(done.stdout))


def measured(
    folder: Path, made: Sequence[Step], tokens: Sequence[str], server: Any, postmaster: int, **pace: float
) -> Run:
    before = (cpu_of(server.pid), cpu_of(postmaster))
    found = load(folder, made, tokens, server.port, **pace)
    spent = (cpu_of(server.pid) - before[0], cpu_of(postmaster) - before[1])
    count = max(found["completed"], 1)
    return Run(
        seconds=found["seconds"],
        completed=found["completed"],
        faults=tuple(found["faults"]),
        latencies=found["latencies"],
        web=1000 * spent[0] / count,
        database=1000 * spent[1] / count,
    )


def cpu_of(process: int) -> float:
    """Seconds of a process, its children, and those that it has had."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if process in (int(folder.name), int(text[1])):
            total += sum(map(int, text[11:13]))
            total += sum(map(int, text[13:15])) if int(folder.name) == process else 0
    return total / TICKS


@contextmanager
def minimal(folder: Path, environment: Mapping[str, str]) -> Iterator[Any]:
    from peilstok.demo.mailbox import free_port
    from peilstok.demo.server import GUNICORN, Server

    class Minimal(Server):
        """The floor's server: the same start, another application."""

    server = Minimal(environment={**environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}, folder=folder)
    server.port = free_port()
    server._command = [
        *(sys.executable, "-m", "gunicorn", "benchmarks.intake.minimal:application"),
        *(*GUNICORN, "--preload", "--bind", f"127.0.0.1:{server.port}"),
    ]
    with server:
        yield server


def pgbench(folder: Path, url: str, text: str, boards: int) -> float:
    """Respondents a second."""
    from peilstok import postgres

    place = folder / "respondent.sql"
    place.write_text(text)
    each = boards // BUSY
    command = [
        str(postgres.binaries() / "pgbench"),
        "-n",
        "-M",
        "simple",
        "-f",
        str(place),
        "-c",
        str(BUSY),
        "-j",
        "2",
    ]
    done = subprocess.run([*command, "-t", str(each), url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def caught_script(tokens: Sequence[str]) -> tuple[str, int]:
    """The script of a respondent for pgbench, and how many statements a respondent costs."""
    from benchmarks.intake import statements
    from django.test import Client

    from peilstok.collect import tokens as secret
    from peilstok.collect.models import Invitation

    token, client = tokens[-1], Client(headers={"host": "127.0.0.1"})
    client.get(f"/a/{token}/")  # what a process reads once
    invitation = Invitation.objects.get(token_hash=secret.hash_of(token))
    with statements.caught() as found:
        for step in steps():
            path = step.path.format(token=token)
            if step.method == "GET":
                client.get(path)
            else:
                client.post(path, step.body, content_type="application/x-www-form-urlencoded")
    made = statements.script(list(found), invitation=invitation.pk, token_hash=invitation.token_hash)
    return made, sum(each not in ("BEGIN", "COMMIT") for each in found)


def table(runs: Mapping[str, Run], requests: Mapping[str, int]) -> str:
    lines = [
        "| | respondents/s | CPU a respondent: web, database (ms) | CPU a request (ms) | times the floor |",
        "|---|---|---|---|---|",
    ]
    floor = (runs["minimal Django"].web + runs["minimal Django"].database) / requests["minimal Django"]
    for name, run in runs.items():
        a_request = (run.web + run.database) / requests[name]
        lines.append(
            f"| {name} | {run.a_second:.1f} | {run.web:.1f}, {run.database:.1f} | {a_request:.2f} "
            f"| {a_request / floor:.2f} |"
        )
    return "\n".join(lines)


def latencies(run: Run) -> str:
    lines = ["| request | p50 | p95 | p99 (ms) |", "|---|---|---|---|"]
    for name in run.latencies:
        numbers = " | ".join(f"{run.milliseconds(part, name):.1f}" for part in (0.5, 0.95, 0.99))
        lines.append(f"| {name} | {numbers} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=800, help="respondents of a run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=60, help="of 50 submissions and 100 autosaves a second")
    asked = parser.parse_args()
    folder = Path("var/bench-intake").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    from peilstok import postgres

    url = postgres.up(folder / "postgres")
    try:
        measure(asked, folder, url)
    finally:
        postgres.down(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def measure(asked: argparse.Namespace, folder: Path, url: str) -> None:
    os.environ |= {
        "DATABASE_URL": url,
        "PEILSTOK_HOME": str(folder),
        "PEILSTOK_SECRET_KEY": "a key of a benchmark, which nothing else uses",
        "PEILSTOK_SITE_URL": "http://127.0.0.1",
    }
    from peilstok.cli import surroundings

    surroundings.open_database()
    from django.db import connection

    from peilstok.collect.models import Revision
    from peilstok.demo.server import Server

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE minimal_answer (id bigserial PRIMARY KEY, token text NOT NULL, answers jsonb NOT NULL)"
        )
        cursor.execute("ALTER SEQUENCE collect_invitation_id_seq RESTART WITH 7000001")
        cursor.execute("SHOW synchronous_commit")
        print(f"synchronous_commit is {cursor.fetchone()[0]}; {os.cpu_count()} cores; {BUSY} respondents at a time\n")
    rate = 50 * asked.seconds
    tokens = fielding.opened(2 * asked.runs * asked.boards + rate + 1)
    script, count = caught_script(tokens)
    connection.close()
    postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    environment, runs = dict(os.environ), dict[str, list[Run]]()
    queue = iter(tokens)
    done = 1
    for _ in range(asked.runs):
        mine = [next(queue) for _ in range(asked.boards)]
        with Server(environment=environment, folder=folder) as server:
            load(folder, steps()[:1], mine[:BUSY], server.port, busy=BUSY)
            run = measured(folder, steps(), mine, server, postmaster, busy=BUSY)
        runs.setdefault("Peilstok", []).append(run)
        done += run.completed
        there = Revision.objects.count()
        assert there == done, f"{done} respondents completed, {there} revisions; {run.faults[:3]}"
        connection.close()
        with minimal(folder, environment) as server:
            load(folder, minimal_steps()[:1], mine[:BUSY], server.port, busy=BUSY)
            runs.setdefault("minimal Django", []).append(
                measured(folder, minimal_steps(), mine, server, postmaster, busy=BUSY)
            )
    middle = {name: sorted(each, key=lambda run: run.a_second)[len(each) // 2] for name, each in runs.items()}
    print(table(middle, {"Peilstok": len(steps()), "minimal Django": len(minimal_steps())}))
    for name, run in middle.items():
        print(f"\n{name}: {len(run.faults)} faults {run.faults[:3]}\n\n{latencies(run)}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM collect_invitation")
        cursor.execute(f"CREATE SEQUENCE bench_next START WITH {7_000_001 + asked.runs * asked.boards}")
    connection.close()
    speeds = [pgbench(folder, url, script, asked.boards // asked.runs) for _ in range(asked.runs)]
    print(
        f"\npgbench with the same {count} statements a respondent: {statistics.median(speeds):.0f} respondents a second"
    )
    skip = asked.runs * asked.boards  # those are pgbench's
    mine = [next(queue) for _ in range(skip + rate)][skip:]
    keep, submit = steps()[2], steps()[3]
    with Server(environment=environment, folder=folder) as server:
        load(folder, [keep], mine[:BUSY], server.port, busy=BUSY)
        run = measured(folder, [keep, keep, submit], mine, server, postmaster, a_second=50)
    print(
        f"\n50 submissions and 100 autosaves a second for {asked.seconds} s: {run.completed} of {len(mine)} completed "
        f"in {run.seconds:.1f} s, {len(run.faults)} faults {run.faults[:3]}\n\n{latencies(run)}"
    )
    with Server(environment=environment, folder=folder) as server:
        base = f"http://127.0.0.1:{server.port}"
        load(folder, steps()[:1], mine[:BUSY], server.port, busy=BUSY)
        painted = first_paints([f"{base}/a/{token}/" for token in tokens[-OPENINGS:]])
    with minimal(folder, environment) as server:
        floor = first_paints([f"http://127.0.0.1:{server.port}/a/{token}/" for token in tokens[:OPENINGS]])
    print(
        f"\nfirst paint on slow 4G with the processor slowed {SLOWED} times, median of {OPENINGS}: "
        f"{statistics.median(painted):.0f} ms; a form without a stylesheet {statistics.median(floor):.0f} ms"
    )


if __name__ == "__main__":
    main()
