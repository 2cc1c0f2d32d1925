"""Exhibits: who may say and read them, what a wrong entry answers, and that it leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row, readable
from libertad.evidence import queries
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.statement_on_gap import statement_on_gap
from libertad.evidence.models import Exhibit, ExhibitCount, Seal
from libertad.journal.models import Entry
from libertad.vocabulary.values import Cash, Refused
from tests.support.world import World

PHONE = {
    "country": "GY",
    "kind": "mobile-phone",
    "description": "Mobile phone, black, cracked screen",
    "phone_number": "592 600 0182",
}
TWENTY = [{"currency": "GYD", "denomination": "20", "pieces": 4}]
CASH = {"country": "GY", "kind": "cash", "description": "Bundle in a tin"}


@pytest.fixture
def phone(world: World) -> str:
    return str(world.perform("officer", seize, happened=world.at(5, 14, 5), **PHONE))


def row(exhibit: str) -> Exhibit:
    return Exhibit.objects.get(pk=exhibit)


def offer_exhibit(
    world: World, exhibit: str, by: str = "officer", to: str = "exhibits-officer", hour: int = 15
) -> str:
    to_actor = world.actor(to)
    return str(
        world.perform(
            by,
            offer_custody,
            exhibit=exhibit,
            to_officer=to_actor.officer,
            to_authority=to_actor.authority,
            happened=world.at(5, hour),
        )
    )


def refuses(world: World, role: str, action: Any, field: str, rule: str = "", /, **kwargs: Any) -> None:
    """The action is refused on this field, in words that hold `rule`, and nothing is written."""
    before = (
        Entry.objects.count(),
        list(Exhibit.objects.values()),
        Seal.objects.count(),
        ExhibitCount.objects.count(),
    )
    with pytest.raises(Refused) as why:
        world.perform(role, action, **kwargs)
    assert why.value.field == field and rule in why.value.rule, why.value
    after = (
        Entry.objects.count(),
        list(Exhibit.objects.values()),
        Seal.objects.count(),
        ExhibitCount.objects.count(),
    )
    assert before == after


def test_an_exhibit_is_read_by_its_police_and_prosecution_and_by_nobody_else(
    world: World, phone: str
) -> None:
    for role in ("officer", "national-lead", "exhibits-officer", "prosecutor"):
        exhibit = readable(world.actor(role), Exhibit).get(pk=phone)
        assert exhibit.reference == "GY-0001"
        assert open_row(world.actor(role), exhibit)["phone_number"] == PHONE["phone_number"]
    for role in (
        "coordinator",
        "analyst",
        "other-officer",
        "caseworker",
        "deciding-authority",
        "press",
        "administrator",
    ):
        assert not readable(world.actor(role), Exhibit).exists()


def test_it_is_counted_without_a_name_in_the_operation(world: World, phone: str) -> None:
    count = readable(world.actor("coordinator"), ExhibitCount).get()
    assert (count.pk, count.kind, count.country, count.date) == (
        row(phone).counting,
        "mobile-phone",
        "GY",
        "2018-04-05",
    )
    assert count.sealed is None


def test_references_run_by_country_and_a_refused_one_uses_none_up(world: World, phone: str) -> None:
    refuses(world, "officer", seize, "description", "looks like", **{**PHONE, "description": " "})
    assert row(world.perform("officer", seize, **PHONE)).reference == "GY-0002"
    assert row(world.perform("other-officer", seize, **{**PHONE, "country": "VC"})).reference == "VC-0001"


def test_cash_is_kept_by_currency_and_denomination(world: World) -> None:
    cash = [
        Cash(currency="GYD", denomination="5000", pieces=12),
        Cash(currency="GYD", denomination="100", pieces=3),
        {"currency": "USD", "denomination": "20", "pieces": 5},
    ]
    exhibit = row(world.perform("officer", seize, **CASH, cash=cash))
    assert exhibit.cash == [["GYD", "100", 3], ["GYD", "5000", 12], ["USD", "20", 5]]
    assert exhibit.cash_totals == {"GYD": "60300", "USD": "100"}


@pytest.mark.parametrize(
    ("cash", "field", "rule"),
    [
        ([], "cash", "count it"),
        ([{"currency": "GYD", "denomination": "100", "pieces": -4}], "pieces", "above 0"),
        ([{"currency": "GYD", "denomination": "-100", "pieces": 4}], "denomination", "more than 0"),
        ([{"currency": "ZZZ", "denomination": "100", "pieces": 4}], "currency", "not in the list"),
        ([{"currency": "GYD", "denomination": "", "pieces": 4}], "denomination", "not a number"),
        ([{"currency": "GYD", "pieces": 4}], "denomination", "is missing"),
        ([*TWENTY, {"currency": "GYD", "denomination": "20.00", "pieces": 1}], "cash", "twice"),
    ],
)
def test_wrong_cash_names_field_and_rule_and_leaves_nothing(
    world: World, cash: Any, field: str, rule: str
) -> None:
    refuses(world, "officer", seize, field, rule, **CASH, cash=cash)


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "boat"), ("kind", ""), ("country", "XX"), ("country", ""), ("owner_agreed", "maybe")],
)
def test_a_wrong_exhibit_names_its_field(world: World, field: str, value: str) -> None:
    refuses(world, "officer", seize, field, **{**PHONE, field: value})


def test_no_other_country_takes_into_a_case_file(world: World, phone: str) -> None:
    refuses(world, "other-officer", seize, "country", "police of that country", **PHONE)
    refuses(world, "officer", seize, "country", "police of that country", **{**PHONE, "country": "VC"})
    for role in ("caseworker", "prosecutor", "press"):
        with pytest.raises((Forbidden, Refused)):
            world.perform(role, seize, **PHONE)


def test_a_seal_number_is_used_once_ever(world: World, phone: str) -> None:
    world.perform("officer", seal, exhibit=phone, number="SVG-118204")
    other_exhibit = world.perform("officer", seize, **PHONE)
    refuses(world, "officer", seal, "number", "used once, ever", exhibit=other_exhibit, number=" svg-118204")
    elsewhere = world.perform("other-officer", seize, **{**PHONE, "country": "VC"})
    refuses(world, "other-officer", seal, "number", "used once, ever", exhibit=elsewhere, number="SVG-118204")
    refuses(world, "officer", seal, "number", "printed on the seal", exhibit=other_exhibit, number=" ")


def test_a_renewed_seal_names_the_one_that_was_opened(world: World, phone: str) -> None:
    refuses(
        world, "officer", seal, "opened", "no seal", exhibit=phone, number="S-1", opened="S-0", why="order"
    )
    world.perform("officer", seal, exhibit=phone, number="S-1")
    refuses(world, "officer", seal, "opened", "S-1", exhibit=phone, number="S-2")
    refuses(world, "officer", seal, "why", "opened", exhibit=phone, number="S-2", opened="S-1")
    refuses(
        world, "officer", seal, "number", "used once", exhibit=phone, number="S-1", opened="S-1", why="order"
    )
    world.perform("officer", seal, exhibit=phone, number="S-2", opened="S-1", why="Order 18-044")
    assert row(phone).seal == "S-2" and Seal.objects.filter(exhibit=phone).count() == 2


def test_custody_goes_by_offer_and_acceptance(world: World, phone: str) -> None:
    offer = offer_exhibit(world, phone)
    assert row(phone).state == "offered" and row(phone).holder == world.actor("officer").officer
    world.perform("exhibits-officer", accept_custody, exhibit=phone, offer=offer, happened=world.at(5, 16))
    held = row(phone)
    assert (held.state, held.holder, held.has_gap, held.conflicts) == (
        "held",
        world.actor("exhibits-officer").officer,
        False,
        0,
    )
    to_court = offer_exhibit(world, phone, "exhibits-officer", "prosecutor", 17)
    world.perform("prosecutor", accept_custody, exhibit=phone, offer=to_court, happened=world.at(5, 18))
    assert row(phone).holder_authority == world.authorities["prosecution"]


def test_only_the_officer_to_whom_it_was_offered_accepts_and_once(world: World, phone: str) -> None:
    offer = offer_exhibit(world, phone)
    for role in ("national-lead", "officer", "prosecutor"):
        refuses(
            world, role, accept_custody, "offer", "offered to another officer", exhibit=phone, offer=offer
        )
    refuses(
        world,
        "exhibits-officer",
        accept_custody,
        "happened",
        "not before",
        exhibit=phone,
        offer=offer,
        happened=world.at(5, 14, 30),
    )
    world.perform("exhibits-officer", accept_custody, exhibit=phone, offer=offer, happened=world.at(5, 16))
    refuses(world, "exhibits-officer", accept_custody, "offer", "stands no more", exhibit=phone, offer=offer)


def test_without_an_offer_only_what_nobody_holds_is_accepted(world: World, phone: str) -> None:
    refuses(world, "exhibits-officer", accept_custody, "offer", "recorded as holding", exhibit=phone)
    for wrong in ("ab" * 32, "no hash"):
        refuses(
            world, "exhibits-officer", accept_custody, "offer", "no such offer", exhibit=phone, offer=wrong
        )


def test_only_the_holder_offers_releases_seals_and_returns(world: World, phone: str) -> None:
    to = world.actor("national-lead")
    to_whom = {"to_officer": to.officer, "to_authority": to.authority}
    refuses(world, "exhibits-officer", offer_custody, "exhibit", "only the officer", exhibit=phone, **to_whom)
    refuses(world, "exhibits-officer", release_custody, "exhibit", "only the officer", exhibit=phone)
    refuses(world, "exhibits-officer", seal, "exhibit", "only the officer", exhibit=phone, number="S-9")
    refuses(
        world, "exhibits-officer", return_exhibit, "exhibit", "only the officer", exhibit=phone, signed="yes"
    )
    refuses(
        world,
        "officer",
        offer_custody,
        "happened",
        "not before",
        exhibit=phone,
        **to_whom,
        happened=world.at(5, 14),
    )


@pytest.mark.parametrize(
    ("to", "field"),
    [
        ("caseworker", "to_authority"),
        ("other-officer", "to_authority"),
        ("officer", "to_officer"),
        ("administrator", "to_officer"),
    ],
)
def test_custody_is_offered_within_the_case_only(world: World, phone: str, to: str, field: str) -> None:
    actor = world.actor(to)
    refuses(
        world,
        "officer",
        offer_custody,
        field,
        exhibit=phone,
        to_officer=actor.officer,
        to_authority=actor.authority,
    )


def test_a_gap_shows_and_a_statement_never_closes_it(world: World, phone: str) -> None:
    refuses(world, "officer", statement_on_gap, "exhibit", "no gap", exhibit=phone, words="On the boat.")
    world.perform(
        "officer", release_custody, exhibit=phone, to_whom="Const. L. Samuel", happened=world.at(6, 23, 5)
    )
    assert row(phone).state == "released" and not row(phone).holder
    world.perform("exhibits-officer", accept_custody, exhibit=phone, happened=world.at(7, 1, 15))
    gap = row(phone)
    assert (gap.has_gap, gap.gap_minutes, gap.unexplained, gap.state) == (True, 130, 1, "held")
    refuses(world, "officer", statement_on_gap, "words", "what you know", exhibit=phone, words=" ")
    refuses(
        world,
        "officer",
        statement_on_gap,
        "about_from",
        "no gap",
        exhibit=phone,
        words="x",
        about_from="2018-04-01T00:00:00+00:00",
    )
    refuses(
        world,
        "officer",
        statement_on_gap,
        "about_from",
        "moment",
        exhibit=phone,
        words="x",
        about_from="yesterday",
    )
    world.perform(
        "officer",
        statement_on_gap,
        exhibit=phone,
        words="On the boat.",
        about_from="2018-04-06T19:05:00-04:00",
    )
    exhibit_row = row(phone)
    assert (exhibit_row.has_gap, exhibit_row.gap_minutes, exhibit_row.unexplained) == (True, 130, 0)


def test_a_release_ends_an_offer_that_waited(world: World, phone: str) -> None:
    offer = offer_exhibit(world, phone)
    world.perform("officer", release_custody, exhibit=phone, happened=world.at(5, 16))
    refuses(world, "exhibits-officer", accept_custody, "offer", "stands no more", exhibit=phone, offer=offer)


def test_after_the_return_nothing_moves(world: World, phone: str) -> None:
    refuses(world, "officer", return_exhibit, "signed", "signed for it", exhibit=phone, signed="")
    refuses(world, "officer", return_exhibit, "signed", "not in the list", exhibit=phone, signed="perhaps")
    world.perform("officer", return_exhibit, exhibit=phone, signed="yes")
    assert row(phone).state == "returned"
    refuses(world, "officer", release_custody, "exhibit", "was returned", exhibit=phone)
    refuses(world, "exhibits-officer", accept_custody, "exhibit", "was returned", exhibit=phone)


def test_what_may_not_be_known_answers_as_what_is_not_there(world: World, phone: str) -> None:
    for exhibit in (phone, "0" * 32):
        refuses(
            world, "other-officer", release_custody, "exhibit", "there is no such exhibit", exhibit=exhibit
        )
        refuses(
            world,
            "other-officer",
            statement_on_gap,
            "exhibit",
            "there is no such exhibit",
            exhibit=exhibit,
            words="x",
        )


def test_an_exhibit_is_named_by_its_reference_however_it_is_typed(world: World) -> None:
    key = world.perform("officer", seize, happened=world.at(5, 14), **PHONE)
    for text in ("GY-0001", "gy 0001", " gy0001 "):
        exhibit = queries.exhibit_by_reference(world.actor("prosecutor"), text)
        assert exhibit is not None and exhibit.id == key, text
    assert queries.exhibit_by_reference(world.actor("other-officer"), "gy 0001") is None
