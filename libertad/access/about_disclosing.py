"""To whom what is disclosed may go."""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.file_ids import opening_of
from libertad.access.grounds import Grounds
from libertad.vocabulary import kinds
from libertad.vocabulary.verbs.access import CompartmentOpen
from libertad.vocabulary.verbs.disclosing import SAFEKEEPING, DisclosureGive

RECEIVERS = "what keeps somebody safe is told to nobody but who receives people"


def judge_give(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By the file's owner; what keeps somebody safe in a file that nobody reads but who receives people."""
    if claim.owner != claim.authority:
        return refuse("only the file's owner says this")
    if all(item.kind not in SAFEKEEPING for item in cast(DisclosureGive, claim.content).items):
        return None
    openings = grounds.entries(f"access.Compartment:{claim.compartment}")
    if not openings:
        return wait("the entry that opens its file has not arrived")
    readers = set(cast(CompartmentOpen, opening_of(openings).content).reader) - {claim.owner}
    found = [grounds.member(reader, claim.operation).kind for reader in sorted(readers)]
    if any(kind and not kinds.receives(kind) for kind in found):
        return refuse(RECEIVERS)
    return None if all(found) else wait("one of those who read the file is not known here yet")
