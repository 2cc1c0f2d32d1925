"""Odds are as such scores were right before: by decisions that stand, of this pair of authorities first."""

from __future__ import annotations

import numpy as np
import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.hits import index, queries, reliability
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.actions.read_hit import read_hit
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.actions.undo_hit import undo_hit
from libertad.hits.matching.calibration import first
from libertad.hits.matching.record import Record
from libertad.hits.models import Hit
from tests.hits.making import person, phone_lead, scored, share, the_hit, two_met
from tests.support.shuffling import assert_order_free
from tests.support.world import World

TWELVE = float(first()(np.array([12.0]))[0])


@pytest.fixture(autouse=True)
def lower_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reliability, "ENOUGH", 3)


def number(n: int) -> str:
    return f"+592 611 {4400 + n}"


def decided(world: World, n: int, by: str = "officer", same: bool = False) -> str:
    """A person and a lead with one phone, 12 bits, and what was decided of them; the person."""
    person_id = person(world, f"Ana {n}", by, phone=number(n))
    if by != "officer":
        share(world, person_id)
    lead = phone_lead(world, phone=number(n))
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{person_id}")
    assert hit.bits == 12.0
    world.perform("officer", confirm_hit if same else reject_hit, hit=hit.pk, reasons="Both were seen")
    return person_id


def test_what_was_rejected_before_is_trusted_less(world: World) -> None:
    _one, _two, hit = two_met(world)
    bits = Hit.objects.get(pk=hit).bits
    before = queries.hit(world.actor("officer"), hit)
    assert before is not None and before.probability == pytest.approx(TWELVE, abs=1e-3)
    for n in (1, 2):
        decided(world, n)
    assert queries.trust(world.authorities["police"]).basis("") == "first"
    decided(world, 3)
    hit_seen = queries.hit(world.actor("officer"), hit)
    assert hit_seen is not None and hit_seen.bits == bits and hit_seen.probability < 0.9
    listed = queries.hits_page(world.actor("officer"), 1, 9, state="to-decide")[0]
    assert {row.id: row.probability for row in listed}[hit] == hit_seen.probability
    answers = index.ask(world.authorities["police"], Record("q", facts=(("phone", number(1)),)))
    assert answers and answers[0][1].probability < 0.9
    left, right = (f"person:{person_id}" for person_id in (_one, _two))
    compared = index.compare(world.authorities["police"], left, right)
    assert compared is not None and compared[2].probability == pytest.approx(hit_seen.probability)


def test_it_counts_what_it_scored_when_it_was_decided_and_only_while_that_stands(world: World) -> None:
    first, second, hit = two_met(world)
    police = world.authorities["police"]
    world.perform("officer", confirm_hit, hit=hit, reasons="The same scar")
    assert queries.trust(police).every == [], "a second reader has not agreed"
    world.perform("national-lead", read_hit, hit=hit, agrees="yes", reasons="Both files")
    bits = Hit.objects.get(pk=hit).bits
    assert queries.trust(police).decisions == {police: [(bits, True)]}
    assert_order_free(world)
    world.perform("national-lead", undo_hit, hit=hit, reasons="Sisters")
    assert queries.trust(police).every == [] and first and second


def test_a_pair_of_authorities_has_its_own_curve_once_enough_was_decided(world: World) -> None:
    police, their_police = world.authorities["police"], world.authorities["other-police"]
    for n in (1, 2, 3):
        decided(world, n, same=True)
    for n in (4, 5):
        decided(world, n, "other-officer")
    trust = queries.trust(police)
    assert {authority: len(decisions) for authority, decisions in trust.decisions.items()} == {
        police: 3,
        their_police: 2,
    }
    assert (trust.basis(police), trust.basis(their_police)) == ("pair", "authority")
    assert trust.chance(12.0, (police, their_police)) == trust.chance(12.0, ("", police))
    decided(world, 6, "other-officer")
    trust = queries.trust(police)
    assert trust.basis(their_police) == "pair"
    own, pair = trust.chance(12.0, (police, police)), trust.chance(12.0, (police, their_police))
    assert pair < 0.9 < 0.99 < own
    assert queries.trust(their_police).every == [], "decisions are its authority's own"


def test_an_erased_person_counts_no_more(world: World) -> None:
    police = world.authorities["police"]
    erased, *_others = [decided(world, n) for n in (1, 2, 3)]
    assert queries.trust(police).chance(12.0, (police,)) < 0.9
    world.perform("national-lead", erase_person, person=erased, reason="court order 7", source="decision")
    trust = queries.trust(police)
    assert len(trust.every) == 2 and trust.basis("") == "first"
    assert trust.chance(12.0, (police,)) == pytest.approx(TWELVE)


def test_whose_curve_it_is() -> None:
    assert reliability.other_owner("a", ("a", "a")) == "a"
    assert reliability.other_owner("a", ("b", "a")) == "b"
    assert reliability.other_owner("a", ("b", "b")) == "b"
    assert reliability.other_owner("a", ("b", "c")) == "", "two others: no single pair"
    assert reliability.other_owner("a", ("a", "")) == "", "the record's file is not here any more"
