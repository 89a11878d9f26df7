"""What a table says is what is read: texts stay texts, missing is missing, what nobody uses may be anything."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from peilstok.errors import Refused
from peilstok.estimate import survey
from peilstok.estimate.survey import data, memory
from peilstok.estimate.unfit import Unfit

CODES = ["007", "7", "07", "NA", "7", ""]
GIVEN = {"code": CODES, "y": [1.0, 2.0, 3.0, 4.0, 6.0, 5.0], "w": [1.0] * 6}
TABLES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "lists": lambda given: given,
    "arrays": lambda given: {name: np.array(values) for name, values in given.items()},
    "pandas": pd.DataFrame,
    "pandas objects": lambda given: pd.DataFrame(given).astype({"code": object}),
    "pandas category": lambda given: pd.DataFrame(given).astype({"code": "category"}),
    "pandas nullable": lambda given: pd.DataFrame(given).convert_dtypes(),
    "pandas with Arrow": lambda given: pd.DataFrame(given).convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.DataFrame,
    "polars category": lambda given: pl.DataFrame(given, schema_overrides={"code": pl.Categorical}),
    "Arrow": pa.table,
}


@pytest.mark.parametrize("made", TABLES.values(), ids=TABLES.keys())
def test_text_in_a_table_stays_text_whatever_it_looks_like(made: Callable[[dict[str, Any]], Any]) -> None:
    sample = survey.sample(made(GIVEN), weights="w")
    by = survey.mean(sample, "y", by="code")
    assert dict(zip(by.names, by.values.tolist(), strict=True)) == {"y": 5, "007": 1, "07": 3, "7": 4, "NA": 4}
    assert survey.mean(sample, "y", where={"code": "007"}).values.tolist() == [1]
    assert len(np.unique(survey.sample(made(GIVEN), psus="code", weights="w").design.stages[0].units)) == 5


@pytest.mark.parametrize(
    ("cells", "levels"),
    [
        (["1_5", "6_14"], ("1_5", "6_14")),
        (["1_5", "15"], ("15", "1_5")),
        (["0x1A", "26"], ("0x1A", "26")),
        (["\u0663", "3"], ("3", "\u0663")),  # an Arabic digit
        (["007", "a"], ("007", "a")),
        (["1e", "1"], ("1", "1e")),
    ],
)
def test_a_cell_of_a_file_that_r_takes_for_text_is_text(cells: list[str], levels: tuple[str, ...]) -> None:
    assert data.column("class", [*cells, ""]).levels == levels


def test_a_column_of_a_file_with_numbers_alone_has_those_of_r() -> None:
    column = data.column("n", ["007", " 7 ", "+.5", "-1.", "1E3", "NA", "", "Inf", "NaN"])
    assert not column.levels
    np.testing.assert_array_equal(column.values, [7, 7, 0.5, -1, 1000, np.nan, np.nan, np.inf, np.nan])


def test_a_condition_on_numbers_names_one_as_it_is_written() -> None:
    numbers = survey.sample({**GIVEN, "code": [7, 8, 7, 8, 7, 8]}, weights="w")
    assert survey.mean(numbers, "y", where={"code": "7"}).values == survey.mean(numbers, "y", where={"code": 7}).values
    for text in ("007", "0_7", "seven"):
        with pytest.raises(ValueError, match=f"code has numbers, and none is written '{text}'"):
            survey.mean(numbers, "y", where={"code": text})


def _pandas(values: list[Any], dtype: Any) -> Any:
    return pd.DataFrame({"x": pd.array(values, dtype=dtype), "w": [1.0] * len(values)})


NUMBERS = [1, 0, None, 1]
WITHOUT: dict[str, Any] = {
    "a list with None": {"x": NUMBERS, "w": [1.0] * 4},
    "a list with NaN": {"x": [1, 0, float("nan"), 1], "w": [1.0] * 4},
    "a list with pandas' NA": {"x": [1, 0, pd.NA, 1], "w": [1.0] * 4},
    "a masked array": {"x": np.ma.MaskedArray([1, 0, 9, 1], [False, False, True, False]), "w": [1.0] * 4},
    "a series of pandas": dict(_pandas(NUMBERS, "Int64")),
    **{f"pandas {kind}": _pandas(NUMBERS, kind) for kind in ("Int64", "Float64", "float64", "int8[pyarrow]", object)},
    **{f"pandas {kind}": _pandas([True, False, None, True], kind) for kind in ("boolean", "bool[pyarrow]")},
    "pandas converted": pd.DataFrame({"x": NUMBERS, "w": [1.0] * 4}).convert_dtypes(),
    "polars": pl.DataFrame({"x": NUMBERS, "w": [1.0] * 4}),
    "polars true and false": pl.DataFrame({"x": [True, False, None, True], "w": [1.0] * 4}),
    "polars decimal": pl.DataFrame({"x": pl.Series(NUMBERS).cast(pl.Decimal(10, 2)), "w": [1.0] * 4}),
    "Arrow": pa.table({"x": NUMBERS, "w": [1.0] * 4}),
}


@pytest.mark.parametrize("table", WITHOUT.values(), ids=WITHOUT.keys())
def test_a_missing_number_of_any_table_is_missing(table: Any) -> None:
    sample = survey.sample(table, weights="w")
    assert survey.mean(sample, "x", missing="leave out").values[0] == pytest.approx(2 / 3)
    with pytest.raises(Unfit, match="row 3 has no value"):
        survey.mean(sample, "x")


TEXTS = ["a", "b", None, "a"]
WITHOUT_TEXT: dict[str, Any] = {
    "a list": {"x": TEXTS, "w": [1.0] * 4},
    "a list with NaN": {"x": ["a", "b", float("nan"), "a"], "w": [1.0] * 4},
    **{f"pandas {kind}": _pandas(TEXTS, kind) for kind in ("string", "string[pyarrow]", "str", "category", object)},
    "polars": pl.DataFrame({"x": TEXTS, "w": [1.0] * 4}),
    "Arrow": pa.table({"x": TEXTS, "w": [1.0] * 4}),
}


@pytest.mark.parametrize("table", WITHOUT_TEXT.values(), ids=WITHOUT_TEXT.keys())
def test_a_missing_text_of_any_table_is_missing(table: Any) -> None:
    found = survey.share(survey.sample(table, weights="w"), "x", missing="leave out")
    assert dict(zip(found.names, found.values.tolist(), strict=True)) == {
        "xa": pytest.approx(2 / 3),
        "xb": pytest.approx(1 / 3),
    }


DAY = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    "table",
    [
        {"x": [DAY, None], "y": [1, 2]},
        {"x": np.array([DAY, DAY], dtype="datetime64[ns]"), "y": [1, 2]},
        {"x": ["a", 1], "y": [1, 2]},
        {"x": [2**53 + 1, 2**53], "y": [1, 2]},
        {"x": np.array([2**53 + 1, 2**53]), "y": [1, 2]},
        pd.DataFrame({"x": pd.to_datetime([DAY, DAY]), "y": [1, 2]}),
        pl.DataFrame({"x": [DAY, DAY], "y": [1, 2]}),
        pa.table({"x": [[1], [2]], "y": [1, 2]}),
    ],
    ids=["dates", "times", "mixed", "long", "long array", "pandas", "polars", "lists"],
)
def test_a_column_of_something_else_is_refused_when_it_is_used_and_not_before(table: Any) -> None:
    sample = survey.sample(table)
    assert survey.mean(sample, "y").values.tolist() == [1.5]
    with pytest.raises(Unfit, match="x: row 1 has a") as refused:
        survey.mean(sample, "x")
    assert refused.value.code == "D010"


def test_a_sample_stays_as_it_was_when_its_table_changes() -> None:
    frame, array, listed = pd.DataFrame({"y": [1.0, 2.0]}), np.array([1.0, 2.0]), [1.0, 2.0]
    samples = [survey.sample(frame), survey.sample({"y": array}), survey.sample({"y": listed})]
    frame.loc[0, "y"] = array[0] = listed[0] = 99.0
    assert [survey.mean(each, "y").values[0] for each in samples] == [1.5] * 3


def test_a_table_knows_its_columns_without_reading_them() -> None:
    table = memory.of_columns({"x": [DAY], "y": [1]})
    assert ("x" in table.columns, list(table.columns), len(table.columns)) == (True, ["x", "y"], 2)
    with pytest.raises(KeyError):
        table.columns["z"]


def test_a_file_is_read_with_its_texts(tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text("class,n\n1_5,3\n6_14,\nNA,4\n")
    table = data.read(tmp_path / "boards.csv")
    assert table.column("class").levels == ("1_5", "6_14")
    assert table.column("class").known.tolist() == [True, True, False]


def read(tmp_path: Path, text: str) -> data.Table:
    (tmp_path / "boards.csv").write_text(text)
    return data.read(tmp_path / "boards.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("care,w,care,w\n1,2,3,4\n", "J011 error .*boards.csv:1:1 care: columns 1 and 3 .*\n.* w: columns 2 and 4"),
        ("care,,\n1,,\n", "no name: columns 2 and 3"),
        (
            "board_id;region\nB1;north\n",
            r"names separated by semicolons \| commas between them, and a point for decimals",
        ),
        ("board_id;w\nB1;2,1\n", "names separated by semicolons"),
        ("board_id\tw\nB1\t2\n", "names separated by tabs"),
        ("", "no lines"),
        ("a,b\n1\n", "boards.csv:2:1 1 cells"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_is_in_the_way(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        read(tmp_path, text)
    assert {finding.code for finding in refused.value.findings} == {"J011"}


def test_a_file_that_is_not_there_or_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"boards.csv there is no such file \| a CSV file in UTF-8"):
        data.read(tmp_path / "boards.csv")
    with pytest.raises(Refused, match="a folder"):
        data.read(tmp_path)
    (tmp_path / "boards.csv").write_bytes("gr\u00f6\u00dfe\n1\n".encode("latin-1"))
    with pytest.raises(Refused, match="not in UTF-8"):
        data.read(tmp_path / "boards.csv")


def test_the_names_of_a_file_are_those_of_its_table(tmp_path: Path) -> None:
    table = read(tmp_path, "\ufeffboard,w\nB1,2\n")
    assert data.names(tmp_path / "boards.csv") == list(table.columns) == ["board", "w"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["2.1", "3", "", "n/a", "no"], "w: row 4 has 'n/a'; a column of numbers is wanted"),
        (["-1 ", "2,1"], "w: row 2 has '2,1'; a column of numbers is wanted, with a point for the decimals"),
        (["", "yes", "12"], "w: row 2 has 'yes'"),
    ],
)
def test_text_among_numbers_is_named_with_its_row(cells: list[str], said: str) -> None:
    column = data.column("w", cells)
    with pytest.raises(ValueError, match=said):
        assert column.numbers is None
    with pytest.raises(ValueError, match=said.partition(";")[0]):
        column.sought(77)


def test_texts_that_all_look_like_numbers_are_refused_by_the_first_of_them() -> None:
    for cells, row in ((["7", "12"], 1), ([None, "7"], 2)):
        with pytest.raises(ValueError, match=f"w: row {row} has '7'; a column of numbers is wanted"):
            assert data.Column.of_texts("w", cells).amounts is None
    with pytest.raises(ValueError, match="w has no level '77'; it has 12, 7"):
        data.Column.of_texts("w", ["7", "12"]).sought(77)
