"""Open a colleague's protection file because somebody's life is in danger."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access.actions.break_glass import break_glass
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.glass import READ, glass_rules
from libertad.care import queries
from libertad.care.assignment import reading_of
from libertad.look.page_objects import FormPage, Link


class GlassForm(forms.Form):
    """Why, in the officer's own words."""

    words = forms.CharField(
        label=gettext_lazy("Whose life is in danger, and what from?"),
        help_text=gettext_lazy(
            "A sentence. It is kept in the file; your second person, and whose task the person is, read it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


def open_in_danger(request: HttpRequest, person: str) -> HttpResponse:
    """Said in the file before the file is shown. Whoever reads the file anyhow has no need of it."""
    actor = actor_of(request)
    file = queries.file(actor, person)
    if file is None:
        raise Http404
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request,
            form,
            break_glass,
            kind="care",
            person=person,
            way=READ,
            source="decision",
            **form.cleaned_data,
        )
        if done:
            return redirect("care-file", person)
    if request.method != "POST" and reading_of(actor, person).is_allowed:
        return redirect("care-file", person)
    rules = glass_rules()
    page = FormPage(
        title=_("Open because somebody's life is in danger"),
        button=_("Open the file"),
        back=Link(_("Whose task"), reverse("care-task", args=[person])),
        reference=file.reference,
        provenance=file.provenance,
        intro=_(
            "This file is open to you for %(hours)s hours, %(times)s times within seven days at most "
            "(assumed: no source gives these numbers)."
        )
        % {"hours": rules.hours, "times": rules.week[READ]},
        warning=True,
        wont=_(
            "Nobody is telephoned by it: call for help. It stays on the start page of your second person and "
            "of whose task the person is until it is reviewed, within %(hours)s hours."
        )
        % {"hours": rules.review},
    )
    return render(request, "web/form.html", {"page": page, "form": form})
