"""Reading changes that two authorities sign, and keys that were vouched for, for screens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libertad.access import changes, suspending
from libertad.access.actor import Actor
from libertad.access.models import Authority, Begun, Compartment, Member, OperationChange, Reader, Vouched
from libertad.access.queries import can_say, open_row, readable
from libertad.access.queries_members import as_members
from libertad.access.suspending import ALONE, STANDING, Noted
from libertad.journal.fields import from_ms
from libertad.journal.node import node
from libertad.vocabulary.body import Verb

SHOWN = timedelta(days=14)  # for so long keys that were vouched for are shown to all
WAITING, NOTICE, READY, REFUSED, DONE = "waiting", "notice", "ready", "refused", "done"


@dataclass(frozen=True)
class ChangeSeen:
    """A change as it stands now. `state`: waiting (to be signed), notice, ready (to be carried out), refused
    or done; of a suspension as `access.suspending` tells. `over`: when its notice is over, or when it lapses.
    `what`: what it will say; None where this node does not know.
    """

    id: str
    change: str
    about: str
    state: str
    what: Verb | None
    before: Authority | None
    reason: str
    refused: str
    authority: str
    officer: str
    at: datetime
    entry: str
    signed_by: str
    signer: str
    signed_at: datetime | None
    over: datetime | None
    refused_by: str
    mine: bool
    may_sign: bool
    may_refuse: bool
    may_carry_out: bool
    may_lift: bool = False

    @property
    def member(self) -> str:
        """The authority that it is about, '' where it is about the operation."""
        if self.change in (changes.MEMBER, changes.SUSPEND):
            return self.about
        readers = getattr(self.what, "reader", ())
        return readers[0] if readers else ""


def state_of(row: OperationChange) -> str:
    if row.change == changes.SUSPEND:
        return next((note.state for note in noted(row.pk)), suspending.WAITING)
    if row.done or (row.change in changes.ITSELF and row.signed_by and not row.refused_by):
        return DONE
    if row.refused_by:
        return REFUSED
    if row.starts is None:
        return WAITING
    return READY if changes.now() >= row.starts + changes.notice_of(row.change) else NOTICE


def noted(change: str = "") -> list[Noted]:
    """Suspensions as this node noted them."""
    return suspending.noted(node().sql(), change=change)


def reads_operation(actor: Actor, authority: str) -> bool:
    """Whether a member of the actor's operation has been given the keys of the file that invited it."""
    places = Member.objects.filter(pk=f"{actor.operation}:{authority}").values("compartment")
    return Reader.objects.filter(authority=authority, compartment__in=places).exists()


def change(actor: Actor, key: str) -> ChangeSeen | None:
    """One change of the actor's operation."""
    row = readable(actor, OperationChange, [key]).filter(operation=actor.operation).first()
    return None if row is None else _shown_change(actor, row)


def open_changes(actor: Actor) -> list[ChangeSeen]:
    """Changes that are neither carried out nor refused, the oldest first. Suspensions are apart."""
    rows = readable(actor, OperationChange).filter(operation=actor.operation, done="", refused_by="")
    rows = rows.exclude(change=changes.SUSPEND)
    listed = [_shown_change(actor, row) for row in rows.order_by("at", "id")]
    return [change for change in listed if change.state != DONE]


def ended_changes(actor: Actor, limit: int = 10) -> list[ChangeSeen]:
    """The last changes that were carried out or refused, the newest first."""
    rows = readable(actor, OperationChange).filter(operation=actor.operation).order_by("-at", "id")
    rows = rows.exclude(change=changes.SUSPEND)
    return [
        change
        for change in (_shown_change(actor, row) for row in rows[:200])
        if change.state in (DONE, REFUSED)
    ][:limit]


def suspensions(actor: Actor, limit: int = 5) -> list[ChangeSeen]:
    """Suspensions of the actor's operation: all that are not over, the newest first; then some others."""
    rows = readable(actor, OperationChange).filter(operation=actor.operation, change=changes.SUSPEND)
    listed = [_shown_change(actor, row) for row in rows.order_by("-at", "id")]
    return [change for change in listed if _lasts(change)] + [
        change for change in listed if not _lasts(change)
    ][:limit]


def _lasts(change: ChangeSeen) -> bool:
    return change.state not in suspending.OVER


def suspended(actor: Actor) -> set[str]:
    """The members that are suspended now."""
    return {change.member for change in suspensions(actor, 0) if change.state in STANDING}


def _shown_change(actor: Actor, row: OperationChange) -> ChangeSeen:
    words = open_row(actor, row)
    at_once = row.change in changes.ITSELF
    content = None if at_once else changes.decode(row.change, words.get("content", ""))
    state, own = state_of(row), row.authority == actor.authority
    change = ChangeSeen(
        id=row.pk,
        change=row.change,
        about=row.about,
        state=state,
        what=content,
        before=_member(row),
        reason=words.get("reason", ""),
        refused=words.get("refused", ""),
        authority=row.authority,
        officer=row.officer,
        at=row.at,
        entry=row.entry,
        signed_by=row.signed_by,
        signer=row.signer,
        signed_at=row.signed_at,
        over=row.starts + changes.notice_of(row.change) if row.starts else None,
        refused_by=row.refused_by,
        mine=own,
        may_sign=False,
        may_refuse=state in (WAITING, NOTICE) and can_say(actor, "change.refuse"),
        may_carry_out=state == READY and own and can_say(actor, "change.done"),
    )
    about = affected_authority(row)
    by_another = row.officer != actor.officer and (not own or only_one(actor, row.authority, about))
    signs = state == WAITING and can_say(actor, "change.sign") and by_another and actor.authority != about
    extra: dict[str, Any] = {"may_sign": signs}
    if row.change in (changes.SUSPEND, changes.LIFT):  # who proposed it takes it back, nobody else
        waits = not row.signed_by and not row.refused_by
        extra["may_refuse"] = own and waits and can_say(actor, "change.refuse")
    if row.change == changes.SUSPEND:
        signs = state in (ALONE, suspending.WAITING) and can_say(actor, "change.sign")
        extra["may_sign"] = signs and not own and actor.authority != about
        lifting = OperationChange.objects.filter(about=row.pk, change=changes.LIFT, refused_by="")
        lasts = state not in suspending.OVER and actor.authority != about and not lifting.exists()
        extra["may_lift"] = lasts and can_say(actor, "change.propose")
        times = [note.heard for note in noted(row.pk)] if state == ALONE else []
        extra["over"] = from_ms(times[0]) + changes.NOTICE if times else None
    return ChangeSeen(**{**change.__dict__, **extra})


def _member(row: OperationChange) -> Authority | None:
    """The member that a change is about, as it is now."""
    return next(iter(as_members(Member.objects.filter(pk=f"{row.operation}:{row.about}"))), None)


def affected_authority(row: OperationChange) -> str:
    """The authority that a change is about, '' where it is about the operation."""
    if row.change == changes.UNDO:
        return vouched_for(row.about)
    if row.change == changes.LIFT:
        return suspended_by(row.about)
    if row.change in (changes.MEMBER, changes.SUSPEND):
        return row.about
    return ""


def suspended_by(change: str) -> str:
    """The authority that a suspension is about."""
    row = OperationChange.objects.filter(pk=change, change=changes.SUSPEND).first()
    return row.about if row else ""


def only_one(actor: Actor, authority: str, about: str) -> bool:
    """Whether the operation has no further authority that could countersign."""
    rows = Member.objects.filter(operation=actor.operation).exclude(authority__in=[authority, about])
    return not rows.exists()


def vouched_for(entry: str) -> str:
    row = Vouched.objects.filter(pk=entry).first()
    return row.about if row else ""


def begun(actor: Actor) -> bool:
    """Whether the operation has begun: what changes it is countersigned since."""
    files = Compartment.objects.filter(kind="operation", about=actor.operation).values("pk")
    return Begun.objects.filter(pk__in=files).exists()


def opened_by(actor: Actor) -> bool:
    """Whether the actor's authority opened the operation: its file is its own."""
    files = Compartment.objects.filter(kind="operation", about=actor.operation, owner=actor.authority)
    return files.exists()


def vouched(actor: Actor) -> Iterator[Vouched]:
    """Keys that one authority vouched for in another's name in the last days, the newest first.

    What it said when it invited that authority is none of it. One that two authorities took back is gone.
    """
    rows = readable(actor, Vouched).filter(operation=actor.operation, verb="device.enrol")
    first: set[str] = set()
    listed = []
    for row in rows.order_by("at", "id"):
        if row.about in first:
            listed.append(row)
        first.add(row.about)
    return (row for row in reversed(listed) if row.at > changes.now() - SHOWN)


def vouching(actor: Actor, key: str) -> Vouched | None:
    """One entry by which keys were vouched for; None alike for none and for one of another operation."""
    return readable(actor, Vouched, [key]).filter(operation=actor.operation).first()


def vouched_together(row: Vouched) -> list[Vouched]:
    """What was said with it: the device, and the node where the authority lives since."""
    near = timedelta(minutes=5)
    rows = Vouched.objects.filter(
        about=row.about,
        authority=row.authority,
        operation=row.operation,
        at__gte=row.at - near,
        at__lte=row.at + near,
    )
    return list(rows.order_by("at", "id"))
