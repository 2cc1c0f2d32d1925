"""A closed file whose time is over: shown, then erased by two caseworkers; never by a clock or on hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.models import Compartment
from libertad.access.queries import clock_now
from libertad.care import queries
from libertad.care.actions.reopen_care import reopen_care
from libertad.care.actions.request_erasure import decide_erasure, request_erasure
from libertad.care.models import CareFile
from libertad.operations.actions.set_clock import set_clock
from libertad.people import queries as people
from libertad.people.actions.place_hold import place_hold
from libertad.vocabulary.values import Happened, Refused
from tests.access.test_appointments import acting, administrator
from tests.care.people import consent, meet
from tests.care.test_closing import END
from tests.care.test_screens import post, text
from tests.support.closing import close_by_two
from tests.support.forms import form_at
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
KEPT = "2018-05-10"
WHY = "Every claim is settled, and she asks for it"


def closed(world: World, keep_until: str = KEPT) -> str:
    person = meet(world)
    close_by_two(world, person=person, despite="Nothing waits", keep_until=keep_until, **END)
    return person


def clock(world: World, days: int) -> Happened:
    """So many days after the ninth of April; the operation's clock shows it."""
    reads = world.at(9, 12).at + dt.timedelta(days=days)
    world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=1.0)
    return Happened(at=reads, zone="America/Guyana")


def file_request(world: World, person: str) -> str:
    return str(world.perform("caseworker", request_erasure, person=person, reasons=WHY))


def todos(world: World, role: str = "caseworker") -> list[str]:
    """Kinds of what waits, which Today counts in its index as every file read anew does."""
    actor = world.actor(role)
    kinds = [todo.kind for todo in queries.care_todos(actor)]
    now = clock_now(actor.operation)
    parts = queries.first_todos(actor, now, (now, now + dt.timedelta(days=20)), 50)
    assert sorted(todo.kind for part in parts for todo in part.first) == sorted(kinds)
    assert sum(part.count for part in parts) == len(kinds)
    return kinds


def decide(world: World, person: str, request: str, role: str = "second-caseworker", **other: Any) -> int:
    given = {"agrees": "yes", "reasons": "Its time is over", **other}
    return int(world.perform(role, decide_erasure, person=person, entry=request, **given))


def test_what_is_due_is_shown_a_month_before_and_the_clock_alone_erases_nothing(world: World) -> None:
    person = closed(world, "2018-06-20")
    assert "keep-until" not in todos(world)
    clock(world, 45)
    assert "keep-until" in todos(world)
    clock(world, 3000)
    assert "keep-until" in todos(world)
    assert CareFile.objects.filter(person=person).exists()
    assert queries.file(world.actor("caseworker"), person) is not None


def test_two_caseworkers_erase_it_and_nothing_of_it_opens_again(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    request = file_request(world, person)
    assert "erasure" not in todos(world) and "erasure" in todos(world, "second-caseworker")
    assert "keep-until" not in todos(world, "second-caseworker")
    with pytest.raises(Forbidden):
        decide(world, person, request, "caseworker")
    assert decide(world, person, request) == 1
    assert queries.file(world.actor("caseworker"), person) is None
    assert not CareFile.objects.filter(person=person).exists()


@pytest.mark.parametrize(
    ("name", "number", "act", "why"),
    [
        ("name CASEWORKER", "C-9", appoint_officer, "bears the name or number of who asked"),
        ("Somebody Else", "caseworker 1", appoint_officer, "bears the name or number of who asked"),
        ("Made Up", "C-9", appoint_by_one, "your own appointment is not confirmed"),
    ],
)
def test_no_second_account_of_who_asked_decides(
    world: World, name: str, number: str, act: Any, why: str
) -> None:
    """One with the name or the number, or one that a single hand made up."""
    admin = administrator(world)
    values = {"name": "Name caseworker", "service_number": "CASEWORKER-1", "role": "caseworker"}
    perform(admin, appoint_officer, officer=world.actor("caseworker").officer, **values)
    same = perform(admin, act, name=name, service_number=number, role="caseworker")
    person = closed(world)
    clock(world, 40)
    entry = file_request(world, person)
    for agrees in ("yes", "no"):
        with pytest.raises(Forbidden, match=why):
            perform(
                acting(world, same, "caseworker"),
                decide_erasure,
                person=person,
                entry=entry,
                agrees=agrees,
                reasons="Its time is over",
            )
    assert CareFile.objects.filter(person=person).exists()
    assert decide(world, person, entry) == 1


def test_a_stale_or_replayed_decision_erases_nothing(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    first = file_request(world, person)
    assert decide(world, person, first, agrees="no") == 0
    second = file_request(world, person)
    with pytest.raises(Refused, match="nobody asks for this erasure any more"):
        decide(world, person, first)
    assert CareFile.objects.filter(person=person).exists()
    assert decide(world, person, second) == 1
    with pytest.raises((Forbidden, Refused)):
        decide(world, person, second)


def test_the_file_of_another_authority_on_the_same_node_stays(world: World) -> None:
    """Erasing destroys the keys of a file for all who live on a node: police's is police's to erase."""
    person = closed(world)
    clock(world, 40)
    decide(world, person, file_request(world, person))
    (kept,) = Compartment.objects.filter(about=person)
    assert (kept.kind, kept.owner) == ("person", world.authorities["police"])
    for role in ("officer", "caseworker"):
        seen = people.person(world.actor(role), person)
        assert seen is not None and seen.name == "Lan T. N."


def test_whoever_reads_the_file_is_told_who_asked_and_why_it_was_kept(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    request = file_request(world, person)
    decide(world, person, request, agrees="no", reasons="A compensation is open")
    page = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "Its erasure was asked for" in page and WHY in page
    assert "The file is kept: not erased" in page and "A compensation is open" in page


def test_before_its_time_and_while_it_is_open_nobody_asks(world: World) -> None:
    person = closed(world)
    with pytest.raises(Refused, match=KEPT):
        file_request(world, person)
    other = closed(world, "")
    with pytest.raises(Refused, match="no date"):
        file_request(world, other)
    clock(world, 40)
    world.perform("caseworker", reopen_care, person=person, reasons="She came back")
    with pytest.raises(Refused, match="open"):
        file_request(world, person)
    for role in ("officer", "national-lead", "deciding-authority", "prosecutor"):
        with pytest.raises((Refused, Forbidden)):
            world.perform(role, request_erasure, person=person, reasons=WHY)


def test_kept_longer_opened_again_or_refused_ends_the_request(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    request = file_request(world, person)
    with pytest.raises(Refused, match="asked for already"):
        file_request(world, person)
    assert decide(world, person, request, agrees="no", reasons="A compensation is open") == 0
    with pytest.raises(Refused, match="any more"):
        decide(world, person, request)
    again = file_request(world, person)
    close_by_two(world, person=person, keep_until="2019-01-01", **END)
    with pytest.raises(Refused, match="any more"):
        decide(world, person, again)
    file = queries.file(world.actor("caseworker"), person)
    assert file is not None and file.erasure is None and file.keep_until == "2019-01-01"


def test_a_legal_hold_wins_over_two_caseworkers(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    request = file_request(world, person)
    held = {"reason": "A case before the court", "order": "7/2018"}
    world.perform("prosecutor", place_hold, country="GY", person=person, **held)
    with pytest.raises(Refused, match="legal hold"):
        decide(world, person, request)
    assert queries.file(world.actor("caseworker"), person) is not None


def test_on_the_pages_one_asks_and_the_other_erases(world: World) -> None:
    person = closed(world)
    page = reverse("care-erasure", args=[person])
    early = text(world.client("caseworker").get(page))
    assert (
        "is kept until 10 May 2018" in early
        and "Keep it longer" in early
        and "Ask for the erasure" not in early
    )
    other = meet(world)
    consent(world, other)
    still_open = text(world.client("caseworker").get(reverse("care-erasure", args=[other])))
    assert "close it first" in still_open and "Ask for the erasure" not in still_open
    clock(world, 40)
    when = {"when_day": "19", "when_month": "5", "when_time": "07:30"}
    post(world, "caseworker", "care-erasure", person, reasons=WHY, **when)
    file = queries.file(world.actor("caseworker"), person)
    assert file is not None and file.erasure is not None
    assert "Another caseworker decides" in text(world.client("caseworker").get(page))
    shown = text(world.client("second-caseworker").get(page))
    assert WHY in shown and "Name caseworker" in shown
    given = {"entry": file.erasure["entry"], "agrees": "yes", "reasons": "Its time is over", **when}
    after = post(world, "second-caseworker", "care-erasure", person, **given)
    assert f"Erased: the protection file {file.reference}" in text(after)
    assert queries.file(world.actor("caseworker"), person) is None
    assert world.client("officer").get(page).status_code in (403, 404)


def test_the_same_request_that_arrives_twice_asks_once(world: World) -> None:
    person = closed(world)
    clock(world, 40)
    client = world.client("caseworker")
    page = reverse("care-erasure", args=[person])
    form = form_at(client, page)
    values = {
        "submission": form.submission,
        "reasons": WHY,
        "when_day": "19",
        "when_month": "5",
        "when_year": "2018",
        "when_time": "07:30",
    }
    assert client.post(page, values).status_code == 302
    file = queries.file(world.actor("caseworker"), person)
    again = client.post(page, values)  # posted twice
    assert again.status_code == 302 and queries.file(world.actor("caseworker"), person) == file
