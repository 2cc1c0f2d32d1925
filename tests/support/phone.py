"""A phone in Python, for tests: it uses the node's own functions for bytes and keys as an outsider would, and
speaks with the node by HTTP alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.test import Client

from libertad.access.about_members import prove_enrolment
from libertad.access.file_ids import derive_file
from libertad.exchange.control import key_wrap
from libertad.exchange.protocol import messages
from libertad.exchange.protocol.messages import CarriedEntry, ControlMessage, Parcel
from libertad.exchange.protocol.secure_channel import ASK, Channel
from libertad.field import tokens
from libertad.field.talk import ENROL, HAND_OVER, LEASE
from libertad.journal import header, sealing, subjects
from libertad.vocabulary.body import Body, Verb, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import CompartmentOpen
from libertad.vocabulary.verbs.people import PersonMeet

JSON = dict[str, Any]
ENCODER = msgspec.json.Encoder()


@dataclass
class Written:
    """An entry as the phone keeps it."""

    header: bytes
    signature: bytes
    body: bytes

    @property
    def name(self) -> str:
        return header.entry_hash(self.header).hex()


@dataclass
class Answered:
    """The node's answer: status, and its JSON, opened where it was sealed."""

    status: int
    content: JSON


def ask(
    seed: bytes, node: bytes, kind: bytes, plain: bytes, path: str, client: Client | None = None
) -> Answered:
    """A sealed question to the node, posted."""
    channel = Channel(seed, node)
    sealed = channel.seal(ASK, plain)
    public, _secret = header.keypair(seed)
    return post(kind + public + sealed, path, lambda data: channel.answered(sealed, 0, data)[0], client)


def post(body: bytes, path: str, opening: Any = None, client: Client | None = None) -> Answered:
    answer = (client or Client(enforce_csrf_checks=True)).post(
        f"/field/api/{path}/", body, content_type="application/octet-stream"
    )
    assert not answer.cookies
    if answer.status_code != 200:
        return Answered(answer.status_code, json.loads(answer.content))
    return Answered(200, json.loads(opening(answer.content)))


@dataclass
class Phone:
    """A phone that was enrolled, with its grant."""

    seed: bytes
    node: bytes
    grant: JSON = field(default_factory=dict)
    logs: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    wraps: dict[str, list[bytes]] = field(default_factory=dict)
    number: int = 0
    shift: dt.timedelta = dt.timedelta()

    @property
    def public(self) -> bytes:
        return header.keypair(self.seed)[0]

    @property
    def device(self) -> str:
        return header.device_id(self.public).hex()

    @property
    def authority(self) -> str:
        return str(self.grant["authority"]["id"])

    # -- talking ---------------------------------------------------------------------------

    def lease(self) -> Answered:
        plain = json.dumps({"v": 1, "app": "0.1.0"}).encode()
        answer = ask(self.seed, self.node, LEASE, plain, "lease")
        if answer.status == 200 and not answer.content.get("ended"):
            self.grant = answer.content
        return answer

    def parcel(
        self, entries: Sequence[Written], wraps: Sequence[bytes] | None = None, chunks: Sequence[bytes] = ()
    ) -> bytes:
        self.number += 1
        if wraps is None:
            files = {header.decode(entry.header).compartment.hex() for entry in entries}
            wraps = [wrap for file in sorted(files) for wrap in self.wraps.get(file, [])]
        carried = [
            CarriedEntry(at, entry.header, entry.signature, entry.body) for at, entry in enumerate(entries)
        ]
        word = ControlMessage(number=self.number, wraps=list(wraps))
        return messages.pack(
            Parcel(start=0, end=len(carried), entries=carried, word=word, pieces=list(chunks))
        )

    def hand_over(self, entries: Sequence[Written], **more: Any) -> Answered:
        """By a fresh key, as a phone that is locked would."""
        return ask(os.urandom(32), self.node, HAND_OVER, self.parcel(entries, **more), "hand-over")

    # -- writing ---------------------------------------------------------------------------

    def subject(self, place: str = "") -> tuple[str, str]:
        """(id, nonce) of what the phone begins."""
        nonce = os.urandom(16)
        return subjects.derive(self.authority, nonce, place), nonce.hex()

    def body(self, content: Verb, subject: str, nonce: str = "", **changed: Any) -> Body:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0) + self.shift
        said: JSON = {
            "verb": content.VERB,
            "subject": subject,
            "operation": self.grant["operation"]["id"],
            "authority": self.authority,
            "officer": self.grant["officer"]["id"],
            "happened": Happened(
                at=dt.datetime.fromtimestamp(self.grant["operation"]["now"] / 1000, dt.UTC).replace(
                    microsecond=0
                ),
                zone=self.grant["authority"]["zone"],
            ),
            "clock": now,
            "source": "saw",
            "statements": statements(content, {}),
            "nonce": nonce,
            "after": (),
        }
        return Body(**{**said, **changed})

    def write(self, file: str, kind: str, key: bytes, body: Body, depends: Sequence[bytes] = ()) -> Written:
        seq, previous = self.logs.get(file, (0, header.NO_PREVIOUS))
        public, secret = header.keypair(self.seed)
        bound = header.beginning(
            header.device_id(public),
            bytes.fromhex(file),
            seq,
            previous,
            sorted(depends),
            kind,
            sealing.key_id(key),
        )
        sealed = sealing.seal_body(ENCODER.encode(body), key, bound)
        exact = header.complete(bound, hashlib.sha256(sealed).digest(), len(sealed))
        self.logs[file] = seq + 1, header.entry_hash(exact)
        return Written(exact, header.sign(exact, secret), sealed)

    def wrap(self, file: str, key: bytes, number: int, reader: str, giver: str = "") -> bytes:
        recipient = next(each for each in self.grant["recipients"] if each["authority"] == reader)
        return key_wrap.packed(
            key_wrap.wrap(
                bytes.fromhex(recipient["public"]),
                bytes.fromhex(recipient["key_id"]),
                compartment=bytes.fromhex(file),
                kid=sealing.key_id(key),
                number=number,
                giver=giver or self.authority,
                reader=reader,
                key=key,
            )
        )

    def open_person(self, readers: Sequence[str] | None = None) -> tuple[str, str, str, Written]:
        """(person, nonce, file, opening): a file for somebody, under a key that is wrapped at once."""
        person, nonce = self.subject()
        file_nonce, key = os.urandom(32).hex(), os.urandom(32)
        file = derive_file(self.authority, "person", person, file_nonce)
        names = sorted({self.authority, *(self.grant["readers"]["person"] if readers is None else readers)})
        opening = CompartmentOpen(kind="person", owner=self.authority, about=person, reader=tuple(names))
        self.keys[file] = key
        known = {each["authority"] for each in self.grant["recipients"]}
        self.wraps[file] = [self.wrap(file, key, 0, name) for name in names if name in known]
        return person, nonce, file, self.write(file, "person", key, self.body(opening, file, file_nonce))

    def meet(self, **said: Any) -> tuple[str, list[Written]]:
        """(person, entries): somebody met, in a file of the person's own."""
        person, nonce, file, opening = self.open_person()
        counting, _nonce = self.subject()
        country = self.grant["case"]["country"]
        code = self.grant["device"]["code"]
        values = {
            "reference": f"P-{country}-{code}-{len(self.keys):03}",
            "counting": counting,
            "country": country,
            "danger": "no",
            **said,
        }
        met = self.write(file, "person", self.keys[file], self.body(PersonMeet(**values), person, nonce))
        return person, [opening, met]

    def capture_key(self, what: str, number: int | None = None) -> tuple[str, str, bytes]:
        """(file, kind, key): a key for one visit, wrapped to the phone's authority."""
        granted = next(each for each in self.grant["files"] if each["is"] == what)
        key = os.urandom(32)
        wrapped = self.wrap(
            granted["id"], key, granted["number"] if number is None else number, self.authority
        )
        self.wraps.setdefault(granted["id"], []).append(wrapped)
        return granted["id"], granted["kind"], key


def enrolled(code: str, node: bytes, seed: bytes | None = None) -> Phone:
    """A phone that uses a code."""
    phone = Phone(seed or os.urandom(32), node)
    answer = use_code(code, phone)
    assert answer.status == 200, answer.content
    phone.grant = answer.content
    return phone


def use_code(code: str, phone: Phone) -> Answered:
    token = tokens.seed(tokens.read(code))
    asked = ask(token, phone.node, ENROL, json.dumps({"v": 1, "ask": True}).encode(), "enrol")
    if asked.status != 200:
        return asked
    public, secret = header.keypair(phone.seed)
    proof = prove_enrolment(secret, asked.content["authority"]["id"], asked.content["operation"]["id"])
    plain = json.dumps({"v": 1, "device": public.hex(), "proof": proof}).encode()
    return ask(token, phone.node, ENROL, plain, "enrol")
