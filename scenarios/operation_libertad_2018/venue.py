"""Where the operation is played: on this process's one node, or on many (`scenarios.replay`).

The play itself knows neither: it founds, performs and asks through a venue, and there is one scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from libertad.access.acting import RESERVED, Act, perform
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.journal.transaction import Transaction


class Venue(Protocol):
    """`key` names an authority of the play: 'GY', 'GY-care', 'BB-centre'."""

    def ring(self, key: str, authority: str, kind: str) -> None:
        """Make the authority's ring where the authority lives."""

    def join(self, key: str, authority: str) -> None:
        """The lead has invited this authority: returns once the operation is on file where it lives."""

    def found(self, key: str, authority: str, **founding: Any) -> Actor:
        """The authority's first officer; arguments as of `found_authority`."""

    def perform(self, actor: Actor, what: Callable[..., Any], /, **arguments: Any) -> Any:
        """As `libertad.access.acting.perform`, where the actor's authority lives."""

    def arrived(self, key: str, until: datetime) -> None:
        """Returns once all that is said before this moment, and that the authority may read, is where it
        lives."""

    def ask(self, actor: Actor, what: Callable[..., Any], /, *arguments: Any, **more: Any) -> Any:
        """A query, asked where the actor's authority lives. `what` takes the actor first."""


class OneNode:
    """All authorities on this process's node. Within a transaction (`tx`) actions are part of it."""

    def __init__(self) -> None:
        self.tx: Transaction | None = None

    def ring(self, key: str, authority: str, kind: str) -> None:
        make_ring(authority, None, kind)

    def join(self, key: str, authority: str) -> None:
        """Inviting has put the operation's key into the ring, which is here."""

    def found(self, key: str, authority: str, **founding: Any) -> Actor:
        return found_authority(authority=authority, **founding)

    def perform(self, actor: Actor, what: Callable[..., Any], /, **arguments: Any) -> Any:
        if self.tx is None:
            return perform(actor, what, **arguments)
        return acted(self.tx, actor, what, arguments)

    def arrived(self, key: str, until: datetime) -> None:
        """Events follow one another, and everybody has the one database."""

    def ask(self, actor: Actor, what: Callable[..., Any], /, *arguments: Any, **more: Any) -> Any:
        return what(actor, *arguments, **more)


def acted(tx: Transaction, actor: Actor, what: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """One action within a transaction; `arguments` as `perform` takes them."""
    said = {name: value for name, value in arguments.items() if name in RESERVED}
    rest = {name: value for name, value in arguments.items() if name not in RESERVED}
    return what(Act(tx, actor, **said), **rest)
