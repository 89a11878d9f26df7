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
        "saving.py",
        "version > sent.version and form != sent.form",
        "version > sent.version",
        (f"{_KILLED}::test_a_web_server_that_is_killed_loses_nothing_that_was_confirmed_and_doubles_nothing",),
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
        "saving.py",
        "    if _saved_elsewhere(work):\n        return Saved.CONFLICT\n    _mark",
        "    _mark",
        ("keeping",),
    ),
    Defect(
        "what is half typed is an answer",
        "saving.py",
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
        "saving.py",
        "    if reading.accepted:\n        _keep_answers",
        "    if True:\n        _keep_answers",
        ("answering",),
    ),
    Defect(
        "late answers count in the figures",
        "counting.py",
        "invitation__out_of_scope_at=None, late=False)",
        "invitation__out_of_scope_at=None)",
        ("late",),
    ),
    Defect(
        "after closing a page that is sent in changes how it ended",
        "saving.py",
        "    if not invitation.wave.takes_answers(work.moment):\n        return\n    before",
        "    before",
        ("late",),
    ),
    Defect(
        "the database takes a revision for in time after closing",
        "migrations/0008_late_answers.py",
        "IF NEW.late <> over THEN",
        "IF NEW.late <> over AND NEW.late THEN",
        ("late",),
    ),
    Defect(
        "the database lets a board answer in time after closing",
        "migrations/0008_late_answers.py",
        "AND (w.state = 'closed' OR NEW.answered_at >= LEAST(w.closes, w.closed_at))",
        "AND false",
        ("late",),
    ),
    Defect(
        "a frozen outcome may change",
        "migrations/0010_snapshots.py",
        "IF EXISTS (SELECT 1 FROM collect_snapshot WHERE wave_id = OLD.wave_id) THEN",
        "IF false THEN",
        ("snapshot",),
    ),
    Defect(
        "what boards wrote in their own words stands among the answers",
        "snapshot/answers.py",
        "item.type.asks and item.type not in WORDY and",
        "item.type.asks and",
        ("snapshot",),
    ),
    Defect(
        "links are not forgotten",
        "retention.py",
        "    wave.invitations.update(token_hash=None, code_hash=None)\n",
        "",
        ("retention",),
    ),
    Defect(
        "what was never sent in is not forgotten",
        "retention.py",
        "        Draft.objects.filter(invitation__wave=wave).delete()\n",
        "",
        ("retention",),
    ),
    Defect(
        "forgotten before its time",
        "retention.py",
        "    if moment < due(wave):\n",
        "    if False:\n",
        ("retention",),
    ),
    Defect(
        "a second press notes a second call",
        "calls.py",
        "        if there is not None and (there.result, there.call_back_at) == (result, call_back_at):\n"
        "            return there\n",
        "        number = locked.calls.count() + 1\n",
        ("calls",),
    ),
    Defect(
        "whose answer adds least comes first",
        "phonelist.py",
        "-round(self.worth, 9)",
        "round(self.worth, 9)",
        ("phonelist", "readiness"),
    ),
    Defect(
        "half-widths of figures that rest on too few boards",
        "readiness.py",
        "for shown in (meets_the_rule(row, plan) or row.name in released,)",
        "for shown in (True,)",
        ("readiness",),
    ),
    Defect(
        "ready although figures are too wide",
        "readiness.py",
        "self.covered and self.narrow",
        "self.covered",
        ("readiness",),
    ),
    Defect(
        "an outcome that is counted twice",
        "monitor.py",
        "{outcome: outcomes.count(outcome) for outcome in INVITED}",
        "{outcome: outcomes.count(outcome) + (outcome is Outcome.BOUNCED and Outcome.BOUNCED in outcomes)"
        " for outcome in INVITED}",
        ("adding_up", "monitor"),
    ),
    Defect(
        "a save on what was seen writes over a draft that was saved since",
        "drafts.py",
        "        WHERE concat(d.xmin, ' ', d.ctid) = %(draft_stamp)s\n",
        "",
        ("saving",),
    ),
    Defect(
        "a save on what was seen is taken after the wave has closed",
        "drafts.py",
        "AND concat(w.xmin, ' ', w.ctid) = %(wave_stamp)s FOR SHARE",
        "FOR SHARE",
        ("saving",),
    ),
    Defect(
        "a save on what was seen is taken of a board that is out of scope since",
        "drafts.py",
        "AND concat(i.xmin, ' ', i.ctid) = %(invitation_stamp)s\n",
        "\n",
        ("saving",),
    ),
)
