"""A browser without a screen: GET and POST over real HTTP, cookies, redirects, forms. No JavaScript, like some phones.

What it does not do: decide what to fill in (`visitor.py`).
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

MOST_REDIRECTS: Final = 5
TIMEOUT: Final = 30  # seconds, for one answer of the server
FORM: Final = re.compile(r"<form\b.*?</form>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Control:
    """An input of a form. `on` is whether a browser sends it untouched: not an empty box, not a button."""

    name: str
    type: str
    value: str
    on: bool


@dataclass(slots=True)
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def names(self) -> set[str]:
        return {control.name for control in self.controls}

    def untouched(self) -> list[tuple[str, str]]:
        """What is sent when a person changes nothing and presses Enter: the first button counts as pressed."""
        sent = [(control.name, control.value) for control in self.controls if control.on]
        buttons = [control for control in self.controls if control.type == "submit"]
        return sent + [(button.name, button.value) for button in buttons[:1] if button.name]


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    url: str
    text: str
    forms: Sequence[Form]


class Refused(Exception):
    """The server answered with a status that is no page for a person: 403, 404, 500."""

    def __init__(self, status: int, url: str) -> None:
        super().__init__(f"HTTP {status}")  # without the address: it carries a secret
        self.status, self.url = status, url


class Browser:
    """One person's browser, on one server. Connections are kept alive; a broken one raises OSError or HTTPException."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._cookies: SimpleCookie = SimpleCookie()
        self._connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._site)
        return http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)

    def get(self, url: str) -> Page:
        return self._follow("GET", url, None, referer="")

    def submit(self, page: Page, form: Form, sent: Sequence[tuple[str, str]]) -> Page:
        return self._follow(form.method, urljoin(page.url, form.action), sent, referer=page.url)

    def close(self) -> None:
        self._connection.close()

    def reconnect(self) -> None:
        """After a broken connection. Cookies stay, as in a browser that was only cut off."""
        self._connection.close()
        self._connection = self._connect()

    def _follow(self, method: str, url: str, sent: Sequence[tuple[str, str]] | None, *, referer: str) -> Page:
        for _ in range(MOST_REDIRECTS):
            status, headers, text = self._request(method, url, sent, referer=referer)
            if status not in {301, 302, 303, 307, 308}:
                if status >= 400 and status not in {409, 422}:  # those two are pages that ask something
                    raise Refused(status, url)
                return Page(status, url, text, tuple(forms(text)))
            url = urljoin(url, headers["Location"])
            if status in {301, 302, 303}:
                method, sent = "GET", None
        raise Refused(status, url)

    def _request(
        self, method: str, url: str, sent: Sequence[tuple[str, str]] | None, *, referer: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        parts = urlsplit(url)
        headers = {"Accept": "text/html", "Accept-Language": "nl", "Host": urlsplit(self._site).netloc}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={each.value}" for name, each in sorted(self._cookies.items()))
        if referer:
            headers |= {"Referer": referer, "Origin": self._site}
        body = None
        if sent is not None:
            body = urlencode(sent)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._connection.request(method, target, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return answer.status, answer.headers, text


def forms(text: str) -> list[Form]:
    """The forms of a page in their order. What lies outside of them is not looked at."""
    reader = _Reader()
    for form in FORM.findall(text):
        reader.feed(form)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "submit" if tag == "button" else "text")
        if tag in {"input", "button"}:
            box = kind in {"radio", "checkbox"}
            on = bool(name) and "disabled" not in given and (("checked" in given) if box else kind != "submit")
            self._form.controls.append(Control(name, kind, given.get("value", "on" if box else ""), on))
        elif tag == "textarea":
            self._area = ""
            self._form.controls.append(Control(name, "textarea", "", bool(name)))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            self._form.controls.append(Control(self._select, "option", given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._form is not None and self._area is not None:
            last = self._form.controls[-1]
            self._form.controls[-1] = Control(last.name, last.type, self._area.removeprefix("\n"), last.on)
            self._area = None
