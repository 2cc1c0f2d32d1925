"""Care's Today tells that an authority's words wait outside: somebody in danger may be among them."""

from __future__ import annotations

import html
import json

from libertad.exchange.models import Alarm
from libertad.exchange.peers import now_ms
from libertad.journal.models import Entry, Held
from tests.people.making import meet
from tests.support.world import World

TOLD = "Some of what Guyana police recorded waits outside"


def today(world: World, role: str) -> str:
    return html.unescape(world.client(role).get("/").content.decode())


def test_who_receives_people_in_danger_reads_whom_to_telephone_while_words_wait(world: World) -> None:
    meet(world)
    told = {"why": "another file", "signed": [], "verb": "file.open", "victims": []}
    alarm = Alarm.objects.create(
        id="a" * 32, kind="about", who=world.authorities["police"], proof=json.dumps(told), at=now_ms()
    )
    assert TOLD not in today(world, "caseworker"), "nothing waits because of it"
    last = Entry.objects.order_by("-idx").first()
    assert last is not None
    Held.objects.create(idx=last.idx, reason="parked", detail="", since=now_ms())
    page = today(world, "caseworker")
    assert TOLD in page and "Telephone it and ask" in page
    assert TOLD not in today(world, "officer") and TOLD not in today(world, "press")
    alarm.settled = now_ms()
    alarm.save()
    assert TOLD not in today(world, "caseworker")
