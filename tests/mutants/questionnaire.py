"""The defects that are planted in what is asked: expressions, XLSForm in and out; `planting` plants them."""

from __future__ import annotations

from typing import Final

from tests.mutants.planting import Defect

_IMPORTS, _EXPORTS, _FORMATS, _TRANSLATION, _DEFAULTS = (
    f"questionnaire/xlsform/test_{each}" for each in ("imports", "exports", "formats", "translation", "defaults")
)
_LANGUAGE: Final = (  # all of that file but the 100,000 texts, which take minutes
    "expressions::test_the_table_of_values_in_the_manual_holds",
    "expressions::test_a_stored_value_that_is_no_date_is_unknown_and_breaks_nothing",
    "expressions::test_what_is_wrong_is_refused_at_its_place_all_at_once",
)

_EXPRESSIONS: Final = (
    Defect(
        "a stored text that is no date is taken for one",
        "expressions/evaluation.py",
        "return dates.standard(value) if type(value) is str else None",
        "return value if type(value) is str else None",
        _LANGUAGE,
    ),
    Defect(
        "the days between two dates the wrong way round",
        "expressions/evaluation.py",
        "dates.days_between(right, left)",
        "dates.days_between(left, right)",
        _LANGUAGE,
    ),
    Defect(
        "days are added where they are taken off",
        "expressions/evaluation.py",
        'dates.shifted(day, -days if sign == "-" else days)',
        "dates.shifted(day, days)",
        _LANGUAGE,
    ),
    Defect(
        "a part of a day is cut off",
        "dates.py",
        "    if days.denominator != 1:\n        return None\n",
        "",
        _LANGUAGE,
    ),
    Defect(
        "a number of days less a date",
        "expressions/nodes.py",
        '    ("-", DATE, NUMBER): DATE,\n',
        '    ("-", DATE, NUMBER): DATE,\n    ("-", NUMBER, DATE): DATE,\n',
        _LANGUAGE,
    ),
    Defect(
        "a prefilled date that nobody could fill in",
        "answers.py",
        "return dates.read(worth) if isinstance(worth, str) else None",
        "return worth if isinstance(worth, str) else None",
        ("answers",),
    ),
)

_XLSFORM_IN: Final = (
    Defect(
        "an answer that is not there is unequal to nothing",
        "xlsform/translation.py",
        "needless = mode is Mode.RULE or not blank",
        "needless = True",
        (_TRANSLATION,),
    ),
    Defect(
        "no answer is asked for where one is needed",
        "xlsform/translation.py",
        "if mode is Mode.OPEN or not blank or (mode is Mode.RULE and of_own):",
        "if True:",
        (_TRANSLATION,),
    ),
    Defect(
        "what is denied is taken as the whole is",
        "xlsform/translation.py",
        "inner = self.truth(part, Mode.OPEN if mode is Mode.RULE else Mode.CLOSED, known)",
        "inner = self.truth(part, mode, known)",
        (_TRANSLATION,),
    ),
    Defect(
        "every test for an answer is needless",
        "xlsform/translation.py",
        "if not tested or all(tested not in each for each in behind):",
        "if not tested:",
        (_TRANSLATION,),
    ),
    Defect(
        "a test for an answer is needless within a denial too",
        "xlsform/translation.py",
        "if mode is (Mode.OPEN if all_of else Mode.RULE):",
        "if True:",
        (_TRANSLATION,),
    ),
    Defect(
        "of a question asked several times only the first is added",
        "xlsform/meanings.py",
        "tuple(Asked(answer) for answer in several.answers)",
        "tuple(Asked(answer) for answer in several.answers[:1])",
        (_TRANSLATION,),
    ),
    Defect(
        "a question on the page that it looks at",
        "xlsform/imports.py",
        "if key != before or each.looks_at & here:",
        "if key != before:",
        (_IMPORTS,),
    ),
    Defect(
        "a condition that looks ahead is not told",
        "xlsform/items.py",
        '            self._say("X009", f"it looks at {where}"',
        '            _ = (f"it looks at {where}"',
        (_IMPORTS,),
    ),
    Defect(
        "a column that nobody knows is dropped in silence",
        "xlsform/leftovers.py",
        "elif column.name not in _TAKEN:",
        "elif False:",
        (_IMPORTS,),
    ),
    Defect(
        "an option stands alone for what is said of another question",
        "xlsform/constraints.py",
        " and one == own",
        "",
        (_IMPORTS,),
    ),
    Defect(
        "a number below 0 is refused though the constraint speaks of one",
        "xlsform/items.py",
        "if constraint.negative or filled_in_below or",
        "if filled_in_below or",
        (_IMPORTS,),
    ),
    Defect(
        "a choice named dont_know is an option",
        "xlsform/choicelists.py",
        "if written in OFFERED:",
        "if False:",
        (_IMPORTS,),
    ),
    Defect(
        "a calculation has a value where its condition does not hold",
        "xlsform/drafts.py",
        'node = condition and xpath.Call("if", (condition, node, xpath.Text("")))',
        "pass",
        (_IMPORTS,),
    ),
    Defect(
        "a row that spans lines moves the lines behind it",
        "xlsform/sheets.py",
        "begin = reader.line_num + 1",
        "begin += 1",
        (_FORMATS,),
    ),
    Defect(
        "a default out of bounds is kept",
        "xlsform/defaults.py",
        "return above and below and (",
        "return (",
        (_DEFAULTS,),
    ),
    Defect(
        "a default may look at another answer",
        "xlsform/defaults.py",
        "    if _looks_at_answers(node):\n",
        "    if False:\n",
        (_DEFAULTS,),
    ),
    Defect(
        "a default that is not kept is dropped in silence",
        "xlsform/items.py",
        '        self._say("X022", f\'the default "{written[:60]}" ({fault})\'',
        '        _ = ("X022", f\'the default "{written[:60]}" ({fault})\'',
        (_DEFAULTS,),
    ),
)

_XLSFORM_OUT: Final = (
    Defect(
        "what is denied of less is more without the same",
        "xlsform/rendering.py",
        '"=": "!=", "!=": "=", "<": ">="',
        '"=": "!=", "!=": "=", "<": ">"',
        (_EXPORTS,),
    ),
    Defect(
        "answers that are not there are not asked for",
        "xlsform/rendering.py",
        "tested = items if always or empty != unless else []",
        "tested = []",
        (_EXPORTS,),
    ),
    Defect(
        "two answers that are not there are equal",
        "xlsform/rendering.py",
        "tested = items if always or empty != unless else []",
        "tested = items if empty != unless else []",
        (_EXPORTS,),
    ),
    Defect(
        "what is divided by zero is infinite",
        "xlsform/rendering.py",
        'if sign == "div" and not',
        "if False and not",
        (_EXPORTS,),
    ),
    Defect(
        "a part of a day is written out",
        "xlsform/rendering.py",
        "if not all(each.kind == DATE or self._is_whole(each) for each in (node.left, node.right)):",
        "if False:",
        (_EXPORTS,),
    ),
    Defect(
        "the workbook is another on another day",
        "xlsform/workbook.py",
        "stamped = zipfile.ZipInfo(entry.filename, _STAMP)",
        'stamped = zipfile.ZipInfo(entry.filename, (2021, 1, 1, 0, 0, __import__("os").urandom(1)[0] % 30 * 2))',
        (f"{_EXPORTS}::test_the_same_questionnaire_gives_the_same_bytes",),
    ),
    Defect(
        "a value worked out in a repeat is that of the first",
        "xlsform/exports.py",
        "        self._calculations.clear()  # one within a repeat has another value in each\n",
        "",
        (_EXPORTS,),
    ),
    Defect(
        "what may be left open is asked for",
        "xlsform/exports.py",
        'return "no" if item.optional else ""',
        'return ""',
        (_EXPORTS,),
    ),
    Defect(
        "a text as a default is taken for a calculation",
        "xlsform/defaults.py",
        "case nodes.Text(text) if text == text.strip() and not _is_calculated(text, item.type):",
        "case nodes.Text(text) if text == text.strip():",
        (_DEFAULTS,),
    ),
    Defect(
        "a default that nobody sees here",
        "xlsform/exports.py",
        "if item.name not in self._prefilled:",
        "if False:",
        (_DEFAULTS,),
    ),
)

_COMPARED: Final = (
    Defect(
        "a changed hard check needs no word",
        "comparability.py",
        "could_break=any(check.severity is CheckSeverity.HARD for check in (before, after) if check),",
        "could_break=False,",
        ("comparability",),
    ),
    Defect(
        "a hard check that became soft lets every answer stand",
        "comparability.py",
        "    return check.severity, frozenset(check.parts), check.total\n",
        "    return frozenset(check.parts), check.total\n",
        ("comparability",),
    ),
    Defect(
        "a changed prefill is not told",
        "comparability.py",
        '    yield from _of_expression(Change.PREFILL, "prefill", then.prefill, now.prefill)\n',
        "",
        ("comparability",),
    ),
    Defect(
        "a part of another whole is the same question",
        "comparability.py",
        '    yield from _of_expression(Change.ANSWER, "percent_of", then.percent_of, now.percent_of)\n',
        "",
        ("comparability",),
    ),
    Defect(
        "a break since any questionnaire is one since this",
        "declarations.py",
        "if said and said.since == earlier and not said.comparable}",
        "if said and not said.comparable}",
        ("comparability",),
    ),
    Defect(
        "what is declared comparable is a break",
        "declarations.py",
        "if said and said.since == earlier and not said.comparable}",
        "if said and said.since == earlier}",
        ("comparability",),
    ),
)

_BLOCKS: Final = (
    Defect(
        "a school that does not know counts as one that has nothing",
        "instances.py",
        "        if missing in said:\n            return missing\n",
        "        del missing\n",
        ("blocks",),
    ),
)

DEFECTS: Final = (*_EXPRESSIONS, *_BLOCKS, *_XLSFORM_IN, *_XLSFORM_OUT, *_COMPARED)
