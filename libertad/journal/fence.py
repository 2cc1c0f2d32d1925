"""A node whose place another took by its own keys' word (`succession.py`) writes no more: two writers of one
identity would part for good.

It learns so from the database, where that is the other's by now, or from a peer that it asks. What it learnt
stays beside its keys. Its people may go on under new keys (`restore.accept`), which nobody takes for theirs
by themselves.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from libertad.journal import succession
from libertad.journal.guard import RingError
from libertad.journal.ringfile import sync_folder
from libertad.journal.sql import Sql

if TYPE_CHECKING:
    from libertad.journal.node import Node

FILE = "taken-over"  # in the home; a line of base64 for each slip
ALL = "select slip from journal_succession where origin <> before"


class TakenOver(RingError):
    """Another node takes this one's place; the message says what to do."""


WORDS = (
    "another node takes its place with its own keys, and this one writes nothing any more: if it is the "
    "standby or the restored node, use that one and destroy this home. If nobody of yours did that, the keys "
    "are stolen: libertad exchange renew (docs/exchange.md)"
)


def check(node: Node, sql: Sql) -> None:
    """TakenOver where the home or the database has a slip in which this node's keys gave its place away."""
    hold(node)
    check_database(node, sql)


def check_database(node: Node, sql: Sql) -> None:
    """TakenOver where the database is the successor's by now: new keys would make two nodes of it."""
    if _of(node, [bytes(row[0]) for row in sql.all(ALL)]):
        raise TakenOver(WORDS)


def hold(node: Node) -> None:
    """TakenOver where this home was told so. Costs nothing elsewhere."""
    if node.given_away and node.key.origin in node.given_away:
        raise TakenOver(WORDS)


def hear(node: Node, slips: Iterable[bytes]) -> bool:
    """Take what a peer tells; True where it ends this node. Whatever else a slip says changes nothing."""
    ours = _of(node, slips)
    if not ours:
        return False
    path = node.home / FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
        for slip in ours:
            file.write(base64.b64encode(slip) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(node.home)
    node.given_away.add(node.key.origin)
    return True


def _of(node: Node, slips: Iterable[bytes]) -> list[bytes]:
    """Of slips, those by which this node's key and one of its own devices name a successor."""
    found = []
    for slip in slips:
        try:
            read = succession.read(slip)
        except succession.BadSuccession:
            continue
        own = node.rings.rows(
            "select 1 from device where authority = ? and public = ?",
            (read.authority.hex(), read.old_device),
        )
        if read.old_node == node.key.public and read.new_node != read.old_node and own:
            found.append(slip)
    return found


def noted(home: Path) -> set[str]:
    """Names of nodes whose place was given away, as a home was told. A line that was cut off is left out."""
    path, found = home / FILE, set()
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            found.add(succession.read(base64.b64decode(line, validate=True)).before)
        except (ValueError, succession.BadSuccession):
            continue
    return found
