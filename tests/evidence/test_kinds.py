"""What is asked of an exhibit is of its kind: one table for form, correction and refusal; the seal on it."""

from __future__ import annotations

import re

import pytest

from libertad.evidence.actions.correct_exhibit import correct_exhibit
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.journal.models import Entry
from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.exhibit_kinds import not_of, of_kinds
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import ExhibitSeize
from tests.evidence.test_exhibits import CASH, PHONE, TWENTY, open_row, row
from tests.operations.test_screens import text
from tests.support.shuffling import assert_order_free
from tests.support.world import World

TAKE = "/exhibits/take/"
VALUES = {"cash": TWENTY, "device_number": "356938035644417", "phone_number": "592 600 0182"}
PASSPORT = {"country": "GY", "kind": "travel-document", "description": "A passport, torn"}


def names(page: str) -> set[str]:
    """The fields that a page asks for."""
    found = set(re.findall(r'name="([^"]+)"', page.split("<main")[1]))
    return found | {name.removesuffix("_year") for name in found}


def test_the_table_names_fields_and_kinds_that_there_are() -> None:
    fields = set(dict(ExhibitSeize.defaults()))
    for name, kinds in of_kinds().items():
        assert name in fields and kinds and set(kinds) <= set(sayable("exhibit-kinds")), name
    assert not_of("travel-document") >= {"cash", "phone_number"} and "cash" not in not_of("cash")
    assert not not_of("") and not not_of("of a version to come")


def test_the_kind_is_chosen_first_and_then_only_its_questions_are_asked(world: World) -> None:
    client = world.client("officer")
    first = text(client, TAKE)
    assert "description" not in names(first)
    for kind, label in sayable("exhibit-kinds").items():
        assert f'href="{TAKE}?kind={kind}"' in first and f">{label}</a>" in first
        asked = names(text(client, f"{TAKE}?kind={kind}"))
        assert {"seal", "description", "witness", "happened_time"} <= asked
        assert not asked & not_of(kind)
        assert ("cash-0-pieces" in asked) == (kind == "cash")
        assert asked >= set(of_kinds()) - not_of(kind) - {"cash"}


def test_the_site_stays_chosen_past_the_page_of_kinds(world: World) -> None:
    page = text(world.client("officer"), f"{TAKE}?site=ab12")
    assert f'href="{TAKE}?kind=cash&amp;site=ab12"' in page


def test_it_is_taken_and_sealed_at_once_or_not_at_all(world: World) -> None:
    client = world.client("officer")
    data = {"kind": "document", "description": "A ledger", "seal": "SVG 1", "witness": "S. Adams"}
    assert client.post(TAKE, data).status_code == 302
    assert Exhibit.objects.get().seal == "SVG 1"
    known = Entry.objects.count()
    again = client.post(TAKE, data)
    assert "was used before" in again.content.decode() and 'href="#id_seal"' in again.content.decode()
    assert Exhibit.objects.count() == 1 and Entry.objects.count() == known
    assert client.post(TAKE, {**data, "seal": ""}).status_code == 302, "it may be sealed later"
    assert_order_free(world)


@pytest.mark.parametrize("name", VALUES)
def test_what_is_not_of_its_kind_is_refused_at_its_field(world: World, name: str) -> None:
    with pytest.raises(Refused, match="not asked of this kind") as refused:
        world.perform("officer", seize, **PASSPORT, **{name: VALUES[name]})
    assert refused.value.field == name and not Exhibit.objects.exists()


def test_a_correction_asks_what_the_kind_has(world: World) -> None:
    key = world.perform("officer", seize, happened=world.at(5, 14), **CASH, cash=TWENTY)
    client = world.client("exhibits-officer")
    page = text(client, f"/exhibits/{key}/correct/")
    assert not names(page) & not_of("cash") and "cash-0-pieces" in names(page)
    chosen = re.search(r'href="([^"]+)">It is of another kind', page)
    assert chosen is not None
    kinds = text(client, chosen[1])
    assert f'href="/exhibits/{key}/correct/?kind=document"' in kinds and "reasons" not in names(kinds)


def test_a_kind_that_is_corrected_takes_along_what_is_of_the_other(world: World) -> None:
    """A phone that was a document has no number on file: nothing goes to hits by a number that nobody has."""
    key = world.perform("officer", seize, happened=world.at(5, 14), **PHONE, device_number="356938035644417")
    client, address = world.client("exhibits-officer"), f"/exhibits/{key}/correct/?kind=document"
    page = text(client, address)
    assert not names(page) & not_of("document")
    assert "No longer said of it: Device number, Phone number." in page
    shown = page.split('name="shown" value="')[1].split('"')[0].replace("&quot;", '"')
    data = {"shown": shown, "reasons": "A toy", "kind": "document", "description": PHONE["description"]}
    assert client.post(address, data).status_code == 302
    left = open_row(world.actor("officer"), row(key))
    assert (row(key).kind, left["device_number"], left["phone_number"]) == ("document", "", "")
    assert not [name for name, entries in row(key).shown.items() if len(entries) > 1], "no conflict"
    assert_order_free(world)
    other = str(world.perform("officer", seize, happened=world.at(5, 15), **CASH, cash=TWENTY))
    world.perform("exhibits-officer", correct_exhibit, exhibit=other, reasons="Toy money", kind="other")
    assert row(other).kind == "other" and row(other).cash == []
