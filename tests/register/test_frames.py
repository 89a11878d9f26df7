from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from peilstok.audit import trail
from peilstok.audit.models import Entry
from peilstok.errors import NotNow, Refused
from peilstok.register import frames
from peilstok.register.frames import ImportReport, Outcome
from peilstok.register.models import Frame, FrameUnit, Organisation, Region, Site
from peilstok.terms import REGISTER_FIELDS
from tests.register.published import DAY, PUPILS, REGIONS, changed, write

MOMENT = datetime(2020, 3, 1, 9, 0, tzinfo=UTC)
LATER = date(2020, 10, 1)

Import = Callable[..., ImportReport]

pytestmark = pytest.mark.django_db


@pytest.fixture
def import_(tmp_path: Path) -> Import:
    """Import the given pupils' file (or the usual one) beside the usual regions."""

    def run(pupils: str = PUPILS, *, date: date = DAY, **options: Any) -> ImportReport:
        pupils = pupils.replace("20191001", f"{date:%Y%m%d}")
        files = write(tmp_path, leerlingen=pupils, adressen=options.pop("regions", REGIONS))
        return frames.import_frame(files=files, date=date, moment=MOMENT, by="user:1", **options)

    return run


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Frame, FrameUnit, Site, Organisation, Region, Entry))


def test_anna_imports_the_register_and_it_is_kept_as_a_frame(import_: Import) -> None:
    report = import_()
    assert report.outcome is Outcome.IMPORTED
    assert (Frame.objects.get().date, Frame.objects.get().imported_at) == (DAY, MOMENT)
    assert (FrameUnit.objects.count(), Site.objects.count(), Organisation.objects.count()) == (3, 5, 3)
    unit = FrameUnit.objects.get(organisation__number="41001")
    assert (unit.pupils, unit.brin_count, unit.sites_count) == (300, 2, 3)
    site = Site.objects.get(brin="04DD")
    assert site.rmc is not None
    assert (site.municipality.code, site.rmc.code, site.pupils_sbo, site.pupils_bo) == ("0106", "07", 60, None)


def test_the_import_is_in_the_trail_in_the_same_transaction(import_: Import) -> None:
    report = import_()
    entry = Entry.objects.get()
    assert (entry.act, entry.actor, entry.subject) == ("register.import", "user:1", "frame:2019-10-01")
    assert report.frame is not None
    assert entry.details["fingerprint"] == report.frame.fingerprint
    assert entry.details["boards"] == 3


def test_rows_have_the_fields_that_every_room_knows(import_: Import) -> None:
    frame = import_().frame
    assert frame is not None
    rows = frames.rows(frame)
    assert [row["number"] for row in rows] == ["41001", "41002", "41003"]
    for row in rows:
        assert list(row) == list(REGISTER_FIELDS)
        assert all(value is None or type(value) is REGISTER_FIELDS[field] for field, value in row.items())
    assert rows[0] == {
        "number": "41001",
        "name": "Bestuur 41001",
        "pupils": 300,
        "pupils_bo": 250,
        "pupils_sbo": None,
        "pupils_so": 30,
        "pupils_vso": 20,
        "schools": 2,
        "sites": 3,
        "region": "08",
        "has_special_school": True,
    }
    assert rows[2]["has_special_school"] is False


def test_the_same_files_again_change_nothing(import_: Import) -> None:
    import_()
    before = counts()
    assert import_().outcome is Outcome.UNCHANGED
    assert counts() == before


def test_the_same_content_in_another_order_changes_nothing(import_: Import) -> None:
    import_()
    head, *rows = PUPILS.splitlines()
    assert import_("\n".join([head, *reversed(rows)])).outcome is Outcome.UNCHANGED


def test_another_date_makes_a_second_frame_of_the_same_boards(import_: Import) -> None:
    import_()
    assert import_(date=LATER).outcome is Outcome.IMPORTED
    assert (Frame.objects.count(), FrameUnit.objects.count(), Organisation.objects.count()) == (2, 6, 3)


def test_other_content_for_a_date_is_refused_and_what_differs_is_said(import_: Import) -> None:
    import_()
    before = counts()
    with pytest.raises(Refused) as refused:
        import_(changed(4, ";150", ";151"))
    (found,) = refused.value.findings
    assert found.code == "R070"
    assert "sites altered: 1" in found.found
    assert counts() == before


def test_a_bad_row_keeps_everything_out(import_: Import) -> None:
    with pytest.raises(Refused) as refused:
        import_(changed(4, ";150", ";veel"))
    assert [one.code for one in refused.value.findings] == ["R024"]
    assert counts() == (0, 0, 0, 0, 0, 0)


def test_bad_rows_may_be_left_out_by_name_and_stay_in_the_report(import_: Import) -> None:
    report = import_(changed(4, ";150", ";veel"), skip_bad_rows=True)
    assert report.outcome is Outcome.IMPORTED
    assert [(one.code, one.severity) for one in report.findings] == [("R024", "warning")]
    assert Site.objects.count() == 4
    assert Entry.objects.get().details["skipped"] == 1


def test_a_municipality_without_a_region_is_kept_without_one_when_skipping(import_: Import) -> None:
    import_(changed(6, "106;Assen", "118;Hoogeveen"), skip_bad_rows=True)
    assert Site.objects.get(brin="04DD").rmc is None
    assert FrameUnit.objects.get(organisation__number="41003").region is None


def test_a_dry_run_writes_nothing(import_: Import) -> None:
    report = import_(dry_run=True)
    assert (report.outcome, report.frame) == (Outcome.DRY_RUN, None)
    assert counts() == (0, 0, 0, 0, 0, 0)


def test_a_failure_in_the_middle_leaves_nothing_behind(import_: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site.objects, "bulk_create", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        import_()
    assert counts() == (0, 0, 0, 0, 0, 0)


def test_an_invented_board_may_not_have_the_number_of_a_real_one(import_: Import) -> None:
    import_()
    with pytest.raises(Refused) as refused:
        import_(changed(1, "41001", "D0001"), synthetic=True)
    assert [one.code for one in refused.value.findings if one.severity == "error"] == ["R071"] * 3
    assert Frame.objects.count() == 1


def test_a_synthetic_frame_stands_beside_the_real_one_of_its_date(import_: Import) -> None:
    import_()
    import_(PUPILS.replace("4100", "D000"), synthetic=True)
    assert list(Frame.objects.values_list("date", "synthetic")) == [(DAY, False), (DAY, True)]
    assert Organisation.objects.filter(synthetic=True).count() == 3


def test_names_follow_the_newest_frame_whatever_is_imported_last(import_: Import, tmp_path: Path) -> None:
    def with_name(name: str, date: date) -> None:
        files = write(
            tmp_path,
            leerlingen=PUPILS.replace("20191001", f"{date:%Y%m%d}"),
            adressen=REGIONS,
            namen=f"BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM\n41001;{name}\n",
        )
        frames.import_frame(files=files, date=date, moment=MOMENT, by="command")

    with_name("Stichting Nieuw", LATER)
    with_name("Stichting Oud", DAY)
    assert Organisation.objects.get(number="41001").name == "Stichting Nieuw"
    assert [unit.name for unit in FrameUnit.objects.filter(organisation__number="41001").order_by("frame__date")] == [
        "Stichting Oud",
        "Stichting Nieuw",
    ]


@pytest.mark.parametrize("table", ["register_frame", "register_frameunit", "register_site"])
def test_the_database_refuses_to_change_a_frame(import_: Import, table: str) -> None:
    import_()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")


def test_a_frame_that_nothing_uses_can_be_taken_back(import_: Import) -> None:
    frame = import_().frame
    assert frame is not None
    frames.remove_frame(frame=frame, moment=MOMENT, by="user:1")
    assert (Frame.objects.count(), FrameUnit.objects.count(), Site.objects.count()) == (0, 0, 0)
    assert list(Entry.objects.values_list("act", flat=True)) == ["register.import", "register.remove"]
    assert import_(changed(4, ";150", ";151")).outcome is Outcome.IMPORTED


def test_taking_a_frame_back_is_recorded_as_the_last_thing(import_: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = import_().frame
    assert frame is not None
    record, left = trail.record, list[int]()

    def recording(**given: Any) -> Entry:
        left.append(Frame.objects.count())  # other writers wait from here on
        return record(**given)

    monkeypatch.setattr(trail, "record", recording)
    frames.remove_frame(frame=frame, moment=MOMENT, by="user:1")
    assert left == [0]
    assert Entry.objects.get(act="register.remove").subject == f"frame:{DAY}"


def test_a_date_without_a_frame_is_told_with_those_that_there_are(import_: Import) -> None:
    import_()
    assert frames.find(on=DAY).date == DAY
    with pytest.raises(NotNow, match="frames: 2019-10-01"):
        frames.find(on=LATER)


def test_the_list_of_frames_has_their_counts(import_: Import) -> None:
    import_()
    (one,) = frames.listed()
    assert (one.boards, one.sites, one.pupils) == (3, 5, 560)


def test_a_snapshot_of_a_frame_is_that_of_its_files(import_: Import) -> None:
    from peilstok.register import changes

    report = import_()
    assert report.frame is not None
    assert frames.snapshot(report.frame) == changes.of_readout(report.readout)
