"""A process that records people and scores them until it is killed. Each line is a person who is on file.

Arguments: the operation, an officer, its authority, and the number of the first phone.
"""

from __future__ import annotations

import sys


def main(operation: str, officer: str, authority: str, first: str) -> None:
    import django

    django.setup()
    from libertad.access.acting import perform
    from libertad.access.actor import Actor
    from libertad.hits import engine
    from libertad.hits.watcher import Watch
    from libertad.journal.node import node
    from libertad.people.actions.meet_person import meet_person
    from libertad.people.actions.state_person import state_person
    from libertad.vocabulary.values import PersonName
    from tests.support.exact import Exact

    engine.matcher = Exact
    actor = Actor(officer, authority, "officer", operation, "America/Guyana")
    Watch(node()).start()
    number = int(first)
    while True:
        phone = f"+592 6{number // 2:07d}"
        name = PersonName(text=f"Somebody {number}")
        person = perform(actor, meet_person, country="GY", name=(name,), source="said")
        perform(actor, state_person, person=person, phone=(phone,), source="said")
        print(f"{phone};{person}", flush=True)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:5])
