"""Who works at the six nodes: officers who act, and whoever starts a machine again and operates it.

Each step is a function of its own seed only, so that a run from which steps were taken away does with the
others what it did before.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from libertad.access.acting import Forbidden
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.exchange.peering import peers
from libertad.journal import restore
from libertad.journal.header import device_id
from libertad.operations.actions.grade_lead import grade_lead
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName, Refused
from tests.simulator.machine import Crash
from tests.simulator.network import Network
from tests.simulator.world import PLAN, World

COUNTRIES = ("BB", "FR", "GY", "GY", "TT", "GY")
REFUSED = (Refused, Forbidden)
PULLS = 6


class Crew:
    """One world, its network, and what has been kept for later steps."""

    def __init__(self, world: World, network: Network) -> None:
        self.world, self.network = world, network
        self.images: dict[int, list[tuple[bytes, int]]] = {}
        self.devices: dict[int, list[str]] = {}  # put away after a restore
        self.suspended: list[tuple[int, str]] = []
        self.number = 0

    # -- machines --------------------------------------------------------------------------

    def up(self, number: int, rng: random.Random) -> None:
        """A machine that is down starts; whoever operates it does what the node tells to do."""
        party = self.world.parties[number]
        while True:
            try:
                with self.world.at(party):
                    if party.machine.node is None:
                        party.machine.start()
                        self.world.counts["starts"] += 1
                    if party.machine.behind():
                        self.accept(number)
                    _ = party.node.writer
                return
            except Crash:
                self.down(number, rng)

    def down(self, number: int, rng: random.Random) -> None:
        kind = self.world.parties[number].machine.crash(rng)
        self.world.counts["crashes"] += 1
        self.world.say(f"  {self.world.parties[number].name} crashed ({kind})")

    def accept(self, number: int) -> None:
        """The operator accepts that this database is what there is."""
        party, world = self.world.parties[number], self.world
        before = party.node.rings.device(party.authority)[0]
        done = restore.accept(party.node)
        world.counts["restores accepted"] += 1
        self.devices.setdefault(number, []).append(device_id(before).hex())
        world.origins[party.node.key.origin] = number
        party.machine.exchange = type(party.exchange)(party.node)
        world.say(f"  {party.name} accepts its restore: {done}")

    def barred(self, kid: str, authority: str, compartment: str) -> None:
        """The key of this id was made when this authority was removed: it may never have it."""
        self.world.barred[bytes.fromhex(kid)].add(authority)
        self.world.files[bytes.fromhex(kid)] = compartment

    def careful(self, number: int, rng: random.Random, work: Callable[[], Any]) -> str:
        """Do something at a machine that may die over it."""
        try:
            return str(work())
        except Crash:
            self.down(number, rng)
            return "died"

    def revive(self, rng: random.Random, chance: float) -> None:
        for number, party in enumerate(self.world.parties):
            if party.machine.fuse.dead and party.machine.node is not None:
                self.down(number, rng)  # it died while it answered somebody
            if party.machine.node is None and rng.random() < chance:
                self.up(number, rng)

    # -- talking with each other -----------------------------------------------------------

    def restore_all(self, rng: random.Random) -> None:
        """Every machine runs and reaches every other."""
        self.network.sides = {}
        self.revive(rng, 1.0)
        self.resume(rng)

    def ask(self, asker: int, giver: int, rng: random.Random) -> str:
        outcome = self.careful(asker, rng, partial(self.network.pull, asker, giver, rng, whole=True))
        self.revive(rng, 1.0)
        self.world.times.true += 31.0
        return outcome

    def catch_up(self, one: int, two: int, rng: random.Random) -> None:
        """Until the one has all that the two has for it. A restored node is known once it has asked."""
        for _ in range(PULLS):
            outcome = self.ask(one, two, rng)
            if "stranger" in outcome:
                self.ask(two, one, rng)
            elif outcome.endswith("0 parcels, 0 stored, 0 held, lag 0"):
                return

    # -- what officers do ------------------------------------------------------------------

    def act(self, rng: random.Random, number: int | None = None, fuse: bool = False) -> str:
        world = self.world
        number = rng.randrange(6) if number is None else number
        party = world.parties[number]
        if party.machine.node is None:
            return f"{party.name} is down"
        kind, role, action, arguments = self.choose(number, rng)
        if action is None:
            return f"{party.name}: {kind}"
        if fuse:
            party.machine.fuse.left = rng.randrange(2, 60)
        before = world.size(number)

        def go() -> str:
            try:
                world.do(number, role, action, **arguments)
            except REFUSED as why:
                return f"refused: {why}"
            return f"{world.size(number) - before} entries"

        outcome = self.careful(number, rng, go)
        party.machine.fuse.left = None
        if outcome == "died":
            self._unacknowledged(number, before)
        world.counts["acts"] += 1
        return f"{party.name} {role} {kind}: {outcome}"

    def _unacknowledged(self, number: int, start: int) -> None:
        """What was committed and not acknowledged: nobody was told of it, and others may read it."""
        self.up(number, random.Random(start))
        self.world.learn(number, start)

    def choose(self, number: int, rng: random.Random) -> tuple[str, str, Any, dict[str, Any]]:
        world, party = self.world, self.world.parties[number]
        kind, country = PLAN[number][1], COUNTRIES[number]
        territory = country if kind == "police" else rng.choice(["GY", "TT"])
        person = self.person(number, rng)
        lead = self.row(number, "operations_lead", rng)
        can: list[tuple[str, str, Any, dict[str, Any]]] = []
        if kind != "care":
            role = "coordinator" if number == 0 else "analyst" if kind == "centre" else "officer"
            text = f"summary {rng.randrange(1000)}"
            can += [
                (
                    "report",
                    role,
                    report_lead,
                    {
                        "country": territory,
                        "summary": text,
                        "source_grade": "1",
                        "information_grade": "A",
                        "handling": "P",
                    },
                ),
                (
                    "check",
                    role,
                    record_check,
                    {
                        "database": "interpol-sltd",
                        "about": "travel-document",
                        "answer": rng.choice(["hit", "no-hit"]),
                        "country": territory,
                    },
                ),
            ]
            if lead:
                grader = "analyst" if kind == "centre" else "national-lead"
                can += 2 * [
                    (
                        "grade",
                        grader,
                        grade_lead,
                        {
                            "lead": lead,
                            "source_grade": rng.choice("1234"),
                            "information_grade": rng.choice("ABCD"),
                            "handling": "P",
                            "reasons": "heard more",
                        },
                    )
                ]
        if kind != "centre":
            role = "caseworker" if kind == "care" else "officer"
            name = (PersonName(text=f"Somebody {rng.randrange(1000)}"),)
            can.append(("meet", role, meet_person, {"country": country, "name": name}))
            if person:
                can += 3 * [
                    (
                        "state",
                        role,
                        state_person,
                        {
                            "person": person,
                            "sex": rng.choice(["female", "male"]),
                            "words": f"words {rng.randrange(1000)}",
                        },
                    )
                ]
        if rng.random() < 0.1 and "administrator" in party.officers:
            can = [
                (
                    "appoint",
                    "administrator",
                    appoint_officer,
                    {
                        "name": "New",
                        "service_number": f"{number}-{world.size(number)}",
                        "role": "officer" if kind == "police" else "administrator",
                    },
                )
            ]
        can = [option for option in can if option[1] in party.officers]
        return rng.choice(can) if can else ("nothing to do", "", None, {})

    def row(self, number: int, table: str, rng: random.Random) -> str:
        disk = self.world.parties[number].machine.disk
        ids = [row[0] for row in disk.execute(f"select id from {table} order by id")]
        return rng.choice(ids) if ids else ""

    def person(self, number: int, rng: random.Random) -> str:
        return self.row(number, "people_person", rng)

    def copy(self, number: int) -> None:
        """A backup of a node's database."""
        machine = self.world.parties[number].machine
        self.images.setdefault(number, []).append((machine.image(), self.world.size(number)))

    def restored(self, rng: random.Random, number: int | None = None) -> str:
        """An older database is put back: what was not sent meanwhile is lost, and is excepted."""
        world = self.world
        if number is None:
            number = rng.choice(sorted(self.images) or [0])
        party = world.parties[number]
        if not self.images.get(number):
            return "no backup"
        image, _ = rng.choice(self.images.pop(number))
        party.machine.synced()  # nobody restores within the seconds that a mark waits for its disk
        if party.machine.node is not None:
            self.down(number, rng)
        had = self._hashes(number)
        party.machine.restore(image)
        lost = had - self._hashes(number)
        elsewhere = set().union(*(self._hashes(n) for n in range(6) if n != number))
        for name in lost:
            if name in world.acknowledged:
                world.excepted[name] = "back" if name in elsewhere else f"lost with {party.name}'s disk"
        self.up(number, rng)
        world.counts["restores"] += 1
        return f"{party.name} lost {len(lost)}, of which {len(lost & elsewhere)} are elsewhere"

    def _hashes(self, number: int) -> set[bytes]:
        rows = self.world.parties[number].machine.disk.execute("select hash from journal_entry")
        return {bytes(row[0]) for row in rows}

    def resume(self, rng: random.Random) -> str:
        """Whoever was suspended is asked again."""
        for number, origin in list(self.suspended):
            party = self.world.parties[number]
            if party.machine.node is None:
                continue
            with self.world.at(party):
                peer = peers.get(party.node.sql(), origin)
                if peer is not None and peer.state == peers.SUSPENDED:
                    peers.set_state(party.node, origin, peers.ACTIVE)
            self.suspended.remove((number, origin))
        return ""
