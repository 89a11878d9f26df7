"""XLSForm in and out: a form becomes a questionnaire, and a questionnaire a form. docs/formats/xlsform.md."""

from __future__ import annotations

from peilstok.questionnaire.xlsform.exports import Exported, exported
from peilstok.questionnaire.xlsform.imports import Imported, imported

__all__ = ["Exported", "Imported", "exported", "imported"]
