"""What one node holds, told by the node itself: the ground of every proof of the replay."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from libertad.access.actor import Actor
from libertad.access.sealed import open_sealed
from libertad.figures.queries import figures, summary
from libertad.journal import folding, reading
from libertad.journal.node import Node, node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify

SHORTEST = 16  # of words that are looked for in other nodes' files: shorter ones occur by themselves


@dataclass
class Snapshot:
    """What a node holds, of which nothing leaves the driver.

    `entries`: hash -> (compartment, whether a ring here opens it). `keys`: authority -> compartment -> raw
    keys. `rows`: compartment -> row -> digest, of rows made from that compartment alone; `mixed`: rows that
    several have made here, so that not everybody can have them alike. `words`: compartment -> what is said in
    it, in plain. `held`: hash -> why it is not folded.
    """

    name: str
    origin: str
    size: int
    authorities: list[str]
    entries: dict[str, tuple[str, bool]]
    readers: dict[str, list[str]]
    kinds: dict[str, str]
    keys: dict[str, dict[str, list[bytes]]]
    rows: dict[str, dict[str, str]]
    figures: dict[str, dict[str, Any]]
    mixed: set[str] = field(default_factory=set)
    held: dict[str, str] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


def take(name: str, actors: Mapping[str, Actor]) -> Snapshot:
    """`actors`: by authority that lives here, an officer of it who may read the figures."""
    here, sql = node(), Sql()
    entries: dict[str, tuple[str, bool]] = {}
    words: dict[str, set[str]] = defaultdict(set)
    held = _held_entries(sql)
    for row in reading.stored(sql):
        entry = here.understand(row.header, row.body)
        entries[row.hash.hex()] = (row.compartment, entry is not None)
        if entry is not None:
            names = (entry.subject, entry.operation, entry.authority, entry.officer)
            words[row.compartment].update(long_texts((*names, msgspec.to_builtins(entry.content))))
    readers: dict[str, list[str]] = defaultdict(list)
    for compartment, authority in sql.all("select compartment, authority from access_reader order by id"):
        readers[compartment].append(authority)
    report = verify(here)
    by_compartment, mixed = rows(here, sql)
    return Snapshot(
        name=name,
        origin=here.key.origin,
        size=len(entries),
        authorities=here.rings.authorities(),
        entries=entries,
        readers=dict(readers),
        kinds=dict(sql.all("select id, kind from access_compartment")),
        keys=_keys(here),
        rows=by_compartment,
        mixed=mixed,
        figures={authority: figures_read(actor) for authority, actor in actors.items()},
        held=held,
        words=dict(words),
        findings=[str(finding) for finding in report.findings],
    )


def figures_read(actor: Actor) -> dict[str, Any]:
    """All figures that this officer reads: totals, a line for each country, releases."""
    readable = figures(actor)
    lines = {country: msgspec.to_builtins(vars(line)) for country, line in readable.lines.items()}
    released = [(release.number, msgspec.to_builtins(vars(release.total))) for release in readable.releases]
    return {"summary": summary(actor), "lines": lines, "releases": released}


def long_texts(what: Any) -> Iterator[str]:
    """Every text in a value that is long enough to be looked for."""
    if isinstance(what, str):
        if len(what.encode()) >= SHORTEST:
            yield what
    elif isinstance(what, Mapping):
        for value in what.values():
            yield from long_texts(value)
    elif isinstance(what, (list, tuple)):
        for value in what:
            yield from long_texts(value)


def _keys(here: Node) -> dict[str, dict[str, list[bytes]]]:
    with here.rings.lock:
        known = here.rings.db.execute("select authority, key_id, compartment from epoch").fetchall()
        keys: dict[str, dict[str, list[bytes]]] = {name: {} for name in here.rings.open}
        for authority, kid, compartment in known:
            raw = here.rings.key(authority, kid)
            if raw is not None:
                keys[authority].setdefault(bytes(compartment).hex(), []).append(raw)
        return keys


def raw_keys() -> set[bytes]:
    """Every key in a ring of this node."""
    return {raw for ring in _keys(node()).values() for keys in ring.values() for raw in keys}


def rows(here: Node, sql: Sql) -> tuple[dict[str, dict[str, str]], set[str]]:
    """Rows that every reader of one compartment must have alike, and the names of those made of several."""
    touched = sql.all(
        "select t.key, min(e.compartment), max(e.compartment) from journal_touch t "
        "join journal_entry e on e.idx = t.entry group by t.key"
    )
    alone = {key: low for key, low, high in touched if low == high}
    hashes: dict[str, dict[str, str]] = defaultdict(dict)
    for projection in folding.PROJECTIONS:
        sealed = list(projection.columns).index("sealed")
        for key, values in reading.table(sql, projection).items():
            name = projection.touch(key)
            compartment = alone.get(name)
            if compartment is None:
                continue
            plain = list(values)
            if plain[sealed] is not None:
                plain[sealed] = _open_row(here, projection.model._meta.label, key, plain[sealed])
            hashes[compartment][name] = hashlib.sha256(repr(plain).encode()).hexdigest()
    return dict(hashes), {key for key, low, high in touched if low != high}


def _open_row(here: Node, label: str, key: str, sealed: bytes) -> Any:
    for authority in here.rings.open:
        opened = open_sealed(here, authority, label, key, sealed)
        if opened:
            return sorted(opened.items())
    return "not opened"


def _held_entries(sql: Sql) -> dict[str, str]:
    """Entries that are kept and not folded, where this version keeps such a list."""
    if sql.postgres or not sql.first("select 1 from sqlite_master where name = 'journal_held'"):
        return {}
    rows = sql.all("select e.hash, h.reason from journal_held h join journal_entry e on e.idx = h.idx")
    return {bytes(name).hex(): str(reason) for name, reason in rows}
