"""Somebody met again: what was promised in each operation before, and where it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.care import queries as care
from libertad.hits.queries_before import Before, operation_name, records_before
from libertad.look.page_objects import Cell, Column, Link, Row, Table
from libertad.look.times import when
from libertad.people import queries
from libertad.people.head import head, opened_person
from libertad.people.queries import PersonSeen
from libertad.people.side import property_item
from libertad.vocabulary.values import Happened


def person_before(request: HttpRequest, key: str) -> HttpResponse:
    """Every file of before that is told of is opened by it, in the operation that it is of."""
    actor, person = actor_of(request), opened_person(request, key)
    before = records_before(actor, key)
    tables, links = [], []
    for record in before:
        earlier = queries.person(record.reader, record.record.key)
        if earlier is None:
            continue
        tables += _tables(record, earlier)
        label = _("Why these two records are of one person: %(reference)s")
        links.append(Link(label % {"reference": earlier.reference}, reverse("hit", args=[record.hit])))
    if may_open(actor, "operation-choose"):
        links.append(Link(_("Work in another operation, to open its files"), reverse("operation-choose")))
    listed = links if before else []
    context = {"page": head(request, person, "person-before"), "tables": tables, "links": listed}
    return render(request, "hits/before.html", context)


def _tables(before: Before, earlier: PersonSeen) -> list[Table]:
    """Of one record: what care promised, for who reads it there, and what was taken or is owed."""
    reader, name = before.reader, operation_name(before.reader)
    perform(reader, open_file, compartment=earlier.compartment, subject=earlier.id, page="person")
    values = {"operation": name, "reference": earlier.reference}
    tables = []
    file = care.file(reader, earlier.id)
    if file is not None:
        promised = care.promises(reader, earlier.id)
        note = ""
        if promised is None:
            note = _("That protection file is a colleague's task: ask whoever has the person.")
        else:
            perform(reader, open_file, compartment=file.compartment, subject=earlier.id, page="care")
        tables.append(
            Table(
                _("%(operation)s, %(reference)s: what care promised") % values,
                [Column(_("What")), Column(_("How it stands")), Column(_("When"))],
                [_promise_row(promise) for promise in promised or ()],
                note=note,
            )
        )
    tables.append(
        Table(
            _("%(operation)s, %(reference)s: taken, owed and returned") % values,
            [Column(_("What")), Column(_("Where it is")), Column(_("Since"))],
            _property_rows(reader, earlier),
            note=_("Met then on %(when)s.") % {"when": when(Happened(at=earlier.met_at, zone=earlier.zone))},
        )
    )
    return tables


def _promise_row(promise: care.Promise) -> Row:
    tone = "" if promise.kept is None else "done" if promise.kept else "needs"
    return Row(
        [
            Cell(promise.what, second=promise.detail),
            Cell(promise.state, tone=tone),
            Cell(when(promise.when)),
        ]
    )


def _property_rows(reader: Actor, person: PersonSeen) -> list[Row]:
    rows = []
    for belonging in queries.properties(reader, person.id):
        item = property_item(reader, belonging)
        since = when(Happened(at=belonging.state_at, zone=belonging.zone))
        rows.append(Row([Cell(item.label, second=item.note), Cell(item.state, tone=item.tone), Cell(since)]))
    return rows
