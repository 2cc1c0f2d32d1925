"""What goes wrong, as data: the same list for the same seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from scenarios.operation_libertad_2018.timeline import WITHDRAWN

UTC = dt.UTC
FIRST = dt.datetime(2018, 4, 3, 12, tzinfo=UTC)
LAST = dt.datetime(2018, 4, 9, 6, tzinfo=UTC)
LEVELS = ("none", "harsh")
WORDS = {
    "partition": "these nodes and the others do not reach each other",
    "slow": "all links of this node are 2G: 50 kbit/s, 600 ms, 5% loss",
    "kill": "killed (SIGKILL) and started again",
    "down": "switched off",
    "restore": "the database is put back from a copy made at the beginning",
    "lost": "a device is lost with reports that had not left it",
    "stolen": "a thief has a copy of the device and writes with its key; the authority revokes it",
    "withdrawn": "an officer whose access was withdrawn tries to go on",
}


@dataclass(frozen=True)
class Fault:
    """`kind` as in `WORDS`; `nodes` by host name; from `at` until `until`, in the operation's time."""

    kind: str
    at: dt.datetime
    until: dt.datetime
    nodes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "at": self.at.isoformat(),
            "until": self.until.isoformat(),
            "words": WORDS[self.kind],
        }


def plan(level: str, seed: int, police: Sequence[str], others: Sequence[str], withdrawn: str) -> list[Fault]:
    """`police`: hosts that may lose a database or be away; `others`: the lead's and those of care, which are
    only killed, slowed and cut off; `withdrawn`: the host of the officer whose access ends."""
    if level == "none":
        return []
    if level != "harsh":
        raise ValueError(f"faults: {' or '.join(LEVELS)}")
    rng = Random(f"harsh {seed}")
    everybody = [*police, *others]
    # Each of the heavy ones has a node of its own, as far as there are nodes.
    heavy = [name for name in police if name != withdrawn] or list(police)
    rng.shuffle(heavy)
    away, older, lost, stolen = (heavy[n % len(heavy)] for n in range(4))
    planned = [
        _from(rng, "down", 48, away),
        _from(rng, "restore", rng.uniform(8, 30), older),
        _from(rng, "lost", rng.uniform(4, 10), lost),
        _from(rng, "stolen", rng.uniform(6, 20), stolen),
    ]
    if withdrawn:
        planned.append(Fault("withdrawn", WITHDRAWN, WITHDRAWN + dt.timedelta(hours=12), (withdrawn,)))
    for _ in range(3):
        island = tuple(sorted(rng.sample(everybody, rng.randrange(1, max(2, len(everybody) // 2 + 1)))))
        planned.append(_from(rng, "partition", rng.uniform(3, 18), *island))
    for _ in range(3):
        planned.append(_from(rng, "slow", rng.uniform(12, 36), rng.choice(everybody)))
    for _ in range(6):
        planned.append(_from(rng, "kill", rng.uniform(0, 4), rng.choice(everybody)))
    return sorted(planned, key=lambda fault: (fault.at, fault.kind, fault.nodes))


def _from(rng: Random, kind: str, hours: float, *nodes: str) -> Fault:
    lasts = dt.timedelta(hours=hours)
    at = FIRST + (LAST - lasts - FIRST) * rng.random()
    at = at.replace(microsecond=0)
    return Fault(kind, at, (at + lasts).replace(microsecond=0), nodes)
