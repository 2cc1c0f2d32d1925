"""The page Conflicts: all double values in files that the actor may read, over all rooms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of as asking
from libertad.access.conflicting import Doubled, conflicts
from libertad.look import times
from libertad.look.page_objects import Action, Cell, Column, Empty, ListPage, Row, Table
from libertad.look.paging import show_list


def listed(request: HttpRequest) -> HttpResponse:
    """A row for each value; the first of a field has its name and the act that settles it."""
    open_conflicts = conflicts(asking(request))
    columns = [
        Column(_("Where")),
        Column(_("Field")),
        Column(_("Value")),
        Column(_("Source")),
        Column(_("Settle")),
    ]
    page = ListPage(
        title=_("Conflicts"),
        second=_("Two values of one field are on file. A person says which holds; both stay on file."),
        table=Table(
            _("Conflicts"),
            columns,
            [row for conflict in open_conflicts for row in _rows(conflict)],
            note=_("Until it is settled the safer rule holds. Files that you may not read are not here."),
        ),
        empty=Empty(
            _("Nothing is in conflict"),
            _("No field of a file that you may read has two values."),
            Action(_("Today"), reverse("home")),
        ),
    )
    return show_list(request, page)


def _act(conflict: Doubled) -> str:
    """What is done, and to what: of many links on the page no two say the same."""
    return _("%(act)s: %(where)s, %(field)s") % {
        "act": conflict.button,
        "where": conflict.reference,
        "field": conflict.field,
    }


def _rows(conflict: Doubled) -> list[Row]:
    return [
        Row(
            [
                Cell(conflict.reference, conflict.href, provenance=conflict.provenance),
                Cell(conflict.field),
                Cell(value.value or _("nothing")),
                Cell(value.who or _("An officer"), second=f"{value.authority}, {times.when(value.happened)}"),
                Cell(_act(conflict), conflict.settle) if conflict.settle and place == 0 else Cell(""),
            ]
        )
        for place, value in enumerate(conflict.values)
    ]
