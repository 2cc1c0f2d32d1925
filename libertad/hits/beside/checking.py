"""The whole cross-check: our pairs, our model as Splink's settings, Splink's pairs, how far both agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from libertad.hits.beside import agreeing, columns, settings
from libertad.hits.beside.agreeing import Agreement, Joined
from libertad.hits.beside.splinked import Backend, Splink
from libertad.hits.matching.linking import Linked
from libertad.hits.matching.said import Said

LEAST = -20.0  # bits from which Splink tells a pair
HEAD = ("left_id", "right_id", "our_bits", "splink_bits", "explanation")


@dataclass(frozen=True)
class Checked:
    agreement: Agreement
    linked: Linked
    joined: Joined
    backend: Backend

    def as_json(self) -> dict[str, Any]:
        """For machines; shares beside the counts."""
        found = self.agreement
        told: dict[str, Any] = msgspec.to_builtins(found)
        shares = {"share_of_ours": found.of_ours, "share_of_splinks": found.of_splink}
        return {"backend": self.backend, **shares, **told}

    def rows(self) -> list[list[str]]:
        """Every pair that either finds, under a heading."""
        return [list(HEAD), *agreeing.listed(self.linked, self.joined, self.agreement.bits)]


def checked(
    linked: Linked, left: Said, right: Said | None, backend: Backend, folder: Path, least: float
) -> Checked:
    """`linked`: what ours found in these tables. `least`: the probability, between 0 and 1, from which a pair
    is found. What Splink is given stays in `folder`. Raises OSError, Missing of `splinked`, Senseless."""
    prepared = columns.prepared(folder, left, right)
    splink = Splink(prepared, backend, folder)
    chance = float(np.exp2(min(linked.prior.same, -1.0)))
    told = splink.sampled(settings.settings(linked.model, prepared.filled, chance, right is not None))
    (folder / "settings.json").write_bytes(msgspec.json.format(msgspec.json.encode(told)) + b"\n")
    joined = Joined.of(linked, splink.scored(told, LEAST))
    bits = math.log2(least / (1 - least))
    return Checked(agreeing.agreement(linked, joined, bits), linked, joined, backend)
