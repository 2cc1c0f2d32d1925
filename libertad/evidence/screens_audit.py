"""Auditing a place of the store, and what differed until somebody explains it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import who
from libertad.access.queries import can_say
from libertad.access.trying import try_perform
from libertad.evidence import queries, queries_store
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.explain_difference import explain_difference
from libertad.evidence.difference_words import difference_title, difference_words, explained_words
from libertad.evidence.forms_store import PAGE_LIMIT, AuditForm, ExplainForm, ids_in
from libertad.evidence.queries_store import AuditSeen
from libertad.evidence.screens_store import exhibits_words, known_place
from libertad.look import times
from libertad.look.looks import Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.vocabulary.values import Happened


def store_audit_new(request: HttpRequest, key: str) -> HttpResponse:
    """Audit a place: tick what is there, type or scan, say which seals read otherwise."""
    actor = who(request)
    found = known_place(actor, key)
    now = queries_store.exhibits_at(actor, key)
    named = {*ids_in(request.POST, "there_"), *ids_in(request.POST, "seal_")} - {one.id for one in now}
    there = [*now, *(queries.exhibits(actor, ids=sorted(named)) if named else ())]
    form = AuditForm(request.POST or None, found=there, initial={"listed": ",".join(one.id for one in now)})
    if len(now) > PAGE_LIMIT:
        messages.warning(request, _("Too much is here for one audit. Move some of it to places of its own."))
        return redirect("store-place", key)
    if request.method == "POST" and form.is_valid():
        done, audit = try_perform(request, form, audit_place, store=key, **form.given())
        if done:
            return redirect("store-audit", audit)
    page = FormPage(
        title=_("Audit of %(place)s") % {"place": found.path}, button=_("Record the audit"),
        back=Link(found.path, reverse("store-place", args=[key])),
        intro=_("%(count)s should be here. What you do not tick, and do not read below, is missing.")
        % {"count": exhibits_words(len(now))},
        wont=_("It moves nothing and changes no custody. What differs waits until somebody explains it."),
    )  # fmt: skip
    return render(request, "evidence/store_audit.html", {"page": page, "form": form, "rows": form.rows()})


def known_audit(actor: Actor, key: str) -> AuditSeen:
    found = queries_store.audit(actor, key)
    if found is None:
        raise Http404
    return found


def store_audit(request: HttpRequest, key: str) -> HttpResponse:
    """An audit with its differences, explained or not."""
    actor = who(request)
    found = known_audit(actor, key)
    explains = can_say(actor, "store.explain")
    rows = []
    for number, one in enumerate(found.differences):
        href = f"{reverse('store-explain', args=[key])}?difference={number}" if explains else ""
        title = difference_title(one)
        state = explained_words(one) or _("Not explained")
        rows.append(
            Row([
                Cell(title, href, code="" if one.explained else "needs"),
                Cell(difference_words(one)),
                Cell(state, second=one.explained.get("reasons", "")),
            ])
        )  # fmt: skip
    when = times.when(Happened(at=found.at, zone=found.zone))
    differing = ngettext("%(n)d difference", "%(n)d differences", len(rows)) % {"n": len(rows)}
    page = ListPage(
        title=_("Audit of %(place)s") % {"place": found.place},
        second=_("%(when)s, by %(by)s. %(count)s should be there; %(differing)s.")
        % {"when": when, "by": found.by or _("an officer"), "count": exhibits_words(len(found.expected)),
           "differing": differing},
        provenance=found.provenance,  # type: ignore[arg-type]
        table=Table(
            _("What differed"),
            [Column(_("Difference")), Column(_("What it is")), Column(_("How it came out"))],
            rows,
            note=found.note,
        ),
        empty=Empty(_("Nothing differed"), _("All that should be there was there, with the seals on file.")),
    )  # fmt: skip
    related = [
        Link(_("The place"), reverse("store-place", args=[found.store])),
        Link(_("Exhibit store"), reverse("store")),
    ]
    return render(request, "web/list.html", {"page": page, "related": related})


def store_explain(request: HttpRequest, key: str) -> HttpResponse:
    """Explain one difference, by its number in the audit."""
    actor = who(request)
    found = known_audit(actor, key)
    number = request.GET.get("difference", "0")
    if not (number.isascii() and number.isdigit() and int(number[:6]) < len(found.differences)):
        raise Http404
    one = found.differences[int(number[:6])]
    form = ExplainForm(request.POST or None, kind=one.kind, initial={"about": one.about})
    back = reverse("store-audit", args=[key])
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, explain_difference, audit=key, **form.cleaned_data)
        if done:
            messages.success(request, _("Explained. The difference and your words stay on file."))
            return redirect(back)
    before = explained_words(one)
    page = FormPage(
        title=difference_title(one), button=_("Record the explanation"), back=Link(found.place, back),
        reference=found.place, intro=" ".join(filter(None, [difference_words(one), before])),
        wont=_("The difference stays on file, on the exhibit's page too. It leaves Today."),
    )  # fmt: skip
    return render(request, "web/form.html", {"page": page, "form": form})
