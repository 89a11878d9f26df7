"""The plan as a file: its keys and what may stand behind each, as pydantic models; they publish the JSON Schema.

`plan.read` turns these into a `Plan`. What needs more than one key to judge (a domain that is not declared, a release
of a figure that does not exist) is checked there. The format is described in `docs/formats/plan.md`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    Tag,
)
from pydantic_core import PydanticCustomError

from peilstok.terms import REGISTER_FIELDS

FORMAT: Final = "peilstok/plan/1"
_TERM: Final = r"(register\([a-z_]+\)|frame\([a-z_]+\)|[a-z][a-z0-9_]*)"
SUM: Final = rf"^{_TERM}( \+ {_TERM})*$"
NUMBERS: Final = tuple(name for name, kind in REGISTER_FIELDS.items() if kind is int)


def _known_fields(text: str) -> str:
    for field in re.findall(r"\(([a-z_]+)\)", text):
        if field not in NUMBERS:
            raise PydanticCustomError("field", "a number of the register: {known}", {"known": ", ".join(NUMBERS)})
    return text


def _as_list(value: object) -> object:
    """One option may be written without brackets."""
    return [value] if isinstance(value, str) else value


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("twice", "every domain once")
    return names


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
WaveName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Written = Annotated[str, Field(min_length=1, pattern=r"\S")]
Sum = Annotated[str, Field(pattern=SUM), AfterValidator(_known_fields)]
Options = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    Field(min_length=1),
    BeforeValidator(_as_list, json_schema_input_type=str | tuple[str, ...]),
]
Whole = Annotated[StrictInt, Field(ge=0)]
Base = Literal["counts_in_base", "leaves_base"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Part):
    nl: Written
    en: Written


class Range(Part):
    at_least: Whole | None = None
    at_most: Whole | None = None


Wanted = StrictBool | StrictInt | str | Range | tuple[str, ...]


def _fits(where: dict[str, Wanted]) -> dict[str, Wanted]:
    """Each field is one of the register, and what is wanted of it is of its kind."""
    for name, wanted in where.items():
        kind = REGISTER_FIELDS.get(name)
        if kind is None:
            raise PydanticCustomError("field", "fields of the register: {known}", {"known": ", ".join(REGISTER_FIELDS)})
        accepted = {bool: (bool,), int: (int, Range), str: (str, tuple)}[kind]
        if type(wanted) not in accepted:
            words = {bool: "true or false", int: "a whole number, or at_least and at_most", str: "a text or a list"}
            raise PydanticCustomError("wanted", "{name}: {words}", {"name": name, "words": words[kind]})
    return where


Where = Annotated[dict[str, Wanted], Field(min_length=1), AfterValidator(_fits)]


class Domain(Part):
    label: Text
    where: Where


class Weighting(Part):
    pupils: Annotated[tuple[Annotated[StrictInt, Field(ge=1)], ...], Field(min_length=1)]
    at_least: Annotated[StrictInt, Field(ge=1)] = 5
    variance: Literal["linearised", "jackknife"] = "linearised"


class Release(Part):
    figures: Annotated[tuple[str, ...], Field(min_length=1)]
    by: Written
    reason: Text


class Disclosure(Part):
    minimum_contributors: Whole = 10
    releases: tuple[Release, ...] = ()


class Break(Part):
    figure: str
    between: tuple[WaveName, WaveName]
    reason: Text


class Estimand(Part):
    """What every kind has: the word for its base, and the domains it is wanted for besides all."""

    base: Name
    domains: Annotated[tuple[Name, ...], AfterValidator(_once)] = ()


class One(Estimand):
    """An estimand that is one figure in every domain."""

    label: Text
    group: Name | None = None


class Ratio(One):
    kind: Literal["ratio"]
    numerator: Sum
    denominator: Sum
    unit: Literal["percent", "number"] = "percent"
    of_whole: StrictBool | None = None


class Percent(Part):
    percent: Sum
    per: Sum


def _form(value: object) -> str:
    return "parts" if isinstance(value, dict | Percent) else "sum"


class Mean(One):
    kind: Literal["mean"]
    of: Annotated[Annotated[Sum, Tag("sum")] | Annotated[Percent, Tag("parts")], Discriminator(_form)]
    unit: Literal["percent", "pupils", "number"]


class Total(One):
    kind: Literal["total"]
    of: Sum
    unit: Literal["pupils", "number"]


class Count(One):
    kind: Literal["count"]
    of: Sum | None = None


class OfItem(Part):
    item: Name
    dont_know: Base = "leaves_base"
    not_applicable: Base = "leaves_base"


class Share(One, OfItem):
    kind: Literal["share"]
    is_: Options = Field(alias="is")


class RegisterShare(One):
    kind: Literal["register_share"]
    where: Where


class Option(Part):
    label: Text
    is_: Options = Field(alias="is")


class Shares(Estimand, OfItem):
    """Shares of the options of one item: of a choice, or of a question with several answers."""

    kind: Literal["composition", "multiple_response"]
    shares: Annotated[dict[Name, Option], Field(min_length=1)]


AnyEstimand = Annotated[Ratio | Mean | Total | Count | Share | RegisterShare | Shares, Field(discriminator="kind")]


def _fitting(weighting: Weighting | None) -> Weighting | None:
    if weighting and any(low >= high for low, high in zip(weighting.pupils, weighting.pupils[1:], strict=False)):
        raise PydanticCustomError("increasing", "pupils: bounds that go up")
    if weighting and weighting.variance == "jackknife" and weighting.at_least < 2:
        raise PydanticCustomError("jackknife", "at_least: 2 or more, as the jackknife leaves a board out of its cell")
    return weighting


class PlanFile(Part):
    format: Literal["peilstok/plan/1"]
    wave: WaveName
    population: Text
    bases: Annotated[dict[Name, Text], Field(min_length=1)]
    domains: dict[Name, Domain] = Field(default_factory=dict)
    weighting: Annotated[Weighting | None, AfterValidator(_fitting)] = None
    disclosure: Disclosure = Disclosure()
    estimands: Annotated[dict[Name, AnyEstimand], Field(min_length=1)]
    breaks: tuple[Break, ...] = ()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a plan, draft 2020-12."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PlanFile.model_json_schema()}
