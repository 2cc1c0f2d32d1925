"""The list of services outside Libertad: who is in it, by whose word, and the second officer's."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care.actions.register_service import confirm_service, end_service, register_service
from libertad.care.forms_outside import ConfirmServiceForm, EndServiceForm, ServiceForm
from libertad.care.queries_outside import ServiceSeen, service, services
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Pair, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import words


def service_list(request: HttpRequest) -> HttpResponse:
    """Everybody in the list, those that wait for a second officer first."""
    listed = services(actor_of(request))
    add = Action(_("Add a service"), reverse("care-service-new"))
    columns = [Column(_("Service")), Column(_("Telephone")), Column(_("What they give")), Column(_("State"))]
    page = ListPage(
        title=_("Services outside Libertad"),
        second=_(
            "Whom you can ask by a one-time page. A number counts once a second officer has checked it: "
            "every answer is called back there."
        ),
        action=add if listed else None,
        table=Table(_("Services outside Libertad"), columns, [_row(entry) for entry in listed]),
        empty=Empty(_("No service is in the list"), _("Add the first; a colleague confirms it."), add),
    )
    back = [Link(_("My people"), reverse("care"))]
    return show_list(request, page, related=back)


def _row(listed: ServiceSeen) -> Row:
    gives = listed.services or (listed.proposed.services if listed.proposed else ())
    return Row(
        [
            Cell(listed.title, reverse("care-service", args=[listed.id]), provenance=listed.provenance),
            Cell(listed.telephone or _("Not confirmed")),
            Cell(", ".join(words("services", code) for code in gives) or _("Not said")),
            Cell(_state(listed), tone="needs" if listed.proposed else "plain" if listed.ended else "done"),
        ]
    )


def _state(listed: ServiceSeen) -> str:
    if listed.proposed is not None:
        return _("Waits for a second officer")
    if listed.ended:
        return _("Asked no more")
    return _("Confirmed") if listed.telephone else _("Not confirmed")


def _find(request: HttpRequest, key: str) -> ServiceSeen:
    listed = service(actor_of(request), key)
    if listed is None:
        raise Http404
    return listed


def _form_page(title: str, button: str, **options: object) -> FormPage:
    back = Link(_("Services outside Libertad"), reverse("care-services"))
    return FormPage(title=title, button=button, back=back, **options)  # type: ignore[arg-type]


def service_new(request: HttpRequest) -> HttpResponse:
    """Add a service. It is asked by nobody before a second officer has confirmed it."""
    form = ServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _key = try_perform(request, form, register_service, **form.cleaned_data)
        if done:
            messages.success(request, _("Added. A colleague checks the number and confirms it."))
            return redirect("care-services")
    page = _form_page(
        _("Add a service"),
        _("Add it"),
        wont=_("Nobody is told by it, and nobody is asked before another officer has confirmed the number."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def service_change(request: HttpRequest, key: str) -> HttpResponse:
    """Change a service. What was confirmed holds until the change is."""
    listed = _find(request, key)
    initial = {
        "name": listed.name,
        "telephone": listed.telephone,
        "services": list(listed.services),
    }
    form = ServiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done, _key = try_perform(request, form, register_service, service=key, **form.cleaned_data)
        if done:
            messages.success(
                request, _("Recorded. What was confirmed before holds until a colleague confirms it.")
            )
            return redirect("care-service", key)
    page = _form_page(
        _("Change this service"),
        _("Record the change"),
        intro=listed.title,
        wont=_("What was confirmed before holds until another officer has confirmed the change."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def service_end(request: HttpRequest, key: str) -> HttpResponse:
    """Ask a service no more."""
    listed = _find(request, key)
    form = EndServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, end_service, service=key, **form.cleaned_data)
        if done:
            return redirect("care-services")
    page = _form_page(
        _("Ask this service no more"),
        _("Ask it no more"),
        intro=listed.title,
        warning=True,
        wont=_("Pages that it has already stay there until they are answered or taken back."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def service_page(request: HttpRequest, key: str) -> HttpResponse:
    """A service as it stands, and what waits for a second officer: who wrote it down does not confirm it."""
    listed, actor = _find(request, key), actor_of(request)
    waits = listed.proposed
    form = None
    if waits is not None and waits.officer != actor.officer:
        form = ConfirmServiceForm(request.POST or None, initial={"entry": waits.entry})
    if request.method == "POST":
        if form is None:
            return redirect("care-service", key)
        if form.is_valid():
            done, _none = try_perform(request, form, confirm_service, service=key, **form.cleaned_data)
            if done:
                messages.success(request, _("Recorded."))
                return redirect("care-services")
    links = [Link(_("Change the name or the number"), reverse("care-service-change", args=[key]))]
    if not listed.ended:
        links.append(Link(_("Ask this service no more"), reverse("care-service-end", args=[key])))
    page = _form_page(
        listed.title,
        _("Record what you checked"),
        facts=_facts(listed),
        links=links,
        wont="" if form is not None or waits is None else _("Another officer confirms it, not you."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _facts(listed: ServiceSeen) -> list[Pair]:
    facts = []
    if listed.telephone:
        note = _("Confirmed by %(who)s, %(when)s") % {
            "who": listed.confirmed_by or _("an officer"),
            "when": when(listed.confirmed) if listed.confirmed else "",
        }
        facts.append(Pair(_("Telephone"), listed.telephone, note, strong=True))
    else:
        facts.append(Pair(_("Telephone"), _("No number is confirmed"), _("Nobody is asked by it yet.")))
    if listed.services:
        facts.append(
            Pair(_("What they give"), ", ".join(words("services", code) for code in listed.services))
        )
    facts.append(Pair(_("State"), _state(listed), str(listed.words.get("ended", ""))))
    if listed.proposed is not None:
        waits = listed.proposed
        by = _("%(who)s, %(when)s. From: %(source)s") % {
            "who": waits.by or _("An officer"),
            "when": when(waits.when),
            "source": waits.checked_with,
        }
        facts.append(Pair(_("To be confirmed"), f"{waits.name}, {waits.telephone}", by, strong=True))
    elif listed.words.get("agrees") == "no":
        facts.append(Pair(_("Not confirmed"), str(listed.words.get("reading", ""))))
    return facts
