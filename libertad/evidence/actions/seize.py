"""Seize: something is taken as evidence, and sealed; who takes it holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from libertad.access.acting import Act, action
from libertad.access.case_files import case_file
from libertad.evidence.actions._case import signed_as
from libertad.evidence.actions.seal import seal as put_seal
from libertad.vocabulary.body import refused
from libertad.vocabulary.bounds import VALID, check_not_far
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Cash, Refused
from libertad.vocabulary.verbs.evidence import ExhibitCount, ExhibitSeize
from libertad.vocabulary.written import check_phone


@action("exhibit.seize", "exhibit.count", "exhibit.seal")
def seize(
    act: Act,
    *,
    country: str,
    kind: str,
    description: str,
    site: str = "",
    where_found: str = "",
    taken_from: str = "",
    person: str = "",
    owner_agreed: str = "",
    witness: str = "",
    receipt: bool | None = None,
    device_number: str = "",
    phone_number: str = "",
    state_when_taken: str = "",
    document_number: str = "",
    document_country: str = "",
    document_expires: str = "",
    document_holder: str = "",
    cash: Sequence[Cash | Mapping[str, Any]] = (),
    seal: str = "",
) -> str:
    """Returns the exhibit's id. It is counted, without a name, in the operation's own file.

    `seal`: the number of the seal that was put on it; '' while it has none.
    """
    if phone_number.strip():
        check_phone(phone_number, "phone_number")
    if document_expires:
        check_not_far(document_expires, act.happened.local.date(), "document_expires", years=VALID)
    counting = act.new_id()
    content = ExhibitSeize(
        # Checked before a reference number is drawn: a refused exhibit uses up none.
        reference="-",
        counting=counting,
        country=country,
        kind=kind,
        description=description,
        site=site,
        where_found=where_found,
        taken_from=taken_from,
        person=person,
        owner_agreed=owner_agreed,
        witness=witness,
        receipt=receipt,
        device_number=device_number,
        phone_number=phone_number,
        state_when_taken=state_when_taken,
        document_number=document_number,
        document_country=document_country,
        document_expires=document_expires,
        document_holder=document_holder,
        cash=cash_by_denomination(cash),
        by=signed_as(act),
    )
    place = case_file(act, country)
    exhibit = act.new_id(place)
    reference = act.reference("", "exhibit", country, digits=4)
    act.say(place, msgspec.structs.replace(content, reference=reference), subject=exhibit)
    act.say(
        act.operation_compartment, ExhibitCount(kind=kind, country=country), subject=counting, supersedes={}
    )
    if seal:
        try:
            put_seal(act, exhibit=exhibit, number=seal, witness=witness)
        except Refused as why:
            raise Refused("seal", why.message, **why.parameters) from why
    return exhibit


def cash_by_denomination(lines: Sequence[Cash | Mapping[str, Any]]) -> tuple[Cash, ...]:
    """Cash by currency and denomination, each denomination once."""
    by_note: dict[tuple[str, Decimal], Cash] = {}
    for line in lines:
        try:
            cash = line if isinstance(line, Cash) else msgspec.convert(dict(line), prepared(Cash))
        except msgspec.ValidationError as why:
            raise refused(why) from why
        key = (cash.currency, Decimal(cash.denomination))
        if key in by_note:
            raise Refused(
                "cash",
                "%(currency)s %(denomination)s is given twice; count its pieces together",
                currency=cash.currency,
                denomination=cash.denomination,
            )
        by_note[key] = cash
    return tuple(by_note.values())
