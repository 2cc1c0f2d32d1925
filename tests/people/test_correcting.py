"""A detention is corrected with its reason: a charge made by two clicks goes from the figures as well."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.figures.queries_entries import entries_behind
from libertad.people import queries
from libertad.people.actions.correct_detention import correct_detention, correct_status
from libertad.people.actions.link_detention import link_detention
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.set_detention import set_detention
from libertad.people.models import Detention, Tally
from libertad.vocabulary.values import PersonName, Refused
from libertad.vocabulary.verbs.people import CustodyStatus, TallyCustody
from tests.operations.test_screens import text
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "Two clicks; the court has not charged anybody."
NAME = (PersonName(text="Otho Marbleton"),)


@pytest.fixture
def charged_detention(world: World) -> str:
    """Arrested by police, then charged by the prosecution."""
    key = world.perform(
        "officer",
        set_detention,
        state="arrested",
        country="GY",
        name=NAME,
        grounds="Keys of the rooms",
        happened=world.at(5, 9),
    )
    after(world, key, "prosecutor", "charged", 6)
    return str(key)


def after(world: World, key: str, role: str, state: str, day: int, **options: Any) -> None:
    world.perform(
        role, set_detention, detention=key, state=state, country="GY", happened=world.at(day, 9), **options
    )


def standing(world: World, key: str) -> dict[str, str]:
    detention = queries.detention(world.actor("prosecutor"), key)
    assert detention is not None
    return {state: entry for entry, state, _at, _by in detention.standing}


def undo(world: World, key: str, state: str, role: str = "prosecutor", **overrides: Any) -> None:
    values = {"how": "none", "reasons": WHY, "entry": standing(world, key)[state]} | overrides
    world.perform(role, correct_status, detention=key, **values)


def tally() -> Tally:
    return Tally.objects.get()


def test_a_charge_that_did_not_happen_is_taken_back_everywhere(world: World, charged_detention: str) -> None:
    assert (Detention.objects.get().state, tally().charged) == ("charged", True)
    assert entries_behind(world.actor("prosecutor"), "charged").total == 1
    undo(world, charged_detention, "charged")
    row = Detention.objects.get()
    assert (row.state, row.charged_at) == ("arrested", None) and row.arrested_at is not None
    assert (tally().charged, tally().custody) == (False, "arrested")
    assert entries_behind(world.actor("prosecutor"), "charged").total == 0
    assert entries_behind(world.actor("prosecutor"), "arrests").total == 1
    page = text(world.client("prosecutor"), f"/detentions/{charged_detention}/")
    assert "<ins>nothing: it did not happen</ins>" in page
    assert "<del>Charged, 6 April 2018" in page and WHY in page and "Name prosecutor" in page
    after(world, charged_detention, "prosecutor", "charged", 7)
    assert Detention.objects.get().state == "charged" and tally().charged, "it can happen after all"
    assert_order_free(world)


def test_a_time_is_corrected_between_its_neighbours(world: World, charged_detention: str) -> None:
    for day in (4, 12):
        if day == 12:
            after(
                world,
                charged_detention,
                "prosecutor",
                "released",
                10,
                reasons="Bail",
                release="without-charge",
            )
        with pytest.raises(Refused) as why:
            undo(world, charged_detention, "charged", how="time", happened=world.at(day, 9))
        assert why.value.field == "happened"
    undo(world, charged_detention, "charged", how="time", happened=world.at(8, 9))
    row = Detention.objects.get()
    assert row.charged_at is not None and row.charged_at.day == 8 and row.state == "released"
    assert sorted(state for _at, state in tally().statuses) == ["arrested", "charged", "released"]
    assert "Charged, 8 April 2018" in text(world.client("officer"), f"/detentions/{charged_detention}/")
    assert_order_free(world)


def test_a_status_on_which_another_rests_stands_until_that_one_is_corrected(
    world: World, charged_detention: str
) -> None:
    with pytest.raises(Refused) as why:
        undo(world, charged_detention, "arrested", role="national-lead")
    assert why.value.field == "entry"
    undo(world, charged_detention, "charged")
    undo(world, charged_detention, "arrested", role="national-lead")
    assert Detention.objects.get().state == "" and not Tally.objects.exists(), "nobody is counted as held"
    assert "Taken back" in text(world.client("prosecutor"), "/detentions/")
    assert_order_free(world)


def test_what_repeats_a_status_goes_with_it(world: World, charged_detention: str) -> None:
    """That the suspect was met was said of somebody 'charged': the charge does not live on in that entry."""
    person = world.perform("officer", meet_person, country="GY", happened=world.at(5, 8))
    world.perform(
        "national-lead",
        link_detention,
        detention=charged_detention,
        person=person,
        reasons="Same face",
        happened=world.at(7, 9),
    )
    undo(world, charged_detention, "charged")
    assert Detention.objects.get().state == "arrested"
    detention = queries.detention(world.actor("prosecutor"), charged_detention)
    assert detention is not None and detention.person == person, "the link itself stands"
    assert_order_free(world)


@pytest.mark.parametrize(
    ("role", "state"), [("national-lead", "charged"), ("prosecutor", "arrested"), ("officer", "arrested")]
)
def test_only_the_authority_that_said_it_and_a_role_that_may(
    world: World, charged_detention: str, role: str, state: str
) -> None:
    if state == "arrested":
        undo(world, charged_detention, "charged")
    with pytest.raises(Forbidden):
        undo(world, charged_detention, state, role=role)
    assert Detention.objects.get().state


def test_what_stands_no_more_or_has_no_reason_is_refused(world: World, charged_detention: str) -> None:
    entry = standing(world, charged_detention)["charged"]
    for overrides, field in (
        ({"reasons": " "}, "reasons"),
        ({"entry": "0" * 64}, "entry"),
        ({"how": ""}, "how"),
    ):
        with pytest.raises(Refused) as why:
            undo(world, charged_detention, "charged", **overrides)
        assert why.value.field == field
    undo(world, charged_detention, "charged")
    with pytest.raises(Refused) as why:
        undo(world, charged_detention, "arrested", role="national-lead", entry=entry)
    assert why.value.field == "entry"


def test_a_forged_take_back_of_anothers_count_counts_for_nothing(
    world: World, charged_detention: str
) -> None:
    """Another force says that the charge was none: what it did not count it does not take away."""

    def forge(act: Act) -> str:
        entries = [
            e for e in act.tx.entries_touching(f"people.Tally:{tally().pk}") if e.content.state == "charged"
        ]
        old = {"state": tuple(e.id for e in entries)}
        return act.say(
            act.operation_compartment, TallyCustody(corrected=True), subject=tally().pk, supersedes=old
        )

    with pytest.raises(Forbidden):
        world.perform("other-lead", forge)
    with lawless():
        world.perform("other-lead", forge)
    assert tally().charged
    assert_order_free(world)


def test_the_prosecution_rewrites_no_word_of_the_police(world: World, charged_detention: str) -> None:
    """The file is kept for both, so that no node holds it: it changes nothing all the same."""
    place, entry = Detention.objects.get().compartment, standing(world, charged_detention)["arrested"]
    content = CustodyStatus(correction="forged", grounds="Other")
    old = {"state": (entry,), "grounds": (entry,)}
    with lawless():
        world.perform(
            "prosecutor", lambda act: act.say(place, content, subject=charged_detention, supersedes=old)
        )
    assert Detention.objects.get().arrested_at is not None
    assert "Keys of the rooms" in text(world.client("officer"), f"/detentions/{charged_detention}/")
    assert_order_free(world)


def test_name_and_grounds_are_corrected_by_the_force_that_wrote_them(
    world: World, charged_detention: str
) -> None:
    world.perform(
        "national-lead",
        correct_detention,
        detention=charged_detention,
        reasons="His passport.",
        name=(PersonName(text="Otto Marbleton"),),
        grounds="Keys of four rooms",
    )
    page = text(world.client("prosecutor"), f"/detentions/{charged_detention}/")
    assert "Otto Marbleton" in page and "<del>Otho Marbleton</del>" in page and "His passport." in page
    assert Detention.objects.get().state == "charged"
    with pytest.raises(Forbidden):
        world.perform(
            "prosecutor", correct_detention, detention=charged_detention, reasons="x", grounds="Other"
        )
    assert_order_free(world)


def test_the_pages_correct(world: World, charged_detention: str) -> None:
    client, lead = world.client("prosecutor"), world.client("national-lead")
    assert "Correct a status" in text(client, f"/detentions/{charged_detention}/")
    data = {"entry": standing(world, charged_detention)["charged"], "how": "none", "reasons": WHY}
    assert client.post(f"/detentions/{charged_detention}/status/", data).status_code == 302
    assert Detention.objects.get().state == "arrested"
    form = lead.get(f"/detentions/{charged_detention}/correct/").context["form"]
    data = {"shown": form["shown"].value(), "name": "Otho", "grounds": "Other keys", "reasons": "Spelt so."}
    assert lead.post(f"/detentions/{charged_detention}/correct/", data).status_code == 302
    for role in ("officer", "coordinator", "other-lead", "caseworker"):
        for page in ("correct", "status"):
            assert world.client(role).get(f"/detentions/{charged_detention}/{page}/").status_code in (
                403,
                404,
            )
