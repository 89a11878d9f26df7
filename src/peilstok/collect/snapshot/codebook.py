"""What every column of a snapshot means, in both languages: as two tables (columns, values) and to read (Markdown)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from peilstok.collect.snapshot.tables import Column, Table, csv_of
from peilstok.questionnaire import MISSING, Item, Page, Questionnaire
from peilstok.terms import ItemName, Language, Missing, Words

_FRAME: Final = {
    "BOARD": Words(nl="nummer van het bestuur in het register", en="number of the board in the register"),
    "OUTCOME": Words(nl="hoe het voor het bestuur eindigde", en="how it ended for the board"),
    "DISPOSITION": Words(
        nl="code van de uitkomst volgens de Standard Definitions van AAPOR (docs/methods/dispositions.md)",
        en="outcome code by the Standard Definitions of AAPOR (docs/methods/dispositions.md)",
    ),
    "CHANNEL": Words(nl="langs welke weg het antwoord kwam", en="by which way the answer came"),
    "REVISION": Words(nl="de hoeveelste versie van het bestuur dit is", en="which version of the board this is"),
    "CONFIRMED_AT": Words(nl="wanneer het bestuur dit verstuurde (UTC)", en="when the board sent this (UTC)"),
    "PUPILS": Words(nl="leerlingen in het register", en="pupils in the register"),
    "PUPILS_BO": Words(nl="leerlingen in het basisonderwijs", en="pupils in regular primary education"),
    "PUPILS_SBO": Words(nl="leerlingen in het speciaal basisonderwijs", en="pupils in special primary education"),
    "PUPILS_SO": Words(nl="leerlingen in het speciaal onderwijs", en="pupils in special education"),
    "PUPILS_VSO": Words(nl="leerlingen in het vso", en="pupils in secondary special education"),
    "SCHOOLS": Words(nl="scholen (BRIN-nummers)", en="schools (BRIN numbers)"),
    "SITES": Words(nl="vestigingen", en="sites"),
    "REGION": Words(nl="RMC-regio met de meeste leerlingen", en="RMC region with most of its pupils"),
    "HAS_SPECIAL_SCHOOL": Words(nl="1: heeft een school voor (v)so", en="1: has an so or vso school"),
    "BOARDS": Words(nl="besturen waarover de cijfers gaan", en="boards that the figures are about"),
    "WEIGHT": Words(nl="gewicht als geantwoord: besturen / antwoorden", en="weight as answered: boards / answers"),
    "CELL": Words(nl="cel van de weging (leerlingen)", en="cell of weighting (pupils)"),
    "CELL_BOARDS": Words(nl="besturen in die cel die meetellen", en="boards in scope in that cell"),
    "CELL_WEIGHT": Words(nl="gewicht in de cel: besturen / antwoorden", en="weight in the cell: boards / answers"),
    "ENTRY": Words(nl="de school of vestiging in een blok", en="the school or site in a block"),
    "ITEM": Words(nl="de vraag", en="the question"),
    "VALUE": Words(nl="wat werd geantwoord", en="what was answered"),
    "MISSING": Words(nl="waarom er geen antwoord is", en="why there is no answer"),
}
_WHY: Final = Words(nl="waarom er geen antwoord is", en="why there is no answer")

HEAD: Final = ("file", "column", "type", "item", "option", "item_type", "unit_nl", "unit_en", "block", "asked_when",
               "text_nl", "text_en")  # fmt: skip
VALUES: Final = ("item", "value", "missing", "label_nl", "label_en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One column of one file. `asked_when`: the condition of its question, empty where everybody was asked."""

    file: str
    column: str
    kind: str
    words: Words
    item: Item | None = None
    option: str = ""
    block: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        item, unit = self.item, self.item.unit if self.item else None
        return (
            self.file,
            self.column,
            self.kind,
            item.name if item else "",
            self.option,
            str(item.type) if item else "",
            unit.nl if unit else "",
            unit.en if unit else "",
            self.block,
            item.when.source if item and item.when else "",
            self.words.nl,
            self.words.en,
        )


def entries(tables: Iterable[Table], questionnaire: Questionnaire) -> tuple[Entry, ...]:
    """In the order of the files and their columns."""
    pages = {item.name: page for page in questionnaire.pages for item in page.items}
    return tuple(_entry(table, column, questionnaire, pages) for table in tables for column in table.columns)


def _entry(table: Table, column: Column, questionnaire: Questionnaire, pages: Mapping[ItemName, Page]) -> Entry:
    written, _, tail = column.name.partition(".")
    item = next((each for name, each in questionnaire.items.items() if name == written), None)
    if item is None or table.name != "answers":
        return Entry(file=table.name, column=column.name, kind=column.kind, words=_FRAME[column.name])
    option = next((each for each in item.options if each.name == tail), None)
    return Entry(
        file=table.name,
        column=column.name,
        kind=column.kind,
        words=option.text if option else _WHY if tail == "NA" else item.text,
        item=item,
        option=tail if option else "",
        block=pages[item.name].block or "",
    )


def columns_csv(found: Sequence[Entry]) -> bytes:
    return csv_of(HEAD, [each.cells for each in found])


def values_csv(questionnaire: Questionnaire) -> bytes:
    """The options of every question, and the codes for why there is no answer that it can have."""
    return csv_of(VALUES, [row for item in questionnaire.items.values() for row in _values(item)])


def _values(item: Item) -> Iterator[tuple[str, str, str, str, str]]:
    for option in item.options:
        yield (item.name, option.name, "", option.text.nl, option.text.en)
    if not item.type.asks:
        return
    for code, words in MISSING.items():
        if (item.dont_know or code is not Missing.DONT_KNOW) and (
            item.not_applicable or code is not Missing.NOT_APPLICABLE
        ):
            yield (item.name, str(code), "1", words.nl, words.en)


def markdown(found: Sequence[Entry], questionnaire: Questionnaire) -> bytes:
    """To read: each file with its columns, each question with its options."""
    lines = [f"# {questionnaire.title.nl} / {questionnaire.title.en}", ""]
    lines += [
        "An empty cell is no value; why, the column `.NA` beside it says. Columns in capitals are no questions.",
        "",
    ]
    for file in dict.fromkeys(each.file for each in found):
        lines += [f"## {file}", "", "| column | type | Nederlands | English |", "|---|---|---|---|"]
        lines += [
            f"| `{each.column}` | {each.kind} | {_said(each, 'nl')} | {_said(each, 'en')} |"
            for each in found
            if each.file == file
        ]
        lines.append("")
    lines += ["## Values", "", "| item | value | Nederlands | English |", "|---|---|---|---|"]
    rows = [row for item in questionnaire.items.values() for row in _values(item)]
    lines += [f"| `{item}` | `{value}` | {_cell(nl)} | {_cell(en)} |" for item, value, _, nl, en in rows]
    return ("\n".join(lines) + "\n").encode()


def _said(entry: Entry, language: Language) -> str:
    unit = entry.item.unit if entry.item and entry.column == entry.item.name else None
    when = entry.item.when if entry.item and entry.column == entry.item.name else None
    more = [*([unit[language]] if unit else []), *([f"`{when.source}`"] if when else [])]
    return _cell(entry.words[language]) + (f" ({'; '.join(more)})" if more else "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
