"""What is taken or owed and not back: the ledger, payments, and what is due on Today."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.queries import clock_now
from libertad.care.actions.take_person import take_person
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seize import seize
from libertad.operations.actions.set_clock import set_clock
from libertad.people import owing, queries, queries_owed
from libertad.people.actions.change_property import change_property
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.pay_property import pay_property
from libertad.people.actions.take_property import take_property
from libertad.people.models import Property
from libertad.vocabulary.values import PersonName, Refused
from libertad.vocabulary.verbs.people import PropertyPaid
from libertad.web.waiting_owed import property_due
from tests.evidence.test_exhibits import PHONE
from tests.operations.test_screens import text
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

PASSPORT = {"kind": "passport", "taken_by": "employer", "state": "held", "description": "Blue"}
WAGES = {
    "kind": "wages",
    "taken_by": "employer",
    "state": "owed",
    "amount": "1250.50",
    "currency": "GYD",
    "description": "Four months",
}


@pytest.fixture
def person(world: World) -> str:
    return met(world)


def now_of(world: World) -> datetime:
    return clock_now(world.actor("officer").operation)


def met(world: World, name: str = "Ana", role: str = "officer") -> str:
    day = world.at(4, 13)
    return str(world.perform(role, meet_person, country="GY", happened=day, name=(PersonName(text=name),)))


def taken(world: World, person: str, role: str = "officer", **fields: Any) -> str:
    fields = {"happened": world.at(4, 14), **PASSPORT, **fields}
    return str(world.perform(role, take_property, person=person, **fields))


def paid(world: World, thing: str, amount: str, role: str = "officer", day: int = 5, **fields: Any) -> str:
    fields = {"signed": "yes", "happened": world.at(day, 9), **fields}
    return str(world.perform(role, pay_property, property_id=thing, paid=amount, **fields))


def left(world: World, thing: str, role: str = "officer") -> str:
    seen = queries.property_of(world.actor(role), thing)
    assert seen is not None
    return seen.remaining


def ledger_page(world: World, role: str, query: str = "") -> str:
    return text(world.client(role), f"/owed/{query}")


def due_lines(world: World, role: str) -> list[str]:
    return [f"{item.title}|{item.why}|{item.name}" for item in property_due(world.actor(role))]


# -- payments ---------------------------------------------------------------------------------


def test_what_is_left_is_what_is_owed_less_all_that_was_paid(world: World, person: str) -> None:
    thing = taken(world, person, **WAGES)
    paid(world, thing, "250")
    assert (left(world, thing), Property.objects.get(pk=thing).settled) == ("1000.50", False)
    paid(world, thing, "1000.50", day=6, signed="no")
    assert (left(world, thing), Property.objects.get(pk=thing).settled) == ("0.00", True)
    page = text(world.client("officer"), f"/people/{person}/property/")
    assert "Paid in full" in page and "Paid: 1,250.50 GYD" in page
    timeline = text(world.client("officer"), f"/people/{person}/")
    assert "Paid to the person" in timeline and "250 GYD" in timeline
    assert_order_free(world)


def test_more_than_is_left_is_refused_with_what_is_left(world: World, person: str) -> None:
    thing = taken(world, person, **WAGES)
    paid(world, thing, "1000")
    with pytest.raises(Refused) as why:
        paid(world, thing, "250.51", day=6)
    assert why.value.field == "paid" and "250.50 GYD are left" in str(why.value)
    paid(world, thing, "250.50", day=6)
    with pytest.raises(Refused, match="0 GYD are left"):
        paid(world, thing, "0.01", day=7)
    with pytest.raises(Refused, match="all of it was paid"):
        world.perform("officer", change_property, property_id=thing, state="owed")


def test_two_payments_that_crossed_both_count(world: World, person: str, monkeypatch: Any) -> None:
    """Said on two nodes, each before it knew of the other; both were received."""
    thing = taken(world, person, **WAGES)
    paid(world, thing, "1000", role="officer")
    before_it = SimpleNamespace(remaining=lambda amount, _paid: amount)
    monkeypatch.setattr("libertad.people.actions.pay_property.owing", before_it)
    paid(world, thing, "1000", role="caseworker")  # as that node saw it
    monkeypatch.undo()
    assert_order_free(world)
    seen = queries.property_of(world.actor("officer"), thing)
    assert seen is not None and (seen.remaining, len(seen.payments)) == ("-749.50", 2)
    page = text(world.client("officer"), f"/people/{person}/property/")
    assert "More than was owed by 749.50 GYD" in page


def test_a_payment_is_corrected_by_who_recorded_it_with_its_reason(world: World, person: str) -> None:
    thing = taken(world, person, **WAGES)
    entry = paid(world, thing, "1000")
    with pytest.raises(Refused) as why:
        paid(world, thing, "100", instead=entry)
    assert why.value.field == "reasons"
    with pytest.raises(Forbidden):
        paid(world, thing, "100", role="caseworker", instead=entry, reasons="I saw the receipt.")
    corrected = paid(world, thing, "100", instead=entry, reasons="A nought too many.")
    assert left(world, thing) == "1150.50"
    with pytest.raises(Refused, match="stands no more"):
        paid(world, thing, "10", instead=entry, reasons="Once more.")
    paid(world, thing, "0", instead=corrected, reasons="It was not paid at all.")
    assert left(world, thing) == "1250.50"
    with pytest.raises(Refused):
        paid(world, thing, "0")
    assert_order_free(world)


def test_of_two_corrections_that_crossed_the_smaller_amount_counts_until_a_third(
    world: World, person: str
) -> None:
    thing = taken(world, person, **WAGES)
    entry = paid(world, thing, "1000")
    for role, amount in (("officer", "100"), ("national-lead", "300"), ("caseworker", "1")):
        correct_unasked(world, role, thing, entry, amount)  # the last is another authority's, and no word
    assert left(world, thing) == "1150.50"
    assert_order_free(world)
    paid(world, thing, "300", instead=entry_of(world, thing), reasons="Counted again.")
    assert left(world, thing) == "950.50"
    assert_order_free(world)


def correct_unasked(world: World, role: str, thing: str, entry: str, amount: str) -> None:
    """As it arrives from a node that did not know of the other correction, or asks nobody."""
    place = Property.objects.get(pk=thing).compartment
    content = PropertyPaid(paid=amount, currency="GYD", correction="Wrong")
    with lawless():
        world.perform(
            role,
            lambda act: Act.say(act, place, content, subject=thing, supersedes={"paid": (entry,)}),
            happened=world.at(6, 9),
        )


def entry_of(world: World, thing: str) -> str:
    seen = queries.property_of(world.actor("officer"), thing)
    assert seen is not None and len(seen.payments) == 1
    return seen.payments[0].entry


def test_nothing_is_paid_of_what_has_no_amount_is_back_or_is_an_exhibit(world: World, person: str) -> None:
    with pytest.raises(Refused, match="no amount is on file"):
        paid(world, taken(world, person), "5")
    cash = taken(world, person, kind="cash", amount="90", currency="USD")
    world.perform("officer", change_property, property_id=cash, state="returned", signed="yes")
    with pytest.raises(Refused, match="nothing is left"):
        paid(world, cash, "5")
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 14), **PHONE))
    held = taken(world, person, kind="cash", amount="90", currency="USD", exhibit=exhibit)
    with pytest.raises(Refused, match="held as an exhibit"):
        paid(world, held, "5")


def test_the_form_asks_which_amount_is_meant(world: World, person: str) -> None:
    thing, client = taken(world, person, **WAGES), world.client("officer")
    path = f"/property/{thing}/paid/"
    answer = client.post(path, {"paid": "1.234", "signed": "yes"})
    assert answer.status_code == 200 and "1234 or 1.234" in str(answer.context["form"].errors["paid"])
    assert client.post(path, {"paid": "1.000,50", "signed": "no"}).status_code == 302
    assert left(world, thing) == "250.00"
    page = client.get(path).content.decode()
    assert "1,000.50 GYD" in page and "further payment" in page
    assert client.get(f"/property/{taken(world, person)}/paid/").status_code == 404


# -- when it is due -----------------------------------------------------------------------------


def test_a_claim_may_have_been_due_before_and_a_thing_not(world: World, person: str) -> None:
    taken(world, person, due_back="2018-03-31", **WAGES)
    taken(world, person, due_back="2018-02", **{**WAGES, "kind": "compensation"})
    with pytest.raises(Refused, match="has gone by"):
        taken(world, person, due_back="2018-03-31")
    with pytest.raises(Refused, match="years ago"):
        taken(world, person, due_back="2007", **WAGES)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        ("2018-04-12", "America/Guyana", datetime(2018, 4, 13, 4, tzinfo=UTC)),
        ("2018-04", "UTC", datetime(2018, 5, 1, tzinfo=UTC)),
        ("2018", "America/Belize", datetime(2019, 1, 1, 6, tzinfo=UTC)),
        ("2199-12-31", "UTC", datetime(2200, 1, 1, tzinfo=UTC)),
        ("", "UTC", owing.NEVER),
        ("tomorrow", "UTC", owing.NEVER),
        ("2018-02-30", "UTC", owing.NEVER),
    ],
)
def test_it_is_late_once_the_last_day_is_over_where_it_was(day: str, zone: str, end: datetime) -> None:
    assert owing.due_at(day, zone) == end


def test_lateness_goes_by_the_operations_clock(world: World, person: str) -> None:
    """The machine's clock is years after the day by which it was due."""
    shows(world, 6)
    taken(world, person, due_back="2018-04-10")
    taken(world, person, due_back="2018-05-20")
    assert due_lines(world, "national-lead") == []
    shows(world, 7)  # three days before its day
    assert len(due_lines(world, "national-lead")) == 1
    page = ledger_page(world, "officer")
    assert "2 items are outstanding." in page and "tag--danger" not in page
    shows(world, 11)
    page = ledger_page(world, "officer")
    assert "1 of them is late." in page and "tag--danger" in page


def shows(world: World, day: int) -> None:
    reads = world.at(day, 12).at
    world.perform("coordinator", set_clock, reads=reads, set_at=datetime.now(UTC), rate=0)


def test_the_limit_is_read_and_checked(tmp_path: Path) -> None:
    assert "assumed: true" in queries_owed.FILE.read_text("utf-8")
    wrong = tmp_path / "owed.yaml"
    for days in ("0", "61", "'3'", "2.5"):
        wrong.write_text(f"assumed: true\nsoon_days: {days}\n", "utf-8")
        with pytest.raises(ValueError, match="soon_days"):
            queries_owed.read(wrong)


# -- the ledger -----------------------------------------------------------------------------------


def test_the_ledger_has_what_is_not_back_late_first_and_no_sum_across_currencies(
    world: World, person: str
) -> None:
    back = taken(world, person, kind="phone", description="Red")
    world.perform("officer", change_property, property_id=back, state="returned", signed="yes")
    taken(world, person)
    taken(world, person, due_back="2018-03-31", **WAGES)
    usd = taken(world, person, **{**WAGES, "currency": "USD", "amount": "40"})
    paid(world, usd, "15")
    for role in ("officer", "exhibits-officer", "national-lead", "caseworker", "supervisor"):
        page = ledger_page(world, role)
        assert "3 items are outstanding. 1 of them is late." in page, role
        assert "each currency by itself: 1,250.50 GYD; 25 USD." in page
        rows = re.findall(r"<tr>.*?</tr>", page, re.S)[1:]
        assert (
            "Wages" in rows[0]
            and "tag--danger" in rows[0]
            and "tag--danger" not in rows[1]
            and "Red" not in page
        )
        assert "25 USD left of 40 USD" in page and "Ana" in page
    for query, kept in (("?kind=passport", "Blue"), ("?due=late", "1,250.50 GYD"), ("?state=held", "Blue")):
        page = ledger_page(world, "officer", query)
        assert "1 item is outstanding" in page and kept in page
    assert "3 items" in ledger_page(world, "officer", "?kind=%27&state=returned&due=x")
    assert "2 items" in ledger_page(world, "officer", "?due=none")


def test_too_many_amounts_are_not_added_up(world: World, person: str, monkeypatch: Any) -> None:
    taken(world, person, **WAGES)
    taken(world, person, **WAGES)
    monkeypatch.setattr(queries_owed, "MOST_SUMMED", 1)
    page = ledger_page(world, "officer")
    assert "More than 1 amounts" in page and "2,501" not in page


def test_who_reads_no_identity_file_has_no_ledger(world: World, person: str) -> None:
    taken(world, person, due_back="2018-03-31", **WAGES)
    for role in ("prosecutor", "coordinator", "analyst", "press", "deciding-authority", "administrator"):
        assert world.client(role).get("/owed/").status_code == 404, role
        assert due_lines(world, role) == []
    assert "Nothing is outstanding" in ledger_page(world, "other-lead")


# -- Today ----------------------------------------------------------------------------------------


def test_what_is_due_is_on_today_of_who_must_act_until_it_is_returned(world: World, person: str) -> None:
    soon = (now_of(world) + timedelta(days=1)).date().isoformat()
    thing = taken(world, person, due_back=soon, happened=None)
    assert due_lines(world, "caseworker") == [], "police's to see to"
    for role in ("officer", "national-lead", "exhibits-officer"):
        (line,) = due_lines(world, role)
        assert "To be returned: passport" in line and "Ana" in line
        assert f"/property/{thing}/" in text(world.client(role), "/")
    world.perform("officer", change_property, property_id=thing, state="returned", signed="yes")
    assert due_lines(world, "national-lead") == []


def test_a_return_by_the_exhibits_custody_takes_it_off_today(world: World, person: str) -> None:
    soon = (now_of(world) + timedelta(days=1)).date().isoformat()
    exhibit = str(world.perform("officer", seize, happened=world.at(4, 15), **PHONE))
    thing = taken(world, person, kind="phone", exhibit=exhibit, due_back=soon, happened=None)
    (item,) = property_due(world.actor("exhibits-officer"))
    assert item.href == f"/exhibits/{exhibit}/"
    world.perform("officer", return_exhibit, exhibit=exhibit, signed="yes")
    assert due_lines(world, "exhibits-officer") == [] and Property.objects.get(pk=thing).settled
    assert "Nothing is outstanding" in ledger_page(world, "officer")


def test_claims_of_police_are_of_the_lead_and_of_who_recorded_them(world: World, person: str) -> None:
    taken(world, person, role="national-lead", due_back="2018-03-31", **WAGES)
    assert due_lines(world, "exhibits-officer") == due_lines(world, "officer") == []
    (line,) = due_lines(world, "national-lead")
    assert "To be paid: wages|Left: 1,250.50 GYD. To be paid by 31 March 2018." in line


def test_only_who_recorded_it_has_it_on_today(world: World, person: str) -> None:
    """Police and care read the same identity file; each has on Today what its own authority recorded."""
    taken(world, person, due_back="2018-03-31", **WAGES)
    assert len(due_lines(world, "national-lead")) == 1 and due_lines(world, "supervisor") == []
    taken(world, person, role="caseworker", due_back="2018-03-31", **{**WAGES, "kind": "compensation"})
    (line,) = due_lines(world, "national-lead")
    assert "wages" in line
    (line,) = due_lines(world, "supervisor")
    assert "compensation" in line


def test_in_care_it_is_whose_task_the_person_is_and_late_the_supervisors(world: World) -> None:
    person = met(world, "Bea", "caseworker")
    thing = taken(world, person, role="caseworker", due_back="2018-03-31", **WAGES)
    assert len(due_lines(world, "caseworker")) == len(due_lines(world, "supervisor")) == 1
    assert due_lines(world, "second-caseworker") == due_lines(world, "officer") == []
    world.perform("second-caseworker", take_person, person=person)
    assert due_lines(world, "caseworker") == []
    assert len(due_lines(world, "second-caseworker")) == 1
    soon = (now_of(world) + timedelta(days=1)).date().isoformat()
    world.perform("caseworker", change_property, property_id=thing, state="owed", due_back=soon)
    assert due_lines(world, "supervisor") == [] and len(due_lines(world, "second-caseworker")) == 1
    paid(world, thing, "1250.50", role="second-caseworker")
    assert due_lines(world, "second-caseworker") == []


def test_of_many_the_first_are_named_and_the_rest_counted(world: World, person: str) -> None:
    for _ in range(10):
        taken(world, person, due_back="2018-03-31", **WAGES)
    items = list(property_due(world.actor("national-lead")))
    assert len(items) == 8 and items[-1].more == 2
