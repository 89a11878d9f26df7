"""`python -m peilstok` is the command `peilstok`."""

from peilstok.cli import main

main()
