"""Whom a break-glass, and the review of one, may be about."""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.glass import DISCLOSE, READ
from libertad.access.grounds import Grounds
from libertad.vocabulary.verbs.glass import GlassBreak, GlassReview


def judge_break(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By an officer of an authority that reads the file, of the person whose file it is: a protection file is
    opened, and a file is shared by its owner alone, as `compartment.readers` is."""
    place = grounds.place(claim.compartment)
    if place is None:
        return wait("the entry that opens its file has not arrived")
    if not claim.officer:
        return refuse("an officer does it, and no node by itself")
    if claim.subject != place.about:
        return refuse("it is about another person than its file")
    content = cast(GlassBreak, claim.content)
    if content.way == READ:
        return None if place.kind in ("care", "desk") else refuse("only a protection file is opened so")
    if content.way == DISCLOSE and place.kind != "desk":
        return refuse("what is disclosed is said at the desk")
    return None if place.owner == claim.authority else refuse("only the file's owner shares it")


def judge_review(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By a second person of the same authority, in the same file. Who of them it is for, and that no second
    account of the officer does it, is asked at home."""
    name = cast(GlassReview, claim.content).entry
    entries = grounds.entries(f"access.BrokenGlass:{name}")
    broken = next((s for s in entries if s.id == name and isinstance(s.content, GlassBreak)), None)
    if broken is None:
        return wait("what it reviews has not arrived")
    if (broken.compartment, broken.subject) != (claim.compartment, claim.subject):
        return refuse("it was said in another file, or of another person")
    if broken.authority != claim.authority:
        return refuse("an authority reviews what its own officers did")
    if claim.officer in ("", broken.officer):
        return refuse("a second person says whether it was right")
    return None
