"""What every answer of the host has, and what is asked before any page is."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from libertad.answer_page.limits import page_limits
from libertad.answer_page.pace import Pace, network

View = Callable[[HttpRequest], HttpResponse]
ALL = "all"
EMPTY = b""


class Headers:
    """Kept by no browser, proxy or search engine; nothing of the device is asked for."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        response.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        return response


class Paced:
    """429 for a network, or for all together, that asks for more than `limits.yaml` lets it. What is asked
    for by a POST counts; files of the look and pages that change nothing do not. The nodes have a pace of
    their own: nobody who floods the pages keeps them from recalling one."""

    def __init__(self, answer: View) -> None:
        self.answer, limits = answer, page_limits()
        self.each = Pace(limits.each_burst, limits.each_minute)
        self.together = Pace(limits.all_burst, limits.all_minute)
        self.nodes = Pace(limits.all_burst, limits.all_minute)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from libertad.answer_page.views import NODE, too_often

        if request.method == "POST":
            place = network(request.META.get("REMOTE_ADDR", ""))
            nodes = request.path == NODE
            if not (self.nodes if nodes else self.each).take(place):
                return too_often(request)
            if not nodes and not self.together.take(ALL):
                return too_often(request)
        return self.answer(request)


class Language:
    """The first of our languages that the browser asks for, or the one that was chosen on the page: in the
    address, so that no cookie is needed."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("in", "")
        language = (
            chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
        )
        with translation.override(language):
            response = self.answer(request)
            response.setdefault("Content-Language", language)
            return response


class OwnForms:
    """A form that another site's page sends is refused. Whoever sends it would need link and code besides:
    no cookie speaks for anybody here."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.method == "POST" and site not in ("same-origin", "none"):
            return HttpResponse(EMPTY, status=403)
        return self.answer(request)
