"""The key part in the safe: an administrator sees when an erasure made it worthless, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.stale_parts import at, damaged_part, stale_part, why, why_damaged
from libertad.look.page_objects import Cell, Column, Empty, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.web.todo_item import Waiting


def stale(actor: Actor) -> Iterator[Waiting]:
    """Until the new part lies in the safe. Its hour is real time, so none is set on the operation's clock."""
    if not may_open(actor, "key-part"):
        return
    damaged = damaged_part(actor.authority)
    if damaged is not None:
        yield Waiting(
            _("The key part of this node is damaged"),
            why_damaged(damaged),
            reverse("key-part"),
            _("Read what to do"),
            rank=-1.0,
        )
    stale_here = stale_part(actor.authority)
    if stale_here is not None:
        yield Waiting(
            _("The key part in your safe is to be renewed"),
            why(actor, stale_here),
            reverse("key-part"),
            _("Read what to do"),
            rank=-1.0,
        )


def key_part_page(request: HttpRequest) -> HttpResponse:
    """Since when the part in the safe opens nothing new, until when to renew it, and with which command."""
    actor = actor_of(request)
    stale = stale_part(actor.authority)
    damaged = damaged_part(actor.authority)
    rows = []
    if damaged is not None:
        rows = [
            Row(
                [
                    Cell(_("Damaged"), tone="needs"),
                    Cell(_("Before the server stops"), tone="needs"),
                    Cell(damaged.mend, second=_("done by whoever runs this node")),
                ]
            )
        ]
    if stale is not None:
        command = f"libertad backup --to COPY --parts-to {stale.place or 'SAFE'}"
        rows = [
            Row(
                [
                    Cell(at(stale.renewed, actor.zone)),
                    Cell(at(stale.until, actor.zone), tone="needs"),
                    Cell(command, second=_("typed by whoever runs this node")),
                ]
            )
        ]
    summary = why_damaged(damaged) if damaged is not None else why(actor, stale) if stale is not None else ""
    page = ListPage(
        title=_("The key part in the safe"),
        second=summary,
        table=Table(
            _("The key part in the safe"),
            [Column(_("Renewed here")), Column(_("To be saved until")), Column(_("What to do"))],
            rows,
            note=_("An older part is overwritten by the same command: kept elsewhere, destroy it."),
        ),
        empty=Empty(
            _("The key part in the safe is the right one"),
            _("Each erasure makes a new one; this page and Today then say so."),
            None,
        ),
    )
    return show_list(request, page)
