"""A phone's parcel in short forms is the one in whole forms; a short form of nothing takes nothing."""

from __future__ import annotations

import os

import msgspec
import pytest

from libertad.exchange.control import key_wrap
from libertad.exchange.protocol import messages
from libertad.exchange.protocol.messages import CarriedEntry, ControlMessage, Parcel
from libertad.field import short_forms
from libertad.field.talk import HAND_OVER
from libertad.journal import header
from tests.field.making import phone_of
from tests.support.phone import Answered, Phone, Written, ask
from tests.support.world import World


def shortened(phone: Phone, people: int) -> tuple[list[Written], list[bytes], Parcel]:
    """Entries and wraps of some people, and the parcel as the app writes it."""
    met = [phone.meet()[1] for _ in range(people)]
    entries = [entry for each in met for entry in each]
    wraps: list[bytes] = []
    short_wraps: list[bytes] = []
    carried: list[CarriedEntry] = []
    for each in met:
        head = header.decode(each[0].header)
        opened = len(carried)
        for packed in phone.wraps[head.compartment.hex()]:
            wrap = key_wrap.unpacked(packed)
            alike = [at for at, other in enumerate(wraps) if key_wrap.unpacked(other).reader == wrap.reader]
            short = msgspec.msgpack.encode([opened, alike[0], wrap.sealed]) if alike else packed
            wraps.append(packed)
            short_wraps.append(short)
        for entry in each:
            follows = header.decode(entry.header).seq > 0
            exact = msgspec.msgpack.encode([len(carried) - 1, []]) if follows else entry.header
            carried.append(CarriedEntry(len(carried), exact, entry.signature, entry.body))
    word = ControlMessage(number=1, wraps=short_wraps)
    return entries, wraps, Parcel(start=0, end=len(carried), entries=carried, word=word)


def hand_over(phone: Phone, parcel: Parcel) -> Answered:
    return ask(os.urandom(32), phone.node, HAND_OVER, messages.pack(parcel), "hand-over")


def test_short_forms_are_stored_as_what_was_signed_and_repeat_less(world: World) -> None:
    phone = phone_of(world)
    entries, wraps, parcel = shortened(phone, 3)
    made = short_forms.expand(parcel)
    assert [entry.header for entry in made.entries] == [entry.header for entry in entries]
    assert made.word is not None and made.word.wraps == wraps
    assert len(messages.pack(parcel)) < len(phone.parcel(entries))
    assert hand_over(phone, parcel).content["stored"] == [entry.name for entry in entries]


def test_a_body_that_was_changed_fails_at_the_signature_and_refuses_no_other(world: World) -> None:
    phone = phone_of(world)
    entries, _wraps, parcel = shortened(phone, 2)
    last = parcel.entries[-1]
    assert last.body is not None
    changed = CarriedEntry(last.idx, last.header, last.signature, last.body[:-1] + b"\0")
    if changed.body == last.body:
        changed = CarriedEntry(last.idx, last.header, last.signature, last.body[:-1] + b"\1")
    parcel.entries[-1] = changed
    answer = hand_over(phone, parcel)
    assert answer.content["stored"] == [entry.name for entry in entries[:-1]]
    assert "signature" in answer.content["refused"][0]["why"]


@pytest.mark.parametrize("form", [[0, []], [99, []], [-1, []], ["a", []], [0]])
def test_a_short_form_of_nothing_is_no_parcel(world: World, form: list[object]) -> None:
    phone = phone_of(world)
    _entries, _wraps, parcel = shortened(phone, 1)
    first = parcel.entries[0]
    parcel.entries[0] = CarriedEntry(0, msgspec.msgpack.encode(form), first.signature, first.body)
    answer = hand_over(phone, parcel)
    assert (answer.status, answer.content["code"]) == (400, "bad-message")
