"""What every page's frame needs: navigation by role, who acts and for whom, two clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import choosing
from libertad.access.actor import Actor
from libertad.access.closed import closed_at
from libertad.access.matrix import matrix
from libertad.access.queries import can_say, clock_now, on_clock, own
from libertad.look.addresses import address_of
from libertad.look.page_objects import NavItem, Shell
from libertad.look.times import day
from libertad.operations.queries import operation
from libertad.vocabulary.codelists import label
from libertad.web.badges import counts
from libertad.web.demo_guide import guide
from libertad.web.signing_in import UNTIL


def rooms() -> list[tuple[str, str]]:
    """Route and label of each room's front page, in the order of the bar."""
    return [
        ("home", _("Today")),
        ("operation", _("Operation")),
        ("board", _("Board")),
        ("leads", _("Leads")),
        ("sites", _("Sites")),
        ("teams", _("Teams")),
        ("people", _("People")),
        ("detentions", _("Detentions")),
        ("exhibits", _("Exhibits")),
        ("hits", _("Hits")),
        ("care", _("Care")),
        ("figures", _("Figures")),
        ("exchange", _("Exchange")),
        ("officers", _("Officers")),
    ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` for base.html; before sign-in only the name and the languages.

    Error pages are drawn with it too: a locked ring takes the officer's name from it, nothing else.
    """
    actor = cast("Actor | None", getattr(request, "actor", None))
    frame: dict[str, Any] = {
        "footer": footer(),
        "made_up_href": reverse("about"),
        "language_href": reverse("set-language"),
        "languages": settings.LANGUAGES if len(settings.LANGUAGES) > 1 else [],
        "here_path": here_path(request),
    }
    if actor is None:
        return {"shell": Shell(shows_person=False, **frame)}
    moment = clock_now(actor.operation)
    officer = own(actor)
    until = request.session.get(UNTIL)
    return {
        "guide": guide(request),
        "shell": Shell(
            nav=navigation(request, actor),
            home_href=reverse("home"),
            who=officer.name or _("Signed in"),
            role=_(label("roles", actor.role)),
            authority=officer.authority,
            provenance=officer.provenance,
            change_href=change_href(),
            sign_in_href=reverse("mfa_index"),
            sign_out_href=reverse("account_logout"),
            until=here(on_clock(actor.operation, datetime.fromtimestamp(until, UTC)), actor.zone)
            if until
            else None,
            note=getattr(request, "opening_note", ""),
            closed=closed_note(actor),
            **several(request, actor),
            utc=moment,
            here=here(moment, actor.zone),
            **frame,
        ),
    }


def closed_note(actor: Actor) -> str:
    """Of a closed operation: on every page, before a form is filled in that is refused."""
    at = closed_at(actor.operation)
    if at is None:
        return ""
    return _("Operation closed on %(day)s. Nothing new begins; what is open goes on.") % {
        "day": day(here(at, actor.zone))
    }


def several(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Where the authority is in more than one operation: which one this is, and where to change it."""
    if not choosing.elsewhere(request):
        return {}
    current = operation(actor)
    return {
        "operation": current.name if current else _("none that can be read here"),
        "operation_href": reverse("operation-choose"),
    }


def here_path(request: HttpRequest) -> str:
    """Where choosing a language leads back to; an error page does not say what was asked for."""
    failed = getattr(request, "is_error", False) or request.method not in ("GET", "HEAD")
    return "/" if failed else request.path


def footer() -> str:
    """What this node is, in a line."""
    if settings.LIBERTAD_DEMO:
        return _("Demonstration on one computer. People and cases are generated.")
    return _("Keys and files of this node stay with its authority.")


def navigation(request: HttpRequest, actor: Actor) -> list[NavItem]:
    """The rooms that this role may open."""
    items = []
    waiting = counts(actor)
    for route, words in rooms():
        if not matrix().may_ask(actor.role, route, "get"):
            continue
        href = reverse(route)
        if route == "operation" and not (actor.operation or can_say(actor, "operation.open")):
            continue
        current = request.path == href if href == "/" else request.path.startswith(href)
        items.append(NavItem(words, href, current=current, count=waiting.get(route, 0)))
    return items


def change_href() -> str:
    return address_of("demo")


def here(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
