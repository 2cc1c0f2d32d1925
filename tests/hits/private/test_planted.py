"""Each protection taken away, its test fails: what is planted here is found there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.exchange.protocol.secure_channel import LAST, Channel
from libertad.hits.private import answering, asking, group, quotas, rows
from libertad.hits.private.answering import Answering
from libertad.hits.private.filters import Synced
from libertad.hits.private.holding import Holding
from libertad.hits.private.oprf import SUITE
from libertad.hits.private.parts import part
from libertad.hits.private.tokens import FIELDS, tokens_of
from libertad.journal.rings import Rings
from tests.hits.private import test_asker as asker
from tests.hits.private import test_epochs as epochs
from tests.hits.private import test_refusals as refusals
from tests.hits.private import test_two_nodes as nodes
from tests.support.private_sides import Two

Plant = Callable[[pytest.MonkeyPatch], None]


def points_unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(group, "point", lambda data: data)


def copies_answered(patch: pytest.MonkeyPatch) -> None:
    real = Answering._closed

    def closed(self: Answering, tx: Any, at: Any, question: Any) -> Any:
        tx.sql.run("delete from hits_private_counter where origin = ?", (at.origin,))
        return real(self, tx, at, question)

    patch.setattr(Answering, "_closed", closed)


def anybody_admitted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quotas, "admitted", lambda sql, authority, peer: (True, quotas.with_defaults()))


def quota_in_memory_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quotas, "SPEND", quotas.SPEND.replace("+ excluded.count", "* 0 + excluded.count"))


def quotas_of_kinds_together(patch: pytest.MonkeyPatch) -> None:
    real = quotas.spend
    patch.setattr(
        quotas,
        "spend",
        lambda tx, authority, peer, allowed, counts, now: real(
            tx, authority, peer, allowed, {"phone": sum(counts.values())}, now
        ),
    )


def opened_without_asking(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Answering, "_was_evaluated", staticmethod(lambda tx, question: True))


def mark_enough_to_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering.hmac, "compare_digest", lambda first, second: True)


def opened_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quotas, "openings", lambda *_: set())


def cards_alike(patch: pytest.MonkeyPatch) -> None:
    real = Answering._cards
    patch.setattr(Answering, "_cards", lambda self, key, bound, records: real(self, key, b"", records))


def proofs_unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SUITE, "verify", lambda *_: None)


def overtaken_taken_for_copies(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering, "LATELY", 0)


def locked_told_to_all(patch: pytest.MonkeyPatch) -> None:
    real = Holding.epoch

    def standing(self: Answering, peer: Any, question: Any) -> Any:
        return answering.Standing(peer.origin, True, real(self.holding, question.owner), locked=False)

    patch.setattr(Answering, "_standing", standing)


def batches_of_any_size(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering, "_wrong_batches", lambda batches: "")


def alarms_silent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quotas, "alarm", lambda *_: None)


def answers_to_any_question(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Channel, "answered", lambda self, ask, place, data: (self.open(LAST, data)[12:], True))


def filters_without_bounds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Synced, "_bounded", lambda *_: None)


def cards_of_any_form(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        asking, "_tags", lambda card: {card.tags[at : at + 4] for at in range(0, len(card.tags), 4)}
    )


def fields_unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering, "_wrong_elements", lambda elements, sizes: "")


def officer_in_the_owners_log(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asking, "bond", lambda salt, officer, case: (officer.encode() + bytes(32))[:32])


def seeds_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rings, "destroy_passing", lambda *_: 0)


def removed_still_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rows, "drop", lambda *_: None)


def tokens_in_clear(patch: pytest.MonkeyPatch) -> None:
    """The record's tokens in a file."""
    real = asking.Asking._evaluate

    def evaluate_and_leak(self: Any, line: Any, owner: str, question: Any, known: Any) -> Any:
        (self.node.home / "log").write_text(str(tokens_of(question.record)))
        return real(self, line, owner, question, known)

    patch.setattr(asking.Asking, "_evaluate", evaluate_and_leak)


IDENTITY = bytes(32)
PLANTED: list[tuple[Plant, Callable[..., None], tuple[Any, ...]]] = [
    (
        points_unchecked,
        refusals.test_a_malformed_point_is_refused_before_anything_is_calculated_or_spent,
        (IDENTITY,),
    ),
    (copies_answered, refusals.test_a_copy_of_a_question_is_answered_as_a_stranger_is_and_costs_nothing, ()),
    (anybody_admitted, refusals.test_who_is_not_admitted_learns_as_little_as_of_one_that_does_not_answer, ()),
    (quota_in_memory_alone, refusals.test_ten_thousand_guesses_meet_the_quota_that_a_restart_keeps, ()),
    (quotas_of_kinds_together, refusals.test_a_quota_of_nothing_admits_to_the_rest, ()),
    (
        opened_without_asking,
        refusals.test_only_what_was_asked_for_is_opened_once_in_its_case_by_its_officer,
        (),
    ),
    (mark_enough_to_open, refusals.test_a_mark_out_of_the_filter_opens_nothing_without_its_token, ()),
    (opened_for_ever, refusals.test_one_record_is_not_opened_again_and_again, ()),
    (cards_alike, refusals.test_a_card_tells_nothing_without_asking_and_another_thing_to_every_question, ()),
    (batches_of_any_size, refusals.test_a_batch_of_another_size_or_two_of_a_kind_are_refused, ([9],)),
    (
        alarms_silent,
        refusals.test_a_malformed_point_is_refused_before_anything_is_calculated_or_spent,
        (IDENTITY,),
    ),
    (alarms_silent, refusals.test_ten_thousand_guesses_meet_the_quota_that_a_restart_keeps, ()),
    (answers_to_any_question, asker.test_an_older_answer_is_no_answer, ()),
    (overtaken_taken_for_copies, asker.test_two_who_ask_one_node_at_once_are_both_answered, ()),
    (locked_told_to_all, refusals.test_who_is_not_admitted_does_not_learn_that_keys_are_locked, ()),
    (fields_unchecked, refusals.test_fields_are_points_in_a_batch_of_one_size, ()),
    (
        officer_in_the_owners_log,
        nodes.test_both_ends_have_it_in_their_logs_and_only_the_askers_names_the_officer,
        (),
    ),
    (tokens_in_clear, nodes.test_neither_nodes_files_nor_the_line_hold_the_others_names_or_numbers, ()),
    (seeds_kept, epochs.test_an_epochs_seed_is_in_the_ring_alone_and_destroyed_when_the_next_has_begun, ()),
    (
        removed_still_answered,
        epochs.test_what_is_removed_is_silent_at_once_and_out_of_the_filter_with_the_next_epoch,
        (),
    ),
]


@pytest.mark.parametrize(("plant", "test", "more"), PLANTED, ids=[plant.__name__ for plant, _, _ in PLANTED])
def test_what_is_planted_is_found(
    two: Two, monkeypatch: pytest.MonkeyPatch, plant: Plant, test: Callable[..., None], more: tuple[Any, ...]
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        test(two, *more)


@pytest.mark.parametrize(
    ("plant", "test", "more"),
    [
        (
            filters_without_bounds,
            asker.test_a_filter_that_cannot_be_is_not_taken,
            (lambda answer, _: {"parts": [part([1, 2])] * 3}, "larger than there are"),
        ),
        (
            cards_of_any_form,
            asker.test_a_card_says_no_more_than_a_card_has,
            ({"tags": bytes(16 * FIELDS)}, "a card of another form"),
        ),
    ],
)
def test_an_owner_is_believed_without_its_checks(
    two: Two, monkeypatch: pytest.MonkeyPatch, plant: Plant, test: Callable[..., None], more: tuple[Any, ...]
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        test(two, monkeypatch, *more)


def test_an_owner_with_another_key_goes_unnoticed_without_proofs(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs_unchecked(monkeypatch)
    with pytest.raises(AssertionError):
        asker.test_an_owner_that_answers_with_another_key_is_found_out(two, monkeypatch)
