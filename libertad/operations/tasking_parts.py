"""A team's tasking on its page: who is in it, and who has acknowledged it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.look.page_objects import Pair
from libertad.look.times import when
from libertad.operations import queries
from libertad.operations.parts import Part, said_at
from libertad.operations.presenters import MemberSeen, TeamSeen
from libertad.operations.words import officers


def tasking_part(team: TeamSeen) -> list[Part]:
    """[] where nobody is named."""
    pairs = [Pair(_("To do"), team.task)] if team.task else []
    pairs += [Pair(member.name or _("An officer"), standing(team, member)) for member in team.members]
    if team.others:
        pairs.append(Pair(_("Without an account"), ", ".join(team.others), _("Brief them yourself.")))
    return [Part(_("Tasking"), pairs=pairs)] if pairs else []


def together(team: TeamSeen, reader: str) -> str:
    """Who else is in the team: with an account by role, without one by name, not named by number."""
    others = [member for member in team.members if member.officer != reader]
    names = [f"{member.name or _('an officer')} ({member.role.lower()})" for member in others]
    names += team.others
    if team.unnamed:
        names.append(_("%(officers)s not named") % {"officers": officers(team.unnamed)})
    return ", ".join(names) or _("Nobody else")


def planned(actor: Actor, team: TeamSeen) -> tuple[str, str] | None:
    """Name of the team's window, and from when to when; None where it is in none."""
    window = queries.window(actor, team.window) if team.window else None
    if window is None:
        return None
    opens, closes = (when(said_at(at, team.zone)) for at in (window.opens, window.closes))
    return window.name, f"{opens} – {closes}"


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
