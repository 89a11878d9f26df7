"""Keeping secret links out of the logs: whoever reads a log must not be able to answer for a board."""

from __future__ import annotations

import logging
import re
from typing import Final

_LINK: Final = re.compile(r"(/a/)[A-Za-z0-9]{8,}")


def without_links(text: str) -> str:
    return _LINK.sub(r"\1...", text)


class LinkFilter(logging.Filter):
    """Takes the token out of every line, also where Django logs the path or the request of an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_links(record.getMessage()), ()
        if hasattr(record, "request"):
            record.request = without_links(str(record.request))
        return True
