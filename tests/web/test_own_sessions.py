"""One's own sessions: told in plain words to their officer alone, and ended at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from libertad.access import own_sessions
from libertad.access.models import Account, Session
from libertad.access.own_sessions import browser_of
from libertad.access.sessions import SessionStore, storage_name
from libertad.board.gate import Admitted, still_in
from libertad.journal.node import node
from tests.access.signing import raw_rows, sign_in
from tests.support.accessibility import assert_clean
from tests.support.browsing import WIDE
from tests.support.world import World

PASSWORD, PAGE = "correct horse battery", "/codes/sessions/"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.2501) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36"
)
NARROW = {"width": 320, "height": 640}


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def signed_in(agent: str, number: str = "N-officer") -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    assert sign_in(client, number, PASSWORD).status_code == 302
    return client


def name_of(client: Client) -> str:
    return storage_name(client.cookies["libertad"].value)


def opens(client: Client) -> bool:
    return bool(client.get("/leads/").status_code == 200)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, ["Firefox", "Windows"]),
        (PHONE, ["Chrome", "Android"]),
        (WINDOWS.replace("Firefox/145.0", "Chrome/142.0 Safari/537.36 Edg/142.0"), ["Edge", "Windows"]),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            ["Safari", "iPhone"],
        ),
        ("", ["", ""]),
        ("x" * 100_000, ["", ""]),
    ],
)
def test_a_browser_is_told_in_plain_words(agent: str, words: list[str]) -> None:
    assert browser_of(agent) == words


def test_sessions_are_listed_with_the_own_one_first(world: World) -> None:
    desk, phone = signed_in(WINDOWS), signed_in(PHONE)
    signed_in(PHONE, "N-press")
    page = desk.get(PAGE).content.decode()
    assert re.findall(r"<dt>(.*?)</dt>", page) == ["Firefox on Windows", "Chrome on Android"]
    assert page.count("This one") == 1 and page.index("This one") < page.index("Chrome on Android")
    assert name_of(phone) in page and name_of(desk) not in page
    stored = raw_rows()
    for word in (b"Pixel", b"Mozilla", b"Firefox", b"Android"):
        assert word not in stored


def test_a_session_that_is_ended_opens_nothing_from_that_moment(world: World) -> None:
    desk, phone = signed_in(WINDOWS), signed_in(PHONE)
    name, cookie = name_of(phone), phone.cookies["libertad"].value
    row = Session.objects.get(pk=name)
    assert opens(phone)
    for _ in range(2):  # sent twice, it is answered alike
        assert desk.post(PAGE, {"session": name}).url == PAGE
    assert not opens(phone) and phone.get("/").url.startswith("/sign-in/") and opens(desk)
    assert "signed in nowhere else" in desk.get(PAGE).content.decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into access_session (session_key, session_data, expire_date, account) "
            "values (%s, %s, %s, %s)",
            (row.session_key, row.session_data, row.expire_date, row.account),
        )
    again = Client()
    again.cookies["libertad"] = cookie
    assert not opens(again) and name not in desk.get(PAGE).content.decode()


def test_all_others_are_ended_and_the_own_one_goes_on(world: World) -> None:
    desk, others, press = signed_in(WINDOWS), [signed_in(PHONE), signed_in("")], signed_in("", "N-press")
    assert desk.post(PAGE, {"session": "others"}).url == PAGE
    assert opens(desk) and not any(opens(client) for client in others)
    assert press.get("/").status_code == 200


def test_nobody_ends_anothers_session(world: World) -> None:
    officer, press = signed_in(WINDOWS), signed_in(PHONE, "N-press")
    for name in (name_of(officer), officer.cookies["libertad"].value, "", "%", "x" * 9000):
        assert press.post(PAGE, {"session": name}).url == PAGE
    assert opens(officer) and press.get("/").status_code == 200


def test_a_stream_ends_with_its_session(world: World) -> None:
    """The hub asks this every few seconds (`libertad/board/hub.py`)."""
    desk, phone = signed_in(WINDOWS), signed_in(PHONE)
    account = Account.objects.of("N-officer")
    assert account is not None
    actor = world.actor("officer")
    watching = Admitted(
        actor, account.pk, phone.cookies["libertad"].value, account.get_session_auth_hash(), "en", "", "", []
    )
    assert len(still_in([watching])) == 1
    desk.post(PAGE, {"session": name_of(phone)})
    assert still_in([watching]) == set()


def test_when_it_was_used_is_kept_to_five_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = signed_in(WINDOWS)
    start = timezone.now()
    account = Account.objects.of("N-officer")
    assert account is not None
    for minutes, seen in ((4, 0), (6, 6), (8, 6), (12, 12)):
        monkeypatch.setattr(timezone, "now", lambda after=minutes: start + timedelta(minutes=after))
        assert opens(desk)
        (session,) = own_sessions.own_sessions(account.pk, "")
        assert abs((session.seen - start).total_seconds() / 60 - seen) < 0.5
        assert abs((session.since - start).total_seconds()) < 30


def test_a_page_that_saves_its_session_after_the_end_leaves_no_seal(world: World) -> None:
    """What is put back into the database then is not believed."""
    phone = signed_in(PHONE)
    row = Session.objects.get(pk=name_of(phone))
    store = SessionStore(phone.cookies["libertad"].value)
    assert store.get(own_sessions.UNTIL)
    own_sessions.end_session(row.account or 0, row.pk)
    store["seen"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert row.pk not in node().seals.table("access_session")


@pytest.mark.parametrize(
    "size", [pytest.param(WIDE, id="1280"), pytest.param(NARROW, id="320", marks=pytest.mark.look)]
)
def test_a_session_ended_elsewhere_loses_its_page_at_once(
    world: World, live_server: Any, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    pages = []
    for agent in (WINDOWS, PHONE):
        page = open_page(viewport=size, user_agent=agent)
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_label("Service number").fill("N-officer")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{live_server.url}/")
        pages.append(page)
    desk, phone = pages
    desk.get_by_role("link", name="Your sign-in").click()
    desk.get_by_role("link", name="See it, and end what you do not know").click()
    assert_clean(desk, "sessions")
    button = desk.get_by_role("button", name=re.compile("^End it.*Chrome on Android"))
    button.focus()
    desk.keyboard.press("Enter")
    desk.get_by_text("You are signed in nowhere else").wait_for()
    assert_clean(desk, "one session")
    phone.reload()
    assert phone.url.startswith(f"{live_server.url}/sign-in/")
