"""Appointments that stand by one: read by whom they are about, confirmed by a second person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from libertad.access.actions.confirm_officer import NOBODY, confirm_officer, confirm_officers
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import officer_names
from libertad.access.queries_appointments import AppointmentSeen, appointments_by_one
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import when
from libertad.look.words import choices, words
from libertad.vocabulary.values import Happened

MOST = 200  # lines of a list, of as many as one posting carries
READ = re.compile(r"[0-9a-f]{32}:[0-9a-f]{64}")  # an officer, and which appointment was read


class ConfirmAppointmentForm(forms.Form):
    """How it was made sure; nothing is chosen beforehand. `entry`: the appointment that was read."""

    entry = forms.CharField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=gettext_lazy("How did you make sure that the appointment is right?"),
        choices=choices("appointment-ways"),
        widget=forms.RadioSelect,
    )


class ReadField(forms.MultipleChoiceField):
    """Ticked lines of a list. One that is listed no more is taken too: what became of it is said."""

    def valid_value(self, value: Any) -> bool:
        return READ.fullmatch(str(value)) is not None


class ConfirmListedForm(forms.Form):
    """Whom of a list somebody confirms; nobody is ticked beforehand. `shown`: the list that was read."""

    shown = forms.RegexField(rf"(?:{READ.pattern} ?)+", widget=forms.HiddenInput)
    chosen = ReadField(
        label=gettext_lazy("Whose appointment do you confirm?"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
    )
    whole = forms.BooleanField(required=False)
    how = forms.ChoiceField(
        label=gettext_lazy("How did you make sure that each of them is right?"),
        choices=choices("appointment-ways"),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, listed: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, initial={"shown": " ".join(value for value, _label in listed)})
        self.fields["chosen"].choices = list(listed)  # type: ignore[attr-defined]
        self.fields["whole"].label = ngettext(
            "All that are listed: %(n)d appointment", "All that are listed: %(n)d appointments", len(listed)
        ) % {"n": len(listed)}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["listed"] = (
            values.get("shown", "").split() if values.get("whole") else values.get("chosen", [])
        )
        if not values["listed"]:
            self.add_error("chosen", NOBODY)
        return values


def appointments_confirm(request: HttpRequest) -> HttpResponse:
    """All that the actor confirms, a line each, such as a list from a file makes; one answer for those that
    are ticked, or for all that are listed. Whoever was changed since the list was shown drops out of it."""
    actor = actor_of(request)
    waiting = [row for row in appointments_by_one(actor) if row.may_confirm]
    listed = [(row.read_as, _line(actor, row)) for row in waiting[:MOST]]
    form = ConfirmListedForm(request.POST or None, listed)
    if request.method == "POST" and form.is_valid():
        chosen, how = form.cleaned_data["listed"], form.cleaned_data["how"]
        done, dropped = try_perform(
            request, form, confirm_officers, source="decision", listed=chosen, how=how
        )
        if done:
            _say_confirmed(request, len(set(chosen)), dropped or [])
            return redirect("appointments-confirm" if dropped or len(waiting) > MOST else "home")
    context = {"page": _listed_page(actor, len(waiting)), "form": form if waiting or form.errors else None}
    return render(request, "web/form.html", context, status=422 if form.errors else 200)


def _say_confirmed(request: HttpRequest, count: int, dropped: Sequence[str]) -> None:
    done = count - len(dropped)
    confirmed = ngettext("%(n)d appointment is confirmed.", "%(n)d appointments are confirmed.", done)
    messages.success(request, confirmed % {"n": done})
    if dropped:
        names = officer_names(actor_of(request), list(dropped))
        left = _(
            "Not confirmed, because changed, withdrawn or confirmed since you read the list, or not yours to "
            "confirm: %(names)s. What still waits for you is listed here anew."
        )
        called = [names.get(officer) or _("an officer of another authority") for officer in dropped]
        messages.warning(request, left % {"names": ", ".join(called)})


def _listed_page(actor: Actor, waiting: int) -> FormPage:
    officers = Link(_("Officers"), reverse("officers"))
    if not waiting:
        intro = _("No appointment waits for you.")
        return FormPage(
            title=_("Confirm appointments"), button="", back=Link(_("Today"), reverse("home")), intro=intro
        )
    intro = _("Read each line. Who is ticked is confirmed by one answer; who is not goes on waiting.")
    if waiting > MOST:
        more = _("The first %(most)d of %(n)d are listed: the others follow once these are confirmed.")
        intro = f"{intro} {more % {'most': MOST, 'n': waiting}}"
    return FormPage(
        title=_("Confirm appointments"),
        button=_("Confirm those that I ticked"),
        back=Link(_("Today"), reverse("home")),
        intro=intro,
        wont=_(
            "If you do not know of one, leave it without a tick and ask. Whoever is appointed works "
            "meanwhile; one person alone can withdraw the access at once."
        ),
        links=[officers] if may_open(actor, "officers") else [],
    )


def _line(actor: Actor, appointment: AppointmentSeen) -> str:
    """'Sgt. D. Browne, Caseworker, number VC-12: appointed by A. Admin, 3 April 2018, 10:00.'"""
    if not appointment.number:
        return appointment_words(actor, appointment)
    values = _values(actor, appointment) | {"number": appointment.number}
    return _("%(name)s, %(role)s, number %(number)s: appointed by %(by)s, %(when)s.") % values


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
    return render(request, "web/form.html", context, status=422 if form.errors else 200)


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
        title=_("Your appointment is not confirmed"),
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
    return _("%(name)s, %(role)s: appointed by %(by)s, %(when)s.") % _values(actor, appointment)


def _values(actor: Actor, appointment: AppointmentSeen) -> dict[str, str]:
    return {
        "name": appointment.name if appointment.is_own else appointment.authority,
        "role": words("roles", appointment.role),
        "by": appointment.by or _("one person"),
        "when": when(Happened(at=appointment.at, zone=actor.zone)),
    }
