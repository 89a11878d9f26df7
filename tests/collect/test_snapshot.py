"""Officer 4: freezing gives a snapshot with a fingerprint, and after that nothing changes what it was made from."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone, translation
from typer.testing import CliRunner

from peilstok.audit.models import Entry
from peilstok.cli import app, surroundings
from peilstok.collect import figures, seals, snapshots, waves
from peilstok.collect.mail import letters, messages, returned
from peilstok.collect.models import Invitation, Message, Revision, Snapshot, SnapshotFile, Wave
from peilstok.collect.snapshot import content, fingerprints
from peilstok.collect.snapshot.parquet import to_parquet
from peilstok.collect.snapshot.tables import Column, Kind, Table, to_csv
from peilstok.errors import CannotRun, NotNow
from peilstok.estimate.jobs import results
from tests.collect import fielding, returning
from tests.collect.test_seals import behind_its_back
from tests.collect.visiting import answered
from tests.disclose import test_command as planned
from tests.estimate.boards import WORDS

Clock = Callable[[datetime], None]

PLAN = f"""
format: peilstok/plan/1
wave: wave-3
population: {{nl: besturen, en: boards}}
bases: {{boards: {{nl: besturen, en: boards}}}}
weighting: {{pupils: [1000], at_least: 2}}
disclosure: {{minimum_contributors: 0}}
estimands:
  in_care: {{kind: ratio, numerator: in_care, denominator: pupils, {WORDS}}}
  lead_school: {{kind: share, item: lead, is: school, {WORDS}}}
"""
BOARDS = tuple((f"{99000 + at}", f"Bestuur {at}", 1, 150 * at) for at in range(1, 13))


def made(*, reverse: bool = False, monkeypatch: pytest.MonkeyPatch | None = None) -> Wave:
    """A wave of twelve boards of which nine answered, closed. `reverse`: rows come into the database the other way."""
    if monkeypatch:
        monkeypatch.setattr(fielding, "BOARDS", tuple(reversed(BOARDS)) if reverse else BOARDS)
        monkeypatch.setattr(
            fielding.frame, "__kwdefaults__", {**fielding.frame.__kwdefaults__, "boards": fielding.BOARDS}
        )
        monkeypatch.setattr(fielding, "addresses", lambda: None)
    wave = planned.wave(PLAN)
    numbers = [number for number, *_ in BOARDS if int(number) % 4]
    for number in reversed(numbers) if reverse else numbers:
        planned.answered(wave, number, int(number) % 7 + 1, "school" if int(number) % 2 else "other")
    Invitation.objects.filter(revisions__isnull=False).update(answered_at=fielding.DURING)
    return waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)


@pytest.fixture
def closed(db: None, at: Clock, monkeypatch: pytest.MonkeyPatch) -> Wave:
    return made(monkeypatch=monkeypatch)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_wave_is_frozen_once_and_again_gives_the_same_snapshot(closed: Wave) -> None:
    first = snapshots.freeze(wave=closed, by="user:1", moment=fielding.AFTER)
    again = snapshots.freeze(wave=closed, by="user:2", moment=fielding.AFTER + timedelta(days=1))
    assert (again.pk, again.by, again.made_at) == (first.pk, "user:1", fielding.AFTER)
    entry = Entry.objects.get(act="wave.freeze")
    manifest = hashlib.sha256(bytes(first.files.get(name="manifest.json").content)).hexdigest()
    told = {"fingerprint": first.fingerprint, "manifest": manifest, "answered": 9}
    assert (entry.actor, entry.details) == ("user:1", told)
    assert snapshots.changed(first) == ()


@pytest.mark.django_db
def test_only_a_closed_wave_is_frozen(at: Clock) -> None:
    wave = fielding.opened_wave()
    with pytest.raises(NotNow, match="wave-3 is open: it cannot freeze now"):
        snapshots.freeze(wave=wave, by="command", moment=fielding.DURING)


def test_answers_that_are_not_what_the_trail_says_are_not_frozen(closed: Wave) -> None:
    one = "(SELECT min(id) FROM collect_revision)"
    change = "UPDATE collect_revision SET counted = jsonb_set(counted, '{in_care}', '199') WHERE id = "
    behind_its_back("collect_revision", change + one)
    with pytest.raises(NotNow, match="are not those that the board confirmed"):
        snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)


def test_every_file_has_its_hash_and_all_together_one_fingerprint(closed: Wave, tmp_path: Path) -> None:
    kept = snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    snapshots.write(kept, tmp_path)
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert checked.stdout.count(": OK") == len(list(tmp_path.iterdir())) - 2  # without itself and the manifest
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert (
        manifest["fingerprint"]
        == kept.fingerprint
        == hashlib.sha256((tmp_path / "SHA256SUMS").read_bytes()).hexdigest()
    )
    assert all(
        hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == it for name, it in manifest["files"].items()
    )
    assert (manifest["invited"], manifest["answered"]) == (12, 9)


@pytest.mark.django_db
def test_the_bytes_do_not_depend_on_the_order_of_rows_nor_on_when_or_by_whom(
    at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for reverse in (False, True):
        point = transaction.savepoint()
        found.append(content.files(made(reverse=reverse, monkeypatch=monkeypatch)))
        transaction.savepoint_rollback(point)
    assert found[0] == found[1]


def test_the_bytes_do_not_depend_on_the_process_its_time_zone_or_its_language(closed: Wave) -> None:
    """The tables are made anew from the same columns in a process of another zone, locale and hash seed."""
    script = (
        "import sys, json, hashlib\n"
        "from datetime import datetime, timezone, timedelta\n"
        "from peilstok.collect.snapshot.tables import Column, Kind, Table, to_csv\n"
        "from peilstok.collect.snapshot.parquet import to_parquet\n"
        "t = Table('t', (Column('a', Kind.TEXT, ('é', None, 'x,\"y')), Column('b', Kind.NUMBER, (1/3, 2.0, None)),"
        " Column('c', Kind.WHOLE, (None, -5, 2**40))))\n"
        "print(hashlib.sha256(to_csv(t) + to_parquet(t)).hexdigest())\n"
    )
    ran = set()
    for zone, language, seed in (("UTC", "C", "1"), ("Pacific/Auckland", "nl_NL.UTF-8", "2")):
        environment = {
            **os.environ,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        ran.add(
            subprocess.run(
                [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
            ).stdout
        )
    assert len(ran) == 1
    first = content.files(closed)
    with timezone.override("Pacific/Auckland"), translation.override("en"):
        assert content.files(closed) == first


def test_the_table_of_answers_has_what_estimation_needs_and_no_name_or_address(closed: Wave) -> None:
    made_files = content.files(closed)
    [first, *_] = found = rows(made_files["answers.csv"])
    assert [each["BOARD"] for each in found] == sorted(number for number, *_ in BOARDS if int(number) % 4)
    assert {name: first[name] for name in ("BOARD", "OUTCOME", "CHANNEL", "REVISION", "PUPILS", "BOARDS", "CELL")} == {
        "BOARD": "99001", "OUTCOME": "answered", "CHANNEL": "web", "REVISION": "1", "PUPILS": "150", "BOARDS": "12",
        "CELL": "0 to 999",
    }  # fmt: skip
    # five of the six boards below 1,000 pupils (99004 did not answer), four of the other six
    assert {(each["CELL"], each["CELL_BOARDS"], round(float(each["CELL_WEIGHT"]), 6)) for each in found} == {
        ("0 to 999", "6", 1.2), ("1000 up", "6", 1.5),
    }  # fmt: skip
    assert (first["in_care"], first["in_care.NA"], first["staff"], first["staff.NA"]) == (
        "1",
        "",
        "",
        "not_answered",
    )
    assert (first["lead"], first["CONFIRMED_AT"]) == ("school", "2020-04-03T08:30:00.000000+00:00")
    everything = b"".join(made_files.values())
    assert b"Bestuur 1" not in everything
    assert b"@proef" not in everything
    [frame_first, *_] = every = rows(made_files["frame.csv"])
    assert (len(every), frame_first["OUTCOME"]) == (12, "answered")
    assert [each["OUTCOME"] for each in every].count("not_opened") == 3


@pytest.mark.django_db
def test_missing_codes_options_and_own_words_stand_where_the_codebook_says(at: Clock) -> None:
    wave = fielding.opened_wave()
    visit = answered(Client(), fielding.path_of(wave), in_care=40, remark="Bel mij")
    assert visit.status == 200
    waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    made_files = content.files(wave)
    [row] = rows(made_files["answers.csv"])
    assert (row["forms.school"], row["forms.NA"], row["vulnerable.NA"]) == (
        "",
        "not_answered",
        "not_answered",
    )
    assert "remark" not in row
    assert rows(made_files["texts.csv"]) == [
        {"BOARD": "99001", "ENTRY": "", "ITEM": "remark", "VALUE": "Bel mij", "MISSING": ""}
    ]
    book = {(each["file"], each["column"]): each for each in rows(made_files["codebook.csv"])}
    for file in ("answers", "frame", "texts"):
        head = made_files[f"{file}.csv"].decode().partition("\n")[0].split(",")
        assert [column for of, column in book if of == file] == head
    assert book["answers", "in_care"]["text_nl"] == "Hoeveel vangt u op?"
    assert book["answers", "in_care"]["unit_en"] == "pupils"
    assert book["answers", "vulnerable"]["asked_when"] == "in_care > 0"
    assert book["answers", "forms.home"]["text_en"] == "At home"
    values = [(each["item"], each["value"], each["missing"]) for each in rows(made_files["codebook-values.csv"])]
    assert ("lead", "other", "") in values
    assert ("lead", "dont_know", "1") in values
    assert ("in_care", "not_applicable", "1") not in values  # the question does not offer it
    assert "| `lead` | `school` | De scholen | The schools |" in made_files["codebook.md"].decode()


def test_parquet_has_the_same_cells_as_the_csv_in_two_other_readers(closed: Wave, tmp_path: Path) -> None:
    kept = snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    snapshots.write(kept, tmp_path)
    for name in ("answers", "frame"):
        said = rows((tmp_path / f"{name}.csv").read_bytes())
        table = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        other = duckdb.sql(f"SELECT * FROM '{tmp_path}/{name}.parquet'").fetchall()
        assert table.column_names == list(said[0])
        for row, mine, again in zip(said, table.to_pylist(), other, strict=True):
            assert tuple(mine.values()) == again
            assert {name: shown(cell) for name, cell in mine.items()} == row


def shown(cell: object) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def test_parquet_keeps_nulls_long_runs_large_numbers_and_letters(tmp_path: Path) -> None:
    columns = (
        Column("a", Kind.TEXT, ("é" * 200, None, *[f"x{n}" for n in range(1_000)])),
        Column("b", Kind.WHOLE, (-(2**63), 2**63 - 1, *range(1_000))),
        Column("c", Kind.NUMBER, (None, 1 / 3, *[None] * 1_000)),
        *(Column(f"more{n}", Kind.WHOLE, (n,) * 1_002) for n in range(20)),
    )
    (tmp_path / "t.parquet").write_bytes(to_parquet(Table("t", columns)))
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    for column in columns:
        assert table[column.name].to_pylist() == list(column.cells)
    assert duckdb.sql(f"SELECT count(c), sum(more7), min(b) FROM '{tmp_path}/t.parquet'").fetchone() == (
        1,
        7_014,
        -(2**63),
    )


def test_an_empty_table_is_parquet_too(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(to_parquet(Table("t", (Column("a", Kind.TEXT, ()),))))
    assert pyarrow.parquet.read_table(tmp_path / "t.parquet").num_rows == 0


def test_a_cell_of_another_type_is_no_cell() -> None:
    with pytest.raises(TypeError, match="b: True is not whole"):
        Column("b", Kind.WHOLE, (True,))
    assert to_csv(Table("t", (Column("a", Kind.NUMBER, (2.0, 0.1, None)),))) == b'a\n2\n0.1\n""\n'


JOBS = {
    "as_answered": {"design": {"fpc": ["BOARDS"]}},
    "weighted": {
        "design": {"fpc": ["BOARDS"]},
        "calibration": [
            {"method": "poststratify", "by": ["CELL"],
             "totals": [{"CELL": "0 to 999", "total": 6}, {"CELL": "1000 up", "total": 6}]}
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("design", JOBS)
def test_a_figure_estimated_from_the_snapshot_is_the_figure_of_the_release(
    closed: Wave, tmp_path: Path, design: str
) -> None:
    snapshots.write(snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER), tmp_path)
    figure = figures.table_of(closed).figures.figures["in_care"]  # type: ignore[index]
    expected = figure.measured if design == "as_answered" else figure.weighted
    # `pupils` is what the board said; the register's number is PUPILS
    estimand = {"type": "ratio", "numerator": "in_care", "denominator": "pupils"}
    job = {"dataset": "answers.csv", **JOBS[design], "estimand": estimand}
    (tmp_path / "job.json").write_text(json.dumps(job))
    found = results.run(tmp_path / "job.json")
    assert expected is not None
    assert 100 * found["estimate"][0] == pytest.approx(expected.value, rel=1e-12)
    assert 100 * found["se"][0] == pytest.approx(expected.se, rel=1e-9)


@pytest.mark.parametrize("fact", ["bounced_at", "opened_at", "started_at", "refused_at"])
def test_after_freezing_the_database_lets_no_outcome_change(closed: Wave, fact: str) -> None:
    snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    with pytest.raises(DatabaseError, match="wave-3 is frozen"), transaction.atomic():
        Invitation.objects.filter(wave=closed).update(**{fact: fielding.AFTER})
    Invitation.objects.filter(wave=closed).update(language="en")  # what it is not made from


@pytest.mark.parametrize("model", [Snapshot, SnapshotFile])
def test_the_database_lets_no_snapshot_change_or_go(closed: Wave, model: type[Snapshot | SnapshotFile]) -> None:
    snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    rows = model.objects.all()
    change = {"by": "user:2"} if model is Snapshot else {"name": "other.csv"}
    for act in (rows.delete, lambda: rows.update(**change)):
        with pytest.raises(DatabaseError, match=r"never changed or removed|foreign key"), transaction.atomic():
            act()


def test_a_late_answer_after_freezing_is_kept_and_the_snapshot_stays(db: None, at: Clock, client: Client) -> None:
    until = fielding.CLOSES + timedelta(days=2)
    text = fielding.WAVE + f"late_until: {until.isoformat()}\n"
    wave = waves.open_wave(wave=fielding.draft_wave(text), by="command", moment=fielding.OPENS)
    answered(client, fielding.path_of(wave))
    wave = waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    kept = snapshots.freeze(wave=wave, by="command", moment=fielding.AFTER)
    at(fielding.CLOSES + timedelta(hours=1))
    assert answered(Client(), fielding.path_of(wave, "99002"), in_care=7).status == 200
    assert Revision.objects.get(late=True).invitation.outcome == "not_opened"
    assert fingerprints.fingerprint(content.files(wave)) == kept.fingerprint
    assert kept.answered == 1


def test_a_file_of_the_snapshot_that_was_tampered_with_is_named(closed: Wave) -> None:
    kept = snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    behind_its_back("collect_snapshotfile", "UPDATE collect_snapshotfile SET content = 'x' WHERE name = 'answers.csv'")
    assert snapshots.changed(kept) == ("answers.csv",)
    assert "the snapshot of wave-3 is not what was frozen: answers.csv" in list(seals.differences(wave=closed))


def test_a_file_that_was_put_beside_the_others_is_named_and_one_that_is_gone(closed: Wave) -> None:
    kept = snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    added = "INSERT INTO collect_snapshotfile (snapshot_id, name, content) SELECT id, 'answers-2.csv', 'x' FROM "
    behind_its_back("collect_snapshotfile", f"{added} collect_snapshot")
    behind_its_back("collect_snapshotfile", "DELETE FROM collect_snapshotfile WHERE name = 'frame.csv'")
    assert snapshots.changed(kept) == ("answers-2.csv", "frame.csv")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("content = 'x'", ("manifest.json",)),
        ("content = '[]'", ("manifest.json",)),
        ("name = 'other.json'", ("other.json", "manifest.json")),
        (
            "content = replace(convert_from(content, 'UTF8'), '\"answered\": 9', '\"answered\": 8')::bytea",
            (),  # it agrees with the hashes; that it is another one stands in the trail
        ),
    ],
)
def test_a_manifest_that_was_tampered_with_is_told(closed: Wave, change: str, named: tuple[str, ...]) -> None:
    kept = snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    before = bytes(kept.files.get(name="manifest.json").content)
    behind_its_back("collect_snapshotfile", f"UPDATE collect_snapshotfile SET {change} WHERE name = 'manifest.json'")
    assert before not in [bytes(each.content) for each in kept.files.filter(name="manifest.json")]
    assert snapshots.changed(kept) == named
    assert "the snapshot of wave-3 has another manifest than its entry says" in list(seals.differences(wave=closed))


def test_to_a_snapshot_no_file_is_added(closed: Wave) -> None:
    kept = snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    with pytest.raises(DatabaseError, match="to a snapshot no file is added"), transaction.atomic():
        SnapshotFile.objects.create(snapshot=kept, name="answers-2.csv", content=b"x")


def test_from_a_frozen_wave_no_board_is_taken(closed: Wave) -> None:
    silent = closed.invitations.filter(unit__organisation__number="99004")
    with transaction.atomic():
        assert silent.delete()[0] == 1
        transaction.set_rollback(True)
    snapshots.freeze(wave=closed, by="command", moment=fielding.AFTER)
    with pytest.raises(DatabaseError, match="wave-3 is frozen: who was invited stays"), transaction.atomic():
        silent.delete()


@pytest.fixture
def mailed(db: None, at: Clock) -> Wave:
    """A closed wave with a mail that a job had in hand a minute before the end."""
    wave = fielding.opened_wave()
    messages.send_invitations(wave, fielding.DURING, by="command")
    claimed = fielding.CLOSES - timedelta(minutes=1)
    one = Message.objects.filter(contact__email="bestuur@proef.example")
    one.update(state="sending", claimed_at=claimed, attempts=1)
    return waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)


def test_a_wave_is_not_frozen_while_a_mail_is_being_sent_and_what_becomes_of_it_is_in_the_snapshot(
    mailed: Wave,
) -> None:
    with pytest.raises(NotNow, match="1 mail of it is being sent; within 5 minutes it is known what became of it"):
        snapshots.freeze(wave=mailed, by="command", moment=fielding.AFTER)
    messages.mark_uncertain(moment=fielding.CLOSES + timedelta(minutes=5))
    kept = snapshots.freeze(wave=mailed, by="command", moment=fielding.AFTER + timedelta(minutes=5))
    raw = returning.report(to="peiling@raad.example", message_id=letters.message_id(Message.objects.get(attempts=1)))
    assert returned.take(raw, by="command", moment=fielding.AFTER + timedelta(days=1)).message
    assert Message.objects.get(attempts=1).state == "failed"
    assert fingerprints.fingerprint(content.files(mailed)) == kept.fingerprint


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """`peilstok wave ...` on the database of the tests."""
    monkeypatch.setattr(surroundings, "open_database", lambda: None)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["wave", *words])
        return result.exit_code, result.output

    return run


def test_the_command_freezes_and_writes_the_same_folder_again(
    closed: Wave, tmp_path: Path, command: Callable[..., tuple[int, str]]
) -> None:
    folder = tmp_path / "snapshot"
    status, said = command("freeze", "wave-3", "--output", str(folder))
    kept = Snapshot.objects.get()
    assert (status, said.splitlines()[0]) == (0, f"wave-3: frozen, fingerprint {kept.fingerprint}, 9 answers")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert command("freeze", "wave-3", "--output", str(folder))[0] == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "answers.csv").write_text("another file")
    with pytest.raises(CannotRun, match="is another file"):
        snapshots.write(kept, folder)
