"""The shell's own pages: what needs me today, how pages are made up, the language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def home(request: HttpRequest) -> HttpResponse:
    """What needs me today, for the role that asks. `part=danger`: only who is in danger, asked for again and
    again by the open page, so that nobody has to load it to learn of a person in danger."""
    from libertad.web.home import danger_now, today

    if request.GET.get("part") == "danger":
        return render(request, "web/look/danger_now.html", {"groups": danger_now(request.actor)})  # type: ignore[attr-defined]
    return render(request, "web/home.html", {"page": today(request.actor, bool(request.GET.get("all")))})  # type: ignore[attr-defined]


def about(request: HttpRequest) -> HttpResponse:
    """How pages are made up: what is published, what is generated, and what this node is."""
    return render(request, "web/about.html", {"demo": settings.LIBERTAD_DEMO})


def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to where it was chosen, on this host only."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    answer = redirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer
