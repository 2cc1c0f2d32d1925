"""After a restore: that whoever gives keys back is a reader, proven by the entries which those keys open.
are sealed under those very keys.

Such an entry counts if this authority or the file's owner signed it, and if what the keys open does not take
it back: whoever was removed since brings no key, and makes no old one the newest again. An entry that no ring
opens was judged by nobody, so its name, signature and body are verified here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from libertad.access.membership import believed
from libertad.exchange.control import key_wrap, returned_keys
from libertad.exchange.peering.guarded import phones
from libertad.journal import folding, guarded, guards, header, sealing
from libertad.journal.causal import Standing
from libertad.journal.folding import Said
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sql import Sql
from libertad.vocabulary.values import Refused

OPENING = "compartment.open"
READERS = frozenset({OPENING, "compartment.readers", "compartment.remove"})


def readers_by_them(node: Node, sql: Sql, wraps: Iterable[key_wrap.Wrap]) -> list[key_wrap.Wrap]:
    """Of these wraps those whose giver reads the file by what the keys themselves open, for files of which
    this node misses a key."""
    missing = returned_keys.missing(node, sql)
    groups: dict[tuple[bytes, str], list[key_wrap.Wrap]] = defaultdict(list)
    for wrap in wraps:
        if wrap.compartment in missing:
            groups[wrap.compartment, wrap.giver].append(wrap)
    readable: list[key_wrap.Wrap] = []
    for (place, giver), group in sorted(groups.items()):
        opening: dict[bytes, bytes] = {}
        for wrap in group:
            try:
                opening[wrap.kid] = key_wrap.unwrap(node.rings, wrap.reader, wrap)
            except (key_wrap.WrongWrap, Locked):
                continue
        if opening and _names(node, sql, place.hex(), giver, opening):
            readable += group
    return readable


def _names(node: Node, sql: Sql, place: str, giver: str, opening: Mapping[bytes, bytes]) -> bool:
    """Whether what own devices and the owner's signed in a file makes this authority a reader of it."""
    by_us = set(node.rings.authorities())
    owner = believed(sql, "access_compartment", place).get("owner")
    by_us |= {str(owner)} if owner else set()
    entries = [
        entry
        for entry in _open_entries(node, sql, place, opening)
        if entry.verb in READERS
        and entry.authority in by_us
        and giver in getattr(entry.content, "reader", ())
    ]
    projection = folding.by_label()["access.Reader"]
    return bool(entries) and projection.row(f"{place}:{giver}", Standing(entries)) is not None


def _open_entries(node: Node, sql: Sql, place: str, opening: Mapping[bytes, bytes]) -> Iterable[Said]:
    """What these keys and the rings open of a file, in the name of whose device signed it. Of what a phone
    signed no more than the opening: these entries may not have been judged yet."""
    devices, held = guarded.devices(sql), _held_indexes(sql)
    out = phones(sql)
    rows = sql.all(
        "select idx, hash, header, signature, body from journal_entry "
        "where compartment = ? and body is not null order by idx",
        (place,),
    )
    for idx, name, exact, signature, body in rows:
        if idx in held:
            continue
        try:
            head = header.decode(bytes(exact))
            key = opening.get(head.key_id) or node.rings.known.get(head.key_id)
            device = devices.get(head.device)
            if (
                key is None
                or device is None
                or head.compartment.hex() != place
                or header.entry_hash(bytes(exact)) != bytes(name)
                or not header.verify(bytes(exact), bytes(signature), device[0])
            ):
                continue
            plain = sealing.open_known(bytes(body), key, head)
            entry = folding.understand(plain, bytes(name).hex(), place, head.key_id)
        except (Refused, sealing.CannotOpen, header.Malformed, msgspec.MsgspecError):
            continue
        if entry.authority == device[1] and (entry.verb == OPENING or head.device.hex() not in out):
            yield entry


def _held_indexes(sql: Sql) -> set[int]:
    """Entries that are held back; also such whose row was changed or taken away."""
    rows = guards.rows(sql, guards.GUARDS[guarded.HELD])
    return {row[0] for row in rows} | {int(name) for name in sql.wrong(guarded.HELD, rows)}
