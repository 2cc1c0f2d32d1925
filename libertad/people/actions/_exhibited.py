"""Property that is an exhibit: where it is, its custody says. There are no two truths about one thing."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.access.matrix import matrix
from libertad.evidence.queries import exhibit_of
from libertad.vocabulary.values import Refused


def agree_with_custody(act: Act, state: str, exhibit: str) -> None:
    """Refused where a state contradicts the exhibit's custody, as far as the actor's authority reads it.

    Whose role reads no case (care) does not learn where it is, and so records no return of it.
    """
    if not exhibit:
        return
    row = exhibit_of(act, exhibit)
    if row is None and state == "returned" and not matrix().may_read(act.actor.role, "exhibit.seize"):
        raise Refused("state", "it is held as an exhibit: who holds it records the return, and it shows here")
    if row is None:
        return
    held = row["state"] != "returned"
    if held and state == "returned":
        raise Refused(
            "state",
            "it is exhibit %(reference)s: record its return there, and it shows here as well",
            reference=row["reference"],
        )
    if held and state != "held":
        raise Refused(
            "state",
            "it is exhibit %(reference)s and held as such: choose held",
            reference=row["reference"],
        )
    if not held and state != "returned":
        raise Refused(
            "state",
            "exhibit %(reference)s was returned to its owner: choose returned",
            reference=row["reference"],
        )
