"""Record that a file is opened: before the page is shown, and named by the server."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.amount_limits import EXPORTS, PEOPLE
from libertad.access.amount_pace import slow_down
from libertad.access.amounts import OF_PEOPLE, TAKEN_OUT, people_of
from libertad.access.models import Authority, Compartment
from libertad.journal.sides import side
from libertad.vocabulary.verbs.access import FileOpen


@action("file.open")
def open_file(act: Act, *, compartment: str, subject: str, page: str) -> None:
    """`page` comes from the view's own code, never from the request. Slowed beyond an unusual amount.

    That care opened a person's identity file is recorded on care's side: in the identity file, which police
    read, it would tell whom care works with.
    """
    kind = act.kind(compartment)
    place = own_side(act, compartment) if kind == "person" else compartment
    if kind in OF_PEOPLE:
        person = people_of(act.tx.sql, [compartment]).get(compartment, subject)
        slow_down(act, PEOPLE, person, person)
    if page in TAKEN_OUT:
        slow_down(act, EXPORTS)
    act.say(place, FileOpen(page=page), subject=subject, source="saw")


def own_side(act: Act, compartment: str) -> str:
    """Where the opening of a person's identity file is recorded: for care in its own, else in that file."""
    own = act.get(Authority, act.actor.authority)
    if own is None or side(own["kind"]) != "care":
        return compartment
    about = act.find(Compartment, id=compartment)[0]["about"]
    protected = act.find_compartment("care", about)
    if protected is not None and act.reads(protected):
        return protected
    return act.compartment("authority", act.actor.authority)
