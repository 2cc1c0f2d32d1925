"""Entries -> confirmed limits on holding somebody. The row is of whoever speaks, whatever it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.people.limit_models import HoldingLimit
from libertad.vocabulary.verbs.custody import LimitConfirm, LimitWithdraw

WORDS = ("law", "text", "checked_with", "note", "reasons")


@project(
    HoldingLimit,
    verbs=("limit.confirm", "limit.withdraw"),
    key=lambda said: (f"{said.operation}:{said.authority}:{getattr(said.content, 'kind', '')}",),
)
def holding_limit_row(key: str, said: Sequence[Said]) -> Row:
    """The later word holds; each earlier one stays visible."""
    last = said[-1]
    told = [_told(s) for s in said]
    plain: dict[str, Any] = {
        "authority": last.authority, "kind": told[-1]["kind"], "at": last.at, "zone": last.happened.zone,
        "officer": last.officer, "withdrawn": isinstance(last.content, LimitWithdraw),
        "rule": told[-1]["rule"], "hours": told[-1]["hours"],
    }  # fmt: skip
    words = {name: told[-1][name] for name in WORDS}
    return Row(last.compartment, plain, {**words, "entry": last.id, "earlier": told[:-1]})


def _told(said: Said) -> dict[str, Any]:
    what = said.content
    found: dict[str, Any] = {
        "at": to_ms(said.at), "zone": said.happened.zone, "officer": said.officer, "entry": said.id,
        "withdrawn": isinstance(what, LimitWithdraw),
    }  # fmt: skip
    for name in ("kind", "rule", *WORDS):
        found[name] = str(getattr(what, name, ""))
    return {**found, "hours": what.hours if isinstance(what, LimitConfirm) else 0}
