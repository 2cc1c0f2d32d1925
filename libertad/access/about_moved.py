"""What is said in another kind of file since. Safety plans, interpreters and disclosures, which whoever
decides about a person may not read, stood in the protection file until that opened with its owner alone."""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Claim, Verdict
from libertad.access.file_ids import opening_of
from libertad.access.grounds import Grounds
from libertad.access.matrix import matrix
from libertad.vocabulary.verbs import access as say

# Nobody's fault, so no alarm: as of what is said in a retired way.
MOVED: Verdict = ("retired", "said where it is said no more: kept and passed on, counted in nothing")


def judge_moved(claim: Claim, grounds: Grounds) -> Verdict | None:
    """None for what is said where its verb is said today, or stands where it was said until it moved.

    A file says by its opening whether it is of before: that named further readers at once. In one that opened
    with its owner alone nothing is believed of a verb that moved; at home nothing of it is said in any.
    """
    if not claim.entry or claim.kind not in matrix().entries[claim.verb].before:
        return None
    if grounds.hosted(claim.authority):
        return None  # on file of before; its own words are not judged again
    openings = grounds.entries(f"access.Compartment:{claim.compartment}")
    if not openings:
        return None  # it waits for the opening, for another reason
    content = cast(say.CompartmentOpen, opening_of(openings).content)
    return MOVED if set(content.reader) <= {content.owner} else None
