"""Reading for screens: which care authority receives whom police record, and whom to telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from libertad.access import queries_members
from libertad.access.actor import Actor
from libertad.access.models import Authority, CareConfirmed, Compartment, DangerContact, Reader
from libertad.access.queries import opened, readable
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
    row = readable(actor, CareConfirmed, [authority]).first()
    if row is None:
        relied = relied_on(authority)
        return (
            Receiving(RELIED, relied[0].pk, ", ".join(one.name for one in relied))
            if relied
            else Receiving(NONE)
        )
    words, when = opened(actor, row), Happened(at=row.at, zone=row.zone)
    care = None if row.withdrawn else Authority.objects.filter(pk=row.care, kind="care").first()
    if care is None:
        return Receiving(NONE, reason=words.get("reason", ""), when=when, officer=row.officer)
    return Receiving(
        CONFIRMED, care.pk, care.name, words.get("telephone", ""), row.how, words.get("note", ""), "", when,
        row.officer, amiss(care),
    )  # fmt: skip


def amiss(care: Authority) -> str:
    """NOT_JOINED: no node of it is known, so that no file reaches it. REMOVED: it was taken out of the
    operation. '' where neither holds."""
    if not queries_members.joined([care.pk]):
        return NOT_JOINED
    return "" if care.pk in _members([care.operation]) else REMOVED


def _members(operations: Iterable[str]) -> set[str]:
    """The authorities that read these operations' own files now."""
    files = Compartment.objects.filter(kind="operation", about__in=list(operations)).values("pk")
    return set(Reader.objects.filter(compartment__in=files).values_list("authority", flat=True))


def relied_on(authority: str) -> list[Authority]:
    """Care authorities that read files which the authority opened for them, before it confirmed any.

    Where it has said something about it, nobody is relied on any more: see `actions/_receiving.py`.
    """
    own = Authority.objects.filter(pk=authority).first()
    if own is None or CareConfirmed.objects.filter(pk=authority).exists():
        return []
    files = Compartment.objects.filter(kind="person", owner=authority).values("pk")
    readers = Reader.objects.filter(kind="person", compartment__in=files).values("authority")
    rows = Authority.objects.filter(kind="care", country=own.country, operation=own.operation, pk__in=readers)
    return list(rows.order_by("name", "id"))


def candidates(actor: Actor) -> list[Authority]:
    """Care authorities of the operation in the actor's own country: those that it may confirm.

    One that has not joined, or was removed, is none: nobody there would read what is sent to it.
    """
    return [one for one in listed(actor) if not amiss(one)]


def listed(actor: Actor) -> list[Authority]:
    """Care authorities of the actor's country on the operation's list, those too that have not joined."""
    own = Authority.objects.filter(pk=actor.authority).first()
    if own is None:
        return []
    rows = Authority.objects.filter(operation=actor.operation, kind="care", country=own.country)
    return list(rows.order_by("name", "id"))


def contact(actor: Actor) -> Contact | None:
    """Whom the officers of the actor's authority telephone; None while nobody has set it."""
    row = readable(actor, DangerContact, [actor.authority]).first()
    words = opened(actor, row) if row else {}
    return Contact(words["name"], words["telephone"], row.at) if row and words else None


def confirmed_amiss(police: str) -> tuple[Authority, str] | None:
    """The care authority that these police confirmed and what is amiss with it; None where nothing is."""
    row = CareConfirmed.objects.filter(pk=police, withdrawn=False).first()
    care = Authority.objects.filter(pk=row.care, kind="care").first() if row else None
    why = amiss(care) if care else ""
    return (care, why) if care and why else None


def to_be_invited(police: Authority) -> bool:
    """Whether no care authority of their country has joined the operation: none can be confirmed."""
    rows = Authority.objects.filter(operation=police.operation, kind="care", country=police.country)
    return all(amiss(one) for one in rows)


def unconfirmed() -> list[Authority]:
    """Police of this operation's roster that have not confirmed a care authority that has joined and is
    still there."""
    confirmed = dict(CareConfirmed.objects.filter(withdrawn=False).values_list("pk", "care"))
    care = Authority.objects.filter(pk__in=set(confirmed.values()), kind="care")
    there = {one.pk for one in care if not amiss(one)}
    sound = [police for police, chosen in confirmed.items() if chosen in there]
    rows = Authority.objects.filter(kind="police").exclude(operation="").exclude(pk__in=sound)
    return list(rows.order_by("name", "id"))
