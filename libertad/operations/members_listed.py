"""The members on the operation's page: by country or territory, folded where they are many, with a filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import queries_members
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.founding import without_officers
from libertad.access.models import Authority
from libertad.look.page_objects import Cell, Column, Filter, Link, Row, Table
from libertad.look.words import choices, countries_by_name, words
from libertad.operations import queries
from libertad.operations.parts import Group, Part
from libertad.operations.queries_changes import suspended
from libertad.vocabulary.written import normalise

FEW = 12  # so many are shown without folding
FIND, KIND = "member", "kind"


def listed_members(request: HttpRequest, coordinates: bool) -> Part:
    """The authorities of the operation. What is done to one stands behind its own name."""
    actor = actor_of(request)
    all_of_them = queries.members(actor)
    query, kind = request.GET.get(FIND, "").strip(), request.GET.get(KIND, "")
    chosen = [member for member in all_of_them if _fits(member, query, kind)]
    out = suspended(actor)
    notes = _notes(actor, all_of_them, coordinates, out)
    # Those that this reader may suspend; None where there is no column for it.
    own_or_out = {actor.authority, *out}
    suspendable = {member.pk for member in chosen} - own_or_out if may_open(actor, "member-suspend") else None
    changing = coordinates and may_open(actor, "member-change")
    own = next((member.country for member in all_of_them if member.pk == actor.authority), "")
    unfolded = len(all_of_them) <= FEW or bool(query or kind)
    invite = _invite(actor) if changing else []
    all_counted = _number_of_authorities(len(all_of_them))
    return Part(
        _("Authorities"),
        empty=_("No authority fits. Choose something else to show."),
        second=all_counted
        if len(chosen) == len(all_of_them)
        else _("%(shown)s of %(all)s")
        % {
            "shown": len(chosen),
            "all": all_counted,
        },
        filters=[]
        if len(all_of_them) <= FEW
        else [
            Filter(FIND, _("Name, country or territory"), value=query),
            Filter(KIND, _("Kind"), [("", _("All kinds")), *choices("authority-kinds")()], kind),
        ],
        groups=[
            _group(actor, country, rows, notes, changing, suspendable, unfolded or country == own)
            for country, rows in _by_country(chosen)
        ],
        links=invite,
    )


def _invite(actor: Actor) -> list[Link]:
    """A new authority; or one that is known from another operation, with the keys that it has."""
    new = reverse("authority-new")
    known = queries_members.known_elsewhere(actor)
    return [
        Link(_("Invite an authority"), new),
        *(
            Link(
                _("Invite %(name)s, from another operation") % {"name": authority.name},
                f"{new}?authority={authority.pk}",
            )
            for authority in known
        ),
    ]


def _fits(member: Authority, query: str, kind: str) -> bool:
    text = normalise(f"{member.name} {words('countries', member.country)}")
    return (not kind or member.kind == kind) and all(word in text for word in normalise(query).split())


def _number_of_authorities(count: int) -> str:
    return ngettext("%(count)s authority", "%(count)s authorities", count) % {"count": count}


def _notes(
    actor: Actor, members: Collection[Authority], coordinates: bool, out: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Of those where something is amiss: what the row says, and what its group says."""
    waiting = set(without_officers()) if coordinates else set()
    files = {member.compartment for member in members if member.pk == actor.authority}
    reading = queries_members.reading(files)
    notes = {}
    joined = queries_members.joined_authorities(member.pk for member in members)
    for member in members:
        if member.pk in out:
            notes[member.pk] = _("suspended"), _("one suspended")
        elif member.pk not in reading:
            notes[member.pk] = _("no reader of the operation now"), _("one no reader now")
        elif member.pk in waiting:
            first = _("No administrator yet. At this node, stopped: libertad found --authority %(id)s")
            notes[member.pk] = first % {"id": member.pk}, _("one without an administrator")
        elif member.pk not in joined:
            notes[member.pk] = _("has not joined yet"), _("one has not joined")
    return notes


def _by_country(members: Iterable[Authority]) -> list[tuple[str, list[Authority]]]:
    """In the order of the countries' names."""
    by_country: dict[str, list[Authority]] = {}
    for member in members:
        by_country.setdefault(member.country, []).append(member)
    return [(country, by_country[country]) for country in countries_by_name(by_country)]


def _group(
    actor: Actor,
    country: str,
    members: list[Authority],
    notes: dict[str, tuple[str, str]],
    changing: bool,
    suspendable: set[str] | None,
    unfolded: bool,
) -> Group:
    name = words("countries", country)
    amiss = dict.fromkeys(notes[member.pk][1] for member in members if member.pk in notes)
    columns = [
        Column(_("Authority")),
        Column(_("Kind")),
        *([Column(_("Cut off"))] if suspendable is not None else []),
        Column(_("Officers"), numeric=True),
    ]
    rows = [
        Row(
            [
                Cell(
                    member.name,
                    reverse("member-change", args=[member.pk])
                    if changing and member.pk != actor.authority
                    else "",
                    provenance=member.provenance,
                    second=notes.get(member.pk, ("", ""))[0],
                ),
                Cell(words("authority-kinds", member.kind)),
                *(
                    []
                    if suspendable is None
                    else [Cell(_("Suspend"), reverse("member-suspend", args=[member.pk]))]
                    if member.pk in suspendable
                    else [Cell("")]
                ),
                Cell(str(member.officers) if member.officers else ""),
            ]
        )
        for member in members
    ]
    second = ", ".join([_number_of_authorities(len(members)), *amiss])
    return Group(name, second, Table(name, columns, rows), unfolded, bool(amiss))
