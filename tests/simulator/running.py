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
    found = Outcome(seed, bug)
    steps = steps or plan(seed)
    with world(seed) as made, planted(bug, made):
        made.trace, made.counts = found.trace, made.counts
        here = Run(made, Network(made))
        try:
            for at, name in enumerate(steps):
                found.at = at
                if only is None or at in only:
                    _step(made, here, at, name)
            found.at = len(steps)
            _settle(made, here, random.Random(f"settle {seed}"))
            invariants.always(made, here.network, True)
            invariants.quiet(made)
        except Wrong as why:
            found.wrong = str(why)
        except Exception as why:  # what the node itself raised out of turn is a finding as well
            last = traceback.extract_tb(why.__traceback__)[-1]
            found.wrong = f"{type(why).__name__}: {why} ({last.filename.rpartition('/')[2]}:{last.lineno})"
            found.trace.append(traceback.format_exc())
        found.counts = dict(made.counts)
    return found


def _step(made: World, here: Run, at: int, name: str) -> None:
    how = random.Random(f"{made.seed} {at} {name}")
    made.times.true += 1.0
    told = getattr(here, name)(how)
    here.revive(how, 0.3)
    made.say(f"{at:3} {name}: {told}")
    invariants.always(made, here.network, deep=at % 4 == 0 or name in STORIES or name == "crash_talk")


def _settle(made: World, here: Run, how: random.Random) -> None:
    """Heal all, then everybody pulls from everybody until nothing changes."""
    here.heal(how)
    here.starting(how)
    here.resume(how)
    before: object = None
    still = 0
    for count in range(ROUNDS):
        made.times.true += 130.0
        for one in range(6):
            for two in range(6):
                if one != two:
                    told = here.careful(one, how, partial(here.network.pull, one, two, how, whole=True))
                    made.say(f"    settle {count}: {one} <- {two} {told}")
        now = _state(made)
        still = still + 1 if now == before else 0
        before = now
        if still >= 2:
            made.counts["rounds"] = count
            return
    raise Wrong(f"never quiet: after {ROUNDS} rounds nodes still send each other something new")


def _state(made: World) -> object:
    found = []
    for party in made.parties:
        disk = party.machine.disk
        found.append(
            [
                disk.execute("select size from journal_head").fetchall(),
                disk.execute("select origin, compartment, since from exchange_want order by 1, 2").fetchall(),
                disk.execute("select idx, reason from journal_held order by 1").fetchall(),
                disk.execute("select origin, taken, state from exchange_peer order by 1").fetchall(),
                disk.execute("select id from exchange_alarm order by 1").fetchall(),
                sorted(party.node.rings.known),
            ]
        )
    return found


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


def command(found: Outcome, only: Sequence[int] | None = None) -> str:
    """What runs this seed again."""
    told = f"python -m tests.simulator --seed {found.seed}"
    if found.bug:
        told += f" --bug {found.bug}"
    if only is not None:
        told += " --only " + ",".join(map(str, only))
    return told


__all__ = ["Crash", "Outcome", "command", "minimised", "run"]
