"""A Typst template with its values as a PDF, tagged for assistive technology: PDF/UA-1, enforced by the compiler.

Text reaches the document as JSON, never as source. The same template and values give the same bytes, so a date in a
document is a value too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from peilstok.errors import CannotRun
from peilstok.typesetting import compiler, fonts

SECONDS: Final = 60  # a PDF takes less than one; this one would never end

NO_PICTURES: Final[Mapping[str, str]] = MappingProxyType({})


def setting(template: Path, data: Mapping[str, Any], pictures: Mapping[str, str] = NO_PICTURES) -> bytes:
    """Set `data` (data.json to the template) in a folder of its own; `pictures` are SVG by file name."""
    with tempfile.TemporaryDirectory(prefix="peilstok-pdf-") as name:
        folder = Path(name)
        (folder / "document.typ").write_bytes(template.read_bytes())
        text = json.dumps({"font": fonts.FAMILY, **data}, ensure_ascii=False, sort_keys=True)
        (folder / "data.json").write_text(text, encoding="utf-8")
        (folder / "fonts").symlink_to(fonts.folder())
        for file, svg in pictures.items():
            (folder / file).write_text(svg, encoding="utf-8")
        return run(folder, seconds=SECONDS)


def run(folder: Path, *, seconds: float) -> bytes:
    """The compiler in a child process, which is killed when it takes too long."""
    command = [sys.executable, "-I", str(Path(compiler.__file__)), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"the PDF was not ready after {seconds:g} seconds") from None
    if done.returncode:
        raise CannotRun(f"the PDF could not be set: {done.stderr.strip()}")
    return (folder / "document.pdf").read_bytes()
