"""A device that nobody enrolled: both nodes see the gap, and enrolling closes it."""

from __future__ import annotations

from libertad.access.acting import Act, new_id
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import FOUNDERS, Actor
from libertad.access.founding import _first
from libertad.exchange.peering import hosting
from libertad.exchange.receiving import receiver
from libertad.exchange.sync.repair import repair
from libertad.journal import ingest
from libertad.operations.actions.register_site import register_site
from libertad.vocabulary.values import Place
from tests.exchange.conftest import Three
from tests.support.nodes import Party, settle


def hosted(centre: Party) -> Actor:
    """Police on the centre's node as 0.1 invited them: with a ring, and no word of their device."""
    here, authority, officer = centre.node, new_id(), new_id()
    public = here.rings.create(authority, None, "")
    here.writer.submit(lambda tx: ingest.enrol(tx, public, authority))
    centre.do(
        "coordinator",
        invite_authority,
        name="Barbados police",
        kind="police",
        country="BB",
        zone="America/Barbados",
        authority=authority,
    )
    actor = Actor(officer, authority, "administrator", centre.operation)
    FOUNDERS.add((authority, officer))
    try:
        here.writer.submit(
            lambda tx: _first(Act(tx, actor), name="A", rank="", service_number="1", what=None)
        )
    finally:
        FOUNDERS.discard((authority, officer))
    lead = here.writer.submit(
        lambda tx: appoint_officer(Act(tx, actor), name="B", service_number="2", role="national-lead")
    )
    return Actor(lead, authority, "national-lead", centre.operation)


def site(centre: Party, lead: Actor, name: str) -> None:
    place = Place(lat=13.1, lon=-59.6)
    values = {"country": "BB", "workplace": "farm", "zone": "America/Barbados", "place": place}
    centre.node.writer.submit(lambda tx: register_site(Act(tx, lead), name=name, **values))


def count_site_counts(party: Party) -> int:
    return len(party.rows("operations_sitecount"))


def test_both_nodes_name_what_is_not_enrolled_and_enrolling_closes_it(three: Three) -> None:
    centre, guyana = three.centre, three.guyana
    assert hosting.not_enrolled(centre.node, centre.node.sql()) == []
    lead = hosted(centre)
    site(centre, lead, "Harbour")
    settle(list(three))
    assert count_site_counts(guyana) == count_site_counts(centre) - 1  # the figures differ, and both say why
    (gap,) = hosting.not_enrolled(centre.node, centre.node.sql())
    assert (gap.authority, gap.name) == (lead.authority, "Barbados police")
    (unread,) = hosting.unreadable(guyana.node.sql())
    assert unread.origin == centre.node.key.origin and unread.since > 0
    left = repair(guyana.exchange, centre.node.key.origin, guyana.trip_to(centre)).left
    assert left > 0
    assert lead.authority in centre.do("coordinator", hosting.enrol_hosted, address="")
    settle(list(three))
    repaired = repair(guyana.exchange, centre.node.key.origin, guyana.trip_to(centre))
    assert repaired.left == 0 and count_site_counts(guyana) == count_site_counts(centre)
    assert hosting.not_enrolled(centre.node, centre.node.sql()) == []
    assert hosting.unreadable(guyana.node.sql()) == []
    assert centre.do("coordinator", hosting.enrol_hosted, address="")  # nothing is said twice
    assert centre.rows("journal_held") == guyana.rows("journal_held") == []


def test_inviting_onto_this_node_enrols_and_so_does_the_next_invitation(three: Three) -> None:
    centre = three.centre
    before = hosted(centre)
    authority = new_id()
    public = centre.node.rings.create(authority, None, "")
    centre.node.writer.submit(lambda tx: ingest.enrol(tx, public, authority))
    centre.do(
        "coordinator",
        hosting.invite_hosted,
        address="https://centre.example",
        name="Prosecution",
        kind="prosecution",
        country="BB",
        zone="America/Barbados",
        authority=authority,
    )
    assert hosting.not_enrolled(centre.node, centre.node.sql()) == []
    addresses = {row[0]: row[1] for row in centre.rows("access_node", "id, address")}
    assert addresses[authority] == addresses[before.authority] == "https://centre.example"


def test_a_peer_that_signs_with_many_keys_fills_nobodys_disk(three: Three, monkeypatch: object) -> None:
    guyana = three.guyana
    origin = three.centre.node.key.origin
    for batch in range(3):
        devices = {f"{batch:02x}{n:030x}" for n in range(receiver.MOST_UNREAD - 100)}
        guyana.node.writer.submit(lambda tx, devices=devices: receiver.unread(tx, origin, devices))
    assert len(guyana.rows("exchange_unread", "device")) == receiver.MOST_UNREAD
