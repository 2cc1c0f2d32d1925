"""What a phone handed over is stored, judged, folded and counted in one transaction, and answered one by one.

The same parcel may come twice, from two phones, or be cut off anywhere: what is known is said to be known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from libertad.access.acting import Act
from libertad.exchange.authorization import entry_authorization, equivocation, forgeries, reauthorization
from libertad.field import capture_keys, counts, phones, waiting
from libertad.field.parcels import Offered, Read
from libertad.journal import clock, ingest
from libertad.journal.fields import to_ms
from libertad.journal.sql import marks
from libertad.journal.transaction import Transaction
from libertad.vocabulary.codelists import marked

FORKED = marked(
    "another entry has its number in the log of this phone: its key was copied, or an older copy of the "
    "phone was put back. Tell your administrator"
)
FULL = marked("too much waits of this phone already: a lead decides about that first")
PUT = "insert into field_taken (entry, device, counted) values (?, ?, ?) on conflict (entry) do nothing"


@dataclass
class Outcome:
    """What became of each entry (hex), and of each log (device, file) how far it is."""

    stored: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    gaps: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    logs: dict[tuple[str, str], int] = field(default_factory=dict)
    authorities: set[str] = field(default_factory=set)


def take(tx: Transaction, parcel: Read) -> Outcome:
    """In the writer. Durable, keys before entries, once the writer has committed."""
    outcome = Outcome(refused=parcel.refused)
    here, parked = (
        _hashes_here(tx, parcel.offered),
        waiting.states(tx, [offer.entry for offer in parcel.offered]),
    )
    ended: dict[str, str] = {}
    beside: dict[str, dict[str, set[int]]] = {}
    fresh: list[Offered] = []
    for offer in dict.fromkeys(parcel.offered):
        device = offer.phone.device
        outcome.authorities.add(offer.phone.authority)
        if offer.entry in here or parked.get(offer.entry) == waiting.RELEASED:
            outcome.known.append(offer.entry)
            continue
        if device not in ended:
            ended[device] = phones.why_ended(Act(tx, phones.actor_of(tx.sql, offer.phone)), offer.phone)
            tx.sql.run("update field_phone set handed = ? where device = ?", (to_ms(clock.now()), device))
            beside[device] = {} if ended[device] else waiting.beside(tx, offer.phone)
        why = ended[device] or parked.get(offer.entry, "") or _follows(tx, offer, beside[device])
        if why:
            if offer.entry in parked or waiting.park(tx, offer, parcel.keys, why):
                outcome.waits[offer.entry] = waiting.WORDS[why]
            else:
                outcome.refused[offer.entry] = FULL
        else:
            fresh.append(offer)
    _store(tx, capture_keys.put_keys(tx, parcel, fresh), outcome)
    counts.settle(tx)
    for offer in parcel.offered:
        head = offer.checked.head
        log = offer.phone.device, head.compartment.hex()
        outcome.logs[log] = tx.head(head.device, log[1])[0]
    return outcome


def _follows(tx: Transaction, offer: Offered, beside: dict[str, set[int]]) -> str:
    """Whether an entry comes after one of its log that will never be in the journal: to ask the phone for
    that is in vain, it was told that it may drop it."""
    head = offer.checked.head
    numbers = beside.get(head.compartment.hex())
    if not numbers:
        return ""
    following, _name = tx.head(head.device, head.compartment.hex())
    return waiting.FOLLOWS if following in numbers and head.seq > following else ""


def _hashes_here(tx: Transaction, offered: list[Offered]) -> set[str]:
    names = [offer.checked.name for offer in offered]
    rows = tx.sql.all(f"select hash from journal_entry where hash in ({marks(names)})", tuple(names))
    return {bytes(row[0]).hex() for row in rows}


def _store(tx: Transaction, offered: list[Offered], outcome: Outcome) -> None:
    judge = entry_authorization.Judge(tx)
    done = ingest.ingest(tx, [offer.checked for offer in offered], judge)
    for fork in done.forks:
        equivocation.record_fork(tx, fork)
        outcome.refused[fork.name.hex()] = FORKED
    forgeries.raise_alarms(tx, judge.forged)
    if judge.grounds:
        reauthorization.settle(tx, judge.accepted)
    elif judge.definitions or judge.urgent:
        reauthorization.rejudge(tx)
    reauthorization.reconsider_subjects(tx, judge.definitions)
    stored = _hashes_here(tx, offered)
    held = _reasons_held(tx, stored)
    for offer in offered:
        if offer.entry in outcome.refused:
            continue
        if offer.entry not in stored:
            outcome.gaps.add(offer.checked.head.compartment.hex())
            outcome.missing |= _missing(tx, offer)
            continue
        tx.sql.run(PUT, (offer.entry, offer.phone.device, False))
        if offer.entry in held:
            outcome.held[offer.entry] = held[offer.entry]
        else:
            outcome.stored.append(offer.entry)


def _reasons_held(tx: Transaction, names: set[str]) -> dict[str, str]:
    """Of these entries those that are held, and why."""
    hashes = [bytes.fromhex(name) for name in sorted(names)]
    rows = tx.sql.all(
        "select e.hash, h.detail from journal_held h join journal_entry e on e.idx = h.idx "
        f"where e.hash in ({marks(hashes)})",
        tuple(hashes),
    )
    return {bytes(row[0]).hex(): str(row[1]) for row in rows}


def _missing(tx: Transaction, offer: Offered) -> set[str]:
    """What an entry builds on and is not here. A phone builds on what it says itself, and on what a node has
    given it: what another phone said is named by its words, so that a lost phone holds up no other."""
    needed = list(offer.checked.head.depends)
    if not needed:
        return set()
    rows = tx.sql.all(f"select hash from journal_entry where hash in ({marks(needed)})", tuple(needed))
    return {name.hex() for name in needed} - {bytes(row[0]).hex() for row in rows}
