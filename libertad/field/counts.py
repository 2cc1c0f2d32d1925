"""What the node writes beside a phone's entries: the anonymous counts that its own pages write with an act.

A phone writes none of it: it holds no key of the operation's file, and a count that came twice would be two.
The node says each in the officer's name by its own device, in the transaction that takes the entry; of what
is held it says it once the entry counts. Nothing is said that is on file already, whatever a row here says.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from libertad.access.acting import Act, Forbidden
from libertad.access.actions._receiving import receiving_care
from libertad.access.actor import Actor
from libertad.evidence.actions.return_exhibit import tell_owner
from libertad.evidence.models import Exhibit
from libertad.field import phones
from libertad.journal import chunks
from libertad.journal.causal import Standing
from libertad.journal.folding import Said
from libertad.journal.savepoints import part
from libertad.journal.sql import marks
from libertad.journal.transaction import Transaction
from libertad.operations.models import Check, Site
from libertad.people.actions._person import person_at_hand
from libertad.people.actions.assess_person import count_view
from libertad.people.actions.close_danger import count_danger
from libertad.people.actions.correct_meeting import count_correction
from libertad.people.actions.meet_person import count_meeting
from libertad.people.danger import later_tally_id, tally_id
from libertad.people.meetings import meeting_entries, standing
from libertad.people.models import Detention
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.attachments import AttachmentAdd
from libertad.vocabulary.verbs.danger import DangerTally, PersonDanger, PersonDangerClose
from libertad.vocabulary.verbs.evidence import ExhibitCount, ExhibitReturn, ExhibitSeize
from libertad.vocabulary.verbs.operations import CheckRecord, HitCount, SiteCount, SiteRegister
from libertad.vocabulary.verbs.people import (
    CustodyStatus,
    PersonAssess,
    PersonMeet,
    PersonMeeting,
    PersonState,
    TallyCustody,
    TallyPerson,
    TallySeen,
)

logger = logging.getLogger("libertad.field")
LATER = "confirmed as the care authority of the police that recorded the person"
OPEN = "select entry, device from field_taken where counted = ? order by entry"
DONE = "update field_taken set counted = ? where entry = ?"
UNHELD = (
    "select hash, idx from journal_entry where hash in ({}) and idx not in (select idx from journal_held)"
)
ENTRY = re.compile(r"[0-9a-f]{64}")
MOST = 500  # of a hand-over; the rest by the next
AT_ONCE = 500  # names in one query


def settle(tx: Transaction) -> int:
    """Write what is to be written beside all entries of phones that count now; returns of how many it did."""
    done = 0
    for idx, entry, device in _due(tx):
        report, phone = tx.entry(idx), phones.find(tx.sql, device)
        if report is None or phone is None:
            continue
        if write(tx, report, phones.actor_of(tx.sql, phone)):
            tx.sql.run(DONE, (True, entry))
            done += 1
    return done


def _due(tx: Transaction) -> list[tuple[int, str, str]]:
    """(index, entry, device) of those that may count now, in their order: of each phone the first ones in
    turn, so that what one of them brought, and what of it never counts, takes no room of another's."""
    open_rows = {str(entry): str(device) for entry, device in tx.sql.all(OPEN, (False,))}
    by_device: dict[str, list[tuple[int, str, str]]] = {}
    entries = list(open_rows)
    for start in range(0, len(entries), AT_ONCE):
        names = tuple(bytes.fromhex(entry) for entry in entries[start : start + AT_ONCE])
        for name, idx in tx.sql.all(UNHELD.format(marks(names)), names):
            entry = bytes(name).hex()
            by_device.setdefault(open_rows[entry], []).append((int(idx), entry, open_rows[entry]))
    turns = [(turn, row) for rows in by_device.values() for turn, row in enumerate(sorted(rows))]
    return sorted(row for _turn, row in sorted(turns)[:MOST])


def write(tx: Transaction, report: Said, actor: Actor) -> bool:
    """What belongs beside one entry, in this actor's name. False where it cannot be said now. What fails by
    what the entry says is taken back alone, and never counts: it keeps no other entry from being taken."""
    write_beside = BESIDE.get(report.verb)
    if write_beside is None:
        return True
    act = Act(
        tx, actor, happened=report.happened, source=report.body.source, provenance=report.body.provenance
    )
    try:
        with part(tx):
            write_beside(act, report)
    except (ArithmeticError, LookupError, TypeError, ValueError) as why:
        logger.warning("a phone's entry is not counted: %s (%s)", report.verb, type(why).__name__)
    except Exception as why:
        if tx.node.is_storage(why):
            raise
        logger.warning("a count of a phone's entry waits: %s (%s)", report.verb, type(why).__name__)
        return False
    return True


def _says(act: Act, touch: str, kind: type[Verb], state: str = "") -> bool:
    """Whether an entry of this kind is among those of a row."""
    return any(
        isinstance(entry.content, kind) and (not state or getattr(entry.content, "state", "") == state)
        for entry in act.tx.entries_touching(touch)
    )


# -- people --------------------------------------------------------------------------------


def _met(act: Act, report: Said) -> None:
    met = cast(PersonMeet, report.content)
    if met.counting and not _is_counted(act, report.subject):
        births = {
            birth
            for entry in act.tx.entries_touching(f"people.Person:{report.subject}")
            if isinstance(entry.content, (PersonMeet, PersonState))
            and (birth := entry.content.birth) is not None
        }
        site = act.get(Site, met.site) if met.site else None
        only = births.pop() if len(births) == 1 else None
        count_meeting(act, report.subject, met, only, str(site["workplace"]) if site else "")
    _serve(act, report)


def _is_counted(act: Act, person: str) -> bool:
    """Whether a meeting of this person is counted, under whichever name: one person counts once."""
    return any(
        _says(act, f"people.Tally:{entry.content.counting}", TallyPerson)
        for entry in act.tx.entries_touching(f"people.Person:{person}")
        if isinstance(entry.content, PersonMeet) and entry.content.counting
    )


def _serve(act: Act, report: Said) -> None:
    """The care authority that was confirmed while the phone was away reads the file as well."""
    own = act.member(act.actor.authority)
    if own is None:
        return
    readers = receiving_care(act, own)
    with suppress(Forbidden):  # whose role lets nobody in: the administrator's confirming does
        act.widen(report.compartment, readers, LATER)


def _endangered(act: Act, report: Said) -> None:
    if not _says(act, f"people.DangerTally:{later_tally_id(report.id)}", DangerTally):
        count_danger(act, report.subject, report.id, "open")


def _danger_closed(act: Act, report: Said) -> None:
    for answered in cast(PersonDangerClose, report.content).answers:
        entry = act.find_entry(answered) if ENTRY.fullmatch(answered) else None
        if entry is None or (entry.subject, entry.compartment) != (report.subject, report.compartment):
            continue  # of another person, or in another file: who says that is asked there
        if not isinstance(entry.content, (PersonMeet, PersonDanger)):
            continue
        later = answered if isinstance(entry.content, PersonDanger) else ""
        count = later_tally_id(later) if later else tally_id(report.subject)
        if not _says(act, f"people.DangerTally:{count}", DangerTally, "closed"):
            count_danger(act, report.subject, later, "closed")


def _assessed(act: Act, report: Said) -> None:
    row, content = person_at_hand(act, report.subject), cast(PersonAssess, report.content)
    if any(
        isinstance(entry.content, TallySeen)
        and entry.at == report.at
        and entry.content.seen_as == content.seen_as
        for entry in act.tx.entries_touching(f"people.Tally:{row['counting']}")
    ):
        return
    count_view(act, row, content.seen_as)


def _meeting_corrected(act: Act, report: Said) -> None:
    row, content = person_at_hand(act, report.subject), cast(PersonMeeting, report.content)
    if row["authority"] != act.actor.authority or not (content.met or content.site):
        return
    if not _says(act, f"people.Tally:{row['counting']}", TallyPerson):
        return
    entries = Standing(act.tx.entries_touching(f"people.Person:{report.subject}"))
    met = content.met or standing(meeting_entries(entries))["met"]
    site = act.get(Site, content.site) if content.site else None
    values = {"site": content.site} if content.site else {}
    count_correction(act, row["counting"], met, values, str(site["workplace"]) if site else "")


def _detained(act: Act, report: Said) -> None:
    content = cast(CustodyStatus, report.content)
    row = act.get(Detention, report.subject)
    counting = content.counting or (str(act.open_row(Detention, row)["counting"]) if row else "")
    if not counting or any(
        isinstance(entry.content, TallyCustody)
        and entry.at == report.at
        and entry.content.state == content.state
        for entry in act.tx.entries_touching(f"people.Tally:{counting}")
    ):
        return
    counted = TallyCustody(state=content.state, country=content.country or (row["country"] if row else ""))
    act.say(act.operation_compartment, counted, subject=counting, supersedes={})


# -- things and places ---------------------------------------------------------------------


def _seized(act: Act, report: Said) -> None:
    content, row = cast(ExhibitSeize, report.content), act.get(Exhibit, report.subject)
    counting = content.counting or (str(row["counting"]) if row else "")
    country = content.country or (str(row["country"]) if row else "")
    kinds = [
        entry.content.kind
        for entry in act.tx.entries_touching(f"evidence.ExhibitCount:{counting}")
        if isinstance(entry.content, ExhibitCount)
    ]
    if not counting or not content.kind or (kinds and (not content.correction or content.kind in kinds)):
        return
    counted = ExhibitCount(kind=content.kind, country=country, corrected=bool(kinds))
    act.say(act.operation_compartment, counted, subject=counting, supersedes={})


def _returned(act: Act, report: Said) -> None:
    tell_owner(act, report.subject, cast(ExhibitReturn, report.content), report.happened)


def _registered(act: Act, report: Said) -> None:
    content, row = cast(SiteRegister, report.content), act.get(Site, report.subject)
    counting = content.counting or (str(act.open_row(Site, row).get("counting", "")) if row else "")
    workplaces = [
        entry.content.workplace
        for entry in act.tx.entries_touching(f"operations.SiteCount:{counting}")
        if isinstance(entry.content, SiteCount)
    ]
    known = workplaces and (not content.reasons or content.workplace in workplaces)
    if not counting or not content.workplace or known:
        return
    country = content.country or (str(row["country"]) if row else "")
    counted = SiteCount(workplace=content.workplace, country=country)
    act.say(act.operation_compartment, counted, subject=counting, supersedes={})


def _checked(act: Act, report: Said) -> None:
    content, row = cast(CheckRecord, report.content), act.get(Check, report.subject)
    if not content.counting or row is None or row["answer"] != "hit":
        return
    if not _says(act, f"operations.HitCount:{content.counting}", HitCount):
        counted = HitCount(about=row["about"], country=row["country"])
        act.say(act.operation_compartment, counted, subject=content.counting, supersedes={})


def _attached(act: Act, report: Said) -> None:
    """The attachment's chunks are wanted from now on: they come after all reports."""
    content = cast(AttachmentAdd, report.content)
    since = time.time_ns() // 1_000_000
    here = chunks.present(act.node.home, content.digest)
    act.tx.sql.run(
        chunks.PUT,
        (content.digest, chunks.LIST, content.digest, report.compartment, content.priority, since, here),
    )


BESIDE: dict[str, Callable[[Act, Said], None]] = {
    "attachment.add": _attached,
    "check.record": _checked,
    "detention.state": _detained,
    "exhibit.return": _returned,
    "exhibit.seize": _seized,
    "person.assess": _assessed,
    "person.danger": _endangered,
    "person.danger_close": _danger_closed,
    "person.meet": _met,
    "person.meeting": _meeting_corrected,
    "site.register": _registered,
}
