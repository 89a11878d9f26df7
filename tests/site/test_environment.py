"""What an installation must be told: everything that is missing or wrong is named at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from peilstok.errors import CannotRun
from peilstok.site.environment import Environment, local_secret, read, variable

COMPLETE = {
    "DATABASE_URL": "postgresql://anna@127.0.0.1/peilstok",
    "PEILSTOK_SECRET_KEY": "k" * 32,
    "PEILSTOK_SITE_URL": "https://peilstok.example",
}


def refusal(**variables: str) -> str:
    with pytest.raises(CannotRun) as caught:
        read(variables)
    return str(caught.value)


def test_the_three_that_have_no_default_are_all_named_at_once() -> None:
    lines = refusal().splitlines()
    assert lines[0] == "the environment is not complete:"
    assert [line.split()[0] for line in lines[1:]] == list(COMPLETE)
    assert all(" is missing: " in line for line in lines[1:])


@pytest.mark.parametrize("missing", COMPLETE)
def test_one_that_is_missing_is_the_only_one_named(missing: str) -> None:
    text = refusal(**{name: value for name, value in COMPLETE.items() if name != missing})
    assert missing in text
    assert len(text.splitlines()) == 2


def test_an_empty_variable_is_a_missing_one() -> None:
    assert "PEILSTOK_SECRET_KEY is missing" in refusal(**COMPLETE | {"PEILSTOK_SECRET_KEY": ""})


def test_missing_and_wrong_are_named_together() -> None:
    text = refusal(
        DATABASE_URL="sqlite:///x.db",
        PEILSTOK_SITE_URL="peilstok.example",
        PEILSTOK_DEBUG="perhaps",
        PEILSTOK_PROXIES="9",
    )
    named = {line.split()[0] for line in text.splitlines()[1:]}
    assert named == {
        "DATABASE_URL",
        "PEILSTOK_SECRET_KEY",
        "PEILSTOK_SITE_URL",
        "PEILSTOK_DEBUG",
        "PEILSTOK_PROXIES",
    }
    assert "DATABASE_URL is wrong" in text


@pytest.mark.parametrize(("length", "accepted"), [(31, False), (32, True)])
def test_a_secret_key_has_32_characters_at_least(length: int, accepted: bool) -> None:
    variables = COMPLETE | {"PEILSTOK_SECRET_KEY": "k" * length}
    if accepted:
        assert read(variables).secret_key == "k" * 32
    else:
        assert "PEILSTOK_SECRET_KEY is wrong" in refusal(**variables)


def test_a_wrong_value_is_not_repeated_it_may_be_a_secret() -> None:
    assert "hunter2" not in refusal(**COMPLETE | {"PEILSTOK_SECRET_KEY": "hunter2"})
    assert "hunter2" not in refusal(**COMPLETE | {"DATABASE_URL": "mysql://anna:hunter2@host/db"})


CLOCK = {"PEILSTOK_DEMO_CLOCK": "2020-04-06T09:00+02:00"}


def test_the_clock_is_set_in_the_demo() -> None:
    found = read(COMPLETE | CLOCK | {"PEILSTOK_DEMO": "1"})
    assert found.demo_clock == datetime(2020, 4, 6, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("demo", [{}, {"PEILSTOK_DEMO": "0"}, {"PEILSTOK_DEMO": "false"}])
def test_the_clock_is_refused_outside_the_demo(demo: dict[str, str]) -> None:
    assert "PEILSTOK_DEMO_CLOCK needs PEILSTOK_DEMO=1" in refusal(**COMPLETE | CLOCK | demo)


def test_a_clock_without_a_zone_is_refused() -> None:
    text = refusal(**COMPLETE | {"PEILSTOK_DEMO": "1", "PEILSTOK_DEMO_CLOCK": "2020-04-06T09:00"})
    assert "needs a time zone" in text


def test_the_host_is_that_of_the_site_and_a_slash_at_the_end_is_left_out() -> None:
    found = read(COMPLETE | {"PEILSTOK_SITE_URL": "https://peilstok.example:8443/"})
    assert (found.host, found.site_url) == ("peilstok.example", "https://peilstok.example:8443")


def test_variables_of_others_are_left_alone() -> None:
    assert read(COMPLETE | {"PEILSTOK_BROWSER": "none", "HOME": "/x"}).council == "Raad voor het voorbeeld"


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Environment.model_fields.values())
    assert {variable(name) for name in ("database_url", "home")} == {"DATABASE_URL", "PEILSTOK_HOME"}


def test_a_local_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = local_secret(tmp_path / "new")
    assert local_secret(tmp_path / "new") == first
    assert len(first) >= 32
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o077 == 0
