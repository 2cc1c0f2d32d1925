"""Who asks, and for what: the actor of a request and the routes that it may ask, for all rooms' screens."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse

from libertad.access.actor import Actor
from libertad.access.matrix import matrix


class Instead(Exception):
    """What was asked for is not shown; `answer` is the page that says why, and what to do."""

    def __init__(self, answer: HttpResponse) -> None:
        self.answer = answer
        super().__init__("another page is shown instead")


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in actor; the middleware has checked that there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def may_open(actor: Actor, route: str, method: str = "get") -> bool:
    """Whether the matrix lets the actor's role ask for a route: a link that leads nowhere is not shown."""
    return matrix().may_ask(actor.role, route, method)
