"""The list of care and Today, from the index in memory: their order, and that they are never behind."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from django.test import Client

from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import Compartment
from libertad.care import overview, screens_list
from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile
from libertad.care.queries import care_todos, first_todos
from libertad.journal import reading
from libertad.journal.models import Held
from libertad.journal.node import node
from libertad.journal.rings import Rings
from libertad.people.actions.close_danger import say_danger
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import PersonName
from tests.care.conftest import set_to
from tests.care.people import ADULT, identified, meet
from tests.operations.test_screens import text
from tests.support.closing import close_by_two
from tests.support.elsewhere import elsewhere
from tests.support.linking import link_same
from tests.support.sealed import believe
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def endangered(client: Client, address: str) -> bool:
    """Whether a page says of somebody that the person is in danger now."""
    return re.search(r">\s*In danger now\b", text(client, address)) is not None


def person_with_file(world: World, name: str) -> str:
    person = meet(world, name=name)
    world.perform("caseworker", open_care, person=person)
    return person


def names(world: World, address: str = "/care/", role: str = "caseworker") -> list[str]:
    """First names in the order of the list."""
    rows = re.findall(r"<tr.*?</tr>", text(world.client(role), address), re.DOTALL)
    return [matches[0] for row in rows[1:] if (matches := re.findall(r"\b(Ana|Bea|Cam|Dua|Eva|Fay)\b", row))]


def test_danger_is_first_then_what_is_overdue_then_the_last_changed(world: World) -> None:
    ana, bea, cam, dua = (person_with_file(world, name) for name in ("Ana", "Bea", "Cam", "Dua"))
    at = world.at
    world.perform("caseworker", record_wish, person=cam, wish="stay", words="", happened=at(7, 9))
    identified(world, bea, review_on="2018-04-20", happened=at(6, 9))
    identified(world, dua, review_on="2018-04-18", happened=at(6, 9))
    set_to(world, 19)
    order = names(world)
    assert order[0] == "Dua" and set(order) == {"Ana", "Bea", "Cam", "Dua"}, "only Dua's review is overdue"
    set_to(world, 22)
    assert names(world)[:2] == ["Dua", "Bea"], "the hour passed by itself; the longest ago is first"
    world.perform("caseworker", say_care_danger, person=ana, words="He has found her.")
    assert names(world)[:3] == ["Ana", "Dua", "Bea"]
    listed = text(world.client("caseworker"), "/care/")
    assert listed.count(">In danger now<") == 1
    fay = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Fay"),),
        danger="yes",
        needs=("doctor",),
    )
    assert set(names(world)[:2]) == {"Ana", "Fay"}, "also without a protection file"
    assert set(names(world, "/care/?status=none")) == {"Ana", "Cam", "Fay"}
    assert names(world, "/care/?status=unopened") == ["Fay"]
    world.perform("caseworker", close_care_danger, person=fay, done="Brought to the shelter.")
    world.perform("caseworker", close_care_danger, person=ana, done="Moved.")
    assert names(world)[:2] == ["Dua", "Bea"] and not endangered(world.client("caseworker"), "/")
    close_by_two(world, person=dua, reason="wish", afterwards="Line.", despite="Left.")
    assert "Dua" not in names(world) and names(world, "/care/?status=closed") == ["Dua"]
    world.perform("caseworker", say_care_danger, person=dua, words="He has found her.")
    assert names(world)[:2] == ["Dua", "Bea"], "a closed file hides no danger"
    assert names(world, "/care/?status=closed") == ["Dua"]


def row_of(world: World, name: str, role: str = "caseworker") -> str:
    """The words of somebody's row in the list."""
    rows = re.findall(r"<tr.*?</tr>", text(world.client(role), "/care/"), re.DOTALL)
    (html,) = (row for row in rows if re.search(rf"\b{name}\b", row))
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_whom_nobody_has_taken_is_listed_with_the_limit_that_runs(world: World) -> None:
    world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Ana"),),
        birth=ADULT,
        happened=world.at(9, 8),
    )
    person_with_file(world, "Bea")
    set_to(world, 9)
    assert row_of(world, "Ana").endswith("Nobody has taken this person yet"), row_of(world, "Ana")
    assert "Overdue" not in row_of(world, "Ana")
    set_to(world, 12)
    assert row_of(world, "Ana").endswith("Overdue Nobody has taken this person yet")
    assert "The next step has no date" in row_of(world, "Bea")
    assert "No date" not in text(world.client("caseworker"), "/care/")


def test_a_page_of_the_list_goes_on_where_the_last_ended(world: World, monkeypatch) -> None:
    monkeypatch.setattr(screens_list, "SIZE", 2)
    for name in ("Ana", "Bea", "Cam", "Dua", "Eva"):
        person_with_file(world, name)
    listed = [names(world, f"/care/?page={number}") for number in (1, 2, 3, 4)]
    assert [len(part) for part in listed] == [2, 2, 1, 0]
    assert sorted(name for part in listed for name in part) == ["Ana", "Bea", "Cam", "Dua", "Eva"]
    assert "5 protection files" in text(world.client("caseworker"), "/care/?page=3")
    assert "5 protection files" in text(world.client("caseworker"), "/care/?status=none&page=2")


def test_danger_that_another_process_writes_is_shown_at_once(world: World) -> None:
    ana, _bea = person_with_file(world, "Ana"), person_with_file(world, "Bea")
    pages = ("/", "/care/")  # not the file's own: opening it is an entry of this process
    worker = world.client("caseworker")
    assert not any(endangered(worker, page) for page in pages)
    elsewhere(world, "caseworker", say_care_danger, person=ana, words="He has found her.")
    assert all(endangered(worker, page) for page in pages)
    assert names(world)[0] == "Ana" and "He has found her." in text(worker, "/")
    world.perform("caseworker", close_care_danger, person=ana, done="Moved.")
    assert not any(endangered(worker, page) for page in pages)
    elsewhere(world, "officer", say_danger, person=ana, words="He came back.")
    assert all(endangered(worker, page) for page in pages), "police's word as well"
    overview.forget()  # a start
    assert all(endangered(worker, page) for page in (*pages, f"/care/{ana}/"))


def folded(world: World, person: str) -> None:
    """Entries that were here before are folded by this process: their key came, or they are believed now."""
    stored = reading.open_entries(node(), reading.stored(node().sql()))
    entries = [entry for _idx, entry in stored if entry.compartment in places(world, person)]
    node().writer.submit(lambda tx: tx.appended.extend(entries))


def key_came(world: World, person: str) -> None:
    """Another process takes a key of the file, and folds what it opens."""
    (place,) = Compartment.objects.filter(about=person, kind="care").values_list("pk", flat=True)
    rings = Rings(world.home)
    rings.unlock_all()
    rings.add([world.authorities["care"]], bytes.fromhex(place), os.urandom(32), 1)
    rings.commit()
    rings.close()


def judged(world: World, person: str) -> None:
    """Another process judges anew, and what is in quarantine changes."""
    believe(Held.objects.create(idx=1, reason="unknown", since=1))


@pytest.mark.parametrize("change", [folded, key_came, judged])
def test_danger_that_is_folded_without_a_new_entry_is_shown(world: World, change: Any) -> None:
    ana, _bea = person_with_file(world, "Ana"), person_with_file(world, "Bea")
    world.perform("caseworker", say_care_danger, person=ana, words="He has found her.")
    assert names(world)[0] == "Ana"
    (index,) = overview._indexes.values()
    index.update(ana, None)  # as it was before
    index.again.clear()
    worker = world.client("caseworker")
    assert names(world) == ["Bea"] and not endangered(worker, "/")
    change(world, ana)
    assert names(world)[0] == "Ana" and endangered(worker, "/")


def places(world: World, *people: str) -> set[str]:
    rows = Compartment.objects.filter(about__in=people, kind__in=("person", "care"))
    return set(rows.values_list("pk", flat=True))


def in_memory(*removed: str) -> bool:
    """Whether anything of these people or files is in an index."""
    return any(
        name in held
        for index in overview._indexes.values()
        for name in removed
        for held in (
            index.lines,
            index.by_place,
            index.linked_by,
            index.danger,
            *(view.stands for view in index.views.values()),
            *(view.hour for view in index.views.values()),
            *(view.danger for view in index.views.values()),
            index.catalog.of_key,
            {key for view in index.views.values() for rows in view.lists.values() for key in map(last, rows)},
        )
    )


def last(item: tuple[Any, ...]) -> Any:
    return item[-1]


@pytest.mark.parametrize("apart", [False, True])
def test_whose_files_are_erased_is_in_no_index_any_more(world: World, apart: bool) -> None:
    ana, bea = person_with_file(world, "Ana"), person_with_file(world, "Bea")
    world.perform("caseworker", say_care_danger, person=ana, words="He has found her.")
    files = places(world, ana)
    assert names(world)[0] == "Ana" and in_memory(ana) and in_memory(*files)
    done = {"person": ana, "reason": "The person asks for it.", "everything": True}
    if apart:
        elsewhere(world, "caseworker", erase_person, **done)
    else:
        world.perform("caseworker", erase_person, **done)
        assert not in_memory(ana, *files), "before anybody asked"
    worker = world.client("caseworker")
    assert not endangered(worker, "/") and names(world) == ["Bea"]
    assert not in_memory(ana, *files) and in_memory(bea)
    assert "ana" not in str(overview._indexes).casefold(), "no name that care could be asked for"


@pytest.mark.parametrize("apart", [False, True])
def test_who_no_longer_reads_a_file_has_it_in_no_index(world: World, apart: bool) -> None:
    ana, _bea = person_with_file(world, "Ana"), person_with_file(world, "Bea")
    world.perform("caseworker", say_care_danger, person=ana, words="He has found her.")
    assert sorted(names(world, role="deciding-authority")) == ["Ana", "Bea"]
    place = Compartment.objects.get(kind="care", about=ana).pk
    removal = {"compartment": place, "readers": [world.authorities["deciding"]], "reason": "Wrong office."}
    if apart:
        elsewhere(world, "caseworker", remove_reader, **removal)
    else:
        world.perform("caseworker", remove_reader, **removal)
    assert names(world, role="deciding-authority") == ["Bea"]
    (index,) = (
        held_index
        for (authority, *_), held_index in overview._indexes.items()
        if authority == world.authorities["deciding"]
    )
    assert ana not in index.lines and place not in index.by_place
    assert names(world)[0] == "Ana", "care itself reads it still"


def test_another_record_of_one_person_with_a_file_is_not_listed_without_one(world: World) -> None:
    ana, bea = meet(world, name="Ana"), meet(world, name="Bea")
    assert sorted(names(world)) == ["Ana", "Bea"]
    world.perform("national-lead", link_same, person=bea, other=ana, reasons="Same phone.")
    assert sorted(names(world)) == ["Ana", "Bea"]
    world.perform("caseworker", open_care, person=ana)
    assert names(world) == ["Ana"] and "none yet" not in text(world.client("caseworker"), "/care/")


def test_today_counts_more_than_it_opens(world: World) -> None:
    for number in range(11):
        person_with_file(world, f"Ana {number}")
    worker, actor = world.client("caseworker"), world.actor("caseworker")
    page = text(worker, "/")
    assert "11 things" in page and "Show 5 more" in page
    assert len(care_todos(actor)) == 11 and text(worker, "/?all=1").count("Screen and decide") == 11
    now = world.at(9, 12).at
    (*_dated, undated) = first_todos(actor, now, (now,), 3)
    assert (undated.count, len(undated.first)) == (11, 3)


def test_what_is_counted_is_what_waits(world: World) -> None:
    """Of each reader the numbers of the index are those of every file read anew, whatever hour it is."""
    ana, bea = person_with_file(world, "Ana"), person_with_file(world, "Bea")
    identified(world, ana, review_on="2018-04-20", happened=world.at(6, 9))
    world.perform("caseworker", record_wish, person=ana, wish="stay", words="", happened=world.at(7, 9))
    world.perform("caseworker", identify, person=bea, status="presumed", reasons="Told so.")
    ruling = world.perform(
        "deciding-authority",
        decide_return,
        person=ana,
        decision="stay",
        wish="stay",
        reasons="Asked.",
        basis="Law.",
        circumstances=("debt",),
        resources=("permit",),
        until="2018-06-20",
        happened=world.at(8, 9),
    )
    assert ruling
    for day in (9, 15, 21, 29):
        set_to(world, day)
        for role in ("caseworker", "second-caseworker", "deciding-authority"):
            actor = world.actor(role)
            now = world.at(1, 12).at.replace(day=day)
            parts = first_todos(actor, now, (now,), 50)
            counted = sorted((todo.kind, todo.person) for part in parts for todo in part.first)
            assert sum(part.count for part in parts) == len(counted)
            assert counted == sorted((todo.kind, todo.person) for todo in care_todos(actor)), (day, role)


def test_what_is_not_care_has_no_list(world: World) -> None:
    person_with_file(world, "Ana")
    for role in ("officer", "national-lead", "prosecutor", "coordinator"):
        actor = world.actor(role)
        assert overview.page(actor, ["none", "unopened"], world.at(9, 12).at, 0, 10) == ([], 0)
        assert overview.in_danger(actor) == [] and overview.count(actor, "none") == 0
    assert Person.objects.exists() and CareFile.objects.exists()
