"""The operation's own pages: what it is, who is in it, its windows and its clock."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import choosing
from libertad.access import queries_members as members
from libertad.access.acting import Act
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.closed import closed_at
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, clock_now, may_read, open_row
from libertad.look import refusals
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    FilePage,
    FormPage,
    Link,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
)
from libertad.look.times import day, when
from libertad.look.words import countries_by_name
from libertad.operations import closing_parts, queries, screens_changes, screens_suspending
from libertad.operations.actions.change_operation import change_operation
from libertad.operations.actions.open_operation import open_operation
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.actions.set_window import set_window
from libertad.operations.forms_changes import OperationChangeForm
from libertad.operations.forms_planning import (
    ClockForm,
    OperationForm,
    WindowForm,
    in_zone,
    utc,
)
from libertad.operations.members_listed import listed_members
from libertad.operations.models import Operation, SiteCount
from libertad.operations.parts import Part, said_at
from libertad.operations.presenters import WindowSeen
from libertad.operations.queries_changes import begun, opened_by
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import OperationClock, OperationOpen


def operation(request: HttpRequest) -> HttpResponse:
    """The operation: days, clock, windows, authorities."""
    actor = actor_of(request)
    operation = queries.operation(actor)
    if operation is None:
        if can_say(actor, "operation.open"):
            return redirect("operation-new")
        raise Http404
    coordinates = can_say(actor, "window.set")
    now = said_at(clock_now(actor.operation), actor.zone)
    page = FilePage(
        kind=_("Operation"),
        reference=_("Operation"),
        title=operation.name,
        second=", ".join(countries_by_name(operation.countries).values()),
        provenance=operation.provenance,
        action=Action(_("Set a window"), reverse("window-new"))
        if coordinates and closed_at(actor.operation) is None
        else None,
        statuses=[
            *_closed(actor),
            StatusCell(_("First action day"), "", _day(operation.first_day)),
            StatusCell(_("Last action day"), "", _day(operation.last_day)),
            StatusCell(_("The operation's clock"), "", now),
            *_counted(actor),
        ],
        side=[
            SideBlock(
                _("Who can see this"),
                pairs=[
                    Pair(_("Members of the operation"), _("This page")),
                    Pair(_("Partners"), _("Its name, countries, days and clock")),
                    Pair(_("Police and centres"), _("Windows too")),
                    Pair(_("All others"), _("Nothing")),
                ],
            )
        ],
    )
    if not may_read(actor.role, SiteCount):  # a partner: what it is and when, not who is in it
        return render(request, "operations/file.html", {"page": page, "parts": []})
    parts = [
        *screens_suspending.suspended_part(actor),
        _windows(request, coordinates),
        listed_members(request, coordinates),
        *screens_changes.parts(actor),
        *closing_parts.parts(actor),
    ]
    if coordinates:
        parts.append(
            Part(
                _("Days, countries and clock"),
                links=[
                    Link(_("Change name, days or countries"), reverse("operation-change")),
                    Link(_("Set the operation's clock"), reverse("operation-clock")),
                    *(
                        [Link(_("Open another operation"), reverse("operation-new"))]
                        if opened_by(actor)
                        else []
                    ),
                ],
            )
        )
    if not can_say(actor, "lead.report"):
        parts = parts[1:]
    if may_open(actor, "capacity"):
        parts.append(
            Part(_("Places in care"), links=[Link(_("Places in care, by country"), reverse("capacity"))])
        )
    return render(request, "operations/file.html", {"page": page, "parts": parts})


def _closed(actor: Actor) -> list[StatusCell]:
    at = closed_at(actor.operation)
    if at is None:
        return []
    return [StatusCell(_("Closed"), "done", said_at(at, actor.zone), _("what is open goes on"))]


def _counted(actor: Actor) -> list[StatusCell]:
    """Numbers of the whole operation, for its members; partners have none of them."""
    if not may_read(actor.role, SiteCount):
        return []
    whole = _("in the whole operation")
    return [
        StatusCell(_("Sites"), "", str(queries.site_counts(actor).total), whole),
        StatusCell(_("Hits"), "", str(queries.hit_counts(actor).total), whole),
    ]


def _day(text: str) -> str:
    return day(datetime.fromisoformat(text).replace(tzinfo=UTC))


def _windows(request: HttpRequest, coordinates: bool) -> Part:
    actor = actor_of(request)
    operation = queries.operation(actor)
    rows = [
        Row(
            [
                Cell(
                    window.name,
                    reverse("window", args=[window.id]) if coordinates else "",
                    provenance=window.provenance,
                ),
                Cell(when(said_at(window.opens, actor.zone)), second=_beside_days(window, operation)),
                Cell(when(said_at(window.closes, actor.zone))),
            ]
        )
        for window in queries.windows(actor)
    ]
    columns = [Column(_("Window")), Column(_("Opens")), Column(_("Closes"))]
    return Part(
        _("Windows"),
        Table(_("Windows"), columns, rows),
        _("No window is set yet. A window is a time in which teams act together."),
    )


def _beside_days(window: WindowSeen, operation: Operation | None) -> str:
    """A word where a window lies outside the action days: days can be moved, windows keep their times."""
    if operation is None:
        return ""
    opens, closes = (at.astimezone(ZoneInfo(operation.zone)).date() for at in (window.opens, window.closes))
    if opens < date.fromisoformat(operation.first_day):
        return _("before the first action day")
    return _("after the last action day") if closes > date.fromisoformat(operation.last_day) else ""


def operation_new(request: HttpRequest) -> HttpResponse:
    """Open an operation: for the coordinator of a centre that has none."""
    actor = actor_of(request)
    if queries.operation(actor) is not None and not opened_by(actor):
        messages.info(request, _("A further operation is opened by the centre that opened this one."))
        return redirect("operation")
    form = OperationForm(request.POST or None, initial={"zone": actor.zone})
    own = members.own_officer(actor, actor.officer)
    if request.method == "POST" and form.is_valid() and own is not None:
        name = open_row(actor, own)
        authority = members.own_authority(actor)
        done, key = try_perform(
            request,
            form,
            open_operation,
            **form.cleaned_data,
            authority_name=authority.name if authority else _("Coordination centre"),
            authority_country=authority.country if authority else form.cleaned_data["country"][0],
            officer_name=name["name"],
            officer_rank=name["rank"],
            officer_service_number=name["service_number"],
        )
        if done and key is not None:
            choosing.choose(request, key)
            return redirect("operation")
    further = queries.operation(actor) is not None
    page = FormPage(
        title=_("Open another operation") if further else _("Open an operation"),
        button=_("Open the operation"),
        back=Link(_("Operation"), reverse("operation")) if further else Link(_("Today"), reverse("home")),
        wont=_("Nothing of this operation goes over to it, and nobody else is in it until you invite them.")
        if further
        else _("Nobody else is in it until you invite them."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def change(request: HttpRequest) -> HttpResponse:
    """Change what the operation is called, its days and its countries."""
    actor = actor_of(request)
    operation = queries.operation(actor)
    if operation is None:
        return redirect("operation")
    initial = {
        "name": operation.name,
        "first_day": operation.first_day,
        "last_day": operation.last_day,
        "zone": operation.zone,
        "country": operation.countries,
    }
    form = OperationChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        reason = values.pop("reason")

        def direct(act: Act) -> str:
            return change_operation(act, **values)

        try:
            content = OperationOpen(**{**values, "country": tuple(values["country"])})
        except Refused as why:
            refusals.show(form, why)
        else:
            answer = screens_changes.propose_instead(request, form, direct, content, actor.operation, reason)
            if answer is not None:
                return answer
    page = FormPage(
        title=_("Change the operation"),
        button=_("Propose it") if begun(actor) else _("Change the operation"),
        back=Link(_("Operation"), reverse("operation")),
        wont=screens_changes.alone(actor) + _("Windows and teams keep their times."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def clock(request: HttpRequest) -> HttpResponse:
    """Set the operation's clock: for exercises and the replay of a past operation."""
    actor = actor_of(request)
    form = ClockForm(request.POST or None, initial={"reads": said_at(clock_now(actor.operation), actor.zone)})
    in_zone(form, ("reads",), actor.zone)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        reads, now = utc(values["reads"]), datetime.now(UTC)

        def direct(act: Act) -> None:
            set_clock(act, reads=reads, set_at=now, rate=values["rate"])

        try:
            content = OperationClock(reads=reads, set_at=now, rate=values["rate"])
        except Refused as why:
            refusals.show(form, why)
        else:
            answer = screens_changes.propose_instead(
                request, form, direct, content, actor.operation, values["reason"]
            )
            if answer is not None:
                return answer
    page = FormPage(
        title=_("Set the operation's clock"),
        button=_("Set the clock"),
        back=Link(_("Operation"), reverse("operation")),
        intro=_("All delays on the board are measured by this clock."),
        wont=_("No entry changes its time. Each also keeps the device's own clock."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def window_new(request: HttpRequest) -> HttpResponse:
    """Set a window."""
    return _window(request, "")


def window(request: HttpRequest, key: str) -> HttpResponse:
    """Change a window."""
    return _window(request, key)


def _window(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    window = queries.window(actor, key) if key else None
    if key and window is None:
        raise Http404
    initial = {}
    if window is not None:
        initial = {
            "name": window.name,
            "opens": said_at(window.opens, actor.zone),
            "closes": said_at(window.closes, actor.zone),
            "shown": json.dumps(window.shown),
        }
    form = WindowForm(request.POST or None, initial=initial)
    in_zone(form, ("opens", "closes"), actor.zone)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done, _key = try_perform(
            request,
            form,
            set_window,
            name=values["name"],
            opens=utc(values["opens"]),
            closes=utc(values["closes"]),
            window=key,
            supersedes=values["shown"] if window else {},
        )
        if done:
            return redirect("operation")
    page = FormPage(
        title=_("Change the window") if window else _("Set a window"),
        button=_("Change the window") if window else _("Set the window"),
        back=Link(_("Operation"), reverse("operation")),
        intro=_("A time in which teams act together, so that no site can warn another."),
        wont=_("Teams keep their check-in times.")
        if window
        else _("No team is sent by this. Teams are assigned from the page of their site."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
