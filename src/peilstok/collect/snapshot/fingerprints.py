"""The hash of every file of a snapshot, as `sha256sum -c` reads them, and the fingerprint of all: the hash of that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"

Files = Mapping[str, bytes]


def sums(files: Files) -> bytes:
    """The content of SHA256SUMS, in the order of the files."""
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def fingerprint(files: Files) -> str:
    return sha256(files[SUMS]).hexdigest()


def changed(said: str, files: Files) -> tuple[str, ...]:
    """The names of the files that are not those of this fingerprint, of those that are gone, and of those too many."""
    kept = files.get(SUMS, b"")
    if sha256(kept).hexdigest() != said:
        return (SUMS,)
    lines = [line.split("  ", 1) for line in kept.decode().splitlines()]
    expected = {name: digest for digest, name in lines}
    found = {name: sha256(content).hexdigest() for name, content in files.items() if name not in (SUMS, MANIFEST)}
    names = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    return (*names, *_changed_manifest(files.get(MANIFEST, b""), said, expected))


def _changed_manifest(kept: bytes, said: str, expected: Mapping[str, str]) -> tuple[str, ...]:
    try:
        told = json.loads(kept)
    except ValueError:
        return (MANIFEST,)
    agrees = isinstance(told, dict) and (told.get("fingerprint"), told.get("files")) == (said, expected)
    return () if agrees else (MANIFEST,)
