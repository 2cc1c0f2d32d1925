"""The steps of a run: what officers do, and what goes wrong.

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
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.exchange import peers
from libertad.journal import restore
from libertad.journal.rings import RingError
from libertad.operations.actions.grade_lead import grade_lead
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.share_person import share_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName, Refused
from tests.simulator.machine import Crash
from tests.simulator.network import SPOILED, Network
from tests.simulator.world import PLAN, World

DAY = 86_400.0
FAR = 10 * DAY  # what a clock may be wrong
COUNTRIES = ("BB", "FR", "GY", "GY", "TT", "GY")
POLICE = (2, 3, 4)
REFUSED = (Refused, Forbidden)


class Run:
    """One world, its network, and what has been kept for later steps."""

    def __init__(self, world: World, network: Network) -> None:
        self.world, self.network = world, network
        self.images: dict[int, list[tuple[bytes, int]]] = {}
        self.devices: dict[int, list[str]] = {}  # put away after a restore
        self.suspended: list[tuple[int, str]] = []
        self.number = 0

    # -- machines --------------------------------------------------------------------------

    def up(self, number: int, how: random.Random) -> None:
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
                self.down(number, how)

    def down(self, number: int, how: random.Random) -> None:
        kind = self.world.parties[number].machine.crash(how)
        self.world.counts["crashes"] += 1
        self.world.say(f"  {self.world.parties[number].name} crashed ({kind})")

    def accept(self, number: int) -> None:
        """The operator accepts that this database is what there is."""
        party, world = self.world.parties[number], self.world
        before = party.node.rings.device(party.authority)[0]
        done = restore.accept(party.node)
        world.counts["restores accepted"] += 1
        from libertad.journal.header import device_id

        self.devices.setdefault(number, []).append(device_id(before).hex())
        world.origins[party.node.key.origin] = number
        party.machine.exchange = type(party.exchange)(party.node)
        world.say(f"  {party.name} accepts its restore: {done}")

    def careful(self, number: int, how: random.Random, what: Callable[[], Any]) -> str:
        """Do something at a machine that may die over it."""
        try:
            return str(what())
        except Crash:
            self.down(number, how)
            return "died"

    def revive(self, how: random.Random, chance: float) -> None:
        for number, party in enumerate(self.world.parties):
            if party.machine.fuse.dead and party.machine.node is not None:
                self.down(number, how)  # it died while it answered somebody
            if party.machine.node is None and how.random() < chance:
                self.up(number, how)

    # -- what officers do ------------------------------------------------------------------

    def act(self, how: random.Random, number: int | None = None, fuse: bool = False) -> str:
        world = self.world
        number = how.randrange(6) if number is None else number
        party = world.parties[number]
        if party.machine.node is None:
            return f"{party.name} is down"
        kind, role, what, said = self.choose(number, how)
        if what is None:
            return f"{party.name}: {kind}"
        if fuse:
            party.machine.fuse.left = how.randrange(2, 60)
        before = world.size(number)

        def go() -> str:
            try:
                world.do(number, role, what, **said)
            except REFUSED as why:
                return f"refused: {why}"
            return f"{world.size(number) - before} entries"

        told = self.careful(number, how, go)
        party.machine.fuse.left = None
        if told == "died":
            self._unacknowledged(number, before)
        world.counts["acts"] += 1
        return f"{party.name} {role} {kind}: {told}"

    def _unacknowledged(self, number: int, start: int) -> None:
        """What was committed and not acknowledged: nobody was told of it, and others may read it."""
        self.up(number, random.Random(start))
        self.world.learn(number, start)

    def choose(self, number: int, how: random.Random) -> tuple[str, str, Any, dict[str, Any]]:
        world, party = self.world, self.world.parties[number]
        kind, country = PLAN[number][1], COUNTRIES[number]
        mine = country if kind == "police" else how.choice(["GY", "TT"])
        person = self.person(number, how)
        lead = self.row(number, "operations_lead", how)
        can: list[tuple[str, str, Any, dict[str, Any]]] = []
        if kind != "care":
            role = "coordinator" if number == 0 else "analyst" if kind == "centre" else "officer"
            text = f"summary {how.randrange(1000)}"
            can += [
                ("report", role, report_lead, {"country": mine, "summary": text, "source_grade": "1",
                 "information_grade": "A", "handling": "P"}),
                ("check", role, record_check, {"database": "interpol-sltd", "about": "travel-document",
                 "answer": how.choice(["hit", "no-hit"]), "country": mine}),
            ]  # fmt: skip
            if lead:
                grader = "analyst" if kind == "centre" else "national-lead"
                can += 2 * [
                    ("grade", grader, grade_lead, {"lead": lead, "source_grade": how.choice("1234"),
                     "information_grade": how.choice("ABCD"), "handling": "P", "reasons": "heard more"})
                ]  # fmt: skip
        if kind != "centre":
            role = "caseworker" if kind == "care" else "officer"
            name = (PersonName(text=f"Somebody {how.randrange(1000)}"),)
            can.append(("meet", role, meet_person, {"country": country, "name": name}))
            if person:
                can += 3 * [
                    ("state", role, state_person, {"person": person, "sex": how.choice(["female", "male"]),
                     "words": f"words {how.randrange(1000)}"})
                ]  # fmt: skip
        if how.random() < 0.1 and "administrator" in party.officers:
            can = [("appoint", "administrator", appoint_officer,
                    {"name": "New", "service_number": f"{number}-{world.size(number)}",
                     "role": "officer" if kind == "police" else "administrator"})]  # fmt: skip
        can = [one for one in can if one[1] in party.officers]
        return how.choice(can) if can else ("nothing to do", "", None, {})

    def row(self, number: int, table: str, how: random.Random) -> str:
        disk = self.world.parties[number].machine.disk
        found = [row[0] for row in disk.execute(f"select id from {table} order by id")]
        return how.choice(found) if found else ""

    def person(self, number: int, how: random.Random) -> str:
        return self.row(number, "people_person", how)

    # -- steps -----------------------------------------------------------------------------

    def talk(self, how: random.Random, fuse: bool = False, lie: str = "", spoil: str = "") -> str:
        """A node pulls from one or from all others."""
        one = how.randrange(6)
        party = self.world.parties[one]
        if party.machine.node is None:
            return f"{party.name} is down"
        others = [n for n in range(6) if n != one]
        if not lie and not fuse and how.random() < 0.5:
            others = [how.choice(others)]
        how.shuffle(others)
        told = []
        for two in others:
            if fuse:
                if how.random() < 0.5:
                    told.append(self.act(how, two))
                who = how.choice([one, one, two])
                self.world.parties[who].machine.fuse.left = how.randrange(1, 100)
            if party.machine.node is None:
                break
            name = self.world.parties[two].name
            wrong = spoil or (how.choice(SPOILED) if how.random() < 0.3 else "")
            found = self.careful(
                one,
                how,
                partial(self.network.pull, one, two, how, wrong, lie),
            )
            told.append(f"{name} {wrong} {found}")
            for number in (one, two):
                self.world.parties[number].machine.fuse.left = None
            self.revive(how, 1.0 if fuse else 0.0)
        return f"{party.name} pulls: " + "; ".join(told)

    def crash_act(self, how: random.Random) -> str:
        return self.act(how, fuse=True)

    def crash_talk(self, how: random.Random) -> str:
        return self.talk(how, fuse=True)

    def lie(self, how: random.Random) -> str:
        """A peer sends another entry than that of its tree."""
        told = [self.act(how)]
        return "; ".join([*told, self.talk(how, lie="lies")])

    def outage(self, how: random.Random) -> str:
        number = how.randrange(6)
        party = self.world.parties[number]
        if party.machine.node is None:
            return f"{party.name} is down already"
        with self.world.at(party):
            return self.careful(number, how, lambda: party.machine.stop()) + f" {party.name} is stopped"

    def starting(self, how: random.Random) -> str:
        self.revive(how, 1.0)
        return "all start"

    def partition(self, how: random.Random) -> str:
        self.network.sides = {number: how.randrange(2) for number in range(6)}
        return f"{self.network.sides}"

    def heal(self, how: random.Random) -> str:
        self.network.sides = {}
        return ""

    def time(self, how: random.Random) -> str:
        passed = how.choice([1.0, 20.0, 200.0, 3600.0, 12 * 3600.0])
        self.world.times.true += passed
        for party in self.world.parties:
            if how.random() < 0.5:
                party.machine.synced()
        return f"{passed:.0f} s"

    def clock(self, how: random.Random) -> str:
        """A clock jumps by days; sometimes the machine starts again with it."""
        number = how.randrange(6)
        party = self.world.parties[number]
        party.machine.skew = max(-FAR, min(FAR, party.machine.skew + how.choice([-6, -2, 1, 3, 6]) * DAY))
        told = f"{party.name} is {party.machine.skew / DAY:.0f} days off"
        if how.random() < 0.4 and party.machine.node is not None:
            self.down(number, how)
            self.up(number, how)
        return told

    def backup(self, how: random.Random) -> str:
        number = how.randrange(6)
        self._backup(number)
        return self.world.parties[number].name

    def _backup(self, number: int) -> None:
        machine = self.world.parties[number].machine
        self.images.setdefault(number, []).append((machine.image(), self.world.size(number)))

    def restored(self, how: random.Random, number: int | None = None) -> str:
        """An older database is put back: what was not sent meanwhile is lost, and is excepted."""
        world = self.world
        if number is None:
            number = how.choice(sorted(self.images) or [0])
        party = world.parties[number]
        if not self.images.get(number) or number in world.twofaced:
            return "no backup"
        image, _ = how.choice(self.images.pop(number))
        party.machine.synced()  # nobody restores within the seconds that a mark waits for its disk
        if party.machine.node is not None:
            self.down(number, how)
        had = self._hashes(number)
        party.machine.restore(image)
        lost = had - self._hashes(number)
        others = set().union(*(self._hashes(n) for n in range(6) if n != number))
        for name in lost:
            if name in world.acknowledged:
                world.excepted[name] = "back" if name in others else f"lost with {party.name}'s disk"
        self.up(number, how)
        world.counts["restores"] += 1
        return f"{party.name} lost {len(lost)}, of which {len(lost & others)} are elsewhere"

    def _hashes(self, number: int) -> set[bytes]:
        rows = self.world.parties[number].machine.disk.execute("select hash from journal_entry")
        return {bytes(row[0]) for row in rows}

    def disaster(self, how: random.Random) -> str:
        """Backup, work that travels and work that does not, restore, more work."""
        number = how.randrange(6)
        party = self.world.parties[number]
        self.up(number, how)
        self._backup(number)
        told = [self.act(how, number) for _ in range(2)]
        for other in how.sample([n for n in range(6) if n != number], 3):
            if self.world.parties[other].machine.node is not None:
                told.append(self.network.pull(other, number, how))
        if how.random() < 0.5:
            told.append(self.act(how, number))
        told.append(self.restored(how, number))
        told += [self.act(how, number) for _ in range(2)]
        return f"{party.name}: " + "; ".join(told)

    def power(self, how: random.Random) -> str:
        """An act, and the power is gone as soon as it is acknowledged."""
        number = how.randrange(6)
        self.up(number, how)
        told = self.act(how, number)
        if self.world.parties[number].machine.node is not None:
            self.down(number, how)
        self.up(number, how)
        return told

    def late(self, how: random.Random) -> str:
        """A file with two writers gets a third reader, who hears the second writer before the owner; then the
        second is removed, writes on before it hears of it, and the third hears that first."""
        world, parties = self.world, self.world.parties
        self.network.sides = {}
        self.revive(how, 1.0)
        ranked = sorted((2, 3, 5), key=lambda n: (parties[n].machine.skew, how.random()))
        owner, second = ranked[0], ranked[-1]
        third = how.choice([n for n in range(6) if n not in (owner, second)])
        role = {n: "caseworker" if n == 5 else "officer" for n in (owner, second)}
        if any(role[n] not in parties[n].officers for n in role):
            return "nobody there"

        def pull(*pairs: tuple[int, int]) -> None:
            for one, two in pairs:
                if parties[one].machine.node is not None:
                    told = partial(self.network.pull, one, two, how)
                    self.careful(one, how, told)
                self.revive(how, 1.0)
                world.times.true += 31.0

        def share(whom: int) -> None:
            world.do(owner, role[owner], share_person, person=person, authority=parties[whom].authority,
                     reason="helps")  # fmt: skip

        def write(**more: Any) -> None:
            world.do(second, role[second], state_person, person=person, words="more", **more)

        try:
            person = world.do(
                owner, role[owner], meet_person, country="GY", sex="female", name=(PersonName(text="Late"),)
            )
            if parties[second].authority not in self._readers(owner, person):
                share(second)
            pull((owner, second), (second, owner), (second, owner), (second, owner))
            pull((third, owner), (third, owner), (third, second))
            row = parties[second].machine.disk.execute(
                "select e.hash from people_person p join journal_entry e on e.compartment = p.compartment "
                "where p.id = ? order by e.idx limit 2", (person,)
            ).fetchall()  # fmt: skip
            if len(row) < 2:
                return "the keys have not come"
            write(sex="male", supersedes={"sex": (bytes(row[1][0]).hex(),)})
            share(third)
            pull((second, owner), (third, second), (third, second))
            if how.random() < 0.5:
                return "shared late"
            pull((owner, third), (third, owner), (third, owner), (third, owner), (third, second))
            gone = parties[second].authority
            compartment = self._file(owner, person)
            kid = world.do(
                owner, role[owner], remove_reader, compartment=compartment, readers=[gone], reason="done"
            )
            world.barred[bytes.fromhex(kid)].add(gone)
            world.files[bytes.fromhex(kid)] = compartment
            world.times.true += 60.0
            write(sex="female")
            pull((third, second), (third, second))
            return "shared late, and removed"
        except REFUSED as why:
            return f"refused: {why}"

    def _file(self, number: int, person: str) -> str:
        rows = self.world.parties[number].machine.disk.execute(
            "select id from access_compartment where kind = 'person' and about = ?", (person,)
        )
        return str(rows.fetchone()[0])

    def _readers(self, number: int, person: str) -> set[str]:
        rows = self.world.parties[number].machine.disk.execute(
            "select authority from access_reader where compartment = ?", (self._file(number, person),)
        )
        return {row[0] for row in rows}

    def suspend(self, how: random.Random) -> str:
        one, two = how.sample(range(6), 2)
        party = self.world.parties[one]
        if party.machine.node is None or self.world.parties[two].machine.node is None:
            return "down"
        origin = self.world.parties[two].node.key.origin
        with self.world.at(party):
            peers.set_state(party.node, origin, peers.SUSPENDED)
        self.suspended.append((one, origin))
        return f"{party.name} suspends {self.world.parties[two].name}"

    def resume(self, how: random.Random) -> str:
        """Whoever was suspended is asked again."""
        for one, origin in list(self.suspended):
            party = self.world.parties[one]
            if party.machine.node is None:
                continue
            with self.world.at(party):
                peer = peers.get(party.node.sql(), origin)
                if peer is not None and peer.state == peers.SUSPENDED:
                    peers.set_state(party.node, origin, peers.ACTIVE)
            self.suspended.remove((one, origin))
        return ""

    def withdraw(self, how: random.Random) -> str:
        """An officer's access ends; another is appointed."""
        number = how.choice(POLICE)
        world, party = self.world, self.world.parties[number]
        if party.machine.node is None or "officer" not in party.officers:
            return "down"
        gone = party.officers.pop("officer")
        self.number += 1

        def go() -> str:
            world.do(number, "administrator", withdraw_officer, officer=gone, reason="left")
            party.officers["officer"] = world.do(
                number, "administrator", appoint_officer, name="Next",
                service_number=f"n-{self.number}-{number}", role="officer",
            )  # fmt: skip
            return ""

        return f"{party.name} {self.careful(number, how, go)}"

    def revoke(self, how: random.Random) -> str:
        """A device that was put away after a restore is revoked."""
        if not self.devices:
            return "no device was put away"
        number = how.choice(sorted(self.devices))
        world, party = self.world, self.world.parties[number]
        if party.machine.node is None or not self.devices[number]:
            return "down"
        device = self.devices[number].pop()
        role = "coordinator" if number == 0 else "administrator"

        def go() -> str:
            try:
                return str(world.do(number, role, revoke_device, device=device, reason="put away"))
            except REFUSED as why:
                return f"refused: {why}"

        return f"{party.name} {self.careful(number, how, go)}"

    def share(self, how: random.Random) -> str:
        """A reader is added late to a person's file."""
        return self.with_person(how, "share")

    def remove(self, how: random.Random) -> str:
        """A reader is removed, and a new epoch begins."""
        return self.with_person(how, "remove")

    def erase(self, how: random.Random) -> str:
        """A person is erased at one reader's node."""
        return self.with_person(how, "erase")

    def with_person(self, how: random.Random, what: str) -> str:
        number = how.choice((2, 3, 5) if what != "erase" else (2, 5))
        world, party = self.world, self.world.parties[number]
        if party.machine.node is None:
            return "down"
        role = "caseworker" if number == 5 else "officer" if what != "erase" else "national-lead"
        if role not in party.officers:
            return "nobody there"
        rows = party.machine.disk.execute(
            "select c.id, c.about, c.owner from access_compartment c where c.kind = 'person' order by c.id"
        ).fetchall()
        rows = [r for r in rows if (party.authority, r[0]) not in world.erased]
        if what != "erase":
            rows = [r for r in rows if r[2] == party.authority]
        if not rows:
            if what != "share" or role not in ("officer", "caseworker"):
                return "nobody met"
            said = {"country": "GY", "name": (PersonName(text="Somebody"),)}
            return self.careful(number, how, lambda: world.do(number, role, meet_person, **said))
        compartment, person, _ = how.choice(rows)
        return f"{party.name} {what} {compartment[:12]}: " + self.careful(
            number, how, lambda: self._with(how, what, number, role, compartment, person)
        )

    def _with(
        self, how: random.Random, what: str, number: int, role: str, compartment: str, person: str
    ) -> str:
        world, party = self.world, self.world.parties[number]
        others = [p.authority for p in world.parties if p is not party]
        try:
            if what == "share":
                world.do(
                    number, role, share_person, person=person, authority=how.choice(others), reason="helps"
                )
            elif what == "remove":
                rows = party.machine.disk.execute(
                    "select authority from access_reader where compartment = ? and authority <> ? order by 1",
                    (compartment, party.authority),
                ).fetchall()
                if not rows:
                    return "nobody to remove"
                gone = how.choice(rows)[0]
                kid = world.do(
                    number, role, remove_reader, compartment=compartment, readers=[gone], reason="done"
                )
                world.barred[bytes.fromhex(kid)].add(gone)
                world.files[bytes.fromhex(kid)] = compartment
            else:
                world.erased.add((party.authority, compartment))
                world.do(number, role, erase_person, person=person, reason="asked for it")
        except (*REFUSED, RingError) as why:
            world.erased.discard((party.authority, compartment))
            return f"refused: {why}"
        return ""


# kind -> how often
WEIGHTS: dict[str, int] = {
    "act": 30, "talk": 30, "crash_act": 4, "crash_talk": 8, "lie": 2, "outage": 2, "starting": 3,
    "partition": 3, "heal": 3, "time": 8, "clock": 3, "backup": 2, "restored": 1, "suspend": 1, "resume": 2,
    "withdraw": 1, "revoke": 1, "share": 5, "remove": 2, "erase": 1,
}  # fmt: skip
# What no run goes without.
ALWAYS = (
    *["crash_talk"] * 4, *["lie"] * 3, *["share"] * 3, *["power"] * 2, *["late"] * 3, "withdraw", "remove",
    "disaster", "clock", "partition",
)  # fmt: skip
LENGTH = 60


def plan(seed: int) -> list[str]:
    """The steps of a seed, by name."""
    how = random.Random(f"plan {seed}")
    steps = how.choices(list(WEIGHTS), list(WEIGHTS.values()), k=LENGTH - len(ALWAYS))
    for one in ALWAYS:
        steps.insert(how.randrange(8, len(steps) + 1), one)
    return steps
