"""Releases that are proposed and not out, for the page of figures."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import authority_names, open_row
from libertad.figures import queries, words
from libertad.look.page_objects import Cell, Column, Row, Table


def unsigned(actor: Actor) -> Table:
    """What waits for a signature, and what was withdrawn and why."""
    names, may_sign = authority_names(), may_open(actor, "release-sign")
    rows = [
        Row(
            [
                Cell(
                    _("Release %(n)d") % {"n": row.number},
                    reverse("release-sign", args=[row.pk]) if may_sign else "",
                ),
                Cell(words.utc(row.as_of)),
                Cell(open_row(actor, row).get("by", ""), second=names.get(row.authority, "")),
                Cell(_("Waits for a second signature"), tone="due"),
            ]
        )
        for row in queries.other_proposals(actor)
    ]
    for row in queries.withdrawn_proposals(actor):
        texts = open_row(actor, row)
        state = _("Withdrawn by %(by)s") % {"by": texts.get("withdrawn_by", "")}
        rows.append(
            Row(
                [
                    Cell(_("Release %(n)d") % {"n": row.number}, reverse("release", args=[row.pk])),
                    Cell(words.utc(row.as_of)),
                    Cell(texts.get("by", ""), second=names.get(row.authority, "")),
                    Cell(state, second=texts.get("reasons", "")),
                ]
            )
        )
    columns = [Column(_("Release")), Column(_("As of")), Column(_("Proposed by")), Column(_("State"))]
    return Table(_("Proposed and not out"), columns, rows)
