"""One entry as it was signed: header, signature, place in the tree, and body, for those who may read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import Compartment
from libertad.access.queries import authority_names, mixed_node, officer_names, reads
from libertad.journal import header, sealing
from libertad.journal.causal import in_order
from libertad.journal.folding import Said, understand
from libertad.journal.models import Device, Entry, Head, Tile, Touch
from libertad.journal.node import node
from libertad.journal.tree import Frontier, TiledSource, inclusion_proof, leaf_hash, verify_inclusion
from libertad.journal.trees import BASE, HEAD, tree_of_place
from libertad.vocabulary.values import Refused

ROW = 256  # tiles that are read at once: those under one tile of the level above
# A room's own word on who may read an entry of a verb, beyond role and file: what it tells of other files.
GUARDS: dict[str, Callable[[Actor, Said], bool]] = {}


@dataclass(frozen=True)
class EntrySeen:
    """An entry that its reader may read, with what was checked just now."""

    name: str
    place: int | None
    header: header.Header
    kind: str
    said: Said
    officer: str
    authority: str
    device_of: str
    signature: str
    signature_valid: bool
    tree_size: int
    tree_root: str
    proof: tuple[str, ...]
    proof_valid: bool

    @property
    def tree_told(self) -> bool:
        """Whether place, size, root and proof may be shown: what they count is the reader's own side's."""
        return self.place is not None


def entry(actor: Actor, name: str) -> EntrySeen | None:
    """An entry by its hash; None alike for one that is not there and one that the actor may not know of.

    All must hold: the actor's authority reads the compartment, its own ring opens the body, the matrix lets
    the role read the verb, and the verb's room has nothing against it.
    """
    try:
        exact = bytes.fromhex(name)
    except ValueError:
        return None
    row = Entry.objects.filter(hash=exact).first()
    if row is None or row.body is None:
        return None
    if not reads(actor, row.compartment):
        return None
    head = header.decode(bytes(row.header))
    opened = _open_entry(actor, head, bytes(row.header), bytes(row.body))
    if opened is None or not matrix().may_read(actor.role, opened.verb):
        return None
    if not _unguarded(actor, opened):
        return None
    return _checked(actor, row, head, opened)


def _unguarded(actor: Actor, entry: Said) -> bool:
    guard = GUARDS.get(entry.verb)
    return guard is None or guard(actor, entry)


def said_of(actor: Actor, label: str, keys: Sequence[str]) -> dict[str, list[Said]]:
    """The entries behind rows of a read model that the actor may read, in order, by the rows' keys."""
    touch = {f"{label}:{key}": key for key in keys}
    pairs = list(Touch.objects.filter(key__in=list(touch)).values_list("key", "entry"))
    entries = Entry.objects.filter(idx__in={idx for _, idx in pairs}, body__isnull=False)
    by_index = {}
    for row in entries:
        exact = bytes(row.header)
        entry = _open_entry(actor, header.decode(exact), exact, bytes(row.body or b""))
        if entry is not None and matrix().may_read(actor.role, entry.verb) and _unguarded(actor, entry):
            by_index[row.idx] = entry
    behind: dict[str, list[Said]] = {key: [] for key in keys}
    for name, idx in pairs:
        if idx in by_index:
            behind[touch[name]].append(by_index[idx])
    return {key: in_order(group) for key, group in behind.items()}


def _open_entry(actor: Actor, head: header.Header, exact: bytes, body: bytes) -> Said | None:
    key = node().rings.key(actor.authority, head.key_id)
    if key is None:
        return None
    try:
        plain = sealing.open_known(body, key, head)
        return understand(plain, header.entry_hash(exact).hex(), head.compartment.hex(), head.key_id)
    except (sealing.CannotOpen, header.Malformed, Refused):
        return None


def _checked(actor: Actor, row: Entry, head: header.Header, entry: Said) -> EntrySeen:
    device = Device.objects.filter(pk=head.device).first()
    public = bytes(device.public) if device else b""
    valid = bool(device) and header.device_id(public) == head.device
    name = tree_of_place(row.place or 0)
    now, base = Head.objects.get(pk=HEAD[name]), BASE[name]
    place = (row.place or 0) - base
    root = Frontier.from_bytes(bytes(now.frontier)).root()
    proof = inclusion_proof(place, now.size, tree_source(base))
    names = authority_names([entry.authority, device.authority if device else ""])
    tells_tree = not mixed_node()
    return EntrySeen(
        name=header.entry_hash(bytes(row.header)).hex(),
        place=place if tells_tree else None,
        header=head,
        kind=Compartment.objects.values_list("kind", flat=True).get(pk=row.compartment),
        said=entry,
        officer=officer_names(actor, [entry.officer]).get(entry.officer, ""),
        authority=names.get(entry.authority, ""),
        device_of=names.get(device.authority, "") if device else "",
        signature=bytes(row.signature).hex(),
        signature_valid=valid and header.verify(bytes(row.header), bytes(row.signature), public),
        tree_size=now.size if tells_tree else 0,
        tree_root=root.hex() if tells_tree else "",
        proof=tuple(step.hex() for step in proof) if tells_tree else (),
        proof_valid=verify_inclusion(leaf_hash(bytes(row.header)), place, now.size, proof, root),
    )


def tree_source(base: int = 0) -> TiledSource:
    """One of the node's trees from its database: stored tiles, and leaves from the headers.

    A proof asks for neighbours one after the other, so they are read by the row of 256.
    """
    rows: dict[tuple[int, int], dict[int, bytes]] = {}

    def leaves(start: int, count: int) -> Sequence[bytes]:
        at = base + start
        entries = Entry.objects.filter(place__gte=at, place__lt=at + count).order_by("place")
        return [leaf_hash(bytes(exact)) for exact in entries.values_list("header", flat=True)]

    def tile(level: int, position: int) -> bytes | None:
        at = position + (base >> level)
        row = at // ROW
        if (level, row) not in rows:
            span = Tile.objects.filter(level=level, position__gte=row * ROW, position__lt=(row + 1) * ROW)
            rows[level, row] = {place: bytes(name) for place, name in span.values_list("position", "hash")}
        return rows[level, row].get(at)

    return TiledSource(leaves, tile)


class Disclosed(NamedTuple):
    """An entry that its reader may read, as signed: exact header, signature, sealed body, and the key of this
    one entry, which opens no other."""

    said: Said
    header: bytes
    signature: bytes
    body: bytes
    key: bytes


def disclosed(actor: Actor, rows: Collection[str], *, kinds: Collection[str]) -> list[Disclosed]:
    """The signed entries behind rows of read models ('evidence.Exhibit:<id>') in files of these kinds, in the
    order received: what the actor's authority reads, its ring opens and the matrix lets the role read."""
    pairs = Touch.objects.filter(key__in=list(rows)).values_list("entry", flat=True)
    entries = Entry.objects.filter(idx__in=set(pairs), body__isnull=False).order_by("idx")
    places = {entry.compartment for entry in entries}
    listed = Compartment.objects.filter(pk__in=places, kind__in=list(kinds)).values_list("pk", flat=True)
    read = {place for place in listed if reads(actor, place)}
    disclosures = []
    for row in entries:
        exact, body = bytes(row.header), bytes(row.body or b"")
        head = header.decode(exact)
        opened = _open_entry(actor, head, exact, body) if row.compartment in read else None
        epoch = node().rings.key(actor.authority, head.key_id)
        if opened is None or epoch is None:
            continue
        if matrix().may_read(actor.role, opened.verb) and _unguarded(actor, opened):
            key = sealing.entry_key(body, epoch)
            disclosures.append(Disclosed(opened, exact, bytes(row.signature), body, key))
    return disclosures
