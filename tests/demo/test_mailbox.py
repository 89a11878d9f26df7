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
    letters = mailbox.Letters(tmp_path)
    assert letters.new() == {"bestuur-01001@voorbeeldbestuur.example": "http://127.0.0.1:8000/a/abc234/"}
    assert len(letters) == 2
    assert letters.new() == {}


def test_a_mail_to_a_real_domain_is_refused(tmp_path: Path) -> None:
    letter = mail("bestuur@school.nl", "http://127.0.0.1:8000/a/abc234/")
    with (
        mailbox.Mailbox(tmp_path) as box,
        smtplib.SMTP("127.0.0.1", box.port) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        server.send_message(letter)
    assert not list(tmp_path.glob("*.eml"))
