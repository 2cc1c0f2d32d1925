"""Words and shapes of this room's states."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.look.times import late, time_left
from libertad.look.words import words
from libertad.operations.contact_words import last_agreed
from libertad.operations.presenters import LeadSeen, SiteSeen, TeamSeen

STANDINGS = {"fresh": "done", "stale": "found-empty", "not-known": "not-decided"}
SITE_SHAPES = {
    "not-visited": "not-visited",
    "team-on-site": "on-site",
    "people-met": "met",
    "found-empty": "found-empty",
    "aborted": "nobody-met",
}


def site_statuses() -> dict[str, str]:
    """Status of a site -> its words."""
    return {
        "not-visited": _("Not yet visited"),
        "team-on-site": _("Team on site now"),
        "people-met": _("Potential victims met"),
        "found-empty": _("Found empty"),
        "aborted": _("Visit broken off"),
    }


def workplace(site: SiteSeen) -> str:
    """What kind of place it is: as it was written where no code says it."""
    return site.workplace_words or words("workplaces", site.workplace)


def site_status(site: SiteSeen) -> tuple[str, str]:
    """(words, shape) of a site's status."""
    return site_statuses().get(site.status, site.status), SITE_SHAPES.get(site.status, "not-visited")


def team_state(team: TeamSeen) -> tuple[str, str]:
    """(words, shape): danger first, then overdue, then where the team stands."""
    if team.danger:
        return _("Danger to life"), "danger"
    if team.overdue is not None:
        return _("Check-in overdue"), "overdue"
    agreed = last_agreed(team)
    if agreed is not None and agreed.outcome in ("recalled", "sent-elsewhere"):
        return words("contact-outcomes", agreed.outcome), "not-visited"
    if team.silent:
        return _("Silent by plan"), "silent"
    if team.state == "on-site":
        return words("team-states", team.state), "on-site"
    if team.state == "returned":
        return words("team-states", team.state), "done"
    return words("team-states", team.state) or _("Not checked in yet"), "not-visited"


def team_due(team: TeamSeen) -> str:
    """'3 h 22 min overdue', 'in 1 h 38 min', or that nothing is due."""
    if team.overdue is not None:
        return late(team.overdue)
    if team.left is not None:
        return time_left(team.left)
    return _("Nothing is due")


def space_each(site: SiteSeen) -> str:
    """'1.5 m² a person', '' when it was not measured."""
    each = site.space_each
    return "" if each is None else _("%(space)s m² a person") % {"space": f"{each:.1f}"}


def graded(lead: LeadSeen) -> str:
    """'Reliable; known directly to the source': both grades in words, source first."""
    known = words("information-grades", lead.information_grade)
    return f"{words('source-grades', lead.source_grade)}; {known[:1].lower()}{known[1:]}"


def heads_counted(number: int) -> str:
    """What visits counted at a site: nobody becomes a potential victim by it."""
    return ngettext("%(number)d person found", "%(number)d people found", number) % {"number": number}


def on_file(number: int) -> str:
    """How many of those who were met at a site have a file."""
    if not number:
        return _("Nobody on file yet")
    return ngettext("%(number)d person on file", "%(number)d people on file", number) % {"number": number}


def officers(number: int) -> str:
    return ngettext("%(number)d officer", "%(number)d officers", number) % {"number": number}


def needing(number: int) -> str:
    """How many teams of a site need somebody."""
    if not number:
        return _("Nothing is overdue")
    return ngettext("%(number)d needs you", "%(number)d need you", number) % {"number": number}
