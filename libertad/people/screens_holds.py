"""Pages of legal holds by reference: the prosecution places and lifts them and reads no person's file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.people import forms as asked
from libertad.people import queries
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.screens_acts import own_country
from libertad.vocabulary.values import Happened


def holds(request: HttpRequest) -> HttpResponse:
    """Holds by reference, those in force first."""
    actor = actor_of(request)
    place = Action(_("Place a legal hold"), reverse("hold-new"))
    rows = []
    for hold in queries.holds(actor):
        lift = reverse("hold-lift", args=[hold.id]) if hold.active else ""
        rows.append(
            Row(
                [
                    Cell(hold.reference, provenance=hold.provenance),
                    Cell(
                        _("In force") if hold.active else _("Lifted"),
                        tone="needs" if hold.active else "plain",
                    ),
                    Cell(when(Happened(at=hold.since, zone=actor.zone))),
                    Cell(hold.reason, second=hold.order),
                    Cell(_("Lift it") if lift else "", lift),
                ]
            )
        )
    columns = [
        Column(_("Reference")),
        Column(_("Hold")),
        Column(_("Since")),
        Column(_("Why")),
        Column(_("What next")),
    ]
    page = ListPage(
        title=_("Legal holds"),
        second=_("By reference. A hold does not say whether there is such a person."),
        table=Table(_("Legal holds"), columns, rows),
        action=place,
        empty=Empty(
            _("No hold by reference"),
            _("Place one for a reference that you were given. Holds on people detained stand in their file."),
            place,
        ),
    )
    return show_list(request, page)


def hold_new(request: HttpRequest) -> HttpResponse:
    """Place a hold; the answer is the same whether or not anybody has the reference."""
    form = asked.HoldReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _hold = try_perform(request, form, hold_reference, **form.cleaned_data)
        if done:
            return redirect("holds")
    page = FormPage(
        title=_("Place a legal hold"),
        button=_("Place the hold"),
        back=Link(_("Legal holds"), reverse("holds")),
        wont=_(
            "Nothing of the person of this reference is erased while it is in place, whoever asks. "
            "You are not told whether there is such a person. It opens no file to you."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def hold_lift(request: HttpRequest, key: str) -> HttpResponse:
    """The hold ends."""
    listed = queries.holds(actor_of(request), key)
    if not listed or not listed[0].active:
        raise Http404
    form = asked.LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, lift_hold, country=own_country(request), person=key, **form.cleaned_data
        )
        if done:
            return redirect("holds")
    page = FormPage(
        title=_("Lift the legal hold"),
        button=_("Lift the hold"),
        reference=listed[0].reference,
        back=Link(_("Legal holds"), reverse("holds")),
        intro=listed[0].reason,
        wont=_("Nothing is erased by this. From now on it can be, by those who read the file."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
