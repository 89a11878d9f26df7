"""Synthetic answers of the chosen boards, whose unweighted figures round to the published ones.

Every board has a leaning for each subject that stays with it from wave to wave, so that boards differ, large boards
differ less, and a board that answers twice resembles itself. Numbers are drawn with that leaning and then nudged, a
few pupils at a time at boards drawn at random, until the figure is on target; options are handed out to an exact
number of boards, those that lean to them first. Every answer satisfies the checks of the questionnaires: parts add
up, a part is never more than its whole. The counts of boards (`COUNTS`) follow from the published percentages;
`docs/demo-2020.md` says where those leave something open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.demo.choice import WAVE_1, WAVE_2, WAVE_3
from peilstok.terms import ItemName, Missing, RegisterRow, UnitId, Value, WaveId

Numbers = NDArray[np.float64]
Whole = NDArray[np.int_]

Answers = dict[UnitId, dict[ItemName, Value]]

COUNTS: Final[Mapping[tuple[WaveId, str], Mapping[str, int]]] = {
    (WAVE_2, "compared_with_last_week"): {"more": 63, "same": 35, "fewer": 10},
    (WAVE_2, "care_external"): {"yes": 6, "no": 102},
    (WAVE_2, "municipal_care"): {"yes": 46, "partly": 32, "unknown": 18, "no": 12},
    (WAVE_2, "lead"): {"school": 43, "municipality": 39, "youth_care": 8, "other": 7, "nobody": 6, "dont_know": 5},
    (WAVE_3, "expectation"): {"more": 200, "same": 60, "fewer": 3, "dont_know": 22},
    (WAVE_3, "municipal_care"): {"yes": 181, "partly": 68, "unknown": 29, "no": 7},
    (WAVE_3, "lead"): {"school": 123, "municipality": 100, "youth_care": 3, "other": 26, "nobody": 15, "dont_know": 18},
}
"""Boards by option, in the order from the strongest leaning to the weakest."""

LOCATIONS: Final = {"all": 46, "several": 21, "external_only": 6}
"""Wave 2, boards with more than one school; a board with one school answers for its one location."""

FORMS: Final = {"on_site": 228, "external": 57, "one_to_one_home": 54, "digital": 214}
"""Wave 3, several answers possible; a board with none of these answers "none"."""

REMARKS: Final = (
    "De opvang loopt goed, maar het rooster van de leraren wordt krap.",
    "Wij overleggen elke ochtend met de gemeente.",
    "Graag tijdig bericht over de regels voor na de vakantie.",
    "Een deel van de gezinnen is telefonisch moeilijk te bereiken.",
    "Er is behoefte aan laptops voor thuis.",
    "De cijfers zijn van gisteren; vandaag kunnen het er iets meer zijn.",
    "Leraren brengen zelf lespakketten rond.",
)


def answers(
    frame: Sequence[RegisterRow], chosen: Mapping[WaveId, Sequence[UnitId]], rng: np.random.Generator
) -> dict[WaveId, Answers]:
    """The answers of the chosen boards in each wave."""
    leaning = _Leanings(frame, rng)
    write = {WAVE_1: _first, WAVE_2: _second, WAVE_3: _third}
    return {wave: write[wave](_Boards(frame, chosen[wave], leaning), rng) for wave in sorted(chosen)}


class _Leanings:
    """What a board tends to, for every board of the frame: standard normal, by subject."""

    def __init__(self, frame: Sequence[RegisterRow], rng: np.random.Generator) -> None:
        place = {region: at for at, region in enumerate(sorted({str(row["region"]) for row in frame}))}
        of_region = rng.normal(size=len(place))[[place[str(row["region"])] for row in frame]]
        self.care = rng.normal(size=len(frame))
        self.vulnerable = rng.normal(size=len(frame))
        self.municipal = (of_region + rng.normal(size=len(frame))) / np.sqrt(2)
        self.lead = rng.normal(size=len(frame))


class _Boards:
    """The boards of one wave as columns, in the order of their numbers."""

    def __init__(self, frame: Sequence[RegisterRow], chosen: Sequence[UnitId], leaning: _Leanings) -> None:
        wanted = set(chosen)
        places = [place for place, row in enumerate(frame) if row["number"] in wanted]
        self.rows = [frame[place] for place in places]
        self.units = [UnitId(str(row["number"])) for row in self.rows]
        self.pupils = np.array([int(str(row["pupils"])) for row in self.rows])
        self.special = np.array([bool(row["has_special_school"]) for row in self.rows])
        self.share_special = np.array([_share_special(row) for row in self.rows])
        self.single = np.array([row["schools"] == 1 for row in self.rows])
        self.care, self.vulnerable, self.municipal, self.lead = (
            column[places] for column in (leaning.care, leaning.vulnerable, leaning.municipal, leaning.lead)
        )

    def __len__(self) -> int:
        return len(self.rows)


def _share_special(row: RegisterRow) -> float:
    special = sum(int(str(row[name] or 0)) for name in ("pupils_so", "pupils_vso"))
    return special / int(str(row["pupils"]))


def _first(boards: _Boards, rng: np.random.Generator) -> Answers:
    care = _pupils_in_care(boards, percent=2.3, rng=rng)
    expected = _expected(boards, care, percent=3.0, rng=rng)
    columns = {"pupils": boards.pupils, "pupils_in_care": care, "pupils_expected": expected}
    return _as_answers(boards, columns, {}, rng)


def _second(boards: _Boards, rng: np.random.Generator) -> Answers:
    care = _pupils_in_care(boards, percent=2.8, rng=rng)
    vulnerable = _vulnerable(boards, regular=6.9, all_boards=8.4, rng=rng)
    staff = _staff_on_site(boards, mean=17.0, rng=rng)
    columns = {
        "pupils": boards.pupils,
        "pupils_in_care": care,
        "pupils_expected": _expected(boards, care, percent=3.1, rng=rng),
        "vulnerable_pupils": vulnerable,
    }
    options = {
        "compared_with_last_week": _options(WAVE_2, "compared_with_last_week", boards.care, rng),
        "municipal_care": _options(WAVE_2, "municipal_care", boards.municipal, rng),
        "lead": _options(WAVE_2, "lead", boards.lead, rng),
    }
    locations = np.full(len(boards), "one", dtype=object)
    locations[~boards.single] = _handed_out(LOCATIONS, -boards.care[~boards.single], rng)
    external = np.where(locations == "external_only", "yes", "no")
    result = _as_answers(boards, columns, options | {"care_locations": locations, "care_external": external}, rng)
    for place, unit in enumerate(boards.units):
        result[unit][ItemName("staff_on_site")] = float(staff[place])
    return result


def _third(boards: _Boards, rng: np.random.Generator) -> Answers:
    care = _pupils_in_care(boards, percent=3.8, rng=rng)
    vulnerable = _vulnerable(boards, regular=12.5, all_boards=19.3, rng=rng)
    in_care_vulnerable = _part(care, vulnerable, boards.share_special, percent=24.0, rng=rng)
    columns = {
        "pupils": boards.pupils,
        "pupils_in_care": care,
        "in_care_critical_worker": care - in_care_vulnerable,
        "in_care_vulnerable": in_care_vulnerable,
        "vulnerable_pupils": vulnerable,
        "vulnerable_in_view": _in_view(vulnerable, in_care_vulnerable, percent=45.0, rng=rng),
    }
    options = {
        "expectation": _options(WAVE_3, "expectation", boards.care, rng),
        "municipal_care": _options(WAVE_3, "municipal_care", boards.municipal, rng),
        "lead": _options(WAVE_3, "lead", boards.lead, rng),
    }
    result = _as_answers(boards, columns, options, rng)
    for unit, forms in zip(boards.units, _forms(boards, care, rng), strict=True):
        result[unit][ItemName("care_forms")] = forms
        if result[unit][ItemName("vulnerable_pupils")] == 0:
            del result[unit][ItemName("vulnerable_in_view")]  # asked only where there are vulnerable pupils
    return result


def _pupils_in_care(boards: _Boards, *, percent: float, rng: np.random.Generator) -> Whole:
    rates = percent / 100 * np.exp(0.40 * boards.care + 0.15 * rng.normal(size=len(boards)))
    counts = rng.binomial(boards.pupils, np.clip(rates, 0, 0.5))
    return _to_ratio(
        counts, boards.pupils, lowest=np.zeros_like(counts), highest=boards.pupils, percent=percent, rng=rng
    )


def _expected(boards: _Boards, care: Whole, *, percent: float, rng: np.random.Generator) -> Whole:
    growth = percent / 100 * boards.pupils.sum() / care.sum()
    counts = rng.poisson(care * growth * np.exp(0.15 * rng.normal(size=len(boards))))
    lowest, highest = np.zeros_like(counts), boards.pupils
    return _to_ratio(np.minimum(counts, highest), boards.pupils, lowest, highest, percent, rng)


def _part(care: Whole, vulnerable: Whole, share_special: Numbers, *, percent: float, rng: np.random.Generator) -> Whole:
    """Of the pupils in care those who are there as vulnerable; never more than the board has."""
    rates = np.clip(rng.beta(4, 13, size=len(care)) + 0.4 * share_special, 0, 1)
    highest = np.minimum(care, vulnerable)
    counts = np.minimum(rng.binomial(care, rates), highest)
    return _to_ratio(counts, care, np.zeros_like(counts), highest, percent, rng)


def _vulnerable(boards: _Boards, *, regular: float, all_boards: float, rng: np.random.Generator) -> Whole:
    """Means over boards of their percentages: `regular` at those without (v)so, `all_boards` over all.

    Boards with special schools only tend to count all of their pupils, mixed boards a part of them.
    """
    rates = regular / 100 * np.exp(0.5 * boards.vulnerable - 0.125)
    wanted = (all_boards * len(boards) - regular * (~boards.special).sum()) / boards.special.sum() / 100
    own = boards.share_special[boards.special]
    rates[boards.special] = own * wanted / own.mean() * rng.uniform(0.8, 1.2, size=len(own)) + 0.1 * (1 - own)
    counts = rng.binomial(boards.pupils, np.clip(rates, 0, 1))
    nothing = np.zeros_like(counts)
    for some, mean in ((~boards.special, regular), (boards.special, 100 * wanted)):
        counts[some] = _to_mean(counts[some], boards.pupils[some], nothing[some], mean, rng)
    return counts


def _in_view(vulnerable: Whole, in_care: Whole, *, percent: float, rng: np.random.Generator) -> Whole:
    """Vulnerable pupils whom the board has in view; those in care are."""
    counts = np.maximum(rng.binomial(vulnerable, rng.beta(2.2, 2.7, size=len(vulnerable))), in_care)
    some = vulnerable > 0
    counts[some] = _to_mean(counts[some], vulnerable[some], in_care[some], percent, rng)
    return counts


def _staff_on_site(boards: _Boards, *, mean: float, rng: np.random.Generator) -> Numbers:
    """Percent of staff, in whole percents as people answer, with the given mean over boards."""
    staff = np.clip(np.round(rng.gamma(3.0, mean / 3.0, size=len(boards))), 0, 100)
    missing = round(mean * len(boards) - staff.sum())
    while missing:
        place = int(rng.integers(len(boards)))
        step = int(np.sign(missing))
        if 1 < staff[place] < 99:
            staff[place] += step
            missing -= step
    return staff


def _to_ratio(
    counts: Whole, whole: Whole, lowest: Whole, highest: Whole, percent: float, rng: np.random.Generator
) -> Whole:
    """Nudge `counts` until they are this percentage of `whole` together, to the nearest pupil."""
    counts = counts.copy()
    missing = round(percent / 100 * whole.sum()) - counts.sum()
    chances = whole / whole.sum()
    while missing:
        step = int(np.sign(missing))
        for place in rng.choice(len(counts), size=abs(missing), p=chances):
            if lowest[place] <= counts[place] + step <= highest[place]:
                counts[place] += step
                missing -= step
    return counts


def _to_mean(counts: Whole, whole: Whole, lowest: Whole, percent: float, rng: np.random.Generator) -> Whole:
    """Nudge `counts` until the mean over boards of 100 * counts / whole is this, within 0.01 where pupils allow it.

    A board is nudged by up to a fiftieth of its pupils at a time and never past what is still missing.
    """
    counts = counts.copy()
    missing = percent * len(counts) - (100 * counts / whole).sum()  # in percentage points over all boards
    while abs(missing) > max(0.01 * len(counts), 100 / whole.max()):
        place = int(rng.integers(len(counts)))
        step = int(np.sign(missing)) * int(min(max(1, whole[place] // 50), abs(missing) * whole[place] / 100))
        if step and lowest[place] <= counts[place] + step <= whole[place]:
            counts[place] += step
            missing -= 100 * step / whole[place]
    return counts


def _options(wave: WaveId, item: str, leaning: Numbers, rng: np.random.Generator) -> NDArray[np.object_]:
    return _handed_out(COUNTS[wave, item], leaning, rng)


def _handed_out(counts: Mapping[str, int], leaning: Numbers, rng: np.random.Generator) -> NDArray[np.object_]:
    """One option for each board, to exactly so many; the first options to those that lean most."""
    labels = [option for option, boards in counts.items() for _ in range(boards)]
    order = np.argsort(-(leaning + rng.normal(size=len(leaning))), kind="stable")
    options = np.empty(len(leaning), dtype=object)
    options[order] = labels
    return options


def _forms(boards: _Boards, care: Whole, rng: np.random.Generator) -> list[frozenset[str]]:
    """Forms of care for vulnerable pupils; on site first where there are pupils in care."""
    leaning = {
        "on_site": 2.0 * (care > 0) + 0.5 * boards.care,
        "external": -boards.lead,
        "one_to_one_home": boards.share_special,
        "digital": 0.3 * np.log(boards.pupils),
    }
    picked: list[set[str]] = [set() for _ in boards.units]
    for form, wanted in FORMS.items():
        for place in np.argsort(-(leaning[form] + rng.normal(size=len(boards))), kind="stable")[:wanted]:
            picked[place].add(form)
    return [frozenset(forms or {"none"}) for forms in picked]


def _as_answers(
    boards: _Boards, numbers: Mapping[str, Whole], options: Mapping[str, NDArray[np.object_]], rng: np.random.Generator
) -> Answers:
    """Columns as answers by board; the option `dont_know` is the answer "don't know"; a few boards leave a remark."""
    result: Answers = {}
    for place, unit in enumerate(boards.units):
        own: dict[ItemName, Value] = {ItemName(name): int(column[place]) for name, column in numbers.items()}
        own |= {ItemName(name): _option(str(column[place])) for name, column in options.items()}
        if rng.random() < 0.08:
            own[ItemName("remark")] = REMARKS[int(rng.integers(len(REMARKS)))]
        result[unit] = own
    return result


def _option(option: str) -> Value:
    return Missing.DONT_KNOW if option == "dont_know" else option
