"""Key release: an epoch key travels wrapped to one reading authority, and to no other.

docs/exchange-format.md. Each authority announces recipient keys, signed by its device, and changes them
often. Their secrets lie in its ring only (`journal/recipients.py`) and are destroyed after use, so what was
recorded on the way opens to nobody later by them, whoever then takes the node. Wraps never enter the journal.

What this module cannot know, its callers check before `take_keys`: that the giver lives at the node that
brought the wrap, and that the giver reads the compartment. HPKE's base mode does not say who sealed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

import cbor2
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from libertad.exchange.protocol import signed
from libertad.exchange.protocol.signed import Publics, Wrong
from libertad.journal import sealing
from libertad.journal.rings import Locked, RingError, Rings
from libertad.vocabulary.decoding import prepared

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
WRAP = b"libertad wrap v1\x00"
RECIPIENT = b"libertad recipient v1\x00"
RECIPIENT_ID = b"libertad recipient key id v1\x00"
SEED, PUBLIC = 64, 1184  # ML-KEM-768; X25519's 32 bytes follow
SEALED = 1120 + 32 + 16  # what HPKE encapsulates, the key, the tag
MOST_EPOCHS = 1 << 32
MOST_LEAP = 10_000  # epochs of a file at once: each is a change of its readers


class WrongWrap(Wrong):
    """A wrap or an announcement that is not taken; `reason` and what to do."""


class Recipient(NamedTuple):
    """A recipient key of an authority here: id (16 bytes), public part (1216), made (ms since 1970)."""

    key_id: bytes
    public: bytes
    made: int


class Announced(NamedTuple):
    """A recipient key of another authority, as its device signed it."""

    authority: str
    key_id: bytes
    public: bytes
    made: int


class Wrap(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An epoch key for one reader. `kid` commits to the key; all plain fields are bound to the seal."""

    compartment: bytes
    kid: bytes
    number: int
    recipient: bytes
    giver: str
    reader: str
    sealed: bytes

    def bound(self) -> bytes:
        """HPKE's `info`: what RFC 9180 §8.1 names for binding when a message is sealed in one step."""
        plain = [self.compartment, self.kid, self.number, self.recipient, self.giver, self.reader]
        return WRAP + cbor2.dumps(plain, canonical=True)


class _Announcement(signed.Message, frozen=True):
    key_id: bytes
    public: bytes
    made: int


# -- recipient keys ------------------------------------------------------------------------


def recipient_key(rings: Rings, authority: str) -> Recipient:
    """The authority's newest recipient key, made at first use."""
    with rings.lock:
        for key_id, created in rings.recipients(authority):
            public = _derived.get(key_id)
            if public is None:
                secret = rings.recipient_secret(authority, key_id)
                if secret is None:
                    continue
                public = _derived[key_id] = _public_of(secret)
            return Recipient(key_id, public, created)
        return rotate(rings, authority)


# Public parts by id: to derive one takes a millisecond, and each word to each peer asks which is the newest.
_derived: dict[bytes, bytes] = {}


def rotate(rings: Rings, authority: str) -> Recipient:
    """Make a new recipient key. The old ones open what is on its way until they are destroyed."""
    secret = (
        MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw()
    )
    public = _public_of(secret)
    key_id = recipient_id(public)
    return Recipient(key_id, public, rings.put_recipient(authority, key_id, secret))


def destroy_used(rings: Rings, authority: str, key_ids: Iterable[bytes]) -> int:
    """Destroy these keys' secrets, the newest too where it is named; returns how many there were."""
    return rings.destroy_recipients(authority, list(key_ids))


def destroy_old(
    rings: Rings, authority: str, older_than_ms: int, kept: Collection[bytes] = frozenset()
) -> int:
    """Destroy secrets made before this moment (ms since 1970), but for the newest and those that are `kept`;
    returns how many."""
    with rings.lock:
        listed = rings.recipients(authority)[1:]
        old = [key_id for key_id, created in listed if created < older_than_ms and key_id not in kept]
        return rings.destroy_recipients(authority, old) if old else 0


def recipient_id(public: bytes) -> bytes:
    """A key's id is derived from it, so that no other key can stand under it."""
    return hashlib.sha256(RECIPIENT_ID + public).digest()[:16]


def _private(secret: bytes) -> MLKEM768X25519PrivateKey:
    post = MLKEM768PrivateKey.from_seed_bytes(secret[:SEED])
    return MLKEM768X25519PrivateKey(post, X25519PrivateKey.from_private_bytes(secret[SEED:]))


def _public_of(secret: bytes) -> bytes:
    post = MLKEM768PrivateKey.from_seed_bytes(secret[:SEED]).public_key().public_bytes_raw()
    return post + X25519PrivateKey.from_private_bytes(secret[SEED:]).public_key().public_bytes_raw()


def _public(data: bytes) -> MLKEM768X25519PublicKey:
    post = MLKEM768PublicKey.from_public_bytes(data[:PUBLIC])
    return MLKEM768X25519PublicKey(post, X25519PublicKey.from_public_bytes(data[PUBLIC:]))


# -- announcements -------------------------------------------------------------------------


def announce(rings: Rings, authority: str) -> bytes:
    """The authority's newest recipient key, signed by its device here."""
    key = recipient_key(rings, authority)
    message = _Announcement(b"", authority, key.key_id, key.public, key.made)
    return signed.write(rings, RECIPIENT, message)


def verify_announcement(data: bytes, publics: Publics) -> Announced:
    """Verify another authority's announcement, or raise WrongWrap. See `newer` before keeping it."""
    try:
        announcement = signed.read(data, RECIPIENT, _Announcement, publics)
        signed.moment(announcement.made, "recipient key")
    except Wrong as why:
        raise WrongWrap(why.reason, str(why)) from why
    if recipient_id(announcement.public) != announcement.key_id:
        raise WrongWrap("malformed", "the recipient key has an id that is not its own: ask for it again")
    try:
        # ML-KEM's check of the key, and X25519's of small orders
        SUITE.encrypt(b"", _public(announcement.public))
    except ValueError as why:
        raise WrongWrap("malformed", "nothing can be sealed to this recipient key: ask for another") from why
    return Announced(announcement.authority, announcement.key_id, announcement.public, announcement.made)


def newer(old: Announced | None, new: Announced) -> bool:
    """Whether `new` takes the place of what is known of the same authority: only if it was made later."""
    if old is not None and old.authority != new.authority:
        raise ValueError("two authorities' keys are not compared")
    return old is None or new.made > old.made


# -- wraps ---------------------------------------------------------------------------------


def wrap(
    public: bytes,
    key_id: bytes,
    *,
    compartment: bytes,
    kid: bytes,
    number: int,
    giver: str,
    reader: str,
    key: bytes,
) -> Wrap:
    """Seal an epoch key to a reader's recipient key. WrongWrap for a key that is not the one of `kid`."""
    if recipient_id(public) != key_id:
        raise WrongWrap("recipient", f"the recipient key of {reader} is not the one that its id names")
    if sealing.key_id(key) != kid:
        raise WrongWrap(
            "commitment", "the epoch key is not the one that its id commits to: nothing was sealed"
        )
    plain = Wrap(compartment, kid, number, key_id, giver, reader, b"")
    _check_form(plain)
    sealed = SUITE.encrypt(key, _public(public), info=plain.bound())
    return msgspec.structs.replace(plain, sealed=sealed)


def packed(wrap: Wrap) -> bytes:
    """A wrap as it travels."""
    return msgspec.msgpack.encode(wrap)


def unpacked(data: bytes) -> Wrap:
    """A wrap that came; WrongWrap for anything else. Nothing in it is believed yet: see `unwrap`."""
    try:
        wrap = msgspec.msgpack.decode(data, type=prepared(Wrap))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise WrongWrap("malformed", "the key has another form: are both nodes of one version?") from why
    _check_form(wrap, SEALED)
    return wrap


def _check_form(wrap: Wrap, sealed: int = 0) -> None:
    sizes = (len(wrap.compartment), len(wrap.kid), len(wrap.recipient), len(wrap.sealed))
    names = 0 < len(wrap.giver) <= signed.AUTHORITY and 0 < len(wrap.reader) <= signed.AUTHORITY
    if sizes != (16, 32, 16, sealed) or not 0 <= wrap.number < MOST_EPOCHS or not names:
        raise WrongWrap("malformed", "the key has parts of a wrong size: ask the giver to send it again")


def unwrap(rings: Rings, reader: str, wrap: Wrap) -> bytes:
    """The epoch key of a wrap for `reader`; WrongWrap says why not. Locked while the reader's ring is."""
    _check_form(wrap, SEALED)
    if wrap.reader != reader or reader not in rings.authorities():
        raise WrongWrap(
            "reader",
            f"the key is for {wrap.reader}, and {reader} does not open it here: pass it on, or drop it",
        )
    secret = rings.recipient_secret(reader, wrap.recipient)
    if secret is None:
        raise WrongWrap(
            "recipient",
            f"the key is sealed to a recipient key of {reader} that is destroyed or never was: "
            f"ask {wrap.giver} to send it again, to the newest one",
        )
    try:
        key = SUITE.decrypt(wrap.sealed, _private(secret), info=wrap.bound())
    except (InvalidTag, ValueError) as why:
        raise WrongWrap(
            "changed", f"the key was changed on its way, or sealed for something else: ask {wrap.giver} again"
        ) from why
    if len(key) != 32 or sealing.key_id(key) != wrap.kid:
        raise WrongWrap(
            "commitment",
            f"{wrap.giver} sealed another key than its id commits to: do not use it, and tell them",
        )
    return key


def take_keys(
    rings: Rings, wraps: Iterable[Wrap], refused: Callable[[Wrap, WrongWrap], None] | None = None
) -> list[tuple[bytes, bytes, int]]:
    """Put the keys of wraps for authorities here into their rings, durable on return.

    Returns (compartment, kid, number) of each that is in its reader's ring now, also where it was before.
    Without `refused` the first wrong wrap raises WrongWrap and nothing is put; with it, it is told of each,
    and the others are put.
    """
    accepted: list[tuple[Wrap, bytes]] = []
    places: dict[bytes, tuple[bytes, int]] = {}
    with rings.lock:
        rings.begin()
        try:
            for wrap in wraps:
                try:
                    _refuse_erased(rings, wrap)
                    key = unwrap(rings, wrap.reader, wrap)
                    _refuse_moved(wrap, places.get(wrap.kid) or rings.place(wrap.kid))
                    _refuse_leap(rings, wrap)
                except WrongWrap as why:
                    if refused is None:
                        raise
                    refused(wrap, why)
                    continue
                places[wrap.kid] = (wrap.compartment, wrap.number)
                accepted.append((wrap, key))
            for wrap, key in accepted:
                if rings.key(wrap.reader, wrap.kid) is None:
                    rings.add([wrap.reader], wrap.compartment, key, wrap.number)
        finally:
            rings.commit()
    return [(wrap.compartment, wrap.kid, wrap.number) for wrap, _ in accepted]


def is_sound(rings: Rings, wrap: Wrap) -> bool:
    """Whether `take_keys` would put it: nothing is concluded from the plain parts of one that it refuses."""
    try:
        _refuse_erased(rings, wrap)
        unwrap(rings, wrap.reader, wrap)
        _refuse_moved(wrap, rings.place(wrap.kid))
        _refuse_leap(rings, wrap)
    except (WrongWrap, Locked):
        return False
    return True


def _refuse_erased(rings: Rings, wrap: Wrap) -> None:
    """A peer that is slow, or was restored, brings nobody back: not by an old key, nor by a new epoch."""
    if wrap.kid in rings.erased() or wrap.compartment in rings.erased_places():
        raise WrongWrap(
            "erased", f"the key opens what was erased here and stays so: ask {wrap.giver} to erase it too"
        )


def _refuse_moved(wrap: Wrap, known: tuple[bytes, int] | None) -> None:
    """Nobody moves a key to where erasing would not find it, or makes an old epoch the newest again."""
    if known is not None and known != (wrap.compartment, wrap.number):
        raise WrongWrap(
            "elsewhere",
            f"the key is known under another file or number: do not use it, and ask {wrap.giver} why",
        )


def _refuse_leap(rings: Rings, wrap: Wrap) -> None:
    """Nobody uses up the numbers of a file's epochs, after which its owner could make no new one."""
    ring = rings.open.get(wrap.reader)
    known = ring.current[wrap.compartment][0] if ring and wrap.compartment in ring.current else 0
    if wrap.number > known + MOST_LEAP:
        raise WrongWrap("leap", f"the number of the key is far beyond those known: ask {wrap.giver} why")


# -- epochs --------------------------------------------------------------------------------


def epochs(rings: Rings, authority: str, compartment: bytes) -> list[tuple[bytes, int, bytes]]:
    """(kid, number, key) of every epoch of a compartment in the authority's open ring, oldest first."""
    ring = rings.ring(authority)
    with rings.lock:
        pairs = rings.epochs(authority, compartment)
        return [(kid, number, ring.keys[kid]) for number, kid in pairs if kid in ring.keys]


def new_epoch(rings: Rings, authorities: Iterable[str], compartment: bytes) -> tuple[bytes, bytes, int]:
    """Begin the next epoch for the remaining readers hosted here; durable at `rings.commit`.

    Returns (kid, key, number). A ring that is not named gets nothing: that is how a reader is removed. What
    was sealed before stays readable to whoever had it. RingError for a compartment that was erased, and for
    an authority that does not read it already.
    """
    names = sorted(set(authorities))
    with rings.lock:
        rings.begin()
        if compartment in rings.erased_places():
            raise RingError("this file was erased here: it gets no new key")
        without = [name for name in names if compartment not in rings.ring(name).current]
        if without or not names:
            raise RingError(
                "a new key is for those who read the file already; not these: "
                + (", ".join(without) or "nobody")
            )
        # Over all rings here: the removed reader's may hold the newest.
        number = 1 + max(
            ring.current[compartment][0] for ring in rings.open.values() if compartment in ring.current
        )
        key = os.urandom(32)
        return rings.add(names, compartment, key, number), key, number
