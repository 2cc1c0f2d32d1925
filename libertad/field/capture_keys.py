"""Keys that come with a phone's entries: what they may open, and that the node never seals with them.

A person's key is of a file that the phone itself opens, and of number 0. A capture key is of a file that is
there: it opens what was written during one visit. Whoever took it off a phone must read nothing of what the
file says later, so the file begins a new epoch where the capture key would otherwise be its newest.
"""

from __future__ import annotations

from libertad.access import epochs
from libertad.access.file_ids import proves_file
from libertad.exchange.control.key_wrap import Wrap
from libertad.exchange.peering.guarded import reader as reads
from libertad.field.parcels import Offered, Read
from libertad.journal import folding, header, sealing
from libertad.journal.folding import Said, Unreadable
from libertad.journal.header import Malformed
from libertad.journal.sealing import CannotOpen
from libertad.journal.transaction import Transaction
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentOpen

PERSON, VISITED = "person", ("police", "case")
NO_KEY = marked("the key that it is sealed under did not come with it, or is none that opens this file")
NO_READER = marked("it lets somebody read the file of whom the phone was never told")
RELEASED = "delete from exchange_released where compartment = ?"
FILE = "select kind, owner from access_compartment where id = ?"
Keys = list[tuple[Wrap, bytes]]


def put_keys(tx: Transaction, parcel: Read, offered: list[Offered]) -> list[Offered]:
    """Put the keys of these entries into the rings of their files' readers here. Returns the entries that may
    be stored, in their order; why the others may not is in `parcel.refused`."""
    for place in sorted({offer.checked.head.compartment for offer in offered}):
        keys = [(wrap, key) for wrap, key in parcel.keys if wrap.compartment == place]
        keys = [(wrap, key) for wrap, key in keys if not _is_erased(tx, wrap)]
        entries = [offer for offer in offered if offer.checked.head.compartment == place]
        row = tx.sql.first(FILE, (place.hex(),))
        if row is None:
            _put_person(tx, keys, entries, parcel.refused)
        elif str(row[0]) in VISITED and str(row[1]) in tx.node.rings.open:
            _put_capture(tx, place, keys)
    return _openable(tx, [offer for offer in offered if offer.entry not in parcel.refused], parcel.refused)


def _openable(tx: Transaction, offered: list[Offered], refused: dict[str, str]) -> list[Offered]:
    """Without those that are next in their log and sealed under a key of no such file. Of what comes before
    its turn the key may come with what is missing."""
    following: dict[tuple[bytes, bytes], int] = {}
    accepted = []
    for offer in offered:
        head = offer.checked.head
        log = head.device, head.compartment
        expected = following.setdefault(log, tx.head(head.device, head.compartment.hex())[0])
        if head.seq == expected:
            place = tx.node.rings.place(head.key_id)
            if place is None or place[0] != head.compartment:
                refused[offer.entry] = NO_KEY
                continue
            following[log] = expected + 1
        accepted.append(offer)
    return accepted


def _is_erased(tx: Transaction, wrap: Wrap) -> bool:
    """Nobody is brought back: not by a phone that was away while a person was erased."""
    rings = tx.node.rings
    return wrap.kid in rings.erased() or wrap.compartment in rings.erased_places()


# -- a person's file, which the phone opens ------------------------------------------------


def _put_person(tx: Transaction, keys: Keys, entries: list[Offered], refused: dict[str, str]) -> None:
    first = next((offer for offer in entries if offer.checked.head.seq == 0), None)
    if first is None:
        return
    key = next(
        (key for wrap, key in keys if wrap.kid == first.checked.head.key_id and wrap.number == 0), None
    )
    if key is None:
        return
    opening = open_entry(first, key)
    content = opening.content if opening is not None else None
    if (
        opening is None
        or not isinstance(content, CompartmentOpen)
        or content.kind != PERSON
        or content.owner != first.phone.authority
        or not proves_file(opening.compartment, content, opening.body.nonce)
    ):
        return
    if not set(content.reader) <= {first.phone.authority, *first.phone.readers}:
        refused.update((offer.entry, NO_READER) for offer in entries)
        return
    hosted = [name for name in content.reader if name in tx.node.rings.open]
    if tx.node.rings.place(first.checked.head.key_id) is None:
        tx.node.rings.add(hosted, first.checked.head.compartment, key)


def open_entry(offer: Offered, key: bytes) -> Said | None:
    """An entry as this key opens it; None where it does not, or it is of no kind that is known."""
    head, body = offer.checked.head, offer.checked.entry.body
    if body is None:
        return None
    try:
        plain = sealing.open_body(body, key, header.bound(head))
        return folding.understand(plain, offer.entry, head.compartment.hex(), head.key_id)
    except (CannotOpen, Malformed, Unreadable, Refused):
        return None


# -- files that are there ------------------------------------------------------------------


def _put_capture(tx: Transaction, place: bytes, keys: Keys) -> None:
    rings, file = tx.node.rings, place.hex()
    hosted = [
        name for name in sorted(rings.open) if place in rings.ring(name).current and reads(tx.sql, file, name)
    ]
    if not hosted:
        return
    is_new = False
    for wrap, key in keys:
        newest = max(rings.ring(name).current[place][0] for name in hosted)
        if rings.place(wrap.kid) is not None or wrap.giver not in hosted or wrap.number > newest:
            continue  # known already, or not to be believed: then what it opens is refused
        if wrap.number == newest:
            epochs.renew(tx, hosted, file)
        rings.add(hosted, place, key, wrap.number)
        is_new = True
    if is_new:  # other nodes get the capture keys and the new epoch together
        tx.sql.run(RELEASED, (file,))
