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
    "authority.invite",
    "officer.appoint",
    "officer.withdraw",
    "device.enrol",
    "device.revoke",
    "node.announce",
    "compartment.readers",
    "compartment.remove",
)


@dataclass
class Forged:
    """What was forged, by hash, and whatever did not hold."""

    entries: dict[bytes, str] = field(default_factory=dict)
    arrived: int = 0
    trace: list[str] = field(default_factory=list)


def run(seed: int) -> Forged:
    """A seed with the malicious member; Wrong where anybody believed it, or blamed somebody else."""
    forged, rng = Forged(), random.Random(f"malicious {seed}")
    with world(seed) as founded:
        here = Run(founded, Network(founded))
        for at in range(LENGTH):
            name = "forge" if at in (0, LENGTH - 1) else rng.choice(STEPS)
            step = random.Random(f"{seed} {at} {name}")
            line = forge(founded, step, forged) if name == "forge" else str(getattr(here, name)(step))
            forged.trace.append(f"{at} {name}: {line}")
        here.restore_all(rng)
        for _ in range(2):
            for asker in range(len(founded.parties)):
                for giver in range(len(founded.parties)):
                    if asker != giver:
                        here.catch_up(asker, giver, rng)
        check(founded, forged)
    return forged


def forge(founded: World, rng: random.Random, forged: Forged) -> str:
    """The member says something about another, in the operation's file."""
    party = founded.parties[FORGER]
    if party.machine.node is None:
        return "it is down"
    verb = rng.choice(VERBS)
    victim = founded.parties[rng.choice([n for n in range(len(founded.parties)) if n != FORGER])]
    fixed, subject = _content(verb, victim, rng)
    (place,) = party.machine.disk.execute("select compartment from access_operation_file").fetchone()
    subject = subject or place
    with founded.at(party), lawless():
        role = sorted(set(party.officers) - {"administrator"})[0]
        name = party.do(
            role, lambda act: act.say(place, sample(verb, **fixed), subject=subject, supersedes={})
        )
    forged.entries[bytes.fromhex(name)] = verb
    return f"{verb} about {victim.name}"


def _content(verb: str, victim: Actors, rng: random.Random) -> tuple[dict[str, Any], str]:
    public = crypto_sign_seed_keypair(rng.randbytes(32))[0]
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


def check(founded: World, forged: Forged) -> None:
    """Everybody else holds each forgery that came, and no honest word; alarms name the forger alone."""
    forger = founded.parties[FORGER].authority
    for number, party in enumerate(founded.parties):
        if number == FORGER:
            continue
        stored, held = invariants.stored(party), invariants.held_entries(party)
        for name, verb in forged.entries.items():
            if name in stored and name not in held:
                raise Wrong(f"{party.name} believes {verb}")
            forged.arrived += name in stored
        for name, (_, reason) in held.items():
            entry = founded.acknowledged.get(name)
            if reason == "about" and entry is not None and entry.author != FORGER:
                raise Wrong(f"{party.name} takes an honest word for a forgery")
        for kind, accused in party.machine.disk.execute("select kind, who from exchange_alarm").fetchall():
            if (kind, accused) != ("about", forger):
                raise Wrong(f"{party.name} blames {accused} ({kind})")
