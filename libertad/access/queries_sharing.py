"""Reading proposals to share an identity file: those that wait for the actor, its own, and readers by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from libertad.access.about_sharing import spent
from libertad.access.actor import Actor
from libertad.access.appointments import Staff
from libertad.access.entries import said_of
from libertad.access.lookup import kind_of
from libertad.access.models import BrokenGlass, CareConfirmed, Compartment, Reader, Sharing
from libertad.access.queries import authority_names, officer_names, open_row, readable
from libertad.access.queries_appointments import own_identity, staff_of
from libertad.access.sharing import (
    Age,
    age_of,
    may_answer,
    may_propose,
    same_side,
    second_persons,
    sharing_rules,
    waits_elsewhere,
)
from libertad.journal import clock, guards
from libertad.journal.folding import Said
from libertad.journal.guards import GUARDS
from libertad.journal.models import ReadModel
from libertad.journal.node import node
from libertad.vocabulary.verbs.access import CompartmentReaders

# What the actor does about a proposal: approve it, read what danger shared, let read what another authority
# approved, or wait for others.
APPROVE, REVIEW, LET_READ, WAIT = "approve", "review", "let-read", "wait"
SHARERS = frozenset({"national-lead", "officer", "caseworker", "supervisor"})


@dataclass(frozen=True)
class ShareSeen:
    """A proposal that is not answered to its end. `task`: what the actor does about it. `second`: names of
    who answers in the authority that met the person; none where another authority does. `elsewhere`: one that
    reads the file already may approve. `approved`: the one that did. `may_refuse`: the actor ends it."""

    id: str
    person: str
    compartment: str
    entry: str
    reader: str
    officer: str
    authority: str
    is_own: bool
    reason: str
    said: datetime
    danger: bool
    task: str
    second: tuple[str, ...]
    elsewhere: bool
    approved: str
    may_refuse: bool


def shares_waiting(actor: Actor, compartment: str = "") -> list[ShareSeen]:
    """Proposals that wait for the actor, or that the actor made; of one file, where it is named, all of those
    that wait in it. Read danger first, then the oldest."""
    if actor.role not in SHARERS:
        return []
    fresh = Q(danger=False, said__gte=clock.now() - sharing_rules().lapse) | Q(danger=True, approval="")
    rows = readable(actor, Sharing).filter(fresh, refused_by="")
    found = list(rows.filter(compartment=compartment) if compartment else rows)
    about = said_of(actor, Reader._meta.label, [f"{row.compartment}:{row.reader}" for row in found])
    staffs: dict[str, Staff] = {}
    listed = []
    for row in found:
        changed = any(entry.clock > row.said for entry in about[f"{row.compartment}:{row.reader}"])
        if changed and not row.danger:
            continue
        if row.authority not in staffs:
            staffs[row.authority] = staff_of(actor, row.authority)
        view = _share(actor, row, staffs[row.authority])
        if view is not None and (compartment or view.task != WAIT or row.officer == actor.officer):
            listed.append(view)
    return sorted(listed, key=lambda view: (not view.danger, view.said, view.id))


def share_waiting(actor: Actor, key: str) -> ShareSeen | None:
    """One of these, if the actor's authority reads its file."""
    place = readable(actor, Sharing, [key]).values_list("compartment", flat=True).first()
    rows = shares_waiting(actor, place) if place else []
    return next((row for row in rows if row.id == key), None)


def _share(actor: Actor, row: Sharing, staff: Staff) -> ShareSeen | None:
    here = node()
    age = age_of(here, here.sql(), row.authority, row.entry, row.said)
    if not row.danger and (age.lapsed or not may_propose(staff, row.officer)):
        return None
    able = second_persons(staff, row.officer)
    own = row.authority == actor.authority
    task = _task(actor, row, staff, able, age)
    names = officer_names(actor, [row.officer, *able]) if own else {}
    authorities = authority_names([row.reader, row.authority, row.approved_authority])
    words = open_row(actor, row)
    return ShareSeen(
        row.pk,
        str(Compartment.objects.values_list("about", flat=True).get(pk=row.compartment)),
        row.compartment,
        row.entry,
        authorities.get(row.reader, row.reader),
        names.get(row.officer, ""),
        authorities.get(row.authority, row.authority),
        own,
        str(words.get("reason", "")),
        row.said,
        row.danger,
        task,
        tuple(sorted(names.get(name, "") for name in able)),
        waits_elsewhere(able, age) and not row.danger,
        authorities.get(row.approved_authority, "") if row.approved_authority != row.authority else "",
        own and (task in (APPROVE, REVIEW) or (row.officer == actor.officer and not row.danger)),
    )


def _task(actor: Actor, row: Sharing, staff: Staff, able: set[str], age: Age) -> str:
    if row.authority == actor.authority:
        if row.approval and (actor.officer == row.officer or actor.officer in able):
            return LET_READ if waits_elsewhere(able, age) else WAIT
        if actor.officer in able and not row.approval:
            return REVIEW if row.danger else APPROVE
        return WAIT
    kind = kind_of(node().sql(), actor.authority)
    if row.approval or actor.authority == row.reader or not same_side(kind, staff.kind):
        return WAIT
    if row.danger and able:
        return WAIT
    second = may_answer(staff, row.officer, kind, actor.officer, actor.role, own_identity(actor))
    if not second or not waits_elsewhere(able, age):
        return WAIT
    return REVIEW if row.danger else APPROVE


# -- readers that one person let in ----------------------------------------------------------------


def let_in_alone(actor: Actor, compartment: str, words: Sequence[Said]) -> set[str]:
    """Of the words that let authorities into a file the hashes of those by one person: into an identity file,
    later than the rule, with no approval, no danger that a second person knows of, no confirmed care."""
    rules, found = sharing_rules(), []
    kind = Compartment.objects.filter(pk=compartment).values_list("kind", flat=True).first()
    for entry in words if kind == "person" else ():
        if isinstance(entry.content, CompartmentReaders) and entry.clock >= rules.since:
            found.append(entry)
    if not found:
        return set()
    approved = _approved(compartment)
    alone = set()
    for entry in found:
        let_in = approved.get(entry.body.proof, "") in entry.content.reader  # type: ignore[attr-defined]
        if not (let_in or _confirmed(actor, entry)) or _spent_before(entry, found):
            alone.add(entry.id)
    return alone


def _approved(compartment: str) -> dict[str, str]:
    """By the word that lets a reader into a file (its hash) the reader: approvals, what danger shared, and
    break-glass, by rows that this node wrote."""
    by_word = {}
    for row in _believed_rows(Sharing, compartment):
        by_word[str(row["entry" if row["danger"] else "approval"])] = str(row["reader"])
    return by_word | {str(row["id"]): str(row["reader"]) for row in _believed_rows(BrokenGlass, compartment)}


def _believed_rows(model: type[ReadModel], compartment: str) -> list[dict[str, Any]]:
    sql, guard = node().sql(), GUARDS[model._meta.db_table]
    rows = guards.rows(sql, guard, " and compartment = ?", (compartment,))
    return [dict(zip(guard.names, row, strict=True)) for row in rows if sql.believes(guard.table, row)]


def _spent_before(entry: Said, words: Sequence[Said]) -> bool:
    """Whether an earlier one of these words used the same approval."""
    return bool(entry.body.proof) and spent(
        entry.body.proof, [word for word in words if word < entry and word.id != entry.id]
    )


def _confirmed(actor: Actor, entry: Said) -> bool:
    """Whether it lets in the care authority that its own authority had confirmed."""
    key = f"{entry.operation}:{entry.authority}"
    words = said_of(actor, CareConfirmed._meta.label, [key])[key]
    return any((getattr(word.content, "care", ""),) == entry.content.reader for word in words)  # type: ignore[attr-defined]
