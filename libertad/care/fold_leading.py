"""Entries -> which of two care authorities answers for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.care.leading import Agreement, Offer, agreement_of
from libertad.care.leading_models import Leading
from libertad.journal.causal import acted, as_said
from libertad.journal.fields import from_ms, to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs.leading import VERBS, LeadingOffer


@project(
    Leading,
    verbs=VERBS,
    key=lambda entry: (entry.compartment,),
    begins=content_of(LeadingOffer),
)
def leading_row(key: str, entries: Sequence[Said]) -> Row | None:
    """Words follow one another as they were said: no date that one claims puts it before another."""
    ordered = as_said(entries, acted)
    agreement = agreement_of(ordered)
    if agreement is None:
        return None
    columns: dict[str, Any] = {
        "person": agreement.records[0][1],
        "other_record": agreement.records[1][1],
        "records": [list(pair) for pair in agreement.records],
        "base": agreement.base,
        "leader": agreement.leader,
        "since": agreement.since,
        "ended_at": agreement.ended_at,
        "last_at": max(entry.at for entry in ordered),
        "offers": [
            [o.entry, o.by, o.leader, to_ms(o.at), o.on, o.reason, o.consent] for o in agreement.offers
        ],
    }
    return Row(key, columns, {"words": [_word(entry) for entry in ordered]})


def _word(entry: Said) -> dict[str, Any]:
    content: Any = entry.content
    return {
        "verb": entry.verb,
        "authority": entry.authority,
        "officer": entry.officer,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "leader": getattr(content, "leader", ""),
        "reason": getattr(content, "reason", ""),
        "on": getattr(content, "on", ""),
    }


def agreement_in(row: Mapping[str, Any]) -> Agreement:
    """What a row tells, by its columns."""
    (first, second) = ((str(authority), str(record)) for authority, record in row["records"])
    offers = tuple(
        Offer(entry, by, leader, from_ms(at), on, reason, consent)
        for entry, by, leader, at, on, reason, consent in row["offers"]
    )
    return Agreement((first, second), row["base"], row["leader"], row["since"], offers, row["ended_at"])


def agreement_of_row(row: Leading) -> Agreement:
    """The same of a row that `readable` gave."""
    names = ("records", "base", "leader", "since", "offers", "ended_at")
    return agreement_in({name: getattr(row, name) for name in names})
