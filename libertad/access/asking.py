"""Who asks: the signed-in actor of a request, for the screens of all rooms."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from libertad.access.actor import Actor


def who(request: HttpRequest) -> Actor:
    """The signed-in actor; the middleware has checked that there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
