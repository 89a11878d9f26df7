"""The statement that is written out once, against the one that Django builds."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from peilstok.collect import lookup
from peilstok.collect.models import Draft, Invitation, Wave
from tests.collect import fielding


def columns(row: models.Model | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def everything(invitation: Invitation) -> list[dict[str, object] | None]:
    unit, wave = invitation.unit, invitation.wave
    related = (wave, wave.frame, unit, unit.organisation, unit.region, getattr(invitation, "draft", None))
    return [columns(row) for row in (invitation, *related)]


def with_a_draft(wave: Wave) -> Invitation:
    invitation = fielding.invitation(wave)
    answers = {"pupils": 1_200, "forms": ["school"], "remark": "één"}
    Draft.objects.create(invitation=invitation, version=3, answers=answers, saved_at=fielding.DURING)
    return invitation


@pytest.mark.parametrize("drafted", [True, False])
def test_it_finds_what_django_finds(wave: Wave, drafted: bool) -> None:
    invitation = with_a_draft(wave) if drafted else fielding.invitation(wave)
    found = lookup.by_token(invitation.token_hash)
    assert found is not None
    assert found.handover is None
    assert everything(found.invitation) == everything(Invitation.objects.get(pk=invitation.pk))


def test_it_takes_one_statement_also_where_there_is_no_draft(wave: Wave) -> None:
    invitation = fielding.invitation(wave)
    with CaptureQueriesContext(connection) as made:
        found = lookup.by_token(invitation.token_hash)
        assert found is not None
        unit = found.invitation.unit
        assert getattr(found.invitation, "draft", None) is None
        assert (found.invitation.wave.frame.synthetic, unit.organisation.number, unit.region) == (True, "99001", None)
    assert len(made) == 1


def test_the_long_texts_of_a_wave_are_fetched_when_somebody_asks(wave: Wave) -> None:
    found = lookup.by_token(fielding.invitation(wave).token_hash)
    assert found is not None
    assert found.invitation.wave.get_deferred_fields() == lookup.LEFT_OUT[Wave] >= {"file", "questionnaire", "plan"}
    assert found.invitation.wave.file == fielding.WAVE


def test_an_unknown_token_finds_nothing(wave: Wave) -> None:
    assert lookup.by_token("0" * 64) is None


def test_what_was_found_is_saved_as_any_other_object(wave: Wave) -> None:
    invitation = with_a_draft(wave)
    found = lookup.locked(invitation.pk).invitation
    found.draft.answers["pupils"] = 1_201
    found.draft.save()
    found.opened_at = fielding.DURING
    found.save(update_fields=["opened_at"])
    again = Invitation.objects.get(pk=invitation.pk)
    assert (again.opened_at, again.draft.answers["pupils"], Draft.objects.count()) == (fielding.DURING, 1_201, 1)


def test_a_wave_without_one_before_it_has_no_earlier_answers(wave: Wave) -> None:
    assert lookup.answers_of_the_wave_before(lookup.locked(fielding.invitation(wave).pk).invitation) == ({}, "")
