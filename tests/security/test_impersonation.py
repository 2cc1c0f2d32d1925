"""An entry in one authority's name that another's device signed: an alarm to all whom it concerns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Act, new_id
from libertad.exchange.authorization import impersonations
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary import body as vocabulary
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.access import FileOpen, OfficerAppoint
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import held_entries, lead
from tests.security.test_forging_access import operation_file
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


def impersonate(attacker: Party, victim: Party, place: str, kind: str, content: Verb, subject: str) -> None:
    """The attacker's device signs an entry in the victim's name."""

    def say(act: Act) -> None:
        body = vocabulary.Body(
            verb=content.VERB,
            subject=subject,
            operation=attacker.operation,
            authority=victim.authority,
            officer=sorted(victim.officers.values())[0],
            happened=act.happened,
            clock=act.tx.caches.tick(),
            statements=vocabulary.statements(content),
        )
        act.tx.append(attacker.authority, place, kind, body, content)

    attacker.do("national-lead", say)


def appoint(attacker: Party, victim: Party) -> None:
    content = OfficerAppoint(name="X", service_number="X-1", role="national-lead")
    impersonate(attacker, victim, operation_file(attacker), "operation", content, new_id())


def alarm_rows(party: Party) -> list[tuple[str, str, int, list[str]]]:
    """By alarm: kind, whose device it was, how many entries, in whose names."""
    alarms: list[Any] = []
    for kind, authority, text in party.rows("exchange_alarm", "kind, who, proof"):
        proof = json.loads(text)
        alarms.append((kind, authority, proof.get("count"), proof["victims"]))
    return alarms


def talk(three: Three) -> None:
    """Until everybody has told everybody: what is told of others goes with a later ask."""
    for _ in range(3):
        for party in three:
            for memory in party.exchange.memories.values():
                memory.forget()
        settle(list(three))


def test_it_is_an_alarm_to_the_victim_the_coordination_and_whose_device_it_was(three: Three) -> None:
    appoint(three.trinidad, three.guyana)
    settle(list(three))
    talk(three)
    alarm = ("impersonated", three.trinidad.authority, 1, [three.guyana.authority])
    assert alarm_rows(three.guyana) == [alarm]
    assert alarm_rows(three.centre) == [alarm]
    assert alarm_rows(three.trinidad) == [alarm] * 2  # by each node that told of it
    for party in (three.centre, three.guyana):
        assert [reason for reason, _ in held_entries(party)] == ["impersonated"]
    # Nothing of the victim's waits because of it.
    fresh = three.guyana.appoint("press")
    settle(list(three))
    assert (fresh,) in three.centre.rows("access_officer", "id")


def test_a_flood_is_one_alarm_with_its_number(three: Three) -> None:
    for _ in range(60):
        appoint(three.trinidad, three.guyana)
    settle(list(three))
    appoint(three.trinidad, three.centre)
    settle(list(three))
    both = sorted([three.guyana.authority, three.centre.authority])
    for party in (three.centre, three.guyana):
        assert alarm_rows(party) == [("impersonated", three.trinidad.authority, 61, both)]
    talk(three)
    assert [(kind, authority) for kind, authority, _, _ in alarm_rows(three.trinidad)] == [
        ("impersonated", three.trinidad.authority)
    ] * 2  # one by each node that told of it
    for _ in range(5):
        talk(three)
    assert len(alarm_rows(three.trinidad)) == 2
    assert len(alarm_rows(three.centre)) == len(alarm_rows(three.guyana)) == 1


def test_the_coordination_is_told_of_a_file_that_it_does_not_read(three: Three) -> None:
    person = three.guyana.do("officer", meet_person, country="GY")
    three.guyana.do(
        "officer", share_person, person=person, authority=three.trinidad.authority, reason="met before"
    )
    settle(list(three))
    ((place,),) = three.guyana.node.sql().all(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    impersonate(three.trinidad, three.guyana, place, "person", FileOpen(page="person"), person)
    settle(list(three))
    talk(three)
    alarm = ("impersonated", three.trinidad.authority, 1, [three.guyana.authority])
    assert alarm_rows(three.guyana) == alarm_rows(three.centre) == [alarm]


def test_nobody_is_accused_of_what_another_node_can_read_and_finds_sound(three: Three) -> None:
    """The one who tells lies about an honest entry."""
    lead(three.guyana)
    settle(list(three))
    device, place = three.guyana.node.rings.device(three.guyana.authority), operation_file(three.guyana)
    row = three.guyana.node.sql().first(
        "select header, signature from journal_entry where compartment <> ? and device = ? order by idx desc",
        (place, impersonations.header.device_id(device[0])),
    )
    assert row is not None
    part = [bytes(row[0]), bytes(row[1]), three.trinidad.authority.encode()]
    origin = three.trinidad.node.key.origin

    def hear(party: Party, part: list[bytes]) -> bool:
        return party.node.writer.submit(lambda tx: impersonations.hear(tx, origin, part))

    assert not hear(three.centre, part)
    assert not hear(three.guyana, part)
    for wrong in (
        [part[0], bytes(64), part[2]],
        part[:2],
        [b"", *part[1:]],
        [*part[:2], b"\xff"],
        [*part[:2], b"nobody"],
        [*part[:2], three.guyana.authority.encode()],
    ):
        assert not hear(three.centre, wrong)
    assert alarm_rows(three.centre) == alarm_rows(three.guyana) == []


@pytest.mark.parametrize("said_by", ["", "libertad/0123456789abcdef"])
def test_the_alarm_says_how_many_in_whose_name_and_who_told(world: World, said_by: str) -> None:
    def plant_alarm(tx: Any) -> None:
        row = tx.sql.first("select header, signature from journal_entry order by idx")
        proof = {
            "why": "it is in another authority's name",
            "verb": "",
            "victims": [world.authorities["care"]],
            "from": ["libertad/fedcba9876543210"],
            "count": 61,
            "told": said_by,
            "signed": [bytes(part).hex() for part in row],
        }
        impersonations._record_alarm(tx, "name:x", world.authorities["other-police"], proof)

    node().writer.submit(plant_alarm)
    client = world.client("coordinator")
    listed = client.get(reverse("exchange-alarms")).content.decode()
    assert "Entry signed in another authority" in listed and "Saint Vincent police" in listed
    page = client.get(reverse("exchange-alarm", args=["name:x"])).content.decode()
    assert "Care authority, Guyana" in page and "Saint Vincent police" in page
    assert ("signed 61 entries" in page) == (not said_by)
    assert not said_by or said_by in page
    assert client.get(reverse("exchange-alarm-proof", args=["name:x"])).status_code == 200
