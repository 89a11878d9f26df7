"""Which code made a release: the version of the package and a fingerprint of its sources.

A version number alone does not tell two checkouts apart. It is kept with the release and shown to the council; it is
in none of the files, so that an unrelated change of code does not change what was published.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import peilstok

SUFFIXES = frozenset({".py", ".html", ".css", ".typ"})


@cache
def version() -> str:
    """`0.1.0+3f9a0c1b2d4e`: the version, and twelve digits of SHA-256 over names and contents of all sources."""
    root = Path(peilstok.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES):
        digest.update(f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"{peilstok.__version__}+{digest.hexdigest()[:12]}"
