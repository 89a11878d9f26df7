"""The three polls of spring 2020, run from register to article through the public functions of every room.

Boards and answers are invented; totals and published figures are those of 2020 (docs/demo-2020.md). Nothing in the
product depends on this room.
"""
