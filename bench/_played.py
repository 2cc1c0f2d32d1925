"""The seven days of Operation Libertad, played on a node of its own and measured, for `_world`."""

from __future__ import annotations

import secrets
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bench._world import COUNTRIES, KINDS, Compartment, Measured
from bench.node import prepare

FOUNDING = 300  # entries that stay while the rest is taken in again
ROUNDS = 3
DEVICES = 20


def slot(key: str, countries: Sequence[str], centres: Sequence[str]) -> int:
    """Place of an authority of the played operation ('GY', 'GY-care', 'BB-centre') among its members."""
    if key in centres:
        return COUNTRIES * len(KINDS) + centres.index(key)
    country, _, kind = key.partition("-")
    return countries.index(country) * len(KINDS) + KINDS.index(kind or "police")


def measure() -> Measured:
    """Play, count compartments and readers, enrol some devices, take all but the founding in once more."""
    home = prepare()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from libertad.journal.node import close_node
    from scenarios.operation_libertad_2018 import play

    try:
        empty = _database()
        cast = play.create().cast
        entries = _entries()
        disk = (_database() - empty) / len(entries)
        return Measured(
            _compartments(entries, cast.authorities),
            _enrolment(cast.actor("BB-centre", "coordinator"), entries),
            disk,
            _taking_in(entries),
        )
    finally:
        close_node()
        shutil.rmtree(home, ignore_errors=True)


def _entries() -> list[Any]:
    from libertad.journal import reading
    from libertad.journal.sql import Sql

    return list(reading.stored(Sql()))


def _database() -> int:
    """Bytes of the database's pages."""
    from libertad.journal.sql import Sql

    pages, size = Sql().first("pragma page_count"), Sql().first("pragma page_size")
    return int(pages[0]) * int(size[0])  # type: ignore[index]  # SQLite always answers these


def _length(entry: Any) -> int:
    return len(entry.header) + len(entry.signature) + len(entry.body or b"")


def _compartments(entries: Sequence[Any], authorities: dict[str, str]) -> list[Compartment]:
    from libertad.access.models import Reader
    from libertad.journal.header import decode
    from libertad.journal.sql import Sql

    centres = sorted(key for key in authorities if key.endswith("-centre"))
    countries = sorted(key for key in authorities if "-" not in key)
    slots = {name: slot(key, countries, centres) for key, name in authorities.items()}
    owners = {bytes(i): slots[a] for i, a in Sql().all("select id, authority from journal_device")}
    readers: dict[str, set[int]] = defaultdict(set)
    for place, authority in Reader.objects.values_list("compartment", "authority"):
        readers[place].add(slots[authority])
    by_place: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    kinds = {}
    for entry in entries:
        author = owners[entry.device]
        count, octets = by_place[entry.compartment].get(author, (0, 0))
        by_place[entry.compartment][author] = (count + 1, octets + _length(entry))
        kinds[entry.compartment] = decode(entry.header).type_class
    return [
        Compartment(kinds[place], tuple(sorted(readers[place] | set(by))), by)
        for place, by in by_place.items()
    ]


def _enrolment(coordinator: Any, before: Sequence[Any]) -> float:
    """Bytes of an entry that enrols a device."""
    from nacl.signing import SigningKey

    from libertad.access.acting import perform
    from libertad.access.actions.enrol_device import enrol_device

    for _ in range(DEVICES):
        key = SigningKey(secrets.token_bytes(32)).verify_key
        perform(coordinator, enrol_device, public=bytes(key).hex())
    return statistics.fmean(_length(entry) for entry in _entries()[len(before) :])


def _taking_in(entries: Sequence[Any]) -> float:
    """Seconds an entry: checked, opened, folded and committed by one process, the median round."""
    from bench.journal import _forget, _take_in
    from libertad.journal import ingest
    from libertad.journal.checking import Foreign
    from libertad.journal.node import node

    here = node()
    publics = here.writer.submit(ingest.publics)
    rest = [Foreign(e.header, e.signature, e.body) for e in entries[FOUNDING:]]
    seconds = []
    for _ in range(ROUNDS):
        _forget(here, FOUNDING)
        start = time.perf_counter()
        count = _take_in(here, rest, publics, 1)
        seconds.append((time.perf_counter() - start) / count)
        if count != len(rest):
            raise RuntimeError(f"{count} of {len(rest)} entries were taken in")
    return statistics.median(seconds)
