"""Care's own numbers on the figures page: for the caseworkers of a care authority, and nobody else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.figures import words
from libertad.figures.page import country
from libertad.figures.queries_care import CareSeen, all_cells, line, own_cells
from libertad.look.page_objects import Cell, Column, Row, Table


def tables(actor: Actor) -> list[Table]:
    """The authority's own numbers; and for the one that counts for all, everybody's. [] for all others."""
    listed = []
    if own := own_cells(actor):
        note = _(
            "Live and exact, for your authority alone: people about whom it decided, and whom it alone met. "
            "They are counted where first met. Police never see them by country or by day."
        )
        listed.append(table(_("Your authority's own numbers"), own, note))
    if everybody := all_cells(actor):
        note = _("Your authority counts for all. As of %(moment)s.") % {
            "moment": words.utc(everybody.as_of) if everybody.as_of else _("no cut yet")
        }
        if everybody.missing:
            note += " " + _("Older or missing: %(names)s.") % {"names": ", ".join(everybody.missing)}
        listed.append(table(_("What all care authorities count, by country"), everybody, note))
    return listed


def table(caption: str, care: CareSeen, note: str) -> Table:
    rows = [
        Row(
            [
                Cell(country(code)),
                *(Cell(str(value)) for value in line(cell).values()),
                Cell(str(cell.get("alone", 0))),
                Cell(str(cell.get("twice", 0))),
            ]
        )
        for code, cell in care.cells.items()
    ]
    return Table(
        caption,
        [
            Column(_("Country or territory")),
            Column(_("Not assessed"), numeric=True),
            Column(_("Potential"), numeric=True, code="potential-victim"),
            Column(_("Presumed"), numeric=True, code="presumed"),
            Column(_("Confirmed"), numeric=True, code="confirmed"),
            Column(_("Not a victim"), numeric=True, code="not-a-victim"),
            Column(_("Met by care alone"), numeric=True),
            Column(_("of them met twice"), numeric=True),
        ],
        rows,
        note=note,
        stacks=False,
    )
