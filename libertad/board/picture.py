"""The map, its legend and the table that says the same, from the facts."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from libertad.board import alarms
from libertad.board.compose import CountryFact, FlagFact, SiteFact, compose_map
from libertad.board.facts import Facts, shape, statuses
from libertad.board.links import link
from libertad.board.page_objects import LegendRow, Map, TableRow
from libertad.board.places import countries
from libertad.look.times import late, time_left
from libertad.look.words import countries_by_name, words
from libertad.operations.presenters import SiteSeen, TeamSeen
from libertad.operations.words import workplace


def short_names() -> dict[str, str]:
    """Names that are too long for the small map."""
    return {
        "AG": _("Antigua"),
        "VC": _("Saint Vincent"),
        "TT": _("Trinidad"),
        "TC": _("Turks and Caicos"),
    }


def draw(facts: Facts) -> Map:
    """Sites that the reader may know of, on the land of the whole operation."""
    codes = countries_by_name(facts.operation.countries if facts.operation else [])
    named = [CountryFact(code, name, short_names().get(code, "")) for code, name in codes.items()]
    sites = tuple(_site(facts, site) for site in facts.sites)
    return _placed(get_language() or "", tuple(named), sites, tuple(flags(facts)))


@lru_cache(maxsize=64)
def _placed(
    language: str,
    named: tuple[CountryFact, ...],
    sites: tuple[SiteFact, ...],
    flagged: tuple[FlagFact, ...],
) -> Map:
    """Placing takes most of the time, and many readers have the same facts in the same language."""
    return compose_map(countries(), named, sites, flagged)


def _site(facts: Facts, site: SiteSeen) -> SiteFact:
    texts = [site.reference, workplace(site).lower(), statuses()[shape(site)].lower()]
    texts += [f"{team.reference} {check_in(facts, team)}" for team in _teams(facts, site) if alarm(team)]
    place = (site.lat, site.lon) if site.lat is not None and site.lon is not None else None
    if place is None:
        texts.append(_("no position"))  # it stands at its country's name
    href = link(facts.actor, "site", site.id)
    return SiteFact(site.reference, site.country, place, shape(site), ", ".join(filter(None, texts)), href)


def _teams(facts: Facts, site: SiteSeen) -> list[TeamSeen]:
    return [team for team in facts.teams if team.site == site.id]


def alarm(team: TeamSeen) -> str:
    """danger, overdue, silent or ''."""
    if team.danger:
        return "danger"
    if team.overdue is not None:
        return "overdue"
    return "silent" if team.silent else ""


def check_in(facts: Facts, team: TeamSeen) -> str:
    """What the table says of a team's check-in."""
    if team.danger:
        return f"{_('danger to life')}, {alarms.delay(facts, team)}"
    if team.overdue is not None:
        return late(team.overdue)
    if team.silent:
        return _("silent by plan")
    return time_left(team.left) if team.left is not None else words("team-states", team.state).lower()


def flags(facts: Facts) -> list[FlagFact]:
    """A flag at the site of each team that is in danger, overdue or silent; the most urgent a site."""
    flags_by_site: dict[str, FlagFact] = {}
    for team in facts.teams:
        kind = alarm(team)
        site = facts.site_by_id.get(team.site)
        if not kind or site is None or site.reference in flags_by_site:
            continue
        text = _("danger to life") if kind == "danger" else check_in(facts, team)
        href = link(facts.actor, "team", team.id)
        flags_by_site[site.reference] = FlagFact(team.reference, kind, text, site.reference, href)
    return list(flags_by_site.values())


def legend(facts: Facts) -> tuple[LegendRow, ...]:
    """Sites by status, then teams that need somebody."""
    counted = Counter(shape(site) for site in facts.sites)
    late_ones = sum(team.overdue is not None for team in facts.teams)
    danger = sum(team.danger for team in facts.teams)
    return (
        *(LegendRow(code, label, str(counted[code])) for code, label in statuses().items()),
        LegendRow("overdue", _("Check-in overdue"), str(late_ones), "overdue" if late_ones else "calm"),
        LegendRow("danger", _("Teams in danger"), str(danger), "danger" if danger else ""),
    )


def table(facts: Facts) -> tuple[TableRow, ...]:
    """Each site once, with its teams."""
    rows = []
    for site in facts.sites:
        teams = [team for team in _teams(facts, site) if team.state != "returned" or alarm(team)]
        rows.append(
            TableRow(
                site.reference,
                site.name or workplace(site),
                words("countries", site.country),
                statuses()[shape(site)],
                shape(site),
                ", ".join(team.reference for team in teams),
                "; ".join(check_in(facts, team) for team in teams),
                link(facts.actor, "site", site.id),
                next((alarm_kind for team in teams if (alarm_kind := alarm(team))), ""),
            )
        )
    return tuple(rows)
