"""The page Conflicts: all double values in files that the actor may read, over all rooms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import who as asking
from libertad.access.conflicting import Doubled, conflicts
from libertad.look import times
from libertad.look.looks import Action, Cell, Column, Empty, ListPage, Row, Table


def listed(request: HttpRequest) -> HttpResponse:
    """A row for each value; the first of a field has its name and the act that settles it."""
    found = conflicts(asking(request))
    columns = [
        Column(_("Where")), Column(_("Field")), Column(_("Value")), Column(_("Whose word")),
        Column(_("Settle")),
    ]  # fmt: skip
    page = ListPage(
        title=_("Conflicts"),
        second=_("Two values of one field are on file. A person says which holds; both stay on file."),
        table=Table(
            _("Conflicts"), columns, [row for one in found for row in _rows(one)],
            note=_("Until it is settled the safer rule holds. Files that you may not read are not here."),
        ),
        empty=Empty(
            _("Nothing is in conflict"),
            _("No field of a file that you may read has two values."),
            Action(_("Today"), reverse("home")),
        ),
    )  # fmt: skip
    return render(request, "web/list.html", {"page": page})


def _act(one: Doubled) -> str:
    """What is done, and to what: of many links on the page no two say the same."""
    return _("%(act)s: %(where)s, %(field)s") % {
        "act": one.button, "where": one.reference, "field": one.field
    }  # fmt: skip


def _rows(one: Doubled) -> list[Row]:
    return [
        Row(
            [
                Cell(one.reference, one.href, provenance=one.provenance),  # type: ignore[arg-type]
                Cell(one.field),
                Cell(value.value or _("nothing")),
                Cell(value.who or _("An officer"), second=f"{value.authority}, {times.when(value.happened)}"),
                Cell(_act(one), one.settle) if one.settle and place == 0 else Cell(""),
            ]
        )
        for place, value in enumerate(one.values)
    ]
