"""Case notes: the list of a person's, a new one, and the correction of an own one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from libertad.care.actions.note_case import note_case
from libertad.care.assignment import reading_of
from libertad.care.colleague_page import of_colleague
from libertad.care.desk import moment_of
from libertad.care.desk_pages import find_task
from libertad.care.forms_desk import NOT_ASSESSED, NoteForm
from libertad.care.pages import after_writing, now_of, opens_anew, tabs
from libertad.care.queries_desk import TaskSeen
from libertad.care.queries_notes import NoteSeen, Version, notes
from libertad.care.queue_words import due_words
from libertad.look.page_objects import Action, FormPage, Link, Pages, Provenance
from libertad.look.paging import page_number, pages
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened

SIZE = 25


@dataclass(frozen=True)
class NoteItem:
    """One note as the list shows it. `correct`: the way to correct it, '' for another's."""

    when: str
    kind: str
    risk: str
    words: str
    by: str
    before: Sequence[str]
    correct: str


@dataclass(frozen=True)
class NotesPage:
    title: str
    name: str
    reference: str
    provenance: Provenance
    second: str
    tabs: Sequence[Link]
    back: Link | None
    main: Action | None
    task: Link
    notes: Sequence[NoteItem]
    pages: Pages | None


def case_notes(request: HttpRequest, person: str) -> HttpResponse:
    """All case notes of a person, the last first, twenty-five a page."""
    actor, row = actor_of(request), find_task(request, person)
    listed: list[NoteSeen] = []
    reading = reading_of(actor, person)
    if not reading.is_allowed:
        raise Instead(of_colleague(request, row, reading))
    if row.compartment:
        perform(actor, open_file, compartment=row.compartment, subject=person, page="notes")
        listed = notes(actor, person, row.compartment)
    number = page_number(request.GET.get("page", ""))
    file = queries.file(actor, person) if row.opened else None
    is_writable = file is None or file.closed is None
    visible = listed[(number - 1) * SIZE : number * SIZE]
    page = NotesPage(
        title=_("Case notes"),
        name=row.name,
        reference=row.reference,
        provenance=row.provenance,
        second=_(
            "Caseworkers and supervisors of your authority alone read them: neither police nor who decides "
            "on return or stay."
        ),
        tabs=tabs(request, person, "care-notes") if row.opened else [],
        back=None
        if row.opened
        else Link(_("File %(reference)s") % {"reference": row.reference}, reverse("person", args=[person])),
        main=Action(_("Write a note"), reverse("care-note", args=[person])) if is_writable else None,
        task=Link(_("Whose task"), reverse("care-task", args=[person])),
        notes=[_item(note, row, actor.officer if is_writable else "") for note in visible],
        pages=pages(number, len(listed), SIZE, {}),
    )
    return render(request, "care/notes.html", {"page": page})


def _item(note: NoteSeen, row: TaskSeen, officer: str) -> NoteItem:
    now = note.now
    author = _("%(officer)s, written %(when)s") % {
        "officer": note.by or _("An officer"),
        "when": when(now.recorded),
    }
    return NoteItem(
        when=due_words(now.seen),
        kind=words("note-kinds", now.kind),
        risk=_risk(now),
        words=now.words,
        by=author,
        before=[_before(version) for version in note.before],
        correct=reverse("care-note-correct", args=[row.person, note.id]) if note.officer == officer else "",
    )


def _risk(version: Version) -> str:
    return _("Risk: %(risk)s") % {"risk": words("risk-levels", version.risk)} if version.risk else ""


def _before(version: Version) -> str:
    """What a note said before it was corrected, in one line."""
    parts = [due_words(version.seen), words("note-kinds", version.kind), _risk(version), version.words]
    return ". ".join(filter(None, parts))


def new_note(request: HttpRequest, person: str) -> HttpResponse:
    """Write a case note."""
    return _fill(request, find_task(request, person), _("Write a note"), "", {"seen": now_of(request)})


def correct_note(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Correct an own case note: what it said before stays to be read."""
    actor, row = actor_of(request), find_task(request, person)
    listed = notes(actor, person, row.compartment) if row.compartment else []
    note = next((note for note in listed if note.id == key and note.officer == actor.officer), None)
    if note is None:
        raise Http404
    if opens_anew(request, person):
        perform(actor, open_file, compartment=row.compartment, subject=person, page="notes")
    now = note.now
    initial = {
        "kind": now.kind,
        "words": now.words,
        "risk": now.risk or NOT_ASSESSED,
        "seen": _moment(now, actor.zone),
    }
    return _fill(request, row, _("Correct this note"), key, initial)


def _moment(version: Version, zone: str) -> Happened:
    return Happened(
        at=moment_of(version.seen, zone), zone=zone, precision="minute" if "T" in version.seen else "day"
    )


def _fill(
    request: HttpRequest, row: TaskSeen, title: str, corrects: str, initial: Mapping[str, Any]
) -> HttpResponse:
    back = Link(_("Case notes"), reverse("care-notes", args=[row.person]))
    wont = _(
        "Nobody is told by it. Police and who decides on return or stay never read it. Corrected later, what "
        "it said before stays."
    )
    page = FormPage(
        title=title,
        button=_("Record it"),
        back=back,
        reference=row.reference,
        intro=row.name,
        wont=wont,
        provenance=row.provenance,
    )
    form = NoteForm(request.POST or None, now=now_of(request), initial=dict(initial))
    if request.method == "POST" and form.is_valid():
        is_done, _entry = try_perform(
            request, form, note_case, person=row.person, corrects=corrects, **form.cleaned_data
        )
        if is_done:
            messages.success(request, _("The note is recorded."))
            return after_writing(request, row.person, "care-notes")
    return render(request, "web/form.html", {"page": page, "form": form})
