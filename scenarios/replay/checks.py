"""The proofs: each a function of what the nodes hold (`Snapshot`) and of what the driver knows.

A check tells what is wrong, one line each, never a plain text or a key. `planted` tests in
tests/scenarios/test_replay_checks.py show for each of them that it can fail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.replay.playing import Acknowledged
from scenarios.replay.searching import search
from scenarios.replay.snapshots import Snapshot

SHOWN = 20


@dataclass
class Check:
    """`counted`: how many things were compared; a check that compared nothing does not hold."""

    name: str
    counted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.wrong and self.counted > 0

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ok": self.ok,
            "counted": self.counted,
            "wrong": len(self.wrong),
            "first": self.wrong[:SHOWN],
        }


Snapshots = Sequence[Snapshot]


def readers_of(snapshots: Snapshots) -> dict[str, set[str]]:
    """Compartment -> authorities that read it, as said by any node that opens it."""
    readers: dict[str, set[str]] = defaultdict(set)
    for snapshot in snapshots:
        for compartment, authorities in snapshot.readers.items():
            readers[compartment] |= set(authorities)
    return readers


def hosts_of(snapshots: Snapshots) -> dict[str, str]:
    """Authority -> the node where it lives."""
    return {authority: snapshot.name for snapshot in snapshots for authority in snapshot.authorities}


def figures_equal(snapshots: Snapshots, without: frozenset[str] = frozenset({"as_of"})) -> Check:
    """Every authority's figures are the same figures."""
    check = Check("every authority's figures are equal")
    first: tuple[str, dict[str, Any]] | None = None
    for snapshot in snapshots:
        for authority, figures in sorted(snapshot.figures.items()):
            summary = {name: value for name, value in figures["summary"].items() if name not in without}
            compared = {**figures, "summary": summary}
            check.counted += 1
            if first is None:
                first = (f"{snapshot.name} {authority}", compared)
            elif compared != first[1]:
                parts = [name for name in compared if compared[name] != first[1].get(name)]
                check.wrong.append(
                    f"{snapshot.name} {authority} differs from {first[0]} in {', '.join(parts)}"
                )
    return check


def rows_equal(snapshots: Snapshots) -> Check:
    """Whoever reads a compartment has the same rows from it."""
    check = Check("all readers of a compartment show the same")
    readers, homes = readers_of(snapshots), hosts_of(snapshots)
    by_name = {snapshot.name: snapshot for snapshot in snapshots}
    for compartment, authorities in sorted(readers.items()):
        nodes = sorted({homes[a] for a in authorities if a in homes})
        rows = {name: by_name[name].rows.get(compartment, {}) for name in nodes}
        check.counted += 1
        base = rows[nodes[0]] if nodes else {}
        for name in nodes[1:]:
            mixed = by_name[name].mixed | by_name[nodes[0]].mixed
            either = (rows[name].keys() | base.keys()) - mixed
            keys = sorted(key for key in either if rows[name].get(key) != base.get(key))
            if keys:
                kind = by_name[nodes[0]].kinds.get(compartment) or by_name[name].kinds.get(compartment, "?")
                check.wrong.append(
                    f"{name} and {nodes[0]}: {kind} {compartment[:8]}: {len(keys)} rows, such as {keys[0]}"
                )
    return check


def acknowledged_everywhere(
    snapshots: Snapshots, acknowledged: Iterable[Acknowledged], excepted: Mapping[str, str]
) -> Check:
    """Every acknowledged entry is at every reader, opens there, and is folded there."""
    check = Check("every acknowledged entry is at every reader")
    readers, homes = readers_of(snapshots), hosts_of(snapshots)
    by_name = {snapshot.name: snapshot for snapshot in snapshots}
    for receipt in acknowledged:
        if receipt.entry in excepted:
            continue
        check.counted += 1
        places = {homes[a] for a in readers.get(receipt.compartment, ()) if a in homes}
        if not places:
            check.wrong.append(f"{receipt.entry[:16]} of {receipt.host}: its compartment is known nowhere")
        for name in sorted(places):
            stored = by_name[name].entries.get(receipt.entry)
            if stored is None:
                check.wrong.append(f"{receipt.entry[:16]} of {receipt.host} is not at {name}")
            elif not stored[1]:
                check.wrong.append(f"{receipt.entry[:16]} of {receipt.host} does not open at {name}")
            elif receipt.entry in by_name[name].held:
                why = by_name[name].held[receipt.entry]
                check.wrong.append(f"{receipt.entry[:16]} of {receipt.host} is held at {name}: {why}")
    return check


def opens_nowhere_else(snapshots: Snapshots) -> Check:
    """No entry opens, and no ring holds a key, where no reader of its compartment lives.

    A key of a file that is nowhere opens nothing: the opening died between the rings' commit and the
    database's, or an older database was put back.
    """
    check = Check("nothing opens where nobody may read it")
    readers = readers_of(snapshots)
    existing = readers.keys() | {
        compartment for node in snapshots for compartment, _ in node.entries.values()
    }
    for snapshot in snapshots:
        for entry, (compartment, opens) in snapshot.entries.items():
            check.counted += 1
            if opens and not readers[compartment] & set(snapshot.authorities):
                check.wrong.append(f"{entry[:16]} opens at {snapshot.name}")
        for authority, keys in snapshot.keys.items():
            for compartment in keys:
                check.counted += 1
                if compartment in existing and authority not in readers[compartment]:
                    check.wrong.append(f"{snapshot.name}: {authority[:8]} holds a key of {compartment[:8]}")
    return check


def files_keep_silent(snapshots: Snapshots, homes: Mapping[str, Path]) -> Check:
    """No key and no plain words of a compartment are in the files of a node where no reader of it lives."""
    check = Check("no key and no word of a compartment is in the files of a node that is no reader")
    readers = readers_of(snapshots)
    keys, words = defaultdict(set), defaultdict(set)
    for snapshot in snapshots:
        for ring in snapshot.keys.values():
            for compartment, raws in ring.items():
                keys[compartment].update(raws)
        for compartment, texts in snapshot.words.items():
            words[compartment].update(texts)
    for snapshot in snapshots:
        own = set(snapshot.authorities)
        secret = {c for c in keys.keys() | words.keys() if not readers[c] & own}
        may = {word for c, spoken in words.items() if c not in secret for word in spoken}
        needles: dict[bytes, str] = {}
        for compartment in secret:
            for raw in keys[compartment]:
                needles[raw] = f"a key of {compartment[:8]}"
                needles[raw.hex().encode()] = f"a key of {compartment[:8]}, in hex"
            for word in words[compartment] - may:
                needles[word.encode()] = f"words of {compartment[:8]}"
        check.counted += len(needles)
        for path, label in search(homes[snapshot.name], needles):
            check.wrong.append(f"{snapshot.name}: {label} in {path.relative_to(homes[snapshot.name])}")
    return check


def fixed_points(snapshots: Snapshots, fixed: Mapping[str, int]) -> Check:
    """The totals that every authority reads are the fixed points."""
    check = Check("the public totals equal the fixed points")
    for snapshot in snapshots:
        for authority, figures in sorted(snapshot.figures.items()):
            totals = {name: figures["summary"].get(name) for name in fixed}
            check.counted += 1
            if totals != dict(fixed):
                off = [f"{n} {totals[n]} instead of {fixed[n]}" for n in fixed if totals[n] != fixed[n]]
                check.wrong.append(f"{snapshot.name} {authority[:8]}: {', '.join(off)}")
    return check


def journals_whole(snapshots: Snapshots) -> Check:
    """Each node's own verification of its journal finds nothing."""
    check = Check("every journal verifies")
    for snapshot in snapshots:
        check.counted += 1
        check.wrong += [f"{snapshot.name}: {line}" for line in snapshot.findings]
    return check


def forged_nowhere(snapshots: Snapshots, forged: Iterable[str]) -> Check:
    """What a thief wrote is folded nowhere: it is not there, or it is held."""
    check = Check("nothing forged is believed")
    for entry in forged:
        check.counted += 1
        for snapshot in snapshots:
            if entry in snapshot.entries and entry not in snapshot.held:
                check.wrong.append(f"{entry[:16]} stands at {snapshot.name}")
    return check


def canaries_known(snapshots: Snapshots, canaries: Mapping[str, str]) -> Check:
    """Each canary (word -> where it was said) is read by somebody: else the search for it proves nothing."""
    check = Check("the planted words are read by their readers")
    everything = {word for snapshot in snapshots for told in snapshot.words.values() for word in told}
    for word, where in canaries.items():
        check.counted += 1
        if word not in everything:
            check.wrong.append(f"the words planted in {where} are read by nobody")
    return check
