"""Peilstok: ask the members of a sector, publish what they said with its uncertainty, act on it by region.

The rooms are the steps of the work, in the order of `docs/architecture.md`.
"""

__version__ = "0.1.0"
