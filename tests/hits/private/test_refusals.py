"""What a peer does wrong is refused in words, costs it its quota or nothing, and is an alarm to the owner."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import pytest

from libertad.access.acting import Forbidden
from libertad.exchange.peering import peers
from libertad.exchange.protocol.secure_channel import small
from libertad.exchange.sync.endpoint import UnknownPeer
from libertad.hits.private import answering, queries, quotas, wire
from libertad.hits.private.admitting import admit, answer, dismiss, settle, silence
from libertad.hits.private.answering import Answering
from libertad.hits.private.holding import Holding
from libertad.hits.private.oprf import SUITE
from libertad.hits.private.tokens import FIELDS
from libertad.hits.private.wire import Evaluate, Evaluated, Open, Refused
from libertad.vocabulary.values import Refused as Rule
from tests.hits.private.test_oprf import OUTSIDE
from tests.support.private_sides import CASE, Side, Two, record

HERS = record("person:1", "Yulimar Gonzalez Rojas", "1999-03-04", phone="+58 412 555 7391")


def say(two: Two, message: wire.Questions) -> wire.Answers:
    """A question of Guyana's node to Trinidad's, whatever is in it."""
    guyana, trinidad = two.guyana.party, two.trinidad.party
    peer = peers.get(guyana.node.sql(), trinidad.node.key.origin)
    assert peer is not None
    channel = guyana.exchange.channel(peer)
    sealed = channel.seal(wire.HIT, wire.pack(message))
    (part,) = two.trinidad.answering.answer(small(guyana.node.key.origin) + sealed)
    return wire.answer(channel.answered(sealed, 0, part)[0])


class Counting:
    number = peers.now_ms() + 3_600_000  # greater than those of the nodes themselves


def evaluate(two: Two, *batches: tuple[str, list[bytes]], **overrides: Any) -> Evaluate:
    Counting.number += 1
    known: dict[str, Any] = {
        "counter": Counting.number,
        "owner": two.trinidad.authority,
        "asker": two.guyana.authority,
        "epoch": epoch(two.trinidad),
        "case": CASE,
        "bond": bytes(32),
        "batches": list(batches),
    }
    return Evaluate(**{**known, **overrides})


def epoch(side: Side) -> int:
    current = side.holding.epoch(side.authority)
    assert current is not None
    return current.number


def blinded(count: int) -> list[bytes]:
    return [SUITE.blind(os.urandom(8)).element for _ in range(count)]


def why(answer: wire.Answers) -> str:
    return answer.why if isinstance(answer, Refused) else ""


def alarms(side: Side) -> dict[str, int]:
    return {alarm.what: alarm.times for alarm in queries.alarms(side.party.node.sql(), side.authority)}


def spent(two: Two) -> dict[str, int]:
    by_kind = {}
    for quota in queries.remaining_quotas(two.trinidad.party.node.sql(), two.trinidad.authority):
        if quota.left != quota.day:
            by_kind[quota.kind] = quota.day - quota.left
    return by_kind


@pytest.mark.parametrize("data", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_a_malformed_point_is_refused_before_anything_is_calculated_or_spent(two: Two, data: bytes) -> None:
    answer = say(two, evaluate(two, ("phone", [*blinded(1), data])))
    assert why(answer) == "malformed"
    assert alarms(two.trinidad) == {"malformed": 1}
    assert spent(two) == {}


@pytest.mark.parametrize("sizes", [[0], [1], [3], [9], [64], [1024], [2, 2]])
def test_a_batch_of_another_size_or_two_of_a_kind_are_refused(two: Two, sizes: list[int]) -> None:
    elements = blinded(1)
    answer = say(two, evaluate(two, *(("phone", elements * size) for size in sizes)))
    assert why(answer) == "batch"
    assert alarms(two.trinidad) == {"batch": 1}
    assert spent(two) == {}


def test_more_than_a_message_may_hold_is_refused(two: Two) -> None:
    assert why(say(two, evaluate(two, ("phone", [bytes(32)] * 4000)))) == "message"
    assert alarms(two.trinidad) == {"malformed": 1}
    fields = evaluate(two, ("field", blinded(FIELDS)))  # which are compared, not asked for
    assert why(say(two, fields)) == "batch"
    assert why(say(two, evaluate(two))) == "batch"
    assert alarms(two.trinidad) == {"malformed": 1, "batch": 2}
    assert spent(two) == {}


@pytest.mark.parametrize("case", ["", "  ", "ab", "case\x00one", "case\u202eone"])
def test_no_case_no_answer(two: Two, case: str) -> None:
    assert why(say(two, evaluate(two, ("phone", blinded(2)), case=case))) == "case"
    assert spent(two) == {}


def test_a_copy_of_a_question_is_answered_as_a_stranger_is_and_costs_nothing(two: Two) -> None:
    two.trinidad.upsert(HERS)
    two.guyana.asking.ask(
        two.guyana.party.actor("officer"), CASE, record("1", "Ana Perez", "1990"), [two.trinidad.authority]
    )
    before = spent(two)
    for message in two.trinidad.heard[::2]:
        with pytest.raises(UnknownPeer):
            two.trinidad.answering.answer(message)
    assert spent(two) == before
    assert alarms(two.trinidad) == {"copy": len(two.trinidad.heard) // 2}


def test_a_number_is_heard_once_in_whatever_order(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "LATELY", 3)

    def new(number: int) -> bool:
        try:
            two.trinidad.party.node.writer.submit(
                lambda tx: answering.record_counter(tx, "libertad/0", number)
            )
        except answering.Copy:
            return False
        return True

    numbers = {10: True, 12: True, 11: True, 14: True, 13: True, 9: False, 15: True}
    assert {number: new(number) for number in numbers} == numbers  # 9 is older than the last three
    assert not any(new(number) for number in numbers)


def test_strangers_suspended_peers_and_other_messages_get_no_answer(two: Two) -> None:
    guyana, trinidad = two.guyana.party, two.trinidad.party
    peer = peers.get(guyana.node.sql(), trinidad.node.key.origin)
    assert peer is not None
    channel, name = guyana.exchange.channel(peer), small(guyana.node.key.origin)
    valid = wire.pack(evaluate(two, ("phone", blinded(2))))
    for message in (
        b"",
        bytes(8) + channel.seal(wire.HIT, valid),
        name + channel.seal(b"?", valid),
        name + valid,
    ):
        with pytest.raises(UnknownPeer):
            two.trinidad.answering.answer(message)
    peers.set_state(trinidad.node, guyana.node.key.origin, peers.SUSPENDED)
    with pytest.raises(UnknownPeer):
        two.trinidad.answering.answer(name + channel.seal(wire.HIT, valid))
    assert alarms(two.trinidad) == {} == spent(two)


def test_who_is_not_admitted_learns_as_little_as_of_one_that_does_not_answer(two: Two) -> None:
    two.trinidad.upsert(HERS)
    officer = two.guyana.party.actor("officer")
    dismiss(two.trinidad.party.node, two.trinidad.party.actor("administrator"), two.guyana.authority)
    two.trinidad.kept.records.clear()
    (no,) = two.guyana.asking.ask(officer, CASE, HERS, [two.trinidad.authority])
    assert alarms(two.trinidad) == {"uninvited": 1}
    two.trinidad.holding.end(two.trinidad.authority)
    (nobody,) = two.guyana.asking.ask(officer, CASE, HERS, [two.trinidad.authority])
    assert (no.what, no.words) == (nobody.what, nobody.words)
    assert no.what == "refused"


def test_who_is_not_admitted_does_not_learn_that_keys_are_locked(two: Two) -> None:
    trinidad = two.trinidad.party
    question = evaluate(two, ("phone", blinded(2)))
    trinidad.node.rings.open.pop(trinidad.authority)
    assert why(say(two, question)) == "resting"
    dismiss(trinidad.node, trinidad.actor("administrator"), two.guyana.authority)
    Counting.number += 1
    refused = say(two, msgspec.structs.replace(question, counter=Counting.number))
    assert why(refused) == "closed"
    assert alarms(two.trinidad) == {"uninvited": 1}


def test_an_authority_that_lives_elsewhere_cannot_be_asked_for(two: Two) -> None:
    elsewhere = "f" * 32
    assert why(say(two, evaluate(two, ("phone", blinded(2)), asker=elsewhere))) == "closed"
    assert alarms(two.trinidad) == {"uninvited": 1}


def test_ten_thousand_guesses_meet_the_quota_that_a_restart_keeps(two: Two) -> None:
    guesses = blinded(8)
    answered_count = 0
    for round_ in range(40):
        answer = say(two, evaluate(two, ("phone", guesses)))
        if isinstance(answer, Evaluated):
            answered_count += 8
        else:
            assert why(answer) == "quota"
        if round_ == 20:  # another process
            side = two.trinidad
            side.answering = Answering(side.party.exchange, Holding(side.party.node, side.kept), every=0)
    assert answered_count == quotas.DEFAULTS["phone"][0] == spent(two)["phone"]
    assert alarms(two.trinidad).get("quota") == 40 - answered_count // 8
    assert alarms(two.trinidad).get("nearly", 0) > 0
    assert isinstance(say(two, evaluate(two, ("document", guesses))), Evaluated)  # another kind's is its own
    assert 10_000 / quotas.DEFAULTS["phone"][1] * 30 > 290  # days that ten thousand would take


def test_a_quota_comes_back_with_the_days_but_not_beyond_the_month(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit(
        two.trinidad.party.node,
        two.trinidad.party.actor("administrator"),
        two.guyana.authority,
        "Less",
        {"phone": (8, 12)},
    )
    now = peers.now_ms()
    reasons = []
    for day in (0, 0.5, 1.1, 2.2, 31):
        monkeypatch.setattr(
            "libertad.hits.private.answering.now_ms", lambda day=day: now + int(day * quotas.DAY)
        )
        reasons.append(why(say(two, evaluate(two, ("phone", blinded(8))))))
        reasons.append(why(say(two, evaluate(two, ("phone", blinded(4))))))
    assert reasons == ["", "quota", "quota", "quota", "quota", "", "quota", "quota", "", "quota"]


def test_a_quota_of_nothing_admits_to_the_rest(two: Two) -> None:
    trinidad = two.trinidad.party
    admit(
        trinidad.node,
        trinidad.actor("administrator"),
        two.guyana.authority,
        "No papers",
        {"document": (0, 0)},
    )
    assert why(say(two, evaluate(two, ("document", blinded(2))))) == "quota"
    assert why(say(two, evaluate(two, ("phone", blinded(2))))) == ""


def test_who_may_ask_is_decided_by_those_who_decide_about_peers(two: Two) -> None:
    trinidad = two.trinidad.party
    officer, key = trinidad.actor("officer"), two.guyana.authority
    for decide in (
        lambda: answer(two.trinidad.holding, officer),
        lambda: silence(two.trinidad.holding, officer),
        lambda: admit(trinidad.node, officer, key, "Why not"),
        lambda: dismiss(trinidad.node, officer, key),
        lambda: settle(trinidad.node, officer, key, "copy", 1),
    ):
        with pytest.raises(Forbidden):
            decide()
    with pytest.raises(Rule, match="no such authority"):
        admit(trinidad.node, trinidad.actor("administrator"), "e" * 32, "Nobody")
    for quotas_, words in (({"phones": (1, 1)}, "no kind phones"), ({"phone": (-1, 1)}, "none below zero")):
        with pytest.raises(Rule, match=words):
            admit(trinidad.node, trinidad.actor("administrator"), key, "Less", quotas_)
    with pytest.raises(Rule, match="say why"):
        admit(trinidad.node, trinidad.actor("administrator"), key, " ")


def test_an_alarm_is_settled_by_an_officer_and_opens_again(two: Two) -> None:
    trinidad = two.trinidad.party
    invalid = ("phone", [bytes(32)] * 2)
    say(two, evaluate(two, invalid))
    (alarm,) = queries.alarms(trinidad.node.sql(), trinidad.authority)
    settle(trinidad.node, trinidad.actor("administrator"), alarm.peer, alarm.what, alarm.day)
    with pytest.raises(Rule, match="settled it already"):
        settle(trinidad.node, trinidad.actor("administrator"), alarm.peer, alarm.what, alarm.day)
    assert queries.alarms(trinidad.node.sql(), trinidad.authority)[0].settled
    say(two, evaluate(two, invalid))
    (again,) = queries.alarms(trinidad.node.sql(), trinidad.authority)
    assert (again.settled, again.times) == (False, 2)


# -- stage two ---------------------------------------------------------------------------------


def open_question(request: Evaluate, **overrides: Any) -> Open:
    Counting.number += 1
    known: dict[str, Any] = {
        "counter": Counting.number,
        "owner": request.owner,
        "asker": request.asker,
        "epoch": request.epoch,
        "of": request.counter,
        "case": request.case,
        "bond": request.bond,
        "met": [(1, bytes(16))],
        "fields": blinded(FIELDS),
    }
    return Open(**{**known, **overrides})


def test_only_what_was_asked_for_is_opened_once_in_its_case_by_its_officer(two: Two) -> None:
    request = evaluate(two, ("phone", blinded(2)))
    say(two, request)
    for wrong in ({"of": request.counter - 1}, {"case": "GY-2018-015"}, {"bond": b"o" * 32}):
        assert why(say(two, open_question(request, **wrong))) == "unasked"
    assert why(say(two, open_question(request))) == ""
    assert why(say(two, open_question(request))) == "unasked"
    assert alarms(two.trinidad) == {"unasked": 4}


def test_a_mark_out_of_the_filter_opens_nothing_without_its_token(two: Two) -> None:
    two.trinidad.upsert(HERS)
    marks = two.trinidad.party.node.sql().all("select mark from hits_private_mark")
    request = evaluate(two, ("phone", blinded(2)))
    say(two, request)
    answer = say(two, open_question(request, met=[(row[0], bytes(16)) for row in marks][:32]))
    assert isinstance(answer, wire.Opened)
    assert answer.cards == []
    assert alarms(two.trinidad) == {"forged": 1}


def test_fields_are_points_in_a_batch_of_one_size(two: Two) -> None:
    request = evaluate(two, ("phone", blinded(2)))
    say(two, request)
    before = spent(two)
    assert why(say(two, open_question(request, fields=blinded(FIELDS + 1)))) == "batch"
    assert why(say(two, open_question(request, fields=blinded(FIELDS - 1)))) == "batch"
    for data in OUTSIDE.values():
        assert why(say(two, open_question(request, fields=[*blinded(FIELDS - 1), data]))) == "malformed"
    assert alarms(two.trinidad) == {"batch": 2, "malformed": len(OUTSIDE)}
    assert spent(two) == before
    assert why(say(two, open_question(request))) == ""  # nothing of it was taken for the one opening


def test_openings_have_a_quota_of_their_own(two: Two) -> None:
    node, actor = two.trinidad.party.node, two.trinidad.party.actor("administrator")
    admit(node, actor, two.guyana.authority, "Less", {"field": (2 * FIELDS, 2 * FIELDS)})
    reasons = []
    for _ in range(3):
        request = evaluate(two, ("phone", blinded(2)))
        say(two, request)
        reasons.append(why(say(two, open_question(request))))
    assert reasons == ["", "", "quota"]
    assert alarms(two.trinidad)["quota"] == 1


def test_one_record_is_not_opened_again_and_again(two: Two) -> None:
    two.trinidad.upsert(HERS)
    about = record("1", phone="+58 412 555 7391")
    actor = two.guyana.party.actor("officer")
    outcomes = [
        two.guyana.asking.ask(actor, CASE, about, [two.trinidad.authority])[0].what
        for _ in range(quotas.OPENINGS + 2)
    ]
    assert outcomes == ["hit"] * quotas.OPENINGS + ["none"] * 2
    assert alarms(two.trinidad) == {"insistent": 2}


def test_a_card_tells_nothing_without_asking_and_another_thing_to_every_question(two: Two) -> None:
    """Tags of one record differ from ask to ask: no list of tags is worth keeping."""
    two.trinidad.upsert(HERS)
    trinidad, cards = two.trinidad, []
    known = trinidad.holding.epoch(trinidad.authority)
    assert known is not None
    for number in (1, 2):
        bound = f"{two.guyana.authority} {number} ".encode()
        cards += trinidad.answering._cards(known.keys["field"], bound, [(HERS, bytes(8))])
    first, second = ({card.tags[at : at + 4] for at in range(0, 4 * FIELDS, 4)} for card in cards)
    assert len(first) == len(second) == FIELDS
    assert not first & second
