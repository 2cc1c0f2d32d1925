"""Every page a role may ask for, of every file at hand: guarded, naming nobody outside, no care for police.

The pages are the same on every database, and rights are tested on both elsewhere (test_wall, test_matrix).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from libertad.access.matrix import matrix, roles
from tests.support.guarded import POLICY, SEALED, guarded, inline
from tests.support.populated import CANARIES, Populated, telling_keys
from tests.support.routes import Route, routes

pytestmark = pytest.mark.look
WITHOUT_BAR = ("gallery",)  # the demo's alone, and no page of somebody's
CARE = ("caseworker", "supervisor", "deciding-authority")
# What only care may read.
SECRET = [
    word
    for key in ("care-person", "recipient", "reasons", "wish", "safety")
    for word in CANARIES[key].split()
    if len(word) > 7
]


# The app of phones has a policy of its own: tests/field/test_app_files.py.
ELSEWHERE = {"demo", "field-app", "field-app-file"}


def page_answers(populated: Populated, role: str) -> Iterator[tuple[Route, tuple[str, ...], Any]]:
    """The answer to each page that this role may ask for, of each file that may tell something."""
    client = populated.world.client(role)
    for route in routes():
        if route.name not in ELSEWHERE and matrix().may_ask(role, route.name, "get"):
            for keys in telling_keys(populated, route, "person", "victim"):
                yield route, keys, client.get(route.address(*keys))


def is_page(answer: Any) -> bool:
    return bool(answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"))


@pytest.mark.parametrize("role", roles())
def test_every_page_of_a_role(populated: Populated, role: str) -> None:
    assert len(SECRET) > 5
    victims = [populated.ids[key] for key in populated.ids if key.startswith("victim")]
    opened = naming = 0
    read: set[str] = set()
    for route, keys, answer in page_answers(populated, role):
        saved = route.name == "attachment" and answer.get("Content-Disposition", "").startswith("attachment;")
        guarded(answer, SEALED if saved else POLICY)
        page = answer.content.decode(errors="replace")  # a picture, say
        if answer.get("Content-Type", "").startswith("text/html"):
            assert inline(answer) == [], route.name
        if is_page(answer):
            opened += 1
            naming += any(word in page for words in CANARIES.values() for word in words.split())
            assert outside(page) == set(), route.name
            assert 'href="/sign-out/"' in page or route.name in WITHOUT_BAR, route.name
        secret = {word for word in SECRET if word in page}
        read |= secret
        if role not in CARE:
            assert secret == set(), route.name
            if not set(victims) & set(keys):
                assert not [key for key in victims if key in page], route.name
    assert opened > 5
    if role in (*CARE, "officer", "prosecutor"):
        assert naming > 2, "pages that do name somebody were among them"
    if role == "caseworker":
        assert read == set(SECRET), "otherwise finding none would prove nothing"


def outside(page: str) -> set[str]:
    """Words of CANARIES in the title or in an address of a page."""
    title = page.partition("<title>")[2].partition("</title>")[0]
    exposed = " ".join([title, *re.findall(r'(?:href|action|src)="([^"]*)"', page)])
    return {
        word for words in CANARIES.values() for word in words.split() if len(word) > 6 and word in exposed
    }


def test_a_name_in_a_title_or_an_address_would_be_found() -> None:
    word = CANARIES["police-person"].split()[0]
    assert outside(f"<title>{word}</title>") == outside(f'<title>x</title><a href="/?q={word}">') == {word}
    assert outside(f"<title>x</title><h1>{word}</h1>") == set()
