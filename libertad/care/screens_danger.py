"""Danger for care, said and closed in care's own file: no page of police changes by it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.care.forms import DangerClosedForm, DangerForm
from libertad.care.pages import after_writing
from libertad.care.queries import dangers, file
from libertad.look.danger import DangerPanel, came_meanwhile
from libertad.look.page_objects import Action, FormPage, Link
from libertad.people import queries as people


def in_danger(actor: Actor, person: str) -> dict[str, DangerPanel | Link | None]:
    """For the protection file's page: an open danger as care has it, else the way to say one."""
    met_person = people.person(actor, person)
    known = dangers(actor, [met_person] if met_person else [], [person]).get(person)
    if known is None or not known.open_now:
        say = Link(_("The person is in danger now"), reverse("care-danger", args=[person]))
        return {"say_danger": say if met_person and can_say(actor, "care.danger") else None, "danger": None}
    close = Action(_("Say what was done"), reverse("care-danger-close", args=[person]))
    panel = DangerPanel(
        _("In danger now"),
        known.open_now[0].when,
        action=close if can_say(actor, "care.danger_close") else None,
        note=_("Police close their own. What you write stays with care."),
        dangers=people.danger_lines(actor, known.open_now),
    )
    return {"danger": panel, "say_danger": None}


def danger_say(request: HttpRequest, person: str) -> HttpResponse:
    """By care's own words, in care's own file: police are not told by it, and the page says so."""
    actor = actor_of(request)
    met_person = people.person(actor, person)
    if met_person is None:
        raise Http404
    form = DangerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, say_care_danger, person=person, **form.cleaned_data)
        if done:
            messages.error(
                request, _("Danger is recorded for care. Nobody was telephoned: call for help now.")
            )
            return after_writing(request, person, "care-tonight")
    page = FormPage(
        title=_("The person is in danger now"),
        button=_("Record the danger for care"),
        reference=met_person.reference,
        provenance=met_person.provenance,
        back=Link(
            _("File %(reference)s") % {"reference": met_person.reference}, reverse("person", args=[person])
        ),
        wont=_(
            "It stands first on the Today of your authority's caseworkers. Police and the coordinator are "
            "not told: telephone them. Saving telephones nobody."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def danger_close(request: HttpRequest, person: str) -> HttpResponse:
    """What care did. The identity file is not opened for it: its openings are on a list that police read."""
    actor = actor_of(request)
    met_person, care_file = people.person(actor, person), file(actor, person)
    shown_file = (
        care_file or met_person
    )  # care may no longer read the identity file: what is open is closed all the same
    known = dangers(actor, [met_person] if met_person else [], [person]).get(person)
    if shown_file is None or known is None:
        raise Http404
    back = Link(
        _("File %(reference)s") % {"reference": shown_file.reference}, reverse("person", args=[person])
    )
    if care_file is not None:
        back = Link(_("Protection file"), reverse("care-tonight", args=[person]))
    answers = tuple(request.POST.getlist("answers"))
    form = DangerClosedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, close_care_danger, person=person, answers=answers, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Closed for care. Police do not see this."))
            left = dangers(actor, [met_person] if met_person else [], [person]).get(person)
            if left is not None and left.open_now:
                messages.error(request, came_meanwhile())
            return after_writing(request, person, "care-tonight")
    page = FormPage(
        title=_("What did care do about the danger?"),
        button=_("Close it for care"),
        reference=shown_file.reference,
        provenance=shown_file.provenance,
        back=back,
        wont=_(
            "It is written into the protection file. Police see neither that it is closed nor what you wrote."
        ),
    )
    context = {"page": page, "form": form, "dangers": people.danger_lines(actor, known.open_now)}
    return render(request, "web/danger_close.html", context)
