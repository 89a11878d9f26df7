"""The same plan on every engine: the same numbers to 1e-9, from numbers, answers and labels that are missing too.

DuckDB (in memory and Parquet), PostgreSQL and the frames of pandas and Arrow are among what the tests install. Spark
(and Polars) are not, for their size: `make test-engines` runs this file with both. Where Spark or its Java is not
there, its test is skipped and says so in the summary.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate import scan
from tests.estimate.scanned import DESIGN, MEASURES, Table, sample

ibis = pytest.importorskip("ibis")
SETS = ["region", scan.EVERYBODY, ("region", "size")]
Load = Callable[[Table], Any]


def arrow(table: Table) -> Any:
    """A table of Arrow in which NaN is missing."""
    import pyarrow as pa

    return pa.table({name: pa.array(values, from_pandas=True) for name, values in table.items()})


def as_parquet(table: Table, folder: Path) -> str:
    import pyarrow.parquet as pq

    place = folder / f"{len(list(folder.iterdir()))}.parquet"
    pq.write_table(arrow(table), place)
    return str(place)


@pytest.fixture(scope="module")
def duckdb_memory() -> Iterator[Load]:
    connection = ibis.duckdb.connect()
    yield lambda table: connection.create_table("sample", arrow(table), overwrite=True)
    connection.disconnect()


@pytest.fixture(scope="module")
def duckdb_parquet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    connection, folder = ibis.duckdb.connect(), tmp_path_factory.mktemp("parquet")
    yield lambda table: connection.read_parquet(as_parquet(table, folder))
    connection.disconnect()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Load]:
    from psycopg.conninfo import conninfo_to_dict

    at = conninfo_to_dict(os.environ["DATABASE_URL"])
    names = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
    connection = ibis.postgres.connect(**{to: at[name] for name, to in names.items() if name in at})
    yield lambda table: connection.create_table("scan_sample", arrow(table), temp=True, overwrite=True)
    connection.disconnect()


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    if shutil.which("java") is None:
        pytest.skip("SPARK NOT TESTED: there is no Java on PATH (17 or newer)")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        pytest.skip("SPARK NOT TESTED: pyspark is not installed; `make test-engines` installs it and runs this")
    settings = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false"}
    builder = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "2")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session, folder = builder.getOrCreate(), tmp_path_factory.mktemp("spark")
    yield lambda table: ibis.pyspark.connect(session).read_parquet(as_parquet(table, folder))
    session.stop()


ENGINES = ["duckdb_memory", "duckdb_parquet", "postgresql", "spark"]


@pytest.fixture(params=ENGINES)
def load(request: pytest.FixtureRequest) -> Load:
    found: Load = request.getfixturevalue(request.param)
    return found


def same(one: scan.Result, other: scan.Result) -> None:
    assert other.domains == one.domains
    for name in ("estimate", "se"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-12, nan_ok=True), name
    assert (other.n == one.n).all()
    assert (other.df == one.df).all()


@pytest.mark.parametrize("psu", [None, "psu"])
def test_an_engine_gives_what_numpy_gives(load: Load, psu: str | None) -> None:
    table = sample(21, rows=400)
    table["z"] = 1e7 + np.arange(len(table["w"])) % 7  # a pivot in the expression
    table["told"] = table["x"] > 3  # truth values
    measures = [*MEASURES, scan.mean("z"), scan.total("z"), scan.mean("told")]
    plan = scan.plan(**DESIGN, psu=psu, measures=measures, by=SETS)
    here, there = plan.on(table), plan.on(load(table))
    same(here, there)
    assert (here.passes, there.passes) == (1, 1)


@pytest.mark.parametrize("psu", [None, "psu"])
def test_an_engine_gives_the_covariances_that_numpy_gives(load: Load, psu: str | None) -> None:
    table = sample(22, rows=200)
    plan = scan.plan(**DESIGN, psu=psu, measures=MEASURES[:3], by=["region"], covariance=True)
    here, there = (plan.on(each).covariances["region",] for each in (table, load(table)))
    largest = np.sqrt(np.outer(np.diag(here), np.diag(here)))
    assert there / largest == pytest.approx(here / largest, abs=1e-9)


def test_nan_in_the_columns_of_an_engine_is_missing(load: Load) -> None:
    table = sample(23, missing=0.0)
    table["y"][7:9] = np.nan
    stored = load({**table, "zero": np.zeros(len(table["w"]))})
    poisoned = stored.mutate(y=(stored.w > 0).ifelse(stored.y.fill_null(float("nan")), stored.zero))
    plan = scan.plan(**DESIGN, measures=MEASURES, by=[()])
    result = plan.on(poisoned)
    same(plan.on(table), result)
    assert result.n[0, 0] == len(table["w"]) - 2


def test_strata_and_psus_may_be_left_out_on_every_engine(load: Load) -> None:
    table = sample(24)
    plan = scan.plan(weights="w", measures=MEASURES[:2])
    same(plan.on(table), plan.on(load(table)))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [("w", -1.0, "weight must"), ("w", np.nan, "weight must"), ("N", 401.0, "population sizes"), ("N", 3.0, "sampled")],
)
def test_what_numpy_refuses_duckdb_refuses(duckdb_memory: Load, column: str, value: float, message: str) -> None:
    table = sample(25)
    table[column][slice(None) if value == 3.0 else slice(5, 6)] = value
    with pytest.raises(ValueError, match=message):
        scan.plan(**DESIGN, psu="psu", measures=MEASURES[:1]).on(duckdb_memory(table))


@pytest.mark.parametrize(("column", "message"), [("h", "no stratum"), ("psu", "no PSU"), ("y", "infinite")])
def test_duckdb_refuses_rows_without_stratum_or_psu_and_infinite_values(
    duckdb_memory: Load, column: str, message: str
) -> None:
    stored = duckdb_memory({**sample(26), "row": np.arange(66)})
    value = float("inf") if column == "y" else None
    broken = stored.mutate(**{column: (stored.row == 5).ifelse(value, stored[column])})
    with pytest.raises(ValueError, match=message):
        scan.plan(**DESIGN, psu="psu", measures=MEASURES[:1]).on(broken)


def test_a_column_that_an_engine_does_not_have_is_named(duckdb_memory: Load) -> None:
    with pytest.raises(KeyError, match="no column 'hours'"):
        scan.plan(weights="w", measures=[scan.mean("hours")]).on(duckdb_memory(sample(27)))


@pytest.mark.parametrize("kind", ["pandas", "arrow", "polars"])
def test_frames_are_read_as_they_are(kind: str) -> None:
    table = sample(28)
    library = (
        pytest.importorskip(kind, reason=f"{kind.upper()} NOT TESTED: `make test-engines` does")
        if kind != "arrow"
        else None
    )
    made: dict[str, Callable[[], Any]] = {
        "arrow": lambda: arrow(table),
        "pandas": lambda: library.DataFrame(table),
        "polars": lambda: library.from_arrow(arrow(table)),
    }
    plan = scan.plan(**DESIGN, psu="psu", measures=MEASURES, by=SETS)
    same(plan.on(table), plan.on(made[kind]()))


def test_a_table_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError):
        scan.plan(weights="w", measures=MEASURES[:1]).on(Path("sample.csv"))
