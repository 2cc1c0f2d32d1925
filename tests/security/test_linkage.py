"""Nobody of police learns from figures what care decided about a person whom they met."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from libertad.attacks.linkage import Get, Known, gain, gather
from libertad.care.models import CareFile
from libertad.figures.models import Batch
from libertad.figures.words import utc
from libertad.journal import header, sealing
from libertad.journal.folding import by_label, understand
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.models import Person
from tests.care.people import identified
from tests.figures.cares import cares
from tests.people.making import meet
from tests.support.care_rows import care_rows
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
    assert sum(bool(file.status) for file in care_rows(CareFile)) == 9
    gathered = gather(getting(world.client(role)), known_to_police(truth))
    assert gathered.rows, "the attack saw no entries at all: it would find nothing in any system"
    assert gathered.findings == []
    gained = gain(gathered.guesses, truth)
    assert gained.pinned == 0 and gained.gain <= 0, gained


def test_the_attack_would_find_a_status_that_is_shown(world: World) -> None:
    """The same attack on pages that show statuses, as they were: everybody is pinned."""
    truth = met_and_decided(world, 4)
    persons = known_to_police(truth)
    words = {"presumed": "Presumed victim", "confirmed": "Confirmed victim", "not-a-victim": "Not a victim"}
    html = "".join(
        f"<tr><td>Guyana</td><td>{person.met}</td><td></td><td></td><td></td>"
        f"<td>{words.get(truth[person.person], 'Potential victim')}</td></tr>"
        for person in persons
    )

    def get(path: str) -> tuple[int, str]:
        return (200, html) if path.startswith("/figures/entries/records/") else (404, "")

    gathered = gather(get, persons)
    assert gain(gathered.guesses, truth).pinned == 3 and gathered.findings


def opened_by(authority: str) -> Counter[tuple[str, str, str]]:
    """(verb, authority, statements) of every entry on this node that an authority's own ring opens."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in Entry.objects.filter(body__isnull=False):
        exact = bytes(row.header)
        head = header.decode(exact)
        key = node().rings.key(authority, head.key_id)
        if key is not None:
            plain = sealing.open_known(bytes(row.body or b""), key, head)
            entry = understand(plain, header.entry_hash(exact).hex(), row.compartment, head.key_id)
            counts[entry.verb, entry.authority, str(entry.statements)] += 1
    return counts


def test_the_bytes_of_a_node_opened_with_a_police_ring_are_the_same_whatever_care_decided(
    world: World,
) -> None:
    """Every entry that a ring of police opens, before and after a decision, an opening of the file by care,
    and a day's numbers: nothing is added."""
    truth = met_and_decided(world, 1)
    care_group = cares(world, ())
    care_group.name()
    care_group.accept()
    readers = [world.authorities[name] for name in ("police", "other-police", "centre", "prosecution")]
    before = {name: opened_by(name) for name in readers}
    (person,) = truth
    assert identified(world, person, "confirmed")
    client = world.client("caseworker")
    assert client.get(f"/people/{person}/").status_code == 200
    assert client.get(f"/care/{person}/").status_code == 200
    assert care_group.count(7) == ""
    assert Batch.objects.count() == 1
    for name in readers:
        assert opened_by(name) == before[name]
    # The same reading finds what care's own ring opens.
    assert any(verb == "identification.read" for verb, _by, _said in opened_by(world.authorities["care"]))


def test_no_row_of_a_read_model_that_police_may_read_changes_with_a_decision(world: World) -> None:
    truth = met_and_decided(world, 4)
    person = next(iter(truth))

    def tables() -> dict[str, list[tuple[object, ...]]]:
        return {
            name: list(by_label()[name].model._default_manager.order_by("pk").values_list())
            for name in ("people.Tally", "people.CareTally", "people.Person", "figures.Release", "board.Live")
        }

    before = tables()
    identified(world, person, "not-a-victim")
    assert tables() == before


def test_a_first_view_is_taken_alike_whether_care_has_decided_or_not(world: World) -> None:
    """Otherwise assessing somebody again would be a question about the decision."""
    decided, undecided = (meet(world, name=f"Person {n}") for n in range(2))
    identified(world, decided, "confirmed")
    answers = {}
    for person in (decided, undecided):
        before = opened_by(world.authorities["police"])
        answer = world.client("officer").post(
            f"/people/{person}/view/", {"seen_as": "not-a-victim", "reasons": "Free to leave"}
        )
        after = opened_by(world.authorities["police"])
        answers[person] = (
            answer.status_code,
            sorted((verb, by) for verb, by, _ in (after - before).elements()),
        )
    assert answers[decided] == answers[undecided]
    assert ("tally.seen", world.authorities["police"]) in answers[decided][1]
