"""The public version of the last release, and the files to download."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.figures import words
from libertad.figures.page import COLUMNS, country
from libertad.figures.public import THRESHOLD, Shown, withhold
from libertad.figures.queries import FiguresSeen, ReleaseSeen
from libertad.look.looks import Cell, Column, Row, Table

HEAD = ("operation", "as_of", "country", "figure", "value", "provenance")
STATUSES = ("potential", "presumed", "confirmed")
NOTE = gettext_lazy(
    "Numbers below %(n)d are withheld, and with them as many others as keep them from being worked out from "
    "this page. It does not protect against comparing with an earlier release or with what others publish."
)


def withheld(release: ReleaseSeen) -> dict[str, Shown]:
    """Each column of the public version by itself: by country, and potential victims by status."""
    lines = release.lines
    return {
        "potential-victims": withhold({code: line.potential_victims for code, line in lines.items()}),
        "arrests": withhold({code: line.arrests for code, line in lines.items()}),
        "statuses": withhold({name: getattr(release.total, name) for name in STATUSES}),
    }


def shown(value: int | None, small: bool = False) -> str:
    if value is not None:
        return str(value)
    return _("fewer than %(n)d") % {"n": THRESHOLD} if small else _("withheld")


def table(release: ReleaseSeen) -> Table:
    """Potential victims and arrests by country or territory, small numbers withheld."""
    columns = withheld(release)
    victims, arrests = columns["potential-victims"], columns["arrests"]
    rows = [
        Row([Cell(name), Cell(shown(victims.cells[code])), Cell(shown(arrests.cells[code]))])
        for name, code in sorted((country(code), code) for code in release.lines)
    ]
    rows.append(
        Row([Cell(_("All")), Cell(shown(victims.total, True)), Cell(shown(arrests.total, True))], total=True)
    )
    return Table(
        _("By country or territory"),
        [
            Column(_("Country or territory")),
            Column(_("Potential victims"), numeric=True, lead=True),
            Column(_("Arrests"), numeric=True),
        ],
        rows,
        note=NOTE % {"n": THRESHOLD},
        stacks=False,
    )


def statuses(release: ReleaseSeen) -> Table:
    """Potential victims by status, small numbers withheld."""
    found = withheld(release)["statuses"]
    codes = {"potential": "potential-victim", "presumed": "presumed", "confirmed": "confirmed"}
    return Table(
        _("Potential victims by status"),
        [Column(_("Status")), Column(_("Potential victims"), numeric=True)],
        [
            Row([Cell(words.label(name), code=codes[name]), Cell(shown(value))])
            for name, value in found.cells.items()
        ],
        stacks=False,
    )


def sentence(seen: FiguresSeen, release: ReleaseSeen) -> str:
    """The sentence of the public version: a total below the threshold is said as 'fewer than 10'."""
    if seen.operation is None:
        return ""
    columns = withheld(release)
    numbers = (release.countries, columns["potential-victims"].total, columns["arrests"].total)
    texts = tuple(shown(number, True) for number in numbers)
    return words.sentence(seen.operation, numbers, texts)


def write(rows: Iterable[tuple[str, ...]]) -> str:
    """CSV with a header. No text in it is typed by a person but the operation's name."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(rows)
    return out.getvalue()


def download(seen: FiguresSeen) -> str:
    """Every cell of the page: one a row, each with its provenance."""
    name, at = (seen.operation.name if seen.operation else ""), seen.as_of.isoformat()
    rows = []
    for code, line in [*seen.lines.items(), ("", seen.total)]:
        for figure, attribute, _minus in COLUMNS:
            value = getattr(line, attribute)
            # Only a total can be on the public record: it gives nothing by country.
            mark = seen.mark(attribute if not code else "by_country", value)
            rows.append((name, at, code or "all", figure, str(value), mark))
    for figure, value in (
        ("countries", len(seen.countries)), ("sites", seen.sites), ("hits", seen.hits),
        ("hits_travel_documents", seen.hits_travel_documents), ("detained", seen.total.detained),
        ("released", seen.total.released), ("held", seen.total.held), ("charged", seen.total.charged),
        ("arrested-victims", seen.total.arrested_victims),
    ):  # fmt: skip
        rows.append((name, at, "all", figure, str(value), seen.mark(figure, value)))
    return write(rows)


def download_public(seen: FiguresSeen, release: ReleaseSeen) -> str:
    """The public version's cells; a withheld one has no value and says so."""
    name, at = (seen.operation.name if seen.operation else ""), release.as_of.isoformat()
    rows = []
    columns = withheld(release)
    for figure in ("potential-victims", "arrests"):
        attribute = figure.replace("-", "_")
        for code, value in [*columns[figure].cells.items(), ("all", columns[figure].total)]:
            mark = seen.mark(attribute if code == "all" else "by_country", -1 if value is None else value)
            rows.append((name, at, code, figure, "withheld" if value is None else str(value), mark))
    for status, value in columns["statuses"].cells.items():
        text = "withheld" if value is None else str(value)
        rows.append((name, at, "all", status, text, seen.mark(status, -1 if value is None else value)))
    return write(rows)
