"""The report of nonresponse as a text that an officer reads, in Dutch or English, and as JSON for a program.

    as_text(report, "nl", title="wave-3")       who answered, the R-indicator, a table for each figure
    as_json(report)                             the same in full digits, both languages beside each other

Not decided here: which figures the reader may see (`collect.nonresponse` leaves others out).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from peilstok.estimate.nonresponse import Coverage, Report
from peilstok.estimate.representativity import Partial, Representativity
from peilstok.estimate.sensitivity import Sensitivity, written
from peilstok.estimate.sensitivity import as_text as table_as_text
from peilstok.terms import Language, Words

_WORDS: Final[Mapping[str, Words]] = {
    "who": Words(nl="Wie antwoordde", en="Who answered"),
    "all": Words(nl="alle besturen", en="all boards"),
    "boards": Words(nl="besturen", en="boards"),
    "answered": Words(nl="antwoordden", en="answered"),
    "percent": Words(nl="procent", en="percent"),
    "of_pupils": Words(nl="van leerlingen", en="of pupils"),
    "like": Words(nl="Lijken zij op alle besturen?", en="Are they like all boards?"),
    "parts": Words(nl="waarin zij verschillen", en="in what they differ"),
    "alone": Words(nl="alleen", en="alone"),
    "beside": Words(nl="naast de rest", en="beside the rest"),
    "figures": Words(
        nl="Elk cijfer onder de ene aanname na de andere", en="Each figure under one assumption after another"
    ),
    "without": Words(nl="Zonder tabel", en="Without a table"),
}
_LABELS: Final[Mapping[str, Words]] = {
    "yes": Words(nl="ja", en="yes"),
    "no": Words(nl="nee", en="no"),
    "one": Words(nl="één", en="one"),
    "several": Words(nl="meer dan één", en="several"),
    "elsewhere": Words(nl="elders", en="elsewhere"),
}
_FAR: Final = 50.0
"""Points: where more are needed a share is so rare, or so common, that nobody wonders about a majority."""
_REASONS: Final[Mapping[str, str]] = {
    r"(it is )?counted at the boards that answered.*": "geteld bij de besturen die antwoordden",
    r"its denominator is larger than the pupils of a board.*": (
        "de noemer is groter dan het aantal leerlingen van een bestuur: hoe groot hij kan zijn, is niet bekend"
    ),
    r"such an amount has no largest value": "zo'n bedrag of aantal heeft geen grootste waarde",
    r"fewer than two boards answered it": "minder dan twee besturen beantwoordden het",
    r"no answer is known.*": "geen antwoord is bekend: elke waarde is mogelijk",
    r"the denominator of those that answered is zero.*": "de noemer van wie antwoordde is nul",
    r"a part is larger than its whole": "een deel is groter dan het geheel",
    r"the margins contradict each other.*": "de randtotalen spreken elkaar tegen",
    r"(?P<name>.+): nobody of (?P<label>.+) answered": "{name}: niemand van {label} antwoordde",
    r"the regression of who answered did not settle.*": (
        "de kans om te antwoorden is niet te schatten: van een klasse antwoordden alle besturen of geen"
    ),
    r"chances to answer need a frame.*": "er zijn te weinig besturen",
}
"""Reasons are written where they arise, in English; what matches the expression is said so in Dutch."""


def as_text(report: Report, language: Language, *, title: str) -> str:
    """The whole report; a figure has its table, and what would have to be so for it to be no majority, or one."""
    parts = [
        title,
        _coverage(report, language),
        _likeness(report, language),
        f"{_WORDS['figures'][language]}\n",
        *(_figure(each, language) for each in report.figures),
    ]
    left_out = {name: _reason(why, report, language) for name, why in report.left_out.items()}
    left_out |= {name: why[language] for name, why in report.withheld.items()}
    if left_out:
        parts.append("\n".join([_WORDS["without"][language], *(f"  {name}: {why}" for name, why in left_out.items())]))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _coverage(report: Report, language: Language) -> str:
    heads = ("who", "boards", "answered", "percent", "of_pupils")
    lines: list[tuple[str, ...]] = [tuple(_WORDS[each][language] for each in heads)]
    for name, classes in report.coverage.items():
        if name:
            lines.append((_named(name, report, language), "", "", "", ""))
        lines += [_covered(each, language, of_all=not name) for each in classes]
    return _columns(lines)


def _covered(each: Coverage, language: Language, *, of_all: bool) -> tuple[str, ...]:
    label = _WORDS["all"][language] if of_all else f"  {_label(each.label, language)}"
    parts = (written(part, language) for part in (each.of_units, each.of_pupils))
    return (label, f"{each.units}", f"{each.answered}", *parts)


def _likeness(report: Report, language: Language) -> str:
    head = _WORDS["like"][language]
    if report.representativity is None:
        why = _reason(report.no_indicator or "", report, language)
        return f"{head}\n" + Words(nl=f"Geen R-indicator: {why}", en=f"No R-indicator: {why}")[language]
    lines = [tuple(_WORDS[each][language] for each in ("parts", "alone", "beside"))]
    lines += [_part(each, report, language) for each in report.partials]
    return "\n".join([head, _indicator(report.representativity, language), _columns(lines)])


def _indicator(found: Representativity, language: Language) -> str:
    value, low, high = (written(each, language, digits=2) for each in (found.indicator, found.low, found.high))
    return Words(
        nl=f"R-indicator {value} ({low} tot {high}); 1: alle besturen antwoordden even vaak, lager: ongelijk",
        en=f"R-indicator {value} ({low} to {high}); 1: all boards were as likely to answer, lower: unlike",
    )[language]


def _part(each: Partial, report: Report, language: Language) -> tuple[str, ...]:
    numbers = (written(value, language, digits=3) for value in (each.unconditional, each.conditional))
    return (_named(each.variable, report, language), *numbers)


def _figure(table: Sensitivity, language: Language) -> str:
    reasons = [row.why_not and _dutch(row.why_not, language) for row in table.rows]
    rows = tuple(replace(row, why_not=why) for row, why in zip(table.rows, reasons, strict=True))
    text = table_as_text(replace(table, rows=rows), language)
    if table.turning_point is None or table.turning_point > _FAR:
        return text
    points = written(table.turning_point, language)
    turned = Words(
        nl=f"Aan de andere kant van 50 procent als zij {points} procentpunt verschillen van andere van hun grootte.",
        en=f"On the other side of 50 percent if they differ by {points} points from those of their size that did.",
    )
    return text + turned[language]


def _named(name: str, report: Report, language: Language) -> str:
    return report.names[name][language] if name in report.names else name


def _label(label: str, language: Language) -> str:
    if label in _LABELS:
        return _LABELS[label][language]
    return re.sub(r"(?<=\d),(?=\d{3})", ".", label) if language == "nl" else label


def _reason(why: str, report: Report, language: Language) -> str:
    said = _dutch(why, language)
    for name, words in report.names.items() if language == "nl" else ():
        said = said.replace(name, words.nl)
    return said


def _dutch(why: str, language: Language) -> str:
    """The reason in the language; what has no sentence in Dutch stays in English, which is better than none."""
    if language == "nl":
        for pattern, dutch in _REASONS.items():
            if found := re.fullmatch(pattern, why):
                return dutch.format(**{name: _label(each, language) for name, each in found.groupdict().items()})
    return why


def _columns(lines: Sequence[Sequence[str]]) -> str:
    """The first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def cells(line: Sequence[str]) -> Iterator[str]:
        yield line[0].ljust(widths[0])
        yield from (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))

    return "\n".join("  ".join(cells(line)).rstrip() for line in lines)


def as_json(report: Report) -> dict[str, object]:
    """Numbers in full, null for what is not defined; percentages of coverage are worked out."""
    return {
        "coverage": [
            {"variable": _both(report.names.get(name)), "classes": [_class(each) for each in classes]}
            for name, classes in report.coverage.items()
        ],
        "representativity": None if report.representativity is None else _plain(asdict(report.representativity)),
        "no_indicator": report.no_indicator,
        "partials": _plain([asdict(each) for each in report.partials]),
        "figures": _plain([asdict(each) for each in report.figures]),
        "left_out": dict(report.left_out),
        "withheld": _plain({name: asdict(why) for name, why in report.withheld.items()}),
    }


def _both(words: Words | None) -> dict[str, str] | None:
    return None if words is None else asdict(words)


def _class(each: Coverage) -> dict[str, object]:
    return {**asdict(each), "percent_of_units": each.of_units, "percent_of_pupils": each.of_pupils}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
