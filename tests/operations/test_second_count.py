"""What care counts of one operation, while it counts another one as of the same cut."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from libertad.access.acting import perform
from libertad.access.actor import itself
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.count_day import say_batch
from libertad.figures.actions.name_counting import name_counting
from libertad.figures.models import Batch
from tests.operations.test_second_operation import second as second
from tests.people.making import meet
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize("first", [True, False])
def test_each_operation_has_its_batch_of_a_cut(world: World, second: str, first: bool) -> None:
    """Counted after the other, the first had none: its day was missing, and nobody was told."""
    care, case = world.authorities["care"], world.actor("caseworker")
    meet(world)
    both = [world.operation, second] if first else [second, world.operation]
    for operation in both:
        coordinator = replace(world.actor("coordinator"), operation=operation)
        perform(coordinator, name_counting, care=care, cut_time="22:00", happened=world.at(3, 1))
        accept = replace(case, operation=operation)
        perform(accept, accept_counting, care=care, beside=[care], happened=world.at(3, 2))
    for day in (5, 6):
        cut = dt.datetime(2018, 4, day, 22, tzinfo=dt.UTC)
        entries = [perform(itself(care, key, "UTC"), say_batch, cut=cut) for key in both]
        again = [perform(itself(care, key, "UTC"), say_batch, cut=cut) for key in both]
        assert entries == again and len(set(entries)) == 2
    assert [Batch.objects.filter(operation=key).count() for key in both] == [2, 2]
    assert sorted(Batch.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
