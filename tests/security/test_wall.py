"""The wall: for police a victim's protection file and one that does not exist are the same answer.

Compared byte for byte after masking what must differ: form token, requested ids, the clock's minute in
times, in a form's own moment and in how long ago something was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from libertad.access.matrix import matrix
from libertad.access.sealed import open_sealed
from libertad.exchange.models import Peer, Want
from libertad.journal.models import Entry, ReadModel
from libertad.journal.node import node
from tests.support.populated import CANARIES, Populated, add_victim, keys_of, populate
from tests.support.routes import UNKNOWN, Route, routes
from tests.support.world import World

pytestmark = pytest.mark.guard

POLICE = ("coordinator", "analyst", "national-lead", "officer", "exhibits-officer", "press", "administrator")
OUTSIDE = (*POLICE, "prosecutor")
CARE = [route for route in routes() if route.module.startswith("libertad.care")]
PERSON = [route for route in routes() if route.module.startswith("libertad.people") and route.keys]
# What the whole operation counts without names; figures and the board show these, on purpose.
COUNTS = {
    "figures",
    "figures-download",
    "figures-public",
    "figures-entries",
    "figures-public-download",
    "release-new",
    "board",
    "board-table",
    "board-feed",
    "board-live",
    "home",
}
TOKEN = re.compile(rb'name="(?:csrfmiddlewaretoken|submission)" value="[^"]*"')
MOMENT = rb'name="(?:(?:happened|reads)_\w+|hour_shown|day_shown)" value="[^"]*'
AGO = rb"(?:\d+ [dh] )*\d+ (?:min|h) ago|just now|Now, \d\d:\d\d"
TIME = re.compile(rb"<time.*?</time>|" + MOMENT + rb"|" + AGO, re.S)


def masked(answer: Any, *ids: str) -> tuple[int, bytes, dict[str, str]]:
    page = TIME.sub(b"TIME", TOKEN.sub(b"TOKEN", answer.content))
    for key in ids:
        page = page.replace(key.encode(), b"ID")
    headers = {name: value for name, value in answer.items() if name not in ("Content-Length", "Date")}
    if "Location" in headers:
        for key in ids:
            headers["Location"] = headers["Location"].replace(key, "ID")
    return answer.status_code, page, headers


def observe_answer(
    client: Client, method: str, address: str, *ids: str
) -> tuple[tuple[int, bytes, dict[str, str]], list[str]]:
    """The masked answer, and the shape of every query that it took."""
    # Django keeps the last 9,000 queries, and beyond that the capture counts wrong.
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.generic(method, address)
    shapes = [re.sub(r"'[^']*'|\b[0-9a-f]{32,64}\b|\d+", "?", query["sql"]) for query in queries]
    return masked(answer, *ids), shapes


@pytest.fixture
def own_populated(world: World) -> Populated:
    """For tests that change something; the others share `populated`."""
    return populate(world)


def foreign_keys(populated: Populated, route: Route) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(keys of the victim's file, keys of nothing) for a route."""
    if len(route.keys) == 1:
        return (populated.ids["victim"],), (UNKNOWN,)
    rest = keys_of(populated, route)[0][1:]
    none = [key if name == "rules" else "1" * 32 for name, key in zip(route.keys[1:], rest, strict=True)]
    return (populated.ids["victim"], *rest), (UNKNOWN, *none)


@pytest.mark.parametrize("role", OUTSIDE)
def test_for_police_a_protection_file_is_one_that_does_not_exist(populated: Populated, role: str) -> None:
    keyed = [route for route in CARE if route.keys]
    assert len(keyed) > 5
    client = populated.world.client(role)
    for route in keyed:
        real, none = foreign_keys(populated, route)
        for method in ("GET", "POST", "DELETE"):
            first = observe_answer(client, method, route.address(*real), *real)
            second = observe_answer(client, method, route.address(*none), *none)
            assert first == second, (method, route.name)
            assert first[0][0] == 404, (method, route.name)


def nothing_differs(populated: Populated, role: str) -> None:
    """Pages of persons that police may ask for; only the look-up knows the victim."""
    client = populated.world.client(role)
    for route in PERSON:
        real, none = foreign_keys(populated, route)
        for method in ("GET", "POST"):
            first = observe_answer(client, method, route.address(*real), *real)
            second = observe_answer(client, method, route.address(*none), *none)
            assert first == second, (role, method, route.name)
            assert first[0][0] in (403, 404, 405), (role, method, route.name)


@pytest.mark.parametrize("role", [*OUTSIDE, "other-officer", "other-lead"])
def test_a_person_whom_police_never_met_does_not_exist_for_them(populated: Populated, role: str) -> None:
    nothing_differs(populated, role)


def test_roles_that_may_ask_for_a_persons_page_are_among_those_that_ask() -> None:
    may = [
        (role, route.name)
        for role in OUTSIDE
        for route in PERSON
        for method in ("get", "post")
        if matrix().may_ask(role, route.name, method)
    ]
    assert len(may) > 10


def test_a_look_up_that_knows_all_rows_is_noticed(
    populated: Populated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: rows without their readers, opened by another authority's ring.

    The first alone still answers 404: without the key there is no file, whatever the look-up found.
    """
    care = populated.world.authorities["care"]

    def leaky(actor: Any, model: type[ReadModel], ids: Any = None) -> Any:
        rows = model._default_manager.all()
        return rows if ids is None else rows.filter(pk__in=list(ids))

    monkeypatch.setattr("libertad.people.queries.readable", leaky)
    nothing_differs(populated, "officer")
    monkeypatch.setattr(
        "libertad.people.queries.open_row",
        lambda actor, row: open_sealed(node(), care, row._meta.label, row.pk, row.sealed),
    )
    with pytest.raises(Exception):  # noqa: B017  a difference, or a key that is not theirs
        nothing_differs(populated, "officer")


def test_every_entry_of_a_protection_file_is_closed_to_police(populated: Populated) -> None:
    from libertad.access.models import Compartment

    care = Compartment.objects.filter(kind="care").values_list("id", flat=True)
    entries = [entry.hash.hex() for entry in Entry.objects.filter(compartment__in=list(care))]
    assert len(entries) > 5
    for role in OUTSIDE:
        client = populated.world.client(role)
        none = observe_answer(client, "GET", f"/entries/{'f' * 64}/", "f" * 64)
        for name in entries:
            assert observe_answer(client, "GET", f"/entries/{name}/", name)[0] == none[0], role
            assert none[0][0] == 404


def test_lists_of_police_do_not_change_when_care_gets_a_file(world: World) -> None:
    from libertad.access.models import Compartment

    populated = populate(world)
    plain = [
        r
        for r in routes()
        if r.name == "exchange-peer"
        or (not r.keys and r.name not in COUNTS and not r.name.startswith(("mfa", "account")))
    ]

    def collect_answers() -> dict[tuple[str, str], Any]:
        answers = {}
        for role in OUTSIDE:
            client = world.client(role)
            for route in plain:
                if matrix().may_ask(role, route.name, "get") and route.name != "demo":
                    keys = (populated.ids["peer"],) if route.keys else ()
                    answers[role, route.name] = observe_answer(client, "GET", route.address(*keys))
        return answers

    before = collect_answers()
    assert len(before) > 30
    add_victim(populated, "Lysander Quaymoor", "second")
    peer = Peer.objects.get(pk__endswith=populated.ids["peer"])
    closed = Compartment.objects.filter(kind="care").first()
    assert closed is not None
    Want.objects.create(origin=peer.origin, compartment=closed.pk)  # care is let into a file elsewhere
    after = collect_answers()
    assert {key for key in before if before[key] != after[key]} == set()


def test_a_name_that_only_care_knows_is_found_by_nobody_else(own_populated: Populated) -> None:
    searches: list[Callable[[Client, str], Any]] = [
        lambda client, words: client.post("/people/", {"find": words}),
        lambda client, words: client.get("/people/", {"find": words}),
        lambda client, words: client.get("/leads/", {"find": words}),
        lambda client, words: client.get("/exhibits/", {"find": words}),
    ]
    for role in OUTSIDE:
        client = own_populated.world.client(role)
        for search in searches:
            answers = []
            for words in (CANARIES["care-person"], "Nobodyofthis Namewhatever"):
                answer = search(client, words)
                page = TIME.sub(b"TIME", TOKEN.sub(b"TOKEN", answer.content))
                for word in (words, *words.split()):
                    page = page.replace(word.encode(), b"WORDS")
                answers.append((answer.status_code, page))
            assert answers[0] == answers[1], role
    care_answer = own_populated.world.client("caseworker").post(
        "/people/", {"find": "Underlock"}, follow=True
    )
    assert "Underlock" in care_answer.content.decode(), "care itself finds the person"
