"""Faults of disk, database and keys: each a clear message that says what to do, nothing half written."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from libertad.journal import restore, trees
from libertad.journal.node import BehindMark, close_node, node
from libertad.journal.rings import Locked, RingError, Rings
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.journal.writer import NotStored
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead

LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}
ROOT = Path(__file__).parents[2]
FILL = """
import json, sys, os
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from django.conf import settings
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.journal.writer import NotStored
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead
from tests.support.world import build
world = build(Path(settings.LIBERTAD_HOME))
lead = dict(country="GY", source_grade="1", information_grade="B", handling="P")
done, why = 0, ""
ballast = open(Path(settings.LIBERTAD_HOME) / "ballast", "wb", buffering=0)
world.perform("officer", report_lead, summary="first", **lead)
try:
    while True:
        ballast.write(bytes(4096))
except OSError:
    pass
try:
    for n in range(20000):
        world.perform("officer", report_lead, summary="x" * 2000, **lead)
        done += 1
except NotStored as error:
    why = str(error)
os.remove(Path(settings.LIBERTAD_HOME) / "ballast")
ballast.close()
stored = Lead.objects.count()
world.perform("officer", report_lead, summary="after", **lead)
print(json.dumps({"done": done, "why": why, "stored": stored, "after": Lead.objects.count(),
    "findings": [str(f) for f in verify(node()).findings]}))
"""


@pytest.mark.sqlite_only
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_disk_that_is_really_full_refuses_and_goes_on_when_there_is_room(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(small).encode(), b"tmpfs", 0, b"size=12m"):
        pytest.skip("this machine does not let us mount a tmpfs")
    try:
        environment = os.environ | {
            "LIBERTAD_HOME": str(small / "node"),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test",
        }
        environment.pop("LIBERTAD_DATABASE_URL", None)
        run = subprocess.run(
            [sys.executable, "-c", FILL],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr[-2000:]
        outcome = json.loads(run.stdout)
    finally:
        libc.umount2(str(small).encode(), 2)
    assert "the disk is full: nothing was written" in outcome["why"]
    assert outcome["stored"] == outcome["done"] + 1 and outcome["after"] == outcome["stored"] + 1
    assert outcome["findings"] == []


@pytest.mark.sqlite_only
def test_a_database_at_its_page_limit_refuses_and_nothing_is_half_written(world):
    def limit(pages):
        def job(tx):
            tx.sql.run(f"pragma max_page_count = {pages}")

        node().writer.submit(job)

    world.perform("officer", report_lead, summary="first", **LEAD)
    Sql().run("vacuum")  # free pages, left by tests before this one, would be filled first
    limit(Sql().first("pragma page_count")[0] + 4)
    done = 0
    with pytest.raises(NotStored, match="disk is full"):
        for _ in range(200):
            world.perform("officer", report_lead, summary="x" * 2000, **LEAD)
            done += 1
    assert Lead.objects.count() == done + 1
    assert verify(node()).findings == []
    limit(1_000_000)
    world.perform("officer", report_lead, summary="after", **LEAD)
    assert Lead.objects.count() == done + 2 and verify(node()).findings == []


@pytest.mark.sqlite_only
def test_a_locked_database_says_so(world):
    world.perform("officer", report_lead, summary="first", **LEAD)
    node().writer.submit(lambda tx: None)
    name = Sql().first("pragma database_list")[2]
    close_node()
    blocker = sqlite3.connect(name, isolation_level=None)
    here = node()

    def quickly(tx):
        tx.sql.run("pragma busy_timeout = 100")

    here.writer.submit(quickly)
    blocker.execute("begin immediate")
    with pytest.raises(NotStored, match="another program holds the database: nothing was written"):
        world.perform("officer", report_lead, summary="second", **LEAD)
    blocker.execute("rollback")
    blocker.close()
    world.perform("officer", report_lead, summary="third", **LEAD)
    assert Lead.objects.count() == 2 and verify(here).findings == []


def test_a_key_file_that_others_may_read_locks_its_ring_and_no_other(world):
    part = node().rings.part_path(world.authorities["police"])
    close_node()
    part.chmod(0o644)
    here = node()
    assert list(here.locked) == [world.authorities["police"]]
    assert f"chmod 600 {part}" in here.locked[world.authorities["police"]]
    with pytest.raises(Locked):
        world.perform("officer", report_lead, summary="lead", **LEAD)
    assert Lead.objects.count() == 0
    part.chmod(0o600)
    close_node()
    world.perform("officer", report_lead, summary="lead", **LEAD)


def test_a_missing_or_wrong_key_file_names_itself(world):
    part = node().rings.part_path(world.authorities["care"])
    close_node()
    part_bytes = part.read_bytes()
    part.unlink()
    assert "put it back" in node().locked[world.authorities["care"]]
    close_node()
    for wrong, words in (
        (part_bytes[:-1], "31 bytes instead of 32"),
        (bytes(32), "not the one of this ring"),
    ):
        part.write_bytes(wrong)
        part.chmod(0o600)
        assert words in node().locked[world.authorities["care"]]
        close_node()
    part.write_bytes(part_bytes)
    assert node().locked == {}


def test_the_nodes_own_key_is_refused_when_others_may_read_it(world):
    path = world.home / "keys" / "node.key"
    close_node()
    path.chmod(0o640)
    with pytest.raises(RingError, match="chmod 600"):
        _ = node().key


def test_a_ring_with_a_passphrase_opens_with_it_alone(tmp_path):
    rings = Rings(tmp_path)
    rings.create("a" * 32, "correct horse")
    rings.close()
    again = Rings(tmp_path)
    assert "passphrase" in again.unlock_all()["a" * 32]
    with pytest.raises(RingError, match="passphrase is wrong"):
        again.unlock("a" * 32, "wrong horse")
    again.unlock("a" * 32, "correct horse")
    assert again.device("a" * 32)
    again.close()


@pytest.fixture
def older(world, tmp_path):
    """A database put back to an older state; SQLite by its file, PostgreSQL by deleting what came later."""
    world.perform("officer", report_lead, summary="old", **LEAD)
    sql = Sql()
    size, frontier = sql.first("select size, frontier from journal_head where id = 1")
    whole = trees.size(sql)
    touches = {(k, e) for k, e in sql.all("select key, entry from journal_touch")}
    leads = {row.pk for row in Lead.objects.all()}
    world.perform("officer", report_lead, summary="new", **LEAD)
    close_node()
    sql.run("delete from journal_entry where idx >= ?", (whole,))
    for key, entry in sql.all("select key, entry from journal_touch"):
        if (key, entry) not in touches:
            sql.run("delete from journal_touch where key = ? and entry = ?", (key, entry))
    sql.run("delete from journal_signed where size > ? and size < ?", (size, trees.BASE[trees.CARE]))
    sql.run("update journal_head set size = ?, frontier = ? where id = 1", (size, bytes(frontier)))
    Lead.objects.exclude(pk__in=leads).delete()
    return world


def test_a_database_older_than_its_mark_is_refused_until_it_is_accepted(older):
    size = trees.size(Sql())
    with pytest.raises(BehindMark, match=f"holds {size} entries") as why:
        older.perform("officer", report_lead, summary="x", **LEAD)
    assert "accept-restore" in str(why.value)
    assert any(finding.kind == "mark" for finding in verify(node()).findings)
    before = {node().rings.device(a)[0] for a in node().rings.authorities()}
    from libertad.journal.rebuild import rebuild

    done = restore.accept(node())
    assert done.size == size and done.lost > 0 and done.devices == len(older.authorities)
    assert not before & {node().rings.device(a)[0] for a in node().rings.authorities()}
    rebuild(node())
    older.perform("officer", report_lead, summary="after", **LEAD)
    assert verify(node()).findings == []


def test_a_new_mark_is_synced_with_its_folder_and_one_that_is_there_is_not(world, monkeypatch):
    """After a power cut a file that was made and not synced may be there and empty."""
    synced, real = [], os.fsync

    def fsync(file):
        synced.append(Path(f"/proc/self/fd/{file}").resolve())
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    world.perform("officer", report_lead, summary="x", **LEAD)
    assert synced == []
    node().drop_mark()
    world.perform("officer", report_lead, summary="x", **LEAD)
    assert synced == [world.home / "mark", world.home]
    world.perform("officer", report_lead, summary="x", **LEAD)
    assert len(synced) == 2 and json.loads((world.home / "mark").read_text())["size"] == node().mark()[0]


def test_a_mark_that_cannot_be_read_says_what_to_do(world):
    close_node()
    (world.home / "mark").write_text("nonsense")
    with pytest.raises(BehindMark, match="journal verify"):
        world.perform("officer", report_lead, summary="x", **LEAD)
    restore.accept(node())
    world.perform("officer", report_lead, summary="x", **LEAD)
    assert verify(node()).findings == []


def test_the_backup_of_the_rings_opens_nothing_without_the_parts(world, tmp_path):
    shutil.copy(node().rings.backup(), tmp_path / "rings.db")
    alone = Rings(tmp_path)
    assert len(alone.unlock_all()) == len(world.authorities)
    assert alone.known == {}
    alone.close()
