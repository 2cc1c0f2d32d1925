"""Which word of a name stands for which of another, however many names are compared in one go."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from libertad.hits.matching import Name, Record, name_alignment
from libertad.hits.matching.comparison import Context
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import Model
from libertad.hits.matching.record_table import Words, build_frame
from tests.hits.matching.test_linking import PEOPLE, crowd, person

NAMES = [
    *(person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)),
    *crowd()[:40],
    Record("b0", (Name("Peña, Yulimar"), Name("Julimar P. Rojas"))),
    Record("b1", (Name("Y. Rojas Peña"),)),
    Record("b2"),
    Record("b3", (Name(given="Rojas", family="Yulimar"),)),
]


def aligned() -> name_alignment.Aligned:
    words = Words()
    frame = build_frame(NAMES, words)
    each = np.arange(len(NAMES))
    left, right = (grid.ravel() for grid in np.meshgrid(each, each))
    return Context.of(words, frame).compare(frame, frame, left, right, Model()).names


def test_names_align_alike_on_one_sheet_and_by_their_widths(monkeypatch: pytest.MonkeyPatch) -> None:
    together = aligned()
    monkeypatch.setattr(name_alignment, "FEW", 0)
    apart = aligned()
    for field in fields(together):
        assert np.array_equal(getattr(together, field.name), getattr(apart, field.name)), field.name


def test_what_is_counted_is_what_was_taken() -> None:
    alignment = aligned()
    ways = alignment.steps[:, :, 2]
    for way in How:
        if way != How.DIFFERENT:
            assert np.array_equal(alignment.counts[:, way], (ways == way).sum(1))
    assert alignment.surprise == pytest.approx(alignment.told.sum(1), abs=1e-4)
    assert (alignment.kin.sum(1) <= (ways >= 0).sum(1)).all() and (
        alignment.kin_told <= alignment.surprise + 1e-4
    ).all()


def test_a_word_is_taken_once_and_the_best_first() -> None:
    alignment = aligned()
    own = np.arange(len(NAMES)) * (len(NAMES) + 1)
    for steps in alignment.steps[own]:
        pairs = steps[steps[:, 2] >= 0]
        assert set(pairs[:, 2].tolist()) <= {How.SAME}
        assert len(set(pairs[:, 0].tolist())) == len(set(pairs[:, 1].tolist())) == len(pairs)
