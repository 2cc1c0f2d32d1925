"""Error pages: they say what to do, and never what was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def page(request: HttpRequest, status: int, title: str, what: str) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "what": what, "status": status}, status=status)


def not_found(request: HttpRequest, why: Exception | None = None) -> HttpResponse:
    return page(
        request, 404, _("Page not found"),
        _("Nothing is here for you. Check the address, or go to your start page."),
    )  # fmt: skip


def forbidden(request: HttpRequest, why: object = None) -> HttpResponse:
    return page(
        request, 403, _("Not within your rights"),
        _("Your role does not do this. If it should, ask the administrator of your authority."),
    )  # fmt: skip


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(
        request, 403, _("This form has expired"),
        _("Nothing was saved. Go back, load the page again, and send the form once more."),
    )  # fmt: skip


def bad_request(request: HttpRequest, why: Exception | None = None) -> HttpResponse:
    return page(
        request, 400, _("This could not be read"),
        _("Nothing was saved. Go back, load the page again, and send the form once more."),
    )  # fmt: skip


def failed(request: HttpRequest) -> HttpResponse:
    return page(
        request, 500, _("Something went wrong"),
        _("Nothing was half saved. Try again; if it happens twice, tell your administrator the time."),
    )  # fmt: skip


def not_stored(request: HttpRequest, why: str) -> HttpResponse:
    return page(request, 503, _("Not saved"), why)
