"""The administrator's pages: which care authority receives people, and whom officers telephone."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from libertad.access import receiving
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.set_danger_contact import set_danger_contact
from libertad.access.actions.unconfirm_care import unconfirm_care
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import officer_names
from libertad.look.danger import Told
from libertad.look.fields import offer
from libertad.look.page_objects import Action, ConfirmPage, FormPage, Link
from libertad.look.times import when
from libertad.look.words import choices, words
from libertad.vocabulary.verbs.danger import LONGEST

TELEPHONE = lazy("As it is dialled from your country, such as +592 555 0142.")


class ConfirmForm(forms.Form):
    """Which authority, and how it was made sure. Nothing is chosen beforehand."""

    care = forms.ChoiceField(label=lazy("Your care authority"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=lazy("How did you make sure that it is the right one?"),
        choices=choices("confirming-ways"),
        widget=forms.RadioSelect,
    )
    telephone = forms.CharField(
        label=lazy("Its duty desk, day and night"), help_text=TELEPHONE, max_length=40, required=False
    )
    note = forms.CharField(
        label=lazy("Whom you spoke with, and when"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST,
        required=False,
    )


class UnconfirmForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(label=lazy("Why?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST)


class ContactForm(forms.Form):
    """Whom officers telephone."""

    name = forms.CharField(
        label=lazy("Who answers?"), help_text=lazy("Such as 'National lead, day and night'."), max_length=100
    )
    telephone = forms.CharField(label=lazy("Telephone"), help_text=TELEPHONE, max_length=40)


def _police(request: HttpRequest) -> Actor:
    """The actor, if its authority hands people to care; for all others this page does not exist."""
    actor = actor_of(request)
    if receiving.hands_to_care(actor.authority) is None:
        raise Http404
    return actor


def care_authority(request: HttpRequest) -> HttpResponse:
    """Who receives people in danger: what holds now, and what officers read before they save."""
    actor = _police(request)
    receiver, contact = receiving.receiving(actor), receiving.contact(actor)
    context = {
        "found": receiver,
        "title": _("Who receives people in danger?"),
        "state": _state(actor, receiver),
        "none": "" if receiving.candidates(actor) else _none_to_confirm(actor),
        "contact": contact,
        "confirm": Action(
            _("Confirm another") if receiver.state == receiving.CONFIRMED else _("Confirm a care authority"),
            reverse("care-confirm"),
        ),
        "withdraw": Link(
            _("Take the confirmation back")
            if receiver.state == receiving.CONFIRMED
            else _("This is not ours"),
            reverse("care-unconfirm"),
        )
        if receiver.state != receiving.NONE
        else None,
        "set_contact": Link(
            _("Change it") if contact else _("Set whom officers telephone"), reverse("danger-contact")
        ),
    }
    return render(request, "access/care_authority.html", context)


def _state(actor: Actor, receiver: receiving.Receiving) -> list[Told]:
    """What holds now, each with its shape."""
    by = ", ".join(
        filter(
            None,
            [
                words("confirming-ways", receiver.how),
                officer_names(actor, [receiver.officer]).get(receiver.officer, ""),
                when(receiver.when) if receiver.when else "",
            ],
        )
    )
    if receiver.state == receiving.CONFIRMED:
        listed = [_holds(receiver, by)]
        if receiver.note:
            listed.append(Told("", receiver.note, "plain"))
        if receiver.telephone:
            listed.append(Told(_("Its duty desk:"), "", "phone", receiver.telephone))
        return listed
    if receiver.state == receiving.RELIED:
        text = _(
            "received your files until now, because it was on the list of the operation. It goes on "
            "receiving them, but nobody of yours has made sure that it is the right one."
        )
        return [Told(receiver.name, text, "needs")]
    text = _(
        "receives whom your police record. Who is in danger reaches your national lead and nobody of care."
    )
    listed = [Told(_("No care authority"), text, "needs")]
    if receiver.reason:
        listed.append(Told(_("Taken back:"), f"{receiver.reason} ({by})", "plain"))
    return listed


def _holds(receiver: receiving.Receiving, by: str) -> Told:
    """Of the confirmed one: that it receives, or why nothing reaches it."""
    if receiver.amiss == receiving.NOT_JOINED:
        text = _(
            "has not joined the operation: nobody of care receives whom your police record. Confirmed: %(by)s"
        )
    elif receiver.amiss == receiving.REMOVED:
        text = _(
            "was removed from the operation, and goes on receiving whom your police record until you "
            "confirm another or take it back. Confirmed: %(by)s"
        )
    else:
        return Told(receiver.name, _("receives whom your police record. Confirmed: %(by)s") % {"by": by})
    return Told(receiver.name, text % {"by": by}, "needs")


def _none_to_confirm(actor: Actor) -> str:
    """Why no care authority can be confirmed, and whom to ask."""
    waiting = ", ".join(
        authority.name
        for authority in receiving.listed(actor)
        if receiving.amiss(authority) == receiving.NOT_JOINED
    )
    if waiting:
        return _("%(names)s is invited and has not joined yet. Ask it, or the coordinator.") % {
            "names": waiting
        }
    return _("No care authority of your country is in this operation. Ask the coordinator to invite it.")


def care_confirm(request: HttpRequest) -> HttpResponse:
    """Confirm one; files that waited for it are widened at once."""
    actor = _police(request)
    listed = receiving.candidates(actor)
    receiver = receiving.receiving(actor)
    form = ConfirmForm(request.POST or None)
    offer(form, "care", [(row.pk, row.name) for row in listed])
    if request.method == "POST" and form.is_valid():
        done, count = try_perform(request, form, confirm_care, **form.cleaned_data)
        if done:
            messages.success(request, _confirmation_message(count or 0))
            return redirect("care-authority")
    intro = (
        _(
            "Telephone it on a number that you had before, not on one from a message. It gets the identity "
            "file of everybody whom your police record, and those that wait."
        )
        if listed
        else _none_to_confirm(actor)
    )
    page = FormPage(
        title=_("Confirm your care authority"),
        button=_("Confirm this care authority"),
        back=Link(_("Who receives people in danger?"), reverse("care-authority")),
        intro=intro,
        wont=_(
            "Nothing that care writes becomes yours to read. Another can be confirmed later; files that "
            "%(name)s reads stay readable for it until you remove it from them."
        )
        % {"name": receiver.name or _("it")},
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _confirmation_message(count: int) -> str:
    waited = ngettext(
        "%(n)d file that waited can be read by it now.",
        "%(n)d files that waited can be read by it now.",
        count,
    ) % {"n": count}
    return f"{_('Confirmed.')} {waited}" if count else _("Confirmed. No file was waiting.")


def care_unconfirm(request: HttpRequest) -> HttpResponse:
    """From now on nobody of care receives what is recorded."""
    actor = _police(request)
    receiver = receiving.receiving(actor)
    if receiver.state == receiving.NONE:
        raise Http404
    form = UnconfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, unconfirm_care, **form.cleaned_data)
        if done:
            messages.success(
                request, _("Taken back. The officer's form says that no care authority receives.")
            )
            return redirect("care-authority")
    page = ConfirmPage(
        title=_("Take back: %(name)s") % {"name": receiver.name},
        happens=[
            _("Whom your police record from now on reaches no care authority."),
            _("The officer's form says so before saving, and whom to telephone."),
        ],
        wont=[
            _("Files that it reads already stay readable for it: remove it from each file's page of readers.")
        ],
        button=_("Take it back"),
        back=Link(_("Who receives people in danger?"), reverse("care-authority")),
        warning=True,
    )
    return render(request, "web/confirm.html", {"page": page, "form": form})


def danger_contact(request: HttpRequest) -> HttpResponse:
    """Whom officers telephone: shown on the form where a person is recorded, and on the file."""
    actor = _police(request)
    before = receiving.contact(actor)
    initial = {"name": before.name, "telephone": before.telephone} if before else {}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, set_danger_contact, **form.cleaned_data)
        if done:
            messages.success(request, _("Set. Officers read it before they save."))
            return redirect("care-authority")
    page = FormPage(
        title=_("Whom do officers telephone?"),
        button=_("Set it"),
        back=Link(_("Who receives people in danger?"), reverse("care-authority")),
        intro=_("For a person in danger. Somebody has to answer day and night while teams are out."),
        wont=_("Libertad never dials it. It is read by the officers of your authority and nobody else."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
