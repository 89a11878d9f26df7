"""Keeping secret links and codes out of the logs: whoever reads a log must not be able to answer for a board.

A line is cleaned when it is complete, so that it does not matter how a link came into it: in the message, an argument,
an extra field, a request, a traceback.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from pythonjsonlogger.json import JsonFormatter

ALPHABET: Final = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, nothing that looks like another
"""Of references and of codes for the telephone."""

_LINK: Final = re.compile(r"(/a/)[A-Za-z0-9]{8,}")
# A token by itself has the shape of `tokens.SHAPE`, which logging cannot import: it is set up before there are models.
# What stands before it in a line may be an escape of JSON or of an address, and those end in letters and digits.
_START: Final = r"(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_TOKEN: Final = re.compile(_START + r"(?:[a-z2-7]{26}|[A-Z2-7]{26})(?![A-Za-z0-9])")
# A code as it is read out or typed (`codes`). A number of ten digits is taken for none: of a hundred thousand codes not
# one is without a letter.
_OF_A_CODE: Final = rf"[{ALPHABET}]{{5}}[ -]?[{ALPHABET}]{{5}}(?![A-Za-z0-9])"
_CODE: Final = re.compile(_START + rf"(?=[2-9 -]{{0,10}}[{ALPHABET[8:]}])" + _OF_A_CODE, re.IGNORECASE)


def without_links(text: str) -> str:
    return _CODE.sub("...", _TOKEN.sub("...", _LINK.sub(r"\1...", text)))


class DiscreetFormatter(JsonFormatter):
    """One JSON object a line, with every link, token and code taken out of it."""

    def format(self, record: logging.LogRecord) -> str:
        return without_links(super().format(record))
