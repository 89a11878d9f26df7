"""Open data: what is in the CSV, and that its description fits it (checked with `csvw`, which is not ours)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from csvw import CSVW

from peilstok.publish import opendata
from peilstok.publish.edition import Edition
from tests.publish import example


def rows(edition: Edition | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(opendata.table(edition or example.edition()).decode("utf-8"))))


def row(figure: str, weighting: str = "answered") -> dict[str, str]:
    (found,) = (each for each in rows() if each["figure"] == figure and each["weighting"] == weighting)
    return found


def written(folder: Path, table: bytes, edition: Edition) -> Path:
    (folder / opendata.CSV_NAME).write_bytes(table)
    path = folder / opendata.METADATA_NAME
    path.write_bytes(opendata.metadata(edition))
    return path


@pytest.mark.filterwarnings("default")  # of csvw and what it stands on
def test_the_csv_is_valid_by_its_own_description(tmp_path: Path) -> None:
    edition = example.edition()
    path = written(tmp_path, opendata.table(edition), edition)
    assert CSVW(str(path), validate=True).is_valid


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("right", "wrong"), [(b",63.5,", b',"63,5",'), (b",285,", b",many,"), (b",synthetic,", b",invented,")]
)
def test_a_csv_that_breaks_its_description_is_caught(tmp_path: Path, right: bytes, wrong: bytes) -> None:
    edition = example.edition()
    table = opendata.table(edition)
    assert right in table
    path = written(tmp_path, table.replace(right, wrong, 1), edition)
    assert not CSVW(str(path), validate=True).is_valid


def test_there_is_a_row_for_each_figure_and_way_of_weighting() -> None:
    found = [(each["figure"], each["weighting"]) for each in rows()]
    assert found[:4] == [
        ("in_care", "answered"),
        ("in_care", "weighted"),
        ("municipal_care_started", "answered"),
        ("municipal_care_started", "weighted"),
    ]
    assert ("municipal_care_started", "pupils") in found
    assert len(found) == len(set(found))


def test_numbers_have_a_decimal_point_and_the_columns_of_a_figure_are_filled() -> None:
    started = row("municipal_care_started")
    assert started["value"] == "63.5"
    assert started["se"] == "2.42"
    assert started["ci_low"] == "58.7568"  # 63.5 - 1.96 * 2.42
    assert started["n"] == "285"
    assert started["count"] == "181"  # 63.5 percent of 285 is 180.975
    assert started["label_nl"] == "op gang"
    assert started["unit"] == "percent"
    assert started["coverage"] == "27.6"


def test_the_weighted_row_has_the_weighted_value() -> None:
    assert row("municipal_care_started", "weighted")["value"] == "62.1"
    assert row("municipal_care_started", "pupils")["value"] == "71"


def test_a_figure_without_interval_keeps_its_row_with_empty_cells() -> None:
    bare = row("boards_answered")
    assert bare["value"] == "29.4"
    assert bare["se"] == bare["ci_low"] == bare["ci_high"] == ""


def test_a_withheld_figure_is_listed_with_its_reason_and_without_any_number() -> None:
    held = row("lead_youth_care")
    assert held["withheld"] == "fewer than three boards"
    assert not any(held[name] for name in ("value", "se", "ci_low", "ci_high", "n", "count", "pupils", "coverage"))


def test_every_row_says_that_the_answers_are_synthetic() -> None:
    assert {each["answers"] for each in rows()} == {"synthetic"}
    described = json.loads(opendata.metadata(example.edition()))
    said = {each["@language"]: each["@value"] for each in described["dc:description"]}
    assert said["nl"].startswith("Synthetische antwoorden")
    assert said["en"].startswith("Synthetic answers")


def test_real_answers_are_called_real() -> None:
    real = example.edition(book=example.book(synthetic=False))
    assert {each["answers"] for each in rows(real)} == {"real"}
    assert "ynthetic" not in json.dumps(json.loads(opendata.metadata(real))["dc:description"])


def test_the_description_names_licence_source_and_edition() -> None:
    described = json.loads(opendata.metadata(example.edition()))
    assert described["dc:license"] == {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"}
    assert described["dc:source"][0]["@value"] == "Bron: DUO"
    assert "editie 1, 6 april 2020" in described["dc:bibliographicCitation"][0]["@value"]


def test_lines_end_in_a_line_feed_and_text_is_utf_8() -> None:
    table = opendata.table(example.edition())
    assert b"\r" not in table
    assert table.endswith(b"\n")
    assert not table.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("value", "text"),
    [(63.5, "63.5"), (0.0, "0"), (-0.00001, "0"), (1e-7, "0"), (100.0, "100"), (1502012.0, "1502012"), (None, "")],
)
def test_a_number_in_the_csv_has_no_exponent_and_no_idle_zeros(value: float | None, text: str) -> None:
    assert opendata._decimal(value) == text


def test_the_page_on_the_format_has_every_column_in_order() -> None:
    page = (Path(__file__).parents[2] / "docs/formats/open-data.md").read_text(encoding="utf-8")
    table = page.partition("| column | kind")[2].partition("\n\n")[0]
    listed = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert listed == [column.name for column in opendata.COLUMNS]
