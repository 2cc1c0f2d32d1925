"""`doctor` tells of alarms that nobody has settled: what rests upon their authority's words is held back."""

from __future__ import annotations

import json
from typing import Any

from libertad.commands.doctor import _alarms
from libertad.exchange.models import Alarm
from libertad.exchange.peering.peers import now_ms
from libertad.journal.models import Entry, Held
from tests.support.sealed import believe_all
from tests.support.world import World


def test_an_open_alarm_is_a_problem_that_says_whom_to_telephone(world: World, settings: Any) -> None:
    settings.LIBERTAD_DEMO = False
    assert list(_alarms()) == []
    proof = {"why": "another file", "signed": [], "verb": "file.open", "victims": []}
    alarm = Alarm.objects.create(
        id="a" * 32, kind="about", who=world.authorities["police"], proof=json.dumps(proof), at=now_ms()
    )
    (problem,) = _alarms()
    assert "Guyana police" in problem.what and "wait for it" not in problem.what
    entries = Entry.objects.order_by("-idx")[:2]
    for entry, reason in zip(entries, ("parked", "unauthorised"), strict=True):
        Held.objects.create(idx=entry.idx, reason=reason, detail="", since=now_ms())
    (problem,) = _alarms()
    assert "1 entries wait for it, and somebody in danger may be among them" in problem.what
    assert "telephone that authority" in problem.mend
    alarm.settled = now_ms()
    alarm.save()
    believe_all()
    assert list(_alarms()) == []
