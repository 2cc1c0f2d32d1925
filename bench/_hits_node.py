"""Persons met on a node, durable in the journal, until each is in the index and asked about. Prints seconds
as JSON.

`python -m bench._hits_node COUNT` in a process of its own. Ten actions a commit, as in the journal's
benchmark; after each hundred commits the index takes up what is new and is asked about each, which is what
the room does. The clock starts after the first ten, with whom the lists of names are read.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench._people import Person, Population
from bench.node import Bench, operation

COMMIT = 10
TAKEN = 1000


def meet(bench: Bench, people: Sequence[Person]) -> None:
    """One commit."""
    from libertad.access.acting import Act
    from libertad.journal.node import node
    from libertad.people.actions.meet_person import meet_person
    from libertad.vocabulary.values import Birth, PersonName

    def job(tx: Any) -> None:
        for person in people:
            name = PersonName(text=" ".join(person.given + person.surnames))
            meet_person(
                Act(tx, bench.officer),
                country="GY",
                name=(name,),
                birth=Birth(date=person.born.isoformat()),
                sex={"F": "female", "M": "male"}[person.sex],
            )

    node().writer.submit(job)


def measured(bench: Bench, count: int) -> dict[str, float]:
    """Seconds in which all became durable, were taken up by the index, and were asked about."""
    from libertad.hits import index

    authority = bench.officer.authority
    people = list(Population(count + COMMIT))
    meet(bench, people[count:])  # what a node reads once at its start, lists of names above all
    now = index.up_to_date(authority)
    for ref in sorted(now.due):
        now.matcher.ask(now.subjects[ref].record)
    now.due.clear()
    durable = index_seconds = ask_seconds = 0.0
    for first in range(0, count, TAKEN):
        batch = people[first : first + TAKEN]
        start = time.perf_counter()
        for at in range(0, len(batch), COMMIT):
            meet(bench, batch[at : at + COMMIT])
        durable_at = time.perf_counter()
        now = index.up_to_date(authority)
        known = time.perf_counter()
        for ref in sorted(now.due):
            now.matcher.ask(now.subjects[ref].record)
        now.due.clear()
        durable += durable_at - start
        index_seconds += known - durable_at
        ask_seconds += time.perf_counter() - known
    if len(now.subjects) < count:
        raise RuntimeError(f"only {len(now.subjects)} of {count} persons are in the index")
    return {"durable": durable, "taken": index_seconds, "asked": ask_seconds}


def run(count: int) -> dict[str, float]:
    """The same in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench._hits_node", str(count)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the node failed:\n{done.stderr[-4000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    with operation() as made:
        print(json.dumps(measured(made, int(sys.argv[1]))))
