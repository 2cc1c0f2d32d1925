"""What lasts as long as the process is walked over by no collection of garbage.

A full collection holds up every thread, and with all rooms and their templates loaded it is long: whoever
asks meanwhile waits for it.
"""

from __future__ import annotations

import gc

# Net new objects until the youngest are looked through; how many such rounds until the next older ones are.
YOUNG, MIDDLE, FULL = 2_000, 10, 50


def settle() -> None:
    """Once, when the node is ready to answer: what is here stays, what comes is looked through less."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, FULL)
