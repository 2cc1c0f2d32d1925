"""Sharing an identity file as two officers do it, in one step: for tests of what comes after."""

from __future__ import annotations

from dataclasses import replace

from libertad.access.acting import Act
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Reader, Sharing
from libertad.access.sharing import sharing_rules
from libertad.people.actions.answer_share import approve_share
from libertad.people.actions.share_person import share_person as propose
from libertad.vocabulary.values import Refused
from tests.support.world import World

ROLES = frozenset(role for roles in sharing_rules().approve.values() for role in roles)


def share_person(act: Act, *, person: str, authority: str, reason: str) -> None:
    """Proposed by the actor and approved by a second officer of the authority; or the other way round."""
    place = act.compartment("person", person)
    if act.get(Reader, f"{place}:{authority}") is not None:
        return
    second = colleague(act, ROLES)
    first = act
    if second is None and act.actor.role in ROLES:
        other = colleague(act, matrix().entries["share.propose"].say)
        if other is None:
            raise Refused("entry", "there is no second officer")
        first, second = Act(act.tx, other), act.actor
    share, entry = propose(first, person=person, authority=authority, reason=reason)
    row = act.get(Sharing, share)
    assert row is not None
    if not row["danger"]:
        if second is None:
            raise Refused("entry", "nobody of the authority can approve it")
        approve_share(Act(act.tx, second), share=share, entry=entry, words="Generated")


def colleague(act: Act, roles: frozenset[str]) -> Actor | None:
    """Another officer of the authority in one of these roles, with access and confirmed."""
    staff = staff_of(act, act.actor.authority)
    for officer in sorted(staff.officers.keys() - staff.unconfirmed.keys() - {act.actor.officer}):
        person = staff.officers[officer]
        if person.role in roles and not person.withdrawn:
            return replace(act.actor, officer=officer, role=person.role)
    return None


def approve_waiting(world: World, second: str = "national-lead") -> None:
    """A second person approves what was proposed by form."""
    for row in Sharing.objects.filter(approval="", refused_by="", danger=False):
        world.perform(second, approve_share, share=row.pk, entry=row.entry, words="Generated")
