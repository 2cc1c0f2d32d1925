"""Danger for police, in the officer's or lead's own words: that it is there, and what was done."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.look.danger import came_meanwhile
from libertad.look.page_objects import FormPage, Link
from libertad.people import timeline_danger
from libertad.people.actions.close_danger import close_person_danger, say_danger
from libertad.people.danger_said import danger_lines
from libertad.people.head import person_or_404
from libertad.people.screens_acts import shown_form
from libertad.vocabulary.verbs.danger import LONGEST


class DangerClosedForm(forms.Form):
    """What was done. Nothing is chosen for whoever fills it in."""

    done = forms.CharField(
        label=lazy("What was done, and by whom?"),
        help_text=lazy("Such as 'Ambulance took her to the hospital with Const. A. Roberts.'"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )


class DangerForm(forms.Form):
    """What the danger is. Nothing is chosen for whoever fills it in."""

    words = forms.CharField(
        label=lazy("What is the danger, and what is needed now?"),
        help_text=lazy("Such as 'She bleeds and needs a doctor; the man waits outside the house.'"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )


def person_danger(request: HttpRequest, key: str) -> HttpResponse:
    """Later than at the meeting. For the police that met the person; others have no such page."""
    actor, person = actor_of(request), person_or_404(request, key)
    if timeline_danger.may_say(actor, person) != "person-danger":
        raise Http404
    form = DangerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, say_danger, person=key, **form.cleaned_data)
        if done:
            messages.error(request, timeline_danger.saved_later(actor, person))
            return redirect("person", key)
    page = FormPage(
        title=_("The person is in danger now"),
        button=_("Record the danger"),
        back=Link(_("File %(reference)s") % {"reference": person.reference}, reverse("person", args=[key])),
        reference=person.reference,
        provenance=person.provenance,
        wont=_("Saving telephones nobody. Where a life is in danger, call for help first."),
    )
    recipients = timeline_danger.told_later(actor, person)
    return render(request, "people/danger.html", {"page": page, "form": form, "told": recipients})


def person_danger_close(request: HttpRequest, key: str) -> HttpResponse:
    """For the police that met the person; a file that was only shared does not have this page."""
    actor, person = actor_of(request), person_or_404(request, key)
    if timeline_danger.may_close(actor, person) != "person-danger-close" or not person.dangers:
        raise Http404
    answers = tuple(request.POST.getlist("answers"))
    form = DangerClosedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, close_person_danger, person=key, answers=answers, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Closed for police. What you wrote stands on the file."))
            if person_or_404(request, key).open_dangers:
                messages.error(request, came_meanwhile())
            return redirect("person", key)
    return shown_form(
        request,
        form,
        person,
        _("What was done about the danger?"),
        _("Close it for police"),
        _("This ends it on the pages of police and in the coordinator's number. Care closes its own."),
        template="web/danger_close.html",
        dangers=danger_lines(actor, person.open_dangers),
    )
