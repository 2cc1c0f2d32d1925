"""Parts of this room's file pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from libertad.look.page_objects import Filter, Link, Pair, SideBlock, Table
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Group:
    """One of several tables that can be folded; `needs`: something in it waits for somebody."""

    title: str
    second: str
    table: Table
    unfolded: bool = False
    needs: bool = False


@dataclass(frozen=True)
class Part:
    """A titled part of a file: pairs, a table or groups of them, or what an empty one says, and links."""

    title: str
    table: Table | None = None
    empty: str = ""
    second: str = ""
    pairs: Sequence[Pair] = ()
    links: Sequence[Link] = ()
    groups: Sequence[Group] = ()
    filters: Sequence[Filter] = ()


def police_see(counted: str = "") -> SideBlock:
    """Who reads what lies in a country's police file; `counted`: what the whole operation counts of it."""
    return SideBlock(
        _("Who can see this"),
        pairs=[
            Pair(_("Police of this country"), _("All of it")),
            Pair(_("The operation's centres"), _("All of it")),
            *([Pair(_("The whole operation"), _("Counted"), counted)] if counted else []),
            Pair(_("All others"), _("Nothing")),
        ],
    )


def said_at(at: datetime, zone: str) -> Happened:
    return Happened(at=at, zone=zone)
