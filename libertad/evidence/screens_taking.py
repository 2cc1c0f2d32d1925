"""Forms of an exhibit that is taken over, witnessed, or whose words are corrected."""

from __future__ import annotations

import json
from dataclasses import replace
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
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.screens import found_or_404
from libertad.evidence.screens_acts import (
    act_page,
    cash_is_valid,
    cash_of,
    choose_kind,
    frame,
    kind_chosen,
    kind_href,
    now_of,
)
from libertad.look.page_objects import Link
from libertad.look.words import words
from libertad.vocabulary.exhibit_kinds import not_of, of_kinds

OTHER = "another"  # in place of a kind: it is chosen


def exhibit_take_over(request: HttpRequest, key: str) -> HttpResponse:
    """Take it over from an officer who can hand nothing over any more."""
    actor, exhibit = actor_of(request), found_or_404(request, key)
    if not exhibit.holder_gone:
        raise Http404
    form = TakeOverForm(
        request.POST or None,
        officers=queries.witnesses(actor, exhibit),
        seal=exhibit.seal,
        now=now_of(request),
    )
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
    reference = _("Exhibit %(reference)s") % {"reference": exhibit.reference}
    address, kind = reverse("exhibit-correct", args=[key]), kind_chosen(request) or exhibit.kind
    if request.GET.get("kind") == OTHER:
        return choose_kind(request, _("Correct this exhibit"), Link(reference, address), address)
    initial = {name: getattr(exhibit, name) for name in EXHIBIT if name != "cash"}
    entries_shown = json.dumps(exhibit.shown)
    rows = [
        {"currency": currency, "denomination": denomination, "pieces": pieces}
        for currency, denomination, pieces in exhibit.cash
    ]
    form = CorrectExhibitForm(request.POST or None, kind=kind, initial=initial | {"shown": entries_shown})
    lines: Any = []
    if kind == "cash":
        lines = CashRows(request.POST or None, prefix="cash", initial=None if request.POST else rows)
    if request.method == "POST" and all([form.is_valid(), cash_is_valid(form, lines)]):
        data: dict[str, Any] = form.cleaned_data
        supersedes = dict(data["shown"]) | _entries_beside(data, request.POST.get("shown", ""), kind)
        done, _entry = try_perform(
            request,
            form,
            correct_exhibit,
            exhibit=key,
            reasons=data["reasons"],
            cash=cash_of(lines) if kind == "cash" else None,
            supersedes=supersedes,
            **form.field_values(),
        )
        if done:
            return redirect("exhibit", key)
    page = correcting_page(
        _("Correct this exhibit: %(kind)s") % {"kind": words("exhibit-kinds", kind).lower()},
        reference,
        Link(reference, reverse("exhibit", args=[key])),
        _("Its custody stays as it is. Totals of cash follow the corrected count."),
        intro=_emptied_words(exhibit, kind),
    )
    page = replace(page, links=[Link(_("It is of another kind"), kind_href(request, address, OTHER))])
    return render(request, "evidence/seize.html", {"page": page, "form": form, "cash": lines})


def _emptied_words(exhibit: ExhibitSeen, kind: str) -> str:
    """What stands on file of it that this kind has not, in words; '' for nothing."""
    fields = CorrectExhibitForm.base_fields
    gone = [name for name in of_kinds() if name in not_of(kind) and getattr(exhibit, name)]
    left = [str(fields[name].label) if name in fields else _("Cash") for name in gone]
    return _("No longer said of it: %(fields)s.") % {"fields": ", ".join(left)} if left else ""


def _entries_beside(data: dict[str, Any], text: str, kind: str) -> dict[str, tuple[str, ...]]:
    """The entries behind what is no field of the form: rows of cash, and what goes with another kind."""
    if not data["shown"]:
        return {}
    listed = json.loads(text)  # `clean_shown` has read it
    names = [name for name in ("cash", *not_of(kind)) if listed.get(name)]
    return {name: tuple(str(entry) for entry in listed[name]) for name in names}
