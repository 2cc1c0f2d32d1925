"""The page on which a closed file is kept longer or erased: two caseworkers, and never a clock."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.queries import officer_names
from libertad.care.actions.request_erasure import decide_erasure, request_erasure
from libertad.care.forms_closing import DecideErasureForm, RequestErasureForm
from libertad.care.pages import find, now_of
from libertad.care.presenters import FileSeen
from libertad.care.retention import refusal
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look import refusals
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import date_words
from libertad.people.queries import on_hold


def erasure(request: HttpRequest, person: str) -> HttpResponse:
    """Ask for the erasure; or, as another caseworker, decide it."""
    file = find(request, person)
    if request.method in ("GET", "HEAD") and (why := _why_not(request, file)):
        return _instead(request, file, why)
    return _decide(request, file) if file.erasure is not None else _ask(request, file)


def _ask(request: HttpRequest, file: FileSeen) -> HttpResponse:
    form = RequestErasureForm(request.POST or None, now=now_of(request))
    if save(request, form, request_erasure, person=file.person):
        return redirect("care-file", file.person)
    page = FormPage(
        title=_("Erase this file?"),
        button=_("Ask for the erasure"),
        reference=file.reference,
        back=back_to(file, "care-file", _("Protection file")),
        links=[_keep(file)],
        warning=True,
        intro=_("It was kept until %(day)s.") % {"day": date_words(file.keep_until)},
        wont=_("Nothing is erased yet: another caseworker decides."),
    )
    return form_page(request, file, form, page)


def _decide(request: HttpRequest, file: FileSeen) -> HttpResponse:
    asked = file.erasure or {}
    initial = {"entry": asked.get("entry", "")}
    form = DecideErasureForm(request.POST or None, now=now_of(request), initial=initial)
    if save(request, form, decide_erasure, person=file.person):
        if form.cleaned_data["agrees"] != "yes":
            return redirect("care-file", file.person)
        messages.success(
            request,
            _(
                "Erased: the protection file %(reference)s. Nobody opens it here any more. Renew the saved "
                "key part of your authority, as Today says."
            )
            % {"reference": file.reference},
        )
        return redirect("care")
    officer = asked.get("officer", "")
    name = officer_names(actor_of(request), [officer]).get(officer, _("A caseworker"))
    page = FormPage(
        title=_("Decide: erase this file"),
        button=_("Record the decision"),
        reference=file.reference,
        back=back_to(file, "care-file", _("Protection file")),
        links=[_keep(file)],
        warning=True,
        intro=_("%(who)s asks for it: %(reasons)s") % {"who": name, "reasons": asked.get("reasons", "")},
        wont=_(
            "Erased, the file does not open here again, and your authority's key part in the safe is to be "
            "renewed: an older backup opens it as long as an older part is kept. Other authorities that read "
            "the person's files are asked to erase theirs. Numbers that were counted stay."
        ),
    )
    return form_page(request, file, form, page)


def _instead(request: HttpRequest, file: FileSeen, why: str) -> HttpResponse:
    context = {
        "title": _("Erase this file?"),
        "told": why,
        "reference": file.reference,
        "provenance": file.provenance,
        "back": back_to(file, "care-file", _("Protection file")),
        "link": _keep(file),
    }
    return render(request, "web/over.html", context)


def _why_not(request: HttpRequest, file: FileSeen) -> str:
    """Why the form is not offered; '' where it is. What is sent all the same is refused by its action."""
    actor = actor_of(request)
    if on_hold(actor, file.person, file.reference):
        return _("A legal hold forbids erasing. Whoever placed it must lift it first.")
    if file.erasure is not None:
        own = file.erasure["officer"] == actor.officer
        return _("You asked for it. Another caseworker decides.") if own else ""
    why = refusal(file.closed is not None, file.keep_until, now_of(request).at.date())
    return refusals.as_sentence(why) if why is not None else ""


def _keep(file: FileSeen) -> Link:
    if file.closed:
        return Link(_("Keep it longer"), reverse("care-keep", args=[file.person]))
    return Link(_("Close this protection file"), reverse("care-close", args=[file.person]))
