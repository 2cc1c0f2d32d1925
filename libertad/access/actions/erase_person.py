"""Erase a person: the keys of the person's identity and protection files and desk are destroyed for good."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.answer_complaint import complaints_of
from libertad.access.legal_holds import under_hold
from libertad.access.models import Compartment
from libertad.journal import erase
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import PersonErase

KINDS = ("person", "care", "desk", "disclosure", "leading")
NAMED = ("person.meet", "care.person", "disclosure.propose", "disclosure.give")


def references(act: Act, files: list[str]) -> set[str]:
    """The references that these files give the person: a hold may have been placed on one of them."""
    rows = [
        row
        for file in files
        for row in act.tx.sql.all("select idx from journal_entry where compartment = ?", (file,))
    ]
    entries = [act.tx.entry(idx) for (idx,) in rows]
    return {getattr(entry.content, "reference", "") for entry in entries if entry and entry.verb in NAMED} - {
        ""
    }


@action("person.erase")
def erase_person(act: Act, *, person: str, reason: str, everything: bool = False, hosted: bool = True) -> int:
    """Returns how many files were erased: of those about the person that the actor's authority reads.

    Erasing destroys a file's keys on this node for all authorities that live on it. Without `hosted` files of
    another one that lives here are left out: it erases its own. `everything` is the node operator's, at the
    machine itself: all files about the person on this node, as a court's order may ask. Refused under a legal
    hold. The count and the reason are recorded in the actor's own authority; they name nobody. Complaints
    about staff that named the person are not counted: see `complaints_of`.
    """
    if not reason.strip():
        raise Refused("reason", "say why; it is recorded with the erasure and must name nobody")
    spared = set() if hosted else {*act.node.rings.authorities()} - {act.actor.authority}
    files = [
        row["id"]
        for kind in KINDS
        for row in act.find(Compartment, kind=kind, about=person)
        if row["owner"] not in spared and (everything or act.reads(row["id"]))
    ]
    if not files:
        raise Refused("person", "there is no such file")
    known = references(act, files)
    if under_hold(act, person, tuple(known)):
        raise Refused("person", "a legal hold forbids erasing; whoever placed it must lift it first")
    own = act.find_compartment("authority", act.actor.authority)
    if own is None:
        raise Forbidden("this authority has no place of its own here")
    act.say(own, PersonErase(reason=reason, compartments=len(files)), subject=act.new_id(), supersedes={})
    erase.erase(act.tx, [*files, *complaints_of(act, known)])
    return len(files)
