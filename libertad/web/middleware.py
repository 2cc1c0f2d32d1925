"""One gate for every page: who asks, and whether the matrix lets that role ask for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch, reverse
from django.utils import timezone

from libertad.access import choosing, guess_limits, own_sessions, submissions, unsaved
from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.access.amount_pace import ASKED, Slowed
from libertad.access.asking import Instead
from libertad.access.chosen_operation import working_as
from libertad.access.matrix import ANYONE, matrix
from libertad.field import endpoints
from libertad.field.problems import LOCKED, Problem
from libertad.journal.node import BehindMark, node
from libertad.journal.rings import Locked, RingError
from libertad.journal.seals import RowChanged
from libertad.journal.writer import NotStored
from libertad.look import refusals
from libertad.web import errors, program_gate, tracing
from libertad.web.first_steps import returns
from libertad.web.signing_in import UNTIL

View = Callable[[HttpRequest], HttpResponse]
OF_NO_OPERATION = ("operation-choose", "account_", "mfa_")  # pages of the sign-in, and of the choice itself
REFUSED = "refused: this role may not"  # a 404 of a page that there is; who asked, no line says
logger = logging.getLogger("libertad.access")
UNREADY = (NotStored, RingError, BehindMark, RowChanged)


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


def apart(request: HttpRequest, about: Iterable[object]) -> HttpResponse | None:
    """The answer to a form of another operation, or of none, than its officer works in; None for any other,
    and for one that arrives again after it was answered: that is answered as it was, and writes nothing."""
    if choosing.shown_in_another(request):
        refused = errors.shown_in_another
    elif choosing.lacks_operation(request, about):
        refused = errors.operation_untold
    else:
        return None
    match submissions.repeats(str(request.user.pk), request.path, request.POST.get(submissions.FIELD, "")):
        case None:
            return refused(request)
        case submissions.Write():  # it was written, and its answer cut off
            return errors.saved(request)
    return None


class Rights:
    """Sets `request.actor`; asks the matrix; a route without a row is for nobody."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ASKED.set("")
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            request.actor = None  # type: ignore[attr-defined]
            return errors.bad_request(request)  # no text holds this sign, and PostgreSQL takes it in none
        if all_locked():
            request.actor = None  # type: ignore[attr-defined]
            if request.path.startswith(endpoints.PREFIX):
                return endpoints.problem(request, Problem(LOCKED))
            return errors.locked(request)
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = cast(ResolverMatch, request.resolver_match)
        tracing.name_route(match.view_name)
        row = matrix().routes.get(match.view_name)
        method = "get" if request.method == "HEAD" else (request.method or "").lower()
        if row is None:
            return errors.not_found(request)
        if getattr(view, "keyed", False):
            return program_gate.gate(request, row, method)
        roles = row.get(method, frozenset())
        if ANYONE in roles:
            return None
        actor = cast("Actor | None", request.actor)  # type: ignore[attr-defined]
        if actor is None:
            after = request.path if "get" in row else "/"
            signing_in = reverse(settings.LOGIN_URL)
            return redirect_to_login(after, signing_in if method == "get" else f"{signing_in}?unsaved=1")
        if not any(actor.role in allowed for allowed in row.values()):
            logger.warning(REFUSED)
            return errors.not_found(request)
        if method not in row:
            return errors.not_allowed(request, row)
        if actor.role not in roles:
            logger.warning(REFUSED)
            return errors.forbidden(request)
        if actor.authority not in node().rings.open and match.view_name != "account_logout":
            return errors.locked(request)
        if not match.view_name.startswith(OF_NO_OPERATION):
            refused = apart(request, match.kwargs.values())
            if refused is not None:
                return refused
        ASKED.set("POST" if method == "post" else "GET")
        if needs_factor(request) and not match.view_name.startswith(("mfa_", "account_")):
            return redirect("mfa_activate_totp")
        return None

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        if getattr(request, "keyed", False) and isinstance(why, (Forbidden, *UNREADY)):
            return program_gate.failed(why)
        if isinstance(why, Instead):
            return why.answer
        if isinstance(why, Slowed):
            return errors.slowed(request, why)
        if isinstance(why, Forbidden):
            return errors.forbidden(request, refusals.in_words(why))
        if isinstance(why, Locked):
            return errors.locked(request)
        if isinstance(why, UNREADY):
            return errors.not_stored(request, str(why))
        return None


class Returns:
    """From a form that a first step opened, back to Today once it is saved (`first_steps.py`)."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        changed = response.get("Location", "").startswith(reverse(unsaved.NAME))  # nothing of it was saved
        saved = request.method == "POST" and response.status_code == 302 and not changed
        if saved and getattr(request, "actor", None) is not None and returns(request):
            response["Location"] = reverse("home")
        return response


class Marks:
    """Marks the browser in which somebody has just signed in: see `guess_limits.py`. It names nobody."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        account = getattr(request, "signed_in", "")
        if account:
            mark = guess_limits.new_mark(account, request.COOKIES.get(settings.MARK_COOKIE_NAME, ""))
            response.set_cookie(
                settings.MARK_COOKIE_NAME,
                mark,
                max_age=guess_limits.MARK_DAYS * guess_limits.DAY,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Strict",
            )
        return response


def all_locked() -> bool:
    """Whether this node has rings and none is open: then nothing is read or written, not even a sign-in."""
    try:
        rings = node().rings
        # Asked twice: a first ring that is being made stands in the file's list once it is open, not before.
        return not rings.open and bool(rings.authorities()) and not rings.open
    except RingError:  # such as police and care in one home
        return True


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a signed-in request; whose access or whose four hours have ended is signed out."""
    if not request.user.is_authenticated:
        return None
    actor = working_as(request.user, choosing.chosen(request))
    if actor is None or request.session.get(UNTIL, 0) < timezone.now().timestamp():
        logout(request)
        return None
    choosing.stay(request, actor)
    own_sessions.touch(request.session)
    return actor


def needs_factor(request: HttpRequest) -> bool:
    """A password alone is not enough: until a one-time code is set up, nothing else opens."""
    if not settings.LIBERTAD_REQUIRE_CODE:
        return False
    from allauth.mfa.utils import is_mfa_enabled

    return not is_mfa_enabled(request.user)
