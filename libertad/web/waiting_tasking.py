"""On Today: a team's tasking until each officer named in it has acknowledged it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import can_say
from libertad.look.times import when
from libertad.operations.parts import said_at
from libertad.operations.presenters import TeamSeen
from libertad.operations.tasking_parts import planned, since
from libertad.web.todo_item import Waiting


def tasking_waits(actor: Actor, team: TeamSeen) -> Iterator[Waiting]:
    """For who is named: read it. For lead and coordinator: since when it is not acknowledged, and by whom."""
    if actor.officer in {member.officer for member in team.unread}:
        plan = planned(actor, team)
        yield Waiting(
            (
                _("Your tasking has changed: team %(team)s")
                if team.tasking_changed
                else _("Your tasking: team %(team)s")
            )
            % {"team": team.reference},
            " ".join(
                [
                    *([_("%(window)s: %(times)s.") % {"window": plan[0], "times": plan[1]}] if plan else []),
                    _("First check-in no later than %(at)s.")
                    % {"at": when(said_at(team.first_check_in, team.zone))},
                ]
            ),
            reverse("team-acknowledge", args=[team.id]),
            _("Read the tasking"),
            team.due,
            team.site_reference,
            asked=True,
        )
    if team.unread and can_say(actor, "team.contact"):
        asked = [member.name or _("an officer") for member in team.unread if member.has_access]
        gone = [member.name or _("an officer") for member in team.unread if not member.has_access]
        why = [
            _("By %(names)s.") % {"names": ", ".join(asked)} if asked else "",
            _("%(names)s: no access any more; name somebody else.") % {"names": ", ".join(gone)}
            if gone
            else "",
        ]
        yield Waiting(
            _("Tasking of team %(team)s not acknowledged since %(at)s")
            % {"team": team.reference, "at": since(team)},
            " ".join(filter(None, why)),
            reverse("team", args=[team.id]),
            _("Open the team"),
            team.due,
            team.site_reference,
        )
