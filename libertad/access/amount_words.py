"""Unusual activity, and weeks, in words: for Today and for the page of openings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.amount_limits import EXPORTS, GLASS, OF_DAY, PEOPLE, SEARCHES, SHARES, WITHDRAWALS
from libertad.access.queries import authority_names, officer_names
from libertad.access.queries_amounts import BurstSeen, WeekSeen
from libertad.look.times import date_words

TITLES: Mapping[str, Callable[[int], str]] = {
    PEOPLE: lambda n: ngettext(
        "%(n)d person's file opened within an hour by %(name)s: usual is below %(limit)d",
        "%(n)d people's files opened within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
    OF_DAY: lambda n: ngettext(
        "%(n)d file of a person of the day opened within an hour by %(name)s: usual is below %(limit)d",
        "%(n)d files of people of the day opened within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
    SEARCHES: lambda n: ngettext(
        "%(n)d search within an hour by %(name)s: usual is below %(limit)d",
        "%(n)d searches within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
    SHARES: lambda n: ngettext(
        "%(n)d file shared within an hour by %(name)s: usual is below %(limit)d",
        "%(n)d files shared within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
    EXPORTS: lambda n: ngettext(
        "%(n)d package or document taken out within an hour by %(name)s: usual is below %(limit)d",
        "%(n)d packages and documents taken out within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
    WITHDRAWALS: lambda n: ngettext(
        "Access withdrawn %(n)d time within an hour by %(name)s: usual is below %(limit)d",
        "Access withdrawn %(n)d times within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
    GLASS: lambda n: ngettext(
        "%(n)d file opened because of danger within an hour by %(name)s: usual is below %(limit)d",
        "%(n)d files opened because of danger within an hour by %(name)s: usual is below %(limit)d",
        n,
    ),
}


# By an officer of another authority, with files of the own one.
GUEST_TITLES: Mapping[str, Callable[[int], str]] = {
    PEOPLE: lambda n: ngettext(
        "%(n)d person's file of yours opened within an hour by an officer of %(name)s: usual is below "
        "%(limit)d",
        "%(n)d people's files of yours opened within an hour by an officer of %(name)s: usual is below "
        "%(limit)d",
        n,
    ),
    SHARES: lambda n: ngettext(
        "%(n)d file of yours shared within an hour by an officer of %(name)s: usual is below %(limit)d",
        "%(n)d files of yours shared within an hour by an officer of %(name)s: usual is below %(limit)d",
        n,
    ),
    EXPORTS: lambda n: ngettext(
        "%(n)d package or document of yours taken out within an hour by an officer of %(name)s: usual is "
        "below %(limit)d",
        "%(n)d packages and documents of yours taken out within an hour by an officer of %(name)s: usual is "
        "below %(limit)d",
        n,
    ),
}


def burst_names(actor: Actor, rows: Sequence[BurstSeen]) -> Mapping[str, str]:
    """By officer the name; of officers of other authorities that of the authority."""
    names = dict(officer_names(actor, sorted({row.burst.officer for row in rows if not row.is_guest})))
    guests = {row.burst.officer: row.burst.authority for row in rows if row.is_guest}
    authorities = authority_names(list(guests.values())) if guests else {}
    return names | {officer: authorities.get(place, "") for officer, place in guests.items()}


def burst_title(row: BurstSeen, names: Mapping[str, str]) -> str:
    """'41 people's files opened within an hour by Sgt. D. Browne: usual is below 40'."""
    burst = row.burst
    name = names.get(burst.officer) or (_("another authority") if row.is_guest else _("an officer"))
    titles = GUEST_TITLES if row.is_guest else TITLES
    return titles[burst.amount](burst.count) % {"n": burst.count, "name": name, "limit": burst.limit}


def what_to_do(row: BurstSeen) -> str:
    """What the second person does about it first."""
    if row.is_guest:
        return _(
            "Telephone that authority and ask what it was for. Until you know why, end its reading on the "
            "pages of those people."
        )
    return _("Ask the officer what it was for. If you do not know why, withdraw the access first.")


def week_words(week: WeekSeen) -> str:
    """'Week of 2 April 2018 to 8 April 2018'."""
    until = week.monday + timedelta(days=6)
    return _("Week of %(first)s to %(last)s") % {
        "first": date_words(week.monday.isoformat()),
        "last": date_words(until.isoformat()),
    }
