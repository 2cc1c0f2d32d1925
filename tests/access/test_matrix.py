"""Role x route x method, from the URL configuration: the matrix is the law and nothing else is asked.

What is expected is worked out here from matrix.yaml, apart from the middleware that is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, resolve

from libertad.access.actor import Actor
from libertad.access.matrix import ANYONE, matrix, roles
from libertad.access.models import Account
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
pytestmark = pytest.mark.xdist_group("matrix")  # the keys of every page are searched once
ASKERS = [*roles(), "anonymous"]
Sent = Callable[[str, int, Route, str], bool]  # role, the route's number, it, method


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
        if request.method != DRAWN or not hasattr(request, "session"):
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


def every(role: str, number: int, route: Route, method: str) -> bool:
    """Each request whole."""
    return True


def in_turn(role: str, number: int, route: Route, method: str) -> bool:
    """What is sent whole in the quick run, so that the gate is seen to stand in front of every route: each
    method that a route has, by nobody and by the role whose turn it is; other methods of a role's first."""
    own = role == "anonymous" or number % len(roles()) == roles().index(role)
    return route.keyed or (own and (has(route, method) or number < len(roles())))


def has(route: Route, method: str) -> bool:
    return ("get" if method == "HEAD" else method.lower()) in matrix().routes.get(route.name, {})


def asked_of_gate(actor: Actor | None, account: Any, method: str, route: Route) -> HttpResponse:
    """The gate's own answer, without the request's way through all middleware and its view."""
    request = RequestFactory().generic(method, route.address(*[UNKNOWN] * len(route.keys)))
    request.resolver_match = match = resolve(request.path)
    assert match.view_name == route.name
    request.actor, request.user = actor, account  # type: ignore[attr-defined]
    gate = middleware.Rights(lambda _request: HttpResponse())
    return gate.process_view(request, match.func, match.args, match.kwargs) or HttpResponse()


def otherwise(
    populated: Populated,
    decisions: Decisions,
    role: str,
    checked_routes: list[Route],
    sent: Sent = every,
    with_key: bool = False,
    let_alone: bool = False,
) -> list[str]:
    """What this role gets otherwise than the matrix says. `with_key`: in place of a session. `sent`: which
    requests go their whole way; of all others the gate itself is asked. `let_alone`: only what is let through
    goes it, and nothing else is asked.
    """
    actor = None if role == "anonymous" else populated.world.actor(role)
    account = Account.objects.get(officer=actor.officer) if actor else AnonymousUser()

    def signed_in() -> Client:
        if with_key:
            return program(populated.world.actor(role))
        return Client() if role == "anonymous" else populated.world.client(role)

    # First of all, because the search asks pages of the same gate, and a form that is sent may settle one.
    addresses = [route.address(*real_keys(populated, route)) for route in checked_routes]
    client, wrong = signed_in(), []
    for number, (route, address) in enumerate(zip(checked_routes, addresses, strict=True)):
        for method in METHODS:
            want = expected(role, route.name, method)
            if route.keyed and not with_key:
                want = "key"
            whole = sent(role, number, route, method)
            if let_alone and not (whole and want == "let"):
                continue
            decisions.clear()
            if whole:
                # A POST that is let through may sign out or change who it is.
                asks = signed_in() if want == "let" and method == "POST" else client
                answer = asks.generic(method, address)
            else:
                answer = asked_of_gate(actor, account, method, route)
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
        readers = [role for role in clients if expected(role, route.name, "GET") == "let"]
        address = route.address(*real_keys(populated, route))
        if route.keys and "anonymous" not in readers:
            continue  # it was opened to find its keys
        if not any(clients[role].get(address).status_code in (200, 204, 302) for role in readers):
            closed.add(route.name)
    assert closed <= of_a_factor | APP


@pytest.mark.both  # what pages ask the database, on PostgreSQL too
@pytest.mark.parametrize("role", ASKERS)
def test_each_role_gets_each_route_by_each_method_as_the_matrix_says(
    populated: Populated, decisions: Decisions, role: str
) -> None:
    """What is let through alone comes to the database, so PostgreSQL gets that."""
    let_alone = connection.vendor == "postgresql"
    assert otherwise(populated, decisions, role, routes(), in_turn, let_alone=let_alone) == []


@pytest.mark.nightly
@pytest.mark.both
@pytest.mark.parametrize("role", ASKERS)
def test_each_request_of_a_role_goes_its_whole_way_as_the_matrix_says(
    populated: Populated, decisions: Decisions, role: str
) -> None:
    let_alone = connection.vendor == "postgresql"
    assert otherwise(populated, decisions, role, routes(), let_alone=let_alone) == []


def test_whatever_a_route_has_is_sent_by_nobody_and_by_somebody() -> None:
    for number, route in enumerate(routes()):
        for method in filter(lambda method: has(route, method), METHODS):
            senders = {role for role in ASKERS if in_turn(role, number, route, method)}
            assert "anonymous" in senders and senders & set(roles()), (route.name, method)


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
    for sent in (every, in_turn):
        differences = otherwise(populated, decisions, "caseworker", leads, sent)
        assert {"caseworker GET leads", "caseworker HEAD leads"} <= {
            line.partition(":")[0] for line in differences
        }


def test_a_page_that_escapes_the_gate_is_noticed(
    populated: Populated, decisions: Decisions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: something in front of the gate answers one page."""
    passing = middleware.Rights.__call__

    def escaped(gate: middleware.Rights, request: HttpRequest) -> HttpResponse:
        return HttpResponse() if request.path == "/leads/" else passing(gate, request)

    monkeypatch.setattr(middleware.Rights, "__call__", escaped)
    leads = [route for route in routes() if route.name == "leads"]
    for role in ("anonymous", roles()[0]):  # whose turn it is
        differences = otherwise(populated, decisions, role, leads, in_turn)
        assert any(line.startswith(f"{role} GET leads: 200") for line in differences)


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


@pytest.mark.parametrize("readers", [1, pytest.param(len(roles()), marks=pytest.mark.nightly)])
def test_an_unknown_id_answers_not_found_and_no_error(world: World, readers: int) -> None:
    """`readers`: how many of a page's roles ask for it."""
    clients = {role: world.client(role) for role in roles()}
    route_names = set()
    for route in routes():
        allowed = matrix().routes[route.name].get("get", frozenset()) & set(roles())
        if not route.keys or ANYONE in matrix().routes[route.name].get("get", ()):
            continue
        for role in sorted(allowed)[:readers]:
            answer = clients[role].get(route.address(*[UNKNOWN] * len(route.keys)))
            assert answer.status_code == 404, (route.name, role)
            route_names.add(route.name)
    assert {"person", "site", "exhibit"} <= route_names
