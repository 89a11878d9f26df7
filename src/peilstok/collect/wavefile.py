"""Reading a wave's file: what the officer decides about one fielding, checked as a whole before anything is kept.

`load` reads the file and those that it names. All findings of all files come at once, each with its line. The format
is described in docs/formats/wave.md. Nothing here knows the database.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Literal, Protocol, Self, TypeVar

from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from peilstok import disclose, questionnaire
from peilstok.collect import faults
from peilstok.collect.findings import finding
from peilstok.collect.outline import Outline, outline
from peilstok.collect.roles import Role
from peilstok.disclose import Plan
from peilstok.errors import Finding, Place, Refused
from peilstok.questionnaire import Questionnaire
from peilstok.terms import Words

T = TypeVar("T", covariant=True)

PER_MINUTE: Final = 600
"""Mails that go out in a minute where the wave's file says nothing: a thousand boards are mailed in two minutes."""
MOST_REMINDERS: Final = 9
KEPT: Final = 90
"""Days after closing that addresses and links are kept where the wave's file says nothing."""

_DAY: Final = TypeAdapter(dt.date)
_MOMENT: Final[TypeAdapter[dt.datetime]] = TypeAdapter(AwareDatetime)


def _address(value: str) -> str:
    try:
        validate_email(value)
    except NotAnAddress:
        raise ValueError("an e-mail address") from None
    return value


def _one_line(value: str) -> str:
    """A subject with a line break in it could smuggle in headers."""
    if "\n" in value or "\r" in value:
        raise ValueError("one line")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Address = Annotated[str, AfterValidator(_address)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lines(_Part):
    """One line in both languages."""

    nl: Line
    en: Line

    @property
    def words(self) -> Words:
        return Words(nl=self.nl, en=self.en)


class Texts(_Part):
    """A text in both languages."""

    nl: Text
    en: Text

    @property
    def words(self) -> Words:
        return Words(nl=self.nl, en=self.en)


class Mail(_Part):
    """What the officer words in the invitation, and to whom and how fast the mails go. All else in a mail (link,
    minutes, until when) is always there.
    """

    subject: Lines
    why: Texts
    to: tuple[Role, ...] = Field(default=tuple(Role), min_length=1)
    per_minute: int = Field(default=PER_MINUTE, ge=1, le=100_000)
    confirmation: bool = True  # of what a board sent in, with its answers as a PDF


class ReminderSpec(_Part):
    """A mail to those who have not answered by then. What is left out is as in the invitation."""

    at: AwareDatetime
    subject: Lines | None = None
    why: Texts | None = None


class Person(_Part):
    """Whom a board can ask. Also the reply address of the mails."""

    name: Line
    email: Address
    phone: Line


class ReadyWhen(_Part):
    """When the estimate is good enough for the officer: both in percent, one of them at least."""

    half_width: float | None = Field(default=None, gt=0, le=100)  # percentage points, of every key figure in percent
    coverage: float | None = Field(default=None, gt=0, le=100)  # of the pupils of the frame

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.half_width is None and self.coverage is None:
            raise ValueError("half_width or coverage, or both")
        return self


class Retention(_Part):
    """How many days after closing what leads to a person is kept."""

    addresses: int = Field(default=KEPT, ge=1, le=3_650)


class WaveSpec(_Part):
    """The content of a wave's file."""

    format: Literal["peilstok/wave/1"]
    id: Slug
    title: Lines
    date: dt.date
    previous: Slug | None = None
    questionnaire: Line
    plan: Line | None = None
    opens: AwareDatetime
    closes: AwareDatetime
    late_until: AwareDatetime | None = None
    ready_when: ReadyWhen | None = None
    retention: Retention = Retention()
    seen_by: Texts
    contact: Person
    mail: Mail
    reminders: tuple[ReminderSpec, ...] = Field(default=(), max_length=MOST_REMINDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFile:
    """A wave's file with the files that it names, all of them sound."""

    spec: WaveSpec
    text: str
    questionnaire: Questionnaire
    questionnaire_text: str
    plan_text: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.text)


def fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def load(path: Path, *, waves: Mapping[str, dt.date] | None = None) -> WaveFile:
    """Read a wave's file and the questionnaire and plan beside it. Refused with every finding of all of them.

    `waves` has the dates of the waves that there are, to find the one before it; without them it is not looked for.
    """

    def content(name: str) -> str:
        try:
            return (path.parent / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            place = Place(str(path.parent / name))
            raise Refused([finding("W001", place, type(error).__name__, "a file that can be read, in UTF-8")]) from None

    return read(content(path.name), file=str(path), beside=content, waves=waves)


def read(text: str, *, file: str, beside: Callable[[str], str], waves: Mapping[str, dt.date] | None = None) -> WaveFile:
    """`beside(name)` gives the text of a file that the wave names; it raises Refused when it cannot."""
    lines = outline(text, file=file)
    spec, found = _examined(lines)
    found += _previous(lines, waves) if waves is not None else ()
    findings = sorted(found, key=lambda each: each.place.line)
    asked, planned = (_named(lines, key, beside, findings) for key in ("questionnaire", "plan"))
    questions = _parsed(questionnaire.read, asked, findings)
    plan = _parsed(disclose.read_plan, planned, findings)
    offered = _offered(questions, asked)
    if plan and planned:
        findings += _of_another_wave(plan, lines, file=planned.name)
        findings += _unasked(plan, offered, file=planned.name) if offered is not None else ()
    if findings or spec is None or questions is None or asked is None:
        raise Refused(findings)
    plan_text = planned.text if planned else ""
    return WaveFile(spec=spec, text=text, questionnaire=questions, questionnaire_text=asked.text, plan_text=plan_text)


@dataclass(frozen=True, slots=True)
class _Named:
    """A file that the wave names."""

    name: str
    text: str


def _named(lines: Outline, key: str, beside: Callable[[str], str], findings: list[Finding]) -> _Named | None:
    """None where no file is named, which may be wrong, but is a finding of the wave's file itself."""
    name = lines.text(key)
    if not name:
        return None
    try:
        return _Named(name, beside(name))
    except Refused:
        expected = f"a file beside {lines.file}"
        findings.append(finding("W006", lines.place((key,)), f"{name}, which cannot be read", expected))
        return None


class _Reader(Protocol[T]):
    def __call__(self, text: str, /, *, file: str) -> T: ...


def _parsed(reader: _Reader[T], named: _Named | None, findings: list[Finding]) -> T | None:
    try:
        return reader(named.text, file=named.name) if named else None
    except Refused as refused:
        findings += refused.findings
        return None


def _previous(lines: Outline, waves: Mapping[str, dt.date]) -> Iterator[Finding]:
    name, day = lines.text("previous"), _understood(_DAY, lines.text("date"))
    before = [wave for wave, date in waves.items() if day is None or date < day]
    if name and name not in before:
        expected = f"a wave before it: {', '.join(before)}" if before else "no such line: there is no wave before it"
        yield finding("W008", lines.place(("previous",)), f"previous: {name}", expected)


def _of_another_wave(plan: Plan, lines: Outline, *, file: str) -> Iterator[Finding]:
    """Figures are kept, compared and published under the wave that their plan names."""
    name = faults.name_like(lines.text("id"))
    if name and plan.wave != name:
        yield finding("W010", Place(file), f"wave: {plan.wave}", f"wave: {name}, the id in {lines.file}")


def _offered(questions: Questionnaire | None, asked: _Named | None) -> Mapping[str, frozenset[str]] | None:
    """The items with their options; of a questionnaire that is not sound by the names in it, or None."""
    if questions is not None:
        return {name: frozenset(option.name for option in item.options) for name, item in questions.items.items()}
    if asked is None:
        return None
    try:
        pages = outline(asked.text, file=asked.name).data["pages"]
        items = [item for page in pages for item in page["items"]]
        return {item["name"]: frozenset(each["name"] for each in item.get("options", ())) for item in items}
    except (Refused, LookupError, TypeError, AttributeError):
        return None  # of other shape than a questionnaire has, which is told already


def _unasked(plan: Plan, offered: Mapping[str, frozenset[str]], *, file: str) -> Iterator[Finding]:
    """What the plan counts and the questionnaire never asks: it would come out as nought percent, or as no figure."""
    for name, options in sorted(plan.items.items()):
        if name not in offered:
            near = difflib.get_close_matches(name, offered, n=1)
            expected = f"did you mean {near[0]}?" if near else f"one of {', '.join(sorted(offered))}"
            yield finding("W009", Place(file), f'the item "{name}"', expected)
            continue
        for option in sorted((options or frozenset()) - offered[name]):
            expected = f"one of {', '.join(sorted(offered[name]))}"
            yield finding("W009", Place(file), f'the option "{option}" of the item "{name}"', expected)


def spec_of(text: str, *, file: str) -> WaveSpec:
    """The content of the file itself, or Refused with every finding in it."""
    spec, findings = _examined(outline(text, file=file))
    if spec is None or findings:
        raise Refused(sorted(findings, key=lambda each: each.place.line))
    return spec


def _examined(lines: Outline) -> tuple[WaveSpec | None, list[Finding]]:
    """The content of the file itself, and all that is wrong with it."""
    spec: WaveSpec | None = None
    findings = [
        *lines.doubles,
        *_closed_before_open(lines),
        *_untimely_reminders(lines),
        *_late_at_a_wrong_time(lines),
    ]
    try:
        spec = WaveSpec.model_validate(lines.data)
    except ValidationError as error:
        findings += [faults.fault(problem, lines, WaveSpec) for problem in error.errors(include_url=False)]
    return spec, findings


def _closed_before_open(lines: Outline) -> Iterator[Finding]:
    opens, closes = (_understood(_MOMENT, lines.text(key)) for key in ("opens", "closes"))
    if opens and closes and not opens < closes:
        expected = f"later than opens, {opens.isoformat()}"
        yield finding("W007", lines.place(("closes",)), closes.isoformat(), expected)


def _untimely_reminders(lines: Outline) -> Iterator[Finding]:
    """Reminders that are not between opening and closing, or not one after the other."""
    opens, closes = (_understood(_MOMENT, lines.text(key)) for key in ("opens", "closes"))
    given = lines.data.get("reminders")
    before: dt.datetime | None = None
    for number, each in enumerate(given if isinstance(given, list) else []):
        at = _understood(_MOMENT, str(each.get("at", "")).strip()) if isinstance(each, dict) else None
        if at is None:
            continue
        place = lines.place(("reminders", number, "at"))
        if opens and closes and opens < closes and not opens < at < closes:
            expected = f"after opens, {opens.isoformat()}, and before closes, {closes.isoformat()}"
            yield finding("W011", place, at.isoformat(), expected)
        if before and not before < at:
            yield finding("W012", place, at.isoformat(), f"later than the reminder before it, {before.isoformat()}")
        before = at


def _late_at_a_wrong_time(lines: Outline) -> Iterator[Finding]:
    closes, late = (_understood(_MOMENT, lines.text(key)) for key in ("closes", "late_until"))
    if closes is None or late is None:
        return
    if late <= closes:
        expected = f"later than closes, {closes.isoformat()}"
        yield finding("W013", lines.place(("late_until",)), late.isoformat(), expected)
    days = _days_kept(lines)
    if days is not None and late > closes + dt.timedelta(days=days):
        expected = f"before the links are removed, {days} days after closes"
        yield finding("W014", lines.place(("late_until",)), late.isoformat(), expected)


def _days_kept(lines: Outline) -> int | None:
    """None where the file says something that is no number of days, which `faults` tells."""
    try:
        return Retention.model_validate(lines.data.get("retention", {})).addresses
    except ValidationError:
        return None


def _understood(kind: TypeAdapter[T], text: str) -> T | None:
    """What a value says; None where it says nothing, which `faults` tells."""
    try:
        return kind.validate_python(text)
    except ValidationError:
        return None
