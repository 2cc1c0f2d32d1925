"""Test vectors of what a journal holds: headers, signatures, bodies, a log, ids (docs/journal-format.md)."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
from nacl.bindings import crypto_sign

from libertad.access.file_ids import derive_file
from libertad.journal import header, sealing, subjects
from libertad.vocabulary.body import Body, Verb, statements
from libertad.vocabulary.values import Birth, Happened, PersonName, Place
from libertad.vocabulary.verbs.access import CompartmentOpen
from libertad.vocabulary.verbs.people import PersonMeet, PersonState
from tools.field_vectors import CARE, OFFICER, OPERATION, POLICE, ZONE, Json, bytes_of, drawing

DRAWN = 20180403
SIZES = (0, 1, 254, 255, 256, 511, 512, 1023, 1024, 2047, 2048, 4094, 4095, 4096, 8190, 8191, 8192, 524288)


# -- headers ---------------------------------------------------------------------------------


def drawn_header(draws: random.Random, n: int) -> header.Header:
    seq = (0, 1, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, header.MAX_SEQ)[n % 11]
    depends = tuple(sorted(draws.randbytes(32) for _ in range((0, 1, 2, 23, 24)[n % 5])))
    return header.Header(
        header.VERSION,
        draws.randbytes(16),
        draws.randbytes(16),
        seq,
        draws.randbytes(32) if seq else header.NO_PREVIOUS,
        depends,
        header.CLASSES[n % len(header.CLASSES)],
        draws.randbytes(32),
        draws.randbytes(32),
        (1, 23, 24, 255, 256, 304, 65535, 65536, header.MAX_BODY)[n % 9],
    )


def headers() -> list[Json]:
    draws = random.Random(DRAWN)
    cases = []
    for n in range(22):
        head = drawn_header(draws, n)
        exact = head.encode()
        cases.append(
            {
                "device": head.device.hex(),
                "compartment": head.compartment.hex(),
                "seq": head.seq,
                "previous": head.previous.hex(),
                "depends": [hash_.hex() for hash_ in head.depends],
                "class": head.type_class,
                "key_id": head.key_id.hex(),
                "body_hash": head.body_hash.hex(),
                "length": head.length,
                "bound": header.bound(head).hex(),
                "header": exact.hex(),
                "hash": header.entry_hash(exact).hex(),
            }
        )
    return cases


def refused() -> list[str]:
    """Headers that no node takes: wrong forms, and a hundred of one damaged byte."""
    draws = random.Random(DRAWN + 1)
    whole = drawn_header(draws, 12)
    exact = whole.encode()
    wrong = [
        b"",
        b"\x80",
        exact[:-1],
        exact + b"\x00",
        b"\x9f" + exact[1:] + b"\xff",  # of indefinite length
        exact.replace(b"\x8a\x01", b"\x8a\x18\x01", 1),  # a longer form of the version
        exact.replace(b"\x8a\x01", b"\x8a\x02", 1),
        whole._replace(previous=header.NO_PREVIOUS).encode(),
        whole._replace(seq=0).encode(),
        whole._replace(seq=1 << 53).encode(),
        whole._replace(type_class="Person").encode(),
        whole._replace(type_class="p" * 25).encode(),
        whole._replace(length=0).encode(),
        whole._replace(length=header.MAX_BODY + 1).encode(),
        whole._replace(depends=tuple(sorted((bytes_of(f"d{n}") for n in range(2)), reverse=True))).encode(),
        whole._replace(depends=(bytes(32), bytes(32))).encode(),
        whole._replace(depends=tuple(sorted(bytes_of(f"d{n}") for n in range(120)))).encode(),
    ]
    while len(wrong) < 117:
        data = bytearray(exact)
        data[draws.randrange(len(data))] ^= 1 << draws.randrange(8)
        wrong.append(bytes(data))
    return [data.hex() for data in dict.fromkeys(wrong) if not is_header(data)]


def is_header(data: bytes) -> bool:
    try:
        header.decode(data)
    except header.Malformed:
        return False
    return True


def signing() -> list[Json]:
    cases = []
    for n in range(3):
        seed = bytes_of(f"device {n}")
        public, secret = header.keypair(seed)
        exact = drawn_header(random.Random(n), n).encode()
        cases.append(
            {
                "seed": seed.hex(),
                "public": public.hex(),
                "device": header.device_id(public).hex(),
                "header": exact.hex(),
                "signature": header.sign(exact, secret).hex(),
                "authority": POLICE,
                "operation": OPERATION,
                "proof": crypto_sign(header.enrolment(POLICE, OPERATION), secret)[:64].hex(),
            }
        )
    return cases


# -- bodies ----------------------------------------------------------------------------------


def body_of(content: Verb, subject: str, at: datetime, **extra: Any) -> Body:
    return Body(
        verb=content.VERB,
        subject=subject,
        operation=OPERATION,
        authority=POLICE,
        officer=OFFICER,
        happened=Happened(at=at, zone=ZONE),
        clock=at + timedelta(minutes=3, milliseconds=250),
        statements=statements(content, extra.pop("supersedes", None)),
        **extra,
    )


def bodies() -> list[Json]:
    """Texts in the exact bytes in which the node writes them: whole bodies, then values with fractions."""
    at = datetime(2018, 4, 5, 13, 40, tzinfo=UTC)
    west = datetime(2018, 4, 5, 9, 40, 1, 123000, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    old = {"name": ("ab" * 32, "cd" * 32), "language": ("ef" * 32,), "reasons": ()}
    whole = [
        body_of(meeting("P-GY-K7-001", "Ana"), "1" * 32, at, nonce="2" * 32, after=()),
        body_of(
            PersonState(words='“Sí”, "no"\t\\ 中文 😀 \x7f/'),
            "1" * 32,
            west,
            source="said",
            after=("3" * 64,),
        ),
        body_of(PersonState(name=(PersonName(text="Ana", kind="said"),)), "1" * 32, at, supersedes=old),
        body_of(CompartmentOpen(kind="person", owner=POLICE), "4" * 32, at, provenance="generated"),
    ]
    cases = [{"plain": msgspec.json.encode(body).decode()} for body in whole]
    places = [
        Place(lat=lat, lon=-61.0, within_m=5) for lat in (5.0, 0.1, -1.5, 6.00001, 0.00001, 1.5e-7, -0.0)
    ]
    return [*cases, *({"plain": msgspec.json.encode({"place": place}).decode()} for place in places)]


def meeting(reference: str, name: str) -> PersonMeet:
    return PersonMeet(
        reference=reference,
        counting="5" * 32,
        country="GY",
        name=(PersonName(text=name),),
        birth=Birth(age_from=17, age_to=19, on="2018-04-05"),
        language=("spa", "wba"),
        danger="no",
    )


def entries() -> Json:
    """A log of three in a file of one person, from its opening on."""
    seed, key = bytes_of("device 0"), bytes_of("epoch")
    public, secret = header.keypair(seed)
    nonce, at = bytes_of("file").hex(), datetime(2018, 4, 5, 13, 40, tzinfo=UTC)
    person = subjects.derive(POLICE, bytes_of("person", 16))
    compartment = derive_file(POLICE, "person", person, nonce)
    opening = CompartmentOpen(kind="person", owner=POLICE, about=person, reader=(POLICE, CARE))
    log: list[Json] = []
    previous, words = (
        header.NO_PREVIOUS,
        [
            body_of(opening, compartment, at, nonce=nonce, after=()),
            body_of(meeting("P-GY-K7-002", "Luz"), person, at, nonce=bytes_of("person", 16).hex(), after=()),
            body_of(
                PersonState(note="ñandú " * 60), person, at + timedelta(hours=1), source="said", after=()
            ),
        ],
    )
    for seq, body in enumerate(words):
        salt, plain = bytes_of(f"salt {seq}"), msgspec.json.encode(body)
        bound = header.beginning(
            header.device_id(public),
            bytes.fromhex(compartment),
            seq,
            previous,
            (),
            "person",
            sealing.key_id(key),
        )
        with drawing(salt):
            sealed = sealing.seal_body(plain, key, bound)
        exact = header.complete(bound, hashlib.sha256(sealed).digest(), len(sealed))
        log.append(
            {
                "plain": plain.decode(),
                "salt": salt.hex(),
                "entry_key": sealing.entry_key(sealed, key).hex(),
                "header": exact.hex(),
                "signature": header.sign(exact, secret).hex(),
                "body": sealed.hex(),
            }
        )
        previous = header.entry_hash(exact)
    return {
        "seed": seed.hex(),
        "compartment": compartment,
        "class": "person",
        "epoch_key": key.hex(),
        "key_id": sealing.key_id(key).hex(),
        "log": log,
    }


def ids() -> Json:
    nonce, prefix = bytes_of("subject", 16), bytes_of("prefix", 6)
    places = ("", "6" * 32)
    return {
        "subjects": [
            {
                "authority": POLICE,
                "file": place,
                "prefix": start.hex(),
                "nonce": nonce.hex(),
                "id": subjects.derive(POLICE, nonce, place, start),
            }
            for place in places
            for start in (b"", prefix)
        ],
        "files": [
            {
                "owner": POLICE,
                "kind": "case",
                "about": about,
                "nonce": nonce.hex() * 2,
                "id": derive_file(POLICE, "case", about, nonce.hex() * 2),
            }
            for about in ("GY", "")
        ],
    }
