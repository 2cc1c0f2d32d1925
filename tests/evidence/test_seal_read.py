"""A seal that reads otherwise than on file is asked back, saved once confirmed, and told in its row."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from tests.support.world import World

LEDGER = {"country": "GY", "kind": "document", "description": "Ledger"}
ON_FILE, TYPED = "GYP-118531", "GYP-118513"


@pytest.fixture
def ledger(world: World) -> str:
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 12), **LEDGER))
    world.perform("officer", seal, exhibit=exhibit, number=ON_FILE, happened=world.at(5, 13))
    return exhibit


def receiver(world: World, role: str = "exhibits-officer") -> dict[str, str]:
    to = world.actor(role)
    return {"to_officer": f"{to.officer}:{to.authority}"}


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def steps(world: World, exhibit: str) -> list[str]:
    """The rows of the chain, as the page has them."""
    chain = page(world.client("officer").get(f"/exhibits/{exhibit}/")).split('<ol class="chain">')[1]
    return chain.split("</ol>")[0].split("<li")[1:]


@pytest.mark.parametrize(("act", "state"), [("offer", "offered"), ("release", "released")])
def test_another_seal_is_asked_back_and_saved_once_confirmed(
    world: World, ledger: str, act: str, state: str
) -> None:
    client, address = world.client("officer"), f"/exhibits/{ledger}/{act}/"
    data = {**receiver(world), "to_whom": "Const. Samuel", "seal_read": TYPED}
    answer = client.post(address, data)
    assert answer.status_code == 200
    assert f"The seal on file is {ON_FILE}; you typed {TYPED}" in page(answer)
    assert Exhibit.objects.get().state == "held", "nothing is saved before"
    assert client.post(address, {**data, "differs": "on"}).status_code == 302
    assert Exhibit.objects.get().state == state and Exhibit.objects.get().conflicts == 1


def test_a_seal_that_reads_alike_or_was_not_read_asks_nothing(world: World, ledger: str) -> None:
    client, address = world.client("officer"), f"/exhibits/{ledger}/offer/"
    assert "differs" not in page(client.get(address))
    assert client.post(address, {**receiver(world), "seal_read": "gyp 118531"}).status_code == 302
    assert client.post(address, receiver(world)).status_code == 302


def test_a_seal_typed_where_none_is_on_file_is_asked_back(world: World) -> None:
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 12), **LEDGER))
    data = {**receiver(world), "seal_read": TYPED}
    answer = world.client("officer").post(f"/exhibits/{exhibit}/offer/", data)
    assert f"No seal is on file of it; you typed {TYPED}" in page(answer)


def test_the_row_of_such_a_step_says_that_it_contradicts(world: World, ledger: str) -> None:
    data = {**receiver(world), "seal_read": TYPED, "differs": "on"}
    world.client("officer").post(f"/exhibits/{ledger}/offer/", data)
    row = steps(world, ledger)[-1]
    assert "Contradicts" in row and "Waits" not in row
    assert "The seal read is not the one that was put on." in row and TYPED in row
    keeper = world.client("exhibits-officer")
    took = {"seal_read": ON_FILE, "seal_state": "intact", "offer": Exhibit.objects.get().offer}
    assert keeper.post(f"/exhibits/{ledger}/accept/", took).status_code == 302
    row = steps(world, ledger)[-1]
    assert "Contradicts" in row and f"Offered with the seal read as {TYPED}" in row, "the offer's is told too"
