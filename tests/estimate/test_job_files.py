"""Job files that are wrong: everything is said, at the line of the key concerned, with what would be right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from peilstok.errors import Refused
from peilstok.estimate.jobs import findings, results
from peilstok.estimate.jobs.text import places
from peilstok.estimate.survey import designed, keys, wanted
from tests.estimate.test_jobs import NUMBER, job

ROOT = Path(__file__).parents[2]


def test_everything_that_is_wrong_with_the_file_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text('{\n "dataset": 3,\n "design": {\n  "nest": "maybe"\n },\n "estimand": {"type": "mean"}\n}\n')
    with pytest.raises(Refused) as refused:
        results.run(path)
    assert [finding.place.line for finding in refused.value.findings] == [2, 4, 6]


SHAPES: list[tuple[dict[str, Any], str]] = [
    ({"estimand": {"variable": "care"}}, "estimand.type: missing | one of change, chisq, contrast, mean, multi,"),
    (
        {"estimand": {"type": "multi", "parts": [{"type": "ttest"}]}},
        'estimand.parts[0].type: "ttest" | one of change, contrast, mean, multi_response,',
    ),
    (
        {"estimand": {"type": "multi", "parts": [{"type": "change", "components": [{}], "contrasts": {"a": "b"}}]}},
        "estimand.parts[0].components[0].type: missing | one of mean, multi_response,",
    ),
    ({"calibration": [{"by": "size"}]}, "calibration[0].method: missing | one of calibrate, nonresponse_cells,"),
    ({"calibration": [{"method": "trim"}]}, 'calibration[0].method: "trim" | one of calibrate, nonresponse_cells,'),
    ({"estimand": {"type": "ratio", "numerator": "care"}}, "estimand.denominator: missing | this key"),
    ({"estimand": None}, "estimand: missing | this key"),
    (
        {"estimand": {"type": "mean", "by": "size"}},
        "estimand: an object with type, by | name the variable or variables",
    ),
    ({"estimand": 3}, "estimand: 3 | an object"),
    ({"ci_level": 0.9}, "ci_level: 0.9 | 0.95, the only level"),
    ({"ci_level": "much"}, 'ci_level: "much" | a number'),
    (
        {"estimand": {"type": "mean", "variable": "w", "where": [{"variable": "N", "op": "==", "value": [8, 10]}]}},
        "estimand.where[0]: an object with variable, op, value | one value is wanted, or with",
    ),
    (
        {"calibration": [{"method": "calibrate", "constraints": [{"kind": "intercept", "total": {"a": "b"}}]}]},
        'calibration[0].constraints[0].total.a: "b" | a number',
    ),
    ({"design": {"weight": "w"}}, 'design.weight: "w" | no such key'),
    (
        {
            "calibration": [
                {"method": "poststratify", "by": ["size", "board"], "totals": [{"size": "small", "total": 1}]}
            ]
        },
        "calibration[0].totals[0].board: missing | this key",
    ),
    (
        {"calibration": [{"method": "rake", "margins": [{"by": "size", "totals": [{"sise": "small", "total": 1}]}]}]},
        "calibration[0].margins[0].totals[0].size: missing | this key",
    ),
]


@pytest.mark.parametrize(("changes", "said"), SHAPES, ids=[said for _, said in SHAPES])
def test_what_is_wrong_with_a_key_is_said_once_with_the_key_that_is_meant(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused) as refused:
        results.run(job(tmp_path, **changes))
    [finding] = refused.value.findings
    assert finding.code == "J003"
    assert str(finding).partition(":1:1 ")[2].startswith(said)


def test_a_key_that_stands_twice_is_refused_with_its_line_and_what_is_wrong_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(
        '{\n "dataset": "a.csv",\n "design": {"weights": "v",\n  "weights": "w"},\n "estimand": {"type": "x"},\n'
        ' "note": "one, \\"two\\": {",\n "design": {"weights": "u", "weights": "z"},\n "note": "three"\n}\n'
    )
    with pytest.raises(Refused) as refused:
        results.run(path)
    assert [(each.code, each.place.line, each.found) for each in refused.value.findings] == [
        ("J003", 4, "design.weights: again, after line 3"),
        ("J003", 5, 'estimand.type: "x"'),
        ("J003", 7, "design: again, after line 3"),
        ("J003", 8, "note: again, after line 6"),
    ]


def test_the_line_of_every_key_and_entry_of_a_job_is_known() -> None:
    text = '{"a": [1,\n {"b": "x, [y]: {"},\n [],\n [true, {}]],\n "c\\n": {},\n "d": {"e":\n -1.5e3}}'
    assert list(places(text)) == [
        (("a",), 1),
        (("a", 0), 1),
        (("a", 1), 2),
        (("a", 1, "b"), 2),
        (("a", 2), 3),
        (("a", 3), 4),
        (("a", 3, 0), 4),
        (("a", 3, 1), 4),
        (("c\n",), 5),
        (("d",), 6),
        (("d", "e"), 6),
    ]


TOTAL = {"size": "small", "place": "weights", "total": 1}


def test_all_columns_that_are_not_there_are_said_at_once_each_with_the_line_that_names_it(tmp_path: Path) -> None:
    path = job(
        tmp_path,
        design={"ids": ["boards"], "strata": ["size"], "weights": "v"},
        calibration=[
            {"method": "rake", "margins": [{"by": ["size", "place"], "totals": [TOTAL]}]},
            {
                "method": "calibrate",
                "within": "wave",
                "constraints": [{"kind": "numeric", "variable": "n", "total": 1}],
            },
            {"method": "nonresponse_cells", "by": "size", "base_weight": "w", "responded": "r", "output_weight": "v"},
        ],
        estimand={
            "type": "multi",
            "derived": {"one": "constant 1"},
            "where": [{"variable": "asked", "op": "==", "value": 1}],
            "parts": [
                {"type": "total", "variables": ["one", "care", "cares"]},
                {"type": "ratio", "numerator": "care", "denominator": "boards"},
            ],
        },
    )
    path.write_text(json.dumps(json.loads(path.read_text()), indent=1))
    with pytest.raises(Refused) as refused:
        results.run(path)
    said = [str(finding) for finding in refused.value.findings]
    names = ["boards", "asked", "cares", "place", "wave", "n", "r"]
    assert [re.findall("J010 .*: no column (.*) \\| one of board, ", each)[0] for each in said] == names
    lines = path.read_text().splitlines()
    assert all(
        f'"{name}"' in lines[each.place.line - 1] for name, each in zip(names, refused.value.findings, strict=True)
    )
    assert said[0].endswith("; did you mean board?")


def test_every_key_that_may_name_a_column_is_looked_at() -> None:
    kinds = [keys.Column, keys.Column | None, keys.Columns, keys.Some]
    models = [each for module in (designed, wanted) for each in vars(module).values() if isinstance(each, type)]
    found = {
        key
        for model in models
        if issubclass(model, keys.Part)
        for key, hint in get_type_hints(model, include_extras=True).items()
        if hint in kinds
    }
    assert found - {"output_weight"} == findings.COLUMNS


DOMAIN = {"variable": "N", "op": ">", "value": 99}
STEP = {"method": "calibrate", "constraints": [{"kind": "numeric", "variable": "care", "total": 9}]}
PLACES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"estimand": {"type": "mean", "variable": "w", "where": [DOMAIN]}}, "E001", '"estimand"', "a domain with rows"),
    ({"estimand": {"type": "mean", "variable": "care"}}, "E002", '"variable": "care"', "rows left out on purpose"),
    ({"calibration": [STEP]}, "C006", '"variable": "care"', "a value in every row"),
    (
        {"calibration": [{**STEP, "aggregate_stage": 9, "constraints": [NUMBER]}]},
        "C005",
        '"aggregate_stage"',
        "one of those",
    ),
    ({"design": {"strata": ["board"], "weights": "w"}}, "D004", '"design"', "another unit, joined strata, or a rule"),
    ({"design": {"ids": ["care"], "weights": "w"}}, "D007", '"care"', "one for every row"),
    ({"design": {"weights": "policy"}}, "J020", '"weights": "policy"', "data and a design that fit the job"),
    ({"estimand": {"type": "ttest", "variable": "w", "group": "board"}}, "J020", '"group": "board"', "data and a"),
    (
        {"estimand": {"type": "change", "components": [{"type": "mean", "variable": "w"}], "contrasts": {"a": "b"}}},
        "J020",
        '"estimand"',
        "data and a",
    ),
]


@pytest.mark.parametrize(("changes", "code", "key", "expected"), PLACES, ids=[f"{x[1]} {x[2]}" for x in PLACES])
def test_what_cannot_be_estimated_is_found_at_the_key_concerned_with_what_would_be_right(
    tmp_path: Path, changes: dict[str, Any], code: str, key: str, expected: str
) -> None:
    path = job(tmp_path, **changes)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=1))
    with pytest.raises(Refused) as refused:
        results.run(path)
    [finding] = refused.value.findings
    assert finding.code == code
    assert key in path.read_text().splitlines()[finding.place.line - 1]
    assert finding.expected.startswith(expected)


def test_what_would_be_right_is_what_the_page_of_bad_input_says() -> None:
    page = (ROOT / "docs" / "methods" / "bad-input.md").read_text()
    rows = re.findall(r"^\| ([A-Z]\d{3}) \| .* \| (.*?) \|$", page, re.MULTILINE)
    assert dict(rows) == findings.WOULD_BE_RIGHT


@pytest.mark.parametrize(("text", "line"), [("[1, 2]", 1), ('{\n "dataset":\n}', 3), ("[" * 100_000, 1)])
def test_what_is_no_object_in_json_is_refused(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "job.json"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        results.run(path)
    assert [finding.place.line for finding in refused.value.findings] == [line]
