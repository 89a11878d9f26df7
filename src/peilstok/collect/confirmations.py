"""What a board gets of the answers that it sent: an accessible PDF for its own file.

Decides what stands in it: whose answers they are, when they came in, the reference, until when they can be changed, and
each question with its answer as it counts. The same revision gives the same bytes, unless its wave closes early.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peilstok.collect import forms, moments
from peilstok.collect.models import Revision
from peilstok.collect.respondents import Respondent
from peilstok.terms import Language
from peilstok.typesetting import documents

TEMPLATE: Final = Path(__file__).parent / "typst" / "answers.typ"


def pdf(respondent: Respondent, revision: Revision, language: Language) -> bytes:
    """PDF/UA-1."""
    return documents.setting(TEMPLATE, content(respondent, revision, language))


def file_name(respondent: Respondent, revision: Revision) -> str:
    return f"{respondent.invitation.wave_id}-{revision.reference}.pdf"


def content(respondent: Respondent, revision: Revision, language: Language) -> dict[str, Any]:
    """Everything that the template prints, as JSON values."""
    wave, kept = respondent.invitation.wave, respondent.content
    day = timezone.localdate(revision.confirmed_at)
    with translation.override(language):
        return {
            "lang": language,
            "title": kept.questionnaire.title[language],
            "council": settings.PEILSTOK.council,
            "board": respondent.invitation.unit.name,
            "reference": revision.reference,
            "year": day.year,
            "month": day.month,
            "day": day.day,
            "synthetic": _("Demonstration: this board is invented, all answers are synthetic.")
            if wave.frame.synthetic
            else "",
            "lines": _lines(
                revision, moments.said(revision.confirmed_at, language), moments.said(wave.closing, language)
            ),
            "answers": [
                {"label": each.label, "value": each.value, "missing": each.missing}
                for each in forms.counted(respondent, revision, language)
            ],
            "contact": _("Questions about this poll? Call %(name)s at %(phone)s and have the reference at hand.")
            % {"name": kept.spec.contact.name, "phone": kept.spec.contact.phone},
            "words": {
                "answers": _("Your answers"),
                "question": _("Question"),
                "answer": _("Answer"),
                "reference": _("Reference:"),
                "page": _("page"),
                "of": _("of"),
            },
        }


def _lines(revision: Revision, confirmed: str, closes: str) -> list[str]:
    if revision.late:
        return [
            _("Your answers came in on %(confirmed)s. Reference: %(reference)s.")
            % {"confirmed": confirmed, "reference": revision.reference},
            _("The poll had closed by then: they are kept apart and do not count in the figures."),
        ]
    lines = [
        _("Your answers came in on %(confirmed)s. Reference: %(reference)s.")
        % {"confirmed": confirmed, "reference": revision.reference},
        _("You can correct them until %(closes)s, with the link in the mail. Your last version counts, once.")
        % {"closes": closes},
    ]
    if revision.number > 1:
        lines.append(
            _("This is version %(number)s; the earlier ones are kept and do not count.") % {"number": revision.number}
        )
    return lines
