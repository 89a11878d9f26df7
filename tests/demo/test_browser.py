"""The demo's browser against a small server of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from peilstok.demo.browser import Browser, Refused, forms

PAGE = """
<form method="post" action="/other"><button name="quit" value="1">Stop</button></form>
<form method="post">
  <input type="hidden" name="token" value="a&amp;b">
  <input name="pupils" inputmode="numeric" value="215">
  <input type="radio" name="lead" value="school"><input type="radio" name="lead" value="nobody" checked>
  <input type="checkbox" name="forms" value="digital"><input type="checkbox" name="forms" value="on_site" checked>
  <select name="more"><option value="a">A</option><option value="b" selected>B</option></select>
  <textarea name="remark">
Goed &amp; wel</textarea>
  <input name="closed" value="1" disabled>
  <button name="go" value="next">Verder</button><button name="go" value="back">Terug</button>
</form>
"""


def test_an_untouched_form_sends_what_a_browser_sends() -> None:
    assert forms(PAGE)[1].untouched() == [
        ("token", "a&b"),
        ("pupils", "215"),
        ("lead", "nobody"),
        ("forms", "on_site"),
        ("more", "b"),
        ("remark", "Goed & wel"),
        ("go", "next"),
    ]


def test_each_form_has_its_own_controls() -> None:
    first, second = forms(PAGE)
    assert (first.action, first.method, first.names()) == ("/other", "POST", {"quit"})
    assert second.action == ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/start":
            self.answer(303, "", [("Location", "/form?step=1"), ("Set-Cookie", "csrftoken=abc; Path=/; HttpOnly")])
        elif self.path.startswith("/form"):
            self.answer(200, PAGE + self.headers.get("Cookie", "no cookie"))
        elif self.path == "/round":
            self.answer(302, "", [("Location", "/round")])
        else:
            self.answer(404, "nothing here")

    def do_POST(self) -> None:
        sent = parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer(200, f"{self.path} {dict(sent)['remark']} {self.headers['Referer'].partition('127')[0]}")

    def answer(self, status: int, text: str, headers: list[tuple[str, str]] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in [*(headers or []), ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(site: str) -> Iterator[Browser]:
    browser = Browser(site)
    yield browser
    browser.close()


def test_redirects_are_followed_and_cookies_kept(browser: Browser, site: str) -> None:
    page = browser.get(site + "/start")
    assert page.url == site + "/form?step=1"
    assert page.text.endswith("csrftoken=abc")


def test_a_form_without_an_action_goes_back_to_its_page(browser: Browser, site: str) -> None:
    page = browser.get(site + "/form?step=1")
    form = page.forms[1]
    assert browser.submit(page, form, form.untouched()).text == "/form?step=1 Goed & wel http://"


def test_a_page_that_is_not_there_is_refused_without_its_address(browser: Browser, site: str) -> None:
    with pytest.raises(Refused, match=r"^HTTP 404$"):
        browser.get(site + "/secret")


def test_endless_redirects_end(browser: Browser, site: str) -> None:
    with pytest.raises(Refused, match=r"^HTTP 302$"):
        browser.get(site + "/round")
