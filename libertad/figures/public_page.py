"""The public version of the release of the latest moment, and the files to download."""

from __future__ import annotations

import io
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.figures import words
from libertad.figures.page import COLUMNS, country
from libertad.figures.public import THRESHOLD, Shown, withhold
from libertad.figures.queries import FiguresSeen, ReleaseSeen
from libertad.look.page_objects import Cell, Column, Row, Table
from libertad.vocabulary.tables import Rows

HEAD = ("operation", "as_of", "country", "figure", "value", "provenance")
STATUSES = ("potential", "presumed", "confirmed")
NOTE = gettext_lazy(
    "Numbers below %(n)d are withheld, and with them as many others as keep them from being worked out from "
    "this page. It does not protect against comparing with an earlier release or with what others publish."
)


def withheld(release: ReleaseSeen) -> dict[str, Shown]:
    """Each column of the public version by itself: by country, and potential victims by status.

    By country these are first views; of a release of the earlier kind there are none by country.
    """
    lines = release.lines
    potentials = {code: line.potential for code, line in lines.items()} if release.by_first_view else {}
    care = release.care
    statuses = {name: getattr(care, name) for name in STATUSES} if care else {}
    return {
        "seen": withhold(potentials),
        "arrests": withhold({code: line.arrests for code, line in lines.items()}),
        "statuses": withhold(statuses),
    }


def small(value: int) -> int | None:
    """A total, None where it is too small to be said."""
    return None if 0 < value < THRESHOLD else value


def number_words(value: int | None, small: bool = False) -> str:
    if value is not None:
        return str(value)
    return _("fewer than %(n)d") % {"n": THRESHOLD} if small else _("withheld")


def which(release: ReleaseSeen) -> str:
    """Which numbers the table gives, and how the sentence's differs."""
    if not release.by_first_view:
        return ""
    caption = _("People whom the officers who met them saw as potential victims, as of %(moment)s.") % {
        "moment": words.utc(release.as_of)
    }
    if release.care is None or release.care_as_of is None:
        return caption
    return f"{caption} " + _(
        "The sentence and the table by status count otherwise: with what care decided until %(moment)s."
    ) % {"moment": words.utc(release.care_as_of)}


def table(release: ReleaseSeen) -> Table:
    """First views and arrests by country or territory, small numbers withheld."""
    columns = withheld(release)
    view_label, arrests = columns["seen"], columns["arrests"]
    rows = [
        Row(
            [
                Cell(name),
                Cell(number_words(view_label.cells.get(code))),
                Cell(number_words(arrests.cells[code])),
            ]
        )
        for name, code in sorted((country(code), code) for code in release.lines)
    ]
    whole = view_label.total if view_label.cells else None
    rows.append(
        Row(
            [
                Cell(_("All")),
                Cell(number_words(whole, bool(view_label.cells))),
                Cell(number_words(arrests.total, True)),
            ],
            total=True,
        )
    )
    return Table(
        _("By country or territory"),
        [
            Column(_("Country or territory")),
            Column(_("Seen as potential victims"), numeric=True, lead=True),
            Column(_("Arrests"), numeric=True),
        ],
        rows,
        note=f"{which(release)} {NOTE % {'n': THRESHOLD}}",
        stacks=False,
    )


def statuses(release: ReleaseSeen) -> Table:
    """Potential victims by status, small numbers withheld."""
    hidden = withheld(release)["statuses"]
    codes = {"potential": "potential-victim", "presumed": "presumed", "confirmed": "confirmed"}
    caption = _("Potential victims by status")
    if release.care_as_of is not None:
        caption = _("Potential victims by status, as care counted on %(moment)s") % {
            "moment": words.utc(release.care_as_of)
        }
    return Table(
        caption,
        [Column(_("Status")), Column(_("Potential victims"), numeric=True)],
        [
            Row([Cell(words.decided(name), code=codes[name]), Cell(number_words(value))])
            for name, value in hidden.cells.items()
        ],
        stacks=False,
    )


def sentence(figures: FiguresSeen, release: ReleaseSeen) -> str:
    """The sentence of the public version: a total below the threshold is said as 'fewer than 10'."""
    if figures.operation is None:
        return ""
    columns = withheld(release)
    victims = small(release.potential_victims)
    numbers = (release.countries, victims, columns["arrests"].total)
    texts = tuple(number_words(number, True) for number in numbers)
    return words.sentence(release.days, numbers, texts, release.care_day)


def write(rows: Iterable[tuple[str, ...]]) -> str:
    """CSV with a header; what a person typed (the operation's name) is text in any spreadsheet."""
    out = io.StringIO()
    writer = Rows(out)
    writer.writerow(HEAD)
    writer.writerows(rows)
    return out.getvalue()


def download(figures: FiguresSeen) -> str:
    """Every cell of the page: one a row, each with its provenance. Care's numbers for the operation alone."""
    name, at = (figures.operation.name if figures.operation else ""), figures.as_of.isoformat()
    rows = []
    for code, line in [*figures.lines.items(), ("", figures.total)]:
        for figure, attribute, _minus in COLUMNS:
            value = getattr(line, attribute)
            # Only a total can be on the public record: it gives nothing by country.
            mark = figures.mark(attribute if not code else "by_country", value)
            rows.append((name, at, code or "all", figure, str(value), mark))
    for figure, value in (
        ("countries", len(figures.countries)),
        ("sites", figures.sites),
        ("hits", figures.hits),
        ("hits_travel_documents", figures.hits_travel_documents),
        ("detained", figures.total.detained),
        ("released", figures.total.released),
        ("held", figures.total.held),
        ("charged", figures.total.charged),
        ("arrested-victims", figures.total.arrested_victims),
    ):
        rows.append((name, at, "all", figure, str(value), figures.mark(figure, value)))
    last = figures.released
    for figure in (*STATUSES, "not_a_victim", "not_assessed", "potential_victims") if last else ():
        assert last is not None and last.care is not None and last.care_as_of is not None  # noqa: S101
        value = getattr(last.care, figure)
        file_name = f"released-{figure.replace('_', '-')}"
        rows.append(
            (name, last.care_as_of.isoformat(), "all", file_name, str(value), figures.mark(figure, value))
        )
    return write(rows)


def download_public(figures: FiguresSeen, release: ReleaseSeen) -> str:
    """The public version's cells; a withheld one has no value and says so."""
    name, at = (figures.operation.name if figures.operation else ""), release.as_of.isoformat()
    care_at = (release.care_as_of or release.as_of).isoformat()  # of the sentence's number and the statuses
    rows = []
    columns = withheld(release)
    victims = small(release.potential_victims)
    text = "withheld" if victims is None else str(victims)
    mark = figures.mark("potential_victims", -1 if victims is None else victims)
    rows.append((name, care_at, "all", "potential-victims", text, mark))
    for figure, attribute in (("seen", "seen_as_potential_victims"), ("arrests", "arrests")):
        if not columns[figure].cells:
            continue
        for code, value in [*columns[figure].cells.items(), ("all", columns[figure].total)]:
            mark = figures.mark(attribute if code == "all" else "by_country", -1 if value is None else value)
            rows.append((name, at, code, figure, "withheld" if value is None else str(value), mark))
    for status, value in columns["statuses"].cells.items():
        text = "withheld" if value is None else str(value)
        rows.append(
            (name, care_at, "all", status, text, figures.mark(status, -1 if value is None else value))
        )
    return write(rows)
