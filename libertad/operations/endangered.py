"""Which of a team's check-ins in danger are still open, by its entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.danger import TeamDangerClose
from libertad.vocabulary.verbs.operations import TeamCheckIn


def open_dangers(entries: Sequence[Said]) -> list[Said]:
    """Check-ins in danger that no closing names, the earliest first. A later 'all well' closes none of them:
    it may have been said under a threat, and nobody has said what was done."""
    named = {
        check_in
        for entry in entries
        if isinstance(entry.content, TeamDangerClose)
        for check_in in entry.content.check_in
    }
    return [
        entry
        for entry in entries
        if isinstance(entry.content, TeamCheckIn) and entry.content.danger and entry.id not in named
    ]


def danger_rows(alarms: Sequence[Said], compartment: str) -> list[list[Any]]:
    """[ms, zone, officer, authority, words, entry] of each, in order; words of the team's file alone."""
    return [
        [
            to_ms(entry.at),
            entry.happened.zone,
            entry.officer,
            entry.authority,
            getattr(entry.content, "note", "") if entry.compartment == compartment else "",
            entry.id,
        ]
        for entry in alarms
    ]


def closed_dangers(entries: Sequence[Said]) -> list[list[Any]]:
    """[ms, zone, officer, authority, words] of each closing."""
    return [
        [to_ms(entry.at), entry.happened.zone, entry.officer, entry.authority, entry.content.done]
        for entry in entries
        if isinstance(entry.content, TeamDangerClose)
    ]
