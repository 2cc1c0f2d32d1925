"""Guardians and family: who may say and read it, in both files, and what whoever decides is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.access.matrix import matrix, roles
from libertad.care.actions.assign_guardian import assign_guardian, end_guardian
from libertad.care.actions.link_family import end_family, link_family
from libertad.care.actions.read_return import read_return
from libertad.care.actions.take_person import take_person
from libertad.care.family_models import Family
from libertad.care.queries_family import FamilySeen, family
from libertad.people import queries as people
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.family import INVERSE
from tests.care.people import CHILD, consent, identified, meet
from tests.care.test_closing import END
from tests.care.test_screens import post, text
from tests.care.test_words import ruled
from tests.support.closing import close_by_two
from tests.support.world import World

GUARDIAN: dict[str, Any] = {"name": "Generated Aunt", "kind": "relative", "checked": "yes"}
SISTER: dict[str, Any] = {"relation": "sibling", "together": "yes"}


def seen(world: World, person: str, role: str = "caseworker") -> FamilySeen:
    return family(world.actor(role), person)


def relatives(world: World, person: str) -> list[tuple[str, str, bool]]:
    return [(row.relation, row.relative_id or row.name, row.ended) for row in seen(world, person).relatives]


def two(world: World) -> tuple[str, str]:
    return meet(world, name="Generated One"), meet(world, CHILD, name="Generated Two")


@pytest.mark.parametrize("verb", ["guardian.assign", "family.link"])
@pytest.mark.parametrize("role", roles())
def test_who_may_not_say_it_is_refused(world: World, role: str, verb: str) -> None:
    allowed = matrix().may_say(role, verb, "care")
    assert allowed == (role in ("caseworker", "supervisor"))
    act, values = {
        "guardian.assign": (assign_guardian, GUARDIAN),
        "family.link": (link_family, SISTER | {"name": "x"}),
    }[verb]
    with pytest.raises(Refused if allowed else (Refused, Forbidden)):
        world.perform(role, act, person="0" * 32, **values)


def test_a_guardian_is_said_anew_and_ends(world: World) -> None:
    person = meet(world, CHILD)
    first = world.perform("caseworker", assign_guardian, person=person, **GUARDIAN | {"checked": "no"})
    assert seen(world, person).has_guardian and not seen(world, person).guardians[0].checked
    world.perform("caseworker", assign_guardian, person=person, **GUARDIAN | {"name": "GENERATED AUNT"})
    (guardian,) = seen(world, person).guardians
    assert guardian.checked
    with pytest.raises(Refused, match="stands no more"):
        world.perform("caseworker", end_guardian, person=person, entry=first, note="x")
    with pytest.raises(Refused, match="say why"):
        world.perform("caseworker", end_guardian, person=person, entry=guardian.entry, note=" ")
    world.perform("caseworker", end_guardian, person=person, entry=guardian.entry, note="She moved")
    assert not seen(world, person).has_guardian
    with pytest.raises(Refused, match="stands no more"):
        world.perform("caseworker", end_guardian, person=person, entry=guardian.entry, note="x")


@pytest.mark.parametrize("kind", codelist("guardian-kinds"))
def test_whom_the_child_trusts_is_no_guardian(world: World, kind: str) -> None:
    person = meet(world, CHILD)
    world.perform("caseworker", assign_guardian, person=person, **GUARDIAN | {"kind": kind})
    assert seen(world, person).has_guardian == (kind not in ("legal-representative", "trusted-adult"))


def test_one_who_is_recorded_is_said_in_both_files_and_ends_in_both(world: World) -> None:
    mother, child = two(world)
    world.perform("caseworker", link_family, person=child, other=mother, relation="parent", together="yes")
    assert relatives(world, child) == [("parent", mother, False)]
    assert relatives(world, mother) == [("child", child, False)]
    (row,) = seen(world, mother).relatives
    world.perform("caseworker", end_family, person=mother, entry=row.entry, note="It is her aunt")
    assert relatives(world, child) == [("parent", mother, True)]
    assert relatives(world, mother) == [("child", child, True)]
    world.perform(
        "caseworker", link_family, person=child, other=mother, relation="other-relative", together="no"
    )
    assert relatives(world, mother) == [("other-relative", child, False)]


def test_a_link_ends_though_the_others_file_is_closed(world: World) -> None:
    mother, child = two(world)
    world.perform("caseworker", link_family, person=child, other=mother, relation="parent", together="yes")
    close_by_two(world, person=mother, despite="Nothing waits", **END)
    (row,) = seen(world, child).relatives
    world.perform("caseworker", end_family, person=child, entry=row.entry, note="It is her aunt")
    assert relatives(world, child) == [("parent", mother, True)]
    assert relatives(world, mother) == [("child", child, True)]


def test_each_relation_has_its_other_way_round() -> None:
    assert set(INVERSE) == set(INVERSE.values()) == set(codelist("family-relations"))
    assert all(INVERSE[INVERSE[relation]] == relation for relation in INVERSE)


def test_nobody_is_an_own_ancestor(world: World) -> None:
    """A chain of three, closed by hand; what stands between the two is said anew and is no circle."""
    people = [meet(world, name=f"Generated {n}") for n in range(3)]
    link = {"together": "not-known"}
    world.perform("caseworker", link_family, person=people[0], other=people[1], relation="parent", **link)
    world.perform("caseworker", link_family, person=people[1], other=people[2], relation="parent", **link)
    for person, other, relation in (
        (people[2], people[0], "parent"),
        (people[0], people[2], "child"),
        (people[2], people[0], "grandparent"),
    ):
        with pytest.raises(Refused, match="goes in a circle"):
            world.perform("caseworker", link_family, person=person, other=other, relation=relation, **link)
    with pytest.raises(Refused, match="same person"):
        world.perform(
            "caseworker", link_family, person=people[0], other=people[0], relation="sibling", **link
        )
    world.perform("caseworker", link_family, person=people[0], other=people[1], relation="child", **link)
    assert relatives(world, people[1])[0][0] == "parent"


def test_of_another_authoritys_person_nothing_is_said(world: World) -> None:
    person = meet(world)
    with pytest.raises(Refused, match="no such file"):
        world.perform("caseworker", link_family, person=person, other="f" * 32, **SISTER)
    assert relatives(world, person) == []


def test_readers_of_the_file_read_it_and_the_database_tells_no_name(world: World) -> None:
    person = meet(world, CHILD)
    world.perform("caseworker", assign_guardian, person=person, **GUARDIAN)
    world.perform("caseworker", link_family, person=person, name="Generated Ana", **SISTER)
    assert len(seen(world, person, "deciding-authority").relatives) == 1
    for role in ("officer", "national-lead", "prosecutor", "coordinator", "press"):
        assert seen(world, person, role) == FamilySeen()
        assert world.client(role).get(reverse("care-family", args=[person])).status_code in (403, 404)
    (row,) = Family.objects.values()
    assert set(row) == {"id", "compartment", "operation", "provenance", "sealed", "person"}
    assert b"Generated" not in bytes(row["sealed"])


def test_of_a_colleagues_person_the_name_stands_and_no_decision(world: World) -> None:
    mother, child = two(world)
    world.perform("caseworker", link_family, person=child, other=mother, relation="parent", together="yes")
    world.perform("second-caseworker", take_person, person=mother)
    (row,) = seen(world, child).relatives
    assert row.file is None and row.name == "Generated One" and row.reference
    (row,) = seen(world, child, "supervisor").relatives
    assert row.file is not None


def test_a_caseworker_says_both_on_the_pages(world: World) -> None:
    mother, child = two(world)
    for person in (mother, child):
        consent(world, person)
    page = reverse("care-family", args=[child])
    client = world.client("caseworker")
    assert "No guardian" in text(client.get(page)) and "No guardian is on file" in text(
        client.get(reverse("care-file", args=[child]))
    )
    answer = post(world, "caseworker", "care-guardian", child, **GUARDIAN | {"name": " "})
    assert "Error: Add a guardian" in text(answer)
    post(world, "caseworker", "care-guardian", child, **GUARDIAN, by="The court of the river town")
    shown = text(client.get(page))
    assert "Generated Aunt" in shown and "Appointed by The court of the river town" in shown
    assert "No guardian" not in shown
    both = {"reference": "P-0001", "name": "x", **SISTER}
    assert "not both" in text(post(world, "caseworker", "care-family-link", child, **both))
    unknown = {"reference": "P-9999", "name": "", **SISTER}
    assert "No protection file that you can see" in text(
        post(world, "caseworker", "care-family-link", child, **unknown)
    )
    reference = seen_reference(world, mother)
    known = {"reference": reference, "name": "", "relation": "parent", "together": "yes"}
    post(world, "caseworker", "care-family-link", child, **known)
    shown = text(client.get(page))
    assert "Generated One" in shown and "Wants to stay together" in shown and "Nothing is decided" in shown
    assert "Generated Two" in text(client.get(reverse("care-family", args=[mother])))
    (row,) = seen(world, child).relatives
    post(world, "caseworker", "care-family-end", child, row.entry, note="It is her aunt")
    assert "No more" in text(client.get(page))
    assert client.get(reverse("care-family-end", args=[child, row.entry])).status_code == 404
    (guardian,) = seen(world, child).guardians
    post(world, "caseworker", "care-guardian-end", child, guardian.entry, note="She moved")
    assert "No guardian" in text(client.get(page))


def seen_reference(world: World, person: str) -> str:
    from libertad.care import reads

    file = reads.file(world.actor("caseworker"), person)
    assert file is not None
    return file.reference


def test_the_person_is_told_who_is_on_file(world: World) -> None:
    person = meet(world, CHILD)
    world.perform("caseworker", assign_guardian, person=person, **GUARDIAN)
    world.perform("caseworker", link_family, person=person, name="Generated Ana", **SISTER)
    shown = text(world.client("caseworker").get(reverse("person-answer", args=[person])))
    assert "Who belongs to you" in shown and "Generated Aunt" in shown and "Generated Ana" in shown
    (row,) = seen(world, person).relatives
    world.perform("caseworker", end_family, person=person, entry=row.entry, note="It was a friend")
    shown = text(world.client("caseworker").get(reverse("person-answer", args=[person])))
    assert "Generated Aunt" in shown and "Generated Ana" not in shown
    police = text(world.client("officer").get(reverse("person-answer", args=[person])))
    assert "Who belongs to you" not in police and "Generated Aunt" not in police


def test_in_a_closed_file_nothing_is_said(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", link_family, person=person, name="Generated Ana", **SISTER)
    close_by_two(world, person=person, despite="Nothing waits", **END)
    with pytest.raises(Refused, match="closed"):
        world.perform("caseworker", assign_guardian, person=person, **GUARDIAN)
    mother = meet(world)
    reference = people.person(world.actor("caseworker"), person).reference  # type: ignore[union-attr]
    with pytest.raises(Refused, match=f"protection file {reference} is closed"):
        world.perform("caseworker", link_family, person=mother, other=person, **SISTER)
    assert not seen(world, mother).relatives
    shown = text(world.client("caseworker").get(reverse("care-family", args=[person])))
    assert "Generated Ana" in shown and "Add one of the family" not in shown


def warned(world: World, person: str, ruling: str) -> str:
    page = world.client("caseworker").get(reverse("care-return-reading", args=[person, ruling]))
    return text(page).replace("&#x27;", "'")


def test_the_second_reader_sees_who_would_be_parted(world: World) -> None:
    mother, child = two(world)
    for person in (mother, child):
        identified(world, person)
    settled = ruled(world, mother)
    world.perform("caseworker", read_return, decision=settled, agrees="yes")
    both = ("child-best-interest", "childs-views")
    alone = ruled(world, child, circumstances=both)
    assert "no guardian is on file" in warned(world, child, alone)
    assert "wants to stay together" not in warned(world, child, alone)
    world.perform("caseworker", assign_guardian, person=child, **GUARDIAN)
    world.perform("caseworker", link_family, person=child, other=mother, relation="parent", together="yes")
    world.perform("caseworker", link_family, person=child, name="Generated Ana", **SISTER)
    shown = warned(world, child, alone)
    assert "no guardian is on file" not in shown
    assert "It does not name Generated One, with whom the person wants to stay together." in shown
    assert "stay together with Generated Ana, of whom there is no file here" in shown
    assert "it was decided otherwise" not in shown
    named = ruled(
        world, child, decision="return", circumstances=(*both, "non-refoulement"), together_with=(mother,)
    )
    shown = warned(world, child, named)
    assert "It does not name" not in shown
    assert "About Generated One it was decided otherwise: Stay" in shown


def test_who_wants_to_stay_together_is_offered_to_who_decides(world: World) -> None:
    mother, child = two(world)
    identified(world, child)
    consent(world, mother)
    world.perform("caseworker", link_family, person=child, other=mother, relation="parent", together="yes")
    page = text(world.client("deciding-authority").get(reverse("care-decide", args=[child])))
    assert "Generated One" in page
    (row,) = seen(world, child).relatives
    world.perform("caseworker", end_family, person=child, entry=row.entry, note="It is her aunt")
    page = text(world.client("deciding-authority").get(reverse("care-decide", args=[child])))
    assert "Generated One" not in page
