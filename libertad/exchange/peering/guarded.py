"""Rows of the exchange that decide: who a peer is, where an authority lives, to which keys files are given.

How far we are with a peer (cursors, counters, times) decides nothing that its proofs do not show.
"""

from __future__ import annotations

from libertad.journal import guards
from libertad.journal.guarded import Devices, devices
from libertad.journal.guards import GUARDS
from libertad.journal.sql import Sql

PEER, LIVES, RECIPIENT = "exchange_peer", "exchange_peer_authority", "exchange_recipient"
WITHHELD, INVITATION = "exchange_withheld", "exchange_invitation"
READER, DEVICE, REVOCATION = "access_reader", "access_device", "access_revocation"
ASK = (
    "compare the peer's key and address with whoever answers for it by another way; when the rows are right, "
    "run libertad doctor --accept-rows"
)
LOOK = "look whether the row is right, then run libertad doctor --accept-rows"


def register() -> None:
    """Declare the room's tables; called once when the application is ready."""
    guards.guard(PEER, ["origin"], ["public", "address", "state"], ASK, members=True)
    guards.guard(LIVES, ["authority"], ["origin", "said"], ASK, members=True)
    guards.guard(RECIPIENT, ["authority"], ["key_id", "public", "made"], ASK, members=True)
    guards.guard("exchange_bundle_key", ["origin"], ["key"], ASK, members=True)
    guards.guard(
        INVITATION,
        ["id"],
        [
            "operation",
            "inviter",
            "officer",
            "authority",
            "name",
            "kind",
            "country",
            "zone",
            "part",
            "token",
            "expires",
            "used",
            "used_by",
            "revoked",
        ],
        "revoke the invitation and give another",
    )
    guards.guard(WITHHELD, ["compartment"], ["number"], LOOK)
    guards.guard("exchange_succession", ["id"], ["device", "before", "authority", "slip"], LOOK)
    guards.guard("exchange_alarm", ["id"], ["kind", "who", "proof", "settled"], LOOK)
    guards.guard(
        "exchange_settlement",
        ["id"],
        [
            "alarm",
            "stands",
            "reason",
            "officer",
            "authority",
            "at",
            "ran",
            "boot",
            "state",
            "alone",
            "settled",
            "second",
            "verdict",
            "answer",
            "answered",
        ],
        LOOK,
    )
    guards.guard("exchange_decision", ["id"], ["about", "what", "officer", "authority"], LOOK)


def reads(sql: Sql, compartment: str, authority: str) -> bool:
    """Whether a key of a file may be given to an authority: it is a reader, and its recipient key is the one
    that it told this node."""
    return reader(sql, compartment, authority) and holds(sql, RECIPIENT, authority)


def reader(sql: Sql, compartment: str, authority: str) -> bool:
    """Whether an authority reads a file, as far as the signed entries say."""
    return holds(sql, READER, f"{compartment}:{authority}")


def holds(sql: Sql, table: str, key: str) -> bool:
    """Whether a row is there and as this node wrote it."""
    guard = GUARDS[table]
    row = sql.first(f'{guard.select} and "{guard.key[0]}" = ?', (key,))
    return row is not None and sql.believes(table, row)


def phones(sql: Sql) -> set[str]:
    """Devices (hex) that speak for no node: officers' phones, and those whose row somebody changed."""
    rows = guards.rows(sql, GUARDS[DEVICE])
    kind = GUARDS[DEVICE].names.index("kind")
    return {row[0] for row in rows if row[kind]} | sql.wrong(DEVICE, rows)


def standing_devices(sql: Sql) -> Devices:
    """Devices whose signature on a message of nodes counts now: on file, not revoked by their authority, and
    no officer's phone, which announces no key, asks for no erasure and gives its place to nobody. A
    revocation that was taken out of the database stands, and so does that a device is a phone.

    Whether an entry enrolled the device is not asked: one that took another's place after a restore is on
    file by its slip alone, and may be revoked as any other.
    """
    rows = guards.rows(sql, GUARDS[DEVICE])
    out = sql.wrong(DEVICE, rows)
    revoked, kind = (GUARDS[DEVICE].names.index(name) for name in ("revoked", "kind"))
    out |= {row[0] for row in rows if row[revoked] or row[kind]}
    words = guards.rows(sql, GUARDS[REVOCATION])
    by = {tuple(name.split(":")[1:]) for name in {row[0] for row in words} | sql.wrong(REVOCATION, words)}
    return {
        device: registration
        for device, registration in devices(sql).items()
        if device.hex() not in out and (device.hex(), registration[1]) not in by
    }
