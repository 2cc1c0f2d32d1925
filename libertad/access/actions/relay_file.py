"""Name whose nodes carry a file, sealed, for those who read it; and end that for the future."""

from __future__ import annotations

from collections.abc import Iterable

from libertad.access.acting import Act, Forbidden, action
from libertad.access.models import Compartment, Relay
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.access import CompartmentRelay, CompartmentUnrelay


@action("compartment.relay")
def relay_file(act: Act, *, compartment: str, carriers: Iterable[str], reason: str) -> list[str]:
    """Returns the authorities whose nodes carry the file from now on and did not before.

    Only the file's owner says it. A carrier gets no key: it stores what it cannot open.
    """
    _owned(act, compartment)
    named = sorted(set(carriers))
    for carrier in named:
        if act.member(carrier) is None:
            raise Refused("carrier", "no authority of this operation has that id")
        if carrier == act.actor.authority:
            raise Refused("carrier", "your own node has the file already")
    fresh = [carrier for carrier in named if act.get(Relay, f"{compartment}:{carrier}") is None]
    if fresh:
        content = CompartmentRelay(carrier=tuple(fresh), reason=reason)
        act.say(
            compartment, content, subject=compartment, supersedes={},
            happened=following(act, compartment, fresh),
        )  # fmt: skip
    return fresh


@action("compartment.unrelay")
def unrelay_file(act: Act, *, compartment: str, carriers: Iterable[str], reason: str) -> list[str]:
    """Returns the authorities whose nodes no longer carry the file. What they hold they may keep, sealed."""
    _owned(act, compartment)
    removed = sorted(set(carriers))
    for carrier in removed:
        if act.get(Relay, f"{compartment}:{carrier}") is None:
            raise Refused("carrier", "this authority's node does not carry the file")
    content = CompartmentUnrelay(carrier=tuple(removed), reason=reason)
    act.say(
        compartment,
        content,
        subject=compartment,
        supersedes={},
        happened=following(act, compartment, removed),
    )
    return removed


def _owned(act: Act, compartment: str) -> None:
    row = act.get(Compartment, compartment)
    if row is None or not act.reads(compartment):
        raise Refused("compartment", "there is no such file")
    if row["owner"] != act.actor.authority:
        raise Forbidden("only the file's owner names who carries it")


def following(act: Act, compartment: str, carriers: list[str]) -> Happened:
    """Now, and after what was last said of these carriers: the later word is the one that counts."""
    return act.later(
        *(
            entry.at
            for carrier in carriers
            for entry in act.tx.entries_touching(f"access.Relay:{compartment}:{carrier}")
        )
    )
