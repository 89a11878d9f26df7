"""Reading a text that is named on the command line."""

from __future__ import annotations

from pathlib import Path

from peilstok.errors import CannotRun


def text_of(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; CannotRun that names the file where it has none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path} is not UTF-8 text (byte {error.start + 1})") from error
