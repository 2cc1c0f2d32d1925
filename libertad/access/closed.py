"""Whether an operation is closed, and what is refused since.

It is a rule of work at each node and none of judging: whoever had not heard of the close, or was cut off,
recorded what counts. What happened before the close is recorded at any time after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from libertad.access import guarded
from libertad.access.actor import Actor
from libertad.access.lookup import Lookup
from libertad.access.models import Closing, ErasedFile
from libertad.access.queries import first_row
from libertad.journal.fields import from_ms
from libertad.journal.guards import GUARDS
from libertad.journal.sql import marks
from libertad.look.times import day
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Happened, Refused

NOTHING_NEW = marked(
    "the operation was closed on %(day)s. What happened before that can be recorded still, with its time. "
    "For anything new, ask who coordinates to reopen it"
)
NO_PLANS = marked(
    "the operation was closed on %(day)s, and nothing is planned in it any more. Ask who coordinates to "
    "reopen it"
)

ERASED = marked(
    "this country's file was erased here on %(day)s, when its time was over, and no second one is opened in "
    "a closed operation. Nothing of this is saved: keep your note. If it has to be kept, ask who coordinates "
    "to reopen the operation, and record it then"
)


def closed_since(act: Lookup) -> datetime | None:
    """When the actor's operation was closed, by its clock; None while it is open."""
    rights, key = act.tx.caches.rights, ("closed", act.actor.operation)
    if key not in rights:
        place = act.find_compartment("operation", act.actor.operation) if act.actor.operation else None
        row = act.get(Closing, place) if place else None
        rights[key] = row["at"] if row is not None and row["closed"] else None
    moment: datetime | None = rights[key]
    return moment


def refuse_new(act: Lookup, field: str, happened: Happened) -> None:
    """Refused for what happened after the operation was closed."""
    since = closed_since(act)
    if since is not None and happened.at >= since:
        raise Refused(field, NOTHING_NEW, day=_day(since, act.actor))


def refuse_plans(act: Lookup, field: str) -> None:
    """Refused for what is planned in a closed operation."""
    since = closed_since(act)
    if since is not None:
        raise Refused(field, NO_PLANS, day=_day(since, act.actor))


def refuse_second_file(act: Lookup, kind: str, country: str, file: str = "") -> None:
    """Refused where the country's file of this kind was erased on this node since the operation was closed:
    what comes in late would bring the erased back, in a file of which nobody has said how long it is kept.

    `file`: one that is here, where it came after that erasure: another node opened it.
    """
    since = closed_since(act)
    if since is None:
        return
    act.believe_all(ErasedFile)
    rows = act.find(ErasedFile, operation=act.actor.operation, kind=kind, country=country)
    erased = [row for row in rows if row["at"] > since or _heard_before(act, str(row["id"]))]
    if erased and (not file or _came_after(act, file, [str(row["id"]) for row in erased])):
        raise Refused("country", ERASED, day=_day(max(row["at"] for row in erased), act.actor))


def _heard_before(act: Lookup, erasure: str) -> bool:
    """Whether the last close or reopening was here when this entry was written: their clocks tell of seconds
    alone, and one of them may have been set back."""
    key = f"access.Closing:{act.find_compartment('operation', act.actor.operation)}"
    row = act.tx.sql.first(
        "select 1 from journal_entry where hash = ? and idx > "
        "(select max(entry) from journal_touch where key = ?)",
        (bytes.fromhex(erasure), key),
    )
    return row is not None


def _came_after(act: Lookup, file: str, erasures: Sequence[str]) -> bool:
    """Whether nothing of a file was here yet when one of these entries was written."""
    row = act.tx.sql.first(
        f"select 1 from journal_entry where hash in ({marks(erasures)}) and idx < "  # noqa: S608 - marks alone
        "(select min(idx) from journal_entry where compartment = ?)",
        (*map(bytes.fromhex, erasures), file),
    )
    return row is not None


def _day(since: datetime, actor: Actor) -> str:
    return day(since.astimezone(ZoneInfo(actor.zone)))


def closed_at(operation: str) -> datetime | None:
    """When an operation was closed, for the frame of every page: None while it is open, and where the row
    was changed in the database (Today of who administers tells of that)."""
    guard = GUARDS["access_closing"]
    row = first_row(f"{guard.select} and operation = %s", operation) if operation else None
    if row is None or not guarded.believed(guard.table, *row):
        return None
    columns = dict(zip(guard.names, row, strict=True))
    at = columns["at"]
    return (from_ms(at) if isinstance(at, int) else at) if columns["closed"] else None
