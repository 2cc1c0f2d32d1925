"""A robbed member suspends whom it can, one after the other, while the others work and crash."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest.mock import patch

from libertad.access import changes
from libertad.access.acting import Act
from libertad.access.suspending import STANDING
from libertad.exchange import suspending
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
    found, how = Suspended(), random.Random(f"suspending {seed}")
    with world(seed) as made:
        here = Run(made, Network(made))
        real = patch.object(changes, "now", lambda: datetime.fromtimestamp(made.times.now(), UTC))
        with real:
            for at in range(LENGTH):
                name = "suspend" if at in (0, 1, LENGTH - 1) else how.choice(STEPS)
                step = random.Random(f"{seed} {at} {name}")
                told = suspend(made, step, found) if name == "suspend" else str(getattr(here, name)(step))
                found.trace.append(f"{at} {name}: {told}")
            settle(made, here, how)
            for party in others(made):
                cut_off = standing(party)
                found.held += sum(reason == "suspended" for _, reason in invariants.held(party).values())
                if len(cut_off) > 1 or made.parties[OWNER].authority in cut_off:
                    raise Wrong(f"{party.name}: one robbed member cut off {len(cut_off)}")
            made.times.true += DAY + 3600
            for party in made.parties:
                with made.at(party):
                    suspending.tend(party.node)
            settle(made, here, how)
            for party in others(made):
                waits = [reason for _, reason in invariants.held(party).values() if reason == "suspended"]
                if waits or standing(party):
                    raise Wrong(f"{party.name}: a day later {len(waits)} entries wait")
    return found


def suspend(made: World, how: random.Random, found: Suspended) -> str:
    party = made.parties[ROBBED]
    if party.machine.node is None:
        return "it is down"
    victim = made.parties[how.choice([n for n in range(len(made.parties)) if n != ROBBED])]
    what = ChangePropose(change=changes.SUSPEND, about=victim.authority, reason="forged")
    (place,) = party.machine.disk.execute("select compartment from access_operation_file").fetchone()

    def say(act: Act) -> str:
        return act.say(place, what, subject=act.new_id(place), supersedes={})

    with made.at(party), lawless():
        party.do("national-lead", say)
    found.said += 1
    return f"{victim.name}"


def settle(made: World, here: Run, how: random.Random) -> None:
    here.whole(how)
    for _ in range(2):
        for one in range(len(made.parties)):
            for two in range(len(made.parties)):
                if one != two:
                    here.catch_up(one, two, how)


def others(made: World) -> list[Actors]:
    return [party for number, party in enumerate(made.parties) if number != ROBBED]


def standing(party: Actors) -> set[str]:
    rows = party.machine.disk.execute("select whom, state from access_suspension").fetchall()
    return {whom for whom, state in rows if state in STANDING}
