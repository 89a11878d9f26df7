"""The code that is read out on the telephone: as hard to find as it is easy to type."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from peilstok.audit.models import Entry
from peilstok.collect import codes, waves
from peilstok.collect.mail import letters
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.secrecy import ALPHABET
from peilstok.errors import CannotRun, NotNow
from tests.accounts import cast
from tests.collect import fielding
from tests.collect.test_links import written

KEY = "k" * 40


def type_in(code: str, address: str = "192.0.2.1") -> tuple[int, str]:
    response = Client(REMOTE_ADDR=address).post("/code/", {"code": code})
    return response.status_code, response.get("Location", "")


def test_a_code_is_ten_characters_of_the_uuid_and_the_key() -> None:
    uuid = UUID("00112233-4455-6677-8899-aabbccddeeff")
    number = int.from_bytes(hmac.new(KEY.encode(), b"peilstok code 1 " + uuid.bytes, "sha256").digest())
    characters = [ALPHABET[number // len(ALPHABET) ** at % len(ALPHABET)] for at in range(10)]
    assert codes.code(uuid, key=KEY) == "".join(characters)
    others = {codes.code(uuid, key=KEY), codes.code(uuid4(), key=KEY), codes.code(uuid, key="x" * 40)}
    assert len(others) == 3


def test_a_code_is_hard_to_mistake() -> None:
    assert not set("01OIL5SUAE8B") & set(ALPHABET) - set("58BS")
    assert len(ALPHABET) ** codes.LENGTH > 2**48


@pytest.mark.parametrize(
    "as_typed",
    [
        lambda code: code,
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' - ')} ",
        lambda code: " ".join(code.replace("-", "")),
        lambda code: code.replace("-", "\N{EN DASH}"),
    ],
)
def test_the_code_leads_to_the_link_of_the_board_however_it_is_typed(
    wave: Wave, as_typed: Callable[[str], str]
) -> None:
    shown = codes.code_of(fielding.invitation(wave))
    assert type_in(as_typed(shown)) == (303, fielding.path_of(wave))


def test_looking_at_the_page_or_typing_the_code_spends_nothing(wave: Wave) -> None:
    shown = codes.code_of(fielding.invitation(wave))
    for _ in range(2):
        Client().get("/code/")
        assert type_in(shown)[0] == 303
    assert fielding.invitation(wave).opened_at is None


def test_the_answer_does_not_tell_a_wrong_code_from_no_code(wave: Wave) -> None:
    right = codes.code_of(fielding.invitation(wave))
    other = ("C" if right[0] == "B" else "B") + right[1:]
    pages = {Client().post("/code/", {"code": code}).content for code in (other, "hello", "", "B" * 10)}
    assert len(pages) == 1
    assert "We kennen deze code niet." in pages.pop().decode()


def test_no_code_stands_in_the_database_nor_a_hash_that_can_be_tried_out(wave: Wave) -> None:
    invitation = fielding.invitation(wave)
    shown = codes.code_of(invitation)
    row = str(list(Invitation.objects.filter(pk=invitation.pk).values()))
    assert shown not in row
    assert shown.replace("-", "") not in row
    plain = shown.replace("-", "")
    assert invitation.code_hash == codes.hash_of(plain, key=django_settings.SECRET_KEY)
    assert invitation.code_hash != codes.hash_of(plain, key="another")


def test_from_one_address_thirty_attempts_in_a_quarter_of_an_hour(wave: Wave, at: object) -> None:
    shown = codes.code_of(fielding.invitation(wave))
    results = [type_in("BBBBBBBBBB")[0] for _ in range(codes.PER_ADDRESS)]
    assert set(results) == {404}
    assert type_in(shown)[0] == 429  # also the right one: the answer tells nothing
    assert type_in(shown, address="192.0.2.2")[0] == 303
    at(fielding.DURING + timedelta(minutes=15))  # type: ignore[operator]
    assert type_in(shown)[0] == 303


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("unknown", "192.0.2.1", False),
    ],
)
def test_one_visitor_of_ipv6_has_a_whole_network(first: str, second: str, same: bool) -> None:
    assert (codes._from(first) == codes._from(second)) is same


def test_from_everywhere_together_there_is_a_limit_too(wave: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "IN_ALL", 3)
    assert [type_in("BBBBBBBBBB", address=f"192.0.2.{at}")[0] for at in range(4)] == [404, 404, 404, 429]


def test_the_page_of_codes_is_private(wave: Wave) -> None:
    for response in (Client().get("/code/"), Client().post("/code/", {"code": "x"})):
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response


@pytest.mark.parametrize("around", ["{}", "code={}", "\n{}\n", "'{}'", "%2F{}"])
def test_no_log_line_carries_a_code(wave: Wave, around: str) -> None:
    shown = codes.code_of(fielding.invitation(wave))
    for typed in (shown, shown.lower(), shown.replace("-", ""), shown.replace("-", " ")):
        line = written("%s", around.format(typed), extra_field=around.format(typed))
        assert typed not in line


def test_what_only_resembles_a_code_stays_readable() -> None:
    for word in ("2345678999", "wachtwoord", "2026-11-29", "collect.codes", "BBBBBBBBB", "BBBBBBBBBBB"):
        assert word in written("%s", word)


def test_an_officer_sees_the_code_and_that_is_written_down(wave: Wave, client: Client) -> None:
    anna = cast.anna()
    client.force_login(anna)
    url = f"/raad/metingen/{wave.pk}/besturen/99001/"
    shown = codes.code_of(fielding.invitation(wave))
    assert shown not in client.get(url).content.decode()
    response = client.post(f"{url}code/")
    assert shown in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    entry = Entry.objects.get(act="code.show")
    assert (entry.actor, entry.details) == (f"user:{anna.pk}", {"invitation": fielding.invitation(wave).pk})


def test_with_another_secret_key_no_code_is_shown(wave: Wave, settings: Settings) -> None:
    settings.SECRET_KEY = "another key that is long enough"
    with pytest.raises(CannotRun, match="PEILSTOK_SECRET_KEY"):
        codes.code_of(fielding.invitation(wave))


def test_a_wave_of_before_there_were_codes_says_so(wave: Wave) -> None:
    Invitation.objects.update(code_hash=None)
    with pytest.raises(NotNow, match="before there were codes"):
        codes.code_of(fielding.invitation(wave))


REMINDED = fielding.WAVE + "reminders: [{at: 2020-04-04T09:00:00+02:00}]\n"
IN_MAIL = re.compile(r"Ga naar http://localhost:8000/code/ en typ ([A-Z0-9]{5}-[A-Z0-9]{5})\.")


@pytest.mark.parametrize("kind", ["invitation", "reminder-1"])
def test_the_mails_that_ask_carry_the_code_and_it_leads_to_the_same_link(db: None, at: object, kind: str) -> None:
    wave = waves.open_wave(wave=fielding.draft_wave(REMINDED), by="command", moment=fielding.OPENS)
    mail = fielding.mail(wave)
    mail.kind = kind
    found = IN_MAIL.search(str(letters.compose(mail, fielding.DURING).body))
    assert found
    assert type_in(found[1]) == (303, fielding.path_of(wave))


def test_a_dry_run_and_a_test_mail_hold_no_code_of_a_board(wave: Wave) -> None:
    sample = letters.sample(wave, kind="invitation", board="De Proef", language="nl").body
    trial = str(letters.test_mail(wave, to="anna@raad.example", language="nl", moment=fielding.DURING).body)
    for text in (sample, trial):
        assert "typ .....-....." in text
        assert not IN_MAIL.search(text)


def test_a_mail_of_a_wave_from_before_there_were_codes_has_none(wave: Wave) -> None:
    Invitation.objects.update(code_hash=None)
    text = str(letters.compose(fielding.mail(wave), fielding.DURING).body)
    assert fielding.path_of(wave) in text
    assert "/code/" not in text
    assert "\n\n\n" not in text.replace("\r", "")
