"""Correct an identification or a decision on return: said anew as a whole, and read anew before it counts."""

from __future__ import annotations

from typing import Any

import msgspec

from libertad.access.acting import Act, action
from libertad.care.actions._correcting import superseding, unchanged
from libertad.care.actions._file import part, protection_file
from libertad.care.actions.decide_return import checked_return
from libertad.care.actions.identify import checked_identification
from libertad.care.appeals import SET_ASIDE
from libertad.care.models import Identification, ReturnDecision
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import IdentificationDecide, ReturnDecide


@action("identification.decide")
def correct_identification(
    act: Act, /, *, identification: str, shown: str, correction: str, taken_back: bool = False, **fields: Any
) -> str:
    """Returns the entry's hash. Takes the fields of `identify`, all of them as they shall stand.

    Its second reading goes with what was read: the status does not count until somebody reads it anew. With
    `taken_back` nothing was decided; the words on file stay as they are.
    """
    row = part(act, Identification, identification, "identification", "identification.decide")
    protection_file(act, IdentificationDecide.VERB, row["person"], row["compartment"])
    old = superseding(act, row, IdentificationDecide, shown, correction)
    if taken_back:
        corrected = _take_back(act, row, correction)
    else:
        content = checked_identification(act, row["compartment"], row, person=row["person"], **fields)
        corrected = msgspec.structs.replace(content, correction=correction)
        unchanged(act, corrected, row["entries"])
    return act.say(row["compartment"], corrected, subject=identification, supersedes=old, source="decision")


@action("return.decide")
def correct_return(
    act: Act, /, *, ruling: str, shown: str, correction: str, taken_back: bool = False, **fields: Any
) -> str:
    """Returns the entry's hash. Takes the fields of `decide_return`; as `correct_identification`."""
    row = part(act, ReturnDecision, ruling, "decision", "return.decide")
    protection_file(act, ReturnDecide.VERB, row["person"], row["compartment"])
    if row["read"] == SET_ASIDE:
        raise Refused("correction", "it was set aside on appeal: decide anew instead")
    old = superseding(act, row, ReturnDecide, shown, correction)
    if taken_back:
        corrected = _take_back(act, row, correction)
    else:
        content = checked_return(act, row["compartment"], row, person=row["person"], **fields)
        corrected = msgspec.structs.replace(content, correction=correction)
        unchanged(act, corrected, row["entries"])
    return act.say(row["compartment"], corrected, subject=ruling, supersedes=old, source="decision")


def _take_back(act: Act, row: dict[str, Any], correction: str) -> Verb:
    """The words on file, taken back; Refused for what is taken back already."""
    last = act.find_entry(row["entries"][-1])
    if last is None or row.get("taken_back"):
        raise Refused("taken_back", "it was taken back already; decide anew where something is decided")
    return msgspec.structs.replace(last.content, correction=correction, taken_back=True)
