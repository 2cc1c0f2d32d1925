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
    key=lambda entry: (f"{entry.operation}:{entry.authority}:{getattr(entry.content, 'kind', '')}",),
)
def holding_limit_row(key: str, entries: Sequence[Said]) -> Row:
    """The later word holds; each earlier one stays visible."""
    last = entries[-1]
    versions = [_version_row(s) for s in entries]
    plain: dict[str, Any] = {
        "authority": last.authority,
        "kind": versions[-1]["kind"],
        "at": last.at,
        "zone": last.happened.zone,
        "officer": last.officer,
        "withdrawn": isinstance(last.content, LimitWithdraw),
        "rule": versions[-1]["rule"],
        "hours": versions[-1]["hours"],
    }
    words = {name: versions[-1][name] for name in WORDS}
    return Row(last.compartment, plain, {**words, "entry": last.id, "earlier": versions[:-1]})


def _version_row(entry: Said) -> dict[str, Any]:
    content = entry.content
    version: dict[str, Any] = {
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "officer": entry.officer,
        "entry": entry.id,
        "withdrawn": isinstance(content, LimitWithdraw),
    }
    for name in ("kind", "rule", *WORDS):
        version[name] = str(getattr(content, name, ""))
    return {**version, "hours": content.hours if isinstance(content, LimitConfirm) else 0}
