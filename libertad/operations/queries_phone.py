"""What an officer's phone shows of the task: the officer's team, its site and its window."""

from __future__ import annotations

from libertad.access.actor import Actor
from libertad.operations.models import CheckIn, Team
from libertad.operations.presenters import TeamSeen
from libertad.operations.queries_field import here, team, teams


def teams_out(operation: str, country: str) -> list[tuple[str, str]]:
    """(id, call sign) of the teams that a force has out: to choose from, and nothing of where they are."""
    rows = Team.objects.filter(operation=operation, country=country, taken_back=False)
    return list(rows.exclude(state="returned").order_by("reference", "id").values_list("id", "reference"))


def team_of_officer(actor: Actor, country: str, chosen: str = "") -> TeamSeen | None:
    """The team that was `chosen`, while it is out; else the one in which the officer was named last; else
    that for which the officer checked in last; else the one that the officer's force has out, where it has
    no other. Nobody's team is guessed."""
    if chosen and chosen in dict(teams_out(actor.operation, country)):
        return team(actor, chosen)
    named = [
        each
        for each in teams(actor, country=country)
        if each.state != "returned" and actor.officer in {member.officer for member in each.members}
    ]
    if named:
        return max(named, key=lambda each: (each.tasked_at or each.assigned_at, each.id))
    last = here(actor, CheckIn).filter(officer=actor.officer).order_by("-at", "-id").first()
    if last is not None:
        found = team(actor, last.team)
        return None if found is None or found.taken_back else found
    out = here(actor, Team).filter(country=country, taken_back=False).exclude(state="returned")
    keys = list(out.order_by("id").values_list("pk", flat=True)[:2])
    return team(actor, keys[0]) if len(keys) == 1 else None
