"""The page on which a closed file is kept longer or erased: two caseworkers, and never a clock."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import who
from libertad.access.queries import officer_names
from libertad.care.actions.request_erasure import decide_erasure, request_erasure
from libertad.care.forms import When
from libertad.care.forms_erasure import DecideErasureForm, RequestErasureForm
from libertad.care.pages import find, now_of
from libertad.care.retaining import is_over
from libertad.care.screens_forms import save
from libertad.care.seen import FileSeen
from libertad.look.looks import FormPage, Link
from libertad.look.times import date_words
from libertad.people.queries import on_hold


def erasure(request: HttpRequest, person: str) -> HttpResponse:
    """Ask for the erasure; or, as another caseworker, decide it."""
    file = find(request, person)
    standing = file.erasure
    form: When
    if standing is None:
        form = RequestErasureForm(request.POST or None, now=now_of(request))
        if save(request, form, request_erasure, person=person):
            return redirect("care-file", person)
    else:
        initial = {"entry": standing["entry"]}
        form = DecideErasureForm(request.POST or None, now=now_of(request), initial=initial)
        if save(request, form, decide_erasure, person=person):
            erased = form.cleaned_data["agrees"] == "yes"
            return redirect("care") if erased else redirect("care-file", person)
    return render(
        request, "care/erasure.html", {"page": _page(request, file), "form": form, **_why_not(request, file)}
    )


def _page(request: HttpRequest, file: FileSeen) -> FormPage:
    asked = file.erasure
    intro = _("Kept until %(day)s.") % {"day": date_words(file.keep_until)} if file.keep_until else ""
    if asked is not None:
        names = officer_names(who(request), [asked["officer"]])
        intro = _("%(who)s asks for it: %(reasons)s") % {
            "who": names.get(asked["officer"], _("A caseworker")), "reasons": asked["reasons"],
        }  # fmt: skip
    return FormPage(
        title=_("Erase this file?") if asked is None else _("Decide: erase this file"),
        button=_("Ask for the erasure") if asked is None else _("Record the decision"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[file.person])),
        intro=intro,
        warning=True,
        wont=_(
            "Nothing is erased by itself. Erased, the file opens on no machine of yours again, older backups "
            "of it included; the other authorities that read the person's files are asked to erase theirs. "
            "Numbers that were counted stay."
        ),
    )


def _why_not(request: HttpRequest, file: FileSeen) -> dict[str, object]:
    """Why the form is not offered, and where to keep the file longer."""
    actor = who(request)
    reason = ""
    if file.closed is None:
        reason = _("This protection file is open. Close it first.")
    elif on_hold(actor, file.person, file.reference):
        reason = _("A legal hold forbids erasing. Whoever placed it must lift it first.")
    elif file.erasure is not None and file.erasure["officer"] == actor.officer:
        reason = _("You asked for it. Another caseworker decides.")
    elif file.erasure is None and not file.keep_until:
        reason = _("No date says until when this file is kept. Write it first.")
    elif file.erasure is None and not is_over(file.keep_until, now_of(request).local.date()):
        reason = _("The time for which it is kept is not over.")
    label = _("Keep it longer") if file.closed else _("Close this protection file")
    keep = Link(label, reverse("care-close", args=[file.person]))
    return {"reason": reason, "keep": keep}
