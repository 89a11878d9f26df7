"""What a board meets behind its link, over HTTP. Bram answers for Stichting De Proef."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from peilstok.collect import waves
from peilstok.collect.models import Draft, Invitation, Revision, Wave
from peilstok.collect.monitor import counts
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]


def test_the_link_opens_the_first_question_without_an_account(wave: Wave, client: Client) -> None:
    """Director 2: the first question in one tap, without an account."""
    visit = Visit(client).open(fielding.path_of(wave))
    assert visit.status == 200
    assert "Hoeveel leerlingen hebt u?" in visit.html
    assert "Vraag 1 van" in visit.html
    assert not client.cookies


def test_the_board_its_schools_and_pupils_are_filled_in_from_the_register(wave: Wave, client: Client) -> None:
    """Director 4: confirmed with one tap, or corrected."""
    visit = Visit(client).open(fielding.path_of(wave))
    assert "Stichting De Proef" in visit.html
    assert "In het register: 4 scholen." in visit.html
    assert visit.value("pupils") == "1.200"


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_mail_scanner_that_looks_twice_opens_nothing(wave: Wave, client: Client, method: str) -> None:
    """Director 2: a GET never counts as opened."""
    url = fielding.path_of(wave)
    for address in (
        url,
        url,
        f"{url}vraag/board/",
        f"{url}vraag/care/",
        f"{url}controle/",
        f"{url}klaar/",
        f"{url}niet/",
    ):
        assert getattr(client, method)(address).status_code in (200, 302, 303)
    assert counts(wave).not_opened == 4
    assert not Draft.objects.exists()
    assert Visit(client).open(url).status == 200


def test_the_first_page_sent_in_is_opened_and_the_first_own_answer_is_started(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send()
    assert (counts(wave).opened, counts(wave).started) == (1, 0)
    visit.send(in_care=40)
    assert (counts(wave).opened, counts(wave).started) == (0, 1)


def test_a_board_answers_checks_and_confirms(wave: Wave, client: Client) -> None:
    """Director 15: a reference, and until when it can change; director 4: what the register had said is kept."""
    visit = answered(client, fielding.path_of(wave), remark="Het gaat goed")
    assert "Uw bestuur heeft geantwoord" in visit.html
    revision = Revision.objects.get()
    assert revision.reference in visit.html
    assert "maandag 6 april 2020 om 12.00 uur" in visit.html
    assert revision.counted == {
        "pupils": 1200,
        "in_care": 40,
        "staff": {"missing": "not_answered"},
        "forms": {"missing": "not_answered"},
        "lead": "school",
        "vulnerable": {"missing": "not_answered"},
        "remark": "Het gaat goed",
    }
    assert revision.prefilled == {"pupils": 1200}
    assert revision.questionnaire_fingerprint == wave.questionnaire_fingerprint
    assert counts(wave).answered == 1


def test_after_every_page_the_next_one_on_the_path_comes(wave: Wave, client: Client) -> None:
    """Director 5: which question of how many, and routing does not make it lie."""
    visit = Visit(client).open(fielding.path_of(wave)).send()
    assert visit.url.endswith("/vraag/care/")
    assert "Vraag 2 tot en met 5 van hoogstens 7" in visit.html
    visit.send(in_care=0, lead="school")
    assert "Hoeveel van hen zijn kwetsbaar?" not in visit.html
    assert "Vraag 6 van 6" in visit.html


def test_an_impossible_value_is_refused_at_the_field_and_nothing_typed_is_lost(wave: Wave, client: Client) -> None:
    """Director 7: refused kindly, at the field."""
    visit = Visit(client).open(fielding.path_of(wave)).send()
    visit.send(in_care="16000", lead="other", forms=["school", "home"])
    assert visit.status == 200
    assert "<title>Fout: Opvang" in visit.html
    assert visit.html.count('class="error-summary"') == 1
    assert '<a href="#in_care">Hoeveel vangt u op? 16.000 van uw 1.200 leerlingen kan niet.</a>' in visit.html
    assert 'aria-invalid="true"' in visit.html
    assert visit.value("in_care") == "16000"
    assert visit.form().untouched().count(("forms", "home")) == 1
    assert ("lead", "other") in visit.form().untouched()
    assert "in_care" not in Draft.objects.get().answers  # a refused value is never an answer


def test_what_cannot_be_read_as_a_number_comes_back_as_it_was_typed_also_on_another_device(
    wave: Wave, client: Client
) -> None:
    Visit(client).open(fielding.path_of(wave)).send().send(in_care="veertig")
    visit = Visit(Client()).open(fielding.path_of(wave))
    assert visit.value("in_care") == "veertig"
    assert "Fout:" in visit.html


def test_a_remarkable_value_is_asked_once_and_recorded(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=600, lead="school")
    assert "600 is veel. Klopt het?" in visit.html
    assert visit.url.endswith("/vraag/care/")
    visit.send(right="in_care.much")
    assert visit.url.endswith("/vraag/more/")
    visit.send().send()
    revision = Revision.objects.get()
    assert revision.counted["in_care"] == 600
    assert revision.confirmed_checks["in_care.much"]["value"] == 600


def test_a_confirmed_remarkable_value_is_asked_again_when_it_becomes_another(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=600, lead="school")
    visit.send(right="in_care.much")
    care = f"{fielding.path_of(wave)}vraag/care/"
    assert visit.open(care).send().url.endswith("/vraag/more/")
    assert "700 is veel" in visit.open(care).send(in_care=700).html


@pytest.mark.parametrize(("typed", "value"), [("3,8", 3.8), ("3.8", 3.8), ("3,8 %", 3.8), ("4", 4)])
def test_a_percentage_may_be_typed_in_any_way(wave: Wave, client: Client, typed: str, value: float) -> None:
    """Director 6."""
    Visit(client).open(fielding.path_of(wave)).send().send(in_care="100", staff=typed, lead="school")
    assert Draft.objects.get().answers["staff"] == value


def test_not_knowing_and_not_applicable_are_different_answers(wave: Wave, client: Client) -> None:
    """Director 9."""
    visit = Visit(client).open(fielding.path_of(wave)).send()
    visit.send(in_care__missing="dont_know", in_care="", staff__missing="not_applicable", lead="dont_know")
    answers = Draft.objects.get().answers
    assert answers["in_care"] == {"missing": "dont_know"}
    assert answers["staff"] == {"missing": "not_applicable"}
    assert answers["lead"] == {"missing": "dont_know"}


def test_from_the_check_page_a_change_comes_straight_back(wave: Wave, client: Client) -> None:
    """Director 14."""
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    assert visit.url.endswith("/controle/")
    assert 'vraag/care/?terug=controle#in_care"' in visit.html
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=41)
    assert visit.url.endswith("/controle/")
    assert "41 leerlingen" in visit.html


def test_a_change_that_opens_a_question_asks_it_before_the_check_page(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=0, lead="school").send()
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=5)
    assert visit.url.endswith("/vraag/more/?terug=controle")
    assert visit.send(vulnerable=2).url.endswith("/controle/")


def test_an_answer_that_is_no_longer_asked_is_kept_and_does_not_count(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=5, lead="school").send(vulnerable=2)
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=0).send()
    revision = Revision.objects.get()
    assert revision.answers["vulnerable"] == 2
    assert revision.counted["vulnerable"] == {"missing": "not_asked"}


def test_nothing_is_sent_while_a_page_is_unfinished(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send()
    visit.open(f"{fielding.path_of(wave)}controle/").send()
    assert "nog niet klaar" in visit.html
    assert not Revision.objects.exists()


def test_the_same_link_goes_on_where_the_board_was(wave: Wave, client: Client) -> None:
    """Director 10."""
    Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school")
    elsewhere = Visit(Client()).open(fielding.path_of(wave))
    assert "Nog iets?" in elsewhere.html


def test_a_double_tap_on_a_page_saves_it_once(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send()
    sent = visit.as_sent(in_care=40, lead="school")
    for _ in range(2):
        assert client.post(visit.url, sent).status_code == 303
    assert Draft.objects.get().version == 2


def test_a_double_tap_on_send_makes_one_revision(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    sent = visit.as_sent()
    for _ in range(3):
        response = client.post(visit.url, sent)
        assert response.status_code == 303
        assert response["Location"].endswith("/klaar/")
    assert Revision.objects.count() == 1


def test_two_devices_with_other_answers_get_both_to_choose_from(wave: Wave, client: Client) -> None:
    phone, desk = Visit(client).open(fielding.path_of(wave)).send(), Visit(Client())
    desk.open(f"{fielding.path_of(wave)}vraag/care/")
    phone.send(in_care=40, lead="school")
    desk.send(in_care=44, lead="school")
    assert desk.status == 409
    assert "<strong>44</strong>" in desk.html
    assert "<strong>40</strong>" in desk.html
    assert Draft.objects.get().answers["in_care"] == 40
    desk.send()
    assert Draft.objects.get().answers["in_care"] == 44


def test_two_devices_on_different_pages_do_not_conflict(wave: Wave, client: Client) -> None:
    phone, desk = Visit(client).open(fielding.path_of(wave)).send(), Visit(Client())
    desk.open(f"{fielding.path_of(wave)}vraag/board/")
    phone.send(in_care=40, lead="school")
    desk.send(pupils=1210)
    assert desk.status == 200
    assert (Draft.objects.get().answers["pupils"], Draft.objects.get().answers["in_care"]) == (1210, 40)


def test_going_back_to_a_page_that_the_phone_still_had_and_correcting_it_is_no_conflict(
    wave: Wave, client: Client
) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send()
    sent, corrected = visit.as_sent(in_care=40, lead="school"), visit.as_sent(in_care=41, lead="school")
    client.post(visit.url, sent)
    assert client.post(visit.url, corrected).status_code == 303
    assert Draft.objects.get().answers["in_care"] == 41


def test_a_check_page_that_is_no_longer_true_sends_nothing(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    Visit(Client()).open(f"{fielding.path_of(wave)}vraag/care/").send(in_care=41)
    visit.send()
    assert visit.status == 409
    assert "gewijzigd" in visit.html
    assert not Revision.objects.exists()
    visit.send()
    assert Revision.objects.get().counted["in_care"] == 41


def test_a_correction_counts_once_and_both_versions_are_kept(wave: Wave, client: Client) -> None:
    """Director 16."""
    visit = answered(client, fielding.path_of(wave))
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=50)
    assert [revision.counted["in_care"] for revision in Revision.objects.all()] == [40]
    visit.send()
    assert [revision.counted["in_care"] for revision in Revision.objects.all()] == [40, 50]
    assert counts(wave).answered == 1
    assert "versie 2" in visit.html


def test_who_opens_the_link_later_sees_that_the_board_has_answered(wave: Wave, client: Client) -> None:
    """Director 17."""
    answered(client, fielding.path_of(wave))
    colleague = Visit(Client()).open(fielding.path_of(wave))
    assert "Uw bestuur heeft geantwoord" in colleague.html
    assert "Antwoorden verbeteren" in colleague.html


def test_unsent_changes_are_told_and_do_not_count(wave: Wave, client: Client) -> None:
    visit = answered(client, fielding.path_of(wave))
    visit.open(f"{fielding.path_of(wave)}vraag/care/").send(in_care=50)
    assert "niet verstuurd" in visit.open(fielding.path_of(wave)).html


def test_not_taking_part_is_one_tap_and_counts_as_a_refusal(wave: Wave, client: Client) -> None:
    """Director 18."""
    visit = Visit(client).open(fielding.path_of(wave)).send(form=1)
    assert "U doet niet mee" in visit.html
    assert counts(wave).refused == 1
    assert "U doet niet mee" in Visit(Client()).open(fielding.path_of(wave)).html


def test_a_board_that_refused_may_answer_after_all(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send(form=1)
    visit.open(f"{fielding.path_of(wave)}vraag/board/").send().send(in_care=1, lead="school")
    assert counts(wave).refused == 1
    visit.send().send()
    assert (counts(wave).refused, counts(wave).answered) == (0, 1)


def test_a_board_that_answered_cannot_refuse_afterwards(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    assert client.post(f"{fielding.path_of(wave)}niet/").status_code == 303
    assert (counts(wave).refused, counts(wave).answered) == (0, 1)


def test_a_link_that_is_none_gets_help_and_tells_nothing(wave: Wave, client: Client) -> None:
    bodies = set()
    for token in ("a" * 26, "b" * 26, "onzin", "x" * 200):
        response = client.get(f"/a/{token}/")
        assert response.status_code == 404
        bodies.add(response.content.replace(token.encode(), b""))
    assert len(bodies) == 1
    assert "stukje" in bodies.pop().decode()


def test_capitals_in_a_link_do_no_harm(wave: Wave, client: Client) -> None:
    assert client.get(fielding.path_of(wave).upper().replace("/A/", "/a/")).status_code == 200


def test_a_board_that_answered_sees_its_answers_after_closing(wave: Wave, client: Client, at: Clock) -> None:
    answered(client, fielding.path_of(wave))
    at(fielding.AFTER)
    response = client.get(f"{fielding.path_of(wave)}klaar/")
    assert response.status_code == 200
    assert "verbeteren" not in response.content.decode()


def test_a_second_tap_that_arrives_after_closing_finds_what_was_confirmed(
    wave: Wave, client: Client, at: Clock
) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    sent = visit.as_sent()
    client.post(visit.url, sent)
    at(fielding.AFTER)
    assert Revision.objects.count() == 1
    assert client.get(f"{fielding.path_of(wave)}klaar/").status_code == 200


def test_the_language_of_the_invitation_is_the_one_of_the_page_until_another_is_chosen(wave: Wave) -> None:
    url = fielding.path_of(wave, "99003")
    visit = Visit(Client()).open(url)
    assert '<html lang="en">' in visit.html
    assert "How many pupils do you have?" in visit.html
    visit.open(f"{url}vraag/board/?lang=nl")
    assert "Hoeveel leerlingen hebt u?" in visit.html
    assert "Hoeveel vangt u op?" in visit.send().html


def test_switching_the_language_keeps_what_was_typed_and_what_is_wrong_with_it(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care="1.300", lead="school")
    visit.open(f"{visit.url}?lang=en")
    assert "1,300 of your 1,200 cannot be." in visit.html
    assert visit.value("in_care") == "1.300"


def private(response: HttpResponse) -> bool:
    cache, robots = response.headers.get("Cache-Control", ""), response.headers.get("X-Robots-Tag", "")
    return "no-store" in cache and "noindex" in robots and response.headers.get("Referrer-Policy") == "no-referrer"


def test_a_secret_page_is_never_cached_indexed_or_passed_on(wave: Wave, client: Client) -> None:
    url = fielding.path_of(wave)
    answered(client, url)
    for address in (url, f"{url}klaar/", f"{url}controle/", f"{url}vraag/care/", "/a/onzin/"):
        assert private(client.get(address))


def test_what_goes_wrong_under_a_secret_link_is_private_too(
    wave: Wave, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fielding.path_of(wave)
    client.raise_request_exception = False
    for response, status in (
        (client.get(f"{url}geen/"), 404),
        (client.get(f"{url}vraag/geen/"), 404),
        (client.put(url), 405),
        (client.get(url.removesuffix("/")), 301),
    ):
        assert (response.status_code, private(response)) == (status, True)
    monkeypatch.setattr("peilstok.collect.views.answering._draw", lambda *_: 1 / 0)
    response = client.get(url)
    assert (response.status_code, private(response)) == (500, True)


@pytest.mark.django_db
def test_other_pages_may_be_found(client: Client) -> None:
    assert not private(client.get("/"))


def test_a_phone_without_cookies_can_answer(wave: Wave) -> None:
    client = Client(enforce_csrf_checks=True)
    visit = Visit(client).open(fielding.path_of(wave))
    client.cookies.clear()
    assert visit.send().status == 200
    assert counts(wave).opened == 1


def test_a_get_costs_at_most_five_statements_and_a_page_post_ten(
    wave: Wave, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = fielding.path_of(wave)
    visit = Visit(client).open(url)
    with django_assert_max_num_queries(10):
        client.post(f"{url}vraag/board/", visit.as_sent())
    visit.open(f"{url}vraag/care/")
    sent = visit.as_sent(in_care=40, lead="school")
    with django_assert_max_num_queries(10):
        client.post(f"{url}vraag/care/", sent)
    visit.open(f"{url}vraag/more/").send()
    for address in (url, f"{url}vraag/care/", f"{url}controle/"):
        with django_assert_max_num_queries(5):
            assert client.get(address, follow=False).status_code in (200, 303)
    with django_assert_max_num_queries(17):
        visit.send()
    with django_assert_max_num_queries(5):
        client.get(f"{url}klaar/")


def test_the_first_screen_is_small(wave: Wave, client: Client) -> None:
    assert len(Visit(client).open(fielding.path_of(wave)).html.encode()) < 14_000


def test_what_a_stranger_adds_to_a_post_is_not_kept(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave))
    client.post(f"{fielding.path_of(wave)}vraag/board/", {**visit.as_sent(), "in_care": ["7"], "x": ["y"]})
    assert Draft.objects.get().answers == {"pupils": 1200}


def test_a_nul_character_is_no_server_error(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send()
    visit.send(in_care="\x00veertig\ud800".encode("utf-8", "ignore").decode())
    assert visit.status == 200


def test_a_page_that_does_not_exist_is_not_found(wave: Wave, client: Client) -> None:
    assert client.get(f"{fielding.path_of(wave)}vraag/geen/").status_code == 404


def wave_after(wave: Wave, questionnaire: str = fielding.QUESTIONNAIRE) -> Wave:
    text = (
        fielding.WAVE.replace("id: wave-3", "id: wave-4\nprevious: wave-3")
        .replace("date: 2020-04-06", "date: 2020-04-13")
        .replace("closes: 2020-04-06", "closes: 2020-04-13")
    )
    file = fielding.wave_file(text, questionnaire)
    later = waves.create_wave(file=file, frame=wave.frame, by="command", moment=fielding.DURING)
    return waves.open_wave(wave=later, by="command", moment=fielding.DURING)


def test_the_previous_answer_stands_beside_the_question(wave: Wave, client: Client) -> None:
    """Director 12."""
    answered(client, fielding.path_of(wave), in_care=12)
    later = wave_after(wave)
    visit = Visit(Client()).open(fielding.path_of(later)).send()
    assert "Vorige keer: 12 leerlingen" in visit.html
    other = Visit(Client()).open(fielding.path_of(later, "99002")).send()
    assert "Vorige keer" not in other.html


@pytest.mark.parametrize(
    ("then", "now", "shown"),
    [
        ("Hoeveel vangt u op?", "Hoeveel vangt u op, ook thuis?", False),
        (
            'en: "How many are in care?"}',
            'en: "How many are in care?"}, hint: {nl: "Ook thuis.", en: "Or home."}',
            False,
        ),
        ('en: "How many are in care?"}', 'en: "How many are in care?"}, maximum: 900', False),
        (
            'en: "How many are in care?"}',
            'en: "How many are in care?"}, percent_of: register(pupils)',
            False,
        ),
        ("required: true, dont_know: true", "dont_know: true", True),
        ('title: {nl: "Opvang"', 'title: {nl: "De opvang"', True),
    ],
)
def test_a_question_that_was_put_otherwise_shows_no_previous_answer(
    wave: Wave, client: Client, then: str, now: str, shown: bool
) -> None:
    assert then in fielding.QUESTIONNAIRE
    answered(client, fielding.path_of(wave), in_care=12)
    declared = "changed: {since: care, comparable: false, reason: {nl: Anders gevraagd., en: Asked otherwise.}}"
    text = fielding.QUESTIONNAIRE.replace(then, now).replace("{name: in_care, ", f"{{name: in_care, {declared}, ")
    later = wave_after(wave, text)
    visit = Visit(Client()).open(fielding.path_of(later)).send()
    assert ("Vorige keer: 12 leerlingen" in visit.html) is shown


def test_an_invitation_of_one_board_says_nothing_of_another(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    assert Invitation.objects.filter(answered_at__isnull=False).count() == 1
    assert "Uw bestuur heeft geantwoord" not in Visit(Client()).open(fielding.path_of(wave, "99002")).html
