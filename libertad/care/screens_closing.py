"""Closing a protection file, and opening it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import models, queries
from libertad.care.actions.close_care import CONTACT_LOST, close_care
from libertad.care.actions.keep_longer import keep_longer
from libertad.care.actions.reopen_care import reopen_care
from libertad.care.closing import Appeal, appeal_of, open_things
from libertad.care.forms_closing import CloseForm, KeepForm, ReopenForm
from libertad.care.pages import find, now_of
from libertad.care.presenters import FileSeen
from libertad.care.screens_forms import save
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import date_words
from libertad.look.words import words


def left_open(request: HttpRequest, file: FileSeen) -> list[Link]:
    """What is still open, each with the page where it is done."""
    referrals = queries.open_referrals(actor_of(request), file.person)
    codes = open_things(
        status=file.status,
        waiting=file.waiting,
        decision=file.decision,
        return_waiting=file.return_waiting,
        referrals=len(referrals),
    )
    services = ", ".join(words("services", referral.plain["service"]) for referral in referrals)
    steps = {
        "referrals": (_("No outcome yet: %(services)s") % {"services": services}, "care-referrals"),
        "second-reader": (_("A decision waits for its second reader"), "care-file"),
        "not-identified": (_("Nobody has decided whether the person is a victim"), "care-screening"),
        "no-decision": (_("Return or stay is not decided"), "care-return"),
    }
    return [Link(steps[code][0], reverse(steps[code][1], args=[file.person])) for code in codes]


def appeal_open(request: HttpRequest, file: FileSeen) -> Appeal | None:
    """An appeal that may have been made against a decision in the file."""
    decisions = queries.parts(actor_of(request), models.ReturnDecision, file.person)
    return appeal_of((decision.plain for decision in decisions), now_of(request).local.date())


def _appeal_words(appeal: Appeal) -> str:
    day = {"day": date_words(appeal.until)}
    if appeal.runs:
        return _("The decision on return or stay can be appealed against until %(day)s.") % day
    return _("The time for an appeal ended on %(day)s. Nothing on file says whether one was made.") % day


def close(request: HttpRequest, person: str) -> HttpResponse:
    """Close the file; before that, what is still open. On a closed file: the contact afterwards."""
    file = find(request, person)
    left = left_open(request, file) if file.closed is None else []
    appeal = appeal_open(request, file) if file.closed is None else None
    initial = {"reason": file.closed_for, "afterwards": file.afterwards}
    fixed = {"keep_until": file.keep_until} if file.closed else {}
    form = CloseForm(
        request.POST or None,
        now=now_of(request),
        open_now=bool(left),
        appeal=appeal is not None,
        closed=file.closed is not None,
        initial=initial if file.closed else None,
    )
    if save(request, form, close_care, person=person, **fixed):
        return redirect("care-file", person)
    title = _("Contact after closing") if file.closed else _("Close this protection file")
    wont = _("Nothing is deleted, and nobody else reads it now. The file can be opened again at any time.")
    if file.child and file.closed_for != CONTACT_LOST:
        lost = _(
            "If contact with a child is lost, it stands first on the Today of your caseworkers until one of "
            "them writes what was done. Police are not told: telephone them. Saving telephones nobody."
        )
        wont = f"{lost} {wont}"
    page = FormPage(
        title=title,
        button=_("Record the contact") if file.closed else _("Close the file"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[person])),
        intro=_("The person knows to whom to turn, and that you can be asked again."),
        warning=bool(left) or appeal is not None,
        wont=wont,
    )
    context = {"page": page, "form": form, "left": left, "appeal": _appeal_words(appeal) if appeal else ""}
    return render(request, "care/close.html", context)


def keep(request: HttpRequest, person: str) -> HttpResponse:
    """Keep a closed file until a later day."""
    file = find(request, person)
    if file.closed is None:
        return redirect("care-close", person)
    form = KeepForm(request.POST or None, now=now_of(request))
    if save(request, form, keep_longer, person=person):
        return redirect("care-file", person)
    until = _("Kept until %(day)s.") % {"day": date_words(file.keep_until)} if file.keep_until else ""
    page = FormPage(
        title=_("Keep the file longer"),
        button=_("Keep it until then"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[person])),
        intro=until or _("No day is on file until which it is kept."),
        wont=_("Nothing is erased by itself on that day: two caseworkers decide."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def reopen(request: HttpRequest, person: str) -> HttpResponse:
    """Work in the file again."""
    file = find(request, person)
    form = ReopenForm(request.POST or None, now=now_of(request))
    if save(request, form, reopen_care, person=person):
        return redirect("care-file", person)
    page = FormPage(
        title=_("Open this protection file again"),
        button=_("Open the file again"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[person])),
        wont=_("That it was closed, and why, stays in the file."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
