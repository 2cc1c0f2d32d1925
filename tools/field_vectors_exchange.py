"""Test vectors of what travels: recipient keys, wraps, the channel, parcels (docs/exchange-format.md)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from nacl.bindings import crypto_sign

from libertad.exchange.control import key_wrap
from libertad.exchange.protocol import messages, secure_channel
from libertad.journal import header, sealing
from tools.field_vectors import CARE, OFFICER, OPERATION, POLICE, ZONE, Json, bytes_of, drawing
from tools.field_vectors_journal import entries

Opens = Callable[[str], bool]
SECRET = bytes_of("recipient", 96)


def recipient() -> Json:
    """A recipient key (secret: ML-KEM's seed, X25519's) and its announcement by the device of `signing`."""
    public, secret = header.keypair(bytes_of("device 1"))
    key = key_wrap._public_of(SECRET)
    made = 1522935600000
    parts = [header.device_id(public), POLICE, key_wrap.recipient_id(key), key, made]
    signed = msgspec.msgpack.encode(parts)
    announcement = crypto_sign(key_wrap.RECIPIENT + signed, secret)[:64] + signed
    publics = {header.device_id(public): (public, POLICE)}
    assert key_wrap.verify_announcement(announcement, publics).public == key
    return {
        "secret": SECRET.hex(),
        "public": key.hex(),
        "key_id": key_wrap.recipient_id(key).hex(),
        "device": public.hex(),
        "authority": POLICE,
        "made": made,
        "announcement": announcement.hex(),
    }


def wrap(before: Json) -> Json:
    """One that the node made. HPKE draws by itself: see the module."""
    key, public = bytes_of("epoch"), key_wrap._public_of(SECRET)
    compartment = bytes.fromhex(entries()["compartment"])
    made = key_wrap.wrap(
        public,
        key_wrap.recipient_id(public),
        compartment=compartment,
        kid=sealing.key_id(key),
        number=0,
        giver=CARE,
        reader=POLICE,
        key=key,
    )

    def opens(packed: str) -> bool:
        held = key_wrap.unpacked(bytes.fromhex(packed))
        plain = msgspec.structs.replace(held, sealed=made.sealed) == made
        opened = key_wrap.SUITE.decrypt(held.sealed, key_wrap._private(SECRET), info=made.bound())
        return plain and opened == key

    return {
        "secret": SECRET.hex(),
        "key": key.hex(),
        "info": made.bound().hex(),
        "packed": choose(before, "wrap", key_wrap.packed(made).hex(), opens),
    }


def choose(before: Json, name: str, fresh: str, opens: Opens) -> str:
    """What stands in the file, where it is as good as what was made now."""
    packed = before.get(name, {}).get("packed")
    try:
        return packed if isinstance(packed, str) and opens(packed) else fresh
    except Exception:  # of an older form
        return fresh


def channel() -> Json:
    """A message of an app to its node, and the node's answer to it in one part."""
    app, node = bytes_of("device 0"), bytes_of("node")
    app_public, node_public = header.keypair(app)[0], header.keypair(node)[0]
    ours = secure_channel.Channel(app, node_public)
    theirs = secure_channel.Channel(node, app_public)
    with drawing(bytes_of("ask", 24)):
        ask = ours.seal(secure_channel.ASK, b"what have you")
    with drawing(bytes_of("answer", 24)):
        answer = theirs.answer(ask, 0, b"all of it", last=True)
    return {
        "app_seed": app.hex(),
        "node_seed": node.hex(),
        "node": node_public.hex(),
        "ask": {"nonce": bytes_of("ask", 24).hex(), "plain": b"what have you".hex(), "sealed": ask.hex()},
        "answer": {"plain": b"all of it".hex(), "sealed": answer.hex()},
    }


def parcel(before: Json) -> Json:
    """An answer as the node packs it, with its word; `packed` is a Zstandard frame."""
    words = messages.ControlMessage(
        confirms=7, recipients=[bytes_of("r", 90)] * 20, fills=[(bytes(16), 3)], taken=12, lacks=["x"]
    )
    answer = messages.Parcel(head=70_000, word=words)
    packed = messages.pack(answer).hex()
    return {
        "packed": choose(
            before,
            "parcel",
            packed,
            lambda data: messages.unpack(bytes.fromhex(data), messages.Parcel) == answer,
        ),
        "plain": msgspec.msgpack.encode(answer).hex(),
        "confirms": 7,
        "size": 70_000,
        "taken": 12,
        "fills": [{"compartment": bytes(16).hex(), "from": 3}],
        "recipients": 20,
    }


def task() -> Json:
    """What the app is asked to write: its answer is field-app/vectors/app.json."""
    public = key_wrap._public_of(SECRET)
    return {
        "seed": bytes_of("task").hex(),
        "authority": POLICE,
        "officer": OFFICER,
        "operation": OPERATION,
        "zone": ZONE,
        "country": "GY",
        "reference": "P-GY-K7-003",
        "at": 1522935600000,
        "offset": -240,
        "readers": [CARE],
        "recipients": [
            {"authority": POLICE, "key_id": key_wrap.recipient_id(public).hex(), "public": public.hex()}
        ],
        "node": header.keypair(bytes_of("node"))[0].hex(),
    }
