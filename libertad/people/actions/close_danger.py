"""Say what was done about a person in danger: closes it for the police that met the person."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.people.actions._person import person_at_hand
from libertad.people.danger import tally_id
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import DangerTally, PersonDangerClose


@action("person.danger_close", "danger.tally")
def close_person_danger(act: Act, *, person: str, done: str) -> str:
    """Returns the entry's hash. The same words sent twice by one officer close once; others are refused.

    Only by the authority that met the person. Nothing of it says what care did, nor waits for it.
    """
    row = person_at_hand(act, person)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the police that met the person close this for police")
    if row["danger"] != "yes":
        raise Refused("done", "nobody said that this person is in danger")
    for _ms, _zone, officer, _authority, words, entry in row.get("danger_closed", ()):
        if officer == act.actor.officer and words == done.strip():
            return str(entry)
        raise Refused("done", "this was closed meanwhile; read the file again")
    found = act.say(row["compartment"], PersonDangerClose(done=done.strip()), subject=person, supersedes={})
    act.say(act.operation_compartment, DangerTally(state="closed"), subject=tally_id(person), supersedes={})
    return found
