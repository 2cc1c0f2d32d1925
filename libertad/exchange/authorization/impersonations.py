"""Alarms of kind 'impersonated': an entry in one authority's name that another authority's device signed.

It counts nowhere. Told are the one in whose name it is, who coordinates, the one whose device it is and the
node that handed it over. However many there are, one alarm by signing authority is open, with their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from libertad.exchange.authorization.alarm_rows import put_alarm, set_proof
from libertad.journal import guarded, header
from libertad.journal.folding import Said
from libertad.journal.header import Malformed
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

KIND = "impersonated"
MOST = 64  # entries by name in an alarm that another node told of, and names that were used in any
LONGEST = 64  # signs of an authority's id
COUNT = (
    "select count(*) from journal_held h join journal_entry e on e.idx = h.idx where h.reason = ? and "
    "e.device in (select id from journal_device where authority = ?)"
)


def signer(tx: Transaction, entry: Said) -> str:
    """The authority whose device signed an entry; the entry's own where the device is nobody's any more."""
    row = tx.sql.first("select device from journal_entry where hash = ?", (bytes.fromhex(entry.id),))
    owner = guarded.owner_of(tx.sql, bytes(row[0])) if row is not None else ""
    if not owner and row is not None:  # enrolled, and not put on file yet
        enrolled = tx.sql.first("select authority from access_device where id = ?", (bytes(row[0]).hex(),))
        owner = str(enrolled[0]) if enrolled is not None else ""
    held = tx.sql.first(
        "select 1 from journal_held h join journal_entry e on e.idx = h.idx "
        "where e.hash = ? and h.reason = ?",
        (bytes.fromhex(entry.id), KIND),
    )
    return owner if held is not None and owner else entry.authority


def raise_alarms(tx: Transaction, entries: Iterable[Said], origin: str = "") -> int:
    """Raise an alarm by signing authority, or count on in the one that is open. Returns how many are new."""
    by: dict[str, list[Said]] = {}
    for entry in entries:
        if (owner := signer(tx, entry)) != entry.authority:
            by.setdefault(owner, []).append(entry)
    count = 0
    for owner, forged in sorted(by.items()):
        victims = {entry.authority for entry in forged if len(entry.authority) <= LONGEST}
        (number,) = tx.sql.first(COUNT, (KIND, owner)) or (len(forged),)
        _forget_told(tx, owner)
        key, proof = _open(tx, owner, "")
        if key:
            victims |= set(proof["victims"])
        else:
            key, proof, count = f"name:{forged[0].id}", _proof(tx, forged[0]), count + 1
        handed = {*proof["from"], *filter(None, [origin])}
        proof |= {"victims": _known_first(tx.sql, victims), "count": int(number), "from": sorted(handed)}
        _record_alarm(tx, key, owner, proof)
    return count


def _known_first(sql: Sql, victims: set[str]) -> list[str]:
    """At most MOST names, those of authorities that there are before all that somebody thought of."""
    if len(victims) <= MOST:
        return sorted(victims)
    known = {row[0] for row in sql.all("select id from access_authority")}
    return sorted(sorted(victims, key=lambda name: (name not in known, name))[:MOST])


def proofs_for(sql: Sql, peer: str, authorities: Iterable[str]) -> list[list[bytes]]:
    """What a peer is told of: header, signature and victim of each alarm that it has a part in.

    It does where it handed the entry over, or the victim, the signer or who coordinates lives there.
    """
    here, messages = set(authorities), []
    coordinating = {
        row[0] for row in sql.all("select authority from access_member where part = 'coordination'")
    }
    rows = sql.all("select who, proof from exchange_alarm where kind = ? order by at, id", (KIND,))
    for owner, text in rows:
        proof = json.loads(text)
        if proof.get("told"):
            continue  # another's word is not passed on as our own
        if here & {owner, *proof["victims"]} or here & coordinating or peer in proof["from"]:
            signed = [bytes.fromhex(part) for part in proof["signed"]]
            messages += [[*signed, victim.encode()] for victim in proof["victims"]]
    return messages


def hear(tx: Transaction, peer: str, part: list[bytes]) -> bool:
    """A peer holds an entry that a device on file here signed in another authority's name.

    Where the entry is here and open we judge it ourselves. Where it is not, the signature shows whose device
    wrote it; that it is in another's name is the peer's word, shown as that: one alarm by signer and peer.
    """
    try:
        head, victim = header.decode(part[0]), part[2].decode()
    except (Malformed, IndexError, UnicodeDecodeError):
        return False
    device = guarded.devices(tx.sql).get(head.device)
    if len(victim) > LONGEST or "\0" in victim:
        return False  # no authority's id
    if device is None or len(part) != 3 or not header.verify(part[0], part[1], device[0]):
        return False
    owner, name = device[1], header.entry_hash(part[0])
    known = tx.sql.first("select 1 from access_authority where id = ?", (victim,))
    if not owner or owner == victim or known is None:
        return False
    place = tx.sql.first("select idx from journal_entry where hash = ?", (name,))
    entry = tx.entry(place[0]) if place else None
    if entry is not None and (entry.authority == owner or owner not in tx.node.rings.authorities()):
        return False  # its own word; or ours to judge, which was done when it came
    key, proof = _open(tx, owner, peer)
    fresh = not key
    if fresh:
        why = "another node holds an entry that this device signed in another authority's name"
        key = "told:" + sha256(peer.encode() + name).hexdigest()
        proof = {
            "why": why,
            "verb": entry.verb if entry is not None else "",
            "victims": [],
            "from": [],
            "told": peer,
            "entries": [],
            "signed": [part[0].hex(), part[1].hex()],
        }
    entries = sorted({*proof["entries"], name.hex()[:16]})[:MOST]
    proof |= {"victims": sorted({*proof["victims"], victim}), "entries": entries, "count": len(entries)}
    _record_alarm(tx, key, owner, proof)
    return fresh


def _forget_told(tx: Transaction, owner: str) -> None:
    """What a peer had told of a signer goes once this node holds all of it: its own alarm says more."""
    rows = tx.sql.all(
        "select id, proof from exchange_alarm where kind = ? and who = ? and settled is null", (KIND, owner)
    )
    reported = [(key, json.loads(text)["entries"]) for key, text in rows if json.loads(text).get("told")]
    if not reported:
        return
    held = tx.sql.all(
        "select e.hash from journal_held h join journal_entry e on e.idx = h.idx where h.reason = ?", (KIND,)
    )
    here = {bytes(row[0]).hex()[:16] for row in held}
    for key, entries in reported:
        if here.issuperset(entries):
            tx.sql.run("delete from exchange_alarm where id = ?", (key,))


def _open(tx: Transaction, owner: str, reporter: str) -> tuple[str, dict[str, Any]]:
    """The alarm about a signer that nobody has settled, as this node or a peer (`reporter`) has found it."""
    rows = tx.sql.all(
        "select id, proof from exchange_alarm where kind = ? and who = ? and settled is null order by at, id",
        (KIND, owner),
    )
    for key, text in rows:
        proof = json.loads(text)
        if proof.get("told", "") == reporter:
            return key, proof
    return "", {}


def _proof(tx: Transaction, entry: Said) -> dict[str, Any]:
    row = tx.sql.first(
        "select header, signature from journal_entry where hash = ?", (bytes.fromhex(entry.id),)
    ) or (b"", b"")
    return {
        "why": "it is in another authority's name",
        "verb": entry.verb,
        "victims": [],
        "from": [],
        "signed": [bytes(row[0]).hex(), bytes(row[1]).hex()],
    }


def _record_alarm(tx: Transaction, key: str, owner: str, proof: dict[str, Any]) -> None:
    text = json.dumps(proof)
    put_alarm(tx, key, KIND, owner, text)
    set_proof(tx, key, text)
