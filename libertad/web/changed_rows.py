"""Rows of the database that somebody else than this node changed: what an administrator sees of it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from libertad.journal.node import node
from libertad.journal.seals import ADDED, CHANGED, REMOVED, Notice
from libertad.look.page_objects import Cell, Column, Empty, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.vocabulary.values import Happened

MOST = 200


def listed(request: HttpRequest) -> HttpResponse:
    """Which rows are not believed, since when, and what to do about each."""
    notices = node().seals.notices()
    page = ListPage(
        title=_("Rows changed outside this node"),
        second=_(
            "Somebody wrote these rows into the database past this node. Nobody acts upon them: the sign-in, "
            "peer or right that each is about is closed until it is mended. Find out who could do it."
        ),
        table=Table(
            _("Changed rows"),
            [Column(_("Row")), Column(_("What")), Column(_("Noticed")), Column(_("To mend"))],
            [row(notice) for notice in notices[:MOST]],
        ),
        empty=Empty(
            _("No row was changed"), _("Whoever runs this node looks further with libertad doctor."), None
        ),
    )
    return show_list(request, page)


def row(notice: Notice) -> Row:
    at = Happened(at=datetime.fromtimestamp(notice.at / 1000, UTC), zone="UTC")
    return Row(
        [
            Cell(notice.table, second=notice.name[:64]),
            Cell(change_label(notice)),
            Cell(when(at)),
            Cell(notice.mend),
        ]
    )


def change_label(notice: Notice) -> str:
    return {ADDED: _("Added"), CHANGED: _("Changed"), REMOVED: _("Removed")}.get(notice.what, _("Trigger"))
