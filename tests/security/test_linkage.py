"""Nobody of police learns from figures what care decided about a person whom they met."""

from __future__ import annotations

import pytest
from django.test import Client

from libertad.care.models import CareFile
from libertad.figures.words import utc
from libertad.people.models import Person
from tests.care.people import identified
from tests.people.making import meet
from tests.security.linkage import Get, Known, gain, gather
from tests.support.world import World

STATUSES = ("presumed", "confirmed", "not-a-victim", "")


def getting(client: Client) -> Get:
    def get(path: str) -> tuple[int, str]:
        answer = client.get(path)
        body = answer.getvalue() if answer.streaming else answer.content
        return answer.status_code, body.decode(errors="replace")

    return get


def met_and_decided(world: World, count: int = 12) -> dict[str, str]:
    """Persons met by police minutes apart, and what care decided: person -> status."""
    truth = {}
    for n in range(count):
        person = meet(world, happened=world.at(5, 9 + n // 4, 13 * (n % 4) + n), name=f"Person number {n}")
        truth[person] = STATUSES[n % len(STATUSES)]
        if truth[person]:
            identified(world, person, truth[person], happened=world.at(6, 8 + n, 7))
    return truth


def known_to_police(truth: dict[str, str]) -> list[Known]:
    rows = Person.objects.filter(pk__in=list(truth))
    return [Known(row.pk, "Guyana", utc(row.met_at), utc(row.met_at).split(",")[0]) for row in rows]


@pytest.mark.parametrize("role", ["officer", "national-lead", "coordinator", "analyst", "prosecutor"])
def test_pages_tell_police_nothing_of_what_care_decided(world: World, role: str) -> None:
    truth = met_and_decided(world)
    assert CareFile.objects.exclude(status="").count() == 9
    found = gather(getting(world.client(role)), known_to_police(truth))
    assert found.rows, "the attack saw no entries at all: it would find nothing in any system"
    assert found.findings == []
    gained = gain(found.guesses, truth)
    assert gained.pinned == 0 and gained.gain <= 0, gained


def test_the_attack_would_find_a_status_that_is_shown(world: World) -> None:
    """The same attack on pages that show statuses, as they were: everybody is pinned."""
    truth = met_and_decided(world, 4)
    persons = known_to_police(truth)
    words = {"presumed": "Presumed victim", "confirmed": "Confirmed victim", "not-a-victim": "Not a victim"}
    shown = "".join(
        f"<tr><td>Guyana</td><td>{one.met}</td><td></td><td></td><td></td>"
        f"<td>{words.get(truth[one.person], 'Potential victim')}</td></tr>"
        for one in persons
    )

    def get(path: str) -> tuple[int, str]:
        return (200, shown) if path.startswith("/figures/entries/records/") else (404, "")

    found = gather(get, persons)
    assert gain(found.guesses, truth).pinned == 3 and found.findings
