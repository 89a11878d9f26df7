"""How a wave is going: the counts that the council sees while it runs.

Every invitation has exactly one outcome (`outcomes`), so invited = bounced + not opened + opened + started + answered +
refused at every moment; boards out of scope are counted apart, and are in no other count. Pupils are those of the
frame, not those that boards fill in. All counts come from one list of boards (`asked`), so they belong to one moment.
Answers after closing are counted apart, and as nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from peilstok.collect import asked, content
from peilstok.collect.asked import Asked
from peilstok.collect.models import Message, Wave
from peilstok.collect.outcomes import INVITED, Outcome
from peilstok.estimate import Plan
from peilstok.terms import Sector, WaveId

SIZES: Final = (250, 1_000, 2_500, 5_000)
"""Where the size classes begin where no plan says so, in pupils of the frame; the first is below 250."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some of the invited boards: a sector (`bo`), a region (its code, empty where the register knows none).

    The pupils of a sector are those in it; a board with two sectors stands in both.
    """

    key: str
    name: str
    invited: int
    answered: int
    pupils: int
    pupils_covered: int

    @property
    def coverage(self) -> float:
        return 100 * self.pupils_covered / self.pupils if self.pupils else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeClass:
    """Boards with `low` pupils or more, and fewer than `high` (None: no bound).

    `wanted` boards have to answer for it to be a cell of its own in weighting; 0 where nothing is weighted.
    """

    low: int
    high: int | None
    invited: int
    answered: int
    pupils: int
    pupils_covered: int
    wanted: int

    @property
    def thin(self) -> bool:
        """Weighting would put it together with the next one (a class without boards in the frame lacks nothing)."""
        return self.answered < min(self.wanted, self.invited)

    @property
    def coverage(self) -> float:
        return 100 * self.pupils_covered / self.pupils if self.pupils else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of a wave at one moment."""

    wave: WaveId
    by_outcome: Mapping[Outcome, int]  # of the invited, which are those in scope
    out_of_scope: int  # not among the invited
    without_address: int  # of the invited: no mail has gone to them, and there is no address that it could go to
    late: int  # boards that answered after closing only; in `by_outcome` they are what they were when it closed
    late_corrections: int  # boards that answered in time and sent a correction after closing
    pupils: int  # at the invited boards, by the frame
    pupils_covered: int  # at the boards that answered, by the frame
    by_size: tuple[SizeClass, ...]
    by_sector: tuple[Group, ...]
    by_region: tuple[Group, ...]
    messages: Mapping[str, int]

    @property
    def invited(self) -> int:
        return sum(self.by_outcome.values())

    @property
    def answered(self) -> int:
        return self.by_outcome[Outcome.ANSWERED]

    @property
    def refused(self) -> int:
        return self.by_outcome[Outcome.REFUSED]

    @property
    def started(self) -> int:
        return self.by_outcome[Outcome.STARTED]

    @property
    def opened(self) -> int:
        return self.by_outcome[Outcome.OPENED]

    @property
    def not_opened(self) -> int:
        return self.by_outcome[Outcome.NOT_OPENED]

    @property
    def bounced(self) -> int:
        return self.by_outcome[Outcome.BOUNCED]

    @property
    def coverage(self) -> float:
        """Percent of pupils."""
        return 100 * self.pupils_covered / self.pupils if self.pupils else 0.0

    @property
    def response(self) -> float:
        """Percent of boards."""
        return 100 * self.answered / self.invited if self.invited else 0.0

    @property
    def thin(self) -> tuple[SizeClass, ...]:
        """The classes in which too few boards have answered to stand by themselves."""
        return tuple(each for each in self.by_size if each.thin)

    def as_json(self) -> dict[str, object]:
        return {
            "wave": self.wave,
            "invited": self.invited,
            **{str(outcome): number for outcome, number in self.by_outcome.items()},
            "out_of_scope": self.out_of_scope,
            "without_address": self.without_address,
            "late": self.late,
            "late_corrections": self.late_corrections,
            "pupils": self.pupils,
            "pupils_covered": self.pupils_covered,
            "coverage": round(self.coverage, 1),
            "by_size": [
                {**_numbers(each), "low": each.low, "high": each.high, "thin": each.thin} for each in self.by_size
            ],
            "by_sector": [{"key": each.key, **_numbers(each)} for each in self.by_sector],
            "by_region": [{"key": each.key, "name": each.name, **_numbers(each)} for each in self.by_region],
            "messages": dict(self.messages),
        }


def _numbers(each: Group | SizeClass) -> dict[str, object]:
    return {
        "invited": each.invited,
        "answered": each.answered,
        "pupils": each.pupils,
        "pupils_covered": each.pupils_covered,
    }


def counts(wave: Wave, boards: Sequence[Asked] | None = None, messages: Mapping[str, int] | None = None) -> Counts:
    """`boards` (those out of scope too) and `messages`, where they have been looked up already."""
    all_boards = asked.boards(wave) if boards is None else boards
    every = asked.in_scope(all_boards)
    outcomes = [each.outcome for each in every]
    return Counts(
        wave=WaveId(wave.pk),
        by_outcome={outcome: outcomes.count(outcome) for outcome in INVITED},
        out_of_scope=len(all_boards) - len(every),
        without_address=sum(not each.reachable for each in every),
        late=sum(each.late_at is not None and not each.answered for each in every),
        late_corrections=sum(each.late_at is not None and each.answered for each in every),
        pupils=sum(each.pupils for each in every),
        pupils_covered=sum(each.pupils for each in every if each.answered),
        by_size=size_classes(every, content.plan_of(wave)),
        by_sector=_sectors(every),
        by_region=_regions(every),
        messages=_messages(wave) if messages is None else messages,
    )


def size_classes(every: Sequence[Asked], plan: Plan | None) -> tuple[SizeClass, ...]:
    """Those of the plan's weighting, which are its cells before any are joined."""
    weighting = plan.weighting if plan else None
    bounds, wanted = (weighting.bounds, weighting.at_least) if weighting else (SIZES, 0)
    return tuple(_size_class(low, high, every, wanted) for low, high in zip((0, *bounds), (*bounds, None), strict=True))


def _size_class(low: int, high: int | None, every: Iterable[Asked], wanted: int) -> SizeClass:
    mine = [each for each in every if low <= each.pupils and (high is None or each.pupils < high)]
    answered = [each for each in mine if each.answered]
    return SizeClass(
        low=low,
        high=high,
        invited=len(mine),
        answered=len(answered),
        pupils=sum(each.pupils for each in mine),
        pupils_covered=sum(each.pupils for each in answered),
        wanted=wanted,
    )


def _sectors(every: Sequence[Asked]) -> tuple[Group, ...]:
    found = ((sector, [each for each in every if sector in each.sectors]) for sector in Sector)
    return tuple(
        _group(str(sector), "", mine, lambda each, sector=sector: each.sectors[sector])  # type: ignore[misc]
        for sector, mine in found
        if mine
    )


def _regions(every: Sequence[Asked]) -> tuple[Group, ...]:
    """By name; boards whose region the register does not know come last."""
    names = {each.region: each.region_name for each in every}
    ordered = sorted(names, key=lambda code: (not code, names[code], code))
    mine: dict[str, list[Asked]] = {code: [] for code in ordered}
    for each in every:
        mine[each.region].append(each)
    return tuple(_group(code, names[code], mine[code], lambda each: each.pupils) for code in ordered)


def _group(key: str, name: str, mine: Sequence[Asked], pupils: Callable[[Asked], int]) -> Group:
    return Group(
        key=key,
        name=name,
        invited=len(mine),
        answered=sum(each.answered for each in mine),
        pupils=sum(pupils(each) for each in mine),
        pupils_covered=sum(pupils(each) for each in mine if each.answered),
    )


def _messages(wave: Wave) -> dict[str, int]:
    rows = Message.objects.filter(invitation__wave=wave).values("state").annotate(number=Count("pk"))
    return by_state(dict(rows.values_list("state", "number")))


def by_state(found: Mapping[str, int]) -> dict[str, int]:
    """The number of mails in every state that there is."""
    return {str(state): found.get(str(state), 0) for state in Message.State}
