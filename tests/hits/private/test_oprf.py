"""RFC 9497's own vectors come out; what is no point, no proof or no batch is refused before it is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.hits.private import group, oprf
from libertad.hits.private.group import BadPoint
from libertad.hits.private.oprf import SUITE, BadProof, Suite

# Appendix A.1.1 and A.1.2, from the working group's own file (github.com/cfrg/draft-irtf-cfrg-voprf).
MODES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "rfc9497_vectors.json").read_text(encoding="utf-8")
)
VECTORS = [(mode, vector) for mode in MODES for vector in mode["vectors"]]
WIDE = bytes(range(64))
OUTSIDE = {
    "short": bytes([2]) + bytes(30),
    "long": bytes([2]) + bytes(32),
    "identity": bytes(32),
    "not canonical": (2**255 - 19 + 2).to_bytes(32, "little"),
    "negative": (1).to_bytes(32, "little"),
    "no square": bytes.fromhex("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    "small order of Edwards": bytes.fromhex(
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    ),
    "all ones": b"\xff" * 32,
}


def parts(text: str) -> list[bytes]:
    return [bytes.fromhex(value) for value in text.split(",")]


def key_of(mode: dict[str, Any]) -> tuple[Suite, oprf.Key]:
    suite = Suite(mode["mode"])
    return suite, suite.key(bytes.fromhex(mode["seed"]), bytes.fromhex(mode["keyInfo"]))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"mode {mode['mode']}")
def test_a_key_comes_of_its_seed(mode: dict[str, Any]) -> None:
    _, key = key_of(mode)
    assert key.secret.hex() == mode["skSm"]
    assert key.public.hex() == mode.get("pkSm", key.public.hex())


def test_all_vectors_of_both_modes_and_the_batch_are_there() -> None:
    assert [(mode["mode"], vector["Batch"]) for mode, vector in VECTORS] == [
        (0, 1),
        (0, 1),
        (1, 1),
        (1, 1),
        (1, 2),
    ]


@pytest.mark.parametrize(("mode", "vector"), VECTORS)
def test_the_vectors_of_the_rfc_come_out(mode: dict[str, Any], vector: dict[str, Any]) -> None:
    suite, key = key_of(mode)
    inputs, blinds = parts(vector["Input"]), parts(vector["Blind"])
    blinded_inputs = [suite.blind(data, blind) for data, blind in zip(inputs, blinds, strict=True)]
    blinded = [blinding.element for blinding in blinded_inputs]
    assert blinded == parts(vector["BlindedElement"])
    proof = vector.get("Proof")
    r = bytes.fromhex(proof["r"]) if proof else None
    evaluated, proven = suite.evaluate(key, blinded, r)
    assert evaluated == parts(vector["EvaluationElement"])
    if proof:
        assert proven.hex() == proof["proof"]
        suite.verify(key.public, blinded, evaluated, proven)
    outputs = [
        suite.finalize(data, blinding.blind, answer)
        for data, blinding, answer in zip(inputs, blinded_inputs, evaluated, strict=True)
    ]
    assert outputs == parts(vector["Output"])
    assert outputs == [suite.value(key, data) for data in inputs]


@pytest.mark.parametrize("data", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_what_is_no_point_is_refused_on_both_sides(data: bytes) -> None:
    key = SUITE.key(bytes(32), b"")
    point = SUITE.blind(b"x").element
    with pytest.raises(BadPoint):
        SUITE.evaluate(key, [point, data])
    evaluated, proof = SUITE.evaluate(key, [point, point])
    with pytest.raises(BadPoint):
        SUITE.verify(key.public, [point, point], [evaluated[0], data], proof)
    with pytest.raises(BadPoint):
        SUITE.verify(data, [point, point], evaluated, proof)


def test_another_key_another_question_and_another_order_have_no_proof() -> None:
    key, other_key = SUITE.key(bytes(32), b"one"), SUITE.key(bytes(32), b"two")
    blinded = [SUITE.blind(data).element for data in (b"a", b"b", b"c")]
    evaluated, proof = SUITE.evaluate(key, blinded)
    SUITE.verify(key.public, blinded, evaluated, proof)
    wrong = [
        (other_key.public, blinded, evaluated, proof),
        (key.public, blinded[::-1], evaluated, proof),
        (key.public, blinded, [evaluated[0], evaluated[2], evaluated[1]], proof),
        (key.public, blinded, [*evaluated[:2], SUITE.evaluate(other_key, blinded)[0][2]], proof),
        (key.public, blinded[:2], evaluated[:2], proof),
        (key.public, blinded, evaluated[:2], proof),
        (key.public, [], [], proof),
        (key.public, blinded, evaluated, proof[:-1]),
        (key.public, blinded, evaluated, bytes(64)),
        (key.public, blinded, evaluated, bytes([proof[0] ^ 1]) + proof[1:]),
    ]
    for public, questions, answers, claimed_proof in wrong:
        with pytest.raises(BadProof):
            SUITE.verify(public, questions, answers, claimed_proof)


def test_a_scalar_that_is_not_reduced_is_no_proof() -> None:
    key = SUITE.key(bytes(32), b"")
    blinded = [SUITE.blind(b"a").element]
    evaluated, proof = SUITE.evaluate(key, blinded)
    same = (int.from_bytes(proof[:32], "little") + group.ORDER).to_bytes(32, "little")
    with pytest.raises(BadPoint, match="not reduced"):
        SUITE.verify(key.public, blinded, evaluated, same + proof[32:])


@pytest.mark.parametrize("count", [0, oprf.MOST_BATCH + 1])
def test_a_batch_has_its_bounds(count: int) -> None:
    key = SUITE.key(bytes(32), b"")
    with pytest.raises(ValueError, match="a batch has"):
        SUITE.evaluate(key, [SUITE.blind(b"a").element] * count)


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=4), st.binary(max_size=8))
def test_what_is_asked_is_what_the_owner_has(inputs: list[bytes], info: bytes) -> None:
    key = SUITE.key(bytes(32), info)
    blinded_inputs = [SUITE.blind(data) for data in inputs]
    evaluated, proof = SUITE.evaluate(key, [blinding.element for blinding in blinded_inputs])
    SUITE.verify(key.public, [blinding.element for blinding in blinded_inputs], evaluated, proof)
    for data, blinded_input, answer in zip(inputs, blinded_inputs, evaluated, strict=True):
        assert SUITE.finalize(data, blinded_input.blind, answer) == SUITE.value(key, data)


def test_one_input_is_asked_under_another_blind_each_time() -> None:
    assert SUITE.blind(b"a").element != SUITE.blind(b"a").element


def test_a_batch_is_filled_up_with_what_nobody_asked_and_answers_its_inputs() -> None:
    key = SUITE.key(bytes(32), b"")
    inputs = [b"a", b"b", b"c"]
    for size in (3, 4, 8):
        batch = SUITE.batch(inputs, size)
        assert len(batch.elements) == len({*batch.elements}) == size
        evaluated, proof = SUITE.evaluate(key, batch.elements)
        SUITE.verify(key.public, batch.elements, evaluated, proof)  # as of any questions
        assert SUITE.outputs(key.public, batch, evaluated, proof) == list(SUITE.values(key, inputs))
    known = [SUITE.element(data) for data in inputs]
    again = SUITE.batch(inputs, 4, known)
    assert not {*again.elements} & {*batch.elements, *known}
    assert SUITE.outputs(key.public, again, *SUITE.evaluate(key, again.elements)) == list(
        SUITE.values(key, inputs)
    )


def test_a_wrong_answer_to_a_filler_is_found_out_as_any_is() -> None:
    """Or an owner could try which of a batch are fillers."""
    key = SUITE.key(bytes(32), b"")
    batch = SUITE.batch([b"a", b"b"], 4)
    evaluated, proof = SUITE.evaluate(key, batch.elements)
    for place in range(4):
        for wrong, why in (
            (evaluated[place - 1], BadProof),
            (group.IDENTITY, BadPoint),
            (b"\xff" * 32, BadPoint),
        ):
            answers = [*evaluated[:place], wrong, *evaluated[place + 1 :]]
            with pytest.raises(why):
                SUITE.outputs(key.public, batch, answers, proof)


def test_only_whole_scalars_and_hashes_are_multiplied() -> None:
    scalar = group.random_scalar()
    for factor, wide in ((scalar[:-1], WIDE), (scalar, bytes(63)), (scalar, bytes(65)), (bytes(32), WIDE)):
        with pytest.raises(BadPoint):
            group.times(factor, group.mapped(wide))
