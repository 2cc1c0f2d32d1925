"""People met: who reads what, counted once, conflicts kept, and exactly what was shown superseded."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldError

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row, readable
from libertad.people.actions.assess_person import assess_person
from libertad.people.actions.change_property import change_property
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.settle_birth import settle_birth
from libertad.people.actions.state_person import state_person
from libertad.people.actions.take_property import take_property
from libertad.people.models import Person, Property, Tally
from libertad.vocabulary.values import Birth, PersonName, Refused
from tests.care.people import identified
from tests.people.making import NAME, counting, meet, person_row, row, tally
from tests.support.lawless import lawless
from tests.support.linking import link_same
from tests.support.sharing import share_person
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def test_the_meeting_police_and_care_read_the_file_and_nobody_else(world: World) -> None:
    person = meet(world)
    for role in ("officer", "national-lead", "exhibits-officer", "caseworker"):
        assert person_row(world.actor(role), person)["name"][0][0]["text"] == NAME
    for role in ("coordinator", "analyst", "other-officer", "prosecutor", "deciding-authority", "press"):
        assert not readable(world.actor(role), Person).exists()
    assert row(world.actor("officer"), person).reference == "P-GY-001"


def test_whom_care_met_the_police_do_not_know_of(world: World) -> None:
    person = meet(world, "caseworker")
    assert person_row(world.actor("caseworker"), person)["name"]
    for role in ("officer", "national-lead", "other-officer", "coordinator"):
        assert not readable(world.actor(role), Person).exists()
        assert open_row(world.actor(role), Person.objects.get(pk=person)) == {}


def test_names_are_in_no_column(world: World) -> None:
    person = meet(world)
    plain = {
        f.name: getattr(row(world.actor("officer"), person), f.name) for f in Person._meta.concrete_fields
    }
    assert NAME not in str({k: v for k, v in plain.items() if k != "sealed"})
    assert counting(world, person) not in str({k: v for k, v in plain.items() if k != "sealed"})
    with pytest.raises(FieldError):
        Person.objects.filter(sealed__contains=b"x").exists()


def test_nobody_meets_people_in_a_country_of_others(world: World) -> None:
    with pytest.raises(Refused, match="country"):
        meet(world, country="VC")


def test_an_id_is_not_given_twice(world: World) -> None:
    person = meet(world)
    with pytest.raises(Refused, match="taken"):
        meet(world, "caseworker", person=person)


def test_a_coordinator_meets_nobody(world: World) -> None:
    with pytest.raises((Forbidden, Refused)):
        world.perform("coordinator", meet_person, country="BB")


@pytest.mark.parametrize(
    ("birth", "group", "child"),
    [
        (None, "not-settled", True),
        (Birth(date="1999"), "adult-18-24", False),
        (Birth(date="2000"), "not-settled", True),
        (Birth(date="2000-04-05"), "adult-18-24", False),
        (Birth(date="2000-04-06"), "child-12-17", True),
        (Birth(age_from=16, age_to=19, on="2018-04-05"), "not-settled", True),
        (Birth(age_from=30, age_to=40, on="2018"), "adult-25-plus", False),
    ],
)
def test_age_is_reckoned_on_the_day_and_not_settled_across_18(
    world: World, birth: Birth | None, group: str, child: bool
) -> None:
    person = meet(world, birth=birth)
    assert tally(world, person).age_group == group
    assert row(world.actor("officer"), person).child is child


def test_a_person_is_counted_once_however_often_met(world: World) -> None:
    first, second = meet(world), meet(world, happened=world.at(6, 10))
    before = Tally.objects.count()
    world.perform(
        "national-lead",
        link_same,
        person=second,
        other=first,
        reasons="Same phone number",
        happened=world.at(6, 11),
    )
    assert Tally.objects.count() == before == 2
    first_tally, second_tally = tally(world, first), tally(world, second)
    assert [link[1:] for link in first_tally.links] == [[second_tally.pk, True]]
    assert [link[1:] for link in second_tally.links] == [[first_tally.pk, True]]
    assert row(world.actor("officer"), first).links == [second]
    assert row(world.actor("caseworker"), second).links == [first]
    world.perform(
        "national-lead",
        link_not_same,
        person=first,
        other=second,
        reasons="Sisters",
        happened=world.at(6, 12),
    )
    assert row(world.actor("officer"), second).links == []
    assert tally(world, second).links[-1][2] is False
    assert_order_free(world)


def test_who_reads_only_one_of_two_files_links_nothing(world: World) -> None:
    own_person, foreign_person = meet(world), meet(world, "other-officer")
    with pytest.raises(Refused, match="no such file"):
        world.perform(
            "national-lead", link_same, person=own_person, other=foreign_person, reasons="Same name"
        )
    missing = pytest.raises(Refused, match="no such file")
    with missing:
        world.perform("national-lead", link_same, person=own_person, other="0" * 32, reasons="Same name")
    world.perform(
        "other-lead",
        share_person,
        person=foreign_person,
        authority=world.authorities["police"],
        reason="Met twice",
    )
    world.perform(
        "national-lead", link_same, person=own_person, other=foreign_person, reasons="Same document"
    )
    assert row(world.actor("officer"), foreign_person).links == [own_person]


def test_two_birth_values_stay_beside_each_other_until_settled(world: World) -> None:
    person = meet(world)
    later = world.at(8, 19, 31)
    world.perform(
        "caseworker",
        state_person,
        person=person,
        birth=Birth(date="2001"),
        document_kind="passport",
        source="document",
        happened=later,
    )
    head = row(world.actor("officer"), person)
    assert head.conflicts == ["birth"] and head.child and head.child_at == later.at
    births = person_row(world.actor("officer"), person)["birth"]
    assert [b[0]["date"] for b in births] == ["1999", "2001"]
    entries = [b[1] for b in births]
    with pytest.raises(Refused, match="reasons"):
        world.perform("caseworker", settle_birth, person=person, keep=entries[0], shown=entries, reasons=" ")
    world.perform(
        "caseworker",
        settle_birth,
        person=person,
        keep=entries[1],
        shown=entries,
        reasons="Passport is genuine",
    )
    head = row(world.actor("officer"), person)
    assert head.conflicts == [] and head.child
    assert [b[0]["date"] for b in person_row(world.actor("officer"), person)["birth"]] == ["2001"]
    assert_order_free(world)


def test_nobody_settles_what_nobody_has_seen(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", state_person, person=person, birth=Birth(date="2001"))
    entries_shown = [b[1] for b in person_row(world.actor("officer"), person)["birth"]]
    world.perform("officer", state_person, person=person, birth=Birth(date="2003"))
    with pytest.raises(Refused, match="load the page again"):
        world.perform(
            "caseworker",
            settle_birth,
            person=person,
            keep=entries_shown[0],
            shown=entries_shown,
            reasons="Passport",
        )
    assert len(person_row(world.actor("officer"), person)["birth"]) == 3


def test_a_correction_supersedes_exactly_what_the_form_showed(world: World) -> None:
    person = meet(world)
    entry_shown = person_row(world.actor("officer"), person)["sex"][0][1]
    world.perform("caseworker", state_person, person=person, sex="other", happened=world.at(6, 9))
    world.perform("officer", state_person, person=person, sex="male", supersedes={"sex": (entry_shown,)})
    assert [s[0] for s in person_row(world.actor("officer"), person)["sex"]] == ["other", "male"]
    assert row(world.actor("officer"), person).conflicts == ["sex"]


def test_what_is_said_in_another_file_stays_in_that_file(world: World) -> None:
    from libertad.access.acting import Act, Forbidden, perform
    from libertad.vocabulary.verbs.people import PersonState

    own_person, foreign_person = meet(world), meet(world, "other-officer")
    elsewhere = row(world.actor("other-officer"), foreign_person).compartment

    def smuggle(act: Act) -> None:
        act.say(elsewhere, PersonState(phone=("+1 784",)), subject=own_person)

    with pytest.raises(Forbidden, match="another file"):
        perform(world.actor("other-officer"), smuggle)
    with lawless():
        perform(world.actor("other-officer"), smuggle)
    assert person_row(world.actor("officer"), own_person)["phone"] == []


def test_nothing_said_is_refused(world: World) -> None:
    person = meet(world)
    with pytest.raises(Refused, match="nothing was said"):
        world.perform("officer", state_person, person=person)
    with pytest.raises(Refused, match="no such file"):
        world.perform("other-officer", state_person, person=person, words="x")


def test_two_surnames_accents_and_many_names(world: World) -> None:
    person = meet(world, name="María José Ñáñez de la Cruz y O'Brien")
    world.perform(
        "officer",
        state_person,
        person=person,
        name=(PersonName(text="Majo", kind="also-called"),),
        source="said",
    )
    assert [n[0]["text"] for n in person_row(world.actor("officer"), person)["name"]] == [
        "María José Ñáñez de la Cruz y O'Brien",
        "Majo",
    ]
    assert row(world.actor("officer"), person).conflicts == []


def test_a_first_view_is_dated_and_takes_no_decision_of_care_back(world: World) -> None:
    person = meet(world, seen_as="not-assessed", happened=world.at(5, 9))
    assert tally(world, person).protection == "not-assessed"
    world.perform(
        "officer",
        assess_person,
        person=person,
        seen_as="potential-victim",
        reasons="Passport kept",
        happened=world.at(5, 10),
    )
    assert tally(world, person).protection == "potential-victim"
    assert row(world.actor("caseworker"), person).seen_at == world.at(5, 10).at
    identified(world, person, happened=world.at(5, 11))
    assert tally(world, person).protection == "potential-victim"
    world.perform("officer", assess_person, person=person, seen_as="not-a-victim", reasons="Has a phone")
    # Counted as if care had decided nothing: that it had would be told by the difference.
    assert tally(world, person).protection == "not-a-victim"
    world.perform("caseworker", assess_person, person=person, seen_as="potential-victim", reasons="Told so")
    assert tally(world, person).protection == "not-a-victim"  # a first view is of whoever met the person
    for words in ({"seen_as": "presumed", "reasons": "x"}, {"seen_as": "potential-victim", "reasons": " "}):
        with pytest.raises(Refused):
            world.perform("officer", assess_person, person=person, **words)


def test_property_goes_its_way_and_returning_is_signed_for(world: World) -> None:
    person = meet(world)
    property_id = world.perform(
        "officer",
        take_property,
        person=person,
        kind="passport",
        taken_by="employer",
        state="missing",
        happened=world.at(5, 14),
    )
    world.perform(
        "exhibits-officer",
        change_property,
        property_id=property_id,
        state="held",
        exhibit="e1",
        happened=world.at(6, 9),
    )
    with pytest.raises(Refused, match="signed"):
        world.perform("officer", change_property, property_id=property_id, state="returned")
    world.perform(
        "officer",
        change_property,
        property_id=property_id,
        state="returned",
        signed="yes",
        happened=world.at(8, 19),
    )
    row = readable(world.actor("caseworker"), Property).get(pk=property_id)
    assert (row.state, row.exhibit, row.state_at) == ("returned", "e1", world.at(8, 19).at)
    with pytest.raises(Refused, match="returned"):
        world.perform("officer", change_property, property_id=property_id, state="held")
    with pytest.raises(Refused, match="no such file"):
        world.perform("other-officer", change_property, property_id=property_id, state="held")
    assert_order_free(world)
