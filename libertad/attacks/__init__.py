"""Attacks on a demo, from outside, as anybody can run them: `libertad attack URL`.

Nothing here knows a room, a table or the framework: what an attack does, anybody can do.
Each module registers its attacks with `registry.attack`; being in this package is all that it takes.
"""
