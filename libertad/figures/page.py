"""The figures page from what was counted: sentence, subtraction, arrests, table, releases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.queries import can_say
from libertad.figures import words
from libertad.figures.counting import Block, Line
from libertad.figures.queries import FiguresSeen, Reconciled, ReleaseSeen
from libertad.figures.unsigned import unsigned
from libertad.look.figures import Check, Decided, FiguresPage, Piece, Published, Sum
from libertad.look.page_objects import Action, Cell, Column, HeadGroup, Link, Row, Table
from libertad.vocabulary.codelists import label as code_label

# A page's columns: figure, how it is read from a line, whether it is taken away. First views alone: a number
# of care's is not given by country, because from one day to the next it would single people out.
COLUMNS = (
    ("records", "records", False),
    ("met-twice", "met_twice", True),
    ("not-a-victim", "not_a_victim", True),
    ("not-assessed", "not_assessed", True),
    ("potential", "potential", False),
    ("arrests", "arrests", False),
)
# Care's block, of the whole operation; it opens to nothing.
BLOCK = (
    ("records", "records", False),
    ("met-twice", "met_twice", True),
    ("not-a-victim", "not_a_victim", True),
    ("not-assessed", "not_assessed", True),
    ("potential-victims", "potential_victims", False),
)
CHANGED = {"records": "records", "met_twice": "met-twice", "arrests": "arrests"}


Opener = Callable[..., str]


class Opens:
    """Addresses of the entries behind numbers, for those whose role opens them; '' for all others."""

    def __init__(self, actor: Actor) -> None:
        self.may = matrix().may_ask(actor.role, "figures-entries", "get")

    def __call__(self, figure: str, value: int, **where: str) -> str:
        if not value or not self.may:
            return ""
        query = urlencode({name: text for name, text in where.items() if text})
        return reverse("figures-entries", args=[figure]) + (f"?{query}" if query else "")


def country(code: str) -> str:
    return _(code_label("countries", code))


def figures_page(actor: Actor, figures: FiguresSeen) -> FiguresPage:
    """Everything in figures/figures.html."""
    opens = Opens(actor)
    line = figures.total
    second = _("Counted from the journal at %(moment)s.") % {"moment": words.utc(figures.as_of)}
    if opens.may:
        second += " " + _("Numbers of what officers saw open to the entries behind them.")
    last = figures.released
    return FiguresPage(
        second=f"{figures.operation.name}. {second}" if figures.operation else second,
        published=published(figures, opens) if figures.reconciled and figures.operation else None,
        subtraction_title=words.seen_as_victims(line.potential),
        subtraction=subtraction(figures, line, opens),
        decided=decided(last) if last else None,
        arrests_title=words.arrested(line.arrests),
        arrests=arrests(line, opens),
        arrests_note=arrests_note(figures, line),
        by_country=table(figures, opens),
        releases=releases(figures, opens),
        unsigned=unsigned(actor),
        subtraction_provenance=figures.mark("seen_as_potential_victims", line.potential),
        arrests_provenance=figures.mark("arrests", line.arrests),
        by_country_provenance=figures.mark("by_country", 0),
        releases_provenance=figures.mark("releases", 0),
        action=Action(_("Prepare a release"), reverse("release-new"))
        if can_say(actor, "release.propose")
        else None,
        links=[
            Link(_("Public version: small numbers withheld"), reverse("figures-public")),
            Link(_("Care's numbers: who counts"), reverse("counting")),
            Link(_("Download"), reverse("figures-download")),
        ],
    )


def published(figures: FiguresSeen, opens: Opens) -> Published:
    """The last release's sentence with its own numbers, and whether the journal says the same."""
    operation, compared = figures.operation, figures.reconciled
    if operation is None or compared is None:
        raise ValueError("a sentence needs an operation and a release")
    last = compared.release
    total = last.total
    said_numbers = (last.countries, last.potential_victims, total.arrests)
    numbers = {
        "\0c": Piece(str(last.countries), reverse("operation") if opens.may else ""),
        "\0v": Piece(
            str(last.potential_victims),
            reverse("release", args=[last.id]) if opens.may else "",
        ),
        "\0a": Piece(str(total.arrests), opens("arrests", total.arrests, release=last.id)),
    }
    within = figures.bound("potential_victims", last.potential_victims)
    if within:
        within = _(", within ‘%(words)s’ (published)") % {"words": within}
    return Published(
        pieces=pieces(words.sentence(last.days, said_numbers, tuple(numbers), last.care_day), numbers),
        note=words.small_print(last.as_of),
        signed=signature(last),
        reconciles=compared.holds,
        words=reconciles(compared),
        checks=[
            Check(_("%(n)d countries") % {"n": last.countries}, figures.mark("countries", last.countries)),
            Check(
                str(last.potential_victims), figures.mark("potential_victims", last.potential_victims), within
            ),
            Check(words.arrested(total.arrests), figures.mark("arrests", total.arrests)),
        ],
        provenance=last.provenance,
    )


def pieces(text: str, numbers: dict[str, Piece]) -> list[Piece]:
    """The sentence cut at its numbers, in whatever order the language puts them."""
    sums = []
    while text:
        at, key = min(((text.find(key), key) for key in numbers if key in text), default=(-1, ""))
        if at < 0:
            sums.append(Piece(text))
            break
        sums += [Piece(text[:at])] if at else []
        sums.append(numbers[key])
        text = text[at + len(key) :]
    return sums


def signature(last: ReleaseSeen) -> str:
    caption = _("Release %(n)d, %(moment)s. Signed by %(by)s") % {
        "n": last.number,
        "moment": words.utc(last.as_of),
        "by": last.by or _("an officer whose name you may not read"),
    }
    if last.second_reader:
        caption += _(", second reader %(name)s") % {"name": last.second_reader}
    if last.alone:
        caption += _(" of the same authority")
    return caption


def reconciles(result: Reconciled) -> str:
    """What the comparison with the journal found, at the release and now."""
    if not result.holds:
        return _("entries about the time before the release came in after it: %(changes)s.") % {
            "changes": words.changed(result.then) or _("the countries that take part changed")
        }
    if result.same_now:
        return _("its numbers equal the journal's, at the release and now.")
    return _("its numbers equal the journal's at the release. Since then: %(changes)s.") % {
        "changes": words.changed(result.since)
    }


def subtraction(total_line: FiguresSeen, line: Line, opens: Opens) -> list[Sum]:
    """The open side: what the officers who met people saw."""
    notes = {
        "records": _("%(countries)d countries, %(sites)d sites")
        % {"countries": len(total_line.countries), "sites": total_line.sites},
        "met-twice": _("%(n)d of them across a border") % {"n": total_line.counted.crossing},
        "not-a-victim": _("by the officers who met them"),
        "not-assessed": _("by the officers who met them"),
        "potential": _("each counted once"),
    }
    return bars(COLUMNS[:5], line, opens, notes)


def decided(release: ReleaseSeen) -> Decided | None:
    """With what care decided: one block for the whole operation, as of a release, that opens to no record."""
    care = release.care
    if care is None:
        return None
    notes = {
        "records": _("met by police or by care"),
        "not-a-victim": _("by care's decision, else by first view"),
        "not-assessed": _("neither seen nor decided"),
        "potential-victims": _("each counted once"),
    }
    return Decided(
        words.victims(care.potential_victims),
        _("As of %(moment)s, by release %(n)d.")
        % {"moment": words.utc(release.care_as_of or release.as_of), "n": release.number},
        bars(BLOCK, care, lambda *_figure, **_where: "", notes),
        [
            Cell(str(getattr(care, name)), "", code, second=second)
            for name, code, second in (
                ("potential", "potential-victim", _("potential")),
                ("presumed", "presumed", _("presumed")),
                ("confirmed", "confirmed", _("confirmed")),
            )
        ],
        f"= {care.potential_victims}",
        _(
            "What care decided is counted apart and given for the whole operation only, at a release: "
            "a number by country or by day would tell whom it is about."
        ),
    )


def bars(
    columns: Sequence[tuple[str, str, bool]], line: Line | Block, opens: Opener, notes: Mapping[str, str]
) -> list[Sum]:
    """The subtraction with its bars: the whole, what is taken away, the rest."""
    whole = max(line.records, 1)
    bars_drawn, rest = [], line.records
    for figure, name, minus in columns:
        value = getattr(line, name)
        rest -= value if minus else 0
        bars_drawn.append(
            Sum(
                words.label(figure),
                words.less(value) if minus else str(value),
                opens(figure, value),
                notes.get(figure, ""),
                x=100 * rest / whole if minus else 0,
                width=100 * value / whole,
                kind="less" if minus else "all" if figure == "records" else "rest",
            )
        )
    return bars_drawn


def arrests(line: Line, opens: Opens) -> list[Sum]:
    def line_sum(figure: str, label: str, value: int, kind: str = "plain", minus: bool = False) -> Sum:
        amount = words.less(value) if minus else str(value)
        return Sum(label, amount, opens(figure, value), kind=kind)  # type: ignore[arg-type]

    return [
        line_sum("detained", words.label("detained"), line.detained),
        line_sum("released", words.label("released"), line.released, minus=True),
        line_sum("held", words.label("held"), line.held, minus=True),
        line_sum("arrests", words.label("arrests"), line.arrests, "total"),
        line_sum("charged", _("of them charged"), line.charged, "part"),
        line_sum(
            "arrested-victims", _("of them also seen as potential victims"), line.arrested_victims, "part"
        ),
    ]


def arrests_note(figures: FiguresSeen, line: Line) -> str:
    note = _(
        "Detained, arrested, charged and released are separate, dated statuses: none is counted as another."
    )
    if figures.mark("arrests", line.arrests) == "published":
        return _("All but the %(n)d are generated.") % {"n": line.arrests} + " " + note
    return note


def snapshot(release: ReleaseSeen) -> Table:
    """A release's own table: as it was published, and so without a way into today's entries."""
    columns = COLUMNS if release.by_first_view else [column for column in COLUMNS if column[0] in PLAIN]
    return lines_table(release.lines, release.total, lambda *_figure, **_where: "", "", columns)


def table(figures: FiguresSeen, opens: Opens) -> Table:
    """Lines by country or territory, by name, and the line of all."""
    note = _("Rows and columns add up. A person met in two countries is counted once, where first met.")
    if figures.mark("arrests", figures.total.arrests) == "published":
        note += " " + _("The %(n)d arrests are published, their split is generated.") % {
            "n": figures.total.arrests
        }
    return lines_table(figures.lines, figures.total, opens, note)


# What a release that is not by first view still says by country.
PLAIN = ("records", "met-twice", "arrests")
Columns = Sequence[tuple[str, str, bool]]


def heads() -> dict[str, Column]:
    """The table's columns by figure."""
    return {
        "records": Column(_("Records"), numeric=True),
        "met-twice": Column(_("Met twice"), numeric=True),
        "not-a-victim": Column(_("Seen as not a victim"), numeric=True),
        "not-assessed": Column(_("Not assessed"), numeric=True),
        "potential": Column(_("Seen as potential victims"), numeric=True, lead=True),
        "arrests": Column(_("Arrests"), numeric=True),
    }


def lines_table(
    lines: Mapping[str, Line], whole: Line, opens: Opener, note: str, columns: Columns = COLUMNS
) -> Table:
    rows = [Row([Cell(name), *cells(lines[code], opens, code, columns)]) for name, code in by_name(lines)]
    rows.append(
        Row([Cell(_("All %(n)d") % {"n": len(rows)}), *cells(whole, opens, columns=columns)], total=True)
    )
    named = heads()
    return Table(
        _("By country or territory"),
        [Column(_("Country or territory")), *(named[figure] for figure, _name, _minus in columns)],
        rows,
        [HeadGroup("", 1), HeadGroup(_("People met, by first view"), len(columns) - 1), HeadGroup("", 1)],
        note,
        stacks=False,
    )


def by_name(lines: Iterable[str]) -> list[tuple[str, str]]:
    return sorted((country(code), code) for code in lines)


def cells(line: Line, opens: Opener, code: str = "", columns: Columns = COLUMNS) -> list[Cell]:
    return [
        Cell(
            words.less(getattr(line, name)) if minus else str(getattr(line, name)),
            opens(figure, getattr(line, name), country=code),
        )
        for figure, name, minus in columns
    ]


def releases(figures: FiguresSeen, opens: Opens) -> Table:
    """What each release said; its numbers are its own snapshot's and stay."""
    return Table(
        _("What each release said"),
        [
            Column(_("As of")),
            Column(_("Signed by")),
            Column(_("Potential victims"), numeric=True),
            Column(_("Arrests"), numeric=True),
            Column(_("What changed since the release of the moment before")),
        ],
        [release_row(release, opens) for release in figures.releases],
        stacks=False,
    )


def release_row(release: ReleaseSeen, opens: Opens) -> Row:
    victims, arrests = release.potential_victims, release.total.arrests
    if release.changes is None:
        moment_cell = Cell(_("The earliest moment"))
    else:
        moment_cell = Cell(
            words.changed(release.changes) or _("Nothing"),
            reverse("release", args=[release.id]) if release.changes else "",
        )
    return Row(
        [
            Cell(words.utc(release.as_of), reverse("release", args=[release.id])),
            Cell(words.signed(release.by, release.second_reader)),
            Cell(str(victims), second=release.care_day),
            Cell(str(arrests), opens("arrests", arrests, release=release.id)),
            moment_cell,
        ]
    )
