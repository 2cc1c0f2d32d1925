"""Links that the reader may follow; '' for what the matrix does not let the role ask for."""

from __future__ import annotations

from urllib.parse import urlencode

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.look.addresses import address_of


def link(actor: Actor, route: str, *parts: str, **query: str) -> str:
    """The address of a page by its route, '' when there is none for this role."""
    if not route or not matrix().may_ask(actor.role, route, "get"):
        return ""
    address = address_of(route, *parts)
    return f"{address}?{urlencode(query)}" if address and query else address
