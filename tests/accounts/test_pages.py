"""Logging in and out, one's own account, another password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from peilstok.accounts.models import User
from peilstok.audit import trail
from peilstok.audit.models import Entry
from peilstok.errors import CannotRun
from tests.accounts.cast import MOMENT, PASSWORD, anna, bram

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings: Any) -> None:
    settings.PEILSTOK_MOMENT = lambda: MOMENT


def log_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/inloggen/", {"username": email, "password": password, **more})


def test_anna_logs_in_with_her_address_in_any_case_and_sees_her_name(client: Client) -> None:
    anna()
    answer = log_in(client, "Anna@Peilstok.example ")
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert "Anna" in client.get("/").content.decode()


def test_after_logging_in_one_comes_where_one_wanted_to_be_but_never_on_another_site(client: Client) -> None:
    anna()
    assert log_in(client, "anna@peilstok.example", next="/account/")["Location"] == "/account/"
    client.post("/uitloggen/")
    assert log_in(client, "anna@peilstok.example", next="https://elsewhere.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_and_a_former_account_get_the_same_answer(client: Client) -> None:
    anna()
    former = bram()
    former.is_active = False
    former.save()
    pages = [
        log_in(client, "anna@peilstok.example", "wrong"),
        log_in(client, "nobody@peilstok.example", "wrong"),
        log_in(client, "bram@peilstok.example"),
    ]
    assert [page.status_code for page in pages] == [200] * 3
    texts = [page.content.decode().partition("error-summary")[2].partition("</ul>")[0] for page in pages]
    assert "Dit e-mailadres en dit wachtwoord horen niet bij elkaar." in texts[0]
    assert texts[0] == texts[1] == texts[2]


def test_the_sixth_wrong_attempt_waits_and_so_does_the_right_password(client: Client, settings: Any) -> None:
    anna()
    for _ in range(5):
        log_in(client, "anna@peilstok.example", "wrong")
    page = log_in(client, "anna@peilstok.example").content.decode()
    assert "Te veel pogingen. Vanaf 11:15 uur kunt u het opnieuw proberen." in page
    settings.PEILSTOK_MOMENT = lambda: MOMENT + timedelta(minutes=15)
    assert log_in(client, "anna@peilstok.example").status_code == 302


def test_after_the_right_password_one_may_be_wrong_again(client: Client) -> None:
    anna()
    for _ in range(2):
        for _ in range(4):
            log_in(client, "anna@peilstok.example", "wrong")
        assert log_in(client, "anna@peilstok.example").status_code == 302
        client.post("/uitloggen/")


def test_an_unknown_address_is_locked_out_just_like_a_known_one(client: Client) -> None:
    for _ in range(5):
        log_in(client, "nobody@peilstok.example", "wrong")
    assert "Te veel pogingen" in log_in(client, "nobody@peilstok.example", "wrong").content.decode()


def test_empty_fields_are_named_and_linked(client: Client) -> None:
    page = log_in(client, "", "").content.decode()
    assert '<a href="#id_username">Vul uw e-mailadres in.</a>' in page
    assert '<a href="#id_password">Vul uw wachtwoord in.</a>' in page
    assert "<title>Fout: Inloggen – " in page
    assert page.count('aria-invalid="true"') == 2


def test_a_password_is_never_sent_back(client: Client) -> None:
    assert "my secret" not in log_in(client, "anna@peilstok.example", "my secret").content.decode()


def test_logging_out_is_a_form_and_ends_the_session(client: Client) -> None:
    client.force_login(anna())
    assert client.get("/uitloggen/").status_code == 405
    client.post("/uitloggen/")
    assert client.get("/account/")["Location"] == "/inloggen/?next=/account/"


def test_the_account_page_names_role_and_board(client: Client) -> None:
    client.force_login(bram())
    page = client.get("/account/").content.decode()
    assert "bestuurder, Stichting De Proef" in page
    assert "director, Stichting De Proef" in client.get("/account/?lang=en").content.decode()


def change(client: Client, old: str, new: str, again: str) -> Any:
    fields = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post("/account/wachtwoord/", fields, follow=True)


def test_another_password_works_is_on_record_and_ends_other_sessions(client: Client) -> None:
    user = anna()
    elsewhere = Client()
    for each in (client, elsewhere):
        each.force_login(user)
    page = change(client, PASSWORD, "vier nieuwe woorden samen", "vier nieuwe woorden samen")
    assert "Uw wachtwoord is gewijzigd." in page.content.decode()
    assert User.objects.get().check_password("vier nieuwe woorden samen")
    assert elsewhere.get("/account/").status_code == 302
    assert Entry.objects.get().act == "password.change"
    assert trail.verify() is None


def test_a_password_that_cannot_be_put_on_record_stays_as_it_was(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise CannotRun("the trail takes no more entries")

    client.force_login(anna())
    monkeypatch.setattr(trail, "record", full)
    with pytest.raises(CannotRun):
        change(client, PASSWORD, "vier nieuwe woorden samen", "vier nieuwe woorden samen")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", "vier nieuwe woorden samen", "vier nieuwe woorden samen", "Dit is niet uw huidige wachtwoord."),
        (PASSWORD, "vier nieuwe woorden samen", "vier andere woorden samen", "De twee nieuwe wachtwoorden zijn niet"),
        (PASSWORD, "elf tekens!", "elf tekens!", "12"),
        (PASSWORD, "password1234", "password1234", "wachtwoord"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(
    client: Client, old: str, new: str, again: str, said: str
) -> None:
    client.force_login(anna())
    page = change(client, old, new, again).content.decode()
    assert said in page.partition("error-summary")[2].partition("</ul>")[0]
    assert User.objects.get().check_password(PASSWORD)
    assert not Entry.objects.exists()
