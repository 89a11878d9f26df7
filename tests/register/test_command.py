"""`peilstok register` as it is typed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from peilstok import cli
from peilstok.cli import progress, register
from peilstok.register.models import Frame
from tests.register.published import HEADER, PUPILS, REGIONS, ROWS, changed, lines, write
from tests.register.test_faults import TEN

Run = Callable[..., tuple[int, str, str]]

ADDRESSES_ONLY = "without pupils: it can be joined for its regions only"


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Exit status, standard output and standard error of `peilstok register ...` in a folder with the usual files."""
    write(tmp_path, leerlingen=PUPILS, adressen=REGIONS)
    monkeypatch.chdir(tmp_path)

    def run_(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["peilstok", "register", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        status = ended.value.code
        assert status is None or isinstance(status, int)
        return status or 0, printed.out, printed.err

    return run_


FILES = ("leerlingen.csv", "adressen.csv")


def test_a_dry_run_prints_what_was_read(run: Run) -> None:
    status, out, _ = run("import", *FILES, "--on", "2019-10-01", "--dry-run")
    assert status == 0
    assert out.splitlines() == [
        "leerlingen.csv: pupils, 6 rows, utf-8, semicolons",
        "adressen.csv: addresses, 3 rows, utf-8, semicolons",
        "3 boards",
        "4 BRIN numbers",
        "5 sites",
        "560 pupils (bo 450; sbo 60; so 30; vso 20)",
        "2 municipalities",
        "2 RMC regions",
        "2 single-school boards",
        "All is understood. Nothing is written: this was a dry run.",
    ]


def test_a_dry_run_needs_no_database_and_no_django(tmp_path: Path) -> None:
    write(tmp_path, leerlingen=PUPILS, adressen=REGIONS)
    program = (
        "import sys; from peilstok import cli\n"
        f"sys.argv = ['peilstok', 'register', 'import', *{FILES!r}, '--on', '2019-10-01', '--dry-run']\n"
        "try:\n    cli.main()\nexcept SystemExit as ended:\n    assert not ended.code\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in {'django', 'psycopg', 'numpy'}]\n"
    )
    src = Path(cli.__file__).resolve().parents[2]
    environment = {"PYTHONPATH": str(src), "PEILSTOK_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 sites" in done.stdout
    assert not (tmp_path / "home").exists()


def test_json_is_one_object_with_the_counts_and_the_findings(run: Run, tmp_path: Path) -> None:
    write(tmp_path, leerlingen=TEN)
    status, out, _ = run("import", *FILES, "--on", "2019-10-01", "--dry-run", "--format", "json")
    found = json.loads(out)
    assert status == 1
    assert found["outcome"] == "refused"
    assert (found["boards"], found["brin_numbers"], found["sites"], found["pupils"]) == (3, 4, 5, 420)
    assert found["pupils_by_sector"] == {"bo": 310, "sbo": 60, "so": 30, "vso": 20}
    assert (found["municipalities"], found["regions"], found["single_school_boards"]) == (3, 2, 2)
    assert len(found["findings"]) == 10
    for finding in found["findings"]:
        assert {"code", "file", "row", "column", "found", "expected"} <= finding.keys()


def test_findings_are_one_line_each_on_standard_output(run: Run, tmp_path: Path) -> None:
    write(tmp_path, leerlingen=changed(4, ";150", ";veel"))
    status, out, _ = run("import", *FILES, "--on", "2019-10-01", "--dry-run")
    assert status == 1
    first, *_, last = out.splitlines()
    assert first == 'R024 error leerlingen.csv:5:LEERLINGEN "veel" | a whole number from 0 to 20,000'
    assert last.startswith("Nothing is written: 1 error.")


def test_skipped_rows_are_warnings_and_no_error(run: Run, tmp_path: Path) -> None:
    write(tmp_path, leerlingen=changed(4, ";150", ";veel"))
    status, out, _ = run("import", *FILES, "--on", "2019-10-01", "--dry-run", "--skip-bad-rows")
    assert status == 0
    assert out.startswith("R024 warning ")
    assert out.endswith("All else is understood (1 row left out, 1 warning). Nothing is written: this was a dry run.\n")


def test_the_ten_rows_that_are_left_out_are_said_and_counted(run: Run, tmp_path: Path) -> None:
    rows = [row for row in TEN.splitlines() if "9999;Atlantis" not in row]  # a region that stays unknown
    faulty = rows[1 + len(ROWS) :]
    write(tmp_path, leerlingen=lines(HEADER, [*ROWS, *faulty]))
    words = ("import", *FILES, "--on", "2019-10-01", "--dry-run", "--skip-bad-rows")
    assert "All else is understood (10 rows left out, 9 warnings)." in run(*words)[1]
    assert json.loads(run(*words, "--format", "json")[1])["rows_left_out"] == 10  # two contradict each other


def test_a_finding_about_a_whole_file_has_the_same_column_in_text_and_in_json(run: Run) -> None:
    words = ("import", "adressen.csv", "--on", "2019-10-01", "--dry-run")
    assert run(*words)[1].startswith("R007 error adressen.csv:1:1 ")
    (found,) = json.loads(run(*words, "--format", "json")[1])["findings"]
    assert (found["code"], found["row"], found["column"]) == ("R007", 1, 1)


def test_addresses_alone_are_refused_with_the_reason(run: Run) -> None:
    status, out, _ = run("import", "adressen.csv", "--on", "2019-10-01", "--dry-run")
    assert status == 1
    assert ADDRESSES_ONLY in out


def test_files_that_are_not_there_are_all_named_and_end_with_two(run: Run) -> None:
    status, out, err = run("import", "weg.csv", ".", *FILES, "--on", "2019-10-01", "--dry-run")
    assert (status, out) == (2, "")
    assert "weg.csv cannot be read" in err
    assert ". is not a file" in err


@pytest.mark.parametrize("words", [("import", *FILES), ("import", *FILES, "--on", "1 oktober"), ("diff", "2019")])
def test_a_command_that_is_not_understood_ends_with_two(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1-10-2019", "'1-10-2019' is no day as it is written here; did you mean 2019-10-01?"),
        ("20191001", "'20191001' is no day as it is written here; did you mean 2019-10-01?"),
        ("2019-10-32", "'2019-10-32' is no day; write it as year-month-day, such as 2019-10-01"),
    ],
)
@pytest.mark.parametrize("words", [("import", *FILES, "--on"), ("diff", "2019-10-01"), ("remove",)])
def test_a_date_in_another_form_is_refused_with_the_day_that_it_may_mean(
    run: Run, words: tuple[str, ...], typed: str, said: str
) -> None:
    status, _, err = run(*words, typed)
    assert status == 2
    assert said in err


@pytest.mark.django_db
def test_anna_imports_two_dates_and_sees_what_changed(run: Run, tmp_path: Path) -> None:
    rows = [ROWS[0], *ROWS[3:5], ROWS[5].replace("41003", "41002")]
    write(tmp_path, later=lines(HEADER, rows).replace("20191001", "20201001"))
    assert run("import", *FILES, "--on", "2019-10-01")[1].endswith("The frame of 2019-10-01 is written.\n")
    assert "Nothing is written" in run("import", *FILES, "--on", "2019-10-01")[1]
    assert run("import", "later.csv", "adressen.csv", "--on", "2020-10-01")[0] == 0
    assert Frame.objects.count() == 2

    status, out, _ = run("diff", "2019-10-01", "2020-10-01")
    assert status == 0
    assert "  41003 Bestuur 41003 into 41002 Bestuur 41002: 1 of 1 site(s)" in out.splitlines()
    assert "  01AA01 De Linde: board 41001" in out.splitlines()
    assert "  04DD00 De Wilg: 41003 to 41002" in out.splitlines()

    found = json.loads(run("diff", "2019-10-01", "2020-10-01", "--format", "json")[1])
    assert (found["old"], found["new"]) == ("2019-10-01", "2020-10-01")
    assert [one["site"] for one in found["sites_disappeared"]] == ["01AA01"]
    assert [one["number"] for one in found["boards_merged"]] == ["41003"]

    assert [one["date"] for one in json.loads(run("list", "--format", "json")[1])] == ["2019-10-01", "2020-10-01"]
    assert "2019-10-01 real: 3 boards, 5 sites, 560 pupils; Bron: DUO" in run("list")[1]


@pytest.mark.django_db
def test_other_content_for_a_date_is_refused_with_status_one(run: Run, tmp_path: Path) -> None:
    run("import", *FILES, "--on", "2019-10-01")
    write(tmp_path, leerlingen=changed(4, ";150", ";151"))
    status, out, _ = run("import", *FILES, "--on", "2019-10-01")
    assert (status, out.split()[0]) == (1, "R070")


@pytest.mark.django_db
def test_a_date_without_a_frame_ends_with_two(run: Run) -> None:
    status, _, err = run("diff", "2018-10-01", "2019-10-01")
    assert status == 2
    assert "there is no frame of 2018-10-01" in err


def test_what_is_quick_says_nothing_of_its_progress() -> None:
    stream = io.StringIO()
    with progress.shown(stream) as shown:
        shown("reading", 0, 1)
    assert stream.getvalue() == ""


def test_what_takes_long_says_so_in_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUICK", 0.0)
    written = _Heard()
    with progress.shown(written) as shown:
        shown("reading leerlingen.csv", 1, 2)
        assert written.heard.wait(timeout=20)
    assert written.getvalue().splitlines()[0] == "reading leerlingen.csv (1 of 2 done)"


class _Heard(io.StringIO):
    """A stream that tells when something was flushed to it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = threading.Event()

    def flush(self) -> None:
        if self.getvalue():
            self.heard.set()


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 boards"), (1, "1 board"), (2, "2 boards"), (1_001, "1,001 boards")]
)
def test_one_is_said_in_the_singular(number: int, said: str) -> None:
    assert register._counted(number, "board", "boards") == said
