"""The steps of a run: what officers do, and what goes wrong; drawn by the seed."""

from __future__ import annotations

import random
from functools import partial

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.exchange.peering import peers
from libertad.journal.rings import RingError
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
from tests.simulator.crew import REFUSED
from tests.simulator.network import SPOILED
from tests.simulator.stories import Stories
from tests.support.sharing import share_person

DAY = 86_400.0
FAR = 10 * DAY  # what a clock may be wrong
POLICE = (2, 3, 4)


class Run(Stories):
    """One world and its network, and each step by its name."""

    def talk(self, rng: random.Random, fuse: bool = False, lie: str = "", spoil: str = "") -> str:
        """A node pulls from one or from all others."""
        asker = rng.randrange(6)
        party = self.world.parties[asker]
        if party.machine.node is None:
            return f"{party.name} is down"
        givers = [n for n in range(6) if n != asker]
        if not lie and not fuse and rng.random() < 0.5:
            givers = [rng.choice(givers)]
        rng.shuffle(givers)
        lines = []
        for giver in givers:
            if fuse:
                if rng.random() < 0.5:
                    lines.append(self.act(rng, giver))
                victim = rng.choice([asker, asker, giver])
                self.world.parties[victim].machine.fuse.left = rng.randrange(1, 100)
            if party.machine.node is None:
                break
            name = self.world.parties[giver].name
            wrong = spoil or (rng.choice(SPOILED) if rng.random() < 0.3 else "")
            outcome = self.careful(
                asker,
                rng,
                partial(self.network.pull, asker, giver, rng, wrong, lie),
            )
            lines.append(f"{name} {wrong} {outcome}")
            for number in (asker, giver):
                self.world.parties[number].machine.fuse.left = None
            self.revive(rng, 1.0 if fuse else 0.0)
        return f"{party.name} pulls: " + "; ".join(lines)

    def crash_act(self, rng: random.Random) -> str:
        return self.act(rng, fuse=True)

    def crash_talk(self, rng: random.Random) -> str:
        return self.talk(rng, fuse=True)

    def lie(self, rng: random.Random) -> str:
        """A peer sends another entry than that of its tree."""
        lines = [self.act(rng)]
        return "; ".join([*lines, self.talk(rng, lie="lies")])

    def outage(self, rng: random.Random) -> str:
        number = rng.randrange(6)
        party = self.world.parties[number]
        if party.machine.node is None:
            return f"{party.name} is down already"
        with self.world.at(party):
            return self.careful(number, rng, lambda: party.machine.stop()) + f" {party.name} is stopped"

    def starting(self, rng: random.Random) -> str:
        self.revive(rng, 1.0)
        return "all start"

    def partition(self, rng: random.Random) -> str:
        self.network.sides = {number: rng.randrange(2) for number in range(6)}
        return f"{self.network.sides}"

    def heal(self, rng: random.Random) -> str:
        self.network.sides = {}
        return ""

    def time(self, rng: random.Random) -> str:
        passed = rng.choice([1.0, 20.0, 200.0, 3600.0, 12 * 3600.0])
        self.world.times.true += passed
        for party in self.world.parties:
            if rng.random() < 0.5:
                party.machine.synced()
        return f"{passed:.0f} s"

    def clock(self, rng: random.Random) -> str:
        """A clock jumps by days; sometimes the machine starts again with it."""
        number = rng.randrange(6)
        party = self.world.parties[number]
        party.machine.skew = max(-FAR, min(FAR, party.machine.skew + rng.choice([-6, -2, 1, 3, 6]) * DAY))
        line = f"{party.name} is {party.machine.skew / DAY:.0f} days off"
        if rng.random() < 0.4 and party.machine.node is not None:
            self.down(number, rng)
            self.up(number, rng)
        return line

    def backup(self, rng: random.Random) -> str:
        number = rng.randrange(6)
        self.copy(number)
        return self.world.parties[number].name

    def suspend(self, rng: random.Random) -> str:
        number, peer = rng.sample(range(6), 2)
        party = self.world.parties[number]
        if party.machine.node is None or self.world.parties[peer].machine.node is None:
            return "down"
        origin = self.world.parties[peer].node.key.origin
        with self.world.at(party):
            peers.set_state(party.node, origin, peers.SUSPENDED)
        self.suspended.append((number, origin))
        return f"{party.name} suspends {self.world.parties[peer].name}"

    def withdraw(self, rng: random.Random) -> str:
        """An officer's access ends; another is appointed."""
        number = rng.choice(POLICE)
        world, party = self.world, self.world.parties[number]
        if party.machine.node is None or "officer" not in party.officers:
            return "down"
        officer = party.officers.pop("officer")
        self.number += 1

        def go() -> str:
            world.do(number, "administrator", withdraw_officer, officer=officer, reason="left")
            party.officers["officer"] = world.do(
                number,
                "administrator",
                appoint_officer,
                name="Next",
                service_number=f"n-{self.number}-{number}",
                role="officer",
            )
            return ""

        return f"{party.name} {self.careful(number, rng, go)}"

    def revoke(self, rng: random.Random) -> str:
        """A device that was put away after a restore is revoked."""
        if not self.devices:
            return "no device was put away"
        number = rng.choice(sorted(self.devices))
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

        return f"{party.name} {self.careful(number, rng, go)}"

    def share(self, rng: random.Random) -> str:
        """A reader is added late to a person's file."""
        return self.with_person(rng, "share")

    def remove(self, rng: random.Random) -> str:
        """A reader is removed, and a new epoch begins."""
        return self.with_person(rng, "remove")

    def erase(self, rng: random.Random) -> str:
        """A person is erased at one reader's node."""
        return self.with_person(rng, "erase")

    def with_person(self, rng: random.Random, task: str) -> str:
        number = rng.choice((2, 3, 5) if task != "erase" else (2, 5))
        world, party = self.world, self.world.parties[number]
        if party.machine.node is None:
            return "down"
        role = "caseworker" if number == 5 else "officer" if task != "erase" else "national-lead"
        if role not in party.officers:
            return "nobody there"
        rows = party.machine.disk.execute(
            "select c.id, c.about, c.owner from access_compartment c where c.kind = 'person' order by c.id"
        ).fetchall()
        rows = [r for r in rows if (party.authority, r[0]) not in world.erased]
        if task != "erase":
            rows = [r for r in rows if r[2] == party.authority]
        if not rows:
            if task != "share" or role not in ("officer", "caseworker"):
                return "nobody met"
            values = {"country": "GY", "name": (PersonName(text="Somebody"),)}
            return self.careful(number, rng, lambda: world.do(number, role, meet_person, **values))
        compartment, person, _ = rng.choice(rows)
        return f"{party.name} {task} {compartment[:12]}: " + self.careful(
            number, rng, lambda: self._with(rng, task, number, role, compartment, person)
        )

    def _with(
        self, rng: random.Random, task: str, number: int, role: str, compartment: str, person: str
    ) -> str:
        world, party = self.world, self.world.parties[number]
        authorities = [p.authority for p in world.parties if p is not party]
        try:
            if task == "share":
                world.do(
                    number,
                    role,
                    share_person,
                    person=person,
                    authority=rng.choice(authorities),
                    reason="helps",
                )
            elif task == "remove":
                rows = party.machine.disk.execute(
                    "select authority from access_reader where compartment = ? and authority <> ? order by 1",
                    (compartment, party.authority),
                ).fetchall()
                if not rows:
                    return "nobody to remove"
                reader = rng.choice(rows)[0]
                kid = world.do(
                    number, role, remove_reader, compartment=compartment, readers=[reader], reason="done"
                )
                self.barred(kid, reader, compartment)
            else:
                world.erased.add((party.authority, compartment))
                world.do(number, role, erase_person, person=person, reason="asked for it")
        except (*REFUSED, RingError) as why:
            world.erased.discard((party.authority, compartment))
            return f"refused: {why}"
        return ""


# kind -> how often
WEIGHTS: dict[str, int] = {
    "act": 30,
    "talk": 30,
    "crash_act": 4,
    "crash_talk": 8,
    "lie": 2,
    "outage": 2,
    "starting": 3,
    "partition": 3,
    "heal": 3,
    "time": 8,
    "clock": 3,
    "backup": 2,
    "restored": 1,
    "suspend": 1,
    "resume": 2,
    "withdraw": 1,
    "revoke": 1,
    "share": 5,
    "remove": 2,
    "erase": 1,
}
# What no run goes without.
STORIES = ("crash_take", "late", "before", "removed", "hearsay", "disaster")
ALWAYS = (
    *STORIES * 2,
    *["crash_take"] * 2,
    "removed",
    *["crash_talk"] * 3,
    *["lie"] * 3,
    *["share"] * 2,
    *["power"] * 2,
    "withdraw",
    "remove",
    "clock",
    "partition",
)
LENGTH = 54


def plan(seed: int) -> list[str]:
    """The steps of a seed, by name."""
    rng = random.Random(f"plan {seed}")
    steps = rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=LENGTH - len(ALWAYS))
    for step in ALWAYS:
        steps.insert(rng.randrange(8, len(steps) + 1), step)
    return steps
