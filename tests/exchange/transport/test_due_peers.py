"""Which peers a round of letters looks at: nobody where nothing changed, and whoever may have to be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from libertad.exchange.peering import peers
from libertad.exchange.transport import due_peers, mail
from libertad.exchange.transport.courier import Courier
from libertad.exchange.transport.due_peers import BY_PEER, EVERY, JOURNAL, WATCHED
from libertad.journal.sql import Sql
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.exchange.transport.test_courier import Held, rounds, to
from tests.support.nodes import Party

pytestmark = pytest.mark.sqlite_only
READS = re.compile(r"\b(?:from|join)\s+\"?([a-z_]+)\"?")


class Watched:
    """The post of a party, and of whom its rounds ask whether there is anything to write."""

    def __init__(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        self.post = Courier(party.exchange, asking=0)
        self.post.transport = self.broker = Held()
        self.asked: list[str] = []
        write = mail.write

        def noted(exchange: Any, origin: str, **options: Any) -> mail.Letter:
            self.asked.append(origin)
            return write(exchange, origin, **options)

        monkeypatch.setattr(mail, "write", noted)

    def round(self) -> list[str]:
        self.asked.clear()
        rounds(self.post)
        return sorted(self.asked)


@pytest.fixture
def watched(three: Three, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    watched = Watched(three.guyana, monkeypatch)
    for _each in range(4):
        watched.round()
    watched.broker.letters.clear()
    assert watched.round() == [], "nothing has changed"
    yield watched


def origins(*parties: Party) -> list[str]:
    return sorted(party.node.key.origin for party in parties)


def test_what_is_said_here_is_looked_at_for_all(three: Three, watched: Watched) -> None:
    lead(three.guyana)
    assert watched.round() == origins(three.centre, three.trinidad)
    assert to(watched.broker, three.centre) and not to(watched.broker, three.trinidad)
    for _each in range(3):  # that the file and its key were given is written down, too
        watched.round()
    assert watched.round() == []


def test_who_wrote_is_looked_at_alone(three: Three, watched: Watched) -> None:
    letter = mail.write(three.centre.exchange, three.guyana.node.key.origin)
    watched.post.take(three.centre.node.key.origin, letter.parcels)
    assert origins(three.centre) == watched.round()


def test_what_another_process_wrote_is_looked_at(three: Three, watched: Watched) -> None:
    other = Party(three.guyana.node.home, (), "the same home")
    for name in ("authority", "operation", "officers", "roles"):
        setattr(other, name, getattr(three.guyana, name))
    lead(other)
    other.node.close()
    assert watched.round() == origins(three.centre, three.trinidad)
    assert to(watched.broker, three.centre)


def test_a_suspended_peer_that_is_taken_up_again_is_looked_at(three: Three, watched: Watched) -> None:
    origin = three.centre.node.key.origin
    peers.set_state(three.guyana.node, origin, peers.SUSPENDED)
    assert watched.round() == []
    peers.set_state(three.guyana.node, origin, peers.ACTIVE)
    lead(three.guyana)
    assert origin in watched.round()


def test_all_are_looked_at_once_a_minute(
    three: Three, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = due_peers.now_ms()
    monkeypatch.setattr(due_peers, "now_ms", lambda: now + EVERY + 1)
    assert watched.round() == origins(three.centre, three.trinidad)
    assert watched.round() == []


def test_a_letter_that_did_not_leave_is_looked_at_again(three: Three, watched: Watched) -> None:
    watched.broker.fails = True
    lead(three.guyana)
    watched.round()
    watched.broker.fails = False
    assert three.centre.node.key.origin in watched.round()
    assert to(watched.broker, three.centre)


def test_all_that_a_letter_reads_is_watched(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes letters depend on another table names it, or its news waits for a minute."""
    read: set[str] = set()
    run = Sql.run

    def noted(self: Sql, text: str, params: Any = ()) -> Any:
        if text.lstrip().lower().startswith("select"):
            read.update(READS.findall(text))
        return run(self, text, params)

    lead(three.guyana)
    for party in three:
        party.node.writer.submit(lambda tx: None)  # what is read at a start is no letter's
    monkeypatch.setattr(Sql, "run", noted)
    for party in three:
        for peer in three:
            if peer is not party:
                mail.write(party.exchange, peer.node.key.origin, everything=False, again=0)
    assert "access_reader" in read and "exchange_owed" in read
    assert read - {*WATCHED, *BY_PEER, *JOURNAL} == set()
