"""What the acts of sharing have in common: whether a proposal waits, and who is a second person of it."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.another_person import require_second
from libertad.access.lookup import kind_of
from libertad.access.models import Sharing
from libertad.access.sharing import (
    Age,
    age_of,
    may_propose,
    same_side,
    second_persons,
    sharing_rules,
    waits_elsewhere,
)
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

GONE = marked("this proposal does not wait any more: it was answered, it lapsed, or the readers changed")
CHANGED = marked("this is another proposal than the one that you read: read it again, then answer")
EARLY = marked(
    "the authority that proposed it is asked first: yours is asked when nobody there has answered for a while"
)


def share_at_hand(act: Act, share: str, entry: str) -> dict[str, Any]:
    """The proposal that was read; Refused where it does not wait any more, or is none of this reader's."""
    row = act.get(Sharing, share)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("entry", GONE)
    if not is_open(act, row):
        raise Refused("entry", GONE)
    if row["entry"] != entry:
        raise Refused("entry", CHANGED)
    return row


def is_open(act: Act, row: dict[str, Any]) -> bool:
    """Whether a proposal still waits. It does not when it is answered, is too old, who proposed it may not
    share any more, or the reader was let in or removed since. What danger shared waits until it is read."""
    if row["refused_by"]:
        return False
    if row["danger"]:
        return not row["approval"]
    if not may_propose(staff_of(act, row["authority"]), row["officer"]):
        return False
    about = act.tx.entries_touching(f"access.Reader:{row['compartment']}:{row['reader']}")
    if any(entry.clock > row["said"] for entry in about):
        return False
    return not age(act, row).lapsed


def age(act: Act, row: dict[str, Any]) -> Age:
    """How long it has waited."""
    return age_of(act.node, act.tx.sql, row["authority"], row["entry"], row["said"], act.tx.start)


def second_person(act: Act, row: dict[str, Any]) -> None:
    """Forbidden for whoever is no second person of a proposal; of another authority also while its own has
    somebody and time to answer."""
    me, staff = act.actor, staff_of(act, row["authority"])
    kind = kind_of(act.tx.sql, me.authority)
    require_second(act, staff, row["officer"], sharing_rules().approve.get(kind, frozenset()))
    if me.authority == row["authority"]:
        return
    if not same_side(kind, staff.kind) or me.authority == row["reader"]:
        raise Forbidden("police approve what police share, and care what care does")
    able = second_persons(staff, row["officer"])
    if not waits_elsewhere(able, age(act, row)) or (row["danger"] and able):
        raise Refused("entry", EARLY)
