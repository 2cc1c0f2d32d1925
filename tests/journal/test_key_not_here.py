"""A file that the node knows its authority to read, before its key has come: told, and nothing said."""

from __future__ import annotations

import pytest

from libertad.access.models import Compartment
from libertad.journal.node import node
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead
from libertad.vocabulary.values import Refused
from tests.operations.test_leads import LEAD
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


def test_what_is_said_before_its_key_came_is_refused_with_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second authority of a node acted at once after it had joined, and read a traceback."""
    world.perform("officer", report_lead, **LEAD)
    place = bytes.fromhex(Compartment.objects.get(kind="police", owner=world.actor("officer").authority).pk)
    ring = node().rings.ring(world.actor("officer").authority)
    monkeypatch.delitem(ring.current, place)
    with pytest.raises(Refused, match="try again once it has exchanged"):
        world.perform("officer", report_lead, **LEAD)
    assert Lead.objects.count() == 1
