"""Erase a closed protection file by two caseworkers, when the time for which it is kept is over."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.erase_person import erase_person
from libertad.access.another_person import require_another
from libertad.care.actions._file import NO_FILE, protection_file
from libertad.care.models import CareFile
from libertad.care.retention import refusal
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import ErasureRefuse, ErasureRequest


@action("erasure.request")
def request_erasure(act: Act, *, person: str, reasons: str) -> str:
    """Returns the entry's hash. Refused as long as the file is kept, and while it is open."""
    place = protection_file(act, ErasureRequest.VERB, person)
    file = _file(act, place)
    if why := refusal(file["closed_at"] is not None, file["keep_until"], act.now.date()):
        raise why
    if "erasure" in file:
        raise Refused("person", "its erasure is asked for already; another caseworker decides")
    content = ErasureRequest(person=person, reasons=reasons)
    return act.say(place, content, subject=person, supersedes={}, source="decision")


@action("person.erase", "erasure.refuse")
def decide_erasure(act: Act, *, person: str, entry: str, agrees: str, reasons: str) -> int:
    """Returns how many files were erased, 0 where it is kept. `entry`: the request that the page showed.

    Only by another caseworker than who asked, and by no other account of that one. `reasons` of an erasure is
    kept without the file and names nobody. Refused under a legal hold. Files of another authority that lives
    on this node are its own to erase.
    """
    place = protection_file(act, ErasureRequest.VERB, person)
    standing = _file(act, place).get("erasure")
    if standing is None or standing["entry"] != entry:
        raise Refused("agrees", "nobody asks for this erasure any more; load the page again")
    if standing["officer"] == act.actor.officer:
        raise Forbidden("who asked for an erasure does not decide it")
    require_another(act, standing["officer"])
    if agrees not in ("yes", "no"):
        raise Refused("agrees", "say whether the file is erased or kept")
    if agrees == "no":
        content = ErasureRefuse(person=person, reasons=reasons)
        act.say(place, content, subject=person, supersedes={}, source="decision")
        return 0
    return erase_person(act, person=person, reason=reasons, hosted=False)


def _file(act: Act, place: str) -> dict[str, Any]:
    row = act.get(CareFile, place)
    if row is None or not act.reads(row["compartment"]):
        raise Refused("person", NO_FILE)
    return {**row, **act.open_row(CareFile, row)}
