"""Ways in which a peer with a good key can lie, each with what the refusal says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from libertad.exchange.protocol.messages import Parcel, PullRequest, pack
from libertad.journal import header, tree
from tests.exchange.making import SUMMARY
from tests.support.lying import Liar, Made, bomb

Make = Callable[[Liar, PullRequest], Made]
LIES: dict[str, tuple[Make, str]] = {}
THIRD: Any = None  # the third party, for lies that need one


def lie(says: str) -> Callable[[Make], Make]:
    """A way of lying, and what the refusal says."""

    def register(make: Make) -> Make:
        LIES[make.__name__] = (make, says)
        return make

    return register


def changed(parcel: Parcel, **fields: Any) -> Parcel:
    return msgspec.structs.replace(parcel, **fields)


def entry(parcel: Parcel, place: int, **fields: Any) -> Parcel:
    entries = list(parcel.entries)
    entries[place] = msgspec.structs.replace(entries[place], **fields)
    return changed(parcel, entries=entries)


def proven(liar: Liar, ask: PullRequest) -> Parcel:
    """A parcel with hashes in its proof."""
    return next(parcel for parcel in liar.honest(ask) if parcel.proof)


@lie("its proof is wrong")
def a_shorter_proof(liar: Liar, ask: PullRequest) -> Made:
    return [changed(parcel, proof=parcel.proof[:-1]) for parcel in [proven(liar, ask)]]


@lie("its proof is wrong")
def a_longer_proof(liar: Liar, ask: PullRequest) -> Made:
    return [changed(parcel, proof=[*parcel.proof, bytes(32)]) for parcel in liar.honest(ask)]


@lie("its proof is wrong")
def a_proof_of_short_hashes(liar: Liar, ask: PullRequest) -> Made:
    parcel = proven(liar, ask)
    return [changed(parcel, proof=[part[:31] for part in parcel.proof])]


@lie("proof")
def a_proof_of_another_range(liar: Liar, ask: PullRequest) -> Made:
    first, second, *_ = liar.honest(ask)
    return [changed(first, proof=second.proof or [bytes(32)])]


@lie("does not lead to the checkpoint")
def an_entry_left_out(liar: Liar, ask: PullRequest) -> Made:
    """Its place is covered by another hash than its own."""
    parcel = liar.honest(ask)[0]
    omitted = parcel.entries[1].idx
    entries = [e for e in parcel.entries if e.idx != omitted]
    proof = tree.gaps(parcel.start, parcel.end, [e.idx for e in entries], _Zeros())
    return [changed(parcel, entries=entries, proof=proof)]


class _Zeros:
    """A tree of nothing."""

    def subtree(self, level: int, index: int) -> bytes:
        return bytes(32)


@lie("its checkpoint is wrong")
def a_checkpoint_that_a_third_node_signed(liar: Liar, ask: PullRequest) -> Made:
    return [changed(parcel, note=THIRD.node.signed(parcel.end, bytes(32))) for parcel in liar.honest(ask)]


@lie("does not lead to the checkpoint")
def a_checkpoint_of_the_right_size_and_a_wrong_root(liar: Liar, ask: PullRequest) -> Made:
    return [
        changed(parcel, note=liar.party.node.signed(parcel.end, bytes(32))) for parcel in liar.honest(ask)
    ]


@lie("its checkpoint is not that of its range")
def an_old_checkpoint(liar: Liar, ask: PullRequest) -> Made:
    return [changed(parcel, note=liar.peer_record().note) for parcel in liar.honest(ask)]


@lie("its checkpoint is wrong")
def a_checkpoint_that_is_none(liar: Liar, ask: PullRequest) -> Made:
    return [changed(parcel, note=SUMMARY * 100) for parcel in liar.honest(ask)]


@lie("its checkpoint is wrong")
def a_checkpoint_that_was_changed(liar: Liar, ask: PullRequest) -> Made:
    return [
        changed(parcel, note=parcel.note.replace("libertad/", "libertao/", 1)) for parcel in liar.honest(ask)
    ]


@lie("it begins at")
def parcels_out_of_order(liar: Liar, ask: PullRequest) -> Made:
    first, second, *rest = liar.honest(ask)
    return [second, first, *rest]


@lie("not in order")
def entries_out_of_order(liar: Liar, ask: PullRequest) -> Made:
    parcel = liar.honest(ask)[0]
    return [changed(parcel, entries=parcel.entries[::-1])]


@lie("not in order")
def an_entry_outside_its_range(liar: Liar, ask: PullRequest) -> Made:
    parcel = liar.honest(ask)[0]
    return [entry(parcel, -1, idx=parcel.end + 5)]


@lie("indices are out of range")
def a_range_that_ends_before_it_begins(liar: Liar, ask: PullRequest) -> Made:
    parcel = liar.honest(ask)[0]
    return [changed(parcel, start=parcel.end, end=parcel.start)]


@lie("not a message of this version")
def an_index_beyond_all_numbers(liar: Liar, ask: PullRequest) -> Made:
    return [changed(liar.honest(ask)[0], end=1 << 62)]


@lie("signature: not this device's")
def a_forged_signature(liar: Liar, ask: PullRequest) -> Made:
    return [entry(liar.honest(ask)[0], 0, signature=bytes(64))]


@lie("signature: not this device's")
def a_signature_of_no_length(liar: Liar, ask: PullRequest) -> Made:
    return [entry(liar.honest(ask)[0], 0, signature=b"")]


@lie("body: not the bytes")
def a_changed_body(liar: Liar, ask: PullRequest) -> Made:
    parcel = liar.honest(ask)[0]
    body = parcel.entries[0].body or b""
    return [entry(parcel, 0, body=body[:-1] + bytes([body[-1] ^ 1]))]


@lie("it was cut off on the way")
def a_body_that_was_cut(liar: Liar, ask: PullRequest) -> Made:
    parcel = liar.honest(ask)[0]
    return [entry(parcel, 0, body=(parcel.entries[0].body or b"")[:-1])]


@lie("version 99 is not 1")
def a_header_of_version_99(liar: Liar, ask: PullRequest) -> Made:
    exact = liar.honest(ask)[0].entries[0]
    later = b"\x8a\x18\x63" + exact.header[2:]
    return [liar.extension((later, exact.signature, exact.body))]


@lie("header")
def a_header_whose_class_is_a_name(liar: Liar, ask: PullRequest) -> Made:
    carried = liar.honest(ask)[0].entries[0]
    head = header.decode(carried.header)._replace(type_class=SUMMARY)
    return [liar.extension((head.encode(), carried.signature, carried.body))]


@lie("not compressed as agreed")
def noise(liar: Liar, ask: PullRequest) -> Made:
    return [bytes(range(256)) * 4]


@lie("not compressed as agreed")
def a_parcel_that_was_cut(liar: Liar, ask: PullRequest) -> Made:
    return [pack(liar.honest(ask)[0])[:-7]]


@lie("not compressed as agreed")
def two_frames(liar: Liar, ask: PullRequest) -> Made:
    return [pack(liar.honest(ask)[0]) * 2]


@lie("larger than")
def a_bomb_that_says_so(liar: Liar, ask: PullRequest) -> Made:
    return [bomb(1 << 30, 1 << 30)]


@lie("larger than")
def a_bomb_that_does_not_say(liar: Liar, ask: PullRequest) -> Made:
    return [bomb(1 << 30, None)]


@lie("not compressed as agreed")
def a_bomb_that_says_less(liar: Liar, ask: PullRequest) -> Made:
    return [bomb(1 << 30, 1000)]


@lie("not a message of this version")
def nothing_but_nesting(liar: Liar, ask: PullRequest) -> Made:
    import zstandard

    return [zstandard.ZstdCompressor().compress(b"\x81\xa1w" + b"\x91" * 100_000)]


@lie("not a message of this version")
def four_million_empty_lists(liar: Liar, ask: PullRequest) -> Made:
    return [lists(3_900_000)]


def lists(count: int) -> bytes:
    import zstandard

    plain = b"\x81\xa1w\x81\xa1f\xdd" + count.to_bytes(4, "big") + b"\x90" * count
    return zstandard.ZstdCompressor().compress(plain)


@lie("more parts than were asked for")
def an_endless_answer(liar: Liar, ask: PullRequest) -> Made:
    while True:
        yield Parcel(start=ask.after, end=ask.after, head=ask.after)


@lie("more parts than were asked for")
def an_endless_answer_of_old_news(liar: Liar, ask: PullRequest) -> Made:
    parcel = Parcel(start=0, end=1, head=1)
    while True:
        yield parcel


@lie("fills in below another place")
def older_entries_of_another_tree(liar: Liar, ask: PullRequest) -> Made:
    parcel = liar.honest(ask)[0]
    return [changed(parcel, fill=bytes(15) + b"\x01", size=parcel.end + 1000)]


@lie("fills in entries of another file")
def older_entries_of_another_file(liar: Liar, ask: PullRequest) -> Made:
    from libertad.exchange.sending.sender import Outgoing

    outgoing = Outgoing(liar.party.node, liar.party.node.sql(), liar.victim.node.key.origin)
    row = outgoing.sql.all("select compartment, idx from journal_entry where idx < ?", (ask.after,))
    places = {place for place, _ in row}
    for place in sorted(places):
        for parcel in outgoing.fill(bytes.fromhex(place), 0, ask.after, 65536, 8):
            if parcel.entries:
                return [changed(parcel, fill=bytes(15) + b"\x01")]
    raise AssertionError("there is nothing to fill in")
