"""How an operation ended and what is still open in it, as parts of pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.look.page_objects import Cell, Column, Link, Pair, Row, Table
from libertad.look.times import when
from libertad.operations.parts import Part
from libertad.operations.queries_closing import closing
from libertad.operations.still_open import still_open


def parts(actor: Actor) -> list[Part]:
    """On the operation's page: how it ended, what is open in it, and the way to close or reopen it."""
    last_closing = closing(actor)
    closed = last_closing is not None and last_closing.closed
    route = "operation-reopen" if closed else "operation-close"
    label = _("Open the operation again") if closed else _("Close the operation")
    links = [Link(label, reverse(route))] if may_open(actor, route) else []
    pairs = []
    if last_closing is not None:
        pairs = [
            Pair(_("Closed") if closed else _("Opened again"), when(last_closing.at)),
            Pair(_("By"), last_closing.officer or _("An officer"), last_closing.authority),
            Pair(_("Why"), last_closing.reasons),
        ]
    if not pairs and not links:
        return []
    listed = [Part(_("The end of the operation"), pairs=pairs, links=links)]
    return [*listed, open_part(actor)] if closed else listed


def open_part(actor: Actor) -> Part:
    """What is still open, as far as this reader may read it."""
    rows = [Row([Cell(line.label, line.href), Cell(str(line.count))]) for line in still_open(actor)]
    note = _("In what you read. Who keeps other files sees there what is open in them.")
    table = Table(_("Still open"), [Column(_("What")), Column(_("How many"), numeric=True)], rows)
    return Part(_("Still open"), table, _("Nothing in what you read."), note)
