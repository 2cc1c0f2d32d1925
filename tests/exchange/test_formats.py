"""What an older node says in a retired way, and what a newer says that we do not know: held, without alarm.

And the formats that nodes tell each other: no file of a newer kind is opened for who cannot read it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from libertad.access.acting import Act
from libertad.exchange.authorization.entry_authorization import RETIRED
from libertad.exchange.peering import peers
from libertad.exchange.protocol import messages
from libertad.journal import folding
from libertad.operations.actions.report_lead import report_lead
from libertad.vocabulary import formats
from libertad.vocabulary.values import Refused
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import LEAD, held_entries, lead
from tests.support.nodes import Party, settle
from tests.support.retired import retire_code


def alarms(party: Party) -> list[Any]:
    return party.rows("exchange_alarm")


def test_what_is_retired_is_refused_at_home(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    retire_code(monkeypatch, "workplaces", "gold-mine")
    with pytest.raises(Refused, match=r"'gold-mine' is retired since 9\.9"):
        three.guyana.do("officer", report_lead, **LEAD | {"workplace": "gold-mine"})
    assert three.guyana.rows("operations_lead") == []


def test_what_an_older_node_says_in_a_retired_way_is_held_without_alarm(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lead(three.guyana)
    lead(three.guyana, workplace="gold-mine")
    after = lead(three.guyana, summary="Goes on behind it")
    retire_code(monkeypatch, "workplaces", "gold-mine")
    settle(list(three))
    assert held_entries(three.centre) == [RETIRED]
    assert sorted(three.centre.rows("operations_lead", "id")) == sorted([(before,), (after,)])
    assert alarms(three.centre) == []


def test_a_projection_that_names_it_still_folds_what_is_retired(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = lead(three.guyana, workplace="gold-mine")
    retire_code(monkeypatch, "workplaces", "gold-mine")
    named = frozenset({"lead.report.workplace=gold-mine"})
    naming = [replace(projection, retired=named) for projection in folding.BY_VERB["lead.report"]]
    monkeypatch.setitem(folding.BY_VERB, "lead.report", naming)
    settle(list(three))
    assert held_entries(three.centre) == []
    assert (old,) in three.centre.rows("operations_lead", "id")


def test_a_header_of_a_newer_kind_of_file_is_kept_and_passed_on(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    ((place,),) = three.guyana.rows("operations_lead", "compartment")

    def say(act: Act) -> str:
        known = act.tx.entries(f"operations.Lead:{three.guyana.rows('operations_lead', 'id')[0][0]}")[0]
        body = msgspec.structs.replace(known.body, subject="b" * 32, clock=act.tx.caches.tick())
        return act.tx.append(act.actor.authority, place, "novel", body, known.content).id

    entry_id = three.guyana.do("officer", say)
    after = lead(three.guyana, summary="Goes on behind it")
    settle(list(three))
    assert bytes.fromhex(entry_id) in [bytes(name) for (name,) in three.centre.rows("journal_entry", "hash")]
    assert (after,) in three.centre.rows("operations_lead", "id")
    assert alarms(three.centre) == []


# -- formats -------------------------------------------------------------------------------


def peer_formats(party: Party) -> set[int]:
    return {peer.format for peer in peers.every(party.node.sql())}


def as_of_0_1(message: msgspec.Struct) -> bytes:
    """A message as 0.1 packs it: it states no format."""
    if isinstance(message, (messages.PullRequest, messages.Parcel)):
        message.format = formats.FIRST
    return messages.zstandard.ZstdCompressor(level=1, write_checksum=False).compress(
        msgspec.msgpack.encode(message)
    )


def test_nodes_tell_each_other_their_format_in_asks_and_in_answers(three: Three) -> None:
    three.guyana.node.writer.submit(lambda tx: tx.sql.run("update exchange_peer set format = 1"))
    three.centre.node.writer.submit(lambda tx: tx.sql.run("update exchange_peer set format = 1"))
    lead(three.guyana)
    three.centre.pull(three.guyana)
    # The centre asked, Guyana answered: each knows the other's.
    assert peers.format_of(three.centre.node.sql(), three.guyana.authority) == formats.TODAY
    assert peers.format_of(three.guyana.node.sql(), three.centre.authority) == formats.TODAY


def test_a_peer_that_states_no_format_is_of_the_first(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libertad.exchange.sync.endpoint.pack", as_of_0_1)
    lead(three.guyana)
    settle(list(three))
    assert peer_formats(three.centre) == {formats.FIRST}
    assert len(three.centre.rows("operations_lead")) == 1


def test_a_file_of_a_newer_kind_is_opened_once_every_reader_told_that_it_knows_it(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats.FEATURES, "authority", formats.TODAY)  # as if it were a newer kind of file
    guyana, readers = three.guyana, [three.centre.authority, three.trinidad.authority]
    for party in three:
        party.node.writer.submit(
            lambda tx: tx.sql.run("update exchange_peer set format = ?", (formats.TODAY,))
        )

    def open_file(act: Act) -> str:
        return act.open("authority", "a" * 32, readers)

    assert guyana.do("officer", open_file)
    origin = three.trinidad.node.key.origin
    guyana.node.writer.submit(lambda tx: peers.change(tx.sql, origin, format=1))
    with pytest.raises(Refused, match="the nodes of 1 of its readers"):
        guyana.do("officer", open_file)
    readers.remove(three.trinidad.authority)
    place = guyana.do("officer", open_file)
    with pytest.raises(Refused, match="the nodes of 1 of its readers"):
        guyana.do("officer", lambda act: act.widen(place, [three.trinidad.authority], "asked"))
    assert not guyana.do("officer", lambda act: act.knows(three.trinidad.authority, "authority"))
    assert guyana.do("officer", lambda act: act.knows(guyana.authority, "authority"))
    assert not guyana.do("officer", lambda act: act.knows("f" * 32, "authority"))
