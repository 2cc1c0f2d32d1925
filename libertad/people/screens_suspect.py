"""Pages on which it is recorded who is held, and which rights were given."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.form_actions import try_perform
from libertad.look import refusals
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.words import words
from libertad.people.actions.identify_suspect import identify_suspect
from libertad.people.actions.record_right import record_right
from libertad.people.forms_suspect import IdentityForm, RightForm
from libertad.people.screens_acts import clock
from libertad.people.screens_detention import detention_or_404
from libertad.people.suspect_words import right_words
from libertad.people.timeline import birth_words
from libertad.vocabulary.values import Refused


def detention_identity(request: HttpRequest, key: str) -> HttpResponse:
    """Who is held, as far as known."""
    detention = detention_or_404(request, key)
    known, now = detention.identity, clock(request)["now"]
    initial = {**IdentityForm.on_file(known), "shown": json.dumps(known.shown)}
    form = IdentityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.identity(now, known)
        except Refused as why:
            refusals.show(form, why)
        else:
            done, _entry = try_perform(
                request,
                form,
                identify_suspect,
                detention=key,
                supersedes=form.cleaned_data["shown"],
                reasons=form.cleaned_data["reasons"],
                **values,
            )
            if done:
                return redirect("detention", key)
    aged = [birth_words(birth) for birth in known.births if not birth.date]
    page = FormPage(
        title=_("Who is held"),
        button=_("Save"),
        reference=detention.reference,
        facts=[Pair(_("Age on file"), " / ".join(aged))] if aged else [],
        back=Link(detention.reference, reverse("detention", args=[key])),
        wont=_("What was recorded before stays on file. Another authority's word stays beside yours."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def detention_right(request: HttpRequest, key: str) -> HttpResponse:
    """A right was given, refused, or not possible yet."""
    detention = detention_or_404(request, key)
    form = RightForm(request.POST or None, **clock(request))
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, record_right, detention=key, source="saw", **form.cleaned_data
        )
        if done:
            return redirect("detention", key)
    page = FormPage(
        title=_("Record a right"),
        button=_("Record it"),
        reference=detention.reference,
        facts=[Pair(words("custody-rights", right.right), right_words(right)) for right in detention.rights],
        back=Link(detention.reference, reverse("detention", args=[key])),
        wont=_("The later word about a right counts; the earlier ones stay on file."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
