"""Checkpoints: the C2SP form to the byte, and nothing but it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_sign_seed_keypair

from libertad.journal import checkpoint
from libertad.journal.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    cosign,
    parse,
    refuse_small_order,
    sign,
    verify,
)

SEED, WITNESS = bytes(range(32)), bytes(range(32, 64))
PUBLIC, WITNESS_PUBLIC = (crypto_sign_seed_keypair(seed)[0] for seed in (SEED, WITNESS))
NAME, WITNESS_NAME = "node.example/journal", "witness.example"
POINT = Checkpoint(NAME, 20852163, bytes(range(32)))
KEYS = [(NAME, PUBLIC)]
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def test_the_text_is_three_lines_and_the_note_a_blank_line_more() -> None:
    lines = sign(POINT, NAME, SEED).split("\n")
    assert lines[:4] == [NAME, "20852163", base64.b64encode(POINT.root).decode(), ""]
    assert lines[4].startswith("— node.example/journal ")
    assert lines[5:] == [""]


def test_the_published_example_parses_and_its_signature_has_the_published_form() -> None:
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    signed = parse(note)
    assert signed.checkpoint.size == 20852163
    assert len(signed.signatures[0].signature) == 64
    assert signed.note() == note


def test_the_key_id_of_a_published_verifier_key() -> None:
    """The sum.golang.org key, published in Go's source, carries its key id in hexadecimal."""
    name, stated, encoded = ["sum.golang.org", "033de0ae", "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"]
    key = base64.b64decode(encoded)
    assert key[:1] == checkpoint.ED25519
    assert checkpoint.key_id(name, key[1:]).hex() == stated


def test_a_signed_checkpoint_is_verified_and_kept_whole() -> None:
    note = sign(POINT, NAME, SEED)
    assert verify(note, KEYS).checkpoint == POINT
    assert verify(note, dict(KEYS)).note() == note


def test_cosignatures_are_kept_and_counted() -> None:
    note = cosign(sign(POINT, NAME, SEED), WITNESS_NAME, WITNESS)
    signed = verify(note, KEYS)
    assert [signature.name for signature in signed.signatures] == [NAME, WITNESS_NAME]
    both = [*KEYS, (WITNESS_NAME, WITNESS_PUBLIC)]
    assert checkpoint.signers(signed, both) == {NAME, WITNESS_NAME}
    assert checkpoint.signers(parse(sign(POINT, NAME, SEED)), both) == {NAME}
    assert verify(note, both).note() == note


def test_a_wrong_signature_of_a_known_key_refuses_the_whole_note() -> None:
    forged = checkpoint.Signed(POINT._replace(size=7), parse(sign(POINT, NAME, SEED)).signatures).note()
    for note in (forged, cosign(forged, WITNESS_NAME, WITNESS)):
        with pytest.raises(BadCheckpoint, match="wrong"):
            verify(note, [*KEYS, (WITNESS_NAME, WITNESS_PUBLIC)])


def test_a_note_signed_by_no_known_key_is_refused() -> None:
    note = sign(POINT, NAME, SEED)
    for keys in ([], [("another", PUBLIC)], [(NAME, WITNESS_PUBLIC)]):
        with pytest.raises(BadCheckpoint, match="no known key"):
            verify(note, keys)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 7))
def test_a_note_with_any_bit_changed_is_refused(at: int, bit: int) -> None:
    note = sign(POINT, NAME, SEED).encode()
    at %= len(note)
    changed = note[:at] + bytes([note[at] ^ 1 << bit]) + note[at + 1 :]
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(BadCheckpoint):
        verify(text, KEYS)


GOOD = sign(POINT, NAME, SEED)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "x\n",
        GOOD.replace("\n\n", "\n"),
        GOOD.replace("\n\n", "\nextension\n\n"),
        GOOD.replace("20852163", "020852163"),
        GOOD.replace("20852163", "+20852163"),
        GOOD.replace("20852163", "20852163 "),
        GOOD.replace("20852163", "٣"),
        GOOD.replace("20852163", ""),
        GOOD.replace(NAME, "", 1),
        GOOD.replace("—", "--"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("AAEC", "AAE", 1),
        GOOD.replace("Hh8=", "Hh9="),
        GOOD.replace("— node", "— no+de"),
        GOOD.replace("node", "no\0de"),
        GOOD.replace("node", "no\ud800de"),
        GOOD + GOOD[GOOD.index("—") :] * 64,
        GOOD.split("—")[0] + "— n AAAA\n",
    ],
)
def test_text_in_any_other_form_is_refused(note: str) -> None:
    with pytest.raises(BadCheckpoint):
        parse(note)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb"])
def test_a_key_name_with_spaces_or_plus_signs_nothing(name: str) -> None:
    with pytest.raises(BadCheckpoint):
        sign(POINT, name, SEED)


def test_the_origin_is_one_line() -> None:
    with pytest.raises(BadCheckpoint):
        sign(POINT._replace(origin="a\n5"), NAME, SEED)


def added(left: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
    """Twisted Edwards addition, a = -1."""
    k = D * left[0] * two[0] * left[1] * two[1] % P
    x = (left[0] * two[1] + two[0] * left[1]) * pow(1 + k, -1, P)
    return x % P, (left[1] * two[1] + left[0] * two[0]) * pow(1 - k, -1, P) % P


def decoded(key: bytes) -> tuple[int, int] | None:
    """The point of an encoding, as a lenient decoder reads it."""
    number = int.from_bytes(key, "little")
    y = number % 2**255 % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    return (P - x if x % 2 != number >> 255 else x) % P, y


def test_every_refused_key_is_a_point_of_small_order_and_none_is_missing() -> None:
    points = set()
    for key in checkpoint.SMALL_ORDER:
        point = decoded(key)
        assert point is not None
        points.add(point)
        for _ in range(3):
            point = added(point, point)
        assert point == (0, 1)
    assert len(points) == 8  # the whole torsion group
    encodings = {
        (y + lift | sign << 255).to_bytes(32, "little")
        for _, y in points
        for lift in (0, P)
        if y + lift < 2**255
        for sign in (0, 1)
    }
    assert encodings == checkpoint.SMALL_ORDER
    assert len(encodings) == 14


@pytest.mark.parametrize("key", sorted(checkpoint.SMALL_ORDER))
def test_a_key_of_small_order_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="small order"):
        refuse_small_order(key)


def test_an_ordinary_key_is_taken_and_a_short_one_refused() -> None:
    refuse_small_order(PUBLIC)
    with pytest.raises(ValueError, match="32"):
        refuse_small_order(PUBLIC[:31])
