"""Who stands before every address of the site: nobody, a secret link, a login, or an act from the table of rights.

A view that is none of these has no door, and a test fails: an address is public because it stands in `PUBLIC`, never
because somebody forgot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

from peilstok.accounts.permissions import Act

PUBLIC: Final = frozenset(
    {
        "site:home",  # its list of waves is for who may SEE_MONITOR (site/home.py)
        "accounts:login",
        "accounts:logout",
        "collect:code",  # leads to a board's link; guesses are limited (collect/codes.py)
        "publish:index",
        "publish:release",
        "publish:edition",
        "publish:file",
        "publish:newest_file",
    }
)
OWN_ACCOUNT: Final = frozenset({"accounts:me", "accounts:new_password"})


class Kind(StrEnum):
    PUBLIC = "public"
    LINK = "secret link"
    LOGIN = "own account"
    ACT = "act"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Door:
    """An address by its name (`collect:monitor`), and what stands before it."""

    name: str
    kind: Kind
    act: Act | None = None


def doors(patterns: list[URLPattern | URLResolver] | None = None, space: str = "") -> Iterator[Door]:
    """Every address of the site (or of these patterns, under a name space)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield _door(f"{space}{pattern.name}", pattern.callback)


def _door(name: str, view: Callable[..., Any]) -> Door:
    act = getattr(view, "act", None)
    if isinstance(act, Act):
        return Door(name, Kind.ACT, act)
    if getattr(view, "by_link", False):
        return Door(name, Kind.LINK)
    if name in OWN_ACCOUNT:
        return Door(name, Kind.LOGIN)
    return Door(name, Kind.PUBLIC if name in PUBLIC else Kind.NONE)
