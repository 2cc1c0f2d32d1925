"""The exhibit store: its places, a place with what is there, moving exhibits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
from libertad.evidence import queries, queries_store
from libertad.evidence.actions.add_place import add_place, correct_place
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.forms_store import PAGE_LIMIT, CorrectPlaceForm, MoveForm, PlaceForm, ids_in
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.queries_store import AuditSeen, PlaceSeen
from libertad.evidence.screens_acts import now_of
from libertad.look import times
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.words import words
from libertad.operations import queries as operations
from libertad.vocabulary.values import Happened


def known_place(actor: Actor, key: str) -> PlaceSeen:
    place = queries_store.place(actor, key)
    if place is None:
        raise Http404
    return place


def exhibits_words(count: int) -> str:
    return ngettext("%(n)d exhibit", "%(n)d exhibits", count) % {"n": count}


def store(request: HttpRequest) -> HttpResponse:
    """The places of the store, how much is at each, and what is not put away yet."""
    actor = actor_of(request)
    places = queries_store.places(actor)
    add = Action(_("Add a place"), reverse("store-place-new")) if can_say(actor, "store.place") else None
    last = {audit.store: audit for audit in reversed(queries_store.audits(actor))}
    left = len(queries_store.to_put_away(actor))
    rows = [
        Row(
            [
                Cell(place.path, reverse("store-place", args=[place.id]), provenance=place.provenance),
                Cell(words("store-places", place.kind)),
                Cell(exhibits_words(place.count)),
                _audited(last.get(place.id)),
            ]
        )
        for place in places
    ]
    columns = [Column(_("Place")), Column(_("Kind")), Column(_("What is there")), Column(_("Last audit"))]
    page = ListPage(
        title=_("Exhibit store"),
        second=_("Rooms, shelves, boxes and safes. An exhibit's place is a step in its custody."),
        table=Table(_("Exhibit store"), columns, rows),
        action=add,
        empty=Empty(_("No place yet"), _("Add the first: a room, then the shelves and safes in it."), add),
    )
    related = [Link(_("Exhibits"), reverse("exhibits"))]
    if left and places:
        text = _("Put away what you hold and is at no place: %(what)s") % {"what": exhibits_words(left)}
        related.insert(0, Link(text, reverse("store-move")))
    return show_list(request, page, related=related)


def _audited(audit: AuditSeen | None) -> Cell:
    if audit is None:
        return Cell(_("Never"))
    href = reverse("store-audit", args=[audit.id])
    day = times.day(Happened(at=audit.at, zone=audit.zone))
    if audit.open:
        note = ngettext("%(n)d difference to explain", "%(n)d differences to explain", audit.open)
        return Cell(day, href, code="needs", second=note % {"n": audit.open})
    return Cell(day, href, second=_("nothing to explain"))


def store_place_new(request: HttpRequest) -> HttpResponse:
    """Add a place."""
    actor = actor_of(request)
    places = [(place.id, place.path) for place in queries_store.places(actor)]
    form = PlaceForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        country = operations.own_country(actor)
        done, place = try_perform(request, form, add_place, country=country, **form.cleaned_data)
        if done:
            return redirect("store-place", place)
    page = FormPage(
        title=_("Add a place to the store"),
        button=_("Add the place"),
        back=Link(_("Exhibit store"), reverse("store")),
        wont=_("Your country's police and prosecution read its name in the custody of what lies there."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def store_place_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct a place's name."""
    place = known_place(actor_of(request), key)
    form = CorrectPlaceForm(request.POST or None, initial={"name": place.name})
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, correct_place, store=key, **form.cleaned_data)
        if done:
            return redirect("store-place", key)
    page = FormPage(
        title=_("Correct this place's name"),
        button=_("Correct it"),
        reference=place.path,
        back=Link(place.path, reverse("store-place", args=[key])),
        wont=_("Steps of custody keep the name that was said when an exhibit was put there."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def store_place(request: HttpRequest, key: str) -> HttpResponse:
    """A place: what should be there, moving it, auditing it, the audits before."""
    actor = actor_of(request)
    place = known_place(actor, key)
    exhibits = queries_store.exhibits_at(actor, key)
    audits = queries_store.audits(actor, store=key)
    audit = (
        Action(_("Audit this place"), reverse("store-audit-new", args=[key]))
        if can_say(actor, "store.audit")
        else None
    )
    page = ListPage(
        title=place.path,
        second=_("%(kind)s. %(count)s should be here.")
        % {"kind": words("store-places", place.kind), "count": exhibits_words(len(exhibits))},
        provenance=place.provenance,
        action=audit,
        table=Table(
            _("What should be here"),
            [Column(_("Exhibit")), Column(_("What it is")), Column(_("Seal")), Column(_("Held by"))],
            [_at(exhibit) for exhibit in exhibits],
        ),
        empty=Empty(_("Nothing is here"), _("Move exhibits here, or audit the place: it may hold some.")),
    )
    links = [
        (Link(_("Move exhibits from here"), f"{reverse('store-move')}?from={key}"), bool(exhibits)),
        (Link(_("Correct this place's name"), reverse("store-place-correct", args=[key])), True),
        (Link(_("Exhibit store"), reverse("store")), True),
    ]
    context: dict[str, Any] = {
        "related": [link for link, allowed in links if allowed],
        "audits": _audit_table(audits),
        "names": [f"{name} ({why})" for name, why in place.before],
    }
    return show_list(request, page, "evidence/store_place.html", **context)


def _at(exhibit: ExhibitSeen) -> Row:
    return Row(
        [
            Cell(exhibit.reference, reverse("exhibit", args=[exhibit.id]), provenance=exhibit.provenance),
            Cell(exhibit.description, second=words("exhibit-kinds", exhibit.kind)),
            Cell(exhibit.seal or _("None")),
            Cell(exhibit.holder_name, second=_("offered to another officer") if exhibit.offer else ""),
        ]
    )


def _audit_table(audits: list[AuditSeen]) -> Table | None:
    if not audits:
        return None
    rows = [
        Row(
            [
                Cell(
                    times.when(Happened(at=audit.at, zone=audit.zone)),
                    reverse("store-audit", args=[audit.id]),
                ),
                Cell(audit.by),
                Cell(str(len(audit.differences))),
                Cell(str(audit.open), code="needs" if audit.open else ""),
            ]
        )
        for audit in audits
    ]
    columns = [
        Column(_("When")),
        Column(_("By")),
        Column(_("Differences"), numeric=True),
        Column(_("To explain"), numeric=True),
    ]
    return Table(_("Audits"), columns, rows)


def store_move(request: HttpRequest) -> HttpResponse:
    """Move exhibits: of the place `?from=`, else those that the officer holds and that are at no place."""
    actor = actor_of(request)
    start = queries_store.place(actor, request.GET.get("from", ""))
    if request.GET.get("from") and start is None:
        raise Http404
    exhibits = _movable(actor, start, request.POST)
    places = [(place.id, place.path) for place in queries_store.places(actor) if place != start]
    form = MoveForm(request.POST or None, found=exhibits, places=places, now=now_of(request))
    if request.method == "POST" and form.is_valid():
        done, _deed = try_perform(
            request,
            form,
            move_exhibits,
            store=form.cleaned_data["store"],
            things=form.moves(),
            happened=form.cleaned_data["happened"],
        )
        if done:
            count = len(form.moves())
            message = ngettext("%(n)d exhibit is moved.", "%(n)d exhibits are moved.", count)
            messages.success(request, message % {"n": count})
            return redirect("store-place", form.cleaned_data["store"])
    back = Link(start.path, reverse("store-place", args=[start.id])) if start else None
    page = FormPage(
        title=_("Move exhibits from %(place)s") % {"place": start.path} if start else _("Put exhibits away"),
        button=_("Move what is ticked"),
        back=back or Link(_("Exhibit store"), reverse("store")),
        intro=_("Read each seal before you tick: ticking says that it reads so."),
        wont=_(
            "All that is ticked is moved, or nothing. You go on holding it; each gets a step in its custody."
        ),
    )
    maximum = ""
    if len(exhibits) >= PAGE_LIMIT:
        maximum = _("The first %(n)d; move these, then come back.") % {"n": PAGE_LIMIT}
    context: dict[str, Any] = {"page": page, "form": form, "rows": form.rows(), "most": maximum}
    return render(request, "evidence/store_move.html", context)


def _movable(actor: Actor, start: PlaceSeen | None, data: Any) -> list[ExhibitSeen]:
    """What this officer holds. What was ticked before stays, so that its refusal names it."""
    listed = queries_store.exhibits_at(actor, start.id) if start else queries_store.to_put_away(actor)
    held = [exhibit for exhibit in listed if exhibit.held_by(actor)]
    ticked = set(ids_in(data, "move_")) - {exhibit.id for exhibit in held}
    return [*held[:PAGE_LIMIT], *(queries.exhibits(actor, ids=sorted(ticked)) if ticked else ())]
