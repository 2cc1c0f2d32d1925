"""A hit is called the same at every authority that knows it; what it was called before is still found."""

from __future__ import annotations

import itertools

import pytest
from django.urls import reverse

from libertad.access.acting import Act, perform
from libertad.access.actor import itself
from libertad.hits import queries
from libertad.hits.actions._hit import hit_id
from libertad.hits.models import Hit
from libertad.hits.references import SIGNS, read, read_number, reference_of
from libertad.vocabulary.verbs.hits import HitFound
from libertad.web import finding
from tests.hits.making import person, scored, share, two_met
from tests.support.shuffling import assert_order_free
from tests.support.world import World

ONE, TWO = f"person:{'1a' * 16}", f"person:{'2b' * 16}"


def test_two_authorities_call_one_pair_the_same_whatever_else_each_has_found(world: World) -> None:
    own_people = [person(world, f"Annette {n}", phone=f"+592 600 000{n // 2}") for n in range(4)]
    scored(world)  # a hit of the police of Guyana alone
    foreign = person(world, "Annette 9", "other-officer", phone="+592 600 0000")
    share(world, foreign)
    share(world, own_people[0], by="national-lead", to="other-police")
    scored(world)
    left, right = sorted((f"person:{own_people[0]}", f"person:{foreign}"))
    both = list(Hit.objects.filter(left=left, right=right))
    assert {world.authorities[key] for key in ("police", "other-police")} <= {row.authority for row in both}
    assert {row.reference for row in both} == {reference_of(left, right)}
    pairs = set(Hit.objects.values_list("left", "right"))
    assert len(set(Hit.objects.values_list("reference", flat=True))) == len(pairs) > 1


def test_it_is_found_by_what_is_heard_on_the_telephone(world: World) -> None:
    _one, _two, hit = two_met(world)
    row = Hit.objects.get(pk=hit)
    for role in ("officer", "national-lead"):
        for typed in (row.reference, row.reference.lower().replace("-", ""), f" {row.reference} "):
            assert [result.id for result in finding.search(world.actor(role), typed)["hit"].first] == [hit]
    for role in ("other-officer", "prosecutor", "press"):
        assert "hit" not in finding.search(world.actor(role), row.reference)
    [cares] = finding.search(world.actor("caseworker"), row.reference)["hit"].first
    assert cares.id != hit and cares.reference == row.reference, "care's own hit of the same pair"
    page = world.client("officer").post(reverse("find"), {"find": row.reference}).content.decode()
    assert f"/hits/{hit}/" in page and row.reference in page


def test_a_wrong_sign_is_told_and_not_taken_for_another_hit(world: World) -> None:
    _one, _two, hit = two_met(world)
    reference = Hit.objects.get(pk=hit).reference
    wrong = reference[:-1] + SIGNS[(SIGNS.index(reference[-1]) + 1) % len(SIGNS)]
    page = world.client("officer").post(reverse("find"), {"find": wrong}).content.decode()
    assert "No hit has this reference: a sign of it is wrong." in page and f"/hits/{hit}/" not in page
    page = world.client("officer").post(reverse("find"), {"find": "hospital"}).content.decode()
    assert "a sign of it is wrong" not in page


def said_before(world: World, reference: str) -> str:
    """A hit as a node of 0.1 said it, with the number that it counted."""
    left, right = sorted(f"person:{person(world, name)}" for name in ("Yulimar Peña", "Yulimar Pena"))
    police = world.authorities["police"]

    def say(act: Act) -> str:
        hit = hit_id(police, left, right)
        content = HitFound(reference=reference, left=left, right=right, bits=9.0, probability=0.9)
        act.say(act.open("authority", hit, ()), content, subject=hit, source="database", supersedes={})
        return hit

    return str(perform(itself(police, world.operation, "America/Guyana"), say))


def test_the_number_of_a_stored_database_is_shown_as_local_and_found(world: World) -> None:
    hit = said_before(world, "H-003")
    row = Hit.objects.get(pk=hit)
    assert (row.reference, row.number) == (reference_of(row.left, row.right), "H-003")
    for typed in ("H-003", "h003", "h-3"):
        assert [result.id for result in finding.search(world.actor("officer"), typed)["hit"].first] == [hit]
    page = world.client("officer").get(f"/hits/{hit}/").content.decode()
    assert page.index(row.reference) < page.index("H-003")
    assert "On this node it was H-003; other nodes counted otherwise." in page
    assert "H-003" not in world.client("officer").get("/hits/").content.decode()
    assert_order_free(world)


def test_a_hit_of_today_has_no_number_of_its_node(world: World) -> None:
    _one, _two, hit = two_met(world)
    hit_seen = queries.hit(world.actor("officer"), hit)
    assert hit_seen is not None and hit_seen.number == ""
    assert "On this node it was" not in world.client("officer").get(f"/hits/{hit}/").content.decode()


def test_it_is_of_the_pair_in_either_order() -> None:
    assert reference_of(ONE, TWO) == reference_of(TWO, ONE)
    references = {reference_of(ONE, f"person:{n:032x}") for n in range(3000)}
    assert len(references) == 3000


@pytest.mark.parametrize("other", range(40))
def test_any_one_wrong_sign_and_any_two_swapped_are_noticed(other: int) -> None:
    reference = reference_of(ONE, f"person:{other:032x}")
    signs = reference[2:].replace("-", "")
    changed = {signs[:at] + sign + signs[at + 1 :] for at in range(7) for sign in SIGNS if sign != signs[at]}
    for first, second in itertools.combinations(range(7), 2):
        swapped = list(signs)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        changed.add("".join(swapped))
    for wrong in changed - {signs}:
        with pytest.raises(ValueError):
            read(f"H-{wrong}")
    assert read(reference) == read(reference.lower().replace("-", " ")) == reference


@pytest.mark.parametrize(("heard", "meant"), [("O", "0"), ("o", "0"), ("I", "1"), ("l", "1"), ("z", "2")])
def test_signs_that_look_alike_are_read_as_the_one_that_is_used(heard: str, meant: str) -> None:
    reference = next(one for n in range(900) if meant in (one := reference_of(ONE, f"person:{n:032x}"))[2:])
    assert read("H-" + reference[2:].replace(meant, heard)) == reference


@pytest.mark.parametrize(
    "text", ["", "H", "H-", "P-GY-001", "hotel", "H-12345", "H-1234-56789", "H-٣٣٣٣-٣٣٣"]
)
def test_what_is_no_reference_is_none(text: str) -> None:
    assert read(text) is None
    assert read_number(text) in (None, "H-12345")
