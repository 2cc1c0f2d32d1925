"""What must hold: after every step, and once everything is healed and quiet."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from unittest.mock import patch

from libertad.exchange.peering import peers
from libertad.exchange.sending.sender import Outgoing
from libertad.journal import folding, sealing, verify
from libertad.journal.sql import Sql
from tests.simulator.network import Network, Wrong
from tests.simulator.world import Actors, World


class Raw(Sql):
    """Looks at a machine's disk without being a step of its process."""

    def __init__(self, party: Actors) -> None:
        self.raw = party.machine.disk
        self.alias = ""
        self.postgres = False


def stored(party: Actors) -> dict[bytes, str]:
    """Hash -> compartment of what a machine's database holds."""
    rows = party.machine.disk.execute("select hash, compartment from journal_entry")
    return {bytes(name): compartment for name, compartment in rows}


def held_entries(party: Actors) -> dict[bytes, tuple[str, str]]:
    rows = party.machine.disk.execute(
        "select e.hash, e.compartment, h.reason from journal_held h join journal_entry e on e.idx = h.idx"
    )
    return {bytes(name): (compartment, reason) for name, compartment, reason in rows}


def running(world: World) -> list[int]:
    return [n for n, party in enumerate(world.parties) if party.machine.node is not None]


def always(world: World, network: Network, deep: bool) -> None:
    """After each step; `deep` also compares each cursor with what is stored."""
    holds = [stored(party) for party in world.parties]
    for name, entry in world.acknowledged.items():
        if name not in holds[entry.author] and name not in world.excepted:
            raise Wrong(f"{world.parties[entry.author].name} acknowledged {name.hex()[:12]} and has lost it")
    for number, party in enumerate(world.parties):
        for compartment in set(holds[number].values()):
            if party.authority not in world.readers[compartment]:
                raise Wrong(f"{party.name} holds entries of {compartment[:12]}, which it may not read")
        if party.machine.disk.execute("select 1 from exchange_alarm").fetchone():
            raise Wrong(f"{party.name} raises an alarm, and nobody told two histories")
    existing = {compartment for hold in holds for compartment in hold.values()}
    for number in running(world):
        keys(world, world.parties[number], existing)
    if deep:
        for taker in running(world):
            for giver in running(world):
                if taker != giver:
                    cursor(world, taker, giver, holds)


def keys(world: World, party: Actors, existing: set[str]) -> None:
    """No ring holds a key of a file that its authority may not read, nor of an epoch from which it is barred.

    A key of a file that is nowhere is one whose opening died between the rings' commit and the database's.
    """
    rings = party.node.rings
    with world.at(party):
        for authority, ring in rings.open.items():
            for compartment, (_, _) in ring.current.items():
                if compartment.hex() in existing and authority not in world.readers[compartment.hex()]:
                    raise Wrong(f"{party.name} has a key of {compartment.hex()[:12]}, which it may not read")
            for kid in ring.keys:
                if authority in world.barred.get(kid, ()):
                    raise Wrong(f"{party.name} has a key that was made after it was removed")


def cursor(world: World, taker_number: int, giver_number: int, holds: list[dict[bytes, str]]) -> None:
    """Every entry below the cursor that it may hold is stored, or wanted, or not yet offered."""
    taker, giver = world.parties[taker_number], world.parties[giver_number]
    peer = peers.get(Raw(taker), giver.node.key.origin)
    if peer is None or not peer.taken:
        return
    out = Outgoing(giver.node, Raw(giver), taker.node.key.origin)
    if peer.taken > out.size:
        raise Wrong(f"{taker.name} has examined {peer.taken} of {giver.name}'s {out.size} entries")
    missing = defaultdict(list)
    start = 0
    while True:
        rows = out.rows(start, peer.taken)
        for idx, exact, _, _ in rows:
            name = _hash(exact)
            if name not in holds[taker_number]:
                missing[_place(exact)].append(idx)
        if len(rows) < 512:
            break
        start = rows[-1][0] + 1
    if not missing:
        return
    wants = {
        row[0]: row[1]
        for row in taker.machine.disk.execute(
            "select compartment, since from exchange_want where origin = ?", (peer.origin,)
        )
    }
    offered = dict(
        giver.machine.disk.execute(
            "select compartment, word from exchange_offered where origin = ?", (taker.node.key.origin,)
        )
    )
    for compartment, places in missing.items():
        if wants.get(compartment, 1 << 60) <= min(places) or offered.get(compartment, 1) > 0:
            continue
        raise Wrong(
            f"{taker.name} has examined {peer.taken} of {giver.name}'s entries and neither holds nor wants "
            f"{places} of {compartment[:12]}"
        )


def _hash(exact: Any) -> bytes:
    from libertad.journal.header import entry_hash

    return entry_hash(bytes(exact))


def _place(exact: Any) -> str:
    from libertad.journal.header import decode

    return decode(bytes(exact)).compartment.hex()


# -- at quiet ------------------------------------------------------------------------------


def readers_now(world: World) -> dict[str, set[int]]:
    """Who reads each file, by its owner's word; those who erased it are not asked for it."""
    by_name = {party.authority: n for n, party in enumerate(world.parties)}
    readers: dict[str, set[int]] = defaultdict(set)
    for party in world.parties:
        rows = party.machine.disk.execute(
            "select r.compartment, r.authority from access_reader r join access_compartment c "
            "on c.id = r.compartment where c.owner = ?",
            (party.authority,),
        )
        for compartment, authority in rows:
            if authority in by_name and (authority, compartment) not in world.erased:
                readers[compartment].add(by_name[authority])
    return readers


def rows_of(world: World, party: Actors) -> dict[str, dict[str, Any]]:
    """Compartment -> row -> plain columns and opened sealed ones."""
    by_compartment: dict[str, dict[str, Any]] = defaultdict(dict)
    known = party.node.rings.known
    short = {kid[:16]: key for kid, key in known.items()}
    for projection in folding.PROJECTIONS:
        columns = projection.columns
        at, place, sealed = columns.index("id"), columns.index("compartment"), columns.index("sealed")
        rows = party.machine.disk.execute(
            f"select {folding.quoted(columns)} from {projection.model._meta.db_table}"
        )
        for row in rows:
            values = list(row)
            if row[sealed] is not None:
                key = short.get(bytes(row[sealed])[:16])
                values[sealed] = key and sealing.open_columns(
                    bytes(row[sealed]), key, projection.touch(row[at]).encode()
                )
            by_compartment[row[place]][projection.touch(row[at])] = tuple(values)
    return by_compartment


def quiet(world: World) -> None:
    """Once all is healed and nothing more is to be told."""
    reads = readers_now(world)
    holds = [stored(party) for party in world.parties]
    for name, entry in world.acknowledged.items():
        if name in world.excepted or unsent(world, entry, name, reads, holds):
            continue
        for reader in sorted(reads.get(entry.compartment, set())):
            if name not in holds[reader]:
                raise Wrong(
                    f"{world.parties[reader].name} reads {entry.compartment[:12]} and never got "
                    f"{name.hex()[:12]} of {world.parties[entry.author].name}"
                )
    forks(world)
    readers_agree(world, reads)
    secrets(world)
    for number in running(world):
        party = world.parties[number]
        with world.at(party):
            report = checked(party)
        # Others go on sending what was erased here; it is kept sealed, and verify says so.
        wrong = [finding for finding in report.findings if "its file was erased" not in finding.what]
        if wrong:
            raise Wrong(f"{party.name}: {wrong[0]}")


def checked(party: Actors) -> verify.Report:
    """`libertad journal verify` of this machine's database."""
    if party.machine.disk.in_transaction:  # a planted bug's
        party.machine.disk.commit()
    with patch.object(verify, "Sql", lambda alias: Raw(party)):
        return verify.verify(party.node, models=True)


def unsent(world: World, entry: Any, name: bytes, reads: dict[str, set[int]], holds: list[Any]) -> bool:
    """Whether its author does not read the file any more (it erased it, or was removed) and nobody got it."""
    author = world.parties[entry.author].authority
    now = reads.get(entry.compartment, set())
    if (author, entry.compartment) in world.erased:
        world.parted.add(entry.compartment)  # nobody passes on what the one who erased had sent to some
        return True
    return entry.author not in now and not any(name in holds[reader] for reader in now)


def forks(world: World) -> None:
    """No two entries of one number of one log are folded, at one node or at two."""
    folded: dict[tuple[bytes, str, int], bytes] = {}
    for party in world.parties:
        apart = held_entries(party)
        for name, device, compartment, seq in party.machine.disk.execute(
            "select hash, device, compartment, seq from journal_entry"
        ):
            name = bytes(name)
            if name in apart:
                continue
            place = (bytes(device), compartment, seq)
            if folded.setdefault(place, name) != name:
                raise Wrong(f"number {seq} of a log in {compartment[:12]} is folded twice, differently")


def readers_agree(world: World, reads: dict[str, set[int]]) -> None:
    """All readers of a file have the same rows and hold the same back."""
    rows = [rows_of(world, party) for party in world.parties]
    apart = [held_entries(party) for party in world.parties]
    wide = set().union(*(mixed(party) for party in world.parties))
    for compartment, numbers in sorted(reads.items()):
        if compartment in world.parted:
            continue
        first, *remaining = sorted(numbers)
        first_rows = rows[first].get(compartment, {})
        back = {name: why for name, (place, why) in apart[first].items() if place == compartment}
        for number in remaining:
            other_rows = rows[number].get(compartment, {})
            names = (world.parties[first].name, world.parties[number].name)
            behind = {name: why for name, (place, why) in apart[number].items() if place == compartment}
            if back != behind:
                differ = {k.hex()[:12]: (back.get(k), behind.get(k)) for k in back.keys() ^ behind.keys()}
                raise Wrong(
                    f"{names} hold back different entries of {compartment[:12]}: {differ or 'reasons'}"
                )
            if first_rows != other_rows:
                keys = sorted(
                    k
                    for k in first_rows.keys() | other_rows.keys()
                    if first_rows.get(k) != other_rows.get(k) and k not in wide
                )
                if not keys:
                    continue
                raise Wrong(
                    f"{names} read {compartment[:12]} differently: {keys[:3]} "
                    f"{[(first_rows.get(k), other_rows.get(k)) for k in keys[:1]]}"
                )


def mixed(party: Actors) -> set[str]:
    """Rows made from entries of several files: who reads fewer of these rightly has another row."""
    rows = party.machine.disk.execute(
        "select t.key from journal_touch t join journal_entry e on e.idx = t.entry "
        "group by t.key having count(distinct e.compartment) > 1"
    )
    return {row[0] for row in rows}


def secrets(world: World) -> None:
    """No epoch key lies bare in any file of any node."""
    raw: set[bytes] = set()
    for number in running(world):
        raw.update(world.parties[number].node.rings.known.values())
    for party in world.parties:
        texts = [party.machine.image()]
        texts += [path.read_bytes() for path in party.machine.home.rglob("*") if path.is_file()]
        for text in texts:
            for key in raw:
                if key in text:
                    raise Wrong(f"a bare epoch key lies in a file of {party.name}")
