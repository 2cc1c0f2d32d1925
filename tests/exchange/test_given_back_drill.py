"""A drill of loss and restore: what a living peer holds opens again, whatever was done meanwhile."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from libertad.exchange.scheduler import introductions
from libertad.exchange.sync.endpoint import WELCOME
from libertad.journal.header import decode
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName
from tests.exchange.conftest import Three
from tests.exchange.control.test_introduction import restored
from tests.exchange.giving_back import removed, shut
from tests.exchange.test_exchange import lead
from tests.exchange.test_recorded_again import people
from tests.support import lone
from tests.support.nodes import LoneNode, Party, settle
from tests.support.sharing import share_person


@pytest.mark.parametrize("seed", (1, 2))
def test_every_entry_that_a_living_peer_holds_opens_again(three: Three, tmp_path: Path, seed: int) -> None:
    """Random work and exchange, a backup in its midst, more of both, the machine lost, restored elsewhere."""
    drilled(three, tmp_path, seed)


def drilled(three: Three, folder: Path, seed: int) -> None:
    chance, (centre, guyana, trinidad) = random.Random(seed), three
    other_parties = [centre, trinidad]
    worked([guyana, *other_parties], chance, chance.randrange(5, 25))
    guyana.node.close()
    copy = guyana.copy(folder / "set")
    of_the_set = set(copy.node.rings.known)
    copy.node.close()
    lost = guyana.copy(folder / "lost")
    guyana.node = LoneNode(guyana.node.home)
    worked([lost, *other_parties], chance, chance.randrange(10, 40))
    opened = entries(lost) & (entries(centre, lost.authority) | entries(trinidad, lost.authority))
    never = {(giver.name, kid) for giver in other_parties for kid in kept_from(giver, lost) - of_the_set}
    lost.close()
    party = copy.copy(folder / "back")
    try:
        restored(party)
        for other in other_parties:
            slips = introductions(party.node, other.node.key.origin)
            assert list(other.exchange.answer(slips[0])) == [WELCOME]
        for _ in range(3):
            settle([party, *other_parties])
        assert opened - entries(party) == set() and shut(party) == []
        assert not {
            pair for pair in never for other in other_parties if pair == (other.name, held_by(other, pair[1]))
        }
    finally:
        party.close()
        lone.drop(copy.node.home)


def entries(party: Party, shared_with: str = "") -> set[bytes]:
    """Hashes of the entries that a node opens; of the files that its authority and another one read."""
    sql, known = party.node.sql(), party.node.rings.known
    rows = sql.all("select compartment, hash, header from journal_entry where body is not null")
    own_files, shared_files = (
        {row[0] for row in sql.all("select compartment from access_reader where authority = ?", (name,))}
        for name in (party.authority, shared_with)
    )
    return {
        bytes(name)
        for place, name, exact in rows
        if decode(bytes(exact)).key_id in known and (not shared_with or place in own_files & shared_files)
    }


def kept_from(party: Party, lost: Party) -> set[bytes]:
    """Ids of keys in the rings of the node that is lost which this party has not, and of files that it does
    not read."""
    reads = {
        row[0]
        for row in lost.node.sql().all(
            "select compartment from access_reader where authority = ?", (party.authority,)
        )
    }
    ring = lost.node.rings.ring(lost.authority)
    places = {kid: lost.node.rings.place(kid) for kid in ring.keys}
    return {
        kid
        for kid, place in places.items()
        if kid not in party.node.rings.known and place is not None and place[0].hex() not in reads
    }


def held_by(party: Party, kid: bytes) -> bytes | None:
    return kid if kid in party.node.rings.known else None


def worked(parties: list[Party], chance: random.Random, count: int) -> None:
    """Acts at random at the police of two countries, and exchange between any two now and then."""
    guyana, _centre, trinidad = parties
    for _ in range(count):
        party, reader, country = chance.choice([(guyana, trinidad, "GY"), (trinidad, guyana, "TT")])
        query = "select id from people_person where authority = ? order by id"
        own = [row[0] for row in party.node.sql().all(query, (party.authority,))]
        act = chance.random()
        if act < 0.35 or not own:
            name = (PersonName(text=f"Somebody {chance.randrange(1000)}"),)
            party.do("officer", meet_person, country=country, name=name)
        elif act < 0.55:
            person = chance.choice(own)
            party.do("officer", share_person, person=person, authority=reader.authority, reason="helps")
        elif act < 0.7:
            visible, language = sorted(people(party)), chance.choice(["spa", "por"])
            party.do("officer", state_person, person=chance.choice(visible), language=[language])
        elif act < 0.8:
            removed(party, reader, chance.choice(own))
        elif act < 0.85:
            lead(guyana, summary=f"Lead {chance.randrange(1000)}")
        else:
            puller, source = chance.sample(parties, 2)
            puller.pull(source)
