"""Director 15: the answers as an accessible PDF, with a reference and until when they can be changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from peilstok.collect import waves
from peilstok.collect.models import Revision, Wave
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]


def pdf_of(wave: Wave, client: Client, language: str = "nl") -> PdfReader:
    response = client.get(f"{fielding.path_of(wave)}klaar/antwoorden.pdf?lang={language}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store, private"
    return PdfReader(io.BytesIO(response.content))


def words(document: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def test_a_board_that_answered_has_its_answers_as_a_pdf_with_a_reference_and_until_when_they_can_change(
    wave: Wave, client: Client
) -> None:
    visit = answered(client, fielding.path_of(wave), remark="Het gaat goed.\nTot morgen")
    assert "Uw antwoorden als pdf" in visit.html
    said = words(pdf_of(wave, client))
    for text in (
        "Stichting De Proef",
        "Noodopvang",
        Revision.objects.get().reference,
        "vrijdag 3 april 2020 om 10.30 uur",
        "verbeteren tot maandag 6 april 2020 om 12.00 uur",
        "Hoeveel leerlingen hebt u? 1.200 leerlingen",
        "Hoeveel vangt u op? 40 leerlingen",
        "Het gaat goed. Tot morgen",
        "synthetisch",
        "030 000 00 01",
    ):
        assert text in said


def test_the_pdf_is_tagged_has_a_title_and_the_language_of_the_reader(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    for language, title in (("nl", "Noodopvang"), ("en", "Emergency care")):
        document = pdf_of(wave, client, language)
        assert document.metadata
        assert document.metadata.title == title
        root = document.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"].startswith(language)
        assert "StructTreeRoot" in str(root)


def test_after_a_correction_the_pdf_has_what_counts_and_says_which_version_it_is(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    Visit(client).open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=41, lead="school").send()
    said = words(pdf_of(wave, client))
    assert "41 leerlingen" in said
    assert "40 leerlingen" not in said
    assert "versie 2" in said


def test_before_there_are_answers_there_is_no_pdf(wave: Wave, client: Client) -> None:
    response = client.get(f"{fielding.path_of(wave)}klaar/antwoorden.pdf")
    assert response.status_code == 303


def test_the_pdf_is_there_after_closing_and_the_same_bytes_each_time(wave: Wave, client: Client, at: Clock) -> None:
    answered(client, fielding.path_of(wave))
    address = f"{fielding.path_of(wave)}klaar/antwoorden.pdf"
    before = client.get(address).content
    at(fielding.AFTER)
    assert client.get(address).content == before


def test_the_pdf_says_until_when_answers_could_be_corrected_also_when_the_poll_closed_early(
    wave: Wave, client: Client, at: Clock
) -> None:
    answered(client, fielding.path_of(wave))
    early = fielding.DURING + timedelta(hours=1)
    waves.close_wave(wave=wave, by="user:1", moment=early)
    at(early)
    assert "verbeteren tot vrijdag 3 april 2020 om 11.30 uur" in words(pdf_of(wave, client))


@pytest.mark.parametrize("typed", ['#read("/etc/passwd")', "$x$ *vet* _schuin_ @ref <label>", "\\ #panic()"])
def test_what_a_board_typed_is_text_and_never_a_command_of_the_typesetter(
    wave: Wave, client: Client, typed: str
) -> None:
    answered(client, fielding.path_of(wave), remark=typed)
    assert " ".join(typed.split()) in words(pdf_of(wave, client))


def test_the_pdf_costs_at_most_five_statements(
    wave: Wave, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    answered(client, fielding.path_of(wave))
    with django_assert_max_num_queries(5):
        client.get(f"{fielding.path_of(wave)}klaar/antwoorden.pdf")
