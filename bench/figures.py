"""The figures page over 100,000 entries, at the server. `libertad bench figures`."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench.node import Bench, operation
from bench.report import line, show
from libertad.vocabulary.codelists import codelist

ENTRIES = 100_000
NAME = "the bound asked for"


def filled(bench: Bench, entries: int) -> None:
    """Half of the entries are persons counted, half their statuses."""
    from libertad.access.acting import Act, new_id
    from libertad.journal.node import node
    from libertad.vocabulary.verbs.people import TallyPerson, TallySeen

    ages, sexes, states = (list(codelist(name)) for name in ("age-groups", "sexes", "seen-as"))

    def thousand(tx: Any) -> None:
        act = Act(tx, bench.officer)
        place = act.operation_compartment
        for n in range(500):
            counting = new_id()
            content = TallyPerson(country="GY", age_group=ages[n % len(ages)], sex=sexes[n % len(sexes)])
            act.say(place, content, subject=counting)
            act.say(place, TallySeen(seen_as=states[n % len(states)], country="GY"), subject=counting)

    for _ in range(entries // 1000):
        node().writer.submit(thousand)


def page(bench: Bench) -> list[dict[str, Any]]:
    from libertad.web.preload import warm

    filled(bench, ENTRIES)
    warm()  # as a node does before it answers anybody
    client = bench.world.client("coordinator")
    times = []
    for _ in range(12):
        start = time.perf_counter()
        answer = client.get("/figures/")
        times.append(time.perf_counter() - start)
        if answer.status_code != 200:
            raise RuntimeError(f"/figures/ answered {answer.status_code}")
    return [
        line(
            f"figures page on {ENTRIES:,} entries, median", statistics.median(times) * 1000, 100, NAME, "ms"
        ),
        line("the same, first", times[0] * 1000, 100, NAME, "ms"),
    ]


def main() -> None:
    with operation() as bench:
        show(page(bench))


if __name__ == "__main__":
    main()
