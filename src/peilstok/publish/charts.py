"""Charts as SVG: bars with their 95 percent interval, and the change since the wave before.

Decides how a chart looks and what it says in words; not which figures there are. Drawn by Vega-Lite (vl-convert) from
inline values only, with the network refused. Every position is computed here: labels stand above their bars, so that a
chart of 320 units wide is readable on a phone and as a column beside its table.

Vega's own English accessibility attributes are taken out; a chart is one image with a title and a description in the
language of the page, made from the same figures as its table.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as Xml

import vl_convert

from peilstok.disclose.figures import Figure
from peilstok.publish import numbers
from peilstok.publish.changes import Change
from peilstok.terms import Language, Words
from peilstok.typesetting import fonts

WIDTH: Final = 312  # of the drawing; with the padding 320, the column of text on a phone
PADDING: Final = 4
BAND: Final = 14  # height of a bar
TITLE, LABEL, SMALL = 15.5, 13.5, 11.5  # font sizes
EM, BOLD_EM = 0.56, 0.63  # mean width of a character: of a wide sans serif, where a reader lacks the typeface

INK, MUTED, LINE, PAPER = "#16202a", "#4a5866", "#c9d2da", "#ffffff"
BAR, EDGE = "#a9cdd0", "#2a6f77"  # light in grey, with an edge of at least 3:1 on the paper

INTERVAL_KEY: Final = Words(nl="95%-interval", en="95% interval")
CHANGE_KEY: Final = Words(nl="Verschil in procentpunt, met 95%-interval", en="Percentage points, with 95% interval")
VERDICT_KEY: Final = {
    True: Words(nl="duidelijk verschil", en="clear difference"),
    False: Words(nl="geen duidelijk verschil", en="no clear difference"),
}
NO_INTERVAL: Final = Words(nl="zonder interval", en="no interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """The words around a chart, in one language. `marks` end up in the picture: edition, synthetic answers."""

    id: str
    title: str
    base: str
    source: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart: `name` for its file, `svg` complete in itself, `description` what a listener hears."""

    name: str
    title: str
    description: str
    svg: str


def bars(*, figures: Sequence[Figure], caption: Caption, language: Language) -> Chart:
    """Horizontal bars from zero with intervals, in the order given. One unit for all; percent up to 100 per cent."""
    unit = figures[0].unit
    if any(figure.unit != unit for figure in figures):
        raise ValueError("the bars of a chart have one unit")
    top = _end_of_scale(figures)
    sheet = _Sheet(language=language, scale=(0.0, top))
    sheet.heading(caption)
    for figure in figures:
        sheet.row(numbers.label(figure, language), numbers.short(figure.value, unit, language))
        sheet.bar(figure.value)
        if figure.measured.ci_low is not None and figure.measured.ci_high is not None:
            sheet.interval(figure.measured.ci_low, figure.measured.ci_high)
        sheet.next_row()
    sheet.axis(_steps(top), "%" if unit == "percent" else "")
    sheet.interval_key()
    sheet.footer(caption)
    description = _in_words(figures, caption, language)
    return _chart(sheet, caption, description)


def changes(*, rows: Sequence[Change], caption: Caption, language: Language) -> Chart:
    """Differences since the wave before as points with intervals around zero, in the order given."""
    ends = [end for row in rows for end in (row.ci_low, row.ci_high, row.difference, 0.0) if end is not None]
    low, high = _around(min(ends), max(ends))
    sheet = _Sheet(language=language, scale=(low, high))
    sheet.heading(caption)
    for row in rows:
        sheet.row(numbers.label(row.figure, language), numbers.signed(row.difference, language))
        if row.ci_low is not None and row.ci_high is not None:
            sheet.interval(row.ci_low, row.ci_high)
        sheet.point(row.difference, filled=row.verdict in {"higher", "lower"})
        sheet.next_row()
    sheet.axis(_steps(high, low), "")
    sheet.change_key()
    sheet.footer(caption)
    spoken = [row.in_words(language) for row in rows]
    description = " ".join([f"{caption.base}.", *spoken, *_closing(caption)])
    return _chart(sheet, caption, description)


def _in_words(figures: Iterable[Figure], caption: Caption, language: Language) -> str:
    said = []
    for figure in figures:
        known = numbers.spoken_interval(figure.measured, figure.unit, language) or NO_INTERVAL[language]
        value = numbers.spoken(figure.value, figure.unit, language)
        said.append(f"{numbers.label(figure, language)}: {value} ({known})")
    return " ".join([f"{caption.base}.", "; ".join(said) + ".", *_closing(caption)])


def _closing(caption: Caption) -> list[str]:
    return [f"{mark.rstrip('.')}." for mark in (*caption.marks, caption.source)]


class _Sheet:
    """A drawing that grows downwards; `y` is where the next thing goes, in pixels of a drawing `WIDTH` wide.

    Marks of one look are kept together, so that Vega-Lite draws each look as one layer: `_marks` has the looks in the
    order of drawing, each with the places of its marks.
    """

    def __init__(self, *, language: Language, scale: tuple[float, float]) -> None:
        self.language = language
        self.scale = scale
        self.y = 0.0
        self._bands: list[tuple[float, float]] = []
        self._marks: dict[str, list[dict[str, Any]]] = {}
        self._looks: dict[str, tuple[int, dict[str, Any]]] = {}

    def heading(self, caption: Caption) -> None:
        self._lines(caption.title, TITLE, INK, weight=600)
        self.y += 2
        self._lines(caption.base, SMALL, MUTED)
        self.y += 10

    def row(self, label: str, value: str) -> None:
        """The label above what comes, with the value at the right end."""
        self._text(value, WIDTH, self.y + LABEL, LABEL, INK, weight=600, align="right")
        self._lines(label, LABEL, INK, room=WIDTH - 10 - 9 * len(value))
        self.y += 4
        self._bands.append((self.y - 3, self.y + BAND + 3))

    def next_row(self) -> None:
        self.y += BAND + 11

    def bar(self, value: float) -> None:
        look = {"type": "rect", "fill": BAR, "stroke": EDGE, "strokeWidth": 1}
        start = self._at(max(self.scale[0], 0.0))
        self._add(1, look, x=start, x2=self._at(value), y=self.y, y2=self.y + BAND)

    def interval(self, low: float, high: float) -> None:
        self._interval(self._at(low), self._at(high), self.y + BAND / 2)

    def _interval(self, a: float, b: float, middle: float) -> None:
        """A line with small ends, over a paper-coloured one that keeps it visible on a bar."""
        self._rule(2, PAPER, 4.5, x=a, x2=b, y=middle, y2=middle)
        self._rule(3, INK, 2, x=a, x2=b, y=middle, y2=middle)
        for end in (a, b):
            self._rule(3, INK, 2, x=end, x2=end, y=middle - 4, y2=middle + 4)

    def point(self, value: float, *, filled: bool) -> None:
        self._point(self._at(value), self.y + BAND / 2, filled)

    def _point(self, x: float, y: float, filled: bool) -> None:
        fill = EDGE if filled else PAPER
        look = {"type": "circle", "size": 80, "fill": fill, "stroke": INK, "strokeWidth": 2, "opacity": 1}
        self._add(4, look, x=x, y=y)

    def axis(self, steps: Sequence[float], unit: str) -> None:
        """Grid lines behind the rows (not behind their labels), and the steps in words under the last row."""
        self.y -= 6
        for step in steps:
            x = self._at(step)
            for top, bottom in self._bands:
                zero = step == 0 and self.scale[0] < 0
                self._rule(0, INK if zero else LINE, 1, x=x, x2=x, y=top, y2=bottom)
            align = "left" if x < 1 else "right" if x > WIDTH - 1 else "center"
            written = numbers.number(step, self.language, 0 if step == int(step) else 1)
            self._text(f"{written}{unit}", x, self.y + SMALL + 1, SMALL, MUTED, align=align)
        self.y += SMALL + 12

    def interval_key(self) -> None:
        self._interval(1, 25, self.y + SMALL * 0.65)
        self._lines(INTERVAL_KEY[self.language], SMALL, MUTED, at=33)

    def change_key(self) -> None:
        self._lines(CHANGE_KEY[self.language], SMALL, MUTED)
        for filled in (True, False):
            self._point(13, self.y + SMALL * 0.65, filled)
            self._lines(VERDICT_KEY[filled][self.language], SMALL, MUTED, at=33)

    def footer(self, caption: Caption) -> None:
        self._lines(caption.source, SMALL, MUTED)
        for mark in caption.marks:
            self._lines(mark, SMALL, INK, weight=600)

    def spec(self) -> dict[str, Any]:
        ranked = sorted(self._looks, key=lambda key: self._looks[key][0])  # stable: drawing order within a rank
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "width": WIDTH,
            "height": math.ceil(self.y),
            "padding": PADDING,
            "autosize": "none",  # the size of a picture does not depend on how wide a text happens to be
            "background": PAPER,
            "config": {"view": {"stroke": None}, "font": fonts.FAMILY},
            "layer": [_layer(self._looks[key][1], self._marks[key]) for key in ranked],
        }

    def _at(self, value: float) -> float:
        low, high = self.scale
        return round(min(max((value - low) / (high - low), 0.0), 1.0) * WIDTH, 1)

    def _add(self, rank: int, look: dict[str, Any], **place: Any) -> None:
        key = json.dumps([rank, look], sort_keys=True)
        self._looks.setdefault(key, (rank, look))
        self._marks.setdefault(key, []).append(place)

    def _rule(self, rank: int, colour: str, width: float, **ends: float) -> None:
        self._add(rank, {"type": "rule", "stroke": colour, "strokeWidth": width}, **ends)

    def _text(
        self, text: str, x: float, y: float, size: float, colour: str, *, weight: int = 400, align: str = "left"
    ) -> None:
        look = {"type": "text", "baseline": "alphabetic", "align": align, "fontSize": size, "fontWeight": weight}
        self._add(5, {**look, "fill": colour}, x=x, y=round(y, 1), text=text)

    def _lines(
        self, text: str, size: float, colour: str, *, room: float = WIDTH, weight: int = 400, at: float = 0
    ) -> None:
        em = EM if weight == 400 else BOLD_EM
        for line in wrapped(text, int((room - at) / (em * size))):
            self._text(line, at, self.y + size, size, colour, weight=weight)
            self.y += round(size * 1.3, 1)


def wrapped(text: str, width: int) -> list[str]:
    """As few lines as fit, of about equal length: no last line of one word."""
    lines = textwrap.wrap(text, width)
    while len(lines) > 1 and width > 1 and len(narrower := textwrap.wrap(text, width - 1)) == len(lines):
        lines, width = narrower, width - 1
    return lines


def _layer(look: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One layer: its marks stand where their places say, in pixels (a scale of null is none)."""
    channels = sorted({channel for place in places for channel in place})
    unscaled = {"scale": None, "axis": None}
    encoding: dict[str, dict[str, Any]] = {
        channel: {"field": channel, "type": "nominal" if channel == "text" else "quantitative"}
        | (unscaled if channel in {"x", "y"} else {})
        for channel in channels
    }
    return {"data": {"values": list(places)}, "mark": {**look, "aria": False}, "encoding": encoding}


def _chart(sheet: _Sheet, caption: Caption, description: str) -> Chart:
    svg = _accessible(render(sheet.spec()), caption, description, sheet.language)
    return Chart(name=caption.id, title=caption.title, description=description, svg=svg)


def render(spec: Mapping[str, Any]) -> str:
    """Vega-Lite to SVG, without network or files. The typeface is always registered: it decides the layout."""
    _refuse_addresses(spec)
    vl_convert.register_font_directory(str(fonts.folder()))
    return str(vl_convert.vegalite_to_svg(json.dumps(spec, sort_keys=True), allowed_base_urls=[]))


def _refuse_addresses(part: object) -> None:
    """vl-convert refuses http, but takes a file's address for an empty data set: only inline values come through."""
    if isinstance(part, Mapping):
        if "url" in part:
            raise ValueError("a chart is drawn from inline values, not from an address")
        for inner in part.values():
            _refuse_addresses(inner)
    elif isinstance(part, list):
        for inner in part:
            _refuse_addresses(inner)


SVG: Final = "http://www.w3.org/2000/svg"


_LEFT_OUT: Final = frozenset({"role", "class", "font-family", "stroke-miterlimit"})


def _accessible(svg: str, caption: Caption, description: str, language: Language) -> str:
    root = Xml.fromstring(svg)  # noqa: S314  (made by us a moment ago)
    for element in root.iter():
        for name in [name for name in element.attrib if name in _LEFT_OUT or name.startswith("aria-")]:
            del element.attrib[name]
    for group in root.iter(f"{{{SVG}}}g"):
        _lift_what_is_shared(group)
    root.set("font-family", f"{fonts.FAMILY}, Source Sans 3, system-ui, sans-serif")
    root.set("class", "chart__picture")
    title, desc = Xml.Element(f"{{{SVG}}}title"), Xml.Element(f"{{{SVG}}}desc")
    title.text, desc.text = caption.title, description
    title.set("id", f"{caption.id}-{language}-title")
    desc.set("id", f"{caption.id}-{language}-desc")
    root.insert(0, title)
    root.insert(1, desc)
    root.set("role", "img")
    root.set("lang", language)
    root.set("aria-labelledby", f"{title.get('id')} {desc.get('id')}")
    Xml.register_namespace("", SVG)  # here: one table for the whole process, in which others put their own (pyxform)
    return Xml.tostring(root, encoding="unicode") + "\n"


def _lift_what_is_shared(group: Xml.Element) -> None:
    """Colours and sizes that all of a group's marks have are said once, by the group: a third fewer bytes."""
    marks = list(group)
    if len(marks) < 2:
        return
    for name in ("fill", "stroke", "stroke-width", "font-size", "font-weight", "text-anchor"):
        values = {mark.get(name) for mark in marks}
        if len(values) == 1 and (value := values.pop()) is not None:
            group.set(name, value)
            for mark in marks:
                del mark.attrib[name]


def _end_of_scale(figures: Iterable[Figure]) -> float:
    """100 for shares and for percents near it; for others a round number above the highest end."""
    highest = max(max(figure.value, figure.measured.ci_high or 0.0) for figure in figures)
    percent = all(figure.unit == "percent" for figure in figures) and highest <= 100
    if percent and (highest > 50 or all(figure.kind == "share" for figure in figures)):
        return 100.0
    step = _step(highest or 1.0)
    return math.ceil((highest or 1.0) / step) * step


def _around(low: float, high: float) -> tuple[float, float]:
    step = _step(high - low or 1.0)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _step(extent: float) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that divides the extent in three to six."""
    rough = extent / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)


def _steps(high: float, low: float = 0.0) -> list[float]:
    step = _step(high - low)
    return [round(low + step * index, 6) for index in range(round((high - low) / step) + 1)]
