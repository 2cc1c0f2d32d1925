"""What who supports a second operation says of an authority changes nothing of it in the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from libertad.access.acting import Act, new_id
from libertad.access.actions.invite_authority import invite_authority
from libertad.journal import clock
from libertad.journal.rebuild import rebuild
from libertad.vocabulary.body import build
from libertad.vocabulary.verbs.access import AuthorityInvite
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_second_operation import MEMBER
from tests.exchange.test_second_operation import second as second
from tests.security.test_forging_access import alarmed
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, schema, settle

pytestmark = [pytest.mark.django_db]
CALLED = {"name": "Not them", "kind": "police", "country": "GY", "zone": "Pacific/Auckland"}


@pytest.fixture
def supporter(three: Three, second: str, tmp_path: Path) -> Iterator[Party]:
    """It supports the second operation, and is no member of the first."""
    party, first = Party(tmp_path / "supporter", schema(), "supporter"), three.centre.operation
    three.centre.operation = second
    invited(three.centre, party, kind="centre", country="FR", part="support")
    three.centre.operation = first
    settle([*three, party])
    party.appoint("coordinator")
    settle([*three, party])
    yield party
    party.close()


def calls(supporter: Party, second: str, authority: str, **overrides: str) -> None:
    """The supporter invites an authority into the second operation by its own words, in an hour to come."""
    actor = replace(supporter.actor("coordinator"), operation=second)
    content = build(AuthorityInvite, {**CALLED, "part": "member", "officers": 0, **overrides})
    ahead = clock.now() + timedelta(hours=1)
    with lawless(), patch.object(clock, "now", lambda: ahead):
        supporter.node.writer.submit(
            lambda tx: (act := Act(tx, actor)).say(
                act.operation_compartment, content, subject=authority, supersedes={}
            )
        )


def called(party: Party, authority: str) -> tuple[str, str, str, str]:
    rows = party.node.sql().all(
        "select name, kind, country, zone from access_authority where id = ?", (authority,)
    )
    return rows[0][0], rows[0][1], rows[0][2], rows[0][3]


def members(party: Party, authority: str) -> dict[str, tuple[str, str]]:
    rows = party.rows("access_member", "operation, kind, country, authority")
    return {row[0]: (row[1], row[2]) for row in rows if row[3] == authority}


def test_a_supporter_of_the_second_renames_and_moves_no_member_of_the_first(
    three: Three, second: str, supporter: Party
) -> None:
    """Attack: Trinidad's police, no member of the second, would be called otherwise, at another hour."""
    authority = three.trinidad.authority
    before = called(three.centre, authority)
    calls(supporter, second, authority)
    settle([*three, supporter])
    for party in three:
        assert called(party, authority) == before, party.name
        assert members(party, authority)[three.centre.operation] == ("police", "TT")
        assert rebuild(party.node).changed == 0
        assert alarmed(party) == []


@pytest.mark.parametrize("knows", ["the centre heard it first", "they cross"])
def test_who_was_named_by_a_supporter_first_is_called_as_the_first_operation_says(
    three: Three, second: str, supporter: Party, knows: str
) -> None:
    """Attack: the supporter is there first. The first operation's word holds in name and zone at every node;
    that the authority is invited into the second stands all the same, and nobody is accused."""
    authority, names = new_id(), MEMBER | {"name": "Police of Saint Lucia", "country": "LC"}
    calls(supporter, second, authority)
    if knows != "they cross":
        settle([*three, supporter])
    three.centre.do("coordinator", invite_authority, authority=authority, **names)
    settle([*three, supporter])
    for party in (three.centre, three.guyana):
        assert called(party, authority) == ("Police of Saint Lucia", "police", "LC", "America/Guyana"), (
            party.name
        )
        assert members(party, authority) == {
            three.centre.operation: ("police", "LC"),
            second: ("police", "GY"),
        }
        assert rebuild(party.node).changed == 0
        assert alarmed(party) == []


@pytest.mark.parametrize("knows", ["the centre heard it first", "they cross"])
def test_who_was_called_of_another_kind_by_a_supporter_is_of_the_kind_that_the_first_says(
    three: Three, second: str, supporter: Party, knows: str
) -> None:
    """Attack: the supporter says first that police are care, so that they cannot be invited as police."""
    authority = new_id()
    calls(supporter, second, authority, kind="care")
    if knows != "they cross":
        settle([*three, supporter])
    three.centre.do("coordinator", invite_authority, authority=authority, **MEMBER)
    settle([*three, supporter])
    for party in (three.centre, three.guyana):
        assert members(party, authority) == {three.centre.operation: ("police", "GY")}, party.name
        assert called(party, authority)[1] == "police"
        assert ("about", three.centre.authority) not in alarmed(party)


def test_whom_a_supporter_of_the_first_made_is_named_by_it(
    three: Three, second: str, supporter: Party, tmp_path: Path
) -> None:
    """Neither operation's owner spoke of it; its id proves who made it."""
    helper = Party(tmp_path / "helper", schema(), "helper")
    invited(three.centre, helper, kind="centre", country="FR", part="support")
    settle([*three, helper, supporter])
    helper.appoint("coordinator")
    authority = helper.do("coordinator", invite_authority, **(MEMBER | {"name": "Police of Saint Lucia"}))
    settle([*three, helper, supporter])
    calls(supporter, second, authority, kind="care")
    settle([*three, helper, supporter])
    for party in (three.centre, three.guyana):
        assert called(party, authority)[:2] == ("Police of Saint Lucia", "police"), party.name
        assert members(party, authority) == {three.centre.operation: ("police", "GY")}
    helper.close()
