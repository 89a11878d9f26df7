"""The register: which boards and sites there were on a date.

    reading.read(files=..., on=...)     reads DUO's files as published; plain Python, no database
    frames.import_frame(...)            keeps what was read as the frame of that date
    frames.rows(frame)                  the boards of a frame as `terms.RegisterRow`s
    changes.between(old, new)           what differs between two dates

The modules `frames` and `models` need Django; every other module here does without.
"""
