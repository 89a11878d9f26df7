"""`peilstok questionnaire`: check, compare and preview questionnaires; XLSForm in and out. Needs no database."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from peilstok.cli import surroundings, xlsform
from peilstok.cli.findings import counted, leave_where_wrong
from peilstok.cli.formats import Format, Formatted, Language
from peilstok.cli.texts import text_of
from peilstok.errors import CannotRun, Finding, Severity

if TYPE_CHECKING:
    from peilstok.questionnaire import Difference, ItemComparison, Questionnaire
    from peilstok.questionnaire.rewording import Piece

app = typer.Typer(
    help="Questionnaires: check, compare, look at one, take one from an XLSForm. Needs no database.",
    no_args_is_help=True,
)

WIDTH: Final = 80
"""Columns of a terminal in which a comparison is to be read."""
AROUND: Final = 4
"""Words shown on either side of a change; of a longer text the rest is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A file as it was read; no questionnaire where something is wrong with it."""

    file: Path
    text: str
    questionnaire: Questionnaire | None
    findings: tuple[Finding, ...]


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="files of questionnaires")],
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="EARLIER", help="an earlier questionnaire, to find changes nobody declared"),
    ] = None,
    output: Formatted = Format.TEXT,
) -> None:
    """Check the files of questionnaires, and say of each sound one what it holds.

    All that is wrong in all files is reported, one line each: code, place, what was found | what was expected. With
    --since also every change that could break comparability with an earlier questionnaire and that the later one does
    not declare. What the codes mean: docs/formats/questionnaire.md.

    Exit status: 0 nothing is wrong (warnings may stand), 1 there are errors, 2 a file could not be read.

        peilstok questionnaire check wave-3/questionnaire.yaml --since wave-2/questionnaire.yaml
    """
    earlier = _read(since) if since else None
    found: list[_Read] = []
    unread: list[str] = []
    for file in files:
        try:
            found.append(_held(_read(file), earlier))
        except CannotRun as error:
            unread.append(str(error))
    _print_checked(found, earlier, output)
    if unread:
        raise CannotRun("\n".join(unread))
    _end([each for one in (*found, *([earlier] if earlier else [])) for each in one.findings])


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="the earlier questionnaire")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="the later one, which declares its changes")],
    output: Formatted = Format.TEXT,
) -> None:
    """Tell of each item of two questionnaires what changed, and whether the later one declares it.

    An item is the same one by its name. Of texts the changes are shown by word: [-what went-] {+what came+}. Changes of
    wording, options, answer, prefill, hard checks and population are to be declared in AFTER, as comparable or as a
    break, with the reason (docs/formats/questionnaire.md); after the items come the findings about those that are not.

    Exit status: 0 all is declared, 1 something is not or a file has errors, 2 a file could not be read.

        peilstok questionnaire compare wave-2/questionnaire.yaml wave-3/questionnaire.yaml
    """
    from peilstok import questionnaire as questionnaires

    earlier, later = _read(before), _read(after)
    if earlier.questionnaire is None or later.questionnaire is None:
        unsound = [each for each in (earlier, later) if each.questionnaire is None]
        findings = tuple(finding for each in unsound for finding in each.findings)
        _print_compared(earlier, later, (), findings, output)
    else:
        items = questionnaires.compare(earlier.questionnaire, later.questionnaire)
        findings = _since(earlier.questionnaire, later.questionnaire, later)
        _print_compared(earlier, later, items, findings, output)
    _end(findings)


@app.command()
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the file of a questionnaire")],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="OUT.html", help="where to put it; else beside the file")
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="the language in which it is shown")] = Language.NL,
) -> None:
    """Write a questionnaire as one HTML page to look at: every page as a board meets it, with conditions and checks.

    All questions are there, whatever their conditions, for an invented board. The page needs nothing beside it.

    Exit status: 0 it was written, 1 there are errors in the file, 2 a file could not be read or written.

        peilstok questionnaire preview wave-3/questionnaire.yaml
    """
    read = _read(file)
    for finding in read.findings:
        typer.echo(str(finding))
    if read.questionnaire is None:
        _end(read.findings)
        return
    surroundings.set_up_templates()
    from peilstok.collect import preview as previews

    place = output or file.with_suffix(".html")
    try:
        place.write_text(previews.page(read.questionnaire, language.value), "utf-8")
    except OSError as error:
        raise CannotRun(f"{place} cannot be written: {error.strerror}") from None
    typer.echo(str(place))


app.command("import")(xlsform.import_form)
app.command("export")(xlsform.export_form)


def _read(file: Path) -> _Read:
    from peilstok.questionnaire import examine

    text = text_of(file)
    questionnaire, findings = examine(text, file=str(file))
    return _Read(file=file, text=text, questionnaire=questionnaire, findings=findings)


def _held(read: _Read, earlier: _Read | None) -> _Read:
    """With the findings about what changed since the earlier questionnaire; both must be sound for that."""
    if earlier is None or earlier.questionnaire is None or read.questionnaire is None:
        return read
    findings = (*read.findings, *_since(earlier.questionnaire, read.questionnaire, read))
    return _Read(file=read.file, text=read.text, questionnaire=read.questionnaire, findings=findings)


def _since(before: Questionnaire, after: Questionnaire, read: _Read) -> tuple[Finding, ...]:
    from peilstok.questionnaire import findings_since

    return findings_since(before, after, text=read.text, file=str(read.file))


def _end(findings: Sequence[Finding]) -> None:
    typer.echo(counted(findings, of=(Severity.ERROR, Severity.WARNING)), err=True)
    leave_where_wrong(findings)


def _print_checked(found: Sequence[_Read], earlier: _Read | None, output: Format) -> None:
    unsound = earlier if earlier and earlier.questionnaire is None else None
    if output is Format.JSON:
        document = {
            "since": _as_json(earlier) if earlier else None,
            "files": [_as_json(each) for each in found],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for each in (*([earlier] if earlier else []), *found):
        for finding in each.findings:
            typer.echo(str(finding))
        if each.questionnaire and each is not earlier:
            typer.echo(f"{each.file}: {_summary(each.questionnaire)}")
    if unsound:
        typer.echo(f"{unsound.file} is not sound: nothing was compared with it", err=True)


def _summary(asked: Questionnaire) -> str:
    parts = ((len(asked.pages), "page"), (len(asked.items), "item"), (len(asked.checks), "check"))
    counts = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts)
    return f"{asked.name}, {counts}, {asked.fingerprint[:12]}"


def _as_json(read: _Read) -> dict[str, object]:
    asked = read.questionnaire
    return {
        "file": str(read.file),
        "sound": asked is not None,
        "name": asked.name if asked else None,
        "pages": len(asked.pages) if asked else None,
        "items": len(asked.items) if asked else None,
        "checks": len(asked.checks) if asked else None,
        "fingerprint": asked.fingerprint if asked else None,
        "findings": [finding.as_json() for finding in read.findings],
    }


def _print_compared(
    earlier: _Read, later: _Read, items: Sequence[ItemComparison], findings: Sequence[Finding], output: Format
) -> None:
    if output is Format.JSON:
        document = {
            "before": _as_json(earlier),
            "after": _as_json(later),
            "items": [_item_as_json(each) for each in items],
            "findings": [each.as_json() for each in findings],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for item in items:
        for line in _item(item):
            typer.echo(line)
    for finding in findings:
        typer.echo(str(finding))


def _item(each: ItemComparison) -> Iterator[str]:
    """The lines about one item: what changed, then how, with the reason that its author gives."""
    yield from _wrapped(f"{each.name}: {', '.join(each.changes)}{_declared(each)}{_twin(each)}", indent=0)
    if each.declared:
        yield from _wrapped(f"reason: {each.declared.reason.en}", indent=2)
    for difference in each.differences:
        yield from _wrapped(_difference(difference), indent=2)
    if each.through:
        through = ", ".join(each.through)
        yield from _wrapped(f"others may be asked it, for its condition looks at what changed: {through}", indent=2)


def _declared(each: ItemComparison) -> str:
    if each.declared:
        return "; declared comparable" if each.declared.comparable else "; declared a break"
    return "; NOT DECLARED" if each.undeclared else ""


def _twin(each: ItemComparison) -> str:
    if each.twin is None:
        return ""
    return f"; reads as {each.twin}, which is {'gone' if each.after else 'new'}: renamed?"


def _difference(difference: Difference) -> str:
    if difference.of_words:
        pieces = difference.pieces
        last = len(pieces) - 1
        shown = (_piece(piece, first=number == 0, last=number == last) for number, piece in enumerate(pieces))
        return f"{difference.what}: {' '.join(shown)}"
    before, after = ("nothing" if each is None else each for each in (difference.before, difference.after))
    return f"{difference.what}: {before} -> {after}"


def _piece(piece: Piece, *, first: bool, last: bool) -> str:
    from peilstok.questionnaire.rewording import Fate

    if piece.fate is not Fate.KEPT:
        return f"[-{piece.text}-]" if piece.fate is Fate.GONE else f"{{+{piece.text}+}}"
    words = piece.text.split()
    head, tail = [] if first else words[:AROUND], [] if last else words[-AROUND:]
    if len(words) <= len(head) + len(tail) + 1:  # a mark would be no shorter than the word
        return piece.text
    return " ".join([*head, "...", *tail])


def _wrapped(text: str, *, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _item_as_json(each: ItemComparison) -> dict[str, object]:
    return {
        "item": each.name,
        "changes": [str(change) for change in each.changes],
        "could_break": each.could_break,
        "declared": {"comparable": each.declared.comparable, "reason": dict(each.declared.reason.as_json())}
        if each.declared
        else None,
        "differences": [_difference_as_json(difference) for difference in each.differences],
        "through": list(each.through),
        "reads_as": each.twin,
    }


def _difference_as_json(difference: Difference) -> dict[str, object]:
    return {
        "change": str(difference.change),
        "could_break": difference.could_break,
        "what": difference.what,
        "before": difference.before,
        "after": difference.after,
        "words": [{str(piece.fate): piece.text} for piece in difference.pieces],
    }
