"""Text bound to figures: reading an article, checking every number and claim in it, and rendering it safely.

    check(text, file=.., book=..)   -> CheckedArticle, with findings; raises Refused without usable front matter
    render_html, render_title, as_json, plain_text, summary   what readers get of a checked article
    unbroken                        a text with no break between a number and its unit
    CODES                           every finding, with its meaning

Plain Python: no clock, no network, no Django. What a wording means stands in `wording`, as tables.
"""

from peilstok.article.checking import Binding, CheckedArticle, check
from peilstok.article.codes import CODES
from peilstok.article.rendering import as_json, plain_text, render_html, render_title, summary
from peilstok.article.typography import unbroken

__all__ = [
    "CODES",
    "Binding",
    "CheckedArticle",
    "as_json",
    "check",
    "plain_text",
    "render_html",
    "render_title",
    "summary",
    "unbroken",
]
