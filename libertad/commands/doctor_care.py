"""What `doctor` says of police whose people in danger reach no care authority that they made sure of."""

from __future__ import annotations

from collections.abc import Iterator


def unserved() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) for each police authority of this node that is in an operation."""
    from libertad.access import receiving
    from libertad.journal.node import node

    here = set(node().rings.authorities())
    mend = "its administrator confirms one: Today, 'Who receives people in danger?'"
    for police in receiving.unconfirmed():
        if police.pk not in here:
            continue
        relied = ", ".join(one.name for one in receiving.relied_on(police.pk))
        what = f"{police.name}: no care authority is confirmed"
        if relied:
            yield f"{what}; {relied} goes on receiving people in danger as before", mend
        else:
            yield f"{what}: people whom it records in danger reach nobody of care", mend
