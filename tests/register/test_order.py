"""The order of rows and files makes no difference to what is read."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.register.published import ADDRESSES, ADDRESSES_HEADER, HEADER, REGIONS, ROWS, lines, read

ROW = st.builds(
    "20191001;{}{};{:02};De Es;1234AB;EMMEN;{};Drenthe;{};Openbaar;{};1;{}".format,
    st.sampled_from(["01", "02"]),
    st.sampled_from(["AA", "BB", "1"]),
    st.integers(0, 1),
    st.sampled_from(["114;Emmen", "106;Assen", "106;Emmen"]),
    st.sampled_from(["Bo", "So", "Vso", "?"]),
    st.sampled_from(["41001", "41002"]),
    st.integers(0, 3),
)


@settings(deadline=None)
@given(st.permutations(ROWS), st.permutations(ADDRESSES))
def test_rows_in_another_order_are_the_same_frame(rows: list[str], addresses: list[str]) -> None:
    with TemporaryDirectory() as folder:
        usual = read(Path(folder), leerlingen=lines(HEADER, ROWS), adressen=REGIONS)
        other = read(Path(folder), leerlingen=lines(HEADER, rows), adressen=lines(ADDRESSES_HEADER, addresses))
    assert other.fingerprint == usual.fingerprint


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_bad_rows_are_left_out_alike_in_any_order(both: tuple[list[str], list[str]]) -> None:
    with TemporaryDirectory() as folder:
        one, other = (read(Path(folder), leerlingen=lines(HEADER, rows), adressen=REGIONS) for rows in both)
    assert one.sites == other.sites
    assert len(one.findings) == len(other.findings)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 2), st.sampled_from(["Bo", "Sbo", "So", "Vso"]), st.integers(0, 900)
        ),
        unique_by=lambda row: row[:3],
        min_size=1,
        max_size=30,
    )
)
def test_sums_are_those_of_adding_up_by_hand(given_rows: list[tuple[int, int, str, int]]) -> None:
    """The slow and obvious way: dictionaries filled row by row."""
    rows, by_board, by_sector, sites = [], defaultdict(int), defaultdict(int), set()
    for school, location, sector, pupils in given_rows:
        board = 41001 + school % 2
        rows.append(f"20191001;0{school}AA;{location:02};Es;;;114;Emmen;Drenthe;{sector};Openbaar;{board};1;{pupils}")
        by_board[str(board)] += pupils
        by_sector[sector.lower()] += pupils
        sites.add((school, location))
    with TemporaryDirectory() as folder:
        readout = read(Path(folder), leerlingen=lines(HEADER, rows), adressen=REGIONS)
    assert readout.findings == ()
    assert {board.number: board.pupils for board in readout.boards} == by_board
    assert {k: v for k, v in readout.summary.pupils_by_sector.items() if v} == {k: v for k, v in by_sector.items() if v}
    assert readout.summary.sites == len(sites)
    assert readout.summary.brin_numbers == len({school for school, _ in sites})
