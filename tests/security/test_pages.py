"""Error pages, cookies and logs: their policy, nothing inline, nobody named. Others: test_every_page.py."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from libertad.access.matrix import ANYONE, matrix
from libertad.journal.node import node
from libertad.web import demo_urls, log_throttle, tracing
from tests.support.guarded import guarded, inline
from tests.support.routes import UNKNOWN
from tests.support.world import World

NAMED = "Halvard Brimstowe"


def failing(request: HttpRequest) -> HttpResponse:
    person_name = NAMED
    raise ValueError(f"nothing is known of {person_name}")


def refusing(request: HttpRequest) -> HttpResponse:
    from django.core.exceptions import SuspiciousOperation

    raise SuspiciousOperation(f"{NAMED} was asked for")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two routes that fail, open to anyone."""
    rows = dict(matrix().routes) | {name: {"get": frozenset({ANYONE})} for name in ("failing", "refusing")}
    law = type(matrix())(matrix().entries, rows)
    monkeypatch.setattr("libertad.web.middleware.matrix", lambda: law)
    planted = [path("failing/", failing, name="failing"), path("refusing/", refusing, name="refusing")]
    monkeypatch.setattr(demo_urls, "urlpatterns", [*planted, *demo_urls.urlpatterns])
    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
def test_error_pages_are_guarded_and_say_nothing_of_what_was_asked(
    world: World, broken: None, status: int, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    client = world.client("officer")
    client.raise_request_exception = False
    if status == 400:
        answer = client.get("/refusing/")
        also = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
        assert also.status_code == 400
        guarded(also)
    elif status == 403:
        own = world.actor("coordinator").officer
        answer = world.client("coordinator").get(f"/officers/{own}/")
    elif status == 404:
        answer = client.get(f"/leads/{UNKNOWN}/")
    elif status == 405:
        answer = client.delete("/leads/")
        assert answer["Allow"] == "GET"
    elif status == 429:
        settings.ACCOUNT_RATE_LIMITS = {**configured.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
        for _ in range(3):
            answer = Client(REMOTE_ADDR="127.0.0.9").post("/sign-in/", {"login": "x", "password": "y"})
    elif status == 500:
        answer = client.get("/failing/")
    else:
        node().rings.open.pop(world.authorities["police"])
        answer = client.get("/leads/")
        if answer.status_code == 200:  # an empty list opens nothing
            answer = client.post(
                "/leads/report/",
                {
                    "country": "GY",
                    "summary": "x",
                    "source_grade": "1",
                    "information_grade": "B",
                    "handling": "P",
                    "origin": "hotline",
                },
            )
    assert answer.status_code == status
    guarded(answer)
    assert inline(answer) == []
    page = answer.content.decode()
    assert NAMED not in page and UNKNOWN not in page and "Traceback" not in page and "ValueError" not in page
    if status == 503:
        assert "locked" in page


def test_the_error_page_comes_even_when_pages_cannot_be_drawn(
    world: World, broken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(NAMED)

    client = world.client("officer")
    client.raise_request_exception = False
    monkeypatch.setattr("libertad.web.errors.render", cannot)
    answer = client.get("/failing/")
    assert answer.status_code == 500 and "Something went wrong here" in answer.content.decode()
    guarded(answer)
    monkeypatch.setattr("libertad.web.errors.loader.get_template", cannot)
    answer = client.get("/failing/")
    assert answer.status_code == 500 and "Something went wrong here" in answer.content.decode()
    assert NAMED not in answer.content.decode()


def test_without_its_middleware_the_policy_is_missed(world: World, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("csp.")]
    with pytest.raises(KeyError):
        guarded(Client().get("/about/"))


def test_cookies_are_closed_to_scripts_and_to_other_sites(world: World, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    client = Client()
    client.get("/sign-in/")
    client.post("/sign-in/", {"login": "N-officer", "password": "correct horse battery"})
    client.post("/language/", {"language": "en", "next": "/about/"})
    assert {"libertad", "csrftoken", "language"} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["httponly"] and cookie["secure"] and cookie["samesite"] in ("Lax", "Strict"), cookie.key
        assert not cookie["domain"]
    assert client.cookies["libertad"]["max-age"] == "", "the browser forgets it when it is closed"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_choosing_a_language_leads_to_no_other_site(world: World, back: str) -> None:
    answer = Client().post("/language/", {"language": "fr", "next": back})
    assert answer.url == "/"
    assert "xx" not in str(Client().post("/language/", {"language": "xx"}).cookies)


def provoke(world: World) -> None:
    """Requests that fail while they hold a name."""
    client = world.client("officer")
    client.raise_request_exception = False
    client.get(f"/failing/?name={NAMED}")
    client.post("/leads/report/", {"summary": NAMED})
    client.get(f"/nothing/{NAMED}/")
    client.get("/refusing/")
    client.get("/about/", headers={"host": NAMED.replace(" ", "")})


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the node's own handler writes."""
    logged: list[str] = []

    class Heard(list[str]):
        def write(self, text: str) -> None:
            logged.append(text)

        def flush(self) -> None: ...

    handler = logging.getLogger("django").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    throttle = log_throttle.shared()  # which other tests of this minute may have filled
    throttle.windows.clear()
    throttle.all = log_throttle.Window(throttle.now(), 0, "")
    # Not setStream: it flushes the old stream, which may be one that a test before this one has closed.
    before, handler.stream = handler.stream, Heard()
    yield logged
    handler.stream = before


def test_failing_pages_leave_no_name_in_the_log(world: World, broken: None, lines: list[str]) -> None:
    provoke(world)
    text = "".join(lines)
    assert "ValueError at test_pages.py" in text, "where it failed is told"
    for word in (NAMED, "Halvard", "Brimstowe", "/failing/", "/nothing/", "asked for"):
        assert word not in text


def test_a_plain_log_would_have_named_it(
    world: World, broken: None, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: without our filter, or without our formatter, the name is there."""
    handler = logging.getLogger("django").handlers[0]
    with monkeypatch.context() as patch:
        patch.setattr(handler, "filters", [])
        provoke(world)
        assert NAMED in "".join(lines)
    lines.clear()
    monkeypatch.setattr(handler, "formatter", logging.Formatter())
    provoke(world)
    assert NAMED in "".join(lines)


def test_a_refusal_is_logged_as_one_and_a_page_that_is_not_there_is_none(
    world: World, lines: list[str]
) -> None:
    """Also where the page itself does not tell them apart, and with nobody's name."""
    client = world.client("officer")
    logged = []
    for address in ("/officers/", "/nothing-here/"):
        trace = tracing.begin()
        assert client.get(address).status_code == 404
        logged.append([line for line in lines if trace.request in line])
    refused, absent = logged
    assert any("refused: this role may not [officers " in line for line in refused)
    assert len(absent) == 1 and "refused" not in absent[0]
    assert all(any("django.request 404 [" in line for line in those) for those in logged)
    assert "N-officer" not in "".join(lines)
