"""A board that answers: opens the link from its mail, fills in page after page, looks at the check page, confirms.

It knows the pages as a person does: by what is on them. Where the connection breaks (the server was restarted, the
tunnel was long) it opens its link again and goes on where it was; it takes an answer for given only when it has seen
the confirmation with its reference.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from peilstok.demo.browser import Browser, Form, Page
from peilstok.errors import PeilstokError
from peilstok.terms import ItemName, Missing, Value

REFERENCE: Final = re.compile(r"\b[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}\b")
MOST_PAGES: Final = 40
PATIENCE: Final = 60  # attempts, a quarter of a second apart


class Stuck(PeilstokError):
    """A page did not let the visitor on: the demo's answers and the questionnaire do not fit each other."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the last page said."""

    reference: str


def answer(site: str, link: str, answers: Mapping[ItemName, Value]) -> Confirmation:
    """Give these answers through the link. Tries again after a broken connection; raises Stuck or Refused."""
    browser = Browser(site)
    parts = urlsplit(link)
    address = site + parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        for attempt in range(PATIENCE):
            try:
                return _walk(browser, address, answers)
            except (OSError, http.client.HTTPException):
                if attempt == PATIENCE - 1:
                    raise
                time.sleep(0.25)
                browser.reconnect()
        raise AssertionError("unreachable")
    finally:
        browser.close()


def _walk(browser: Browser, link: str, answers: Mapping[ItemName, Value]) -> Confirmation:
    page = browser.get(link)
    for _ in range(MOST_PAGES):
        if found := _confirmed(page):
            return found
        form = _form(page)
        page = browser.submit(page, form, filled_in(form, answers))
    raise Stuck("the questionnaire has no end")


def _confirmed(page: Page) -> Confirmation | None:
    """The last page has a reference and no form that still asks for something."""
    reference = REFERENCE.search(page.text)
    return Confirmation(reference.group()) if reference and not _forms(page) else None


def _form(page: Page) -> Form:
    forms = _forms(page)
    if not forms:
        raise Stuck("a page without a form and without a reference")
    return forms[0]


def _forms(page: Page) -> list[Form]:
    """Forms that hold the board's answers: they say of which version. Others switch the language, or refuse."""
    return [form for form in page.forms if form.method == "POST" and "version" in form.names()]


def filled_in(form: Form, answers: Mapping[ItemName, Value]) -> list[tuple[str, str]]:
    """What is sent: the form as it stands, the answers in their places, and yes to every "is this right?"."""
    mine = {name for name in form.names() if ItemName(name.removesuffix(".missing")) in answers}
    sent = [(name, value) for name, value in form.untouched() if name not in mine]
    for item, value in answers.items():
        if form.names() & {item, f"{item}.missing"}:
            sent += _entered(form, item, value)
    return sent + [(box.name, box.value) for box in form.controls if box.name == "right" and box.type == "checkbox"]


def _entered(form: Form, item: ItemName, value: Value) -> list[tuple[str, str]]:
    if isinstance(value, Missing):
        boxes = [box for box in form.controls if box.name in {item, f"{item}.missing"} and box.value == str(value)]
        return [(box.name, box.value) for box in boxes[:1]]
    if isinstance(value, frozenset):
        return [(item, option) for option in sorted(value)]
    if isinstance(value, float):
        return [(item, f"{value:g}".replace(".", ","))]
    return [(item, str(value))]
