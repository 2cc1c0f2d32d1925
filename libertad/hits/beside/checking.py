"""The whole cross-check: our pairs, our model as Splink's settings, Splink's pairs, how far both agree; or
Splink's pairs alone, where a table is too large for ours to compare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from libertad.hits.beside import agreeing, columns, settings
from libertad.hits.beside.agreeing import Agreement, Joined
from libertad.hits.beside.splinked import Backend, Scored, Splink
from libertad.hits.matching.columns import Said
from libertad.hits.matching.linking import Linked
from libertad.hits.matching.model import Model, Prior, probability
from libertad.hits.matching.model_file import Trained

LEAST = -20.0  # bits from which Splink tells a pair
HEAD_ALONE = ("left_id", "right_id", "bits", "probability")
HEAD = ("left_id", "right_id", "our_bits", "splink_bits", "explanation")


@dataclass(frozen=True)
class Checked:
    agreement: Agreement
    linked: Linked
    joined: Joined
    backend: Backend

    def as_json(self) -> dict[str, Any]:
        """For machines; shares beside the counts."""
        agreement = self.agreement
        fields: dict[str, Any] = msgspec.to_builtins(agreement)
        shares = {"share_of_ours": agreement.of_ours, "share_of_splinks": agreement.of_splink}
        return {"backend": self.backend, **shares, **fields}

    def rows(self) -> list[list[str]]:
        """Every pair that either finds, under a heading."""
        return [list(HEAD), *agreeing.listed(self.linked, self.joined, self.agreement.bits)]


def checked(
    linked: Linked, left: Said, right: Said | None, backend: Backend, folder: Path, threshold: float
) -> Checked:
    """`linked`: what ours found in these tables. `threshold`: the probability, between 0 and 1, from which a
    pair is found. What Splink is given stays in `folder`. Raises OSError, Missing of `splinked`, Senseless.
    """
    scored = _scored(linked.model, linked.prior, left, right, backend, folder, LEAST)
    joined = Joined.of(linked, scored)
    return Checked(agreeing.agreement(linked, joined, _bits(threshold)), linked, joined, backend)


def alone(
    trained: Trained | None, left: Said, right: Said | None, backend: Backend, folder: Path, threshold: float
) -> list[list[str]]:
    """The pairs that Splink finds with our model, the best first, under a heading; ours compares nothing.
    Arguments and errors as for `checked`."""
    other_records = max(len(left if right is None else right) - (right is None), 1)
    model, prior = (
        (trained.model, trained.prior(other_records)) if trained else (Model(), Prior.of(1.0, other_records))
    )
    scored = _scored(model, prior, left, right, backend, folder, _bits(threshold))
    ids = left.ids if right is None else [*left.ids, *right.ids]
    chance = probability(scored.bits)
    return [list(HEAD_ALONE)] + [
        [ids[scored.one[at]], ids[scored.other[at]], f"{scored.bits[at]:.2f}", f"{chance[at]:.4f}"]
        for at in np.lexsort((scored.other, scored.one, -scored.bits)).tolist()
    ]


def _scored(
    model: Model, prior: Prior, left: Said, right: Said | None, backend: Backend, folder: Path, bits: float
) -> Scored:
    prepared = columns.prepared(folder, left, right)
    splink = Splink(prepared, backend, folder)
    chance = float(np.exp2(min(prior.same, -1.0)))
    sampled_settings = splink.sampled(settings.settings(model, prepared.filled, chance, right is not None))
    (folder / "settings.json").write_bytes(msgspec.json.format(msgspec.json.encode(sampled_settings)) + b"\n")
    return splink.scored(sampled_settings, bits)


def _bits(chance: float) -> float:
    return math.log2(chance / (1 - chance))
