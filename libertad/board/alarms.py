"""Teams that need somebody: in danger, overdue; and what can be said of the others."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.board.facts import Facts
from libertad.board.links import link
from libertad.board.page_objects import OverdueTeam
from libertad.look.times import clock, late, span, when
from libertad.look.words import words
from libertad.operations import queries as operations
from libertad.operations.presenters import TeamSeen
from libertad.operations.words import workplace
from libertad.people import queries as people


def delay(facts: Facts, team: TeamSeen) -> str:
    """For how long a team is in danger, else '3 h 22 min overdue'."""
    if team.danger and team.danger_at is not None:
        return _("said %(span)s ago") % {"span": span(facts.now - team.danger_at)}
    if team.overdue is not None:
        return late(team.overdue)
    if team.last_check_in is None:
        return _("not checked in yet")
    return _("spoke %(span)s ago") % {"span": span(facts.now - team.last_check_in)}


def overdue(facts: Facts) -> tuple[OverdueTeam, ...]:
    """Danger before all, then the longest overdue."""
    return tuple(
        OverdueTeam(
            team.reference,
            delay(facts, team),
            where(facts, team),
            _("due %(time)s") % {"time": clock(team.due.astimezone(ZoneInfo(team.zone)))} if team.due else "",
            link(facts.actor, "team", team.id),
            team.danger,
            operations.tried_words(team),
            [danger.entry for danger in team.dangers],
        )
        for team in facts.alarmed
    )


def where(facts: Facts, team: TeamSeen) -> str:
    """'Gold mine GY-07', or 'On the way to GY-07'."""
    site = facts.site_by_id.get(team.site)
    if site is None:
        return words("countries", team.country)
    if team.state == "on-the-way":
        return _("On the way to %(site)s") % {"site": site.reference}
    return f"{workplace(site)} {site.reference}".strip()


def title(facts: Facts) -> str:
    """'1 team in danger, 3 overdue'."""
    danger = sum(team.danger for team in facts.alarmed)
    late_ones = sum(team.overdue is not None for team in facts.alarmed)
    if not danger and not late_ones:
        return ""
    if not danger:
        return ngettext("%(n)d team overdue", "%(n)d teams overdue", late_ones) % {"n": late_ones}
    head = ngettext("%(n)d team in danger", "%(n)d teams in danger", danger) % {"n": danger}
    return f"{head}, {_('%(n)d overdue') % {'n': late_ones}}" if late_ones else head


def people_in_danger(facts: Facts) -> str:
    """'2 people in danger', a number without names; '' for none and for who may not know it."""
    count = people.dangers_counted(facts.actor)
    return ngettext("%(n)d person in danger", "%(n)d people in danger", count) % {"n": count} if count else ""


def in_touch(facts: Facts) -> str:
    """One sentence on the teams that need nobody; a silence says until when and why."""
    calm = [t for t in facts.teams if not t.danger and t.overdue is None and t.state != "returned"]
    silent = [team for team in calm if team.silent]
    talking = len(calm) - len(silent)
    sentences = [ngettext("%(n)d team in touch.", "%(n)d teams in touch.", talking) % {"n": talking}]
    for team in silent:
        until = when((team.silent_until or facts.now).astimezone(ZoneInfo(team.zone)))
        why = team.silent_why.strip().rstrip(".")
        line = (
            _("%(team)s is silent by plan, %(why)s, until %(until)s.")
            if why
            else _("%(team)s is silent by plan until %(until)s.")
        )
        sentences.append(line % {"team": team.reference, "why": why, "until": until})
    sites = {key: site.reference for key, site in facts.site_by_id.items()}
    for team in calm:
        if operations.last_agreed(team) is not None and team.due is not None:
            line = _("%(team)s: %(agreed)s. Reports at %(at)s.")
            at = when(team.due.astimezone(ZoneInfo(team.zone)))
            sentences.append(
                line % {"team": team.reference, "agreed": operations.agreed_words(team, sites), "at": at}
            )
    return " ".join(sentences) if facts.teams else ""
