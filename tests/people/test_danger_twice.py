"""Two dangers of one person, for police and for care: both are read, each is closed by who has read it."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act
from libertad.access.models import Compartment
from libertad.people.actions.close_danger import count_danger, say_danger
from libertad.people.queries import dangers_counted
from libertad.vocabulary.verbs.danger import PersonDanger
from tests.people.making import meet
from tests.support.shown_dangers import close_shown, shown_dangers
from tests.support.shuffling import assert_order_free
from tests.support.world import World

BLEEDS, WAITS, DONE = "She bleeds and needs a doctor", "He waits behind the house", "Ambulance took her"
SIDES = [("national-lead", "/people/{}/danger/"), ("caseworker", "/care/{}/danger/")]


def arrives(world: World, person: str, words: str, hour: int) -> str:
    """As a phone without a network says it: it does not know that a danger is open already."""

    def spoken(act: Act) -> str:
        place = Compartment.objects.get(kind="person", about=person).pk
        entry = act.say(place, PersonDanger(words=words), subject=person, supersedes={})
        count_danger(act, person, entry, "open")
        return entry

    entry: str = world.perform("officer", spoken, happened=world.at(9, hour))
    return entry


def page(world: World, role: str, address: str) -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


@pytest.mark.parametrize(("role", "closing"), SIDES)
def test_both_are_shown_newest_first_and_what_came_meanwhile_stays_open(
    world: World, role: str, closing: str
) -> None:
    person = meet(world, danger="yes")
    world.client("caseworker").post(f"/care/{person}/open/")
    client, address = world.client(role), closing.format(person)
    met = shown_dangers(client, address)
    assert len(met) == 1 and "Said without words" in page(world, role, address)
    first = arrives(world, person, BLEEDS, 9)
    both = shown_dangers(client, address)
    assert both == [first, *met]
    second = arrives(world, person, WAITS, 10)
    for shown in ("/?part=danger", address, f"/people/{person}/"):
        text = page(world, role, shown)
        assert -1 < text.index(WAITS) < text.index(BLEEDS) and "Guyana police" in text, shown
    assert "3 dangers are open" in page(world, role, "/")
    assert f'data-rings="{" ".join([*met, first, second])}"' in page(world, role, "/?part=danger")
    answer = client.post(address, {"done": DONE, "answers": both}, follow=True).content.decode()
    assert "Another danger is open, which your page did not show" in answer
    today = page(world, role, "/?part=danger")
    assert WAITS in today and BLEEDS not in today and f'data-rings="{second}"' in today
    if role == "national-lead":
        assert dangers_counted(world.actor("coordinator")) == 1
    assert "showed no danger" in client.post(address, {"done": DONE}).content.decode()
    assert close_shown(client, address, "He was led away").status_code == 302
    assert "todo-group--danger" not in page(world, role, "/?part=danger")
    assert_order_free(world)


def test_said_once_a_danger_stands_with_who_said_it_and_when(world: World) -> None:
    person = meet(world)
    world.perform("officer", say_danger, person=person, words=BLEEDS, happened=world.at(5, 12))
    text = page(world, "national-lead", "/?part=danger")
    assert f"{BLEEDS} (" in text and "08:00" in text and "dangers are open" not in text
