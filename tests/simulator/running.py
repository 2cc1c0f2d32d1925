"""Running a seed: its steps, the invariants after each, healing, quiet, the invariants of quiet."""

from __future__ import annotations

import random
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.simulator import invariants
from tests.simulator.faults import STORIES, Run, plan
from tests.simulator.machine import Crash
from tests.simulator.network import Network, Wrong
from tests.simulator.planted import planted
from tests.simulator.world import World, world

ROUNDS = 40


@dataclass
class Outcome:
    """What came of a seed: `wrong` is empty where every invariant held."""

    seed: int
    bug: str
    wrong: str = ""
    at: int = -1  # the step after which it showed
    trace: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def run(seed: int, bug: str = "", only: Sequence[int] | None = None, steps: Sequence[str] = ()) -> Outcome:
    """Simulate a seed, with a planted bug or none; `only` these of its steps, or `steps` for its own."""
    outcome = Outcome(seed, bug)
    steps = steps or plan(seed)
    with world(seed) as founded, planted(bug, founded):
        founded.trace, founded.counts = outcome.trace, founded.counts
        here = Run(founded, Network(founded))
        try:
            for at, name in enumerate(steps):
                outcome.at = at
                if only is None or at in only:
                    _step(founded, here, at, name)
            outcome.at = len(steps)
            _settle(founded, here, random.Random(f"settle {seed}"))
            invariants.always(founded, here.network, True)
            invariants.quiet(founded)
        except Wrong as why:
            outcome.wrong = str(why)
        except Exception as why:  # what the node itself raised out of turn is a finding as well
            last = traceback.extract_tb(why.__traceback__)[-1]
            outcome.wrong = f"{type(why).__name__}: {why} ({last.filename.rpartition('/')[2]}:{last.lineno})"
            outcome.trace.append(traceback.format_exc())
        outcome.counts = dict(founded.counts)
    return outcome


def _step(founded: World, here: Run, at: int, name: str) -> None:
    rng = random.Random(f"{founded.seed} {at} {name}")
    founded.times.true += 1.0
    line = getattr(here, name)(rng)
    here.revive(rng, 0.3)
    founded.say(f"{at:3} {name}: {line}")
    invariants.always(founded, here.network, deep=at % 4 == 0 or name in STORIES or name == "crash_talk")


def _settle(founded: World, here: Run, rng: random.Random) -> None:
    """Heal all, then everybody pulls from everybody until nothing changes."""
    here.heal(rng)
    here.starting(rng)
    here.resume(rng)
    before: object = None
    still = 0
    for count in range(ROUNDS):
        founded.times.true += 130.0
        for asker in range(6):
            for giver in range(6):
                if asker != giver:
                    line = here.careful(asker, rng, partial(here.network.pull, asker, giver, rng, whole=True))
                    founded.say(f"    settle {count}: {asker} <- {giver} {line}")
        now = _state(founded)
        still = still + 1 if now == before else 0
        before = now
        if still >= 2:
            founded.counts["rounds"] = count
            return
    raise Wrong(f"never quiet: after {ROUNDS} rounds nodes still send each other something new")


def _state(founded: World) -> object:
    state = []
    for party in founded.parties:
        disk = party.machine.disk
        state.append(
            [
                disk.execute("select size from journal_head").fetchall(),
                disk.execute("select origin, compartment, since from exchange_want order by 1, 2").fetchall(),
                disk.execute("select idx, reason from journal_held order by 1").fetchall(),
                disk.execute("select origin, taken, state from exchange_peer order by 1").fetchall(),
                disk.execute("select id from exchange_alarm order by 1").fetchall(),
                sorted(party.node.rings.known),
            ]
        )
    return state


def minimised(seed: int, bug: str = "") -> list[int]:
    """Fewer steps of a failing seed that still fail: halves, quarters, single steps are taken away."""
    steps = list(range(min(run(seed, bug).at + 1, len(plan(seed)))))
    size = len(steps) // 2
    while size:
        for start in range(0, len(steps), size):
            fewer = steps[:start] + steps[start + size :]
            if len(fewer) < len(steps) and run(seed, bug, fewer).wrong:
                steps = fewer
                break
        else:
            size //= 2
    return steps


def command(outcome: Outcome, only: Sequence[int] | None = None) -> str:
    """What runs this seed again."""
    command_line = f"python -m tests.simulator --seed {outcome.seed}"
    if outcome.bug:
        command_line += f" --bug {outcome.bug}"
    if only is not None:
        command_line += " --only " + ",".join(map(str, only))
    return command_line


__all__ = ["Crash", "Outcome", "command", "minimised", "run"]
