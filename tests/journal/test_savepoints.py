"""A part of a job that fails is taken back alone: what the job said before and says after stands."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act
from libertad.journal import savepoints
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from tests.support.world import World


def test_a_part_that_fails_takes_nothing_else_with_it(world: World) -> None:
    def job(tx: Transaction) -> tuple[str, str]:
        act = Act(tx, world.actor("officer"))
        first = meet_person(act, country="GY")
        with pytest.raises(ZeroDivisionError), savepoints.part(tx):
            meet_person(act, country="GY")
            raise ZeroDivisionError
        return first, meet_person(act, country="GY")

    before = Entry.objects.count()
    persons = node().writer.submit(job)
    said = Entry.objects.count() - before
    assert set(Person.objects.values_list("pk", flat=True)) == set(persons)
    assert len(set(Person.objects.values_list("reference", flat=True))) == 2
    # As many entries of each as of somebody met in a job of their own, and the tree goes on.
    third = world.perform("officer", meet_person, country="GY")
    assert Entry.objects.count() - before - said == said / 2
    references = sorted(Person.objects.values_list("reference", flat=True))
    assert len(set(references)) == 3 and Person.objects.filter(pk=third).exists()
