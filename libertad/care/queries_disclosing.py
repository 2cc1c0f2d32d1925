"""What care disclosed of a person and how each stands; who could be told something, and on what ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from libertad.access.actor import Actor
from libertad.access.entries import said_of
from libertad.access.glass import NOT_RIGHT
from libertad.access.legal_holds import tally_id
from libertad.access.models import HoldTally, Opening
from libertad.access.queries import authority_names, clock_now, officer_names, open_row, readable
from libertad.access.queries_glass import BrokenSeen, broken_by_entry
from libertad.access.queries_members import members_of
from libertad.care import models, reads
from libertad.care.consent_rules import same_recipient
from libertad.care.disclosable import Choice, choices
from libertad.care.disclosing import agreements, is_over, limits
from libertad.care.presenters import PartSeen
from libertad.exchange import queries as exchange
from libertad.exchange.queries import Promise
from libertad.look.copies import opened_copies
from libertad.vocabulary.kinds import that_read
from libertad.vocabulary.values import Copied, Happened

HELD = "refused: legal hold"


@dataclass(frozen=True)
class DisclosureSeen:
    """A disclosure as care keeps it.

    `state`: 'waiting' (for its second reader), 'not-agreed', 'sent', 'over' (sent, and its last day has gone
    by), 'dropped' (withdrawn before it was sent), 'kept' (withdrawn, under a legal hold here), 'asked' (its
    recipient has not signed), 'late' (nor within the days for it), 'signed', 'held' (its recipient keeps it
    under a legal hold), 'refused', or 'erased' (its recipient has no key of it).
    `opened`: when its recipient first opened it, as far as that is known here; `was_opened`: whether it had
    before it was withdrawn. `by_one`: one officer sent it before a second one had read it; `glass`: what that
    officer said, and what a second person made of it. `service`: for which it asks, '' where it asks for no
    answer; `due`: by when that is needed.
    """

    id: str
    person: str
    reference: str
    recipient: str
    purpose: str
    ground: str
    consent: str
    order: str
    informed: str
    until: str
    when: Happened
    officer: str
    by: str
    proposal: str
    read_by: str
    read_when: Happened | None
    read_reasons: str
    ended: Happened | None
    cause: str
    end_reasons: str
    state: str
    opened: Happened | None
    was_opened: bool
    by_one: bool
    glass: BrokenSeen | None
    promise: Promise | None
    hold: str
    hold_since: Happened | None
    may_erase: bool
    provenance: str
    items: list[Copied]
    file: str
    service: str
    due: Happened | None

    @property
    def was_wrong(self) -> bool:
        """A second person says that it should not have been sent by one, and it is not withdrawn."""
        return self.is_live and self.glass is not None and self.glass.verdict == NOT_RIGHT

    @property
    def is_live(self) -> bool:
        """Whether it can be withdrawn still."""
        return self.state in ("waiting", "sent", "over")


def disclosures(actor: Actor, person: str = "", ids: Iterable[str] | None = None) -> list[DisclosureSeen]:
    """Of one person, of these ids, or all that the actor's authority reads; the newest first."""
    manager = readable(actor, models.Disclosure, ids)
    rows = list(manager.filter(person=person) if person else manager)
    if not rows:
        return []
    names = authority_names([row.recipient for row in rows])
    officers = officer_names(
        actor, [row.officer for row in rows] + [row.reader for row in rows if row.reader]
    )
    files = [row.file for row in rows if row.file]
    promises, openings = exchange.promises_of(actor, files), _openings(actor, rows)
    glasses = broken_by_entry(actor, (row.alone for row in rows if row.alone))
    tallies = HoldTally.objects.filter(pk__in=[tally_id(row.person) for row in rows], active=True)
    holds = {row.pk: (row.authority, row.since) for row in tallies}
    holders = authority_names([authority for authority, _since in holds.values()])
    today = clock_now(actor.operation).date()
    listed = []
    for row in sorted(rows, key=lambda row: (row.at, row.pk), reverse=True):
        words = open_row(actor, row)
        promise = next((p for p in promises.get(row.file, ()) if p.authority == row.recipient), None)
        hold = holds.get(tally_id(row.person))
        listed.append(
            DisclosureSeen(
                id=row.pk,
                person=row.person,
                reference=row.reference,
                recipient=names.get(row.recipient, ""),
                purpose=row.purpose,
                ground=row.ground,
                consent=row.consent,
                order=words["order"],
                informed=words["informed"],
                until=row.until,
                when=Happened(at=row.at, zone=row.zone),
                officer=row.officer,
                by=officers.get(row.officer, ""),
                proposal=row.proposal,
                read_by=officers.get(row.reader, ""),
                read_when=reads.moment(row.read_at, row.read_zone),
                read_reasons=words.get("read_reasons", ""),
                ended=reads.moment(row.ended_at, row.ended_zone),
                cause=row.cause,
                end_reasons=words.get("end_reasons", ""),
                state=_state(row, promise, today),
                opened=reads.moment(openings.get(row.file), actor.zone),
                was_opened=bool(words.get("opened")),
                by_one=bool(row.alone),
                glass=glasses.get(row.alone),
                promise=promise,
                hold=holders.get(hold[0], "") if hold else "",
                hold_since=reads.moment(hold[1], actor.zone) if hold else None,
                may_erase=bool(row.retained) and hold is None,
                provenance=row.provenance,
                items=opened_copies(words["items"]),
                file=row.file,
                service=row.service,
                due=reads.moment(row.due_at, row.zone),
            )
        )
    return listed


def _state(row: models.Disclosure, promise: Promise | None, today: date) -> str:
    if row.ended_at is None:
        if not row.read and not row.alone:
            return "waiting"
        if row.read == "no":
            return "not-agreed"
        return "over" if is_over(row.until, today) else "sent"
    if not row.file:
        return "dropped"
    if row.retained:
        return "kept"
    if promise is None:
        return "erased"
    if promise.answered is None:
        asked_at = datetime.fromtimestamp(promise.asked / 1000, UTC)
        late = datetime.now(UTC) - asked_at > timedelta(days=limits().receipt)
        return "late" if late else "asked"
    if promise.answer.isdecimal():
        return "signed"
    return "held" if promise.answer == HELD else "refused"


def _openings(actor: Actor, rows: Sequence[models.Disclosure]) -> dict[str, datetime]:
    """By file, when its recipient first opened it."""
    recipients = {row.file: row.recipient for row in rows if row.file}
    first: dict[str, datetime] = {}
    for opening in readable(actor, Opening).filter(compartment__in=list(recipients)):
        place = opening.compartment
        if opening.authority == recipients[place]:
            first[place] = min(opening.at, first.get(place, opening.at))
    return first


def disclosure(actor: Actor, person: str, key: str) -> DisclosureSeen | None:
    """One of a person; None alike for none and for one that the actor may not know of."""
    return next((view for view in disclosures(actor, person, [key])), None)


def waits_for_reader(actor: Actor, person: str) -> bool:
    """Whether a disclosure about a person waits for a second officer: to be sent, or sent by one and to be
    reviewed."""
    rows = list(readable(actor, models.Disclosure).filter(person=person))
    if any(not row.read and not row.alone and row.ended_at is None for row in rows):
        return True
    return any(
        view.may_review for view in broken_by_entry(actor, (r.alone for r in rows if r.alone)).values()
    )


# -- what could be disclosed -----------------------------------------------------------------------


@dataclass(frozen=True)
class Ground:
    """On what something may be disclosed to an authority: an agreement; None: an order or a law."""

    recipient: str
    name: str
    kind: str
    consent: PartSeen | None = None
    country: str = ""


def grounds(actor: Actor, person: str) -> list[Ground]:
    """Live agreements that name an authority of the operation and carry a disclosure to it."""
    recipients = possible_recipients(actor)
    listed = []
    for consent in reads.live_consents(actor, person, clock_now(actor.operation)):
        for ground in recipients:
            carried = consent.plain["purpose"] in agreements(ground.kind)
            if carried and same_recipient(consent.words.get("recipient", ""), ground.name):
                listed.append(Ground(ground.recipient, ground.name, ground.kind, consent))
    return listed


def possible_recipients(actor: Actor) -> list[Ground]:
    """Authorities of the operation to which care may disclose something, by name."""
    rows = members_of(actor, *sorted(that_read("disclosure")))
    rows = [row for row in rows if row.pk != actor.authority]
    listed = [Ground(row.pk, row.name, row.kind, country=row.country) for row in rows]
    return sorted(listed, key=lambda ground: (ground.name, ground.recipient))


def nearest_first(actor: Actor, purpose: str, listed: Iterable[Ground]) -> list[Ground]:
    """Those first that an agreement to this purpose can reach, and of the own country; else as listed."""
    own = {row.country for row in members_of(actor, "care") if row.pk == actor.authority}
    return sorted(
        listed, key=lambda ground: (purpose not in agreements(ground.kind), ground.country not in own)
    )


def disclosable(actor: Actor, person: str) -> list[Choice]:
    """As `actions._disclosing.disclosable`, for the page that offers it."""
    file = reads.file(actor, person)
    if file is None:
        return []
    rows = readable(actor, models.Identification).filter(person=person, compartment=file.compartment)
    identified = [{**_columns(row), **open_row(actor, row)} for row in rows]
    exploitation = readable(actor, models.Exploitation, [file.compartment]).first()
    entries = said_of(actor, "people.Person", [person])[person]
    return choices(
        file.name,
        [entry for entry in entries if entry.authority == actor.authority],
        identified,
        open_row(actor, exploitation)["records"] if exploitation is not None else (),
    )


def _columns(row: models.Identification) -> dict[str, object]:
    return {"id": row.pk, **{name: getattr(row, name) for name in ("read", "read_at", "read_zone", "status")}}
