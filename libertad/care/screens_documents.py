"""Documents of a person: what the person has, lost and needs, and until when something is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import Instead, actor_of
from libertad.access.form_actions import try_perform
from libertad.care import queries
from libertad.care.actions.record_document import record_document
from libertad.care.assignment import reading_of
from libertad.care.colleague_page import of_colleague
from libertad.care.desk_pages import find_task
from libertad.care.forms_documents import DocumentForm
from libertad.care.pages import after_writing, opens_anew, tabs
from libertad.care.queries_desk import TaskSeen
from libertad.care.queries_documents import DocumentSeen, DocumentWords, documents
from libertad.look.page_objects import Action, FormPage, Link, Pair, Provenance
from libertad.look.times import date_words, when
from libertad.look.words import words

SETTLED = ("has-it",)
FIELDS = ("kind", "state", "country", "number", "until", "due", "note")


@dataclass(frozen=True)
class DocumentItem:
    """One document as the page shows it. `change`: the way to it, '' where the file is closed."""

    title: str
    state: str
    settled: bool
    pairs: Sequence[Pair]
    by: str
    before: Sequence[str]
    change: str


@dataclass(frozen=True)
class DocumentsPage:
    title: str
    name: str
    reference: str
    provenance: Provenance
    second: str
    tabs: Sequence[Link]
    back: Link | None
    main: Action | None
    links: Sequence[Link]
    documents: Sequence[DocumentItem]


def documents_of(request: HttpRequest, person: str) -> HttpResponse:
    """All documents; those with a day first."""
    actor, row = actor_of(request), find_task(request, person)
    reading = reading_of(actor, person)
    if not reading.is_allowed:
        raise Instead(of_colleague(request, row, reading))
    listed: list[DocumentSeen] = []
    if row.compartment:
        perform(actor, open_file, compartment=row.compartment, subject=person, page="documents")
        listed = documents(actor, person, row.compartment)
    file = queries.file(actor, person) if row.opened else None
    is_open = file is None or file.closed is None
    known = Link(_("File %(reference)s") % {"reference": row.reference}, reverse("person", args=[person]))
    page = DocumentsPage(
        title=_("Documents"),
        name=row.name,
        reference=row.reference,
        provenance=row.provenance,
        second=_(
            "What the person has, lost and needs. Caseworkers and supervisors of your authority alone read "
            "it. What was taken and is to be returned stands under property as well."
        ),
        tabs=tabs(request, person, "care-documents") if row.opened else [],
        back=None if row.opened else known,
        main=Action(_("Add a document"), reverse("care-documents-new", args=[person])) if is_open else None,
        links=[Link(_("Whose task"), reverse("care-task", args=[person]))],
        documents=[_item(document, person if is_open else "") for document in listed],
    )
    return render(request, "care/documents.html", {"page": page})


def _item(document: DocumentSeen, person: str) -> DocumentItem:
    now = document.now
    return DocumentItem(
        title=words("document-kinds", now.kind),
        state=words("document-states", now.state),
        settled=now.state in SETTLED,
        pairs=_pairs(now),
        by=_("%(name)s, %(when)s") % {"name": now.by or _("An officer"), "when": when(now.recorded)},
        before=[_before(version) for version in document.before],
        change=reverse("care-documents-change", args=[person, document.id]) if person else "",
    )


def _pairs(now: DocumentWords) -> list[Pair]:
    pairs = [
        (_("Issued by"), words("countries", now.country) if now.country else ""),
        (_("Number"), now.number),
        (_("Valid until"), date_words(now.until) if now.until else ""),
        (_("To be done by"), date_words(now.due) if now.due else ""),
        (_("Note"), now.note),
    ]
    return [Pair(label, text) for label, text in pairs if text]


def _before(version: DocumentWords) -> str:
    parts = [words("document-states", version.state), *(pair.value for pair in _pairs(version))]
    return f"{when(version.recorded)}: {'. '.join(filter(None, parts))}"


def new_document(request: HttpRequest, person: str) -> HttpResponse:
    """Record a document. It shows nothing of the file but whose it is."""
    return _fill(request, find_task(request, person), _("Add a document"), "", {})


def change_document(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Say what has become of a document: what was said of it before stays to be read."""
    actor, row = actor_of(request), find_task(request, person)
    reading = reading_of(actor, person)
    if not reading.is_allowed:
        raise Instead(of_colleague(request, row, reading))
    listed = documents(actor, person, row.compartment) if row.compartment else []
    document = next((document for document in listed if document.id == key), None)
    if document is None:
        raise Http404
    if opens_anew(request, person):
        perform(actor, open_file, compartment=row.compartment, subject=person, page="documents")
    initial = {name: getattr(document.now, name) for name in FIELDS}
    title = _("Say what has become of it")
    return _fill(request, row, title, key, initial | {"version": document.now.entry})


def _fill(
    request: HttpRequest, row: TaskSeen, title: str, corrects: str, initial: dict[str, Any]
) -> HttpResponse:
    page = FormPage(
        title=title,
        button=_("Save the document"),
        back=Link(_("Documents"), reverse("care-documents", args=[row.person])),
        reference=row.reference,
        intro=row.name,
        provenance=row.provenance,
        wont=_("No office is asked by it, and police and who decides on return or stay never read it."),
    )
    form = DocumentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        is_done, _entry = try_perform(
            request, form, record_document, person=row.person, corrects=corrects, **form.cleaned_data
        )
        if is_done:
            messages.success(request, _("The document is saved."))
            return after_writing(request, row.person, "care-documents")
    return render(request, "web/form.html", {"page": page, "form": form})
