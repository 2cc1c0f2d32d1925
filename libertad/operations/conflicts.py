"""Conflicts of this room: two grades of a lead, two corrections of a site, of what was found there, or of a
database check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.conflicting import Doubled, conflicts_of, doubt, names
from libertad.access.crossed_words import crossed_words, doubts
from libertad.access.entries import said_of
from libertad.access.queries import can_say, readable
from libertad.journal.folding import Said, conflict
from libertad.journal.models import ReadModel
from libertad.look.words import words
from libertad.operations.corrected import CHECK, ROOM, SITE, VISIT, WAY_IN
from libertad.operations.fold import GRADES
from libertad.operations.models import Check, Lead, Room, Site, Team, Visit, WayIn
from libertad.operations.queries import own_country
from libertad.operations.screens_correcting import labels, may_correct, value_words

TWO = '","'  # of the JSON of `shown`: only between two entries of one list
CODES = {
    "source_grade": "source-grades",
    "information_grade": "information-grades",
    "handling": "handling-codes",
}


@conflicts_of("operations")
def doubled(actor: Actor) -> Iterator[Doubled]:
    """Leads, then sites, visits and checks."""
    yield from _leads(actor)
    yield from _corrected(actor, Site, SITE, "site", _site)
    yield from _corrected(actor, Visit, VISIT, "visit", _visit)
    yield from _corrected(actor, Check, CHECK, "check", _check)
    yield from _corrected(actor, Room, ROOM, "room", _of_site)
    yield from _corrected(actor, WayIn, WAY_IN, "way-in", _of_site)


def _leads(actor: Actor) -> Iterator[Doubled]:
    rows = list(readable(actor, Lead).exclude(disputed=[]).order_by("reference"))
    entries_by_row = said_of(actor, Lead._meta.label, [row.pk for row in rows]) if rows else {}
    grades = {"source_grade": _("Source"), "information_grade": _("Information"), "handling": _("Handling")}
    grades_anew, country = can_say(actor, "lead.grade"), own_country(actor)
    for row in rows:
        page = reverse("lead", args=[row.pk])
        # Of others a grade stands beside these and settles nothing (`actions/_places.py: keeps`).
        settle = grades_anew and (row.authority == actor.authority or row.country == country)
        yield from _fields(
            actor,
            row,
            entries_by_row[row.pk],
            GRADES,
            lambda name: grades[name],
            lambda name, value: f"{value}: {words(CODES[name], value)}",
            (row.reference, page, reverse("lead-grade", args=[row.pk]) if settle else "", _("Regrade it")),
        )
        if "standing" in row.disputed and (values := crossed_words(actor, row, "standing")):
            stands = reverse("lead-standing", args=[row.pk]) if can_say(actor, "lead.standing") else ""
            yield Doubled(
                _("Standing"),
                row.reference,
                page,
                stands,
                _("Say what holds"),
                doubts(actor, values, standing_words),
                row.provenance,
            )


def _corrected(
    actor: Actor,
    model: type[ReadModel],
    fields: Sequence[str],
    kind: str,
    where: Callable[[Any], tuple[str, str]],
) -> Iterator[Doubled]:
    """Rows of which a field has two entries behind it; equal values of two entries are no conflict."""
    rows = [
        row
        for row in readable(actor, model).annotate(raw=Cast("shown", TextField())).filter(raw__contains=TWO)
        if any(len(behind) > 1 for name, behind in row.shown.items() if name in fields)  # type: ignore[attr-defined]
    ]
    if not rows:
        return
    entries_by_row = said_of(actor, model._meta.label, [row.pk for row in rows])
    teams = dict(Team.objects.values_list("id", "reference")) if kind == "visit" else {}
    for row in rows:
        reference, page = where(row)
        may = may_correct(actor, kind, _country_of(row), "" if kind == "visit" else row.authority)  # type: ignore[attr-defined]
        settle = reverse(f"{kind}-correct", args=[row.pk]) if may else ""
        yield from _fields(
            actor,
            row,
            entries_by_row[row.pk],
            fields,
            lambda name: labels().get(name, name),
            lambda name, value: value_words(name, msgspec.to_builtins(value), teams),
            (reference, page, settle, _("Correct it once more")),
        )


def _fields(
    actor: Actor,
    row: Any,
    entries: Sequence[Said],
    fields: Sequence[str],
    label: Callable[[str], str],
    in_words: Callable[[str, Any], str],
    at: tuple[str, str, str, str],
) -> Iterator[Doubled]:
    """The fields of one row that have two live values."""
    entries = [entry for entry in entries if entry.compartment == row.compartment]
    multi_valued = type(entries[0].content).multi_valued() if entries else ()
    officers, offices = names(actor, entries)
    for name in fields:
        values = [] if name in multi_valued else conflict(entries, name)
        if values:
            in_doubt = tuple(
                doubt(in_words(name, value.value), value.said, officers, offices) for value in values
            )
            yield Doubled(label(name), at[0], at[1], at[2], at[3], in_doubt, row.provenance)


def standing_words(code: str) -> str:
    return words("lead-standings", code)


def _site(row: Site) -> tuple[str, str]:
    return _("Site %(reference)s") % {"reference": row.reference}, reverse("site", args=[row.pk])


def _country_of(row: Any) -> str:
    """The row's country; of what was said at a site, the site's."""
    if isinstance(row, Room | WayIn):
        return Site.objects.filter(pk=row.site).values_list("country", flat=True).first() or ""
    return str(row.country)


def _of_site(row: Room | WayIn) -> tuple[str, str]:
    reference = Site.objects.filter(pk=row.site).values_list("reference", flat=True).first() or ""
    return _("Site %(reference)s") % {"reference": reference}, reverse("site", args=[row.site])


def _visit(row: Visit) -> tuple[str, str]:
    reference = Site.objects.filter(pk=row.site).values_list("reference", flat=True).first() or ""
    return _("Visit to %(reference)s") % {"reference": reference}, reverse("site", args=[row.site])


def _check(row: Check) -> tuple[str, str]:
    return _("Database check: %(database)s") % {"database": words("databases", row.database)}, reverse(
        "checks"
    )
