"""A team's tasking on its page: who is in it, and who has acknowledged it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.look.page_objects import Pair
from libertad.look.times import when
from libertad.operations.parts import Part, said_at
from libertad.operations.presenters import MemberSeen, TeamSeen


def tasking_part(team: TeamSeen) -> list[Part]:
    """[] where nobody is named."""
    pairs = [Pair(member.name or _("An officer"), standing(team, member)) for member in team.members]
    if team.others:
        pairs.append(Pair(_("Without an account"), team.others, _("Brief them yourself.")))
    return [Part(_("Tasking"), pairs=pairs)] if pairs else []


def standing(team: TeamSeen, member: MemberSeen) -> str:
    """Whether this officer has acknowledged the tasking, and since when not."""
    if not member.has_access:
        return no_access()
    if member.acknowledged is not None:
        return _("Acknowledged %(at)s") % {"at": when(said_at(member.acknowledged, team.zone))}
    return _("Not acknowledged since %(at)s") % {"at": since(team)}


def no_access() -> str:
    return _("Has no access any more: name somebody else")


def since(team: TeamSeen) -> str:
    return when(said_at(team.tasked_at or team.assigned_at, team.zone))
