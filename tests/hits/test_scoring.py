"""Each changed fact is scored at once: one hit a pair, scored anew when facts change, found after a crash.

Care reads whom its country's police met, so that each hit between them is said by both.
"""

from __future__ import annotations

import time

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actor import itself
from libertad.access.queries import read_entries
from libertad.hits import index, scoring
from libertad.hits.actions.find_hit import find_hit
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.models import Hit
from libertad.hits.watcher import LONGEST, Watch, pause
from libertad.journal import reading
from libertad.journal.folding import Said
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.actions.state_person import state_person
from libertad.people.models import Person
from libertad.people.queries import person as seen
from libertad.vocabulary.values import PersonName, Refused
from tests.hits.making import PHONE, person, phone_exhibit, phone_lead, scored, share, the_hit, two_met
from tests.people.making import meet
from tests.support.exact import Exact
from tests.support.linking import link_same
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def test_people_exhibits_and_leads_with_one_phone_meet(world: World) -> None:
    person_id = person(world, "Yulimar Peña")
    assert scored(world) == 0
    lead, exhibit = phone_lead(world), phone_exhibit(world)
    scored(world)
    police = world.authorities["police"]
    pairs = set(Hit.objects.filter(authority=police).values_list("left", "right"))
    assert pairs == {
        (f"lead:{lead}", f"person:{person_id}"),
        (f"exhibit:{exhibit}", f"person:{person_id}"),
        (f"exhibit:{exhibit}", f"lead:{lead}"),
    }
    row = the_hit(world, f"lead:{lead}", f"person:{person_id}")
    assert (row.state, row.left_country, row.right_country, row.bits) == ("open", "GY", "GY", 12.0)
    assert_order_free(world)


def test_each_authority_has_its_own_of_what_it_may_read(world: World) -> None:
    own_person, their_person = person(world, "Yulimar Peña"), person(world, "Yulimar Peña", "other-officer")
    scored(world)
    assert not Hit.objects.filter(left__startswith="person:", right__startswith="person:").exists()
    share(world, their_person)
    scored(world)
    row = the_hit(world, f"person:{own_person}", f"person:{their_person}")
    assert Hit.objects.filter(left=row.left, right=row.right).count() == 1, "theirs does not read ours"
    assert {row.left_country, row.right_country} == {"GY", "VC"}


def test_who_reads_a_file_no_more_does_not_keep_it_in_memory(world: World) -> None:
    their_person = person(world, "Yulimar Peña", "other-officer")
    share(world, their_person)
    police = world.authorities["police"]
    assert f"person:{their_person}" in index.up_to_date(police).subjects
    world.perform(
        "other-lead",
        remove_reader,
        compartment=Person.objects.get(pk=their_person).compartment,
        readers=[police],
        reason="No longer needed",
    )
    own_index = index.up_to_date(police)
    assert f"person:{their_person}" not in own_index.subjects and "Yulimar" not in str(own_index.matcher)


def test_what_is_folded_late_is_taken_up(world: World) -> None:
    """An entry that was here before and is believed now comes to the listeners, not at the journal's end."""
    person_id = person(world, "Yulimar Peña")
    own_index = index.up_to_date(world.authorities["police"])
    assert own_index.subjects.pop(f"person:{person_id}")
    own_index.matcher.drop(f"person:{person_id}")
    entries = [
        s for _idx, s in reading.open_entries(node(), reading.stored(node().sql())) if s.subject == person_id
    ]
    for listener in node().listeners:
        listener(entries)
    assert f"person:{person_id}" in index.up_to_date(world.authorities["police"]).subjects


def test_nothing_is_said_twice_and_new_facts_are_scored_anew(world: World) -> None:
    first, second, hit = two_met(world)
    size = Entry.objects.count()
    assert scored(world) == 0 and Entry.objects.count() == size
    world.perform("officer", state_person, person=first, note="Tired", source="said")
    assert scored(world) == 0, "what identifies nobody changes nothing"
    before = Hit.objects.get(pk=hit).bits
    for key in (first, second):
        world.perform(
            "officer",
            state_person,
            person=key,
            document_kind="passport",
            document_number="C1234567",
            document_country="VE",
            source="document",
        )
    assert scored(world) == 2
    assert Hit.objects.get(pk=hit).bits == before + 20
    assert_order_free(world)


def test_a_start_finds_what_a_crash_lost_and_keeps_every_decision(world: World, monkeypatch) -> None:
    person_id, _two, hit = two_met(world)
    world.perform("officer", reject_hit, hit=hit, reasons="Sisters who share a phone")
    three = person(world, "Maria")
    with monkeypatch.context() as patch:
        patch.setattr(scoring, "record_hits", lambda *arguments: (_ for _ in ()).throw(OSError("cut off")))
        with pytest.raises(OSError):
            scored(world)
    index.forget()  # another process
    assert scored(world) == 4
    assert the_hit(world, f"person:{person_id}", f"person:{three}").state == "open"
    index.forget()
    assert scored(world) == 0
    node().sql().run("delete from hits_scored")
    index.forget()
    size = Entry.objects.count()
    assert scored(world) == 0 and Entry.objects.count() == size
    assert Hit.objects.get(pk=hit).state == "rejected"


def test_what_fails_while_scoring_is_tried_again_by_the_same_process(world: World, monkeypatch) -> None:
    first, second = person(world, "Yulimar Peña"), person(world, "Ana")
    with monkeypatch.context() as patch:
        patch.setattr(scoring, "record_hits", lambda *arguments: (_ for _ in ()).throw(OSError("cut off")))
        with pytest.raises(OSError):
            scored(world)
    assert scored(world) == 2
    assert the_hit(world, f"person:{first}", f"person:{second}")


def test_a_ring_that_opens_later_is_scored_like_those_that_were_open(world: World) -> None:
    """What its entries are about could not be told by the rings that were asked before it."""
    phone_lead(world)
    scored(world)
    lead, rings, police = phone_lead(world), node().rings, world.authorities["police"]
    index.forget()  # another process, to which all rings but one are locked that opens no lead
    care = world.authorities["care"]
    rings._take({care: rings.open[care]})
    assert scored(world) == 0
    rings.unlock(police)
    assert scored(world) == 1
    row = Hit.objects.get(authority=police)
    assert f"lead:{lead}" in (row.left, row.right)


def test_what_arrives_before_the_authority_itself_is_scored_once_it_is_on_file(world: World) -> None:
    police, sql = world.authorities["police"], node().sql()
    first, second = person(world, "Yulimar Peña"), person(world, "Ana")
    sql.run("update access_authority set id = 'on its way' where id = ?", (police,))
    scored(world)
    assert not Hit.objects.filter(authority=police).exists()
    sql.run("update access_authority set id = ? where id = 'on its way'", (police,))
    assert scored(world) == 1
    assert the_hit(world, f"person:{first}", f"person:{second}").state == "open"


def test_a_start_looks_at_no_more_than_what_came_since_the_note(world: World) -> None:
    police = world.authorities["police"]

    def unscored() -> set[str]:
        index.forget()  # another process
        return set(scoring.since_start(node(), index.up_to_date(police)))

    person(world, "Ana")
    assert len(unscored()) == 1
    person(world, "Yulimar Peña")
    assert scored(world) > 0
    assert unscored() == set(), "the files of the hits that were said since are new themselves"
    three = person(world, "Maria")
    assert unscored() == {f"person:{three}"}


def test_a_file_shared_while_another_was_erased_is_scored_at_the_next_start(world: World) -> None:
    """One key came, another went: their number says nothing."""
    own_person, their_person = person(world, "Yulimar Peña"), person(world, "Ana", "other-officer")
    erased = person(world, "Somebody", "other-officer", phone="+592 699 8877")
    share(world, erased)
    scored(world)
    share(world, their_person)
    world.perform("other-lead", erase_person, person=erased, reason="court order 7", source="decision")
    index.forget()  # another process
    scored(world)
    assert the_hit(world, f"person:{own_person}", f"person:{their_person}").state == "open"


def test_a_rejected_pair_comes_back_with_strong_new_facts_alone(world: World) -> None:
    first, second, hit = two_met(world)
    world.perform("officer", reject_hit, hit=hit, reasons="Sisters who share a phone")
    for key in (first, second):
        world.perform("officer", state_person, person=key, name=(PersonName(text="Yuli", kind="said"),))
    scored(world)
    assert Hit.objects.get(pk=hit).state == "back"
    assert_order_free(world)


def test_facts_that_no_longer_agree_let_an_open_hit_fade(world: World) -> None:
    _one, two, hit = two_met(world)
    officer = world.actor("officer")
    person = seen(officer, two)
    assert person is not None
    old = [entry.id for entry in read_entries(officer, person.compartment) if entry.verb == "person.state"]
    world.perform(
        "officer", state_person, person=two, phone=("+597 8112233",), supersedes={"phone": tuple(old)}
    )
    assert scored(world) == 2
    assert Hit.objects.get(pk=hit).state == "faded"


def test_what_a_human_linked_already_is_no_news(world: World) -> None:
    first, second = person(world, "Yulimar Peña"), person(world, "Ana")
    world.perform("national-lead", link_same, person=first, other=second, reasons="Same fingerprints")
    assert scored(world) == 0
    exhibit = phone_exhibit(world, person=first)
    scored(world)
    refs = set(Hit.objects.values_list("left", "right"))
    assert (f"exhibit:{exhibit}", f"person:{first}") not in refs
    assert (f"exhibit:{exhibit}", f"person:{second}") in refs


def test_only_the_node_says_that_two_records_are_alike(world: World) -> None:
    first, second = meet(world), meet(world)
    values = {
        "one": f"person:{first}",
        "two": f"person:{second}",
        "bits": 9.0,
        "probability": 0.9,
        "reasons": (),
    }
    for role in ("officer", "national-lead", "caseworker"):
        with pytest.raises(Forbidden):
            world.perform(role, find_hit, **values)
    assert not Hit.objects.exists()


def test_the_node_says_nothing_else(world: World) -> None:
    person_id, _two, hit = two_met(world)
    actor = itself(world.authorities["police"], world.operation, "America/Guyana")
    for verb, values in (
        (reject_hit, {"hit": hit, "reasons": "x"}),
        (state_person, {"person": person_id, "note": "x"}),
    ):
        with pytest.raises((Forbidden, Refused)):
            perform(actor, verb, **values)


def test_what_fails_for_days_is_still_tried_again() -> None:
    assert [pause(failures) for failures in (1, 2, 3)] == [4.0, 8.0, 16.0]
    assert pause(20) == pause(5000) == LONGEST


def test_the_thread_is_woken_by_an_entry(world: World) -> None:
    watch = Watch(node())
    watch._on_commit([])
    assert not watch.waking.is_set()
    entries: list[Said] = [object()]  # type: ignore[list-item]
    watch._on_commit(entries)
    assert watch.waking.is_set()


def test_a_watch_scores_by_itself_while_the_node_serves(world: World) -> None:
    watch = Watch(node()).start()
    try:
        first, second = person(world, "Yulimar Peña"), person(world, "Ana")
        until = time.monotonic() + 300
        own_hits = Hit.objects.filter(authority=world.authorities["police"])
        while not own_hits.exists() and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        watch.stop()
    assert the_hit(world, f"person:{first}", f"person:{second}").state == "open"


def test_one_phone_in_a_thousand_files_does_not_flood_the_queue(world: World, monkeypatch) -> None:
    monkeypatch.setattr(scoring, "MOST", 3)
    for n in range(6):
        person(world, f"Worker {n}")
    scored(world)
    assert 0 < Hit.objects.filter(authority=world.authorities["police"]).count() < 6 * 5 / 2


def test_a_matcher_is_only_of_what_the_authority_opens(world: World) -> None:
    person(world, "Yulimar Peña", "other-officer")
    for key in ("police", "care", "prosecution"):
        assert len(index.up_to_date(world.authorities[key]).matcher) == 0
    assert isinstance(index.up_to_date(world.authorities["other-police"]).matcher, Exact)
    assert PHONE in str(index.up_to_date(world.authorities["other-police"]).subjects)


def test_an_account_of_a_person_meets_the_one_that_a_lead_names(world: World) -> None:
    person_id = meet(world, name="Yulimar Peña")
    world.perform("officer", state_person, person=person_id, handle=("@el_flaco.99",), source="said")
    lead = phone_lead(world, summary="Girls are asked for by @el_flaco.99 only.")
    scored(world)
    assert the_hit(world, f"lead:{lead}", f"person:{person_id}").state == "open"
