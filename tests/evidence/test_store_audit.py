"""The exhibit store is audited, and what differs stays until it is explained."""

from __future__ import annotations

import pytest

from libertad.access.acting import Forbidden
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.explain_difference import explain_difference
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.evidence.queries_store import audits
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.evidence.storing import (
    KEEPER,
    audit_differences,
    audited,
    ids,
    move,
    place,
    refuses,
    row,
    seize_phone,
    shelf,
    text,
)
from tests.support.shuffling import assert_order_free
from tests.support.world import World

__all__ = ["shelf"]


def test_an_audit_says_what_is_missing_what_is_too_much_and_which_seals_differ(
    world: World, shelf: str
) -> None:
    elsewhere = seize_phone(world, 7)
    first, second, third = ids(1), ids(2), ids(3)
    audit = audited(
        world,
        shelf,
        there=first,
        read=["gyp-7", row(second[0]).reference.lower(), "XX-99"],
        seals={first[0]: "GYP-1B"},
    )
    assert audit_differences(audit) == [
        ("missing", row(third[0]).reference),
        ("unexpected", row(elsewhere).reference),
        ("unknown", "XX-99"),
        ("seal", row(first[0]).reference),
    ]
    assert (audit.differences[3].on_file, audit.differences[3].read) == ("GYP-1", "GYP-1B")
    assert len(audit.expected) == 3 and audit.open == 4
    assert row(third[0]).store == shelf and not row(first[0]).conflicts, "it moves nothing"
    assert_order_free(world)


def test_an_audit_in_which_all_is_there_has_nothing_to_explain(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1), read=["GYP-2", "GYP-3", ""], confirmed=False)
    assert audit_differences(audit) == [] and audit.open == 0
    assert not audits(world.actor(KEEPER), only_open=True)


def test_what_differs_is_shown_before_it_is_recorded(world: World, shelf: str) -> None:
    reference = row(ids(3)[0]).reference
    refuses(
        world,
        KEEPER,
        audit_place,
        "confirmed",
        f"missing: {reference}.",
        store=shelf,
        listed=ids(1, 2, 3),
        there=ids(1, 2),
    )


def test_a_broken_seal_that_is_scanned_is_found_on_its_exhibit(world: World, shelf: str) -> None:
    exhibit = ids(2)[0]
    world.perform(
        KEEPER,
        seal,
        exhibit=exhibit,
        number="GYP-2B",
        opened="GYP-2",
        why="Looked at",
        happened=world.at(5, 12),
    )
    audit = audited(world, shelf, listed=[*ids(1, 3), exhibit], there=ids(1, 3), read=["GYP-2"])
    assert audit_differences(audit) == [("seal", row(exhibit).reference)]
    assert (audit.differences[0].on_file, audit.differences[0].read) == ("GYP-2B", "GYP-2")


def test_what_left_or_came_while_it_was_audited_is_not_missing(world: World, shelf: str) -> None:
    """The page was opened with three; one was moved away, one handed over and still lies there, one came."""
    listed = ids(1, 2, 3)
    moved_exhibit, handed = ids(1)[0], ids(2)[0]
    move(world, place(world, "Safe 1"), 1)
    lead = world.actor("national-lead")
    offer = world.perform(
        KEEPER,
        offer_custody,
        exhibit=handed,
        to_officer=lead.officer,
        to_authority=lead.authority,
        happened=world.at(6, 9),
    )
    world.perform("national-lead", accept_custody, exhibit=handed, offer=offer, happened=world.at(6, 10))
    seize_phone(world, 4)
    move(world, shelf, 4)
    audit = audited(world, shelf, listed=listed, there=[handed, *ids(3)])
    assert audit_differences(audit) == [("unexpected", row(handed).reference)]
    assert moved_exhibit not in audit.expected and ids(4)[0] not in audit.expected


def test_a_seal_that_was_read_is_of_something_that_is_there(world: World, shelf: str) -> None:
    refuses(
        world,
        KEEPER,
        audit_place,
        "seals",
        "tick it",
        store=shelf,
        listed=ids(1, 2, 3),
        there=ids(1),
        seals={ids(2)[0]: "GYP-8"},
    )


def test_what_another_country_holds_is_as_unknown_as_what_is_nowhere(world: World, shelf: str) -> None:
    world.perform(
        "other-officer", seize, country="VC", kind="document", description="Ledger", happened=world.at(4, 10)
    )
    foreign = Exhibit.objects.get(country="VC")
    world.perform("other-officer", seal, exhibit=foreign.pk, number="VCP-1", happened=world.at(4, 11))
    audit = audited(world, shelf, there=ids(1, 2, 3), read=["VCP-1", foreign.reference, "NONE-1"])
    assert audit_differences(audit) == [
        ("unknown", "VCP-1"),
        ("unknown", foreign.reference),
        ("unknown", "NONE-1"),
    ]
    refuses(
        world, KEEPER, audit_place, "there", "not on file here", store=shelf, listed=[], there=[foreign.pk]
    )


def waits(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role)) if "/exhibits/store/" in item.href]


def test_a_difference_stands_on_today_until_it_is_explained(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1, 2))
    title = f"{row(ids(3)[0]).reference} is missing"
    assert waits(world, KEEPER) == waits(world, "national-lead") == [title]
    for role in ("officer", "prosecutor", "other-lead"):
        assert waits(world, role) == []
    about = audit.differences[0].about
    refuses(
        world,
        KEEPER,
        explain_difference,
        "reasons",
        "say why",
        audit=audit.id,
        about=about,
        outcome="found-again",
        reasons=" ",
    )
    refuses(
        world,
        KEEPER,
        explain_difference,
        "outcome",
        "came out",
        audit=audit.id,
        about=about,
        outcome="read-again",
        reasons="x",
    )
    refuses(
        world,
        KEEPER,
        explain_difference,
        "about",
        "no such difference",
        audit=audit.id,
        about=f"missing:{ids(1)[0]}",
        outcome="found-again",
        reasons="x",
    )
    world.perform(
        "national-lead",
        explain_difference,
        audit=audit.id,
        about=about,
        outcome="found-again",
        reasons="It lay behind the shelf.",
    )
    assert waits(world, KEEPER) == waits(world, "national-lead") == []
    page = text(world.client("prosecutor"), f"/exhibits/{ids(3)[0]}/")
    assert title in page and "It lay behind the shelf." in page, "the difference stays, with the words"
    assert_order_free(world)


def test_today_says_what_to_do_by_the_kind_of_difference(world: World, shelf: str) -> None:
    """Nobody is sent to search for an exhibit that is there, or for a number that is of none."""
    unexpected = seize_phone(world, 7)
    audited(world, shelf, there=ids(1, 2), read=["GYP-7", "XX-99"], seals={ids(1)[0]: "GYP-1B"})
    todo = {
        f"{row(ids(3)[0]).reference} is missing": "Search for it",
        f"{row(unexpected).reference} is there and should not be": "Find out why it is there",
        "XX-99 is of no exhibit on file": "Find out what it is",
        f"The seal of {row(ids(1)[0]).reference} differs": "Look at the exhibit and its seal",
    }
    for role in (KEEPER, "national-lead"):
        reasons = {item.title: item.why for item in waiting(world.actor(role)) if item.title in todo}
        assert reasons == {
            title: f"Audit of Shelf B-14. {words}, then say how it came out." for title, words in todo.items()
        }


def test_of_many_differences_today_shows_the_first(world: World) -> None:
    store = place(world, "Shelf 1")
    audited(world, store, listed=[], read=[f"X-{n}" for n in range(12)])
    titles = waits(world, KEEPER)
    assert len(titles) == 11 and "2 more differences of an audit" in titles


def test_an_audit_of_others_is_explained_by_nobody_else(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1, 2))
    arguments = {
        "audit": audit.id,
        "about": audit.differences[0].about,
        "outcome": "found-again",
        "reasons": "x",
    }
    refuses(world, "other-lead", explain_difference, "audit", "no such audit", **arguments)
    with pytest.raises((Refused, Forbidden)):
        world.perform("prosecutor", explain_difference, **arguments)


def test_what_was_missing_and_was_returned_is_not_to_be_searched_for(world: World, shelf: str) -> None:
    """Two truths: it was handed to its owner, and it is to be searched for."""
    (exhibit,) = ids(1)
    audited(world, shelf, there=ids(2, 3))
    keeper = world.client(KEEPER)
    reference = row(exhibit).reference
    assert f"{reference} is missing" in text(keeper, "/") and "Search for it" in text(keeper, "/")
    form = text(keeper, f"/exhibits/{exhibit}/return/")
    assert "did not find it" in form and "Shelf B-14" in form
    world.perform(KEEPER, return_exhibit, exhibit=exhibit, signed="yes", in_person="yes")
    today = text(keeper, "/")
    assert f"{reference} was missing, and has turned up since" in today
    assert "Search for it" not in today and "returned it" in today
    page = text(keeper, f"/exhibits/{exhibit}/")
    assert "has turned up since" in page and f"{reference} is missing" not in page
