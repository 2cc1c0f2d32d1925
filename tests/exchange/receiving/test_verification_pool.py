"""Signatures are checked in a process beside the node's own: as strictly, and in the same order."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from libertad.exchange.receiving import receive_pipeline, verification_pool
from libertad.exchange.receiving.verification_pool import Checking, VerificationPool
from libertad.journal import checking
from libertad.journal.checking import BadEntry, Foreign
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support.lying import Liar
from tests.support.nodes import Party

Entries = tuple[list[Foreign], dict[bytes, bytes]]


@pytest.fixture(scope="module")
def second_pool() -> Iterator[VerificationPool]:
    pool = VerificationPool()
    yield pool
    pool.shutdown()


@pytest.fixture
def signed_entries(three: Three, monkeypatch: pytest.MonkeyPatch) -> Entries:
    """What Guyana wrote, and the keys of the devices that it knows; few are enough to be checked apart."""
    monkeypatch.setattr(verification_pool, "APART", 1)
    for n in range(3):
        lead(three.guyana, summary=f"{n}")
    sql = three.guyana.node.sql()
    rows = sql.all("select header, signature, body from journal_entry order by idx")
    devices = sql.all("select id, public from journal_device")
    return [Foreign(*map(bytes, row)) for row in rows], {bytes(i): bytes(p) for i, p in devices}


def test_the_other_process_finds_what_this_one_would(
    signed_entries: Entries, second_pool: VerificationPool
) -> None:
    entries, publics = signed_entries
    check = Checking(entries, publics, second_pool)
    assert check.there is not None
    assert check.wait() == checking.check(entries, publics)


def test_a_wrong_entry_is_named_across_the_processes(
    signed_entries: Entries, second_pool: VerificationPool
) -> None:
    entries, publics = signed_entries
    forged = entries[2]._replace(signature=entries[1].signature)
    with pytest.raises(BadEntry, match="forged or changed") as why:
        Checking([*entries[:2], forged, *entries[3:]], publics, second_pool).wait()
    assert why.value.place == 2


def test_what_the_other_process_had_when_it_was_ended_is_checked_here(
    signed_entries: Entries, second_pool: VerificationPool
) -> None:
    entries, publics = signed_entries
    second_pool.submit(int).result()
    assert second_pool.made is not None
    (process,) = second_pool.made._processes
    os.kill(process, signal.SIGSTOP)  # what it is given it has when it ends
    check = Checking(entries, publics, second_pool)
    os.kill(process, signal.SIGKILL)
    assert check.wait() == checking.check(entries, publics)
    assert Checking(entries, publics, second_pool).wait() == checking.check(entries, publics)
    assert process not in second_pool.made._processes


class Late(Executor):
    """Checks when it is asked for the answer, as late as can be."""

    def submit(self, fn: Any, /, *arguments: Any, **options: Any) -> Any:
        class Then(Future[Any]):
            def done(self) -> bool:
                return False

            def result(self, timeout: float | None = None) -> Any:
                return fn(*arguments, **options)

        return Then()


def small(party: Party) -> list[tuple[str, ...]]:
    return party.rows("operations_lead", "id")


def test_what_was_checked_late_is_stored_in_its_order(three: Three, signed_entries: Entries) -> None:
    three.centre.exchange.pool = Late()
    done = three.centre.pull(three.guyana, chunk=4096)
    assert done.parcels > 1 and not done.taken.held
    assert len(small(three.centre)) == 3


def test_a_forged_entry_costs_no_more_than_its_own_parcels(
    three: Three, signed_entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came before it and was still being checked is stored; of its own batch nothing is."""
    monkeypatch.setattr(receive_pipeline, "TOGETHER", 1)
    liar = Liar(three.guyana, three.centre)
    before = liar.peer_record().taken

    def make(ask: Any) -> Any:
        first, second, *rest = liar.honest(ask, chunk=1)
        (carried,) = second.entries
        second.entries = [type(carried)(carried.idx, carried.header, bytes(64), carried.body)]
        return [first, second, *rest]

    three.centre.exchange.pool = Late()
    with pytest.raises(BadEntry, match="forged or changed"):
        three.centre.exchange.pull(three.guyana.node.key.origin, liar.trip(make))
    assert liar.peer_record().taken == before + 1
