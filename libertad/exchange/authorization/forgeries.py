"""Alarms of kind 'about': an authority spoke of another's thing, with the signed entry as proof.

A node whose own checks work never says such a thing: it was changed, or its keys are in other hands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from libertad.access.about import judge_about
from libertad.access.claims import claim_of
from libertad.access.grounds import Grounds
from libertad.exchange.authorization import impersonations
from libertad.exchange.authorization.alarm_rows import put_alarm, set_proof
from libertad.exchange.peering import peers
from libertad.journal import guards, header
from libertad.journal.folding import Said
from libertad.journal.header import Malformed
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

KIND, ROUNDS, ALARM = "about", "rounds", "exchange_alarm"
SETTLE = "update exchange_alarm set settled = ? where id = ? and settled is null"
ALARMING = frozenset({KIND, impersonations.KIND})  # reasons to hold an entry of which somebody is told


def raise_alarms(tx: Transaction, forged: Iterable[tuple[Said, str]], origin: str = "") -> int:
    """One alarm by authority and verb while nobody has settled it; each forgery is in quarantine anyway.

    `origin`: the node that handed them over just now. What is signed in another's name is one alarm by the
    authority whose device signed it.
    """
    forged = list(forged)
    count = impersonations.raise_alarms(tx, [entry for entry, _ in forged], origin)
    for entry, why in forged:
        row = tx.sql.first(
            "select header, signature from journal_entry where hash = ?", (bytes.fromhex(entry.id),)
        )
        if row is None or impersonations.signer(tx, entry) != entry.authority:
            continue
        if entry.verb in open_verbs(tx, entry.authority):
            continue
        proof = {
            "why": why,
            "verb": entry.verb,
            "victims": sorted(victims(tx, entry)),
            "signed": [bytes(row[0]).hex(), bytes(row[1]).hex()],
        }
        put_alarm(tx, f"{KIND}:{entry.id}", KIND, entry.authority, json.dumps(proof))
        count += 1
    return count


def add_files(tx: Transaction, entry: Said, files: list[str]) -> None:
    """Note in the alarm which of our files have new keys because of a forgery that was believed before."""
    row = tx.sql.first("select proof from exchange_alarm where id = ?", (f"{KIND}:{entry.id}",))
    if row is not None and files:
        proof = json.loads(row[0]) | {"files": files}
        set_proof(tx, f"{KIND}:{entry.id}", json.dumps(proof))


def settle_what_stands(tx: Transaction, let_in: Iterable[Said]) -> set[tuple[str, str]]:
    """Entries that were held as forgeries stand by the rules of today: nobody has to settle their alarms.

    Returns (authority, verb) of those alarms, which were for all such words of the same kind.
    """
    settled = set()
    for entry in let_in:
        done = tx.sql.run(SETTLE, (peers.now_ms(), f"{KIND}:{entry.id}"))
        if done.rowcount == 1:
            settled.add((entry.authority, entry.verb))
    return settled


def raise_unsettled(tx: Transaction) -> None:
    """The verdicts on what is here did not come to rest: somebody has to look at it."""
    proof = json.dumps(
        {"why": "the verdicts on entries did not come to rest", "verb": "", "victims": [], "signed": []}
    )
    put_alarm(tx, f"{ROUNDS}:{tx.frontier.size}", ROUNDS, tx.node.key.origin, proof)


def open_verbs(tx: Transaction, authority: str) -> set[str]:
    """The verbs of which an alarm about this authority's word is not settled. One that somebody settled or
    took away in the database, past this node, is open."""
    guard = guards.GUARDS[ALARM]
    rows = guards.rows(tx.sql, guard)
    wrong, verbs = tx.sealing.wrong(ALARM, rows), set()
    for key, kind, who, proof, settled in rows:
        if (kind, who) == (KIND, authority) and (settled is None or key in wrong):
            verbs.add(str(json.loads(proof)["verb"]))
    for key in wrong - {row[0] for row in rows}:
        entry = _entry_of(tx, key)
        if entry is not None and entry.authority == authority:
            verbs.add(entry.verb)
    return verbs


def _entry_of(tx: Transaction, alarm: str) -> Said | None:
    """The held entry that an alarm of this kind is about, by the alarm's id alone."""
    kind, _, name = alarm.partition(":")
    if kind != KIND:
        return None
    row = tx.sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(name),))
    return tx.entry(row[0]) if row is not None else None


def proofs_for(sql: Sql, authorities: Iterable[str]) -> list[list[bytes]]:
    """The signed words of these authorities that this node holds as forgeries, for their administrators."""
    proofs = []
    for authority in authorities:
        rows = sql.all(
            "select proof from exchange_alarm where kind = ? and who = ? order by at, id", (KIND, authority)
        )
        proofs += [[bytes.fromhex(part) for part in json.loads(row[0])["signed"]] for row in rows]
    return proofs


def hear(tx: Transaction, signed: list[bytes]) -> bool:
    """Another node held a word of an authority that lives here: an alarm for its own administrators.

    Counts only with the signature of one of our own devices, and where we find it to be a forgery ourselves,
    or do not have it: nobody accuses us of what we did not sign or had a right to say.
    """
    try:
        head = header.decode(signed[0])
    except (Malformed, IndexError):
        return False
    row = tx.sql.first("select public, authority from journal_device where id = ?", (head.device,))
    if row is None or len(signed) != 2 or row[1] not in tx.node.rings.authorities():
        return False
    if not header.verify(signed[0], signed[1], bytes(row[0])):
        return False
    name = header.entry_hash(signed[0])
    place = tx.sql.first("select idx from journal_entry where hash = ?", (name,))
    entry = tx.entry(place[0]) if place else None
    if entry is not None:
        grounds = Grounds(tx)
        verdict = judge_about(claim_of(entry, grounds), grounds)
        if verdict is None or verdict[0] != KIND:
            return False  # it was ours to say: whoever holds it is wrong
    proof = {
        "why": "another node holds this word of ours: if nobody here said it, our keys are in other hands",
        "verb": entry.verb if entry is not None else "",
        "victims": [],
        "signed": [part.hex() for part in signed],
    }
    done = put_alarm(tx, f"{KIND}:{name.hex()}", KIND, row[1], json.dumps(proof))
    return done == 1


def victims(tx: Transaction, entry: Said) -> set[str]:
    """The authorities whose things it was about, as far as this node knows."""
    rows = tx.sql.all(
        "select id from access_authority where id = ? "
        "union select authority from access_officer where id = ? "
        "union select owner from access_compartment where id = ?",
        (entry.subject, entry.subject, entry.compartment),
    )
    return {str(row[0]) for row in rows} - {entry.authority}
