"""Words that are acts by being said: at a desk, and between two care authorities about who answers.

None dates itself before what was said in its file earlier, by the device's clock: whoever dates a word back
would make an offer that is over one that was declined in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from libertad.access.claims import Claim, Verdict, refuse
from libertad.access.grounds import Grounds
from libertad.journal import folding
from libertad.vocabulary.verbs.desk import VERBS as DESK
from libertad.vocabulary.verbs.leading import VERBS as LEADING

BACKDATED = "it dates itself before what was said at that desk already"
OWNER = "only the file's owner says this"


def judge_desk(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Said by the file's owner, and not dated back."""
    if claim.owner != claim.authority:
        return refuse(OWNER)
    return judge_leading(claim, grounds)


def judge_leading(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Not dated back; that its authority is one of the two that read the file was asked before."""
    if claim.at is None or claim.clock is None:
        return None
    for projection in folding.BY_VERB.get(claim.verb, ()):
        for entry in grounds.entries(projection.touch(claim.compartment)):
            if entry.clock < claim.clock and entry.at > claim.at:
                return refuse(BACKDATED)
    return None


UNDATED: Mapping[str, Callable[[Claim, Grounds], Verdict | None]] = {
    **dict.fromkeys(DESK, judge_desk),
    **dict.fromkeys(LEADING, judge_leading),
}
