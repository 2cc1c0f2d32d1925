"""A thief's slip of succession: what a revocation ends includes what the ended device put on file itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.exchange.authorization import full_reauthorization
from libertad.exchange.control import key_succession
from libertad.exchange.onboarding import key_replacement
from libertad.exchange.peering import guarded, peers
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import restore
from libertad.journal.header import device_id
from libertad.vocabulary.verbs.access import DeviceRevoke
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.security.test_forging_access import operation_file
from tests.support import lone
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]


def robbed(three: Three, home: Path) -> Party:
    """Guyana's home is copied; returns the thief, with Guyana's keys and database."""
    party = three.guyana
    party.node.close()
    thief, owner = party.copy(home / "thief"), party.copy(home / "owner")
    lone.drop(party.node.home)
    party.__dict__.update(owner.__dict__)
    return thief


def own_device(party: Party) -> bytes:
    return device_id(party.node.rings.device(party.authority)[0])


def succeed(party: Party) -> list[bytes]:
    """The party makes new keys, vouched for by its old ones; returns its slips."""
    restore.accept(party.node)
    party.exchange = Exchange(party.node)
    return [bytes(row[0]) for row in party.node.sql().all("select slip from journal_succession order by at")]


def show(slips: list[bytes], *parties: Party) -> None:
    for party in parties:
        party.node.writer.submit(lambda tx: key_succession.introduce(tx, slips))


def recover(three: Three, since: datetime | None = None) -> None:
    """Guyana goes on under new keys for which the coordinator vouches, and revokes its old devices."""
    text = key_replacement.renew(three.guyana.node, "")
    three.guyana.exchange = Exchange(three.guyana.node)
    three.centre.do("coordinator", key_replacement._vouch, found=key_replacement.read(text))
    three.centre.node.writer.submit(lambda tx: peers.learn(tx.sql, tx.node.key.origin))
    three.guyana.do("administrator", key_replacement._revoke_old, reason="The server was stolen", since=since)
    three.trinidad.pull(three.centre)
    settle(list(three))


def speaking(party: Party, of: Party) -> set[bytes]:
    """The devices whose messages count at a node as those of an authority."""
    devices = guarded.standing_devices(party.node.sql())
    return {device for device, (_, authority) in devices.items() if authority == of.authority}


def another(party: Party) -> None:
    """The party's device enrols another, with which the party writes from now on."""
    ring = party.node.rings.ring(party.authority)
    old = ring.device
    fresh = party.node.rings.renew_device(party.authority)
    new, ring.device = ring.device, old
    party.do("administrator", enrol_device, public=fresh.hex())
    ring.device = new


def leads(party: Party) -> list[str]:
    return [str(row[0]) for row in party.rows("operations_lead", "id")]


def pull(party: Party, peer: Party) -> None:
    """Twice: what a device said that came with its own enrolment is asked for again."""
    for _ in range(2):
        party.pull(peer)


def hear(party: Party, thief: Party) -> None:
    """The party gets what the thief's node holds, though it has ended the exchange with it by now."""
    origin = thief.node.key.origin
    party.node.writer.submit(lambda tx: peers.change(tx.sql, origin, state=peers.ACTIVE))
    party.pull(thief)


def anew(party: Party) -> None:
    """Nothing changes where all is judged from nothing."""
    before = leads(party), party.rows("journal_held", "idx")
    done = party.node.writer.submit(full_reauthorization.judge_anew)
    assert (done.held, done.released, done.settled) == (0, 0, True)
    assert (leads(party), party.rows("journal_held", "idx")) == before


def test_a_device_that_a_thief_put_on_file_by_a_slip_ends_with_the_stolen_one(
    three: Three, tmp_path: Path
) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    thief = robbed(three, tmp_path)
    show(succeed(thief), three.centre, three.trinidad)
    forged = lead(thief, summary="By the thief")
    three.centre.pull(thief)
    assert leads(three.centre) == sorted([lead_id, forged])  # nobody can know yet
    recover(three)
    assert leads(three.centre) == [lead_id]
    lead(thief, summary="By the thief, later")
    hear(three.centre, thief)
    assert leads(three.centre) == [lead_id]
    for party in (three.centre, three.trinidad):
        assert own_device(thief) not in speaking(party, thief), party.name
    after = lead(three.guyana, summary="By the true one")
    settle(list(three))
    assert leads(three.centre) == sorted([lead_id, after])
    anew(three.centre)
    thief.close()


@pytest.mark.parametrize("by", ["slip", "entry"])
def test_what_such_a_device_puts_on_file_ends_with_it(three: Three, tmp_path: Path, by: str) -> None:
    """It enrols another, or makes a slip for another, and that one a third."""
    lead_id = lead(three.guyana)
    settle(list(three))
    thief = robbed(three, tmp_path)
    show(succeed(thief), three.centre, three.trinidad)
    three.centre.pull(thief)
    devices = [own_device(thief)]
    for number in range(2):
        if by == "slip":
            show(succeed(thief)[-1:], three.centre, three.trinidad)
        else:
            another(thief)
        devices.append(own_device(thief))
        lead(thief, summary=f"By the thief, {number}")
        pull(three.centre, thief)
    assert len(leads(three.centre)) == 3
    recover(three)
    assert leads(three.centre) == [lead_id]
    lead(thief, summary="By the thief, later")
    hear(three.centre, thief)
    assert leads(three.centre) == [lead_id]
    assert speaking(three.centre, thief).isdisjoint(devices)
    anew(three.centre)
    thief.close()


def test_what_a_stolen_device_enrolled_after_it_was_stolen_ends_with_it(three: Three, tmp_path: Path) -> None:
    """The enrolment falls, and with it what the enrolled device had said before."""
    lead_id = lead(three.guyana)
    settle(list(three))
    thief = robbed(three, tmp_path)
    another(thief)
    forged = lead(thief, summary="By the thief")
    pull(three.centre, thief)
    assert leads(three.centre) == sorted([lead_id, forged])
    recover(three)
    assert leads(three.centre) == [lead_id]
    assert own_device(thief) not in speaking(three.centre, thief)
    anew(three.centre)
    thief.close()


def test_an_authority_says_since_when_its_device_was_in_other_hands(three: Three) -> None:
    """The thief sat at the node itself, so that the node holds all that was said with its keys."""
    lead_id = lead(three.guyana)
    settle(list(three))
    theft = datetime.now(UTC)
    forged = [lead(three.guyana, summary="By the thief")]
    another(three.guyana)
    forged.append(lead(three.guyana, summary="By a device that the thief enrolled"))
    thiefs = own_device(three.guyana)
    settle(list(three))
    assert leads(three.centre) == sorted([lead_id, *forged])
    recover(three, since=theft)
    assert leads(three.centre) == leads(three.guyana) == [lead_id]
    assert thiefs not in speaking(three.centre, three.guyana)
    after = lead(three.guyana, summary="By the true one")
    settle(list(three))
    assert leads(three.centre) == sorted([lead_id, after])
    anew(three.centre)


def test_an_honest_succession_before_a_later_theft_goes_on(three: Three, tmp_path: Path) -> None:
    """The first device's successor spoke for years; its own keys are stolen then."""
    first = lead(three.guyana)
    settle(list(three))
    show(succeed(three.guyana), three.centre, three.trinidad)
    second = lead(three.guyana, summary="By the successor")
    settle(list(three))
    thief = robbed(three, tmp_path)
    recover(three)
    assert leads(three.centre) == sorted([first, second])
    lead(thief, summary="By the thief")
    hear(three.centre, thief)
    assert leads(three.centre) == sorted([first, second])
    anew(three.centre)
    thief.close()


def test_who_revokes_the_device_whose_place_it_took_goes_on_itself(three: Three, tmp_path: Path) -> None:
    """An old backup was stolen after an honest restore: its key is revoked by the one that followed it."""
    first = lead(three.guyana)
    settle(list(three))
    old = own_device(three.guyana)
    show(succeed(three.guyana), three.centre, three.trinidad)
    settle(list(three))
    three.guyana.do("administrator", revoke_device, device=old.hex(), reason="an old backup was stolen")
    after = lead(three.guyana, summary="By the successor")
    settle(list(three))
    assert leads(three.centre) == sorted([first, after])
    assert own_device(three.guyana) in speaking(three.centre, three.guyana)
    show(succeed(three.guyana), three.centre, three.trinidad)  # and restores once more
    last = lead(three.guyana, summary="By its own successor")
    settle(list(three))
    assert leads(three.centre) == sorted([first, after, last])
    anew(three.centre)


def test_a_past_that_a_thiefs_successor_voided_comes_back_with_new_keys(three: Three, tmp_path: Path) -> None:
    """A successor's revocation counts alike at every node, an honest one's and a thief's, until new keys that
    another authority vouched for revoke the stolen device: then the thief's word falls, and what it ended
    stands again. By what each node had heard first, nodes would differ after every honest restore."""
    lead_id = lead(three.guyana)
    settle(list(three))
    thief = robbed(three, tmp_path)
    stolen = own_device(three.guyana).hex()
    ((police,),) = set(three.guyana.rows("operations_lead", "compartment"))
    show(succeed(thief), three.centre, three.trinidad)
    content = DeviceRevoke(device=stolen, reason="forged", last=-1)
    with lawless():
        for place in (police, operation_file(three.guyana)):
            thief.do(
                "national-lead",
                lambda act, place: act.say(place, content, subject=act.actor.authority),
                place=place,
            )
    three.centre.pull(thief)
    assert leads(three.centre) == []
    recover(three)
    assert leads(three.centre) == [lead_id]
    anew(three.centre)
    thief.close()
