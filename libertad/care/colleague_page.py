"""Instead of a protection file that is a colleague's task: whose it is, how to ask, and what goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of, may_open
from libertad.access.queries import officer_names
from libertad.care import queue_words
from libertad.care.assignment import Reading
from libertad.care.officers import has_supervisor
from libertad.look.page_objects import Link, Pair, Provenance
from libertad.look.times import when
from libertad.vocabulary.values import Happened


class Whose(Protocol):
    """Whose file or desk it is, as lists tell it."""

    @property
    def person(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def provenance(self) -> Provenance: ...


@dataclass(frozen=True)
class ColleaguePage:
    """`acts`: what is written without reading the file; `glass`: the way in danger to life."""

    title: str
    reference: str
    name: str
    provenance: Provenance
    back: Link
    facts: Sequence[Pair]
    acts: Sequence[Link]
    glass: Link | None


def of_colleague(request: HttpRequest, file: Whose, reading: Reading) -> HttpResponse:
    """403: nothing of the file is on it but whose file it is, and no opening is recorded."""
    actor, person, place = actor_of(request), file.person, reading.place
    names = officer_names(actor, [place.officer]) if place is not None and place.officer else {}
    worker = names.get(place.officer, "") if place is not None else ""
    facts = []
    if place is not None and not reading.changed:
        facts.append(Pair(_("Whose task"), queue_words.responsible(actor, place, worker), strong=True))
        until = when(Happened(at=place.due, zone=actor.zone))
        facts.append(Pair(_("Something is due by"), until))
    if reading.changed:
        sentence = _("Somebody changed the database: whose task the person is cannot be relied on.")
        facts.append(Pair(_("Whose task"), sentence, _("Tell your administrator."), strong=True))
    facts.append(Pair(_("To work with the person"), _ask(worker, has_supervisor(actor.authority))))
    acts = [
        (_("Whose task, and taking the person"), "care-task"),
        (_("Write a note, which whoever has the person reads"), "care-note"),
        (_("The person is in danger now"), "care-danger"),
        (_("The person is missing"), "care-missing"),
        (_("Record what the person agrees to, or no more"), "care-consent-new"),
        (_("Record what the person wants"), "care-wish"),
        (_("Who the person is"), "person"),
    ]
    page = ColleaguePage(
        title=_("This person is a colleague's task"),
        reference=file.reference,
        name=file.name,
        provenance=file.provenance,
        back=Link(_("Everybody, by what is due"), reverse("care-everybody")),
        facts=facts,
        acts=[Link(label, reverse(route, args=[person])) for label, route in acts if may_open(actor, route)],
        glass=Link(_("Open it because somebody's life is in danger"), reverse("care-glass", args=[person]))
        if may_open(actor, "care-glass")
        else None,
    )
    return render(request, "care/colleague.html", {"page": page}, status=403)


def _ask(worker: str, supervised: bool) -> str:
    name = worker or _("your colleague")
    if supervised:
        return _(
            "Ask %(name)s to hand the person over to you. If %(name)s does not answer, your supervisor takes "
            "the person over and hands the person to you."
        ) % {"name": name}
    return _("Ask %(name)s to hand the person over to you.") % {"name": name}
