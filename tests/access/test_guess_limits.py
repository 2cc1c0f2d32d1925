"""Guesses are slowed down by account and network; who is known, or comes from elsewhere, is not held up."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from libertad.access import guess_limits
from libertad.access.models import Account, Attempt, service_key
from tests.access.signing import code_for, raw_rows, sign_in
from tests.support.world import World

RIGHT = "correct horse battery"
ATTACKER, NEIGHBOUR, ELSEWHERE = "203.0.113.7", "203.0.113.99", "198.51.100.1"


def signed_in(client: Client, number: str = "N-officer") -> bool:
    return bool(sign_in(client, number, RIGHT).status_code == 302)


def attack(address: str = ATTACKER, number: str = "N-officer", times: int = 8) -> list[bool]:
    """Whether each guess was looked at."""
    client = Client(REMOTE_ADDR=address)
    return ["Too many" not in sign_in(client, number, f"guess {n}").content.decode() for n in range(times)]


def test_an_officer_under_attack_signs_in_from_elsewhere_with_both_factors(world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(Account.objects.get(officer=world.actor("officer").officer), secret)
    assert attack() == [True] * 5 + [False] * 3
    assert attack(NEIGHBOUR) == [False] * 8, "another address of the same network is no other attacker"
    client = Client(REMOTE_ADDR=ELSEWHERE)
    assert signed_in(client)
    stranger = Client(REMOTE_ADDR=ATTACKER)
    Attempt.objects.all().delete()
    assert signed_in(stranger), "the password is known to the attacker"
    for _ in range(8):
        answer = stranger.post("/sign-in/code/", {"code": "000000"})
    assert "Too many" in answer.content.decode()
    assert client.post("/sign-in/code/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/leads/").status_code == 200


def test_a_browser_that_the_officer_uses_is_counted_by_itself(world: World) -> None:
    desk = Client(REMOTE_ADDR=ATTACKER)
    assert signed_in(desk)
    del desk.cookies["libertad"]
    attack()
    for place in range(60):
        attack(number=f"NOBODY-{place}", times=1)
    assert signed_in(desk), "in the attacker's own network"
    assert not signed_in(Client(REMOTE_ADDR=NEIGHBOUR)), "a browser that nobody knows waits there"
    del desk.cookies["libertad"]
    for _ in range(5):
        sign_in(desk, "N-officer", "wrong")
    assert not signed_in(desk), "its own guesses are limited as well"


def test_a_mark_is_of_one_account_and_of_this_node(world: World, settings: Any) -> None:
    client = Client()
    signed_in(client)
    mark = client.cookies["browser"].value
    own, other_key = service_key("N-officer"), service_key("N-exhibits-officer")
    assert guess_limits.mark_of(own, mark) and not guess_limits.mark_of(other_key, mark)
    assert not guess_limits.mark_of(own, mark.replace(mark[-1], "0" if mark[-1] != "0" else "1"))
    born, _, seal = mark.rpartition(".")
    assert not guess_limits.mark_of(own, f"{int(born.split('.')[0], 16) - 91:x}.{born.split('.')[1]}.{seal}")
    for made_up in ("", "~", "...", "a.b.c", "~".join([mark[:-1]] * 9), "é.é.é"):
        assert not guess_limits.mark_of(own, made_up)
    assert guess_limits.mark_of(own, guess_limits.new_mark(other_key, mark)), "two officers at one desk"
    settings.LIBERTAD_ACCOUNT_KEY = "00" * 32
    assert not guess_limits.mark_of(own, mark)


def test_spraying_one_network_over_many_accounts_is_slowed_down(world: World) -> None:
    looked = [attack(number=f"NOBODY-{place}", times=1)[0] for place in range(40)]
    assert looked == [True] * 20 + [False] * 20
    assert signed_in(Client(REMOTE_ADDR=ELSEWHERE)), "others are not held up by it"


def test_many_networks_at_one_account_are_slowed_down(world: World) -> None:
    looked = [attack(f"198.51.{place}.1", times=1)[0] for place in range(40)]
    assert looked == [True] * 30 + [False] * 10
    Attempt.objects.update(at=guess_limits._now() - 21_000)
    assert signed_in(Client(REMOTE_ADDR="192.0.2.1")), "a wait of seconds, no lock"


def test_waits_grow_and_end_and_outlive_a_restart(world: World) -> None:
    attempt = guess_limits.attempt("password", service_key("N-officer"), ATTACKER, "")
    for _ in range(5):
        guess_limits.begin(attempt)
    waits = []
    for _ in range(6):
        waits.append(guess_limits.wait(attempt))
        Attempt.objects.create(
            at=guess_limits._now(), step="password", account=attempt.account, network=attempt.network
        )
    assert [round(wait, -1) for wait in waits] == [60, 120, 240, 480, 900, 900]
    Attempt.objects.update(at=guess_limits._now() - guess_limits.WINDOW * 1000)
    assert guess_limits.wait(attempt) == 0


def test_a_header_that_no_declared_proxy_set_changes_nothing(world: World) -> None:
    client = Client(REMOTE_ADDR=ATTACKER)
    looked = [
        "Too many"
        not in client.post(
            "/sign-in/",
            {"login": f"NOBODY-{n}", "password": "x"},
            HTTP_X_FORWARDED_FOR=f"192.0.{n}.1",
        ).content.decode()
        for n in range(30)
    ]
    assert looked.count(True) == 20


def test_failures_are_told_apart_and_name_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "libertad.access"):
        attack(times=2)
        attack(ELSEWHERE, times=1)
        attack(number="N-nobody-here", times=1)
        signed_in(Client())
    lines = [line for line in caplog.messages if "a sign-in failed" in line]
    assert len(lines) == 4 and lines[0] == lines[1] and len(set(lines)) == 3
    stored = raw_rows()
    for text in (*(line.encode() for line in lines), stored):
        for named in (b"N-officer", b"nobody-here", ATTACKER.encode(), b"203.0.113", ELSEWHERE.encode()):
            assert named not in text
    assert Attempt.objects.count() == 4, "what was right is not on record"


def test_the_administrator_sees_failures_of_the_own_officers(world: World) -> None:
    attack(times=5)
    attack(number="N-caseworker", times=2)
    attack(number="N-nobody-here", times=1)
    administrator = world.client("administrator")
    page = administrator.get("/officers/failed/").content.decode()
    assert (
        "Name officer" in page and "Name caseworker" not in page and "A number that nobody here has" in page
    )
    assert ATTACKER not in page
    assert "Sign-ins of Sgt. Name officer fail" in administrator.get("/").content.decode()
    assert world.client("officer").get("/officers/failed/").status_code == 404


def test_whose_sign_in_is_guessed_at_is_told_on_today_and_nobody_else(world: World) -> None:
    attack(times=4)
    says = "Your own sign-in fails"
    assert says not in world.client("officer").get("/").content.decode(), "who mistypes is not alarmed"
    attack(ELSEWHERE, times=1)
    page = world.client("officer").get("/").content.decode()
    assert says in page and "5 times in a day" in page and "/codes/sessions/" in page
    assert ATTACKER not in page and says not in world.client("press").get("/").content.decode()


def test_old_failures_are_deleted(world: World) -> None:
    attack(times=2)
    Attempt.objects.update(at=guess_limits._now() - 31 * guess_limits.DAY * 1000)
    attack(ELSEWHERE, times=1)
    guess_limits.forget()
    assert Attempt.objects.count() == 1
