"""Who may do what: a table of roles and acts, and the questions asked of it.

Decides whether a person may; never whether the state allows it now (that is the subject's own business). A council
role holds for every organisation, a board role only for the person's own board. What is not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from peilstok.accounts.models import BOARD_ROLES, Membership, Role, User
from peilstok.errors import NotAllowed
from peilstok.register.models import Organisation


class Act(StrEnum):
    """Something that needs a permission."""

    SEE_MONITOR = "see_monitor"
    OPEN_WAVE = "open_wave"
    SEE_ANSWERS = "see_answers"
    HANDLE_BOARD = "handle_board"
    SEE_ESTIMATES = "see_estimates"
    WRITE_ARTICLE = "write_article"
    PUBLISH = "publish"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    ANSWER_FOR_BOARD = "answer_for_board"
    SEE_OWN_ANSWERS = "see_own_answers"


WHAT: Final[Mapping[Act, str]] = {
    Act.SEE_MONITOR: "see how a wave is going: invited, started, answered, coverage",
    Act.OPEN_WAVE: "make, open and close a wave and send its messages",
    Act.SEE_ANSWERS: "see what a single board answered",
    Act.HANDLE_BOARD: "see a board's contacts and mails, fill in for it at the telephone, note what it says",
    Act.SEE_ESTIMATES: "see estimates that have not passed disclosure control",
    Act.WRITE_ARTICLE: "write and check an article",
    Act.PUBLISH: "make a release",
    Act.MANAGE_PEOPLE: "add people and give or take roles",
    Act.SEE_AUDIT: "read and verify the audit trail",
    Act.ANSWER_FOR_BOARD: "answer and correct for a board",
    Act.SEE_OWN_ANSWERS: "see what the board itself answered",
}

TABLE: Final[Mapping[Role, frozenset[Act]]] = {
    Role.POLL_OFFICER: frozenset(
        {Act.SEE_MONITOR, Act.OPEN_WAVE, Act.SEE_ANSWERS, Act.HANDLE_BOARD, Act.WRITE_ARTICLE, Act.PUBLISH}
    ),
    Role.STATISTICIAN: frozenset({Act.SEE_MONITOR, Act.SEE_ANSWERS, Act.SEE_ESTIMATES}),
    # writes from figures only: never sees what one board answered
    Role.COMMUNICATIONS: frozenset({Act.SEE_MONITOR, Act.WRITE_ARTICLE, Act.PUBLISH}),
    # keeps the house: no answers, no figures, no releases
    Role.ADMINISTRATOR: frozenset({Act.MANAGE_PEOPLE, Act.SEE_AUDIT}),
    Role.DIRECTOR: frozenset({Act.ANSWER_FOR_BOARD, Act.SEE_OWN_ANSWERS}),
    Role.SECRETARIAT: frozenset({Act.ANSWER_FOR_BOARD, Act.SEE_OWN_ANSWERS}),
}

Person = User | AnonymousUser


def user_can(user: Person, act: Act, organisation: Organisation | None = None) -> bool:
    """May this person do this, and where it is about one board: for this board?"""
    if not isinstance(user, User) or not user.is_active:
        return False
    return any(_allows(membership, act, organisation) for membership in user.memberships.all())


def _allows(membership: Membership, act: Act, organisation: Organisation | None) -> bool:
    role = Role(membership.role)
    if act not in TABLE[role]:
        return False
    if role in BOARD_ROLES:
        return organisation is not None and membership.organisation_id == organisation.pk
    return True


def check(user: Person, act: Act, organisation: Organisation | None = None) -> None:
    """Raise `NotAllowed` unless the person may."""
    if not user_can(user, act, organisation):
        raise NotAllowed(f"this needs the right to {WHAT[act]}")


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(act: Act, organisation: Callable[..., Organisation | None] | None = None) -> Callable[[View[P]], View[P]]:
    """A view for those who may. Others are asked to log in; who is logged in and may not is refused (403).

    `organisation` finds the board that the page is about, from the arguments of the address.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            check(request.user, act, organisation(*args, **kwargs) if organisation else None)
            return view(request, *args, **kwargs)

        vars(guarded)["act"] = act  # so that every view can be asked what guards it (tests/site/test_doors.py)
        return guarded

    return decorate
