"""A person recorded twice by mistake: one record stays, the other says so, and nothing is deleted."""

from __future__ import annotations

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.figures.queries import figures
from libertad.people import queries
from libertad.people.actions.answer_link import confirm_link
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.models import LinkProposal
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.operations.test_screens import text
from tests.people.test_screens import meet
from tests.people.test_sharing import appointed
from tests.support.linking import link_same
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def people_counted(world: World) -> int:
    """People met of the whole operation, each once."""
    line = figures(world.actor("national-lead")).total
    return line.records - line.met_twice


WHY = "Saved twice at a bad connection."


def test_the_record_made_by_mistake_says_where_one_goes_on(world: World) -> None:
    stays, twice = meet(world), meet(world)
    actor = world.actor("national-lead")
    assert people_counted(world) == 2
    world.perform("national-lead", link_same, person=twice, other=stays, reasons=WHY, recorded_twice=True)
    retained = queries.person(actor, stays)
    assert retained is not None and retained.twice == "" and retained.links == [twice]
    assert people_counted(world) == 1, "counted once"
    page = text(world.client("officer"), f"/people/{twice}/")
    assert "Recorded twice" in page and f"go on in {retained.reference}" in page and WHY in page
    assert f"Recorded twice, see {retained.reference}" in text(world.client("officer"), "/people/")
    assert "Recorded twice" in text(world.client("caseworker"), "/care/")
    world.perform("national-lead", link_not_same, person=twice, other=stays, reasons="They are sisters.")
    again = queries.person(actor, twice)
    assert again is not None and again.twice == "" and people_counted(world) == 2
    assert_order_free(world)


def test_danger_stays_danger_in_a_record_made_twice(world: World) -> None:
    stays, twice = meet(world), meet(world, danger="yes")
    world.perform("national-lead", link_same, person=twice, other=stays, reasons=WHY, recorded_twice=True)
    assert any(item.danger for item in waiting(world.actor("national-lead")))


def test_only_the_authority_that_made_a_record_says_so(world: World) -> None:
    stays, twice = meet(world), meet(world)
    with pytest.raises(Forbidden):
        world.perform("caseworker", link_same, person=twice, other=stays, reasons=WHY, recorded_twice=True)
    world.perform("national-lead", link_same, person=twice, other=stays, reasons=WHY, recorded_twice=True)
    with pytest.raises(Refused):
        world.perform("national-lead", link_same, person=stays, other=twice, reasons=WHY, recorded_twice=True)


def test_the_page_says_it(world: World) -> None:
    stays, twice = meet(world), meet(world)
    client = world.client("national-lead")
    answer = client.post(f"/people/{twice}/same/", {"other": stays, "same": "twice", "reasons": WHY})
    assert answer.status_code == 302
    waiting_person = queries.person(world.actor("officer"), twice)
    assert waiting_person is not None and waiting_person.twice == "", "nobody second has confirmed it"
    # Nobody second is in a role that links here: a second lead is appointed, and confirms it.
    second = appointed(world, "second-lead", "national-lead", "Another Lead")
    perform(second, confirm_link, entry=LinkProposal.objects.get(first="").entry, words=WHY)
    shown_person = queries.person(world.actor("officer"), twice)
    assert shown_person is not None and shown_person.twice == stays
