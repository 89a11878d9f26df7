"""Where in a JSON text each value stands, for findings about it; json itself tells only where it breaks off.

    spots = Spots(text)
    spots.of(("waves", 0, "id"))    (line, column) from 1, of the value; of what holds it where there is none
    spots.twice                     every key that stands a second time in its object
    spots.endless                   every NaN and infinity

The text is one that `json.loads` accepts.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ENDLESS: Final = frozenset({"NaN", "Infinity", "-Infinity"})

Step = str | int
Spot = tuple[int, int]


class Spots:
    def __init__(self, text: str) -> None:
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._starts: dict[tuple[Step, ...], int] = {}
        self.twice: list[tuple[str, Spot]] = []
        self.endless: list[tuple[str, Spot]] = []
        self._read(text)

    def of(self, path: tuple[Step, ...]) -> Spot:
        """The place of the value at a path, or of the nearest value that holds it."""
        while path not in self._starts and path:
            path = path[:-1]
        return self._spot(self._starts.get(path, 0))

    def _spot(self, position: int) -> Spot:
        line = bisect_right(self._lines, position)
        return line, position - self._lines[line - 1] + 1

    def _read(self, text: str) -> None:
        path: list[Step] = []  # of the value that is read now; one step for every object or list that is open
        tokens = list(_TOKEN.finditer(text))
        for at, token in enumerate(tokens):
            mark = token.group()
            if at + 1 < len(tokens) and tokens[at + 1].group() == ":" and mark.startswith('"'):
                path[-1] = self._key(mark, (*path[:-1],), token.start())
            elif mark in "}]":
                path.pop()
            elif mark == "," and isinstance(path[-1], int):
                path[-1] += 1
            elif mark not in ",:":
                self._starts.setdefault(tuple(path), token.start())
                if mark in _ENDLESS:
                    self.endless.append((mark, self._spot(token.start())))
                if mark in "{[":
                    path.append("" if mark == "{" else 0)

    def _key(self, mark: str, holder: tuple[Step, ...], position: int) -> str:
        name = str(json.loads(mark, strict=False))
        if (*holder, name) in self._starts:
            self.twice.append((name, self._spot(position)))
        return name
