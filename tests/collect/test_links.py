"""The secret in a link: long enough, made by the key alone, found by its hash, never written down."""

from __future__ import annotations

import logging
import logging.config
import math
import sys
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from peilstok.collect import tokens
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.respondents import find
from peilstok.errors import CannotRun
from tests.collect import fielding

KEY = "k" * 40


def test_a_token_carries_at_least_128_bits() -> None:
    token = tokens.token(uuid4(), key=KEY)
    assert len(token) * math.log2(32) >= 128
    assert tokens.SHAPE.fullmatch(token)


def test_a_token_is_that_of_another_program() -> None:
    # printf 'peilstok invitation 1 ' plus the 16 bytes of the uuid | openssl dgst -sha256 -hmac kkkk... ; its first 16
    # bytes through `base32`, in lower case, without the padding
    uuid = UUID("00112233-4455-6677-8899-aabbccddeeff")
    assert tokens.token(uuid, key=KEY) == "rmop47h4zdzlwbuqspajhauloe"


def test_another_uuid_or_another_key_gives_another_token() -> None:
    one, other = uuid4(), uuid4()
    assert len({tokens.token(one, key=KEY), tokens.token(other, key=KEY), tokens.token(one, key="x" * 40)}) == 3


def test_no_token_stands_in_the_database(wave: Wave) -> None:
    invitation = fielding.invitation(wave)
    token = tokens.token_of(invitation)
    assert token not in str(list(Invitation.objects.filter(pk=invitation.pk).values()))
    assert invitation.token_hash == tokens.hash_of(token)


def test_a_token_finds_its_own_invitation_and_no_other_text_finds_any(wave: Wave) -> None:
    invitation = fielding.invitation(wave)
    token = tokens.token_of(invitation)
    found = find(token)
    assert found is not None
    assert found.invitation == invitation
    for wrong in (token[:-1], token + "a", token[:-1] + ("a" if token[-1] != "a" else "b"), "", invitation.token_hash):
        assert find(wrong) is None


def test_a_link_is_at_most_60_characters_long(wave: Wave, settings: Settings) -> None:
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"site_url": "https://peiling.example.nl"})
    assert len(tokens.link(fielding.invitation(wave))) <= 60


def test_with_another_secret_key_links_that_were_sent_work_and_none_can_be_sent(wave: Wave, settings: Settings) -> None:
    invitation = fielding.invitation(wave)
    token = tokens.token_of(invitation)
    settings.SECRET_KEY = "another key that is long enough"
    assert find(token) is not None
    with pytest.raises(CannotRun, match="PEILSTOK_SECRET_KEY"):
        tokens.token_of(invitation)


def written(message: str, *args: object, **extra: object) -> str:
    """The line that the installation's own log writes, with the traceback of what is being handled."""
    made = logging.getLogger("django.request").makeRecord(
        "django.request", 30, __file__, 1, message, args, sys.exc_info(), extra=extra
    )
    made.request_id = "-"
    kept = cast("dict[str, Any]", django_settings.LOGGING)
    logging_of_it = logging.config.DictConfigurator(kept)  # type: ignore[attr-defined]
    formatter: logging.Formatter = logging_of_it.configure_formatter(dict(kept["formatters"]["json"]))
    return formatter.format(made)


def test_no_log_line_carries_a_link(wave: Wave) -> None:
    token = tokens.token_of(fielding.invitation(wave))
    for line in (
        written("%s: %s", "Not Found", f"/a/{token}/vraag/"),
        written("slow", request=f"<WSGIRequest: GET '/a/{token}/vraag/'>"),
        written("refused", path=f"/a/{token}/", nested={"seen": [f"https://peiling.example/a/{token.upper()}/"]}),
    ):
        assert token not in line.lower()
        assert "/a/.../" in line


def test_no_traceback_carries_a_link_or_a_token(wave: Wave) -> None:
    token = tokens.token_of(fielding.invitation(wave))
    try:
        raise ValueError(f"/a/{token}/ and\n{token}")
    except ValueError:
        line = written("Internal Server Error")
    assert "ValueError" in line
    assert "Traceback" in line
    assert token not in line


@pytest.mark.parametrize("around", ["{}", "token={}", "\n{}\n", "\té{}", "%2Fa%2F{}%2F", "link_{}", "'{}'"])
def test_a_token_by_itself_is_no_line_either(around: str) -> None:
    token = "rmop47h4zdzlwbuqspajhauloe"
    for written_so in (token, token.upper()):
        line = written("%s", around.format(written_so), extra_field=around.format(written_so))
        assert written_so not in line


def test_what_only_resembles_a_token_stays_readable() -> None:
    request_id, hashed = "0f" * 16, "ab" * 32
    line = written("%s %s %s", request_id, hashed, "abcdefghijklmnopqrstuvwxy")  # of 25
    assert all(each in line for each in (request_id, hashed, "abcdefghijklmnopqrstuvwxy"))


def test_the_link_in_a_mail_opens_pages_in_the_language_of_that_mail(wave: Wave) -> None:
    """A board may have a Dutch and an English address; pages begin in the language of one of them."""
    invitation = fielding.invitation(wave)
    for begins in ("nl", "en"):
        Invitation.objects.filter(pk=invitation.pk).update(language=begins)
        for language in ("nl", "en"):
            url = tokens.link(fielding.invitation(wave), language=language).removeprefix("http://localhost")
            page = Client().get(url[url.index("/a/") :], headers={"accept-language": "de"}).content.decode()
            assert f'<html lang="{language}">' in page
