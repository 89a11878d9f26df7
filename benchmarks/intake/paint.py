"""When a board sees something, on a slow phone: the first screen over a slow 4G line with the processor slowed.

The line is that of Lighthouse's "slow 4G": 150 ms for each request before it answers, 1.6 Mbit/s down and 0.75 up. The
processor is slowed four times. Each opening is in a browser without a cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright
from tools import browser

LATENCY: Final = 150
DOWN: Final = 1_600_000 / 8
UP: Final = 750_000 / 8
SLOWED: Final = 4

_PAINTED: Final = """() => new Promise(resolve => {
  const seen = () => performance.getEntriesByName('first-contentful-paint')[0];
  const wait = () => seen() ? resolve(seen().startTime) : setTimeout(wait, 5);
  wait();
})"""


def first_paints(addresses: Iterable[str]) -> list[float]:
    """Milliseconds from the tap on the link to the first text on the screen, of each address once."""
    with sync_playwright() as playwright:
        path = browser.find()
        if path is None:
            raise RuntimeError(browser.ADVICE)
        chromium = playwright.chromium.launch(executable_path=path)
        try:
            return [_first_paint(chromium, address) for address in addresses]
        finally:
            chromium.close()


def _first_paint(chromium: Browser, address: str) -> float:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="nl-NL")
    try:
        page = context.new_page()
        line: Any = context.new_cdp_session(page)
        line.send("Network.enable")
        conditions = {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP}
        line.send("Network.emulateNetworkConditions", conditions)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.goto(address, wait_until="load")
        return float(page.evaluate(_PAINTED))
    finally:
        context.close()
