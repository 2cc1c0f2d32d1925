"""Every page, errors included: its policy, no script or style in it, cookies, and logs that name nobody."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from libertad.access.matrix import ANYONE, matrix, roles
from libertad.journal.node import node
from libertad.web import demo_urls
from tests.support.populated import CANARIES, Populated, real_keys, telling_keys
from tests.support.routes import UNKNOWN, routes
from tests.support.world import World

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
# A picture or document that somebody added: nothing in it may run or fetch, and it is saved, not shown.
SEALED = {"sandbox": "", "default-src": "'none'"}
NAMED = "Halvard Brimstowe"


def policy(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts if name}


def guarded(answer: Any, expected: dict[str, str] = POLICY) -> None:
    """The headers that every answer has."""
    assert policy(answer) == expected
    assert "Content-Security-Policy-Report-Only" not in answer
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert (
        answer["Referrer-Policy"] == "no-referrer" and answer["Cross-Origin-Opener-Policy"] == "same-origin"
    )
    assert "no-store" in answer["Cache-Control"]


class Inline(HTMLParser):
    """Collects what the policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            self.found.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")
            if name in ("src", "href", "action") and tag != "a" and re.match(r"https?:|//", value or ""):
                self.found.append(f"{tag} {name}={value}")


def inline(answer: Any) -> list[str]:
    reader = Inline()
    reader.feed(answer.content.decode())
    return reader.found


def failing(request: HttpRequest) -> HttpResponse:
    who = NAMED
    raise ValueError(f"nothing is known of {who}")


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


@pytest.mark.parametrize("role", roles())
def test_every_page_that_a_role_opens_is_guarded(populated: Populated, role: str) -> None:
    client, opened = populated.world.client(role), 0
    for route in routes():
        if role not in matrix().routes[route.name].get("get", ()) or route.name == "demo":
            continue
        answer = client.get(route.address(*real_keys(populated, route)))
        given = answer.get("Content-Disposition", "") if route.name == "attachment" else ""
        guarded(answer, SEALED if given.startswith("attachment;") else POLICY)
        if answer.get("Content-Type", "").startswith("text/html"):
            assert inline(answer) == [], route.name
        opened += answer.status_code == 200
    assert opened > 5


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
    client.post("/language/", {"language": "es", "next": "/about/"})
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
    found: list[str] = []

    class Heard(list[str]):
        def write(self, text: str) -> None:
            found.append(text)

        def flush(self) -> None: ...

    handler = logging.getLogger("django").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    # Not setStream: it flushes the old stream, which may be one that a test before this one has closed.
    before, handler.stream = handler.stream, Heard()
    yield found
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


@pytest.mark.parametrize("role", ["officer", "caseworker", "deciding-authority", "prosecutor"])
def test_titles_and_addresses_name_nobody(populated: Populated, role: str) -> None:
    client, seen = populated.world.client(role), 0
    for route in routes():
        if role not in matrix().routes[route.name].get("get", ()):
            continue
        for keys in telling_keys(populated, route, "person", "victim"):
            answer = client.get(route.address(*keys))
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            named, page = outside(answer.content.decode()), answer.content.decode()
            seen += any(word in page for words in CANARIES.values() for word in words.split())
            assert named == set(), route.name
    assert seen > 2, "pages that do name somebody were among them"


def outside(page: str) -> set[str]:
    """Words of CANARIES in the title or in an address of a page."""
    title = page.partition("<title>")[2].partition("</title>")[0]
    told = " ".join([title, *re.findall(r'(?:href|action|src)="([^"]*)"', page)])
    return {word for words in CANARIES.values() for word in words.split() if len(word) > 6 and word in told}


def test_a_name_in_a_title_or_an_address_would_be_found() -> None:
    word = CANARIES["police-person"].split()[0]
    assert outside(f"<title>{word}</title>") == outside(f'<title>x</title><a href="/?q={word}">') == {word}
    assert outside(f"<title>x</title><h1>{word}</h1>") == set()
