"""Ask a service to help, telling it the least that it must know, with the consent behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.access.models import Authority
from libertad.care.actions._file import part, protection_file
from libertad.care.actions.appeal import refuse_suspended
from libertad.care.consent_rules import FITS, URGENT, same_recipient
from libertad.care.disclosing import asks
from libertad.care.models import CareFile, Consent
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import check_code, label
from libertad.vocabulary.values import Refused, span
from libertad.vocabulary.verbs.care import ReferralMake

RETURN_SUPPORT = "return-support"  # of `services`


@action("referral.make")
def refer(
    act: Act,
    *,
    person: str,
    service: str,
    to: str,
    consent: str,
    disclosed: Sequence[str] = (),
    needed_by: str = "",
    note: str = "",
) -> str:
    """Returns the referral's id. Refused without a live consent for this service and this recipient; for a
    member of the operation that answers itself, which is asked by a disclosure; and for support of a return
    while an appeal suspends the decision."""
    check_code("services", service, "service")
    place = protection_file(act, "referral.make", person)
    refuse_return(act, place, service, "service")
    row = part(act, Consent, consent, "consent", "referral.make")
    if row["person"] != person:
        raise Refused("consent", "there is no such file")
    if needed_by:
        check_ahead(needed_by[:10], act.happened.local.date(), "needed_by", years=2)
    refuse_dead(act, row)
    if row["purpose"] not in FITS[service]:
        raise Refused("consent", "the person agreed to another purpose; ask for an agreement to this one")
    if not same_recipient(row["recipient"], to):
        raise Refused(
            "to", "the person agreed to tell %(recipient)s, nobody else", recipient=row["recipient"]
        )
    _refuse_member(act, row["purpose"], to)
    file = act.get(CareFile, place)
    if (file is None or file["child"]) and not row["guardian"] and service not in URGENT:
        raise Refused("consent", "while the rules for a child apply, a guardian must agree to this")
    hidden = [label("file-parts", code) for code in disclosed if code in row["withheld"]]
    if hidden:
        raise Refused(
            "disclosed", "the person does not want this to be told: %(listed)s", listed=", ".join(hidden)
        )
    referral = act.new_id()
    content = ReferralMake(
        person=person,
        service=service,
        to=to,
        disclosed=tuple(disclosed),
        consent=consent,
        needed_by=needed_by,
        note=note,
    )
    act.say(place, content, subject=referral)
    return referral


def refuse_return(act: Act, place: str, service: str, field: str) -> None:
    """Refused for support of a return while an appeal suspends the decision of this file."""
    if service == RETURN_SUPPORT:
        refuse_suspended(act, place, field)


def _refuse_member(act: Act, agreed_to: str, to: str) -> None:
    for member in act.members():
        row = act.get(Authority, member["id"])
        if row is None or member["id"] == act.actor.authority or not same_recipient(row["name"], to):
            continue
        if asks(member["kind"], agreed_to) and act.knows(member["id"], "disclosure"):
            raise Refused(
                "consent",
                "%(name)s is a member of the operation: ask it under Disclosures, where it answers itself",
                name=row["name"],
            )


def refuse_dead(act: Act, consent: Mapping[str, Any]) -> None:
    """Refused unless the person agreed, did not withdraw it, and it has not run out."""
    if not consent["agreed"]:
        raise Refused("consent", "the person did not agree to this")
    if consent["withdrawn_at"] is not None:
        raise Refused("consent", "the person has withdrawn this agreement")
    if consent["until"] and span(consent["until"])[1] < act.happened.local.date():
        raise Refused("consent", "this agreement has run out; ask the person again")
