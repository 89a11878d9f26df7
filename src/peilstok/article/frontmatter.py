"""The front matter of an article: which wave it is about, its language, title and date.

    ---
    wave: wave-3
    lang: nl
    title: Het bereiken van kwetsbare kinderen
    date: 2020-04-06
    ---

Decides whether these four are there and can be used; whether the wave exists is decided against the figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import yaml

from peilstok.article.codes import finding
from peilstok.article.markdown import Spot
from peilstok.errors import Finding, Place
from peilstok.terms import LANGUAGES, Language, WaveId

ACCEPTED: Final = {
    "wave": "the name of a wave, such as wave-3",
    "lang": "nl or en",
    "title": "the title, on one line",
    "date": "a day, such as 2020-04-06",
}
_WAVE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_FENCE: Final = "---"
_WAVE_LINE: Final = re.compile(r"^wave\s{0,3}:\s{0,3}([A-Za-z0-9][A-Za-z0-9_-]{0,63})\s{0,3}$", re.MULTILINE)
_LANG_LINE: Final = re.compile(r"^lang\s{0,3}:\s{0,3}(nl|en)\s{0,3}$", re.MULTILINE)
_DUTCH: Final = re.compile(r"\b(?:de|het|een|van|en|bij|op|dat|voor)\b", re.IGNORECASE)
_ENGLISH: Final = re.compile(r"\b(?:the|an?|of|and|at|to|that|for)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    wave: WaveId
    lang: Language
    title: str
    date: date
    places: dict[str, Place]
    title_spots: tuple[Spot, ...]  # of each character of the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the lines say: `front` where it can be used, and beside it what can be made out even where it cannot.

    `wave` is "" where it is not known, `places` has the entries that were read.
    """

    front: FrontMatter | None
    wave: WaveId
    lang: Language
    title: str = ""
    title_spots: tuple[Spot, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    value: str
    place: Place
    spots: tuple[Spot, ...]


def split(lines: Sequence[str]) -> int:
    """How many lines the front matter takes, with its dashes; 0 where there is none."""
    if not lines or lines[0].removeprefix("\ufeff").rstrip() != _FENCE:
        return 0
    ends = (number for number, line in enumerate(lines[1:], start=2) if line.rstrip() in (_FENCE, "..."))
    return next(ends, 0)


def read(lines: Sequence[str], *, file: str) -> Read:
    """The front matter, and all that is wrong with it."""
    length = split(lines)
    if not length:
        expected = "three dashes on line 1, then wave, lang, title and date, then three dashes"
        return _made_out(lines, [finding("A001", Place(file, 1, 1), _shown(lines[0] if lines else ""), expected)])
    entries, findings = _entries("\n".join(["", *lines[1 : length - 1]]), file)
    if entries is None:
        return _made_out(lines, findings)
    wrong = {name: problem for name, entry in entries.items() if (problem := _problem(name, entry))}
    findings += [*_missing(entries, file), *wrong.values()]
    known = _made_out(lines, sorted(findings, key=lambda each: (each.place.line, str(each.place.column))))
    title = entries.get("title") if "title" not in wrong else None
    return replace(
        known,
        front=None if findings else _built(entries),
        title=title.value if title else "",
        title_spots=title.spots if title else (),
        places={name: entry.place for name, entry in entries.items()},
        wave=WaveId(entries["wave"].value) if "wave" in entries.keys() - wrong.keys() else known.wave,
        lang=_language(entries["lang"]) if "lang" in entries.keys() - wrong.keys() else known.lang,
    )


def _language(entry: _Entry) -> Language:
    return "en" if entry.value == "en" else "nl"


def _made_out(lines: Sequence[str], findings: Sequence[Finding]) -> Read:
    """Wave and language from the first lines that look like theirs; the language also from the words of the text."""
    head = "\n".join(lines[:20])
    wave, lang = _WAVE_LINE.search(head), _LANG_LINE.search(head)
    language: Language = "en" if (lang.group(1) == "en" if lang else _reads_english(lines)) else "nl"
    return Read(front=None, wave=WaveId(wave.group(1) if wave else ""), lang=language, findings=tuple(findings))


def _reads_english(lines: Sequence[str]) -> bool:
    text = "\n".join(lines)[:20_000]
    return len(_ENGLISH.findall(text)) > len(_DUTCH.findall(text))


def _built(entries: dict[str, _Entry]) -> FrontMatter:
    return FrontMatter(
        wave=WaveId(entries["wave"].value),
        lang=_language(entries["lang"]),
        title=entries["title"].value,
        date=date.fromisoformat(entries["date"].value),
        places={name: entry.place for name, entry in entries.items()},
        title_spots=entries["title"].spots,
    )


def _missing(entries: dict[str, _Entry], file: str) -> list[Finding]:
    return [
        finding("A003", Place(file, 1, 1), f"no {name}", f"{name}: {accepted}")
        for name, accepted in ACCEPTED.items()
        if name not in entries
    ]


def _problem(name: str, entry: _Entry) -> Finding | None:
    value = entry.value
    if name == "wave":
        right = bool(_WAVE.fullmatch(value))
    elif name == "lang":
        right = value in LANGUAGES
    elif name == "title":
        right = bool(value.strip()) and "\n" not in value
    else:
        right = _is_day(value)
    return None if right else finding("A005", entry.place, f"{name}: {_shown(value)}", ACCEPTED[name])


def _is_day(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _entries(text: str, file: str) -> tuple[dict[str, _Entry] | None, list[Finding]]:
    """The names and values, unjudged. `text` begins with an empty line, so that its lines are those of the file."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        return None, [finding("A002", Place(file, 1, 1), "lists within lists without end", "a name and a value a line")]
    except yaml.YAMLError as error:
        return None, [_not_yaml(error, file)]
    if not isinstance(root, yaml.MappingNode):
        return None, [finding("A002", Place(file, 1, 1), "no names with values", "lines such as wave: wave-3")]
    entries: dict[str, _Entry] = {}
    findings: list[Finding] = []
    for key, node in root.value:
        place = Place(file, key.start_mark.line + 1, key.start_mark.column + 1)
        name = key.value if isinstance(key, yaml.ScalarNode) else "a list"
        if name not in ACCEPTED or name in entries:
            twice = "once only" if name in entries else "only " + ", ".join(ACCEPTED)
            findings.append(finding("A004", place, _shown(name), twice))
        else:
            entries[name] = _entry(node, text, file)
    return entries, findings


def _entry(node: yaml.Node, text: str, file: str) -> _Entry:
    mark = node.start_mark
    place = Place(file, mark.line + 1, mark.column + 1)
    if not isinstance(node, yaml.ScalarNode):
        return _Entry(value="", place=place, spots=())
    raw = text[mark.index : node.end_mark.index]
    at = raw.find(node.value)
    if at < 0 or "\n" in raw[: at + len(node.value)]:  # folded or escaped: the place of its beginning must do
        spots = tuple(Spot(mark.line + 1, mark.column + 1) for _ in node.value)
    else:
        spots = tuple(Spot(mark.line + 1, mark.column + 1 + at + index) for index in range(len(node.value)))
    return _Entry(value=node.value, place=place, spots=spots)


def _not_yaml(error: yaml.YAMLError, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    problem = getattr(error, "problem", None) or "cannot be read"
    return finding("A002", place, str(problem), 'a name, a colon and a value a line; a value with ": " in quotes')


def _shown(value: str) -> str:
    short = value if len(value) <= 60 else value[:57] + "..."
    return f'"{short}"'
