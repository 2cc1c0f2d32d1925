"""A service that is a member: asked by a disclosure, answers in its file, and care alone reads that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, perform
from libertad.care.actions.disclose import end_disclosure
from libertad.care.actions.reply_concern import reply_concern
from libertad.care.queries_disclosing import disclosures
from libertad.care.queries_serving import with_answers
from libertad.people.actions.answer_service import (
    answer_service,
    record_arrival,
    record_leaving,
    tell_concern,
)
from libertad.people.queries_disclosed import disclosed
from libertad.people.serving import read, serving_rules
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.access.test_kinds import UNTIL, member
from tests.care.disclosing import a_person, send
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
SECRET = "a man asks for her at the gate of Ravenshoe"


def asked(world: World, to: str = "shelter", **changed: Any) -> tuple[str, str, str]:
    """(person, disclosure, file): the shelter is asked for a place."""
    person = a_person(world)
    disclosure, file = send(world, person, to, until=UNTIL, **changed)
    return person, disclosure, file


def titles(world: World, role: str) -> list[tuple[str, bool]]:
    return [(item.title, item.danger) for item in waiting(world.actor(role))]


def answers(world: World, person: str) -> Any:
    ((_view, told),) = with_answers(world.actor("caseworker"), disclosures(world.actor("caseworker"), person))
    return told


def test_a_day_from_the_request_to_the_leaving(world: World) -> None:
    person, disclosure, file = asked(world)
    (view,) = disclosed(world.actor("partner"))
    assert view.served is not None and (view.served.stage, view.name) == ("asked", "Lan T. N.")
    assert ("Care authority, Guyana asks: can you?", False) in titles(world, "partner")
    world.perform("partner", answer_service, file=file, answer="accepted")
    assert answers(world, person).stage == "expected"
    world.perform("partner", record_arrival, file=file)
    concern = world.perform("partner", tell_concern, file=file, concern="danger", words=SECRET)
    for role in ("caseworker", "supervisor"):
        assert titles(world, role)[0] == ("Shelter, Guyana tells of a danger", True)
    assert SECRET not in str(waiting(world.actor("caseworker"))), "its words stand on the guarded page"
    with pytest.raises(Refused, match="did not tell this"):
        world.perform("caseworker", reply_concern, disclosure=disclosure, entry="0f" * 32, words="We come")
    world.perform("caseworker", reply_concern, disclosure=disclosure, entry=concern, words="We come at once")
    assert ("Shelter, Guyana tells of a danger", True) not in titles(world, "caseworker")
    (view,) = disclosed(world.actor("partner"))
    assert view.served is not None and view.served.concerns[0].reply == "We come at once"
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert (answers(world, person).stage, answers(world, person).way) == ("left", "without-word")
    world.perform("partner", record_arrival, file=file, note="Came back by herself")
    assert answers(world, person).stage == "here", "who comes back is there again"


def test_a_step_that_does_not_follow_is_refused(world: World) -> None:
    _person, _disclosure, file = asked(world)
    for step, values in ((record_arrival, {}), (record_leaving, {"way": "agreed"})):
        with pytest.raises(Refused, match="does not follow"):
            world.perform("partner", step, file=file, **values)
    with pytest.raises(Refused, match="say why not"):
        world.perform("partner", answer_service, file=file, answer="declined")
    world.perform("partner", answer_service, file=file, answer="declined", reasons="No bed until Friday")
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("partner", record_arrival, file=file)
    with pytest.raises(Refused, match="does not follow"):
        world.perform("partner", answer_service, file=file, answer="declined", reasons="Full")


def test_another_shelter_reads_and_answers_nothing_of_it(world: World) -> None:
    _person, _disclosure, file = asked(world)
    _authority, stranger = member(world, "shelter", "Another shelter")
    assert disclosed(stranger) == []
    for step, values in (
        (answer_service, {"answer": "accepted"}),
        (tell_concern, {"concern": "danger", "words": "x"}),
    ):
        with pytest.raises((Refused, Forbidden)):
            perform(stranger, step, file=file, **values)
        with pytest.raises((Refused, Forbidden)):
            perform(stranger, step, file="0" * 32, **values)


@pytest.mark.parametrize("role", ["caseworker", "prosecutor", "officer", "deciding-authority", "coordinator"])
def test_nobody_else_answers_in_a_services_place(world: World, role: str) -> None:
    _person, _disclosure, file = asked(world)
    with pytest.raises(Forbidden):
        world.perform(role, answer_service, file=file, answer="accepted")

    def directly(act: Act) -> None:
        from libertad.vocabulary.verbs.serving import ServiceAnswer

        act.say(file, ServiceAnswer(answer="accepted"), subject=file, supersedes={})

    with pytest.raises(Forbidden):
        world.perform(role, directly)


def test_what_was_withdrawn_is_told_to_the_service_and_answered_no_more(world: World) -> None:
    person, disclosure, file = asked(world)
    world.perform("partner", answer_service, file=file, answer="accepted")
    world.perform("caseworker", end_disclosure, disclosure=disclosure)
    assert all(
        told is None
        for _view, told in with_answers(
            world.actor("caseworker"), disclosures(world.actor("caseworker"), person)
        )
    )
    client = world.client("partner")
    for step in ("", "answer/", "concern/"):
        assert client.get(f"/disclosed/{file}/{step}").status_code == 404
    with pytest.raises((Refused, Forbidden)):
        world.perform("partner", record_arrival, file=file)


def test_the_services_pages_show_what_was_disclosed_and_the_rest_as_kinds(world: World) -> None:
    _person, _disclosure, file = asked(world)
    client = world.client("partner")
    page = client.get(f"/disclosed/{file}/").content.decode()
    assert "They took my passport" in page and "Not disclosed, whether there is any or not" in page
    assert f"/disclosed/{file}/answer/" in page and f"/disclosed/{file}/left/" not in page
    world.perform("partner", answer_service, file=file, answer="accepted")
    today = client.get("/").content.decode()
    assert "Expected: record the arrival" in today and "With us, expected, and left" in today
    for word in ("Guyana police", "Sites", "Hits", "Saint Vincent"):
        assert word not in today, word


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("answer_hours: 24", "answer_hours: 0", "whole number"),
        ("[placement,", "[gossip,", "purposes"),
        ("assumed: true", "assumed: perhaps", "assumed"),
    ],
)
def test_a_wrong_file_of_limits_does_not_start(tmp_path: Path, before: str, after: str, why: str) -> None:
    text = Path("libertad/people/serving.yaml").read_text("utf-8")
    assert serving_rules().assumed and before in text
    file = tmp_path / "serving.yaml"
    file.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(ValueError, match=why):
        read(file)
