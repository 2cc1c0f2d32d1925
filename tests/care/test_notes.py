"""Case notes: who writes and corrects them, by when the next contact is, and who never reads them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.erase_person import erase_person
from libertad.care import desk
from libertad.care.actions.name_step import name_step
from libertad.care.actions.note_case import note_case
from libertad.care.actions.open_care import open_care
from libertad.care.actions.take_person import take_person
from libertad.care.desk import Task
from libertad.care.desk_models import CaseNote
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskNote
from tests.care.people import meet
from tests.care.test_desk import said
from tests.care.test_hand_over import stands
from tests.care.test_screens import text
from tests.care.test_wall import another_care, masked
from tests.support.closing import close_by_two
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
TALK = {"kind": "talked", "seen": "2018-04-09T07:00:00-04:00", "words": "She wants to call her sister."}
ROLES = ("officer", "national-lead", "prosecutor", "deciding-authority", "coordinator")


def note(**values: str) -> DeskNote:
    return DeskNote(**({"kind": "talked", "seen": "2018-04-09", "words": "x"} | values))


def after(*words: tuple[str, DeskNote]) -> Task:
    return desk.task_of(said(number, officer, content, 0) for number, (officer, content) in enumerate(words))


def test_only_who_wrote_a_note_corrects_it() -> None:
    first = said(0, "w1", note(risk="low", seen="2018-04-01"), 0).id
    others = note(risk="high", seen="2018-04-08", corrects=first)
    assert after(("w1", note(risk="low", seen="2018-04-01")), ("w2", others)).risk == "low"
    task = after(("w1", note(risk="low", seen="2018-04-01")), ("w1", others))
    assert (task.risk, len(task.notes), f"{task.contact_at:%m-%d}") == ("high", 1, "04-08")
    assert after(("w1", others)).notes == (), "of a note that is not here"


def test_the_risk_is_the_one_of_the_latest_day_whenever_it_was_written() -> None:
    late = note(risk="high", seen="2018-04-08T09:00:00-04:00")
    task = after(("w1", late), ("w2", note(risk="low", seen="2018-04-02")), ("w1", note()))
    assert task.risk == "high", "a talk of before, written afterwards, lowers nothing"
    assert (
        after(("w1", late), ("w2", late.__class__(**{**TALK, "risk": "low", "seen": late.seen}))).risk
        == "low"
    )


@pytest.mark.parametrize("kind", ["talked", "telephone", "message", "accompanied"])
def test_a_contact_is_with_the_person(kind: str) -> None:
    assert after(("w1", note(kind=kind))).contact_at == dt.datetime(2018, 4, 9, tzinfo=dt.UTC)
    for other in ("not-reached", "others", "other"):
        assert after(
            ("w1", note(kind=kind)), ("w1", note(kind=other, seen="2018-04-30"))
        ).contact_at == dt.datetime(2018, 4, 9, tzinfo=dt.UTC)


def test_the_risk_sets_by_when_there_is_another_contact(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    assert stands(world, person).queue == "assigned"
    world.perform("caseworker", note_case, person=person, **TALK, risk="high")
    place, talked = stands(world, person), dt.datetime(2018, 4, 9, 11, tzinfo=dt.UTC)
    assert (place.queue, place.why, place.due) == ("follow-up", "contact-due", talked + dt.timedelta(days=3))
    shown = text(world.client("caseworker").get("/care/mine/"))
    assert "Be in contact with the person" in shown and "as high: within 72 h" in shown
    tried = TALK | {"kind": "not-reached", "seen": "2018-04-09T07:30:00-04:00"}
    world.perform("second-caseworker", note_case, person=person, **tried)
    assert stands(world, person).due == place.due, "a call that nobody answered is no contact"
    world.perform("caseworker", name_step, person=person, kind="talk", until="2018-04-20")
    assert stands(world, person).why == "contact-due", "a later step does not lengthen it"
    world.perform("caseworker", note_case, person=person, **TALK, risk="low")
    assert (stands(world, person).why, stands(world, person).step) == ("next", "talk")


def test_a_contact_begins_the_time_for_a_dated_step_anew(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    before = stands(world, person).due
    later = TALK | {
        "seen": "2018-04-09T08:10:00-04:00"
    }  # within the quarter of an hour that clocks differ by
    world.perform("caseworker", note_case, person=person, **later)
    assert stands(world, person).queue == "assigned" and stands(world, person).due > before


def test_what_is_refused(world: World) -> None:
    person = meet(world)
    for ahead in ("2018-04-10", "2018-04-09T09:00:00-04:00"):
        with pytest.raises(Refused, match="lies ahead"):
            world.perform("caseworker", note_case, person=person, **TALK | {"seen": ahead})
    with pytest.raises(Refused, match="what was said"):
        world.perform("caseworker", note_case, person=person, **TALK | {"words": " "})
    with pytest.raises(Refused, match="at most 4000"):
        world.perform("caseworker", note_case, person=person, **TALK | {"words": "x" * 4001})
    first = world.perform("caseworker", note_case, person=person, **TALK)
    other = meet(world)
    for role, about, key in (
        ("second-caseworker", person, first),
        ("caseworker", other, first),
        ("caseworker", person, "f" * 64),
    ):
        with pytest.raises(Refused, match="your own notes alone"):
            world.perform(role, note_case, person=about, **TALK, corrects=key)
    world.perform("caseworker", open_care, person=person)
    close_by_two(world, person=person, reason="wish", afterwards="The duty line", despite="No more")
    with pytest.raises(Refused, match="closed"):
        world.perform("caseworker", note_case, person=person, **TALK)


def test_notes_are_listed_and_corrected_and_what_was_said_before_stays(world: World) -> None:
    person, client = meet(world), world.client("caseworker")
    page = f"/care/{person}/notes/"
    assert "No note yet" in text(client.get(page))
    sent = {
        "kind": "telephone",
        "seen_day": "9",
        "seen_month": "4",
        "seen_year": "2018",
        "seen_time": "07:30",
        "words": "<b>Doña Inés</b>",
        "risk": "medium",
    }
    answer = client.post(f"{page}new/", sent, follow=True)
    assert "The note is recorded." in text(answer)
    assert "9 April 2018, 07:30" in text(answer) and "&lt;b&gt;Doña Inés" in answer.content.decode()
    assert "Risk: Medium" in text(answer)
    ((key,),) = CaseNote.objects.values_list("pk")
    form = client.get(f"{page}{key}/correct/").content.decode()
    assert "Doña Inés" in form and 'value="07:30"' in form
    answer = client.post(
        f"{page}{key}/correct/", sent | {"words": "Doña Inés López", "risk": "none"}, follow=True
    )
    struck = re.findall(r"<s>(.*?)</s>", answer.content.decode())
    assert "Before the correction" in text(answer) and len(struck) == 1
    assert "Risk: Medium. &lt;b&gt;Doña Inés&lt;/b&gt;" in struck[0] and "López" not in struck[0]
    assert stands(world, person).step == "", "who assessed nothing sets no date"
    other = world.client("second-caseworker")
    assert "Correct this note" not in text(other.get(page))
    assert other.get(f"{page}{key}/correct/").status_code == 404
    assert other.get(f"{page}{'f' * 64}/correct/").status_code == 404


def test_nobody_else_learns_of_a_note(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    for role in ROLES:
        _pages(world, role, person)
    before = {role: _pages(world, role, person) for role in ROLES}
    world.perform("caseworker", note_case, person=person, **TALK, risk="high")
    assert {role: _pages(world, role, person) for role in ROLES} == before
    stranger = another_care(world)
    with pytest.raises(Refused, match="no such file"):
        perform(stranger, note_case, person=person, **TALK)
    with pytest.raises(Forbidden):
        world.perform("deciding-authority", note_case, person=person, **TALK)


def _pages(world: World, role: str, person: str) -> list[tuple[int, str]]:
    client = world.client(role)
    paths = ["/", f"/people/{person}/", f"/care/{person}/", f"/care/{person}/notes/", "/care/"]
    answers = [client.get(path) for path in paths]
    return [(answer.status_code, re.sub(r"\d+", "N", masked(answer.content, person))) for answer in answers]


def test_notes_are_erased_with_the_person(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", note_case, person=person, **TALK)
    world.perform("caseworker", erase_person, person=person, reason="The person asks for it.")
    assert not CaseNote.objects.filter(person=person).exists()
