"""In which form a command answers: text for a person or one JSON object for a program, and in which language."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    NL = "nl"
    EN = "en"


Formatted = Annotated[Format, typer.Option("--format", help="text to read, or one JSON object for a program")]
