"""The checks of test_devices and test_removal notice when a protection is gone: each is taken away here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from libertad.access import acting, fold_exchange
from libertad.access.acting import Act
from libertad.access.actions import remove_reader
from libertad.access.epochs import epochs
from libertad.access.fold import reader_row
from libertad.access.fold_exchange import device_row, node_row, revocation_row
from libertad.journal import folding
from libertad.journal.checkpoint import SMALL_ORDER
from libertad.journal.folding import Row, Said
from libertad.vocabulary.verbs.access import CompartmentRemove
from tests.access import test_devices as devices
from tests.access import test_removal as removal
from tests.support.world import World


def noticed(check: Callable[..., None], *arguments: Any) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(*arguments)


def folded_by(monkeypatch: pytest.MonkeyPatch, label: str, row: Callable[..., Row | None]) -> None:
    """Put another row function in a projection's place."""
    projection = folding.by_label()[label]
    monkeypatch.setitem(projection.__dict__, "row", row)


def test_a_removal_without_a_new_key_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        remove_reader,
        "renew",
        lambda tx, names, place: tx.node.rings.current(names[0], bytes.fromhex(place))[0],
    )
    noticed(removal.test_who_is_removed_opens_nothing_that_is_said_from_then_on, world)


def test_rows_that_stay_under_the_old_key_are_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libertad.journal.transaction.Transaction.refold", lambda *arguments: None)
    noticed(removal.test_who_is_removed_opens_nothing_that_is_said_from_then_on, world)


def test_a_reader_that_stays_one_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(key: str, entries: Sequence[Said]) -> Row | None:
        return reader_row(
            key, [entry for entry in entries if not isinstance(entry.content, CompartmentRemove)]
        )

    folded_by(monkeypatch, "access.Reader", deaf)
    noticed(removal.test_who_is_removed_opens_nothing_that_is_said_from_then_on, world)


def test_a_removed_reader_that_comes_back_by_itself_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    widen = Act.widen

    def always(self: Act, place: str, readers: Any, reason: str, *, again: bool = True) -> None:
        widen(self, place, readers, reason, again=True)

    monkeypatch.setattr(Act, "widen", always)
    noticed(removal.test_a_removal_holds_when_something_is_reported_that_happened_before_it, world)


def test_a_new_reader_of_half_a_file_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "epochs", lambda *arguments: epochs(*arguments)[-1:])
    noticed(removal.test_a_new_reader_gets_the_keys_of_all_epochs, world)


def test_a_revocation_by_anybody_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def credulous(key: str, entries: Sequence[Said]) -> Row | None:
        row = device_row(key, entries)
        revoked = any(entry.verb == "device.revoke" for entry in entries)
        return row and row._replace(plain={**row.plain, "revoked": revoked})

    folded_by(monkeypatch, "access.Device", credulous)
    noticed(devices.test_the_word_of_another_authority_revokes_nothing, world)


def test_a_number_that_rises_again_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    folded_by(monkeypatch, "access.Revocation", lambda key, entries: revocation_row(key, entries[-1:]))
    noticed(devices.test_a_revoked_device_is_recognised_up_to_a_number_in_each_compartment, world)


def test_the_last_word_of_anybody_on_a_node_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    folded_by(monkeypatch, "access.Node", lambda key, entries: node_row(key, entries[-1:]))
    noticed(devices.test_what_an_authority_says_of_its_own_node_stands_before_what_others_say, world)


def test_keys_of_small_order_that_are_folded_are_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold_exchange, "usable", lambda public: True)
    noticed(
        devices.test_keys_of_small_order_are_not_enrolled_and_those_of_others_not_folded,
        world,
        min(SMALL_ORDER),
    )


def test_a_stolen_name_of_a_node_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_exchange, "_sound", lambda content: True)
    noticed(devices.test_a_node_that_takes_another_nodes_name_is_not_folded, world)
