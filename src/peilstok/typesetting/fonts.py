"""The one typeface of charts and PDF, from the package `font-source-sans-pro` (SIL Open Font License).

The package has every face twice (.otf and .ttf). Renderers get a folder of links to the .otf files that are used, so
that the order in which a file system lists a folder cannot choose between them.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from peilstok.errors import CannotRun

FAMILY: Final = "Source Sans Pro"
FACES: Final = ("Regular", "It", "Semibold", "SemiboldIt", "Bold")


def _package() -> Path:
    spec = find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun("the typeface of charts and PDF is not installed (package font-source-sans-pro)")
    return Path(spec.submodule_search_locations[0]) / "files"


@cache
def folder() -> Path:
    """A folder with the faces that are used; it goes when the process ends."""
    place = Path(tempfile.mkdtemp(prefix="peilstok-fonts-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for face in FACES:
        name = f"SourceSansPro-{face}.otf"
        (place / name).symlink_to(_package() / name)
    return place
