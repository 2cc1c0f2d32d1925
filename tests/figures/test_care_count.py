"""Care's side of the count: whole cells that add up with the open side, and a block that tells of nobody."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.erase_person import erase_person
from libertad.access.actor import itself
from libertad.access.models import Compartment
from libertad.access.queries import clock_now
from libertad.figures import counting, daily, queries, queries_care
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.count_day import say_batch
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.publish_block import publish_block
from libertad.figures.actions.sign_release import sign_release
from libertad.figures.care_cells import changed, move, operation_block, renews
from libertad.figures.counting import DECIDED_COLUMN, Tally
from libertad.figures.models import Batch, Counting, KeptCount
from libertad.journal import header
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.operations.actions.set_clock import set_clock
from libertad.people.models import Tally as TallyRow
from libertad.people.tally_states import DECISIONS, Dated
from libertad.vocabulary.values import Happened, Refused
from tests.figures.cares import CUT, Cares, cares, cut
from tests.figures.test_counting import MOMENTS, tallies
from tests.support.linking import link_same
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DECIDED = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(DECISIONS)), max_size=3)


@given(tallies(), MOMENTS, st.data())
@settings(max_examples=200, deadline=None)
def test_cells_with_the_open_side_equal_counting_each_person_with_all_that_is_known(
    found: list[Tally], moment: int | None, data: st.DataObject
) -> None:
    decided: dict[str, list[Dated]] = {tally.id: data.draw(DECIDED) for tally in found}
    before = {
        key: [dated for dated in dates if moment is None or dated[0] <= moment]
        for key, dates in decided.items()
    }
    people = counting.people(found, moment)
    known = {"records": 0, "met_twice": 0} | dict.fromkeys(DECIDED_COLUMN.values(), 0)
    cells: dict[str, Counter[str]] = {}
    for person in people:
        if person.first is None:
            continue
        move(cells.setdefault(person.first.country, Counter()), person, before)
        known["records"] += 1 + len(person.again)
        known["met_twice"] += len(person.again)
        dates = sorted(
            (at, DECISIONS.index(status)) for tally in person.members for at, status in before[tally.id]
        )
        known[DECIDED_COLUMN[DECISIONS[dates[-1][1]] if dates else person.state.protection]] += 1
    block = operation_block(counting.total(counting.count(people)), cells.values())
    assert vars(block) == known and block.reconciles


def test_the_renewal_rule_needs_ten_people_at_three_authorities_and_none_over_half() -> None:
    assert renews({"a": 5, "b": 3, "c": 2})
    assert not renews({"a": 4, "b": 3, "c": 2})  # nine
    assert not renews({"a": 5, "b": 5})  # two authorities
    assert not renews({"a": 6, "b": 3, "c": 2})  # one over half
    assert not renews({"a": 0, "b": 0, "c": 0}) and not renews({})


def test_changes_are_people_and_never_more_than_there_were() -> None:
    before = [{"country": "GY", "to_presumed": 3}]
    assert changed(before, [{"country": "GY", "to_presumed": 2, "to_confirmed": 1}]) == 1
    assert changed(before, [{"country": "GY", "to_presumed": 5}]) == 2
    assert changed(before, before) == 0
    assert changed((), before) == 3


@pytest.fixture
def accepted_care(world: World) -> Cares:
    care_group = cares(world)
    care_group.name()
    care_group.accept()
    return care_group


def decided(care_group: Cares, day: int, counts: dict[str, int]) -> None:
    for country, number in counts.items():
        for n in range(number):
            care_group.decide(country, care_group.meet(country, day), DECISIONS[n % 3], day)


def test_a_block_comes_when_asked_and_when_enough_changed_else_the_old_one_stands(
    accepted_care: Cares,
) -> None:
    decided(accepted_care, 4, {"GY": 4, "VC": 4, "BB": 3})
    accepted_care.meet("JM", 4)
    assert accepted_care.count(4) == ""  # nobody asked
    accepted_care.ask(5)
    block = accepted_care.count(5)
    named = Counting.objects.get()
    assert block and [published["entry"] for published in named.blocks] == [block]
    numbers = named.blocks[0]
    assert (numbers["records"], numbers["met_twice"], numbers["not_assessed"]) == (12, 0, 0)
    assert (numbers["presumed"], numbers["confirmed"], numbers["not_a_victim"]) == (5, 3, 3)
    assert numbers["potential"] == 1
    # One person more, known to all police: no new block, and the old one stands.
    accepted_care.decide("JM", accepted_care.meet("JM", 6), "confirmed", 6)
    accepted_care.ask(6)
    assert accepted_care.count(6) == ""
    decided(accepted_care, 7, {"GY": 1, "VC": 1})
    assert accepted_care.count(7) == ""
    assert len(Counting.objects.get().blocks) == 1
    # The request stays until enough has changed.
    decided(accepted_care, 8, {"VC": 3, "JM": 4})
    assert accepted_care.count(8) and len(Counting.objects.get().blocks) == 2
    assert_order_free(accepted_care.world, orders=2, replays=1)


def test_a_release_is_of_a_cut_and_carries_the_block_that_stands(accepted_care: Cares) -> None:
    world = accepted_care.world
    decided(accepted_care, 4, {"GY": 4, "VC": 4, "BB": 3})
    accepted_care.ask(4)
    block = accepted_care.count(4)
    for moment in (cut(4) - dt.timedelta(minutes=1), cut(4) + dt.timedelta(hours=1)):
        with pytest.raises(Refused) as why:
            world.perform("coordinator", propose_release, as_of=moment, happened=world.at(5, 9))
        assert why.value.field == "as_of"
    with pytest.raises(Refused) as why:
        world.perform("coordinator", propose_release, as_of=cut(4), block="f" * 64)
    assert why.value.field == "block"
    accepted_care.decide("GY", accepted_care.meet("GY", 5), "confirmed", 5)
    accepted_care.ask(5)
    accepted_care.count(5)
    key = world.perform("press", propose_release, as_of=cut(5), block=block, happened=world.at(6, 9))
    pages = [world.client("coordinator").get(f"/figures/releases/{key}/sign/")]
    world.perform("coordinator", sign_release, release=key, happened=world.at(6, 9))
    press = world.client("press")
    pages += [press.get(at) for at in ("/figures/", "/figures/public/", f"/figures/releases/{key}/")]
    for page in pages:  # a number says of which day it is
        text = unescape(re.sub(r"<[^>]+>", "", page.content.decode()))
        assert "victims of trafficking (care's count of 4 April 2018) and made" in text
        assert "as of 5 April 2018, 22:00 UTC" in text
    public = pages[2].content.decode()
    assert "saw as potential victims, as of 5 April 2018, 22:00 UTC" in public
    assert "with what care decided until 4 April 2018, 22:00 UTC" in public
    assert "as care counted on 4 April 2018, 22:00 UTC" in public
    rows = [line.split(",")[1:4] for line in press.get("/figures/public/file/").content.decode().splitlines()]
    for figure, day in {"potential-victims": 4, "confirmed": 4, "seen": 5}.items():
        assert {at[:10] for at, _country, name in rows if name == figure} == {f"2018-04-0{day}"}
    last = queries.releases(world.actor("press"))[0]
    assert last.care is not None and last.care_as_of == cut(4) and last.block == block
    assert (last.care.presumed, last.care.confirmed, last.care.not_a_victim) == (5, 3, 3)
    assert last.total.records == 12 and last.total.potential == 12
    assert queries.figures(world.actor("officer")).potential_victims == 8


def test_every_batch_is_as_long_as_every_other_and_one_comes_each_day(accepted_care: Cares) -> None:
    accepted_care.count(3)
    decided(accepted_care, 4, {"GY": 4, "VC": 1})
    accepted_care.count(4)
    accepted_care.count(5)
    rows = list(Batch.objects.order_by("care", "cut"))
    assert Counter(row.care for row in rows) == dict.fromkeys(accepted_care.ids, 3)
    entries = Entry.objects.filter(hash__in=[bytes.fromhex(row.entry) for row in rows])
    assert (
        len({(len(bytes(entry.body)), header.decode(bytes(entry.header)).length) for entry in entries}) == 1
    )
    # Asked for again, a cut is answered with what was said.
    again = perform(accepted_care.itself("GY"), say_batch, cut=cut(5), happened=accepted_care.world.at(5, 23))
    assert again in {row.entry for row in rows} and Batch.objects.count() == len(rows)


def test_linked_people_count_once_where_first_met_whoever_decided(accepted_care: Cares) -> None:
    first, later = accepted_care.meet("GY", 4), accepted_care.meet("VC", 5)
    alone = accepted_care.meet("GY", 4)
    lead = replace(accepted_care.police["VC"], role="national-lead")
    from tests.support.sharing import share_person

    perform(
        accepted_care.world.actor("national-lead"),
        share_person,
        person=first,
        authority=lead.authority,
        reason="Same phone",
    )
    perform(
        accepted_care.world.actor("national-lead"),
        share_person,
        person=first,
        authority=accepted_care.world.authorities["other-police"],
        reason="Same phone",
    )
    police_lead = accepted_care.world.actor("national-lead")
    from tests.figures.making import say_link

    ids = {row.country: row.pk for row in TallyRow.objects.filter(country="VC")}
    from libertad.access.sealed import open_sealed
    from libertad.people.models import Person

    row = Person.objects.get(pk=first)
    counting_id = open_sealed(node(), police_lead.authority, "people.Person", first, row.sealed)["counting"]
    perform(police_lead, say_link, ids["VC"], counting_id, True, happened=accepted_care.world.at(6, 9))
    accepted_care.decide("GY", first, "presumed", 6)
    accepted_care.decide("VC", later, "confirmed", 7)
    accepted_care.decide("GY", alone, "presumed", 6)
    accepted_care.count(7)
    cells = {country: queries_care.own_cells(accepted_care.care[country]) for country in ("GY", "VC")}
    gy, vc = (cells[country].cells for country in ("GY", "VC"))
    # The later decision holds, told by the other authority in a file of the two; nobody is counted twice.
    assert dict(gy["GY"]) == {"from_potential": 2, "to_presumed": 1, "to_confirmed": 1}
    assert vc == {}
    pair = Compartment.objects.get(
        kind="count", about=accepted_care.care["GY"].authority, owner=accepted_care.care["VC"].authority
    )
    from libertad.access.models import Reader

    readers = set(Reader.objects.filter(compartment=pair.pk).values_list("authority", flat=True))
    assert readers == {accepted_care.care["GY"].authority, accepted_care.care["VC"].authority}


def test_whom_care_alone_met_is_on_care_s_side_and_nowhere_else(accepted_care: Cares) -> None:
    before = TallyRow.objects.count()
    first = accepted_care.meet("GY", 4, by_care=True, seen_as="not-assessed")
    second = accepted_care.meet("GY", 5, by_care=True)
    assert TallyRow.objects.count() == before
    accepted_care.decide("GY", second, "presumed", 5)
    police = accepted_care.meet("GY", 4)
    accepted_care.decide("GY", police, "confirmed", 5)
    third = accepted_care.meet("GY", 6, by_care=True)
    perform(accepted_care.care["GY"], link_same, person=third, other=police, reasons="Same phone")
    assert not TallyRow.objects.filter(linked=True).exists()
    care_cells = queries_care.own_cells(accepted_care.care["GY"])
    assert care_cells is not None
    assert {name: number for name, number in care_cells.cells["GY"].items() if number} == {
        "alone": 3,
        "twice": 1,
        "to_not_assessed": 1,
        "to_presumed": 1,
        "from_potential": 1,
        "to_confirmed": 1,
    }
    assert first


def test_an_erasure_leaves_the_numbers_and_no_trace_of_whom(accepted_care: Cares) -> None:
    person, care_person = accepted_care.meet("GY", 4), accepted_care.meet("GY", 4, by_care=True)
    accepted_care.decide("GY", person, "presumed", 5)
    accepted_care.decide("GY", care_person, "confirmed", 5)
    before = queries_care.own_cells(accepted_care.care["GY"])
    for each in (person, care_person):
        perform(accepted_care.care["GY"], erase_person, person=each, reason="Asked for")
    after = queries_care.own_cells(accepted_care.care["GY"])
    assert before is not None and after is not None

    def nonzero_cells(care_cells: queries_care.CareSeen) -> dict[str, int]:
        return {name: number for name, number in care_cells.cells["GY"].items() if number}

    assert nonzero_cells(after) == nonzero_cells(before) and nonzero_cells(after)["to_presumed"] == 1
    assert KeptCount.objects.count() == 2
    assert_order_free(accepted_care.world, orders=1, replays=1)


def test_puppets_do_not_make_one_person_look_like_many(accepted_care: Cares) -> None:
    """Care authorities that the counting one does not know count nowhere, whoever invited them."""
    real = [accepted_care.care[country].authority for country in ("GY", "VC")]
    accepted_care.accept("GY", beside=real)
    decided(accepted_care, 4, {"GY": 1, "VC": 0, "BB": 6, "JM": 6})
    accepted_care.ask(4)
    assert accepted_care.count(4) == ""


def test_nobody_else_counts_publishes_or_reads(accepted_care: Cares) -> None:
    world = accepted_care.world
    accepted_care.ask(4)
    with pytest.raises(Forbidden):
        perform(accepted_care.itself("VC"), publish_block, cut=cut(4), happened=world.at(5, 1))
    with pytest.raises(Refused):
        perform(
            accepted_care.itself("VC"),
            say_batch,
            cut=cut(4) + dt.timedelta(minutes=3),
            happened=world.at(5, 1),
        )
    with pytest.raises(Refused):
        perform(accepted_care.itself("VC"), say_batch, cut=cut(9).replace(year=2150), happened=world.at(5, 1))
    with pytest.raises(Forbidden):
        world.perform("officer", accept_counting, care=accepted_care.care["GY"].authority)
    police = itself(world.authorities["police"], world.operation, "UTC")
    with pytest.raises((Forbidden, Refused)):
        perform(police, say_batch, cut=cut(4), happened=world.at(5, 1))
    with pytest.raises(Refused):
        world.perform("caseworker", accept_counting, care=accepted_care.care["VC"].authority)
    assert queries_care.own_cells(world.actor("officer")) is None
    assert queries_care.all_cells(accepted_care.care["VC"]) is None
    assert queries_care.all_cells(accepted_care.care["GY"]) is not None
    place = Compartment.objects.get(
        kind="count", owner=accepted_care.care["VC"].authority, about=accepted_care.care["VC"].authority
    )
    key = node().rings.sealing_key(place.pk)
    assert key is not None
    for name, ring in node().rings.open.items():
        holds = bytes.fromhex(place.pk) in ring.current
        assert holds == (name in (accepted_care.care["VC"].authority, accepted_care.care["GY"].authority)), (
            name
        )


def test_the_node_counts_by_the_clock_and_says_nothing_twice(accepted_care: Cares) -> None:
    decided(accepted_care, 4, {"GY": 4, "VC": 4, "BB": 3})
    accepted_care.ask(4)

    def clock(minutes: int) -> None:
        reads = Happened(at=cut(4) + dt.timedelta(minutes=minutes), zone="UTC")
        accepted_care.world.perform(
            "coordinator", set_clock, reads=reads.at, set_at=dt.datetime.now(dt.UTC), rate=0.0, happened=reads
        )
        assert clock_now(accepted_care.world.operation) == reads.at

    clock(5)
    assert daily.run_due(node()) == 0  # linked people are told first, and that has to travel
    clock(11)
    assert daily.run_due(node()) == 5  # four batches and the block
    size = queries.journal_size()
    assert len(Counting.objects.get().blocks) == 1
    daily.run_due(node())
    assert queries.journal_size() == size


def test_naming_accepting_and_asking_are_done_on_pages_and_the_release_shows_the_block(world: World) -> None:
    care_group = cares(world)

    def clock(day: int, hour: int) -> None:
        reads = world.at(day, hour)
        world.perform("coordinator", set_clock, reads=reads.at, set_at=dt.datetime.now(dt.UTC), rate=0.0)

    clock(3, 1)
    press, coordinator = world.client("press"), world.client("coordinator")
    assert "No care authority counts for all yet" in press.get("/figures/care/").content.decode()
    assert press.get("/figures/care/name/").status_code == 404
    named = {"care": care_group.care["GY"].authority, "cut_time": "25:00"}
    assert "time of the day" in coordinator.post("/figures/care/name/", named).content.decode()
    coordinator.post("/figures/care/name/", {**named, "cut_time": CUT})
    care = world.client("caseworker")
    page = care.get("/figures/care/").content.decode()
    assert "Not yet" in page and "/figures/care/accept/" in page
    for client in (press, coordinator, world.client("officer")):
        assert client.get("/figures/care/accept/").status_code == 404
    care.post(
        "/figures/care/accept/",
        {"care": care_group.care["GY"].authority, "beside": care_group.ids[1:]},
    )
    clock(4, 23)
    care_group.accept("VC", "BB", "JM")
    assert care.get("/figures/care/").content.decode().count("Accepted") == 4
    decided(care_group, 4, {"GY": 4, "VC": 4, "BB": 3})
    care_group.ask(4)
    assert care_group.count(4)
    clock(4, 23)
    page = press.get("/figures/releases/new/").content.decode()
    assert "met 8 potential victims" in page and "presumed 5, confirmed 3" in page
    assert coordinator.post("/figures/care/ask/", {"note": ""}).status_code == 302
    assert "Blocks published" in press.get("/figures/care/").content.decode()
