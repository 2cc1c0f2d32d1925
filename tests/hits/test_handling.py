"""A lead that goes further only under conditions (code C): what hits show of it to another authority."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libertad.hits.private import service
from libertad.operations.actions.grade_lead import grade_lead
from tests.hits.making import PHONE, fresh, phone_lead, scored, the_hit
from tests.operations.test_leads import LEAD
from tests.support.world import World

CONDITIONS = "Not to leave the country."
UNDER_C = {"handling": "C", "handling_conditions": CONDITIONS}


@pytest.fixture
def here(world: World) -> Iterator[service.Private]:
    fresh()
    service.stop()
    yield service.private()
    service.stop()


@pytest.mark.parametrize(
    "values", [{"summary": f"Call {PHONE}."}, {"summary": "Call.", "vehicle": ("PXX 4417",)}]
)
def test_who_reads_a_hit_of_it_reads_its_conditions_beside_it(world: World, values: dict[str, Any]) -> None:
    """The centre, another authority, reads the country's leads; it reads the hit with its conditions."""
    first, second = phone_lead(world, **UNDER_C, **values), phone_lead(world, **values)
    scored(world)
    for role in ("coordinator", "officer"):
        hit = the_hit(world, f"lead:{first}", f"lead:{second}", role)
        text = world.client(role).get(f"/hits/{hit.pk}/").content.decode()
        assert CONDITIONS in text and "Sharing permitted with conditions" in text, role
    assert world.client("other-lead").get(f"/hits/{hit.pk}/").status_code == 404


@pytest.mark.parametrize(
    "values", [{"summary": f"Call {PHONE}."}, {"summary": "Call.", "vehicle": ("PXX 4417",)}]
)
def test_nobody_is_answered_in_private_by_it(
    world: World, here: service.Private, values: dict[str, Any]
) -> None:
    """Until it is graded as free to share, and no more once it is graded otherwise."""
    police, lead = world.authorities["police"], phone_lead(world, **UNDER_C, **values)

    def offered() -> set[str]:
        every = {record.id for record in here.holding.source.every(police, world.operation)}
        assert every == set(
            here.holding.source.readable_records(police, [f"lead:{lead}"], world.operation)
        ), "asked by its name it is answered as in the list"
        return every

    assert offered() == set()
    grades = {name: LEAD[name] for name in ("source_grade", "information_grade")}
    world.perform(
        "national-lead", grade_lead, lead=lead, **grades, handling="P", reasons="The source agreed."
    )
    assert offered() == {f"lead:{lead}"}
    world.perform(
        "national-lead", grade_lead, lead=lead, **grades, **UNDER_C, reasons="The source took it back."
    )
    assert offered() == set()
