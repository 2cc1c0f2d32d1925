"""The board's pages. Only read; the live stream itself is in `live`."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.board.lines import MOST
from libertad.board.queries import board as read


def board(request: HttpRequest) -> HttpResponse:
    """The live map with counters, overdue teams, feed and action days."""
    return _draw(request, "board/board.html")


def board_table(request: HttpRequest) -> HttpResponse:
    """The same facts as a table, for whoever cannot use a map."""
    return _draw(request, "board/table.html")


def board_feed(request: HttpRequest) -> HttpResponse:
    """The feed alone, longer."""
    return _draw(request, "board/feed.html", limit=200)


def board_live(request: HttpRequest) -> HttpResponse:
    """Who may have the stream is decided here, by the same gates as for a page; `live` then streams.

    Asked for past the stream (a server without ASGI) the answer is an empty one that is not asked again.
    """
    return HttpResponse(status=204)


def _draw(request: HttpRequest, template: str, limit: int = MOST) -> HttpResponse:
    actor = cast(Actor, request.actor)  # type: ignore[attr-defined]
    account = cast(Account, request.user)
    board = read(actor, account.pk, kind=request.GET.get("feed", ""), limit=limit)
    return render(request, template, {"board": board, "LANGUAGE_CODE": request.LANGUAGE_CODE})
