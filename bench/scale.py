"""200 authorities of 10,000 devices and 10 million entries, simulated. `libertad bench scale`.

Shows what a node's cost grows with: with what it may read, not with the whole. `_world` tells the model; its
constants are measured first (`_played`), on the seven days played on this machine and taken in once more.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench._world import COSTS, Cost, Measured, Size, World, growth, mean
from bench.report import line, show

SIZE = Size(authorities=200, devices=10_000, entries=10_000_000)
TIMES = 2
KINDS = ("police", "care", "prosecution", "deciding", "centre")
SHOWN = ("police", "care", "centre")
WHOLE = "a node that keeps everything"
BOUND = "the bound asked for"
MOST = 1.05  # by what a cost may change when the world doubles, either way
SEED = 1


def shares(costs: Sequence[Cost], size: Size, measured: Measured) -> list[dict[str, Any]]:
    """What nodes bear, beside one that would keep all of the world's entries."""
    everything = size.entries
    lines = []
    for kind in SHOWN:
        label = f"simulated, a {kind} node"
        disk = mean(costs, "disk", kind) / 1e9
        hours = mean(costs, "seconds", kind) / 3600
        lines += [
            line(f"{label}: entries kept", mean(costs, "stored", kind), everything, WHOLE, "entries"),
            line(f"{label}: on disk", disk, everything * measured.disk_bytes / 1e9, WHOLE, "GB"),
            line(
                f"{label}: signatures checked", mean(costs, "checks", kind), everything, WHOLE, "signatures"
            ),
            line(f"{label}: peers", mean(costs, "peers", kind), size.authorities - 1, WHOLE, "peers"),
            line(f"{label}: taking in, one core", hours, everything * measured.seconds / 3600, WHOLE, "h"),
        ]
    return lines


def grown(costs: Sequence[Cost], after: Sequence[Cost], times: int = TIMES) -> list[dict[str, Any]]:
    """What changes for a node when the world has grown around it, and what it may read has not."""
    lines = []
    for kind in KINDS:
        name, factor = growth(costs, after, kind)
        change = max(factor, 1 / factor)
        label = f"simulated, the world {times} times as large: a {kind} node's costs change at most ({name})"
        lines.append(line(label, change, MOST, BOUND, "times"))
    return lines


def read(costs: Sequence[Cost], world: World) -> list[dict[str, Any]]:
    """In one world: police that may read more bear more, by as much."""
    busy: list[Cost] = []
    quiet: list[Cost] = []
    for node, cost in enumerate(costs):
        if cost.kind == "police":
            (busy if world.busy(node) else quiet).append(cost)
    ratio = mean(busy, "stored", "police") / mean(quiet, "stored", "police")
    return [
        line(
            f"simulated, police that may read {ratio:.2f} times as much: {name}, times as much",
            mean(busy, name, "police") / mean(quiet, name, "police"),
            ratio,
            "times as much to read",
            "times",
        )
        for name in COSTS
        if name not in ("stored", "peers")
    ]


def simulated(measured: Measured, size: Size = SIZE) -> list[dict[str, Any]]:
    """All lines of the simulation."""
    world = World(size, measured, SEED)
    costs = world.run()
    lines = shares(costs, size, measured) + read(costs, world)
    lines += grown(costs, World(replace(size, copies=TIMES), measured, SEED).run())
    return lines + scattered(measured, size)


def scattered(measured: Measured, size: Size) -> list[dict[str, Any]]:
    """What does grow: whoever works with everybody has everybody to ask, though it keeps no more."""
    before, after = (
        World(replace(size, copies=copies), measured, SEED, regional=False).run() for copies in (1, TIMES)
    )
    return [
        line(
            f"simulated, the same where any countries work together: a police node's {name}",
            mean(after, name, "police") / mean(before, name, "police"),
            MOST,
            BOUND,
            "times",
        )
        for name in COSTS
    ]


def main() -> None:
    start = time.perf_counter()
    measured = measure()
    lines = simulated(measured)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # Linux tells kilobytes
    octets = sum(size for compartment in measured.compartments for _, size in compartment.said.values())
    constants = (
        f"{measured.entries:,} entries of {octets / measured.entries:.0f} bytes played, "
        f"{measured.disk_bytes:.0f} on disk, an enrolment {measured.enrolment_bytes:.0f}"
    )
    lines += [
        line(
            f"measured: an entry taken in ({constants})", measured.seconds * 1e6, 500, "2,000 a second", "µs"
        ),
        line("the simulation itself", time.perf_counter() - start, 60, BOUND, "s"),
        line("the simulation itself, memory", memory, 1, BOUND, "GB"),
    ]
    show(lines)


def measure() -> Measured:
    """The constants; imported here because it needs a node of its own."""
    from bench import _played

    return _played.measure()


if __name__ == "__main__":
    main()
