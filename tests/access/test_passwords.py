"""What a password may be, that it is taken as it was typed, and how often the codes beside it work."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client

from libertad.access import accounts
from libertad.access.models import Account, Attempt
from libertad.vocabulary.values import Refused
from tests.access.signing import code_for, sign_in
from tests.support.world import World

PASSWORD = "correct horse battery"


def the_account(world: World) -> Account:
    return Account.objects.get(officer=world.actor("officer").officer)


def test_a_password_is_long_and_not_a_common_one(world: World) -> None:
    common = max(CommonPasswordValidator().passwords, key=len)
    for refused in ("zq vw xk pj", common):
        with pytest.raises(Refused) as why:
            accounts.check_password(None, refused)
        assert why.value.field == "password"
    for any_signs in ("zq vw xk pjs", "lanternmarsh", "ночной фонарь", "x7" * 100):
        accounts.check_password(None, any_signs)


def test_a_password_is_taken_as_it_was_typed_up_to_two_hundred_signs(world: World) -> None:
    password = (" Lantern seven marsh " * 10)[:199] + " "
    code = accounts.new_code(world.actor("administrator"), world.actor("officer").officer).code
    sent = {"service_number": "N-officer", "code": code, "password": password, "again": password}
    assert Client().post("/enrol/", sent).status_code == 302
    for other in (password.strip(), password.lower(), password[:-1], password[:72], password[:64]):
        assert sign_in(Client(), "N-officer", other).status_code == 200
    Attempt.objects.all().delete()
    assert sign_in(Client(), "N-officer", password).status_code == 302


@pytest.mark.parametrize(("page", "fills"), [("/sign-in/", "current"), ("/enrol/", "new")])
def test_a_field_for_a_password_hides_it_and_lets_managers_fill_it(
    world: World, page: str, fills: str
) -> None:
    boxes = re.findall(r"<input[^>]*name=\"(?:password|again)\"[^>]*>", Client().get(page).content.decode())
    assert boxes
    for box in boxes:
        assert 'type="password"' in box and f'autocomplete="{fills}-password"' in box
        assert "paste" not in box and "readonly" not in box


def test_a_recovery_code_of_eight_figures_works_once(world: World) -> None:
    auth.TOTP.activate(the_account(world), auth.generate_totp_secret())
    (code, *others) = RecoveryCodes.activate(the_account(world)).get_unused_codes()
    assert all(re.fullmatch(r"\d{8}", each) for each in (code, *others))
    for works in (True, False):
        client = Client()
        sign_in(client, "N-officer", PASSWORD)
        client.post("/sign-in/code/", {"code": code})
        assert (client.get("/leads/").status_code == 200) is works


@pytest.mark.parametrize(("later", "works"), [(0, True), (30, False), (-30, False)])
def test_a_one_time_code_is_of_its_own_half_minute(
    world: World, monkeypatch: pytest.MonkeyPatch, later: int, works: bool
) -> None:
    class Clock:
        """A moment in the middle of a half minute, for the codes alone."""

        now = 1_800_000_015.0

        @classmethod
        def time(cls) -> float:
            return cls.now

    clock: Any = Clock
    monkeypatch.setattr(auth, "time", clock)
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(the_account(world), secret)
    code = code_for(secret)
    Clock.now += later
    client = Client()
    sign_in(client, "N-officer", PASSWORD)
    client.post("/sign-in/code/", {"code": code})
    assert (client.get("/leads/").status_code == 200) is works
