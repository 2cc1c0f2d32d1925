"""Repair by fingerprints: what a cursor that cannot be trusted left out is found and fetched by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from libertad.exchange.onboarding import admission
from libertad.exchange.peering import peers
from libertad.exchange.sending import range_fingerprints
from libertad.exchange.sending.sender import Outgoing
from libertad.exchange.sync import repair
from libertad.exchange.sync.endpoint import Cut, UnknownPeer
from libertad.operations.actions.report_lead import report_lead
from tests.support import nodes
from tests.support.nodes import Party, invited, operation, settle

pytestmark = [pytest.mark.django_db]
LEAD = {
    "country": "GY",
    "summary": "A house behind the mill",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "origin": "",
    "workplace": "",
}


@pytest.fixture
def pair(tmp_path: Path, db: None) -> Iterator[tuple[Party, Party]]:
    """A centre and Guyana's police, which reported three leads that the centre reads."""
    admission.register()
    tables = nodes.schema()
    centre, police = Party(tmp_path / "a", tables, "Centre"), Party(tmp_path / "b", tables, "Guyana")
    operation(centre)
    invited(centre, police)
    settle([centre, police])
    police.appoint("officer")
    settle([centre, police])
    yield centre, police
    centre.close()
    police.close()


def skip(centre: Party, police: Party) -> None:
    """The centre's memory of its peer says that it took all, and it did not: as after a wrong restore."""
    outgoing = Outgoing(police.node, police.node.sql(), centre.node.key.origin)
    edge, size = outgoing.last.to_bytes(), outgoing.size
    centre.node.writer.submit(
        lambda tx: peers.change(tx.sql, police.node.key.origin, taken=size, peaks=edge, note="")
    )


def leads(party: Party) -> int:
    return len(party.rows("operations_lead", "id"))


def test_what_a_wrong_cursor_left_out_is_fetched_by_name(pair: tuple[Party, Party]) -> None:
    centre, police = pair
    police.do("officer", report_lead, **LEAD)
    settle([centre, police])
    for _one in range(2):
        police.do("officer", report_lead, **LEAD)
    skip(centre, police)
    settle([centre, police])
    assert leads(centre) < leads(police) == 3, "the pull alone does not find it"
    origin = police.node.key.origin
    outcome = repair.repair(centre.exchange, origin, centre.trip_to(police))
    assert outcome.missing > 0 and outcome.left == 0 and outcome.stored >= outcome.missing
    assert leads(centre) == 3
    stored, outgoing = (
        range_fingerprints.received_hashes(centre.node.sql(), origin),
        Outgoing(police.node, police.node.sql(), centre.node.key.origin),
    )
    assert sorted(stored) == sorted(range_fingerprints.served_hashes(outgoing, outgoing.size))


def test_a_repair_where_nothing_is_missing_fetches_nothing(pair: tuple[Party, Party]) -> None:
    centre, police = pair
    police.do("officer", report_lead, **LEAD)
    settle([centre, police])
    outcome = repair.repair(centre.exchange, police.node.key.origin, centre.trip_to(police))
    assert (outcome.missing, outcome.stored, outcome.left) == (0, 0, 0) and outcome.compared > 0


def test_fingerprints_that_miss_a_difference_are_noticed(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: all ranges seem equal, so nothing is repaired."""
    centre, police = pair
    police.do("officer", report_lead, **LEAD)
    settle([centre, police])
    police.do("officer", report_lead, **LEAD)
    skip(centre, police)
    monkeypatch.setattr(
        range_fingerprints,
        "fingerprints",
        lambda hashes: [bytes(range_fingerprints.SIZE)] * range_fingerprints.RANGES,
    )
    assert repair.repair(centre.exchange, police.node.key.origin, centre.trip_to(police)).stored == 0
    assert leads(centre) == 1


def test_a_cut_line_neither_asks_nor_answers_and_is_restored(pair: tuple[Party, Party]) -> None:
    centre, police = pair
    centre.exchange.cuts.add(police.node.key.origin)
    with pytest.raises(Cut):
        centre.pull(police)
    with pytest.raises(Cut):
        police.pull(centre)
    centre.exchange.cuts.clear()
    assert not police.pull(centre).behind and not centre.pull(police).behind


def test_a_stranger_is_told_nothing_of_a_cut(pair: tuple[Party, Party]) -> None:
    """The planted fault would be to say 'cut' before the sender has proved who it is."""
    centre, police = pair
    centre.exchange.cuts.add(police.node.key.origin)
    forged = bytes.fromhex(police.node.key.origin.partition("/")[2]) + b"x" * 80
    with pytest.raises(UnknownPeer):
        centre.exchange.answer(forged)


def test_bytes_are_counted_by_the_one_who_answers_too(pair: tuple[Party, Party]) -> None:
    centre, police = pair
    police.do("officer", report_lead, **LEAD)
    centre.pull(police)
    police.exchange.flush()
    row = peers.get(police.node.sql(), centre.node.key.origin)
    assert row is not None and row.bytes_in > 0 and row.bytes_out > row.bytes_in


def test_whoever_joined_long_ago_shows_the_inviter_whose_place_it_takes(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the inviter a used invitation is a stranger's; the succession is shown all the same."""
    from libertad.exchange import scheduler
    from libertad.exchange.sync.endpoint import WELCOME
    from libertad.exchange.transport.http import NotKnown

    messages: list[bytes] = []

    def trip(message: bytes) -> list[bytes]:
        messages.append(message)
        if message == b"used invitation":
            raise NotKnown("404")
        return [WELCOME]

    centre, guyana = pair
    monkeypatch.setattr(scheduler, "introductions", lambda node, origin: [b"used invitation", b"succession"])
    going = scheduler.Scheduler(guyana.node, processes=False)
    monkeypatch.setattr(going, "_trip", lambda peer: trip)
    peer = peers.get(guyana.node.sql(), centre.node.key.origin)
    assert peer is not None
    pace = scheduler.Pace()
    pace.record_failure(1.0)
    going.introduce(peer, pace, "not known")
    assert messages == [b"used invitation", b"succession"] and pace.failures == 0
