"""The shell's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What needs me today, for the role that asks."""
    from libertad.web.home import today

    return render(request, "web/home.html", {"page": today(request.actor)})  # type: ignore[attr-defined]
