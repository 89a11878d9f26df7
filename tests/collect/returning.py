"""Mails as they come back: our own small ones, in the shapes that mail servers give them."""

from __future__ import annotations

from email.message import EmailMessage


def report(
    *,
    to: str,
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <bestuur@proef.example>: Recipient address rejected: User unknown",
    action: str = "failed",
    message_id: str = "",
) -> bytes:
    """A delivery report by RFC 3464, as Postfix and Exchange write them."""
    text = "This is the mail system at host mx.raad.example.\n\nYour message could not be delivered.\n"
    fields = (
        "Reporting-MTA: dns; mx.raad.example\n\n"
        f"Final-Recipient: rfc822; bestuur@proef.example\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {said}\n"
    )
    quoted = f"From: De raad <peiling@raad.example>\nMessage-ID: {message_id}\nSubject: Peiling\n" if message_id else ""
    headers = f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@raad.example>\nTo: {to}\n"
    return (
        f"{headers}Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: message/delivery-status\n\n{fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{quoted}\n--b--\n"
    ).encode()


def plain(
    text: str, *, sender: str = "MAILER-DAEMON@mx.example", subject: str = "failure notice", **more: str
) -> bytes:
    """A mail of one text."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, more.pop("to", "bounce@raad.example"), subject
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


OUT_OF_OFFICE = plain(
    "Ik ben er weer op 14 april. Voor spoed: secretariaat@proef.example. Mijn oude adres does not exist any more.",
    sender="A. de Proef <bestuur@proef.example>",
    subject="Automatisch antwoord: Hoeveel leerlingen vangt u op?",
    Auto_Submitted="auto-replied",
    Return_Path="<>",
)
QUESTION = plain(
    "Wij kregen dit terug. Kunt u ons een nieuwe link sturen?\n\nYour message could not be delivered.\n"
    "<bestuur@proef.example>: host mx said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
    sender="A. de Proef <bestuur@proef.example>",
    subject="Re: Hoeveel leerlingen vangt u op?",
)


def nested(depth: int) -> bytes:
    """A mail of parts in parts in parts."""
    parts = (f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n' for number in range(depth))
    return ("From: MAILER-DAEMON@mx.example\n" + "".join(parts) + "Content-Type: text/plain\n\nhi\n").encode()


ODD = {
    "a charset with a NUL": plain("x").replace(b'charset="utf-8"', b'charset="utf\x008"'),
    "a charset that gives half a character": (
        b"From: MAILER-DAEMON@x.example\nContent-Type: text/plain; charset=utf-7\n\nmail delivery failed: 550 +2AA-\n"
    ),
    "a sender of brackets": b"From: " + b"(" * 5_000 + b"\nSubject: x\n\nmail delivery failed\n",
    "a receiver of brackets": b"From: MAILER-DAEMON@x.example\nTo: " + b"(" * 5_000 + b"\n\nmail delivery failed\n",
    "parts in parts": nested(2_000),
    "mails in mails": b"From: MAILER-DAEMON@x.example\n" + b"Content-Type: message/rfc822\n\n" * 2_000 + b"hi\n",
}
"""Mails on which Python's parser, or a decoder, gives up."""
