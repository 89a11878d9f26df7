"""Headers as DUO published them in other years; collected from public programs that read those files."""

from __future__ import annotations

import pytest

from peilstok.register import columns
from peilstok.register.columns import Field
from peilstok.register.kinds import Kind, kind

BY_AGE_2018 = (
    "PEILDATUM;GEMEENTENUMMER;GEMEENTENAAM;POSTCODE_LEERLING;GEMEENTENAAM_LEERLING;BRIN_NUMMER;VESTIGINGSNUMMER;"
    "INSTELLINGSNAAM_VESTIGING;POSTCODE_VESTIGING;PLAATSNAAM;PROVINCIE;SOORT_PO;DENOMINATIE_VESTIGING;"
    "BEVOEGD_GEZAG_NUMMER;L3_MIN;L4;L5;L6;L7;L8;L9;L10;L11;L12;L13;L14;L25_PLUS;TOTAAL"
)
BY_CLUSTER_2024 = (
    "PEILDATUM;INSTELLINGSCODE;VESTIGINGSCODE;INSTELLINGSNAAM_VESTIGING;POSTCODE_VESTIGING;PLAATSNAAM;GEMEENTENUMMER;"
    "GEMEENTENAAM;PROVINCIE;SOORT_PO;CLUSTER;DENOMINATIE_VESTIGING;BEVOEGD_GEZAG_NUMMER;LEEFTIJD_JONGER;LEEFTIJD_4;"
    "LEEFTIJD_5;LEEFTIJD_6;LEEFTIJD_OUDER"
)
MAIN_SITES = (
    "PROVINCIE;BEVOEGD GEZAG NUMMER;BRIN NUMMER;INSTELLINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;"
    "GEMEENTENUMMER;GEMEENTENAAM;DENOMINATIE;TELEFOONNUMMER;INTERNETADRES;STRAATNAAM CORRESPONDENTIEADRES;"
    "POSTCODE CORRESPONDENTIEADRES;PLAATSNAAM CORRESPONDENTIEADRES;RMC-REGIO CODE;RMC-REGIO NAAM"
)
BOARDS = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;PLAATSNAAM;KVK-NUMMER"
BY_YEAR = "INSTELLINGSCODE;VESTIGINGSCODE;NAAM_VESTIGING;SOORT_VESTIGING;GEMEENTENAAM_VESTIGING;2017;2018;2019;2020"


def header(text: str) -> columns.Header:
    return columns.header(text.split(";"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BY_AGE_2018, Kind.PUPILS),
        (BY_CLUSTER_2024, Kind.PUPILS),
        (MAIN_SITES, Kind.ADDRESSES),
        (BOARDS, Kind.NAMES),
        ("SCHOOLJAAR;VAK;CIJFER", Kind.UNKNOWN),
    ],
)
def test_a_file_tells_its_kind_by_its_columns(text: str, expected: Kind) -> None:
    assert kind(header(text)) is expected


def test_pupils_in_the_years_of_a_history_are_not_taken_for_pupils_by_age() -> None:
    assert not header(BY_YEAR).counts_pupils


def test_the_site_is_not_confused_with_the_home_of_the_pupil() -> None:
    found = header(BY_AGE_2018)
    assert found.name(Field.MUNICIPALITY_NAME) == "GEMEENTENAAM"
    assert found.name(Field.POSTCODE) == "POSTCODE_VESTIGING"
    assert [found.names[n] for n in found.breakdowns] == [
        "POSTCODE_LEERLING",
        "GEMEENTENAAM_LEERLING",
        "DENOMINATIE_VESTIGING",
    ]


def test_ages_are_found_in_the_ways_they_were_written() -> None:
    assert [header(BY_AGE_2018).names[n] for n in header(BY_AGE_2018).ages][::12] == ["L3_MIN", "L25_PLUS"]
    assert len(header(BY_CLUSTER_2024).ages) == 5
    named = header("BRIN NUMMER;3 JAAR EN JONGER;4 JAAR;5 JAAR;14 JAAR EN OUDER;TOTAAL")
    assert len(named.ages) == 4


def test_one_or_two_columns_that_look_like_ages_are_none() -> None:
    assert header("BRIN NUMMER;L4;L5").ages == ()
    assert len(header("BRIN NUMMER;L4;L5;L6").ages) == 3


def test_the_address_of_a_site_is_not_the_one_for_letters() -> None:
    assert header(MAIN_SITES).name(Field.POSTCODE) == "POSTCODE"
    assert header(MAIN_SITES).name(Field.PLACE) == "PLAATSNAAM"


@pytest.mark.parametrize(
    "name", ["BRIN_NUMMER", "BRIN NUMMER", "BRINNUMMER", "Brin-nummer ", "INSTELLINGSCODE", " brin_nummer"]
)
def test_blanks_hyphens_and_capitals_in_a_name_do_not_count(name: str) -> None:
    assert columns.field_of(name) is Field.BRIN


def test_the_surest_name_wins_wherever_it_stands() -> None:
    for text in ("BRIN;TOTAAL;LEERLINGEN", "BRIN;LEERLINGEN;TOTAAL"):
        assert header(text).name(Field.PUPILS) == "LEERLINGEN"


def test_no_name_stands_for_two_fields() -> None:
    names = [columns.plain(name) for synonyms in columns.SYNONYMS.values() for name in synonyms]
    assert len(names) == len(set(names))
