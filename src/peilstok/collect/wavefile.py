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
from typing import Annotated, Any, Final, Literal

import yaml
from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from peilstok import disclose, questionnaire
from peilstok.collect.findings import finding
from peilstok.disclose import Plan
from peilstok.errors import Finding, Place, Refused
from peilstok.questionnaire import Questionnaire
from peilstok.terms import Words

FORMAT: Final = "peilstok/wave/1"
LONGEST: Final = 200_000  # characters of a file


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
    """What the officer words in the invitation. All else in it (link, minutes, until when) is always there."""

    subject: Lines
    why: Texts


class Person(_Part):
    """Whom a board can ask. Also the reply address of the mails."""

    name: Line
    email: Address
    phone: Line


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
    seen_by: Texts
    contact: Person
    mail: Mail


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


def load(path: Path) -> WaveFile:
    """Read a wave's file and the questionnaire and plan beside it. Refused with every finding of all of them."""

    def content(name: str) -> str:
        try:
            return (path.parent / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            place = Place(str(path.parent / name))
            raise Refused([finding("W001", place, type(error).__name__, "a file that can be read, in UTF-8")]) from None

    return read(content(path.name), file=str(path), beside=content)


def read(text: str, *, file: str, beside: Callable[[str], str]) -> WaveFile:
    """`beside(name)` gives the text of a file that the wave names; it raises Refused when it cannot."""
    spec = spec_of(text, file=file)
    findings: list[Finding] = []

    def named(name: str, key: str) -> str | None:
        try:
            return beside(name)
        except Refused:
            place = outline(text, file=file).place((key,))
            findings.append(finding("W006", place, f"{name}, which cannot be read", f"a file beside {file}"))
            return None

    asked = named(spec.questionnaire, "questionnaire")
    planned = named(spec.plan, "plan") if spec.plan else ""
    found = None
    try:
        found = questionnaire.read(asked, file=spec.questionnaire) if asked is not None else None
    except Refused as refused:
        findings += refused.findings
    try:
        if planned and spec.plan:
            plan = disclose.read_plan(planned, file=spec.plan)
            findings += _of_another_wave(plan, spec)
            findings += _unasked(plan, found, spec.plan) if found else ()
    except Refused as refused:
        findings += refused.findings
    if findings or found is None:
        raise Refused(findings)
    return WaveFile(spec=spec, text=text, questionnaire=found, questionnaire_text=asked or "", plan_text=planned or "")


def _of_another_wave(plan: Plan, spec: WaveSpec) -> Iterator[Finding]:
    """Figures are kept, compared and published under the wave that their plan names."""
    if plan.wave != spec.id:
        yield finding("W010", Place(spec.plan or ""), f"wave: {plan.wave}", f"wave: {spec.id}")


def _unasked(plan: Plan, asked: Questionnaire, file: str) -> Iterator[Finding]:
    """What the plan counts and the questionnaire never asks: it would come out as nought percent, or as no figure."""
    for name, options in sorted(plan.items.items()):
        item = asked.items.get(name)
        if item is None:
            near = difflib.get_close_matches(name, asked.items, n=1)
            expected = f"did you mean {near[0]}?" if near else f"one of {', '.join(sorted(asked.items))}"
            yield finding("W009", Place(file), f'the item "{name}"', expected)
            continue
        offered = {option.name for option in item.options}
        for option in sorted((options or frozenset()) - offered):
            expected = f"one of {', '.join(sorted(offered))}"
            yield finding("W009", Place(file), f'the option "{option}" of the item "{name}"', expected)


def spec_of(text: str, *, file: str) -> WaveSpec:
    """The content of the file itself, or Refused with every finding in it."""
    lines = outline(text, file=file)
    try:
        spec = WaveSpec.model_validate(lines.data)
    except ValidationError as error:
        problems = [_finding(problem, lines) for problem in error.errors(include_url=False)]
        raise Refused(sorted([*lines.doubles, *problems], key=lambda each: each.place.line)) from None
    findings = list(lines.doubles)
    if not spec.opens < spec.closes:
        expected = f"later than opens, {spec.opens.isoformat()}"
        findings.append(finding("W007", lines.place(("closes",)), spec.closes.isoformat(), expected))
    if findings:
        raise Refused(findings)
    return spec


@dataclass(frozen=True, slots=True)
class Outline:
    """A YAML file as plain data (every scalar a text) with the line and column of each key."""

    file: str
    data: object
    marks: Mapping[tuple[str | int, ...], tuple[int, int]]
    doubles: tuple[Finding, ...]

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Where the key stands, or the nearest one around it that is there."""
        while path not in self.marks and path:
            path = path[:-1]
        return Place(self.file, *self.marks.get(path, (1, 1)))


def outline(text: str, *, file: str) -> Outline:
    if len(text) > LONGEST:
        raise Refused([finding("W001", Place(file), f"{len(text)} characters", f"at most {LONGEST}")])
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise Refused([finding("W001", place, error.problem or "no YAML", "YAML, see docs/formats/wave.md")]) from None
    except yaml.YAMLError:
        raise Refused([finding("W001", Place(file), "characters that YAML forbids", "a text in YAML")]) from None
    marks: dict[tuple[str | int, ...], tuple[int, int]] = {}
    doubles: list[Finding] = []
    data = _plain(node, (), marks, doubles, file)
    if not isinstance(data, dict):
        raise Refused([finding("W001", Place(file, 1), "no keys", "key: value lines, see docs/formats/wave.md")])
    return Outline(file, data, marks, tuple(doubles))


def _plain(
    node: yaml.Node | None,
    path: tuple[str | int, ...],
    marks: dict[tuple[str | int, ...], tuple[int, int]],
    doubles: list[Finding],
    file: str,
) -> object:
    if len(path) > 8:  # the format has three levels; an alias that holds itself would never end
        return ""
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            name, mark = str(key.value), (key.start_mark.line + 1, key.start_mark.column + 1)
            if name in found:
                doubles.append(finding("W005", Place(file, *mark), f"{name} for the second time", "each key once"))
            marks[(*path, name)] = mark
            found[name] = _plain(value, (*path, name), marks, doubles, file)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, number), marks, doubles, file) for number, each in enumerate(node.value[:100])]
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _finding(problem: Any, lines: Outline) -> Finding:
    path = tuple(problem["loc"])
    place, key = lines.place(path), ".".join(map(str, path))
    if problem["type"] == "missing":
        return finding("W002", place, f"no {key}", "this key, see docs/formats/wave.md")
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), _keys(path[:-1]), n=1)
        return finding(
            "W003", place, key, f"did you mean {near[0]}?" if near else f"one of {', '.join(_keys(path[:-1]))}"
        )
    found = problem["input"] if isinstance(problem["input"], str) else "several lines with keys of their own"
    return finding("W004", place, f"{key}: {found[:80]!r}", str(problem["msg"]).removeprefix("Value error, "))


def _keys(path: tuple[str | int, ...]) -> list[str]:
    model: Any = WaveSpec
    for step in path:
        model = model.model_fields[step].annotation
    return list(model.model_fields)
