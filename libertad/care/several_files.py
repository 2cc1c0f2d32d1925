"""Which file is meant, for who reads those of several care authorities of one person, and keeps none."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.care.presenters import FileSeen
from libertad.look.page_objects import Cell, Column, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import day
from libertad.look.words import words


def which_file(request: HttpRequest, files: Sequence[FileSeen]) -> HttpResponse:
    """The same page of each of these files of one person. Nothing of a file is on it but who keeps it, when
    it was opened and how it stands, as the list of files has it; no opening is recorded."""
    match = request.resolver_match
    route = match.view_name if match is not None and not match.kwargs.keys() - {"person"} else "care-file"
    rows = [
        Row(
            [
                Cell(file.kept_by, reverse(route, args=[file.person]) + file.query),
                Cell(file.reference, provenance=file.provenance),
                Cell(day(file.opened)),
                Cell(
                    _("Closed")
                    if file.closed
                    else words("identification-statuses", file.status or "") or _("Not yet identified")
                ),
            ]
        )
        for file in files
    ]
    columns = [
        Column(_("Kept by")),
        Column(_("Reference")),
        Column(_("File opened")),
        Column(_("Status")),
    ]
    page = ListPage(
        title=_("Which protection file?"),
        second=_("Care authorities each keep a file of this person. You read and decide in one of them."),
        table=Table(_("Protection files of this person"), columns, rows),
    )
    return show_list(request, page)
