"""What the field app's codec writes is the node's format, byte for byte: docs/journal-format.md §11.

That the codec reads and writes again what the node wrote, Vitest tests (field-app/tests).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest

from libertad.access.actions.enrol_device import enrol_device
from libertad.access.file_ids import derive_file
from libertad.access.sealed import open_sealed
from libertad.exchange.authorization.entry_authorization import Judge
from libertad.exchange.control import key_wrap
from libertad.exchange.protocol import messages, secure_channel
from libertad.exchange.receiving.receiver import open_compartments
from libertad.field import short_forms
from libertad.field.short_forms import SHORT_HEADER
from libertad.journal import header, ingest, sealing, subjects
from libertad.journal.checking import BadEntry, Checked, Foreign, check
from libertad.journal.node import node
from libertad.journal.verify import verify
from libertad.people.models import Person
from libertad.vocabulary.body import Body, Statement, content
from libertad.vocabulary.verbs.people import PersonMeet
from tests.field_app.speaking import Json, speak, vectors
from tests.support.world import World
from tools import field_vectors
from tools.field_vectors import bytes_of, drawing
from tools.field_vectors_exchange import SECRET

APP, NODE = vectors("app"), vectors("node")
TASK = NODE["task"]


def foreign(answer: Json) -> list[Foreign]:
    return [
        Foreign(*(bytes.fromhex(entry[part]) for part in ("header", "signature", "body")))
        for entry in answer["entries"]
    ]


def checked(answer: Json) -> list[Checked]:
    public = bytes.fromhex(answer["device"]["public"])
    return check(foreign(answer), {header.device_id(public): public})


def test_the_vectors_on_file_are_what_the_node_writes_today() -> None:
    text = field_vectors.FILE.read_text(encoding="utf-8")
    assert field_vectors.write(field_vectors.read()) == text, "python -m tools.field_vectors"
    assert field_vectors.FORMAT.read_text(encoding="utf-8") == field_vectors.format_text()


def test_a_wrap_on_file_that_does_not_open_is_made_anew() -> None:
    before = field_vectors.read()
    packed = before["wrap"]["packed"]
    before["wrap"]["packed"] = packed[:-2] + ("00" if packed[-2:] != "00" else "01")
    assert json.loads(field_vectors.write(before))["wrap"]["packed"] not in (packed, before["wrap"]["packed"])


def test_what_the_app_signed_is_checked_and_its_log_continues() -> None:
    entries = checked(APP)
    assert [entry.name.hex() for entry in entries] == [entry["name"] for entry in APP["entries"]]
    previous = header.NO_PREVIOUS
    for seq, entry in enumerate(entries):
        assert (entry.head.seq, entry.head.previous) == (seq, previous)
        assert entry.head.compartment.hex() == APP["compartment"]
        assert entry.head.key_id == sealing.key_id(bytes.fromhex(APP["epoch_key"]))
        previous = entry.name
    assert entries[2].head.depends == (entries[1].name,), "it takes the place of a name said there"


@pytest.mark.parametrize("part", ["header", "signature", "body"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_changed_byte_of_the_app_is_refused(part: str, at: int) -> None:
    changed = json.loads(json.dumps(APP))
    data = bytearray.fromhex(changed["entries"][at][part])
    data[len(data) // 2] ^= 1
    changed["entries"][at][part] = data.hex()
    with pytest.raises(BadEntry):
        checked(changed)


def test_the_node_seals_and_signs_the_same_words_to_the_same_bytes() -> None:
    seed, key = bytes.fromhex(APP["device"]["seed"]), bytes.fromhex(APP["epoch_key"])
    public, secret = header.keypair(seed)
    assert (public.hex(), header.device_id(public).hex()) == (APP["device"]["public"], APP["device"]["id"])
    proof = APP["device"]["proof"]
    assert header.proves_enrolment(proof, public.hex(), TASK["authority"], TASK["operation"])
    for entry, vector in zip(checked(APP), APP["entries"], strict=True):
        sealed, bound = bytes.fromhex(vector["body"]), header.bound(entry.head)
        plain = sealing.open_known(sealed, key, entry.head)
        body = msgspec.json.decode(plain, type=Body)
        assert msgspec.json.encode(body) == plain, "the JSON is what the node would write"
        assert sealing.entry_key(sealed, key).hex() == vector["entry_key"]
        with drawing(bytes.fromhex(vector["salt"])):
            assert sealing.seal_body(plain, key, bound) == sealed
        exact = header.complete(bound, hashlib.sha256(sealed).digest(), len(sealed))
        assert exact.hex() == vector["header"]
        assert header.sign(exact, secret).hex() == vector["signature"]


def bodies_of(answer: Json) -> list[Body]:
    key = bytes.fromhex(answer["epoch_key"])
    return [
        msgspec.json.decode(sealing.open_known(entry.entry.body or b"", key, entry.head), type=Body)
        for entry in checked(answer)
    ]


def test_ids_of_the_app_prove_who_made_them() -> None:
    opening, meeting, stated = bodies_of(APP)
    assert derive_file(TASK["authority"], "person", APP["person"], opening.nonce) == APP["compartment"]
    assert subjects.gives(APP["person"], TASK["authority"], APP["compartment"], meeting.nonce)
    assert stated.after == (APP["entries"][1]["name"],) and meeting.after == ()
    assert [content(body).VERB for body in bodies_of(APP)] == [
        "compartment.open",
        "person.meet",
        "person.state",
    ]
    met = content(meeting)
    assert isinstance(met, PersonMeet)
    assert (met.reference, met.name[0].text, met.danger) == (TASK["reference"], "Ana Lucía", "yes")
    assert meeting.clock.isoformat() == "2018-04-05T09:41:01.250000-04:00"


def test_the_authority_opens_the_key_that_the_app_wrapped_and_dropped() -> None:
    wraps = [key_wrap.unpacked(bytes.fromhex(packed)) for packed in APP["wraps"]]
    assert [(wrap.giver, wrap.reader, wrap.number) for wrap in wraps] == [(TASK["authority"],) * 2 + (0,)]
    for wrap in wraps:
        key = key_wrap.SUITE.decrypt(wrap.sealed, key_wrap._private(SECRET), info=wrap.bound())
        assert key.hex() == APP["epoch_key"] and sealing.key_id(key) == wrap.kid
        assert wrap.compartment.hex() == APP["compartment"]


def test_the_app_s_parcel_and_message_are_read() -> None:
    parcel = messages.unpack(bytes.fromhex(APP["parcel"]), messages.Parcel)
    assert [entry.header[:1] for entry in parcel.entries] == [b"\x8a", SHORT_HEADER, SHORT_HEADER]
    parcel = short_forms.expand(parcel)
    assert [Foreign(*msgspec.structs.astuple(entry)[1:]) for entry in parcel.entries] == foreign(APP)
    assert parcel.word is not None and [wrap.hex() for wrap in parcel.word.wraps] == APP["wraps"]
    assert (parcel.start, parcel.end, parcel.word.number, parcel.format) == (0, 3, 1, NODE["format"])
    public = bytes.fromhex(APP["device"]["public"])
    channel = secure_channel.Channel(bytes_of("node"), public)
    assert channel.open(secure_channel.MAIL, bytes.fromhex(APP["message"])) == b"handed over"
    with pytest.raises(secure_channel.NotOurs):
        channel.open(secure_channel.ASK, bytes.fromhex(APP["message"]))


def test_what_is_random_in_the_answer_follows_from_the_task_s_seed() -> None:
    def draw(label: str) -> str:
        return sealing.derive(bytes.fromhex(TASK["seed"]), bytes(32), label.encode()).hex()

    opening, meeting, _ = bodies_of(APP)
    assert (APP["device"]["seed"], APP["epoch_key"]) == (draw("device"), draw("epoch"))
    assert (opening.nonce, meeting.nonce) == (draw("file"), draw("person")[:32])
    assert APP["counting"] == subjects.derive(TASK["authority"], bytes.fromhex(draw("counting")[:32]))
    assert [entry["salt"] for entry in APP["entries"]] == [draw(f"salt {n}") for n in range(3)]
    assert APP["seeds"] == [draw("kem 0 a") + draw("kem 0 b")]
    assert APP["message"].startswith(draw("nonce")[:48])


def test_statements_whose_last_parts_are_left_out_are_read() -> None:
    whole = ["note", "retract", None, []]
    assert msgspec.convert(whole[:2], Statement) == msgspec.convert(whole, Statement)
    assert msgspec.json.encode(Statement("note", "retract")) == b'["note","retract",null,[]]'


# -- a node ----------------------------------------------------------------------------------


def task_in(world: World, seed: str, reference: str) -> Json:
    """The task for this operation's officer and its police's recipient key."""
    actor = world.actor("officer")
    key = key_wrap.recipient_key(node().rings, actor.authority)
    return TASK | {
        "seed": seed * 64,
        "authority": actor.authority,
        "officer": actor.officer,
        "operation": world.operation,
        "readers": [],
        "reference": reference,
        "recipients": [
            {"authority": actor.authority, "key_id": key.key_id.hex(), "public": key.public.hex()}
        ],
    }


def take(answer: Json) -> ingest.Ingested:
    """Check, judge, store and fold, as the exchange does with what arrives."""

    def job(tx: Any) -> ingest.Ingested:
        return ingest.ingest(tx, check(foreign(answer), ingest.publics(tx)), Judge(tx))

    return node().writer.submit(job)


def keys(answer: Json) -> None:
    wraps = [key_wrap.unpacked(bytes.fromhex(packed)) for packed in answer["wraps"]]
    assert len(key_wrap.take_keys(node().rings, wraps)) == len(wraps) == 1


def test_people_met_with_the_app_are_on_the_node_s_file(world: World) -> None:
    """Its keys come before its entries or after them, and everything may be sent twice."""
    first, second, committed = speak(
        [task_in(world, "1", "P-GY-K7-001"), task_in(world, "2", "P-GY-K7-002"), TASK]
    )
    assert committed == APP, (
        "the committed vectors are not what the codec writes: see docs/journal-format.md §11"
    )
    for answer in (first, second):
        device = answer["device"]
        world.perform("administrator", enrol_device, public=device["public"], proof=device["proof"])
    with pytest.raises(BadEntry, match="not enrolled"):
        take(APP)
    keys(first)
    for done, counts in ((take(first), (3, 0, 0)), (take(first), (0, 3, 0))):
        assert (done.stored, done.known, done.held) == counts
    done = take(second)
    assert (done.stored, done.rows, done.held) == (3, 0, 0), "sealed, until its key is here"
    keys(second)
    node().writer.submit(lambda tx: open_compartments(tx, [second["compartment"]]))
    for answer, reference in ((first, "P-GY-K7-001"), (second, "P-GY-K7-002")):
        person = Person.objects.get(pk=answer["person"])
        assert person.reference == reference
        columns = open_sealed(node(), person.authority, Person._meta.label, person.pk, person.sealed)
        assert [name["text"] for name, _entry in columns["name"]] == ["Ana Luz"], (
            "what took the other's place"
        )
    assert node().sql().all("select reason from journal_held") == []
    assert verify(node()).findings == []
