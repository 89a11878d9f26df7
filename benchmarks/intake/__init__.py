"""How many boards can answer at once, and what each costs: `make bench-intake`."""
