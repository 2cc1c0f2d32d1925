"""Whatever is shown, found, counted or done is of the operation that one works in.

Of a second one that is opened and joined: tests/operations/test_second_operation.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from unittest.mock import patch

import pytest

from libertad.access import queries
from libertad.access.acting import Act, Forbidden, new_id
from libertad.access.actor import Actor
from libertad.access.entries import entry
from libertad.care.queries import files
from libertad.evidence.queries import exhibits
from libertad.journal.folding import by_label
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.operations import queries as operations
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.queries_find import FINDABLE
from libertad.people import queries as people
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonState
from tests.operations.making import a_site, a_team
from tests.operations.test_leads import LEAD
from tests.people.making import meet
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


@dataclass
class Made:
    """What the first operation has on file, and the same officers as they would stand in another one."""

    site: str
    lead: str
    person: str
    other: dict[str, Actor]


@pytest.fixture
def two_operations(world: World) -> Made:
    site = a_site(world)
    a_team(world, site)
    lead = world.perform("officer", report_lead, **LEAD)
    other_actors = {role: replace(actor, operation=new_id()) for role, actor in world.actors.items()}
    return Made(site, lead, meet(world), other_actors)


def visible_counts(actor: Actor) -> dict[str, int]:
    return {
        "sites": len(operations.sites(actor)),
        "leads": len(operations.leads(actor)),
        "teams": len(operations.teams(actor)),
        "counts": operations.site_counts(actor).total,
        "people": len(people.people(actor)),
        "conflicts": sum(people.waiting(actor).values()),
        "exhibits": len(exhibits(actor)),
        "files": len(files(actor)),
        "found": sum(len(list(findable.things(actor, None))) for findable in FINDABLE.values()),
        "tallies": people.tallies(actor).count(),
    }


def test_nothing_of_one_operation_is_shown_in_another(world: World, two_operations: Made) -> None:
    here, elsewhere = world.actor("national-lead"), two_operations.other["national-lead"]
    assert (
        visible_counts(here)["people"] == visible_counts(here)["sites"] == 1
        and visible_counts(here)["tallies"] == 1
    )
    assert set(visible_counts(elsewhere).values()) == {0}
    assert (
        people.person(elsewhere, two_operations.person) is None
        and people.person(here, two_operations.person) is not None
    )
    assert (
        operations.site(elsewhere, two_operations.site) is None
        and operations.lead(elsewhere, two_operations.lead) is None
    )
    assert operations.operation(elsewhere) is None and operations.members(elsewhere) == []


def test_an_entry_is_no_page_in_another_operation(world: World, two_operations: Made) -> None:
    here, elsewhere = world.actor("national-lead"), two_operations.other["national-lead"]
    names = [bytes(entry_hash).hex() for entry_hash in Entry.objects.values_list("hash", flat=True)]
    of_first = [name for name in names if (opened_entry := entry(here, name)) and opened_entry.said.operation]
    assert len(of_first) > 5
    assert not any(entry(elsewhere, name) for name in of_first)


def test_officers_are_the_same_in_all_of_them(world: World, two_operations: Made) -> None:
    officer_id = world.actor("officer").officer
    assert queries.officer_names(two_operations.other["national-lead"], [officer_id]) == {
        officer_id: "Sgt. Name officer"
    }


def test_nothing_is_said_in_another_operations_file(world: World, two_operations: Made) -> None:
    officer = two_operations.other["officer"]
    with pytest.raises((Refused, Forbidden)):
        node().writer.submit(
            lambda tx: state_person(Act(tx, officer), person=two_operations.person, sex="female")
        )
    (place,) = people.compartments_of(two_operations.person)[:1]
    with pytest.raises(Forbidden, match="of another operation"):
        node().writer.submit(
            lambda tx: Act(tx, officer).say(place, PersonState(sex="female"), subject=two_operations.person)
        )


def test_without_the_filter_all_of_it_would_be_shown(world: World, two_operations: Made) -> None:
    """Planted: as before, when only some lists asked of which operation a row is."""
    with patch.object(queries, "OWN", frozenset(by_label())):
        assert people.person(two_operations.other["national-lead"], two_operations.person) is not None
