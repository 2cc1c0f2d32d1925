"""The last second factor: not removed where one is needed, and replaced without a moment without."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from libertad.access.models import Account
from tests.access.signing import code_for, sign_in
from tests.support.passkey import Passkey, options_on
from tests.support.world import World

PASSWORD = "correct horse battery"
OLD = generate_totp_secret()
SET_UP, END = "/codes/set-up/", "/codes/end/"


@pytest.fixture(autouse=True)
def _codes_are_needed(settings: Any) -> None:
    cache.clear()
    settings.LIBERTAD_REQUIRE_CODE = True


def account(world: World) -> Account:
    return Account.objects.get(officer=world.actor("officer").officer)


@pytest.fixture
def client(world: World) -> Client:
    """The officer's browser, signed in by the codes of the app that is there, the password given again."""
    TOTP.activate(account(world), OLD)
    client = Client(SERVER_NAME="localhost")
    sign_in(client, "N-officer", PASSWORD)
    assert client.post("/sign-in/code/", {"code": code_for(OLD)}).status_code == 302
    client.post(f"/sign-in/again/?next={END}", {"password": PASSWORD})
    return client


def sealed_secrets() -> list[str]:
    return [factor.data["secret"] for factor in Authenticator.objects.filter(type="totp")]


def offered_secret(client: Client) -> str:
    """The secret that the page offers."""
    match = re.search(r'<p class="secret">([A-Z2-7]+)</p>', client.get(SET_UP).content.decode())
    assert match is not None
    return match[1]


def test_the_last_codes_stay_and_the_page_says_what_to_do(world: World, client: Client) -> None:
    before = sealed_secrets()
    for answer in (client.get(END), client.post(END)):
        page = answer.content.decode()
        assert answer.status_code == 409 and "only second factor" in page
        assert "Set up one-time codes anew" in page and SET_UP in page
    assert sealed_secrets() == before != []
    assert client.get("/leads/").status_code == 200


def test_recovery_codes_are_no_other_factor(world: World, client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(account(world))
    client = Client()
    sign_in(client, "N-officer", PASSWORD)
    client.post("/sign-in/code/", {"code": RecoveryCodes.activate(account(world)).get_unused_codes()[0]})
    client.post(f"/sign-in/again/?next={END}", {"password": PASSWORD})
    assert client.post(END).status_code == 409 and len(sealed_secrets()) == 1


def test_beside_another_factor_or_where_none_is_needed_they_are_turned_off(
    world: World, client: Client, settings: Any
) -> None:
    options = options_on(client.get("/codes/passkeys/add/").content.decode())
    client.post("/codes/passkeys/add/", {"name": "x", "credential": Passkey().create(options)})
    assert client.get(END).status_code == 200
    assert client.post(END).url == "/codes/"
    assert sealed_secrets() == [] and Authenticator.objects.filter(type="webauthn").exists()
    settings.LIBERTAD_REQUIRE_CODE = False
    demo = Client()
    TOTP.activate(Account.objects.get(officer=world.actor("press").officer), OLD)
    sign_in(demo, "N-press", PASSWORD)
    demo.post("/sign-in/code/", {"code": code_for(OLD)})
    demo.post(f"/sign-in/again/?next={END}", {"password": PASSWORD})
    assert demo.post(END).url == "/codes/" and sealed_secrets() == []


def test_a_new_phone_takes_the_old_ones_place_in_one_step(world: World, client: Client) -> None:
    before = sealed_secrets()
    page = client.get("/codes/").content.decode()
    assert "Set up on a new phone" in page
    new = offered_secret(client)
    assert "end at that moment" in client.get(SET_UP).content.decode()
    new = offered_secret(client)
    assert client.post(SET_UP, {"code": "000000"}).status_code in (200, 422)
    assert sealed_secrets() == before, "a wrong code leaves the old phone's as they are"
    other_session = Client()
    other_session.cookies = client.cookies.copy()
    assert client.post(SET_UP, {"code": code_for(new)}).status_code == 302
    assert len(sealed_secrets()) == 1 and sealed_secrets() != before
    assert client.get("/leads/").status_code == 200
    for secret, opens in ((OLD, False), (new, True)):
        later = Client()
        cache.clear()
        sign_in(later, "N-officer", PASSWORD)
        later.post("/sign-in/code/", {"code": code_for(secret)})
        assert (later.get("/leads/").status_code == 200) is opens


def test_replacing_asks_for_the_password_and_a_second_arrival_changes_nothing(
    world: World, client: Client
) -> None:
    stranger = Client()
    sign_in(stranger, "N-officer", PASSWORD)
    cache.clear()
    stranger.post("/sign-in/code/", {"code": code_for(OLD)})
    before = sealed_secrets()
    assert stranger.get(SET_UP).status_code == 302 and stranger.post(SET_UP, {"code": "1"}).status_code == 302
    assert sealed_secrets() == before
    form = {"code": code_for(offered_secret(client))}
    first = client.post(SET_UP, form)
    before = sealed_secrets()
    second = client.post(SET_UP, form)
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert sealed_secrets() == before


def test_a_replacement_that_is_cut_off_leaves_the_old_ones(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, new = sealed_secrets(), offered_secret(client)
    client.raise_request_exception = False

    def cut_off(*_: Any) -> None:
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(TOTP, "activate", cut_off)
        assert client.post(SET_UP, {"code": code_for(new)}).status_code >= 500
    assert sealed_secrets() == before
    later = Client()
    cache.clear()
    sign_in(later, "N-officer", PASSWORD)
    later.post("/sign-in/code/", {"code": code_for(OLD)})
    assert later.get("/leads/").status_code == 200, "and they are believed: the seals are theirs"
