"""Seal an exhibit, or open its seal and renew it. A number is used once, ever."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import after, exhibit_row, present_holder, signed_as
from libertad.evidence.models import Seal
from libertad.evidence.seals import same_seal, seal_number, spellings
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import ExhibitSeal


@action("exhibit.seal")
def seal(act: Act, *, exhibit: str, number: str, opened: str = "", why: str = "", witness: str = "") -> str:
    """Returns the entry's hash. Two nodes that use one number later both keep it, as a conflict."""
    row = exhibit_row(act, exhibit)
    present_holder(act, row, marked("seal it"))
    happened = after(act, row["moved_at"], marked("you took it over"))
    number, opened = seal_number(number), seal_number(opened)
    content = ExhibitSeal(number=number, opened=opened, why=why, witness=witness, by=signed_as(act))
    if not same_seal(opened, row["seal"]):
        if not row["seal"]:
            raise Refused("opened", "it carries no seal that could have been opened")
        raise Refused(
            "opened",
            "it carries the seal %(seal)s; name it as the one that was opened, and say why",
            seal=row["seal"],
        )
    if any(act.find(Seal, number=spelling) for spelling in spellings(number)):
        raise Refused(
            "number", "the seal number %(number)s was used before; a number is used once, ever", number=number
        )
    return act.say(row["compartment"], content, subject=exhibit, happened=happened)
