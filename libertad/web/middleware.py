"""One gate for every page: who asks, and whether the matrix lets that role ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import ResolverMatch

from libertad.access.acting import Actor, Forbidden
from libertad.access.matrix import ANYONE, matrix
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.journal.rings import RingError
from libertad.journal.writer import NotStored
from libertad.web import errors

View = Callable[[HttpRequest], HttpResponse]


class Headers:
    """Pages about people are not kept by browsers or proxies."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
        response.setdefault("X-Robots-Tag", "noindex")
        return response


class Rights:
    """Sets `request.actor`; asks the matrix; a route without a row is for nobody."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = who(request)  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = cast(ResolverMatch, request.resolver_match)
        row = matrix().routes.get(match.view_name)
        method = "get" if request.method == "HEAD" else (request.method or "").lower()
        if row is None:
            return errors.not_found(request)
        roles = row.get(method, frozenset())
        if ANYONE in roles:
            return None
        actor = cast("Actor | None", request.actor)  # type: ignore[attr-defined]
        if actor is None:
            return redirect(settings.LOGIN_URL)
        if not any(actor.role in allowed for allowed in row.values()):
            return errors.not_found(request)
        if method not in row:
            return HttpResponseNotAllowed([m.upper() for m in row])
        if actor.role not in roles:
            return errors.forbidden(request)
        if needs_factor(request) and not match.view_name.startswith(("mfa_", "account_", "sign-out")):
            return redirect("mfa_activate_totp")
        return None

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        if isinstance(why, Forbidden):
            return errors.forbidden(request, str(why))
        if isinstance(why, (NotStored, RingError)):
            return errors.not_stored(request, str(why))
        return None


def who(request: HttpRequest) -> Actor | None:
    """The actor of a signed-in request; an officer whose access has ended is signed out at once."""
    if not request.user.is_authenticated:
        return None
    actor = actor_of(cast(Account, request.user))
    if actor is None:
        request.session.flush()
    return actor


def needs_factor(request: HttpRequest) -> bool:
    """A password alone is not enough: until a one-time code is set up, nothing else opens."""
    if not settings.LIBERTAD_REQUIRE_CODE:
        return False
    from allauth.mfa.utils import is_mfa_enabled

    return not is_mfa_enabled(request.user)
