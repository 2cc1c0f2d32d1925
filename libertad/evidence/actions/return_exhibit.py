"""Return an exhibit to its owner: custody ends, and the owner's file says the same in the same moment."""

from __future__ import annotations

from contextlib import suppress

from libertad.access.acting import Act, Forbidden, action
from libertad.evidence.actions._case import after, exhibit_row, present_holder, signed_as
from libertad.people.queries import property_of_exhibit
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.evidence import ExhibitReturn
from libertad.vocabulary.verbs.people import PropertyState


@action("exhibit.return", "property.state")
def return_exhibit(
    act: Act,
    *,
    exhibit: str,
    to_person: str = "",
    signed: str,
    witness: str = "",
    in_person: str = "",
    to_name: str = "",
) -> str:
    """Returns the entry's hash. `signed`: 'yes' or 'no', whether the owner signed for it; `in_person`:
    whether the owner received it. If not, `to_name` is who did, and what they are to the owner.

    It is one fact: whoever's property the exhibit is, that file is told of the return as well, in the file
    itself, so that its readers who read no case (care) see it.
    """
    row = exhibit_row(act, exhibit)
    present_holder(act, row, marked("return it"))
    happened = after(act, row["moved_at"], marked("you took it over"))
    content = ExhibitReturn(
        to_person=to_person,
        signed=signed,
        witness=witness,
        by=signed_as(act),
        in_person=in_person,
        to_name=to_name.strip(),
    )
    entry = act.say(row["compartment"], content, subject=exhibit, happened=happened)
    tell_owner(act, exhibit, content, happened)
    return entry


def tell_owner(act: Act, exhibit: str, returned: ExhibitReturn, happened: Happened) -> None:
    """The file of whoever owns the exhibit is told of the return; twice, it is told once."""
    for owned in property_of_exhibit(act, exhibit):
        if owned["state"] != "returned":
            what_owner_reads = PropertyState(
                state="returned", signed=returned.signed, witness=returned.witness
            )
            happened_there = act.later(happened.at, owned["state_at"])
            with suppress(Forbidden):  # another authority's file to write: its page shows the exhibit's word
                act.say(
                    owned["compartment"],
                    what_owner_reads,
                    subject=owned["id"],
                    happened=happened_there,
                    supersedes={},
                    source="saw",
                )
