"""Every finding of the article check: its code, how grave it is, and what it means, in words for the author.

`docs/formats/article.md` lists them; a test compares. A code keeps its meaning for ever; a new meaning gets a new code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from peilstok.errors import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Code:
    severity: Severity
    meaning: str


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CODES: Final[dict[str, Code]] = {
    # the front matter
    "A001": Code(_ERROR, "The file does not begin with front matter between two lines of three dashes."),
    "A002": Code(_ERROR, "The front matter is not YAML, or not a list of names with a value each."),
    "A003": Code(_ERROR, "A name is missing from the front matter: wave, lang, title and date are all needed."),
    "A004": Code(_ERROR, "The front matter has a name that is not known, or has one twice."),
    "A005": Code(_ERROR, "A value in the front matter is not one that is accepted."),
    "A006": Code(_ERROR, "The figures have no wave of this name."),
    "A007": Code(_WARNING, "The article is dated before its wave."),
    # the text as Markdown
    "A010": Code(_ERROR, "HTML in the text; it is shown as typed and never passed on."),
    "A011": Code(_ERROR, "A link to an address that is not https, http, mailto, tel or relative."),
    "A012": Code(_ERROR, "A picture from another place than the article's own folder."),
    "A013": Code(_ERROR, "A binding that cannot be read."),
    "A014": Code(_ERROR, "Something typed like a binding that Markdown does not read as a link."),
    "A015": Code(_ERROR, "A binding without words."),
    "A016": Code(_WARNING, "A heading of the first level in the text: that level is the title's."),
    "A017": Code(_ERROR, "A binding that begins or ends in the middle of a number."),
    "A018": Code(_ERROR, "The file is longer than an article can be."),
    # bound numbers
    "A020": Code(_ERROR, "The wave has no figure of this name."),
    "A021": Code(_ERROR, "A binding names a wave that the figures do not have."),
    "A022": Code(_ERROR, "The bound words say no amount whose meaning is defined."),
    "A023": Code(_ERROR, "The bound words say more than one amount."),
    "A024": Code(_ERROR, "The bound words are not a true way to say the figure."),
    "A025": Code(_ERROR, "A number with separators that the language does not write so."),
    "A026": Code(_ERROR, "The words say another unit than the figure has."),
    "A027": Code(_ERROR, "Percentage points where a level is meant."),
    "A028": Code(_WARNING, "A percentage without the word or sign for it."),
    "A029": Code(_WARNING, "True, but so far off that a nearer wording exists."),
    "A030": Code(_ERROR, "The figure has no such part (an interval, a base)."),
    "A031": Code(_ERROR, "The bound words turn or compare the amount (not, or, more) in a way that is not defined."),
    "A032": Code(_ERROR, "No whole number of the answering units gives the printed share (GRIM)."),
    "A033": Code(_ERROR, "A hedge before a bound number stands outside the binding, where nobody checks it."),
    "A034": Code(_ERROR, "A negation outside the binding turns what it says."),
    "A035": Code(_ERROR, "A sign, multiplier or unit outside the binding makes another amount of it."),
    "A036": Code(_ERROR, "The words around a share say that it is a part of something else than the figure is."),
    # claims
    "A040": Code(_ERROR, "There is no claim of this name."),
    "A041": Code(_ERROR, "A claim with other arguments than it takes."),
    "A042": Code(_ERROR, "The figures say the opposite of the claim, or that there is no difference."),
    "A043": Code(_ERROR, "The difference is within its sampling error."),
    "A044": Code(_ERROR, "The two waves are not comparable: there is a declared break between them."),
    "A045": Code(_ERROR, "The words of the claim say the opposite of the claim."),
    "A046": Code(_ERROR, "Percent where percentage points are meant."),
    "A047": Code(_ERROR, "The amount of the change is not the one that the figures give."),
    "A048": Code(_ERROR, "A number in the words of a claim that does not check it."),
    "A049": Code(_WARNING, "Weighted and unweighted, the figure changes in opposite directions."),
    "A050": Code(_ERROR, "That two waves are about equal is not shown: the interval of the change is too wide."),
    "A051": Code(_ERROR, "Not a majority."),
    "A052": Code(_ERROR, "Not the largest of its group."),
    "A053": Code(_WARNING, "The order of the figures is within their sampling error."),
    "A054": Code(_ERROR, "The figures are not in this order."),
    "A055": Code(_ERROR, "The shares of the group do not make up the whole."),
    # bound to nothing
    "A060": Code(_ERROR, "A number in digits that is bound to nothing."),
    "A061": Code(_ERROR, "A number, fraction or quantity in words that is bound to nothing."),
    "A062": Code(_ERROR, "A comparison with an earlier wave in words, without a claim."),
    "A063": Code(_ERROR, "A source without a web address."),
    "A064": Code(_ERROR, "A share, a change or a number of boards, schools or pupils is marked as no figure."),
    "A065": Code(_WARNING, "A comparison with an earlier time is marked as no figure: nobody checks it."),
    # the whole
    "A070": Code(_INFO, "The shares of a group do not add to 100 percent."),
}


def finding(code: str, place: Place, found: str, expected: str, **about: str) -> Finding:
    return Finding(code, CODES[code].severity, place, found, expected, about)
