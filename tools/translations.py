"""The texts of the site and their Dutch.

    compile   django.po -> django.mo, for every room, where the .po is newer
    check     prints what is missing, wrong or left over; exit status 1 when there is anything
    update    adds the texts that are missing to the catalogue of the room that uses them

A text is English in the code and Dutch in `src/peilstok/<room>/locale/nl/LC_MESSAGES/django.po`, of the room that
uses it. In templates every word stands in {% translate %} or {% blocktranslate %}; a text that belongs to one
language or to none (a name) says so with the HTML attribute `lang="..."` or `translate="no"` on its element.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.template.base import Lexer, Token, TokenType

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "peilstok"
CATALOGUE = Path("locale/nl/LC_MESSAGES/django.po")

HEADER = """\
# The Dutch texts of this room.
msgid ""
msgstr ""
"Language: nl\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

PLAIN = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "_": 1}
PLURAL = {"ngettext": 2, "ngettext_lazy": 2}
WITH_CONTEXT = {"pgettext": 2, "pgettext_lazy": 2}
READ_BY_PEOPLE = {".html", ".svg", ".txt", ".xml"}
READ_ALOUD = {"alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sd]|\{(\w*)(?:[:!][^{}]*)?\}")
INSIDE_TAG = re.compile(r"""\b_\((?P<text>"[^"]*"|'[^']*')\)""")
QUOTED = re.compile(r"""^(?:translate|trans)\s+(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?P<rest>.*)$""", re.DOTALL)
CONTEXT = re.compile(r"""\bcontext\s+(?P<text>"[^"]*"|'[^']*')""")
LETTER = re.compile(r"[^\W\d_]")


class Message(NamedTuple):
    """What a catalogue is asked for."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A message, or a fault, at a place in the code."""

    file: str
    line: int
    message: Message | None = None
    fault: str = ""


# --- what the code uses


def uses_of_python(source: str, *, file: str) -> Iterator[Use]:
    """Every call of a gettext function; one whose text is no literal is a fault: nobody could translate it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (name := _called(node)) in {**PLAIN, **PLURAL, **WITH_CONTEXT}:
            needed = (PLAIN | PLURAL | WITH_CONTEXT)[name]
            texts = [arg.value for arg in node.args[:needed] if isinstance(arg, ast.Constant)]
            if len(texts) < needed or not all(isinstance(text, str) for text in texts):
                yield Use(file, node.lineno, fault=f"{name}() needs its text as a literal")
            else:
                yield Use(file, node.lineno, _message(name, [str(text) for text in texts]))


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _message(name: str, texts: list[str]) -> Message:
    if name in PLURAL:
        return Message(texts[0], plural=texts[1])
    return Message(texts[1], context=texts[0]) if name in WITH_CONTEXT else Message(texts[0])


def uses_of_template(source: str, *, file: str) -> Iterator[Use]:
    """Every translated text of a template, and every word in it that stands outside of one."""
    tokens = Lexer(source).tokenize()
    bare: list[str] = []
    while tokens:
        token = tokens.pop(0)
        words = token.contents.split()
        name = words[0] if words and token.token_type is TokenType.BLOCK else ""
        if name in {"comment", "verbatim"}:
            bare.append(_blank(_until(tokens, f"end{name}")))
        elif name in {"blocktranslate", "blocktrans"}:
            inside = _until(tokens, f"end{name}")
            yield Use(file, token.lineno, _block_message(token, inside))
            bare.append(_blank(inside))
        elif token.token_type is TokenType.TEXT:
            bare.append(token.contents)
        else:
            yield from _uses_in_tag(token, file)
            bare.append(_blank([token]))
    yield from _bare_words("".join(bare), file)


def _until(tokens: list[Token], end: str) -> list[Token]:
    inside: list[Token] = []
    while tokens and not (tokens[0].token_type is TokenType.BLOCK and tokens[0].contents.split()[:1] == [end]):
        inside.append(tokens.pop(0))
    if tokens:
        tokens.pop(0)
    return inside


def _blank(tokens: list[Token]) -> str:
    """Nothing to read, on as many lines. A digit, so that an attribute does not become empty."""
    return "0" + "\n" * sum(token.contents.count("\n") for token in tokens if token.token_type is TokenType.TEXT)


def _block_message(opening: Token, inside: list[Token]) -> Message:
    parts = [""]
    for token in inside:
        if token.token_type is TokenType.VAR:
            parts[-1] += f"%({token.contents.split('|')[0].strip()})s"
        elif token.token_type is TokenType.TEXT:
            parts[-1] += token.contents.replace("%", "%%")
        elif token.contents.strip() == "plural":
            parts.append("")
    if "trimmed" in opening.contents.split():
        parts = [" ".join(line.strip() for line in part.strip().splitlines()) for part in parts]
    return Message(parts[0], plural=parts[1] if len(parts) > 1 else "", context=_context(opening.contents))


def _context(contents: str) -> str:
    found = CONTEXT.search(contents)
    return found["text"][1:-1] if found else ""


def _uses_in_tag(token: Token, file: str) -> Iterator[Use]:
    if token.token_type is TokenType.COMMENT:
        return
    tag = QUOTED.match(token.contents.strip())
    if tag and token.token_type is TokenType.BLOCK:
        text = str(ast.literal_eval(tag["text"])).replace("%", "%%")
        yield Use(file, token.lineno, Message(text, context=_context(tag["rest"])))
    elif token.token_type is TokenType.BLOCK and token.contents.split()[:1] in (["translate"], ["trans"]):
        yield Use(file, token.lineno, fault="{% translate %} needs its text as a literal")
    for found in INSIDE_TAG.finditer(token.contents):
        yield Use(file, token.lineno, Message(found["text"][1:-1].replace("%", "%%")))


def _bare_words(source: str, file: str) -> Iterator[Use]:
    if not file.endswith((".html", ".svg", ".xml")):
        for number, line in enumerate(source.splitlines(), start=1):
            if LETTER.search(line):
                yield Use(file, number, fault=f"text outside of a translation: {line.strip()[:60]!r}")
        return
    reader = _Reader(file)
    reader.feed(source)
    reader.close()
    yield from reader.found


class _Reader(HTMLParser):
    """Finds words that a reader would see or hear and that no element declares to be of one language or of none."""

    SILENT = frozenset({"script", "style", "code", "kbd", "samp"})
    VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self._file = file
        self._open: list[tuple[str, bool]] = []
        self.found: list[Use] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        declared = given.get("translate") == "no" or (bool(LETTER.search(given.get("lang") or "")) and tag != "html")
        silent = declared or tag in self.SILENT or (bool(self._open) and self._open[-1][1])
        for name in READ_ALOUD & given.keys():
            self._judge(given[name] or "", silent)
        if tag not in self.VOID:
            self._open.append((tag, silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self._open):  # elements that HTML lets one leave open close with it
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self._judge(data, bool(self._open) and self._open[-1][1])

    def _judge(self, text: str, silent: bool) -> None:
        if not silent and LETTER.search(text):
            fault = f"text outside of a translation: {' '.join(text.split())[:60]!r}"
            self.found.append(Use(self._file, self.getpos()[0], fault=fault))


# --- the catalogues


def rooms(package: Path) -> list[Path]:
    return sorted(path.parent for path in package.glob("*/__init__.py"))


def uses_of_room(room: Path) -> Iterator[Use]:
    for path in sorted(room.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from uses_of_python(path.read_text("utf-8"), file=_shown(path))
    for path in sorted(room.glob("templates/**/*")):
        if path.suffix in READ_BY_PEOPLE:
            yield from uses_of_template(path.read_text("utf-8"), file=_shown(path))


def _shown(path: Path) -> str:
    root = PACKAGE.parent.parent
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def catalogue(room: Path) -> Catalog:
    path = room / CATALOGUE
    return read_po(io.BytesIO(path.read_bytes()), locale="nl") if path.exists() else Catalog(locale="nl")


def check(package: Path = PACKAGE) -> list[str]:
    """Every fault in every room, one line each: `CODE error file:line found | expected`."""
    faults: list[str] = []
    everywhere: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for room in rooms(package):
        uses, entries = list(uses_of_room(room)), catalogue(room)
        faults += _faults_of_uses(uses, entries)
        faults += _faults_of_entries(room, {use.message for use in uses if use.message}, entries)
        for entry in entries:
            if entry.id and entry.string and isinstance(entry.string, str):
                everywhere[str(entry.id), entry.context or ""][entry.string] = room.name
    return [*faults, *_faults_between(everywhere)]


def _faults_of_uses(uses: list[Use], entries: Catalog) -> Iterator[str]:
    for use in uses:
        place = f"{use.file}:{use.line}"
        if use.fault:
            yield f'T001 error {place} {use.fault} | a text in a translation, or lang=/translate="no" on its element'
        elif use.message and entries.get(use.message.text, use.message.context or None) is None:
            yield f"T002 error {place} {use.message.text!r} has no Dutch | an entry in the room's django.po"


def _faults_of_entries(room: Path, used: set[Message], entries: Catalog) -> Iterator[str]:
    known = {(message.text, message.context): message.plural for message in used}
    for entry in entries:
        singular, plural = entry.id if isinstance(entry.id, tuple) else (entry.id, "")
        if not singular:
            continue
        place = f"{_shown(room / CATALOGUE)}:{entry.lineno or 0}"
        strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        if entry.fuzzy or not all(strings) or (plural and len(strings) < 2):
            yield f"T003 error {place} {singular!r} is fuzzy or empty | a finished translation"
        if (singular, entry.context or "") not in known:
            yield f"T004 error {place} {singular!r} is used nowhere in this room | no such entry"
        elif known[singular, entry.context or ""] != plural:
            yield f"T005 error {place} {singular!r} has another plural than the code | msgid_plural as in the code"
        wanted = _placeholders(singular) | _placeholders(plural)
        got = [_placeholders(text) for text in strings]
        if all(strings) and (any(each - wanted for each in got) or wanted - got[-1]):  # "one board" needs no number
            yield f"T006 error {place} {singular!r}: placeholders differ | {', '.join(sorted(wanted)) or 'none'}"


def _placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text.replace("%%", ""))}


def _faults_between(everywhere: dict[tuple[str, str], dict[str, str]]) -> Iterator[str]:
    """Django keeps one catalogue for the whole site: one English text has one Dutch one, or a context."""
    for (text, _), translations in everywhere.items():
        if len(translations) > 1:
            said = "; ".join(f"{room}: {dutch!r}" for dutch, room in translations.items())
            yield f"T007 error {text!r} is translated in more than one way ({said}) | one way, or a context"


def compile_all(package: Path = PACKAGE) -> int:
    """Write each .mo that is older than its .po; gives how many."""
    written = 0
    for room in rooms(package):
        source = room / CATALOGUE
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            content = io.BytesIO()
            write_mo(content, catalogue(room))
            fresh = target.with_suffix(".mo.new")
            fresh.write_bytes(content.getvalue())
            fresh.replace(target)  # whole or not at all: a server may be reading it
            written += 1
    return written


def update(package: Path = PACKAGE) -> int:
    """Add an empty entry for each text without one; gives how many. `check` fails until they are filled in."""
    added = 0
    for room in rooms(package):
        entries, new = catalogue(room), dict[Message, Use]()
        for use in uses_of_room(room):
            if use.message and entries.get(use.message.text, use.message.context or None) is None:
                new.setdefault(use.message, use)
        if new:
            path = room / CATALOGUE
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text("utf-8") if path.exists() else HEADER
            path.write_text(before + "".join(map(_entry, new)), "utf-8")
        added += len(new)
    return added


def _entry(message: Message) -> str:
    lines = [f"msgctxt {_quoted(message.context)}"] if message.context else []
    lines.append(f"msgid {_quoted(message.text)}")
    if message.plural:
        lines += [f"msgid_plural {_quoted(message.plural)}", 'msgstr[0] ""', 'msgstr[1] ""']
    else:
        lines.append('msgstr ""')
    return "\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main(arguments: list[str]) -> int:
    match arguments:
        case ["compile"]:
            compile_all()
            return 0
        case ["update"]:
            print(f"{update()} texts added; fill in their Dutch", file=sys.stderr)
            return 0
        case ["check"]:
            faults = check()
            print("\n".join(faults) if faults else "translations: complete")
            return 1 if faults else 0
        case _:
            print("usage: translations.py compile|check|update", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
