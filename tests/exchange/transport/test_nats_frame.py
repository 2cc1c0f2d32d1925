"""One message: parcels in steps of size, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.exchange.transport import nats_frame


@given(st.lists(st.integers(1, 70_000), max_size=30))
def test_parcels_come_out_as_they_went_in_and_sizes_are_steps(sizes):
    parcels = [bytes([1 + number % 255]) * size for number, size in enumerate(sizes)]
    messages = [nats_frame.pack(batch) for batch in nats_frame.batches(parcels)]
    assert all(len(message) in nats_frame.STEPS[:5] for message in messages)
    assert [parcel for message in messages for parcel in nats_frame.unpack(message)] == parcels


def test_a_single_large_entry_fits_and_a_larger_one_is_refused():
    (batch,) = nats_frame.batches([bytes([7]) * nats_frame.MOST_PARCEL])
    assert len(nats_frame.pack(batch)) == nats_frame.STEPS[-1]
    for size in (0, nats_frame.MOST_PARCEL + 1):
        with pytest.raises(ValueError, match="parcel of"):
            list(nats_frame.batches([bytes(size)]))


@given(st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_refused(raw):
    for message in (raw, b"\x01" + raw):
        try:
            parcels = nats_frame.unpack(message)
        except nats_frame.BadMail:
            continue
        assert message.startswith(b"\x01" + b"".join(len(p).to_bytes(4, "big") + p for p in parcels))
