"""Where the operation is played: on this process's one node, or on many (`scenarios.replay`).

The play itself knows neither: it founds, performs and asks through a venue, and there is one scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from libertad.access.acting import RESERVED, Act
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.hits import index
from libertad.hits.actions.find_hit import weight
from libertad.hits.engine import worth
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs.hits import Weight


class Venue(Protocol):
    """`key` names an authority of the play: 'GY', 'GY-care', 'BB-centre'."""

    def ring(self, key: str, authority: str, kind: str) -> None:
        """Make the authority's ring where the authority lives."""

    def join(self, key: str, authority: str) -> None:
        """The lead has invited this authority: returns once the operation is on file where it lives."""

    def found_authority(self, key: str, authority: str, **founding: Any) -> Actor:
        """The authority's first officer; arguments as of `found_authority`."""

    def perform(self, actor: Actor, action: Callable[..., Any], /, **arguments: Any) -> Any:
        """As `libertad.access.acting.perform`, where the actor's authority lives."""

    def arrived(self, key: str, until: datetime) -> None:
        """Returns once all that is said before this moment, and that the authority may read, is where it
        lives."""

    def ask(self, actor: Actor, action: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        """A query, asked where the actor's authority lives. `action` takes the actor first."""

    def likeness(self, key: str, authority: str, first: str, second: str) -> Likeness:
        """Returns once the authority reads both records, how far its node's matcher finds them alike."""


class Likeness(NamedTuple):
    """What a matcher found about two records: bits, probability, and its reasons as the journal has them."""

    bits: float
    probability: float
    reasons: tuple[Weight, ...]


def compared(authority: str, first: str, second: str) -> Likeness | None:
    """On the node where the authority lives; None where it does not read both records.

    Raises AssertionError where the node would not put the pair before anybody.
    """
    comparison = index.compare(authority, first, second)
    if comparison is None:
        return None
    hit = comparison[2]
    if not worth(first, second, hit.bits, hit.reasons):
        raise AssertionError(f"{first} and {second} are not alike: {hit.bits:.1f} bits")
    return Likeness(hit.bits, hit.probability, tuple(weight(reason, False) for reason in hit.reasons))


class OneNode:
    """All authorities on this process's node. Within a transaction (`tx`) actions are part of it."""

    def __init__(self) -> None:
        self.tx: Transaction | None = None

    def ring(self, key: str, authority: str, kind: str) -> None:
        make_ring(authority, None, kind)

    def join(self, key: str, authority: str) -> None:
        """Inviting has put the operation's key into the ring, which is here."""

    def found_authority(self, key: str, authority: str, **founding: Any) -> Actor:
        return found_authority(authority=authority, **founding)

    def perform(self, actor: Actor, action: Callable[..., Any], /, **arguments: Any) -> Any:
        """A play tells what happened by its own clock, whatever the operation's shows meanwhile."""
        if self.tx is None:
            return node().writer.submit(lambda tx: acted(tx, actor, action, arguments))
        return acted(self.tx, actor, action, arguments)

    def arrived(self, key: str, until: datetime) -> None:
        """Events follow one another, and everybody has the one database."""

    def ask(self, actor: Actor, action: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        return action(actor, *arguments, **options)

    def likeness(self, key: str, authority: str, first: str, second: str) -> Likeness:
        likeness = compared(authority, first, second)
        if likeness is None:
            raise AssertionError(f"{key} does not read both records")
        return likeness


def acted(tx: Transaction, actor: Actor, action: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """One action within a transaction; `arguments` as `perform` takes them."""
    reserved = {name: value for name, value in arguments.items() if name in RESERVED}
    rest = {name: value for name, value in arguments.items() if name not in RESERVED}
    return action(Act(tx, actor, **reserved), **rest)
