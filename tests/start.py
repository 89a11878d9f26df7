"""Loaded by `-p tests.start` before Django's settings are read: gives the tests their own PostgreSQL.

Without DATABASE_URL an embedded server runs on `$PEILSTOK_HOME/test/postgres` while a test process needs it.
"""

from __future__ import annotations

import os
from pathlib import Path

from peilstok import postgres

VAR = Path(__file__).resolve().parent.parent / "var"
HOME = Path(os.environ.get("PEILSTOK_HOME") or VAR).resolve() / "test"
HOME.mkdir(parents=True, exist_ok=True)

if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = postgres.hold(HOME / "postgres")
os.environ["PEILSTOK_HOME"] = str(HOME)
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(VAR / "cache" / "hypothesis"))
os.environ["PEILSTOK_SITE_URL"] = "http://localhost:8000"
os.environ["PEILSTOK_SECRET_KEY"] = "for the tests only, and long enough to be accepted"
os.environ["PEILSTOK_COUNCIL"] = "Raad voor de proef"
for name in ("PEILSTOK_DEMO", "PEILSTOK_DEMO_CLOCK", "PEILSTOK_DEBUG", "PEILSTOK_MAIL_URL"):
    os.environ.pop(name, None)
