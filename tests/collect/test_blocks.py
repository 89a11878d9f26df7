"""A block over the schools of a board, as Bram meets it behind the link of Stichting De Proef."""

from __future__ import annotations

import pytest
from django.test import Client

from peilstok import estimate
from peilstok.collect import forms, respondents
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.models import Revision, Wave
from peilstok.register import frames
from peilstok.register.models import Frame, FrameUnit, Region, Site
from peilstok.terms import FigureName, ItemName, UnitId
from tests.collect import fielding
from tests.collect.visiting import Visit

QUESTIONNAIRE = """
format: peilstok/questionnaire/1
name: care
title: {nl: "Noodopvang", en: "Emergency care"}
introduction: {nl: "Hoeveel leerlingen vangt u op?", en: "How many pupils are in care?"}
minutes: 3
blocks:
  - name: schools
    of: schools
    title: {nl: "Uw scholen", en: "Your schools"}
    text: {nl: "Welke scholen heeft uw bestuur?", en: "Which schools does your board have?"}
    entry: {nl: "School", en: "School"}
pages:
  - name: care
    title: {nl: "Opvang", en: "Care"}
    block: schools
    items:
      - name: in_care
        type: number
        text:
          nl: Hoeveel leerlingen van {entry(name)} vangt u op?
          en: How many pupils of {entry(name)} are in care?
        unit: {nl: "leerlingen", en: "pupils"}
        percent_of: entry(pupils)
        required: true
  - name: all
    title: {nl: "Samen", en: "Together"}
    items:
      - {name: thanks, type: note, text: {nl: "Dat zijn er {sum(in_care)}.", en: "That is {sum(in_care)}."}}
      - {name: remark, type: long_text, text: {nl: "Nog iets?", en: "Anything else?"}, optional: true}
"""
SITES = (  # BRIN, location, name, place, pupils
    ("00AP", "00", "De Linden", "Zwolle", 150),
    ("00AP", "01", "De Linden Noord", "Zwolle", 50),
    ("00BK", "00", "De Eiken", "Hattem", 120),
)


@pytest.fixture
def wave(db: None, at: object) -> Wave:
    frame = fielding.frame()
    with_sites(frame)
    fielding.addresses()
    drafted = fielding.draft_wave(questionnaire=QUESTIONNAIRE, on=frame)
    return fielding.waves.open_wave(wave=drafted, by="command", moment=fielding.OPENS)


def with_sites(frame: Frame) -> None:
    unit = FrameUnit.objects.get(frame=frame, organisation__number="99001")
    place = Region.objects.create(kind=Region.Kind.MUNICIPALITY, code="0193", name="Zwolle")
    for brin, location, name, town, pupils in SITES:
        Site.objects.create(
            unit=unit, brin=brin, location=location, name=name, place=town, municipality=place, pupils_bo=pupils
        )


def counted() -> dict[str, object]:
    return dict(Revision.objects.latest("number").counted)


def added(visit: Visit) -> str:
    """The field about a school that was written down, as `Visit.send` takes it."""
    names = (control.name for control in visit.form().controls)
    return next(name for name in names if name.startswith("in_care.n")).replace(".", "__")


def to_the_end(visit: Visit) -> Visit:
    return visit.send(in_care__s00ap="46").send(in_care__s00bk="2,5 %").send().send()


def test_the_schools_of_the_register_stand_on_a_list_that_one_tap_confirms(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave))
    assert "Welke scholen heeft uw bestuur?" in visit.html
    assert visit.as_sent()["schools"] == ["s00ap", "s00bk"]
    visit.send()
    assert "School 1 van 2 · Vraag 1 van 1" in visit.html
    assert "De Linden: Opvang" in visit.html
    assert "Hoeveel leerlingen van De Linden vangt u op?" in visit.html


def test_a_school_is_its_main_site_with_the_pupils_of_all_its_sites(wave: Wave) -> None:
    unit = fielding.invitation(wave).unit
    assert [(each["name"], each["place"], each["pupils"]) for each in frames.schools_of(unit)] == [
        ("De Linden", "Zwolle", 200),
        ("De Eiken", "Hattem", 120),
    ]
    assert [each["number"] for each in frames.sites_of(unit)] == ["00AP00", "00AP01", "00BK00"]


def test_what_the_schools_said_adds_up_to_the_answer_of_the_board(wave: Wave, client: Client) -> None:
    visit = to_the_end(Visit(client).open(fielding.path_of(wave)).send())
    assert "Uw bestuur heeft geantwoord" in visit.html
    assert counted()["in_care.s00ap"] == 46
    assert counted()["in_care.s00bk"] == 3  # 2.5 percent of 120 pupils
    answers = confirmed_answers(wave)[UnitId("99001")]
    assert answers[ItemName("in_care")] == 49


def test_the_check_page_names_the_school_by_each_of_its_answers(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care__s00ap="46").send(in_care__s00bk="3")
    assert "Dat zijn er 49." in visit.html
    visit.send()
    assert "De Linden: Hoeveel leerlingen van De Linden vangt u op?" in visit.html
    assert visit.url.endswith("/controle/")


def test_what_asks_a_second_look_names_the_school_of_which_it_was_said(wave: Wave, client: Client) -> None:
    """As where the register had more pupils of it when the answer was given."""
    respondent = respondents.of(fielding.invitation(wave))
    nothing = {"missing": "not_answered"}
    lists = {"schools": ["s00ap", "s00bk"], "schools_added": nothing}
    respondent.draft.answers = {**lists, "in_care.s00ap": 46, "in_care.s00bk": 5000, "remark": nothing}
    respondent.draft.saved = {page.page.name: 1 for page in respondent.path.pages}
    (found,) = forms.obstacles(respondent, "nl")
    assert found.label == "De Eiken: Hoeveel leerlingen van De Eiken vangt u op?"
    assert "5.000" in found.message


def test_a_school_taken_off_the_list_later_does_not_count_and_its_answer_is_kept(wave: Wave, client: Client) -> None:
    visit = to_the_end(Visit(client).open(fielding.path_of(wave)).send())
    visit.open(f"{fielding.path_of(wave)}vraag/schools/?terug=controle").send(schools=["s00bk"])
    assert "De Linden" not in visit.html
    visit.send()
    assert "in_care.s00ap" not in counted()
    assert Revision.objects.latest("number").answers["in_care.s00ap"] == 46
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] == 3


def test_the_answers_that_were_sent_are_shown_as_they_were_although_the_list_is_changed_since(
    wave: Wave, client: Client
) -> None:
    visit = to_the_end(Visit(client).open(fielding.path_of(wave)).send())
    visit.open(f"{fielding.path_of(wave)}vraag/schools/?terug=controle").send(schools=["s00bk"])
    visit.open(f"{fielding.path_of(wave)}klaar/")
    assert "De Linden: Hoeveel leerlingen van De Linden" in visit.html


def test_a_school_that_is_written_down_gets_questions_of_its_own(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send(schools_added="De Beuk").send(in_care__s00ap="46")
    visit.send(in_care__s00bk="3")
    assert "School 3 van 3" in visit.html
    assert "De Beuk: Opvang" in visit.html
    assert "weten niet waarvan" in Visit(client).open(visit.url).send(**{added(visit): "3 %"}).html
    visit.open(visit.url).send(**{added(visit): "5"}).send().send()
    assert confirmed_answers(wave)[UnitId("99001")][ItemName("in_care")] == 54


def test_pupils_entered_as_a_percentage_come_back_with_the_other_beside_them(wave: Wave, client: Client) -> None:
    """Director 7: pupils or percent, enter one and see the other."""
    visit = Visit(client).open(fielding.path_of(wave)).send()
    page = visit.url
    visit.send(in_care__s00ap="23", in_care__s00ap__as="percent")
    visit.open(page)
    assert visit.value("in_care.s00ap") == "46"
    assert "46 leerlingen is 23 procent van 200." in visit.html


def test_more_pupils_than_the_school_has_is_refused_at_the_field(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care__s00ap="2000")
    assert "U vulde 2.000 van 200 leerlingen in. Het kunnen er niet meer zijn." in visit.html
    assert visit.value("in_care.s00ap") == "2000"


def test_choosing_percent_alone_is_no_answer(wave: Wave, client: Client) -> None:
    Visit(client).open(fielding.path_of(wave)).send().send(in_care__s00ap="", in_care__s00ap__as="percent")
    assert fielding.invitation(wave).started_at is None


PLAN = """
format: peilstok/plan/1
wave: wave-3
population: {nl: de besturen die antwoordden, en: the boards that answered}
bases: {pupils: {nl: leerlingen, en: pupils}}
disclosure: {minimum_contributors: 1}
estimands:
  in_care:
    kind: ratio
    numerator: in_care
    denominator: register(pupils)
    base: pupils
    label: {nl: in de opvang, en: in care}
"""


def test_a_figure_of_a_block_is_made_of_what_the_schools_of_each_board_come_to(wave: Wave, client: Client) -> None:
    to_the_end(Visit(client).open(fielding.path_of(wave)).send())
    other = Visit(client).open(fielding.path_of(wave, "99002")).send(schools_added="De Beuk")
    other.send(**{added(other): "9"}).send().send()
    answers = confirmed_answers(wave)
    table = estimate.estimates(
        estimate.read_plan(PLAN, file="plan.yaml"), estimate.wave(frame=frames.rows(wave.frame), answers=answers)
    )
    figure = table.rows.named(FigureName("in_care"))
    assert figure.as_answered is not None
    assert figure.as_answered.value == pytest.approx(100 * (49 + 9) / (1200 + 180))
