"""The whole demo, run once with its server killed in the middle of the answers, and looked at from outside."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from email import message_from_bytes, policy
from itertools import islice

import pypdf
import pytest

from peilstok import questionnaire as questions
from peilstok.demo import content, duo
from peilstok.demo.run import chosen_answers
from peilstok.register import reading
from peilstok.terms import RegisterRow, WaveId
from tests.demo import finished
from tests.demo.finished import Finished
from tests.demo.frames import register_rows

pytestmark = [pytest.mark.demo, pytest.mark.timeout(600)]

BOARDS = {"wave-1": 138, "wave-2": 108, "wave-3": 285}


@pytest.fixture(scope="module")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    with finished.run(tmp_path_factory.mktemp("home")) as run:
        yield run


@pytest.fixture(scope="module")
def table(demo_run: Finished) -> list[dict[str, object]]:
    done = demo_run.command("demo", "table", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert isinstance(rows, list)
    return rows


def published() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.PUBLISHED.read_text())))


def test_the_run_ends_with_what_to_do_next(demo_run: Finished) -> None:
    assert "Next: make serve" in demo_run.output
    assert str(demo_run.folder / "wave-3" / "article.nl.html") in demo_run.output


def test_the_table_has_every_published_row_in_order(table: list[dict[str, object]]) -> None:
    keys = ("wave", "figure", "domain")
    assert [[row[key] for key in keys] for row in table] == [[row[key] for key in keys] for row in published()]
    assert [row["published_value"] for row in table] == [float(row["published_value"]) for row in published()]


def test_every_row_agrees_or_is_explained(table: list[dict[str, object]]) -> None:
    for row, printed in zip(table, published(), strict=True):
        value = Decimal(printed["published_value"])
        same = Decimal(str(row["computed"])).quantize(value, rounding=ROUND_HALF_UP) == value
        assert same or row["explanation"], row
        assert row["agrees"] is same or row["figure"] == "single_school_board"  # published in words


def test_only_one_row_does_not_agree(table: list[dict[str, object]]) -> None:
    assert [(row["wave"], row["figure"]) for row in table if not row["agrees"]] == [("2", "care_external")]


def test_every_row_has_its_numbers(table: list[dict[str, object]]) -> None:
    for row in table:
        numbers = [row[key] for key in ("computed", "se", "ci_low", "ci_high", "n")]
        assert all(isinstance(number, int | float) for number in numbers), row
        assert Decimal(str(row["ci_low"])) <= Decimal(str(row["computed"])) <= Decimal(str(row["ci_high"]))


def test_the_server_was_killed_in_the_middle_and_started_again(demo_run: Finished) -> None:
    assert finished.KILLED_AFTER <= demo_run.confirmed_before_the_kill < 531
    log = (demo_run.folder / "log" / "web.log").read_text()
    assert log.count("Listening at") == len(content.WAVES) + 1


def test_no_confirmed_answer_is_lost_and_none_is_double(demo_run: Finished) -> None:
    kept = demo_run.query(
        "SELECT i.wave_id, o.number, r.reference FROM collect_revision r JOIN collect_invitation i"
        " ON i.id = r.invitation_id JOIN register_frameunit u ON u.id = i.unit_id"
        " JOIN register_organisation o ON o.id = u.organisation_id"
    )
    assert Counter(wave for wave, _, _ in kept) == BOARDS
    assert len({(wave, board) for wave, board, _ in kept}) == len(kept)
    seen = [(line["board"], line["reference"]) for line in demo_run.confirmations()]
    assert sorted(seen) == sorted((board, reference) for _, board, reference in kept)


def test_every_board_is_kept_with_what_it_answered(demo_run: Finished) -> None:
    rows = {str(row["number"]): row for row in frame_of(demo_run)}
    _, answers = chosen_answers(tuple(rows.values()))
    kept = demo_run.query(
        "SELECT i.wave_id, o.number, r.counted FROM collect_revision r JOIN collect_invitation i"
        " ON i.id = r.invitation_id JOIN register_frameunit u ON u.id = i.unit_id"
        " JOIN register_organisation o ON o.id = u.organisation_id"
    )
    for wave, board, counted in kept:
        given = {name: questions.value_to_json(value) for name, value in answers[wave][board].items()}
        assert {name: counted[name] for name in given} == given


def frame_of(demo_run: Finished) -> tuple[RegisterRow, ...]:
    files = sorted((demo_run.folder / "register").glob("*.csv"))
    readout = reading.read(files=files, on=content.FRAME_DATE, synthetic=True)
    return register_rows(duo.rows_of(readout))


def test_every_board_of_the_frame_was_invited_once_a_wave(demo_run: Finished) -> None:
    invited = dict(demo_run.query("SELECT wave_id, count(*) FROM collect_invitation GROUP BY 1"))
    assert invited == dict.fromkeys(BOARDS, 971)


def test_each_address_got_one_mail_and_of_the_third_wave_one_reminder_where_nobody_answered(demo_run: Finished) -> None:
    boards = {str(row["number"]) for row in frame_of(demo_run)}
    _, answers = chosen_answers(frame_of(demo_run))
    addresses = {board: 2 if board.endswith("0") else 1 for board in boards}  # a secretariat at one in ten
    reminded = sum(addresses[board] for board in boards - set(answers[WaveId("wave-3")]))
    confirmed = addresses[min(answers[WaveId("wave-3")])]
    mails = {wave: len(list((demo_run.folder / "mail" / wave).glob("*.eml"))) for wave in BOARDS}
    assert mails == {"wave-1": 971, "wave-2": 971, "wave-3": sum(addresses.values()) + reminded + confirmed}
    assert len(demo_run.query("SELECT 1 FROM collect_message WHERE kind = 'reminder-1'")) == reminded
    assert demo_run.query("SELECT number, mails, skipped FROM collect_reminder") == [(1, reminded, False)]


def test_a_board_of_the_third_wave_was_mailed_a_confirmation_with_its_answers_as_a_pdf(demo_run: Finished) -> None:
    _, answers = chosen_answers(frame_of(demo_run))
    board = min(answers[WaveId("wave-3")])
    letters = [
        message_from_bytes(place.read_bytes(), policy=policy.default)
        for place in (demo_run.folder / "mail" / "wave-3").glob(f"bestuur-{board}-*.eml")
    ]
    [confirmation] = [each for each in letters if each["Message-ID"].strip().startswith("<confirmation-1.")]
    [attached] = confirmation.iter_attachments()
    [reference] = [each["reference"] for each in demo_run.confirmations() if each["board"] == board][-1:]
    text = pypdf.PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    assert reference in text
    assert "synthetisch" in text


def test_a_second_run_changes_nothing(demo_run: Finished) -> None:
    counts, files = demo_run.counts(), demo_run.files()
    again = demo_run.command("demo", "run")
    assert again.returncode == 0, again.stderr
    assert demo_run.counts() == counts
    assert demo_run.files() == files


def test_each_wave_has_its_article_charts_and_open_data(demo_run: Finished) -> None:
    for wave in BOARDS:
        names = {place.name for place in (demo_run.folder / wave).iterdir()}
        assert {"article.nl.html", "article.nl.pdf", "article.en.html", "article.en.pdf"} <= names
        assert {"figures.csv", "figures.csv-metadata.json", "figures.json"} <= names
        assert any(name.startswith("chart-") and name.endswith(".svg") for name in names)


NAMES = ("BEVOEGD GEZAG NAAM", "VESTIGINGSNAAM", "INSTELLINGSNAAM_VESTIGING")
SAYS_SO = {"nl": "ynthetische antwoorden", "en": "ynthetic answers"}


def test_the_estimation_job_of_a_wave_gives_the_weighted_figures_of_its_plan(demo_run: Finished) -> None:
    """The same answers by another way: a job over a file of answers, and the plan over the database."""
    book = json.loads((demo_run.folder / "wave-3" / "figures.json").read_text())
    [figures] = [each["figures"] for each in book["waves"] if each["id"] == "wave-3"]
    place = demo_run.folder / "estimation" / "wave-3"
    found = json.loads(demo_run.command("estimate", str(place / "job.json")).stdout)
    assert found == json.loads((place / "job.result.json").read_text())
    at = {name: (100 * found["estimate"][place], 100 * found["se"][place]) for place, name in enumerate(found["names"])}
    for name, figure in (("in_care", "in_care"), ("municipal_careyes", "municipal_care_started")):
        weighted = figures[figure]
        assert at[name] == pytest.approx((weighted["value_weighted"], weighted["se_weighted"]), rel=1e-9)


def test_what_is_known_of_those_who_did_not_answer_lies_beside_it_and_says_that_it_is_synthetic(
    demo_run: Finished,
) -> None:
    for wave in ("wave-1", "wave-2", "wave-3"):
        text = (demo_run.folder / "estimation" / wave / "nonresponse.nl.txt").read_text()
        assert text.startswith("Synthetische antwoorden")
        assert "Over besturen die niet antwoordden, wordt niets aangenomen." in text
        assert "synthetic" in (demo_run.folder / "estimation" / wave / "job.json").read_text().lower()


def test_everything_made_for_readers_says_that_it_is_synthetic(demo_run: Finished) -> None:
    for name, data in demo_run.files().items():
        if name.startswith("register/") and name.endswith(".csv"):
            continue  # in DUO's form, which has no place for it: the next test
        text = _text(name, data)
        language = "en" if ".en." in name else "nl"
        if name.endswith((".html", ".pdf", ".svg")):
            assert SAYS_SO[language] in text, name
        else:
            assert "synthetic" in text.casefold(), name


def _text(name: str, data: bytes) -> str:
    if not name.endswith(".pdf"):
        return data.decode()
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in islice(pages, 30))


def test_figures_on_few_boards_are_named_with_the_reason_for_which_they_are_shown(demo_run: Finished) -> None:
    last = (demo_run.folder / "wave-3" / "article.nl.html").read_text()
    for words in ("Bij uitzondering toch vrijgegeven", "Een verwachting voor één week", "peilingmedewerker (demo)"):
        assert words in last
    assert "Bij uitzondering" not in (demo_run.folder / "wave-1" / "article.nl.html").read_text()


def test_every_page_of_a_pdf_says_so(demo_run: Finished) -> None:
    places = list(demo_run.folder.glob("wave-*/article.*.pdf"))
    assert len(places) == 6
    for place in places:
        for page in pypdf.PdfReader(place).pages:
            assert SAYS_SO[place.name.split(".")[1]] in " ".join(page.extract_text().split()), place


def test_the_files_of_the_demos_register_are_called_synthetic_and_name_only_examples(demo_run: Finished) -> None:
    places = list((demo_run.folder / "register").glob("*.csv"))
    assert len(places) == 3
    for place in places:
        assert place.name.startswith("synthetisch-")
        for row in csv.DictReader(io.StringIO(place.read_text(encoding="cp1252")), delimiter=";"):
            names = [row[column] for column in NAMES if column in row]
            assert names
            assert all(name.startswith("Voorbeeld") for name in names), row


def test_the_same_data_gives_the_same_bytes_in_another_process(demo_run: Finished) -> None:
    program = (
        "from peilstok.cli import surroundings; surroundings.set_up_django();"
        "from peilstok.publish import build, releases; from peilstok.publish.models import Release;"
        "assert [build.fingerprint(build.build_files(releases.edition_of(r))) == r.files_fingerprint"
        " for r in Release.objects.all()] == [True] * 3"
    )
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", program], env=dict(demo_run.environment), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_only_invented_boards_are_in_the_database(demo_run: Finished) -> None:
    assert demo_run.query("SELECT count(*) FROM register_organisation WHERE NOT synthetic") == [(0,)]
