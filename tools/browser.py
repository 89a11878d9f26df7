"""A browser for the tests: found, or installed in the way that fits the machine, or asked for in words.

    browser.py    finds or installs one and prints where; exit status 2 with what to install where that is impossible

An installed Chrome or Chromium comes first; as root on Debian or Ubuntu the package `chromium`; else the download of
Playwright. PEILSTOK_BROWSER names another one (a path), or leaves the browser tests out (none).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
ADVICE = (
    "no browser for the tests: install Google Chrome or Chromium (Debian, Ubuntu: sudo apt install chromium), name one "
    "with PEILSTOK_BROWSER=/path/to/chrome, or leave the browser tests out by name: PEILSTOK_BROWSER=none make test"
)


def left_out(variables: Mapping[str, str] = os.environ) -> bool:
    """Were the browser tests left out by name?"""
    return variables.get("PEILSTOK_BROWSER") == "none"


def find(variables: Mapping[str, str] = os.environ) -> str | None:
    """The path of a browser that starts, or None. Installs nothing."""
    if left_out(variables):
        return None
    named = variables.get("PEILSTOK_BROWSER")
    places = [named] if named else [*map(shutil.which, NAMES), *map(str, MAC), _of_playwright()]
    return next((place for place in places if place and starts(place)), None)


def starts(place: str) -> bool:
    """Ubuntu's `chromium-browser` may be a script that only says what to install: ask it for its version."""
    if not os.access(place, os.X_OK):
        return False
    try:
        done = subprocess.run([place, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"Chrom" in done.stdout


def _of_playwright() -> str | None:
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            return str(playwright.chromium.executable_path)
    except Error:
        return None


def install() -> None:
    """Try what this machine allows. What fails is said on standard error and the next way is tried."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's package chromium for the browser tests", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if _runs(["apt-get", "update", "-qq"], quiet) and _runs(["apt-get", "install", "-y", "-qq", "chromium"], quiet):
            return
    print("Downloading Playwright's Chromium for the browser tests", file=sys.stderr)
    _runs([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _runs(command: list[str], variables: dict[str, str]) -> bool:
    try:
        done = subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return False
    return done.returncode == 0


def main() -> int:
    if left_out():
        print("PEILSTOK_BROWSER=none: the browser tests are left out", file=sys.stderr)
        return 0
    found = find()
    if not found and not os.environ.get("PEILSTOK_BROWSER"):
        install()
        found = find()
    if not found:
        print(f"peilstok: {ADVICE}", file=sys.stderr)
        return 2
    print(f"browser: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
