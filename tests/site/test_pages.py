"""What holds for every page: its language, its title, its headers, its id, its way back."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

import peilstok
from peilstok.collect.secrecy import DiscreetFormatter
from peilstok.errors import NotAllowed, NotNow
from peilstok.site.proxies import visitor_address
from peilstok.site.requests import RequestIdFilter
from tests.accounts.cast import anna

pytestmark = pytest.mark.django_db

PACKAGE = Path(peilstok.__file__).parent


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the planted fault")


def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("this needs another right")


def not_now(request: HttpRequest) -> HttpResponse:
    raise NotNow("the wave has closed")


urlpatterns = [
    path("proef/stuk/", broken),
    path("proef/verboden/", not_allowed),
    path("proef/nu-niet/", not_now),
    path("", include("peilstok.site.urls")),
]


@pytest.fixture(autouse=True)
def with_pages_that_go_wrong(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def visitor() -> Client:
    """Sees the page of an error where a test would see the exception, and is checked for forms' tokens."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


ADDRESSES = {
    "/": 200,
    "/inloggen/": 200,
    "/bestaat-niet/": 404,
    "/proef/verboden/": 403,
    "/proef/nu-niet/": 409,
    "/proef/stuk/": 500,
}
POSTED_WITHOUT_TOKEN = "/inloggen/"


def answers(client: Client) -> Iterator[HttpResponse]:
    for address, status in ADDRESSES.items():
        answer: Any = client.get(address)
        assert answer.status_code == status, address
        yield answer
    yield client.post(POSTED_WITHOUT_TOKEN)  # type: ignore[misc]  # the test client's own response type
    yield client.get("/", headers={"Host": "elsewhere.example"})  # type: ignore[misc]


class Outline(HTMLParser):
    """The tags of a page with their attributes, and the text of its title."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "title":
            self.title += data.strip()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_every_page_has_a_language_a_title_one_main_heading_and_a_main_part(visitor: Client) -> None:
    for answer in answers(visitor):
        outline = Outline(answer.content.decode())
        assert outline.all("html")[0]["lang"] == "nl"
        assert re.match(r"\w", outline.title)
        assert len(outline.all("h1")) == 1
        assert len(outline.all("main")) == 1


def test_every_page_of_the_site_lets_one_skip_to_the_content(visitor: Client) -> None:
    outline = Outline(visitor.get("/").content.decode())
    first = outline.all("a")[0]
    assert first["href"] == "#main"
    assert any(attributes.get("id") == "main" for _, attributes in outline.tags)


def test_every_answer_has_the_headers_that_keep_others_out(visitor: Client) -> None:
    for answer in answers(visitor):
        policy = answer.headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_over_https_browsers_are_told_to_stay_there_and_cookies_never_travel_in_the_clear(settings: Any) -> None:
    from tests.site.test_settings import django

    said = django(
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s;"
        "print(s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.LANGUAGE_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY)",
    )
    assert said.stdout.split() == ["31536000", *["True"] * 6], said.stderr


def answer_of(method: str, address: str) -> tuple[dict[str, str], bytes]:
    """Headers and body as the web server gets them: the client of the tests takes the body from HEAD by itself."""
    told: dict[str, str] = {}
    environ = RequestFactory()._base_environ(REQUEST_METHOD=method, PATH_INFO=address)
    with closing(WSGIHandler()(environ, lambda status, headers: told.update(headers))) as response:
        return told, b"".join(response)


@pytest.mark.parametrize("address", ["/", "/nergens/", "/static/site/peilstok.css"])
def test_head_has_the_headers_of_get_and_no_body(address: str) -> None:
    told, body = answer_of("HEAD", address)
    as_got, whole = answer_of("GET", address)
    assert body == b""
    assert whole
    assert told.keys() == as_got.keys()
    assert told.get("Content-Length") == as_got.get("Content-Length")


def test_every_answer_names_its_request_and_no_two_the_same(visitor: Client) -> None:
    ids = [answer.headers["X-Request-ID"] for answer in answers(visitor)]
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("proxy-1234", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("short-7", False),
        ("with space", False),
        ("x\ty" * 4, False),
    ],
)
def test_an_id_that_a_proxy_gave_is_kept_where_it_is_well_formed(visitor: Client, given: str, kept: bool) -> None:
    answer = visitor.get("/", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_a_log_line_written_while_a_request_is_served_carries_its_id(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    answer = visitor.get("/proef/stuk/")
    record = next(each for each in caplog.records if each.exc_info)
    assert record.__dict__["request_id"] == answer.headers["X-Request-ID"]


def test_djangos_own_line_about_a_refused_request_carries_its_id_too(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    answer = visitor.get("/is/er/niet/")
    record = next(each for each in caplog.records if each.name == "django.request")
    assert record.__dict__["request_id"] == answer.headers["X-Request-ID"]


def test_a_log_line_is_one_json_object_with_level_name_message_and_id(settings: Any) -> None:
    formatter = settings.LOGGING["formatters"]["json"]
    assert formatter["()"] == "peilstok.collect.secrecy.DiscreetFormatter"
    record = logging.LogRecord("peilstok.collect", logging.INFO, __file__, 1, "sent %s", ("12",), None)
    RequestIdFilter().filter(record)
    line = json.loads(DiscreetFormatter(formatter["format"]).format(record))
    assert (line["levelname"], line["name"]) == ("INFO", "peilstok.collect")
    assert (line["message"], line["request_id"]) == ("sent 12", "-")


def test_a_page_that_broke_says_so_in_both_languages_and_shows_nothing_of_the_fault(visitor: Client) -> None:
    page = visitor.get("/proef/stuk/").content.decode()
    assert "Er ging iets mis bij ons" in page
    assert "Something went wrong on our side" in page
    assert "planted" not in page


def test_a_page_that_broke_needs_no_template_language_and_no_database() -> None:
    for name in ("400.html", "500.html"):
        source = (PACKAGE / "site" / "templates" / name).read_text("utf-8")
        assert "{%" not in source
        assert "{{" not in source


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/bestaat-niet/", "Deze pagina bestaat niet"),
        ("/proef/verboden/", "U hebt geen toegang tot deze pagina"),
        ("/proef/nu-niet/", "Dit kan nu niet"),
    ],
)
def test_a_refusal_is_told_in_words_with_a_way_back(visitor: Client, address: str, heading: str) -> None:
    page = visitor.get(address).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert '<a class="button" href="/">' in page


def test_a_form_without_its_token_is_refused_in_words(visitor: Client) -> None:
    answer = visitor.post("/inloggen/")
    assert answer.status_code == 403
    assert "Het formulier kon niet worden verstuurd" in answer.content.decode()


# languages


def test_the_site_speaks_dutch_whatever_the_browser_asks(visitor: Client) -> None:
    answer = visitor.get("/", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "nl"
    assert "Cookie" in answer.headers["Vary"]


def test_a_choice_of_language_is_kept_and_can_be_taken_back(visitor: Client) -> None:
    chosen = visitor.get("/?lang=en")
    assert 'lang="en"' in chosen.content.decode()
    cookie = chosen.cookies["django_language"]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert visitor.get("/inloggen/").headers["Content-Language"] == "en"
    assert visitor.get("/inloggen/?lang=nl").headers["Content-Language"] == "nl"


@pytest.mark.parametrize("asked", ["de", "", "../en", "EN"])
def test_a_language_that_the_site_does_not_speak_is_dutch(visitor: Client, asked: str) -> None:
    answer = visitor.get("/", {"lang": asked})
    assert answer.headers["Content-Language"] == "nl"
    assert "django_language" not in answer.cookies


def test_the_other_language_of_a_page_is_one_link_that_keeps_its_query(visitor: Client) -> None:
    page = visitor.get("/inloggen/?next=/account/&x=%22%3E").content.decode()
    assert 'href="?next=%2Faccount%2F&amp;x=%22%3E&amp;lang=en" lang="en"' in page


def test_in_english_no_dutch_word_of_the_frame_is_left(visitor: Client) -> None:
    page = visitor.get("/?lang=en").content.decode()
    assert "Log in" in page
    for dutch in ("Inloggen", "Naar de inhoud", "Vragen?", "Publicaties"):
        assert dutch not in page


# who sees what in the frame


def test_a_visitor_can_log_in_and_a_person_can_log_out(client: Client) -> None:
    assert 'href="/inloggen/"' in client.get("/").content.decode()
    client.force_login(anna())
    page = client.get("/").content.decode()
    assert "Anna" in page
    assert 'action="/uitloggen/"' in page
    assert 'href="/inloggen/"' not in page


def test_the_demo_says_on_every_page_that_answers_are_synthetic(visitor: Client, settings: Any) -> None:
    assert "synthetisch" not in visitor.get("/").content.decode()
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"demo": True})
    for address in ("/", "/inloggen/", "/bestaat-niet/"):
        assert "synthetische antwoorden" in visitor.get(address).content.decode()


# where a request comes from


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("198.51.100.7", 0, "10.0.0.1"),  # nobody of ours in front: whatever a visitor writes is not believed
        ("198.51.100.7", 1, "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", 1, "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7, 10.0.0.2", 2, "198.51.100.7"),
        ("198.51.100.7", 2, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
    ],
)
def test_the_visitors_address_is_what_our_outermost_proxy_saw(forwarded: str, proxies: int, address: str) -> None:
    assert visitor_address(seen="10.0.0.1", forwarded=forwarded, proxies=proxies) == address


# templates


# a file to keep, to be read without the site: it carries its own style and is never served as a page of the site
TO_KEEP = {"publish/templates/publish/document.html"}


def templates() -> list[Path]:
    pages = sorted(PACKAGE.glob("*/templates/**/*.html"))
    return [page for page in pages if str(page.relative_to(PACKAGE)) not in TO_KEEP]


@pytest.mark.parametrize("template", templates(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_template_has_an_inline_script_style_or_handler(template: Path) -> None:
    assert inline(template.read_text("utf-8")) == []


def inline(source: str) -> list[str]:
    """What the content security policy would stop."""
    found = [f"style= on <{tag}>" for tag, given in Outline(source).tags if "style" in given]
    found += [f"{name}= on <{tag}>" for tag, given in Outline(source).tags for name in given if name.startswith("on")]
    found += [f"<{tag}>" for tag, _ in Outline(source).tags if tag == "style"]
    scripts = [
        given for tag, given in Outline(source).tags if tag == "script" and given.get("type") != "application/json"
    ]
    found += ["<script> without src" for given in scripts if "src" not in given]
    return found + ["javascript:" for _ in re.findall(r"=\s*[\"']javascript:", source)]


@pytest.mark.parametrize(
    "fault",
    [
        '<p style="color: red">x</p>',
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        '<button onclick="x()">x</button>',
        '<a href="javascript:x()">x</a>',
    ],
)
def test_a_planted_inline_style_script_or_handler_is_found(fault: str) -> None:
    assert len(inline(f"{{% extends 'x' %}}<main>{fault}</main>")) == 1


def test_the_home_page_is_small_and_needs_one_stylesheet_and_no_script(visitor: Client) -> None:
    answer = visitor.get("/")
    outline = Outline(answer.content.decode())
    assert len(answer.content) < 30_000
    assert [each["href"] for each in outline.all("link") if each["rel"] == "stylesheet"] == [
        "/static/site/peilstok.css"
    ]
    assert outline.all("script") == []


def test_the_stylesheet_is_served() -> None:
    answer: Any = Client().get("/static/site/peilstok.css")
    assert answer.status_code == 200
    assert answer.getvalue().startswith(b"/* The one stylesheet.")
    answer.close()


def test_a_context_without_a_language_is_dutch() -> None:
    from peilstok.site.context import other_languages

    assert [each.code for each in other_languages(RequestFactory().get("/"))] == ["en"]
