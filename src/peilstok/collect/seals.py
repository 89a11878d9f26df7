"""What the audit trail vouches for: what a wave was opened with, and what each board confirmed.

Decides which hashes go into an entry, and finds what no longer agrees with its entry. That the entries themselves are
as they were written is `trail.verify`'s. Format: docs/formats/audit-trail.md.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from peilstok.audit.models import Entry
from peilstok.collect.models import Revision, Snapshot, Wave
from peilstok.collect.snapshot import fingerprints
from peilstok.collect.wavefile import fingerprint

OF_A_WAVE: Final = ("file", "questionnaire", "plan", "frame")


def of_wave(wave: Wave) -> dict[str, str | None]:
    """SHA-256 of the texts that a wave stands on, as they are kept (None: no plan), and the frame's fingerprint."""
    return {
        "file": fingerprint(wave.file),
        "questionnaire": fingerprint(wave.questionnaire),
        "plan": fingerprint(wave.plan) if wave.plan else None,
        "frame": wave.frame.fingerprint,
    }


def of_answers(revision: Revision) -> str:
    """HMAC-SHA256 over the answers that count, 64 hexadecimal digits; its key is the invitation's uuid.

    A board has few possible answers to some questionnaires, so who has a plain hash could try them all.
    """
    content = {
        "answers": _whole(revision.counted),
        "questionnaire": revision.questionnaire_fingerprint,
        "revision": revision.number,
        **({"sums": _whole(revision.sums)} if revision.sums else {}),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hmac.digest(revision.invitation.uuid.bytes, text.encode(), "sha256").hex()


def of_manifest(snapshot: Snapshot) -> str:
    """SHA-256 of the manifest of a snapshot: what its fingerprint says nothing about, such as how many answered."""
    manifest = snapshot.files.filter(name=fingerprints.MANIFEST).first()
    return sha256(bytes(manifest.content) if manifest else b"").hexdigest()


def _whole(value: object) -> object:
    """The value with 3.0 as 3: the database may give either back."""
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def differences(*, wave: Wave | None = None) -> Iterator[str]:
    """What is kept (of the wave, or of all) and is not what the trail says, a sentence each.

    Entries from before there were hashes say less.
    """
    yield from _of_waves(wave)
    yield from _of_revisions(wave)
    yield from _of_snapshots(wave)


def _of_waves(only: Wave | None) -> Iterator[str]:
    entries = {entry.subject: entry for entry in _entries("wave.open", only)}
    waves = Wave.objects.exclude(state=Wave.State.DRAFT).select_related("frame")
    for wave in waves.filter(pk=only.pk) if only else waves:
        entry = entries.pop(_subject(wave), None)
        if entry is None:
            yield f"{wave.pk} is {wave.state}, and no entry says that it was opened"
        else:
            yield from _of_one(wave, entry)
    for subject, entry in entries.items():
        if "plan" in entry.details:
            yield f"entry {entry.number}: {subject} was opened, and is not there or a draft"


def _of_one(wave: Wave, entry: Entry) -> Iterator[str]:
    now, then = of_wave(wave), entry.details
    for what in OF_A_WAVE:
        if what in then and now[what] != then[what]:
            yield f"entry {entry.number}: the {what} of {wave.pk} is another one than when it was opened"
    counts = {wave.invitations.count(), wave.frame.units.count()}
    if "invitations" in then and counts != {then["invitations"]}:
        yield f"entry {entry.number}: {wave.pk} has other boards than the {then['invitations']} that were invited"


def _of_revisions(only: Wave | None) -> Iterator[str]:
    entries = {(_board_of(entry), entry.details.get("revision")): entry for entry in _entries("answer.confirm", only)}
    revisions = Revision.objects.select_related("invitation").order_by("pk")
    if only:
        revisions = revisions.filter(invitation__wave=only)
    for revision in revisions.iterator(chunk_size=2_000):
        entry = entries.pop((revision.invitation_id, revision.number), None)
        if entry is None:
            yield f"answers {revision.reference} are there, and no entry says that a board confirmed them"
        elif "answers" in entry.details and entry.details["answers"] != of_answers(revision):
            yield f"entry {entry.number}: answers {revision.reference} are not those that the board confirmed"
        elif entry.details.get("late", False) != revision.late:
            then, now = ("in time", "late") if revision.late else ("late", "in time")
            yield f"entry {entry.number}: answers {revision.reference} came {then}, not {now}"
    for entry in entries.values():
        yield f"entry {entry.number}: answers {entry.details.get('reference')} are gone"


def _board_of(entry: Entry) -> object:
    """The invitation of a confirmation; before others could confirm for a board, it was the actor itself."""
    if "invitation" in entry.details:
        return entry.details["invitation"]
    return int(entry.actor.removeprefix("invitation:"))


def _of_snapshots(only: Wave | None) -> Iterator[str]:
    entries = {entry.subject: entry for entry in _entries("wave.freeze", only)}
    snapshots = Snapshot.objects.select_related("wave")
    for snapshot in snapshots.filter(wave=only) if only else snapshots:
        entry = entries.pop(_subject(snapshot.wave), None)
        if entry is None or entry.details.get("fingerprint") != snapshot.fingerprint:
            yield f"the snapshot of {snapshot.wave_id} has another fingerprint than its entry, or no entry"
        elif entry.details.get("manifest", manifest := of_manifest(snapshot)) != manifest:
            yield f"the snapshot of {snapshot.wave_id} has another manifest than its entry says"
        for name in fingerprints.changed(
            snapshot.fingerprint, {each.name: bytes(each.content) for each in snapshot.files.all()}
        ):
            yield f"the snapshot of {snapshot.wave_id} is not what was frozen: {name}"
    for subject, entry in entries.items():
        yield f"entry {entry.number}: the snapshot of {subject} is gone"


def _entries(act: str, wave: Wave | None) -> Iterator[Entry]:
    found = Entry.objects.filter(act=act)
    return (found.filter(subject=_subject(wave)) if wave else found).iterator(chunk_size=2_000)


def _subject(wave: Wave) -> str:
    return f"wave:{wave.pk}"
