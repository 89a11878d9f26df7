"""What an estimand measures at one board: sums of items and register fields, shares of options, conditions.

Ratio        sum of a numerator over the boards / sum of a denominator
OfFrame      the same with a denominator that is known of the whole frame: no sampling error
Mean         mean over boards of a number, or of 100 x part / whole at the board
Total        estimated total of the frame
Count        boards that answered, or a sum over them: no sampling error
Share        boards whose answer is among some options / boards that answered
Condition    of the register: `has_special_school` is false, `schools` is 1, `pupils` between two numbers
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peilstok.terms import ItemName

Source = Literal["item", "register", "frame"]


@dataclass(frozen=True, slots=True)
class Term:
    """A number of a board: its answer, or a field of the register; `frame`: that field summed over the frame."""

    source: Source
    name: str


Sum = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A field of the register is one of some values, or lies between two numbers. An unknown value never does."""

    field: str
    values: frozenset[object] | None = None
    at_least: int | None = None
    at_most: int | None = None


Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    numerator: Sum
    denominator: Sum
    of_whole: bool  # the numerator is a part of the denominator

    @property
    def terms(self) -> Sum:
        return self.numerator + self.denominator


@dataclass(frozen=True, slots=True)
class OfFrame:
    numerator: Sum
    known: Sum

    @property
    def terms(self) -> Sum:
        return self.numerator + self.known


@dataclass(frozen=True, slots=True)
class Mean:
    of: Sum
    per: Sum | None = None  # then 100 x of / per at every board

    @property
    def terms(self) -> Sum:
        return self.of + (self.per or ())


@dataclass(frozen=True, slots=True)
class Total:
    of: Sum

    @property
    def terms(self) -> Sum:
        return self.of


@dataclass(frozen=True, slots=True)
class Count:
    of: Sum | None = None

    @property
    def terms(self) -> Sum:
        return self.of or ()


@dataclass(frozen=True, slots=True)
class Share:
    """`dont_know` and `not_applicable` among the options are those two answers, which then count in the base."""

    item: ItemName
    options: frozenset[str]
    dont_know_counts: bool
    not_applicable_counts: bool


@dataclass(frozen=True, slots=True)
class RegisterShare:
    where: Conditions

    @property
    def terms(self) -> Sum:
        return ()


Measure = Ratio | OfFrame | Mean | Total | Count | Share | RegisterShare
