"""Pages that correct a detention; and how it is told what was corrected of it."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.entries import said_of
from libertad.access.form_actions import try_perform
from libertad.access.screens_correcting import correct, correcting_page, lines
from libertad.look.corrections import CorrectionLine
from libertad.look.fields import offer
from libertad.look.page_objects import Link
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations.queries import site, sites
from libertad.people import queries
from libertad.people.actions.correct_detention import correct_detention, correct_status
from libertad.people.fold_detention import DETENTION
from libertad.people.forms_correcting import CorrectDetentionForm, CorrectStatusForm
from libertad.people.models import Detention
from libertad.people.queries import DetentionSeen
from libertad.people.screens_acts import clock
from libertad.vocabulary.values import Happened


def links(actor: Actor, detention: DetentionSeen) -> list[Link]:
    """The ways to correct it that are open to this reader."""
    listed = []
    if may_open(actor, "detention-correct") and detention.authority == actor.authority:
        listed.append(
            Link(_("Correct name, grounds or site"), reverse("detention-correct", args=[detention.id]))
        )
    if may_open(actor, "detention-status-correct") and _own(actor, detention):
        listed.append(Link(_("Correct a status"), reverse("detention-status-correct", args=[detention.id])))
    return listed


def _own(actor: Actor, detention: DetentionSeen) -> list[tuple[str, str]]:
    """The statuses that the actor's authority said, with their words."""
    return [
        (entry, f"{words('detention-states', status)}, {when(Happened(at=at, zone=detention.zone))}")
        for entry, status, at, by in detention.standing
        if by == actor.authority
    ]


def detention_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct name, grounds or site."""
    actor = actor_of(request)
    detention = queries.detention(actor, key)
    if detention is None or detention.authority != actor.authority:
        raise Http404
    initial = {name: getattr(detention, name) for name in DETENTION} | {"shown": json.dumps(detention.shown)}
    form = CorrectDetentionForm(request.POST or None, initial=initial)
    places = [(site.id, site.reference) for site in sites(actor)]
    offer(form, "site", [("", _("Not at a site")), *places])
    back = reverse("detention", args=[key])
    page = correcting_page(
        _("Correct this detention"),
        detention.reference,
        Link(detention.reference, back),
        _("Its statuses stay, each with its date."),
    )
    return correct(request, form, correct_detention, page, back, detention=key)


def status_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Say that a status did not happen, or happened at another time."""
    actor = actor_of(request)
    detention = queries.detention(actor, key)
    listed = _own(actor, detention) if detention is not None else []
    if detention is None or not listed:
        raise Http404
    form = CorrectStatusForm(request.POST or None, zone=detention.zone)
    offer(form, "entry", listed)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {name: form.cleaned_data[name] for name in ("entry", "how", "reasons")}
        if values["how"] == "time":
            values |= form.happened_arguments(clock(request)["now"])
        if values["how"] == "time" and not form.cleaned_data.get("happened"):
            form.add_error("happened", _("Say when it happened"))
        else:
            done, _entry = try_perform(request, form, correct_status, detention=key, **values)
            if done:
                return redirect("detention", key)
    page = correcting_page(
        _("Correct a status"),
        detention.reference,
        Link(detention.reference, reverse("detention", args=[key])),
        _("The clock of the detention and the figures follow what stands."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def corrected(actor: Actor, detention: DetentionSeen) -> list[CorrectionLine]:
    """What was corrected: a status with its time, a name, grounds, a site."""
    entries = said_of(actor, Detention._meta.label, [detention.id])[detention.id]
    labels = {
        "state": _("Status"),
        "name": _("Name"),
        "grounds": _("Grounds"),
        "site": _("Site"),
    }

    def tell(name: str, value: Any) -> str:
        if name == "state":
            return words("detention-states", value)
        if name == "site":
            place = site(actor, value) if value else None
            return place.reference if place else _("another site")
        return str(getattr(value, "text", value))

    return lines(actor, entries, ("state", *DETENTION), labels, tell, timed=("state",))
