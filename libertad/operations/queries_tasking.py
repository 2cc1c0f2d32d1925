"""Who is named in a team, and who may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Member, Officer
from libertad.access.queries import authority_names, officer_names
from libertad.access.queries_suspensions import without_access
from libertad.journal.fields import from_ms
from libertad.look.words import words
from libertad.operations.presenters import MemberSeen


def members_seen(actor: Actor, taskings: Sequence[Mapping[str, Any]]) -> list[list[MemberSeen]]:
    """Of each tasking the officers that it names. Who was withdrawn or suspended has not acknowledged it."""
    ids = sorted({officer for tasking in taskings for officer in tasking.get("members", ())})
    if not ids:
        return [[] for _tasking in taskings]
    names = officer_names(actor, ids)
    rows = Officer.objects.filter(pk__in=ids).values_list("pk", "role", "withdrawn")
    roles = {key: role for key, role, _withdrawn in rows}
    serving = {key for key, _role, withdrawn in rows if not withdrawn} - without_access()
    return [
        [
            MemberSeen(
                officer,
                names.get(officer, ""),
                words("roles", roles[officer]) if officer in roles else "",
                officer in serving,
                from_ms(tasking["acknowledged"][officer])
                if officer in serving and officer in tasking["acknowledged"]
                else None,
            )
            for officer in tasking.get("members", ())
        ]
        for tasking in taskings
    ]


def officers_to_name(actor: Actor, country: str) -> list[tuple[str, str]]:
    """(id, name) of the officers of a country's police who may acknowledge a tasking and have access."""
    forces = Member.objects.filter(operation=actor.operation, kind="police", country=country)
    rows = Officer.objects.filter(authority__in=list(forces.values_list("authority", flat=True)))
    law, shut = matrix(), without_access()
    serving = [
        row
        for row in rows.filter(withdrawn=False)
        if row.pk not in shut and law.may_say(row.role, "team.acknowledge", "police")
    ]
    names = officer_names(actor, [row.pk for row in serving])
    forces_named = authority_names([row.authority for row in serving])
    several = len(forces_named) > 1
    listed = [
        (
            row.pk,
            f"{names.get(row.pk, '')}, {forces_named[row.authority]}" if several else names.get(row.pk, ""),
        )
        for row in serving
    ]
    return sorted(listed, key=lambda pair: pair[1])
