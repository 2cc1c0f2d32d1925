"""The app's own core, without a screen, hands over to a node by HTTP."""

from __future__ import annotations

import hashlib
from contextvars import Context
from pathlib import Path
from typing import Any

from libertad.access.attaching import opened_content
from libertad.access.models import Attachment
from libertad.evidence.models import Exhibit
from libertad.journal.models import Chunk
from libertad.people import queries as people
from libertad.people.models import DangerTally, Person, Tally
from tests.field.making import code_for
from tests.field_app.speaking import Json, phone
from tests.support.world import World

HAND_OVER = {"do": "handOver"}
UNLOCK = {"do": "unlock"}


def enrolled(world: World, url: str, state: Path, role: str = "officer") -> Json:
    answer = phone(url, state, {"do": "enrol", "code": code_for(world, role)})
    grant: Json = answer["results"][0]
    assert "refused" not in grant, grant
    return grant


def test_a_raid_of_40_people_and_25_exhibits_arrives_once_over_a_link_that_is_cut(
    world: World, live_server: Any, tmp_path: Path
) -> None:
    url, state = live_server.url, tmp_path / "phone.json"
    enrolled(world, url, state)
    captured = phone(
        "http://127.0.0.1:9",  # nobody is there
        state,
        {"do": "people", "count": 40},
        {"do": "exhibits", "count": 25, "photos": 1},
        HAND_OVER,
        UNLOCK,
        HAND_OVER,
    )
    locked, _, cut_off = captured["results"][2:]
    assert (locked["outcome"], cut_off["outcome"]) == ("nothing", "cut") and "unlock" in locked["problem"]
    waiting = captured["status"]["unsent"]["entries"]
    assert waiting == 40 * 2 + 2 + 25 * 3
    cut = phone(url, state, UNLOCK, *[HAND_OVER] * 4, cut=[60_000, 90_000, 64_000])
    outcomes = [result["outcome"] for result in cut["results"][1:]]
    assert outcomes == ["cut", "cut", "cut", "all"], cut["results"]
    assert cut["status"]["refused"] == cut["status"]["held"] == cut["status"]["unsent"]["entries"] == 0
    assert (Person.objects.count(), Exhibit.objects.count(), Tally.objects.count()) == (40, 25, 40)
    # Two people: of each the danger at the meeting, and the words about it, as at the node.
    assert DangerTally.objects.count() == 4
    assert (Chunk.objects.filter(here=True).count(), Chunk.objects.count()) == (50, 50)
    hashes = {hashed for seized in captured["results"][1] for hashed in seized["hashes"]}
    officer = world.actor("officer")
    # Asked by no page: whatever a request of another test left in this thread's context counts none of them.
    keys = Attachment.objects.values_list("pk", flat=True)
    opened = {Context().run(opened_content, officer, key) for key in keys}
    assert {hashlib.sha256(content).hexdigest() for content in opened} == hashes and len(hashes) == 25
    again = phone(url, state, HAND_OVER)
    assert again["results"][0]["outcome"] == "nothing" and Person.objects.count() == 40
    references = [met["reference"] for met in captured["results"][0]]
    lead = people.people(world.actor("national-lead"))
    assert sorted(each.reference for each in lead) == sorted(references)


def test_custody_changes_hands_between_two_phones_without_a_network(
    world: World, live_server: Any, tmp_path: Path
) -> None:
    url, away = live_server.url, "http://127.0.0.1:9"
    giver, taker = tmp_path / "giver.json", tmp_path / "taker.json"
    enrolled(world, url, giver)
    to = world.actor("national-lead").officer
    enrolled(world, url, taker, "national-lead")
    phone(url, giver, UNLOCK, HAND_OVER)  # renewed: the other phone is known
    seized = phone(away, giver, UNLOCK, {"do": "exhibits", "count": 2})["results"][1]
    items = [{"exhibit": each["subject"], "sealRead": "SVG 118300"} for each in seized[:1]]
    [_, offer] = phone(away, giver, UNLOCK, {"do": "offer", "items": items, "to": to})["results"]
    [_, read] = phone(away, taker, UNLOCK, {"do": "take", "frames": offer["frames"]})["results"]
    assert read["done"]["offer"]["words"] == offer["words"] and read["done"]["offer"]["known"]
    received = [{**items[0], "accepted": True, "sealState": "intact"}]
    [_, answer, _] = phone(
        away, taker, UNLOCK, {"do": "accept", "offer": offer["id"], "items": received}, HAND_OVER
    )["results"]
    [_, marked] = phone(away, giver, UNLOCK, {"do": "take", "frames": answer["frames"]})["results"]
    assert marked["done"]["answer"]["words"] == answer["words"] and marked["done"]["answer"]["known"]
    # Who took it is at the node first; the offer that it names comes later.
    first = phone(url, taker, UNLOCK, HAND_OVER)["results"][1]
    second = phone(url, giver, UNLOCK, HAND_OVER)["results"][1]
    assert (first["refused"], second["refused"], second["outcome"]) == (0, 0, "all"), (first, second)
    held = {exhibit.id: exhibit for exhibit in Exhibit.objects.all()}
    assert held[seized[0]["subject"]].holder == to
    assert held[seized[1]["subject"]].holder == world.actor("officer").officer


def test_another_phone_carries_by_codes_and_by_a_file_what_it_cannot_open(
    world: World, live_server: Any, tmp_path: Path
) -> None:
    url, away = live_server.url, "http://127.0.0.1:9"
    first, carrier = tmp_path / "first.json", tmp_path / "carrier.json"
    enrolled(world, url, first)
    enrolled(world, url, carrier, "national-lead")
    captured = phone(away, first, UNLOCK, {"do": "people", "count": 30}, {"do": "frames"})["results"]
    codes = captured[2]
    phone(away, carrier, {"do": "take", "frames": codes["frames"]})
    _, answer = phone(url, carrier, HAND_OVER, {"do": "answerFrames"})["results"]
    read = phone(away, first, {"do": "take", "frames": answer["frames"]}, {"do": "bundle"})["results"]
    assert read[0]["done"]["report"]["delivered"] == codes["entries"]
    assert read[1]["entries"] == codes["left"] > 0
    _, report = phone(url, carrier, {"do": "readBundle", "content": read[1]["content"]}, HAND_OVER)["results"]
    assert report["problem"] == ""
    assert {person.reference for person in people.people(world.actor("national-lead"))} == {
        met["reference"] for met in captured[1]
    }
    last = phone(url, first, HAND_OVER)
    assert (last["results"][0]["outcome"], last["status"]["unsent"]["entries"]) == ("all", 0)
    assert Person.objects.count() == 30
