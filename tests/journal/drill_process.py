"""A node in a process of its own that works at random, for the backup drill. Commands in its arguments:

`make WORLD` founds the small operation; `work WORLD SEED` records people, attaches pictures, erases, and
prints a line of JSON for each act once it is acknowledged, until it is killed; `check WORLD` reads
acknowledged acts on its input and prints those that are not as they were.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import sys
from pathlib import Path
from typing import Any


def make(file: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from libertad.journal.node import close_node
    from tests.support.world import build

    world = build(Path(settings.LIBERTAD_HOME))
    close_node()
    file.write_bytes(pickle.dumps(world))


def work(file: Path, seed: int) -> None:
    from libertad.access.actions.erase_person import erase_person
    from libertad.access.attaching import attach
    from libertad.care.actions.open_care import open_care
    from libertad.journal.node import node
    from libertad.people.actions.meet_person import meet_person
    from libertad.vocabulary.values import PersonName
    from tests.support.pictures import jpeg

    world, chance = pickle.loads(file.read_bytes()), random.Random(seed)
    here = node()
    known: list[str] = []
    for number in range(100_000):
        act = chance.random()
        if act < 0.08 and len(known) > 3:
            erased_person = known.pop(chance.randrange(len(known)))
            tell(erasing=erased_person)
            world.perform(
                "national-lead", erase_person, person=erased_person, reason="order 7", source="decision"
            )
            tell(erased=erased_person)
        elif act < 0.3 and known:
            person = chance.choice(known)
            content = jpeg(chance.randbytes(chance.choice((40, 70_000))).replace(b"\xff", b"\xfe"))
            picture = attach(world.actor("officer"), about(world, person), content=content, name="A picture")
            tell(picture=picture, person=person, bytes=len(content))
        elif act < 0.4 and known:
            person = chance.choice(known)
            world.perform("caseworker", open_care, person=person)
            tell(care=person)
        elif act < 0.45:
            here.rings.backup()  # as a node that serves does now and then
        else:
            name = (PersonName(text=f"Somebody {number}"),)
            known.append(world.perform("officer", meet_person, country="GY", name=name))
            tell(person=known[-1])


def about(world: Any, person: str) -> Any:
    """A piece of the person's property, to which pictures are attached."""
    from libertad.access.attaching import About
    from libertad.look.page_objects import Link
    from libertad.people.actions.take_property import take_property
    from libertad.people.models import Person

    held = world.perform(
        "officer", take_property, person=person, kind="passport", taken_by="police", state="held"
    )
    return About(Person.objects.get(pk=person).compartment, held, "", Link("", ""))


def tell(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)


def check(file: Path) -> None:
    """On the input: a JSON list of acts. On the output: those that are not as they were acknowledged."""
    from libertad.access.attaching import opened_content
    from libertad.access.models import Compartment
    from libertad.access.queries import open_row, readable
    from libertad.journal.node import node
    from libertad.people.models import Person

    world, lost = pickle.loads(file.read_bytes()), []
    officer = world.actor("officer")
    node().writer.submit(lambda tx: None)
    for act in json.load(sys.stdin):
        if "picture" in act:
            try:
                complete = len(opened_content(officer, act["picture"])) == act["bytes"]
            except Exception as why:
                act["why"], complete = repr(why), False
        elif "care" in act:
            places = Compartment.objects.filter(about=act["care"], kind="care").values_list("id", flat=True)
            ring = node().rings.ring(world.authorities["care"])
            complete = len(places) == 1 and bytes.fromhex(places[0]) in ring.current
        else:
            row = readable(officer, Person, [act.get("person") or act["erased"]]).first()
            complete = (row is not None and bool(open_row(officer, row))) == ("person" in act)
        if not complete:
            lost.append(act)
    print(json.dumps(lost))


def main() -> None:
    import django

    django.setup()
    command, file, *rest = sys.argv[1:]
    if command == "make":
        make(Path(file))
    elif command == "work":
        work(Path(file), int(rest[0]))
    else:
        check(Path(file))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
