"""Words for contacts with a team: who tried, how, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from libertad.look.page_objects import TimelineItem
from libertad.look.times import clock, when
from libertad.look.words import words
from libertad.operations.parts import said_at
from libertad.operations.presenters import ContactSeen, TeamSeen


def last_agreed(team: TeamSeen) -> ContactSeen | None:
    """What was last agreed with a team that has not checked in since; None where nothing was."""
    return next((contact for contact in reversed(team.contacts) if contact.since and contact.reached), None)


def tries(team: TeamSeen) -> list[ContactSeen]:
    """Contacts that reached nobody, since the team last spoke or was reached."""
    unreached: list[ContactSeen] = []
    for contact in team.contacts:
        unreached = [] if not contact.since or contact.reached else [*unreached, contact]
    return unreached


def tried_words(team: TeamSeen) -> str:
    """'Tried: Radio 13:10 (UTC-4), Telephone 13:20 (UTC-4). Not reached.'; '' where nobody tried."""
    listed = [f"{words('contact-ways', contact.how)} {clock(contact.when)}" for contact in tries(team)]
    return _("Tried: %(tries)s. Not reached.") % {"tries": ", ".join(listed)} if listed else ""


def agreed_words(team: TeamSeen, sites: Mapping[str, str]) -> str:
    """'Reached, recalled: wait at the bridge (Telephone, 13:10 (UTC-4))'; '' where nothing was agreed."""
    contact = last_agreed(team)
    if contact is None:
        return ""
    outcome = words("contact-outcomes", contact.outcome)
    if contact.site:
        outcome = f"{outcome} ({sites.get(contact.site, _('a site'))})"
    way = f"{words('contact-ways', contact.how)}, {clock(contact.when)}"
    return f"{outcome}: {contact.agreed} ({way})"


def items(
    team: TeamSeen, officers: Mapping[str, str], authorities: Mapping[str, str], sites: Mapping[str, str]
) -> Iterable[tuple[datetime, TimelineItem]]:
    """Each contact as a line of the team's timeline, with when it happened."""
    for contact in team.contacts:
        sentences = [contact.agreed]
        if contact.next_due is not None:
            sentences.append(_("Reports next: %(at)s") % {"at": when(said_at(contact.next_due, team.zone))})
        if contact.site:
            sentences.append(_("Sent to %(site)s") % {"site": sites.get(contact.site, _("a site"))})
        outcome = words("contact-outcomes", contact.outcome)
        yield (
            contact.when.utc,
            TimelineItem(
                contact.when,
                "decision",
                _("Contact"),
                f"{words('contact-ways', contact.how)}: {outcome}",
                ". ".join(filter(None, sentences)),
                by=", ".join(
                    filter(None, [officers.get(contact.officer, ""), authorities.get(contact.authority, "")])
                ),
            ),
        )
