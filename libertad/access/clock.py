"""An operation's clock: what its journal said it shows, else real time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from libertad.journal.fields import from_ms


def operation_now(clock: tuple[Any, ...] | None, at: datetime | None = None) -> datetime:
    """The moment an operation's clock (reads, set_at, rate; ms) shows now, or showed `at` a moment of this
    node's since it was set; without one, real time."""
    moment = (at or datetime.now(UTC)).replace(microsecond=0)
    if clock is None:
        return moment
    reads, set_at, rate = clock
    start = reads if isinstance(reads, datetime) else from_ms(reads)
    since = set_at if isinstance(set_at, datetime) else from_ms(set_at)
    passed = max(timedelta(0), moment - since) * float(rate)
    return (start + passed).replace(microsecond=0)
