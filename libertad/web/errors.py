"""Error pages: they say what to do, and never what was asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.amount_pace import Slowed
from libertad.look import refusals
from libertad.look.page_objects import Link

LAST = "<!doctype html><html lang=en><title>Libertad</title><h1>Something went wrong here</h1>"


def page(
    request: HttpRequest, status: int, title: str, explanation: str, link: Link | None = None
) -> HttpResponse:
    request.is_error = True  # type: ignore[attr-defined]  # the frame then does not say the address
    context = {"title": title, "what": explanation, "status": status, "link": link}
    return render(request, "web/error.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        404,
        _("Page not found"),
        _("Nothing is here for you. Check the address, or go to your start page."),
    )


def forbidden(request: HttpRequest, exception: object = None) -> HttpResponse:
    return page(
        request,
        403,
        _("Not within your rights"),
        _("Your role does not do this. If it should, ask the administrator of your authority."),
    )


def slowed(request: HttpRequest, why: Slowed) -> HttpResponse:
    """Beyond an unusual amount of reading: why, until when, and what to do in danger to life."""
    answer = page(request, 429, _("Wait before the next one"), refusals.as_sentence(why))
    answer["Retry-After"] = str(why.seconds)
    return answer


def not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    answer = page(
        request,
        405,
        _("This address does not take that"),
        _("Nothing was changed. Go to your start page and begin from there."),
    )
    answer["Allow"] = ", ".join(sorted(method.upper() for method in methods))
    return answer


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form with the token of before a sign-in. A sign-in that arrives again is signed in already."""
    if (
        request.path in (reverse("account_login"), reverse("mfa_authenticate"))
        and request.user.is_authenticated
    ):
        return redirect("home")
    return page(
        request,
        403,
        _("This form has expired"),
        _("Nothing was saved. Go back, load the page again, and send the form once more."),
    )


def shown_in_another(request: HttpRequest) -> HttpResponse:
    """A form that was opened in one operation and sent while its officer works in another."""
    return page(
        request,
        409,
        _("You work in another operation now"),
        _(
            "This form was opened in another operation, and nothing was saved. Change back to that one "
            "first, load the page again, and send the form once more."
        ),
        Link(_("Change operation"), reverse("operation-choose")),
    )


def operation_untold(request: HttpRequest) -> HttpResponse:
    """A form that does not tell its operation, of an officer who works in more than one: it was opened before
    there were several, or was sent by a program."""
    return page(
        request,
        409,
        _("Choose the operation first"),
        _(
            "Your authority is in more than one operation, and this form does not say to which one it "
            "belongs. Nothing was saved. Choose the operation, then open the form again and send it."
        ),
        Link(_("Choose an operation"), reverse("operation-choose")),
    )


def saved(request: HttpRequest, at: str = "") -> HttpResponse:
    """Where the first answer cannot be given again: that it was saved, and that nothing else was."""
    return render(request, "web/saved.html", {"at": at})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        400,
        _("This could not be read"),
        _("Nothing was saved. Go back, load the page again, and send the form once more."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500. What broke may be what draws pages: then the page that needs nothing, then one line."""
    try:
        return page(
            request,
            500,
            _("Something went wrong"),
            _("Nothing was half saved. Try again; if it happens twice, tell your administrator the time."),
        )
    except Exception:
        logging.getLogger("libertad.web").warning("the error page could not be drawn", exc_info=True)
    try:
        return HttpResponse(loader.get_template("500.html").render(), status=500)
    except Exception:
        return HttpResponse(LAST, status=500)


def not_stored(request: HttpRequest, why: str) -> HttpResponse:
    return page(request, 503, _("Not saved"), why)


def locked(request: HttpRequest) -> HttpResponse:
    """The ring that this page needs is not open on this node."""
    request.is_error = True  # type: ignore[attr-defined]
    answer = render(request, "503.html", {"status": 503}, status=503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # told once, at the start, not for each page
    return answer
