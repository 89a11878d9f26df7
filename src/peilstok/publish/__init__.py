"""What is published: releases with their page, charts, PDF and open data, never changed afterwards.

    build.build_files(edition)      the files of an edition, as bytes; pure: the same edition and code, the same bytes
    proofs.proof_of(...)            figures and articles of a wave, checked against each other
    releases.publish_wave(...)      checks, builds and keeps an edition; the one writing function of the room
    changes.between(...)            what changed since the release before
    charts, pdf, opendata, tables   one kind of file each

The room knows figures that have passed disclosure control, never estimates or answers. What goes into a file comes in
through `edition.Edition`: no clock, no settings, no database below `releases` and `views`.
"""
