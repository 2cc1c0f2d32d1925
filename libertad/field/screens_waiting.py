"""The page of what waits of a phone: read it, and release it or leave it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import entry_words
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.queries import officer_names
from libertad.access.submissions import submit_once
from libertad.evidence import queries as evidence
from libertad.field import queries, waiting
from libertad.field.forms import LEAVE, WaitingForm
from libertad.field.queries import PhoneSeen
from libertad.field.waiting import Waits
from libertad.journal.fields import from_ms
from libertad.journal.folding import Said
from libertad.journal.node import node
from libertad.look import refusals
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.times import when
from libertad.operations import queries as operations
from libertad.people import queries as people
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.access import CompartmentOpen


def waits(request: HttpRequest, key: str) -> HttpResponse:
    """What came from a phone after its end: read it, and release it or leave it out."""
    actor = actor_of(request)
    phone = queries.find(actor, key)
    if phone is None:
        raise Http404
    here = node()
    rows = waiting.listed(here, here.sql(), actor.authority, key)
    context = _context(actor, rows)
    entries = [(row.entry, _label(context, row)) for row in rows]
    form = WaitingForm(request.POST or None, entries=entries) if rows else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            return _decided(request, actor, key, form)
        except Refused as why:
            refusals.show(form, why)
    page = FormPage(
        title=_("What waits of the phone %(code)s") % {"code": phone.code},
        button=_("Decide"),
        back=Link(_("Phones"), reverse("phones")),
        intro=_intro(phone, len(rows)),
        wont=_("Nobody can tell by the phone's clock whether it was written before the end or after it.")
        if rows
        else "",
        facts=[_fact(context, row) for row in rows],
    )
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def _intro(phone: PhoneSeen, count: int) -> str:
    if not count:
        return _("Nothing waits of this phone.")
    text = ngettext(
        "%(count)d entry of %(name)s's phone came after its end. Ask the officer before you decide.",
        "%(count)d entries of %(name)s's phone came after its end. Ask the officer before you decide.",
        count,
    )
    return text % {"count": count, "name": phone.officer_name}


class Context(NamedTuple):
    """What the page can say of the rows. `references`: of subjects, as their beginnings among these rows give
    them; `names`: of officers."""

    actor: Actor
    references: Mapping[str, str]
    names: Mapping[str, str]


def _context(actor: Actor, rows: Sequence[Waits]) -> Context:
    reports = [row.report for row in rows if row.report is not None]
    references = {
        report.subject: str(reference)
        for report in reports
        if (reference := getattr(report.content, "reference", ""))
    }
    return Context(actor, references, officer_names(actor, sorted({report.officer for report in reports})))


def _fact(context: Context, row: Waits) -> Pair:
    received = _("Received %(at)s.") % {"at": _when(row.received, context.actor)}
    try:
        return _fact_of(context, row, received)
    except (ArithmeticError, LookupError, TypeError, ValueError):  # a date that no zone has, and the like
        return Pair(_("Not to be read here"), received)


def _fact_of(context: Context, row: Waits, received: str) -> Pair:
    report = row.report
    if report is None or row.head is None:
        return Pair(_("Not to be read here"), received)
    happened = _("Happened %(at)s.") % {"at": when(report.happened)}
    place = _file_words(row.head.type_class)
    name = _("In the name of %(name)s.") % {"name": _name(context, report)}
    if isinstance(report.content, CompartmentOpen):  # ids, which say nothing to a person
        return Pair(_("A file for a person is opened"), " ".join([place, name, happened, received]))
    about = _("About %(reference)s.") % {"reference": _reference(context, report)}
    lines = [f"{field}: {value}" for field, value, _note in entry_words.statements(report) if value]
    return Pair(
        entry_words.title(report), " ".join([about, place, name, happened, received, "; ".join(lines)])
    )


def _name(context: Context, report: Said) -> str:
    own = report.authority == context.actor.authority
    name = context.names.get(report.officer, "") if own else ""
    return name or _("somebody who is no officer of your authority")


def _file_words(kind: str) -> str:
    return {
        "person": _("In a person's file."),
        "case": _("In the case file."),
        "police": _("In the police file."),
    }.get(kind) or _("In a file that phones do not write to (%(kind)s).") % {"kind": kind}


def _reference(context: Context, report: Said) -> str:
    """What it is about, as people call it."""
    if reference := context.references.get(report.subject):
        return reference
    actor, key = context.actor, report.subject
    finders = {"person": people.person, "exhibit": evidence.exhibit, "site": operations.site}
    find = finders.get(type(report.content).SUBJECT)
    row = find(actor, key) if find is not None else None
    if row is not None:
        return str(row.reference)
    return _("what cannot be read here (%(id)s)") % {"id": key[:8]}


def _when(ms: int, actor: Actor) -> str:
    return when(Happened(at=from_ms(ms).replace(microsecond=0), zone=actor.zone))


def _label(context: Context, row: Waits) -> str:
    report = row.report
    if report is None:
        return _("Not to be read here")
    try:
        happened = when(report.happened)
        if isinstance(report.content, CompartmentOpen):
            return _("A file for a person is opened") + f", {happened}"
        return f"{entry_words.title(report)}, {_reference(context, report)}, {happened}"
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return _("Not to be read here")


def _decided(request: HttpRequest, actor: Actor, key: str, form: WaitingForm) -> HttpResponse:
    """What came after the page was made is not decided about: nobody has read it."""
    reason, chosen = form.cleaned_data["reason"], form.chosen()
    arguments = {"device": key, "entries": sorted(chosen), **form.cleaned_data}
    if form.cleaned_data["decision"] == LEAVE:
        submit_once(lambda tx: waiting.leave(tx, actor, key, reason, chosen), waits, arguments)
        messages.success(request, _("Left out. It stays sealed at this node, with your reason."))
        return redirect("phones")
    released, remaining = submit_once(
        lambda tx: waiting.release_counted(tx, actor, key, reason, chosen), waits, arguments
    )
    messages.success(
        request,
        ngettext("%(count)d entry released.", "%(count)d entries released.", released) % {"count": released},
    )
    if remaining:
        messages.error(request, _("%(count)d could not be released and still wait.") % {"count": remaining})
    return redirect("phones")
