"""`peilstok questionnaire`, as Anna types it before she fields the next wave."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from peilstok.cli import app
from peilstok.errors import CannotRun
from tests.questionnaire.building import BOTH, file, item, option

DEMO = Path(__file__).resolve().parents[2] / "demo/2020"
SINCE = {"since": "proef", "reason": {"nl": "Beter gezegd", "en": "Put better"}}
ASKED = {"nl": "Hoeveel leerlingen vangt u nu op?", "en": "How many pupils are in care now?"}
ASKED_LATER = {"nl": "Hoeveel leerlingen vangt u op?", "en": "How many pupils are in care?"}

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with a page of items; gives its path."""

    def written(name: str, *items: dict[str, object], **more: object) -> str:
        (tmp_path / name).write_text(file(list(items), **more))  # type: ignore[arg-type]  # keys of the file
        return str(tmp_path / name)

    return written


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["questionnaire", *words])


def test_a_sound_file_is_summed_up_in_one_line(write: Write) -> None:
    result = run("check", write("a.yaml", item("q"), item("r")))
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.partition("a.yaml: ")[2][:-12] == "proef, 1 page, 2 items, 0 checks, "
    assert result.stderr == "0 errors, 0 warnings\n"


def test_all_findings_of_all_files_come_one_line_each_and_the_sound_ones_are_summed_up(write: Write) -> None:
    wrong = write("wrong.yaml", item("q", "nummer"), item("q", required="perhaps"))
    warned = write("warned.yaml", item("q", hint={"nl": "The same three words", "en": "The same three words"}))
    result = run("check", wrong, write("sound.yaml", item("q")), warned)
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "Q040", "Q031", "Q012", str(Path(wrong).with_name("sound.yaml:")), "Q022", f"{warned}:",
    ]  # fmt: skip
    assert (result.exit_code, result.stderr) == (1, "3 errors, 1 warnings\n")


def test_a_warning_alone_is_no_failure(write: Write) -> None:
    hint = {"nl": "The same three words", "en": "The same three words"}
    assert run("check", write("a.yaml", item("q", hint=hint))).exit_code == 0


def test_since_an_earlier_questionnaire_changes_must_be_declared(write: Write) -> None:
    earlier = write("earlier.yaml", item("q"))
    silent = write("silent.yaml", item("q", maximum=5))
    told = write("told.yaml", item("q", maximum=5, changed={**SINCE, "comparable": True}))
    assert run("check", silent).exit_code == 0
    result = run("check", silent, told, "--since", earlier)
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["Q071", f"{silent}:", f"{told}:"]
    assert run("check", told, "--since", earlier).exit_code == 0


def test_an_earlier_questionnaire_that_is_not_sound_is_told_and_the_file_is_still_checked(write: Write) -> None:
    result = run("check", write("a.yaml", item("q")), "--since", write("earlier.yaml", item("q", "nummer")))
    assert result.exit_code == 1
    assert result.stdout.startswith("Q040 error ")
    assert "a.yaml: proef, 1 page" in result.stdout
    assert "earlier.yaml is not sound: nothing was compared with it" in result.stderr


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_checked(write: Write, tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff")
    result = run("check", str(tmp_path / "none.yaml"), write("a.yaml", item("q")), str(tmp_path / "bytes.yaml"))
    assert "a.yaml: proef" in result.stdout
    assert isinstance(result.exception, CannotRun)  # of which `main` makes a message and exit status 2
    assert [line.split(" ", 1)[1] for line in str(result.exception).splitlines()] == [
        "cannot be read: No such file or directory",
        "is not UTF-8 text (byte 1)",
    ]
    for words in (("check", "none.yaml"), ("compare", "none.yaml", "none.yaml")):
        assert isinstance(run(*words).exception, CannotRun)


def test_a_check_as_json_is_one_object(write: Write) -> None:
    earlier, later = write("earlier.yaml", item("q")), write("later.yaml", item("q", maximum=5))
    result = run("check", later, "--since", earlier, "--format", "json")
    document = json.loads(result.stdout)
    (told,) = document["files"]
    assert (told["file"], told["sound"], told["items"], len(told["fingerprint"])) == (later, True, 1, 64)
    assert [each["code"] for each in told["findings"]] == ["Q071"]
    assert document["since"]["file"] == earlier
    assert result.exit_code == 1


def test_a_comparison_tells_of_each_item_what_changed_how_it_is_declared_and_then_the_findings(write: Write) -> None:
    before = write(
        "before.yaml",
        item("in_care", text=ASKED),
        item("lead", "choice", options=["school", "other"]),
        item("wide", maximum=5),
        item("kept"),
        item("old", "text", text={"nl": "Nog iets?", "en": "Anything else?"}),
    )
    after = write(
        "after.yaml",
        item("kept"),
        item("in_care", text=ASKED_LATER, changed={**SINCE, "comparable": True}),
        item("lead", "choice", options=["school", "nobody"], changed={**SINCE, "comparable": False}),
        item("wide", dont_know=True),
        item("remark", "text", text={"nl": "Nog iets?", "en": "Anything else?"}),
    )
    result = run("compare", before, after)
    assert result.exit_code == 1
    *lines, found = result.stdout.splitlines()
    assert (
        "\n".join(lines)
        == """\
kept: same
in_care: wording changed; declared comparable
  reason: Put better
  text, nl: Hoeveel leerlingen vangt u [-nu-] op?
  text, en: How many pupils are in [-care now?-] {+care?+}
lead: options changed; declared a break
  reason: Put better
  option nobody: nothing -> Antwoord nobody / Answer nobody
  option other: Antwoord other / Answer other -> nothing
wide: options changed, answer changed; NOT DECLARED
  dont_know: false -> true
  maximum: 5 -> nothing
remark: new; reads as old, which is gone: renamed?
old: gone; reads as remark, which is new: renamed?"""
    )
    assert found.startswith(f"Q071 error {after}:")
    assert result.stderr == "1 errors, 0 warnings\n"


def test_where_all_is_declared_nothing_is_wrong(write: Write) -> None:
    before = write("before.yaml", item("q"))
    assert run("compare", before, write("after.yaml", item("q", maximum=5))).exit_code == 1
    declared = item("q", maximum=5, changed={**SINCE, "comparable": False})
    assert run("compare", before, write("after.yaml", declared)).exit_code == 0
    result = run("compare", before, write("after.yaml", item("q", changed={**SINCE, "comparable": True})))
    assert (result.exit_code, result.stderr) == (0, "0 errors, 1 warnings\n")


def test_who_may_be_asked_otherwise_is_told_with_the_item_that_does_it(tmp_path: Path) -> None:
    then, now = item("a", "choice", options=["yes", "no"]), item("a", "choice", options=["yes", "no"], dont_know=True)
    for name, gate in (("then", then), ("now", {**now, "changed": {**SINCE, "comparable": True}})):
        (tmp_path / name).write_text(file([gate], [item("b", when='a = "yes"')]))
    result = run("compare", str(tmp_path / "then"), str(tmp_path / "now"))
    assert result.exit_code == 0
    assert (
        "b: population changed\n  others may be asked it, for its condition looks at what changed: a\n" in result.stdout
    )


def test_a_long_comparison_is_read_in_eighty_columns_and_of_long_texts_what_changed_with_words_around(
    write: Write,
) -> None:
    long = " ".join(f"woord{number}" for number in range(40))
    before, after = ({"nl": f"{long} {word} {long}", "en": f"{word} {long}"} for word in ("eerst", "daarna"))
    names = [option(f"a{number}_{'x' * 50}") for number in range(3)]
    result = run(
        "compare",
        write("before.yaml", item("q" * 60, "choice", text=before, options=names[:2])),
        write("after.yaml", item("q" * 60, "choice", text=after, options=names[1:], required=True)),
    )
    lines = [line for line in result.stdout.splitlines() if not line.startswith("Q071")]
    assert max(map(len, lines)) <= 80
    assert lines[0] == f"{'q' * 60}: wording changed,"
    told = " ".join(" ".join(lines).split())
    assert "text, nl: ... woord36 woord37 woord38 woord39 [-eerst-] {+daarna+} woord0 woord1 woord2 woord3 ..." in told
    assert "text, en: [-eerst-] {+daarna+} woord0 woord1 woord2 woord3 ..." in told
    assert [line for line in result.stdout.splitlines() if line.startswith("Q071")]  # one line, however long


def test_a_comparison_as_json_has_the_same_for_a_program(write: Write) -> None:
    before = write("before.yaml", item("q", text=ASKED), item("r"))
    after = write("after.yaml", item("q", text=ASKED_LATER, changed={**SINCE, "comparable": True}))
    result = run("compare", before, after, "--format", "json")
    document = json.loads(result.stdout)
    asked, gone = document["items"]
    assert (asked["item"], asked["changes"], asked["could_break"]) == ("q", ["wording changed"], True)
    assert asked["declared"] == {"comparable": True, "reason": SINCE["reason"]}
    assert asked["differences"][0] == {
        "change": "wording changed",
        "could_break": True,
        "what": "text, nl",
        "before": ASKED["nl"],
        "after": ASKED_LATER["nl"],
        "words": [{"kept": "Hoeveel leerlingen vangt u"}, {"gone": "nu"}, {"kept": "op?"}],
    }
    assert (gone["changes"], gone["declared"]) == (["gone"], None)
    assert (document["before"]["file"], document["after"]["name"], document["findings"]) == (before, "proef", [])


def test_a_file_that_is_not_sound_is_not_compared_and_its_findings_are_told(write: Write) -> None:
    result = run("compare", write("before.yaml", item("q", "nummer")), write("after.yaml", item("q", required="x")))
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["Q040", "Q012"]
    assert result.exit_code == 1


@pytest.mark.parametrize(("before", "after"), [("wave-1", "wave-2"), ("wave-2", "wave-3")])
def test_the_questionnaires_of_the_demo_declare_what_changed_since_the_one_before(before: str, after: str) -> None:
    files = [str(DEMO / wave / "questionnaire.yaml") for wave in (before, after)]
    result = run("compare", *files)
    assert (result.exit_code, result.stderr) == (0, "0 errors, 0 warnings\n")
    assert max(map(len, result.stdout.splitlines())) <= 80


SCHOOLS = {"name": "schools", "of": "schools", "title": BOTH, "text": BOTH, "entry": {"nl": "School", "en": "School"}}


def test_a_preview_shows_every_question_with_its_condition_and_checks_and_needs_nothing_beside_it(
    write: Write, tmp_path: Path
) -> None:
    rule = {"name": "r", "severity": "soft", "rule": "r < 2 and q < 9", "message": {"nl": "Veel: {r}", "en": "{r}"}}
    part = item("r", when="q > 1", percent_of="q", unit={"nl": "uur", "en": "hours"})
    pages = [
        {"name": "one", "title": BOTH, "items": [item("q", prefill="register(pupils)", required=True)]},
        {"name": "two", "title": BOTH, "items": [part, item("n", "note", text={"nl": "Dag {q}", "en": "Bye {q}"})]},
        {"name": "three", "title": BOTH, "items": [item("s")], "block": "schools"},
    ]
    result = run("preview", write("a.yaml", pages=pages, checks=[rule], blocks=[SCHOOLS]))
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/a.html\n")
    html = (tmp_path / "a.html").read_text()
    for shown in (
        "q &gt; 1",
        "Gevraagd voor elke: School",
        'value="1.200"',
        "r &lt; 2 and q &lt; 9",
        "Veel: {r}",
        "Dag {q}",
    ):
        assert shown in html
    assert not any(beside in html for beside in ("<link", "src=", "url("))


def test_a_preview_is_in_the_language_that_is_asked(write: Write, tmp_path: Path) -> None:
    assert run("preview", write("a.yaml", item("q")), "--language", "en").exit_code == 0
    html = (tmp_path / "a.html").read_text()
    assert '<html lang="en">' in html
    assert "Preview for an invented board" in html


def test_a_preview_leaves_the_surroundings_of_its_process_as_they_were(write: Write) -> None:
    before = dict(os.environ)
    run("preview", write("a.yaml", item("q")))
    assert dict(os.environ) == before


def test_of_a_file_with_errors_there_is_no_preview(write: Write, tmp_path: Path) -> None:
    result = run("preview", write("a.yaml", item("q", "nummer")))
    assert (result.exit_code, result.stdout.split()[0]) == (1, "Q040")
    assert not (tmp_path / "a.html").exists()


def test_a_preview_that_cannot_be_written_says_where(write: Write, tmp_path: Path) -> None:
    result = run("preview", write("a.yaml", item("q")), "--output", f"{tmp_path}/none/a.html")
    assert isinstance(result.exception, CannotRun)
    assert str(result.exception) == f"{tmp_path}/none/a.html cannot be written: No such file or directory"
