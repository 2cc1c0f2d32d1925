"""Entries that a member with right keys signed and sealed, and of which no row can be made: found by fuzzing.

Each used to stop the exchange of whoever read it: with its sender, or with everybody, and for good.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from nacl.bindings import crypto_sign_ed25519_pk_to_curve25519

from libertad.exchange.authorization import impersonations, reauthorization
from libertad.exchange.control import key_delivery, key_wrap, returned_keys
from libertad.exchange.peering import peers
from libertad.exchange.protocol.secure_channel import Channel, NotOurs
from libertad.exchange.receiving import receiver
from libertad.journal import folding, header, sealing
from libertad.journal.misfits import misfit
from libertad.vocabulary.body import statements
from libertad.vocabulary.storable import storable
from tests.exchange.conftest import Three
from tests.exchange.making import begun
from tests.exchange.test_exchange import held_entries, lead
from tests.security.insider import Exact, Insider
from tests.security.mutations import as_json
from tests.security.samples import sample
from tests.support.nodes import settle

pytestmark = [pytest.mark.both]
NAMELESS = "what it is about has no name that a record can have"
READABLE = "body: it holds no statements"


def body(three: Three, **changed: Any) -> bytes:
    """What an officer of Guyana says of a new lead; `changed`: other parts, or other values of its fields."""
    stated = {
        "country": "GY",
        "summary": "A house",
        "source_grade": "1",
        "information_grade": "B",
        "handling": "P",
        "reference": "GY-1",
    }
    parts = {
        "verb": "lead.report",
        "subject": "ab" * 16,
        "operation": three.guyana.operation,
        "authority": three.guyana.authority,
        "officer": three.guyana.officers["officer"],
        "happened": {"at": "2018-04-05T13:00:00Z", "zone": "America/Guyana", "precision": "minute"},
        "clock": "2018-04-05T13:00:00Z",
    }
    stated |= {name: value for name, value in changed.items() if name in stated}
    stated_now = [[name, "assert", value] for name, value in stated.items()]
    other_parts = {name: value for name, value in changed.items() if name not in stated}
    return as_json({**parts, "statements": stated_now, **other_parts})


def police_file(three: Three) -> str:
    ((place,),) = three.guyana.node.sql().all("select id from access_compartment where kind = 'police'")
    return str(place)


def insider(three: Three) -> Insider:
    return Insider(three.centre.node, [three.guyana.authority], three.guyana.node)


def is_well(three: Three) -> None:
    """The centre judges all again and takes what everybody says."""
    three.centre.node.writer.submit(reauthorization.rejudge)
    before = len(three.centre.rows("operations_lead", "id"))
    three.trinidad.appoint("press")  # a ground: what is held is judged again
    lead(three.guyana)
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == before + 1
    assert (three.trinidad.officers["press"],) in three.centre.rows("access_officer", "id")


NUL, HUGE = "a\x00b", 10**30
UNFIT = {
    "no JSON": b"\xff\x00{",
    "nothing": b"",
    "deep": b"[" * 100_000,
    "a list": b"[1, 2]",
    "half a pair": b'{"verb": "\\ud800"}',
}


@pytest.mark.parametrize("plain", UNFIT.values(), ids=UNFIT)
def test_a_body_that_is_none_is_held_and_stops_nothing(three: Three, plain: bytes) -> None:
    begun(three)
    robbed = insider(three)
    done = robbed.say([robbed.sealed(three.guyana.authority, police_file(three), "police", plain)])
    assert (done.taken.stored, done.taken.held) == (1, 1)
    ((reason, detail),) = held_entries(three.centre)
    assert reason == "unreadable" and detail.startswith(READABLE)
    is_well(three)


def wrongly_sealed(three: Three, robbed: Insider) -> Exact:
    """An entry sealed under a key that is not the one that it names, and signed as it is."""
    exact, _signature, _body = robbed.sealed(
        three.guyana.authority, police_file(three), "police", body(three)
    )
    head = header.decode(exact)
    sealed = sealing.seal_body(b"anything", bytes(32), header.bound(head))
    exact = head._replace(body_hash=hashlib.sha256(sealed).digest(), length=len(sealed)).encode()
    return exact, header.sign(exact, robbed.devices[three.guyana.authority][2]), sealed


def test_a_body_that_its_key_does_not_open_is_held_and_stops_nothing(three: Three) -> None:
    begun(three)
    robbed = insider(three)
    assert robbed.say([wrongly_sealed(three, robbed)]).taken.held == 1
    ((reason, detail),) = held_entries(three.centre)
    assert reason == "unreadable" and "does not open" in detail
    is_well(three)


@pytest.mark.parametrize(
    "changed",
    [
        {"summary": NUL},
        {"operation": NUL},
        {"subject": NUL},
        {"officer": NUL},
        {"subject": "a" * 70_000},
        {"verb": "release.publish", "statements": [["sites", "assert", HUGE]]},
    ],
    ids=repr,
)
def test_a_value_that_no_database_keeps_is_held_and_stops_nothing(
    three: Three, changed: dict[str, Any]
) -> None:
    begun(three)
    robbed = insider(three)
    plain = body(three, **changed)
    done = robbed.say([robbed.sealed(three.guyana.authority, police_file(three), "police", plain)])
    assert (done.taken.stored, done.taken.held) == (1, 1)
    assert held_entries(three.centre)[0][0] == ("unknown" if "verb" in changed else "unreadable")
    is_well(three)


def test_what_was_carried_sealed_and_is_none_is_held_once_its_key_comes(three: Three) -> None:
    begun(three)
    robbed, place = insider(three), police_file(three)
    kid = three.guyana.node.rings.current(three.guyana.authority, bytes.fromhex(place))[0]
    key = three.centre.node.rings.known.pop(kid)
    entry = robbed.sealed(three.guyana.authority, place, "police", b"[]")
    assert robbed.say([entry]).taken.held == 0
    three.centre.node.rings.known[kid] = key
    three.centre.node.writer.submit(lambda tx: receiver.open_compartments(tx, [place]))
    assert [reason for reason, _ in held_entries(three.centre)] == ["unreadable"]
    three.centre.node.writer.submit(lambda tx: receiver.open_compartments(tx, [place]))  # told once
    assert len(held_entries(three.centre)) == 1
    is_well(three)


def entry_of(three: Three, **changed: Any) -> folding.Said:
    return folding.understand(body(three, **changed), "e" * 64, "c" * 32, b"k" * 32)


def test_a_number_that_no_database_keeps_is_no_body(three: Three) -> None:
    """SQLite took no number of more than 64 bits, and the batch in which it came went with it, each time."""
    stated = json.loads(msgspec.json.encode(statements(sample("release.publish"))))
    for number in (HUGE, -HUGE, 1 << 53):
        changed = [[name, "assert", number if name == "sites" else value] for name, _, value, *_ in stated]
        with pytest.raises(folding.Unreadable):
            entry_of(three, verb="release.publish", statements=changed)


def test_a_text_longer_than_its_record_keeps_is_found_before_it_is_folded(three: Three) -> None:
    """PostgreSQL refuses the row, SQLite keeps it: at both the entry is held."""
    assert misfit(entry_of(three)) == ""
    assert misfit(entry_of(three, subject="a" * 300)) == NAMELESS
    assert "longer" in misfit(entry_of(three, operation="a" * 300))
    assert misfit(entry_of(three, summary="long " * 5000)) == ""  # what is sealed has no length


@pytest.mark.parametrize("name", ["", "a/b", "a?b", " ", "../x", "a" * 97])
def test_what_no_page_could_be_opened_of_is_held(three: Three, name: str) -> None:
    """One such row among a reader's, and each list of that kind answered with an error from then on."""
    begun(three)
    robbed = insider(three)
    plain = body(three, subject=name)
    done = robbed.say([robbed.sealed(three.guyana.authority, police_file(three), "police", plain)])
    assert done.taken.held == 1 and held_entries(three.centre) == [("unreadable", NAMELESS)]
    taken = {**msgspec.json.decode(msgspec.json.encode(sample("property.taken"))), "person": name}
    stated = [[field, "assert", value] for field, value in taken.items()]
    assert misfit(entry_of(three, verb="property.taken", statements=stated)) == NAMELESS
    is_well(three)


def test_a_fold_that_falls_holds_its_entry(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = entry_of(three)
    projection, _key = folding.touched(entry)[0]
    monkeypatch.setattr(folding, "touched", lambda _: [(replace(projection, row=lambda *_: 1 // 0), "key")])
    assert misfit(entry) == "no row can be made of it (ZeroDivisionError)"


@pytest.mark.parametrize("value", ["a\x00", 1 << 53, -(1 << 53), [["\x00"]], {"\x00": 1}, {"k": (1 << 60,)}])
def test_what_is_not_storable(value: Any) -> None:
    assert not storable(value)
    assert storable(["a", (1 << 53) - 1, True, None, 0.5, {"k": ("x", [])}])


def test_a_key_that_is_refused_holds_no_other_back(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a restored node the plain number of a wrap that opens nothing withheld the file's keys for ever."""
    begun(three)
    place = police_file(three)
    noted: list[tuple[str, int]] = []
    monkeypatch.setattr(returned_keys, "ahead", lambda _tx, keys: noted.extend(keys))
    recipient = key_wrap.recipient_key(three.centre.node.rings, three.centre.authority)
    peer = peers.get(three.centre.node.sql(), three.guyana.node.key.origin)
    assert peer is not None
    key = bytes(range(32))
    right = key_wrap.wrap(
        recipient.public,
        recipient.key_id,
        compartment=bytes.fromhex(place),
        kid=sealing.key_id(key),
        number=2,
        giver=three.guyana.authority,
        reader=three.centre.authority,
        key=key,
    )
    wrong = msgspec.structs.replace(right, number=(1 << 32) - 1, kid=bytes(32))
    key_delivery.take_wraps(three.centre.node, peer, [key_wrap.packed(wrong), key_wrap.packed(right)])
    assert noted == [(place, 2)]


def test_a_victims_name_that_no_database_keeps_raises_no_alarm(three: Three) -> None:
    """On PostgreSQL the question for it ended whatever was written together with it."""
    begun(three)
    node = three.centre.node
    rows = node.sql().all("select header, signature from journal_entry order by idx desc limit 1")
    exact, signature = (bytes(part) for part in rows[0])
    for victim in (b"a\x00b", b"\xff", b"a" * 100_000):
        part = [exact, signature, victim]
        assert not node.writer.submit(lambda tx, p=part: impersonations.hear(tx, "libertad/x", p))  # type: ignore[misc]
    assert three.centre.rows("exchange_alarm") == []


def test_an_alarm_names_no_more_than_it_can_show(three: Three) -> None:
    """One entry after the other in names that nobody has: the alarm grew with each of them."""
    begun(three)
    robbed, place = insider(three), police_file(three)
    names = [f"{number:032x}" for number in range(80)] + ["a" * 200_000, three.trinidad.authority]
    robbed.say(
        robbed.sealed(three.guyana.authority, place, "police", body(three, authority=name)) for name in names
    )
    ((proof,),) = three.centre.rows("exchange_alarm", "proof")
    assert len(json.loads(proof)["victims"]) == impersonations.MOST
    assert three.trinidad.authority in json.loads(proof)["victims"]
    assert json.loads(proof)["count"] == len(names)
    assert len(proof) < 10_000


def test_a_node_key_that_is_none_is_refused_as_any_message_that_is_not_ours() -> None:
    """A member may announce any 32 bytes: the letters and asks in its name ended in a fault of this node."""
    none = next(key for key in (bytes([place]) * 32 for place in range(3, 99)) if not is_point(key))
    with pytest.raises(NotOurs, match="announced"):
        Channel(bytes(32), none)


def is_point(key: bytes) -> bool:
    try:
        crypto_sign_ed25519_pk_to_curve25519(key)
    except RuntimeError:
        return False
    return True
