"""Reading authorities and their officers for screens: the actor's own, and the members of the operation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy

from libertad.access.actor import Actor
from libertad.access.models import Authority, Compartment, Device, Member, Officer, Reader
from libertad.access.queries import operations_of, readable
from libertad.journal.node import node


def own_authority(actor: Actor) -> Authority | None:
    """The actor's authority; None before any file has told what it is."""
    return Authority.objects.filter(pk=actor.authority).first()


def home_country(actor: Actor) -> str:
    """The country or territory of the actor's authority, whatever its kind; '' where it is not known."""
    row = own_authority(actor)
    return row.country if row is not None else ""


def own_officers(actor: Actor) -> list[Officer]:
    """All officers of the actor's authority, those whose access has ended too."""
    return list(readable(actor, Officer).filter(authority=actor.authority))


def own_officer(actor: Actor, key: str) -> Officer | None:
    """An officer of the actor's authority who has access; None alike for one who has not and for others'."""
    return readable(actor, Officer, [key]).filter(authority=actor.authority, withdrawn=False).first()


def serving(actor: Actor, *, but: Collection[str] = ()) -> int:
    """How many officers of the actor's authority have access, without those in these roles."""
    officers = readable(actor, Officer).filter(authority=actor.authority, withdrawn=False)
    return officers.exclude(role__in=list(but)).count()


def joined_authorities(authorities: Iterable[str]) -> set[str]:
    """Those of these authorities that have joined: a device of their node is known or, where their ring is on
    this node, an officer of theirs is appointed (before that nobody can sign in for them)."""
    authority_ids = set(authorities)
    here = authority_ids.intersection(node().rings.authorities())
    devices = Device.objects.filter(authority__in=authority_ids - here, revoked=False, kind="")
    officers = Officer.objects.filter(authority__in=here, withdrawn=False)
    return {key for rows in (devices, officers) for key in rows.values_list("authority", flat=True)}


def reading(files: Collection[str]) -> set[str]:
    """The authorities that read any of these files now."""
    return set(Reader.objects.filter(compartment__in=files).values_list("authority", flat=True))


def members_of(actor: Actor, *kinds: str) -> list[Authority]:
    """Authorities of the actor's operation of these kinds, by name."""
    return as_members(Member.objects.filter(operation=actor.operation, kind__in=kinds))


def as_members(rows: Iterable[Member]) -> list[Authority]:
    """The authorities of these rows, by name, each as its operation invited it: in which file, as part of
    what, for which country, with how many officers."""
    rows = list(rows)
    known = Authority.objects.in_bulk([row.authority for row in rows])
    members = []
    for row in rows:
        if row.authority in known:
            authority = copy(known[row.authority])
            for name in ("kind", "country", "part", "officers", "operation", "compartment"):
                setattr(authority, name, getattr(row, name))
            members.append(authority)
    return sorted(members, key=lambda member: (member.name, member.pk))


def roles_of_officers(officers: Iterable[str]) -> Mapping[str, str]:
    """The role of each of these officers who is on file."""
    return dict(Officer.objects.filter(pk__in=list(officers)).values_list("pk", "role"))


def known_elsewhere(actor: Actor) -> list[Authority]:
    """Members of other operations that the actor's authority opened and not of this one, by name."""
    own = Compartment.objects.filter(kind="operation", owner=actor.authority).values_list("about", flat=True)
    other_operations = [
        operation
        for operation in operations_of(actor)
        if operation != actor.operation and operation in set(own)
    ]
    here = Member.objects.filter(operation=actor.operation).values("authority")
    rows = (
        Member.objects.filter(operation__in=other_operations)
        .exclude(authority__in=here)
        .order_by("-operation")
    )
    return as_members({row.authority: row for row in rows}.values())
