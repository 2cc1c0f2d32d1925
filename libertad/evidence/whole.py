"""Whether the record of one exhibit is whole: judged apart from whether its custody is.

Every entry behind the exhibit is read from the journal again and checked: its name and body by their
hashes, its signature by the device's key, its place in the device's log, and its place in the node's
tree by an inclusion proof against the root that stands now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from libertad.access.entries import tree_source
from libertad.evidence.custody import Event
from libertad.evidence.models import Exhibit
from libertad.journal import header
from libertad.journal.models import Device, Entry, Head, Touch
from libertad.journal.node import node
from libertad.journal.tree import EMPTY, Frontier, TiledSource, inclusion_proof, leaf_hash, verify_inclusion


@dataclass(frozen=True)
class Whole:
    """How many of the entries pass each check; `size` and `root` of the tree they were proved in."""

    entries: int
    signed: int
    included: int
    size: int
    root: str
    complete: bool

    @property
    def passes(self) -> bool:
        return self.complete and self.entries == self.signed == self.included > 0


def check(exhibit: str, events: Collection[Event]) -> Whole:
    """Check the entries behind an exhibit; `events` is what its page shows."""
    size, root = _tree()
    touched = Touch.objects.filter(key=f"{Exhibit._meta.label}:{exhibit}").values_list("entry", flat=True)
    entries = list(Entry.objects.filter(idx__in=list(touched), place__lt=size).order_by("idx"))
    authorities = {event.id: event.authority for event in events}
    source = tree_source()
    return Whole(
        entries=len(entries),
        signed=sum(_signed(entry, authorities) for entry in entries),
        included=sum(_included(entry, size, root, source) for entry in entries),
        size=size,
        root=root.hex(),
        # What is shown is what is on file: no entry more, none less.
        complete={bytes(entry.hash).hex() for entry in entries} == set(authorities),
    )


def _tree() -> tuple[int, bytes]:
    """Size and root of the node's open tree. The mark beside the keys must not say otherwise."""
    head = Head.objects.filter(pk=1).values_list("size", "frontier").first()
    if head is None:
        return 0, EMPTY
    size, root = head[0], Frontier.from_bytes(bytes(head[1])).root()
    mark = node().mark()
    if mark is not None and (mark[0] == size and mark[1] != root.hex()):
        return 0, EMPTY
    return size, root


def _signed(entry: Entry, authorities: dict[str, str]) -> bool:
    exact, body = bytes(entry.header), entry.body
    try:
        head = header.decode(exact)
    except header.Malformed:
        return False
    name = header.entry_hash(exact)
    device = Device.objects.filter(pk=head.device).first()
    if device is None or body is None or bytes(entry.hash) != name:
        return False
    public = bytes(device.public)
    return (
        header.device_id(public) == head.device
        and device.authority == authorities.get(name.hex())
        and hashlib.sha256(bytes(body)).digest() == head.body_hash
        and header.verify(exact, bytes(entry.signature), public)
        and _follows(head)
    )


def _follows(head: header.Header) -> bool:
    """The header before it in the device's log is there, under the hash that this one names."""
    if head.seq == 0:
        return True
    before = Entry.objects.filter(
        compartment=head.compartment.hex(), device=head.device, seq=head.seq - 1
    ).first()
    return before is not None and header.entry_hash(bytes(before.header)) == head.previous


def _included(entry: Entry, size: int, root: bytes, source: TiledSource) -> bool:
    try:
        proof = inclusion_proof(entry.place or 0, size, source)
    except (ValueError, KeyError):
        return False
    return verify_inclusion(leaf_hash(bytes(entry.header)), entry.place or 0, size, proof, root)
