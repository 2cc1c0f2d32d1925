"""Erase an identity file by two officers, when the time for which it is kept is over."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.erase_person import erase_person
from libertad.access.another_person import require_another
from libertad.access.legal_holds import under_hold
from libertad.people.actions._person import own_person
from libertad.people.keeping import ALREADY, HELD, believed_keeping, refuse_early
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.keeping import PersonErasureRefuse, PersonErasureRequest


@action("person.erasure")
def request_identity_erasure(act: Act, *, person: str, reasons: str) -> str:
    """Returns the entry's hash. Refused as long as the file is kept, and under a legal hold."""
    row = own_person(act, person)
    standing = believed_keeping(act, person)
    if why := refuse_early(standing.until, act.now.date()):
        raise why
    if under_hold(act, person, (row["reference"],)):
        raise Refused("person", HELD)
    if standing.request is not None:
        raise Refused("person", ALREADY)
    content = PersonErasureRequest(reasons=reasons)
    return act.say(row["compartment"], content, subject=person, supersedes={}, source="decision")


@action("person.erase", "person.erasure_refuse")
def decide_identity_erasure(act: Act, *, person: str, entry: str, agrees: str, reasons: str) -> int:
    """Returns how many files were erased, 0 where it is kept. `entry`: the request that the page showed.

    Only by another officer than who asked, and by no other account of that one. `reasons` of an erasure is
    kept without the file and names nobody. Refused under a legal hold. Files of another authority that lives
    on this node are its own to erase.
    """
    row = own_person(act, person)
    standing = believed_keeping(act, person)
    request = standing.request
    if request is None or request["entry"] != entry:
        raise Refused("agrees", "nobody asks for this erasure any more; load the page again")
    if request["officer"] == act.actor.officer:
        raise Forbidden("who asked for an erasure does not decide it")
    require_another(act, request["officer"])
    if agrees not in ("yes", "no"):
        raise Refused("agrees", "say whether the file is erased or kept")
    if agrees == "no":
        content = PersonErasureRefuse(reasons=reasons)
        act.say(row["compartment"], content, subject=person, supersedes={}, source="decision")
        return 0
    if why := refuse_early(standing.until, act.now.date()):  # the day was moved meanwhile
        raise why
    return erase_person(act, person=person, reason=reasons, hosted=False)
