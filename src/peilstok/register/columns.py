"""What the columns of DUO's files are called, over the years and kinds of file.

Decides which field a column holds, from its name alone: blanks, underscores, hyphens and capitals do not count. The
names were collected from the files of this project and from public programs that read DUO's files of 2011 to 2025.
Decides nothing about values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """What a column tells. The value is the name under which it is spoken of when no file gives one."""

    DATE = "PEILDATUM"
    BRIN = "BRIN_NUMMER"
    LOCATION = "VESTIGINGSNUMMER"
    NAME = "INSTELLINGSNAAM_VESTIGING"
    POSTCODE = "POSTCODE_VESTIGING"
    PLACE = "PLAATSNAAM"
    MUNICIPALITY = "GEMEENTENUMMER"
    MUNICIPALITY_NAME = "GEMEENTENAAM"
    PROVINCE = "PROVINCIE"
    SECTOR = "SOORT_PO"
    DENOMINATION = "DENOMINATIE_VESTIGING"
    BOARD = "BEVOEGD_GEZAG_NUMMER"
    BOARD_NAME = "BEVOEGD_GEZAG_NAAM"
    DISTANCE = "AFSTAND"
    PUPILS = "LEERLINGEN"
    RMC = "RMC_REGIO_CODE"
    RMC_NAME = "RMC_REGIO_NAAM"
    COROP = "COROPGEBIED_CODE"
    COROP_NAME = "COROPGEBIED_NAAM"
    YEAR = "JAAR"


SYNONYMS: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.DATE: ("PEILDATUM", "PEILDATUM LEERLINGEN", "TELDATUM"),
    Field.BRIN: ("BRIN NUMMER", "BRIN", "INSTELLINGSCODE", "INSTELLINGENCODE", "BRIN CODE", "INSTELLINGSNUMMER"),
    Field.LOCATION: (
        "VESTIGINGSNUMMER",
        "VESTIGINGSCODE",
        "VESTIGINSNUMMER",  # a slip of 2012 that DUO published
        "VESTIGINGNUMMER",
        "VESTNR",
        "BRIN VESTIGINGSNUMMER",
    ),
    Field.NAME: (
        "INSTELLINGSNAAM VESTIGING",
        "VESTIGINGSNAAM",
        "NAAM VESTIGING",
        "INSTELLINGSNAAM",
        "SCHOOLNAAM",
        "NAAM INSTELLING",
    ),
    Field.POSTCODE: ("POSTCODE VESTIGING", "POSTCODE"),
    Field.PLACE: ("PLAATSNAAM", "PLAATSNAAM VESTIGING", "PLAATS"),
    Field.MUNICIPALITY: ("GEMEENTENUMMER", "GEMEENTENUMMER VESTIGING", "GEMEENTECODE", "GEMEENTENNUMMER"),
    Field.MUNICIPALITY_NAME: ("GEMEENTENAAM", "GEMEENTENAAM VESTIGING", "GEMEENTE"),
    Field.PROVINCE: ("PROVINCIE", "PROVINCIE VESTIGING", "PROVINCIENAAM"),
    Field.SECTOR: (
        "SOORT PO",
        "TYPE PO",
        "SOORT PRIMAIR ONDERWIJS",
        "SOORT ONDERWIJS",
        "ONDERWIJSSOORT",
        "ONDERWIJSTYPE",
        "SOORT VESTIGING",
    ),
    Field.DENOMINATION: ("DENOMINATIE VESTIGING", "DENOMINATIE"),
    Field.BOARD: ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG", "BEVOEGD GEZAG CODE", "BESTUURSNUMMER"),
    Field.BOARD_NAME: ("BEVOEGD GEZAG NAAM", "NAAM BEVOEGD GEZAG", "BESTUURSNAAM"),
    Field.DISTANCE: ("AFSTAND", "GEMIDDELDE AFSTAND"),
    Field.PUPILS: (
        "LEERLINGEN",
        "AANTAL LEERLINGEN",
        "TOTAAL LEERLINGEN",
        "TOTAAL AANTAL LEERLINGEN",
        "AANTAL LEERLINGEN TOTAAL",
        "LEERLINGEN TOTAAL",
        "TOTAAL",
    ),
    Field.RMC: ("RMC REGIO CODE", "RMC REGIO", "RMC CODE", "RMC GEBIED CODE"),
    Field.RMC_NAME: ("RMC REGIO NAAM", "RMC NAAM", "RMC GEBIED NAAM"),
    Field.COROP: ("COROPGEBIED CODE", "COROP CODE"),
    Field.COROP_NAME: ("COROPGEBIED NAAM", "COROP NAAM"),
    Field.YEAR: ("JAAR", "PEILJAAR"),
}
"""Per field the names it goes by, the surest first: a file with LEERLINGEN and TOTAAL is read by LEERLINGEN.
Where both count pupils, they must count the same (see `kinds`)."""

BREAKDOWNS: Final = (
    "CLUSTER",
    "LEEFTIJD",
    "GEBOORTEJAAR",
    "GESLACHT",
    "LEERJAAR",
    "GROEP",
    "GEWICHT",
    "HANDICAP",
    "BEPERKING",
    "NATIONALITEIT",
    "HERKOMST",
    "WOONGEMEENTE",
    "AANDUIDING WET",
    "BEKOSTIGINGSCATEGORIE",
)
"""Columns that divide the pupils of one site over several rows, which then add up. So does any column about pupils'
homes, whose name ends in LEERLING, and the denomination."""

_AGE: Final = re.compile(
    r"(AANTAL|LEEFTIJD|L)?\d{1,2}(JAAR|JR)?(MIN|PLUS|(EN|OF)?(JONGER|OUDER))?"
    r"|(LEEFTIJD|L)?(JONGER|OUDER)(DAN\d{1,2}(JAAR|JR)?)?"
)


def plain(name: str) -> str:
    """The name of a column without what differs between years: `Brin_nummer ` and `BRIN NUMMER` are BRINNUMMER."""
    return re.sub(r"[\W_]+", "", name).upper()


_FIELD_OF: Final = {plain(name): field for field, names in SYNONYMS.items() for name in names}
_RANK_OF: Final = {plain(name): rank for names in SYNONYMS.values() for rank, name in enumerate(names)}
_BREAKDOWNS: Final = frozenset(map(plain, BREAKDOWNS))


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file: `names` as published, and where which field stands (positions from 0)."""

    names: tuple[str, ...]
    places: Mapping[Field, int]
    ages: tuple[int, ...]  # pupils by age, in columns
    breakdowns: tuple[int, ...]  # columns that divide a site's pupils over rows
    unknown: tuple[int, ...]
    doubles: tuple[str, ...]  # names of known columns that stand twice
    totals: tuple[int, ...]  # columns that count pupils beside the one that is used

    def has(self, *fields: Field) -> bool:
        return all(field in self.places for field in fields)

    def name(self, field: Field) -> str:
        """The column's name in this file, for findings."""
        return self.names[self.places[field]] if field in self.places else str(field)

    @property
    def counts_pupils(self) -> bool:
        return Field.PUPILS in self.places or bool(self.ages)


def field_of(name: str) -> Field | None:
    return _FIELD_OF.get(plain(name))


def header(names: Sequence[str]) -> Header:
    """Find the fields among the names of the columns, in whatever order they stand."""
    names = tuple(" ".join(name.split()) for name in names)
    places: dict[Field, int] = {}
    for position, rank, field in _candidates(names):
        if field not in places or rank < _RANK_OF[plain(names[places[field]])]:
            places[field] = position
    rest = [n for n, name in enumerate(names) if plain(name) and field_of(name) is None]
    ages = tuple(n for n in rest if _AGE.fullmatch(plain(names[n])))
    breakdowns = tuple(n for n in rest if n not in ages and _divides(names[n]))
    return Header(
        names=names,
        places=places,
        ages=ages if len(ages) > 2 else (),
        breakdowns=breakdowns + ((places[Field.DENOMINATION],) if Field.DENOMINATION in places else ()),
        unknown=tuple(n for n in rest if n not in ages and n not in breakdowns),
        doubles=tuple(sorted({name for name in names if field_of(name) and names.count(name) > 1})),
        totals=tuple(
            n for n, _, field in _candidates(names) if field is Field.PUPILS and names[n] != names[places[field]]
        ),
    )


def recognised(names: Sequence[str]) -> int:
    """How many different fields a line of names holds: by this the header is found, and the separator."""
    return len({field_of(name) for name in names} - {None})


def _candidates(names: Sequence[str]) -> Iterator[tuple[int, int, Field]]:
    for position, name in enumerate(names):
        field = field_of(name)
        if field is not None:
            yield position, _RANK_OF[plain(name)], field


def _divides(name: str) -> bool:
    return plain(name) in _BREAKDOWNS or plain(name).endswith("LEERLING")
