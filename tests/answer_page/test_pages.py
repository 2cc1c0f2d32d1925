"""The pages themselves: a GET changes nothing, the code opens, one answer ends it; no cookie, no script."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from libertad.answer_page import views
from libertad.answer_page.limits import page_limits
from libertad.answer_page.messages import Item
from libertad.answer_page.store import Store
from tests.answer_page.conftest import Made, new_page

NAMES = (
    "ALLOWED_HOSTS",
    "CONTENT_SECURITY_POLICY",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "TEMPLATES",
    "SECURE_REFERRER_POLICY",
    "SECURE_SSL_REDIRECT",
    "X_FRAME_OPTIONS",
    "APPEND_SLASH",
    "LIBERTAD_ANSWERS_STORE",
    "LIBERTAD_ANSWERS_NODES",
    "LIBERTAD_ANSWERS_KEY",
)


@pytest.fixture
def pages(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The host's own settings in this process, as `answer-page run --local` has them."""
    monkeypatch.setenv("LIBERTAD_ANSWERS_HOME", str(tmp_path / "answers"))
    for name in ("libertad.answer_page.settings_local", "libertad.answer_page.settings"):
        sys.modules.pop(name, None)
    local = importlib.import_module("libertad.answer_page.settings_local")
    for name in NAMES:
        setattr(settings, name, getattr(local, name))
    settings.LIBERTAD_ANSWERS_NODES = frozenset()
    views.store.cache_clear()
    yield views.store()
    views.store().close()
    views.store.cache_clear()


def open_page(store: Store, **changed: Any) -> tuple[Made, str]:
    page = new_page(**changed)
    assert store.answer_item("node", page.put).state == "open"
    return page, f"/a/{page.token}/"


def standing(store: Store, page: Made) -> Any:
    return store.answer_item("node", Item(page.id, "look"))


def test_asking_for_a_link_shows_nothing_of_it_and_changes_nothing(pages: Store) -> None:
    page, address = open_page(pages)
    for _ in range(50):  # scanners of mail follow links
        answer = Client().get(address)
        assert answer.status_code == 200 and Client().head(address).status_code == 200
    text = answer.content.decode()
    for word in ("Shelter", "Woman", "Warao", "555 0101", page.id, page.code):
        assert word not in text
    assert (standing(pages, page).state, standing(pages, page).opened) == ("open", ())
    for method in ("put", "delete", "options", "patch"):
        assert getattr(Client(), method)(address).status_code == 405


def test_with_its_code_it_shows_what_is_asked_and_takes_one_answer(pages: Store) -> None:
    page, address = open_page(pages)
    client = Client()
    shown = client.post(address, {"code": f" {page.code[:4]}-{page.code[4:]} "})
    text = shown.content.decode()
    for word in ("Shelter", "Woman or girl", "Adult, 18 to 24", "Warao", "+592 555 0101"):
        assert word in text
    assert "checked" not in text and "selected" not in text, "nothing is chosen for them"
    assert len(standing(pages, page).opened) == 1
    values = {"code": page.code, "answering": "yes"}
    assert client.post(address, values).status_code == 422
    assert client.post(address, values | {"answer": "maybe"}).status_code == 422
    assert client.post(address, values | {"answer": "accepted", "words": "x" * 201}).status_code == 422
    assert client.post(address, values | {"answer": "accepted", "earliest_line": "1999"}).status_code == 422
    assert standing(pages, page).state == "open" and len(standing(pages, page).opened) == 1
    done = client.post(address, values | {"answer": "accepted", "words": "two beds"})
    assert done.status_code == 200 and "on its way" in done.content.decode()
    again = client.post(address, values | {"answer": "declined"})
    assert again.status_code == 404 and standing(pages, page).state == "answered"
    assert client.get(address).content == client.get(f"/a/{'x' * 43}/").content


def test_five_wrong_codes_end_it_for_whoever_knows_the_right_one_too(pages: Store) -> None:
    page, address = open_page(pages)
    wrong = f"{(int(page.code) + 1) % 10**8:08}"
    for left in (4, 3, 2, 1):
        answer = Client().post(address, {"code": wrong})
        assert answer.status_code == 422 and f"{left} more time" in answer.content.decode()
    for typed in ("12", "abcdefgh", "", "١٢٣٤٥٦٧٨"):
        assert Client().post(address, {"code": typed}).status_code == 422
    assert standing(pages, page).state == "open", "what is no code is no try"
    assert Client().post(address, {"code": wrong}).status_code == 404
    assert Client().post(address, {"code": page.code}).status_code == 404
    assert standing(pages, page).state == "dead"


def test_no_cookie_no_script_no_trace(pages: Store) -> None:
    page, address = open_page(pages)
    client = Client()
    answers = [
        client.get("/"),
        client.get(address),
        client.post(address, {"code": page.code}),
        client.get("/a/none/"),
        client.get("/elsewhere"),
        client.post("/node/", b"x", content_type="application/octet-stream"),
    ]
    for answer in answers:
        assert not answer.cookies and "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script" not in answer.content.decode() and " style=" not in answer.content.decode()
    assert [answer.status_code for answer in answers] == [404, 200, 200, 404, 404, 404]


def test_a_form_that_another_site_sends_is_refused(pages: Store) -> None:
    page, address = open_page(pages)
    for site in ("cross-site", "same-site"):
        answer = Client().post(address, {"code": page.code}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert standing(pages, page).opened == ()


def test_whoever_asks_too_often_waits_and_the_nodes_do_not(pages: Store) -> None:
    _page, address = open_page(pages)
    burst = page_limits().each_burst
    client = Client(REMOTE_ADDR="203.0.113.9")
    statuses = [client.post(address, {"code": "1"}).status_code for _ in range(burst + 5)]
    assert statuses[:burst] == [422] * burst and 429 in statuses[burst:]
    assert Client(REMOTE_ADDR="203.0.113.10").post(address, {"code": "1"}).status_code == 422
    assert client.post("/node/", b"x", content_type="application/octet-stream").status_code == 404
    assert client.get(address).status_code == 200


def test_the_store_holds_no_word_of_what_passed_through_it(pages: Store, tmp_path: Path) -> None:
    page, address = open_page(pages, line="+592 777 8899")
    client = Client()
    client.post(address, {"code": page.code})
    words = "Ottersgate by the bell"
    values = {"code": page.code, "answering": "yes", "answer": "accepted", "words": words}
    assert client.post(address, values).status_code == 200
    planted = [words, "Ottersgate", page.code, page.token, page.key, "777 8899", "shelter", "wba", "accepted"]
    for path in (tmp_path / "answers").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in planted:
                assert word.encode() not in content, (path.name, word)


def test_its_settings_give_nothing_of_a_node(pages: Store) -> None:
    host = sys.modules["libertad.answer_page.settings"]
    assert host.DATABASES == {} and host.INSTALLED_APPS == [
        "django.contrib.staticfiles",
        "libertad.answer_page",
    ]
    assert host.SECURE_SSL_REDIRECT and not host.DEBUG and host.SECURE_HSTS_SECONDS > 10**7
    from libertad.web.settings.pages import CONTENT_SECURITY_POLICY as NODES

    policy = host.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    for name, sources in NODES["DIRECTIVES"].items():
        assert policy[name] in (sources, ["'none'"], ["'self'"]), name
