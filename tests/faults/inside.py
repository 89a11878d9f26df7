"""What a test of faults wants done or known in an installation of its own: `python -m tests.faults.inside WHAT ...`."""

from __future__ import annotations

import json
import sys
from collections import Counter

from peilstok.cli import surroundings

QUESTIONNAIRE = """
format: peilstok/questionnaire/1
name: care
title: {nl: "Noodopvang", en: "Emergency care"}
introduction: {nl: "Eén vraag.", en: "One question."}
minutes: 1
pages:
  - name: care
    title: {nl: "Opvang", en: "Care"}
    items:
      - {name: in_care, type: number, text: {nl: "Hoeveel vangt u op?", en: "How many are in care?"}, required: true}
"""


def opened(boards: int) -> list[str]:
    """An open wave on so many invented boards, each with an address; their tokens in the order of the boards."""
    from peilstok.collect import contacts, tokens, waves
    from peilstok.collect.models import Invitation
    from peilstok.terms import UnitId
    from tests.collect import fielding

    names = tuple((f"{number:05}", f"Voorbeeldbestuur {number}", 4, 1_200) for number in range(boards))
    frame = fielding.frame(boards=names)
    addresses = {UnitId(number): [contacts.Address(email=f"bestuur{number}@raad.example")] for number, *_ in names}
    contacts.keep(addresses, by="command", moment=fielding.BEFORE)
    wave = waves.create_wave(
        file=fielding.wave_file(questionnaire=QUESTIONNAIRE), frame=frame, by="command", moment=fielding.BEFORE
    )
    wave = waves.open_wave(wave=wave, by="command", moment=fielding.OPENS)
    invitations = Invitation.objects.filter(wave=wave).order_by("unit__organisation__number")
    return [tokens.token_of(each) for each in invitations]


def revisions() -> dict[str, list[int]]:
    """Of each board, by its number in the order of `opened`: what every revision says."""
    from peilstok.collect.models import Revision

    found: dict[str, list[int]] = {}
    rows = Revision.objects.values_list("invitation__unit__organisation__number", "counted").order_by("pk")
    for number, counted in rows:
        found.setdefault(str(int(number)), []).append(counted["in_care"])
    return found


def trail() -> str:
    """What is wrong with the audit trail, and where it and the answers differ; empty where nothing is."""
    from peilstok.audit import trail as audit
    from peilstok.collect import seals

    return "; ".join(map(str, filter(None, [audit.verify(), *seals.differences()])))


def invite() -> int:
    """Queue what has not gone out, once more."""
    from peilstok.collect import waves
    from peilstok.collect.mail import messages
    from tests.collect import fielding

    return messages.send_invitations(waves.find("wave-3"), fielding.DURING, by="command").waiting


def mails() -> dict[str, int]:
    """How many mails are in which state."""
    from peilstok.collect.models import Message

    return dict(Counter(Message.objects.values_list("state", flat=True)))


if __name__ == "__main__":
    surroundings.open_database()
    what, arguments = globals()[sys.argv[1]], [int(each) for each in sys.argv[2:]]
    sys.stdout.write(json.dumps(what(*arguments)))
