"""The findings that import and export of an XLSForm can give, each with its code. The manual has the same table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peilstok.errors import Finding, Place, Severity

CODES: Final[Mapping[str, str]] = {
    "X001": "The file cannot be read as an XLSForm.",
    "X002": "pyxform, the reference for XLSForm, refuses the form; its own message stands in the finding.",
    "X003": "A type of question that Peilstok does not have: geo, media, external data, time and the like.",
    "X004": "A column whose content cannot be kept: media, a filter of choices, a calculated answer.",
    "X005": "An expression that cannot be read.",
    "X006": "A function or operator that the language of Peilstok does not have.",
    "X007": "An expression uses a question or option that does not exist, or something without an answer.",
    "X008": "Values that do not go together in Peilstok, or an expression of the wrong kind.",
    "X009": "A condition or text looks at a question that comes later.",
    "X010": "A list of choices that is not there, is too short or has a name twice.",
    "X011": "A question without a text or a name.",
    "X012": "Rows that do not fit into pages: a begin without its end, a repeat in a repeat, too many repetitions.",
    "X013": "A value in a text that can hold none: a heading, a choice.",
    "X014": "A form that asks nothing.",
    "X019": "What was made of the form is no sound questionnaire; the code of the questionnaire file stands in it.",
    "X020": "Warning: a text is there in one language only and is used in both, or it is the same in both.",
    "X021": "Warning: texts in a language that Peilstok does not have are left out.",
    "X022": "Warning: a default that is no value of the question is not kept; the field is empty at first.",
    "X023": "Warning: a calculated value that nothing uses is left out.",
    "X024": "Warning: something that a respondent would see or that is held to is left out.",
    "X030": "Info: a row of metadata, for which Peilstok has a way of its own.",
    "X031": "Info: a name is written in another way.",
    "X032": "Info: what the form does not say got a documented default.",
    "X033": "Info: a calculated value is worked into the expressions that use it, and is not kept as an answer.",
    "X034": "Info: something that changes looks or technique only is not read.",
    "X035": "Info: a loop, or a repeat of a fixed number, is written out.",
    "X036": "Info: something is said in another way: a confirmation as a note, other as a text.",
    "X038": "Info: a number without a lower bound is asked from 0 up.",
    "X039": "Info: a remark of pyxform about the form.",
    "X050": "Export: something that XLSForm cannot say, and without which other things would be asked or accepted.",
    "X051": "Export, warning: something that XLSForm cannot say is left out.",
    "X052": "Export, info: something is written by a convention of Peilstok, or in another way.",
}

_SEVERITIES: Final = {
    **dict.fromkeys(("X020", "X021", "X022", "X023", "X024", "X051"), Severity.WARNING),
    **{code: Severity.INFO for code in CODES if code.startswith("X03") or code == "X052"},
}


def finding(
    code: str, place: Place, found: str, expected: str, *, sheet: str = "", item: str = "", reason: str = ""
) -> Finding:
    """A finding with a code of this package. `reason` says why a type is refused, to count by."""
    assert code in CODES, code
    about = {key: value for key, value in (("sheet", sheet), ("item", item), ("reason", reason)) if value}
    severity = _SEVERITIES.get(code, Severity.ERROR)
    return Finding(code, severity, place, " ".join(found.split()), " ".join(expected.split()), about)
