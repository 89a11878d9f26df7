"""Open data of an edition: all figures as CSV, and a metadata file that says what the columns are (CSVW, W3C 2015).

One row for each figure and way of weighting: `answered` (as answered), `weighted` (to all boards in the register),
`pupils` (share of the pupils at those boards) and `pupils_weighted` (both). Numbers have a decimal point and at most
four decimals; rows stand in the order of the plan; lines end in a line feed. A figure that was held back is a row
without values, with the reason. The format is described in docs/formats/open-data.md.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from peilstok.disclose import Figure, Measured, Withheld
from peilstok.publish.edition import SYNTHETIC, Edition
from peilstok.publish.explanations import FRAME_SOURCE, LICENCE_URL, citation
from peilstok.publish.numbers import rounded
from peilstok.terms import ALL, LANGUAGES, Words

CSV_NAME: Final = "figures.csv"
METADATA_NAME: Final = "figures.csv-metadata.json"  # where a CSVW reader looks for it
DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its titles, its CSVW datatype, and whether every row has a value."""

    name: str
    title: Words
    datatype: str | Mapping[str, str] = "string"
    required: bool = False


COLUMNS: Final[tuple[Column, ...]] = (
    Column("wave", Words(nl="meting", en="wave"), required=True),
    Column("wave_date", Words(nl="datum van de meting", en="date of the wave"), {"base": "date"}, required=True),
    Column("edition", Words(nl="editie", en="edition"), "integer", required=True),
    Column("released", Words(nl="datum van publicatie", en="date of publication"), {"base": "date"}, required=True),
    Column("status", Words(nl="status", en="status"), {"base": "string", "format": "provisional|final"}, required=True),
    Column(
        "answers",
        Words(nl="herkomst van de antwoorden", en="origin of the answers"),
        {"base": "string", "format": "real|synthetic"},
        required=True,
    ),
    Column("figure", Words(nl="cijfer", en="figure"), required=True),
    Column("estimand", Words(nl="te schatten grootheid", en="estimand")),
    Column("domain", Words(nl="deelgroep", en="domain")),
    Column("group", Words(nl="groep", en="group")),
    Column("label_nl", Words(nl="omschrijving", en="label in Dutch"), required=True),
    Column("label_en", Words(nl="omschrijving in het Engels", en="label in English"), required=True),
    Column("kind", Words(nl="soort", en="kind")),
    Column("unit", Words(nl="eenheid", en="unit")),
    Column(
        "weighting",
        Words(nl="weging", en="weighting"),
        {"base": "string", "format": "answered|weighted|pupils|pupils_weighted"},
        required=True,
    ),
    Column("value", Words(nl="waarde", en="value"), "decimal"),
    Column("se", Words(nl="standaardfout", en="standard error"), "decimal"),
    Column("ci_low", Words(nl="95%-interval, ondergrens", en="95% interval, lower end"), "decimal"),
    Column("ci_high", Words(nl="95%-interval, bovengrens", en="95% interval, upper end"), "decimal"),
    Column("n", Words(nl="besturen waarop het rust", en="boards it rests on"), "integer"),
    Column("count", Words(nl="besturen met dit antwoord", en="boards with this answer"), "integer"),
    Column("pupils", Words(nl="leerlingen bij die besturen", en="pupils at those boards"), "integer"),
    Column("coverage", Words(nl="deel van alle leerlingen (%)", en="share of all pupils (%)"), "decimal"),
    Column("base", Words(nl="basis", en="base")),
    Column("population", Words(nl="populatie", en="population")),
    Column("method", Words(nl="methode", en="method")),
    Column("withheld", Words(nl="reden van niet vrijgeven", en="reason for withholding")),
)
PRIMARY_KEY: Final = ("wave", "edition", "figure", "weighting")


def table(edition: Edition) -> bytes:
    """The CSV of the figures of this edition's wave."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [column.name for column in COLUMNS], lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(_rows(edition))
    return out.getvalue().encode("utf-8")


def _rows(edition: Edition) -> Iterator[dict[str, str]]:
    shared = _of_edition(edition)
    for figure in edition.figures.figures.values():
        for weighting, measured in _ways(figure):
            yield {**shared, **_of_figure(figure), "weighting": weighting, **_of_measured(measured)}
    for held in edition.withheld:
        yield {**shared, **_of_withheld(held)}


def _ways(figure: Figure) -> Iterator[tuple[str, Measured]]:
    yield "answered", figure.measured
    if figure.weighted:
        yield "weighted", figure.weighted
    if figure.of_pupils:
        yield "pupils", figure.of_pupils
    if figure.of_pupils_weighted:
        yield "pupils_weighted", figure.of_pupils_weighted


def _of_edition(edition: Edition) -> dict[str, str]:
    return {
        "wave": edition.wave,
        "wave_date": edition.figures.date.isoformat(),
        "edition": str(edition.number),
        "released": edition.released_on.isoformat(),
        "status": "provisional" if edition.provisional else "final",
        "answers": "synthetic" if edition.synthetic else "real",
    }


def _of_figure(figure: Figure) -> dict[str, str]:
    label = figure.label or Words(nl=figure.name, en=figure.name)
    return {
        "figure": figure.name,
        "estimand": figure.estimand or figure.name,
        "domain": figure.domain,
        "group": figure.group or "",
        "label_nl": label.nl,
        "label_en": label.en,
        "kind": figure.kind,
        "unit": figure.unit,
        "n": _whole(figure.n),
        "count": _whole(figure.count),
        "pupils": _whole(figure.pupils),
        "coverage": _decimal(figure.coverage),
        "base": figure.base,
        "population": figure.population,
        "method": figure.method,
    }


def _of_measured(measured: Measured) -> dict[str, str]:
    return {
        "value": _decimal(measured.value),
        "se": _decimal(measured.se),
        "ci_low": _decimal(measured.ci_low),
        "ci_high": _decimal(measured.ci_high),
    }


def _of_withheld(held: Withheld) -> dict[str, str]:
    return {
        "figure": held.name,
        "domain": held.name.partition(".")[2] or ALL,
        "label_nl": held.label.nl,
        "label_en": held.label.en,
        "weighting": "answered",
        "withheld": held.reason.en,
    }


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _decimal(value: float | None) -> str:
    """`63.5`, `4.2143`, `0`: no exponent, no trailing zeros, no minus zero."""
    if value is None:
        return ""
    written = f"{rounded(value, DECIMALS):f}".rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written


def metadata(edition: Edition) -> bytes:
    """The CSVW description of the CSV, in JSON with sorted keys."""
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "url": CSV_NAME,
        "dc:title": _in_both(Words(nl=f"{edition.title.nl}: cijfers", en=f"{edition.title.en}: figures")),
        "dc:description": _in_both(_description(edition)),
        "dc:publisher": edition.council,
        "dc:issued": {"@value": edition.released_on.isoformat(), "@type": "xsd:date"},
        "dc:license": {"@id": LICENCE_URL},
        "dc:source": _in_both(FRAME_SOURCE),
        "dc:bibliographicCitation": [{"@value": citation(edition, each), "@language": each} for each in LANGUAGES],
        "dc:identifier": edition.fingerprint,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "lineTerminators": ["\n"], "header": True},
        "tableSchema": {
            "primaryKey": list(PRIMARY_KEY),
            "columns": [_column(column) for column in COLUMNS],
        },
    }
    return (json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def _description(edition: Edition) -> Words:
    what = Words(
        nl="Eén regel per cijfer en weging, met standaardfout, 95%-interval en basis.",
        en="One row for each figure and weighting, with standard error, 95% interval and base.",
    )
    if not edition.synthetic:
        return what
    return Words(nl=f"{SYNTHETIC.nl} {what.nl}", en=f"{SYNTHETIC.en} {what.en}")


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "titles": {"und": [column.name], "nl": [column.title.nl], "en": [column.title.en]},
        "datatype": column.datatype,
    }
    return {**described, "required": True} if column.required else {**described, "null": [""]}


def _in_both(words: Words) -> list[dict[str, str]]:
    return [{"@value": words[language], "@language": language} for language in LANGUAGES]
