"""What lasts as long as the process is walked over by no collection of garbage.

A full collection holds up every thread. With all rooms and their templates loaded it took 60 ms and more, and
came every few seconds while 16 people wrote: whoever had asked meanwhile waited for it.
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
