"""The plain words around the figures: how to read them, how they were made, how to cite them.

One source for page, standalone document and PDF, filled from the edition. Written for a journalist or a parent, not
for a statistician; the methods pages under `docs/methods/` have the formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import translation

from peilstok.accounts.models import Role
from peilstok.article import unbroken
from peilstok.publish import numbers
from peilstok.publish.edition import SYNTHETIC_SHORT, Edition, Excepted
from peilstok.terms import LANGUAGES, Language, Words

LICENCE_NAME: Final = "CC0 1.0"
LICENCE_URL: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
FRAME_SOURCE: Final = Words(nl="Bron: DUO", en="Source: DUO (Dutch education executive agency)")

WORDS: Final[Mapping[str, Words]] = {
    "page": Words(nl="Pagina", en="Page"),
    "of": Words(nl="van", en="of"),
    "on_this_page": Words(nl="Op deze pagina", en="On this page"),
    "charts": Words(nl="De cijfers in beeld", en="The figures in pictures"),
    "all_figures": Words(nl="Alle cijfers", en="All figures"),
    "figure": Words(nl="Cijfer", en="Figure"),
    "value": Words(nl="Waarde", en="Value"),
    "interval": Words(nl="95%-interval", en="95% interval"),
    "answered": Words(nl="Zoals geantwoord", en="As answered"),
    "weighted": Words(nl="Gewogen", en="Weighted"),
    "of_pupils": Words(nl="Van de leerlingen", en="Of the pupils"),
    "n": Words(nl="Besturen", en="Boards"),
    "before": Words(nl="Was", en="Was"),
    "now": Words(nl="Nu", en="Now"),
    "difference": Words(nl="Verschil", en="Difference"),
    "verdict": Words(nl="Oordeel", en="Verdict"),
    "withheld": Words(nl="Niet vrijgegeven", en="Withheld"),
    "reading": Words(nl="Hoe lees ik dit?", en="How do I read this?"),
    "method": Words(nl="Verantwoording", en="How the figures were made"),
    "cite": Words(nl="Zo verwijst u hiernaar", en="How to cite this"),
    "downloads": Words(nl="Downloads", en="Downloads"),
    "revised": Words(nl="Bijgestelde cijfers", en="Revised figures"),
    "previous_edition": Words(nl="Vorige editie", en="Previous edition"),
    "this_edition": Words(nl="Deze editie", en="This edition"),
    "published": Words(nl="Gepubliceerd op", en="Published on"),
    "chart_file": Words(nl="Deze grafiek als bestand (SVG)", en="This chart as a file (SVG)"),
    "all_values": Words(nl="Alle cijfers met hun marges", en="All figures with their margins"),
    "synthetic_short": SYNTHETIC_SHORT,
}
LICENCE: Final = Words(
    nl=f"De cijfers zijn vrij te gebruiken ({LICENCE_NAME}). Noem graag de bron.",
    en=f"The figures are free to use ({LICENCE_NAME}). Please name the source.",
)


def words(language: Language) -> dict[str, str]:
    """The fixed words of page and PDF in one language, by their names."""
    return {name: text[language] for name, text in WORDS.items()}


@dataclass(frozen=True, slots=True)
class Explained:
    """A term and what it means here."""

    term: str
    text: str


_READING: tuple[tuple[Words, Words], ...] = (
    (
        Words(nl="Zoals geantwoord", en="As answered"),
        Words(
            nl="Het cijfer voor de besturen die hebben geantwoord. Elk bestuur telt één keer, groot of klein. "
            "Het zegt dus iets over deze besturen en niet vanzelf over alle besturen of alle leerlingen.",
            en="The figure for the boards that answered. Every board counts once, large or small. "
            "It is about these boards, and not by itself about all boards or all pupils.",
        ),
    ),
    (
        Words(nl="95%-interval", en="95% interval"),
        Words(
            nl="Niet elk bestuur heeft geantwoord. Met andere besturen was het cijfer iets anders geweest. Het "
            "interval laat zien hoeveel dat kan schelen: bij een toevallige steekproef ligt het cijfer voor alle "
            "besturen in 95 van de 100 gevallen binnen het interval. Doen vooral besturen mee die iets te melden "
            "hebben, dan kan het verschil groter zijn; dat ziet u niet aan het interval.",
            en="Not every board answered. With other boards the figure would have been slightly different. The "
            "interval shows by how much: for a random sample, the figure for all boards lies within the interval in "
            "95 cases out of 100. If mainly boards with something to report take part, the difference can be larger; "
            "the interval does not show that.",
        ),
    ),
    (
        Words(nl="Gewogen", en="Weighted"),
        Words(
            nl="Grote en kleine besturen antwoorden niet even vaak. Na weging tellen zij mee zoals zij onder "
            "alle besturen voorkomen. Lopen ‘zoals geantwoord’ en ‘gewogen’ ver uiteen, wees dan voorzichtig.",
            en="Large and small boards do not answer equally often. After weighting, they count as they "
            "occur among all boards. Where 'as answered' and 'weighted' are far apart, be careful.",
        ),
    ),
    (
        Words(nl="Van de leerlingen", en="Of the pupils"),
        Words(
            nl="Het deel van de leerlingen dat onderwijs krijgt bij de besturen die dit antwoord gaven. "
            "70 procent van de besturen is niet hetzelfde als 70 procent van de leerlingen.",
            en="The share of pupils taught at the boards that gave this answer. "
            "70 percent of the boards is not the same as 70 percent of the pupils.",
        ),
    ),
    (
        Words(nl="Besturen", en="Boards"),
        Words(
            nl="Het aantal besturen waarop het cijfer rust. Niet elk bestuur beantwoordde elke vraag.",
            en="The number of boards that the figure rests on. Not every board answered every question.",
        ),
    ),
    (
        Words(nl="Duidelijk verschil", en="Clear difference"),
        Words(
            nl="Tussen twee metingen noemen wij een verschil pas duidelijk als het 95%-interval van het verschil nul "
            "niet bevat. Antwoordden dezelfde besturen twee keer, dan is daarmee rekening gehouden. Een verschil is "
            "berekend vóór het afronden en kan daardoor 0,1 anders zijn dan wat u zelf van de cijfers aftrekt.",
            en="Between two waves we call a difference clear only if the 95% interval of the difference does not "
            "contain zero. Where the same boards answered both times, this has been taken into account. A difference "
            "is computed before rounding, and may be 0.1 other than what you get by subtracting the figures.",
        ),
    ),
)


def reading(language: Language) -> tuple[Explained, ...]:
    """How to read the figures, term by term."""
    return tuple(Explained(term[language], unbroken(text[language])) for term, text in _READING)


_ASKED = Words(
    nl="Aan alle {population} besturen in het primair onderwijs in het register van DUO is gevraagd mee te doen. ",
    en="All {population} boards in primary education in the register of DUO were asked to take part. ",
)
_ASKED_IN_THE_DEMO = Words(
    nl="Dit is een demonstratie: aan {population} verzonnen besturen, gemaakt uit het register van DUO, is gevraagd "
    "mee te doen. ",
    en="This is a demonstration: {population} invented boards, made from the register of DUO, were asked to take "
    "part. ",
)
_METHOD = Words(
    nl="{asked}{respondents} besturen hebben geantwoord. {pupils}"
    "De foutmarges zijn berekend alsof deze besturen een aselecte steekproef zonder teruglegging uit het register "
    "zijn, met correctie voor de eindige populatie. Voor de gewogen cijfers zijn de besturen ingedeeld in cellen naar "
    "aantal leerlingen; per cel telt de respons op tot het aantal besturen in het register.",
    en="{asked}{respondents} boards answered. {pupils}"
    "Margins of error are calculated as if these boards were a simple random sample without replacement from the "
    "register, with finite population correction. For the weighted figures boards are divided into cells by number of "
    "pupils; in each cell the response adds up to the number of boards in the register.",
)
_METHOD_BARE = Words(
    nl="{respondents} besturen hebben geantwoord. {pupils}",
    en="{respondents} boards answered. {pupils}",
)
_PUPILS = Words(
    nl="Bij hen gaan {pupils} leerlingen naar school, {coverage} procent van alle leerlingen. ",
    en="They teach {pupils} pupils, {coverage} percent of all pupils. ",
)
_FRAME = Words(
    nl="Aantallen besturen, scholen en leerlingen: {source} (open data, CC0).",
    en="Numbers of boards, schools and pupils: {source} (open data, CC0).",
)
_WITHHELD = Words(
    nl="Cijfers die op te weinig besturen berusten, houden wij in de regel achter. "
    "In deze editie achtergehouden: {count}.",
    en="As a rule, figures that rest on too few boards are withheld. Withheld in this edition: {count}.",
)
_NONE_WITHHELD = Words(
    nl="Cijfers die op te weinig besturen berusten, houden wij in de regel achter. "
    "In deze editie is dat bij geen cijfer gebeurd.",
    en="As a rule, figures that rest on too few boards are withheld. In this edition none was.",
)


_EXCEPTED = Words(
    nl="Bij uitzondering toch vrijgegeven, al berust het op te weinig besturen: {label}. {reason} Besloten door: {by}.",
    en="Released by exception, although too few boards stand behind it: {label}. {reason} Decided by: {by}.",
)


def method(edition: Edition, language: Language) -> tuple[str, ...]:
    """How the figures were made: design, response, weighting, source of the frame, disclosure control."""
    wave = edition.figures
    pattern = _METHOD if wave.population else _METHOD_BARE
    asked = _ASKED_IN_THE_DEMO if edition.synthetic else _ASKED
    response = pattern[language].format(
        asked=asked[language].format(population=numbers.number(wave.population or 0, language)),
        respondents=numbers.number(wave.respondents, language),
        pupils=_covered(edition, language),
    )
    count = len(edition.withheld)
    withheld = _WITHHELD[language].format(count=count) if count else _NONE_WITHHELD[language]
    paragraphs = (response.strip(), _FRAME[language].format(source=FRAME_SOURCE[language]), withheld)
    excepted = (_excepted(each, language) for each in edition.excepted)
    return tuple(unbroken(each) for each in (*paragraphs, *excepted))


def _excepted(excepted: Excepted, language: Language) -> str:
    """A figure shown by exception, why, and by whom: three sentences, each with one full stop."""
    reason = excepted.reason[language].strip()
    return _EXCEPTED[language].format(
        label=excepted.label[language].strip().rstrip("."),
        reason=reason if reason.endswith((".", "!", "?")) else f"{reason}.",
        by=_by(excepted.by.strip().rstrip("."), language),
    )


def _by(by: str, language: Language) -> str:
    """Who decided, by the site's name of the role: "poll officer (demo)" is "peilingmedewerker (demo)" in Dutch."""
    for role in Role:
        for name in (_role(role, each) for each in LANGUAGES):
            if by == name or by.startswith(f"{name} "):
                return _role(role, language) + by.removeprefix(name)
    return by


def _role(role: Role, language: Language) -> str:
    with translation.override(language):
        return str(role.label)


def _covered(edition: Edition, language: Language) -> str:
    wave = edition.figures
    if not wave.pupils or not wave.population_pupils:
        return ""
    coverage = numbers.number(100 * wave.pupils / wave.population_pupils, language, 1)
    return _PUPILS[language].format(pupils=numbers.number(wave.pupils, language), coverage=coverage)


_CITE = Words(
    nl="{council}, ‘{title}’, {wave}, editie {number}, {day}.",
    en="{council}, '{title}', {wave}, edition {number}, {day}.",
)


def citation(edition: Edition, language: Language) -> str:
    """One line to cite this edition by; the address is added where it is known."""
    return _CITE[language].format(
        council=edition.council,
        title=edition.articles[language].title,
        wave=edition.title[language],
        number=edition.number,
        day=numbers.day(edition.released_on, language),
    )


_RESPONDENTS = Words(nl="{count} besturen antwoordden", en="{count} boards answered")
_REPRESENTED = Words(nl="samen {count} leerlingen", en="with {count} pupils")


def base(edition: Edition, language: Language) -> tuple[Explained, ...]:
    """`285 besturen antwoordden`, `samen 414.915 leerlingen`: what every figure rests on, by the wave's figures."""
    wave = edition.figures
    parts = [("respondents", _RESPONDENTS, wave.respondents), ("pupils_represented", _REPRESENTED, wave.pupils)]
    return tuple(
        Explained(name, unbroken(pattern[language].format(count=numbers.number(count, language))))
        for name, pattern, count in parts
        if count
    )


_SOURCE = Words(
    nl="Bron: peiling {council}, {day}. Register: DUO",
    en="Source: poll by {council}, {day}. Register: DUO",
)


def source(edition: Edition, language: Language) -> str:
    """The line under a chart."""
    day = numbers.day(edition.figures.date, language)
    return _SOURCE[language].format(council=edition.council, day=day)
