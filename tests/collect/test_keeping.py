"""What is kept of a page while somebody types on it, over HTTP. Director 10: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from peilstok.collect.models import Draft, Revision, Wave
from peilstok.collect.monitor import counts
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]


def keep(visit: Visit, page: str, **filled: object) -> int:
    """What the script of the page sends while it is being filled in; the status that comes back."""
    base = visit.url.partition("vraag/")[0].partition("controle/")[0]
    return visit.client.post(f"{base}vraag/{page}/bewaar/", visit.as_sent(**filled)).status_code


def at_care(wave: Wave, client: Client) -> Visit:
    return Visit(client).open(fielding.path_of(wave)).send()


def test_what_was_half_typed_is_there_on_another_device_and_nothing_is_said_about_it(
    wave: Wave, client: Client
) -> None:
    assert keep(at_care(wave, client), "care", in_care="16000") == 204
    visit = Visit(Client()).open(fielding.path_of(wave))
    assert visit.url.endswith("/")
    assert "Hoeveel vangt u op?" in visit.html
    assert visit.value("in_care") == "16000"
    assert "error-summary" not in visit.html
    assert "Fout:" not in visit.html


def test_what_is_kept_while_typing_is_no_answer(wave: Wave, client: Client) -> None:
    keep(at_care(wave, client), "care", in_care="40", lead="school")
    draft = Draft.objects.get()
    assert "in_care" not in draft.answers
    visit = Visit(client).open(fielding.path_of(wave))
    assert visit.form().action.endswith("/vraag/care/")  # the page is not done: its button was not pressed
    assert visit.open(f"{fielding.path_of(wave)}controle/").send().status == 200
    assert not Revision.objects.exists()


def test_typing_counts_as_started(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave))
    assert keep(visit, "board") == 204
    assert (counts(wave).opened, counts(wave).started) == (1, 0)
    keep(visit.send(), "care", in_care="4")
    assert counts(wave).started == 1


def test_a_page_that_was_kept_many_times_and_is_then_sent_in_conflicts_with_nobody(wave: Wave, client: Client) -> None:
    visit = at_care(wave, client)
    for typed in ("4", "40", "402", "40"):
        assert keep(visit, "care", in_care=typed) == 204
    visit.send(in_care=40, lead="school")
    assert visit.url.endswith("/vraag/more/")
    assert Draft.objects.get().answers["in_care"] == 40
    assert not Draft.objects.get().typed


def test_what_another_device_saved_meanwhile_is_not_written_over_by_what_is_being_typed_here(
    wave: Wave, client: Client
) -> None:
    here, there = at_care(wave, client), Visit(Client()).open(fielding.path_of(wave))
    there.send(in_care=50, lead="other")
    assert keep(here, "care", in_care="4") == 409
    assert Draft.objects.get().answers["in_care"] == 50
    assert not Draft.objects.get().typed
    here.send(in_care=40, lead="school")
    assert here.status == 409
    assert "Welk antwoord klopt?" in here.html
    assert "<strong>40</strong>" in here.html
    assert "<strong>50</strong>" in here.html


def test_what_is_being_typed_here_is_shown_to_the_device_that_saves_the_same_page(wave: Wave, client: Client) -> None:
    here, there = at_care(wave, client), Visit(Client()).open(fielding.path_of(wave))
    keep(here, "care", in_care="41")
    there.send(in_care=50, lead="other")
    assert there.status == 409
    assert "41" in there.html
    there.send()
    assert Draft.objects.get().answers["in_care"] == 50


def test_a_change_that_was_typed_and_taken_back_leaves_the_answer_as_it_was(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    visit = Visit(client).open(f"{fielding.path_of(wave)}vraag/care/")
    keep(visit, "care", in_care="41")
    assert "niet verstuurd" in Visit(client).open(fielding.path_of(wave)).html
    keep(visit, "care", in_care="40")
    assert not Draft.objects.get().typed
    assert "care" in Draft.objects.get().saved


def test_after_closing_nothing_is_kept(wave: Wave, client: Client, at: Clock) -> None:
    visit = at_care(wave, client)
    at(fielding.AFTER)
    assert keep(visit, "care", in_care="41") == 410
    assert not Draft.objects.get().typed


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_address_that_keeps_does_nothing(wave: Wave, client: Client, method: str) -> None:
    address = f"{fielding.path_of(wave)}vraag/care/bewaar/"
    assert getattr(client, method)(address).status_code == 405
    assert not Draft.objects.exists()
    assert counts(wave).not_opened == 4


def test_a_page_that_there_is_not_keeps_nothing(wave: Wave, client: Client) -> None:
    assert client.post(f"{fielding.path_of(wave)}vraag/geen/bewaar/").status_code == 404
    assert client.post("/a/abcdefghijklmnopqrstuvwxyz/vraag/care/bewaar/").status_code == 404


def test_keeping_costs_at_most_five_statements(
    wave: Wave, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    visit = Visit(client).open(fielding.path_of(wave))
    with django_assert_max_num_queries(5 + 2):  # with the savepoint that the transaction is inside a test
        keep(visit, "board")
    visit.send()
    with django_assert_max_num_queries(5 + 2):
        keep(visit, "care", in_care="4")
    with django_assert_max_num_queries(5 + 2):
        keep(visit, "care", in_care="40")
