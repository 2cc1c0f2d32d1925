"""Break-glass entries -> what was broken, and what a second person made of it."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.glass import NOT_RIGHT
from libertad.access.glass_models import BrokenGlass
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs.glass import GlassBreak, GlassReview


def _key(entry: Said) -> tuple[str, ...]:
    return (entry.content.entry if isinstance(entry.content, GlassReview) else entry.id,)


@project(BrokenGlass, verbs=("glass.break", "glass.review"), key=_key, joined=True)
def broken_row(key: str, entries: Sequence[Said]) -> Row | None:
    """Of several reviews one that says 'not right' counts, else the first."""
    broken = next((s for s in entries if s.id == key and isinstance(s.content, GlassBreak)), None)
    if broken is None or not isinstance(broken.content, GlassBreak):
        return None
    reviews = [
        (s, s.content)
        for s in as_said(entries)
        if isinstance(s.content, GlassReview)
        and (s.compartment, s.authority) == (broken.compartment, broken.authority)
        and s.officer not in ("", broken.officer)
    ]
    review = next((pair for pair in reviews if pair[1].verdict == NOT_RIGHT), reviews[0] if reviews else None)
    return Row(
        broken.compartment,
        {
            "person": broken.subject,
            "way": broken.content.way,
            "reader": broken.content.reader,
            "officer": broken.officer,
            "authority": broken.authority,
            "at": broken.at,
            "said": broken.clock,
            "verdict": review[1].verdict if review else "",
            "reviewed_by": review[0].officer if review else "",
            "reviewed": review[0].at if review else None,
        },
        {"words": broken.content.words, "review": review[1].words if review else ""},
    )
