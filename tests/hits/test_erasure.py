"""Erased is erased in hits too: out of memory at once, and no byte of the hit's key or words in any file."""

from __future__ import annotations

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Compartment
from libertad.access.queries import open_row
from libertad.hits import index
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.models import Hit, Question
from libertad.journal import erase
from libertad.journal.node import close_node, node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from tests.hits.making import person, scored, share, the_hit
from tests.journal.test_erase import files, holding
from tests.support.shuffling import assert_order_free
from tests.support.world import World

NAME = "Xochiquetzal Wrzesniewska"
PHONE = "+592 699 8877"
WHY = "the scar that Wrzesniewska showed"


def prepared(world: World) -> tuple[str, str, str]:
    """Somebody to erase, whom two authorities found alike to a person who stays: (gone, kept, hit)."""
    erased = person(world, NAME, "other-officer", phone=PHONE)
    remaining = person(world, "Ana", phone=PHONE)
    share(world, erased)
    scored(world)
    hit = str(the_hit(world, f"person:{erased}", f"person:{remaining}").pk)
    world.perform("officer", ask_owner, hit=hit, record=f"person:{erased}", words="Has she a scar?")
    world.perform("officer", confirm_hit, hit=hit, reasons=WHY)
    return erased, remaining, hit


def test_no_byte_of_a_hits_key_words_or_sealed_reasons_is_left(world: World) -> None:
    erased, remaining, hit = prepared(world)
    here, sql = node(), Sql()
    here.rings.backup()
    places = [row.compartment for row in Hit.objects.filter(pk=hit)]
    keys = [here.rings.newest[bytes.fromhex(place)][2] for place in places]
    sealed = [bytes(row.sealed)[60:100] for row in Hit.objects.filter(pk=hit)]
    bodies = sql.all("select body from journal_entry where compartment = ?", (places[0],))
    sealed += [bytes(row[0])[60:100] for row in bodies]
    assert keys and len(sealed) > 2
    world.perform("other-lead", erase_person, person=erased, reason="court order 7", source="decision")
    needles = [NAME.encode(), WHY.encode(), PHONE.encode(), *keys]
    if not sql.postgres:
        needles += sealed
    assert holding(files(world.home), needles) == []
    assert not Hit.objects.filter(pk=hit).exists() and not Question.objects.exists()
    assert not Compartment.objects.filter(about=hit).exists()
    report = verify(here)
    assert report.findings == [] and report.erased > 0
    assert_order_free(world)
    close_node()
    assert verify(node()).findings == [] and remaining


def test_the_person_is_out_of_every_matcher_before_the_answer(world: World) -> None:
    erased, remaining, _hit = prepared(world)
    police = world.authorities["police"]
    before = index.up_to_date(police)
    assert NAME in str(before.matcher)
    world.perform("other-lead", erase_person, person=erased, reason="court order 7", source="decision")
    for key in ("police", "other-police", "care"):
        own_index = index._indexes[world.authorities[key]]
        assert NAME not in str(own_index.matcher) and erased not in str(own_index)
    assert f"person:{remaining}" in index.up_to_date(police).subjects
    assert scored(world) == 0


def test_without_the_rule_the_reasons_would_still_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: files that go with a person's are not asked for."""
    erased, _kept, hit = prepared(world)
    monkeypatch.setattr(erase, "WITH", [])
    world.perform("other-lead", erase_person, person=erased, reason="court order 7", source="decision")
    row = Hit.objects.get(pk=hit)
    assert PHONE in str(open_row(world.actor("officer"), row))


def test_a_hit_that_is_erased_is_not_found_again(world: World) -> None:
    erased, remaining, _hit = prepared(world)
    world.perform("other-lead", erase_person, person=erased, reason="court order 7", source="decision")
    index.forget()
    node().sql().run("delete from hits_scored")
    scored(world)
    assert not Hit.objects.filter(left__contains=erased).exists()
    assert not Hit.objects.filter(right__contains=erased).exists()
    again = person(world, "Ana Maria", phone=PHONE)
    scored(world)
    assert the_hit(world, f"person:{remaining}", f"person:{again}").state == "open"


def test_keys_that_another_process_destroyed_leave_no_name_in_memory(world: World) -> None:
    erased, _kept, _hit = prepared(world)
    place = Compartment.objects.get(about=erased, kind="person").pk
    police = world.authorities["police"]
    assert NAME in str(index.up_to_date(police).matcher)
    node().rings.destroy([bytes.fromhex(place)])
    own_index = index.up_to_date(police)
    assert NAME not in str(own_index.matcher) and erased not in str(own_index.subjects) + str(
        own_index.numbers
    )
