"""What comes back is read from a mailbox, over a real conversation with a small IMAP server, or from a mail server."""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.db import OperationalError
from pytest_django import Settings
from typer.testing import CliRunner, Result

from peilstok.cli import app, mail, surroundings
from peilstok.collect import tasks
from peilstok.collect.mail import inbox, messages, returned, returnpath
from peilstok.collect.models import Contact, Message, Wave
from peilstok.errors import CannotRun, NotNow
from peilstok.site import environment
from tests.collect import fielding, imap, returning
from tests.collect.imap import Letterbox, serving
from tests.collect.mail import Mailbox

PROOF = "bestuur@proef.example"


@pytest.fixture
def letterbox(settings: Settings) -> Iterator[Letterbox]:
    """A mailbox that the settings point at."""
    box = Letterbox()
    with serving(box) as url:
        settings.PEILSTOK = settings.PEILSTOK.model_copy(
            update={"mail_inbox": url, "mail_return": "bounce@raad.example"}
        )
        yield box


@pytest.fixture
def sent(wave: Wave, box: Mailbox) -> Wave:
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    return wave


def bounce() -> bytes:
    return returning.report(to=returnpath.envelope_sender(Message.objects.get(contact__email=PROOF)))


def fetch(settings: Settings) -> list[returned.Taken]:
    return returned.fetch(url=settings.PEILSTOK.mail_inbox, by="command", clock=lambda: fielding.DURING)


def failed() -> list[str]:
    return list(Contact.objects.exclude(failed_at=None).values_list("email", flat=True))


def test_a_bounce_is_taken_and_what_is_for_people_stays_unread(
    sent: Wave, letterbox: Letterbox, settings: Settings
) -> None:
    one, two, three = map(letterbox.put, (returning.QUESTION, bounce(), returning.OUT_OF_OFFICE))
    assert [str(each.verdict.kind) for each in fetch(settings)] == ["unrelated", "hard", "auto_reply"]
    assert failed() == [PROOF]
    assert letterbox.flags[one] == {inbox.READ}
    assert letterbox.flags[two] == letterbox.flags[three] == {inbox.READ, "\\Seen"}


def test_no_mail_is_read_twice_and_one_that_somebody_has_read_not_at_all(
    sent: Wave, letterbox: Letterbox, settings: Settings
) -> None:
    letterbox.put(returning.QUESTION)
    letterbox.flags[letterbox.put(bounce())] = {"\\Seen"}
    assert [len(fetch(settings)), len(fetch(settings))] == [1, 0]
    assert failed() == []


def test_a_mailbox_that_keeps_no_flags_of_others_has_them_marked_as_read(
    sent: Wave, letterbox: Letterbox, settings: Settings
) -> None:
    letterbox.keeps_flags = False
    number = letterbox.put(returning.QUESTION)
    assert [len(fetch(settings)), len(fetch(settings))] == [1, 0]
    assert letterbox.flags[number] == {"\\Seen"}


def test_a_connection_that_breaks_leaves_what_was_not_read_for_the_next_time(
    sent: Wave, letterbox: Letterbox, settings: Settings
) -> None:
    letterbox.put(returning.OUT_OF_OFFICE)
    letterbox.breaks_at = letterbox.put(bounce())
    with pytest.raises(inbox.Unreadable):
        fetch(settings)
    assert failed() == []
    letterbox.breaks_at = 0
    assert len(fetch(settings)) == 1
    assert failed() == [PROOF]


def test_a_mail_that_cannot_be_read_is_left_to_people_and_holds_up_no_other(
    sent: Wave, letterbox: Letterbox, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    odd = [letterbox.put(raw) for raw in returning.ODD.values()]
    letterbox.put(bounce())
    assert len(fetch(settings)) == len(odd) + 1
    assert failed() == [PROOF]
    assert fetch(settings) == []


@pytest.mark.parametrize(("error", "taken"), [(KeyError("bestuur@proef.example"), True), (OperationalError(), False)])
def test_of_a_mail_that_nobody_thought_of_only_the_kind_of_error_is_logged_and_a_database_that_is_away_is_none(
    sent: Wave,
    letterbox: Letterbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    taken: bool,
) -> None:
    def raising(*given: object) -> None:
        raise error

    monkeypatch.setattr(returnpath, "message_of", raising)
    number = letterbox.put(bounce())
    with nullcontext() if taken else pytest.raises(OperationalError):
        fetch(settings)
    assert letterbox.flags[number] == ({inbox.READ} if taken else set())
    said = "a mail that came in cannot be read, it is left to people: KeyError"
    assert [each.getMessage() for each in caplog.records if each.name == "peilstok.mail"] == [said] * taken


def test_a_large_mail_is_read_as_far_as_is_needed(sent: Wave, letterbox: Letterbox, settings: Settings) -> None:
    letterbox.put(bounce() + b"x" * 3 * returned.LARGEST)
    fetch(settings)
    assert failed() == [PROOF]


def test_a_password_that_is_wrong_is_told_without_the_password(
    sent: Wave, letterbox: Letterbox, settings: Settings
) -> None:
    letterbox.password = "een ander"
    with pytest.raises(inbox.Unreadable, match="cannot be opened") as error:
        fetch(settings)
    assert "geheim" not in str(error.value)


def test_the_worker_reads_the_mailbox_where_there_is_one(sent: Wave, letterbox: Letterbox, settings: Settings) -> None:
    letterbox.put(bounce())
    tasks.fetch_returned.func(timestamp=0)
    assert failed() == [PROOF]
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"mail_inbox": ""})
    tasks.fetch_returned.func(timestamp=0)


@pytest.mark.parametrize(
    ("url", "sound"),
    [
        ("imaps://a:b@imap.raad.example/INBOX", True),
        ("imap://a:b@127.0.0.1:1143/INBOX", True),
        ("imap://a:b@imap.raad.example/INBOX", False),  # the password in the clear over the network
        ("imaps://imap.raad.example/INBOX", False),
        ("https://a:b@imap.raad.example/", False),
    ],
)
def test_a_mailbox_elsewhere_is_read_encrypted_or_not_at_all(url: str, sound: bool) -> None:
    variables = {
        "DATABASE_URL": "postgresql://a@b/c", "PEILSTOK_SITE_URL": "http://localhost",
        "PEILSTOK_SECRET_KEY": "k" * 32, "PEILSTOK_MAIL_INBOX": url,
    }  # fmt: skip
    if sound:
        assert environment.read(variables).mail_inbox == url
    else:
        with pytest.raises(CannotRun, match="PEILSTOK_MAIL_INBOX is wrong"):
            environment.read(variables)


def test_the_place_of_a_mailbox_is_read_from_its_url() -> None:
    place = inbox.place_of("imaps://anna%40raad.example:a%2Fb@imap.raad.example/Terug")
    assert (place.user, place.password, place.port, place.folder) == ("anna@raad.example", "a/b", 993, "Terug")


# --- over TLS ---


Encrypted = Callable[..., contextlib.AbstractContextManager[Letterbox]]


@pytest.fixture
def encrypted(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Encrypted:
    """A mailbox over TLS that the settings point at; `trusted`: its certificate is one that this machine trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("the program openssl, which makes the certificate, is not here")

    @contextlib.contextmanager
    def opened(name: str = "IP:127.0.0.1", *, trusted: bool = True) -> Iterator[Letterbox]:
        box, made = Letterbox(), imap.certificate(tmp_path, name)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
        with serving(box, tls=made.server) as url:
            update = {"mail_inbox": url, "mail_return": "bounce@raad.example"}
            settings.PEILSTOK = settings.PEILSTOK.model_copy(update=update)
            yield box

    return opened


def test_a_mailbox_is_read_over_tls(sent: Wave, encrypted: Encrypted, settings: Settings) -> None:
    with encrypted() as box:
        one, two = box.put(returning.QUESTION), box.put(bounce())
        assert settings.PEILSTOK.mail_inbox.startswith("imaps://")
        assert [str(each.verdict.kind) for each in fetch(settings)] == ["unrelated", "hard"]
    assert failed() == [PROOF]
    assert (box.flags[one], box.flags[two]) == ({inbox.READ}, {inbox.READ, "\\Seen"})


@pytest.mark.parametrize(
    ("name", "trusted", "said"),
    [
        ("IP:127.0.0.1", False, "self-signed certificate"),
        ("DNS:imap.ander.example", True, "IP address mismatch"),
    ],
    ids=["nobody vouches for it", "of another name"],
)
def test_a_wrong_certificate_is_told_and_neither_the_password_nor_a_mail_is_lost(
    sent: Wave, encrypted: Encrypted, settings: Settings, name: str, trusted: bool, said: str
) -> None:
    with encrypted(name, trusted=trusted) as box:
        number = box.put(bounce())
        with pytest.raises(inbox.Unreadable, match="its certificate is not to be trusted") as error:
            fetch(settings)
        assert said in str(error.value)
        assert "geheim" not in str(error.value)
        assert box.heard == []  # it was told nothing
        assert box.flags[number] == set()
    assert failed() == []
    with encrypted() as box:  # when that is repaired, the mail is there
        box.put(bounce())
        assert len(fetch(settings)) == 1
    assert failed() == [PROOF]


def test_a_mailbox_that_does_not_speak_tls_where_it_should_is_told(
    sent: Wave, letterbox: Letterbox, settings: Settings
) -> None:
    letterbox.put(bounce())
    url = settings.PEILSTOK.mail_inbox.replace("imap://", "imaps://")
    with pytest.raises(inbox.Unreadable, match="cannot be opened"):
        returned.fetch(url=url, by="command", clock=lambda: fielding.DURING)
    assert not any("LOGIN" in each for each in letterbox.heard)


# --- the commands ---


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(surroundings, "open_database", lambda: None)

    def command(*words: str, given: bytes = b"") -> Result:
        return CliRunner().invoke(app, ["mail", *words], input=given, catch_exceptions=False)

    return command


def test_a_mail_server_hands_over_one_mail_and_is_told_that_it_was_taken(
    sent: Wave, letterbox: Letterbox, run: object
) -> None:
    done = run("receive", given=bounce())  # type: ignore[operator]
    assert done.exit_code == 0
    assert "no more mail goes to this address" in done.stderr
    assert failed() == [PROOF]


def test_the_mail_server_may_say_to_whom_it_delivered(sent: Wave, letterbox: Letterbox, run: object) -> None:
    to = returnpath.envelope_sender(Message.objects.get(contact__email=PROOF))
    raw = returning.report(to="undisclosed")
    assert run("receive", "--to", to, given=raw).exit_code == 0  # type: ignore[operator]
    assert failed() == [PROOF]


@pytest.mark.parametrize(
    "raw", [returning.QUESTION, returning.OUT_OF_OFFICE, b"\xff\x00 noise", *returning.ODD.values()]
)
def test_any_other_mail_is_taken_and_changes_nothing(sent: Wave, letterbox: Letterbox, run: object, raw: bytes) -> None:
    assert run("receive", given=raw).exit_code == 0  # type: ignore[operator]
    assert failed() == []


def test_no_mail_at_all_is_not_tried_again(run: object) -> None:
    assert run("receive", given=b"\n").exit_code == mail.NO_MAIL  # type: ignore[operator]


def test_without_a_database_the_mail_server_keeps_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise CannotRun("there is no database")

    monkeypatch.setattr(surroundings, "open_database", closed)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"From: a\n\nb")))
    done = CliRunner().invoke(app, ["mail", "receive"], input=b"From: a\n\nb")
    assert done.exit_code == mail.LATER == 75
    assert "there is no database" in done.stderr


def test_anna_reads_the_mailbox_by_hand(sent: Wave, letterbox: Letterbox, run: object) -> None:
    letterbox.put(bounce())
    assert run("fetch").output.endswith("1 mail read\n")  # type: ignore[operator]


@pytest.mark.django_db
def test_without_a_mailbox_that_is_told(run: object) -> None:
    with pytest.raises(NotNow, match="PEILSTOK_MAIL_INBOX names no mailbox"):
        run("fetch")  # type: ignore[operator]
