from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.register import changes
from peilstok.register.changes import SiteState, Snapshot

LINDE = SiteState("41001", "De Linde", "EMMEN", "1234AB", "0114", "08", 100)
OLD = Snapshot(
    on=date(2018, 10, 1),
    boards={"41001": "Een", "41002": "Twee", "41003": "Drie"},
    sites={
        "01AA00": LINDE,
        "02BB00": replace(LINDE, name="De Eik", postcode="1236AB"),
        "03CC00": replace(LINDE, board="41002", name="De Beuk", postcode="2345AB"),
        "04DD00": replace(LINDE, board="41003", name="De Wilg", postcode="2346AB"),
        "04DD01": replace(LINDE, board="41003", name="De Wilg", postcode="2347AB"),
    },
)


def new(boards: dict[str, str | None] | None = None, sites: dict[str, SiteState | None] | None = None) -> Snapshot:
    """The old snapshot a year later with some boards and sites set, or gone (None)."""
    return Snapshot(
        on=date(2019, 10, 1),
        boards={k: v for k, v in {**OLD.boards, **(boards or {})}.items() if v is not None},
        sites={k: v for k, v in {**OLD.sites, **(sites or {})}.items() if v is not None},
    )


def under(board: str, *keys: str) -> dict[str, SiteState | None]:
    return {key: replace(OLD.sites[key], board=board) for key in keys}


def test_nothing_changed_is_nothing_to_tell() -> None:
    found = changes.between(OLD, new())
    assert found.in_words() == "only the names of regions differ"
    assert (found.old, found.new) == (date(2018, 10, 1), date(2019, 10, 1))


def test_boards_and_sites_appear_and_disappear() -> None:
    es = replace(LINDE, board="41009", name="De Es", postcode="9999ZZ")
    found = changes.between(OLD, new({"41002": None, "41009": "Negen"}, {"03CC00": None, "09ZZ00": es}))
    assert [(b.number, b.sites) for b in found.boards_appeared] == [("41009", 1)]
    assert [b.number for b in found.boards_disappeared] == ["41002"]
    assert [s.site for s in found.sites_appeared] == ["09ZZ00"]
    assert [s.site for s in found.sites_disappeared] == ["03CC00"]


def test_a_board_is_renamed_only_from_one_published_name_to_another() -> None:
    number = next(iter(OLD.boards))
    named = Snapshot(OLD.on, {**OLD.boards, number: "Stichting De Proef"}, OLD.sites)
    renamed = Snapshot(OLD.on, {**OLD.boards, number: "Stichting De Toets"}, OLD.sites)
    unnamed = Snapshot(OLD.on, {**OLD.boards, number: f"Bestuur {number}"}, OLD.sites)
    assert [one.number for one in changes.between(named, renamed).boards_renamed] == [number]
    assert changes.between(named, unnamed).boards_renamed == ()
    assert changes.between(unnamed, named).boards_renamed == ()


def test_a_board_that_is_gone_merged_when_most_of_its_sites_are_under_another() -> None:
    found = changes.between(OLD, new({"41003": None}, under("41001", "04DD00", "04DD01")))
    (merger,) = found.boards_merged
    assert (merger.number, merger.into, merger.sites, merger.of, merger.is_new) == ("41003", "41001", 2, 2, False)
    assert found.boards_disappeared == ()
    assert [t.site for t in found.sites_changed_boards] == ["04DD00", "04DD01"]


def test_half_of_its_sites_is_not_most() -> None:
    found = changes.between(OLD, new({"41003": None}, {**under("41001", "04DD00"), **under("41002", "04DD01")}))
    assert found.boards_merged == ()
    assert [b.number for b in found.boards_disappeared] == ["41003"]


def test_a_board_under_a_new_number_is_told_apart_from_a_merger() -> None:
    found = changes.between(OLD, new({"41002": None, "41009": "Negen"}, under("41009", "03CC00")))
    assert [(m.number, m.into, m.is_new) for m in found.boards_merged] == [("41002", "41009", True)]
    assert [b.number for b in found.boards_appeared] == ["41009"]


def test_a_board_that_stays_did_not_merge_when_it_gave_a_site_away() -> None:
    found = changes.between(OLD, new(sites=under("41001", "04DD00")))
    assert (found.boards_merged, len(found.sites_changed_boards)) == ((), 1)


def test_a_site_moved_when_its_address_is_another() -> None:
    for change in ({"postcode": "7777AA"}, {"place": "ASSEN"}, {"municipality": "0106"}):
        found = changes.between(OLD, new(sites={"01AA00": replace(LINDE, **change)}))
        assert [move.site for move in found.sites_moved] == ["01AA00"]
        assert found.sites_altered == 0


def test_a_site_with_more_pupils_or_another_name_is_only_altered() -> None:
    found = changes.between(OLD, new(sites={"01AA00": replace(LINDE, pupils=101, name="De Lindeboom")}))
    assert (found.sites_altered, found.sites_moved) == (1, ())


def test_a_site_that_is_gone_merged_into_the_one_that_stayed_at_its_postcode() -> None:
    both = {**OLD.sites, "05EE00": replace(LINDE, name="De Es")}
    found = changes.between(replace(OLD, sites=both), new())
    assert [(s.site, s.into) for s in found.sites_merged] == [("05EE00", "01AA00")]
    assert found.sites_disappeared == ()


def test_a_site_that_is_gone_was_renumbered_when_a_new_one_stands_at_its_postcode() -> None:
    found = changes.between(OLD, new(sites={"01AA00": None, "05EE00": LINDE}))
    assert [(s.site, s.into) for s in found.sites_renumbered] == [("01AA00", "05EE00")]
    assert (found.sites_appeared, found.sites_disappeared) == ((), ())


def test_two_sites_that_became_one_new_site_merged() -> None:
    both = {**OLD.sites, "05EE00": replace(LINDE, name="De Es")}
    found = changes.between(replace(OLD, sites=both), new(sites={"01AA00": None, "06FF00": LINDE}))
    assert [(s.site, s.into) for s in found.sites_merged] == [("01AA00", "06FF00"), ("05EE00", "06FF00")]
    assert [s.site for s in found.sites_appeared] == ["06FF00"]


def test_where_two_sites_stand_at_the_postcode_nothing_is_inferred() -> None:
    found = changes.between(OLD, new(sites={"01AA00": None, "05EE00": LINDE, "06FF00": LINDE}))
    assert (found.sites_merged, found.sites_renumbered) == ((), ())
    assert [s.site for s in found.sites_disappeared] == ["01AA00"]


def test_sites_without_a_postcode_are_never_joined() -> None:
    nowhere = replace(LINDE, postcode="")
    old = replace(OLD, sites={"01AA00": nowhere})
    found = changes.between(old, replace(OLD, sites={"05EE00": nowhere}))
    assert (len(found.sites_appeared), len(found.sites_disappeared)) == (1, 1)


STATE = st.builds(
    SiteState,
    board=st.sampled_from(["41001", "41002", "41003"]),
    name=st.sampled_from(["De Linde", "De Eik"]),
    place=st.just("EMMEN"),
    postcode=st.sampled_from(["", "1234AB", "1235AB"]),
    municipality=st.just("0114"),
    rmc=st.just("08"),
    pupils=st.integers(0, 2),
)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    sites = draw(st.dictionaries(st.sampled_from([f"0{n}AA00" for n in range(6)]), STATE, max_size=6))
    return Snapshot(date(2019, 10, 1), {site.board: site.board for site in sites.values()}, sites)


@settings(deadline=None)
@given(snapshots(), snapshots())
def test_every_board_and_site_is_accounted_for(old: Snapshot, new: Snapshot) -> None:
    found = changes.between(old, new)
    gone = {s.site for s in found.sites_disappeared} | {s.site for s in (*found.sites_merged, *found.sites_renumbered)}
    assert gone == old.sites.keys() - new.sites.keys()
    came = {s.site for s in found.sites_appeared} | {s.into for s in found.sites_renumbered}
    assert came == new.sites.keys() - old.sites.keys()
    boards_gone = {b.number for b in found.boards_disappeared} | {m.number for m in found.boards_merged}
    assert boards_gone == old.boards.keys() - new.boards.keys()
    assert len(boards_gone) == len(found.boards_disappeared) + len(found.boards_merged)


@settings(deadline=None)
@given(snapshots())
def test_a_snapshot_does_not_differ_from_itself(snapshot: Snapshot) -> None:
    assert changes.between(snapshot, snapshot).in_words() == "only the names of regions differ"
