"""FIGURES.json as a file: its keys, what may stand behind them, and every finding about a text that is not one.

The meaning of the keys is on `docs/formats/figures.md`; `figures` turns the document into a `FigureBook`. Keys that
are not known here are left alone, so that files of later versions stay readable.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from peilstok.disclose.spots import Spots
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
    """The document in the text; raises `Refused` with every finding, in the order of the file."""
    spots = _checked_as_json(text, file)
    findings = _of_the_text(spots, file)
    try:
        document = Document.model_validate_json(text)
    except ValidationError as error:
        told = {each.place for each in findings}
        findings += [each for each in (_finding(one, spots, file) for one in error.errors()) if each.place not in told]
    else:
        findings += _repeated_waves(document, spots, file)
    if findings:
        raise Refused(sorted(findings, key=lambda each: (each.place.line, each.place.column)))
    return document


def _checked_as_json(text: str, file: str) -> Spots:
    """Where everything stands in the text, once it is known to be JSON."""
    try:
        json.loads(text)
        return Spots(text)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise Refused([_error("F001", place, f"no JSON: {error.msg}", "a JSON document (FIGURES.json)")]) from None
    except RecursionError:
        place = Place(file, 1, 1)
        raise Refused([_error("F001", place, "nested too deeply", "a JSON document (FIGURES.json)")]) from None


def _of_the_text(spots: Spots, file: str) -> list[Finding]:
    """What the values no longer tell: of two figures with one name, one would be lost."""
    twice = [
        _error("F002", Place(file, *at), f'the key "{name}" again in one object', "once") for name, at in spots.twice
    ]
    finite = "a finite number, or null where there is none"
    return [*twice, *(_error("F003", Place(file, *at), number, finite) for number, at in spots.endless)]


def _repeated_waves(document: Document, spots: Spots, file: str) -> Iterable[Finding]:
    ids = [wave.id for wave in document.waves]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            place = Place(file, *spots.of(("waves", number, "id")))
            yield _error("F006", place, f'waves[{number}].id: "{name}" again', "another id for every wave")


def _finding(error: ErrorDetails, spots: Spots, file: str) -> Finding:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"]).lstrip(".")
    where, place = path or "the document", Place(file, *spots.of(error["loc"]))
    if error["type"] == "missing":
        return _error("F004", place, f"{where}: missing", _expected(error))
    return _error("F005", place, f"{where}: {shown(error['input'])}", _expected(error))


def _expected(error: ErrorDetails) -> str:
    return "wave/figure" if error["type"] == "string_pattern_mismatch" else expected(error)


def _error(code: str, place: Place, found: str, expected: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=place, found=found, expected=expected)
