"""Pages on which an officer with a network says what a team says at a site beside its visit."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import clock_now
from libertad.access.screens_correcting import correct, correcting_page
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import when
from libertad.look.words import choosing
from libertad.operations import queries
from libertad.operations.actions.count_people import (
    COUNT,
    count_anew,
    explain_headcount,
    record_headcount,
)
from libertad.operations.actions.measure_room import correct_room, measure_room
from libertad.operations.actions.say_way_in import correct_way_in, say_way_in
from libertad.operations.corrected import ROOM, WAY_IN
from libertad.operations.forms_on_site import (
    CorrectRoomForm,
    CorrectWayInForm,
    ExplainForm,
    HeadcountForm,
    RoomForm,
    WayInForm,
)
from libertad.operations.forms_planning import in_zone
from libertad.operations.on_site_parts import difference_words, in_groups, people, standard_words
from libertad.operations.on_site_views import HeadcountSeen
from libertad.operations.parts import said_at
from libertad.operations.presenters import SiteSeen
from libertad.operations.queries_on_site import headcount, reckoning, room, way
from libertad.operations.screens_correcting import disputed, refuse_others
from libertad.operations.screens_sites import known_site, teams_for
from libertad.vocabulary.verbs.on_site import REASONS

LATEST = 3  # visits of a team among which one chooses


def headcount_new(request: HttpRequest, key: str) -> HttpResponse:
    """Record a headcount at a site."""
    actor = actor_of(request)
    site = _own_site(actor, key)
    teams = teams_for(actor, site)
    references = {team.id: team.reference for team in teams}
    form = HeadcountForm(request.POST or None)
    in_zone(form, ("happened",), actor.zone, clock_now(actor.operation))
    del form.fields["shown"]
    offer(form, "team", choosing((team.id, team.reference) for team in teams))
    listed = [visit for visit in queries.visits(actor, site=key) if visit.team in references]
    offer(
        form,
        "visit",
        [
            ("", _("Not recorded yet")),
            *(
                (visit.id, f"{references[visit.team]}, {when(said_at(visit.at, visit.zone))}")
                for visit in listed[:LATEST]
            ),
        ],
    )
    if request.method == "POST" and form.is_valid():
        done, _key = try_perform(request, form, record_headcount, site=key, **form.cleaned_data)
        if done:
            return redirect("site", key)
    page = FormPage(
        title=_("Record a headcount"),
        reference=site.reference,
        button=_("Record the headcount"),
        back=Link(site.reference, reverse("site", args=[key])),
        intro=_("Count by eye as you come in; ask nobody. Leave empty what nobody counted; nobody is 0."),
        wont=_("Nobody becomes a potential victim by this number: each person who was met has a file."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def headcount_again(request: HttpRequest, key: str) -> HttpResponse:
    """Count anew: the form begins empty, because it is a count and no correction of words."""
    actor = actor_of(request)
    counted, site = _own_headcount(actor, key)
    shown = {name: list(counted.stands) for name in COUNT}
    form = HeadcountForm(request.POST or None, initial={"shown": json.dumps(shown)})
    in_zone(form, ("happened",), actor.zone, clock_now(actor.operation))
    for name in ("team", "visit"):
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        done, _entry = try_perform(
            request, form, count_anew, headcount=key, supersedes=values.pop("shown"), **values
        )
        if done:
            return redirect("site", site.id)
    page = FormPage(
        title=_("Count anew"),
        reference=site.reference,
        button=_("Record the new count"),
        back=Link(site.reference, reverse("site", args=[site.id])),
        intro=_("Counted before, %(when)s: %(groups)s.")
        % {"when": when(counted.when), "groups": in_groups(counted.counts[0])},
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def headcount_explain(request: HttpRequest, key: str) -> HttpResponse:
    """Explain why other people are on file than were counted."""
    actor = actor_of(request)
    counted, site = _own_headcount(actor, key)
    shown = {name: list(counted.explains) for name in (*REASONS, "note")}
    form = ExplainForm(request.POST or None, initial={"shown": json.dumps(shown)})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        done, _entry = try_perform(
            request, form, explain_headcount, headcount=key, supersedes=values.pop("shown"), **values
        )
        if done:
            return redirect("site", site.id)
    known = reckoning(actor, site.id, site.country, queries.own_country(actor))
    sums = ""
    if known is not None and known.recorded is not None:
        number, why = difference_words(known)
        sums = _("Counted: %(counted)s. On file: %(recorded)s. Not recorded: %(number)s. %(why)s") % {
            "counted": people(known.sum_counted),
            "recorded": people(known.recorded),
            "number": number,
            "why": why,
        }
    page = FormPage(
        title=_("Explain the difference"),
        reference=site.reference,
        button=_("Record the explanation"),
        back=Link(site.reference, reverse("site", args=[site.id])),
        intro=sums,
        wont=_("Your name stands beside it. Whoever is recorded later is counted as before."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def room_new(request: HttpRequest, key: str) -> HttpResponse:
    """Measure a room."""
    actor = actor_of(request)
    site = _own_site(actor, key)
    form = RoomForm(request.POST or None)
    in_zone(form, ("happened",), actor.zone, clock_now(actor.operation))
    if request.method == "POST" and form.is_valid():
        done, _key = try_perform(request, form, measure_room, site=key, **form.cleaned_data)
        if done:
            return redirect("site", key)
    page = FormPage(
        title=_("Measure a room"),
        reference=site.reference,
        button=_("Record the room"),
        back=Link(site.reference, reverse("site", args=[key])),
        intro=_("Leave empty what was not measured or not looked at.") + " " + standard_words(),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def room_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was measured of a room."""
    actor = actor_of(request)
    measured = room(actor, key)
    if measured is None:
        raise Http404
    site = known_site(actor, measured.site)
    refuse_others(actor, "room", site.country, "")
    form = CorrectRoomForm(request.POST or None, initial=_initial(measured, ROOM))
    back = reverse("site", args=[site.id])
    page = correcting_page(
        _("Correct this room"),
        f"{site.reference}, {measured.label}",
        Link(site.reference, back),
        "",
        " ".join(disputed(measured.versions)),
    )
    return correct(request, form, correct_room, page, back, room=key)


def way_in_new(request: HttpRequest, key: str) -> HttpResponse:
    """Describe a way to a site."""
    actor = actor_of(request)
    site = known_site(actor, key)
    form = WayInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _key = try_perform(request, form, say_way_in, site=key, **form.cleaned_data)
        if done:
            return redirect("site", key)
    page = FormPage(
        title=_("Add an access route"),
        reference=site.reference,
        button=_("Add the access route"),
        back=Link(site.reference, reverse("site", args=[key])),
        wont=_(
            "It is read by the police of this country and the operation's centres, and goes to the phone of "
            "a team that is sent there."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def way_in_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct or close a way to a site."""
    actor = actor_of(request)
    described = way(actor, key)
    if described is None:
        raise Http404
    site = known_site(actor, described.site)
    refuse_others(actor, "way-in", site.country, described.owner)
    form = CorrectWayInForm(request.POST or None, initial=_initial(described, WAY_IN))
    back = reverse("site", args=[site.id])
    page = correcting_page(
        _("Correct this access route"),
        site.reference,
        Link(site.reference, back),
        _("Nobody is told outside this page: tell a team that is on its way yourself."),
        " ".join(disputed(described.versions)),
    )
    return correct(request, form, correct_way_in, page, back, way=key)


def _initial(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    values = {name: "" if value is None else value for name, value in values.items()}
    return values | {"shown": json.dumps(row.shown)}


def _own_site(actor: Actor, key: str) -> SiteSeen:
    """Forbidden before anybody fills in a form that could not be saved."""
    site = known_site(actor, key)
    if site.country != queries.own_country(actor):
        raise Forbidden("the police of the site's country count and measure there")
    return site


def _own_headcount(actor: Actor, key: str) -> tuple[HeadcountSeen, SiteSeen]:
    counted = headcount(actor, key)
    if counted is None:
        raise Http404
    return counted, _own_site(actor, counted.site)
