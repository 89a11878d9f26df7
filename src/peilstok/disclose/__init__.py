"""What may be shown: from estimates to figures.

    safe_table(plan, frame=..., answers=..., date=...)   runs a plan and keeps what may be shown
    figure_book(tables)                                  the figures of all waves, with covariances and breaks
    figures.to_json(book), figures.from_json(text, ...)  FIGURES.json
    read_plan(text, file=...)                            a plan, or every finding about its file

The rooms after this one know figures only; none of them imports `estimate`.
"""

from peilstok.disclose.book import figure_book
from peilstok.disclose.figures import Break, Figure, FigureBook, Measured, WaveFigures
from peilstok.disclose.tables import Act, LogEntry, SafeTable, Withheld, safe_table
from peilstok.estimate import Plan, read_plan

__all__ = [
    "Act",
    "Break",
    "Figure",
    "FigureBook",
    "LogEntry",
    "Measured",
    "Plan",
    "SafeTable",
    "WaveFigures",
    "Withheld",
    "figure_book",
    "read_plan",
    "safe_table",
]
