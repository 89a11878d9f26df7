"""Respondents at 127.0.0.1, in a process of their own: how long each request took.

    python -m benchmarks.intake.load PLAN.json

The plan has the steps of a respondent (method, path with {token}, body), the tokens, and either how many respondents
are busy at once, or how many begin a second. Prints JSON: seconds in all, and for each step its latencies and faults. A
request has a connection of its own, as browsers behind a proxy have.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 30.0  # seconds for one request


@dataclass(frozen=True)
class Step:
    """A request of a respondent, and the status that it should get."""

    name: str
    method: str
    path: str
    body: str
    status: int

    def request(self, token: str, port: int) -> bytes:
        head = [
            f"{self.method} {self.path.format(token=token)} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Connection: close",
        ]
        if self.method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(self.body.encode())}"]
        return ("\r\n".join(head) + "\r\n\r\n" + self.body).encode()


@dataclass
class Heard:
    """What came back, by step."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    completed: int = 0

    async def ask(self, step: Step, token: str, port: int) -> bool:
        start = time.perf_counter()
        try:
            status = await asyncio.wait_for(_status(step.request(token, port), port), PATIENCE)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            self.faults.append(f"{step.name}: {type(error).__name__} {error}")
            return False
        self.latencies.setdefault(step.name, []).append(time.perf_counter() - start)
        if status != step.status:
            self.faults.append(f"{step.name}: {status}, not {step.status}")
        return status == step.status


async def _status(request: bytes, port: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        answer = await reader.read()
    finally:
        writer.close()
    return int(answer.split(b" ", 2)[1])


async def at_once(heard: Heard, steps: Sequence[Step], tokens: Sequence[str], port: int, busy: int) -> None:
    """So many respondents at any time, until all have answered."""
    waiting = iter(tokens)

    async def one_after_another() -> None:
        for token in waiting:
            done = await _through(heard, steps, token, port)
            heard.completed += done

    await asyncio.gather(*(one_after_another() for _ in range(busy)))


async def _through(heard: Heard, steps: Sequence[Step], token: str, port: int) -> bool:
    for step in steps:
        if not await heard.ask(step, token, port):
            return False
    return True


async def by_the_clock(heard: Heard, steps: Sequence[Step], tokens: Sequence[str], port: int, a_second: float) -> None:
    """So many respondents begin a second, whatever became of those before them; their steps half a second apart."""
    start = time.perf_counter()

    async def at(moment: float, token: str) -> None:
        for place, step in enumerate(steps):
            await asyncio.sleep(max(0.0, start + moment + 0.5 * place - time.perf_counter()))
            if not await heard.ask(step, token, port):
                return
        heard.completed += 1

    await asyncio.gather(*(at(number / a_second, token) for number, token in enumerate(tokens)))


def main() -> None:
    plan: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    steps, heard = [Step(**each) for each in plan["steps"]], Heard()
    work: Callable[..., Awaitable[None]] = at_once if "busy" in plan else by_the_clock
    start = time.perf_counter()
    asyncio.run(work(heard, steps, plan["tokens"], plan["port"], plan.get("busy") or plan["a_second"]))  # type: ignore[arg-type]
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "completed": heard.completed, "faults": heard.faults, **_timed(heard)}))


def _timed(heard: Heard) -> dict[str, Any]:
    return {"latencies": heard.latencies}


if __name__ == "__main__":
    main()
