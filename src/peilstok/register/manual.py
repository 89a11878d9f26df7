"""The page docs/formats/register.md, made from what the reader of files really knows.

Columns, sectors and codes stand in the page as they stand in the code, so that it cannot lag. `make docs` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from peilstok.register import values
from peilstok.register.codes import CODES
from peilstok.register.columns import BREAKDOWNS, SYNONYMS, Field
from peilstok.register.rows import LINES_BEFORE_HEADER, LONGEST_FILE, LONGEST_LINE
from peilstok.terms import Sector

PATH: Final = "docs/formats/register.md"

MEANINGS: Final = {
    Field.DATE: "the date that the row tells of; must be the date of the frame",
    Field.BRIN: "the school: two digits and two letters; a file of pupils needs it",
    Field.LOCATION: "the site: `00`, `0` or `16AH00`; without this column every row is a main site, `00`",
    Field.NAME: "name of the site",
    Field.POSTCODE: "`7383BH` or `7383 BH`, or empty",
    Field.PLACE: "place as the post office writes it",
    Field.MUNICIPALITY: "`114` or `0114`",
    Field.MUNICIPALITY_NAME: "name of the municipality",
    Field.PROVINCE: "one of the twelve",
    Field.SECTOR: "see below; a file of pupils needs it",
    Field.DENOMINATION: "denomination; also divides pupils",
    Field.BOARD: "the board: five digits",
    Field.BOARD_NAME: "name of the board",
    Field.DISTANCE: "not used; checked to be a number",
    Field.PUPILS: "number of pupils; a file of pupils needs it, or pupils by age",
    Field.RMC: "the RMC region: `8` or `08`",
    Field.RMC_NAME: "name of the RMC region",
    Field.COROP: "the COROP region",
    Field.COROP_NAME: "name of the COROP region",
    Field.YEAR: "in a file of names: of which year the name is",
}

_BEGINNING: Final = """\
# The register: DUO's files

`peilstok register import FILE... --on DATE` reads files in CSV as DUO publishes them. They are never repaired by hand:
the reading copes with them, and what it cannot be certain of it reports.

## Kinds of files

| kind | known by | what it is for |
|---|---|---|
| pupils | a column for the school and one for pupils (or by age) | decides which boards, schools and sites there are |
| addresses | school, or municipality and RMC region | joined for regions, and for what the pupils' file leaves out |
| names | board and its name, no school | names; a board without one is called "Bestuur 12345" |

Several files of pupils add up (one for each sector, in some years). A file without pupils can never be a frame by
itself. Regions are joined by municipality. A municipality that is in no file, because it was formed since, takes the
RMC region in which its sites are, and a warning says so.

## How the file is read

- Encoding: UTF-8, UTF-16 with its mark, or Windows-1252, told by the bytes. A lone byte of Windows-1252 in a file of
  UTF-8 is read as such, with a warning.
- Separator: `;`, `,` or tab, the one under which most columns are known. Fields may be quoted, with `""` for a
  quotation mark, and may hold separators and line ends.
- The header is the line with most known columns among the first {before_header}. Empty lines are passed over.
- A line has at most {longest_line:,} characters, a file at most {longest_file:,} bytes.
- Decimal comma or point, told by the file's fractions. A number of pupils may be written `139`, `139,0`, or `1.234`
  in a file with decimal commas. What may mean two things is reported.
- Blanks around a value and lost leading zeros make no difference.
- Dates: `20191001`, `2019-10-01`, `1-10-2019`.

## Columns

Capitals, blanks, hyphens and underscores in a name make no difference, nor does the order of the columns. Of two
columns for one field the one named first here is used. Two that count pupils must count the same.

"""

_AFTER_COLUMNS: Final = """
Pupils by age are columns such as `L4`, `4 JAAR`, `LEEFTIJD_4`, `L25_PLUS`, `LEEFTIJD_JONGER`. With a total beside them
they must add up to it; without a total they are added up. DUO has written `<5` for one to four pupils since 2023: that
is no harm beside a total, and a finding without one.

Rows of one site and sector add up when they differ in a column that divides pupils: the denomination, a column whose
name ends in `LEERLING`, or one of these. Otherwise two rows are one too many, and are reported.

{breakdowns}

## Sectors

"""

_AFTER_SECTORS: Final = """
Capitals make no difference. `SO/VSO` and `(V)SO` do not tell how many pupils are in which, and are reported.

## Findings

One line each on standard output, or in the list `findings` of `--format json` with the keys `code`, `severity`,
`file`, `row`, `column`, `found`, `expected` (`line` is `row` again):

    R024 error leerlingen.csv:5:LEERLINGEN "veel" | a whole number from 0 to 20,000

A row is the number of its line in the file, the header included. The column is its name; it is the number 1, in text
and in JSON, where no single column is meant. Nothing is written unless there are no errors. `--skip-bad-rows` turns
errors into warnings where the last column says what becomes of the row; the others still refuse the import.

"""

_ENDING: Final = """
## The frame

What was read is kept as the frame of its date, together with its regions, in one transaction. Its fingerprint is the
SHA-256 of the content; the order of rows, the encoding and columns that are not used do not matter. Importing the same
content for a date again changes nothing. Other content for a date that has a frame is refused, with what differs:
waves are opened on frames, so a frame is never changed (the database refuses it). One that no wave uses can be taken
back: `peilstok register remove DATE`.

`peilstok register diff A B` compares two frames. A board that is gone *merged* when more than half of its sites are
under one other board; a site that is gone *merged* into the one site that stayed at its postcode, or was *renumbered*
when one new site stands there. The last two are inferred from the postcode and never more certain than that.

In JSON, `import` gives an object with `date`, `outcome` (`imported`, `unchanged`, `dry run`, `refused`), `boards`,
`brin_numbers`, `sites`, `pupils`, `pupils_by_sector`, `municipalities`, `regions` (RMC), `single_school_boards`,
`rows_left_out`, `fingerprint`, `files` (how each was read, and which column was taken for what) and `findings`. The
counts are of the rows that were understood, also when the import was refused.
"""


def page() -> str:
    """The whole page."""
    return "".join(
        (
            _BEGINNING.format(before_header=LINES_BEFORE_HEADER, longest_line=LONGEST_LINE, longest_file=LONGEST_FILE),
            _table(("field", "names of the column"), _columns()),
            _AFTER_COLUMNS.format(breakdowns=", ".join(f"`{name}`" for name in BREAKDOWNS)),
            _table(("sector", "written as"), _sectors()),
            _AFTER_SECTORS,
            _table(("code", "severity", "what it means", "with `--skip-bad-rows`"), _codes()),
            _ENDING,
        )
    )


def _columns() -> Iterable[Sequence[str]]:
    for field, names in SYNONYMS.items():
        yield MEANINGS[field], ", ".join(f"`{name}`" for name in names)


def _sectors() -> Iterable[Sequence[str]]:
    for sector in Sector:
        yield sector, ", ".join(f"`{word}`" for word, found in values.SECTORS.items() if found is sector)


def _codes() -> Iterable[Sequence[str]]:
    return ((code.name, code.severity, code.meaning, code.skipping) for code in CODES.values())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))
