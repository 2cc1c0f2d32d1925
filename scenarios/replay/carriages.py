"""Who may carry: the exchange, and what stands in for it."""

from __future__ import annotations

from scenarios.replay.courier import Courier

STAND_IN = Courier
# The seam: the carriage of the real exchange goes here (see the package's own words on what it fills in).
EXCHANGE = Courier
