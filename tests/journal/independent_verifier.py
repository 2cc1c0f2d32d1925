"""A verifier written from docs/journal-format.md alone. It imports nothing of the product.

`verify_journal` takes an exported journal and returns what is wrong with it; an empty list is good.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from nacl.bindings import crypto_aead_aes256gcm_decrypt
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

Entry = tuple[bytes, bytes, bytes | None]
CLASS = re.compile("[a-z][a-z-]{0,23}")
CARE = 1 << 52  # places of care's tree begin here


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public).verify(message, signature)
    except (CryptoError, ValueError):
        return False
    return True


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return hmac.digest(hmac.digest(salt, key, "sha256"), info + b"\x01", "sha256")


def open_body(body: bytes, parts: Sequence[object], epoch_key: bytes) -> bytes | None:
    """The body's plaintext, or None where key, header or bytes do not fit."""
    if hkdf(epoch_key, bytes(32), b"libertad key id v1") != parts[7]:
        return None
    bound = cbor2.dumps(list(parts[:8]), canonical=True)
    key = hkdf(epoch_key, body[:32], b"libertad body v1")
    try:
        padded = crypto_aead_aes256gcm_decrypt(body[32:], bound, bytes(12), key)
    except (CryptoError, ValueError):
        return None
    plain, mark, zeros = padded.rpartition(b"\x80")
    return plain if mark and not zeros.strip(b"\x00") else None


def merkle_root(headers: Sequence[bytes]) -> bytes:
    if not headers:
        return hashlib.sha256(b"").digest()
    if len(headers) == 1:
        return hashlib.sha256(b"\x00" + headers[0]).digest()
    split = 1 << (len(headers) - 1).bit_length() - 1
    both = merkle_root(headers[:split]) + merkle_root(headers[split:])
    return hashlib.sha256(b"\x01" + both).digest()


def check_header(raw: bytes) -> tuple[list[object], str]:
    """The ten parts and what is wrong with them."""
    try:
        parts = cbor2.loads(raw)
    except Exception:
        return [], "not CBOR"
    if not isinstance(parts, list) or len(parts) != 10 or len(raw) > 4096:
        return [], "not an array of ten parts in 4096 bytes"
    if cbor2.dumps(parts, canonical=True) != raw:
        return [], "not in deterministic form"
    version, device, compartment, seq, previous, depends, kind, key_id, body_hash, length = parts
    sized = ((device, 16), (compartment, 16), (key_id, 32), (body_hash, 32))
    if (
        type(version) is not int
        or version != 1
        or any(not isinstance(x, bytes) or len(x) != n for x, n in sized)
    ):
        return [], "a part has the wrong form"
    if type(seq) is not int or not 0 <= seq < 2**53 or not isinstance(previous, bytes):
        return [], "sequence number"
    if len(previous) != (32 if seq else 0):
        return [], "previous header"
    if not isinstance(depends, list) or any(not isinstance(d, bytes) or len(d) != 32 for d in depends):
        return [], "dependencies"
    if depends != sorted(set(depends)) or not isinstance(kind, str) or not CLASS.fullmatch(kind):
        return [], "dependencies or class"
    if type(length) is not int or not 0 < length <= 1 << 20:
        return [], "length"
    return parts, ""


def check_checkpoint(note: str, name: str, public: bytes) -> tuple[int, bytes] | None:
    """(size, root) of a checkpoint that this key signed, else None."""
    text, _, below = note.rpartition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3 or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
        return None
    key_hash = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    verified = False
    for line in below.splitlines():
        dash, signer, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if dash == "—" and signer == name and data[:4] == key_hash:
            if not signed_by(public, (text + "\n").encode(), data[4:]):
                return None
            verified = True
    return (int(lines[1]), base64.b64decode(lines[2], validate=True)) if verified else None


def check_witnessed(
    headers: Sequence[bytes], notes: Sequence[str], name: str, public: bytes, witnesses: Mapping[str, bytes]
) -> list[str]:
    """Compare a journal with checkpoints of it that others kept, cosigned by `witnesses` (name -> key).

    Finds a tail that was cut off, another history from any point on, and two histories in the notes alone,
    even where the node's own key signed the journal as it stands. What came after the newest note is not
    covered by it.
    """
    wrong: list[str] = []
    sizes_seen: dict[int, bytes] = {}
    for place, note in enumerate(notes):
        stated = check_checkpoint(note, name, public)
        if stated is None:
            wrong.append(f"note {place}: not signed by this node")
            continue
        if not any(check_checkpoint(note, *witness) for witness in witnesses.items()):
            wrong.append(f"note {place}: cosigned by no witness")
            continue
        size, root = stated
        if sizes_seen.setdefault(size, root) != root:
            wrong.append(f"note {place}: the node signed two histories of {size} entries")
        if size > len(headers):
            wrong.append(f"note {place}: witnesses saw {size} entries, {len(headers)} are here")
        elif merkle_root(headers[:size]) != root:
            wrong.append(f"note {place}: witnesses saw another history")
    return wrong


def check_rows(rows: Sequence[tuple[int, bytes, bytes, str, int, bytes]]) -> list[str]:
    """What a database says beside the headers: (index, hash, device, compartment, seq, header), by index."""
    wrong = []
    for at, (idx, name, device, compartment, seq, raw) in enumerate(rows):
        parts, why = check_header(raw)
        if idx != at:
            wrong.append(f"{at}: index {idx}")
        if not why and [name, device, bytes.fromhex(compartment), seq] != [
            hashlib.sha256(raw).digest(),
            *parts[1:4],
        ]:
            wrong.append(f"{at}: columns are not those of the header")
    return wrong


def verify_journal(
    entries: Sequence[Entry],
    devices: Sequence[bytes],
    checkpoint: str,
    name: str,
    public: bytes,
    epoch_keys: Mapping[bytes, bytes] | None = None,
    erased: Collection[bytes] | None = None,
    places_in_trees: Sequence[int] | None = None,
    care_checkpoint: str = "",
) -> list[str]:
    """Check headers, signatures, logs, dependencies, bodies' hashes, key commitments, tree and checkpoint.

    `epoch_keys` (key id -> key), where given, must be those that headers commit to, and open the bodies.
    `erased`, where given, are the compartments whose bodies may be missing. `places_in_trees`: of each entry;
    without them all are of the open tree, whose checkpoint is `checkpoint`.
    """
    wrong = []
    keys = {hashlib.sha256(b"libertad device v1\x00" + key).digest()[:16]: key for key in devices}
    heads: dict[tuple[object, object], tuple[int, bytes]] = {}
    places: dict[bytes, object] = {}
    for at, (raw, signature, body) in enumerate(entries):
        parts, why = check_header(raw)
        if why:
            wrong.append(f"{at}: {why}")
            continue
        _, device, compartment, seq, previous, depends, _, key_id, body_hash, length = parts
        assert isinstance(device, bytes) and isinstance(seq, int) and isinstance(depends, list)
        if device not in keys:
            wrong.append(f"{at}: unknown device")
        elif not signed_by(keys[device], b"libertad entry v1\x00" + raw, signature):
            wrong.append(f"{at}: signature")
        last, head = heads.get((device, compartment), (-1, b""))
        if seq != last + 1 or previous != head:
            wrong.append(f"{at}: log does not continue")
        if any(places.get(d) != compartment for d in depends):
            wrong.append(f"{at}: dependency is not in this compartment before it")
        if body is not None and (len(body) != length or hashlib.sha256(body).digest() != body_hash):
            wrong.append(f"{at}: body")
        if body is None and erased is not None and compartment not in erased:
            wrong.append(f"{at}: body is missing and its compartment was not erased")
        epoch_key = (epoch_keys or {}).get(bytes(key_id) if isinstance(key_id, bytes) else b"")
        if epoch_key and body is not None and open_body(body, parts, epoch_key) is None:
            wrong.append(f"{at}: body does not open, or the key is not the one committed to")
        name_of_entry = hashlib.sha256(raw).digest()
        heads[device, compartment] = (seq, name_of_entry)
        places[name_of_entry] = compartment
    at = list(range(len(entries))) if places_in_trees is None else list(places_in_trees)
    wrong += check_trees([entry[0] for entry in entries], at)
    for note, tree, signer in ((checkpoint, 0, name), (care_checkpoint, CARE, f"{name}/care")):
        headers = [
            entry[0] for entry, place in zip(entries, at, strict=True) if (place >= CARE) == bool(tree)
        ]
        if not note and not headers:
            continue
        stated = check_checkpoint(note, signer, public)
        if stated is None:
            wrong.append("checkpoint: not signed by this key")
        elif stated[0] > len(headers) or merkle_root(headers[: stated[0]]) != stated[1]:
            wrong.append("checkpoint: not of this journal")
    return wrong


def check_trees(headers: Sequence[bytes], places: Sequence[int]) -> list[str]:
    """Each entry is the next of its tree; once care's has begun, care's files are in it and no others."""
    wrong = []
    next_place = {False: 0, True: CARE}
    for at, (raw, place) in enumerate(zip(headers, places, strict=True)):
        care = place >= CARE
        if place != next_place[care]:
            wrong.append(f"{at}: not the next place of its tree")
        next_place[care] += 1
        parts, why = check_header(raw)
        kind = "" if why else parts[6]
        begun = next_place[True] > CARE
        if kind != "authority" and (care != (kind in ("care", "count", "desk"))) and (care or begun):
            wrong.append(f"{at}: in the tree of another side than its file")
    return wrong


def check_confirmation(
    name: str,
    compartment: bytes,
    body: bytes,
    vouches: Sequence[bytes],
    passkeys: Sequence[bytes],
    ends: Sequence[bytes],
) -> bool:
    """Section 10: whether a passkey confirms the entry `name`; the others are bodies of the three verbs.

    Of the COSE algorithms this one knows ES256 alone.
    """
    said = json.loads(body)
    by = (said["authority"], said["officer"])
    at = datetime.fromisoformat(said["clock"])

    def read(raw: bytes) -> dict[str, str]:
        other = json.loads(raw)
        told = {field: value for field, _operator, value, *_old in other["statements"]}
        mine = (other["authority"], other["officer"]) == by
        return told | {"by": "own" if mine else "", "at": other["clock"], "of": other["subject"]}

    ended: dict[str, datetime] = {}
    for end in map(read, ends):
        when = datetime.fromisoformat(end["at"])
        if end["by"]:
            ended[end["of"]] = min(when, ended.get(end["of"], when))
    for vouch in map(read, vouches):
        if not vouch["by"] or vouch["entry"] != name or vouch["of"] != said["subject"]:
            continue
        nonce, data, client = (bytes.fromhex(vouch[part]) for part in ("nonce", "data", "client"))
        digest = hashlib.sha256(body).digest()
        challenge = hashlib.sha256(b"libertad confirmation v1\x00" + compartment + nonce + digest).digest()
        for key in map(read, passkeys):
            held = datetime.fromisoformat(key["at"]) <= at and (
                key["of"] not in ended or at < ended[key["of"]]
            )
            if not key["by"] or key["credential"] != vouch["credential"] or not held:
                continue
            shown = json.loads(client)
            origin = re.fullmatch(r"(https?)://([^:/]+)(:\d+)?", shown["origin"])
            if (
                len(data) >= 37
                and data[:32] == hashlib.sha256(key["name"].encode()).digest()
                and data[32] & 5 == 5
                and shown["type"] == "webauthn.get"
                and shown["challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
                and not shown.get("crossOrigin")
                and origin is not None
                and origin[2] == key["name"]
                and (origin[1] == "https" or origin[2] == "localhost")
                and es256(
                    bytes.fromhex(key["public"]), data + hashlib.sha256(client).digest(), vouch["signature"]
                )
            ):
                return True
    return False


def es256(cose: bytes, message: bytes, signature: str) -> bool:
    key = cbor2.loads(cose)
    if (key[1], key[3], key[-1]) != (2, -7, 1):
        return False
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"), ec.SECP256R1()
    )
    try:
        numbers.public_key().verify(bytes.fromhex(signature), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
