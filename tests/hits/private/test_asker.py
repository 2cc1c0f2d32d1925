"""Who asks is an officer with a case, and believes an owner nothing that it cannot show."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from libertad.access.acting import Forbidden
from libertad.exchange.peering.peers import Peer
from libertad.exchange.sync.endpoint import UnknownPeer
from libertad.hits.private import filters, queries, wire
from libertad.hits.private.answering import CARDS, Answering
from libertad.hits.private.asking import Answer, filled
from libertad.hits.private.holding import Keys
from libertad.hits.private.oprf import SUITE
from libertad.hits.private.parts import part
from libertad.hits.private.tokens import COMPARED, FIELDS
from libertad.hits.private.wire import Refused
from libertad.vocabulary.values import Refused as Rule
from tests.hits.private.test_refusals import HERS, alarms
from tests.support.private_sides import CASE, Two, record


def test_who_asks_is_an_officer_with_a_case_and_something_to_ask_by(two: Two) -> None:
    asking, actor = two.guyana.asking, two.guyana.party.actor("officer")
    for case in ("", "ab", "x" * 65):
        with pytest.raises(Rule, match="case"):
            asking.ask(actor, case, HERS)
    with pytest.raises(Rule, match="least to ask by"):
        asking.ask(actor, CASE, record("1", "Yulimar"))
    for nobody in (
        type(actor)("", actor.authority, "officer"),
        type(actor)(actor.officer, actor.authority, "press"),
    ):
        with pytest.raises(Forbidden):
            asking.ask(nobody, CASE, HERS)
    assert queries.asks_made(two.guyana.party.node.sql(), two.guyana.authority) == []


def asked_of(two: Two) -> Answer:
    actor = two.guyana.party.actor("officer")
    return two.guyana.asking.ask(actor, CASE, HERS, [two.trinidad.authority])[0]


def test_an_owner_that_answers_with_another_key_is_found_out(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.trinidad.upsert(HERS)
    assert asked_of(two).what == "hit"
    two.guyana.asking.synced.fresh = 1 << 40
    real = SUITE.evaluate
    other_key = SUITE.key(os.urandom(32), b"a key for this asker alone")
    monkeypatch.setattr(SUITE, "evaluate", lambda key, elements: real(other_key, elements))
    answer = asked_of(two)
    assert answer.what == "refused"
    assert "not those of the key" in answer.words


def test_an_older_answer_is_no_answer(two: Two) -> None:
    two.trinidad.upsert(HERS)
    two.guyana.asking.synced.fresh = 1 << 40
    assert asked_of(two).what == "hit"
    older = [bytes(message) for message in two.trinidad.heard[1::2]]  # the filter, an evaluation, an opening
    real = two.guyana.trip
    for again in older:
        two.guyana.asking.talk.trip = lambda peer, again=again: lambda message: [again]
        answer = asked_of(two)
        assert (answer.what, answer.words) == (
            "refused",
            "its answer was wrong: an answer to another question",
        )
    two.guyana.asking.talk.trip = real
    assert asked_of(two).what == "hit"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tags": bytes(4 * 4 * FIELDS)}, "a card of another form"),
        ({"tags": bytes(4 * FIELDS - 4)}, "a card of another form"),
        ({"has": [1] * (len(COMPARED) - 1)}, "a card of another form"),
        ({"has": [FIELDS, 1, *[0] * (len(COMPARED) - 2)]}, "a card of another form"),
        ({}, "more cards than an answer has"),
    ],
)
def test_a_card_says_no_more_than_a_card_has(
    two: Two, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    """With more tags an owner could guess more of what the asker has."""
    two.trinidad.upsert(HERS)
    real = Answering._cards

    def cards(self: Answering, *of: Any) -> list[wire.Card]:
        (card,) = real(self, *of)
        return [msgspec.structs.replace(card, **change)] if change else [card] * (CARDS + 1)

    monkeypatch.setattr(Answering, "_cards", cards)
    answer = asked_of(two)
    assert (answer.what, answer.words) == ("refused", f"its answer was wrong: {words}")


def ask_liar(two: Two, monkeypatch: pytest.MonkeyPatch, change: Any) -> Answer:
    """What comes of asking an owner that tells something else of its filter."""
    real = Answering._sync
    rounds = iter(range(1 << 20))

    def sync(self: Answering, at: Any, question: wire.Sync) -> wire.Answers:
        answer = real(self, at, question)
        assert isinstance(answer, wire.Told)
        return msgspec.structs.replace(answer, **change(answer, next(rounds)))

    monkeypatch.setattr(Answering, "_sync", sync)
    return asked_of(two)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda answer, _: {"contact": "Duty\u202edesk"}, "a contact that cannot be shown"),
        (lambda answer, _: {"more": True}, "without an end"),
        (lambda answer, at: {"more": True, "epoch": answer.epoch + at, "first": 1}, "without an end"),
        (lambda answer, _: {"first": answer.first + 1}, "parts that were not asked for"),
        (lambda answer, _: {"parts": [bytes(320)] * 3}, "a part whose marks are not in order"),
        (lambda answer, _: {"parts": [part([1, 2])] * 3}, "a filter larger than there are"),
    ],
)
def test_a_filter_that_cannot_be_is_not_taken(
    two: Two, monkeypatch: pytest.MonkeyPatch, change: Any, words: str
) -> None:
    monkeypatch.setattr(filters, "MOST_ANSWERS", 5)
    monkeypatch.setattr(filters, "MOST_BYTES", 700)
    refusal = ask_liar(two, monkeypatch, change)
    assert refusal.what == "refused"
    assert refusal.words.endswith(words)


def test_two_who_ask_one_node_at_once_are_both_answered(two: Two) -> None:
    two.trinidad.upsert(HERS)
    two.guyana.asking.synced.fresh = 1 << 40
    assert asked_of(two).what == "hit"
    overtaken, turns, guard = threading.Event(), iter(range(100)), threading.Lock()
    real = two.guyana.trip

    def trip(peer: Peer) -> Any:
        def go(message: bytes) -> Any:
            with guard:
                turn = next(turns)
            if turn == 0:
                overtaken.wait(5)  # until the other, whose number is greater, is answered
            try:
                return real(peer)(message)
            except UnknownPeer:  # as it is over the line
                raise ConnectionError("not answered") from None
            finally:
                if turn == 1:
                    overtaken.set()

        return go

    two.guyana.asking.talk.trip = trip
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: asked_of(two).what, range(2)))
    assert both == ["hit", "hit"]
    assert alarms(two.trinidad) == {}


def test_an_owners_words_are_shown_where_they_can_be(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = {"bad": "line\x1b[2J", "good": "ask again on Monday"}
    for words, expected in ((answered["bad"], ""), (answered["good"], answered["good"])):
        monkeypatch.setattr(
            Answering, "_answer", lambda self, peer, question, words=words: Refused("closed", words)
        )
        assert asked_of(two).words == expected


def test_an_owner_that_changes_its_keys_within_an_epoch_is_found_out(two: Two) -> None:
    asked_of(two)
    for name in two.trinidad.holding.known:
        two.trinidad.holding.known[name] = Keys.from_seed(os.urandom(32)), ""
    assert "other keys than it has announced" in asked_of(two).words


def test_what_cannot_be_reached_is_told_and_the_ask_stands_in_the_log(two: Two) -> None:
    def cut(peer: Peer) -> Any:
        raise ConnectionError("the line is cut")

    two.guyana.asking.talk.trip = cut
    assert (asked_of(two).what, asked_of(two).words) == ("unreachable", "the line is cut")
    logged = queries.asks_made(two.guyana.party.node.sql(), two.guyana.authority)
    assert [(row.what, row.counts) for row in logged] == [("unreachable", {})] * 2


def test_a_batch_is_filled_up_to_the_next_size() -> None:
    assert [filled(count, (2, 4, 8)) for count in (1, 2, 3, 8)] == [2, 2, 4, 8]
