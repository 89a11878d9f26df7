"""How often one may try to log in: counted per account and address together, and per address.

Other rooms count what else can be guessed at in the same table (`count`).

Counting per account alone would let anyone lock anyone else out. The attempt is counted before the password is
looked at, in one statement, so that a burst of simultaneous attempts gains nothing. What is kept is a keyed hash:
the table holds no e-mail and no network addresses.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least

from peilstok.accounts.models import LoginAttempts

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 5
PER_ADDRESS = 60  # a school office is many people behind one address
MOST = 32_000  # fits the column; counting on has no use


@dataclass(frozen=True, slots=True)
class Counter:
    """One count that an attempt adds to. `name` says what is counted; it is kept as a keyed hash."""

    name: str
    limit: int

    @property
    def key(self) -> str:
        return hmac.new(settings.SECRET_KEY.encode(), self.name.encode(), sha256).hexdigest()


def begin(*, account: str, address: str, moment: datetime) -> datetime | None:
    """Count one attempt. Gives None when it may go on, else the moment from which one may try again."""
    return count(_counters(account, address), moment=moment)


def count(counters: Iterable[Counter], *, moment: datetime) -> datetime | None:
    """Count one attempt on each. Gives None when it may go on, else the moment from which one may try again."""
    refused = [until for each in counters if (until := _count(each, moment))]
    return max(refused, default=None)


def succeeded(*, account: str, address: str, moment: datetime) -> None:
    """The right password was given: this account starts anew from this address. Takes what has passed along."""
    own, _ = _counters(account, address)
    LoginAttempts.objects.filter(key=own.key).delete()
    forget(moment=moment)


def forget(*, moment: datetime) -> int:
    """Remove counts whose window has passed; gives how many."""
    removed, _ = LoginAttempts.objects.filter(since__lte=moment - WINDOW).delete()
    return removed


def _counters(account: str, address: str) -> tuple[Counter, Counter]:
    return (
        Counter(f"account\0{account.strip().lower()}\0{address}", PER_ACCOUNT_AND_ADDRESS),
        Counter(f"address\0{address}", PER_ADDRESS),
    )


def _count(counter: Counter, moment: datetime) -> datetime | None:
    LoginAttempts.objects.bulk_create([LoginAttempts(key=counter.key, since=moment, count=0)], ignore_conflicts=True)
    row = LoginAttempts.objects.filter(key=counter.key)
    past = When(since__lte=moment - WINDOW, then=Value(1))
    row.update(
        count=Case(past, default=Least(F("count") + 1, MOST)),
        since=Case(When(since__lte=moment - WINDOW, then=Value(moment)), default=F("since")),
    )
    for count, since in row.values_list("count", "since"):
        return since + WINDOW if count > counter.limit else None
    return None
