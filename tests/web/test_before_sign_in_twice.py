"""Forms before sign-in, sent twice as a slow network or an impatient hand does: nobody is misled.

Founding and joining are commands. They are run twice in tests/access/test_founding.py and, of
tests/commands, in test_production.py and test_exchange.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from libertad.access import accounts
from libertad.access.models import Account
from tests.access.signing import code_for
from tests.support.forms import forms_of
from tests.support.world import World

PASSWORD = "lantern seven marsh"
NEW = {"name": "Corvina Thistlewood", "service_number": "GY-7741", "role": "officer", "rank": "Cpl."}


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def form(client: Client, address: str, **filled: str) -> dict[str, Any]:
    """The page's form as a browser holds it, with its token, filled in."""
    answer = client.get(address)
    shown_form = next(
        candidate
        for candidate in forms_of(answer.content.decode(), answer.request["PATH_INFO"])
        if candidate.fields
    )
    return {**shown_form.fields, **filled}


def test_the_enrolment_that_arrives_twice_is_answered_alike_and_says_where_to_go(world: World) -> None:
    appointment = accounts.appoint(world.actor("administrator"), **NEW)
    client = Client(enforce_csrf_checks=True)
    sent = form(
        client, "/enrol/", service_number="gy-7741", code=appointment.code, password=PASSWORD, again=PASSWORD
    )
    first, again = client.post("/enrol/", sent), client.post("/enrol/", sent)
    assert first.status_code == again.status_code == 302 and first.url == again.url == "/sign-in/?enrolled=1"
    assert "Your password is set" in client.get(first.url).content.decode()
    assert Account.objects.get(officer=appointment.officer).check_password(PASSWORD)
    second_answer = client.post(
        "/enrol/", {**sent, "password": "another lantern marsh", "again": "another lantern marsh"}
    )
    text = second_answer.content.decode()
    assert second_answer.status_code == 422 and "try to sign in with the new password" in text
    assert Account.objects.get(officer=appointment.officer).check_password(PASSWORD), "a code works once"


def test_an_enrolment_that_was_refused_is_no_first_answer(world: World) -> None:
    appointment = accounts.appoint(world.actor("administrator"), **NEW)
    client = Client(enforce_csrf_checks=True)
    sent = form(client, "/enrol/", service_number="gy-7741", code="0" * 16, password=PASSWORD, again=PASSWORD)
    for _ in range(2):
        assert client.post("/enrol/", sent).status_code == 422
    assert not Account.objects.get(officer=appointment.officer).has_usable_password()


def test_a_sign_in_that_arrives_twice_is_signed_in(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    sent = form(client, "/sign-in/", login="N-officer", password="correct horse battery")
    first = client.post("/sign-in/", sent)
    again = client.post("/sign-in/", sent)  # with the token of before the sign-in
    assert first.status_code == 302 and again.status_code == 302
    assert client.get("/leads/").status_code == 200


def test_a_second_factor_that_arrives_twice_is_signed_in(world: World, settings: Any) -> None:
    settings.LIBERTAD_REQUIRE_CODE = True
    client = Client(enforce_csrf_checks=True)
    client.post("/sign-in/", form(client, "/sign-in/", login="N-officer", password="correct horse battery"))
    page = client.get("/codes/set-up/")
    shown_form = next(
        candidate
        for candidate in forms_of(page.content.decode(), "/codes/set-up/")
        if "code" in candidate.fields
    )
    secret = page.context["form"].secret
    client.post("/codes/set-up/", {**shown_form.fields, "code": code_for(secret)})
    assert Authenticator.objects.count() >= 1
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    second_browser = Client(enforce_csrf_checks=True)
    second_browser.post(
        "/sign-in/", form(second_browser, "/sign-in/", login="N-officer", password="correct horse battery")
    )
    sent = form(second_browser, "/sign-in/code/", code=codes[0])
    first = second_browser.post("/sign-in/code/", sent)
    again = second_browser.post("/sign-in/code/", sent)
    assert first.status_code == 302 and again.status_code == 302
    assert second_browser.get("/leads/").status_code == 200
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == 9
