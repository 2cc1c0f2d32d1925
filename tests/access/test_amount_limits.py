"""The limits of unusual amounts are data: complete for each kind of authority, or the node does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.access.amount_limits import FILE, PEOPLE, amount_limits, read
from libertad.access.second_persons import Roster


def test_the_wait_doubles_up_to_the_longest() -> None:
    limits = amount_limits()
    limit = limits.hour["police"][PEOPLE]
    waits = [limits.wait(limit, limit + n) for n in (-1, 0, 1, 2, 4, 500)]
    assert waits == [0, 60, 120, 240, 900, 900] and limits.assumed


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("assumed: true", "assumed: perhaps", "'assumed' is true or false"),
        ("first: 60", "first: 6000", "'first' is not above 'longest'"),
        ("shares: 10, ", "", "names each of"),
        ("shares: 10, ", "shares: 0, ", "a whole number from 1"),
        ("  deciding: ", "  another: ", "names kinds of authority"),
        ("  others: ", "  care: ", "each kind of authority once"),
        ("guests: {people: 20, ", "guests: {", "names each of"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    changed = tmp_path / "amounts.yaml"
    changed.write_text(FILE.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read(changed)


LEAD, OTHER_LEAD, OFFICER, ADMIN = "lead", "other", "officer", "admin"
POLICE = {LEAD: "national-lead", OFFICER: "officer", ADMIN: "administrator"}


@pytest.mark.parametrize(
    ("kind", "roles", "officer", "readers"),
    [
        ("police", POLICE, OFFICER, {LEAD}),
        ("police", POLICE, LEAD, {ADMIN}),
        ("police", {**POLICE, OTHER_LEAD: "national-lead"}, LEAD, {OTHER_LEAD, ADMIN}),
        ("police", {OFFICER: "officer", ADMIN: "administrator"}, OFFICER, {ADMIN}),
        ("care", {"a": "caseworker", "b": "caseworker", ADMIN: "administrator"}, "a", {"b"}),
        ("care", {"a": "caseworker", ADMIN: "administrator"}, "a", {ADMIN}),
        (
            "care",
            {"a": "caseworker", "b": "caseworker", "s": "supervisor", ADMIN: "administrator"},
            "a",
            {"s"},
        ),
        ("care", {"a": "caseworker", "s": "supervisor", ADMIN: "administrator"}, "s", {ADMIN}),
        ("centre", {"a": "analyst", "c": "coordinator", ADMIN: "administrator"}, "a", {"c", ADMIN}),
        ("centre", {"c": "coordinator", ADMIN: "administrator"}, "c", {ADMIN}),
        ("prosecution", {"p": "prosecutor", ADMIN: "administrator"}, "p", {ADMIN}),
        ("police", POLICE, "who has left", {LEAD}),
    ],
)
def test_who_is_the_second_person(kind: str, roles: dict[str, str], officer: str, readers: set[str]) -> None:
    roster = Roster(kind, roles)
    assert {name for name in roles if roster.is_second(name, officer)} == readers
