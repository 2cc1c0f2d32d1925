"""Each ask bears a number, its sender's clock in ms, that only grows: no copy is answered twice.

A number far ahead of our clock would shut the real peer out until its clock came there: whoever had its key
for a minute, or a fault, could do so for good. So a number is believed up to AHEAD before our clock, and what
an older version took beyond that is forgotten.
"""

from __future__ import annotations

from libertad.exchange.peering.peers import now_ms

HOUR = 3_600_000
AHEAD = 30 * 24 * HOUR  # ms: clocks that are days wrong on both sides, and asks of a node often started
UNUSED = 10_000  # numbers that are put by, so that not each ask is a commit


def too_far(number: int) -> bool:
    """Whether a number is beyond what any clock that is nearly right comes to."""
    return number > now_ms() + AHEAD


def floor(known: int) -> int:
    """The number above which asks are new. One that cannot have been true is an hour ago instead."""
    return now_ms() - HOUR if too_far(known) else known


def reserve_until(number: int) -> int:
    """What to keep as used when `number` is: later ones up to it need no commit."""
    return max(now_ms() + HOUR, number + UNUSED)


def skip_ahead() -> int:
    """Where to go on when a peer does not know us: it may have been shown a greater number than ours.

    It takes no number beyond AHEAD before its clock, so an hour after what it was shown this is greater.
    """
    return now_ms() + AHEAD - HOUR
