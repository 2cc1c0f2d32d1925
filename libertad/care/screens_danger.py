"""Closing a danger for care, in care's own file: no page of police changes by it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import who
from libertad.access.trying import try_perform
from libertad.care.actions.close_danger import close_care_danger
from libertad.care.forms import DangerClosedForm
from libertad.look.looks import FormPage, Link
from libertad.people import queries as people


def danger_close(request: HttpRequest, person: str) -> HttpResponse:
    """What care did. The identity file is not opened for it: its openings are on a list that police read."""
    found = people.person(who(request), person)
    if found is None or found.danger != "yes":
        raise Http404
    form = DangerClosedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, close_care_danger, person=person, **form.cleaned_data)
        if done:
            messages.success(request, _("Closed for care. Police do not see this."))
            return redirect("care-file", person)
    page = FormPage(
        title=_("What did care do about the danger?"), button=_("Close it for care"),
        reference=found.reference, provenance=found.provenance,  # type: ignore[arg-type]
        back=Link(_("File %(reference)s") % {"reference": found.reference}, reverse("person", args=[person])),
        wont=_(
            "It is written into the protection file. Police see neither that it is closed nor what you wrote."
        ),
    )  # fmt: skip
    return render(request, "web/form.html", {"page": page, "form": form})
