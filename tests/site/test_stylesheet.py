"""The stylesheet: small enough, and every pair of colours that meets has the contrast that WCAG 2.2 AA asks for.

Formula: WCAG 2.2, definitions of relative luminance and contrast ratio. Text needs 4.5 (1.4.3), what shows a control
or its state needs 3 (1.4.11).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import peilstok

FILE = Path(peilstok.__file__).parent / "site" / "static" / "site" / "peilstok.css"
CSS = FILE.read_text("utf-8")

TEXT = 4.5
CONTROL = 3.0

PAIRS = [
    *[(text, "paper", TEXT) for text in ("ink", "soft", "accent", "accent-strong", "error", "warning", "good")],
    *[(text, "tint", TEXT) for text in ("ink", "soft", "accent", "accent-strong")],
    *[("ink", f"{kind}-tint", TEXT) for kind in ("error", "warning", "good")],
    *[(kind, f"{kind}-tint", TEXT) for kind in ("error", "warning", "good")],
    *[("accent", f"{kind}-tint", TEXT) for kind in ("error", "warning", "good")],  # links in notices
    *[("soft", f"{kind}-tint", TEXT) for kind in ("error", "warning", "good")],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    *[("edge", ground, CONTROL) for ground in ("paper", "tint")],
    *[("focus", ground, CONTROL) for ground in ("paper", "tint", "error-tint", "warning-tint", "good-tint")],
    ("accent", "paper", CONTROL),
    ("error", "paper", CONTROL),
    ("bar-edge", "paper", CONTROL),
    ("bar-edge", "bar", CONTROL),
]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", block))


def schemes() -> dict[str, dict[str, str]]:
    light, rest = CSS.split("@media (prefers-color-scheme: dark)", 1)
    dark = rest.split("/* Ground */", 1)[0]
    return {"light": tokens(light), "dark": tokens(light) | tokens(dark)}


def test_the_formula_gives_the_ratios_that_wcag_states() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the well-known grey just below AA


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other", "least"), PAIRS)
def test_colours_that_meet_can_be_told_apart(scheme: str, one: str, other: str, least: float) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[one], colours[other]) >= least


def test_the_dark_scheme_gives_every_colour_anew() -> None:
    light, rest = CSS.split("@media (prefers-color-scheme: dark)", 1)
    assert tokens(light).keys() == tokens(rest.split("/* Ground */", 1)[0]).keys()


def test_colours_stand_among_the_tokens_only() -> None:
    """The exceptions: paper behind charts and the black of print. An attribute selector names a chart's own colour."""
    body = re.sub(r"\[[^]]*\]|@media print \{.*?\n\}", "", CSS.split("/* Ground */", 1)[1], flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", body)) <= {"#ffffff"}


def test_every_token_that_is_used_exists_and_every_one_that_exists_is_used() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)", CSS))
    defined = set(re.findall(r"^ +--([a-z-]+):", CSS, re.MULTILINE))
    assert used == defined


def test_the_stylesheet_is_small_whole_and_calls_for_nothing_else() -> None:
    assert len(CSS.encode()) < 21_000
    assert CSS.count("{") == CSS.count("}")
    assert "url(" not in CSS
    assert "@import" not in CSS


VOCABULARY = """
page lead button button--secondary button--quiet field field__label field__hint field__error field--wrong choice-list
choice error-summary notice notice--synthetic notice--warning summary-list progress-text table number badge breadcrumb
chart muted visually-hidden stack actions
"""


@pytest.mark.parametrize("name", VOCABULARY.split())
def test_the_shared_class_names_are_there(name: str) -> None:
    assert re.search(rf"\.{name}(?![\w-])", CSS)
