"""The page of programs' keys: who sees and ends which, what is shown once, what is asked again."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from libertad.access import keys
from libertad.access.models import Account, ApiKey, ProgramKey
from tests.access.signing import raw_rows, sign_in
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.guarded import guarded, inline
from tests.support.world import World

GIVEN = {"program": "Matching desk", "days": "7"}


def fresh(world: World, role: str) -> Client:
    """Signed in with a password a moment ago."""
    client = Client()
    number = {"administrator": "POLICE-ADM", "coordinator": "BB-001"}.get(role, f"N-{role}")
    assert sign_in(client, number, "correct horse battery").status_code == 302
    return client


def secret_of(answer: Any) -> str:
    [secrets] = re.findall(r'<p class="secret">([\w-]{43})</p>', answer.content.decode())
    return str(secrets)


def asks(secret: str) -> int:
    body = json.dumps({"queries": {"q": {"schema": "Person", "properties": {"name": ["Ana"]}}}})
    answer = Client(headers={"Authorization": f"ApiKey {secret}"}).post(
        "/match/default", body, content_type="application/json"
    )
    return int(answer.status_code)


def test_a_key_is_made_shown_once_used_and_ended_on_the_page(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = fresh(world, "officer")
    answer = client.post("/keys/new/", GIVEN)
    secret = secret_of(answer)
    assert answer.status_code == 200 and inline(answer) == []
    guarded(answer)
    assert asks(secret) == 200
    page = client.get("/keys/").content.decode()
    assert "Matching desk" in page and "1 today" in page and "Works" in page and secret not in page
    assert secret.encode() not in raw_rows()
    key = ApiKey.objects.get().pk
    nothing = client.post(f"/keys/{key}/", {"reason": " "})
    assert nothing.status_code == 422 and asks(secret) == 200
    ended = client.post(f"/keys/{key}/", {"reason": "The laptop was lost"})
    assert (ended.status_code, ended.url) == (302, "/keys/") and asks(secret) == 401
    page = client.get("/keys/").content.decode()
    assert "Ended" in page and "The laptop was lost" in page and f"/keys/{key}/" not in page
    assert client.get(f"/keys/{key}/").status_code == 404, "what ended is not ended again"
    assert not any(
        secret in log_record.getMessage() or "laptop" in log_record.getMessage()
        for log_record in caplog.records
    )


def test_only_who_signed_in_a_moment_ago_gives_a_key(world: World) -> None:
    old = world.client("officer")
    for answer in (old.get("/keys/new/"), old.post("/keys/new/", GIVEN)):
        assert answer.status_code == 302 and answer.url.startswith("/sign-in/again/")
    assert not ApiKey.objects.exists()
    again = old.post("/sign-in/again/?next=/keys/new/", {"password": "correct horse battery"})
    assert again.status_code == 302 or b"secret" in again.content
    assert secret_of(old.post("/keys/new/", GIVEN))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"program": " "}, "program"),
        ({"days": "91"}, "days"),
        ({"days": "0"}, "days"),
        ({"days": "x"}, "days"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_makes_no_key(
    world: World, wrong: dict[str, str], field: str
) -> None:
    answer = fresh(world, "officer").post("/keys/new/", GIVEN | wrong)
    assert answer.status_code == 422 and f'id="id_{field}-error"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_an_administrator_sees_and_ends_the_keys_of_all_and_gives_none(world: World) -> None:
    own_key = keys.make(world.actor("officer"), program="Matching desk")
    foreign_key = keys.make(world.actor("other-officer"), program="Foreign desk")
    client = fresh(world, "administrator")
    page = client.get("/keys/").content.decode()
    assert "Matching desk" in page and "Name officer" in page and "Foreign desk" not in page
    assert "/keys/new/" not in page and "/hits/" not in page
    assert client.get("/keys/new/").status_code == client.post("/keys/new/", GIVEN).status_code == 404
    assert client.post(f"/keys/{foreign_key.id}/", {"reason": "x"}).status_code == 404
    assert client.post(f"/keys/{own_key.id}/", {"reason": "found in a mail"}).status_code == 302
    assert asks(own_key.secret) == 401 and asks(foreign_key.secret) == 200


def test_an_officer_sees_no_colleague_s_key(world: World) -> None:
    foreign_key = keys.make(world.actor("officer"), program="Matching desk")
    for role in ("exhibits-officer", "other-lead", "coordinator", "caseworker", "prosecutor"):
        client = world.client(role)
        assert b"Matching desk" not in client.get("/keys/").content, role
        assert client.get(f"/keys/{foreign_key.id}/").status_code == 404
        assert client.post(f"/keys/{foreign_key.id}/", {"reason": "x"}).status_code == 404
    assert b"Matching desk" in world.client("national-lead").get("/keys/").content
    for role in ("press", "deciding-authority"):
        assert world.client(role).get("/keys/").status_code == 404
    assert asks(foreign_key.secret) == 200


def test_a_forged_form_neither_makes_nor_ends_a_key(world: World) -> None:
    program_key = keys.make(world.actor("officer"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        Account.objects.get(officer=world.actor("officer").officer),
        backend="libertad.web.signing_in.Backend",
    )
    assert client.post(f"/keys/{program_key.id}/", {"reason": "x"}).status_code == 403
    assert client.post("/keys/new/", GIVEN).status_code == 403
    assert ProgramKey.objects.count() == 1 and asks(program_key.secret) == 200


def test_the_list_says_why_a_key_opens_nothing(world: World) -> None:
    program_key = keys.make(world.actor("officer"))
    client = world.client("national-lead")
    ApiKey.objects.update(expires=timezone.now() - timedelta(seconds=1))
    page = client.get("/keys/").content.decode()
    assert "Ran out" in page and f"/keys/{program_key.id}/" not in page
    ApiKey.objects.all().delete()
    assert "Opens nothing" in client.get("/keys/").content.decode()


def test_the_page_is_found_where_one_would_look(world: World) -> None:
    for role, path in (("officer", "/hits/"), ("administrator", "/officers/"), ("coordinator", "/officers/")):
        assert 'href="/keys/"' in world.client(role).get(path).content.decode(), role
    empty = world.client("officer").get("/keys/").content.decode()
    assert "No program has a key" in empty and "/keys/new/" in empty


@pytest.mark.look
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    program_key = keys.make(
        world.actor("officer"), program="Matching desk of the coordination centre, Barbados"
    )
    lost = keys.make(world.actor("officer"), program="x" * 80)
    keys.end(world.actor("officer"), lost.id, "The laptop on which it lay was left in a bus at Linden")
    account = Account.objects.get(officer=world.actor("officer").officer)
    account.set_unusable_password()  # as in the demo: nothing to ask again for
    account.save()
    paths_by_role = {
        "officer": ["/keys/", "/keys/new/", f"/keys/{program_key.id}/"],
        "administrator": ["/keys/"],
    }
    for role, paths in paths_by_role.items():
        for size in (WIDE, PHONE):
            page = signed_in(world, role, open_page(viewport=size), live_server.url)
            for path in paths:
                answer = page.goto(live_server.url + path)
                assert answer is not None and answer.status == 200, path
                clean(page, path)
            if role == "officer":
                page.goto(live_server.url + "/keys/new/")
                page.get_by_label("Which program asks with it").fill("Desk")
                page.get_by_role("button", name="Make the key").click()
                page.get_by_role("link", name="I have put it away").wait_for()
                clean(page, "the key")
            assert not page.console.errors and not page.console.refused  # type: ignore[attr-defined]


def clean(page: Page, path: str) -> None:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, path
    violations = axe(page)
    assert not violations, f"{path}:\n{violation_lines(violations)}"
