"""Reading a few rows by their ids: the same rows as from the whole list, at the price of the few."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import connection
from django.db.models import QuerySet

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.queries import readable
from libertad.operations.models import Lead
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import PersonName
from tests.support.world import World

ROLES = ("officer", "national-lead", "analyst", "prosecutor", "caseworker", "deciding-authority", "press")


def meet(actor: Actor, name: str, country: str = "GY") -> None:
    perform(actor, meet_person, country=country, name=(PersonName(text=name),))


def ids(rows: Iterable[Person]) -> set[str]:
    return {row.pk for row in rows}


def test_of_ids_nobody_reads_more_than_from_the_list(world: World) -> None:
    for officer, country in (("officer", "GY"), ("other-officer", "VC")):
        for name in ("Yulimar Peña Rodríguez", "Jean-Baptiste Désir"):
            meet(world.actor(officer), name, country)
    everybody = ids(Person.objects.all())
    counts = set()
    for role in ROLES:
        actor = world.actor(role)
        readable_ids = ids(readable(actor, Person, everybody))
        assert readable_ids == ids(readable(actor, Person))
        counts.add(len(readable_ids))
    assert len(everybody) == 4
    assert counts == {0, 2}, "some role reads its own authority's two, and some role reads nobody"


def test_of_ids_only_those_come_that_were_named(world: World) -> None:
    officer = world.actor("officer")
    for name in ("Ana Sofía Núñez", "Marie-Ange Joseph"):
        meet(officer, name)
    first, second = sorted(ids(readable(officer, Person)))
    assert ids(readable(officer, Person, [first])) == {first}
    assert ids(readable(officer, Person, [first, second, "0" * 32])) == {first, second}
    assert ids(readable(officer, Person, [])) == set()


def plan(rows: QuerySet[Person] | QuerySet[Lead]) -> list[str]:
    text, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("explain query plan " + text, values)
        return [str(line[3]) for line in cursor.fetchall()]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("model", [Person, Lead])
def test_a_few_ids_do_not_walk_through_every_file_of_the_authority(
    world: World, model: type[Person] | type[Lead]
) -> None:
    """An authority with a hundred thousand files pays for the hundred rows that it asks for."""
    actor = world.actor("national-lead")
    named_ids = [f"{n:032x}" for n in range(100)]
    table = model._meta.db_table
    steps = plan(readable(actor, model, named_ids))
    assert f"SEARCH {table} USING INDEX sqlite_autoindex_{table}_1 (id=?)" in steps
    assert not any("compartment=?" in step or step.startswith("SCAN") for step in steps)
