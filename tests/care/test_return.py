"""Return or stay: on an identification, by the wish on file, with the risk assessed, twice read."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row, readable
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile, ReturnDecision, Safety, Wish
from libertad.vocabulary.values import Refused
from tests.care.people import CHILD, identified, meet
from tests.operations.test_screens import text
from tests.support.care_rows import care_row
from tests.support.forms import form_at
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")

STAY: dict[str, Any] = {
    "decision": "stay",
    "wish": "stay",
    "circumstances": ("debt", "threats"),
    "resources": ("permit", "shelter-place"),
    "reasons": "She is threatened at home and wants to work here.",
    "until": "2018-10-09",
}


def ready(world: World, wish: str = "stay", child: bool = False) -> str:
    person = meet(world, CHILD) if child else meet(world)
    identified(world, person)
    world.perform("caseworker", record_wish, person=person, wish=wish, words="I want to stay and work.")
    return person


def decide(world: World, person: str, **changed: Any) -> Any:
    return world.perform("deciding-authority", decide_return, person=person, **{**STAY, **changed})


def test_a_decision_weighs_wish_circumstances_and_resources_and_counts_when_read(world: World) -> None:
    person = ready(world)
    done = decide(world, person)
    words = open_row(world.actor("caseworker"), care_row(ReturnDecision, pk=done))
    assert words["circumstances"] == ["debt", "threats"] and words["resources"] == ["permit", "shelter-place"]
    assert care_row(CareFile, person=person).decision == ""
    with pytest.raises(Refused, match="another officer"):
        world.perform("deciding-authority", read_return, decision=done, agrees="yes")
    world.perform("caseworker", read_return, decision=done, agrees="yes")
    assert care_row(CareFile, person=person).decision == "stay"


def test_only_the_deciding_authority_decides(world: World) -> None:
    person = ready(world)
    for role in ("caseworker", "officer", "national-lead", "coordinator", "prosecutor", "press"):
        with pytest.raises(Forbidden):
            world.perform(role, decide_return, person=person, **STAY)
    assert not ReturnDecision.objects.exists()


def test_without_an_identification_that_counts_nothing_is_decided(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", record_wish, person=person, wish="stay")
    with pytest.raises(Refused, match="identification"):
        decide(world, person)
    world.perform("caseworker", identify, person=person, status="presumed", reasons="Told so.")
    with pytest.raises(Refused, match="identification"):
        decide(world, person)


@pytest.mark.parametrize("wish", ["stay", "undecided", "third-country"])
def test_a_return_against_the_wish_needs_the_risk_at_origin_assessed(world: World, wish: str) -> None:
    person = ready(world, wish)
    with pytest.raises(Refused, match="risk at origin"):
        decide(world, person, decision="return", wish=wish)
    decide(world, person, decision="return", wish=wish, circumstances=("non-refoulement", "health"))


def test_the_wish_cannot_be_told_otherwise_to_get_round_it(world: World) -> None:
    person = ready(world, "stay")
    with pytest.raises(Refused, match="wish on file"):
        decide(world, person, decision="return", wish="return")
    assert not ReturnDecision.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reasons": " "}, "reasons"),
        ({"circumstances": ()}, "circumstances"),
        ({"resources": ()}, "resources"),
        ({"resources": ("none", "permit")}, "resources"),
        ({"until": "2018-02-30"}, "until"),
        ({"together_with": ("0" * 32,)}, "together_with"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_by_its_field(
    world: World, changed: dict[str, Any], field: str
) -> None:
    person = ready(world)
    with pytest.raises(Refused) as why:
        decide(world, person, **changed)
    assert why.value.field == field


def test_for_a_child_its_best_interest_is_weighed(world: World) -> None:
    person = ready(world, child=True)
    with pytest.raises(Refused, match="best interest"):
        decide(world, person)
    decide(world, person, circumstances=("child-best-interest", "childs-views"))


def test_who_must_stay_together_is_named_in_the_decision(world: World) -> None:
    person, sister = ready(world), ready(world)
    done = decide(world, person, together_with=(sister,))
    assert open_row(world.actor("deciding-authority"), care_row(ReturnDecision, pk=done))[
        "together_with"
    ] == [sister]


def test_earlier_wishes_stay_on_file_in_the_persons_words(world: World) -> None:
    person = ready(world, "stay")
    world.perform("caseworker", record_wish, person=person, wish="return", words="My mother is ill.")
    assert care_row(CareFile, person=person).wish == "return"
    assert Wish.objects.filter(person=person).count() == 2


def test_how_to_reach_a_person_is_read_by_caseworkers_only(world: World) -> None:
    person = meet(world)
    world.perform(
        "caseworker", plan_safety, person=person, reach="Through the duty line.", avoid="Own phone."
    )
    row = readable(world.actor("caseworker"), Safety).get(person=person)
    assert open_row(world.actor("caseworker"), row)["reach"] == "Through the duty line."
    for role in ("deciding-authority", "officer", "national-lead", "coordinator", "prosecutor"):
        assert not readable(world.actor(role), Safety).exists()
    with pytest.raises(Refused, match="reach"):
        world.perform("caseworker", plan_safety, person=person, reach=" ")


def test_nothing_is_decided_before_somebody_has_asked_the_person(world: World) -> None:
    person = meet(world)
    identified(world, person)
    for decision in ("stay", "return", "third-country"):
        with pytest.raises(Refused, match="record the wish first"):
            decide(world, person, decision=decision, wish="not-asked", circumstances=("non-refoulement",))
    with pytest.raises(Refused, match="ask the person first"):
        world.perform("caseworker", record_wish, person=person, wish="not-asked")
    decide(world, person, decision="undecided", wish="not-asked")
    worker, authority = world.client("caseworker"), world.client("deciding-authority")
    assert "not-asked" not in form_at(worker, f"/care/{person}/wish/").offered["wish"]
    assert "The caseworker records the wish first." in text(authority, f"/care/{person}/return/decide/")


def test_a_second_reader_sees_that_a_decision_goes_against_the_wish(world: World) -> None:
    against, along = ready(world, "return"), ready(world, "stay")
    reader = world.client("caseworker")
    for person, wish in ((against, "return"), (along, "stay")):
        done = decide(world, person, wish=wish)
        page = text(reader, f"/care/{person}/return/{done}/")
        assert ("It goes against what the person wants: Wants to go home." in page) == (person == against)


def test_who_decided_finds_the_page_on_which_it_is_corrected(world: World) -> None:
    person = ready(world)
    done = decide(world, person)
    assert f"/care/{person}/return/{done}/" in text(
        world.client("deciding-authority"), f"/care/{person}/return/"
    )
