"""Which of a team's check-ins in danger are still open, by its entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.danger import TeamDangerClose
from libertad.vocabulary.verbs.operations import TeamCheckIn


def open_dangers(said: Sequence[Said]) -> list[Said]:
    """Check-ins in danger that no closing names, the earliest first. A later 'all well' closes none of them:
    it may have been said under a threat, and nobody has said what was done."""
    named = {entry for s in said if isinstance(s.content, TeamDangerClose) for entry in s.content.check_in}
    return [s for s in said if isinstance(s.content, TeamCheckIn) and s.content.danger and s.id not in named]


def closed_dangers(said: Sequence[Said]) -> list[list[Any]]:
    """[ms, zone, officer, authority, words] of each closing."""
    return [
        [to_ms(s.at), s.happened.zone, s.officer, s.authority, s.content.done]
        for s in said
        if isinstance(s.content, TeamDangerClose)
    ]
