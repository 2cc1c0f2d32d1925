"""How the page of a detention tells who is held, and which rights were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import officer_names
from libertad.look.page_objects import Link, Pair, SideBlock, Thing
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people.queries import DetentionSeen
from libertad.people.suspect import DOCUMENT, Identity, Right
from libertad.people.timeline import birth_words
from libertad.vocabulary.codelists import codelist

TONES = {"given": "done", "declined": "plain", "not-yet": "needs"}


def identity_block(actor: Actor, detention: DetentionSeen) -> SideBlock:
    """Who is held; of two values that do not agree both, to be settled on the form."""
    links = []
    if may_open(actor, "detention-identity"):
        label = _("Correct or add") if detention.identity.shown else _("Record who it is")
        links = [Link(label, reverse("detention-identity", args=[detention.id]))]
    pairs = facts(detention.identity)
    lead = (
        "" if pairs else _("Birth, nationality and documents are not recorded. Matches are sought with them.")
    )
    return SideBlock(_("Who is held"), lead=lead, pairs=pairs, links=links)


def facts(known: Identity) -> list[Pair]:
    """Label and value of what is known."""
    births = " / ".join(map(birth_words, known.births))
    listed = [
        Pair(_("Other names"), "; ".join(known.alias)),
        Pair(_("Birth or age"), births),
        Pair(_("Sex"), " / ".join(words("sexes", code) for code in known.sexes)),
        Pair(_("Nationality"), ", ".join(words("countries", code) for code in known.nationalities)),
        Pair(_("Phone"), "; ".join(known.phones)),
    ]
    return [*(pair for pair in listed if pair.value), *map(_document, known.documents)]


def _document(paper: Any) -> Pair:
    read = dict(zip(DOCUMENT, paper, strict=True))
    label = words("document-kinds", read["document_kind"]) or _("Document")
    number_words = ", ".join(
        filter(None, [read["document_number"], words("countries", read["document_country"])])
    )
    until, holder = read["document_expires"], read["document_holder"]
    note = "; ".join(
        filter(
            None,
            [
                _("valid until %(day)s") % {"day": date_words(until)} if until else "",
                _("holder: %(name)s") % {"name": holder} if holder else "",
            ],
        )
    )
    return Pair(label, number_words or _("Number not recorded"), note)


def rights_block(actor: Actor, detention: DetentionSeen) -> SideBlock:
    """Each right with its last word; what nobody recorded says so."""
    known = {right.right: right for right in detention.rights}
    names = officer_names(actor, [right.officer for right in detention.rights])
    right_lines = [
        _told(label, known[code], names) if code in known else Thing(label, _("Not recorded"), "needs")
        for code, label in ((code, words("custody-rights", code)) for code in codelist("custody-rights"))
    ]
    links = []
    if may_open(actor, "detention-right"):
        links = [Link(_("Record a right"), reverse("detention-right", args=[detention.id]))]
    return SideBlock(_("Rights of who is held"), things=right_lines, links=links)


def _told(label: str, right: Right, names: Mapping[str, str]) -> Thing:
    note = ". ".join(filter(None, [right.who, right.note.rstrip(". "), names.get(right.officer)]))
    return Thing(label, right_words(right), TONES.get(right.outcome, "plain"), note)  # type: ignore[arg-type]


def right_words(right: Right) -> str:
    """'Given, 5 April, 14:10'."""
    return ", ".join((words("right-outcomes", right.outcome), when(right.when)))
