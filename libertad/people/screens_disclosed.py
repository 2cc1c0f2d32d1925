"""Disclosed to you: what care told this authority of a person, and the way to what it keeps itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of, may_open
from libertad.look.copies import copies_seen
from libertad.look.danger import DangerPanel
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FilePage,
    Link,
    ListPage,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
)
from libertad.look.paging import show_list
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people import queries
from libertad.people.head import record_opening
from libertad.people.queries_disclosed import DisclosedSeen, disclosed
from libertad.people.screens_serving import steps
from libertad.people.serving_words import concern_facts, facts, sought_why, sought_words, stage_words


def state_words(view: DisclosedSeen) -> tuple[str, str]:
    """(how it stands, tone)"""
    return {
        "open": (_("Not opened yet"), "needs") if view.is_new else (_("Open to you"), "done"),
        "over": (_("Its last day has gone by"), "plain"),
        "asked": (_("Withdrawn: answer the request to erase it"), "needs"),
        "held": (_("Withdrawn; kept for a legal hold alone"), "needs"),
    }[view.state]


def disclosed_list(request: HttpRequest) -> HttpResponse:
    """All that was disclosed to this authority and is still here."""
    rows = []
    for view in disclosed(actor_of(request)):
        state, tone = state_words(view)
        rows.append(
            Row(
                [
                    Cell(
                        view.reference,
                        reverse("disclosed-file", args=[view.id]),
                        provenance=view.provenance,
                    ),
                    Cell(words("disclosure-purposes", view.purpose), second=view.giver),
                    Cell(state, tone=tone),
                    Cell(when(view.when)),
                    Cell(date_words(view.until)),
                ]
            )
        )
    columns = [
        Column(_("Reference")),
        Column(_("For what, and by whom")),
        Column(_("How it stands")),
        Column(_("Disclosed")),
        Column(_("Until")),
    ]
    page = ListPage(
        title=_("Disclosed to you"),
        second=_("Copies, for one purpose each. They are not passed on."),
        table=Table(_("Disclosed to you"), columns, rows),
        empty=Empty(
            _("Nothing was disclosed to you"),
            _("What a care authority tells you of a person, because the person agreed, stands here."),
            Action(_("Back to Today"), reverse("home")),
        ),
    )
    return show_list(request, page)


def disclosed_file(request: HttpRequest, key: str) -> HttpResponse:
    """One disclosure; its opening is recorded first. What is over or asked back shows no copies."""
    actor = actor_of(request)
    view = next(iter(disclosed(actor, [key])), None)
    if view is None:
        raise Http404
    record_opening(request, view.id, view.person, "disclosure")
    state, tone = state_words(view) if not view.is_new else (_("Open to you"), "done")
    person = queries.person(actor, view.person)
    identity = None
    if person is not None and may_open(actor, "person"):
        identity = Link(person.reference, reverse("person", args=[person.id]))
    ways = steps(request, view)
    answer = None
    if view.request and may_open(actor, "exchange-erasure"):
        answer = Action(_("Answer the request to erase it"), reverse("exchange-erasure", args=[view.request]))
    page = FilePage(
        kind=_("Disclosed to you"),
        reference=view.reference,
        title=words("disclosure-purposes", view.purpose),
        second=_("For this and nothing else. Not to be passed on."),
        provenance=view.provenance,
        action=answer or (Action(ways[0].label, ways[0].href) if ways else None),
        statuses=[
            StatusCell(_("Disclosed"), "", view.when, view.giver),
            StatusCell(_("How it stands"), tone if tone != "plain" else "", state),
            StatusCell(_("Until"), "due", date_words(view.until)),
            *_served_cell(view),
        ],
        side=[
            SideBlock(
                _("What it rests on"),
                pairs=[
                    Pair(_("From"), view.giver),
                    Pair(_("Ground"), words("disclosure-grounds", view.ground), view.order),
                    *(
                        [Pair(_("Sent"), _("By one officer, because it could not wait"))]
                        if view.by_one
                        else []
                    ),
                ],
                note=_withdrawal_words(view),
            ),
            *(
                [SideBlock(_("Your own file of the person"), links=[identity])]
                if identity is not None
                else []
            ),
        ],
    )
    context = {
        "page": page,
        "view": view,
        "copies": copies_seen(view.items) if view.shows_copies else [],
        "withheld": _not_disclosed(view),
        "facts": facts(view.served) if view.served is not None and view.state != "asked" else [],
        "concerns": [concern_facts(concern) for concern in view.served.concerns]
        if view.served is not None and view.state != "asked"
        else [],
        "ways": ways,
        "sought": _sought(view),
    }
    return render(request, "people/disclosed.html", context)


def _sought(view: DisclosedSeen) -> DangerPanel | None:
    """That care looks for the person."""
    if view.served is None or view.served.sought is None or view.state == "asked":
        return None
    return DangerPanel(sought_words(), view.served.sought, sought_why(view.giver))


def _served_cell(view: DisclosedSeen) -> list[StatusCell]:
    if view.served is None or view.state == "asked":
        return []
    text, tone = stage_words(view.served)
    return [StatusCell(_("Your answer"), tone if tone != "plain" else "", text)]


def _not_disclosed(view: DisclosedSeen) -> list[str]:
    """Of what care could have disclosed to this authority the kinds that it did not: no more than that is
    told."""
    if not view.shows_copies:
        return []
    disclosed_kinds = {item.kind for item in view.items}
    return [words("disclosed-kinds", kind) for kind in view.kinds if kind not in disclosed_kinds]


def _withdrawal_words(view: DisclosedSeen) -> str:
    if view.ground == "consent":
        return _(
            "The person may withdraw it at any time: you are then asked to erase it. No further page of the "
            "person opens from here."
        )
    return _("Care may withdraw it: you are then asked to erase it. No further page opens from here.")
