"""People as the figures room counts them."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.acting import Actor


@dataclass(frozen=True)
class Totals:
    """Of the whole operation, each person once. Whoever may see the board may see these."""

    potential_victims: int = 0
    arrests: int = 0
    charged: int = 0
    mark: str = ""


def totals(actor: Actor) -> Totals:
    return Totals()
