"""The hash of every file of a snapshot, as `sha256sum -c` reads them, and the fingerprint of all: the hash of that."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

SUMS: Final = "SHA256SUMS"

Files = Mapping[str, bytes]


def sums(files: Files) -> bytes:
    """The content of SHA256SUMS, in the order of the files."""
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def fingerprint(files: Files) -> str:
    return sha256(files[SUMS]).hexdigest()


def changed(said: str, files: Files) -> tuple[str, ...]:
    """The names of the files that are not those of this fingerprint."""
    kept = files.get(SUMS, b"")
    if sha256(kept).hexdigest() != said:
        return (SUMS,)
    lines = [line.split("  ", 1) for line in kept.decode().splitlines()]
    return tuple(name for digest, name in lines if sha256(files.get(name, b"")).hexdigest() != digest)
