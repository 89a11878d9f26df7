"""FIGURES.json as a file: its keys, what may stand behind them, and every finding about a text that is not one.

The meaning of the keys is on `docs/formats/figures.md`; `figures` turns the document into a `FigureBook`. Keys that
are not known here are left alone, so that files of later versions stay readable.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate.document import expected, shown

PARTS: Final = ("value", "se", "ci_low", "ci_high")
"""Of a measured value; `value_weighted`, `ci_low_pupils` and so on name those beside it."""


def _text_or_nothing(value: object) -> object:
    """An empty label may be `""` as well as `{}`."""
    return {} if value == "" else value


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class Text(_Part):
    nl: str = ""
    en: str = ""


Label = Annotated[Text | None, BeforeValidator(_text_or_nothing)]
Name = Annotated[str, Field(min_length=1)]
Natural = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(ge=0)]
Reference = Annotated[str, Field(pattern=r"^[^/]+/[^/]+$")]


class Figure(_Part):
    value: float
    unit: Literal["percent", "boards", "pupils", "number"]
    kind: Literal["share", "ratio", "mean", "total", "count", "quantile"]
    se: Positive | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    n: Natural | None = None
    count: Natural | None = None
    weighted: bool = False
    base: str = ""
    population: str = ""
    group: str | None = None
    label: Label = None
    estimand: str | None = None
    domain: Name = "all"
    value_weighted: float | None = None
    se_weighted: Positive | None = None
    ci_low_weighted: float | None = None
    ci_high_weighted: float | None = None
    value_pupils: float | None = None
    se_pupils: Positive | None = None
    ci_low_pupils: float | None = None
    ci_high_pupils: float | None = None
    value_pupils_weighted: float | None = None
    se_pupils_weighted: Positive | None = None
    ci_low_pupils_weighted: float | None = None
    ci_high_pupils_weighted: float | None = None
    pupils: Natural | None = None
    coverage: float | None = None
    base_words: Label = None
    population_words: Label = None
    method: str = ""


class Wave(_Part):
    id: Name
    date: datetime.date
    respondents: Natural
    figures: dict[Name, Figure]
    pupils: Natural | None = None
    population: Natural | None = None
    population_pupils: Natural | None = None


class Covariance(_Part):
    of: tuple[Reference, Reference]
    value: float


class Break(_Part):
    figure: Name
    between: tuple[Name, Name]
    reason: str = ""
    words: Label = None


class Document(_Part):
    waves: tuple[Wave, ...]
    covariances: tuple[Covariance, ...] = ()
    breaks: tuple[Break, ...] = ()
    synthetic: bool = False


def write(document: Mapping[str, object]) -> str:
    """Indented JSON that ends in a newline. A number that is not finite is an error of ours: ValueError."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def read(text: str, *, file: str) -> Document:
    """The document in the text; raises `Refused` with every finding."""
    twice = _checked_as_json(text, file)
    try:
        document = Document.model_validate_json(text)
    except ValidationError as error:
        raise Refused([*twice, *(_finding(each, file) for each in error.errors())]) from None
    findings = [*twice, *_repeated_waves(document, file)]
    if findings:
        raise Refused(findings)
    return document


def _checked_as_json(text: str, file: str) -> list[Finding]:
    """Findings about keys that stand twice in one object; of two figures with one name, one would be lost."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    def not_finite(number: str) -> NoReturn:
        raise Refused([_error("F003", Place(file), number, "a finite number, or null where there is none")])

    try:
        json.loads(text, object_pairs_hook=once, parse_constant=not_finite)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise Refused([_error("F001", place, f"no JSON: {error.msg}", "a JSON document (FIGURES.json)")]) from None
    except RecursionError:
        raise Refused([_error("F001", Place(file), "nested too deeply", "a JSON document (FIGURES.json)")]) from None
    return [_error("F002", Place(file), f'the key "{name}" stands twice in one object', "once") for name in twice]


def _repeated_waves(document: Document, file: str) -> Iterable[Finding]:
    ids = [wave.id for wave in document.waves]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            yield _error("F006", Place(file), f'waves[{number}].id: "{name}" again', "another id for every wave")


def _finding(error: ErrorDetails, file: str) -> Finding:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"]).lstrip(".")
    where = path or "the document"
    if error["type"] == "missing":
        return _error("F004", Place(file), f"{where}: missing", _expected(error))
    return _error("F005", Place(file), f"{where}: {shown(error['input'])}", _expected(error))


def _expected(error: ErrorDetails) -> str:
    return "wave/figure" if error["type"] == "string_pattern_mismatch" else expected(error)


def _error(code: str, place: Place, found: str, expected: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=place, found=found, expected=expected)
