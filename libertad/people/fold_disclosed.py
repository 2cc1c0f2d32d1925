"""Entries -> what care disclosed to an authority."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of, proves
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary.verbs.disclosing import DisclosureGive, DisclosureStop
from libertad.vocabulary.verbs.serving import (
    ServiceAnswer,
    ServiceArrived,
    ServiceConcern,
    ServiceLeft,
    ServiceReply,
    ServiceSought,
)

GIVEN = (DisclosureGive.VERB, DisclosureStop.VERB)
VERBS = (
    *GIVEN,
    ServiceAnswer.VERB,
    ServiceArrived.VERB,
    ServiceLeft.VERB,
    ServiceConcern.VERB,
    ServiceReply.VERB,
    ServiceSought.VERB,
)


@project(
    Disclosed,
    verbs=VERBS,
    key=lambda entry: (entry.compartment,),
    begins=content_of(DisclosureGive),
    own=GIVEN,
)
def disclosed_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The first word of its giver: what was disclosed is not changed afterwards. What its recipient answers
    beside it, the last word of each kind, and every concern with what the giver replied."""
    gifts = [entry for entry in entries if isinstance(entry.content, DisclosureGive)]
    gifts = [entry for entry in gifts if proves(entry)] or gifts
    if not gifts:
        return None
    content = cast(DisclosureGive, gifts[0].content)
    stops = [entry for entry in entries if isinstance(entry.content, DisclosureStop)]
    columns: dict[str, Any] = {
        "reference": content.reference,
        "purpose": content.purpose,
        "ground": content.ground,
        "by_one": content.by_one,
        "until": content.until,
        "at": gifts[0].at,
        "zone": gifts[0].happened.zone,
        "authority": gifts[0].authority,
        "stopped_at": stops[0].at if stops else None,
    }
    sealed: dict[str, Any] = {"order": content.order, "items": msgspec.to_builtins(content.items)}
    answered, notes = _answered([entry for entry in entries if entry.authority != gifts[0].authority])
    own = [entry for entry in entries if entry.authority == gifts[0].authority]
    sought = [entry for entry in own if isinstance(entry.content, ServiceSought)]
    if sought and cast(ServiceSought, sought[-1].content).sought == "yes":
        columns["sought_at"] = sought[-1].at
    replies = _replies(own)
    for concern in notes["concerns"]:
        concern |= replies.get(concern["entry"], {})
    return Row(key, columns | answered, sealed | notes)


def _answered(entries: Sequence[Said]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns and words of what the recipient said. Somebody who comes back is there again."""
    columns: dict[str, Any] = {
        "answer": "",
        "answered_at": None,
        "arrived_at": None,
        "left_at": None,
        "left_how": "",
    }
    notes: dict[str, Any] = {"reasons": "", "note": "", "concerns": [], "entry": ""}
    for entry in entries:
        if not isinstance(entry.content, ServiceConcern):
            notes["entry"] = entry.id
        match entry.content:
            case ServiceAnswer(answer=answer, reasons=reasons):
                columns |= {"answer": answer, "answered_at": entry.at}
                notes["reasons"] = reasons
            case ServiceArrived(note=note):
                columns |= {"arrived_at": entry.at, "left_at": None, "left_how": ""}
                notes["note"] = note
            case ServiceLeft(way=way, note=note):
                columns |= {"left_at": entry.at, "left_how": way}
                notes["note"] = note
            case ServiceConcern(concern=concern, words=words):
                at, zone = to_ms(entry.at), entry.happened.zone
                notes["concerns"].append(
                    {"entry": entry.id, "concern": concern, "words": words, "at": at, "zone": zone}
                )
    return columns, notes


def _replies(entries: Sequence[Said]) -> dict[str, dict[str, Any]]:
    """By the concern, what the giver did: its last word."""
    return {
        entry.content.entry: {"reply": entry.content.words, "replied": to_ms(entry.at)}
        for entry in entries
        if isinstance(entry.content, ServiceReply)
    }
