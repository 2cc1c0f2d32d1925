"""Keys and addresses of an authority that is in two operations reach the members of each; and whose word a
node that lives with a stranger's member takes for an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import Act
from libertad.access.actions.announce_node import announce_node
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.propose_change import propose_change
from libertad.access.actions.sign_change import sign_change
from libertad.access.grounds import Grounds
from libertad.exchange.onboarding import admission, invitations, key_replacement
from libertad.exchange.onboarding.invitation import invite, read, write
from libertad.exchange.onboarding.key_replacement import NewKeys
from libertad.exchange.peering.roster import put_on_roster
from libertad.exchange.sync.endpoint import JOIN, WELCOME
from libertad.journal import ingest
from libertad.journal.header import device_id
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary.body import build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, DeviceEnrol, NodeAnnounce
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_second_operation import JOINED, MEMBER, ORIGIN, joins, say
from tests.exchange.test_second_operation import second as second
from tests.operations.test_leads import LEAD
from tests.security.test_forging_access import alarmed
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, schema, settle
from tests.support.nodes import operation as opens

pytestmark = [pytest.mark.django_db]
MOVED = "https://moved.example"


@pytest.fixture
def barbados(three: Three, second: str, tmp_path: Path) -> Iterator[Party]:
    """Police that are in the second operation alone. Trinidad's are in the first alone."""
    police, first = Party(tmp_path / "barbados", schema(), "barbados"), three.centre.operation
    three.centre.operation = second
    invited(three.centre, police, country="BB")
    three.centre.operation = first
    settle([*three, police])
    yield police
    police.close()


def holders(party: Party, device: str) -> set[str]:
    authorities: set[str] = party.node.writer.submit(lambda tx: Grounds(tx).holders(device))
    return authorities


def address(party: Party, authority: str) -> str:
    return str(dict(party.rows("access_node", "id, address"))[authority])


@pytest.mark.parametrize("said_in", ["first", "second"])
def test_a_device_and_an_address_said_in_one_reach_the_members_of_both(
    three: Three, second: str, barbados: Party, said_in: str
) -> None:
    """Said where its administrator works at that moment, they were unknown to the other's members: what the
    new device said was held there for ever, and nobody found the node any more."""
    guyana, everybody = three.guyana, [*three, barbados]
    operation = second if said_in == "second" else three.centre.operation
    public = crypto_sign_keypair()[0].hex()
    own = guyana.node.key.public.hex()
    for at in (MOVED, "https://again.example", MOVED):  # there, on, and back again
        say(guyana, "administrator", operation, announce_node, public=own, address=at)
    device = say(guyana, "administrator", operation, enrol_device, public=public)
    settle(everybody)
    for party in everybody:
        assert holders(party, device) == {guyana.authority}, party.name
        assert address(party, guyana.authority) == MOVED, party.name
        assert party.rows("journal_held", "reason") == [] == alarmed(party), party.name
    size = guyana.rows("journal_entry", "idx")
    say(guyana, "administrator", second, announce_node, public=own, address=MOVED)
    say(guyana, "administrator", second, enrol_device, public=public)
    assert guyana.rows("journal_entry", "idx") == size, "what stands in both is said in neither again"


def test_new_keys_that_the_centre_vouches_for_reach_the_members_of_both(
    three: Three, second: str, barbados: Party
) -> None:
    """The new key signed for one operation; in the other the centre's word stands alone."""
    guyana = three.guyana
    public, secret = crypto_sign_keypair()
    new_keys = NewKeys(
        crypto_sign_keypair()[0],
        MOVED,
        {bytes.fromhex(guyana.authority): public},
        {bytes.fromhex(guyana.authority): bytes.fromhex(prove_enrolment(secret, guyana.authority, second))},
    )
    say(three.centre, "coordinator", three.centre.operation, key_replacement._vouch, found=new_keys)
    settle([three.centre, three.trinidad, barbados])
    device = device_id(public).hex()
    for party in (three.centre, three.trinidad, barbados):
        assert holders(party, device) == {guyana.authority}, party.name
        assert party.rows("journal_held", "reason") == [] == alarmed(party), party.name


def test_a_centre_says_nothing_in_an_operation_that_it_does_not_coordinate(
    three: Three, second: str, barbados: Party
) -> None:
    """Who supports one of two vouches in that one alone, however much it reads of the other."""
    act = three.centre.node.writer.submit(
        lambda tx: Act(tx, three.centre.actor("coordinator")).operation_files(three.guyana.authority)
    )
    assert len(act) == 2
    guyana_files = three.guyana.node.writer.submit(
        lambda tx: Act(tx, three.guyana.actor("national-lead")).operation_files(three.centre.authority)
    )
    assert guyana_files == []


def test_an_answer_without_an_address_takes_none_away(three: Three, second: str, tmp_path: Path) -> None:
    """Trinidad's police are known by an address; their answer to a further invitation came in a file."""
    trinidad = three.trinidad
    own = trinidad.node.key.public.hex()
    say(
        three.centre,
        "coordinator",
        three.centre.operation,
        announce_node,
        public=own,
        address=MOVED,
        authority=trinidad.authority,
    )
    joins(three.centre, trinidad, second, country="TT")
    settle(list(three))
    for party in three:
        assert address(party, trinidad.authority) == MOVED, party.name


def test_a_stranger_invites_nobody_by_its_own_word_on_a_node_where_it_has_a_member(
    three: Three, tmp_path: Path
) -> None:
    """Attack: a stranger's new member lives on Trinidad's node, so that the node reads the stranger's file.
    There the stranger says that Trinidad's police are in its operation, and invites them into a further one:
    with their keys in it, it would vouch for devices of theirs."""
    stranger, trinidad = Party(tmp_path / "stranger", schema(), "stranger"), three.trinidad
    opens(stranger)
    moment = datetime.now(UTC)
    values: dict[str, Any] = MEMBER | {"name": "New", "country": "TT"}
    new = stranger.do("coordinator", admission._invite, address="", **values)
    own = stranger.node.rings.device(stranger.authority)

    def text(operation: str, authority: str) -> str:
        invitation = invite(
            operation=operation,
            inviter=stranger.authority,
            node=stranger.node.key,
            device=own,
            address="",
            authority=authority,
            now=moment,
            **values,
        )
        officer = stranger.actor("coordinator").officer
        stranger.node.writer.submit(lambda tx: invitations.remember(tx.sql, invitation, moment, officer))
        return write(invitation, stranger.node.key, own)

    public = trinidad.node.rings.create(new, None, "")
    trinidad.node.writer.submit(lambda tx: ingest.enrol(tx, public, new))
    answer = admission.answer(trinidad.node, read(text(stranger.operation, new), moment), "")
    assert list(stranger.exchange.answer(JOIN + answer)) == [WELCOME]
    settle([*three, stranger])
    claim = build(AuthorityInvite, {**values, "name": "Trinidad", "officers": 0})
    with lawless():
        stranger.do(
            "coordinator",
            lambda act: act.say(act.operation_compartment, claim, subject=trinidad.authority, supersedes={}),
        )
    settle([*three, stranger])
    name = f"{stranger.operation}:{trinidad.authority}"
    assert (name,) in trinidad.rows("access_member", "id"), "the node reads the stranger's word"
    before = [trinidad.rows(table) for table in JOINED]
    with pytest.raises(Refused, match="not from the centre"):
        admission.answer_again(trinidad.node, read(text("e" * 32, trinidad.authority), moment), "")
    assert before == [trinidad.rows(table) for table in JOINED]
    # Nor does it vouch for a device of Guyana's police, whom it names otherwise, or hinder their centre.
    guyana, called = three.guyana, dict(trinidad.rows("access_authority", "id, name"))
    keys = [crypto_sign_keypair()[0].hex() for _ in range(2)]
    words = (
        build(AuthorityInvite, {**values, "name": "Not Guyana", "kind": "care", "officers": 0}),
        build(DeviceEnrol, {"public": keys[0], "note": ""}),
        build(NodeAnnounce, {"origin": ORIGIN, "public": "b" * 64, "address": ""}),
    )
    with lawless():
        for word in words:
            stranger.do(
                "coordinator",
                lambda act, content=word: act.say(
                    act.operation_compartment, content, subject=guyana.authority, supersedes={}
                ),
            )
    settle([*three, stranger])
    assert called[guyana.authority] == dict(trinidad.rows("access_authority", "id, name"))[guyana.authority]
    assert (guyana.authority, "police") in trinidad.rows("access_authority", "id, kind")
    assert holders(trinidad, device_id(bytes.fromhex(keys[0])).hex()) == set()
    assert guyana.node.key.origin == dict(trinidad.rows("access_node", "id, origin"))[guyana.authority]
    fresh = say(
        three.centre,
        "coordinator",
        three.centre.operation,
        enrol_device,
        public=keys[1],
        authority=guyana.authority,
    )
    lead = guyana.do("officer", report_lead, **LEAD)
    settle([*three, stranger])
    assert holders(trinidad, fresh) == {guyana.authority} and lead
    assert alarmed(trinidad) == []
    stranger.close()


def test_keys_that_were_vouched_for_in_both_are_taken_back_in_each(
    three: Three, second: str, barbados: Party
) -> None:
    """What is no fault of this and stands among what does not hold: one operation's two authorities take them
    back for who is in that one alone; who is in both takes the word of the other until it is taken back."""
    guyana, everybody, first = three.guyana, [*three, barbados], three.centre.operation
    public = crypto_sign_keypair()[0].hex()
    authority = guyana.authority
    device = say(three.centre, "coordinator", first, enrol_device, public=public, authority=authority)
    settle(everybody)
    enrolments = three.centre.node.writer.submit(
        lambda tx: list(tx.entries_touching(f"access.Device:{device}"))
    )
    entries = {entry.operation: entry.id for entry in enrolments}
    assert set(entries) == {first, second}
    barbados.appoint("national-lead")
    settle(everybody)

    def take_back(party: Party, operation: str) -> None:
        values = {"about": entries[operation], "reason": "Guyana lost nothing"}
        change = say(party, "national-lead", operation, propose_change, **values)
        settle(everybody)
        say(three.centre, "coordinator", operation, sign_change, change=change)
        settle(everybody)

    take_back(three.trinidad, first)
    assert holders(three.trinidad, device) == set()
    assert holders(guyana, device) == {authority} == holders(barbados, device)
    take_back(barbados, second)
    for party in everybody:
        assert holders(party, device) == set(), party.name


def test_members_of_each_learn_all_officers_of_who_is_in_both(
    three: Three, second: str, barbados: Party
) -> None:
    """What does not hold yet: an officer appointed in the first stands in the second's file as well; nothing
    of the first itself does."""
    three.guyana.appoint("exhibits-officer")
    put_on_roster(three.guyana.node)
    settle([*three, barbados])
    officers = {row[0]: row[1] for row in barbados.rows("access_officer", "id, authority")}
    assert officers[three.guyana.officers["exhibits-officer"]] == three.guyana.authority
    assert {row[0] for row in barbados.rows("access_member", "operation")} == {second}
    assert {row[0] for row in barbados.rows("access_compartment", "operation")} <= {second, ""}
