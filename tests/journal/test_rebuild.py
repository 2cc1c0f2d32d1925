"""Rebuilding: what was broken is whole again, while the node writes; refused when a ring is locked."""

from __future__ import annotations

import threading

import pytest

from libertad.journal import rebuild as rebuilding
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.journal.rings import Locked
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead

LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}


def leads(world, count, stem="lead"):
    for n in range(count):
        world.perform("officer", report_lead, summary=f"{stem} {n}", **LEAD)


def test_broken_rows_are_mended_and_right_ones_left_alone(world):
    leads(world, 6)
    assert rebuild(node()).changed == 0
    first, second = Lead.objects.all()[:2]
    Lead.objects.filter(pk=first.pk).delete()
    Lead.objects.filter(pk=second.pk).update(reference="wrong")
    second.pk = "f" * 32  # a row without an entry
    second.save(force_insert=True)
    Sql().run("delete from journal_touch")
    assert rebuild(node()).changed == 3
    assert verify(node()).findings == []


def test_the_node_writes_on_while_it_is_rebuilt(world, monkeypatch):
    monkeypatch.setattr(rebuilding, "NEARLY", 5)
    leads(world, 20)
    Lead.objects.all().update(reference="wrong")
    stop = threading.Event()

    def write():
        while not stop.wait(0.005):  # without a breath the rebuild may never catch up
            leads(world, 1, "meanwhile")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(3):
            rebuild(node())
    finally:
        stop.set()
        thread.join()
    assert verify(node()).findings == []
    assert not Lead.objects.filter(reference="wrong").exists()


def test_refused_when_a_ring_is_locked(world):
    leads(world, 1)
    node().rings.open.pop(world.authorities["care"])
    with pytest.raises(Locked, match=world.authorities["care"]):
        rebuild(node())
    assert Lead.objects.count() == 1


def test_nothing_of_the_staging_is_left(world):
    leads(world, 2)
    rebuild(node())
    from django.db import connection

    assert not [name for name in connection.introspection.table_names() if name.startswith("beside_")]
