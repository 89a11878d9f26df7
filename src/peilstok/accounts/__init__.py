"""People, their role at the council or at a board, and what each role may do.

permissions   Act, user_can, check, requires: the one table of who may do what
people        add a person, give a role, change a password
attempts      how often one may try to log in
"""
