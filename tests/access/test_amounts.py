"""An insider is slow and seen: unusual amounts of reading, sharing, searching, exporting and withdrawing.

From outside, through requests, as on 27 November 2026: 37 identity files were shared in 0.8 s, and 185 read
in 3.3 s, by one officer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from libertad.access import amounts, guest_amounts
from libertad.access.amount_limits import amount_limits
from libertad.access.models import Account
from libertad.access.submissions import new_submission
from libertad.care.actions.open_care import open_care
from libertad.journal import clock
from libertad.journal.models import Entry
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.share_person import share_person
from libertad.vocabulary.values import PersonName
from tests.operations.test_screens import text
from tests.support.sharing import share_person as share_in_one_step
from tests.support.world import World
from tests.web.test_written_forms import MEET

pytestmark = pytest.mark.django_db(transaction=True)
TWICE = "# posted twice"
HOUR = amount_limits().hour["police"]
UNUSUAL = "usual is below"
STATE = {"source": "said", "topic": "pay", "words": "Generated words"}


class Passing:
    """Time that passes for the node: its clock, and the seconds that no clock's setting changes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_by, self.passed = timedelta(0), timedelta(0)
        now, elapsed = clock.now, amounts.elapsed
        monkeypatch.setattr(clock, "now", lambda: now() + self.passed + self.set_by)
        monkeypatch.setattr(amounts, "elapsed", lambda: elapsed() + self.passed.total_seconds())

    def wait(self, **span: float) -> None:
        self.passed += timedelta(**span)

    def set_clock(self, **span: float) -> None:
        """Forward or back: no time passes."""
        self.set_by += timedelta(**span)


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Passing]:
    amounts.forget()
    guest_amounts.forget()
    yield Passing(monkeypatch)
    amounts.forget()
    guest_amounts.forget()


def meet(world: World, count: int, by: str = "officer") -> list[str]:
    """People whom an officer has recorded just now."""
    return [
        world.perform(by, meet_person, country="GY", name=(PersonName(text=f"Generated {n}"),))
        for n in range(count)
    ]


def of_before(world: World, passing: Passing, count: int, by: str = "officer") -> list[str]:
    """People whom the authority recorded before yesterday."""
    people = meet(world, count, by)
    passing.wait(days=3)
    return people


def open_files(client: Client, people: Sequence[str]) -> list[int]:
    return [client.get(f"/people/{person}/").status_code for person in people]


def share(client: Client, world: World, person: str) -> HttpResponse:
    """Approve what an officer proposed: the act that shares."""
    values = {"authority": world.authorities["other-police"], "reason": "Her sister is there"}
    proposal, entry = world.perform("officer", share_person, person=person, **values)
    answer: Any = client.post(f"/shares/{proposal}/", {"entry": entry, "words": "Generated reason"})
    return answer  # type: ignore[no-any-return]


def shared(world: World) -> int:
    """How many files were shared, as the journal has it."""
    from libertad.access.models import Reader

    return Reader.objects.filter(authority=world.authorities["other-police"], compartment__in=files()).count()


def files() -> list[str]:
    from libertad.access.models import Compartment

    return list(Compartment.objects.filter(kind="person").values_list("pk", flat=True))


# -- the attack ------------------------------


def test_37_files_shared_at_once_are_slowed_and_shown(world: World, passing: Passing) -> None:
    people = of_before(world, passing, 37)
    client = world.client("national-lead")
    answers = [share(client, world, person) for person in people]
    assert [answer.status_code for answer in answers[: HOUR["shares"]]] == [302] * HOUR["shares"]
    assert shared(world) == HOUR["shares"]
    refused = answers[-1].content.decode()
    assert answers[-1].status_code in (200, 422) and "In danger to life telephone" in refused
    assert "Generated reason" in refused, "what was typed is kept"
    title = f"{HOUR['shares']} files shared within an hour by Sgt. Name national-lead: usual is below"
    assert title not in text(client, "/"), "never to the officer"
    assert title in text(world.client("administrator"), "/"), "the lead is the second person: who else is"
    assert title not in text(world.client("officer"), "/")
    assert title not in text(world.client("other-lead"), "/"), "another authority's is not asked"


def test_185_files_read_in_a_row_are_slowed_and_shown(world: World, passing: Passing) -> None:
    people = of_before(world, passing, 185)
    statuses = open_files(world.client("officer"), people)
    assert statuses == [200] * HOUR["people"] + [429] * (185 - HOUR["people"])
    answer = world.client("officer").get(f"/people/{people[-1]}/")
    page = answer.content.decode()
    assert "Generated 184" not in page and "telephone" in page and "opens at" in page
    assert 0 < int(answer["Retry-After"]) <= 60
    title = f"{HOUR['people']} people&#x27;s files opened within an hour by Sgt. Name officer: usual is below"
    assert title in world.client("national-lead").get("/").content.decode()
    for role in ("officer", "administrator", "caseworker", "supervisor", "coordinator", "other-lead"):
        assert title not in world.client(role).get("/").content.decode(), role


def test_the_wait_grows_and_ends(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"] + 3)
    client = world.client("officer")
    assert open_files(client, people)[-3:] == [429] * 3
    passing.wait(seconds=61)
    assert open_files(client, people[-3:]) == [200, 429, 429], "one, then the next waits longer"
    passing.wait(seconds=61)
    assert open_files(client, people[-2:]) == [429, 429]
    passing.wait(seconds=60)
    assert open_files(client, people[-2:]) == [200, 429]
    passing.wait(minutes=61)
    assert open_files(client, people[-2:]) == [200, 200]


def test_the_same_file_again_does_not_count(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"])
    client = world.client("officer")
    assert set(open_files(client, people * 2)) == {200}
    assert set(open_files(client, people)) == {200}


@pytest.mark.parametrize("days", [-2, 2])
def test_a_clock_that_is_set_lifts_no_limit(world: World, passing: Passing, days: int) -> None:
    people = of_before(world, passing, HOUR["people"] + 1)
    client = world.client("officer")
    open_files(client, people)
    passing.set_clock(days=days)
    assert open_files(client, people[-1:]) == [429]
    passing.wait(seconds=61)
    assert open_files(client, people[-1:]) == [200], "nor does it make anybody wait longer"


def test_a_restart_forgets_nothing(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"] + 1)
    client = world.client("officer")
    open_files(client, people)
    amounts.forget()
    assert open_files(client, people[-1:]) == [429]
    assert UNUSUAL in text(world.client("national-lead"), "/")


def test_two_sessions_are_one_officer(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"] + 1)
    first, second = world.client("officer"), world.client("officer")
    open_files(first, people[::2])
    assert open_files(second, [*people[1::2], people[0]])[-2] in (200, 429)
    assert open_files(first, people).count(429) == 1


def test_another_officer_is_not_slowed(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"] + 1)
    open_files(world.client("officer"), people)
    assert open_files(world.client("national-lead"), people[-1:]) == [200]


# -- what is never slowed ------------------------------


def test_an_intake_of_40_is_not_slowed(world: World, passing: Passing) -> None:
    """By the officer who records them, by a colleague, and by care, whose protection files are opened."""
    of_before(world, passing, 2)
    client = world.client("officer")
    people = []
    for n in range(40):
        answer: Any = client.post("/people/meet/", {**MEET, "name": f"Intake {n}"})
        assert answer.status_code == 302, answer.content.decode()
        people.append(answer["Location"].split("/")[2])
        assert client.get(answer["Location"]).status_code == 200
        stated: Any = client.post(f"/people/{people[-1]}/state/", STATE)
        assert stated.status_code == 302, stated.content.decode()
        assert client.get(answer["Location"]).status_code == 200
    assert set(open_files(client, people)) == {200}
    assert set(open_files(world.client("exhibits-officer"), people)) == {200}
    caseworker = world.client("caseworker")
    for person in people:
        assert caseworker.get(f"/people/{person}/").status_code == 200
        world.perform("caseworker", open_care, person=person)
        assert caseworker.get(f"/care/{person}/").status_code == 200
    for role in ("national-lead", "supervisor", "administrator"):
        assert UNUSUAL not in text(world.client(role), "/")


def test_who_records_people_reads_them_however_many(world: World, passing: Passing) -> None:
    people = meet(world, HOUR["people-of-day"] + 5)
    assert set(open_files(world.client("officer"), people)) == {200}
    statuses = open_files(world.client("exhibits-officer"), people)
    assert statuses.count(200) == HOUR["people-of-day"], "a colleague reads those of the day, to a limit"


def test_danger_is_not_slowed(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"] + 2)
    client = world.client("officer")
    assert open_files(client, people)[-2:] == [429, 429]
    page = client.get(f"/people/{people[-1]}/danger/say/")
    assert page.status_code == 200, "that somebody is in danger is said at once"
    answer = client.post(f"/people/{people[-1]}/danger/say/", {"words": "Somebody waits outside"})
    assert answer.status_code == 302, answer.content.decode()
    assert open_files(client, people[-2:]) == [429, 200]


def test_recording_in_a_slowed_hour_is_not_refused(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"] + 1)
    client = world.client("officer")
    assert open_files(client, people)[-1] == 429
    size = Entry.objects.count()
    assert client.get("/people/meet/").status_code == 200
    assert client.get(f"/people/{people[-1]}/state/").status_code == 200
    assert Entry.objects.count() == size


# -- searching, taking out, withdrawing ------------------------------


def test_searches_are_slowed_and_what_was_typed_stays(world: World, passing: Passing) -> None:
    client = world.client("officer")
    for address in ("/find/", "/people/"):
        amounts.forget()
        statuses = [
            client.post(address, {"find": f"ana {n}"}).status_code for n in range(HOUR["searches"] + 1)
        ]
        assert statuses[-1] == 429 and set(statuses) <= {200, 429}
        answer = client.post(address, {"find": "typed before"})
        assert answer.status_code == 429 and "typed before" in answer.content.decode()
    assert "searches within an hour by Sgt. Name officer" in text(world.client("national-lead"), "/")


def test_withdrawing_many_is_slowed(world: World, passing: Passing) -> None:
    from libertad.access.models import Compartment

    people = of_before(world, passing, HOUR["withdrawals"] + 1)
    client, care = world.client("national-lead"), world.authorities["care"]
    answers = [
        client.post(f"/people/{person}/share/{care}/", {"reason": "Generated reason"}) for person in people
    ]
    assert [answer.status_code for answer in answers[:-1]] == [302] * HOUR["withdrawals"]
    assert answers[-1].status_code in (200, 422) and "Generated reason" in answers[-1].content.decode()
    assert "Nothing was withdrawn" in answers[-1].content.decode()
    assert Compartment.objects.filter(kind="person", about=people[-1]).exists()
    title = f"Access withdrawn {HOUR['withdrawals']} times within an hour by Sgt. Name national-lead"
    assert title in text(world.client("administrator"), "/")


# -- read by the second person ------------------------------


def choice(client: Client) -> str:
    page = client.get("/openings/").content.decode()
    (value,) = re.findall(r'<input(?=[^>]*name="what")[^>]*value="([^"]*)"', page)
    return str(value)


def main(client: Client, address: str) -> str:
    """The page without the head, which says who is signed in."""
    return text(client, address).partition("<main")[2]


def test_it_stands_on_today_until_it_was_read(world: World, passing: Passing) -> None:
    open_files(world.client("officer"), of_before(world, passing, HOUR["people"]))
    lead = world.client("national-lead")
    assert UNUSUAL in text(lead, "/")
    assert lead.post("/openings/", {"what": choice(lead), "words": " "}).status_code == 422
    assert UNUSUAL in text(lead, "/"), "with a word"
    posting = {"what": choice(lead), "words": "The old files of March", "submission": new_submission()}
    size = Entry.objects.count()
    first, again = (lead.post("/openings/", posting) for _ in range(2))  # posted twice
    assert (first.status_code, again.status_code) == (302, 302) and Entry.objects.count() == size + 1
    assert UNUSUAL not in text(lead, "/")
    amounts.forget()
    assert UNUSUAL not in text(lead, "/"), "an entry says so"


def test_nobody_reads_an_own_amount(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"])
    open_files(world.client("national-lead"), people)
    assert UNUSUAL in text(world.client("administrator"), "/")
    own = world.client("national-lead")
    what = choice(world.client("administrator"))
    assert UNUSUAL not in text(own, "/openings/")
    assert own.post("/openings/", {"what": what, "words": "It was me"}).status_code == 422
    from libertad.access.acting import Forbidden
    from libertad.access.actions.say_read import say_read

    amount, first, count = what.split(":")
    with pytest.raises(Forbidden):
        world.perform(
            "national-lead",
            say_read,
            words="It was me",
            amount=amount,
            first=first,
            count=int(count),
            officer=world.actor("national-lead").officer,
        )


def test_care_tells_the_supervisor_and_police_nothing(world: World, passing: Passing) -> None:
    people = of_before(world, passing, HOUR["people"], by="caseworker")
    for person in people:
        world.perform("caseworker", open_care, person=person)
    passing.wait(days=3)
    client = world.client("second-caseworker")
    assert {client.get(f"/care/{person}/").status_code for person in people} == {200}
    title = "files opened within an hour by Sgt. Name second-caseworker"
    assert title in text(world.client("supervisor"), "/")
    for role in ("second-caseworker", "caseworker", "national-lead", "administrator", "coordinator"):
        assert title not in text(world.client(role), "/"), role
        assert "Name second-caseworker" not in main(world.client(role), "/openings/"), role


def test_a_week_is_read_by_somebody(world: World, passing: Passing, monkeypatch: pytest.MonkeyPatch) -> None:
    from libertad.operations.actions.set_clock import set_clock

    people = of_before(world, passing, 3)
    open_files(world.client("officer"), people)
    lead = world.client("national-lead")
    assert "wait to be read" not in text(lead, "/"), "a week is read when it is over"
    page = text(lead, "/openings/")
    assert "Name officer" in page and "Usual, up to" in page and "limits assumed" in page
    now = clock.now()
    world.perform("coordinator", set_clock, reads=now + timedelta(days=9), set_at=now, rate=1.0)
    assert "File openings of 1 week wait to be read" in text(lead, "/")
    assert "wait to be read" not in text(world.client("officer"), "/")
    assert lead.post("/openings/", {"what": choice(lead), "words": "As usual"}).status_code == 302
    assert "wait to be read" not in text(lead, "/")


def test_a_second_account_of_the_role_is_shown_it_and_never_its_own(world: World, passing: Passing) -> None:
    from libertad.access.actions.appoint_officer import appoint_officer

    officer = world.perform(
        "administrator",
        appoint_officer,
        name="Second lead",
        rank="Insp.",
        service_number="N-2L",
        role="national-lead",
    )
    account = Account.objects.create_user("N-2L", "correct horse battery", officer)
    second = Client()
    second.force_login(account, backend="libertad.web.signing_in.Backend")
    open_files(second, of_before(world, passing, HOUR["people"]))
    assert UNUSUAL not in text(second, "/") and "Second lead" not in main(second, "/openings/")
    for role in ("national-lead", "administrator"):
        assert "by Insp. Second lead" in text(world.client(role), "/")


# -- officers of other authorities ---------


def test_whose_files_they_are_is_told_of_another_authoritys_officer(world: World, passing: Passing) -> None:
    """On Today of the owner's second person until read; to its officers, its care and the others nothing."""
    people = meet(world, amount_limits().guests["people"])
    for person in people:
        values = {"authority": world.authorities["other-police"], "reason": "Her sister is there"}
        world.perform("officer", share_in_one_step, person=person, **values)
    passing.wait(days=3)
    assert set(open_files(world.client("other-lead"), people)) == {200}
    title = "files of yours opened within an hour by an officer of Saint Vincent police"
    lead = world.client("national-lead")
    assert title in text(lead, "/")
    assert "Telephone that authority" in text(lead, "/")
    for role in ("officer", "caseworker", "supervisor", "other-lead", "coordinator"):
        assert title not in text(world.client(role), "/"), role
    answer = lead.post("/openings/", {"what": choice(lead), "words": "They search for the sister"})
    assert answer.status_code == 302 and title not in text(lead, "/")
    guest_amounts.forget()
    assert title not in text(lead, "/"), "an entry says so"
