"""The one fingerprint of the files of a snapshot, and whether they are still those. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

SUMS: Final = "SHA256SUMS"

Files = Mapping[str, bytes]


def fingerprint(files: Files) -> str:
    return sha256(files[SUMS]).hexdigest()


def changed(said: str, files: Files) -> tuple[str, ...]:
    """The names of the files that are not those of this fingerprint."""
    sums = files.get(SUMS, b"")
    if sha256(sums).hexdigest() != said:
        return (SUMS,)
    lines = [line.split("  ", 1) for line in sums.decode().splitlines()]
    return tuple(name for digest, name in lines if sha256(files.get(name, b"")).hexdigest() != digest)
