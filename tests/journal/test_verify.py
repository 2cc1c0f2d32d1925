"""Every change to a stored journal is found; what a node wrote itself is clean."""

from __future__ import annotations

import random

import pytest

from libertad.journal import folding
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from tests.journal.independent_verifier import verify_journal

LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}
KEYS = {
    "journal_entry": ("idx",),
    "journal_touch": ("key", "entry"),
    "journal_head": ("id",),
    "journal_device": ("id",),
    "journal_signed": ("size",),
    "operations_lead": ("id",),
    "access_officer": ("id",),
    "access_reader": ("id",),
}


@pytest.fixture
def journal(world):
    for n in range(5):
        world.perform("officer", report_lead, summary=f"lead {n}", happened=world.at(3, 10 + n), **LEAD)
    node().writer.submit(lambda tx: tx.sign())
    return world


def test_what_a_node_wrote_is_clean_with_one_process_and_with_two(journal):
    assert verify(node()).findings == []
    report = verify(node(), processes=2)
    assert (
        report.findings == [] and report.opened == report.size == report.checkpoint > 20 and report.rows > 20
    )


def test_a_hundred_tamperings_are_all_found(journal):
    rng, sql = random.Random(7), Sql()
    missed = []
    for n in range(100):
        undo, tampering = tamper(sql, rng)
        if verify(node()).clean:
            missed.append(f"{n}: {tampering}")
        undo()
    assert not missed
    assert verify(node()).clean


def tamper(sql, rng):
    """Change, delete or exchange something; returns how to take it back, and what it was."""
    table = rng.choice(list(KEYS))
    names = [c[0] for c in sql.run(f"select * from {table} limit 1").description]
    quoted = [f'"{name}"' for name in names]
    rows = sql.all(f"select {', '.join(quoted)} from {table}")
    row = [bytes(v) if isinstance(v, memoryview) else v for v in rng.choice(rows)]
    where = " and ".join(f'"{k}" = ?' for k in KEYS[table])
    key = [row[names.index(k)] for k in KEYS[table]]

    def delete():
        sql.run(f"delete from {table} where {where}", key)

    def insert(values):
        sql.run(f"insert into {table} ({', '.join(quoted)}) values ({', '.join('?' * len(names))})", values)

    if rng.random() < 0.2 and table not in ("journal_signed",):
        delete()
        return (lambda: insert(row)), f"deleted from {table}"
    changed = list(row)
    place = rng.choice(
        [i for i, v in enumerate(row) if v not in (None, "", b"") and not isinstance(v, float)]
    )
    changed[place] = altered(row[place], rng)
    delete()
    insert(changed)
    new = [changed[names.index(k)] for k in KEYS[table]]

    def undo():
        sql.run(f"delete from {table} where {where}", new)
        insert(row)

    return undo, f"{table}.{names[place]}"


def altered(value, rng):
    if isinstance(value, bytes):
        at = rng.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << rng.randrange(8)]) + value[at + 1 :]
    if isinstance(value, str):
        at = rng.randrange(len(value))
        return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]
    if isinstance(value, bool):
        return not value
    return value + 1_000_003 if isinstance(value, int) else "2001-01-01"


def test_a_tail_cut_off_with_its_head_rewritten_is_found_by_the_mark(journal):
    sql = Sql()
    from libertad.journal.tree import Frontier, leaf_hash

    headers = [bytes(row[0]) for row in sql.all("select header from journal_entry order by idx")]
    frontier = Frontier()
    frontier.extend(leaf_hash(h) for h in headers[:-1])
    sql.run("delete from journal_entry where idx = ?", (len(headers) - 1,))
    sql.run("delete from journal_touch where entry = ?", (len(headers) - 1,))
    sql.run("delete from journal_signed")
    sql.run("update journal_head set size = ?, frontier = ?", (len(headers) - 1, frontier.to_bytes()))
    kinds = {finding.kind for finding in verify(node()).findings}
    assert "mark" in kinds


def test_findings_say_what_to_do_and_show_no_value(journal):
    table = next(p for p in folding.PROJECTIONS if p.label.endswith(".Lead")).model._meta.db_table
    Sql().run(f"update {table} set reference = 'canary'")
    findings = verify(node()).findings
    assert {f.kind for f in findings} == {"read model"}
    assert all("libertad journal rebuild" in f.mend and "canary" not in str(f) for f in findings)


def test_the_verifier_written_from_the_page_accepts_the_stored_journal(journal):
    sql, here = Sql(), node()
    rows = sql.all("select header, signature, body, place from journal_entry order by idx")
    entries = [(bytes(h), bytes(s), bytes(b)) for h, s, b, _ in rows]
    places = [row[3] for row in rows]
    devices = [bytes(row[0]) for row in sql.all("select public from journal_device")]
    newest = "select text from journal_signed where size >= ? and size < ? order by size desc limit 1"
    note, care = (sql.first(newest, bounds)[0] for bounds in ((0, 1 << 52), (1 << 52, 1 << 62)))
    key = here.key
    known = (devices, note, key.origin, key.public, here.rings.known, None)
    assert verify_journal(entries, *known, places, care) == []
    assert max(places) >= 1 << 52, "care said something as well"
    entries[3], entries[4] = entries[4], entries[3]
    assert verify_journal(entries, *known, places, care)


@pytest.mark.parametrize("wrong", ["other side", "twice", "nowhere", "text"])
def test_an_entry_in_another_place_of_the_trees_is_found(journal, wrong):
    """A place decides which side gets to know of an entry."""
    sql = Sql()
    (place,) = sql.first("select max(place) from journal_entry where place < ?", (1 << 52,))
    now = {"other side": (1 << 52) + 5000, "twice": place + 7, "nowhere": None, "text": "x"}[wrong]
    if wrong == "text" and sql.postgres:
        return
    sql.run("update journal_entry set place = ? where place = ?", (now, place))
    assert "tree" in {finding.kind for finding in verify(node()).findings}
