"""Six authorities at six machines, founded and joined once, then copied for every seed.

What stands in a world besides the nodes is the truth that no node knows whole: which entries were
acknowledged, who was ever let read a file, whose keys were ended, which machine was restored or copied.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from unittest.mock import patch

from libertad.access import clock
from libertad.access.acting import Act, new_id
from libertad.exchange.onboarding import admission
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import node as node_module
from libertad.journal.header import device_id
from libertad.vocabulary.verbs.access import CompartmentOpen, CompartmentReaders
from tests.simulator.machine import Crash, Machine, MachineNode, SyncWriter
from tests.simulator.virtual import Times, virtual
from tests.support.nodes import Party, invited, schema

T = TypeVar("T")
# name, kind, country, roles
PLAN = (
    ("Centre", "centre", "BB", ("analyst",)),
    ("Lyon", "centre", "FR", ("analyst",)),
    ("Guyana", "police", "GY", ("officer", "national-lead")),
    ("Georgetown", "police", "GY", ("officer", "national-lead")),
    ("Trinidad", "police", "TT", ("officer", "national-lead")),
    ("Care", "care", "GY", ("caseworker", "supervisor")),
)


class Entry(NamedTuple):
    """An acknowledged entry."""

    compartment: str
    author: int
    device: bytes
    seq: int


class Actors(Party):
    """An authority at its machine. Its process changes with each start of the machine."""

    def __init__(self, machine: Machine) -> None:
        self.name = machine.name
        self.machine = machine
        self.authority = ""
        self.operation = ""
        self.officers: dict[str, str] = {}
        self.roles: dict[str, str] = {}
        self.withdrawn: set[str] = set()
        self.reachable = True

    @property
    def node(self) -> MachineNode:  # type: ignore[override]
        if self.machine.node is None:
            raise ConnectionError("the machine is down")
        return self.machine.node

    @property
    def exchange(self) -> Exchange:  # type: ignore[override]
        if self.machine.exchange is None:
            raise ConnectionError("the machine is down")
        return self.machine.exchange


@dataclass
class Image:
    """The world as founded: each machine's database and files."""

    nodes: list[dict[str, Any]]
    true: float


@dataclass
class World:
    """Six nodes and what is true of them."""

    seed: int
    times: Times
    root: Path
    parties: list[Actors]
    random: random.Random
    acknowledged: dict[bytes, Entry] = field(default_factory=dict)
    readers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # ever
    barred: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))  # key id -> authorities
    files: dict[bytes, str] = field(default_factory=dict)  # of barred keys
    erased: set[tuple[str, str]] = field(default_factory=set)  # (authority, compartment)
    parted: set[str] = field(default_factory=set)  # files of which some readers have more than others
    origins: dict[str, int] = field(default_factory=dict)
    excepted: dict[bytes, str] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def say(self, text: str) -> None:
        self.trace.append(text)

    @contextmanager
    def at(self, party: Actors) -> Iterator[None]:
        with self.times.at(party.machine.skew):
            yield

    def learn(self, number: int, start: int) -> None:
        """Take note of what a node of ours said and acknowledged, from index `start` on."""
        party = self.parties[number]
        with self.at(party):
            own = device_id(party.node.rings.device(party.authority)[0])
            rows = party.machine.disk.execute(
                "select hash, compartment, device, seq, header, body from journal_entry where idx >= ?",
                (start,),
            ).fetchall()
            for name, compartment, device, seq, exact, body in rows:
                if bytes(device) != own:
                    continue
                self.acknowledged[bytes(name)] = Entry(compartment, number, bytes(device), seq)
                self.opening(party.node.understand(bytes(exact), body))

    def opening(self, entry: Any) -> None:
        """Who reads a file from this entry on, even if nobody learns of it."""
        if entry is not None and isinstance(entry.content, (CompartmentOpen, CompartmentReaders)):
            self.readers[entry.compartment].update(entry.content.reader)
            for kid, barred in self.barred.items():
                if self.files[kid] == entry.compartment:  # they get every key that there ever was
                    barred.difference_update(entry.content.reader)

    def size(self, number: int) -> int:
        row = (
            self.parties[number]
            .machine.disk.execute("select coalesce(sum(size), 0) from journal_head")
            .fetchone()
        )
        return int(row[0]) if row else 0

    def do(self, number: int, role: str, action: Callable[..., T], /, **arguments: Any) -> T:
        """An action at a node; what it wrote counts as acknowledged when this returns."""
        party = self.parties[number]
        start = self.size(number)
        with self.at(party):
            result = party.do(role, action, **arguments)
        self.learn(number, start)
        return result

    def close(self) -> None:
        for party in self.parties:
            party.machine.away()
        shutil.rmtree(self.root, ignore_errors=True)


def _build_image() -> Image:
    times = Times(-1)  # no seed's: bytes drawn twice would look like a key that leaked
    root = Path(tempfile.mkdtemp(prefix="libertad-sim-", dir=memory()))
    statements = schema()
    admission.register()
    with virtual(times), simulated():
        parties = []
        for number, (name, *_rest) in enumerate(PLAN):
            machine = Machine(name, root / str(number))
            for statement in statements:
                machine.disk.execute(statement)
            machine.start()
            parties.append(Actors(machine))
        first = parties[0]
        _operation(first)
        for newcomer, (_, kind, country, _) in zip(parties[1:], PLAN[1:], strict=True):
            times.true += 60
            with patch("datetime.datetime", clock.datetime):  # what `invited` reads
                invited(first, newcomer, kind=kind, country=country)
        meet(parties, times)
        for party, (_, _, _, roles) in zip(parties, PLAN, strict=True):
            for role in roles:
                party.appoint(role)
        from libertad.access.actions.confirm_care import confirm_care
        from libertad.operations.actions._places import police_file

        for country in ("GY", "TT"):
            first.do("coordinator", lambda act, country: police_file(act, country), country=country)
        meet(parties, times)
        care = next(party for party in parties if party.name == "Care")
        for party in parties:
            if party.name in ("Guyana", "Georgetown"):
                party.do("administrator", confirm_care, care=care.authority, how="telephone")
        meet(parties, times)
        nodes = []
        for party in parties:
            party.machine.stop()
            files = {
                str(path.relative_to(party.machine.home)): path.read_bytes()
                for path in sorted(party.machine.home.rglob("*"))
                if path.is_file()
            }
            nodes.append(
                {
                    "image": party.machine.image(),
                    "files": files,
                    "authority": party.authority,
                    "operation": party.operation,
                    "officers": dict(party.officers),
                }
            )
            party.machine.disk.close()
    shutil.rmtree(root, ignore_errors=True)
    return Image(nodes, times.true)


def _operation(first: Actors) -> None:
    from libertad.operations.actions.open_operation import open_operation

    first.found_authority(new_id(), "coordinator")
    first.operation = first.do(
        "coordinator",
        open_operation,
        name="Operation Test",
        first_day="2018-04-03",
        last_day="2018-04-09",
        zone="America/Barbados",
        country=["BB", "GY", "TT"],
        authority_name="Centre",
        authority_country="BB",
        officer_name="Centre first",
        officer_service_number="1",
    )


def meet(parties: list[Actors], times: Times) -> None:
    """Everybody pulls from everybody until all is quiet."""
    from tests.support.nodes import settle

    for _ in range(4):
        times.true += 60
        if settle(parties) == 0:  # type: ignore[arg-type]
            break


@contextmanager
def simulated() -> Iterator[None]:
    with patch.object(node_module, "Writer", SyncWriter):
        yield


def memory() -> str | None:
    return "/dev/shm" if os.path.isdir("/dev/shm") else None


@lru_cache(maxsize=1)
def image() -> Image:
    return _build_image()


@contextmanager
def world(seed: int) -> Iterator[World]:
    """A copy of the founded world, its clocks and bytes from the seed."""
    template = image()
    times = Times(seed)
    times.true = template.true + 60
    root = Path(tempfile.mkdtemp(prefix="libertad-sim-", dir=memory()))
    admission.register()
    parties = []
    with virtual(times), simulated():
        founded = World(seed, times, root, [], random.Random(f"world {seed}"))
        try:
            for number, saved in enumerate(template.nodes):
                home = root / str(number)
                for name, data in saved["files"].items():
                    path = home / name
                    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    path.write_bytes(data)
                    path.chmod(0o600)
                machine = Machine(PLAN[number][0], home, saved["image"])
                party = Actors(machine)
                party.authority, party.operation = saved["authority"], saved["operation"]
                party.officers = dict(saved["officers"])
                parties.append(party)
                founded.parties = parties
                machine.start()
                founded.origins[party.node.key.origin] = number
            for number in range(len(parties)):
                founded.learn(number, 0)
            yield founded
        finally:
            founded.close()


__all__ = ["PLAN", "Act", "Actors", "Crash", "World", "image", "itertools", "world"]
