"""What a disclosure rests on, and how it ends: asked when it is proposed and again when it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from libertad.access.acting import Act
from libertad.access.desks import own_desk
from libertad.access.erasable import was_given
from libertad.access.legal_holds import under_hold
from libertad.access.models import Authority, Opening
from libertad.care.actions._file import NO_FILE, part
from libertad.care.actions.refer import refuse_dead, refuse_return
from libertad.care.consent_rules import URGENT, same_recipient
from libertad.care.disclosable import Choice, choices
from libertad.care.disclosing import carries, is_over, limits, purposes, refuse_withheld
from libertad.care.models import CareFile, Consent, Disclosure, Exploitation, Identification
from libertad.journal import erase
from libertad.journal.row_changes import RowChanged
from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Copied, Refused, span
from libertad.vocabulary.verbs.disclosing import DisclosureEnd, DisclosureStop

SAID_NO = marked("the person said no to telling this recipient afterwards: ask for a new agreement")


def recipient_kind(act: Act, recipient: str, purpose: str) -> str:
    """The kind of an authority to which something may be disclosed for this; Refused else."""
    member = act.member(recipient)
    if member is None or recipient == act.actor.authority:
        raise Refused("recipient", "choose an authority of this operation, other than your own")
    if purpose not in purposes(member["kind"]):
        raise Refused("purpose", "to an authority of this kind nothing is disclosed for this: choose another")
    if not act.knows(recipient, "disclosure"):
        raise Refused(
            "recipient", "its node does not know disclosures yet: it must be updated and heard from first"
        )
    return str(member["kind"])


def check_until(act: Act, until: str, consent: Mapping[str, Any] | None) -> None:
    """Refused for a last day that has gone by, is too far, or lies after the agreement's own."""
    today = act.happened.local.date()
    if is_over(until, today):
        raise Refused("until", "%(date)s has gone by: write a day that lies ahead", date=PartialDate(until))
    if date.fromisoformat(until) > today + timedelta(days=limits().longest):
        raise Refused("until", "at most %(days)s days from today", days=limits().longest)
    if consent is not None and consent["until"] and date.fromisoformat(until) > span(consent["until"])[1]:
        raise Refused(
            "until", "the agreement runs out on %(date)s: end it by then", date=PartialDate(consent["until"])
        )


def carrying(act: Act, row: Mapping[str, Any], kind: str, items: Iterable[Copied]) -> Mapping[str, Any]:
    """The agreement behind a disclosure, opened; Refused in words that name the rule where it does not carry
    it. `row`: the disclosure's."""
    consent = part(act, Consent, row["consent"], "consent", "disclosure.propose")
    if consent["person"] != row["person"] or consent["authority"] != act.actor.authority:
        raise Refused("consent", NO_FILE)
    refuse_dead(act, consent)
    refuse_return(act, consent["compartment"], row["service"], "consent")
    if not carries(consent["purpose"], row["purpose"], kind):
        raise Refused("consent", "the person agreed to another purpose; ask for an agreement to this one")
    name = authority_name(act, row["recipient"])
    if not same_recipient(consent["recipient"], name):
        raise Refused(
            "consent", "the person agreed to tell %(recipient)s, nobody else", recipient=consent["recipient"]
        )
    file = act.get(CareFile, consent["compartment"])
    is_child = file is None or file["child"]
    if is_child and not consent["guardian"].strip() and row["service"] not in URGENT:
        raise Refused("consent", "while the rules for a child apply, a guardian must agree to this")
    copies = list(items)
    refuse_withheld(copies, consent["withheld"])
    _refuse_over_later(act, consent, row["purpose"], kind, copies)
    return consent


def _refuse_over_later(
    act: Act, consent: Mapping[str, Any], purpose: str, kind: str, items: Iterable[Copied]
) -> None:
    """What the person said later to this recipient, for whichever purpose that would carry this one, narrows
    or ends what was agreed before."""
    for row in act.find(Consent, person=consent["person"], compartment=consent["compartment"]):
        later = {**row, **act.open_row(Consent, row)}
        is_over = later["withdrawn_at"] is not None
        if row["id"] == consent["id"] or is_over or row["at"] < consent["at"]:
            continue
        same = same_recipient(later["recipient"], consent["recipient"])
        if not same or not carries(later["purpose"], purpose, kind):
            continue
        if not later["agreed"]:
            raise Refused("consent", SAID_NO)
        refuse_withheld(items, later["withheld"])


def authority_name(act: Act, authority: str) -> str:
    row = act.get(Authority, authority)
    return str(row["name"]) if row is not None else ""


def disclosable(act: Act, person: str) -> list[Choice]:
    """What of this person's files can be disclosed at all, as they stand now."""
    place = act.find_compartment("care", person)
    file = act.get(CareFile, place) if place is not None else None
    if file is None or not act.reads(file["compartment"]):
        raise Refused("person", NO_FILE)
    identified = [
        row for row in act.find(Identification, person=person) if row["compartment"] == file["compartment"]
    ]
    records = act.get(Exploitation, file["compartment"])
    return choices(
        act.open_row(CareFile, file)["name"],
        _own_words(act, person),
        [{**row, **act.open_row(Identification, row)} for row in identified],
        act.open_row(Exploitation, records)["records"] if records is not None else (),
    )


def _own_words(act: Act, person: str) -> list[Any]:
    """What the own authority said of the person in the identity file, as far as it reads that."""
    place = act.find_compartment("person", person)
    if place is None or not act.reads(place):
        return []
    rows = act.tx.sql.all("select idx from journal_entry where compartment = ? order by idx", (place,))
    entries = [entry for (idx,) in rows if (entry := act.tx.entry(idx)) is not None]
    return sorted(e for e in entries if e.subject == person and e.authority == act.actor.authority)


# -- how it ends -----------------------------------------------------------------------------------


def end(act: Act, row: Mapping[str, Any], cause: str, reasons: str = "") -> list[str]:
    """Say that a disclosure ends; gives the files that are to be erased now (`erase_files`), last of all."""
    file, is_kept = str(row["file"]), False
    if file:
        is_kept = may_not_erase(act, row)
    content = DisclosureEnd(
        person=row["person"],
        cause=cause,
        reasons=reasons,
        retained=is_kept,
        released=bool(file) and was_given(act.tx.sql, file, row["recipient"]),
        opened=bool(file) and _was_opened(act, row),
    )
    act.say(own_desk(act, row["person"]), content, subject=row["id"], supersedes={}, source="decision")
    if not file:
        return []
    if is_kept:
        act.say(file, DisclosureStop(), subject=file, supersedes={}, source="decision")
        return []
    return [file]


def _was_opened(act: Act, row: Mapping[str, Any]) -> bool:
    openings = act.find(Opening, compartment=row["file"])
    return any(opening["authority"] == row["recipient"] for opening in openings)


def may_not_erase(act: Act, row: Mapping[str, Any]) -> bool:
    """A legal hold forbids it, or the row of one was changed; or a ring of the node is locked, and would keep
    the keys. A withdrawal waits for none of them."""
    rings = act.node.rings
    if any(name not in rings.open for name in rings.authorities()):
        return True
    try:
        return under_hold(act, row["person"], (row["reference"],))
    except RowChanged:
        return True


def end_all(act: Act, person: str, consents: Iterable[str]) -> list[str]:
    """End all that rests on agreements which the person withdrew; gives the files to erase."""
    behind, files = set(consents), []
    for row in act.find(Disclosure, person=person, ended_at=None):
        if row["consent"] in behind and act.reads(row["compartment"]) and row["read"] != "no":
            files += end(act, row, "consent")
    return files


def erase_files(act: Act, files: Iterable[str]) -> None:
    """Destroy the keys of these copies here, and ask whoever was given them to do the same."""
    if places := list(files):
        erase.erase(act.tx, places)
