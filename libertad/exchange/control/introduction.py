"""A restored node shows its succession to peers that are reached by bundles or by mail alone.

Who is asked over a connection hears it there (`scheduler.introductions`). A bundle of a node whose key nobody
knows would be a stranger's; so a file with the successions lies beside it, encrypted to the reader's bundle
key. Mail begins with the new key in clear and the successions sealed to the reader, until it was heard from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyrage
from pyrage import x25519

from libertad.exchange.control import key_succession
from libertad.exchange.peering.bundle_key import bundle_identity, sync_folder
from libertad.exchange.peering.peers import Peer
from libertad.exchange.protocol.secure_channel import MAIL, Channel, NotOurs
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.vocabulary.decoding import prepared

CONTEXT = b"libertad succession file v1\x00"
AGE = b"age-encryption.org/"
SUFFIX = "-keys.bundle"
LONGEST = 64 * 1024
LETTER = b"libertad succession letter v1\x00"


def slips(sql: Sql) -> list[bytes]:
    """This node's successions, the oldest first."""
    return [bytes(row[0]) for row in sql.all("select slip from journal_succession order by at")]


def write_file(node: Node, reader_key: str, folder: Path, name: str) -> list[Path]:
    """The file for a reader beside its bundle; none where this node was never restored."""
    successions = slips(node.sql())
    if not successions:
        return []
    path = folder / f"{name}{SUFFIX}"
    plain = CONTEXT + msgspec.msgpack.encode(successions)
    path.write_bytes(pyrage.encrypt(plain, [x25519.Recipient.from_str(reader_key)]))
    path.chmod(0o600)
    sync_folder(folder)
    return [path]


def take_files(node: Node, paths: Sequence[Path]) -> list[Path]:
    """Take the successions among these files; returns the others. One of nobody known is passed by."""
    remaining = []
    for path in paths:
        with path.open("rb") as file:
            data = file.read(LONGEST)
        if not data.startswith(AGE):
            remaining.append(path)
            continue
        try:
            plain = pyrage.decrypt(data, [bundle_identity(node.home)])
        except pyrage.DecryptError:
            continue
        if plain.startswith(CONTEXT):
            _take(node, plain.removeprefix(CONTEXT))
    return remaining


def before_mail(node: Node, peer: Peer) -> bytes:
    """What goes before mail to a peer that was not heard from since the last succession; else b''."""
    rows = node.sql().all("select slip, at from journal_succession order by at")
    if not rows or peer.contact > rows[-1][1]:
        return b""
    channel = Channel(node.key.seed, peer.public)
    sealed = channel.seal(MAIL, msgspec.msgpack.encode([bytes(slip) for slip, _at in rows]))
    return LETTER + node.key.public + len(sealed).to_bytes(4, "big") + sealed


def take_before_mail(node: Node, data: bytes) -> bytes:
    """Take what goes before mail, where it does; returns the mail. One of nobody known is passed by."""
    if not data.startswith(LETTER):
        return data
    public, rest = data[len(LETTER) : len(LETTER) + 32], data[len(LETTER) + 32 :]
    size = int.from_bytes(rest[:4], "big")
    with contextlib.suppress(NotOurs, ValueError, RuntimeError):
        _take(node, Channel(node.key.seed, public).open(MAIL, rest[4 : 4 + size]))
    return rest[4 + size :]


def _take(node: Node, packed: bytes) -> int:
    try:
        successions = msgspec.msgpack.decode(packed, type=prepared(list[bytes]))
    except msgspec.MsgspecError:
        return 0
    return node.writer.submit(lambda tx: key_succession.introduce(tx, successions))
