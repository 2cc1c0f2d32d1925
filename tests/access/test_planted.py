"""The checks of test_accounts and test_pages notice when a protection is gone: each is taken away here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from libertad.access import accounts, guess_limits
from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.access.sessions import SessionStore
from tests.access import test_accounts as checks
from tests.security import test_pages as pages
from tests.support.world import World

NOTICED = (AssertionError, AttributeError)  # the latter: an answer that leads nowhere has no `url`


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def noticed(check: Callable[..., None], *arguments: Any) -> None:
    with pytest.raises(NOTICED):
        check(*arguments)


def test_sessions_that_outlive_a_withdrawal_are_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts.sessions, "end", lambda *args, **kwargs: None)
    noticed(checks.test_withdrawing_ends_sessions_factors_and_account_at_once, world)


def test_rights_that_outlive_a_withdrawal_are_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that remembers actors instead of asking the journal's rows."""
    known = {actor.officer: actor for actor in world.actors.values()}

    def remembered(account: Account, operation: str = "") -> Actor | None:
        return known.get(account.officer)

    monkeypatch.setattr("libertad.web.middleware.working_as", remembered)
    noticed(checks.test_the_entry_alone_ends_a_session, world)


def test_a_session_key_that_stays_the_same_at_sign_in_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SessionStore, "cycle_key", lambda self: None)
    noticed(checks.test_signing_in_changes_the_session_and_signing_out_ends_it, world)


def test_forms_without_their_token_are_noticed(world: World, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
    noticed(checks.test_a_forged_request_neither_signs_out_nor_acts, world)


@pytest.mark.parametrize(
    "check",
    [
        checks.test_guessing_codes_and_passwords_is_limited,
        checks.test_one_time_codes_are_limited_and_asked_before_anything_opens,
    ],
)
def test_guessing_without_a_limit_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, check: Any
) -> None:
    monkeypatch.setattr(guess_limits, "wait", lambda attempt: 0)
    noticed(check, world)


def test_a_session_of_a_whole_day_is_noticed(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SESSION_COOKIE_AGE = 24 * 60 * 60
    noticed(checks.test_a_session_ends_four_hours_after_sign_in_however_busy, world, monkeypatch)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_COOKIE_HTTPONLY", False),
        ("SESSION_COOKIE_SAMESITE", "None"),
        ("SESSION_COOKIE_DOMAIN", ".example"),
        ("ACCOUNT_SESSION_REMEMBER", True),
        ("CSRF_COOKIE_HTTPONLY", False),
        ("CSRF_COOKIE_SAMESITE", "None"),
    ],
)
def test_a_cookie_that_is_less_closed_is_noticed(
    world: World, settings: Any, name: str, value: object
) -> None:
    setattr(settings, name, value)
    noticed(pages.test_cookies_are_closed_to_scripts_and_to_other_sites, world, settings)


@pytest.mark.parametrize("name", ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"])
def test_a_cookie_without_tls_is_noticed(world: World, settings: Any, name: str) -> None:
    class Without:
        """The settings as they are, one of them not to be set."""

        def __setattr__(self, setting: str, value: object) -> None:
            setattr(settings, setting, value and setting != name)

    noticed(pages.test_cookies_are_closed_to_scripts_and_to_other_sites, world, Without())
