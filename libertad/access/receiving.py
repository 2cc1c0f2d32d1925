"""Reading for screens: which care authority receives whom police record, and whom to telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from libertad.access import queries_members
from libertad.access.actor import Actor
from libertad.access.models import Authority, CareConfirmed, Compartment, DangerContact, Member, Reader
from libertad.access.queries import open_row, readable
from libertad.access.queries_members import as_members
from libertad.vocabulary.values import Happened

CONFIRMED, RELIED, NONE = "confirmed", "relied-on", "none"
NOT_JOINED, REMOVED = "not-joined", "removed"


@dataclass(frozen=True)
class Receiving:
    """Who receives what the authority records. `state`: confirmed, relied-on (not asked yet) or none.

    `care` is an authority's id ('' where none receives); of several that were relied on, the first.
    """

    state: str
    care: str = ""
    name: str = ""
    telephone: str = ""
    how: str = ""
    note: str = ""
    reason: str = ""
    when: Happened | None = None
    officer: str = ""
    amiss: str = ""  # of a confirmed one, why nothing reaches it or it should not: NOT_JOINED, REMOVED, or ''


@dataclass(frozen=True)
class Contact:
    """Whom officers telephone in danger, as their administrator set it."""

    name: str
    telephone: str
    at: datetime


def hands_to_care(authority: str) -> Authority | None:
    """The authority, if its officers hand people to care; None of care, prosecution and all else."""
    return Authority.objects.filter(pk=authority, kind__in=("police", "centre")).first()


def receiving(actor: Actor, authority: str = "") -> Receiving:
    """Who receives whom the actor's authority (or another that the actor may know of) records."""
    authority = authority or actor.authority
    row = readable(actor, CareConfirmed, [f"{actor.operation}:{authority}"]).first()
    if row is None:
        relied = relied_on(authority, actor.operation)
        return (
            Receiving(RELIED, relied[0].pk, ", ".join(care_authority.name for care_authority in relied))
            if relied
            else Receiving(NONE)
        )
    words, when = open_row(actor, row), Happened(at=row.at, zone=row.zone)
    care = None if row.withdrawn else _care(row.care, row.operation)
    if care is None:
        return Receiving(NONE, reason=words.get("reason", ""), when=when, officer=row.officer)
    return Receiving(
        CONFIRMED,
        care.pk,
        care.name,
        words.get("telephone", ""),
        row.how,
        words.get("note", ""),
        "",
        when,
        row.officer,
        amiss(care),
    )


def amiss(care: Authority) -> str:
    """NOT_JOINED: no node of it is known, so that no file reaches it. REMOVED: it was taken out of the
    operation. '' where neither holds."""
    return _amiss([care])[0]


def _amiss(cares: list[Authority]) -> list[str]:
    """`amiss` of each, asked of all at once."""
    joined = queries_members.joined_authorities(care.pk for care in cares)
    members = _members({care.operation for care in cares})
    return [
        NOT_JOINED if care.pk not in joined else "" if (care.operation, care.pk) in members else REMOVED
        for care in cares
    ]


def _members(operations: Iterable[str]) -> set[tuple[str, str]]:
    """(operation, authority): who reads these operations' own files now."""
    files = Compartment.objects.filter(kind="operation", about__in=list(operations))
    about = dict(files.values_list("pk", "about"))
    rows = Reader.objects.filter(compartment__in=list(about)).values_list("compartment", "authority")
    return {(about[place], authority) for place, authority in rows}


def relied_on(authority: str, operation: str) -> list[Authority]:
    """Care authorities that read files which the authority opened for them, before it confirmed any.

    Where it has said something about it, nobody is relied on any more: see `actions/_receiving.py`.
    """
    name = f"{operation}:{authority}"
    own = Member.objects.filter(pk=name).first()
    if own is None or CareConfirmed.objects.filter(pk=name).exists():
        return []
    files = Compartment.objects.filter(kind="person", owner=authority, operation=operation).values("pk")
    readers = Reader.objects.filter(kind="person", compartment__in=files).values("authority")
    return as_members(
        Member.objects.filter(kind="care", country=own.country, operation=operation, authority__in=readers)
    )


def candidates(actor: Actor) -> list[Authority]:
    """Care authorities of the operation in the actor's own country: those that it may confirm.

    One that has not joined, or was removed, is none: nobody there would read what is sent to it.
    """
    members = listed(actor)
    return [member for member, why in zip(members, _amiss(members), strict=True) if not why]


def listed(actor: Actor) -> list[Authority]:
    """Care authorities of the actor's country on the operation's list, those too that have not joined."""
    own = Member.objects.filter(pk=f"{actor.operation}:{actor.authority}").first()
    if own is None:
        return []
    return as_members(Member.objects.filter(operation=actor.operation, kind="care", country=own.country))


def contact(actor: Actor) -> Contact | None:
    """Whom the officers of the actor's authority telephone; None while nobody has set it."""
    row = readable(actor, DangerContact, [actor.authority]).first()
    words = open_row(actor, row) if row else {}
    return Contact(words["name"], words["telephone"], row.at) if row and words else None


def confirmed_amiss(police: Authority) -> tuple[Authority, str] | None:
    """The care authority that these police confirmed in their operation (as `unconfirmed` lists them) and
    what is amiss with it; None where nothing is."""
    row = CareConfirmed.objects.filter(pk=f"{police.operation}:{police.pk}", withdrawn=False).first()
    care = _care(row.care, police.operation) if row else None
    why = amiss(care) if care else ""
    return (care, why) if care and why else None


def to_be_invited(police: Authority) -> bool:
    """Whether no care authority of their country has joined the operation: none can be confirmed."""
    rows = Member.objects.filter(operation=police.operation, kind="care", country=police.country)
    return all(amiss(member) for member in as_members(rows))


def unconfirmed(operation: str = "") -> list[Authority]:
    """Police of the operation's roster (without one: of all) that have not confirmed a care authority that
    has joined and is still there, each with the operation in which it has not."""
    confirmed = CareConfirmed.objects.filter(withdrawn=False)
    rows = Member.objects.filter(kind="police")
    if operation:
        confirmed, rows = confirmed.filter(operation=operation), rows.filter(operation=operation)
    chosen = {row.pk: f"{row.operation}:{row.care}" for row in confirmed}
    cares = as_members(Member.objects.filter(pk__in=set(chosen.values()), kind="care"))
    present = {
        f"{care.operation}:{care.pk}" for care, why in zip(cares, _amiss(cares), strict=True) if not why
    }
    return as_members(rows.exclude(pk__in=[police for police, care in chosen.items() if care in present]))


def _care(authority: str, operation: str) -> Authority | None:
    """A care authority as this operation invited it; None where it did not."""
    rows = as_members(Member.objects.filter(pk=f"{operation}:{authority}", kind="care"))
    return rows[0] if rows else None
