"""The pages: of a board's link, and of the council. Parse, ask, call one function, draw."""
