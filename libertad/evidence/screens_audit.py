"""Auditing a place of the store, and what differed until somebody explains it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
from libertad.evidence import queries, queries_store
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.explain_difference import explain_difference
from libertad.evidence.difference_words import difference_title, difference_words, explained_words
from libertad.evidence.forms_store import PAGE_LIMIT, AuditForm, ExplainForm, ids_in
from libertad.evidence.queries_store import AuditSeen
from libertad.evidence.screens_store import exhibits_words, known_place
from libertad.look import times
from libertad.look.page_objects import Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.vocabulary.values import Happened


def store_audit_new(request: HttpRequest, key: str) -> HttpResponse:
    """Audit a place: tick what is there, type or scan, say which seals read otherwise."""
    actor = actor_of(request)
    place = known_place(actor, key)
    now = queries_store.exhibits_at(actor, key)
    named = {*ids_in(request.POST, "there_"), *ids_in(request.POST, "seal_")} - {
        exhibit.id for exhibit in now
    }
    candidates = [*now, *(queries.exhibits(actor, ids=sorted(named)) if named else ())]
    form = AuditForm(
        request.POST or None, found=candidates, initial={"listed": ",".join(exhibit.id for exhibit in now)}
    )
    if len(now) > PAGE_LIMIT:
        messages.warning(request, _("Too much is here for one audit. Move some of it to places of its own."))
        return redirect("store-place", key)
    if request.method == "POST" and form.is_valid():
        done, audit = try_perform(request, form, audit_place, store=key, **form.field_values())
        if done:
            return redirect("store-audit", audit)
    page = FormPage(
        title=_("Audit of %(place)s") % {"place": place.path},
        button=_("Record the audit"),
        back=Link(place.path, reverse("store-place", args=[key])),
        intro=_("%(count)s should be here. What you do not tick, and do not read below, is missing.")
        % {"count": exhibits_words(len(now))},
        wont=_("It moves nothing and changes no custody. What differs waits until somebody explains it."),
    )
    return render(request, "evidence/store_audit.html", {"page": page, "form": form, "rows": form.rows()})


def known_audit(actor: Actor, key: str) -> AuditSeen:
    audit = queries_store.audit(actor, key)
    if audit is None:
        raise Http404
    return audit


def store_audit(request: HttpRequest, key: str) -> HttpResponse:
    """An audit with its differences, explained or not."""
    actor = actor_of(request)
    audit = known_audit(actor, key)
    explains = can_say(actor, "store.explain")
    rows = []
    for number, difference in enumerate(audit.differences):
        href = f"{reverse('store-explain', args=[key])}?difference={number}" if explains else ""
        title = difference_title(difference)
        state = explained_words(difference) or _("Not explained")
        rows.append(
            Row(
                [
                    Cell(title, href, code="" if difference.explained else "needs"),
                    Cell(difference_words(difference)),
                    Cell(state, second=difference.explained.get("reasons", "")),
                ]
            )
        )
    when = times.when(Happened(at=audit.at, zone=audit.zone))
    differing = ngettext("%(n)d difference", "%(n)d differences", len(rows)) % {"n": len(rows)}
    page = ListPage(
        title=_("Audit of %(place)s") % {"place": audit.place},
        second=_("%(when)s, by %(by)s. %(count)s should be there; %(differing)s.")
        % {
            "when": when,
            "by": audit.by or _("an officer"),
            "count": exhibits_words(len(audit.expected)),
            "differing": differing,
        },
        provenance=audit.provenance,
        table=Table(
            _("What differed"),
            [Column(_("Difference")), Column(_("What it is")), Column(_("How it came out"))],
            rows,
            note=audit.note,
        ),
        empty=Empty(_("Nothing differed"), _("All that should be there was there, with the seals on file.")),
    )
    related = [
        Link(_("The place"), reverse("store-place", args=[audit.store])),
        Link(_("Exhibit store"), reverse("store")),
    ]
    return show_list(request, page, related=related)


def store_explain(request: HttpRequest, key: str) -> HttpResponse:
    """Explain one difference, by its number in the audit."""
    actor = actor_of(request)
    audit = known_audit(actor, key)
    number = request.GET.get("difference", "0")
    if not (number.isascii() and number.isdigit() and int(number[:6]) < len(audit.differences)):
        raise Http404
    difference = audit.differences[int(number[:6])]
    form = ExplainForm(request.POST or None, kind=difference.kind, initial={"about": difference.about})
    back = reverse("store-audit", args=[key])
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, explain_difference, audit=key, **form.cleaned_data)
        if done:
            messages.success(request, _("Explained. The difference and your words stay on file."))
            return redirect(back)
    before = explained_words(difference)
    page = FormPage(
        title=difference_title(difference),
        button=_("Record the explanation"),
        back=Link(audit.place, back),
        reference=audit.place,
        intro=" ".join(filter(None, [difference_words(difference), before])),
        wont=_("The difference stays on file, on the exhibit's page too. It leaves Today."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
