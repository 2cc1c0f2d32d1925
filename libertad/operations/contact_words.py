"""Words for contacts with a team: who tried, how, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from libertad.look.looks import TimelineItem
from libertad.look.times import clock, when
from libertad.look.words import words
from libertad.operations.parts import said_at
from libertad.operations.seen import ContactSeen, TeamSeen


def last_agreed(team: TeamSeen) -> ContactSeen | None:
    """What was last agreed with a team that has not checked in since; None where nothing was."""
    return next((one for one in reversed(team.contacts) if one.since and one.reached), None)


def tries(team: TeamSeen) -> list[ContactSeen]:
    """Contacts that reached nobody, since the team last spoke or was reached."""
    found: list[ContactSeen] = []
    for one in team.contacts:
        found = [] if not one.since or one.reached else [*found, one]
    return found


def tried_words(team: TeamSeen) -> str:
    """'Tried: Radio 13:10 (UTC-4), Telephone 13:20 (UTC-4). Not reached.'; '' where nobody tried."""
    listed = [f"{words('contact-ways', one.how)} {clock(one.when)}" for one in tries(team)]
    return _("Tried: %(tries)s. Not reached.") % {"tries": ", ".join(listed)} if listed else ""


def agreed_words(team: TeamSeen, sites: Mapping[str, str]) -> str:
    """'Reached, recalled: wait at the bridge (Telephone, 13:10 (UTC-4))'; '' where nothing was agreed."""
    one = last_agreed(team)
    if one is None:
        return ""
    outcome = words("contact-outcomes", one.outcome)
    if one.site:
        outcome = f"{outcome} ({sites.get(one.site, _('a site'))})"
    how = f"{words('contact-ways', one.how)}, {clock(one.when)}"
    return f"{outcome}: {one.agreed} ({how})"


def items(team: TeamSeen, officers: Mapping[str, str], authorities: Mapping[str, str],
          sites: Mapping[str, str]) -> Iterable[tuple[datetime, TimelineItem]]:  # fmt: skip
    """Each contact as a line of the team's timeline, with when it happened."""
    for one in team.contacts:
        told = [one.agreed]
        if one.next_due is not None:
            told.append(_("Reports next: %(at)s") % {"at": when(said_at(one.next_due, team.zone))})
        if one.site:
            told.append(_("Sent to %(site)s") % {"site": sites.get(one.site, _("a site"))})
        outcome = words("contact-outcomes", one.outcome)
        yield one.when.utc, TimelineItem(
            one.when, "decision", _("Contact"), f"{words('contact-ways', one.how)}: {outcome}",
            ". ".join(filter(None, told)),
            by=", ".join(filter(None, [officers.get(one.officer, ""), authorities.get(one.authority, "")])),
        )  # fmt: skip
