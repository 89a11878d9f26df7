"""The answers that count: of every board in scope the latest that came in time, as the figures have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from peilstok import questionnaire as questions
from peilstok.collect import content, respondents, sums
from peilstok.collect.models import Revision, Wave
from peilstok.questionnaire import Questionnaire
from peilstok.terms import ItemName, UnitId, Value

Values = Mapping[ItemName, Value]


def confirmed_answers(wave: Wave) -> Mapping[UnitId, Values]:
    """The answers that count, of every board in scope that confirmed in time: its latest revision in time. By number.

    Of the items of a block both what each entry said (`in_care.s00ap`) and what that comes to together (`in_care`), or
    what the board says that it comes to (`sums`).
    """
    questionnaire = content.of(wave).questionnaire
    revisions = counting(wave).values_list("invitation__unit__organisation__number", "counted", "sums")
    return {UnitId(number): as_counted(questionnaire, counted, said) for number, counted, said in revisions}


def counting(wave: Wave) -> QuerySet[Revision]:
    """The revisions that count: the latest in time of every board in scope, in the order of their numbers."""
    number = "invitation__unit__organisation__number"
    in_time = Revision.objects.filter(invitation__wave=wave, invitation__out_of_scope_at=None, late=False)
    return in_time.order_by(number, "-number").distinct(number)


def values_of(wave: Wave, revisions: Collection[int], only: Collection[ItemName]) -> Mapping[int, Values]:
    """What these revisions (by primary key) say to some of the items, as they count."""
    questionnaire = content.of(wave).questionnaire
    rows = Revision.objects.filter(pk__in=revisions).values_list("pk", "counted", "sums")
    return {key: as_counted(questionnaire, _chosen(counted, only), _chosen(said, only)) for key, counted, said in rows}


def _chosen(kept: Mapping[str, Any], only: Collection[ItemName]) -> dict[str, Any]:
    return {name: each for name, each in kept.items() if questions.item_of(ItemName(name))[0] in only}


def as_counted(questionnaire: Questionnaire, counted: Mapping[str, object], said: sums.Kept) -> Values:
    """A revision as the figures and the snapshot have it: its entries, their sums, the board's own in their place."""
    found = respondents.values_as_written(questionnaire, counted)
    if not questionnaire.blocks:
        return found
    return {**found, **questions.added_up(questionnaire, found), **sums.values(questionnaire, said)}
