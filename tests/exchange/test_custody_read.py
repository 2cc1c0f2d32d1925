"""What ends the hours of a detention is read by another officer, at every node that the words reach."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.people.actions.read_custody import read_custody
from libertad.people.actions.record_stage import detention_at_hand
from libertad.people.actions.set_detention import set_detention
from libertad.vocabulary.values import PersonName
from libertad.vocabulary.verbs.custody import DetentionRead
from tests.exchange.control.test_erasing_files import four as four
from tests.exchange.control.test_erasing_files import talk
from tests.exchange.test_exchange import held_entries
from tests.support.lawless import lawless
from tests.support.nodes import Party

pytestmark = [pytest.mark.django_db]


def row(party: Party, role: str, key: str) -> dict[str, Any]:
    return party.do(role, detention_at_hand, key=key)


def test_a_reading_by_who_released_ends_no_hours_at_another_node(four: list[Party]) -> None:
    _centre, guyana, _trinidad, court = four
    name = (PersonName(text="Otho Marbleton Peña"),)
    key = guyana.do("officer", set_detention, state="arrested", country="GY", name=name)
    said = {"state": "released", "country": "GY", "release": "without-charge", "reasons": "No ground"}
    guyana.do("national-lead", set_detention, detention=key, **said)
    talk(four)
    (word,) = row(court, "prosecutor", key)["unheard"]

    def forge(act: Act) -> None:
        content = DetentionRead(entry=word["entry"], agrees="yes")
        act.say(row_place, content, subject=key, supersedes={}, depends=[word["entry"]])

    row_place = row(guyana, "national-lead", key)["compartment"]
    with lawless():
        guyana.do("national-lead", forge)
    talk(four)
    assert "held" in row(guyana, "national-lead", key)["clock"], "nor at the node that forged it"
    assert "held" in row(court, "prosecutor", key)["clock"]
    ((_reason, detail),) = held_entries(court)
    assert "does not read it second" in detail
    court.do("prosecutor", read_custody, detention=key, entry=word["entry"], agrees="yes")
    talk(four)
    for party, role in ((guyana, "national-lead"), (court, "prosecutor")):
        assert not row(party, role, key).get("clock") and not row(party, role, key).get("unheard")
