"""Confirm which care authority is one's own: from then on it receives whom police record."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.actions._receiving import known_care, own_police, put_on_roster, waiting_files
from libertad.access.models import CareConfirmed, Device, Reader
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import CareConfirm

WHY = "confirmed as the care authority of the police that recorded the person"


@action("care.confirm", "compartment.readers")
def confirm_care(act: Act, *, care: str, how: str, telephone: str = "", note: str = "") -> int:
    """Returns how many files waited and are read by it now. Confirming another takes the place of the first.

    Said twice the same it says nothing again. Files of an earlier care authority stay with that one.
    """
    own = own_police(act, "care.confirm")
    known = known_care(act, care)
    if known is None or known["country"] != own["country"]:
        raise Refused("care", "there is no such care authority in your country")
    if care not in act.node.rings.authorities() and not act.find(
        Device, authority=care, revoked=False, kind=""
    ):
        raise Refused("care", "it has not joined the operation yet, and nothing would reach it")
    if act.get(Reader, f"{act.operation_compartment}:{care}") is None:
        raise Refused("care", "it was removed from the operation")
    before = act.get(CareConfirmed, f"{act.actor.operation}:{own['id']}")
    values = {"care": care, "how": how, "telephone": telephone.strip(), "note": note.strip()}
    if before is None or before["withdrawn"] or values != _last(act, before):
        put_on_roster(act)
        act.say(
            act.operation_compartment,
            CareConfirm(country=own["country"], **values),
            subject=own["id"],
            supersedes={},
            source="decision",
            happened=act.later(*([before["at"]] if before else [])),
        )
    places = waiting_files(act, own["id"])
    said = act.tx.entries_touching(f"access.CareConfirmed:{act.actor.operation}:{own['id']}")
    words = [
        entry.id for entry in said if isinstance(entry.content, CareConfirm) and entry.content.care == care
    ]
    for place in places:
        act.widen(place, [care], WHY, proof=words[-1])
    return len(places)


def _last(act: Act, row: dict[str, object]) -> dict[str, object]:
    words = act.open_row(CareConfirmed, row)
    return {
        "care": row["care"],
        "how": row["how"],
        "telephone": words.get("telephone", ""),
        "note": words.get("note", ""),
    }
