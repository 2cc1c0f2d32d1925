# ruff: noqa: E501 - drawings and fixtures read better on one line
"""Fixture: the figures page. Only figures marked published come from the public record."""

from __future__ import annotations

from libertad.look.figures import Check, Decided, FiguresPage, Piece, Published, Sum
from libertad.look.page_objects import Action, Cell, Column, HeadGroup, Link, Row, Table


def _number(value: int) -> Cell:
    """Zero is written 0 and does not open."""
    return Cell(str(value).replace("-", "−"), "#" if value else "")


COUNTRIES = {
    "Antigua and Barbuda": (16, 0, 0, -1, 15, 0),
    "Aruba": (20, -1, 0, -1, 18, 1),
    "Barbados": (24, -1, 0, -2, 21, 1),
    "Belize": (12, 0, 0, -1, 11, 1),
    "Brazil": (66, -1, 0, -4, 61, 4),
    "Curaçao": (28, -2, 0, -1, 25, 2),
    "Guyana": (73, -1, 0, -3, 69, 4),
    "Jamaica": (36, 0, 0, -2, 34, 2),
    "Saint Lucia": (16, -1, 0, 0, 15, 0),
    "Saint Vincent and the Grenadines": (37, -1, 0, -1, 35, 3),
    "Trinidad and Tobago": (44, -1, 0, -2, 41, 3),
    "Turks and Caicos Islands": (6, 0, 0, 0, 6, 0),
    "Venezuela": (18, 0, 0, -1, 17, 1),
}
COLUMNS = [
    Column("Country or territory"),
    Column("Records", True),
    Column("Met twice", True),
    Column("Seen as not a victim", True),
    Column("Not assessed", True),
    Column("Seen as potential victims", True, lead=True),
    Column("Arrests", True),
]
TOTAL = tuple(sum(column) for column in zip(*COUNTRIES.values(), strict=True))
ROWS = [Row([Cell(name), *map(_number, values)]) for name, values in COUNTRIES.items()]
ROWS.append(Row([Cell("All 13"), *map(_number, TOTAL)], total=True))
RELEASES = [
    Row(
        [
            Cell("9 April 2018, 22:00 UTC"),
            Cell("M. Alleyne, P. Greaves"),
            _number(347),
            _number(22),
            Cell("19 people added, 2 linked", "#"),
        ]
    ),
    Row(
        [
            Cell("8 April 2018, 22:00 UTC"),
            Cell("M. Alleyne, P. Greaves"),
            _number(331),
            _number(20),
            Cell("64 people added, 4 linked", "#"),
        ]
    ),
    Row(
        [
            Cell("6 April 2018, 22:00 UTC"),
            Cell("P. Greaves, D. Worrell"),
            _number(271),
            _number(13),
            Cell("First release"),
        ]
    ),
]


def _bar(label: str, note: str, value: str, x: float, width: float, kind: str) -> Sum:
    return Sum(label, value, "#", note, 100 * x / 396, 100 * width / 396, kind)  # type: ignore[arg-type]


FIGURES = FiguresPage(
    second="Operation Libertad. Counted from the journal at 9 April 2018, 22:52 UTC. Every number opens to the entries behind it.",
    action=Action("Prepare a release", "#"),
    published=Published(
        [
            Piece("From 3 to 9 April 2018, officers in "),
            Piece("13", "#"),
            Piece(" countries met "),
            Piece("347", "#"),
            Piece(" potential victims of trafficking and made "),
            Piece("22", "#"),
            Piece(" arrests."),
        ],
        "Potential, not confirmed; each person counted once; as of 9 April 2018, 22:00 UTC.",
        "Release 3, 9 April 2018, 22:00 UTC. Signed by M. Alleyne, second reader P. Greaves",
        True,
        "the three numbers equal the journal's, at the release and now.",
        [
            Check("13 countries", "published"),
            Check("347", "generated", ", within ‘nearly 350’"),
            Check("22 arrests", "published"),
        ],
        "generated",
    ),
    subtraction_title="368 people seen as potential victims",
    subtraction_provenance="generated",
    subtraction=[
        _bar("Records of a person met", "13 authorities, 57 sites", "396", 0, 396, "all"),
        _bar("Same person met twice", "2 of the links cross a border", "−9", 387, 9, "less"),
        _bar("Not a victim", "by the officers who met them", "0", 387, 0, "less"),
        _bar("Not yet assessed", "by the officers who met them", "−19", 368, 19, "less"),
        _bar("Seen as potential victims", "each counted once", "368", 0, 368, "rest"),
    ],
    decided=Decided(
        "347 potential victims",
        "As of 9 April 2018, 22:00 UTC, by release 3.",
        [
            _bar("Records of a person met", "met by police or by care", "396", 0, 396, "all"),
            _bar("Same person met twice", "", "−9", 387, 9, "less"),
            _bar("Not a victim", "by care's decision, else by first view", "−21", 366, 21, "less"),
            _bar("Not yet assessed", "neither seen nor decided", "−19", 347, 19, "less"),
            _bar("Potential victims", "each counted once", "347", 0, 347, "rest"),
        ],
        [
            Cell("262", "", "potential-victim", second="potential"),
            Cell("71", "", "presumed", second="presumed"),
            Cell("14", "", "confirmed", second="confirmed"),
        ],
        "= 347",
        "What care decided is counted apart and given for the whole operation only, at a release.",
    ),
    arrests_title="22 arrests",
    arrests_provenance="published",
    arrests=[
        Sum("Detained at any time", "41", "#"),
        Sum("Released without arrest", "−16", "#"),
        Sum("Still detained, not arrested", "−3", "#"),
        Sum("Arrested", "22", "#", kind="total"),
        Sum("of them charged", "9", "#", kind="part"),
        Sum("of them also potential victims", "1", "#", kind="part"),
    ],
    arrests_note="All but the 22 are generated. Detained, arrested, charged and released are separate, dated statuses: none is counted as another.",
    by_country=Table(
        "By country or territory",
        COLUMNS,
        ROWS,
        [HeadGroup("", 1), HeadGroup("People met, by first view", 5), HeadGroup("", 1)],
        "Rows and columns add up. A person met in two countries is counted once, where first met.",
        stacks=False,
    ),
    by_country_provenance="generated",
    links=[Link("Public version: small numbers withheld", "#"), Link("Download", "#")],
    releases=Table(
        "What each release said",
        [
            Column("As of"),
            Column("Signed by"),
            Column("Potential victims", True),
            Column("Arrests", True),
            Column("What changed since the one before"),
        ],
        RELEASES,
        stacks=False,
    ),
    releases_provenance="generated",
)
