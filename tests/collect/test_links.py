"""The secret in a link: long enough, made by the key alone, found by its hash, never written down."""

from __future__ import annotations

import logging
import math
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from peilstok.collect import tokens
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.respondents import find
from peilstok.collect.secrecy import LinkFilter
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


def test_no_log_line_carries_a_link(wave: Wave) -> None:
    token = tokens.token_of(fielding.invitation(wave))
    record = logging.LogRecord("django.request", 30, __file__, 1, "%s: %s", ("Not Found", f"/a/{token}/vraag/"), None)
    record.request = f"<WSGIRequest: GET '/a/{token}/vraag/'>"
    assert LinkFilter().filter(record)
    assert token not in record.getMessage() + str(record.request)
    assert "Not Found: /a/.../vraag/" in record.getMessage()
