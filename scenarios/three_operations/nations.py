"""The nodes of the three operations, and the officers who work at them."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from libertad.access.acting import Forbidden, new_id
from libertad.access.actor import Actor
from libertad.vocabulary.values import Happened, Refused
from scenarios.operation_libertad_2018 import names
from scenarios.replay import on_node as replayed
from scenarios.replay.exchange_on_node import Standing
from scenarios.replay.hosts import Host, Nursery, Raised
from scenarios.replay.links import address
from scenarios.replay.playing import NOT_YET
from scenarios.replay.ports import free_ports
from scenarios.three_operations import on_node as there

UTC = dt.UTC
EVERY = 0.5  # seconds between two asks of one node to another
PATIENCE = 60.0  # seconds in which what is missing may still come
STILL = 0.6  # seconds without news are quiet


@dataclass(frozen=True)
class Authority:
    """An authority, the node where it lives, and the roles in which it has officers."""

    key: str
    host: str
    name: str
    kind: str
    country: str
    zone: str
    roles: tuple[str, ...]


CENTRE = Authority(
    "centre",
    "centre",
    "Coordination centre, Barbados (generated)",
    "centre",
    "BB",
    "America/Barbados",
    ("analyst",),
)
POLICE = ("national-lead", "officer", "exhibits-officer")
AUTHORITIES = {
    authority.key: authority
    for authority in (
        CENTRE,
        Authority("GY", "GY", "Police, Guyana (generated)", "police", "GY", "America/Guyana", POLICE),
        Authority(
            "GY-prosecution",
            "GY",
            "Prosecution office, Guyana (generated)",
            "prosecution",
            "GY",
            "America/Guyana",
            ("prosecutor",),
        ),
        Authority(
            "GY-care",
            "GY-care",
            "Care service, Guyana (generated)",
            "care",
            "GY",
            "America/Guyana",
            ("caseworker", "caseworker"),
        ),
        Authority(
            "TT",
            "TT",
            "Police, Trinidad and Tobago (generated)",
            "police",
            "TT",
            "America/Port_of_Spain",
            POLICE,
        ),
        Authority("SR", "SR", "Police, Suriname (generated)", "police", "SR", "America/Paramaribo", POLICE),
    )
}


class Stuck(Exception):
    """Something was still refused, or still on its way, when nothing could be coming any more."""


@dataclass
class Nations:
    """All nodes. `operations`: their ids, by number; `moments`: what the clock of each shows."""

    hosts: Mapping[str, Host]
    patience: float
    doing: Callable[[str], None]
    rng: Random = field(default_factory=lambda: Random("three operations"))
    operations: dict[int, str] = field(default_factory=dict)
    moments: dict[int, dt.datetime] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    officers: dict[tuple[str, str], Actor] = field(default_factory=dict)

    def host(self, key: str) -> Host:
        return self.hosts[AUTHORITIES[key].host]

    def actor(self, key: str, role: str, operation: int) -> Actor:
        return replace(self.officers[key, role], operation=self.operations[operation])

    def call(self, key: str, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        return self.host(key).call(function, *arguments, **options)

    # -- operations and members ------------------------------------------------------------

    def found_centre(self) -> None:
        """The centre, of which the coordinator opens every operation."""
        self.ids["centre"] = new_id()
        self.call("centre", replayed.ring, self.ids["centre"], "centre")
        founder = self.call(
            "centre",
            replayed.found_first_officer,
            self.ids["centre"],
            name="M. Alleyne",
            rank="Insp.",
            service_number="BB-001",
            role="coordinator",
            zone=CENTRE.zone,
            provenance="generated",
        )
        self.officers["centre", "coordinator"] = founder

    def open(self, number: int, first_day: dt.date, countries: tuple[str, ...]) -> None:
        """Open an operation, its clock at the morning before its first day."""
        centre = self.officers["centre", "coordinator"]
        before = self.operations.get(number - 1, "")
        self.operations[number] = self.call(
            "centre",
            there.do,
            replace(centre, operation=before),
            "open_operation",
            {
                "name": f"Operation {number} (generated)",
                "first_day": first_day.isoformat(),
                "last_day": (first_day + dt.timedelta(days=6)).isoformat(),
                "zone": CENTRE.zone,
                "country": list(countries),
                "authority_name": CENTRE.name,
                "authority_country": CENTRE.country,
                "officer_name": "M. Alleyne",
                "officer_rank": "Insp.",
                "officer_service_number": "BB-001",
                "source": "decision",
            },
        )
        self.clock(number, dt.datetime.combine(first_day, dt.time(12), UTC) - dt.timedelta(days=1))

    def clock(self, number: int, reads: dt.datetime) -> None:
        """Set an operation's clock, which stands until it is set again; wait until every member has it."""
        self.moments[number] = reads
        self.do(
            "centre",
            "coordinator",
            number,
            "set_clock",
            reads=reads,
            rate=0.0,
            set_at=dt.datetime.now(UTC).replace(microsecond=0),
            source="decision",
        )

    def invite(self, number: int, *keys: str) -> None:
        """Invite authorities; at a node where one lives already it joins with the keys that are there."""
        for key in keys:
            authority = AUTHORITIES[key]
            again = key in self.ids
            invited: dict[str, Any] = {
                "name": authority.name,
                "kind": authority.kind,
                "country": authority.country,
                "zone": authority.zone,
                "address": address(self.host("centre")),
            }
            if again:
                invited["authority"] = self.ids[key]
            lead = self.actor("centre", "coordinator", number)
            self.ids[key], text = self.call("centre", there.invite, lead, **invited)
            if again:
                self.call(key, there.join_again, text, address(self.host(key)))
            else:
                name = names.officer(self.rng)
                officer = self.call(
                    key,
                    there.join,
                    text,
                    administrator=name,
                    service_number=f"{key}-ADM",
                    address=address(self.host(key)),
                )
                self.officers[key, "administrator"] = Actor(
                    officer, self.ids[key], "administrator", "", authority.zone
                )
            place = self.ids[key], self.operations[number]
            self.arrived(partial(self.call, key, there.member_of, *place))
            if not again:
                self.appoint(key, number)

    def appoint(self, key: str, number: int) -> None:
        """The officers of an authority, in each of its roles."""
        authority = AUTHORITIES[key]
        by = "coordinator" if key == "centre" else "administrator"
        for count, role in enumerate(authority.roles, 1):
            officer = self.do(
                key,
                by,
                number,
                "appoint_officer",
                name=names.officer(self.rng),
                role=role,
                service_number=f"{key}-{100 + count}",
                source="decision",
            )
            called = role if (key, role) not in self.officers else f"{role} 2"
            self.officers[key, called] = Actor(officer, self.ids[key], role, "", authority.zone)

    # -- acting ----------------------------------------------------------------------------

    def do(self, key: str, role: str, number: int, name: str, /, **arguments: Any) -> Any:
        """Perform an action as an officer in an operation, again until what it needs has arrived."""
        actor, until = self.actor(key, role, number), time.monotonic() + self.patience
        arguments.setdefault("happened", Happened(at=self.moments[number], zone=AUTHORITIES[key].zone))
        if name == "set_clock":
            del arguments["happened"]
        while True:
            try:
                return self.call(key, there.do, actor, name, arguments)
            except (Refused, Forbidden) as why:
                refusal: Exception = why
            except Raised as why:
                if why.kind not in NOT_YET:
                    raise
                refusal = why
            if time.monotonic() > until:
                raise Stuck(f"{key}, {role}, {name}: {refusal}")
            time.sleep(0.1)

    def arrived(self, read: Callable[[], Any]) -> Any:
        until = time.monotonic() + self.patience
        while not (value := read()):
            if time.monotonic() > until:
                raise Stuck(f"it did not arrive; {self.waits(self.states()) or 'nothing is on its way'}")
            time.sleep(0.05)
        return value

    def states(self) -> dict[str, Standing]:
        return {name: host.call(there.progress) for name, host in self.hosts.items()}

    @staticmethod
    def waits(states: Mapping[str, Standing]) -> str:
        """What is on its way between the nodes; '' where nothing is."""
        sizes = _sizes(states)
        behind = [
            f"{name} is at {cursor} of {sizes[log]} of {log} {state.errors}"
            for name, state in states.items()
            for log, cursor in state.taken.items()
            if log in sizes and cursor != sizes[log]
        ]
        return ", ".join(
            [
                *behind,
                *(f"{name} has {state.open} on the way" for name, state in states.items() if state.open),
            ]
        )

    def settle(self) -> None:
        """Wait until every node is at the end of each tree that it asks for, and nothing is on its way."""
        until, last, since, waits = time.monotonic() + self.patience, None, 0.0, ""
        while time.monotonic() < until:
            states = self.states()
            sizes, waits = _sizes(states), self.waits(states)
            if waits or sizes != last:
                last, since = sizes, time.monotonic()
            elif time.monotonic() - since >= STILL:
                return
            time.sleep(0.05)
        raise Stuck(waits)


def _sizes(states: Mapping[str, Standing]) -> dict[str, int]:
    return {log: size for state in states.values() for log, size in state.sizes.items()}


@contextmanager
def running(
    home: Path | None, keep: bool, doing: Callable[[str], None], patience: float = PATIENCE
) -> Iterator[Nations]:
    """All nodes, started; they end with the block, and their homes go unless kept."""
    scratch = home or Path(tempfile.mkdtemp(prefix="libertad-three-"))
    nursery = Nursery(scratch / "nursery")
    places = sorted({authority.host for authority in AUTHORITIES.values()})
    hosts = {
        name: Host(name, (name,), scratch / "nodes" / name, nursery, port)
        for name, port in zip(places, free_ports(len(places)), strict=True)
    }
    try:
        for host in hosts.values():
            host.start()
            host.call(there.begin, host.port, EVERY)
        yield Nations(hosts, patience, doing)
    finally:
        for host in hosts.values():
            with suppress(Exception):
                host.stop()
        nursery.close()
        if not keep:
            shutil.rmtree(scratch, ignore_errors=True)
