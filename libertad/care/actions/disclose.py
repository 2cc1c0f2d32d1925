"""Disclose copies to another authority: proposed by one officer of care, read and sent by a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from libertad.access.acting import Act, action
from libertad.access.actions.break_glass import break_glass
from libertad.access.another_person import require_another
from libertad.access.desks import own_desk
from libertad.access.erasable import was_given
from libertad.access.glass import DISCLOSE
from libertad.care.actions._desk import desk_beside
from libertad.care.actions._disclosing import (
    carrying,
    check_until,
    disclosable,
    end,
    erase_files,
    may_not_erase,
    recipient_kind,
)
from libertad.care.actions._file import part
from libertad.care.disclosing import PLACEMENT, is_over, refuse_not_received, service_of
from libertad.care.models import Consent, Disclosure
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Copied, Refused
from libertad.vocabulary.verbs.disclosing import (
    SAFEKEEPING,
    DisclosureEnd,
    DisclosureGive,
    DisclosurePropose,
    DisclosureRead,
    DisclosureSend,
)


@action("disclosure.propose", "glass.break", "disclosure.send", "disclosure.give", "compartment.open")
def propose_disclosure(
    act: Act,
    *,
    person: str,
    recipient: str,
    purpose: str,
    ground: str,
    until: str,
    items: Sequence[str],
    consent: str = "",
    order: str = "",
    informed: str = "",
    safekeeping: Sequence[Copied] = (),
    alone: str = "",
    service: str = "",
    needed_by: str = "",
) -> str:
    """Returns the disclosure's id. `items`: keys of `disclosable`; `safekeeping`: what keeps the person safe,
    in care's own words (`SAFEKEEPING`). Nothing is sent by it; but with `alone`, which says why a bed cannot
    wait for a second reader, it goes out at once, by one (`break_glass`: a quota of the week, and a second
    person says within a day whether it was right). Where the recipient is asked to help it is the referral:
    `service`, where purpose and agreement leave several, and `needed_by` when.

    Refused without a live agreement of the person to tell this recipient for this, or an order or law; and
    for what is not on the list, or what the person does not want told.
    """
    if alone and (purpose != PLACEMENT or ground != "consent"):
        raise Refused(
            "alone", "one officer alone asks for a place to stay, as the person agreed, and nothing else"
        )
    place = desk_beside(act, DisclosurePropose.VERB, person)
    kind = recipient_kind(act, recipient, purpose)
    possible = dict(disclosable(act, person))
    if unknown := [key for key in items if key not in possible]:
        raise Refused(
            "items",
            "%(count)s of what was chosen is not in the file as it stands now: load the page again",
            count=len(unknown),
        )
    copies = tuple(copy for key, copy in possible.items() if key in set(items)) + _own_words(safekeeping)
    refuse_not_received(kind, copies)
    agreed_to = ""
    if ground == "consent" and consent:
        agreed_to = part(act, Consent, consent, "consent", DisclosurePropose.VERB)["purpose"]
    if needed_by:
        check_ahead(needed_by[:10], act.happened.local.date(), "needed_by", years=2)
    disclosure = act.new_id(place)
    content = DisclosurePropose(
        person=person,
        reference=_reference(act, person, disclosure),
        recipient=recipient,
        purpose=purpose,
        ground=ground,
        consent=consent,
        order=order.strip(),
        informed=informed.strip(),
        until=until,
        items=copies,
        service=service_of(kind, purpose, agreed_to, service),
        needed_by=needed_by,
    )
    row = {**msgspec.structs.asdict(content), "id": disclosure}
    agreement = carrying(act, row, kind, copies) if ground == "consent" else None
    check_until(act, until, agreement)
    act.say(place, content, subject=disclosure, supersedes={}, source="decision")
    if alone:
        _send(act, row, copies, _break_glass(act, content, alone))
    return disclosure


def _break_glass(act: Act, proposal: DisclosurePropose, reason: str) -> str:
    """Said before it is sent; returns the entry's hash."""
    return break_glass(
        act, kind="care", person=proposal.person, way=DISCLOSE, words=reason, reader=proposal.recipient
    )


def _own_words(safekeeping: Sequence[Copied]) -> tuple[Copied, ...]:
    if any(item.kind not in SAFEKEEPING for item in safekeeping):
        raise Refused("items", "this is copied from the file as it stands, and not written anew")
    return tuple(safekeeping)


def _reference(act: Act, person: str, disclosure: str) -> str:
    """'T-VC-482913': drawn with the disclosure's id, and no number of a series. Whoever gets one would tell
    from a series how many others there were."""
    member = act.member(act.actor.authority)
    country = str(member["country"]) if member is not None else ""
    references = {row["reference"] for row in act.find(Disclosure)}
    for start in range(0, len(disclosure) - 6, 2):
        number = 100_000 + int(disclosure[start : start + 8], 16) % 900_000
        reference = f"T-{country}-{number}"
        if reference not in references:
            return reference
    raise Refused("person", "no reference is free: send it again")


@action("disclosure.read", "disclosure.send", "disclosure.give", "compartment.open")
def read_disclosure(act: Act, *, disclosure: str, agrees: str, reasons: str = "", proposal: str = "") -> str:
    """Returns the file of the copies, '' where they are not sent. `proposal`: what the page showed.

    Sent at that moment, and only if all that it rests on still holds: the agreement, the recipient, the day,
    and that the file still says what is copied. Refused for the officer who proposed it.
    """
    row = part(act, Disclosure, disclosure, "disclosure", DisclosureRead.VERB)
    if row["authority"] != act.actor.authority:
        raise Refused("disclosure", "another care authority proposed it, and reads it")
    if row["ended_at"] is not None:
        raise Refused("disclosure", "it was withdrawn before it was sent: nothing is disclosed")
    if row["alone"]:
        raise Refused("disclosure", "one officer has sent it: say on its page whether that was right")
    if row["read"]:
        raise Refused("disclosure", "a second reader has answered already; propose another one instead")
    if proposal and proposal != row["proposal"]:
        raise Refused("disclosure", "this is not what the page showed; load it again")
    if row["officer"] == act.actor.officer:
        raise Refused("disclosure", "you proposed this yourself: another officer is the second reader")
    require_another(act, row["officer"])
    content = DisclosureRead(
        person=row["person"], proposal=row["proposal"], agrees=agrees, reasons=reasons.strip()
    )
    if agrees == "yes":
        copies = msgspec.convert(row["items"], prepared(tuple[Copied, ...]))
        _refuse_changed(act, row, copies)
    act.say(own_desk(act, row["person"]), content, subject=disclosure, supersedes={}, source="decision")
    if agrees != "yes":
        return ""
    return _send(act, row, copies)


def _refuse_changed(act: Act, row: dict[str, Any], copies: tuple[Copied, ...]) -> None:
    kind = recipient_kind(act, row["recipient"], row["purpose"])
    refuse_not_received(kind, copies)
    agreement = carrying(act, row, kind, copies) if row["ground"] == "consent" else None
    check_until(act, row["until"], agreement)
    standing = [copy for _key, copy in disclosable(act, row["person"])]
    if any(copy.kind not in SAFEKEEPING and copy not in standing for copy in copies):
        raise Refused("disclosure", "the file no longer says what was chosen: propose it anew")


def _send(act: Act, row: dict[str, Any], copies: tuple[Copied, ...], alone: str = "") -> str:
    """`alone`: the `glass.break` that stands in for the second reader."""
    file = act.open("disclosure", row["person"], [row["recipient"]])
    gift = DisclosureGive(
        reference=row["reference"],
        purpose=row["purpose"],
        ground=row["ground"],
        order=row["order"],
        until=row["until"],
        items=copies,
        by_one=bool(alone),
    )
    act.say(file, gift, subject=act.new_id(file), supersedes={}, source="decision")
    sent = DisclosureSend(person=row["person"], file=file, alone=alone)
    act.say(own_desk(act, row["person"]), sent, subject=row["id"], supersedes={}, source="decision")
    return file


@action("disclosure.end", "disclosure.stop")
def end_disclosure(act: Act, *, disclosure: str, reasons: str = "") -> None:
    """Withdraw a disclosure, or a proposal of one. Its keys are destroyed here, and its recipient is asked to
    erase; under a legal hold it is kept. Asked again once the hold is lifted it is erased then."""
    row = part(act, Disclosure, disclosure, "disclosure", DisclosureEnd.VERB)
    if row["authority"] != act.actor.authority:
        raise Refused("disclosure", "another care authority made it, and withdraws it")
    if row["ended_at"] is None and row["read"] != "no":
        cause = "over" if is_over(row["until"], act.now.date()) else "care"
        erase_files(act, end(act, row, cause, reasons.strip()))
        return
    if not row["retained"]:
        raise Refused("disclosure", "it has ended already")
    if may_not_erase(act, row):
        raise Refused("disclosure", "a legal hold forbids erasing; whoever placed it must lift it first")
    erase_files(act, erase_kept(act, row))


def erase_kept(act: Act, row: dict[str, Any]) -> list[str]:
    """What a hold kept, and does no longer."""
    released = row["released"] or was_given(act.tx.sql, row["file"], row["recipient"])
    content = DisclosureEnd(person=row["person"], cause=row["cause"], released=released)
    act.say(own_desk(act, row["person"]), content, subject=row["id"], supersedes={}, source="decision")
    return [str(row["file"])]
