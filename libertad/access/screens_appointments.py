"""An appointment that stands by one: read by whom it is about, confirmed by a second person."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access.actions.confirm_officer import confirm_officer
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries_appointments import AppointmentSeen, appointments_by_one
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import when
from libertad.look.words import choices, words
from libertad.vocabulary.values import Happened


class ConfirmAppointmentForm(forms.Form):
    """How it was made sure; nothing is chosen beforehand. `entry`: the appointment that was read."""

    entry = forms.CharField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=gettext_lazy("How did you make sure that the appointment is right?"),
        choices=choices("appointment-ways"),
        widget=forms.RadioSelect,
    )


def officer_confirm(request: HttpRequest, key: str) -> HttpResponse:
    """What stands by one, for whom it is about; with the form, for who confirms it. For others no page."""
    actor = actor_of(request)
    appointment = next((row for row in appointments_by_one(actor) if row.officer == key), None)
    if appointment is None or not (appointment.may_confirm or key == actor.officer):
        raise Http404
    form = ConfirmAppointmentForm(request.POST or None, initial={"entry": appointment.entry})
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, confirm_officer, source="decision", officer=key, **form.cleaned_data
        )
        if done:
            messages.success(request, _("The appointment is confirmed."))
            return redirect("home")
    page = _confirm_page(actor, appointment) if appointment.may_confirm else _own_page(actor, appointment)
    context = {"page": page, "form": form if appointment.may_confirm else None}
    return render(request, "access/appointment.html", context, status=422 if form.errors else 200)


def _confirm_page(actor: Actor, appointment: AppointmentSeen) -> FormPage:
    withdraw = Link(
        _("Withdraw this officer's access"), reverse("officer-withdraw", args=[appointment.officer])
    )
    withdraws = appointment.is_own and may_open(actor, "officer-withdraw")
    return FormPage(
        title=_("Confirm an appointment"),
        button=_("Confirm the appointment"),
        back=Link(_("Today"), reverse("home")),
        intro=appointment_words(actor, appointment),
        wont=_(
            "If you do not know of the appointment, ask before you confirm it. Whoever is appointed works "
            "meanwhile; one person alone can withdraw the access at once."
        ),
        links=[withdraw] if withdraws else [],
    )


def _own_page(actor: Actor, appointment: AppointmentSeen) -> FormPage:
    intro = _("Who confirms it: %(names)s.") % {"names": confirmer_names(appointment)}
    return FormPage(
        title=_("Your appointment stands by one"),
        button="",
        back=Link(_("Today"), reverse("home")),
        intro=f"{appointment_words(actor, appointment)} {intro}",
        wont=_(
            "Recording, an intake and danger do not wait for it. Of people whom others recorded before, "
            "fewer files open within an hour, and a second person sees at once which you open."
        ),
    )


def confirmer_names(appointment: AppointmentSeen) -> str:
    """'A. Admin, B. Lead'; where nobody of the authority can, the coordination."""
    return ", ".join(appointment.confirmers) or _("the coordination of the operation")


def appointment_words(actor: Actor, appointment: AppointmentSeen) -> str:
    """'Sgt. D. Browne, Caseworker: appointed by A. Admin, 3 April 2018, 10:00.'; of another authority neither
    name."""
    values = {
        "name": appointment.name if appointment.is_own else appointment.authority,
        "role": words("roles", appointment.role),
        "by": appointment.by or _("one person"),
        "when": when(Happened(at=appointment.at, zone=actor.zone)),
    }
    return _("%(name)s, %(role)s: appointed by %(by)s, %(when)s.") % values
