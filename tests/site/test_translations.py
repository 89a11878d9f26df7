"""Every text of the site is there in Dutch, and the tool that says so finds what it should."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from tools import translations
from tools.translations import Message, check, uses_of_python, uses_of_template

ROOT = Path(__file__).resolve().parents[2]

PYTHON = """
from django.utils.translation import gettext as _
text = _("Save")
"""
TEMPLATE = '{% load i18n %}<html lang="nl"><p>{% translate "Hello" %}</p></html>\n'
DUTCH = translations.HEADER + '\nmsgid "Save"\nmsgstr "Bewaren"\n\nmsgid "Hello"\nmsgstr "Dag"\n'


def package(folder: Path, *, python: str = PYTHON, template: str = TEMPLATE, dutch: str = DUTCH) -> Path:
    room = folder / "room"
    (room / "templates" / "room").mkdir(parents=True, exist_ok=True)
    (room / "locale/nl/LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    (room / "__init__.py").touch()
    (room / "views.py").write_text(python)
    (room / "templates" / "room" / "page.html").write_text(template)
    (room / translations.CATALOGUE).write_text(dutch)
    return folder


def codes(folder: Path) -> list[str]:
    return [fault.split()[0] for fault in check(folder)]


def test_every_text_of_the_site_has_its_dutch() -> None:
    assert check() == []


def test_a_reader_is_addressed_in_one_way() -> None:
    """`u hebt`, as in most of the texts; both are right, and both on one page are a slip."""
    package, demo = ROOT / "src" / "peilstok", ROOT / "demo" / "2020"
    texts = [*package.glob("*/locale/nl/LC_MESSAGES/django.po"), *package.rglob("*.py"), *package.rglob("*.html")]
    texts += [*demo.rglob("*.yaml"), *demo.rglob("*.md")]
    other = re.compile(r"\b(u\s+heeft|heeft\s+u)\b", re.IGNORECASE)
    assert [str(file) for file in texts if other.search(file.read_text(encoding="utf-8"))] == []


def test_a_complete_room_has_no_fault(tmp_path: Path) -> None:
    assert codes(package(tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"python": PYTHON + 'other = _("Send")\n'}, "T002"),
        ({"template": TEMPLATE.replace("<p>", '<p title="{% translate "Help" %}">')}, "T002"),
        ({"template": TEMPLATE.replace("</p>", "</p><p>Welkom</p>")}, "T001"),
        ({"template": TEMPLATE.replace("<p>", '<p aria-label="Groet">')}, "T001"),
        ({"python": PYTHON + "other = _(text)\n"}, "T001"),
        ({"dutch": DUTCH.replace('"Dag"', '""')}, "T003"),
        ({"dutch": DUTCH.replace('msgid "Hello"', '#, fuzzy\nmsgid "Hello"')}, "T003"),
        ({"dutch": DUTCH + '\nmsgid "Gone"\nmsgstr "Weg"\n'}, "T004"),
        ({"dutch": DUTCH.replace('msgstr "Dag"', 'msgid_plural "Hellos"\nmsgstr[0] "Dag"\nmsgstr[1] "Dagen"')}, "T005"),
        ({"dutch": DUTCH.replace('"Dag"', '"Dag %(name)s"')}, "T006"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, change: dict[str, str], code: str) -> None:
    assert codes(package(tmp_path, **change)) == [code]


def test_two_rooms_that_say_the_same_in_two_ways_are_found(tmp_path: Path) -> None:
    package(tmp_path)
    other = tmp_path / "other"
    (other / "locale/nl/LC_MESSAGES").mkdir(parents=True)
    (other / "__init__.py").write_text(PYTHON)
    (other / translations.CATALOGUE).write_text(translations.HEADER + '\nmsgid "Save"\nmsgstr "Opslaan"\n')
    assert codes(tmp_path) == ["T007"]


def test_a_fault_says_where(tmp_path: Path) -> None:
    package(tmp_path, template=TEMPLATE + "\n\n<p>Welkom</p>")
    (fault,) = check(tmp_path)
    assert fault.startswith("T001 error ")
    assert "page.html:4 text outside of a translation: 'Welkom' | " in fault


# placeholders

WITH_NAME = "{% load i18n %}{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}"


@pytest.mark.parametrize(
    ("dutch", "codes_wanted"),
    [("Dag %(name)s", []), ("Dag", ["T006"]), ("Dag %(naam)s", ["T006"]), ("%(name)s, dag %(name)s", [])],
)
def test_placeholders_are_the_same_in_both_languages(tmp_path: Path, dutch: str, codes_wanted: list[str]) -> None:
    text = DUTCH.replace('msgid "Hello"\nmsgstr "Dag"', f'msgid "Hello %(name)s"\nmsgstr "{dutch}"')
    assert codes(package(tmp_path, template=WITH_NAME, dutch=text)) == codes_wanted


COUNTED = (
    "{% load i18n %}{% blocktranslate count n=boards %}{{ n }} board{% plural %}{{ n }} boards{% endblocktranslate %}"
)


@pytest.mark.parametrize(
    ("singular", "plural", "codes_wanted"),
    [
        ("%(n)s bestuur", "%(n)s besturen", []),
        ("één bestuur", "%(n)s besturen", []),
        ("%(n)s bestuur", "besturen", ["T006"]),
        ("%(n)s bestuur", "", ["T003"]),
    ],
)
def test_a_plural_needs_its_number_in_the_plural(
    tmp_path: Path, singular: str, plural: str, codes_wanted: list[str]
) -> None:
    entry = f'msgid "%(n)s board"\nmsgid_plural "%(n)s boards"\nmsgstr[0] "{singular}"\nmsgstr[1] "{plural}"'
    text = DUTCH.replace('msgid "Hello"\nmsgstr "Dag"', entry)
    assert codes(package(tmp_path, template=COUNTED, dutch=text)) == codes_wanted


# what is a text of a template


def messages(template: str) -> list[Message]:
    uses = list(uses_of_template(template, file="page.html"))
    assert [use.fault for use in uses if use.fault] == []
    return [use.message for use in uses if use.message]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('{% translate "Hello" %}', Message("Hello")),
        ("{% trans 'Hello' as greeting %}", Message("Hello")),
        ('{% translate "May" context "month" %}', Message("May", context="month")),
        (r'{% translate "Say \"hello\"" %}', Message('Say "hello"')),
        ('{% translate "95% interval" %}', Message("95%% interval")),
        ('{% include "x.html" with title=_("Hello") %}', Message("Hello")),
        ("{{ value|default:_('none') }}", Message("none")),
        ("{% blocktranslate %}95% of {{ base }}{% endblocktranslate %}", Message("95%% of %(base)s")),
        ("{% blocktranslate trimmed %}\n  One\n  two.\n{% endblocktranslate %}", Message("One two.")),
        ("{% blocktranslate with n=x.y|intcomma %}{{ n }} in{% endblocktranslate %}", Message("%(n)s in")),
        (
            "{% blocktranslate count n=c %}{{ n }} board{% plural %}{{ n }} boards{% endblocktranslate %}",
            Message("%(n)s board", plural="%(n)s boards"),
        ),
    ],
)
def test_a_text_of_a_template_is_read_as_django_reads_it(template: str, message: Message) -> None:
    assert messages(f"{{% load i18n %}}{template}") == [message]


@pytest.mark.parametrize(
    "silent",
    [
        "<p>12 · – 3,8</p>",
        "{# a remark #}",
        "{% comment %}A remark{% endcomment %}",
        "<!-- a remark -->",
        '<p lang="en">Hello</p>',
        '<p translate="no">Peilstok <b>BV</b></p>',
        '<a href="/naar/ergens" class="button" id="knop">{{ text }}</a>',
        '<script type="application/json">{"a": "b"}</script>',
        "&nbsp;&middot;",
    ],
)
def test_what_is_no_text_or_declares_its_language_is_left_alone(silent: str) -> None:
    assert list(uses_of_template(f'<html lang="nl">{silent}</html>', file="page.html")) == []


@pytest.mark.parametrize(
    "spoken",
    [
        "<p>Hello</p>",
        '<img alt="A chart">',
        '<input placeholder="Naam">',
        '<p translate="no">Peilstok</p> Hello',
        "<br>Hello",
        "{{ value }} boards",
        "&eacute;&eacute;n",
        "{% if x %}Hello{% endif %}",
    ],
)
def test_a_text_outside_of_a_translation_is_found(spoken: str) -> None:
    assert len(list(uses_of_template(f'<html lang="nl">{spoken}</html>', file="page.html"))) == 1


def test_a_mail_in_plain_text_is_read_as_well() -> None:
    found = list(uses_of_template('{% translate "Dear board," %}\n{{ link }}\nGroeten\n', file="mail.txt"))
    assert [(use.line, bool(use.fault)) for use in found] == [(1, False), (3, True)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('gettext("a")', Message("a")),
        ('gettext_lazy("a")', Message("a")),
        ('translation.gettext("a")', Message("a")),
        ('ngettext("one", "more", n)', Message("one", plural="more")),
        ('pgettext("month", "May")', Message("May", context="month")),
        ('_("a" "b")', Message("ab")),
    ],
)
def test_a_text_of_the_code_is_found_however_it_is_called(source: str, message: Message) -> None:
    assert [use.message for use in uses_of_python(source, file="x.py")] == [message]


# compile and update


def test_compiling_writes_what_django_reads_and_does_it_once(tmp_path: Path) -> None:
    package(tmp_path)
    assert translations.compile_all(tmp_path) == 1
    target = tmp_path / "room" / translations.CATALOGUE.with_suffix(".mo")
    with target.open("rb") as file:
        assert read_mo(file)["Save"].string == "Bewaren"
    assert translations.compile_all(tmp_path) == 0
    source = tmp_path / "room" / translations.CATALOGUE
    later = target.stat().st_mtime + 1
    os.utime(source, (later, later))
    assert translations.compile_all(tmp_path) == 1


def test_updating_adds_what_is_missing_once_and_changes_nothing_else(tmp_path: Path) -> None:
    package(tmp_path, dutch=DUTCH.replace('\nmsgid "Hello"\nmsgstr "Dag"\n', ""))
    before = (tmp_path / "room" / translations.CATALOGUE).read_text()
    assert translations.update(tmp_path) == 1
    assert (tmp_path / "room" / translations.CATALOGUE).read_text() == before + '\nmsgid "Hello"\nmsgstr ""\n'
    assert translations.update(tmp_path) == 0
    assert codes(tmp_path) == ["T003"]


def test_updating_makes_the_catalogue_of_a_room_that_has_none(tmp_path: Path) -> None:
    package(tmp_path)
    (tmp_path / "room" / translations.CATALOGUE).unlink()
    assert translations.update(tmp_path) == 2
    assert codes(tmp_path) == ["T003", "T003"]


def test_the_command_says_what_it_takes() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "translations.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "compile|check|update" in done.stderr
