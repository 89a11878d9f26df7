"""What a mail that came back says: refused for good, not delivered for now, an automatic reply, or something else.

Two questions are kept apart, because only one of them may cost a board its mail. `kind` says whether this mail was
refused for good (hard) or may still arrive, or could have (soft). `cause` says what was wrong; an address is given up
only when the mail was refused for good *because there is no such address* (`blocks`). A mailbox that is full, a
sender that is not trusted, a server that cannot be reached are no fault of an address.

The standard report comes first (RFC 3464). Other formats are recognised by flufl.bounce, which Mailman uses, and by
their words; their texts are judged here. Plain Python: no Django, no clock, no database.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum
from typing import Final

from flufl.bounce import all_failures

LONGEST: Final = 20_000
"""Characters of a text that are looked at: what is wrong stands at its beginning."""


class Kind(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    AUTO_REPLY = "auto_reply"
    UNRELATED = "unrelated"


class Cause(StrEnum):
    ADDRESS = "address"  # there is no such address, or no such domain
    MAILBOX = "mailbox"  # full, or switched off
    POLICY = "policy"  # what the mail is, or who sends it
    ROUTE = "route"  # a server could not be reached
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a mail says. `delayed`: the server goes on trying. `said`: its own words, one line."""

    kind: Kind
    cause: Cause = Cause.UNKNOWN
    delayed: bool = False
    status: str = ""  # enhanced status code, e.g. 5.1.1
    said: str = ""
    recipient: str = ""
    message_ids: tuple[str, ...] = ()  # of the mails that it quotes, `<...@...>`

    @property
    def blocks(self) -> bool:
        return self.kind is Kind.HARD and self.cause is Cause.ADDRESS


def read(raw: bytes) -> Verdict:
    """What this mail says, headers and all. Anything can be given: what makes no sense is unrelated."""
    try:
        return _read(raw)
    except Exception:  # Python's parser has many ways to give up, such as parts in parts or brackets by the thousand
        return Verdict(kind=Kind.UNRELATED)


def _read(raw: bytes) -> Verdict:
    mail = message_from_bytes(raw)
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if report is not None:
        return _reported(report, _quoted(raw))
    if _is_automatic_reply(mail):
        return Verdict(kind=Kind.AUTO_REPLY)
    if not _is_from_a_server(mail):
        return Verdict(kind=Kind.UNRELATED)  # a person who quotes a bounce is a person
    return _worded(mail, _quoted(raw))


def _quoted(raw: bytes) -> tuple[str, ...]:
    """The message ids in a mail but its own. A bounce quotes the mail, or at least its headers."""
    _, _, rest = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.findall(rb"(?im)^(?:message-id|in-reply-to)\s*:\s*(<[^<>\s]{3,250}>)", rest)
    return tuple(dict.fromkeys(each.decode("ascii", "replace") for each in found))


# --- the standard report ---

_ACTIONS: Final = {"failed": False, "error": False, "delayed": True}  # what else there is says that it arrived


def _reported(report: Message, quoted: tuple[str, ...]) -> Verdict:
    for block in _blocks(report):
        action = re.split(r"[\s(;]", _header(block, "action").strip().lower())[0]
        if action in _ACTIONS:
            return _of_block(block, delayed=_ACTIONS[action], quoted=quoted)
    return Verdict(kind=Kind.UNRELATED, message_ids=quoted)


def _of_block(block: Message, *, delayed: bool, quoted: tuple[str, ...]) -> Verdict:
    said = " ".join(_plain(_header(block, "diagnostic-code")).partition(";")[2].split())
    recipient = _header(block, "original-recipient") or _header(block, "final-recipient")
    status = _exact(_status(_header(block, "status")), _status(said))
    code = status or _basic(said)
    return Verdict(
        kind=Kind.SOFT if delayed or not code.startswith("5") else Kind.HARD,
        cause=_cause(status, said),
        delayed=delayed,
        status=status,
        said=said[:300],
        recipient=recipient.rpartition(";")[2].strip(" <>"),
        message_ids=quoted,
    )


def _blocks(report: Message) -> Iterator[Message]:
    """The report's groups of fields, one about the server and one for each recipient."""
    payload = report.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))
    else:
        text = _decoded(report)
        yield from (message_from_bytes(group.encode()) for group in re.split(r"\n\s*\n", text) if group.strip())


def _exact(of_report: str, of_server: str) -> str:
    """The status of the report; that of the server's own words where the report says no more than "other"."""
    vague = not of_report or of_report[1:] == ".0.0"
    return of_server if vague and of_server else of_report


# --- automatic replies, and who sends ---

_AUTOMATIC: Final = re.compile(
    r"(?i)^(?:re:\s*)?(?:out of (?:the )?office|automatic reply|auto(?:matic|mated)?[ -]?(?:reply|response)|autoreply|"
    r"away from|on (?:annual )?leave|vacation|automatisch (?:antwoord|bericht)|afwezig|niet aanwezig|vakantie|"
    r"abwesenheit|réponse automatique|absence du bureau)"
)
_SERVERS: Final = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mdaemon|microsoftexchange[0-9a-f]+|bounces?|"
    r"mail[-_.]?delivery.*|delivery[-_.]?(?:failure|status).*|mailserver|amavis|double-bounce)(?:[+=.-].*)?$"
)


def _is_automatic_reply(mail: Message) -> bool:
    submitted = _header(mail, "auto-submitted").lower()
    marked = (
        submitted.startswith(("auto-replied", "auto-notified"))
        or mail["x-autoreply"] is not None
        or mail["x-autorespond"] is not None
        or _header(mail, "precedence").lower() in ("auto_reply", "auto-reply")
        or _AUTOMATIC.match(_subject(mail)) is not None
    )
    return marked and not _is_named_server(mail)


def _is_named_server(mail: Message) -> bool:
    return _SERVERS.match(parseaddr(_header(mail, "from"))[1].partition("@")[0]) is not None


def _is_from_a_server(mail: Message) -> bool:
    """Is it sent by a mail server: by its name, with an empty return path, or with no sender at all?"""
    return not _header(mail, "from") or _header(mail, "return-path").strip() == "<>" or _is_named_server(mail)


# --- other formats, by their words ---

_FRAMES: Final = re.compile(
    r"(?i)could not be delivered|couldn['’]t be delivered|wasn['’]t delivered|was not delivered|undeliver|"
    r"unable to deliver|delivery (?:has )?(?:failed|incomplete|failure|status)|returned mail|mail delivery|"
    r"this is the mail system|permanent (?:fatal )?error|problem delivering|rejected your message|"
    r"remote server returned|\(in reply to [a-z ]+ command\)|could not deliver|message (?:was )?blocked|"
    r"niet worden bezorgd|kan niet worden afgeleverd|konnte nicht zugestellt|n['’]a pas pu être (?:remis|distribu)"
)
_ENDS: Final = re.compile(
    r"(?im)^(?:original message headers|oorspronkelijke berichtkoppen|-+ ?(?:this is a copy of|original message|"
    r"below this line).*|.*message follows.{0,3}-+)\s*:?"
)
_DELAYED: Final = re.compile(
    r"(?i)delivery incomplete|will (?:retry|keep trying|continue (?:to try|trying))|temporary problem delivering|"
    r"has been delayed|delivery (?:is )?delayed|this is a warning message only|no action is required"
)


def _worded(mail: Message, quoted: tuple[str, ...]) -> Verdict:
    text = _ENDS.split(_text(mail), maxsplit=1)[0]
    later, gone = _detected(mail)
    if not (later or gone or _FRAMES.search(f"{_subject(mail)}\n{text}")):
        return Verdict(kind=Kind.UNRELATED, message_ids=quoted)
    said = _said(text)
    status, delayed = _status(said), _DELAYED.search(text) is not None
    cause = _cause(status, said)
    code = status or _basic(said)
    for_good = code.startswith("5") or (not code and cause is Cause.ADDRESS)
    return Verdict(
        kind=Kind.HARD if for_good and not delayed else Kind.SOFT,
        cause=cause,
        delayed=delayed,
        status=status,
        said=said[:300],
        recipient=next((each.decode(errors="replace") for each in sorted(gone or later)), ""),
        message_ids=quoted,
    )


def _detected(mail: Message) -> tuple[Collection[bytes], Collection[bytes]]:
    """The addresses that a mail says it could not be delivered to, for now and for good, in a format that is known."""
    try:
        return all_failures(mail)
    except Exception:  # its detectors take a header for granted here and there; such a mail is read by its words
        return (), ()


_INTRODUCTION: Final = re.compile(
    r"(?i)said:|returned\s+['‘\"]|the response from the remote server was:|gave this error:|\(reason:|reason:|"
    r"the reason for the problem:|<<<|error after [a-z ]+:(?:<[^>]*>:)?|diagnostic-code:\s*smtp;|^\s*<[^>]+>.*?:\s"
)


def _said(text: str) -> str:
    """The words of the server in a bounce's text, on one line: from where it is introduced, else all of it."""
    found = [each for each in _INTRODUCTION.finditer(text) if _basic(text[each.end() : each.end() + 20])]
    start = found[0].end() if found else 0
    if not found:
        about = re.search(r"(?m)^\s*<[^<>\s]+@[^<>\s]+>.{0,200}?:\s", text, re.DOTALL)
        start = about.end() if about else 0
    return " ".join(text[start:].split())


_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_BASIC: Final = re.compile(r"(?<![\d.:/+-])([45]\d\d)(?=[ -])")


def _status(text: str) -> str:
    """The first enhanced status code (RFC 3463) that says more than "other"; else the first, else none."""
    found: list[str] = _STATUS.findall(text[:1_000])
    return next((each for each in found if each[1:] not in (".0.0", ".1.0")), found[0] if found else "")


def _basic(text: str) -> str:
    found = _BASIC.search(text)
    return found[1] if found else ""


# --- what was wrong ---

_POLICY: Final = re.compile(
    r"(?i)spam|unsolicited|reputation|policy|blocked|block list|blacklist|blocklist|unauthori[sz]ed|not authori[sz]ed|"
    r"authenticat|dmarc|\bspf\b|dkim|suspicious|virus|not allowed|permission|too many|refus[eé]d? by|sender denied|"
    r"sender (?:address )?rejected|block-send|message rejected|mail rej|relay(?:ing)? (?:access )?denied"
)
_FULL: Final = re.compile(
    r"(?i)\bfull\b|quota|out of storage|storage space|limit exceeded|(?:is|been|account|mailbox) disabled|inactive"
)
_UNREACHED: Final = re.compile(
    r"(?i)timed? ?out|timeout|connection (?:refused|reset)|lost connection|no route to host|unreachable|try again|"
    r"too many (?:hops|connections)|server busy|host not found|does not accept mail|name service error"
)
_ADDRESS: Final = re.compile(
    r"(?i)(?:user|recipient|addressee|account|address|mailbox)\b[^;]{0,60}?(?:unknown|not found|n['’]t exist|not exist|"
    r"couldn['’]t be found)|(?:unknown|no such|invalid|bad) (?:user|recipient|mailbox|address|account)|"
    r"dosn['’]t exist|does(?: not|n['’]t) exist|no mailbox|mailbox\b[^;]{0,60}?unavailable|recipientnotfound|"
    r"(?:recipient|address) (?:address )?rejected|rejected: (?:undeliverable|unknown)|"
    r"destinataire invalide|niet gevonden"
)
_STATUSES: Final[tuple[tuple[re.Pattern[str], Cause], ...]] = (
    (re.compile(r".\.1\.(?:1|2|3|6|10)"), Cause.ADDRESS),
    (re.compile(r".\.1\.(?:7|8)"), Cause.POLICY),  # about the sender
    (re.compile(r".\.2\.2"), Cause.MAILBOX),
    (re.compile(r".\.(?:4\.(?:[2-9]|\d\d\d?)|3\.\d+)"), Cause.ROUTE),
    (re.compile(r".\.[67]\.\d+"), Cause.POLICY),
)
_DIRECTORY: Final = re.compile(r"(?i)recipient address rejected: access denied")  # how Microsoft says "not known here"
_DOMAIN: Final = re.compile(r"(?i)domain\b.{0,80}does(?: not|n['’]t) exist|host not found(?!, try)")
_SAYS_SO: Final = re.compile(r"(?i)(?:user|account|recipient|address)\b[^;]{0,80}?(?:not|n['’]t) exist|user unknown")
"""Words that no policy explains."""


def _cause(status: str, said: str) -> Cause:
    """What was wrong: by the words where they name a reason that spares the address, then by the status, then by the
    other words.
    """
    said = said[:600]
    if (status == "5.4.1" and _DIRECTORY.search(said)) or (status in ("5.4.4", "5.4.310") and _DOMAIN.search(said)):
        return Cause.ADDRESS
    policy = not _SAYS_SO.search(said)
    if policy and _POLICY.search(said):
        return Cause.POLICY
    if _FULL.search(said):
        return Cause.MAILBOX
    for pattern, cause in _STATUSES:
        if pattern.fullmatch(status) and (policy or cause is not Cause.POLICY):
            return cause
    return next(
        (cause for words, cause in ((_UNREACHED, Cause.ROUTE), (_ADDRESS, Cause.ADDRESS)) if words.search(said)),
        Cause.UNKNOWN,
    )


# --- reading a mail ---


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name, ""))


def _subject(mail: Message) -> str:
    try:
        return str(make_header(decode_header(_header(mail, "subject"))))
    except (ValueError, LookupError, UnicodeDecodeError):
        return _header(mail, "subject")


def _text(mail: Message) -> str:
    """The first plain text of the mail that is not that of a mail in it; else what there is of HTML, without tags."""
    parts = [part for part in _own_parts(mail) if part.get_content_maintype() == "text"]
    plain = next((part for part in parts if part.get_content_subtype() == "plain"), None)
    if plain is not None:
        return _decoded(plain)
    return re.sub(r"<[^>@]+>", " ", _decoded(parts[0])) if parts else ""


def _own_parts(mail: Message) -> Iterator[Message]:
    payload = mail.get_payload()
    if mail.get_content_maintype() == "message" or not isinstance(payload, list):
        if mail.get_content_maintype() != "message":
            yield mail
        return
    for part in payload:
        if isinstance(part, Message):
            yield from _own_parts(part)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        text = payload.decode(charset, "replace")
    except (LookupError, ValueError):  # no such charset, or no name of one
        text = payload.decode("utf-8", "replace")
    return _plain(text).replace("\r\n", "\n")[:LONGEST]


def _plain(text: str) -> str:
    """Without what no text in a database may have: the character NUL, and half a character."""
    return text.replace("\0", "").encode(errors="replace").decode()
