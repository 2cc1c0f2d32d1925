"""Whatever stands in a table of the journal, verify ends with findings in words and never with a trace."""

from __future__ import annotations

import random

import pytest

from libertad.journal import header
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from tests.journal.test_verify import KEYS, LEAD
from tests.support.world import World

ODD = [None, "", "x", "\x00", "9" * 30, b"", b"\xff", b"\xa1" * 300, -1, 0, 1 << 62, 1.5]
TABLES = [*KEYS, "journal_tile", "journal_held"]
TIMES = 200


@pytest.fixture
def journal(world: World) -> World:
    for n in range(3):
        world.perform("officer", report_lead, summary=f"lead {n}", happened=world.at(3, 10 + n), **LEAD)
    node().writer.submit(lambda tx: tx.sign())
    return world


@pytest.mark.sqlite_only  # its columns hold values of any type, as a thief's editor leaves them
def test_values_of_any_form_end_in_findings(journal: World) -> None:
    rng, sql = random.Random(11), Sql()
    missed, tried = [], 0
    for _ in range(TIMES):
        table = rng.choice(TABLES)
        names = [column[0] for column in sql.run(f"select * from {table} limit 1").description]
        try:
            rows = sql.all(f"select rowid, * from {table}")
        except Exception:
            continue  # a table without numbers of its own
        if not rows:
            continue
        row, column, value = rng.choice(rows), rng.choice(names), rng.choice(ODD)
        before = row[1 + names.index(column)]
        if value == before or isinstance(before, bool):  # the driver reads any number but 1 as False
            continue
        where = f"update {table} set {column} = ? where rowid = ?"
        try:
            sql.run(where, (value, row[0]))
        except Exception:
            continue  # the table itself refuses it
        tried += 1
        report = verify(node())
        if report.clean:
            missed.append((table, column, value, before))
        assert all(str(finding) for finding in report.findings)
        sql.run(f"delete from {table}")
        marks = ", ".join("?" * len(names))
        sql.run_many(f"insert into {table} ({', '.join(names)}) values ({marks})", [row[1:] for row in rows])
    assert tried > TIMES // 2
    assert not missed
    assert verify(node()).clean


def test_a_header_of_any_bytes_is_a_finding(journal: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no rule foresaw: the decoder itself fails in a way of its own."""

    def failing(data: bytes) -> object:
        raise IndexError("beyond the end")

    monkeypatch.setattr(header, "decode", failing)
    report = verify(node(), models=False)
    assert not report.clean
    assert all("IndexError" in str(finding) for finding in report.findings if finding.kind == "form")
    assert any(finding.kind == "form" for finding in report.findings)
