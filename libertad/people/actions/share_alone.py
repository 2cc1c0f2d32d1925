"""Share an identity file without a second person because a life is in danger: it is reviewed afterwards."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.break_glass import break_glass
from libertad.access.glass import SHARE
from libertad.access.models import Compartment
from libertad.people.actions._sharing import share_at_hand


@action("glass.break", "compartment.readers")
def share_alone(act: Act, *, share: str, entry: str, words: str) -> None:
    """Carry out a proposal that waits for a second person. By an officer of who met the person.

    `break_glass` has the quota of the week; a second person says within a day whether it was right.
    """
    row = share_at_hand(act, share, entry)
    if act.actor.authority != row["authority"]:
        raise Forbidden("only the authority that met the person shares the file")
    place, reader = row["compartment"], row["reader"]
    file = act.get(Compartment, place)
    person = str(file["about"]) if file is not None else ""
    broken = break_glass(act, kind="person", person=person, way=SHARE, words=words, reader=reader)
    act.widen(place, [reader], words, again=True, proof=broken)
