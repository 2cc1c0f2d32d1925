"""Places in care: none, few or enough by country; said by hand by care, at most once a day."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries_members import own_authority
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FormPage,
    Link,
    ListPage,
    Pair,
    Row,
    SideBlock,
    Table,
)
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import choices, words
from libertad.operations.actions.set_capacity import set_capacity
from libertad.operations.queries_capacity import CapacitySeen, capacities
from libertad.vocabulary.values import Happened

FIRST = 6  # countries on Today; the page has all
TONES = {"none": "needs", "enough": "done"}


class CapacityForm(forms.Form):
    """One of three words; nothing is chosen beforehand."""

    places = forms.ChoiceField(
        label=gettext_lazy("How many more people can you receive?"),
        help_text=gettext_lazy(
            "In shelters and houses that you can ask, for people whom the next days bring. No number."
        ),
        choices=choices("capacity-levels"),
        widget=forms.RadioSelect,
    )


def capacity(request: HttpRequest) -> HttpResponse:
    """By country, as its care authorities said it last."""
    actor = actor_of(request)
    by_name = sorted(capacities(actor), key=lambda seen: (words("countries", seen.country), seen.name))
    change = Action(_("Say how many places there are"), reverse("capacity-set"))
    action = change if may_open(actor, "capacity-set") else None
    columns = [Column(_("Country or territory")), Column(_("Places")), Column(_("As of"))]
    page = ListPage(
        title=_("Places in care"),
        second=_(
            "None, few or enough, as the care of a country says by hand, at most once a day. It is not "
            "counted from who is where. Telephone before you bring somebody."
        ),
        table=Table(_("Places in care"), columns, [_row(seen) for seen in by_name]),
        action=action,
        empty=Empty(
            _("No care authority is in this operation"),
            _("Who coordinates invites one for each country."),
            None,
        ),
    )
    return show_list(request, page)


def _row(seen: CapacitySeen) -> Row:
    if seen.at is None:
        return Row([Cell(words("countries", seen.country), second=seen.name), Cell(_("Not said")), Cell("")])
    tone = "" if seen.old else TONES.get(seen.places, "")
    note = _("Old: telephone first") if seen.old else ""
    return Row(
        [
            Cell(words("countries", seen.country), second=seen.name),
            Cell(words("capacity-levels", seen.places), tone=tone, second=note),
            Cell(when(Happened(at=seen.at, zone=seen.zone))),
        ]
    )


def places_block(actor: Actor) -> SideBlock | None:
    """On Today: of the own country, else of all; nothing for who may not open the page, or where there is no
    care authority."""
    listed = capacities(actor) if may_open(actor, "capacity") else []
    own = own_authority(actor)
    here = [seen for seen in listed if own is not None and seen.country == own.country] or listed
    if not here:
        return None
    pairs = [
        Pair(
            words("countries", seen.country),
            words("capacity-levels", seen.places) if seen.places else _("Not said"),
            _("Old: telephone first") if seen.old and seen.at else "",
        )
        for seen in here[:FIRST]
    ]
    links = [Link(_("Places in care, by country"), reverse("capacity"))]
    return SideBlock(_("Places in care"), pairs=pairs, links=links)


def capacity_set(request: HttpRequest) -> HttpResponse:
    form = CapacityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, set_capacity, **form.cleaned_data)
        if done:
            messages.success(request, _("Police of the operation read it."))
            return redirect("capacity")
    page = FormPage(
        title=_("Say how many places there are"),
        button=_("Tell the operation"),
        back=Link(_("Places in care"), reverse("capacity")),
        wont=_(
            "Police and centres read the word and the hour, and no house, number or name. It stays until you "
            "say another, at most once a day."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
