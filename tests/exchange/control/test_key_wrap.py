"""Key release: one reader, one file, one epoch; what is wrong is refused by name; what is erased stays so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libertad.exchange.control import key_wrap
from libertad.exchange.control.key_wrap import Wrap, WrongWrap
from libertad.exchange.protocol import signed
from libertad.journal import sealing
from libertad.journal.guard import RingError
from libertad.journal.header import device_id
from libertad.journal.rings import Locked, Rings

HERE, THERE, OTHER = "a" * 32, "b" * 32, "c" * 32
PLACE, KEY = b"p" * 16, b"k" * 32
KID = sealing.key_id(KEY)
SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def giver(tmp_path: Path) -> Rings:
    rings = Rings(tmp_path / "giver")
    rings.create(HERE)
    rings.add([HERE], PLACE, KEY, 3)
    rings.commit()
    return rings


@pytest.fixture
def reader(tmp_path: Path) -> Rings:
    rings = Rings(tmp_path / "reader")
    rings.create(THERE)
    rings.create(OTHER)
    return rings


def publics(*all_rings: Rings) -> dict[bytes, tuple[bytes, str]]:
    by_device = {}
    for rings in all_rings:
        for authority in rings.authorities():
            public = rings.device(authority)[0]
            by_device[device_id(public)] = (public, authority)
    return by_device


def wrapped(reader: Rings, authority: str = THERE, **parts: Any) -> Wrap:
    """A right wrap for an authority of the reader's node, but for `parts`."""
    to = key_wrap.recipient_key(reader, authority)
    plain: dict[str, Any] = {
        "compartment": PLACE,
        "kid": KID,
        "number": 3,
        "giver": HERE,
        "reader": authority,
        "key": KEY,
    }
    return key_wrap.wrap(to.public, to.key_id, **{**plain, **parts})


def forged(reader: Rings, **parts: Any) -> Wrap:
    """As a dishonest giver seals it, without the checks of `wrap`."""
    to = key_wrap.recipient_key(reader, THERE)
    key = parts.pop("key", KEY)
    plain = Wrap(PLACE, KID, 3, to.key_id, HERE, THERE, b"")
    plain = msgspec.structs.replace(plain, **parts)
    sealed = key_wrap.SUITE.encrypt(key, key_wrap._public(to.public), info=plain.bound())
    return msgspec.structs.replace(plain, sealed=sealed)


def reason(call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    with pytest.raises(WrongWrap) as why:
        call(*arguments, **named)
    assert len(str(why.value)) > 20
    return why.value.reason


# -- recipient keys ------------------------------------------------------------------------


def test_a_recipient_key_is_made_at_first_use_and_stays_until_rotated(reader: Rings) -> None:
    assert reader.recipients(THERE) == []
    first = key_wrap.recipient_key(reader, THERE)
    assert key_wrap.recipient_key(reader, THERE) == first
    assert first.key_id == key_wrap.recipient_id(first.public) and len(first.public) == 1216
    second = key_wrap.rotate(reader, THERE)
    assert key_wrap.recipient_key(reader, THERE) == second and second.made > first.made
    assert key_wrap.recipient_key(reader, OTHER).public not in (first.public, second.public)


def test_an_old_key_opens_until_it_is_destroyed_and_then_the_giver_is_asked_again(reader: Rings) -> None:
    sent = wrapped(reader)
    key_wrap.rotate(reader, THERE)
    assert key_wrap.unwrap(reader, THERE, sent) == KEY
    assert key_wrap.destroy_used(reader, THERE, [sent.recipient]) == 1
    with pytest.raises(WrongWrap, match="send it again") as why:
        key_wrap.unwrap(reader, THERE, sent)
    assert why.value.reason == "recipient"
    assert key_wrap.unwrap(reader, THERE, wrapped(reader)) == KEY


def test_old_keys_are_destroyed_by_age_but_never_the_newest(reader: Rings) -> None:
    recipient_keys = [key_wrap.rotate(reader, THERE) for _ in range(4)]
    assert key_wrap.destroy_old(reader, THERE, recipient_keys[2].made) == 2
    assert [recipient.key_id for recipient in reader.recipients(THERE)] == [
        recipient_keys[3].key_id,
        recipient_keys[2].key_id,
    ]
    assert key_wrap.destroy_old(reader, THERE, recipient_keys[3].made + 10_000) == 1
    assert key_wrap.recipient_key(reader, THERE) == recipient_keys[3]


def test_the_newest_may_be_named_as_used_and_a_new_one_follows(reader: Rings) -> None:
    first = key_wrap.recipient_key(reader, THERE)
    assert key_wrap.destroy_used(reader, THERE, [first.key_id, b"x" * 16]) == 1
    after = key_wrap.recipient_key(reader, THERE)
    assert after.key_id != first.key_id and after.made > first.made


def the_whole_node_opens_nothing(reader: Rings) -> None:
    """Recorded traffic and the whole home of the reader, taken after the secret was destroyed."""
    sent = wrapped(reader)
    secret = reader.recipient_secret(THERE, sent.recipient)
    assert secret is not None and key_wrap.unwrap(reader, THERE, sent) == KEY
    key_wrap.destroy_used(reader, THERE, [sent.recipient])
    reader.backup()
    thief = Rings(reader.home)
    thief.unlock_all()
    assert reason(key_wrap.unwrap, thief, THERE, sent) == "recipient"
    data = [path.read_bytes() for path in reader.home.rglob("*") if path.is_file()]
    assert not any(secret[at : at + 12] in content for content in data for at in range(0, 96, 12))


def test_a_destroyed_secret_opens_no_recorded_traffic(reader: Rings) -> None:
    the_whole_node_opens_nothing(reader)


def test_secrets_that_are_kept_are_noticed(reader: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rings, "destroy_recipients", lambda self, authority, key_ids: 1)
    with pytest.raises(pytest.fail.Exception):
        the_whole_node_opens_nothing(reader)


def test_a_stolen_backup_opens_no_recorded_traffic(reader: Rings, tmp_path: Path) -> None:
    import shutil

    sent = wrapped(reader)
    folder = tmp_path / "thief"
    shutil.copytree(reader.home / "keys", folder / "keys")
    shutil.copy(reader.backup(), folder / "rings.db")
    thief = Rings(folder)
    assert thief.unlock_all() == {} and reason(key_wrap.unwrap, thief, THERE, sent) == "recipient"
    assert key_wrap.unwrap(reader, THERE, sent) == KEY


# -- announcements -------------------------------------------------------------------------


def test_an_announcement_is_its_authoritys_newest_key_signed_by_its_device(reader: Rings) -> None:
    announcement = key_wrap.verify_announcement(key_wrap.announce(reader, THERE), publics(reader))
    own_key = key_wrap.recipient_key(reader, THERE)
    assert (announcement.authority, announcement.key_id, announcement.public, announcement.made) == (
        THERE,
        *own_key,
    )
    key_wrap.rotate(reader, THERE)
    after = key_wrap.verify_announcement(key_wrap.announce(reader, THERE), publics(reader))
    assert key_wrap.newer(None, announcement) and key_wrap.newer(announcement, after)
    assert not key_wrap.newer(after, announcement) and not key_wrap.newer(announcement, announcement)
    with pytest.raises(ValueError, match="two authorities"):
        key_wrap.newer(
            announcement, key_wrap.verify_announcement(key_wrap.announce(reader, OTHER), publics(reader))
        )


def test_an_announcement_of_anothers_or_an_unknown_device_is_refused(reader: Rings, giver: Rings) -> None:
    data = key_wrap.announce(reader, THERE)
    assert reason(key_wrap.verify_announcement, data, publics(giver)) == "device"
    own_publics = publics(reader)
    swapped = {device: (public, OTHER) for device, (public, _) in own_publics.items()}
    assert reason(key_wrap.verify_announcement, data, swapped) == "device"
    other_public = reader.device(OTHER)[0]
    assert (
        reason(
            key_wrap.verify_announcement, data, {d: (other_public, a) for d, (_, a) in own_publics.items()}
        )
        == "device"
    )


def test_no_other_signed_message_is_an_announcement(reader: Rings) -> None:
    message = key_wrap._Announcement(b"", THERE, *key_wrap.recipient_key(reader, THERE))
    data = signed.write(reader, b"libertad erase request v1\x00", message)
    assert reason(key_wrap.verify_announcement, data, publics(reader)) == "signature"


def test_a_key_that_nothing_can_be_sealed_to_is_refused(reader: Rings) -> None:
    valid = key_wrap.recipient_key(reader, THERE).public
    for public in (valid[:1184] + bytes(32), b"\xff" * 1184 + valid[1184:], valid[:-1], b""):
        message = key_wrap._Announcement(b"", THERE, key_wrap.recipient_id(public), public, 1)
        data = signed.write(reader, key_wrap.RECIPIENT, message)
        assert reason(key_wrap.verify_announcement, data, publics(reader)) == "malformed"
    message = key_wrap._Announcement(b"", THERE, b"x" * 16, valid, 1)
    assert (
        reason(
            key_wrap.verify_announcement, signed.write(reader, key_wrap.RECIPIENT, message), publics(reader)
        )
        == "malformed"
    )


@SHARED
@given(data=st.data())
def test_an_announcement_changed_anywhere_is_refused(reader: Rings, data: st.DataObject) -> None:
    whole = bytearray(key_wrap.announce(reader, THERE))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    reason(key_wrap.verify_announcement, bytes(whole), publics(reader))


@SHARED
@given(junk=st.binary(max_size=200))
def test_junk_is_refused_and_nothing_else_is_raised(reader: Rings, junk: bytes) -> None:
    reason(key_wrap.unpacked, junk)
    reason(key_wrap.verify_announcement, junk, publics(reader))


# -- wraps ---------------------------------------------------------------------------------


def test_a_wrap_gives_the_key_to_its_reader(reader: Rings) -> None:
    sent = key_wrap.unpacked(key_wrap.packed(wrapped(reader)))
    assert sent == key_wrap.unpacked(key_wrap.packed(sent)) and key_wrap.unwrap(reader, THERE, sent) == KEY
    assert key_wrap.packed(wrapped(reader)) != key_wrap.packed(wrapped(reader)), "a seal of its own each time"


def test_a_giver_that_mixes_up_keys_seals_nothing(reader: Rings) -> None:
    assert reason(wrapped, reader, key=b"x" * 32) == "commitment"
    to = key_wrap.recipient_key(reader, THERE)
    plain: dict[str, Any] = {"compartment": PLACE, "kid": KID, "number": 3, "giver": HERE, "reader": THERE}
    assert reason(key_wrap.wrap, to.public, b"x" * 16, key=KEY, **plain) == "recipient"
    assert reason(wrapped, reader, number=-1) == "malformed"


def test_a_wrap_for_another_or_for_nobody_here_is_refused(reader: Rings, giver: Rings) -> None:
    sent = wrapped(reader)
    assert reason(key_wrap.unwrap, reader, OTHER, sent) == "reader"
    assert reason(key_wrap.unwrap, giver, THERE, sent) == "reader"
    assert reason(key_wrap.unwrap, reader, OTHER, msgspec.structs.replace(sent, reader=OTHER)) == "recipient"
    locked = Rings(reader.home)
    with pytest.raises(Locked):
        key_wrap.unwrap(locked, THERE, sent)


def a_dishonest_giver_is_found(reader: Rings) -> None:
    """Two keys under one id would show two readers two files: GCM alone does not notice."""
    assert reason(key_wrap.unwrap, reader, THERE, forged(reader, key=b"x" * 32)) == "commitment"
    assert reason(key_wrap.unwrap, reader, THERE, forged(reader, kid=b"x" * 32)) == "commitment"


def test_a_key_that_is_not_the_one_of_its_id_is_refused(reader: Rings) -> None:
    a_dishonest_giver_is_found(reader)


def test_a_commitment_that_is_not_checked_is_noticed(reader: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Anything(bytes):
        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = bytes.__hash__

    monkeypatch.setattr(key_wrap.sealing, "key_id", lambda key: Anything())  # type: ignore[attr-defined]
    with pytest.raises(pytest.fail.Exception):
        a_dishonest_giver_is_found(reader)


CHANGES: dict[str, Any] = {
    "compartment": b"q" * 16,
    "kid": sealing.key_id(b"x" * 32),
    "number": 4,
    "giver": OTHER,
}


def each_field_is_bound(reader: Rings) -> None:
    sent = wrapped(reader)
    for name, value in CHANGES.items():
        changed = msgspec.structs.replace(sent, **{name: value})
        assert reason(key_wrap.unwrap, reader, THERE, changed) == "changed", name
    # Even when both recipient keys had one secret: reader and recipient are bound too.
    assert msgspec.structs.replace(sent, reader=OTHER).bound() != sent.bound()
    assert msgspec.structs.replace(sent, recipient=b"x" * 16).bound() != sent.bound()


def test_a_changed_field_does_not_open(reader: Rings) -> None:
    each_field_is_bound(reader)


@pytest.mark.parametrize("name", [*CHANGES, "reader", "recipient"])
def test_a_field_that_is_not_bound_is_noticed(
    reader: Rings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = Wrap.bound

    def loose(self: Wrap) -> bytes:
        value = getattr(self, name)
        return real(msgspec.structs.replace(self, **{name: 0 if isinstance(value, int) else type(value)()}))

    monkeypatch.setattr(Wrap, "bound", loose)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        each_field_is_bound(reader)


@SHARED
@given(data=st.data())
def test_a_wrap_changed_in_any_byte_is_refused(reader: Rings, data: st.DataObject) -> None:
    whole = bytearray(key_wrap.packed(wrapped(reader)))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    reason(lambda: key_wrap.unwrap(reader, THERE, key_wrap.unpacked(bytes(whole))))


@SHARED
@given(cut=st.integers(0, 1200), more=st.binary(max_size=4))
def test_a_wrap_cut_or_lengthened_is_refused(reader: Rings, cut: int, more: bytes) -> None:
    whole = key_wrap.packed(wrapped(reader))
    torn = whole[: len(whole) - cut] + more
    if torn != whole:
        reason(lambda: key_wrap.unwrap(reader, THERE, key_wrap.unpacked(torn)))


# -- taking --------------------------------------------------------------------------------


def test_taken_keys_are_in_the_readers_ring_alone_and_on_disk(reader: Rings) -> None:
    sent = wrapped(reader)
    assert key_wrap.take_keys(reader, [sent]) == [(PLACE, KID, 3)]
    assert reader.current(THERE, PLACE) == (KID, KEY) and reader.key(OTHER, KID) is None
    again = Rings(reader.home)
    again.unlock_all()
    assert (
        key_wrap.epochs(again, THERE, PLACE) == [(KID, 3, KEY)] and key_wrap.epochs(again, OTHER, PLACE) == []
    )
    assert key_wrap.take_keys(reader, [sent, sent]) == [(PLACE, KID, 3)] * 2, "twice does no harm"
    assert not reader.db.in_transaction


def test_one_wrong_wrap_puts_nothing_or_is_told_of_and_the_others_are_put(reader: Rings) -> None:
    valid, invalid = wrapped(reader), msgspec.structs.replace(wrapped(reader), number=9)
    assert reason(key_wrap.take_keys, reader, [valid, invalid]) == "changed"
    assert reader.known == {} and not reader.db.in_transaction
    reported: list[tuple[Wrap, str]] = []
    accepted = key_wrap.take_keys(
        reader, [invalid, valid], lambda wrap, why: reported.append((wrap, why.reason))
    )
    assert accepted == [(PLACE, KID, 3)] and reported == [(invalid, "changed")]


def nobody_is_brought_back(reader: Rings) -> None:
    key_wrap.take_keys(reader, [wrapped(reader)])
    reader.destroy([PLACE])
    sent = wrapped(reader)
    with pytest.raises(WrongWrap, match="erased here") as why:
        key_wrap.take_keys(reader, [sent])
    assert why.value.reason == "erased" and reader.known == {}
    assert reason(key_wrap.take_keys, reader, [forged(reader, compartment=b"q" * 16)]) == "erased"
    later = os.urandom(32)
    new = wrapped(reader, key=later, kid=sealing.key_id(later), number=4)
    assert reason(key_wrap.take_keys, reader, [new]) == "erased"
    assert reader.known == {}


def test_a_slow_peer_brings_back_nobody_that_was_erased(reader: Rings) -> None:
    nobody_is_brought_back(reader)


@pytest.mark.parametrize("name", ["erased", "erased_places"])
def test_an_erased_list_that_is_not_asked_is_noticed(
    reader: Rings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(Rings, name, lambda self: set())
    with pytest.raises(pytest.fail.Exception):
        nobody_is_brought_back(reader)


def no_key_is_moved(reader: Rings) -> None:
    key_wrap.take_keys(reader, [wrapped(reader)])
    for parts in ({"compartment": b"q" * 16}, {"number": 99}):
        assert reason(key_wrap.take_keys, reader, [wrapped(reader, **parts)]) == "elsewhere"
        assert reason(key_wrap.take_keys, reader, [wrapped(reader, OTHER, **parts)]) == "elsewhere"
    key = b"n" * 32
    pair = [
        wrapped(reader, authority, key=key, kid=sealing.key_id(key), compartment=place)
        for authority, place in ((THERE, b"r" * 16), (OTHER, b"s" * 16))
    ]
    assert reason(key_wrap.take_keys, reader, pair) == "elsewhere"
    reader.destroy([PLACE])
    assert reader.known == {}


def test_a_known_key_is_not_moved_to_another_file_or_number(reader: Rings) -> None:
    no_key_is_moved(reader)


def test_a_key_that_can_be_moved_is_noticed(reader: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_wrap, "_refuse_moved", lambda wrap, known: None)
    with pytest.raises(pytest.fail.Exception):
        no_key_is_moved(reader)


# -- epochs --------------------------------------------------------------------------------


def test_a_removed_readers_ring_gets_no_new_key(reader: Rings) -> None:
    reader.add([THERE, OTHER], PLACE, KEY, 3)
    reader.commit()
    kid, key, number = key_wrap.new_epoch(reader, [THERE], PLACE)
    reader.commit()
    assert number == 4 and sealing.key_id(key) == kid and reader.current(THERE, PLACE) == (kid, key)
    assert reader.current(OTHER, PLACE) == (KID, KEY) and reader.key(OTHER, kid) is None
    assert reader.sealing_key(PLACE.hex()) == (kid, key)
    assert key_wrap.epochs(reader, THERE, PLACE) == [(KID, 3, KEY), (kid, 4, key)]
    assert key_wrap.new_epoch(reader, [OTHER], PLACE)[2] == 5, "later than any ring here knows"
    reader.commit()


def test_a_new_epoch_widens_nothing_and_wakes_nothing_erased(reader: Rings) -> None:
    reader.add([THERE], PLACE, KEY)
    for names in ([THERE, OTHER], []):
        with pytest.raises(RingError, match="those who read the file already"):
            key_wrap.new_epoch(reader, names, PLACE)
    reader.destroy([PLACE])
    with pytest.raises(RingError, match="erased"):
        key_wrap.new_epoch(reader, [THERE], PLACE)


def test_from_giver_to_reader_over_two_epochs(giver: Rings, reader: Rings) -> None:
    """The whole way: announced, heard, wrapped, packed, taken; and nothing is left that opens the traffic."""
    key_wrap.new_epoch(giver, [HERE], PLACE)
    giver.commit()
    to = key_wrap.verify_announcement(key_wrap.announce(reader, THERE), publics(reader))
    traffic = []
    for kid, number, key in key_wrap.epochs(giver, HERE, PLACE):
        plain: dict[str, Any] = {"compartment": PLACE, "kid": kid, "number": number, "key": key}
        traffic.append(
            key_wrap.packed(key_wrap.wrap(to.public, to.key_id, giver=HERE, reader=THERE, **plain))
        )
    sent = [key_wrap.unpacked(packed) for packed in traffic]
    assert [number for _, _, number in key_wrap.take_keys(reader, sent)] == [3, 4]
    assert reader.current(THERE, PLACE) == giver.current(HERE, PLACE)
    key_wrap.destroy_used(reader, THERE, {wrap.recipient for wrap in sent})
    assert reason(key_wrap.unwrap, reader, THERE, sent[0]) == "recipient"


def test_the_format_page_is_enough_to_open_a_wrap(reader: Rings) -> None:
    """HPKE from RFC 9180's steps and the X-Wing combiner, with no HPKE of the library's."""
    import hashlib
    import hmac

    import cbor2
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sent = wrapped(reader)
    secret = reader.recipient_secret(THERE, sent.recipient)
    assert secret is not None
    to_post, to_x = sent.sealed[:1088], sent.sealed[1088:1120]
    x = X25519PrivateKey.from_private_bytes(secret[64:])
    post = MLKEM768PrivateKey.from_seed_bytes(secret[:64]).decapsulate(to_post)
    shared = hashlib.sha3_256(
        post
        + x.exchange(X25519PublicKey.from_public_bytes(to_x))
        + to_x
        + x.public_key().public_bytes_raw()
        + bytes.fromhex("5c2e2f2f5e5c")
    ).digest()
    suite = b"HPKE" + bytes.fromhex("647a00010002")

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(key: bytes, label: bytes, context: bytes, length: int) -> bytes:
        info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.digest(key, info + b"\x01", "sha256")[:length]

    plain = [PLACE, KID, 3, sent.recipient, HERE, THERE]
    info = b"libertad wrap v1\x00" + cbor2.dumps(plain, canonical=True)
    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    prk = extract(shared, b"secret", b"")
    key, nonce = expand(prk, b"key", context, 32), expand(prk, b"base_nonce", context, 12)
    assert AESGCM(key).decrypt(nonce, sent.sealed[1120:], b"") == KEY
