"""Keeping the register as it stood on a date, and giving it back.

Decides when a frame may be written: all of it or nothing, once for a date, and never changed afterwards. Decides
nothing about what the files mean: see `reading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, Sum

from peilstok.errors import Finding, NotNow, Place, Refused
from peilstok.register import changes, reading
from peilstok.register.codes import finding
from peilstok.register.models import Frame, FrameUnit, Organisation, Region, Site
from peilstok.register.reading import Progress, Readout
from peilstok.register.regions import RegionKind, RegionRow
from peilstok.register.sites import BoardRow, SiteRow
from peilstok.terms import RegisterRow

SOURCE: Final = "Bron: DUO"
AT_ONCE: Final = 2_000  # rows in one statement


class Outcome(StrEnum):
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    DRY_RUN = "dry run"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `frame` is the frame as kept; None after a dry run."""

    outcome: Outcome
    frame: Frame | None
    readout: Readout

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.readout.findings


def import_frame(
    *,
    files: Sequence[Path],
    date: date,
    moment: datetime,
    by: str,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
    synthetic: bool = False,
    source: str = SOURCE,
    progress: Progress = lambda what, done, of: None,
) -> ImportReport:
    """Read the files and keep them as the frame of `date`; Refused with every finding when they are not sound."""
    readout = reading.read(files=files, on=date, synthetic=synthetic, progress=progress)
    return keep(
        readout,
        moment=moment,
        by=by,
        skip_bad_rows=skip_bad_rows,
        dry_run=dry_run,
        source=source,
        progress=progress,
    )


def keep(
    readout: Readout,
    *,
    moment: datetime,
    by: str,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
    source: str = SOURCE,
    progress: Progress = lambda what, done, of: None,
) -> ImportReport:
    """Write what was read as a frame, in one transaction with its audit entry; the same content twice changes nothing.

    Refused when the readout is not sound, when another frame of the date says otherwise, or when nothing is left.
    """
    accepted = reading.acceptable(readout, skip_bad_rows=skip_bad_rows)
    if dry_run:
        return ImportReport(Outcome.DRY_RUN, None, accepted)
    with transaction.atomic():
        _one_import_at_a_time()
        kept = Frame.objects.filter(date=accepted.on, synthetic=accepted.synthetic).first()
        if kept is not None:
            _check_same(kept, accepted)
            return ImportReport(Outcome.UNCHANGED, kept, accepted)
        _check_numbers(accepted)
        frame = _write(accepted, moment=moment, source=source, progress=progress)
        _record(frame, accepted, moment=moment, by=by)
    return ImportReport(Outcome.IMPORTED, frame, accepted)


def _one_import_at_a_time() -> None:
    """Two imports of one date at the same time would both find no frame and one fail with the database's words."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('peilstok.register.import'))")


def _check_same(kept: Frame, readout: Readout) -> None:
    if kept.fingerprint == readout.fingerprint:
        return
    differences = changes.between(snapshot(kept), changes.of_readout(readout)).in_words()
    found = f"{kept} is imported already, from {kept.source}, with other content: {differences}"
    expected = "the same content, or another date; a frame is never changed, but one that is not used can be removed"
    place = Place(readout.files[0].file if readout.files else str(kept.date))
    raise Refused((*readout.findings, finding("R070", place, found, expected)))


def _check_numbers(readout: Readout) -> None:
    """An invented board under the number of a real one would put made-up answers under a real name."""
    numbers = [board.number for board in readout.boards]
    clashes = Organisation.objects.filter(number__in=numbers).exclude(synthetic=readout.synthetic)
    kinds = ("an invented", "a real") if readout.synthetic else ("a real", "an invented")
    place = Place(readout.files[0].file if readout.files else str(readout.on))
    findings = [
        finding("R071", place, f"{kinds[0]} board with number {number}, which is {kinds[1]} board's", "another number")
        for number in clashes.order_by("number").values_list("number", flat=True)
    ]
    if findings:
        raise Refused((*readout.findings, *findings))


def _write(readout: Readout, *, moment: datetime, source: str, progress: Progress) -> Frame:
    steps = 4
    progress("writing regions", 0, steps)
    regions = _regions(readout)
    progress("writing boards", 1, steps)
    organisations = _organisations(readout)
    frame = Frame.objects.create(
        date=readout.on,
        synthetic=readout.synthetic,
        source=source,
        fingerprint=readout.fingerprint,
        imported_at=moment,
    )
    units = FrameUnit.objects.bulk_create(
        [_unit(frame, organisations[board.number], board, regions) for board in readout.boards], batch_size=AT_ONCE
    )
    progress("writing sites", 2, steps)
    by_number = {board.number: unit for board, unit in zip(readout.boards, units, strict=True)}
    Site.objects.bulk_create(
        [_site(by_number[site.board], site, regions) for site in readout.sites], batch_size=AT_ONCE
    )
    progress("the register is written", steps, steps)
    return frame


def _is_newest(readout: Readout) -> bool:
    return not Frame.objects.filter(date__gt=readout.on, synthetic=readout.synthetic).exists()


def _regions(readout: Readout) -> dict[tuple[str, str], Region]:
    """The regions by kind and code; names follow the newest real frame."""
    known = {(region.kind, region.code): region for region in Region.objects.all()}
    new = [
        Region(kind=Region.Kind(row.kind), code=row.code, name=row.name)
        for row in readout.regions
        if (row.kind, row.code) not in known
    ]
    for region in Region.objects.bulk_create(new, batch_size=AT_ONCE):
        known[region.kind, region.code] = region
    if _is_newest(readout) and not readout.synthetic:
        Region.objects.bulk_update(list(_renamed(known, readout.regions)), ["name"], batch_size=AT_ONCE)
    return known


def _renamed(known: Mapping[tuple[str, str], Region], rows_: Iterable[RegionRow]) -> Iterable[Region]:
    for row in rows_:
        region = known[row.kind, row.code]
        if region.name != row.name and row.name != row.code:
            region.name = row.name
            yield region


def _organisations(readout: Readout) -> dict[str, Organisation]:
    """The boards by number; names follow the newest frame."""
    numbers = [board.number for board in readout.boards]
    known = {one.number: one for one in Organisation.objects.filter(number__in=numbers)}
    new = [
        Organisation(number=board.number, name=board.name, synthetic=readout.synthetic)
        for board in readout.boards
        if board.number not in known
    ]
    if _is_newest(readout):
        Organisation.objects.bulk_update(list(_new_names(known, readout.boards)), ["name"], batch_size=AT_ONCE)
    for organisation in Organisation.objects.bulk_create(new, batch_size=AT_ONCE):
        known[organisation.number] = organisation
    return known


def _new_names(known: Mapping[str, Organisation], boards: Iterable[BoardRow]) -> Iterable[Organisation]:
    for board in boards:
        organisation = known.get(board.number)
        if organisation and board.has_name and organisation.name != board.name:
            organisation.name = board.name
            yield organisation


def _unit(
    frame: Frame, organisation: Organisation, board: BoardRow, regions: Mapping[tuple[str, str], Region]
) -> FrameUnit:
    return FrameUnit(
        frame=frame,
        organisation=organisation,
        name=board.name,
        sites_count=board.sites,
        brin_count=board.schools,
        pupils_bo=board.pupils_bo,
        pupils_sbo=board.pupils_sbo,
        pupils_so=board.pupils_so,
        pupils_vso=board.pupils_vso,
        region=regions[RegionKind.RMC, board.region] if board.region else None,
    )


def _site(unit: FrameUnit, site: SiteRow, regions: Mapping[tuple[str, str], Region]) -> Site:
    return Site(
        unit=unit,
        brin=site.brin,
        location=site.location,
        name=site.name,
        postcode=site.postcode,
        place=site.place,
        denomination=site.denomination,
        municipality=regions[RegionKind.MUNICIPALITY, site.municipality],
        rmc=regions[RegionKind.RMC, site.rmc] if site.rmc else None,
        corop=regions[RegionKind.COROP, site.corop] if site.corop else None,
        province=regions[RegionKind.PROVINCE, site.province] if site.province else None,
        pupils_bo=site.pupils_bo,
        pupils_sbo=site.pupils_sbo,
        pupils_so=site.pupils_so,
        pupils_vso=site.pupils_vso,
    )


def _record(frame: Frame, readout: Readout, *, moment: datetime, by: str) -> None:
    from peilstok.audit import trail

    summary = readout.summary
    details = {
        "fingerprint": frame.fingerprint,
        "boards": summary.boards,
        "sites": summary.sites,
        "pupils": summary.pupils,
        "skipped": readout.left_out,
    }
    trail.record(act="register.import", actor=by, subject=_subject(frame), moment=moment, details=details)


def _subject(frame: Frame) -> str:
    return f"frame:{frame.date.isoformat()}{':synthetic' if frame.synthetic else ''}"


def remove_frame(*, frame: Frame, moment: datetime, by: str) -> None:
    """Take back an import that nothing uses yet. NotNow when a wave was opened on it."""
    from peilstok.audit import trail

    subject, fingerprint = _subject(frame), frame.fingerprint
    try:
        with transaction.atomic():
            frame.delete()
            trail.record(
                act="register.remove", actor=by, subject=subject, moment=moment, details={"fingerprint": fingerprint}
            )
    except ProtectedError as error:
        raise NotNow(f"{frame} is used by a wave and stays as it is") from error


def find(*, on: date, synthetic: bool = False) -> Frame:
    """The frame of a date; NotNow with the dates that there are when there is none."""
    frame = Frame.objects.filter(date=on, synthetic=synthetic).first()
    if frame is None:
        there_are = ", ".join(map(str, Frame.objects.all())) or "none yet"
        raise NotNow(f"there is no {'synthetic ' if synthetic else ''}frame of {on}; frames: {there_are}")
    return frame


def rows(frame: Frame) -> tuple[RegisterRow, ...]:
    """The boards of a frame with the fields of `terms.REGISTER_FIELDS`, ordered by number."""
    units = FrameUnit.objects.filter(frame=frame).order_by("organisation__number").values_list(*_COLUMNS.values())
    return tuple(_with_special_school(dict(zip(_COLUMNS, values, strict=True))) for values in units)


_COLUMNS: Final = {
    "number": "organisation__number",
    "name": "name",
    "pupils": "pupils",
    "pupils_bo": "pupils_bo",
    "pupils_sbo": "pupils_sbo",
    "pupils_so": "pupils_so",
    "pupils_vso": "pupils_vso",
    "schools": "brin_count",
    "sites": "sites_count",
    "region": "region__code",
}
"""Where the fields of a board stand; without the objects in between, which take five times as long for a frame."""


def _with_special_school(row: dict[str, object]) -> RegisterRow:
    row["has_special_school"] = row["pupils_so"] is not None or row["pupils_vso"] is not None
    return row


def row(unit: FrameUnit) -> RegisterRow:
    """One board of a frame with the fields of `terms.REGISTER_FIELDS`."""
    return {
        "number": unit.organisation.number,
        "name": unit.name,
        "pupils": unit.pupils,
        "pupils_bo": unit.pupils_bo,
        "pupils_sbo": unit.pupils_sbo,
        "pupils_so": unit.pupils_so,
        "pupils_vso": unit.pupils_vso,
        "schools": unit.brin_count,
        "sites": unit.sites_count,
        "region": unit.region.code if unit.region else None,
        "has_special_school": unit.has_special_school,
    }


def sites_of(unit: FrameUnit) -> tuple[RegisterRow, ...]:
    """The sites of a board with the fields of `terms.ENTRY_FIELDS`, ordered by number."""
    return tuple(
        {"number": site.brin + site.location, "name": site.name, "place": site.place, "pupils": _pupils(site)}
        for site in unit.sites.order_by("brin", "location")
    )


def schools_of(unit: FrameUnit) -> tuple[RegisterRow, ...]:
    """The schools of a board (BRIN numbers) with those fields: name and place of the main site, pupils of all."""
    return tuple(
        {**together[0], "number": number, "pupils": sum(int(str(site["pupils"])) for site in together)}
        for number, sites in groupby(sites_of(unit), key=lambda site: str(site["number"])[:4])
        for together in (tuple(sites),)
    )


def snapshot(frame: Frame) -> changes.Snapshot:
    """The frame as it is compared with another."""
    boards = FrameUnit.objects.filter(frame=frame).values_list("organisation__number", "name")
    sites = Site.objects.filter(unit__frame=frame).select_related("unit__organisation", "municipality", "rmc")
    return changes.Snapshot(
        on=frame.date,
        boards=dict(boards),
        sites={
            site.brin + site.location: changes.SiteState(
                board=site.unit.organisation.number,
                name=site.name,
                place=site.place,
                postcode=site.postcode,
                municipality=site.municipality.code,
                rmc=site.rmc.code if site.rmc else None,
                pupils=_pupils(site),
            )
            for site in sites
        },
    )


def _pupils(site: Site) -> int:
    return sum(count or 0 for count in (site.pupils_bo, site.pupils_sbo, site.pupils_so, site.pupils_vso))


@dataclass(frozen=True, slots=True)
class FrameListed:
    """One line of the list of frames."""

    frame: Frame
    boards: int
    sites: int
    pupils: int


def listed() -> tuple[FrameListed, ...]:
    """All frames, oldest first, with their counts."""
    totals = Frame.objects.annotate(pupils=Sum("units__pupils"), sites=Sum("units__sites_count"))
    return tuple(
        FrameListed(frame, frame.units.count(), frame.sites or 0, frame.pupils or 0)
        for frame in totals.order_by("date", "synthetic")
    )
