"""Run as a program of its own: `python compiler.py FOLDER` sets FOLDER/document.typ as FOLDER/document.pdf.

A document that never ends cannot be stopped within a process, and a process that has set one must not be forked; so
each PDF is set in a child with a time limit (`documents.run`). Nothing but the folder is read, system fonts included.
"""

from __future__ import annotations

import sys
from pathlib import Path

import typst


def main(folder: Path) -> int:
    try:
        content = typst.compile(
            str(folder / "document.typ"),
            root=str(folder),
            font_paths=[str(folder / "fonts")],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    (folder / "document.pdf").write_bytes(content)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
