"""Keys given back after a restore: by readers, to who reads the file by the entries, and to nobody else."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.suspend_member import suspend_member
from libertad.exchange import given_back, keys, mailing, peers, telling, withholding, wrapping
from libertad.exchange.loop import introductions
from libertad.exchange.peers import now_ms
from libertad.exchange.session import WELCOME, Stranger
from libertad.exchange.wire import Word
from libertad.journal import sealing
from libertad.journal.header import decode
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.share_person import share_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.exchange.test_introducing import restored
from tests.exchange.test_recorded_again import Machine, met, people
from tests.exchange.test_revoked_recipient import DAY, announced, hear, revoke, second_device
from tests.support import lone
from tests.support.nodes import LoneNode, Party, settle

Rows = list[tuple[Any, ...]]


@pytest.fixture
def machine(three: Three, tmp_path: Path) -> Iterator[Machine]:
    with ExitStack() as stack:
        yield Machine(three, tmp_path, stack)


def file_of(party: Party, person: str) -> str:
    ((place,),) = party.node.sql().all(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    return str(place)


def shut(party: Party) -> Rows:
    """(compartment, number of its log) of entries here that no ring opens."""
    rows = party.node.sql().all("select compartment, seq, header from journal_entry where body is not null")
    known = party.node.rings.known
    return sorted((place, seq) for place, seq, exact in rows if decode(bytes(exact)).key_id not in known)


def wraps(giver: Party, asker: Party, place: str) -> list[bytes]:
    """The keys that `giver` would send after the node of `asker` asked for those of a file."""
    theirs = peers.authorities(giver.node.sql(), asker.node.key.origin)
    name = given_back.blinded(giver.node.key.origin, bytes.fromhex(place))
    ask(giver, asker, [name])
    found = wrapping.wraps_for(giver.node, giver.node.sql(), theirs)
    return [one for one in found if keys.unpacked(one).compartment.hex() == place]


def ask(giver: Party, asker: Party, names: list[bytes]) -> None:
    origin = asker.node.key.origin
    peer = peers.get(giver.node.sql(), origin)
    assert peer is not None
    telling.heard(giver.node, peer, Word(missing=names), giver.exchange.memory(origin))


def name_at(party: Party, place: str) -> bytes:
    return given_back.blinded(party.node.key.origin, bytes.fromhex(place))


def forget(giver: Party) -> None:
    giver.node.writer.submit(lambda tx: tx.sql.run("delete from exchange_released"))


# -- what is given back ----------------------------------------------------------------------


def test_what_came_after_the_rings_of_a_set_opens_again_for_who_recorded_it(machine: Machine) -> None:
    party = machine.back(rings=False)
    machine.heard(party)
    assert people(party) == {machine.first} and shut(party) == []
    assert party.do("officer", state_person, person=machine.first, language=["spa"])
    settle([party, *machine.others])
    assert shut(machine.others[1]) == []


def test_a_file_that_another_authority_opened_after_the_set_is_given_back_too(machine: Machine) -> None:
    """Its key had been given, and its taking confirmed: it is given again."""
    lost, trinidad = went_on(machine), machine.others[1]
    second = trinidad.do("officer", meet_person, country="TT", name=(PersonName(text="Eva"),))
    trinidad.do("officer", share_person, person=second, authority=lost.authority, reason="helps")
    settle([lost, *machine.others])
    assert people(lost) == {machine.first, second}
    lost.node.close()
    party = machine.back(rings=False)
    machine.heard(party)
    assert people(party) == {machine.first, second} and shut(party) == []


def went_on(machine: Machine) -> Party:
    """The machine that will be lost goes on for a while."""
    machine.lost = machine.lost.copy(machine.folder / "on")
    machine.stack.callback(lone.drop, machine.lost.node.home)
    return machine.lost


def test_an_older_ring_under_the_newest_database_gets_what_came_since(machine: Machine) -> None:
    """An erasure made new roots, so that the copies of keys in the database do not open by the older ring."""
    lost = went_on(machine)
    other = met(lost)
    lost.do("national-lead", erase_person, person=other, reason="the person asked for it")
    settle([lost, *machine.others])
    lost.node.close()
    for name in ("rings.db", "rings.backup"):
        shutil.copy(machine.set.node.home / name, lost.node.home / name)
    shutil.copytree(machine.set.node.home / "keys", lost.node.home / "keys", dirs_exist_ok=True)
    party = lost.copy(machine.folder / "older ring")
    machine.stack.callback(party.close)
    restored(party)
    assert shut(party) != []
    machine.heard(party)
    assert people(party) == {machine.first} and shut(party) == []


def test_by_letters_that_nobody_answers(machine: Machine) -> None:
    party, trinidad = machine.back(rings=False), machine.others[1]
    # By mail alone: the succession goes before each letter, the question with every one.
    for _ in range(5):
        for sender, reader in ((party, trinidad), (trinidad, party)):
            letter = mailing.write(sender.exchange, reader.node.key.origin)
            plain = mailing.seal(sender.exchange, reader.node.key.origin, b"x")
            origin, _ = mailing.open_mail(reader.exchange, plain)
            mailing.read(reader.exchange, origin, letter.parcels)
    assert people(party) == {machine.first}


# -- who gets none ---------------------------------------------------------------------------


@pytest.fixture
def shared(three: Three) -> tuple[Three, str, str]:
    """(three, person, file): a person of Guyana's, whose file Trinidad reads too."""
    person = met(three.guyana)
    three.guyana.do(
        "officer", share_person, person=person, authority=three.trinidad.authority, reason="helps"
    )
    settle(list(three))
    return three, person, file_of(three.guyana, person)


def test_a_reader_gives_to_a_reader_whom_another_let_in(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    assert wraps(three.trinidad, three.guyana, place) != []


def test_who_was_removed_from_the_file_gets_none(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    three.guyana.do("officer", lambda act: act.widen(place, [three.centre.authority], "asked"))
    settle(list(three))
    assert wraps(three.centre, three.trinidad, place) != []
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.trinidad.authority], reason="over"
    )
    three.centre.pull(three.guyana)
    assert wraps(three.centre, three.trinidad, place) == []  # also what it had asked for before
    assert wraps(three.guyana, three.trinidad, place) == []


def test_who_never_read_it_gets_none(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    assert wraps(three.trinidad, three.centre, place) == []
    assert wraps(three.guyana, three.centre, place) == []


def test_who_was_removed_from_the_operation_gets_none(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    ((file,),) = three.centre.node.sql().all("select id from access_compartment where kind = 'operation'")
    three.centre.do(
        "coordinator", remove_reader, compartment=file, readers=[three.guyana.authority], reason="over"
    )
    three.trinidad.pull(three.centre)
    assert wraps(three.trinidad, three.guyana, place) == []


def test_who_is_written_into_the_database_as_a_reader_gets_none(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    sql, centre = three.trinidad.node.sql(), three.centre.authority
    sql.sealed = three.trinidad.node.seals  # as a node's own sessions have it
    assert wraps(three.trinidad, three.guyana, place) != []
    sql.run(
        "update access_reader set id = ?, authority = ? where id = ?",
        (f"{place}:{centre}", centre, f"{place}:{three.guyana.authority}"),
    )
    assert wraps(three.trinidad, three.centre, place) == []


def test_a_suspended_authority_gets_none(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    three.centre.do("coordinator", suspend_member, authority=three.guyana.authority, reason="robbed")
    three.trinidad.pull(three.centre)
    ask(three.trinidad, three.guyana, [name_at(three.trinidad, place)])
    assert three.trinidad.rows("exchange_released") == []
    three.guyana.pull(three.trinidad)
    assert three.guyana.exchange.memory(three.trinidad.node.key.origin).got == []


def test_nothing_is_sealed_to_what_a_revoked_device_announced(shared: tuple[Three, str, str]) -> None:
    """Who restored a stolen copy: the authority's word ends the device, and its key opens nothing more."""
    three, _person, place = shared
    thief = second_device(three)
    fake, message = announced(three, thief, now_ms() + 20 * DAY)
    hear(three, three.trinidad, message)
    assert {keys.unpacked(one).recipient for one in wraps(three.trinidad, three.guyana, place)} == {
        fake.key_id
    }
    revoke(three, thief)
    settle(list(three))
    hear(three, three.trinidad, message)
    found = wraps(three.trinidad, three.guyana, place)
    assert fake.key_id not in {keys.unpacked(one).recipient for one in found}


def test_a_stranger_and_a_question_sent_again_get_no_answer(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    asks: list[bytes] = []

    def trip(message: bytes) -> Iterator[bytes]:
        asks.append(message)
        return three.trinidad.exchange.answer(message)

    name = name_at(three.trinidad, place)
    three.guyana.exchange.said(three.trinidad.node.key.origin, trip, word=Word(missing=[name]))
    assert three.trinidad.rows("exchange_released") != []
    forget(three.trinidad)
    with pytest.raises(Stranger):
        list(three.trinidad.exchange.answer(asks[0]))
    settle(list(three))
    three.trinidad.node.writer.submit(
        lambda tx: peers.change(tx.sql, three.guyana.node.key.origin, state=peers.SUSPENDED)
    )
    with pytest.raises(Stranger):
        three.guyana.exchange.said(three.trinidad.node.key.origin, trip, word=Word(missing=[name]))
    assert three.trinidad.rows("exchange_released") == []


def test_what_somebody_asked_to_erase_is_given_back_to_nobody(machine: Machine) -> None:
    """Guyana erased the person after its last set; Trinidad holds the request and has not answered it."""
    lost = went_on(machine)
    lost.do("national-lead", erase_person, person=machine.first, reason="the person asked for it")
    settle([lost, *machine.others])
    lost.node.close()
    party, trinidad = machine.back(rings=False), machine.others[1]
    assert people(trinidad) == {machine.first}
    machine.heard(party)
    assert people(party) == set() and shut(party) != []
    assert wraps(trinidad, party, file_of(trinidad, machine.first)) == []


def test_care_gives_police_no_key_and_asks_in_names_that_say_nothing(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    here, there = (name_at(party, place) for party in (three.centre, three.trinidad))
    assert here != there and bytes.fromhex(place) not in (here, there)
    own = three.guyana.node.sql().all("select id from access_compartment where kind = 'authority'")
    for (one,) in own:  # an authority's own file is nobody else's
        assert wraps(three.trinidad, three.guyana, one) == []


def test_planted_without_the_judgement_who_was_removed_would_be_given_them(
    shared: tuple[Three, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    three, _person, place = shared
    ((file,),) = three.centre.node.sql().all("select id from access_compartment where kind = 'operation'")
    three.centre.do(
        "coordinator", remove_reader, compartment=file, readers=[three.guyana.authority], reason="over"
    )
    three.trinidad.pull(three.centre)
    monkeypatch.setattr(given_back, "may_have", lambda *_: True)
    assert wraps(three.trinidad, three.guyana, place) != []  # what the tests above forbid


# -- the removal that a key was made for ------------------------------------------------------


def test_who_was_removed_after_the_set_is_given_no_key_before_the_removal_is_back(
    three: Three, tmp_path: Path
) -> None:
    """The newest key comes back before the entry that removed a reader: it is not given to that reader."""
    centre, guyana, trinidad = three
    person = met(guyana)
    guyana.do("officer", share_person, person=person, authority=trinidad.authority, reason="helps")
    settle(list(three))
    place = file_of(guyana, person)
    guyana.do("officer", lambda act: act.widen(place, [centre.authority], "asked"))
    guyana.node.close()
    copy = guyana.copy(tmp_path / "set")
    copy.node.close()
    lost = guyana.copy(tmp_path / "lost")
    guyana.node = LoneNode(guyana.node.home)
    lost.do("national-lead", remove_reader, compartment=place, readers=[centre.authority], reason="over")
    trinidad.pull(lost)
    trinidad.do("officer", state_person, person=person, language=["spa"])
    fresh = trinidad.node.rings.newest[bytes.fromhex(place)][2]
    lost.close()
    party = copy.copy(tmp_path / "back")
    try:
        restored(party)
        for other in (centre, trinidad):
            other.exchange.answer(introductions(party.node, other.node.key.origin)[0])
        party.pull(trinidad)
        assert shut(party) != []
        with suppress(ConnectionError):  # the answer is cut after the word that brings keys, before entries
            party.pull(trinidad, spoil=cut_after_the_word)
        for _ in range(3):
            centre.pull(party)
        assert fresh in party.node.rings.known.values() and removals(party, place) == 0
        party.pull(trinidad)
        settle([party, centre, trinidad])
        assert shut(party) == [] and fresh in party.node.rings.known.values()
        assert fresh not in centre.node.rings.known.values()
    finally:
        party.close()
        lone.drop(copy.node.home)


def removals(party: Party, place: str) -> int:
    return withholding.removals(party.node, party.node.sql(), place)


def test_what_a_key_opens_says_whether_its_giver_reads_the_file(
    three: Three, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that Guyana alone read, by its set: Trinidad was let in, removed, let in and removed again, and
    holds the second key. It brings it under a number of its own: an old key would be the newest again."""
    centre, guyana, trinidad = three
    person = met(guyana)
    guyana.node.close()
    copy = guyana.copy(tmp_path / "set")
    copy.node.close()
    lost = guyana.copy(tmp_path / "lost")
    guyana.node = LoneNode(guyana.node.home)
    place = file_of(lost, person)
    lost.do("officer", lambda act: act.widen(place, [centre.authority], "asked"))
    for _ in range(2):
        share = {"person": person, "authority": trinidad.authority, "reason": "helps"}
        lost.do("officer", share_person, **share)
        settle([lost, centre, trinidad])
        second = lost.node.rings.newest[bytes.fromhex(place)][2]
        removed(lost, trinidad, person)
        settle([lost, centre, trinidad])
    assert second in trinidad.node.rings.known.values()
    lost.close()
    party = copy.copy(tmp_path / "back")
    try:
        restored(party)
        with monkeypatch.context() as nobody_gives:
            nobody_gives.setattr(given_back, "owe", lambda *_: 0)
            for other in (centre, trinidad):
                other.exchange.answer(introductions(party.node, other.node.key.origin)[0])
            settle([party, centre, trinidad])
        assert len(shut(party)) == 2, "let in again and removed again, under the second key"
        bring(party, trinidad, place, second, number=9)
        assert second not in party.node.rings.known.values()
        party.exchange.memories.clear()
        settle([party, centre, trinidad])
        assert shut(party) == [] and second in party.node.rings.known.values()
    finally:
        party.close()
        lone.drop(copy.node.home)


def bring(party: Party, giver: Party, place: str, key: bytes, number: int) -> None:
    """A peer sends a key of its own accord."""
    peer = peers.get(party.node.sql(), giver.node.key.origin)
    assert peer is not None
    to = keys.recipient_key(party.node.rings, party.authority)
    wrap = keys.wrap(
        to.public, to.key_id, compartment=bytes.fromhex(place), kid=sealing.key_id(key), number=number,
        giver=giver.authority, reader=party.authority, key=key,
    )  # fmt: skip
    wrapping.take_wraps(party.node, peer, [keys.packed(wrap)])


def cut_after_the_word(parts: Iterator[bytes]) -> Iterator[bytes]:
    yield next(parts)
    raise ConnectionError("cut")


# -- the drill ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", (1, 2))
def test_every_entry_that_a_living_peer_holds_opens_again(three: Three, tmp_path: Path, seed: int) -> None:
    """Random work and exchange, a backup in its midst, more of both, the machine lost, restored elsewhere."""
    drilled(three, tmp_path, seed)


def drilled(three: Three, folder: Path, seed: int) -> None:
    chance, (centre, guyana, trinidad) = random.Random(seed), three
    others = [centre, trinidad]
    worked([guyana, *others], chance, chance.randrange(5, 25))
    guyana.node.close()
    copy = guyana.copy(folder / "set")
    of_the_set = set(copy.node.rings.known)
    copy.node.close()
    lost = guyana.copy(folder / "lost")
    guyana.node = LoneNode(guyana.node.home)
    worked([lost, *others], chance, chance.randrange(10, 40))
    opened = entries(lost) & (entries(centre, lost.authority) | entries(trinidad, lost.authority))
    never = {(other.name, kid) for other in others for kid in kept_from(other, lost) - of_the_set}
    lost.close()
    party = copy.copy(folder / "back")
    try:
        restored(party)
        for other in others:
            slips = introductions(party.node, other.node.key.origin)
            assert list(other.exchange.answer(slips[0])) == [WELCOME]
        for _ in range(3):
            settle([party, *others])
        assert opened - entries(party) == set() and shut(party) == []
        assert not {one for one in never for other in others if one == (other.name, held_by(other, one[1]))}
    finally:
        party.close()
        lone.drop(copy.node.home)


def entries(party: Party, shared_with: str = "") -> set[bytes]:
    """Hashes of the entries that a node opens; of the files that its authority and another one read."""
    sql, known = party.node.sql(), party.node.rings.known
    rows = sql.all("select compartment, hash, header from journal_entry where body is not null")
    mine, others = (
        {row[0] for row in sql.all("select compartment from access_reader where authority = ?", (name,))}
        for name in (party.authority, shared_with)
    )
    return {
        bytes(name)
        for place, name, exact in rows
        if decode(bytes(exact)).key_id in known and (not shared_with or place in mine & others)
    }


def kept_from(party: Party, lost: Party) -> set[bytes]:
    """Ids of keys in the rings of the node that is lost which this party has not, and of files that it does
    not read."""
    reads = {row[0] for row in lost.node.sql().all(
        "select compartment from access_reader where authority = ?", (party.authority,)
    )}  # fmt: skip
    ring = lost.node.rings.ring(lost.authority)
    places = {kid: lost.node.rings.place(kid) for kid in ring.keys}
    return {
        kid for kid, place in places.items()
        if kid not in party.node.rings.known and place is not None and place[0].hex() not in reads
    }  # fmt: skip


def held_by(party: Party, kid: bytes) -> bytes | None:
    return kid if kid in party.node.rings.known else None


def worked(parties: list[Party], chance: random.Random, count: int) -> None:
    """Acts at random at the police of two countries, and exchange between any two now and then."""
    guyana, _centre, trinidad = parties
    for _ in range(count):
        party, other, country = chance.choice([(guyana, trinidad, "GY"), (trinidad, guyana, "TT")])
        mine = "select id from people_person where authority = ? order by id"
        own = [row[0] for row in party.node.sql().all(mine, (party.authority,))]
        act = chance.random()
        if act < 0.35 or not own:
            name = (PersonName(text=f"Somebody {chance.randrange(1000)}"),)
            party.do("officer", meet_person, country=country, name=name)
        elif act < 0.55:
            person = chance.choice(own)
            party.do("officer", share_person, person=person, authority=other.authority, reason="helps")
        elif act < 0.7:
            seen, language = sorted(people(party)), chance.choice(["spa", "por"])
            party.do("officer", state_person, person=chance.choice(seen), language=[language])
        elif act < 0.8:
            removed(party, other, chance.choice(own))
        elif act < 0.85:
            lead(guyana, summary=f"Lead {chance.randrange(1000)}")
        else:
            one, two = chance.sample(parties, 2)
            one.pull(two)


def removed(party: Party, other: Party, person: str) -> None:
    place = file_of(party, person)
    row = "select 1 from access_reader where compartment = ? and authority = ?"
    if party.node.sql().one(row, (place, other.authority)):
        party.do("national-lead", remove_reader, compartment=place, readers=[other.authority], reason="over")
