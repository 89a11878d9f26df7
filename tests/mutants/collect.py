"""The defects that are planted in fielding: what must never happen to an answer or a mail; `planting` plants them."""

from __future__ import annotations

from typing import Final

from tests.mutants.planting import Defect

_KILLED = "faults/test_killed"

DEFECTS: Final = (
    Defect(
        "a confirmation that is sent again is another one",
        "answers.py",
        "        if there is not None:\n            return Confirmed.CONFIRMED, there\n",
        "",
        ("answering", "races"),
    ),
    Defect(
        "a page that is sent again conflicts with itself",
        "answers.py",
        "version > sent.version and form != sent.form",
        "version > sent.version",
        (f"{_KILLED}::test_a_web_server_that_is_killed_loses_nothing_that_was_confirmed_and_doubles_nothing",),
    ),
    Defect(
        "what the questionnaire declares a break is compared",
        "figures.py",
        "return plan.with_breaks(breaks, since=WaveId(wave.previous.pk))",
        "return plan",
        ("disclose/test_command",),
    ),
    Defect(
        "last time's answer stands beside another question",
        "respondents.py",
        "return name in then.items and questions.asked_alike(then.items[name], now.items[name])",
        "return name in then.items",
        ("answering",),
    ),
    Defect(
        "a confirmation is told before it is on disk",
        "../site/settings.py",
        '"prepare_threshold": 5 if prepared else None,',
        '"prepare_threshold": 5 if prepared else None, "options": "-c synchronous_commit=off",',
        (f"{_KILLED}::test_a_database_that_is_killed_loses_nothing_that_was_confirmed_and_doubles_nothing",),
    ),
    Defect(
        "a mail is claimed in name only",
        "mail/messages.py",
        "SET state = 'sending', claimed_at",
        "SET state = 'queued', claimed_at",
        (f"{_KILLED}::test_a_worker_that_is_killed_sends_no_mail_twice_and_what_nobody_knows_waits_for_a_person",),
    ),
    Defect(
        "answers without a lock on the invitation",
        "lookup.py",
        "EXISTS (SELECT 1 FROM held) FOR UPDATE",
        "EXISTS (SELECT 1 FROM held)",
        ("races",),
    ),
    Defect(
        "answers without holding the wave open",
        "lookup.py",
        "WHERE id = %s) FOR SHARE",
        "WHERE id = %s)",
        ("races",),
    ),
    Defect(
        "another device's page written over while typing",
        "answers.py",
        "        if _saved_elsewhere(respondent, sent):\n            return Saved.CONFLICT\n        _mark",
        "        _mark",
        ("keeping",),
    ),
    Defect(
        "what is half typed is an answer",
        "answers.py",
        '    draft.typed[sent.page] = {"language": sent.language, "fields": sent.typed, "halfway": True}\n',
        "    draft.answers.update({name: texts[0] for name, texts in sent.typed.items()})\n",
        ("keeping",),
    ),
    Defect(
        "a door that takes posts only takes HEAD too",
        "doors.py",
        'return [*entry.methods, "HEAD"] if "GET" in entry.methods else [*entry.methods]',
        'return [*entry.methods, "HEAD"]',
        ("keeping",),
    ),
    Defect(
        "looking at the link opens it",
        "views/answering.py",
        "    if respondent.latest is not None:\n        return _done(request, seat)\n    if",
        "    type(respondent.invitation).objects.filter(pk=respondent.invitation.pk).update(opened_at=seat.moment)\n"
        "    if respondent.latest is not None:\n        return _done(request, seat)\n    if",
        ("answering",),
    ),
    Defect(
        "a refused value is stored as an answer",
        "answers.py",
        "    if reading.accepted:\n        _keep_answers",
        "    if True:\n        _keep_answers",
        ("answering",),
    ),
)
