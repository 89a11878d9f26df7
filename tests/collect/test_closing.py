"""A poll that closes: until when an answer counts, and what a board is told after that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peilstok.audit.models import Entry
from peilstok.collect import monitor, saving, scope, waves
from peilstok.collect.models import Draft, Revision, Wave
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]


def test_just_before_closing_an_answer_counts_and_at_closing_it_does_not(wave: Wave, client: Client, at: Clock) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    sent = visit.as_sent()
    at(fielding.CLOSES)
    assert client.post(visit.url, sent).status_code == 410
    assert not Revision.objects.exists()
    at(fielding.CLOSES.replace(microsecond=0) - (fielding.AFTER - fielding.CLOSES))
    assert client.post(visit.url, sent).status_code == 303
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (fielding.DURING, "vrijdag 3 april 2020 om 10.30 uur"),
        (fielding.CLOSES, "maandag 6 april 2020 om 12.00 uur"),
        (fielding.CLOSES + timedelta(hours=3), "maandag 6 april 2020 om 12.00 uur"),  # the job was late
    ],
)
def test_a_board_is_told_until_when_answers_were_taken(
    wave: Wave, client: Client, at: Clock, moment: datetime, said: str
) -> None:
    answered(client, fielding.path_of(wave))
    waves.close_wave(wave=wave, by="user:1", moment=moment)
    at(moment)
    late = client.get(fielding.path_of(wave, "99002")).content.decode()
    assert f"Antwoorden op ‘Noodopvang’ waren welkom tot {said}." in late
    done = client.get(f"{fielding.path_of(wave)}klaar/").content.decode()
    assert f"Deze peiling is gesloten op {said}." in done


def test_a_board_that_was_answering_when_the_poll_closed_early_is_told_that_moment(
    wave: Wave, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Visit(client).open(fielding.path_of(wave))
    save = saving.save_page

    def after_closing(**given: Any) -> Any:
        waves.close_wave(wave=wave, by="user:1", moment=fielding.DURING)
        return save(**given)

    monkeypatch.setattr(saving, "save_page", after_closing)
    visit.send()
    assert visit.status == 410
    assert "welkom tot vrijdag 3 april 2020 om 10.30 uur." in visit.html


def test_the_trail_counts_as_answered_what_the_monitor_counts(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    answered(Client(), fielding.path_of(wave, "99002"))
    reason = scope.Reason.MERGED
    scope.exclude(invitation=fielding.invitation(wave), reason=reason, by="user:1", moment=fielding.DURING)
    waves.close_wave(wave=wave, by="user:1", moment=fielding.CLOSES)
    assert Entry.objects.get(act="wave.close").details["answered"] == monitor.counts(wave).answered == 1


def test_after_closing_every_page_is_a_friendly_one_and_nothing_is_saved(wave: Wave, client: Client, at: Clock) -> None:
    visit = Visit(client).open(fielding.path_of(wave))
    at(fielding.AFTER)
    response = client.post(f"{fielding.path_of(wave)}vraag/board/", visit.as_sent())
    assert response.status_code == 410
    assert "gesloten" in response.content.decode()
    assert client.get(fielding.path_of(wave)).status_code == 410
    assert client.post(f"{fielding.path_of(wave)}niet/").status_code == 410
    assert not Draft.objects.exists()
