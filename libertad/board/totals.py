"""People as the figures room counts them."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.board.facts import Facts
from libertad.figures import queries as figures
from libertad.figures.published import provenance


@dataclass(frozen=True)
class Totals:
    """Of the whole operation, each person once. Whoever may see the board may see these.

    `seen_as_victims`: by first views, live. `potential_victims`: with what care decided, as the last release
    says it; None before there is one.
    """

    seen_as_victims: int
    potential_victims: int | None
    arrests: int
    charged: int
    generated: bool


def totals(facts: Facts) -> Totals:
    """As of all that is on file."""
    counts = figures.count_people(facts.actor)
    line = counts.total
    last = next((release for release in figures.releases(facts.actor) if release.care is not None), None)
    victims = last.potential_victims if last else None
    return Totals(line.potential, victims, line.arrests, line.charged, counts.generated)


def mark(facts: Facts, figure: str, value: int, generated: bool) -> str:
    """'published' where the public record has this very number, else 'generated' if it is made up."""
    return provenance(facts.operation, figure, value, generated) if value else ""
