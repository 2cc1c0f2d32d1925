"""Name search over 20,000 sealed names. `libertad bench search`."""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

from bench.node import Bench, operation
from bench.report import line, show

NAMES = 20_000
SYLLABLES = (
    "an",
    "be",
    "cor",
    "da",
    "el",
    "fi",
    "gor",
    "ha",
    "is",
    "jo",
    "ka",
    "lu",
    "ma",
    "nor",
    "os",
    "pe",
)


def made_up_word(rng: random.Random) -> str:
    """A generated name of one word."""
    return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 3))).title()


def made_up(rng: random.Random) -> str:
    """A generated name of two words."""
    return " ".join(made_up_word(rng) for _ in range(2))


def searched(bench: Bench) -> list[dict[str, Any]]:
    from libertad.access.acting import Act
    from libertad.journal.node import node
    from libertad.people.actions.meet_person import meet_person
    from libertad.people.names import search
    from libertad.vocabulary.values import PersonName

    rng = random.Random(1)
    names = [made_up(rng) for _ in range(NAMES)]

    def meet_batch(start: int) -> Any:
        def job(tx: Any) -> None:
            for name in names[start : start + 200]:
                meet_person(Act(tx, bench.officer), country="GY", name=(PersonName(text=name),))

        return job

    for start in range(0, NAMES, 200):
        node().writer.submit(meet_batch(start))
    began = time.perf_counter()
    search(bench.officer, names[0])
    first = time.perf_counter() - began
    times = []
    for name in rng.sample(names, 100):
        spoiled = name[:2] + name[3:]  # a letter is missing
        start_at = time.perf_counter()
        search(bench.officer, spoiled)
        times.append(time.perf_counter() - start_at)
    name = "the bound asked for"
    return [
        line(
            f"name search over {NAMES:,} sealed names, median",
            statistics.median(times) * 1000,
            15,
            name,
            "ms",
        ),
        line("the same, the first, which opens all names", first * 1000, 10_000, name, "ms"),
    ]


def main() -> None:
    with operation() as bench:
        show(searched(bench))


if __name__ == "__main__":
    main()
