"""The page Conflicts: double values of every room, each settled by an entry that supersedes both."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from libertad.access import conflicting
from libertad.access.acting import Act, Forbidden, perform
from libertad.access.conflicting import conflicts
from libertad.access.submissions import new_submission
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.settle_custody import settle_custody
from libertad.evidence.custody import doubles
from libertad.evidence.models import Exhibit
from libertad.evidence.queries import exhibit
from libertad.operations.actions.correct_site import correct_site
from libertad.operations.actions.grade_lead import grade_lead
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead, Site
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.people.models import Person
from libertad.people.queries import person
from libertad.vocabulary.values import Birth, Refused
from libertad.vocabulary.verbs.evidence import CustodyAccept
from tests.operations.making import a_site
from tests.support.forms import database
from tests.support.world import World

LEAD = {
    "country": "GY",
    "summary": "A house behind the mill",
    "source_grade": "2",
    "information_grade": "B",
    "handling": "P",
    "origin": "",
    "workplace": "",
}


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def met(world: World) -> str:
    key: str = world.perform(
        "officer",
        meet_person,
        country="GY",
        source="said",
        happened=world.at(5, 13),
        sex="female",
        birth=Birth(date="1999"),
    )
    world.perform("officer", state_person, person=key, source="document", birth=Birth(date="2001"))
    world.perform("officer", state_person, person=key, source="document", sex="male")
    return key


def accepted_twice(world: World) -> str:
    """Two acceptances of one offer, as two nodes that could not see each other make them."""
    key: str = world.perform(
        "officer",
        seize,
        country="GY",
        kind="mobile-phone",
        description="Mobile phone",
        happened=world.at(5, 13),
    )
    to = world.actor("exhibits-officer")
    offer = world.perform(
        "officer",
        offer_custody,
        exhibit=key,
        to_officer=to.officer,
        to_authority=to.authority,
        happened=world.at(5, 14),
    )

    def accept(act: Act, place: str) -> str:
        row = act.get(Exhibit, key)
        assert row is not None
        content = CustodyAccept(offer=offer, place=place, by="Cpl. A. Neverson")
        return act.say(row["compartment"], content, subject=key)

    for hour, place in ((15, "Store"), (16, "Laboratory")):
        perform(to, accept, place, happened=world.at(5, hour))
    return key


def crossed(world: World) -> str:
    """Two corrections of a site's name that name the same entry: they crossed on the way."""
    site = a_site(world)
    superseded = {name: tuple(behind) for name, behind in Site.objects.get(pk=site).shown.items() if behind}
    for name in ("North mill", "South mill"):
        world.perform(
            "national-lead",
            correct_site,
            site=site,
            name=name,
            reasons="Its sign",
            supersedes=superseded,
        )
    return site


def test_every_room_tells_its_conflicts_with_who_and_when(world: World) -> None:
    met(world)
    accepted_twice(world)
    crossed(world)
    lead = world.perform("officer", report_lead, **LEAD)
    superseded = {name: tuple(behind) for name, behind in Lead.objects.get(pk=lead).shown.items() if behind}
    for grade in ("1", "3"):
        world.perform(
            "analyst",
            grade_lead,
            lead=lead,
            source_grade=grade,
            information_grade="B",
            handling="P",
            reasons="Known",
            supersedes=superseded,
        )
    listed = {
        (conflict.field, tuple(value.value for value in conflict.values))
        for conflict in conflicts(world.actor("national-lead"))
    }
    fields = {field for field, _values in listed}
    assert {"Birth", "Sex", "Custody", "Name", "Source"} <= fields, listed
    page = text(world.client("national-lead").get("/conflicts/"))
    for part in (
        "1999",
        "2001",
        "North mill",
        "South mill",
        "Store",
        "Laboratory",
        "Sgt. Name officer",
        "Guyana police",
    ):
        assert part in page, part


def test_nobody_is_told_of_a_conflict_in_a_file_that_is_not_theirs(world: World) -> None:
    met(world)
    accepted_twice(world)
    crossed(world)
    assert conflicts(world.actor("other-lead")) == []
    coordinator = {conflict.field for conflict in conflicts(world.actor("coordinator"))}
    assert not {"Birth", "Sex"} & coordinator
    care = {conflict.field for conflict in conflicts(world.actor("caseworker"))}
    assert care == {"Birth", "Sex"}, "the identity file alone, which its care authority reads"
    assert "Nothing is in conflict" in text(world.client("other-lead").get("/conflicts/"))


def test_a_room_that_forgets_who_asks_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: a room tells its conflicts to whoever asks."""
    met(world)
    lead = world.actor("national-lead")
    source = conflicting.SOURCES["people"]
    monkeypatch.setitem(conflicting.SOURCES, "people", lambda _actor: source(lead))
    assert conflicts(world.actor("other-lead")) != []


def test_two_statements_of_sex_are_settled_on_the_persons_page(world: World) -> None:
    key = met(world)
    client = world.client("national-lead")
    page = client.get(f"/people/{key}/").content.decode()
    assert 'id="conflict-sex"' in page and "Settle the sex" in page and page.count('id="conflict"') == 1
    record = person(world.actor("national-lead"), key)
    assert record is not None
    entries = [entry for _sex, entry in record.sexes]
    done = client.post(
        f"/people/{key}/settle/",
        {"field": "sex", "keep": entries[0], "shown": entries, "reasons": "Her passport"},
    )
    assert done.status_code == 302
    assert list(Person.objects.get(pk=key).conflicts) == ["birth"]


def test_why_a_birth_year_holds_is_read_by_whoever_reads_the_file(world: World) -> None:
    key = met(world)
    record = person(world.actor("national-lead"), key)
    assert record is not None
    entries = [entry for _birth, entry in record.births]
    values = {"field": "birth", "keep": entries[0], "shown": entries, "reasons": "Her passport says so"}
    assert world.client("national-lead").post(f"/people/{key}/settle/", values).status_code == 302
    assert "Her passport says so." in text(world.client("caseworker").get(f"/people/{key}/"))


def test_of_two_acceptances_one_holds_and_both_stay(world: World) -> None:
    key, actor = accepted_twice(world), world.actor("national-lead")
    phone = exhibit(actor, key)
    assert phone is not None and phone.holder_place == "Store"
    ((first, second),) = doubles(phone.chain)
    client, address = world.client("national-lead"), f"/exhibits/{key}/settle/"
    assert "Laboratory" in text(client.get(address))
    wrong = client.post(address, {"keep": second.id, "shown": [first.id], "reasons": "The seal's list"})
    assert wrong.status_code == 200 and Exhibit.objects.get(pk=key).conflicts == 1
    acceptances = [first.id, second.id]
    chosen = {
        "keep": second.id,
        "shown": acceptances,
        "reasons": "The seal's list",
        "submission": new_submission(),
    }
    assert client.post(address, chosen).status_code == 302
    before = database()
    assert client.post(address, chosen).status_code == 302 and database() == before  # posted twice
    phone = exhibit(actor, key)
    assert phone is not None and phone.holder_place == "Laboratory" and phone.conflicts == 0
    page = text(client.get(f"/exhibits/{key}/"))
    assert "does not hold" in page and "The seal's list" in page and "Set aside" in page
    assert client.get(address).status_code == 302, "nothing is left to settle"


def test_custody_is_settled_by_who_may_and_by_what_was_shown(world: World) -> None:
    key = accepted_twice(world)
    phone = exhibit(world.actor("national-lead"), key)
    assert phone is not None
    ((first, second),) = doubles(phone.chain)
    values = {"exhibit": key, "keep": first.id, "shown": [first.id, second.id], "reasons": "r"}
    with pytest.raises(Forbidden):
        world.perform("officer", settle_custody, **values)
    with pytest.raises(Refused, match="changed since"):
        world.perform("prosecutor", settle_custody, **{**values, "shown": [first.id]})
    world.perform("prosecutor", settle_custody, **values)
    with pytest.raises(Refused, match="changed since"):
        world.perform("prosecutor", settle_custody, **values)


def test_of_many_links_that_settle_no_two_say_the_same(world: World) -> None:
    met(world)
    crossed(world)
    page = world.client("national-lead").get("/conflicts/").content.decode()
    labels = re.findall(r"<a [^>]*>([^<]+: [^<]+, [^<]+)</a>", page)
    assert len(labels) == 3 and len(set(labels)) == 3 and "Settle: P-GY-001, Birth" in labels


def test_the_count_stands_on_exchange_and_what_is_to_settle_on_today(world: World) -> None:
    crossed(world)
    client = world.client("national-lead")
    assert re.search(r"Conflicts 1 in files that you may read", text(client.get("/peers/")))
    assert "Two values on file: Name" in text(client.get("/"))
