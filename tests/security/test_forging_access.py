"""The forgeries that mattered most, one by one, and what an older version had believed of them."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from libertad.exchange.authorization import entry_authorization, full_reauthorization
from libertad.exchange.authorization.settle_alarm import confirm_settling, propose_settling
from libertad.exchange.peering import peers
from libertad.journal.header import device_id
from libertad.vocabulary.verbs.access import DeviceEnrol, NodeAnnounce
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]
TABLES = (
    "access_authority",
    "access_compartment",
    "access_device",
    "access_node",
    "access_officer",
    "access_reader",
    "journal_device",
    "operations_lead",
)


def operation_file(party: Party) -> str:
    ((compartment,),) = party.rows("access_operation_file", "compartment")
    return str(compartment)


def forge(party: Party, content: object, subject: str, role: str = "national-lead") -> str:
    """A word of the party's about another, in the operation's file, by a node without checks."""
    with lawless():
        return party.do(role, lambda act: act.say(operation_file(party), content, subject=subject))


def believed(party: Party) -> dict[str, list[object]]:
    columns = {
        "access_reader": "id, authority",
        "access_officer": "id, authority, role, withdrawn",
        "journal_device": "id, authority",
        "operations_lead": "id, compartment",
    }
    return {table: party.rows(table, columns.get(table, "*")) for table in TABLES}


def alarmed(party: Party) -> list[tuple[str, str]]:
    return party.rows("exchange_alarm", "kind, who")


def test_a_device_that_is_enrolled_for_another_authority_speaks_for_nobody(three: Three) -> None:
    from nacl.bindings import crypto_sign_keypair

    public, _ = crypto_sign_keypair()
    forge(three.guyana, DeviceEnrol(public=public.hex()), three.trinidad.authority)
    settle(list(three))
    for party in (three.centre, three.trinidad):
        assert alarmed(party) == [("about", three.guyana.authority)], party.name
        assert device_id(public).hex() not in {row[0] for row in party.rows("access_device", "id")}
        assert (
            party.node.sql().first("select 1 from journal_device where id = ?", (device_id(public),)) is None
        )


def test_a_node_that_is_announced_for_another_authority_leads_nobody_there(three: Three) -> None:
    key = three.guyana.node.key
    forge(three.guyana, NodeAnnounce(public=key.public.hex(), origin=key.origin), three.trinidad.authority)
    settle(list(three))
    lives = peers.authorities(three.centre.node.sql(), three.trinidad.node.key.origin)
    assert lives == [three.trinidad.authority]
    assert alarmed(three.centre) == [("about", three.guyana.authority)]


def test_a_second_file_of_the_operation_makes_nobody_a_coordinator(three: Three) -> None:
    from libertad.operations.actions.set_window import set_window  # noqa: F401
    from libertad.vocabulary.verbs.operations import OperationOpen

    everybody = [party.authority for party in three]
    with lawless():
        place = three.guyana.do(
            "national-lead", lambda act: act.open("operation", act.actor.operation, everybody)
        )
        content = OperationOpen(
            name="Renamed",
            first_day="2018-04-03",
            last_day="2018-04-09",
            zone="America/Guyana",
            country=("GY",),
        )
        three.guyana.do("national-lead", lambda act: act.say(place, content, subject=three.guyana.operation))
    settle(list(three))
    for party in (three.centre, three.trinidad):
        assert party.rows("operations_operation", "compartment") == [(operation_file(party),)]
        assert ("about", three.guyana.authority) in alarmed(party)


def test_later_words_about_access_wait_until_somebody_settles_the_alarm(three: Three) -> None:
    from libertad.access.actions.appoint_officer import appoint_officer

    key = three.guyana.node.key
    forge(three.guyana, NodeAnnounce(public=key.public.hex(), origin=key.origin), three.trinidad.authority)
    settle(list(three))
    lead_id = lead(three.guyana)  # reports go on
    fresh = three.guyana.do("administrator", appoint_officer, name="N", service_number="GY-N", role="analyst")
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]
    assert (fresh,) not in three.centre.rows("access_officer", "id")
    ((alarm,),) = three.centre.rows("exchange_alarm", "id")
    three.centre.appoint("administrator")
    here, why = three.centre.node, "They have their keys"
    settlement = propose_settling(here, three.centre.actor("coordinator"), alarm, why)
    confirm_settling(here, three.centre.actor("administrator"), settlement, "I telephoned them too")
    assert (fresh,) in three.centre.rows("access_officer", "id")
    assert [row[0] for row in three.centre.rows("journal_held", "reason")] == ["about"]


def test_what_an_older_version_believed_is_judged_anew_and_undone(three: Three) -> None:
    """As 0.1 did: whom a word is about is not asked. After the upgrade it is as if it had not been said."""
    from nacl.bindings import crypto_sign_keypair

    lead(three.guyana)
    settle(list(three))
    before = {party.name: believed(party) for party in three}
    public, _ = crypto_sign_keypair()
    key = three.guyana.node.key
    with (
        patch.object(entry_authorization, "judge_about", lambda *_: None),
        patch.object(
            entry_authorization.Judge,
            "_permitted_roles",
            lambda *_: frozenset({"coordinator", "national-lead"}),
        ),
        patch.object(entry_authorization.Judge, "_coordinates", lambda *_: True),
    ):
        forge(three.guyana, DeviceEnrol(public=public.hex()), three.trinidad.authority)
        forge(
            three.guyana, NodeAnnounce(public=key.public.hex(), origin=key.origin), three.trinidad.authority
        )
        three.centre.pull(three.guyana)
    sql = three.centre.node.sql()
    old = peers.get(sql, three.trinidad.node.key.origin)
    assert old is not None and old.state == peers.ENDED  # 0.1 had been led away
    assert peers.authorities(sql, key.origin) == sorted([three.guyana.authority, three.trinidad.authority])
    done = three.centre.node.writer.submit(full_reauthorization.judge_anew)
    assert (done.held, done.released, done.settled) == (2, 0, True)
    assert three.centre.node.writer.submit(full_reauthorization.judge_anew) == (0, 0, True)
    after = believed(three.centre)
    devices = [row for row in after.pop("journal_device") if row[0] != device_id(public)]
    assert (devices, after) == (before["centre"].pop("journal_device"), before["centre"])
    assert peers.authorities(sql, key.origin) == [three.guyana.authority]
    now = peers.get(sql, three.trinidad.node.key.origin)
    assert now is not None and now.state == peers.ACTIVE
    assert ("about", three.guyana.authority) in alarmed(three.centre)
    fresh = three.trinidad.appoint("press")  # and the exchange goes on
    three.centre.pull(three.trinidad)
    assert (fresh,) in three.centre.rows("access_officer", "id")
