"""What the page skeletons take: plain frozen objects that a room's screen fills from its queries.

Nothing here reads or decides anything. Texts arrive translated; times arrive as `Happened` or aware
datetimes and are written by the tag `when`; `provenance` is '', 'generated' or 'published'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from libertad.vocabulary.values import Happened

Provenance = str  # as a row keeps it: "", "generated" or "published"
Moment = Happened | datetime
NEUTRAL_PLACE = "https://www.bbc.com/weather"


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Action:
    """A button that names the act. `post` makes it a form of its own with these hidden fields."""

    label: str
    href: str
    post: bool = False
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NavItem:
    """One room in the bar; `count` is how many things there need this person, 0 shows no badge."""

    label: str
    href: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Shell:
    """The bar, the who-bar and the footer: `shell` in every context."""

    nav: Sequence[NavItem] = ()
    home_href: str = "/"
    who: str = ""
    role: str = ""
    authority: str = ""
    provenance: Provenance = ""
    change_href: str = ""
    sign_in_href: str = ""
    sign_out_href: str = ""
    until: datetime | None = None
    note: str = ""
    closed: str = ""
    operation: str = ""
    operation_href: str = ""
    utc: datetime | None = None
    here: datetime | None = None
    exit_href: str = NEUTRAL_PLACE
    shows_person: bool = True
    footer: str = ""
    made_up_href: str = ""
    language_href: str = ""
    languages: Sequence[tuple[str, str]] = ()
    here_path: str = "/"


@dataclass(frozen=True)
class StatusCell:
    """A dated status in the strip. `code` is a shape (see `status_shape`); `needs` sets it on amber.

    `prefix` is a word before the time ('since').
    """

    label: str
    code: str = ""
    when: Moment | str = ""
    note: str = ""
    needs: bool = False
    danger: bool = False
    prefix: str = ""


Tab = Link
Crumb = Link


@dataclass(frozen=True)
class Pair:
    """A row of a side block or summary: label, value, second line, optional link."""

    label: str
    value: str
    note: str = ""
    link: Link | None = None
    strong: bool = False


@dataclass(frozen=True)
class Tick:
    text: str
    yes: bool = True


@dataclass(frozen=True)
class Thing:
    """A thing with its state as a tag: 'done', 'plain', 'needs' or 'danger'."""

    label: str
    state: str
    tone: Literal["done", "plain", "needs", "danger"] = "plain"
    note: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class News:
    time: str
    text: str
    link: Link | None = None


@dataclass(frozen=True)
class SideBlock:
    """A block beside the main column, or of a page made of blocks; parts are shown in this order, those left
    out are not. `action`: its one button."""

    title: str
    provenance: Provenance = ""
    lead: str = ""
    pairs: Sequence[Pair] = ()
    split: bool = False
    ticks: Sequence[Tick] = ()
    things: Sequence[Thing] = ()
    news: Sequence[News] = ()
    note: str = ""
    action: Action | None = None
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class FilePage:
    """The identity bar and what surrounds a file; `kind` is said in <title> instead of any name."""

    kind: str
    reference: str
    title: str
    second: str = ""
    second_link: Link | None = None
    second_after: str = ""
    provenance: Provenance = ""
    action: Action | None = None
    statuses: Sequence[StatusCell] = ()
    tabs: Sequence[Tab] = ()
    side: Sequence[SideBlock] = ()


@dataclass(frozen=True)
class TimelineItem:
    """One entry: when, whose word it is ('said', 'saw', 'document', 'database', 'decision'), what."""

    happened: Moment
    source: str
    source_label: str
    title: str
    text: str = ""
    quote: str = ""
    by: str = ""
    conflict: str = ""
    links: Sequence[Link] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Timeline:
    title: str
    items: Sequence[TimelineItem]
    total: int
    filters: Sequence[Link] = ()
    more: Link | None = None


@dataclass(frozen=True)
class ConflictValue:
    """One of the values that live beside each other. `entry` is what the form sends if it is chosen."""

    entry: str
    value: str
    source: str
    happened: Moment
    by: str
    consequence: str


@dataclass(frozen=True)
class Conflict:
    """Two live values of a single field. The safer rule holds until a person settles it."""

    title: str
    values: Sequence[ConflictValue]
    neither: str
    action: Action
    wont: str
    why_label: str = ""
    shown: Sequence[str] = ()
    error: str = ""
    key: str = ""  # of the second on a page, so that its ids are its own
    why: str = ""  # the reasons as they were written, where they were not saved


@dataclass(frozen=True)
class Todo:
    """Something that waits for this person: due, what and why, whom it concerns, the next act.

    `tag` is an alarm in words, drawn with a shape; `tone` is 'needs' before a limit and 'danger' after it.
    `rings`: the dangers in it, of each of which an open page tells aloud.
    """

    due: str
    title: str
    href: str
    action: Action
    late: timedelta | None = None
    left: timedelta | None = None
    due_note: str = ""
    why: str = ""
    reference: str = ""
    name: str = ""
    tag: str = ""
    tone: str = "needs"
    rings: Sequence[str] = ()


@dataclass(frozen=True)
class TodoGroup:
    title: str
    todos: Sequence[Todo]
    overdue: bool = False
    more: Link | None = None
    danger: bool = False
    behind: int = 0

    @property
    def count(self) -> int:
        """All of it, also what stands behind `more`."""
        return len(self.todos) + self.behind


@dataclass(frozen=True)
class Column:
    """`sort_href` makes the heading a link; `sorted` is '', 'ascending' or 'descending'."""

    label: str
    numeric: bool = False
    code: str = ""
    lead: bool = False
    sort_href: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""
    code: str = ""
    tone: str = ""
    second: str = ""
    provenance: Provenance = ""


@dataclass(frozen=True)
class Row:
    """The first cell is the row's heading."""

    cells: Sequence[Cell]
    total: bool = False


@dataclass(frozen=True)
class HeadGroup:
    label: str
    span: int


@dataclass(frozen=True)
class Table:
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    groups: Sequence[HeadGroup] = ()
    note: str = ""
    stacks: bool = True


@dataclass(frozen=True)
class Empty:
    """What an empty page says: what would be here, and what to do first."""

    title: str
    text: str
    action: Action | None = None


@dataclass(frozen=True)
class Filter:
    """A choice carried in the address: name, label, choices (value, label) and what is chosen."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    value: str = ""


@dataclass(frozen=True)
class Pages:
    """`parts` are the numbered links; the current one has `current`. `previous`, `following`: addresses."""

    parts: Sequence[Link]
    words: str
    previous: str = ""
    following: str = ""


@dataclass(frozen=True)
class ListPage:
    title: str
    table: Table | None = None
    second: str = ""
    provenance: Provenance = ""
    action: Action | None = None
    filters: Sequence[Filter] = ()
    empty: Empty | None = None
    pages: Pages | None = None
    count: str = ""


@dataclass(frozen=True)
class FormPage:
    """A form: title, what the button does in its own name, what will not happen; what to read before: `facts`
    and `links`. Without a form, for who answers nothing, it is what there is to read."""

    title: str
    button: str
    back: Link | None = None
    reference: str = ""
    provenance: Provenance = ""
    intro: str = ""
    wont: str = ""
    warning: bool = False
    links: Sequence[Link] = ()
    facts: Sequence[Pair] = ()


@dataclass(frozen=True)
class ConfirmPage:
    """Before something that cannot be taken back: what happens, what does not, the act, the way back.

    `intro`: whom or what it is about.
    """

    title: str
    happens: Sequence[str]
    button: str
    back: Link
    wont: Sequence[str] = ()
    warning: bool = True
    intro: str = ""


@dataclass(frozen=True)
class HomePage:
    title: str
    second: str
    groups: Sequence[TodoGroup]
    provenance: Provenance = ""
    action: Action | None = None
    search_href: str = ""
    search_label: str = ""
    search_note: str = ""
    empty: Empty | None = None
    mine: Table | None = None
    mine_note: str = ""
    mine_all: Link | None = None
    first: object = None  # the first steps, until the operation runs
    side: Sequence[SideBlock] = ()
