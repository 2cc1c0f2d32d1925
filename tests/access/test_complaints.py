"""A complaint about staff reaches somebody whom it is not about; whom it is about learns of it by nothing."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from libertad.access.acting import Forbidden, perform
from libertad.access.actions import answer_complaint as answering
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.record_complaint import add_to_complaint, record_complaint
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.complaint_models import ComplaintRow
from libertad.access.complaints import FILE, complaint_rules, reached_roles, read
from libertad.access.models import Compartment
from libertad.access.queries import FILE_GUARDS
from libertad.access.queries import reads as reads_file
from libertad.access.queries_complaints import complaint, complaints, reached
from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import PersonName, Refused
from libertad.web.waiting import waiting
from tests.access.test_appointments import acting, administrator, client_of
from tests.operations.test_screens import text
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "He asked her for the night before he would write the referral"
PAGES = ("/", "/?all=1", "/complaints/", "/openings/", "/care/", "/care/team/")


def record(world: World, by: Actor, *about: Actor, **values: Any) -> str:
    new_submission()
    officers = [actor.officer for actor in about]
    posted = {"words": WORDS, "safe": "safe", "by": "person", "named": "not-named", "source": "said"}
    posted["reach"] = reached_roles(reached(by, officers))
    return perform(by, record_complaint, officers=officers, **(posted | values))


def act(by: Actor, action: Any, key: str, **values: Any) -> str:
    new_submission()
    done: str = perform(by, action, complaint=key, source="decision", **values)
    return done


def add(by: Actor, key: str, *officers: Actor) -> None:
    act(by, add_to_complaint, key, officers=[a.officer for a in officers], words="He was there as well")


def reads(actor: Actor, key: str) -> bool:
    return complaint(actor, key) is not None


def appoint(world: World, role: str, name: str, key: str = "care", **values: Any) -> Actor:
    officer = perform(
        administrator(world, key), appoint_officer, name=name, service_number=name, role=role, **values
    )
    return acting(world, officer, role, key)


def withdraw(world: World, actor: Actor, key: str = "care") -> None:
    perform(administrator(world, key), withdraw_officer, officer=actor.officer, reason="left")


def pages_of(client: Client) -> str:
    pages = [client.get(path) for path in PAGES]
    words = unescape(" ".join(page.content.decode() for page in pages if page.status_code == 200))
    assert "Complaints about staff" in words
    return re.sub(r"\d\d:\d\d(:\d\dZ)?|(csrfmiddlewaretoken|submission)[^>]*", "", words)


def close(by: Actor, key: str) -> str:
    act(by, answering.answer_complaint, key, words="He works with nobody until it is cleared")
    act(by, answering.close_complaint, key, outcome="founded", words="He left the service")
    view = complaint(by, key)
    assert view is not None
    return view.view.closing


# -- whom it reaches ---------------------------------------------------------------------------------


def test_it_reaches_the_supervisor_and_neither_accused_nor_colleagues(world: World) -> None:
    accused, colleague = world.actor("second-caseworker"), world.actor("caseworker")
    key = record(world, colleague, accused)
    assert reads(world.actor("supervisor"), key) and reads(colleague, key)
    third = appoint(world, "caseworker", "Third")
    for actor in (accused, third, administrator(world), world.actor("deciding-authority")):
        assert not reads(actor, key)
    assert not any(
        reads(actor, key) for actor in world.actors.values() if actor.authority != colleague.authority
    )


def test_about_the_only_supervisor_it_reaches_the_administrator(world: World) -> None:
    key = record(world, world.actor("caseworker"), world.actor("supervisor"))
    assert reads(administrator(world), key) and not reads(world.actor("supervisor"), key)
    second = appoint(world, "supervisor", "Second")
    assert reads(second, key), "a supervisor whom it is not about comes first"
    assert not reads(administrator(world), key)


def test_about_two_officers_neither_reads_it(world: World) -> None:
    about = world.actor("supervisor"), world.actor("second-caseworker")
    key = record(world, world.actor("caseworker"), *about)
    assert reads(administrator(world), key) and not any(reads(actor, key) for actor in about)


def test_where_nobody_is_left_nothing_is_saved_and_it_says_so(world: World) -> None:
    about = world.actor("supervisor"), administrator(world)
    with pytest.raises(Refused, match="nobody of your authority"):
        record(world, world.actor("caseworker"), *about)
    assert not ComplaintRow.objects.exists()
    assert not Compartment.objects.filter(kind="complaint").exists()


def test_who_recorded_it_does_not_receive_it(world: World) -> None:
    key = record(world, world.actor("supervisor"), world.actor("caseworker"))
    assert reads(administrator(world), key)
    with pytest.raises(Forbidden):
        act(world.actor("supervisor"), answering.take_complaint, key)


def test_about_an_unknown_officer_it_reaches_the_supervisor(world: World) -> None:
    assert reads(world.actor("supervisor"), record(world, world.actor("caseworker")))


def test_an_accused_who_becomes_supervisor_reads_nothing(world: World) -> None:
    accused = world.actor("second-caseworker")
    key = record(world, world.actor("caseworker"), accused)
    again = appoint(world, "supervisor", "Name second-caseworker", officer=accused.officer)
    other_account = appoint(world, "supervisor", "Name Second-Caseworker ")
    for actor in (again, other_account):
        assert not reads(actor, key) and not complaints(actor)
    assert reads(world.actor("supervisor"), key)


def test_whom_the_accused_alone_made_a_supervisor_reads_nothing(world: World) -> None:
    accused = administrator(world)
    key = record(world, world.actor("caseworker"), accused)
    officer = perform(accused, appoint_by_one, name="Straw", service_number="S-1", role="supervisor")
    assert not reads(acting(world, officer, "supervisor"), key)
    assert reads(world.actor("supervisor"), key)


def test_whom_it_is_about_may_have_left_and_who_left_receives_nothing(world: World) -> None:
    accused, supervisor = world.actor("second-caseworker"), world.actor("supervisor")
    withdraw(world, accused)
    key = record(world, world.actor("caseworker"), accused)
    assert reads(supervisor, key)
    act(supervisor, answering.take_complaint, key)
    withdraw(world, supervisor)
    view = complaint(administrator(world), key)
    assert view is not None and not view.holder and view.may_take


def test_whose_access_is_suspended_is_passed_over(world: World) -> None:
    perform(
        administrator(world), suspend_officer, officer=world.actor("supervisor").officer, reason="in doubt"
    )
    assert reads(administrator(world), record(world, world.actor("caseworker")))


def test_who_took_it_and_is_accused_later_reads_it_no_more(world: World) -> None:
    supervisor, by = world.actor("supervisor"), world.actor("caseworker")
    key = record(world, by, world.actor("second-caseworker"))
    act(supervisor, answering.take_complaint, key)
    act(supervisor, answering.answer_complaint, key, words="I spoke with him")
    add(by, key, supervisor)
    assert not reads(supervisor, key)
    with pytest.raises(Refused, match="no such complaint"):
        act(supervisor, answering.close_complaint, key, outcome="not-founded", words="Nothing was in it")
    view = complaint(administrator(world), key)
    assert view is not None and view.may_take and view.view.answered is None


def test_a_complaint_about_somebody_changes_no_other(world: World) -> None:
    """Else whom a complaint reaches would tell that there is one about the supervisor."""
    by, supervisor = world.actor("caseworker"), world.actor("supervisor")
    before = reached(world.actor("second-caseworker"), [])
    record(world, by, supervisor)
    assert reached(world.actor("second-caseworker"), []) == before == {supervisor.officer: "supervisor"}


def test_police_complain_about_their_own(world: World) -> None:
    key = record(world, world.actor("exhibits-officer"), world.actor("officer"))
    assert reads(world.actor("national-lead"), key) and not reads(world.actor("officer"), key)
    with pytest.raises(Refused, match="no officer of your authority"):
        record(world, world.actor("exhibits-officer"), world.actor("caseworker"))


def test_what_the_page_said_of_the_readers_still_holds_when_it_is_saved(world: World) -> None:
    about = [world.actor("supervisor").officer]
    with pytest.raises(Refused, match="changes who reads it"):
        record(world, world.actor("caseworker"), world.actor("supervisor"), reach="supervisor")
    assert reached_roles(reached(world.actor("caseworker"), about)) == "administrator"


# -- nothing tells whom it is about ------------------------------------------------------------------


def test_no_page_of_the_accused_differs(world: World) -> None:
    accused = world.actor("supervisor")
    client = client_of(accused)
    before = pages_of(client)
    key = record(world, world.actor("caseworker"), accused, safe="not-safe")
    act(administrator(world), answering.open_complaint, key)
    act(administrator(world), answering.take_complaint, key)
    assert pages_of(client) == before and "complaint" not in {w.title for w in waiting(accused)}
    for step in ("", "add/", "answer/", "close/", "read/", "erase/"):
        assert client.get(f"/complaints/{key}/{step}").status_code == 404
        assert client.post(f"/complaints/{key}/{step}", {"words": "x"}).status_code in (404, 405)


def test_no_entry_of_it_opens_for_the_accused_not_even_its_opening(world: World) -> None:
    accused, reader = client_of(world.actor("supervisor")), client_of(administrator(world))
    key = record(world, world.actor("caseworker"), world.actor("supervisor"))
    place = Compartment.objects.get(kind="complaint").pk
    entries = [bytes(row.hash).hex() for row in Entry.objects.filter(compartment=place)]
    assert len(entries) == 2
    for name in entries:
        assert accused.get(f"/entries/{name}/").status_code == 404
    assert not reads_file(world.actor("supervisor"), place) and reads_file(world.actor("caseworker"), place)
    assert "complaint" in FILE_GUARDS and reads(administrator(world), key)
    assert reader.get("/complaints/").status_code == 200


def test_neither_an_opening_nor_a_word_of_it_is_in_the_authoritys_own_lists(world: World) -> None:
    key = record(world, world.actor("caseworker"), world.actor("second-caseworker"))
    text(client_of(world.actor("supervisor")), f"/complaints/{key}/")
    row = opened(ComplaintRow, complaint=key)[0]
    assert row.opened_for is not None and world.actor("supervisor").officer in row.opened_for[1]["looked"]
    from libertad.access.models import Opening

    assert not [opening for opening in opened(Opening) if opening.compartment == row.pk]


def test_a_copied_database_has_nothing_of_it_in_the_clear(world: World) -> None:
    record(world, world.actor("caseworker"), world.actor("second-caseworker"), reference="P-GY-001")
    with connection.cursor() as cursor:
        cursor.execute("select * from access_complaint")
        names = {column[0] for column in cursor.description}
        rows = cursor.fetchall()
    assert names == {"id", "compartment", "operation", "provenance", "sealed"} and len(rows) == 1
    about = Compartment.objects.get(kind="complaint").about
    assert about not in Person.objects.values_list("pk", flat=True), (
        "its file is about no person and no officer"
    )


def test_a_row_put_back_as_it_was_opens_nothing_for_a_later_accused(world: World) -> None:
    supervisor, by = world.actor("supervisor"), world.actor("caseworker")
    key = record(world, by)
    before = bytes(ComplaintRow.objects.get().sealed or b"")
    add(by, key, supervisor)
    with connection.cursor() as cursor:
        cursor.execute("update access_complaint set sealed = %s", [before])
    assert not reads(supervisor, key)
    assert not reads_file(supervisor, ComplaintRow.objects.get().pk)


# -- until it is over --------------------------------------------------------------------------------


def test_it_stands_before_all_else_until_it_is_answered(world: World) -> None:
    supervisor, by = world.actor("supervisor"), world.actor("caseworker")
    perform(by, meet_person, country="GY", name=(PersonName(text="Generated"),))
    key = record(world, by, safe="not-safe")
    first = waiting(supervisor)[0]
    assert first.title == "A complaint about staff: whom it happened to is not safe now"
    view = complaint(supervisor, key)
    assert view is not None and first.due == view.view.recorded + complaint_rules().unsafe
    page = unescape(text(client_of(supervisor), "/"))
    assert page.index("Before all else") < page.index(first.title)
    act(supervisor, answering.take_complaint, key)
    assert any(item.first for item in waiting(supervisor))
    act(supervisor, answering.answer_complaint, key, words="Moved to another house")
    assert not any(item.first for item in waiting(supervisor))
    assert "The complaint that you recorded was answered" in {item.title for item in waiting(by)}
    text(client_of(by), f"/complaints/{key}/")
    assert not any("complaint" in item.title for item in waiting(by))


def test_who_recorded_it_is_told_where_nobody_can_take_it_any_more(world: World) -> None:
    by = world.actor("caseworker")
    record(world, by, administrator(world))
    assert not any("complaint" in item.title for item in waiting(by))
    withdraw(world, world.actor("supervisor"))
    assert "The complaint that you recorded has no answer" in {item.title for item in waiting(by)}


def test_a_second_officer_reads_the_closing_and_never_who_closed_it(world: World) -> None:
    supervisor, accused = world.actor("supervisor"), world.actor("second-caseworker")
    key = record(world, world.actor("caseworker"), accused)
    act(supervisor, answering.take_complaint, key)
    assert not reads(administrator(world), key)
    closing = close(supervisor, key)
    for actor in (supervisor, world.actor("caseworker")):
        with pytest.raises(Forbidden, match="another officer"):
            act(actor, answering.read_closing, key, closing=closing, agrees="yes")
    assert "closing of a complaint" in " ".join(item.title for item in waiting(administrator(world)))
    act(administrator(world), answering.read_closing, key, closing=closing, agrees="no", words="Ask her")
    view = complaint(supervisor, key)
    assert view is not None and not view.view.over and view.may_answer
    closing = close(supervisor, key)
    with pytest.raises(Refused, match="changed since"):
        act(administrator(world), answering.read_closing, key, closing="0" * 64, agrees="yes")
    act(administrator(world), answering.read_closing, key, closing=closing, agrees="yes")
    view = complaint(supervisor, key)
    assert view is not None and view.view.over and not waiting_titles(supervisor)
    with pytest.raises(Refused, match="is over"):
        add(world.actor("caseworker"), key, accused)


def waiting_titles(actor: Actor) -> list[str]:
    return [item.title for item in waiting(actor) if "omplaint" in item.title]


def test_where_nobody_second_is_there_who_recorded_it_reads_the_closing(world: World) -> None:
    supervisor, by = world.actor("supervisor"), world.actor("caseworker")
    key = record(world, by, administrator(world))
    act(supervisor, answering.take_complaint, key)
    closing = close(supervisor, key)
    act(by, answering.read_closing, key, closing=closing, agrees="yes")
    view = complaint(by, key)
    assert view is not None and view.view.over


def test_it_is_closed_only_once_it_was_answered(world: World) -> None:
    supervisor = world.actor("supervisor")
    key = record(world, world.actor("caseworker"))
    act(supervisor, answering.take_complaint, key)
    with pytest.raises(Refused, match="what was done"):
        act(supervisor, answering.close_complaint, key, outcome="not-clear", words="Nobody knows")


# -- erasing -----------------------------------------------------------------------------------------


def known_person(world: World) -> tuple[str, str]:
    person = world.perform("caseworker", meet_person, country="GY", name=(PersonName(text="Generated"),))
    return person, Person.objects.get(pk=person).reference


def test_erasing_a_person_erases_what_is_over_and_takes_nothing_away_that_is_not(world: World) -> None:
    supervisor, by = world.actor("supervisor"), world.actor("caseworker")
    accused = world.actor("second-caseworker")
    person, reference = known_person(world)
    over, open_one = (
        record(world, by, accused, reference=reference.lower()),
        record(world, by, accused, reference=reference, words="Again"),
    )
    record(world, by, accused, reference="P-GY-999")
    for key in (over, open_one):
        act(supervisor, answering.take_complaint, key)
    act(administrator(world), answering.read_closing, over, closing=close(supervisor, over), agrees="yes")
    # By the accused, who learns nothing from it: neither by a refusal nor by the number of files.
    new_submission()
    assert perform(accused, erase_person, person=person, reason="asked for", source="decision") == 1
    assert not reads(supervisor, over) and reads(supervisor, open_one)
    view = complaint(supervisor, open_one)
    assert view is not None and view.view.unnamed
    closing = close(supervisor, open_one)
    act(administrator(world), answering.read_closing, open_one, closing=closing, agrees="yes")
    assert not reads(supervisor, open_one) and ComplaintRow.objects.count() == 1


def test_only_what_is_over_is_erased_and_by_whom_it_reached(world: World) -> None:
    supervisor, by = world.actor("supervisor"), world.actor("caseworker")
    key = record(world, by, world.actor("second-caseworker"))
    with pytest.raises(Refused, match="once it is over"):
        act(supervisor, answering.erase_complaint, key, reason="old")
    act(supervisor, answering.take_complaint, key)
    act(administrator(world), answering.read_closing, key, closing=close(supervisor, key), agrees="yes")
    with pytest.raises(Forbidden):
        act(by, answering.erase_complaint, key, reason="old")
    act(supervisor, answering.erase_complaint, key, reason="old")
    assert not ComplaintRow.objects.exists()
    entry = Entry.objects.order_by("-idx").first()
    assert entry is not None and node() is not None
    name = bytes(entry.hash).hex()
    assert client_of(supervisor).get(f"/entries/{name}/").status_code == 404, "no page counts erasures"


# -- the pages ---------------------------------------------------------------------------------------


def test_the_form_says_before_saving_who_reads_it_and_asks_again_where_others_would(world: World) -> None:
    client = world.client("caseworker")
    page = unescape(text(client, "/complaints/new/"))
    assert "It reaches, of your authority: Supervisor." in page and "These limits are assumed." in page
    assert "has left" not in page
    posted = {
        "officers": [world.actor("supervisor").officer],
        "words": WORDS,
        "safe": "safe",
        "by": "person",
        "named": "not-asked",
        "reach": "supervisor",
    }
    answer = client.post("/complaints/new/", posted)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422 and "It reaches, of your authority: Administrator." in page
    assert not ComplaintRow.objects.exists() and 'value="administrator"' in page
    answer = client.post("/complaints/new/", posted | {"reach": "administrator"})
    assert answer.status_code == 302 and ComplaintRow.objects.count() == 1
    page = unescape(text(client, answer["Location"]))
    assert WORDS in page and "Nobody has taken it yet" in page and "Name supervisor" in page


def test_a_complaint_is_taken_answered_and_closed_by_its_pages(world: World) -> None:
    key = record(world, world.actor("caseworker"), world.actor("second-caseworker"))
    client, second = world.client("supervisor"), client_of(administrator(world))
    client.post(f"/complaints/{key}/")
    client.post(f"/complaints/{key}/answer/", {"words": "He is sent home"})
    client.post(f"/complaints/{key}/close/", {"outcome": "founded", "words": "He left"})
    view = complaint(administrator(world), key)
    assert view is not None
    page = unescape(text(second, f"/complaints/{key}/read/"))
    assert "He is sent home" in page and "He left" in page
    second.post(f"/complaints/{key}/read/", {"closing": view.view.closing, "agrees": "yes"})
    assert "Over: It happened" in unescape(text(client, f"/complaints/{key}/"))
    client.post(f"/complaints/{key}/erase/", {"reason": "kept long enough"})
    assert client.get(f"/complaints/{key}/").status_code == 404


# -- the file of limits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("answer_hours: 24", "answer_hours: 0", "whole number"),
        ("[supervisor, administrator]", "[supervisor]", "two roles or more"),
        ("[supervisor, administrator]", "[supervisor, janitor]", "two roles or more"),
        ("  others: [administrator, partner]\n", "", "each kind of authority"),
    ],
)
def test_a_wrong_file_of_limits_does_not_start(tmp_path: Path, before: str, after: str, why: str) -> None:
    path = tmp_path / FILE.name
    content = FILE.read_text("utf-8")
    assert before in content
    path.write_text(content.replace(before, after), "utf-8")
    with pytest.raises(ValueError, match=why):
        read(path)
    assert complaint_rules().assumed


def test_a_second_caseworker_can_be_whom_it_reaches_by_data(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / FILE.name
    changed = "care: [supervisor, caseworker, administrator]"
    path.write_text(FILE.read_text("utf-8").replace("care: [supervisor, administrator]", changed), "utf-8")
    rules = read(path)
    monkeypatch.setattr("libertad.access.complaints.complaint_rules", lambda: rules)
    key = record(world, world.actor("caseworker"), world.actor("supervisor"))
    assert reads(world.actor("second-caseworker"), key) and not reads(administrator(world), key)
