"""A robbed member suspends whom it can, one after the other, while the others work and crash."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest.mock import patch

from libertad.access import changes
from libertad.access.acting import Act
from libertad.access.suspending import STANDING
from libertad.exchange.authorization import suspension
from libertad.vocabulary.verbs.changes import ChangePropose
from tests.simulator import invariants
from tests.simulator.faults import Run
from tests.simulator.network import Network, Wrong
from tests.simulator.world import Actors, World, world
from tests.support.lawless import lawless

ROBBED, OWNER = 4, 0  # of the police; the centre
STEPS = ("act", "act", "talk", "talk", "crash_talk", "suspend")
LENGTH = 24
DAY = 24 * 3600.0


@dataclass
class Suspended:
    """What was said, how many hours of others' work were held by it, and what happened."""

    said: int = 0
    held: int = 0
    trace: list[str] = field(default_factory=list)


def run(seed: int) -> Suspended:
    """A seed; Wrong where one robbed member cut off more than one other for longer than a day."""
    suspended, rng = Suspended(), random.Random(f"suspending {seed}")
    with world(seed) as founded:
        here = Run(founded, Network(founded))
        real = patch.object(changes, "now", lambda: datetime.fromtimestamp(founded.times.now(), UTC))
        with real:
            for at in range(LENGTH):
                name = "suspend" if at in (0, 1, LENGTH - 1) else rng.choice(STEPS)
                step = random.Random(f"{seed} {at} {name}")
                line = (
                    suspend(founded, step, suspended) if name == "suspend" else str(getattr(here, name)(step))
                )
                suspended.trace.append(f"{at} {name}: {line}")
            settle(founded, here, rng)
            for party in standing_parties(founded):
                cut_off = standing(party)
                suspended.held += sum(
                    reason == "suspended" for _, reason in invariants.held_entries(party).values()
                )
                if len(cut_off) > 1 or founded.parties[OWNER].authority in cut_off:
                    raise Wrong(f"{party.name}: one robbed member cut off {len(cut_off)}")
            founded.times.true += DAY + 3600
            for party in founded.parties:
                with founded.at(party):
                    suspension.tend(party.node)
            settle(founded, here, rng)
            for party in standing_parties(founded):
                waits = [
                    reason for _, reason in invariants.held_entries(party).values() if reason == "suspended"
                ]
                if waits or standing(party):
                    raise Wrong(f"{party.name}: a day later {len(waits)} entries wait")
    return suspended


def suspend(founded: World, rng: random.Random, suspended: Suspended) -> str:
    party = founded.parties[ROBBED]
    if party.machine.node is None:
        return "it is down"
    victim = founded.parties[rng.choice([n for n in range(len(founded.parties)) if n != ROBBED])]
    content = ChangePropose(change=changes.SUSPEND, about=victim.authority, reason="forged")
    (place,) = party.machine.disk.execute("select compartment from access_operation_file").fetchone()

    def say(act: Act) -> str:
        return act.say(place, content, subject=act.new_id(place), supersedes={})

    with founded.at(party), lawless():
        party.do("national-lead", say)
    suspended.said += 1
    return f"{victim.name}"


def settle(founded: World, here: Run, rng: random.Random) -> None:
    here.restore_all(rng)
    for _ in range(2):
        for asker in range(len(founded.parties)):
            for giver in range(len(founded.parties)):
                if asker != giver:
                    here.catch_up(asker, giver, rng)


def standing_parties(founded: World) -> list[Actors]:
    return [party for number, party in enumerate(founded.parties) if number != ROBBED]


def standing(party: Actors) -> set[str]:
    rows = party.machine.disk.execute("select whom, state from access_suspension").fetchall()
    return {authority for authority, state in rows if state in STANDING}
