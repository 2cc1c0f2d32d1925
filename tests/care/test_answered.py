"""What any service answers of a person is somebody's task until an officer has said what was done."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from libertad.care import queries
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.refer import refer
from libertad.care.actions.say_missing import say_found, say_missing
from libertad.care.actions.settle import settle_answer
from libertad.care.actions.take_person import give_back, take_person
from libertad.care.answered import KINDS, read
from libertad.people.actions.answer_service import (
    answer_service,
    record_arrival,
    record_leaving,
    tell_concern,
)
from libertad.web.waiting import waiting
from tests.care.conftest import set_to
from tests.care.disclosing import UNTIL, a_person, agrees, send
from tests.care.people import CHILD, CLINIC, born, consent
from tests.care.test_screens import text
from tests.care.test_tonight import filled, tonight
from tests.support.closing import close_by_two
from tests.support.world import World

pytestmark = [pytest.mark.usefixtures("ninth_of_april")]
CASEWORK = ("caseworker", "second-caseworker", "supervisor")
LEFT = "Shelter, Guyana: the person left without a word"
TEAM = "/care/team/"  # the supervisor's
LISTS = ("/care/everybody/", TEAM, "/care/shift/")


def sheltered(world: World, child: bool = True, taken: bool = True) -> tuple[str, str]:
    """(person, file of the disclosure): somebody is at the shelter."""
    person = a_person(world)
    if child:
        born(world, person, CHILD)
    file = disclosed(world, person)
    world.perform("caseworker", take_person, person=person)
    if not taken:
        world.perform("caseworker", give_back, person=person, reasons="End of my shift")
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("partner", record_arrival, file=file)
    return person, file


def disclosed(world: World, person: str) -> str:
    """The file in which the shelter answers."""
    agreed = agrees(world, person, "shelter", guardian="María Gómez Ruiz")
    _disclosure, file = send(world, person, "shelter", until=UNTIL, consent=agreed)
    return file


def today(world: World, role: str) -> list[tuple[str, bool]]:
    return [(item.title, item.danger) for item in waiting(world.actor(role))]


def told(world: World, person: str) -> list[str]:
    return [seen.title for seen in queries.answers_of(world.actor("caseworker"), person)]


def settle(world: World, person: str, role: str = "caseworker", **values: Any) -> None:
    (seen,) = queries.answers_of(world.actor(role), person)
    chosen = {"outcome": "spoken", "words": "She is at her aunt's, I spoke with both.", **values}
    world.perform(role, settle_answer, person=person, answer=seen.answer.entry, **chosen)


@pytest.mark.parametrize("taken", [True, False])
def test_a_child_who_left_without_a_word_stands_first_on_every_page_of_care(
    world: World, taken: bool
) -> None:
    person, file = sheltered(world, taken=taken)
    pages = ["/care/everybody/", f"/care/{person}/task/", *(["/care/mine/"] if taken else [])]
    for page in ["/", *pages, f"/care/{person}/"]:
        assert LEFT not in text(world.client("caseworker").get(page)), page
    world.perform("partner", record_leaving, file=file, way="without-word")
    for role in CASEWORK:
        assert today(world, role)[0] == (LEFT, True), role
        for page in LISTS:
            if page != TEAM or role == "supervisor":
                assert LEFT in text(world.client(role).get(page)), (role, page)
    for page in pages:
        assert LEFT in text(world.client("caseworker").get(page)), page
    if taken:
        assert LEFT in text(world.client("caseworker").get(f"/care/{person}/"))
    shift = text(world.client("caseworker").get("/care/shift/"))
    assert shift.index("In danger now") < shift.index(LEFT)
    if not taken:
        assert "Duty desk" in text(world.client("supervisor").get("/care/everybody/"))


def test_an_adult_of_whom_no_danger_is_known_is_a_task_of_the_hour_and_no_danger(world: World) -> None:
    _person, file = sheltered(world, child=False)
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert (LEFT, False) in today(world, "caseworker") and (LEFT, False) in today(world, "supervisor")
    assert (LEFT, False) not in today(world, "second-caseworker"), "a colleague has the person"


def test_of_a_child_a_leaving_as_agreed_and_a_need_are_a_danger_too(world: World) -> None:
    """A child is always with somebody: who has it now is asked before all else."""
    _person, file = sheltered(world)
    world.perform("partner", tell_concern, file=file, concern="need", words="No medicine since Friday.")
    assert today(world, "supervisor")[0] == ("Shelter, Guyana tells of a need", True)
    world.perform("partner", record_leaving, file=file, way="agreed")
    assert ("Shelter, Guyana: the person left as agreed", True) in today(world, "supervisor")
    _adult, other = sheltered(world, child=False)
    world.perform("partner", record_leaving, file=other, way="agreed")
    assert ("Shelter, Guyana: the person left as agreed", False) in today(world, "caseworker")


def test_who_left_without_a_word_is_looked_for_before_another_bed_is(world: World) -> None:
    person, file = sheltered(world, child=False)
    assert filled(tonight(world, person)) != ["Say what was done"]
    world.perform("partner", record_leaving, file=file, way="without-word")
    page = tonight(world, person)
    assert filled(page) == ["Say what was done"], "one thing is to be done first"
    assert "Nobody knows where the person is." in page
    assert 'class="govuk-button govuk-button--secondary" href="' in page
    buttons = re.findall(r'class="govuk-button[^"]*" href="[^"]*">([^<]+)', page)
    assert not [label for label in buttons if "shelter" in label], "a link, and no button"
    settle(world, person)
    assert "Say what was done" not in filled(tonight(world, person))


def test_only_an_officer_who_says_what_was_done_ends_it(world: World) -> None:
    person, file = sheltered(world)
    world.perform("partner", record_leaving, file=file, way="without-word")
    set_to(world, 30)
    assert (LEFT, True) in today(world, "supervisor"), "no time ends it"
    settle(world, person)
    assert told(world, person) == [] and LEFT not in str(today(world, "supervisor"))
    for page in LISTS:
        assert LEFT not in text(world.client("supervisor").get(page)), page
    assert LEFT not in text(world.client("caseworker").get(f"/care/{person}/"))
    assert "An officer has spoken with the person" in text(
        world.client("caseworker").get(f"/care/{person}/task/")
    )
    world.perform("partner", record_arrival, file=file)
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert (LEFT, True) in today(world, "supervisor"), "a second time is another answer"


def test_an_act_that_was_said_before_care_heard_of_it_ends_nothing(world: World) -> None:
    """The answer arrives late, and tells of a moment before what care did: nobody knew of it then."""
    person, file = sheltered(world)
    world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words="Police, at noon.")
    world.perform("caseworker", say_found, person=person, words="Back at the gate.")
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert told(world, person) == [LEFT]


@pytest.mark.parametrize(
    ("answer", "title", "danger"),
    [
        ("left", "Clinic of the river town: the person has left", True),
        ("not-arrived", "Clinic of the river town: the person has not arrived", True),
        ("danger", "Clinic of the river town tells of a danger", True),
        ("need", "Clinic of the river town tells of a need", True),
    ],
)
def test_what_a_service_told_by_telephone_is_the_same_task(
    world: World, answer: str, title: str, danger: bool
) -> None:
    person = a_person(world)
    born(world, person, CHILD)
    world.perform("caseworker", take_person, person=person)
    agreed = consent(world, person, guardian="María Gómez Ruiz")
    referral = world.perform("caseworker", refer, person=person, service="medical", to=CLINIC, consent=agreed)
    world.perform("caseworker", answer_referral, referral=referral, answer="given")
    world.perform("caseworker", answer_referral, referral=referral, answer=answer, reasons="Dr. Gómez")
    for role in ("caseworker", "supervisor"):
        assert (title, danger) in today(world, role)
        assert title in text(world.client(role).get("/care/everybody/"))
    settle(world, person)
    assert told(world, person) == []


@pytest.mark.parametrize("way", ["member", "hand", "arrival"])
def test_a_service_that_says_nothing_by_its_hour_is_a_task_then_and_not_before(
    world: World, way: str
) -> None:
    person = a_person(world)
    born(world, person, CHILD)
    world.perform("caseworker", take_person, person=person)
    title = "Shelter, Guyana has not answered"
    if way == "hand":
        agreed = consent(world, person, guardian="María Gómez Ruiz")
        world.perform(
            "caseworker",
            refer,
            person=person,
            service="medical",
            to=CLINIC,
            consent=agreed,
            needed_by="2018-04-10T12:00:00-04:00",
        )
        title = f"{CLINIC} has not answered"
    else:
        file = disclosed(world, person)
        if way == "arrival":
            world.perform("partner", answer_service, file=file, answer="accepted")
            title = "Shelter, Guyana: the person has not arrived"
    assert title not in str(today(world, "supervisor"))
    assert title not in text(world.client("supervisor").get("/care/everybody/"))
    set_to(world, 11, 18)
    for role in ("caseworker", "supervisor"):
        assert (title, True) in today(world, role)
        assert title in text(world.client(role).get("/care/everybody/"))


def test_missing_and_there_now_are_told_to_both(world: World) -> None:
    person, file = sheltered(world)
    world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words="Police, at noon.")
    both = "Missing, and Shelter, Guyana says: there now"
    for role in CASEWORK:
        assert (both, True) in today(world, role)
    for page in LISTS:
        assert both in text(world.client("supervisor").get(page)), page
    for page in ("/care/mine/", f"/care/{person}/", f"/care/{person}/task/"):
        assert both in text(world.client("caseworker").get(page)), page
    assert (SOUGHT, True) in today(world, "partner")
    shown = text(world.client("partner").get(f"/disclosed/{file}/"))
    assert SOUGHT in shown and "Police, at noon" not in shown and "8 April" not in shown
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert both not in str(today(world, "supervisor")) and told(world, person) == [LEFT]
    world.perform("caseworker", say_found, person=person, words="Slept at her aunt's.")
    assert SOUGHT not in str(today(world, "partner"))
    assert SOUGHT not in text(world.client("partner").get(f"/disclosed/{file}/"))


SOUGHT = "Care looks for this person: telephone it now"


def test_no_police_page_tells_of_it(world: World) -> None:
    person, file = sheltered(world)
    pages = ("/", f"/people/{person}/", "/people/", "/board/")

    def shown_to(role: str, page: str) -> str:
        return re.sub(r"\d\d:\d\d|\d+ openings? so far", "", text(world.client(role).get(page)))

    before = {
        (role, page): shown_to(role, page)
        for role in ("officer", "national-lead", "prosecutor")
        for page in pages
    }
    world.perform("partner", tell_concern, file=file, concern="danger", words="A man at the gate")
    world.perform("partner", record_leaving, file=file, way="without-word")
    for (role, page), shown in before.items():
        assert shown_to(role, page) == shown, (role, page)


def test_a_withdrawn_disclosure_leaves_what_was_told(world: World) -> None:
    from libertad.care.actions.disclose import end_disclosure

    person, file = sheltered(world)
    (view,) = queries.disclosures(world.actor("caseworker"), person)
    world.perform("partner", record_leaving, file=file, way="without-word")
    world.perform("caseworker", end_disclosure, disclosure=view.id)
    assert told(world, person) in ([LEFT], []), "its copies may be erased with it"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("within: danger", "within: never", "within"),
        ("danger: always", "danger: often", "danger"),
        ("  need:", "  gossip:", "names each"),
    ],
)
def test_a_wrong_table_does_not_start(tmp_path: Path, before: str, after: str, why: str) -> None:
    table = Path("libertad/care/answered.yaml").read_text("utf-8")
    assert set(read(Path("libertad/care/answered.yaml"))) == set(KINDS) and before in table
    file = tmp_path / "answered.yaml"
    file.write_text(table.replace(before, after, 1), "utf-8")
    with pytest.raises(ValueError, match=why):
        read(file)


def test_a_closing_does_not_silence_what_a_service_answered(world: World) -> None:
    """The page of closing named what is open, and not that the child had left without a word."""
    person, file = sheltered(world)
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert LEFT in text(world.client("caseworker").get(f"/care/{person}/close/"))
    why = {"reason": "wish", "afterwards": "Her aunt.", "despite": "She does not want to wait."}
    close_by_two(world, person, **why)
    for role in CASEWORK:
        assert (LEFT, True) in today(world, role), role
