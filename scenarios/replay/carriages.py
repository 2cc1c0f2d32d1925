"""Who may carry: the exchange, and what stands in for it."""

from __future__ import annotations

from scenarios.replay.courier import Courier
from scenarios.replay.exchanged import Exchanged

STAND_IN = Courier

EXCHANGE = Exchanged
