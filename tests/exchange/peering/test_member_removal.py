"""A removed authority's node is told by the entry itself, asks no more, and is made to believe it by nothing
else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.carry_out_change import carry_out_change
from libertad.access.actions.propose_change import propose_change
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.sign_change import sign_change
from libertad.access.actions.suspend_member import suspend_member
from libertad.exchange.peering import failures, member_removal, peers
from libertad.exchange.protocol import failure_codes
from libertad.exchange.scheduler import Scheduler
from libertad.exchange.sync import silent_peers
from libertad.exchange.transport import bundle_exchange as bundles
from libertad.exchange.transport import mail
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentRemove
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, lead
from tests.exchange.test_second_operation import joins, open_second
from tests.exchange.transport.test_mail import introduced, read, write_bundle
from tests.security.test_forging_access import alarmed, operation_file
from tests.security.test_two_authorities import begun, invite, reads, say
from tests.security.test_two_authorities import later as later
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

NEW = {"name": "New", "service_number": "BB-2"}


def remove(by: Party, removed: Party, role: str = "coordinator") -> None:
    by.do(role, remove_reader, compartment=operation_file(by), readers=[removed.authority], reason="It left")


def by_two(three: Three, later: Any, heard: tuple[Party, ...]) -> None:
    """Trinidad is removed by the centre and Guyana; `heard`: who hears of it meanwhile."""
    removal = CompartmentRemove(reader=(three.trinidad.authority,), reason="It left")
    change = three.centre.do(
        "coordinator", propose_change, about=operation_file(three.centre), reason="It left", what=removal
    )
    settle(list(heard))
    three.guyana.do("national-lead", sign_change, change=change)
    settle(list(heard))
    later(25)
    three.centre.do("coordinator", carry_out_change, change=change)


def names(party: Party) -> set[bytes]:
    return {bytes(row[0]) for row in party.rows("journal_entry", "hash")}


def verbs(party: Party, entries: set[bytes]) -> list[str]:
    rows = party.node.sql().all("select idx, hash from journal_entry")
    opened = [
        party.node.writer.submit(lambda tx, idx=idx: tx.entry(idx))
        for idx, name in rows
        if bytes(name) in entries
    ]
    return sorted(entry.verb if entry is not None else "" for entry in opened)


def out(party: Party) -> set[str]:
    return silent_peers.silent(party.exchange, party.node.sql())


def origins(*parties: Party) -> set[str]:
    return {party.node.key.origin for party in parties}


# -- it is told --------------------------------------------------------------------------------------


def test_it_is_told_by_the_entry_gets_nothing_else_and_asks_no_more(three: Three) -> None:
    centre, guyana, trinidad = three
    own = trinidad.appoint("analyst")
    settle(list(three))
    before = names(trinidad)
    remove(centre, trinidad)
    new = centre.do("coordinator", appoint_officer, role="analyst", **NEW)
    lead(guyana)
    settle(list(three))
    assert verbs(trinidad, names(trinidad) - before) == ["compartment.remove"]
    assert not reads(trinidad, trinidad) and held_entries(trinidad) == [] == alarmed(trinidad)
    assert (new,) not in trinidad.rows("access_officer", "id")
    (removal,) = member_removal.removals(trinidad.node, trinidad.node.sql(), [trinidad.authority])
    assert (removal.operation, removal.by) == (centre.operation, centre.authority)
    assert out(trinidad) == origins(centre, guyana) and out(centre) == out(guyana) == set()
    assert before < names(trinidad) and (own,) in trinidad.rows("access_officer", "id"), (
        "it keeps what it has"
    )


def test_it_is_told_by_who_removed_it_alone_after_days_without_a_line(three: Three, later: Any) -> None:
    """Its cursor is behind all of it, and it never meets the authority that signed."""
    begun(three)
    centre, guyana, trinidad = three
    before = names(trinidad)
    by_two(three, later, (centre, guyana))
    centre.do("coordinator", appoint_officer, role="analyst", **NEW)
    settle([centre, guyana])
    for _ in range(3):
        trinidad.pull(centre)
    new_verbs = verbs(trinidad, names(trinidad) - before)
    assert new_verbs == ["change.propose", "change.sign", "compartment.remove"]
    assert not reads(trinidad, trinidad) and held_entries(trinidad) == []
    assert out(trinidad) == origins(centre, guyana)


def test_it_is_told_where_its_cursor_had_passed_by(three: Three) -> None:
    """As by a version that told nobody."""
    centre, _guyana, trinidad = three
    remove(centre, trinidad)
    with pytest.MonkeyPatch.context() as untold:
        untold.setattr(member_removal, "logs", lambda *_: {})
        settle(list(three))
    assert reads(trinidad, trinidad)
    settle(list(three))
    assert not reads(trinidad, trinidad)
    assert {row[0] for row in centre.rows("exchange_farewell", "word")} == {0}, "confirmed, and told no more"


def test_by_letters_it_is_told_confirms_and_writes_no_more(three: Three) -> None:
    centre, guyana, trinidad = three
    remove(centre, trinidad)
    letter = mail.write(centre.exchange, trinidad.node.key.origin)
    mail.read(trinidad.exchange, centre.node.key.origin, letter.parcels)
    assert not reads(trinidad, trinidad)
    assert out(trinidad) == origins(guyana), "it has still to say that it took the letter"
    answer = mail.write(trinidad.exchange, centre.node.key.origin, everything=False)
    mail.record_sent(trinidad.exchange, centre.node.key.origin, answer)
    mail.read(centre.exchange, trinidad.node.key.origin, answer.parcels)
    assert out(trinidad) == origins(centre, guyana)
    assert {row[0] for row in centre.rows("exchange_farewell", "word")} == {0}


def test_by_bundle_it_is_told_confirms_and_can_write_no_other(three: Three, tmp_path: Path) -> None:
    centre, _guyana, trinidad = three
    introduced(centre, trinidad)
    remove(centre, trinidad)
    read(trinidad, write_bundle(centre, trinidad, tmp_path))
    assert not reads(trinidad, trinidad)
    read(centre, write_bundle(trinidad, centre, tmp_path))
    assert {row[0] for row in centre.rows("exchange_farewell", "word")} == {0}
    with pytest.raises(Refused, match="removed"):
        bundles.write(trinidad.exchange, centre.node.key.origin, tmp_path)


def test_the_loop_asks_it_no_more_and_tells_no_failure(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    centre, _guyana, trinidad = three
    loop, pulled = Scheduler(trinidad.node, processes=False), list[str]()
    monkeypatch.setattr(loop, "_pull", lambda peer, pace: pulled.append(peer.origin))
    here = centre.node.key.origin
    trinidad.node.writer.submit(lambda tx: peers.change(tx.sql, here, address="127.0.0.1:1"))
    failures.record_failure(trinidad.node, here, failure_codes.ASK, "unknown")
    loop._due()
    loop.pool.shutdown(wait=True)
    assert pulled == [here]
    remove(centre, trinidad)
    settle(list(three))
    again = Scheduler(trinidad.node, processes=False)
    monkeypatch.setattr(again, "_pull", lambda peer, pace: pulled.append(peer.origin))
    again._due()
    assert failures.failures(trinidad.node.sql()) == []
    again.ask(here)
    again._due()
    again.pool.shutdown(wait=True)
    assert pulled == [here, here], "once, where an officer wants it"


def test_what_it_had_said_before_reaches_the_others(three: Three) -> None:
    centre, _guyana, trinidad = three
    own = trinidad.appoint("analyst")
    remove(centre, trinidad)
    settle(list(three))
    assert (own,) in centre.rows("access_officer", "id")


# -- nothing else makes it believe that --------------------------------------------------------------


def test_who_coordinates_alone_makes_no_node_believe_that_it_was_removed(three: Three) -> None:
    begun(three)
    with lawless():
        remove(three.centre, three.trinidad)
    settle(list(three))
    assert alarmed(three.trinidad) == [("about", three.centre.authority)]
    assert reads(three.trinidad, three.trinidad) and out(three.trinidad) == set()


def test_no_other_member_does(three: Three) -> None:
    removal = CompartmentRemove(reader=(three.trinidad.authority,), reason="forged")
    say(three.guyana, "national-lead", removal, operation_file(three.guyana))
    settle(list(three))
    assert reads(three.trinidad, three.trinidad) and out(three.trinidad) == set()
    assert alarmed(three.trinidad) == [("about", three.guyana.authority)]


@pytest.mark.parametrize("written", ["reader", "removed"])
def test_no_row_that_was_written_into_its_database_does(three: Three, written: str) -> None:
    trinidad, sql = three.trinidad, three.trinidad.node.sql()
    key = f"{operation_file(trinidad)}:{trinidad.authority}"
    if written == "removed":  # it was removed, and reads again
        remove(three.centre, trinidad)
        settle(list(three))
        three.centre.do(
            "coordinator",
            lambda act: act.widen(operation_file(three.centre), [trinidad.authority], "back", again=True),
        )
        settle(list(three))
        assert reads(trinidad, trinidad)
    else:
        sql.run(
            "insert into access_removed "
            '(id, compartment, operation, provenance, authority, "by", officer, at, change) '
            "values (?, ?, ?, '', ?, ?, '', 1, '')",
            (key, operation_file(trinidad), trinidad.operation, trinidad.authority, three.centre.authority),
        )
    sql.sealed = trinidad.node.seals  # as a node's own sessions have it
    sql.run("delete from access_reader where id = ?", (key,))
    assert out(trinidad) == set()


# -- what it may not hold ----------------------------------------------------------------------------


def test_a_suspended_member_is_handed_nothing(three: Three) -> None:
    centre, _guyana, trinidad = three
    before = names(trinidad)
    centre.do("coordinator", suspend_member, authority=trinidad.authority, reason="robbed")
    remove(centre, trinidad)
    settle(list(three))
    assert names(trinidad) == before and reads(trinidad, trinidad)


def test_asking_for_the_whole_file_brings_no_more(three: Three) -> None:
    """Attack: the removed node asks for all of the operation's file, from its beginning."""
    centre, _guyana, trinidad = three
    remove(centre, trinidad)
    settle(list(three))
    before = names(trinidad)
    centre.do("coordinator", appoint_officer, role="analyst", **NEW)
    place = bytes.fromhex(operation_file(centre))
    trinidad.exchange.query_peer(centre.node.key.origin, trinidad.trip_to(centre), fills=[(place, 0)])
    trinidad.pull(centre)
    assert names(trinidad) == before


def test_no_row_that_was_written_into_the_givers_database_gives_more(three: Three) -> None:
    """Attack: a later entry is made to seem the removal."""
    centre, _guyana, trinidad = three
    remove(centre, trinidad)
    settle(list(three))
    before, authorities = names(trinidad), [trinidad.authority]
    may = member_removal.logs(centre.node, centre.node.sql(), authorities)
    centre.do("coordinator", appoint_officer, role="analyst", **NEW)
    key = f"access.Removed:{operation_file(centre)}:{trinidad.authority}"
    centre.node.sql().run(
        "insert into journal_touch (key, entry) select ?, max(idx) from journal_entry", (key,)
    )
    assert member_removal.logs(centre.node, centre.node.sql(), authorities) == may
    settle(list(three))
    assert names(trinidad) == before


# -- in two operations, and again --------------------------------------------------------------------


def test_who_is_in_another_operation_with_them_asks_on(three: Three) -> None:
    centre, guyana, trinidad = three
    joins(centre, trinidad, open_second(centre), country="TT")
    settle(list(three))
    centre.do(
        "coordinator",
        remove_reader,
        compartment=first_file(centre),
        readers=[trinidad.authority],
        reason="left",
    )
    settle(list(three))
    assert [
        removal.operation
        for removal in member_removal.removals(trinidad.node, trinidad.node.sql(), [trinidad.authority])
    ] == [centre.operation]
    assert out(trinidad) == origins(guyana), "with Guyana it shares no other"


def first_file(party: Party) -> str:
    ((compartment,),) = party.node.sql().all(
        "select compartment from access_operation_file where operation = ?", (party.operation,)
    )
    return str(compartment)


def test_who_is_let_in_again_by_two_asks_again_and_gets_what_was_said(three: Three, later: Any) -> None:
    begun(three)
    centre, guyana, trinidad = three
    by_two(three, later, tuple(three))
    settle(list(three))
    assert out(trinidad) == origins(centre, guyana)
    new = centre.do("coordinator", appoint_officer, role="analyst", **NEW)
    settle(list(three))
    change = centre.do(
        "coordinator",
        propose_change,
        about=trinidad.authority,
        reason="It came back",
        what=invite(trinidad, "TT"),
    )
    settle(list(three))
    guyana.do("national-lead", sign_change, change=change)
    settle(list(three))
    later(25)
    centre.do("coordinator", carry_out_change, change=change)
    centre.do(
        "coordinator",
        lambda act: act.widen(operation_file(centre), [trinidad.authority], "back", again=True, proof=change),
    )
    settle(list(three))
    assert reads(trinidad, trinidad) and out(trinidad) == set()
    assert (new,) in trinidad.rows("access_officer", "id")
