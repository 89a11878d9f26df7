"""What is kept of a fielding: the wave, who was asked, which mails went out, what was answered.

`outcomes` says what the outcome of an invitation means; the database derives it from the facts by the same table.
The database refuses, whoever asks (migrations 0002, 0003 and 0007): to change or remove a revision, or to add one for a
board out of scope; to give a part back that was taken back; to change what a wave was opened with; to add a board or a
site to the frame of a wave, or to take one from it. That what stands in a frame is not changed is `register`'s, and the
foreign keys here keep a frame of a wave from being removed.
"""

from peilstok.collect.models.answers import Draft, Revision
from peilstok.collect.models.calls import Call
from peilstok.collect.models.contacts import Contact
from peilstok.collect.models.handovers import HandedMail, Handover
from peilstok.collect.models.invitations import EndedLink, Invitation
from peilstok.collect.models.mails import Mail
from peilstok.collect.models.messages import CONFIRMATION, INVITATION, Message, Pace, Reminder
from peilstok.collect.models.snapshots import Snapshot, SnapshotFile
from peilstok.collect.models.waves import Wave

__all__ = [
    "CONFIRMATION",
    "INVITATION",
    "Call",
    "Contact",
    "Draft",
    "EndedLink",
    "HandedMail",
    "Handover",
    "Invitation",
    "Mail",
    "Message",
    "Pace",
    "Reminder",
    "Revision",
    "Snapshot",
    "SnapshotFile",
    "Wave",
]
