"""What stands above a team's page: an open danger to life, else what was done about the last."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, can_say, officer_names
from libertad.look.danger import DangerLine, DangerPanel
from libertad.look.page_objects import Action
from libertad.operations.parts import said_at
from libertad.operations.presenters import TeamSeen


def danger_lines(actor: Actor, team: TeamSeen) -> list[DangerLine]:
    """Each danger of the team that is open, the newest first."""
    names = officer_names(actor, [danger.officer for danger in team.dangers])
    authorities = authority_names([danger.authority for danger in team.dangers])
    return [
        DangerLine(
            danger.words,
            ", ".join(filter(None, [names.get(danger.officer, ""), authorities.get(danger.authority, "")])),
            danger.when,
            danger.entry,
        )
        for danger in reversed(team.dangers)
    ]


def danger_panel(actor: Actor, team: TeamSeen) -> DangerPanel | None:
    """None where nobody of the team was ever said to be in danger."""
    if team.danger and team.danger_at is not None:
        here = reverse("team-danger-close", args=[team.id])
        may = can_say(actor, "team.danger_close")
        return DangerPanel(
            _("Danger to life"),
            said_at(team.danger_at, team.zone),
            team.site_reference,
            action=Action(_("Say what was done"), here) if may else None,
            note=_("Stays first until the national lead or a coordinator says what was done."),
            dangers=danger_lines(actor, team),
        )
    for last in list(team.danger_closed)[-1:]:
        name = officer_names(actor, [last.officer]).get(last.officer, "")
        authority = authority_names([last.authority]).get(last.authority, "")
        return DangerPanel(
            _("Danger, closed"),
            last.when,
            "",
            closed=last.done,
            closed_by=", ".join(filter(None, [name, authority])),
            closed_when=last.when,
        )
    return None
