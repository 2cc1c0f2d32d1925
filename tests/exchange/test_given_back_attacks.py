"""Keys given back after a restore: who is given none, and from whom none is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.suspend_member import suspend_member
from libertad.care.actions.close_danger import close_care_danger as care_closes
from libertad.exchange.control import key_wrap, returned_keys
from libertad.exchange.peering import peers
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol.messages import ControlMessage
from libertad.exchange.scheduler import introductions
from libertad.exchange.sync.endpoint import UnknownPeer
from libertad.people.actions.state_person import state_person
from tests.exchange.conftest import Three
from tests.exchange.control.test_introduction import restored
from tests.exchange.giving_back import (
    ask,
    bring,
    file_of,
    forget,
    name_at,
    removals,
    removed,
    shut,
    wraps,
)
from tests.exchange.test_danger import care as care
from tests.exchange.test_danger import danger
from tests.exchange.test_recorded_again import met
from tests.exchange.test_revoked_recipient import DAY, announced, hear, revoke, second_device
from tests.support import lone
from tests.support.lawless import lawless
from tests.support.nodes import LoneNode, Party, settle
from tests.support.sharing import share_person


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
    with lawless():
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
    assert {key_wrap.unpacked(wrap).recipient for wrap in wraps(three.trinidad, three.guyana, place)} == {
        fake.key_id
    }
    revoke(three, thief)
    settle(list(three))
    hear(three, three.trinidad, message)
    packed = wraps(three.trinidad, three.guyana, place)
    assert fake.key_id not in {key_wrap.unpacked(wrap).recipient for wrap in packed}


def test_a_stranger_and_a_question_sent_again_get_no_answer(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    asks: list[bytes] = []

    def trip(message: bytes) -> Iterator[bytes]:
        asks.append(message)
        return three.trinidad.exchange.answer(message)

    name = name_at(three.trinidad, place)
    three.guyana.exchange.query_peer(
        three.trinidad.node.key.origin, trip, word=ControlMessage(missing=[name])
    )
    assert three.trinidad.rows("exchange_released") != []
    forget(three.trinidad)
    with pytest.raises(UnknownPeer):
        list(three.trinidad.exchange.answer(asks[0]))
    settle(list(three))
    three.trinidad.node.writer.submit(
        lambda tx: peers.change(tx.sql, three.guyana.node.key.origin, state=peers.SUSPENDED)
    )
    with pytest.raises(UnknownPeer):
        three.guyana.exchange.query_peer(
            three.trinidad.node.key.origin, trip, word=ControlMessage(missing=[name])
        )
    assert three.trinidad.rows("exchange_released") == []


def test_care_gives_police_keys_of_their_file_and_none_of_its_own(three: Three, care: Party) -> None:
    """Attack: police guess the name of the protection file of whom they met, and somebody writes them into
    care's database as a reader of it."""
    three.guyana.do("administrator", confirm_care, care=care.authority, how="telephone")
    person = danger(three)
    settle([*three, care])
    care.do("caseworker", care_closes, person=person, done="A worker is with her")
    settle([*three, care])
    police_file, sql, police = file_of(three.guyana, person), care.node.sql(), three.guyana.authority
    ((own,),) = sql.all("select id from access_compartment where kind = 'care'")
    sql.sealed = care.node.seals  # as a node's own sessions have it
    assert wraps(care, three.guyana, police_file) != [], "who reads a file is given its keys again"
    assert wraps(care, three.guyana, own) == []
    sql.run(
        "update access_reader set id = ?, authority = ? where compartment = ?",
        (f"{own}:{police}", police, own),
    )
    assert wraps(care, three.guyana, own) == []


def test_an_authoritys_own_file_is_given_to_nobody(three: Three) -> None:
    """It is of no operation; also not to a second node of that authority, as after a restore."""
    sql = three.guyana.node.sql()
    ((own,),) = sql.all("select id from access_compartment where kind = 'authority'")
    assert not returned_keys.may_receive_keys(sql, own, three.guyana.authority, set())


def test_it_is_asked_for_in_names_that_say_nothing(shared: tuple[Three, str, str]) -> None:
    three, _person, place = shared
    centre_name, trinidad_name = (name_at(party, place) for party in (three.centre, three.trinidad))
    assert centre_name != trinidad_name and bytes.fromhex(place) not in (centre_name, trinidad_name)


def test_planted_without_the_judgement_who_was_removed_would_be_given_them(
    shared: tuple[Three, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    three, _person, place = shared
    ((file,),) = three.centre.node.sql().all("select id from access_compartment where kind = 'operation'")
    three.centre.do(
        "coordinator", remove_reader, compartment=file, readers=[three.guyana.authority], reason="over"
    )
    three.trinidad.pull(three.centre)
    monkeypatch.setattr(returned_keys, "may_receive_keys", lambda *_: True)
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
    with lawless():
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
        for other_party in (centre, trinidad):
            other_party.exchange.answer(introductions(party.node, other_party.node.key.origin)[0])
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
    with lawless():
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
            nobody_gives.setattr(returned_keys, "owe", lambda *_: 0)
            for other_party in (centre, trinidad):
                other_party.exchange.answer(introductions(party.node, other_party.node.key.origin)[0])
            settle([party, centre, trinidad])
        assert len(shut(party)) == 4, "proposed, approved, let in and removed again, under the second key"
        bring(party, trinidad, place, second, number=9)
        assert second not in party.node.rings.known.values()
        party.exchange.memories.clear()
        settle([party, centre, trinidad])
        assert shut(party) == [] and second in party.node.rings.known.values()
    finally:
        party.close()
        lone.drop(copy.node.home)


def cut_after_the_word(parts: Iterator[bytes]) -> Iterator[bytes]:
    yield next(parts)
    raise ConnectionError("cut")
