"""Whom a passkey's word may be about: an entry of the same officer, in the same file."""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.confirmed import CONFIRMED
from libertad.access.grounds import Grounds
from libertad.vocabulary.verbs.vouching import EntryVouch


def judge_vouch(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whether the passkey's answer fits is no question of who may say it: that is shown with the entry."""
    entry = grounds.find_entry(cast(EntryVouch, claim.content).entry)
    if entry is None:
        return wait("the entry that it confirms has not arrived")
    own = (entry.authority, entry.officer, entry.compartment, entry.subject)
    if own != (claim.authority, claim.officer, claim.compartment, claim.subject):
        return refuse("it confirms what another officer said, or in another file")
    return None if entry.verb in CONFIRMED else refuse("no passkey confirms what that entry says")
