"""Break-glass: said before it is done, told to all whom it concerns, reviewed by a second person."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from libertad.access import amounts
from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.break_glass import break_glass
from libertad.access.actions.review_glass import review_glass
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.glass import FILE, glass_rules, read
from libertad.access.glass_models import BrokenGlass
from libertad.access.models import Compartment, Officer
from libertad.access.queries import open_row
from libertad.access.queries_glass import opened_until, unreviewed
from libertad.access.submissions import new_submission
from libertad.care.actions.open_care import open_care
from libertad.care.actions.take_person import take_person
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.journal.verify import verify
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName, Refused
from tests.access.test_amounts import Passing, passing  # noqa: F401  a fixture
from tests.access.test_appointments import acting, administrator, client_of
from tests.operations.test_screens import text
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "He telephoned that he waits for her at the shelter's gate"
TITLE = "A protection file was opened because of danger to life"
RULES = glass_rules()


def protected(world: World, by: str = "caseworker", name: str = "Generated Person") -> str:
    """Somebody whom care met and whose task a caseworker took."""
    person: str = world.perform(by, meet_person, country="GY", name=(PersonName(text=name),))
    world.perform(by, open_care, person=person)
    world.perform(by, take_person, person=person)
    return person


def broken(world: World, person: str, by: str = "second-caseworker", words: str = WHY) -> str:
    entry: str = world.perform(
        by, break_glass, kind="care", person=person, way="read", words=words, source="decision"
    )
    return entry


def review(actor: Actor, entry: str, verdict: str = "right") -> str:
    new_submission()
    return perform(actor, review_glass, entry=entry, verdict=verdict, words="Asked both", source="decision")


def waits(actor: Actor, entry: str) -> bool:
    return entry in {seen.entry for seen in unreviewed(actor)}


def may_review(actor: Actor, entry: str) -> bool:
    return any(seen.may_review for seen in unreviewed(actor) if seen.entry == entry)


def today(client: Client) -> str:
    return unescape(text(client, "/"))


# -- before it is done -------------------------------------------------------------------------------


def test_it_is_said_in_the_file_itself_and_signed(world: World) -> None:
    person = protected(world)
    entry = broken(world, person)
    place = Entry.objects.get(hash=bytes.fromhex(entry)).compartment
    assert (
        Compartment.objects.get(pk=place).kind == "desk" and Compartment.objects.get(pk=place).about == person
    )


@pytest.mark.parametrize("words", ["", " " * 60, "danger", "x" * (RULES.words - 1)])
def test_a_reason_is_a_sentence(world: World, words: str) -> None:
    person = protected(world)
    with pytest.raises(Refused, match="in a sentence"):
        broken(world, person, words=words)
    assert not BrokenGlass.objects.exists()


def test_nobody_opens_a_file_that_the_authority_does_not_read(world: World) -> None:
    person = protected(world)
    for role, key in (("national-lead", person), ("second-caseworker", "0" * 32)):
        with pytest.raises(Refused, match="no such file"):
            broken(world, key, by=role)


def test_only_the_owner_shares_a_file_and_never_a_protection_file_by_police(world: World) -> None:
    person = world.perform("officer", meet_person, country="GY", name=(PersonName(text="Generated"),))
    values = {"kind": "person", "person": person, "way": "share", "words": WHY}
    reader = world.authorities["other-police"]
    with pytest.raises(Forbidden, match="owner"):
        world.perform("caseworker", break_glass, reader=reader, **values)
    with pytest.raises(Forbidden, match="protection file"):
        world.perform("officer", break_glass, **(values | {"way": "read"}))
    with pytest.raises(Refused, match="name the authority"):
        world.perform("officer", break_glass, **values)
    entry = world.perform("officer", break_glass, reader=reader, **values)
    shown = today(world.client("national-lead"))
    assert "A file was shared by one person because of danger to life" in shown
    page = unescape(text(world.client("national-lead"), f"/alone/{entry}/"))
    assert "Reads the file now" in page and WHY in page


# -- for how long, how often -------------------------------------------------------------------------


def test_it_opens_one_file_for_one_officer_and_a_limited_time(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    person, other = protected(world), protected(world, name="Another Person")
    second, first = world.actor("second-caseworker"), world.actor("caseworker")
    assert opened_until(second, person) is None
    broken(world, person)
    assert opened_until(second, person) is not None
    assert opened_until(second, other) is None and opened_until(first, person) is None
    passing.wait(hours=RULES.hours, minutes=-1)
    assert opened_until(second, person) is not None
    passing.wait(minutes=2)
    assert opened_until(second, person) is None


@pytest.mark.parametrize("restarts", [False, True])
def test_a_clock_that_is_set_back_makes_it_no_longer(
    world: World,
    passing: Passing,  # noqa: F811
    restarts: bool,
) -> None:
    person, second = protected(world), world.actor("second-caseworker")
    broken(world, person)
    assert opened_until(second, person) is not None
    passing.wait(hours=RULES.hours, minutes=1)
    passing.set_clock(hours=-2 * RULES.hours)
    if restarts:
        amounts.forget()
    assert opened_until(second, person) is None


def test_an_officer_has_a_quota_within_seven_days(world: World, passing: Passing) -> None:  # noqa: F811
    person = protected(world)
    for _n in range(RULES.week["read"]):
        broken(world, person)
        passing.wait(hours=5)
    for restarts in (False, True):
        if restarts:
            amounts.forget()
        with pytest.raises(Refused, match="ask your second person"):
            broken(world, person)
    passing.set_clock(days=8)
    with pytest.raises(Refused, match="ask your second person"):
        broken(world, person)
    broken(world, person, by="supervisor")  # another's quota is another's
    passing.set_clock(days=-8)
    passing.wait(days=7)
    broken(world, person)


def test_several_in_one_transaction_count(world: World) -> None:
    person, second = protected(world), world.actor("second-caseworker")

    def often(act: object) -> None:
        for n in range(RULES.week["read"] + 1):
            break_glass(act, kind="care", person=person, way="read", words=f"{WHY} {n}")  # type: ignore[arg-type]

    with pytest.raises(Refused, match="ask your second person"):
        perform(second, often)
    assert not BrokenGlass.objects.exists()


# -- who is told -------------------------------------------------------------------------------------


def test_it_stays_on_today_of_worker_and_supervisor_until_it_is_reviewed(world: World) -> None:
    person = protected(world)
    entry = broken(world, person)
    client = world.client("supervisor")
    for role in ("caseworker", "supervisor", "second-caseworker"):
        assert TITLE in today(world.client(role)), role
    for role in ("deciding-authority", "officer", "national-lead", "coordinator", "prosecutor"):
        assert TITLE not in today(world.client(role)), role
        assert world.client(role).get(f"/alone/{entry}/").status_code == 404
    assert TITLE not in today(client_of(administrator(world))), "there is a supervisor"
    page = unescape(text(client, f"/alone/{entry}/"))
    assert WHY in page and "Generated Person" in page
    for role in ("caseworker", "second-caseworker"):
        posted = world.client(role).post(f"/alone/{entry}/", {"verdict": "right", "words": "It was me"})
        assert posted.status_code == 404
    assert client.post(f"/alone/{entry}/", {"verdict": "", "words": ""}).status_code == 422
    for _twice in range(2):
        client.post(f"/alone/{entry}/", {"verdict": "right", "words": "Asked both", "submission": "a" * 32})
    assert [row.verdict for row in opened(BrokenGlass, pk=entry)] == ["right"]
    for role in ("caseworker", "supervisor", "second-caseworker"):
        assert TITLE not in today(world.client(role)), role


def test_where_there_is_no_supervisor_another_caseworker_or_the_administrator_reviews(world: World) -> None:
    person = protected(world)
    entry = broken(world, person)
    boss = administrator(world)
    perform(boss, withdraw_officer, officer=world.actor("supervisor").officer, reason="Left")
    assert not any(seen.may_review for seen in unreviewed(boss))
    for role in ("caseworker",):
        assert [seen.may_review for seen in unreviewed(world.actor(role))] == [True]
        perform(boss, withdraw_officer, officer=world.actor(role).officer, reason="Left")
    assert [seen.may_review for seen in unreviewed(boss)] == [True]
    shown = client_of(boss)
    assert TITLE in today(shown)
    page = unescape(text(shown, f"/alone/{entry}/"))
    assert WHY in page and "Generated Person" not in page and "P-" not in page
    review(boss, entry)


def test_while_the_supervisor_is_suspended_another_caseworker_reviews(world: World) -> None:
    entry = broken(world, protected(world))
    assert not may_review(world.actor("caseworker"), entry)
    perform(
        administrator(world),
        suspend_officer,
        officer=world.actor("supervisor").officer,
        reason="Telephone lost",
    )
    assert may_review(world.actor("caseworker"), entry)
    review(world.actor("caseworker"), entry)


def test_after_a_day_it_is_late_for_supervisor_and_administrator_and_in_the_week(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    person = protected(world)
    entry = broken(world, person)
    late = f"Not reviewed within {RULES.review} hours"
    boss = client_of(administrator(world))
    assert late not in today(world.client("supervisor")) and TITLE not in today(boss)
    passing.wait(hours=RULES.review, minutes=1)
    assert late in today(world.client("supervisor")) and late in today(boss)
    assert "1 not reviewed in time" in text(world.client("supervisor"), "/openings/")
    review(world.actor("supervisor"), entry)
    assert late not in today(world.client("supervisor")) and late not in today(boss)
    assert "1 not reviewed in time" in text(world.client("supervisor"), "/openings/"), "late it stays"


def test_what_was_not_right_is_told_to_the_administrator(world: World, passing: Passing) -> None:  # noqa: F811
    person = protected(world)
    entry = broken(world, person)
    review(world.actor("supervisor"), entry, "not-right")
    boss = client_of(administrator(world))
    assert "It was not right" in today(boss) and "Asked both" in text(boss, f"/alone/{entry}/")
    assert opened_until(world.actor("second-caseworker"), person) is not None, "nothing ends by itself"
    assert "It was not right" not in today(world.client("caseworker"))


# -- who reviews -------------------------------------------------------------------------------------


def test_neither_the_officer_nor_another_account_nor_who_is_unconfirmed_reviews(world: World) -> None:
    person = protected(world)
    entry = broken(world, person, by="supervisor")
    boss = administrator(world)
    with pytest.raises(Forbidden, match="a second person"):
        review(world.actor("supervisor"), entry)
    name = Officer.objects.get(pk=world.actor("supervisor").officer)
    words = open_row(world.actor("supervisor"), name)
    twin = perform(
        boss,
        appoint_officer,
        name=words["name"].upper(),
        service_number="T-1",
        role="administrator",
        rank="Ms",
    )
    new_submission()
    alone = perform(
        boss, appoint_by_one, name="New One", service_number="T-2", role="administrator", rank="Ms"
    )
    with pytest.raises(Refused, match="name or number"):
        review(acting(world, twin, "administrator"), entry)
    with pytest.raises(Forbidden, match="another person"):
        review(acting(world, alone, "administrator"), entry)
    with pytest.raises(Forbidden):
        review(world.actor("caseworker"), entry)
    review(boss, entry)
    with pytest.raises(Refused, match="already"):
        review(boss, entry, "not-right")


def test_a_review_of_an_earlier_one_counts_for_no_later_one(world: World) -> None:
    person = protected(world)
    first, second = broken(world, person), broken(world, person, words=f"{WHY}, again")
    review(world.actor("supervisor"), first)
    assert not waits(world.actor("supervisor"), first) and waits(world.actor("supervisor"), second)


# -- a thief of the database -------------------------------------------------------------------------


def test_a_row_that_is_taken_away_or_changed_suppresses_nothing(world: World) -> None:
    person, supervisor = protected(world), world.actor("supervisor")
    gone, changed = broken(world, person), broken(world, person, words=f"{WHY}, again")
    with connection.cursor() as cursor:
        cursor.execute(
            "update access_brokenglass set sealed = (select sealed from access_brokenglass where id = %s) "
            "where id = %s",
            (gone, changed),
        )
        cursor.execute("delete from access_brokenglass where id = %s", (gone,))
    assert waits(supervisor, gone) and waits(supervisor, changed)
    assert today(world.client("supervisor")).count(TITLE) == 2
    with pytest.raises(RowChanged):
        review(supervisor, gone)
    with pytest.raises(RowChanged):
        review(supervisor, changed)


def test_a_planted_row_opens_nothing(world: World) -> None:
    person, second = protected(world), world.actor("second-caseworker")
    entry = broken(world, person, by="supervisor")
    with connection.cursor() as cursor:
        cursor.execute("update access_brokenglass set reader = %s where id = %s", (second.authority, entry))
    assert opened_until(second, person) is None and opened_until(world.actor("supervisor"), person) is None


def test_a_removed_entry_is_noticed(world: World) -> None:
    entry = broken(world, protected(world))
    assert verify(node()).clean
    with connection.cursor() as cursor:
        cursor.execute("delete from journal_entry where hash = %s", (bytes.fromhex(entry),))
    assert not verify(node()).clean


# -- what is data ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("hours: 4", "hours: 0", "'hours' is a whole number"),
        ("share: 3,", "shared: 3,", "'week' names each of"),
        ("assumed: true", "assumed: perhaps", "true or false"),
        ("told: 7\n", "", "nothing else"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    changed = tmp_path / "glass.yaml"
    changed.write_text(FILE.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read(changed)


def test_the_numbers_are_marked_as_assumed() -> None:
    assert RULES.assumed
