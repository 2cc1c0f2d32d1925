"""What every page's frame needs: navigation by role, who acts and for whom, two clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from libertad.access.acting import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Authority
from libertad.access.queries import clock_now, officer_names
from libertad.vocabulary.codelists import label
from libertad.web.looks import NavItem, Shell


def rooms() -> list[tuple[str, str]]:
    """Route and label of each room's front page, in the order of the bar."""
    return [
        ("home", _("Today")),
        ("board", _("Board")),
        ("leads", _("Leads")),
        ("sites", _("Sites")),
        ("people", _("People")),
        ("exhibits", _("Exhibits")),
        ("checks", _("Hits")),
        ("care", _("Care")),
        ("figures", _("Figures")),
        ("officers", _("Officers")),
    ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` for base.html; before sign-in only the name."""
    actor = cast("Actor | None", getattr(request, "actor", None))
    if actor is None:
        return {"shell": Shell(shows_person=False)}
    moment = clock_now(actor.operation)
    authority = Authority.objects.filter(pk=actor.authority).first()
    return {
        "shell": Shell(
            nav=navigation(request, actor),
            home_href=reverse("home"),
            who=officer_names(actor, [actor.officer]).get(actor.officer, ""),
            role=label("roles", actor.role),
            authority=authority.name if authority else "",
            provenance=authority.provenance if authority else "",  # type: ignore[arg-type]
            change_href=change_href(),
            note=getattr(request, "opening_note", ""),
            utc=moment,
            here=here(moment, actor.zone),
        )
    }


def navigation(request: HttpRequest, actor: Actor) -> list[NavItem]:
    """The rooms that this role may open."""
    items = []
    for route, words in rooms():
        if not matrix().may_ask(actor.role, route, "get"):
            continue
        try:
            href = reverse(route)
        except NoReverseMatch:
            continue
        current = request.path == href if href == "/" else request.path.startswith(href)
        items.append(NavItem(words, href, current=current))
    return items


def change_href() -> str:
    try:
        return reverse("demo")
    except NoReverseMatch:
        return reverse("account_logout")


def here(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
