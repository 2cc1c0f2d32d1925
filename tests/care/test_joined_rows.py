"""A row that one entry begins and others join, named by the first one's hash: all of them are in it, whenever
each is folded, and whatever this process remembers of the others."""

from __future__ import annotations

import pytest

from libertad.access.glass_models import BrokenGlass
from libertad.access.queries import open_row
from libertad.care.actions.note_case import note_case
from libertad.care.desk_models import CaseNote
from libertad.journal import folding
from libertad.journal.node import node
from tests.access.test_glass import broken, protected, review
from tests.care.test_notes import TALK
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def forget() -> None:
    """As after a start of the node, or once another process wrote."""
    node().writer.submit(lambda tx: tx.caches.clear())


def refold(label: str, key: str) -> None:
    projection = next(p for p in folding.PROJECTIONS if p.label == label)
    node().writer.submit(lambda tx: tx.refold(projection, key))


def test_a_review_counts_though_the_node_was_started_since(world: World) -> None:
    entry = broken(world, protected(world))
    forget()
    review(world.actor("supervisor"), entry)
    assert [row.verdict for row in opened(BrokenGlass, pk=entry)] == ["right"]
    forget()
    refold("access.BrokenGlass", entry)
    assert [row.verdict for row in opened(BrokenGlass, pk=entry)] == ["right"]


def words_of(world: World, note: str) -> str:
    return str(open_row(world.actor("caseworker"), CaseNote.objects.get(pk=note))["words"][0]["words"])


def test_a_note_is_corrected_though_the_node_was_started_since(world: World) -> None:
    person = protected(world)
    note = world.perform("caseworker", note_case, person=person, **TALK)
    forget()
    world.perform("caseworker", note_case, person=person, **TALK | {"words": "Her brother."}, corrects=note)
    assert words_of(world, note) == "Her brother."
    forget()
    refold("care.CaseNote", note)
    assert words_of(world, note) == "Her brother."
