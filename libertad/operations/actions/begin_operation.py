"""Say that the operation has begun: from here on two authorities sign what changes it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from libertad.access import changes
from libertad.access.acting import Act, action
from libertad.access.models import Begun, Compartment
from libertad.operations.models import Operation
from libertad.vocabulary.verbs.changes import OperationBegin


@action("operation.begin")
def begin_operation(act: Act) -> str:
    """Returns the entry's hash; '' where it was said already, the first action day has not come by the
    operation's clock, or the operation's file is another authority's.

    An operation that was opened later than its first action day (late, or to play a past one) begins a day
    after it was opened: until then its members are invited and its clock is set.

    Said by the node of the authority that owns the file, with how far every log in the file has come here.
    """
    place = act.find_compartment("operation", act.actor.operation)
    row = act.get(Operation, act.actor.operation)
    if place is None or row is None or act.get(Begun, place) is not None:
        return ""
    file = act.get(Compartment, place)
    if file is None or file["owner"] != act.actor.authority:
        return ""
    first = datetime.fromisoformat(row["first_day"]).replace(tzinfo=ZoneInfo(row["zone"])).astimezone(UTC)
    opened = min(
        entry.clock for entry in act.tx.entries_touching(f"operations.Operation:{act.actor.operation}")
    )
    if act.now < first or (opened >= first and changes.now() < opened + changes.NOTICE):
        return ""
    rows = act.tx.sql.all(
        "select device, max(seq) from journal_entry where compartment = ? group by device order by device",
        (place,),
    )
    logs = tuple(f"{bytes(device).hex()}:{int(last)}" for device, last in rows)
    return act.say(
        place, OperationBegin(logs=logs), subject=act.actor.operation, source="database", supersedes={}
    )
