"""Passkeys as a second factor: what is taken, and everything that is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import connection
from django.test import Client

from libertad.access.models import Account, Attempt, PasskeyUse
from libertad.journal import seals
from libertad.journal.node import node
from libertad.web import passkeys
from tests.access.signing import code_for, raw_rows, sign_in
from tests.support.passkey import Passkey, options_on
from tests.support.world import World

PASSWORD = "correct horse battery"
ADD, SECOND, INDEX = "/codes/passkeys/add/", "/sign-in/code/", "/codes/"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def browser(**more: Any) -> Client:
    return Client(SERVER_NAME="localhost", **more)


def fresh(number: str = "N-officer") -> Client:
    """A browser whose officer has just given the password."""
    client = browser()
    assert sign_in(client, number, PASSWORD).status_code == 302
    return client


def added(client: Client, key: Passkey, name: str = "key on my ring") -> Any:
    sent = {"name": name, "credential": key.create(options_on(client.get(ADD).content.decode()))}
    return client.post(ADD, sent)


def second(client: Client, key: Passkey, page: str = "") -> Any:
    """The second step with a passkey, for the challenge of the page (or of a new one)."""
    page = page or client.get(SECOND).content.decode()
    return client.post(SECOND, {"credential": key.sign(options_on(page))})


def account() -> Account:
    found = Account.objects.of("N-officer")
    assert found is not None
    return found


def opens(client: Client) -> bool:
    return bool(client.get("/leads/").status_code == 200)


def write(text: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, params)


@pytest.fixture
def key(world: World) -> Passkey:
    """A passkey of the officer's, added as the first second factor."""
    client, key = fresh(), Passkey()
    assert added(client, key).url == "/codes/recovery/"
    client.get("/codes/recovery/")
    return key


def test_a_passkey_is_the_second_step_of_a_sign_in(world: World, key: Passkey) -> None:
    client = fresh()
    assert not opens(client), "a password alone opens nothing"
    assert second(client, key).status_code == 302
    assert opens(client)
    page = client.get(INDEX).content.decode()
    assert "key on my ring" in page and "Last used on" in page
    factor = Authenticator.objects.get(type="webauthn")
    assert PasskeyUse.objects.get(factor=factor).counter == key.counter


def test_a_new_officer_chooses_a_passkey_in_place_of_codes(world: World, settings: Any) -> None:
    settings.LIBERTAD_REQUIRE_CODE = True
    client, key = fresh(), Passkey()
    assert client.get("/leads/").url == "/codes/set-up/"
    assert ADD in client.get("/codes/set-up/").content.decode()
    assert added(client, key).url == "/codes/recovery/"
    assert "shown this once" in client.get("/codes/recovery/").content.decode()
    assert opens(client)


def test_its_name_is_read_by_its_officer_alone(world: World, key: Passkey) -> None:
    stored = raw_rows()
    assert b"key on my ring" not in stored
    lengths = set()
    for name in ("x", "y" * 40):
        client = fresh()
        second(client, key)
        client.post("/sign-in/again/?next=/codes/", {"password": PASSWORD})
        assert added(client, Passkey(), name).url == INDEX
    lengths = {len(row.data["name"]) for row in Authenticator.objects.filter(type="webauthn")}
    assert len(lengths) == 1, "its length tells nothing of it"


def test_adding_and_removing_ask_for_the_password_again(world: World, key: Passkey) -> None:
    client = fresh()
    second(client, key)
    factor = Authenticator.objects.get(type="webauthn")
    for address in (ADD, f"/codes/passkeys/remove/?passkey={factor.pk}"):
        assert client.get(address).url.startswith("/sign-in/again/")
        assert client.post(address).url.startswith("/sign-in/again/")
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_a_removed_passkey_is_refused(world: World, key: Passkey) -> None:
    TOTP.activate(account(), generate_totp_secret())
    client = fresh()
    second(client, key)
    address = f"/codes/passkeys/remove/?passkey={Authenticator.objects.get(type='webauthn').pk}"
    client.post(f"/sign-in/again/?next={address}", {"password": PASSWORD})
    assert "key on my ring" in client.get(address).content.decode()
    assert client.post(address).url == INDEX
    assert client.post(address).url == INDEX, "sent twice, it is answered alike"
    assert not PasskeyUse.objects.exists() and not node().seals.notices()
    later = fresh()
    later.get(SECOND)
    challenge = {"challenge": later.session["mfa.webauthn.state"]["challenge"]}
    assert later.post(SECOND, {"credential": key.sign(challenge)}).status_code == 200
    assert not opens(later)


def test_nobody_removes_anothers_passkey(world: World, key: Passkey) -> None:
    factor = Authenticator.objects.get(type="webauthn")
    client = fresh("N-press")
    assert client.get(f"/codes/passkeys/remove/?passkey={factor.pk}").status_code == 404
    assert client.post(f"/codes/passkeys/remove/?passkey={factor.pk}").url == INDEX
    assert Authenticator.objects.filter(pk=factor.pk).exists()
    assert "key on my ring" not in client.get(INDEX).content.decode()


def test_the_last_passkey_stays_where_a_second_factor_is_needed(
    world: World, key: Passkey, settings: Any
) -> None:
    settings.LIBERTAD_REQUIRE_CODE = True
    client = fresh()
    second(client, key)
    factor = Authenticator.objects.get(type="webauthn")
    address = f"/codes/passkeys/remove/?passkey={factor.pk}"
    client.post(f"/sign-in/again/?next={address}", {"password": PASSWORD})
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 409 and "only second factor" in answer.content.decode()
    assert added(client, Passkey(), "another").url == INDEX
    assert client.post(address).url == INDEX
    assert [row.pk for row in Authenticator.objects.filter(type="webauthn")] != [factor.pk]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://localhost.example"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://sub.localhost"},
        {"origin": "https://localhost"},
        {"origin": "http://localhost:80:80"},
        {"name": "evil.example"},
        {"id": b"\x01" * 32},
        {"private": Passkey().private},
    ],
    ids=lambda lie: f"{next(iter(lie))}-{next(iter(lie.values()))}"[:50],
)
def test_what_was_made_elsewhere_or_by_another_key_is_refused(
    world: World, key: Passkey, lie: dict[str, Any]
) -> None:
    client = fresh()
    for name, value in lie.items():
        setattr(key, name, value)
    answer = second(client, key)
    assert answer.status_code == 200 and "This passkey is not taken" in answer.content.decode()
    assert not opens(client)
    adding, new = fresh("N-press"), Passkey()
    setattr(new, *next(iter(lie.items())))
    if next(iter(lie)) in ("origin", "name"):
        assert added(adding, new).status_code == 422
        assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_only_the_settings_names_are_asked_for_passkeys(settings: Any) -> None:
    settings.LIBERTAD_PASSKEY_ORIGINS = ["https://node.example", "https://10.0.0.7"]
    assert passkeys.is_origin("https://node.example", "node.example")
    for origin in ("http://node.example", "https://node.example:444", "https://a.node.example", "null", ""):
        assert not passkeys.is_origin(origin, "node.example"), origin
    assert not passkeys.is_origin("https://node.example", "other.example")
    assert passkeys.origins("10.0.0.7") == [], "browsers bind none to an address"


def test_at_an_address_without_passkeys_a_code_is_asked_for(world: World, key: Passkey) -> None:
    client = Client()  # testserver
    sign_in(client, "N-officer", PASSWORD)
    page = client.get(SECOND).content.decode()
    assert "not asked for at this address" in page and "data-options" not in page
    adding = Client()
    sign_in(adding, "N-press", PASSWORD)
    assert "no passkey can be added" in adding.get(ADD).content.decode()


def test_a_challenge_is_used_once(world: World, key: Passkey) -> None:
    client = fresh()
    page = client.get(SECOND).content.decode()
    wrong = Passkey(id=key.id)
    assert second(client, wrong, page).status_code == 200
    assert second(client, key, page).status_code == 200, "what was answered wrongly is used up as well"
    assert not opens(client)
    page = client.get(SECOND).content.decode()
    sent = {"credential": key.sign(options_on(page))}
    assert client.post(SECOND, sent).status_code == 302 and opens(client)
    assert client.post(SECOND, sent).status_code == 302, "sent twice, it is signed in"
    client.post("/sign-out/")
    later = fresh()
    later.get(SECOND)
    assert later.post(SECOND, sent).status_code == 200 and not opens(later)


def test_a_challenge_of_another_session_is_refused(world: World, key: Passkey) -> None:
    mine, other = fresh(), fresh()
    mine.get(SECOND)
    assert second(mine, key, other.get(SECOND).content.decode()).status_code == 200
    assert not opens(mine)
    adding, theirs = fresh("N-press"), fresh("N-caseworker")
    adding.get(ADD)
    options = options_on(theirs.get(ADD).content.decode())
    assert adding.post(ADD, {"name": "x", "credential": Passkey().create(options)}).status_code == 422
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_a_passkey_that_is_sent_twice_is_added_once(world: World) -> None:
    client, key = fresh(), Passkey()
    sent = {"name": "ring", "credential": key.create(options_on(client.get(ADD).content.decode()))}
    assert client.post(ADD, sent).url == client.post(ADD, sent).url == "/codes/recovery/"
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_a_copy_of_a_passkey_is_refused_and_told(world: World, key: Passkey) -> None:
    copy = Passkey(id=key.id, private=key.private, counter=key.counter)
    assert second(fresh(), key).status_code == 302
    client = fresh()
    answer = second(client, copy)
    assert "there may be a copy of it" in answer.content.decode() and not opens(client)
    assert Attempt.objects.filter(step="passkey").count() == 1, "the administrator sees it as a failure"
    assert second(client, key).status_code == 302 and opens(client)


def test_the_count_is_what_finds_the_copy(
    world: World, key: Passkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: allauth alone does not look at it."""
    monkeypatch.setattr(passkeys, "count", lambda *_: None)
    copy = Passkey(id=key.id, private=key.private, counter=key.counter)
    for one in (key, copy):
        client = fresh()
        assert second(client, one).status_code == 302 and opens(client)


def test_a_passkey_that_never_counts_is_taken(world: World) -> None:
    key = Passkey()
    added(fresh(), key)
    for _ in range(2):
        key.counter = -1
        assert second(fresh(), key).status_code == 302


def plant(key: Passkey) -> None:
    """A superuser of the database, who has no file of the node, writes an own passkey for the officer."""
    thief, row = fresh("N-press"), "select max(id) from mfa_authenticator"
    added(thief, key)
    write(
        f"update mfa_authenticator set user_id = %s where id = ({row} where type = 'webauthn')",
        account().pk,
    )


def test_a_planted_passkey_signs_nobody_in_and_is_noticed(world: World) -> None:
    key = Passkey()
    plant(key)
    client = browser()
    assert "was changed in the database" in sign_in(client, "N-officer", PASSWORD).content.decode()
    assert not opens(client)
    assert "mfa_authenticator" in {notice.table for notice in node().seals.notices()}


def test_one_planted_between_password_and_second_step_is_refused(world: World, key: Passkey) -> None:
    client, planted = fresh(), Passkey()
    plant(planted)
    assert second(client, planted).status_code == 200 and not opens(client)


def test_the_seals_are_what_stops_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = Passkey()
    plant(key)
    monkeypatch.setattr(seals.Seals, "complete", lambda *_: True)
    client = fresh()
    assert second(client, key).status_code == 302 and opens(client)


@pytest.mark.parametrize(
    "change", ["update access_passkey_use set counter = 0", "delete from access_passkey_use"]
)
def test_a_count_that_was_put_back_is_not_believed(world: World, key: Passkey, change: str) -> None:
    second(fresh(), key)
    write(change)
    client = fresh()
    assert second(client, key).status_code == 200 and not opens(client)
    assert "access_passkey_use" in {notice.table for notice in node().seals.notices()}


def test_codes_open_too_where_there_are_any(world: World, key: Passkey) -> None:
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client = fresh()
    page = client.get(SECOND).content.decode()
    assert "Use your passkey" in page and "recovery codes" in page and "authenticator app and" not in page
    assert client.post(SECOND, {"code": codes[0]}).status_code == 302 and opens(client)
    secret = generate_totp_secret()
    TOTP.activate(account(), secret)
    client = fresh()
    assert "authenticator app and" in client.get(SECOND).content.decode()
    assert client.post(SECOND, {"code": code_for(secret)}).status_code == 302 and opens(client)


def test_guesses_with_passkeys_are_slowed_down(world: World, key: Passkey) -> None:
    client, wrong = fresh(), Passkey(id=key.id)
    for _ in range(6):
        answer = second(client, wrong)
    assert "Too many attempts" in answer.content.decode()
    assert second(client, key).status_code == 200 and not opens(client), "the right one waits as well"


def test_a_passkey_proves_it_again_within_a_session(world: World, key: Passkey) -> None:
    client = fresh()
    second(client, key)
    again = "/sign-in/passkey/again/?next=/codes/passkeys/add/"
    page = client.get(again).content.decode()
    wrong = Passkey(id=key.id).sign(options_on(page))
    assert client.post(again, {"credential": wrong}).status_code == 422
    page = client.get(again).content.decode()
    assert client.post(again, {"credential": key.sign(options_on(page))}).url == ADD
    assert client.get(ADD).status_code == 200


JUNK = [
    "",
    "null",
    "[]",
    "1",
    '"text"',
    "{}",
    "{",
    "[" * 20_000,
    "x" * 20_000,
    "[" * 9_000,
    '{"id": 1, "rawId": 2, "response": 3, "type": 4}',
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "AA",
                "attestationObject": "ww",
                "authenticatorData": "AA",
                "signature": "%%",
            },
        }
    ),
]


def test_nothing_that_is_sent_breaks_the_page(world: World, key: Passkey) -> None:
    adding = fresh("N-press")
    for junk in JUNK:
        assert adding.post(ADD, {"name": "x", "credential": junk}).status_code == 422, junk[:40]
        client = fresh()
        answer = client.post(SECOND, {"credential": junk})
        assert answer.status_code == 200 and not opens(client), junk[:40]
        Attempt.objects.all().delete()
    no_key = Passkey()
    sent = json.loads(no_key.create(options_on(adding.get(ADD).content.decode())))
    for part in ("clientDataJSON", "attestationObject"):
        cut = {**sent, "response": {**sent["response"], part: sent["response"][part][:-40]}}
        assert adding.post(ADD, {"name": "x", "credential": json.dumps(cut)}).status_code == 422
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_adding_a_passkey_ends_the_other_sessions(world: World) -> None:
    other, client = fresh(), fresh()
    added(client, Passkey())
    assert opens(client) and not opens(other)
