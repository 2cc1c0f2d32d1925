"""Ask a deciding authority for a decision: it is let into the protection file by that, and not before."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import Compartment, Reader
from libertad.care.actions._file import NO_FILE, protection_file, refuse_role
from libertad.care.asked import IDENTIFICATION, RETURN, Asking, Ruling, is_over, unanswered
from libertad.care.models import CareFile, DecisionAsked, Identification, ReturnDecision
from libertad.vocabulary.codelists import label
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.deciding import DecisionAsk


@action("decision.ask", "compartment.readers")
def ask_decision(act: Act, *, person: str, authority: str, what: str, words: str = "") -> str:
    """Returns the entry's hash. `authority`: a deciding authority of the country of the care authority that
    keeps the file; only that one asks. Refused while the same is asked already, and in a closed file."""
    content = DecisionAsk(person=person, authority=authority, what=what, words=words.strip())
    place = protection_file(act, content.VERB, person)
    _refuse_not_owned(act, place)
    own, member = act.member(act.actor.authority), act.member(authority, "deciding")
    if own is None or member is None or member["country"] != own["country"]:
        raise Refused("authority", "choose a deciding authority of your country")
    reads_it = act.get(Reader, f"{place}:{authority}") is not None
    if reads_it and any(asking.what == what for asking in _waiting(act, place, authority)):
        raise Refused("what", "this was asked already, and is not answered yet: telephone it")
    if not reads_it:
        why = f"asked to decide: {label('decision-asks', what)}"
        act.widen(place, [authority], why, again=True)
    return act.say(place, content, subject=person, supersedes={}, source="decision")


@action("compartment.remove")
def take_back(act: Act, *, person: str, authority: str, reasons: str) -> None:
    """End that a deciding authority reads what is said from now on: the file gets a new key. What it has read
    it has read. Refused while a decision waits, or may still be appealed, in a file that is open."""
    refuse_role(act, "decision.ask")
    place = act.find_compartment("care", person)
    file = act.get(CareFile, place) if place is not None else None
    if place is None or file is None or not act.reads(place):
        raise Refused("person", NO_FILE)
    _refuse_not_owned(act, place)
    if act.member(authority, "deciding") is None or act.get(Reader, f"{place}:{authority}") is None:
        raise Refused("authority", "this authority decides nothing in this file")
    rulings = [
        Ruling(row["at"], row["appeal_by"], row["appeal"])
        for row in act.find(ReturnDecision, compartment=place)
        if row["read"] == "yes"
    ]
    waits = bool(file["waiting"] or file["return_waiting"])
    asks = bool(_waiting(act, place, authority))
    if not is_over(file["closed_at"] is not None, waits, asks, rulings, act.happened.local.date()):
        raise Refused(
            "authority",
            "a decision or an appeal waits, or one may still be lodged: until then it reads the file",
        )
    remove_reader(act, compartment=place, readers=[authority], reason=reasons.strip())


def _refuse_not_owned(act: Act, place: str) -> None:
    row = act.get(Compartment, place)
    if row is None or row["owner"] != act.actor.authority:
        raise Forbidden("only the file's owner says this")


def _waiting(act: Act, place: str, authority: str) -> list[Asking]:
    """What this authority was asked for in this file, and is not answered."""
    askings = [
        Asking(row["id"], row["to"], row["what"], row["at"])
        for row in act.find(DecisionAsked, compartment=place)
        if row["to"] == authority
    ]
    return unanswered(
        askings,
        {
            IDENTIFICATION: [row["read_at"] for row in act.find(Identification, compartment=place)],
            RETURN: [row["read_at"] for row in act.find(ReturnDecision, compartment=place)],
        },
    )
