"""What an entry had changed outside the journal is undone once it is held: devices, keys, places, peers."""

from __future__ import annotations

from collections.abc import Collection

from libertad.access.epochs import renew
from libertad.access.fold_exchange import usable
from libertad.exchange.authorization.succession_lines import Lines
from libertad.exchange.peering import peers
from libertad.journal import guarded
from libertad.journal.folding import Said
from libertad.journal.header import device_id
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say


def undo(tx: Transaction, entry: Said) -> list[str]:
    """Undo what an entry that is held now had done; returns the files that have new keys because of it."""
    content = entry.content
    if isinstance(content, say.DeviceEnrol) and usable(content.public):
        _unfile(tx, device_id(bytes.fromhex(content.public)), entry.subject)
        return new_keys(tx, entry.subject) if entry.authority != entry.subject else []
    if isinstance(content, say.NodeAnnounce):
        _put_back(tx, entry.subject, content.origin)
        return new_keys(tx, entry.subject) if entry.authority != entry.subject else []
    return []


def _unfile(tx: Transaction, device: bytes, authority: str) -> None:
    """The device speaks for nobody; its key stays, so that what it signed can be verified."""
    if tx.sql.first("select 1 from access_device where id = ? and authority = ?", (device.hex(), authority)):
        return  # enrolled by another entry that stands
    tx.sql.run("update journal_device set authority = '' where id = ? and authority = ?", (device, authority))


def reassign_devices(tx: Transaction, lines: Lines, own: Collection[bytes]) -> None:
    """Have the devices that are on file by a slip speak for their authority, or for nobody, as `lines` says.

    `own`: this node's own devices, which stay as they are.
    """
    for device, authority in tx.sql.all("select device, authority from exchange_succession order by id"):
        name = bytes.fromhex(device)
        was, now = ("", authority) if device not in lines.disowned(authority) else (authority, "")
        if name not in own and guarded.owner_of(tx.sql, name) == was:
            tx.sql.run("update journal_device set authority = ? where id = ?", (now, name))


def _put_back(tx: Transaction, authority: str, origin: str) -> None:
    """The authority lives where the entries that stand say, not where it was led to."""
    row = tx.sql.first("select origin from access_node where id = ?", (authority,))
    if row is None or row[0] == origin:
        return
    peers.learn(tx.sql, tx.node.key.origin)
    peers.revive(tx.sql)


def new_keys(tx: Transaction, authority: str) -> list[str]:
    """Forget to which key this authority's keys were given: whoever had taken its place may have them.

    Files of our own that it reads get a new key, which it is given once it told its own recipient key again.
    """
    rows = tx.sql.all("select distinct compartment from exchange_released where authority = ?", (authority,))
    forget_recipient(tx, authority)
    fresh = []
    for (compartment,) in sorted(rows):
        place = tx.sql.first("select owner from access_compartment where id = ?", (compartment,))
        if place is None or place[0] not in tx.node.rings.open:
            continue
        readers = tx.sql.all("select authority from access_reader where compartment = ?", (compartment,))
        here = sorted(row[0] for row in readers if row[0] in tx.node.rings.open)
        renew(tx, here, compartment)
        tx.sql.run("delete from exchange_released where compartment = ?", (compartment,))
        fresh.append(compartment)
    return fresh


def forget_recipient(tx: Transaction, authority: str) -> None:
    """Forget the recipient key of an authority: a device that does not stand may have told it.

    Nothing more is sealed to it, and the keys that were given to it are given again, to the one that the
    authority tells next.
    """
    tx.sql.run("delete from exchange_recipient where authority = ?", (authority,))
    tx.sql.run("delete from exchange_released where authority = ?", (authority,))
