"""Whom a second reading of a release or a stage may be about: another officer's word of the detention."""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.grounds import Grounds
from libertad.access.subjects import judge_subject
from libertad.vocabulary.verbs.custody import DetentionRead


def judge_read(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By police or prosecution of the country; what was read stands in the same file about the same
    detention, and another officer said it."""
    verdict = judge_subject("own", claim, grounds)
    if verdict is not None and (verdict := judge_subject("responsible", claim, grounds)) is not None:
        return verdict
    name = cast(DetentionRead, claim.content).entry
    entries = grounds.entries(f"people.Detention:{claim.subject}")
    word = next((entry for entry in entries if entry.id == name), None)
    if word is None:
        return wait("what it reads has not arrived")
    if claim.officer in ("", word.officer):
        return refuse("who recorded it does not read it second")
    return None
