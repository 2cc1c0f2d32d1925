"""Forms of an exhibit that is taken over, witnessed, or whose words are corrected."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.screens_correcting import correcting_page
from libertad.evidence import queries
from libertad.evidence.actions.correct_exhibit import correct_exhibit
from libertad.evidence.actions.take_over import take_over
from libertad.evidence.actions.witness_taking import witness_taking
from libertad.evidence.fold import EXHIBIT
from libertad.evidence.forms import CashRows, CorrectExhibitForm, TakeOverForm, WitnessForm
from libertad.evidence.screens import found_or_404
from libertad.evidence.screens_acts import act_page, cash_is_valid, cash_of, frame, now_of
from libertad.look.page_objects import Link
from libertad.look.words import words


def exhibit_take_over(request: HttpRequest, key: str) -> HttpResponse:
    """Take it over from an officer who can hand nothing over any more."""
    actor, exhibit = actor_of(request), found_or_404(request, key)
    if not exhibit.holder_gone:
        raise Http404
    form = TakeOverForm(request.POST or None, officers=queries.witnesses(actor, exhibit), now=now_of(request))
    page = frame(
        exhibit,
        _("Take over an exhibit"),
        _("Record the taking over"),
        intro=_("%(name)s is recorded as holding it and has no access any more.")
        % {"name": exhibit.holder_name},
        wont=_(
            "Nothing changes until your witness signs in and confirms it. The chain shows it as a taking "
            "over, never as a handing over, and the court reads why."
        ),
        warning=True,
    )
    return act_page(request, exhibit, form, take_over, page)


def exhibit_witness(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm a taking over as its witness."""
    actor, exhibit = actor_of(request), found_or_404(request, key)
    taking = exhibit.chain.taking
    if taking is None or (exhibit.to_witness, taking.authority) != (actor.officer, actor.authority):
        return redirect("exhibit", key)
    form = WitnessForm(request.POST or None, now=now_of(request), initial={"taking": taking.id})
    values = {
        "by": taking.by or _("An officer"),
        "from": taking.holder_name or _("an officer"),
        "why": taking.words.rstrip("."),
        "place": taking.place or _("no place written"),
        "seal": taking.seal_read or _("not read"),
        "state": words("seal-states", taking.seal_state).lower(),
    }
    page = frame(
        exhibit,
        _("Confirm as the witness"),
        _("Record my answer"),
        intro=_(
            "%(by)s takes it over from %(from)s: %(why)s. Kept at: %(place)s. "
            "Seal as read: %(seal)s, %(state)s."
        )
        % values,
        wont=_("It stays under your name, and the court reads it. You hold nothing by it."),
    )
    return act_page(request, exhibit, form, witness_taking, page)


def exhibit_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was written of it; cash is counted again as a whole."""
    actor, exhibit = actor_of(request), found_or_404(request, key)
    if exhibit.authority != actor.authority:
        raise Http404
    initial = {name: getattr(exhibit, name) for name in EXHIBIT if name != "cash"}
    entries_shown = json.dumps(exhibit.shown)
    rows = [
        {"currency": currency, "denomination": denomination, "pieces": pieces}
        for currency, denomination, pieces in exhibit.cash
    ]
    form = CorrectExhibitForm(request.POST or None, initial=initial | {"shown": entries_shown})
    lines = CashRows(request.POST, prefix="cash") if request.POST else CashRows(prefix="cash", initial=rows)
    if request.method == "POST" and all([form.is_valid(), cash_is_valid(form, lines)]):
        data: dict[str, Any] = form.cleaned_data
        supersedes = dict(data["shown"]) | _cash_shown(data, request.POST.get("shown", ""))
        done, _entry = try_perform(
            request,
            form,
            correct_exhibit,
            exhibit=key,
            reasons=data["reasons"],
            cash=cash_of(lines),
            supersedes=supersedes,
            **form.field_values(),
        )
        if done:
            return redirect("exhibit", key)
    reference = _("Exhibit %(reference)s") % {"reference": exhibit.reference}
    page = correcting_page(
        _("Correct this exhibit"),
        reference,
        Link(reference, reverse("exhibit", args=[key])),
        _("Its custody stays as it is. Totals of cash follow the corrected count."),
    )
    return render(request, "evidence/seize.html", {"page": page, "form": form, "cash": lines})


def _cash_shown(data: dict[str, Any], text: str) -> dict[str, tuple[str, ...]]:
    """The entries behind the cash that the form showed: its rows are no fields of the form."""
    if not data["shown"]:
        return {}
    listed = json.loads(text).get("cash", [])  # `clean_shown` has read it
    return {"cash": tuple(str(entry) for entry in listed)} if listed else {}
