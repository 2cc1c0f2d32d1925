"""What an authority with an open alarm says that could give power waits here until somebody settles it."""

from libertad.access.matrix import matrix
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.access import OfficerAppoint

# That its own officers' and devices' access ends does not wait: whoever was robbed has to be able to say so.
PARKED = frozenset(
    {
        "authority.invite",
        "compartment.readers",
        "compartment.remove",
        "device.enrol",
        "node.announce",
    }
)


def waits_for_alarm(entry: Said) -> bool:
    """Whether an entry waits until somebody has settled the alarm about its authority's word.

    Words about access wait, and appointments to roles that may not say `person.meet`. Those that may meet
    people do not: whom a new officer meets may be in danger, and whoever holds an authority's keys speaks in
    the name of any officer that it has.
    """
    if isinstance(entry.content, OfficerAppoint):
        return not matrix().may_say(entry.content.role, "person.meet", "person")
    return entry.verb in PARKED
