"""A receipt was given, was not given, or nobody said: what was not said is never told as 'not given'."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from tests.support.world import World

LEDGER = {"country": "GY", "kind": "document", "description": "Ledger"}
ASKED = "Did the owner get a receipt?"


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("sent", "side", "row"),
    [
        ({}, "Not recorded", ""),
        ({"receipt": "yes"}, "Given", "Receipt given."),
        ({"receipt": "no"}, "Not given", "No receipt."),
    ],
)
def test_what_was_said_of_a_receipt_is_told_and_no_more(
    world: World, sent: dict[str, str], side: str, row: str
) -> None:
    client = world.client("officer")
    assert ASKED in page(client.get("/exhibits/take/?kind=document"))
    answer = client.post(
        "/exhibits/take/", {"kind": "document", "description": "Ledger", **sent}, follow=True
    )
    shown = page(answer)
    assert f"<dt>Receipt</dt> <dd>{side}" in shown.replace("</dt><dd>", "</dt> <dd>")
    for words in ("Receipt given.", "No receipt."):
        assert (words in shown) == (words == row)


def test_several_taken_at_once_leave_it_open_as_well(world: World) -> None:
    client = world.client("officer")
    assert ASKED in page(client.get("/exhibits/take/several/"))
    data = {
        "thing-TOTAL_FORMS": "1",
        "thing-INITIAL_FORMS": "0",
        "thing-0-kind": "document",
        "thing-0-description": "Ledger",
    }
    client.post("/exhibits/take/several/", data)
    shown = page(client.get(f"/exhibits/{Exhibit.objects.get().id}/"))
    assert "Not given" not in shown and "No receipt." not in shown


def test_that_none_was_given_is_corrected_to_given(world: World) -> None:
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 12), receipt=False, **LEDGER))
    client = world.client("exhibits-officer")
    form = page(client.get(f"/exhibits/{exhibit}/correct/"))
    assert (
        'name="receipt" value="no"' in form and "checked" in form.split('name="receipt" value="no"')[1][:80]
    )
    data = {"kind": "document", "description": "Ledger", "receipt": "yes", "reasons": "The copy was found."}
    assert client.post(f"/exhibits/{exhibit}/correct/", data).status_code == 302
    shown = page(client.get(f"/exhibits/{exhibit}/"))
    assert "<del>Not given</del>" in shown and "<ins>Given</ins>" in shown
