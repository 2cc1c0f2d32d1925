"""What pages of care say to a tired reader: one word for one thing, no code, and what waits for whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.screen import screen
from libertad.care.models import CareFile
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Answer, Birth, PersonName
from tests.care.conftest import set_to
from tests.care.people import CHILD, CLINIC, born, consent, identified, meet
from tests.care.test_closing import END, settled_person
from tests.care.test_screens import post
from tests.support.care_rows import care_row
from tests.support.closing import close_by_two
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def page_text(world: World, role: str, route: str, *args: str) -> str:
    html = world.client(role).get(reverse(route, args=args)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def ruled(world: World, person: str, **changed: Any) -> str:
    decision = {
        "person": person,
        "decision": "stay",
        "wish": "stay",
        "circumstances": ("debt",),
        "resources": ("permit",),
        "reasons": "Wages are claimed.",
    }
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    return str(world.perform("deciding-authority", decide_return, **decision | changed))


def test_who_is_not_identified_is_called_the_same_on_today_and_in_care(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    reference = care_row(CareFile).reference
    for route in ("home", "care"):
        page = page_text(world, "caseworker", route)
        row = page[page.rindex(reference) :][:80]
        assert "Not yet identified" in row and "Potential victim" not in row, (route, row)


def test_a_return_decision_that_waits_stands_in_the_head_and_is_not_asked_for_again(world: World) -> None:
    person = meet(world)
    identified(world, person)
    ruled(world, person)
    for role in ("caseworker", "deciding-authority"):
        page = page_text(world, role, "care-return", person)
        head = page[: page.index("Circumstances")]
        assert "Not decided" not in head and "It does not count yet" in head, role
    html = world.client("deciding-authority").get(reverse("care-return", args=[person])).content.decode()
    assert reverse("care-decide", args=[person]) not in html


def test_what_the_person_agreed_to_is_called_an_agreement_where_a_service_is_asked(world: World) -> None:
    person = meet(world)
    consent(world, person)
    for route in ("care-refer", "care-referrals", "care-consent", "care-consent-new"):
        page = page_text(world, "caseworker", route, person)
        assert "Agreement" in page and not re.search("consent", page, re.IGNORECASE), route
    answer = post(world, "caseworker", "care-refer", person, service="medical")
    assert str(answer.context["form"].errors["consent"][0]).startswith("Choose the agreement")


def test_a_screening_is_called_by_its_name(world: World) -> None:
    person = meet(world)
    answer = [Answer(indicator="deception", answer="yes")]
    key = world.perform("caseworker", screen, person=person, rule_set="ilo-11", answer=answer)
    for route, args in (
        ("care-screening", [person]),
        ("care-identify", [person]),
        ("care-answers", [person, key]),
    ):
        page = page_text(world, "caseworker", route, *args)
        assert "ilo-11" not in page and "leven indicators of forced labour" in page, route


def test_what_the_person_says_offers_not_asked_once(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    html = world.client("caseworker").get(reverse("care-identify", args=[person])).content.decode()
    select = re.search(r'<select[^>]*name="person_says".*?</select>', html, re.S)
    assert select is not None and select[0].count("Not asked") == 1


def test_a_referral_whose_hour_has_not_come_waits_for_the_service(world: World) -> None:
    person = meet(world)
    agreed = consent(world, person)
    world.perform(
        "caseworker",
        refer,
        person=person,
        service="medical",
        to=CLINIC,
        consent=agreed,
        needed_by="2018-04-10",
    )
    page = page_text(world, "caseworker", "care-file", person)
    assert "waits for an answer" in page and "has not answered" not in page
    before = page[: page.index("waits for an answer")][-200:]
    assert "Needs you" not in page[page.index("waits for an answer") :][:40], before
    set_to(world, 12)
    page = page_text(world, "caseworker", "care-file", person)
    assert "waits for an answer" not in page and page.count(f"{CLINIC} has not answered") == 1


def test_a_child_s_agreement_without_a_guardian_is_not_called_agreed(world: World) -> None:
    person = meet(world, CHILD)
    consent(world, person, purpose="doctor", recipient="Her brother")
    page = page_text(world, "caseworker", "care-consent", person)
    assert "Not enough: a guardian has to agree" in page
    assert re.search(r"Her brother Agreed", page) is None
    page = page_text(world, "caseworker", "care-consent-new", person)
    assert "carries nothing but urgent help without one." in page
    adult = meet(world)
    consent(world, adult)
    assert "Not enough" not in page_text(world, "caseworker", "care-consent", adult)


@pytest.mark.parametrize(
    ("purpose", "is_enough"), [("shelter", True), ("interpreter", True), ("doctor", False), ("other", False)]
)
def test_a_child_s_agreement_is_called_the_same_in_the_table_and_beside_it(
    world: World, purpose: str, is_enough: bool
) -> None:
    """As a referral takes it: shelter does not wait for a guardian, a talk with a psychologist does."""
    person = meet(world, CHILD)
    consent(world, person, purpose=purpose, recipient="House B")
    for route in ("care-file", "person"):
        page = page_text(world, "caseworker", route, person)
        ticks = page[page.index("The person agreed to") :][:200]
        assert "House B" in ticks and ("House B. Not enough" in ticks) is not is_enough, route
        assert ("Not enough: a guardian has to agree" in page) is not is_enough, route
    page = page_text(world, "caseworker", "care-consent", person)
    assert ("House B Agreed" in page) is is_enough
    assert ("Not enough: a guardian has to agree" in page) is not is_enough


def test_a_child_s_own_views_are_asked_for_by_the_second_reader(world: World) -> None:
    person = meet(world, CHILD)
    identified(world, person)
    page = page_text(world, "deciding-authority", "care-decide", person)
    assert "the child's best interest and own views" in page.replace("&#x27;", "'") and " its " not in page
    warning = "the child's own views were not weighed"
    ruling = ruled(world, person, circumstances=("child-best-interest",))
    page = page_text(world, "caseworker", "care-return-reading", person, ruling).replace("&#x27;", "'")
    assert warning in page
    both = ruled(world, person, circumstances=("child-best-interest", "childs-views"))
    page = page_text(world, "caseworker", "care-return-reading", person, both).replace("&#x27;", "'")
    assert warning not in page


@pytest.mark.parametrize(
    ("births", "title"),
    [
        ((CHILD,), "A child in danger"),
        ((None,), "A person in danger, perhaps a child"),
        ((CHILD, Birth(date="1990")), "A person in danger, perhaps a child"),
        ((Birth(date="1990"),), "A person in danger"),
    ],
)
def test_who_may_be_a_child_is_not_called_one(world: World, births: Any, title: str) -> None:
    person = str(
        world.perform(
            "officer",
            meet_person,
            country="GY",
            name=(PersonName(text="Lan"),),
            danger="yes",
            birth=births[0],
            sex="female",
            seen_as="potential-victim",
        )
    )
    for birth in births[1:]:
        born(world, person, birth)
    world.perform("caseworker", open_care, person=person)
    for role in ("national-lead", "caseworker"):
        page = world.client(role).get("/?part=danger").content.decode()
        assert re.search(rf">\s*{title}\s*<", page), role


def test_a_closing_names_all_that_it_lacks_at_once_and_calls_none_of_it_optional(world: World) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    world.perform(
        "caseworker", refer, person=person, service="medical", to=CLINIC, consent=consent(world, person)
    )
    page = page_text(world, "caseworker", "care-close", person)
    for label in ("Why is it closed although something is open?", "What happens with the appeal?"):
        assert label in page and f"{label} (optional)" not in page
    answer = post(world, "caseworker", "care-close", person, **END)
    assert set(answer.context["form"].errors) == {"despite", "appeal"}


def test_a_later_decision_still_waits_after_a_refused_one(world: World) -> None:
    """The head says 'not decided' again once the second reader did not agree."""
    person = meet(world)
    decision = world.perform("caseworker", identify, person=person, status="presumed", reasons="Told so.")
    world.perform(
        "deciding-authority", read_identification, identification=decision, agrees="no", reasons="Not yet."
    )
    assert "Not decided" in page_text(world, "caseworker", "care-file", person)


def test_a_danger_that_care_said_and_closed_stands_in_the_protection_file(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    world.perform("caseworker", say_care_danger, person=person, words="A man asks for her at the gate.")
    world.perform("caseworker", close_care_danger, person=person, done="Moved to Shelter B by car.")
    for role in ("caseworker", "deciding-authority"):
        page = page_text(world, role, "care-file", person)
        danger, closed = (
            page.index("A man asks for her at the gate."),
            page.index("Moved to Shelter B by car."),
        )
        assert closed < danger, "newest first"
        assert "In danger, reported by care" in page and "Danger, closed by care" in page


def test_answers_of_a_closing_stand_apart(world: World) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    world.perform(
        "caseworker", refer, person=person, service="medical", to=CLINIC, consent=consent(world, person)
    )
    close_by_two(
        world,
        person=person,
        reason="wish",
        afterwards="Women's centre, phone 555",
        despite="She travels tomorrow",
        appeal="Legal aid office keeps watch",
    )
    page = page_text(world, "caseworker", "care-file", person).replace("&#x27;", "'")
    assert (
        "Women's centre, phone 555. Closed although something was open: She travels tomorrow. "
        "The appeal: Legal aid office keeps watch." in page
    )


def test_who_the_person_is_says_of_each_decision_whether_it_counts(world: World) -> None:
    person = meet(world)
    identification = world.perform(
        "caseworker", identify, person=person, status="presumed", reasons="Told so."
    )
    page = page_text(world, "caseworker", "person", person)
    assert "Told so. No second reader yet: it does not count." in page
    world.perform("deciding-authority", read_identification, identification=identification, agrees="yes")
    page = page_text(world, "caseworker", "person", person)
    assert "Told so." in page and "does not count" not in page
    ruling = ruled(world, person)
    assert "Wages are claimed. No second reader yet: it does not count." in page_text(
        world, "caseworker", "person", person
    )
    world.perform("caseworker", read_return, decision=ruling, agrees="no", reasons="Ask her again.")
    page = page_text(world, "caseworker", "person", person)
    assert "Wages are claimed. The second reader did not agree: it does not count." in page
    assert "The second reader does not agree" in page and "Ask her again." in page


def test_a_danger_by_care_is_a_caseworkers_word(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    world.perform("caseworker", say_care_danger, person=person, words="A man asks for her at the gate.")
    world.perform("caseworker", close_care_danger, person=person, done="Moved to Shelter B by car.")
    for route in ("person", "care-file"):
        page = page_text(world, "caseworker", route, person)
        for words in ("In danger, reported by care", "Danger, closed by care"):
            assert page[: page.index(words)].rstrip().endswith("Caseworker"), (route, words)
    html = world.client("caseworker").get(reverse("person", args=[person]) + "?source=saw").content.decode()
    assert "by the word of care" not in html
