from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from peilstok.demo import mailbox


def mail(to: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "peiling@raad.example", to, "Peiling"
    message.set_content(text)
    return message


def test_the_link_in_a_mail_is_found_by_its_address(tmp_path: Path) -> None:
    with mailbox.Mailbox(tmp_path) as box, smtplib.SMTP("127.0.0.1", box.port) as server:
        text = "Geachte bestuurder,\n\nUw peiling: http://127.0.0.1:8000/a/abc234/\n\nMet groet, één raad"
        server.send_message(mail("bestuur-01001@voorbeeldbestuur.example", text))
        server.send_message(mail("bestuur-01002@voorbeeldbestuur.example", "zonder adres"))
    letters = mailbox.Letters(tmp_path, [f"bestuur-0100{n}@voorbeeldbestuur.example" for n in (1, 2)])
    assert letters.new() == {"bestuur-01001@voorbeeldbestuur.example": "http://127.0.0.1:8000/a/abc234/"}
    assert len(letters) == 2
    assert letters.new() == {}


def test_the_mail_of_a_board_that_does_not_answer_is_counted_and_left_closed(tmp_path: Path) -> None:
    with mailbox.Mailbox(tmp_path) as box, smtplib.SMTP("127.0.0.1", box.port) as server:
        for number in (1, 2):
            text = f"http://127.0.0.1:8000/a/abc23{number}/"
            server.send_message(mail(f"bestuur-0100{number}@voorbeeldbestuur.example", text))
    letters = mailbox.Letters(tmp_path, ["bestuur-01002@voorbeeldbestuur.example"])
    assert letters.new() == {"bestuur-01002@voorbeeldbestuur.example": "http://127.0.0.1:8000/a/abc232/"}
    assert len(letters) == 2


def test_a_mail_to_a_real_domain_is_refused(tmp_path: Path) -> None:
    letter = mail("bestuur@school.nl", "http://127.0.0.1:8000/a/abc234/")
    with (
        mailbox.Mailbox(tmp_path) as box,
        smtplib.SMTP("127.0.0.1", box.port) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        server.send_message(letter)
    assert not list(tmp_path.glob("*.eml"))
