"""Ask a service by a one-time page: the form, then link and code, shown once; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.answer_page.limits import page_limits
from libertad.answer_page.sealing import grouped
from libertad.care import models, page_host, page_watch, page_words, queries
from libertad.care.actions.ask_page import TOLD, ask_page, recall_page
from libertad.care.forms_outside import PageForm, RecallForm
from libertad.care.page_sealing import NewPage, new_page
from libertad.care.pages import find
from libertad.care.presenters import FileSeen, PartSeen
from libertad.care.queries_outside import ServiceSeen, askable, page
from libertad.care.screens import part_of
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.words import words


def ask(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """What the page will show; then its link and its code, once."""
    file = find(request, person)
    referral = part_of(request, models.Referral, person, key)
    if referral.plain["state"] != "asked":
        return redirect("care-referral", person, key)
    listed = askable(actor_of(request), str(referral.words.get("to", ""))) if page_host.is_set() else []
    form = PageForm(request.POST or None, fields=tellable_fields(request, referral))
    offer(form, "service", [(row.id, f"{row.name}, {row.telephone}") for row in listed])
    if request.method == "POST" and listed and form.is_valid():
        values = form.cleaned_data
        chosen = {name: values.get(name, "") for name in ("day", "sex", "age", "language", "line")}
        new = new_page(need=referral.plain["service"], **chosen)
        arguments = {"person": person, "referral": key, "service": values["service"], "new": new}
        done, _key = try_perform(request, form, ask_page, **arguments, **chosen)
        if done:
            row = next(row for row in listed if row.id == values["service"])
            return _shown_once(request, file, referral, row, new)
    page_object = FormPage(
        title=_("Ask by a one-time page"),
        button=_("Make the page"),
        reference=file.reference,
        back=Link(_("Referral"), reverse("care-referral", args=[person, key])),
        facts=[Pair(_("Service"), words("services", referral.plain["service"]), strong=True)],
        intro=_lacking(listed),
        links=[Link(_("Services outside Libertad"), reverse("care-services"))],
        wont=_(
            "It tells no name, no place, no reference and no operation, and shows nothing without its code."
        ),
    )
    return render(request, "web/form.html", {"page": page_object, "form": form if listed else None})


def _lacking(listed: Sequence[ServiceSeen]) -> str:
    """Why nobody can be asked; '' where somebody can."""
    if not page_host.is_set():
        return _("This node has no host for such pages. Whoever keeps the node names one in its settings.")
    return "" if listed else _("No service with this name has a confirmed number: see the list first.")


def tellable_fields(request: HttpRequest, referral: PartSeen) -> list[str]:
    """Fields that the page may have: what the referral tells and the person does not withhold."""
    consents = queries.parts(actor_of(request), models.Consent, ids=[referral.plain["consent"]])
    withheld = consents[0].words.get("withheld", ()) if consents else ()
    disclosed = referral.words.get("disclosed", ())
    return [name for name, part in TOLD.items() if part in disclosed and part not in withheld]


def _shown_once(
    request: HttpRequest, file: FileSeen, referral: PartSeen, service: ServiceSeen, new: NewPage
) -> HttpResponse:
    """Link and code stand on the answer to this one request and nowhere else."""
    context = {
        "file": file,
        "reached": page_watch.look_now(),
        "link": page_host.link_to(new.token),
        "code": grouped(new.code),
        "service": service,
        "limits": page_limits(),
        "back": reverse("care-referral", args=[file.person, referral.id]),
    }
    return render(request, "care/page_made.html", context)


def recall(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Take a page back that can still be answered."""
    file = find(request, person)
    one_time = page(actor_of(request), person, key)
    if one_time is None:
        raise Http404
    back = reverse("care-referral", args=[person, one_time.referral])
    if not one_time.can_be_answered or one_time.recalled:
        return redirect(back)
    form = RecallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, recall_page, page=key, **form.cleaned_data)
        if done:
            page_watch.look_now()
            return redirect(back)
    page_object = FormPage(
        title=_("Take the page back"),
        button=_("Take it back"),
        reference=file.reference,
        back=Link(_("Referral"), back),
        facts=page_words.facts(one_time, None),
        warning=True,
        wont=_("What was read there already cannot be taken back. Telephone the service as well."),
    )
    return render(request, "web/form.html", {"page": page_object, "form": form})
