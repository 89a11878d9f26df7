"""Real bounces of many mail servers: hard, soft and unrelated are told apart, and a soft one never blocks an address.

They are read from a folder outside the repository, `test/fixtures` of https://github.com/crisp-oss/email-bounce-parser,
that PEILSTOK_BOUNCES names. Without it these tests are left out, by name.

What is right is taken from the flags that the corpus gives each of them: `permanent` is hard, `temporary` is soft, and
so is one with neither (a server that could not be reached); the two files that are no bounce are unrelated.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from peilstok.collect.mail import bounces
from peilstok.collect.mail.bounces import Kind, Verdict

FOLDER = os.environ.get("PEILSTOK_BOUNCES", "")
FILES = sorted(Path(FOLDER).glob("*.txt")) if FOLDER else []
LEAVES_OUT = pytest.mark.skipif(not FILES, reason="PEILSTOK_BOUNCES names no folder with bounces")

NO_BOUNCE = {"default", "empty"}
NO_ADDRESS = re.compile(
    r"no_such_recipient|address_rejected|does_not_exist|recipient_unknown|550_unkown_server|server_unknown|mailbox_unavail"
)
"""Those of which the name says that there is no such address (or domain)."""


def verdict(path: Path) -> Verdict:
    """As it would arrive from a mail server: the files are texts without headers."""
    headers = b"From: MAILER-DAEMON@mail.example\nSubject: notice\nContent-Type: text/plain; charset=utf-8\n\n"
    return bounces.read(headers + path.read_bytes())


def right(path: Path) -> Kind:
    if path.stem in NO_BOUNCE:
        return Kind.UNRELATED
    error = json.loads((path.parent / "expected" / f"{path.stem}.json").read_text(encoding="utf-8"))["data"]["error"]
    return Kind.HARD if error["permanent"] else Kind.SOFT


@LEAVES_OUT
def test_hard_soft_and_unrelated_bounces_are_told_apart_in_95_of_100() -> None:
    wrong = [(path.stem, verdict(path).kind, right(path)) for path in FILES if verdict(path).kind is not right(path)]
    assert len(wrong) <= 0.05 * len(FILES), wrong


@LEAVES_OUT
def test_no_bounce_that_is_soft_by_the_corpus_blocks_an_address() -> None:
    assert [path.stem for path in FILES if right(path) is not Kind.HARD and verdict(path).blocks] == []


@LEAVES_OUT
def test_only_one_that_says_there_is_no_such_address_blocks_it() -> None:
    blocking = {path.stem for path in FILES if verdict(path).blocks}
    assert [name for name in sorted(blocking) if not NO_ADDRESS.search(name)] == []
