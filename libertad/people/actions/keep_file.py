"""Set until which day a country's file of an operation is kept."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions.set_retention import AT_MOST
from libertad.people.keeping_files import country_file
from libertad.people.keeping_models import FileKeeping
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.verbs.keeping import FileKeep


@action("file.keep")
def keep_file(act: Act, *, file: str, keep_until: str, reasons: str) -> str:
    """Returns the entry's hash. By the country's police; the later word counts, and the day of a file may be
    set longer again. While the operation is open the day may be said, and is asked of nobody. Refused for a
    day that has gone by."""
    country_file(act, file)
    check_ahead(keep_until, act.now.date(), "keep_until", years=AT_MOST)
    words = act.tx.entries_touching(f"{FileKeeping._meta.label}:{file}")
    content = FileKeep(keep_until=keep_until, reasons=reasons)
    return act.say(
        file,
        content,
        subject=file,
        supersedes={},
        source="decision",
        happened=act.later(*(entry.at for entry in words)),
    )
