"""One thing that waits for somebody, as each source of Today gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Waiting:
    """Something that waits: what, why, whom it concerns, the act, and by when (None: no hour is set).

    `rank`: of what is due at once, the lower first. `danger`: a life is in danger, since `since`; it comes
    before all else and is never left out of a shortened list. `alarm`: '', 'near' or 'passed' of a limit,
    `tag` its words. `more`: how many of its kind come behind it in the same part of Today and are not given.
    `first`: before all else of its part of Today. `asked`: of this officer, who alone answers it: never left
    out of a shortened list, and of what has no other hour the first. `rings`: the entries of which an open
    page tells aloud.
    """

    title: str
    why: str
    href: str
    button: str
    due: datetime | None = None
    reference: str = ""
    name: str = ""
    rank: float = 0.0
    danger: bool = False
    since: datetime | None = None
    alarm: str = ""
    tag: str = ""
    more: int = 0
    first: bool = False
    asked: bool = False
    rings: tuple[str, ...] = ()
