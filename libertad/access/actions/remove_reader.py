"""Remove authorities from a compartment's readers: a new key for those who stay, from the next entry on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from libertad.access.acting import Act, Forbidden, action
from libertad.access.amount_limits import WITHDRAWALS
from libertad.access.amount_pace import slow_down
from libertad.access.epochs import renew
from libertad.access.models import Compartment, Reader
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentRemove


def ahead(act: Act, compartment: str, authorities: list[str]) -> list[datetime]:
    """By their devices' clocks, when these authorities made their last entries here, where ours is behind.

    They were readers then: the removal must not reach back to what they had said.
    """
    marks = ", ".join("?" * len(authorities))
    rows = act.tx.sql.all(
        "select max(e.idx) from journal_entry e join journal_device d on d.id = e.device "  # noqa: S608
        f"where e.compartment = ? and d.authority in ({marks}) group by e.device",
        (compartment, *authorities),
    )
    clocks = [entry.clock for (idx,) in rows if (entry := act.tx.entry(idx)) is not None]
    return [clock for clock in clocks if clock >= datetime.now(UTC)]


@action("compartment.remove")
def remove_reader(
    act: Act, *, compartment: str, readers: Iterable[str], reason: str, change: str = ""
) -> str:
    """Returns the id (hex) of the new key. Who stays on another node gets it by exchange.

    `change`: the one that another authority countersigned, where members of a begun operation are removed.

    The owner removes anybody, another authority whom it had named itself; nobody removes the owner or itself.
    The entry that says so is sealed under the old key: who is removed reads that it was.
    """
    removed = sorted(set(readers))
    row = act.get(Compartment, compartment)
    if row is None or not act.reads(compartment):
        raise Refused("compartment", "there is no such file")
    named = {
        reader_row["authority"]: reader_row["by"] for reader_row in act.find(Reader, compartment=compartment)
    }
    for authority in removed:
        if authority not in named:
            raise Refused("reader", "this authority does not read the file")
        if authority in (row["owner"], act.actor.authority):
            raise Refused("reader", "neither the file's owner nor your own authority can be removed")
        if act.actor.authority not in (row["owner"], named[authority]):
            raise Forbidden("only the file's owner, or who let an authority read it, removes that authority")
    stay = [authority for authority in sorted(named) if authority not in removed]
    here = [authority for authority in stay if authority in act.node.rings.authorities()]
    if locked := [authority for authority in here if authority not in act.node.rings.open]:
        raise Refused(
            "reader", "unlock first the rings of those who stay: %(rings)s", rings=", ".join(locked)
        )
    if not change:
        slow_down(act, WITHDRAWALS)
    content = CompartmentRemove(reader=tuple(removed), reason=reason)
    happened = act.following(compartment, removed, *ahead(act, compartment, removed))
    act.say(compartment, content, subject=compartment, supersedes={}, happened=happened, proof=change)
    return renew(act.tx, here, compartment).hex()
