"""Whoever comes to a page that told of an erased file finds nothing of it, and no page breaks without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from libertad.access.acting import Act
from libertad.access.matrix import matrix
from libertad.access.models import Compartment
from libertad.journal import erase
from libertad.journal.node import node
from libertad.journal.verify import verify
from libertad.web.finding import search
from tests.support.populated import CANARIES, Populated, telling_keys
from tests.support.routes import routes

pytestmark = pytest.mark.look  # the pages are the same on every database
STOOD = [CANARIES[name] for name in ("lead", "phone", "picture", "headcount", "room", "way-in")] + [
    "Otho Marbleton"
]
# Between them they may open every page on which something of a country's file is told or is missing.
ROLES = ("national-lead", "prosecutor", "coordinator", "caseworker")
QUERIES = ("pellworth", "3133099", "marbleton")


def addresses(populated: Populated, role: str) -> Iterator[str]:
    for route in routes("libertad.web.urls"):
        if not route.keyed and matrix().may_ask(role, route.name, "get"):
            for keys in telling_keys(populated, route, "person", "victim"):
                yield route.address(*keys)


def test_no_page_breaks_or_tells_of_it(populated: Populated) -> None:
    world, lead = populated.world, populated.world.actor("national-lead")
    asked = {role: list(addresses(populated, role)) for role in ROLES}
    before = list(_pages(populated, ROLES[0], asked[ROLES[0]]))
    told = {word for page in before for word in STOOD if word in page}
    assert told == set(STOOD), "otherwise finding none would prove nothing"
    assert [kind for query in QUERIES for kind in search(lead, query)] == ["lead", "exhibit", "detention"]
    kinds = ("case", "police")
    files = list(Compartment.objects.filter(kind__in=kinds).values_list("pk", flat=True))

    def without_asking(act: Act) -> None:
        erase.erase(act.tx, files)

    world.perform("national-lead", without_asking)
    for role, pages in asked.items():
        for page in _pages(populated, role, pages):
            assert not [word for word in STOOD if word in page], role
    assert [kind for query in QUERIES for kind in search(lead, query)] == []
    assert verify(node()).findings == []


def _pages(populated: Populated, role: str, asked: list[str]) -> Iterator[str]:
    client = populated.world.client(role)
    for address in asked:
        answer = client.get(address)
        assert answer.status_code < 500, (role, address)
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            yield answer.content.decode(errors="replace")
