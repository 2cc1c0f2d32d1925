"""Whom the word that two records are of one person may be about; and at home what it rests on.

At home nobody links two records without a proposal of the own authority about just these two, or a hit of
which the speaker is the second reader: whatever action says it (`ungrounded`). What arrives is not refused
for that: older nodes say it without, and what was read second in another authority's own file is not known
here. It is marked as by one instead (`people/fold_linking`).
"""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Claim, Verdict, refuse
from libertad.access.grounds import Grounds
from libertad.access.subjects import judge_subject
from libertad.vocabulary.verbs.hits import HitRead
from libertad.vocabulary.verbs.linking import LinkPropose
from libertad.vocabulary.verbs.people import PersonSame

SECOND = "a second person confirms that two records are of one person"


def judge_same(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By a reader of the file, of a person in it; at home with what a second person is known by."""
    return judge_subject("reader", claim, grounds) or (None if claim.entry else ungrounded(claim, grounds))


def ungrounded(claim: Claim, grounds: Grounds) -> Verdict | None:
    """None where the word that a claim at home names is a proposal of just this, or a second reading."""
    content = cast(PersonSame, claim.content)
    word = grounds.find_entry(claim.proof) if claim.proof else None
    if word is None or word.authority != claim.authority:
        return refuse(SECOND)
    if isinstance(word.content, HitRead):
        read = word.officer == claim.officer and word.content.agrees == "yes"
        return None if read else refuse(SECOND)
    if not isinstance(word.content, LinkPropose):
        return refuse(SECOND)
    proposed = (word.compartment, word.subject, word.content.other, word.content.recorded_twice)
    said = (claim.compartment, claim.subject, content.other, content.recorded_twice)
    return None if proposed == said else refuse(SECOND)
