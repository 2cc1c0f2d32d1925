"""Another node joins a second operation with the keys that it has; who was not invited gets nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.suspend_member import suspend_member
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.epochs import epochs
from libertad.access.grounds import Grounds
from libertad.exchange.onboarding import admission, invitations
from libertad.exchange.onboarding.invitation import invite, read, write
from libertad.exchange.peering.roster import put_on_roster
from libertad.exchange.scheduler import answers
from libertad.exchange.sending.sender import Outgoing
from libertad.exchange.sync.endpoint import JOIN, WELCOME
from libertad.journal import ingest
from libertad.journal.checkpoint import origin_of
from libertad.journal.header import device_id
from libertad.operations.actions.open_operation import open_operation
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary.body import build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, DeviceEnrol, NodeAnnounce
from libertad.vocabulary.verbs.operations import LeadGrade
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.operations.test_leads import LEAD
from tests.security.test_forging_access import alarmed
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, schema, settle
from tests.support.nodes import operation as opens

pytestmark = [pytest.mark.django_db]
MEMBER: dict[str, Any] = {
    "name": "Guyana",
    "kind": "police",
    "country": "GY",
    "zone": "America/Guyana",
    "part": "member",
}
ORIGIN = origin_of(bytes.fromhex("b" * 64))
JOINED = ("journal_device", "exchange_peer", "access_operation_file")


def say(party: Party, role: str, operation: str, what: Any, **values: Any) -> Any:
    """An action of an officer who works in this operation."""
    actor = replace(party.actor(role), operation=operation)
    return party.node.writer.submit(lambda tx: what(Act(tx, actor), **values))


def open_second(centre: Party) -> str:
    return str(
        say(
            centre,
            "coordinator",
            centre.operation,
            open_operation,
            name="Second",
            first_day="2030-04-03",
            last_day="2030-04-09",
            zone="America/Barbados",
            country=["BB", "GY"],
            authority_name="Centre",
            authority_country="BB",
            officer_name="Centre first",
            officer_service_number="1",
        )
    )


def joins(
    centre: Party,
    other: Party,
    operation: str,
    country: str = "GY",
    part: str = "member",
    kind: str = "police",
    meanwhile: Callable[[], object] = lambda: None,
    taken: bool = True,
) -> None:
    """`other` takes up an invitation into a second operation with the ring that it has.

    `meanwhile`: what happens between the invitation and its answer; `taken`: whether the answer, and those
    that wait, are handed over.
    """
    here, moment = centre.node, datetime.now(UTC)
    values: dict[str, Any] = {
        "name": other.name,
        "kind": kind,
        "country": country,
        "zone": "America/Guyana",
        "part": part,
    }
    say(centre, "coordinator", operation, invite_authority, authority=other.authority, **values)
    own = here.rings.device(centre.authority)
    say(centre, "coordinator", operation, enrol_device, public=own[0].hex())
    say(centre, "coordinator", operation, announce_node, public=here.key.public.hex())
    invitation = invite(
        operation=operation,
        inviter=centre.authority,
        node=here.key,
        device=own,
        address="",
        authority=other.authority,
        now=moment,
        **values,
    )
    officer = centre.actor("coordinator").officer
    here.writer.submit(lambda tx: invitations.remember(tx.sql, invitation, moment, officer))
    text = write(invitation, here.key, own)
    meanwhile()
    admission.answer_again(other.node, read(text, moment), "")
    for answer in answers(other.node.sql(), here.key.origin) if taken else ():
        assert list(centre.exchange.answer(JOIN + answer)) == [WELCOME]


@pytest.fixture
def second(three: Three) -> str:
    """The centre and Guyana's police are in it; Trinidad's are not."""
    operation = open_second(three.centre)
    joins(three.centre, three.guyana, operation)
    settle(list(three))
    put_on_roster(three.guyana.node)
    settle(list(three))
    return operation


def test_the_same_keys_speak_in_both(three: Three, second: str) -> None:
    first, later = lead(three.guyana), say(three.guyana, "officer", second, report_lead, **LEAD)
    settle(list(three))
    rows = three.centre.rows("operations_lead", "id, operation")
    assert sorted(rows) == sorted([(first, three.centre.operation), (later, second)])
    assert three.centre.rows("journal_held", "idx") == [] == alarmed(three.centre)
    assert put_on_roster(three.guyana.node) == 0, "each officer stands in both files, and is said once"


def test_who_was_not_invited_gets_nothing_of_it(three: Three, second: str) -> None:
    say(three.guyana, "officer", second, report_lead, **LEAD)
    settle(list(three))
    assert three.trinidad.rows("access_member", "operation") == [(three.centre.operation,)] * 3
    assert three.trinidad.rows("operations_operation", "id") == [(three.centre.operation,)]
    ((file,),) = three.centre.node.sql().all(
        "select compartment from access_operation_file where operation = ?", (second,)
    )
    assert all(row[0] != file for row in three.trinidad.rows("journal_entry", "compartment"))


def test_the_second_authority_of_a_node_joins_it_as_the_first_did(three: Three) -> None:
    """The file is pinned once a node: the prosecution on its police's node was told that it had joined."""
    centre, guyana, trinidad = three
    court = copy(guyana)
    court.name, court.officers = "Guyana prosecution", {}
    invited(centre, court, kind="prosecution")
    settle(list(three))
    operation = open_second(centre)
    joins(centre, guyana, operation)
    settle(list(three))
    joins(centre, court, operation, kind="prosecution")
    settle(list(three))
    ((file,),) = guyana.node.sql().all(
        "select compartment from access_operation_file where operation = ?", (operation,)
    )
    for party in (guyana, court):
        assert bytes.fromhex(file) in guyana.node.rings.open[party.authority].current
        with pytest.raises(Refused, match="joined by it already"):
            joins(centre, party, operation, kind="police" if party is guyana else "prosecution")
    assert alarmed(trinidad) == [] == alarmed(centre)


def test_two_authorities_of_a_node_answer_before_either_is_taken(three: Three) -> None:
    """The network is away: the second answer took the place of the first, whose authority never joined."""
    centre, guyana, _ = three
    court = copy(guyana)
    court.name, court.officers = "Guyana prosecution", {}
    invited(centre, court, kind="prosecution")
    settle(list(three))
    operation = open_second(centre)
    joins(centre, guyana, operation, taken=False)
    joins(centre, court, operation, kind="prosecution")
    settle(list(three))
    for party in (guyana, court):
        with pytest.raises(Refused, match="joined by it already"):
            joins(centre, party, operation, kind="police" if party is guyana else "prosecution")


def test_what_arrives_before_the_answer_counts_once_it_is_given(three: Three) -> None:
    """The nodes exchange of the first operation anyway: the second's file comes before the text of the
    invitation is brought, and nothing of it comes again."""
    centre, guyana, _ = three
    operation = open_second(centre)
    joins(centre, guyana, operation, meanwhile=lambda: settle(list(three)))
    settle(list(three))
    assert (operation,) in guyana.rows("operations_operation", "id")
    assert (operation, guyana.authority) in guyana.rows("access_member", "operation, authority")
    assert guyana.rows("journal_held", "reason") == [] == alarmed(guyana)
    lead_id = say(guyana, "officer", operation, report_lead, **LEAD)
    settle(list(three))
    assert (lead_id, operation) in centre.rows("operations_lead", "id, operation")


def test_a_member_of_one_is_not_believed_in_the_other(three: Three, second: str) -> None:
    """Attack: Trinidad's police, with a node without checks, open a file in the second operation."""
    actor = replace(three.trinidad.actor("national-lead"), operation=second)
    readers = [three.trinidad.authority, three.centre.authority]
    with lawless():
        three.trinidad.node.writer.submit(lambda tx: Act(tx, actor).open("police", f"{second}:TT", readers))
    settle(list(three))
    assert (f"{second}:TT",) not in three.centre.rows("access_compartment", "about")


@pytest.mark.parametrize("way", ["second-into-first", "first-into-second"])
def test_an_entry_of_one_in_a_file_of_the_other_is_an_alarm(three: Three, second: str, way: str) -> None:
    """Attack: a reader and member of both, whose node has no checks, names the other operation."""
    three.centre.appoint("analyst")
    put_on_roster(three.centre.node)
    files, named = [three.centre.operation, second], [second, three.centre.operation]
    if way == "first-into-second":
        files, named = files[::-1], named[::-1]
    lead_id = say(three.guyana, "officer", files[0], report_lead, **LEAD)
    settle(list(three))
    rows = three.centre.node.sql().all("select compartment from operations_lead where id = ?", (lead_id,))
    actor = replace(three.centre.actor("analyst"), operation=named[0])
    grade = LeadGrade(source_grade="3", information_grade="D", handling="P", reasons="elsewhere")
    with pytest.raises(Forbidden, match="of another operation"):
        three.centre.node.writer.submit(
            lambda tx: Act(tx, actor).say(rows[0][0], grade, subject=lead_id, supersedes={})
        )
    with lawless():
        three.centre.node.writer.submit(
            lambda tx: Act(tx, actor).say(rows[0][0], grade, subject=lead_id, supersedes={})
        )
    settle(list(three))
    stored = three.guyana.node.sql().all(
        "select operation, handling from operations_lead where id = ?", (lead_id,)
    )
    assert [tuple(row) for row in stored] == [(files[0], LEAD["handling"])]
    assert alarmed(three.guyana) == [("about", three.centre.authority)]


def test_what_an_authority_is_in_the_second_counts_for_nothing_in_the_first(three: Three) -> None:
    """Attack: who opens another operation makes a member there a supporter, and of another country."""
    operation = open_second(three.centre)
    joins(three.centre, three.guyana, operation, country="VC", part="support")
    settle(list(three))

    def member(of: str) -> tuple[str, str]:
        party = three.trinidad if of == "" else three.guyana
        row = party.node.writer.submit(
            lambda tx: Grounds(tx).member(three.guyana.authority, of or three.guyana.operation)
        )
        return row.country, row.part

    assert member(operation) == ("VC", "support")
    assert member(three.guyana.operation) == ("GY", "member") == member("")
    ((file,),) = three.guyana.node.sql().all(
        "select compartment from access_operation_file where operation = ?", (three.guyana.operation,)
    )
    assert not three.guyana.node.writer.submit(
        lambda tx: Grounds(tx).coordinates(three.guyana.authority, file)
    )


def test_who_is_withdrawn_and_what_is_revoked_is_so_in_both(three: Three, second: str) -> None:
    officer, files = (
        three.guyana.officers["officer"],
        set(three.guyana.rows("access_operation_file", "compartment")),
    )
    public = crypto_sign_keypair()[0].hex()
    device = say(three.guyana, "administrator", three.guyana.operation, enrol_device, public=public)
    settle(list(three))
    say(three.guyana, "administrator", second, withdraw_officer, officer=officer, reason="left")
    say(three.guyana, "administrator", second, revoke_device, device=device, reason="lost")
    entries = three.guyana.node.writer.submit(
        lambda tx: [
            *tx.entries_touching(f"access.Officer:{officer}"),
            *tx.entries_touching(f"access.Device:{device}"),
        ]
    )
    for verb in ("officer.withdraw", "device.revoke"):
        assert files <= {(entry.compartment,) for entry in entries if entry.verb == verb}, verb
    settle(list(three))
    for party in (three.trinidad, three.centre):
        officers = dict(party.rows("access_officer", "id, withdrawn"))
        devices = dict(party.rows("access_device", "id, revoked"))
        assert officers[officer] and devices[device], party.name


def test_a_suspension_in_the_second_holds_nothing_in_the_first(three: Three, second: str) -> None:
    """Attack: a member of the second, of which the first knows nothing, suspends who is in both."""
    lead(three.guyana)
    settle(list(three))
    authority = three.guyana.authority
    say(three.centre, "coordinator", second, suspend_member, authority=authority, reason="stolen")
    settle(list(three))
    first, later = lead(three.guyana), say(three.guyana, "officer", second, report_lead, **LEAD)
    settle(list(three))
    lead_ids = {row[0] for row in three.centre.rows("operations_lead", "id")}
    assert first in lead_ids and later not in lead_ids
    of = dict(three.centre.rows("access_compartment", "id, operation"))
    held = three.centre.node.sql().all(
        "select h.reason, e.compartment from journal_held h join journal_entry e on e.idx = h.idx"
    )
    assert "suspended" in {reason for reason, _ in held}
    assert not [place for _, place in held if of.get(place) == three.centre.operation]
    assert {of[row[0]] for row in three.centre.rows("access_suspended", "compartment")} == {second}


def test_who_is_suspended_in_the_second_gets_of_the_first_what_it_got(three: Three, second: str) -> None:
    """The nodes that know of it give it nothing of the second; none of the first gets a cut or a new key."""
    lead(three.guyana)
    say(three.guyana, "officer", second, report_lead, **LEAD)
    settle(list(three))
    of = dict(three.centre.rows("access_compartment", "id, operation"))

    def keys(party: Party) -> dict[str, int]:
        return {
            place: max((epoch[0] for epoch in epochs(party.node.rings, party.authority, place)), default=-1)
            for place in of
        }

    def visible_operations() -> list[str]:
        """The operations of files of which Guyana's node is given anything."""
        places, values = Outgoing(three.centre.node, sql, three.guyana.node.key.origin).visible()
        rows = sql.all(f"select c.operation from access_compartment c where c.id in {places}", values)
        return sorted({row[0] for row in rows})

    sql, first = three.centre.node.sql(), three.centre.operation
    before, both = keys(three.centre), sorted((first, second))
    assert visible_operations() == both
    say(
        three.centre, "coordinator", second, suspend_member, authority=three.guyana.authority, reason="stolen"
    )
    new = three.centre.do("coordinator", appoint_officer, name="New", service_number="BB-2", role="analyst")
    settle(list(three))
    assert visible_operations() == [first]
    renewed = {of[place] for place, number in keys(three.centre).items() if number > before[place]}
    assert renewed == {second}
    known = {row[0] for row in three.guyana.rows("access_officer", "id")}
    assert new in known
    cuts = {of[row[0]] for row in three.centre.rows("access_suspended", "compartment")}
    assert cuts == {second}


def test_who_supports_the_second_gives_no_keys_to_members_of_the_first(
    three: Three, second: str, tmp_path: Path
) -> None:
    """Attack: no member of the first, it invites Trinidad's police into the second without their knowledge
    and vouches for its own key as theirs. Whoever is in both would take that key's word in the first."""
    supporter, first = Party(tmp_path / "supporter", schema(), "supporter"), three.centre.operation
    three.centre.operation = second
    invited(three.centre, supporter, kind="centre", country="FR", part="support")
    three.centre.operation = first
    settle([*three, supporter])
    supporter.appoint("coordinator")
    public, victim = crypto_sign_keypair()[0].hex(), three.trinidad.authority
    invitation = {"name": "Police", "kind": "police", "country": "TT", "zone": "America/Port_of_Spain"}
    words = (
        build(AuthorityInvite, {**invitation, "part": "member", "officers": 0}),
        build(DeviceEnrol, {"public": public, "note": ""}),
        build(NodeAnnounce, {"origin": ORIGIN, "public": "b" * 64, "address": ""}),
    )
    before = [party.rows("access_node", "id, origin") for party in (three.centre, three.guyana)]
    with lawless():
        for word in words:
            supporter.node.writer.submit(
                lambda tx, content=word: (act := Act(tx, supporter.actor("coordinator"))).say(
                    act.operation_compartment, content, subject=victim
                )
            )
    settle([*three, supporter])
    device = device_id(bytes.fromhex(public)).hex()
    for party in (three.centre, three.guyana):
        assert victim not in party.node.writer.submit(lambda tx: Grounds(tx).holders(device)), party.name
        assert device not in {row[0] for row in party.rows("access_device", "id")}
        assert ("waiting",) in party.rows("journal_held", "reason")
    assert before == [party.rows("access_node", "id, origin") for party in (three.centre, three.guyana)]
    supporter.close()


@pytest.fixture
def stranger(tmp_path: Path, three: Three) -> Iterator[Party]:
    """A centre that is no member of the first operation has opened another one."""
    party = Party(tmp_path / "stranger", schema(), "stranger")
    opens(party)
    yield party
    party.close()


@pytest.mark.parametrize("claims", ["itself", "the centre", "the centre in its file"])
def test_the_operation_of_another_centre_is_not_joined_with_the_same_keys(
    three: Three, stranger: Party, claims: str
) -> None:
    """Attack: it invites Guyana's police in its own name or in that of their centre. In its operation's file
    it could vouch for a device of Trinidad's police, and of the centre, and speak for both in the first."""
    ring = stranger.node.rings.device(stranger.authority)
    invitation = invite(
        operation=three.centre.operation if claims.endswith("file") else stranger.operation,
        inviter=stranger.authority if claims == "itself" else three.centre.authority,
        node=stranger.node.key,
        device=ring,
        address="",
        authority=three.guyana.authority,
        now=datetime.now(UTC),
        **MEMBER,
    )
    received = read(write(invitation, stranger.node.key, ring), datetime.now(UTC))
    before = [three.guyana.rows(table) for table in JOINED]
    with pytest.raises(Refused):
        admission.answer_again(three.guyana.node, received, "")
    assert before == [three.guyana.rows(table) for table in JOINED]


def test_who_may_be_joined_is_not_told_by_a_row_that_was_put_there(three: Three, stranger: Party) -> None:
    """Attack: whoever writes the database makes the stranger the owner of the first operation's file."""
    ring, here = stranger.node.rings.device(stranger.authority), three.guyana.node
    invitation = invite(
        operation=stranger.operation,
        inviter=stranger.authority,
        node=stranger.node.key,
        device=ring,
        address="",
        authority=three.guyana.authority,
        now=datetime.now(UTC),
        **MEMBER,
    )
    received = read(write(invitation, stranger.node.key, ring), datetime.now(UTC))
    here.writer.submit(lambda tx: ingest.enrol(tx, received.device, received.inviter))
    here.sql().run("update access_compartment set owner = ? where kind = 'operation'", (stranger.authority,))
    with pytest.raises(Refused, match="not from the centre"):
        admission.answer_again(here, received, "")
