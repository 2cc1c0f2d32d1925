"""Which care authority gets the identity file of a person whom police record: the confirmed one alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.matrix import matrix
from libertad.access.models import Authority, CareConfirmed, Compartment, Officer, Reader
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OfficerAppoint

MEETING = ("police", "centre")  # kinds of authorities whose officers record people and hand them to care


def own_police(act: Act, verb: str) -> dict[str, Any]:
    """The actor's authority; Refused where it is none whose officers hand people to care.

    The role is asked first: what was said already is answered without saying it again, and not to everybody.
    """
    if not matrix().may_say(act.actor.role, verb, "operation") or not act.active():
        raise Forbidden("your role may not say %(verb)s", verb=verb)
    own = act.member(act.actor.authority)
    if own is None or own["kind"] not in MEETING:
        raise Refused("care", "only police confirm which care authority is theirs")
    return own


def put_on_roster(act: Act) -> None:
    """Say the actor's own appointment in the operation's file, where it stands only in the authority's own.

    An authority's first administrator is appointed before it joins. Where an officer's appointment cannot be
    read, other nodes hold what the officer says.
    """
    row = act.get(Officer, act.actor.officer)
    if row is None or act.kind(row["compartment"]) == "operation":
        return
    words = act.open_row(Officer, row)
    content = OfficerAppoint(
        name=words["name"], rank=words["rank"], service_number=words["service_number"], role=row["role"]
    )
    act.say(
        act.operation_compartment,
        content,
        subject=act.actor.officer,
        supersedes={},
        source="decision",
        provenance=row["provenance"],
    )


def receiving_care(act: Act, own: Mapping[str, Any]) -> list[str]:
    """Ids of the care authorities that get what the actor's authority records; [] where none is confirmed.

    What care itself records stays with it. Where police have never said anything about it, those go on
    receiving that read files which this authority opened for them before: see `relied_on`.
    """
    if own["kind"] == "care":
        return []
    row = act.get(CareConfirmed, f"{act.actor.operation}:{own['id']}")
    if row is None:
        return relied_on(act, own)
    return [] if row["withdrawn"] or known_care(act, row["care"]) is None else [row["care"]]


def known_care(act: Act, care: str) -> dict[str, Any] | None:
    """A care authority of the actor's operation, or None."""
    return act.member(care, "care")


def relied_on(act: Act, own: Mapping[str, Any]) -> list[str]:
    """Care authorities of the country for which the actor's authority opened files before it was ever asked.

    Version 0.1 took them from the roster. They are served until an administrator says yes or no: an upgrade
    must not leave anybody without care. An authority that was never relied on is not among them: `kind` is
    on a reader's row only where the file's own opening names the reader.
    """
    care = act.members(kind="care", country=own["country"])
    return [
        row["id"]
        for row in care
        if act.tx.sql.first(
            f"select 1 from {Reader._meta.db_table} r join {Compartment._meta.db_table} c "  # noqa: S608
            "on c.id = r.compartment where r.authority = ? and r.kind = 'person' and c.owner = ? "
            "and c.operation = ? limit 1",
            (row["id"], own["id"], act.actor.operation),
        )
        is not None
    ]


def waiting_files(act: Act, own: str) -> list[str]:
    """Identity files of the authority in the actor's operation that no care authority reads."""
    served = (
        f"select 1 from {Reader._meta.db_table} r join {Authority._meta.db_table} a on a.id = r.authority "  # noqa: S608
        "where r.compartment = c.id and a.kind = 'care'"
    )
    rows = act.tx.sql.all(
        f"select c.id from {Compartment._meta.db_table} c where c.kind = 'person' and c.owner = ? "  # noqa: S608
        f"and c.operation = ? and not exists ({served}) order by c.id",
        (own, act.actor.operation),
    )
    return [row[0] for row in rows]
