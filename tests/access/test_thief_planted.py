"""The checks of test_thief notice when a protection is gone: each is taken away here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from libertad.access import guarded, sessions
from libertad.journal.seals import Seals
from tests.access import test_thief as checks
from tests.support.world import World

NOTICED = (AssertionError, AttributeError, pytest.fail.Exception)


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def unnoticed(check: Callable[..., None], *arguments: Any) -> None:
    with pytest.raises(NOTICED):
        check(*arguments)


def test_rows_that_are_believed_without_their_seal_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seals, "holds", lambda *_, **__: True)
    unnoticed(checks.test_a_role_written_into_the_database_is_not_believed, world, "caseworker")


def test_acts_that_do_not_ask_for_the_seal_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libertad.journal.sealing_rows.Sealing.holds", lambda *_: True)
    unnoticed(checks.test_no_act_is_taken_from_an_officer_whose_row_was_changed, world)


def test_factors_that_are_not_counted_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "complete", lambda *_: True)
    unnoticed(checks.test_deleted_factors_alone_let_nobody_in_by_the_right_password, world)


def test_a_session_bound_to_nothing_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_bound", lambda *_: b"")
    monkeypatch.setattr(Seals, "holds", lambda *_, **__: True)
    unnoticed(checks.test_a_session_row_copied_into_an_own_one_opens_nothing_and_is_noticed, world)


def test_sessions_without_a_version_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Seals, "version", lambda *_: 0)
    unnoticed(checks.test_a_new_password_or_factor_ends_every_other_session_by_itself, world)
