"""Erased is erased: no byte of the key or the plaintext anywhere, and no old copy of the rings opens."""

from __future__ import annotations

import os
import shutil

import pytest

from libertad.access.acting import Forbidden
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Compartment
from libertad.journal import reading
from libertad.journal.node import close_node, node
from libertad.journal.rings import RingError, Rings
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.place_hold import place_hold
from libertad.vocabulary.values import PersonName, Refused
from tests.support import disk
from tests.support.shuffling import assert_order_free

CANARY = "Xochiquetzal Wrzesniewska"


@pytest.fixture
def person(world):
    return world.perform("officer", meet_person, country="GY", name=(PersonName(text=CANARY),))


@pytest.fixture
def kept_person(world):
    return world.perform("officer", meet_person, country="GY", name=(PersonName(text="Somebody Else"),))


def files(home):
    """Every file of the node, with the database's own where it lies elsewhere."""
    from django.conf import settings

    paths = [path for path in home.rglob("*") if path.is_file()]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        name = str(database["NAME"])
        paths += [p for p in (name, f"{name}-wal", f"{name}-shm", f"{name}-journal") if os.path.exists(p)]
    return paths


def holding(paths, needles):
    hits = []
    for path in paths:
        data = disk.read(path)
        hits += [(str(path), needle[:8]) for needle in needles if needle in data]
    return hits


def secrets(person):
    """(raw keys, sealed bodies and rows) of a person's files."""
    here, sql = node(), Sql()
    places = list(Compartment.objects.filter(about=person).values_list("id", flat=True))
    keys = [here.rings.newest[bytes.fromhex(place)][2] for place in places]
    marks = ", ".join("?" * len(places))
    sealed = [
        bytes(r[0]) for r in sql.all(f"select body from journal_entry where compartment in ({marks})", places)
    ]
    from libertad.journal import folding

    for projection in folding.PROJECTIONS:
        table = projection.model._meta.db_table
        sealed += [
            bytes(row[0])
            for row in sql.all(f"select sealed from {table} where compartment in ({marks})", places)
            if row[0] is not None
        ]
    return keys, [blob[60:100] for blob in sealed], places


def test_no_byte_of_key_plaintext_or_sealed_body_is_left(world, person, kept_person):
    here = node()
    here.rings.backup()
    keys, sealed, places = secrets(person)
    assert keys and sealed
    parts = [path.read_bytes() for path in here.rings.parts.glob("*.part")]
    roots = [ring.root for ring in here.rings.open.values()]
    reported = []
    here.erased.append(reported.append)
    done = world.perform(
        "national-lead", erase_person, person=person, reason="court order 7", source="decision"
    )
    assert done == len(places) and reported == [frozenset(places)]
    needles = [CANARY.encode(), CANARY.encode("utf-16-le"), *keys, *parts, *roots]
    if not Sql().postgres:
        needles += sealed
    assert holding(files(world.home), needles) == []
    assert not Compartment.objects.filter(about=person).exists()
    rows = reading.tables(Sql())
    assert not [
        k for table in rows.values() for k, row in table.items() if set(places) & {str(v) for v in row}
    ]
    report = verify(here)
    assert report.findings == [] and report.erased > 0
    assert_order_free()
    close_node()
    assert verify(node()).findings == []


@pytest.mark.both
def test_the_plaintext_was_never_in_the_databases_files(world, person):
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("the files of SQLite are in the node's home")
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
        cursor.execute("show data_directory")
        folder = cursor.fetchone()[0]
    paths = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    assert len(paths) > 100
    assert holding(paths, [CANARY.encode()]) == []


def test_old_copies_of_ring_and_backup_do_not_open_with_the_new_parts(world, person, tmp_path):
    here = node()
    here.rings.backup()
    for name in ("rings.db", "rings.backup"):
        shutil.copy(world.home / name, tmp_path / name)
    world.perform("national-lead", erase_person, person=person, reason="court order 7", source="decision")
    for name in ("rings.db", "rings.backup"):
        copied = tmp_path / f"with-{name}"
        shutil.copytree(world.home / "keys", copied / "keys")
        shutil.copy(tmp_path / name, copied / "rings.db")
        old = Rings(copied)
        for authority in old.authorities():
            with pytest.raises(RingError, match="not the one of this ring"):
                old.unlock(authority)
        old.close()
    # The new backup, put back, opens with the new parts and does not hold the person's keys.
    again = tmp_path / "again"
    shutil.copytree(world.home / "keys", again / "keys")
    shutil.copy(world.home / "rings.backup", again / "rings.db")
    restored = Rings(again)
    assert restored.unlock_all() == {}
    assert not restored.erased() & set(restored.known)
    restored.close()


def test_refused_under_a_hold_without_a_reason_and_for_whom_the_file_is_not(world, person):
    with pytest.raises(Refused, match="reason"):
        world.perform("national-lead", erase_person, person=person, reason=" ")
    for role in ("other-lead",):
        with pytest.raises(Refused, match="there is no such file"):
            world.perform(role, erase_person, person=person, reason="no")
    with pytest.raises(Refused, match="there is no such file"):
        world.perform("other-lead", erase_person, person="0" * 32, reason="no")
    with pytest.raises(Forbidden):
        world.perform("officer", erase_person, person=person, reason="no")
    world.perform("prosecutor", place_hold, country="GY", person=person, reason="trial", source="decision")
    with pytest.raises(Refused, match="legal hold"):
        world.perform("national-lead", erase_person, person=person, reason="asked", source="decision")
    assert Compartment.objects.filter(about=person, kind="person").exists()
    assert verify(node()).findings == []


@pytest.mark.parametrize("after", range(10))
def test_a_step_that_fails_leaves_the_old_or_the_new_rings_and_recover_finishes(
    world, kept_person, person, monkeypatch, after
):
    """os.replace fails at its n-th call: keys are as before or as after, never neither."""
    real, calls = os.replace, []

    def failing(source, target):
        calls.append(str(target))
        if len(calls) > after:
            raise OSError(5, "Input/output error")
        real(source, target)

    places = list(Compartment.objects.filter(about=person).values_list("id", flat=True))
    monkeypatch.setattr(os, "replace", failing)
    failed = False
    try:
        world.perform("national-lead", erase_person, person=person, reason="order", source="decision")
    except Exception:
        failed = True
    monkeypatch.setattr(os, "replace", real)
    assert failed == (len(calls) > after)
    close_node()
    fresh = node()
    assert fresh.locked == {} and len(fresh.rings.open) == len(world.authorities)
    fresh.writer.submit(lambda tx: None)  # a node that starts to write finishes what was noted
    held = [place for place in places if bytes.fromhex(place) in fresh.rings.newest]
    assert held == [] and fresh.rings.intended() == []
    kept_place = Compartment.objects.get(about=kept_person, kind="person").pk
    assert bytes.fromhex(kept_place) in fresh.rings.newest
    assert not list(world.home.rglob("*.next")) and not (world.home / "rings.new").exists()
    assert verify(fresh).findings == []


def test_a_note_without_its_transaction_is_dropped(world, person):
    here = node()
    place = Compartment.objects.get(about=person, kind="person").pk
    here.rings.intend([bytes.fromhex(place)])
    here.rings.commit()
    close_node()
    node().writer.submit(lambda tx: None)
    assert node().rings.intended() == [] and bytes.fromhex(place) in node().rings.newest
