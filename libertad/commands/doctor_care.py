"""What `doctor` says of police whose people in danger reach no care authority that they made sure of."""

from __future__ import annotations

from collections.abc import Iterator

WHY = {
    "not-joined": "has not joined the operation: people in danger reach nobody of care",
    "removed": "was removed from the operation",
}


def unserved() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) for each police authority of this node that is in an operation."""
    from libertad.access import receiving
    from libertad.journal.node import node
    from libertad.vocabulary.codelists import label

    here = set(node().rings.authorities())
    confirm = "its administrator confirms one: Today, 'Who receives people in danger?'"
    for police in receiving.unconfirmed():
        if police.pk not in here:
            continue
        wrong, mend = f"{police.name}: no care authority is confirmed", confirm
        if receiving.to_be_invited(police):
            mend = (
                f"none of {label('countries', police.country)} has joined: the coordinator invites one "
                f"('Operation', 'Invite an authority'), then {confirm}"
            )
        relied = ", ".join(care.name for care in receiving.relied_on(police.pk, police.operation))
        if chosen := receiving.confirmed_amiss(police):
            care, why = chosen
            yield f"{police.name}: {care.name}, which it confirmed, {WHY[why]}", mend
        elif relied:
            yield f"{wrong}; {relied} goes on receiving people in danger as before", mend
        else:
            yield f"{wrong}: people whom it records in danger reach nobody of care", mend
