"""What waits for this officer's own answer comes first in its part of Today, and is never folded away."""

from __future__ import annotations

from datetime import timedelta

from libertad.access.queries import clock_now
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.seize import seize
from libertad.web.home import SHOWN, groups
from libertad.web.todo_item import Waiting
from tests.support.world import World

LEDGER = {"country": "GY", "kind": "document", "description": "Ledger"}


def test_an_offered_exhibit_stands_before_what_waits_for_anybody(world: World) -> None:
    for _gap in range(SHOWN + 1):
        gap = world.perform("officer", seize, happened=world.at(5, 12), **LEDGER)
        world.perform("officer", release_custody, exhibit=gap, to_whom="A driver", happened=world.at(5, 13))
    offered = world.perform("officer", seize, happened=world.at(5, 12), **LEDGER)
    keeper = world.actor("exhibits-officer")
    to = {"to_officer": keeper.officer, "to_authority": keeper.authority}
    world.perform("officer", offer_custody, exhibit=offered, happened=world.at(5, 14), **to)
    page = world.client("exhibits-officer").get("/").content.decode()
    assert "Show 2 more" in page
    assert page.index("Custody is offered to you") < page.index("A gap in custody is not explained")


def test_what_is_asked_of_an_officer_is_shown_beyond_the_limit_too(world: World) -> None:
    actor = world.actor("exhibits-officer")
    now = clock_now(actor.operation)
    due = now - timedelta(hours=2)
    items = [Waiting(f"Any {n}", "", "/", "Open", due) for n in range(20)]
    items.append(Waiting("Mine", "", "/", "Answer", due + timedelta(hours=1), asked=True))
    (group,) = groups(actor, now, items, False)
    assert group.todos[-1].title == "Mine" and group.behind == 20 - len(group.todos) + 1
