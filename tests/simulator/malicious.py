"""A member whose node skips its own checks forges access verbs about the others while they work and crash."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from nacl.bindings import crypto_sign_seed_keypair

from libertad.journal.checkpoint import origin_of
from tests.security.samples import sample
from tests.simulator import invariants
from tests.simulator.faults import Run
from tests.simulator.network import Network, Wrong
from tests.simulator.world import Actors, World, world
from tests.support.lawless import lawless

FORGER = 4  # of the police
STEPS = ("act", "act", "talk", "talk", "crash_talk", "time", "forge", "forge")
LENGTH = 30
VERBS = (
    "authority.invite", "officer.appoint", "officer.withdraw", "device.enrol", "device.revoke",
    "node.announce", "compartment.readers", "compartment.remove",
)  # fmt: skip


@dataclass
class Forged:
    """What was forged, by hash, and whatever did not hold."""

    entries: dict[bytes, str] = field(default_factory=dict)
    arrived: int = 0
    trace: list[str] = field(default_factory=list)


def run(seed: int) -> Forged:
    """A seed with the malicious member; Wrong where anybody believed it, or blamed somebody else."""
    found, how = Forged(), random.Random(f"malicious {seed}")
    with world(seed) as made:
        here = Run(made, Network(made))
        for at in range(LENGTH):
            name = "forge" if at in (0, LENGTH - 1) else how.choice(STEPS)
            step = random.Random(f"{seed} {at} {name}")
            told = forge(made, step, found) if name == "forge" else str(getattr(here, name)(step))
            found.trace.append(f"{at} {name}: {told}")
        here.whole(how)
        for _ in range(2):
            for one in range(len(made.parties)):
                for two in range(len(made.parties)):
                    if one != two:
                        here.catch_up(one, two, how)
        check(made, found)
    return found


def forge(made: World, how: random.Random, found: Forged) -> str:
    """The member says something about another, in the operation's file."""
    party = made.parties[FORGER]
    if party.machine.node is None:
        return "it is down"
    verb = how.choice(VERBS)
    victim = made.parties[how.choice([n for n in range(len(made.parties)) if n != FORGER])]
    fixed, subject = _content(verb, victim, how)
    (place,) = party.machine.disk.execute("select compartment from access_operation_file").fetchone()
    subject = subject or place
    with made.at(party), lawless():
        role = sorted(set(party.officers) - {"administrator"})[0]
        name = party.do(
            role, lambda act: act.say(place, sample(verb, **fixed), subject=subject, supersedes={})
        )
    found.entries[bytes.fromhex(name)] = verb
    return f"{verb} about {victim.name}"


def _content(verb: str, victim: Actors, how: random.Random) -> tuple[dict[str, Any], str]:
    public = crypto_sign_seed_keypair(how.randbytes(32))[0]
    if verb in ("device.enrol", "node.announce"):
        origin = {"origin": origin_of(public)} if verb == "node.announce" else {}
        return {"public": public.hex()} | origin, victim.authority
    if verb.startswith("compartment."):
        return {"reader": [victim.authority]}, ""
    if verb.startswith("officer."):
        return {}, victim.officers[sorted(victim.officers)[0]]
    if verb == "authority.invite":
        return {"kind": "police", "zone": "UTC"}, victim.authority
    return {"last": -1}, victim.authority


def check(made: World, found: Forged) -> None:
    """Everybody else holds each forgery that came, and no honest word; alarms name the forger alone."""
    forger = made.parties[FORGER].authority
    for number, party in enumerate(made.parties):
        if number == FORGER:
            continue
        stored, held = invariants.stored(party), invariants.held(party)
        for name, verb in found.entries.items():
            if name in stored and name not in held:
                raise Wrong(f"{party.name} believes {verb}")
            found.arrived += name in stored
        for name, (_, reason) in held.items():
            entry = made.acknowledged.get(name)
            if reason == "about" and entry is not None and entry.author != FORGER:
                raise Wrong(f"{party.name} takes an honest word for a forgery")
        for kind, who in party.machine.disk.execute("select kind, who from exchange_alarm").fetchall():
            if (kind, who) != ("about", forger):
                raise Wrong(f"{party.name} blames {who} ({kind})")
