"""Every finding about a plan's file: its shape, by `planfile`, and what needs two places of it to judge.

E001  no YAML                         E007  a domain or base that is not declared
E002  a key twice, an anchor          E008  a release or break of a figure that the plan has not
E003  an unknown key                  E009  "don't know" is a share but not in the base
E004  a missing key                   E010  an option in two shares of a composition
E005  a value of the wrong kind       E011  `frame(...)` where it cannot stand
E006  a figure's name twice           E012  a break that does not end in this wave
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from peilstok.errors import Finding, Refused
from peilstok.estimate import document, planfile
from peilstok.estimate.document import Document, Path

Tree = Mapping[str, object]
_CODES: Final = {"missing": "E004", "extra_forbidden": "E003"}
_NAMES: Final = "lower case letters, digits and _, a letter first"
_SUM: Final = 'items, register(field) or frame(field), with " + " between them'


def checked(text: str, *, file: str) -> tuple[planfile.PlanFile, str]:
    """The plan's file and its fingerprint; raises `Refused` with every finding, in the order of the lines."""
    read, findings = document.read(text, file=file)
    try:
        plan = planfile.PlanFile.model_validate(read.value)
    except ValidationError as error:
        findings += [_shape(each, read) for each in error.errors()]
    findings += _across(read)
    if findings:
        raise Refused(sorted(findings, key=lambda finding: (finding.place.line, finding.code, finding.found)))
    return plan, fingerprint(read.value)


def fingerprint(value: object) -> str:
    """SHA-256 of what the file says, whatever its layout and comments."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _shape(error: ErrorDetails, read: Document) -> Finding:
    path = _path(error, read.value)
    code = _CODES.get(error["type"], "E005")
    if code == "E004":
        return read.error(code, path, "missing", document.expected(error))
    if code == "E003":
        return read.error(code, path, "unknown key", "a key of docs/formats/plan.md")
    return read.error(code, path, document.shown(error["input"]), _expected(error))


def _expected(error: ErrorDetails) -> str:
    if error["type"] != "string_pattern_mismatch":
        return document.expected(error)
    pattern = error.get("ctx", {}).get("pattern")
    return {planfile.SUM: _SUM, r"\S": "a text that is not empty"}.get(str(pattern), _NAMES)


def _path(error: ErrorDetails, value: object) -> Path:
    """pydantic's path without what it adds for unions: only steps that are in the document, and a missing key."""
    steps: list[str | int] = []
    for step in error["loc"]:
        if _has(value, step):
            value = value[step]  # type: ignore[index]  # _has just looked
            steps.append(step)
    return (*steps, error["loc"][-1]) if error["type"] == "missing" else tuple(steps)


def _has(value: object, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _across(read: Document) -> Iterator[Finding]:
    """Works on the raw document, as far as it has the right shape, so that nothing waits for another repair."""
    plan = _tree(read.value)
    estimands = {name: _tree(each) for name, each in _tree(plan.get("estimands")).items()}
    figures = Counter(name for path, name in _figures(estimands))
    yield from _repeated(figures, estimands, read)
    yield from _undeclared(plan, estimands, read)
    for name, estimand in estimands.items():
        yield from _options(("estimands", name), estimand, read)
        yield from _frames(("estimands", name), estimand, read)
    yield from _two_kinds(estimands, read)
    names = set(figures) | {
        f"{name}.{domain}"
        for (_, key, *_), name in _figures(estimands)
        for domain in _list(estimands[str(key)].get("domains"))
    }
    yield from _not_in_plan(plan, names, read)


def _tree(value: object) -> Tree:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _figures(estimands: Mapping[str, Tree]) -> Iterator[tuple[Path, str]]:
    """Where every figure's name stands, and the name."""
    for key, estimand in estimands.items():
        if "shares" in estimand:
            yield from ((("estimands", key, "shares", name), name) for name in _tree(estimand["shares"]))
        else:
            yield ("estimands", key), key


def _repeated(figures: Counter[str], estimands: Mapping[str, Tree], read: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, name in _figures(estimands):
        if name in seen:
            yield read.error("E006", path, f'"{name}" again', "every figure once")
        seen.add(name)


def _undeclared(plan: Tree, estimands: Mapping[str, Tree], read: Document) -> Iterator[Finding]:
    domains, bases = _tree(plan.get("domains")), _tree(plan.get("bases"))
    if "all" in domains:
        yield read.error("E007", ("domains", "all"), '"all" is there already', "another name")
    for name, estimand in estimands.items():
        base = estimand.get("base")
        if isinstance(base, str) and base not in bases:
            yield read.error("E007", ("estimands", name, "base"), f'"{base}"', _one_of(base, bases, "a base"))
        for place, domain in enumerate(_list(estimand.get("domains"))):
            if domain not in domains:
                path = ("estimands", name, "domains", place)
                yield read.error("E007", path, f'"{domain}"', _one_of(str(domain), domains, "a domain"))


def _options(path: Path, estimand: Tree, read: Document) -> Iterator[Finding]:
    seen: dict[object, str] = {}
    places = {path: estimand} if "is" in estimand else {}
    shares = {(*path, "shares", name): _tree(share) for name, share in _tree(estimand.get("shares")).items()}
    for at, share in (places | shares).items():
        for option in _list(share.get("is")):
            if option in ("dont_know", "not_applicable") and estimand.get(str(option)) != "counts_in_base":
                yield read.error("E009", (*at, "is"), f'"{option}"', f"{option}: counts_in_base beside it")
            if isinstance(option, str) and option in seen and estimand.get("kind") == "composition":
                yield read.error("E010", (*at, "is"), f'"{option}" stands in {seen[option]} too', "every option once")
            seen[str(option)] = str(at[-1])


def _frames(path: Path, estimand: Tree, read: Document) -> Iterator[Finding]:
    """A number of the whole frame can only be what a ratio is taken of."""
    mean = _tree(estimand.get("of"))
    sums: dict[Path, object] = {(key,): estimand.get(key) for key in ("numerator", "of")}
    sums |= {("of", key): mean.get(key) for key in ("percent", "per")}
    for keys, text in sums.items():
        if isinstance(text, str) and "frame(" in text:
            yield read.error("E011", (*path, *keys), f'"{text}"', "frame(...) in a denominator only")
    denominator = estimand.get("denominator")
    terms = denominator.split(" + ") if isinstance(denominator, str) else []
    if len({term.startswith("frame(") for term in terms}) > 1:
        yield read.error("E011", (*path, "denominator"), f'"{denominator}"', "frame(...) alone, or none")


def _two_kinds(estimands: Mapping[str, Tree], read: Document) -> Iterator[Finding]:
    """An item is either a number or a choice."""
    choices = {estimand["item"]: name for name, estimand in estimands.items() if isinstance(estimand.get("item"), str)}
    for name, estimand in estimands.items():
        mean = _tree(estimand.get("of"))
        for text in (estimand.get(key) for key in ("numerator", "denominator", "of")):
            yield from _number_and_choice(name, text, choices, read)
        for text in mean.values():
            yield from _number_and_choice(name, text, choices, read)


def _number_and_choice(name: str, text: object, choices: Mapping[object, str], read: Document) -> Iterator[Finding]:
    for item in text.split(" + ") if isinstance(text, str) else ():
        if item in choices:
            found = f'"{item}" as a number, and as a choice in {choices[item]}'
            yield read.error("E013", ("estimands", name), found, "one or the other")


def _not_in_plan(plan: Tree, names: set[str], read: Document) -> Iterator[Finding]:
    releases = _list(_tree(plan.get("disclosure")).get("releases"))
    for number, release in enumerate(releases):
        for place, figure in enumerate(_list(_tree(release).get("figures"))):
            if figure not in names:
                path: Path = ("disclosure", "releases", number, "figures", place)
                yield read.error("E008", path, f'"{figure}"', _one_of(str(figure), names, "a figure of this plan"))
    for number, each in enumerate(_list(plan.get("breaks"))):
        figure, between = _tree(each).get("figure"), _list(_tree(each).get("between"))
        if isinstance(figure, str) and figure not in names:
            path = ("breaks", number, "figure")
            yield read.error("E008", path, f'"{figure}"', _one_of(figure, names, "a figure of this plan"))
        if len(between) == 2 and (between[1] != plan.get("wave") or between[0] == between[1]):
            found = document.shown(between)
            yield read.error("E012", ("breaks", number, "between"), found, "an earlier wave, then this wave")


def _one_of(word: str, known: Mapping[str, object] | set[str], what: str) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f'{what}; did you mean "{near[0]}"?' if near else f"{what}: {', '.join(sorted(known)) or 'none is declared'}"
