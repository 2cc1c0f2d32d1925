"""Seals of rows that decide: trusted once, then kept; what a crash or an upgrade leaves, and planted rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.access.acting import new_id
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.models import Officer
from libertad.journal import folding, guards, rebuild
from libertad.journal.guards import GUARDS, Guard
from libertad.journal.node import close_node, node
from libertad.journal.seals import Change, RowChanged
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from tests.support.populated import LEAD
from tests.support.world import World

OFFICER = "access_officer"


def spoil(world: World) -> str:
    officer = world.actor("officer").officer
    Officer.objects.filter(pk=officer).update(role="administrator")
    return officer


def test_rows_are_trusted_at_the_first_start_after_an_upgrade_and_never_again(world: World) -> None:
    close_node()
    for path in world.home.glob("seals.db*"):
        path.unlink()  # a home of 0.1 has none
    assert verify(node()).clean and node().seals.findings(Sql()) == []
    assert len(node().seals.table(OFFICER)) == Officer.objects.count()
    name = spoil(world)
    close_node()
    node().seals.ready(Sql())
    assert [(notice.table, notice.name) for notice in node().seals.findings(Sql())] == [(OFFICER, name)]


def test_a_version_that_seals_more_takes_over_what_was_right_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = GUARDS[OFFICER]
    less = Guard(now.table, now.key, now.columns[:-1], now.mend, small=False)
    monkeypatch.setitem(GUARDS, OFFICER, less)
    close_node()
    node().seals.adopt(Sql())
    name = spoil(world)
    monkeypatch.setitem(GUARDS, OFFICER, now)
    close_node()
    notices = node().seals.findings(Sql())
    assert [(notice.table, notice.name) for notice in notices] == [(OFFICER, name)]


def test_a_row_is_right_before_and_after_a_commit_that_a_crash_cut_off(world: World) -> None:
    here, guard = node(), GUARDS[OFFICER]
    row = guards.rows(Sql(), guard, " and id = ?", (world.actor("officer").officer,))[0]
    after = tuple("analyst" if value == "officer" else value for value in row)
    here.seals.prepare([here.seals.change(OFFICER, after)])
    assert here.seals.holds(OFFICER, row) and here.seals.holds(OFFICER, after)
    here.seals.settle([here.seals.change(OFFICER, after)])
    assert not here.seals.holds(OFFICER, row) and here.seals.holds(OFFICER, after)


def test_a_rebuild_makes_read_models_right_again_from_the_signed_entries(world: World) -> None:
    spoil(world)
    assert not verify(node()).clean
    rebuild.rebuild(node())
    assert verify(node()).clean and node().seals.notices() == []
    world.perform("officer", report_lead, summary="a house", **LEAD)


def test_an_entry_that_the_database_leaves_out_of_a_row_is_noticed_before_the_row_is_made(
    world: World,
) -> None:
    """Else a withdrawn officer would be active again when anything is next said of that officer."""
    officer = world.actor("officer").officer
    Sql().run("delete from journal_touch where key = ?", (f"access.Officer:{officer}",))
    node().writer.caches.clear()
    with pytest.raises(RowChanged):
        node().writer.submit(lambda tx: tx.entries_touching(f"access.Officer:{officer}"))
    assert {notice.table for notice in node().seals.findings(Sql())} == {guards.TOUCH}
    rebuild.rebuild(node())
    assert node().seals.findings(Sql()) == []


def test_a_row_that_the_database_leaves_out_is_among_those_of_its_key(world: World) -> None:
    officer = world.actor("officer").officer
    labels = tuple(projection.label for projection in folding.PROJECTIONS)
    touch = f"access.Officer:{officer}"
    assert node().writer.submit(lambda tx: tx.touched(officer, labels)).count(touch) == 1
    Sql().run("delete from journal_touch where key = ?", (touch,))
    assert touch in node().writer.submit(lambda tx: tx.touched(officer, labels))
    assert node().writer.submit(lambda tx: tx.touched(new_id(), labels)) == []


def test_a_rebuild_from_entries_that_were_changed_is_refused(world: World) -> None:
    idx = Sql().first("select max(idx) from journal_entry")
    assert idx is not None
    Sql().run("update journal_entry set body = null where idx = ?", (idx[0],))
    with pytest.raises(RowChanged):
        rebuild.rebuild(node())


def test_a_rebuild_does_not_let_go_of_what_was_held_back(world: World) -> None:
    node().writer.submit(
        lambda tx: tx.sql.run(
            "insert into journal_held (idx, reason, detail, since) values (0, 'unauthorised', '', 0)"
        )
    )
    Sql().run("delete from journal_held")
    with pytest.raises(RowChanged):
        rebuild.rebuild(node())
    assert "journal_held" in {notice.table for notice in node().seals.findings(Sql())}


def test_a_checkpoint_note_that_was_deleted_is_found(world: World) -> None:
    sizes = [row[0] for row in Sql().all("select size from journal_signed order by size")]
    Sql().run("delete from journal_signed where size = ?", (sizes[0],))
    assert [str(finding) for finding in verify(node()).findings if "journal_signed" in finding.where]


def test_a_trigger_on_a_guarded_table_is_found(world: World) -> None:
    sql = Sql()
    if sql.postgres:
        sql.run("create function nothing() returns trigger language plpgsql as 'begin return new; end'")
        sql.run("create trigger t before update on access_account for each row execute function nothing()")
    else:
        sql.run("create trigger t after update on access_account begin select 1; end")
    try:
        assert [notice.what for notice in node().seals.findings(sql)] == ["trigger"]
    finally:
        sql.run("drop trigger t on access_account" if sql.postgres else "drop trigger t")


def test_the_key_of_the_seals_and_the_seals_are_this_users_alone(world: World) -> None:
    for path in (world.home / "seals.db", world.home / "keys" / "rows.key"):
        assert Path(path).stat().st_mode & 0o077 == 0


def test_what_is_sealed_names_nothing_of_a_row(world: World) -> None:
    officer = world.actor("officer")
    node().seals.prepare([Change(OFFICER, "x", "", b"y" * 16)])
    data = b"".join(path.read_bytes() for path in world.home.glob("seals.db*"))
    assert officer.officer.encode() in data and b"caseworker" not in data and b"argon2" not in data


def test_what_the_node_writes_while_rows_are_compared_is_no_finding(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, done = guards.rows, []

    def meanwhile(sql: Sql, guard: Guard, *arguments: object) -> object:
        rows = real(sql, guard, *arguments)  # type: ignore[arg-type]
        if guard.table == OFFICER and not done:
            done.append(True)
            world.perform(
                "administrator",
                appoint_officer,
                name="C. T.",
                service_number="GY-1",
                role="officer",
                rank="",
                source="decision",
            )
        return rows

    monkeypatch.setattr(guards, "rows", meanwhile)
    assert verify(node()).clean and done
