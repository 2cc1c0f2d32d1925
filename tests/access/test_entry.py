"""An entry's page: for those who may read it; for everybody else there is no such page."""

from __future__ import annotations

import re

from django.test import Client

from libertad.access.models import Opening
from libertad.journal.models import Entry, Touch
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import PersonName
from tests.support.sealed_rows import opened
from tests.support.world import World

# Tokens, and the clock in the bar, which may move between two requests.
CHANGING = (
    r'name="(?:csrfmiddlewaretoken|submission)" value="[^"]*"|nonce="[^"]*"|[0-9]{2}:[0-9]{2}(:[0-9]{2})?'
)


def entries_of(label: str, key: str) -> list[str]:
    places = Touch.objects.filter(key=f"{label}:{key}").values_list("entry", flat=True)
    return [bytes(h).hex() for h in Entry.objects.filter(idx__in=list(places)).values_list("hash", flat=True)]


def meet(world: World) -> tuple[str, str]:
    """(person, its entry)."""
    person = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Ozymandia"),),
        sex="female",
        happened=world.at(4, 9),
    )
    (entry,) = entries_of("people.Person", person)
    return person, entry


def test_who_may_read_sees_statements_signature_and_proof(world: World) -> None:
    person, entry = meet(world)
    text = world.client("caseworker").get(f"/entries/{entry}/").content.decode()
    assert "Ozymandia" in text and "person.meet" in text
    assert "The entry is in this node" in text and "NOT valid" not in text
    assert opened(Opening, subject=person, page="entry")


def test_all_others_get_the_page_of_what_does_not_exist(world: World) -> None:
    _, entry = meet(world)

    def get_entry_page(client: Client, name: str) -> tuple[int, str]:
        answer = client.get(f"/entries/{name}/")
        text = answer.content.decode().replace(name, "")
        return answer.status_code, re.sub(CHANGING, "", text)

    before = Opening.objects.count()
    for role in ("coordinator", "analyst", "press", "prosecutor", "deciding-authority", "other-officer"):
        client = world.client(role)
        refusal = get_entry_page(client, entry)
        assert refusal[0] == 404, role
        assert refusal == get_entry_page(client, "0" * 64) == get_entry_page(client, "not-hex"), role
    assert Opening.objects.count() == before


def test_role_without_the_verb_does_not_read_what_its_authority_holds(world: World) -> None:
    """The coordinator's authority reads police files; press, of the same authority, reads no lead."""
    from libertad.operations.actions.report_lead import report_lead

    lead = world.perform(
        "officer",
        report_lead,
        country="GY",
        summary="A house",
        source_grade="1",
        information_grade="B",
        handling="P",
    )
    (entry,) = entries_of("operations.Lead", lead)
    assert world.client("coordinator").get(f"/entries/{entry}/").status_code == 200
    assert world.client("press").get(f"/entries/{entry}/").status_code == 404


def test_counting_id_is_on_no_entry_page(world: World) -> None:
    _, entry = meet(world)
    counting = Tally.objects.get().pk
    client = world.client("officer")
    for name in (entry, *entries_of("people.Tally", counting)):
        answer = client.get(f"/entries/{name}/")
        assert answer.status_code == 200
        assert counting not in answer.content.decode()


def test_a_changed_signature_is_told(world: World) -> None:
    _, entry = meet(world)
    row = Entry.objects.get(hash=bytes.fromhex(entry))
    row.signature = bytes(64)
    row.save()
    assert "NOT valid" in world.client("officer").get(f"/entries/{entry}/").content.decode()
    assert Person.objects.exists()
