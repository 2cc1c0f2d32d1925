"""What the simulator's seeds found, each as the shortest story that shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.access import clock as operations
from libertad.access.actions import remove_reader as removing
from libertad.access.actions.remove_reader import remove_reader
from libertad.exchange.control import dispatch, key_delivery, withheld_keys
from libertad.exchange.peering import peers
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.receiving import receiver
from libertad.exchange.scheduler import introductions
from libertad.exchange.sending import late_readers
from libertad.exchange.sync.endpoint import WELCOME, Exchange, UnknownPeer
from libertad.journal import clock as device
from libertad.journal import header, restore, succession
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName
from tests.exchange.conftest import Three
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person


def shared(three: Three, reader: Party) -> tuple[str, str]:
    """A person met in Guyana whose file `reader` reads too: (person, file)."""
    person = three.guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Ana Pérez"),))
    share(three, person, reader)
    settle(list(three))
    rows = three.guyana.node.sql().all("select id from access_compartment where about = ?", (person,))
    return person, str(rows[0][0])


def share(three: Three, person: str, reader: Party) -> None:
    three.guyana.do("officer", share_person, person=person, authority=reader.authority, reason="helps")


def remove(three: Three, file: str, reader: Party) -> str:
    return three.guyana.do(
        "officer", remove_reader, compartment=file, readers=[reader.authority], reason="done"
    )


def writes(party: Party, person: str, words: str) -> None:
    party.do("officer", state_person, person=person, sex="female", words=words)


def entries(party: Party, file: str) -> set[bytes]:
    rows = party.node.sql().all("select hash from journal_entry where compartment = ?", (file,))
    return {bytes(row[0]) for row in rows}


def readers(party: Party, file: str) -> set[str]:
    rows = party.node.sql().all("select authority from access_reader where compartment = ?", (file,))
    return {row[0] for row in rows}


@pytest.mark.parametrize("late", [False, True])
def test_what_a_removed_writer_said_reaches_a_later_reader(three: Three, late: bool) -> None:
    """It does not learn of that reader: the file's owner passes on what it has of it."""
    person, file = shared(three, three.trinidad)
    writes(three.trinidad, person, "before")
    if not late:
        three.guyana.pull(three.trinidad)
    remove(three, file, three.trinidad)
    share(three, person, three.centre)
    if late:  # nor does the owner have it yet
        three.centre.pull(three.guyana)
    settle(list(three))
    assert entries(three.centre, file) == entries(three.guyana, file)
    assert entries(three.centre, file) >= entries(three.trinidad, file)


@pytest.mark.parametrize("heard", ["before", "after"])
def test_what_a_removed_writer_brought_to_one_reader_is_passed_on_by_it(three: Three, heard: str) -> None:
    """Its disk is lost then, and the file's owner never had it."""
    person, file = shared(three, three.trinidad)
    share(three, person, three.centre)
    settle(list(three))
    writes(three.trinidad, person, "brought to one")
    remove(three, file, three.trinidad)
    pulls = [three.guyana, three.trinidad]  # whether the reader hears of the removal first
    for giver in pulls if heard == "before" else reversed(pulls):
        three.centre.pull(giver)
    assert entries(three.centre, file) > entries(three.guyana, file)
    three.trinidad.reachable = False
    assert settle([three.centre, three.guyana]) < 12  # quiet before all rounds are used
    assert entries(three.guyana, file) == entries(three.centre, file)


def test_what_is_known_already_is_passed_on_no_more(three: Three) -> None:
    """Two readers who both have it would tell each other for ever."""
    person, file = shared(three, three.trinidad)
    share(three, person, three.centre)
    writes(three.trinidad, person, "brought to both")
    settle(list(three))
    remove(three, file, three.trinidad)
    settle(list(three))

    def offered_rows() -> list[Any]:
        return [party.rows("exchange_offered", "compartment, word") for party in three]

    quiet = offered_rows()
    for party in (three.centre, three.guyana):
        other_party = three.guyana if party is three.centre else three.centre
        origin = other_party.node.key.origin
        # The whole file comes once more.
        party.node.writer.submit(lambda tx, origin=origin: receiver.record_want(tx, origin, {file}, 0))
        assert party.pull(other_party).taken.known
    assert offered_rows() == quiet


@pytest.mark.parametrize("wrote", [True, False])
def test_a_removal_counts_though_its_devices_clock_is_days_behind(
    three: Three, monkeypatch: pytest.MonkeyPatch, wrote: bool
) -> None:
    person, file = shared(three, three.trinidad)
    if wrote:
        writes(three.trinidad, person, "said in time")
    settle(list(three))

    class Behind(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - timedelta(days=6)

    with monkeypatch.context() as patched:
        for module in (operations, device, removing):
            patched.setattr(module, "datetime", Behind)
        three.guyana.node.writer.caches.clock = datetime(2000, 1, 1, tzinfo=UTC)  # as after a restart
        kid = bytes.fromhex(remove(three, file, three.trinidad))
    settle(list(three))
    for party in (three.guyana, three.centre):
        assert three.trinidad.authority not in readers(party, file)
    assert kid not in three.trinidad.node.rings.known
    # What it had said while it read the file stands.
    assert three.guyana.node.sql().all("select 1 from journal_held") == []


def test_who_reads_again_gets_what_was_said_meanwhile(three: Three) -> None:
    person, file = shared(three, three.trinidad)
    remove(three, file, three.trinidad)
    settle(list(three))
    writes(three.guyana, person, "meanwhile")
    settle(list(three))  # its cursor passes what it may not hold
    share(three, person, three.trinidad)
    settle(list(three))
    assert entries(three.trinidad, file) == entries(three.guyana, file)


def test_keys_whose_entries_were_not_folded_before_a_crash_are_used_by_the_next_process(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = three.guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Ana Pérez"),))
    share(three, person, three.trinidad)

    class Crash(BaseException):
        pass

    def crash(*_: Any) -> int:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(receiver, "open_compartments", crash)  # the rings have the key, the process is gone
        with pytest.raises(Crash):
            for _ in range(4):
                three.trinidad.pull(three.guyana)
    assert three.trinidad.rows("people_person", "id") == []
    # The giver does not tell again: it removed the reader, or the confirmation arrived.
    monkeypatch.setattr(key_delivery, "wraps_for", lambda *_: [])
    three.trinidad.exchange = Exchange(three.trinidad.node)
    three.trinidad.pull(three.guyana)
    assert three.trinidad.rows("people_person", "id") == [(person,)]
    assert three.trinidad.rows("exchange_opening") == []


def test_a_copy_of_an_older_ask_does_not_hide_a_file(three: Three) -> None:
    """After a start the counters of asks may be behind: until a word of this process is confirmed, every
    file that a peer was not told of is told, whatever cursor an ask states."""
    settle(list(three))
    peer = peers.get(three.guyana.node.sql(), three.trinidad.node.key.origin)
    assert peer is not None
    person = three.guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Ana Pérez"),))
    share(three, person, three.trinidad)
    sql = three.guyana.node.sql()
    memory = Memory()
    # The peer is past the new entries; the copied ask says that it is at the beginning.
    compartments = late_readers.unannounced_files(
        three.guyana.node, sql, peer, 0, dispatch.next_number(memory), memory.proven
    )
    assert len(compartments) == 1
    words = sql.all(
        "select word from exchange_offered where origin = ? and compartment = ?",
        (peer.origin, compartments[0].hex()),
    )
    assert words[0][0] > 0  # told until confirmed
    memory.proven = True
    other_person = three.guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Luz"),))
    share(three, other_person, three.trinidad)
    again = late_readers.unannounced_files(
        three.guyana.node, sql, peer, 0, dispatch.next_number(memory), memory.proven
    )
    assert again == compartments
    assert (late_readers.BY_CURSOR,) in sql.all(
        "select word from exchange_offered where origin = ?", (peer.origin,)
    )


def test_a_second_restore_of_one_backup_keeps_what_leads_from_the_first_keys(three: Three) -> None:
    """Who missed the restore between knows only the first of three keys."""
    node = three.guyana.node
    first = node.key.origin
    restore.accept(node)
    between = node.key.origin
    node.writer.submit(lambda tx: tx.sql.run("delete from journal_succession"))  # the older database again
    restore.accept(node)
    pairs = {
        (slip.before, slip.after)
        for slip in (
            succession.read(bytes(row[0])) for row in node.sql().all("select slip from journal_succession")
        )
    }
    assert pairs == {(first, between), (between, node.key.origin)}
    assert (node.home / succession.FILE).stat().st_mode & 0o77 == 0


def test_what_a_database_as_long_as_the_newest_lacks_of_a_restore_is_put_back(three: Three) -> None:
    """Nothing was said since the restore was accepted: the mark does not tell that the database is older."""
    node = three.guyana.node
    restore.accept(node)
    device = header.device_id(node.rings.device(three.guyana.authority)[0])

    def older(tx: Any) -> None:
        tx.sql.run("delete from journal_succession")
        tx.sql.run("delete from journal_device where id = ?", (device,))

    node.writer.submit(older)
    three.guyana.exchange = Exchange(node)  # the next process
    person = three.guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Luz"),))
    share(three, person, three.centre)
    with pytest.raises(UnknownPeer):
        three.guyana.pull(three.centre)
    slips = introductions(node, three.centre.node.key.origin)
    assert list(three.centre.exchange.answer(slips[0])) == [WELCOME]
    settle([three.centre, three.guyana])
    assert three.centre.rows("people_person", "id") == [(person,)]


def test_half_a_line_of_the_successions_is_left_out(three: Three) -> None:
    restore.accept(three.guyana.node)
    path = three.guyana.node.home / succession.FILE
    whole = succession.read_slips(three.guyana.node.home)
    path.write_bytes(path.read_bytes() + path.read_bytes()[:40])
    assert succession.read_slips(three.guyana.node.home) == whole != []


def test_a_restored_owner_gives_no_newer_key_before_it_knows_against_whom_it_was_made(three: Three) -> None:
    person, file = shared(three, three.trinidad)
    share(three, person, three.centre)
    settle(list(three))
    node = three.guyana.node
    size = node.sql().all("select size from journal_head")
    kid = bytes.fromhex(remove(three, file, three.trinidad))
    three.centre.pull(three.guyana)

    def older(tx: Any) -> None:  # the database of before, beside today's ring
        (idx,) = tx.sql.all("select max(idx) from journal_entry where compartment = ?", (file,))[0]
        tx.sql.run("delete from journal_touch where entry = ?", (idx,))

    def accepted(tx: Any) -> None:
        for key in (f"{file}:{three.trinidad.authority}",):
            from libertad.access.models import Reader
            from libertad.journal import folding

            projection = next(p for p in folding.PROJECTIONS if p.model is Reader)
            tx.caches.clear()
            tx.refold(projection, key)
        withheld_keys.restored(tx)

    node.writer.submit(older)
    node.seals.adopt(node.sql())  # as `restore.accept` takes the rows of the older database
    node.writer.submit(accepted)
    assert size and three.trinidad.authority in readers(three.guyana, file)
    peer = peers.get(node.sql(), three.trinidad.node.key.origin)
    assert peer is not None
    three.guyana.exchange = Exchange(node)
    for _ in range(3):
        three.trinidad.pull(three.guyana)
    assert kid not in three.trinidad.node.rings.known
    assert withheld_keys.withheld(node, node.sql(), [file]) == {file}
    node.writer.submit(lambda tx: tx.sql.run("delete from exchange_withheld"))  # the test can fail
    for _ in range(3):
        three.trinidad.pull(three.guyana)
    assert kid in three.trinidad.node.rings.known
