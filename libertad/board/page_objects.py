"""What the board shows, ready to be drawn: frozen, worded and placed.

Positions are strings, because a template would write a number in the reader's language ('12,5').
`shape` is one of SHAPES. `mark` is 'generated', 'published' or '' and is drawn beside the figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

SHAPES = ("on-site", "met", "nobody", "empty", "planned")
ALARMS = ("overdue", "silent", "danger")


@dataclass(frozen=True)
class NavItem:
    """A room in the bar; `current` for the page that is shown."""

    words: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Clock:
    """The operation's clock: it reads `reads` now and runs `rate` operation seconds a second."""

    reads: datetime
    rate: float
    utc: str
    date: str
    local: str
    offset_minutes: int
    place: str
    zone: str

    @property
    def reads_iso(self) -> str:
        """As the client reads it."""
        return self.reads.isoformat()

    @property
    def rate_plain(self) -> str:
        """With a point in every language."""
        return f"{self.rate:g}"


@dataclass(frozen=True)
class Counter:
    """A figure that opens. No `href` for 0 or where the reader may not open it."""

    words: str
    figure: str
    of: str = ""
    below: str = ""
    below_mark: str = ""
    urgent: bool = False
    mark: str = ""
    href: str = ""


@dataclass(frozen=True)
class OverdueTeam:
    """A team that did not check in: since when, where it was to be, its file, and who tried to reach it;
    `rings`: its open dangers, of each of which the board tells aloud."""

    reference: str
    delay: str
    where: str
    due: str
    href: str
    danger: bool = False
    tried: str = ""
    rings: Sequence[str] = ()


@dataclass(frozen=True)
class FeedItem:
    """One thing that was said. `id` is the entry's, so that a replay does not show it twice."""

    id: str
    time: str
    zone: str
    kind: str
    where: str
    text: str
    href: str = ""


@dataclass(frozen=True)
class MapSite:
    """A site's mark; `alarm` adds a ring round it, and it keeps its shape."""

    x: str
    y: str
    shape: str
    title: str
    href: str = ""
    alarm: str = ""


@dataclass(frozen=True)
class Flag:
    """A team's flag and the leader from its site's mark."""

    x: str
    y: str
    width: str
    kind: str
    team: str
    text: str
    text_x: str
    from_x: str
    from_y: str
    to_x: str
    to_y: str
    href: str = ""


@dataclass(frozen=True)
class MapLabel:
    """A name on the map, with a leader to the land when it stands beside it."""

    x: str
    y: str
    words: str
    leader: tuple[str, str, str, str] | None = None


@dataclass(frozen=True)
class PhoneMark:
    """A country on the small map: its number of sites, and whether a team of its is overdue or in danger."""

    x: str
    y: str
    words: str
    count: str
    alarm: bool
    text_x: str
    anchor: str
    leader: tuple[str, str] | None = None
    danger: bool = False


@dataclass(frozen=True)
class MapCountry:
    """A piece of land of the built map, lit when it takes part."""

    code: str
    lit: bool


@dataclass(frozen=True)
class CountryRow:
    """A country in place of the map: its number of sites; `alarm`: danger, overdue or '' of its teams."""

    words: str
    count: int
    alarm: str = ""


@dataclass(frozen=True)
class Map:
    """Land, names, sites and flags, none covering another.

    `rows`: the countries of an operation of which most lie beyond the map, which is then not drawn.
    """

    countries: tuple[MapCountry, ...]
    labels: tuple[MapLabel, ...]
    neighbours: tuple[MapLabel, ...]
    sites: tuple[MapSite, ...]
    flags: tuple[Flag, ...]
    phone: tuple[PhoneMark, ...]
    built: bool = True
    rows: tuple[CountryRow, ...] = ()


@dataclass(frozen=True)
class Visit:
    """A visit as the shape of its result; a planned one to the right of now."""

    x: str
    y: str
    shape: str
    title: str


@dataclass(frozen=True)
class Band:
    """A stretch of daylight."""

    x: str
    width: str


@dataclass(frozen=True)
class DayRow:
    """One time zone: its clock, its daylight and its visits. `text_y` is the base of its words."""

    zone: str
    places: str
    clock: str
    y: str
    height: str
    text_y: str
    bands: tuple[Band, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class Day:
    """The line at which a day begins (UTC)."""

    x: str
    words: str
    today: bool


@dataclass(frozen=True)
class Window:
    """A time in which teams act together."""

    x: str
    width: str
    words: str
    name_x: str


@dataclass(frozen=True)
class Days:
    """The action days along the bottom; `now_x` is '' when now lies beyond them."""

    days: tuple[Day, ...]
    windows: tuple[Window, ...]
    rows: tuple[DayRow, ...]
    now_x: str
    now: str
    height: str
    mark: str = ""


@dataclass(frozen=True)
class LegendRow:
    """How many sites have a status."""

    shape: str
    words: str
    count: str
    tone: str = ""


@dataclass(frozen=True)
class TableRow:
    """A site in the table that says the same as the map."""

    reference: str
    name: str
    country: str
    status: str
    shape: str
    team: str
    check_in: str
    href: str = ""
    alarm: str = ""


@dataclass(frozen=True)
class Board:
    """The whole board for one reader.

    `problem` is a sentence when the picture could not be made, `as_of` the time of the last one that
    could. `overdue_title` is the rail's heading, `danger_title` the number of people in danger over it
    ('' for who may not know it). `first_site_href` is drawn when there is no site and
    the reader may register one.
    """

    operation: str
    day: str
    clock: Clock
    who: str
    authority: str
    counters: tuple[Counter, ...]
    overdue: tuple[OverdueTeam, ...]
    in_touch: str
    feed: tuple[FeedItem, ...]
    map: Map
    days: Days
    legend: tuple[LegendRow, ...]
    nav: tuple[NavItem, ...] = ()
    filters: tuple[NavItem, ...] = ()
    operation_href: str = ""
    danger_title: str = ""
    change_href: str = ""
    table_href: str = "table/"
    live_href: str = ""
    cursor: str = ""
    mark: str = ""
    problem: str = ""
    as_of: str = ""
    first_site_href: str = ""
    overdue_title: str = ""
    table: tuple[TableRow, ...] = field(default=())
