"""Marks come as additions and go with their epoch, whose keys are in the ring; what is removed is silent."""

from __future__ import annotations

import json
import sqlite3
import time

import pytest

from libertad.hits.private import queries, rows, service
from libertad.hits.private.asking import Answer
from libertad.journal import erase
from libertad.journal.ringfile import Locked
from libertad.vocabulary.values import Refused
from tests.support.private_sides import CASE, Side, Two, record

HERS = record("person:1", "Yulimar Gonzalez Rojas", "1999-03-04", phone="+58 412 555 7391")
OTHER = record("person:2", "Shanice Baptiste", "2000-01-21", document="TT:TL123456")


def ask(two: Two, about=HERS) -> Answer:
    actor = two.guyana.party.actor("officer")
    return two.guyana.asking.ask(actor, CASE, about, [two.trinidad.authority])[0]


def parts(side: Side, owner: str) -> list[tuple[int, int, bytes]]:
    rows = side.party.node.sql().all(
        "select epoch, number, marks from hits_private_part where authority = ? order by epoch, number",
        (owner,),
    )
    return [(epoch, number, bytes(data)) for epoch, number, data in rows]


def again(two: Two) -> None:
    two.trinidad.holding.begin(two.trinidad.party.actor("administrator"))


def test_new_records_come_as_one_part_more_and_the_others_stay(two: Two) -> None:
    owner = two.trinidad.authority
    two.trinidad.upsert(HERS)
    assert ask(two).what == "hit"
    before = parts(two.guyana, owner)
    two.trinidad.upsert(OTHER)
    assert ask(two, OTHER).what == "hit"
    after = parts(two.guyana, owner)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert after == parts(two.trinidad, owner)


def test_nothing_new_is_no_part_and_is_not_published_before_its_time(two: Two) -> None:
    two.trinidad.upsert(HERS)
    two.trinidad.holding.publish(two.trinidad.authority, within=60_000)
    assert parts(two.trinidad, two.trinidad.authority) == []  # the epoch has just begun
    for _ in range(2):
        two.trinidad.holding.publish(two.trinidad.authority, within=0)
    assert len(parts(two.trinidad, two.trinidad.authority)) == 1


def test_a_changed_record_is_found_by_what_it_says_now(two: Two) -> None:
    two.trinidad.upsert(HERS)
    two.trinidad.upsert(record("person:1", "Yulimar Gonzalez Rojas", "1999-03-04", phone="+58 412 555 0000"))
    assert ask(two, record("9", phone="0412 555 7391")).what == "none"
    assert ask(two, record("9", phone="0412 555 0000")).what == "hit"


def test_what_is_removed_is_silent_at_once_and_out_of_the_filter_with_the_next_epoch(two: Two) -> None:
    two.trinidad.upsert(HERS, OTHER)
    assert ask(two).what == "hit"
    marks = {row[0] for row in two.trinidad.party.node.sql().all("select mark from hits_private_mark")}
    del two.trinidad.kept.records[HERS.id]
    two.trinidad.holding.drop(two.trinidad.authority, [HERS.id])
    assert ask(two).what == "none"
    assert {row[0] for row in two.trinidad.party.rows("hits_private_kept", "ref")} == {OTHER.id}
    again(two)
    assert ask(two).what == "none"
    assert ask(two, OTHER).what == "hit"
    (_, _, data), *_ = parts(two.guyana, two.trinidad.authority)
    assert len(data) == 5 * 64
    assert not any(mark.to_bytes(5, "big") in data for mark in marks)


def test_an_erasure_takes_a_persons_marks_in_its_own_transaction(two: Two) -> None:
    assert rows.erasing in erase.ERASING
    two.trinidad.upsert(HERS, OTHER)
    node = two.trinidad.party.node
    file = (
        "insert into access_compartment (id, compartment, operation, provenance, kind, owner, about) "
        "values ('c1', 'c1', '', '', 'person', ?, '1')"
    )
    node.writer.submit(lambda tx: tx.sql.run(file, (two.trinidad.authority,)))
    node.writer.submit(lambda tx: rows.erasing(tx, frozenset({"c1"})))
    ((number, ref),) = two.trinidad.party.rows("hits_private_kept", "id, ref")
    assert ref == OTHER.id
    assert {row[0] for row in two.trinidad.party.rows("hits_private_mark", "record")} == {number}


def test_an_epochs_seed_is_in_the_ring_alone_and_destroyed_when_the_next_has_begun(two: Two) -> None:
    rings, authority = two.trinidad.party.node.rings, two.trinidad.authority
    (held,) = rings.passing(authority)
    seed = rings.passing_secret(authority, held.key_id)
    assert seed is not None
    again(two)
    (later,) = rings.passing(authority)
    assert later.key_id != held.key_id
    home = two.trinidad.party.node.home
    for path in home.rglob("*"):
        assert not path.is_file() or seed not in path.read_bytes()
    backup = sqlite3.connect(rings.backup())
    assert backup.execute("select count(*) from passing").fetchone() == (0,)
    backup.close()


def test_a_peer_with_the_filter_of_an_older_epoch_takes_the_new_one_by_itself(two: Two) -> None:
    two.guyana.asking.synced.fresh = 1 << 40
    assert ask(two).what == "none"
    two.trinidad.upsert(HERS)
    assert ask(two).what == "none"  # as far as the filter knows, which is not old
    again(two)
    assert ask(two).what == "hit"


def test_a_locked_ring_answers_nothing_though_its_keys_were_known(two: Two) -> None:
    two.trinidad.upsert(HERS)
    assert ask(two).what == "hit"
    ring = two.trinidad.party.node.rings.open.pop(two.trinidad.authority)
    answer = ask(two)
    assert (answer.what, answer.words) == ("refused", "its keys are locked: try again later")
    with pytest.raises(Locked):
        two.trinidad.holding.upsert(two.trinidad.authority, [OTHER])
    two.trinidad.party.node.rings.open[two.trinidad.authority] = ring
    assert ask(two).what == "hit"


def test_tending_makes_only_what_changed_anew_and_drops_the_rest(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    side, marked = two.trinidad, []
    real = side.holding.marks

    def marks(keys, records):
        marked.extend(record.id for record in records)
        return real(keys, records)

    monkeypatch.setattr(side.holding, "marks", marks)
    side.kept.records = {HERS.id: HERS, OTHER.id: OTHER}
    service.tend(side.holding)
    service.tend(side.holding)
    assert marked == [HERS.id, OTHER.id]
    assert ask(two).what == "hit"
    changed = record("person:2", "Shanice Baptiste", "2000-01-22")
    side.kept.records = {OTHER.id: changed}
    service.tend(side.holding)
    assert marked == [HERS.id, OTHER.id, OTHER.id]
    assert ask(two).what == "none"


def test_tending_begins_an_epoch_where_one_is_due_or_the_ring_was_restored(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = two.trinidad
    side.kept.records = {HERS.id: HERS}
    rings = side.party.node.rings
    rings.destroy_passing(side.authority, [key.key_id for key in rings.passing(side.authority)])
    side.holding.known.clear()
    assert ask(two).what == "refused"
    service.tend(side.holding)
    assert ask(two).what == "hit"
    first = queries.owner(side.party.node.sql(), side.authority)
    later = time.time() * 1000 + service.EPOCH + 1
    monkeypatch.setattr("libertad.hits.private.service.now_ms", lambda: int(later))
    service.tend(side.holding)
    then = queries.owner(side.party.node.sql(), side.authority)
    assert first is not None
    assert then is not None
    assert then.epoch > first.epoch
    assert then.contact == first.contact


def test_an_owner_says_whom_to_call(two: Two) -> None:
    fresh = two.guyana.party.actor("administrator")
    two.guyana.holding.end(two.guyana.authority)
    for contact in ("", "   ", "x" * 201):
        with pytest.raises(Refused, match="whom to call"):
            two.guyana.holding.begin(fresh, contact)
    assert queries.owner(two.guyana.party.node.sql(), two.guyana.authority) is None


def test_what_screens_read_is_there(two: Two) -> None:
    two.trinidad.upsert(HERS)
    ask(two)
    sql = two.trinidad.party.node.sql()
    owner = queries.owner(sql, two.trinidad.authority)
    assert owner is not None
    assert (owner.contact, owner.waiting) == ("Duty desk, +1 868 555 0100", 0)
    assert owner.marks == len(two.trinidad.party.rows("hits_private_mark"))
    left = {quota.kind: quota for quota in queries.remaining_quotas(sql, two.trinidad.authority)}
    assert left["phone"].peer == two.guyana.authority
    assert left["phone"].left == left["phone"].day - 2
    assert json.loads(two.guyana.party.rows("hits_private_asked", "counts")[0][0]) == {
        "person": 10,
        "phone": 2,
    }
