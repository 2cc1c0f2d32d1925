"""Role x route x method, from the URL configuration: the matrix is the law and nothing else is asked.

What is expected is worked out here from matrix.yaml, apart from the middleware that is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, resolve

from libertad.access.matrix import ANYONE, matrix, roles
from libertad.web import demo_urls, errors, middleware
from libertad.web import urls as production_urls
from tests.support.keys import program
from tests.support.populated import Populated, real_keys
from tests.support.routes import UNKNOWN, Route, routes
from tests.support.world import World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
APP = {"field-app", "field-app-file"}  # 503 until the app is built (tests/field/test_app_files.py)
ONLY_IN_THE_DEMO = {"demo", "demo-accounts", "demo-five-minutes", "gallery"}


def expected(role: str, route: str, method: str) -> str:
    """'let', 'sign-in', 'not-found', 'method' or 'forbidden'."""
    row = matrix().routes.get(route, {})
    allowed = row.get("get" if method == "HEAD" else method.lower())
    if allowed and ANYONE in allowed:
        return "let"
    if not row:
        return "not-found"
    if role == "anonymous":
        return "sign-in"
    if not any(role in permitted for permitted in row.values()):
        return "not-found"
    if allowed is None:
        return "method"
    return "let" if role in allowed else "forbidden"


STATUS = {"key": 401, "sign-in": 302, "not-found": 404, "method": 405, "forbidden": 403}
Decisions = list[bool]
DRAWN = "GET"  # of other methods the decision is asked; the page that tells it is the same
RARE = {"PUT", "PATCH", "DELETE"}


@pytest.fixture
def decisions(monkeypatch: pytest.MonkeyPatch) -> Decisions:
    """Whether the gate let each request through to its view."""
    let_through: Decisions = []
    gate, draw = middleware.Rights.process_view, errors.render

    def record_gate(self: Any, request: HttpRequest, *args: Any) -> Any:
        answer = gate(self, request, *args)
        let_through.append(answer is None)
        return HttpResponse() if answer is None and request.method == "HEAD" else answer

    def drawn(request: HttpRequest, *args: Any, status: int, **kwargs: Any) -> HttpResponse:
        if request.method != DRAWN:
            return HttpResponse(status=status)
        return draw(request, *args, status=status, **kwargs)

    monkeypatch.setattr(middleware.Rights, "process_view", record_gate)
    monkeypatch.setattr(errors, "render", drawn)
    return let_through


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    named = {route.name for route in routes()}
    assert named - set(matrix().routes) == set(), "add a row to libertad/access/matrix.yaml"
    assert set(matrix().routes) - named == set(), "matrix.yaml has rows without a route"


def test_a_route_has_one_name_and_the_demo_stays_out_of_production() -> None:
    every = [route.name for route in routes()]
    assert len(every) == len(set(every))
    assert set(every) - {route.name for route in routes("libertad.web.urls")} == ONLY_IN_THE_DEMO


def asked_of_gate(actor: Any, method: str, address: str) -> HttpResponse:
    """The gate's own answer, without the request's way through all middleware."""
    request = RequestFactory().generic(method, address)
    request.resolver_match = match = resolve(address)
    request.actor = actor  # type: ignore[attr-defined]
    gate = middleware.Rights(lambda _request: HttpResponse())
    return gate.process_view(request, match.func, match.args, match.kwargs) or HttpResponse()


def otherwise(
    populated: Populated,
    decisions: Decisions,
    role: str,
    checked_routes: list[Route],
    with_key: bool = False,
    let_alone: bool = False,
) -> list[str]:
    """What this role gets otherwise than the matrix says. `with_key`: in place of a session.

    Three quarters are methods that no row of the route has: of these the first route is sent, and of the
    others the gate itself is asked. `let_alone`: only what is let through is asked for.
    """
    actor = None if role == "anonymous" else populated.world.actor(role)

    def signed_in() -> Client:
        if with_key:
            return program(populated.world.actor(role))
        return Client() if role == "anonymous" else populated.world.client(role)

    client, wrong = signed_in(), []
    for route in checked_routes:
        address = route.address(*real_keys(populated, route))
        for method in METHODS:
            want = expected(role, route.name, method)
            if route.keyed and not with_key:
                want = "key"
            if want != "let" and let_alone:
                continue
            # A POST that is let through may sign out or change who it is.
            asks = signed_in() if want == "let" and method == "POST" else client
            decisions.clear()
            unlisted = method in RARE and method.lower() not in matrix().routes.get(route.name, {})
            if unlisted and not route.keyed and route is not checked_routes[0]:
                answer = asked_of_gate(actor, method, address)
            else:
                answer = asks.generic(method, address)
            let = decisions == [True]
            ok = let if want == "let" else not let and answer.status_code == STATUS[want]
            if want == "sign-in":
                ok = ok and answer.url.startswith("/sign-in/")
            if (answer.status_code >= 500 and route.name not in APP) or not ok:
                wrong.append(f"{role} {method} {route.name}: {answer.status_code}, expected {want}")
    return wrong


def test_every_page_opens_for_somebody(populated: Populated) -> None:
    """First of all that asks of this world: forms that others send may settle what a page shows."""
    by_get = [route for route in routes() if "get" in matrix().routes[route.name]]
    clients = {role: populated.world.client(role) for role in roles()} | {"anonymous": Client()}
    of_a_factor = {
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_remove_webauthn",
    }  # walked in test_accounts and test_passkeys
    closed = set()
    for route in by_get:
        address = route.address(*real_keys(populated, route))
        readers = [role for role in clients if expected(role, route.name, "GET") == "let"]
        if not any(clients[role].get(address).status_code in (200, 204, 302) for role in readers):
            closed.add(route.name)
    assert closed <= of_a_factor | APP


@pytest.mark.both  # what every page asks the database, on PostgreSQL too
@pytest.mark.parametrize("role", [*roles(), "anonymous"])
def test_each_role_gets_each_route_by_each_method_as_the_matrix_says(
    populated: Populated, decisions: Decisions, role: str
) -> None:
    """What is let through alone comes to the database, so PostgreSQL gets that."""
    let_alone = connection.vendor == "postgresql"
    assert otherwise(populated, decisions, role, routes(), let_alone=let_alone) == []


@pytest.mark.parametrize("role", roles())
def test_a_key_opens_the_routes_of_programs_as_the_matrix_says_and_no_page(
    populated: Populated, decisions: Decisions, role: str
) -> None:
    keyed = [route for route in routes() if route.keyed]
    assert keyed and otherwise(populated, decisions, role, keyed, with_key=True) == []
    client = program(populated.world.actor(role))
    assert [client.get(path).status_code for path in ("/leads/", "/people/", "/hits/")] == [302] * 3


def test_a_gate_that_lets_everybody_through_is_noticed(
    populated: Populated, decisions: Decisions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: one row of the matrix opened to a role that the law leaves out."""
    rows = dict(matrix().routes)
    rows["leads"] = {method: allowed | {"caseworker"} for method, allowed in rows["leads"].items()}
    open_to_all = type(matrix())(matrix().entries, rows)
    monkeypatch.setattr(middleware, "matrix", lambda: open_to_all)
    leads = [route for route in routes() if route.name == "leads"]
    differences = otherwise(populated, decisions, "caseworker", leads)
    assert {"caseworker GET leads", "caseworker HEAD leads"} <= {
        line.partition(":")[0] for line in differences
    }


def planted(request: HttpRequest, key: str = "") -> HttpResponse:
    return HttpResponse("planted")


@pytest.fixture
def with_planted_route(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[], None]:
    from django.urls import clear_url_caches

    def plant() -> None:
        patterns = [path("planted/", planted, name="planted"), *demo_urls.urlpatterns]
        monkeypatch.setattr(demo_urls, "urlpatterns", patterns)
        clear_url_caches()

    yield plant  # type: ignore[misc]
    monkeypatch.undo()
    clear_url_caches()


def test_a_route_without_a_row_is_found_and_is_for_nobody(
    world: World, with_planted_route: Callable[[], None]
) -> None:
    with_planted_route()
    assert {route.name for route in routes()} - set(matrix().routes) == {"planted"}
    for client in (Client(), world.client("coordinator"), world.client("administrator")):
        answer = client.get("/planted/")
        assert answer.status_code == 404 and b"planted" not in answer.content


def test_no_police_role_may_ask_for_a_route_of_care() -> None:
    police = {
        "coordinator",
        "analyst",
        "national-lead",
        "officer",
        "exhibits-officer",
        "press",
        "administrator",
    }
    care = {route.name for route in routes() if route.module.startswith("libertad.care")}
    assert care, "the care room has routes"
    for name in care:
        for allowed in matrix().routes[name].values():
            assert not police & allowed, name


def test_production_has_the_routes_that_the_matrix_was_made_for() -> None:
    production, demo = (
        {route.name for route in urls.urlpatterns if hasattr(route, "name")}
        for urls in (production_urls, demo_urls)
    )
    assert demo - production == ONLY_IN_THE_DEMO and production


def test_an_unknown_id_answers_not_found_and_no_error(world: World) -> None:
    clients = {role: world.client(role) for role in roles()}
    route_names = set()
    for route in routes():
        readers = matrix().routes[route.name].get("get", frozenset()) & set(roles())
        if not route.keys or ANYONE in matrix().routes[route.name].get("get", ()):
            continue
        for role in sorted(readers):
            answer = clients[role].get(route.address(*[UNKNOWN] * len(route.keys)))
            assert answer.status_code == 404, (route.name, role)
            route_names.add(route.name)
    assert {"person", "site", "exhibit"} <= route_names
