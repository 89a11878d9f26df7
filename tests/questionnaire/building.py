"""Questionnaires for the tests, made from as little text as the case needs."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from peilstok.errors import Finding
from peilstok.questionnaire import Context, Item, Questionnaire, examine, read
from peilstok.terms import ItemName, Value

BOTH = {"nl": "Vraag", "en": "Question"}


def item(name: str, type: str = "number", **more: object) -> dict[str, object]:
    """One item of a file. Options may be given as names."""
    options = more.pop("options", None)
    made: dict[str, object] = {"name": name, "type": type, "text": BOTH, **more}
    if isinstance(options, list):
        made["options"] = [option(each) if isinstance(each, str) else each for each in options]
    return made


def option(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "text": {"nl": f"Antwoord {name}", "en": f"Answer {name}"}, **more}


def file(*pages: list[dict[str, object]], checks: list[dict[str, object]] | None = None, **more: object) -> str:
    """The text of a file with these pages of items."""
    content: dict[str, object] = {
        "format": "peilstok/questionnaire/1",
        "name": "proef",
        "title": {"nl": "Titel", "en": "Title"},
        "introduction": {"nl": "Inleiding", "en": "Introduction"},
        "minutes": 3,
        "pages": [
            {"name": f"page-{number}", "title": {"nl": "Bladzijde", "en": "Page"}, "items": items}
            for number, items in enumerate(pages, start=1)
        ],
        **({"checks": checks} if checks else {}),
        **more,
    }
    return yaml.dump({key: value for key, value in content.items() if value is not ...}, sort_keys=False)


def made(*pages: list[dict[str, object]], checks: list[dict[str, object]] | None = None) -> Questionnaire:
    return read(file(*pages, checks=checks), file="poll.yaml")


def one(type: str = "number", **more: object) -> Item:
    """An item on its own."""
    return next(iter(made([item("q", type, **more)]).items.values()))


def findings(text: str) -> tuple[Finding, ...]:
    return examine(text, file="poll.yaml")[1]


def codes(text: str) -> list[str]:
    return [finding.code for finding in findings(text)]


def a(**answers: object) -> Mapping[ItemName, Value]:
    """Answers by the names of their items."""
    return {ItemName(name): value for name, value in answers.items()}  # type: ignore[misc]  # values by keyword


def context(register: Mapping[str, object] | None = None, **previous: object) -> Context:
    return Context(register=register or {}, previous=previous)  # type: ignore[arg-type]  # names as keywords
