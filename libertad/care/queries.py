"""The room's door for reading: protection files, their parts, and what waits in them."""

from __future__ import annotations

from libertad.care.answered_words import AnsweredSeen, answers_of
from libertad.care.assignment import readable_file
from libertad.care.confirmations import DecisionSigned, unconfirmed
from libertad.care.consent_words import consent_tick
from libertad.care.disclosure_words import state_cell
from libertad.care.file_lines import ALARM as ALARM
from libertad.care.file_lines import CLOSED as CLOSED
from libertad.care.file_lines import NONE as NONE
from libertad.care.file_lines import UNOPENED as UNOPENED
from libertad.care.officers import has_supervisor
from libertad.care.overview import agreeing, missing_among, places, queue_counts
from libertad.care.overview import count as counted
from libertad.care.overview import own_people as own_places
from libertad.care.overview import page as people_page
from libertad.care.presenters import CareTodo, FileSeen, PartSeen, front_route
from libertad.care.promises import Promise, promises
from libertad.care.queries_clearings import clearings_to_read as clearings_to_read
from libertad.care.queries_disclosing import DisclosureSeen, disclosures
from libertad.care.queries_documents import documents_due as documents_due
from libertad.care.queries_exploitation import records as exploitation_records
from libertad.care.queries_interpreters import interpreters
from libertad.care.queries_plan import UnreadSeen, plans_to_read
from libertad.care.queue import ASSIGNED, HANDING, INTAKE, SUPERVISOR
from libertad.care.queue_limits import limits
from libertad.care.queue_words import (
    Caseload,
    Standing,
    answered,
    caseloads,
    everybody,
    late_loads,
    missing,
    open_offers,
    overdue,
    own_offers,
    own_people,
    standing,
    taken_over,
)
from libertad.care.queues import Counted
from libertad.care.reads import (
    by_reference,
    count,
    decided_together,
    file,
    file_of_part,
    files,
    identity_readers,
    keeps,
    live_consents,
    may_open,
    openings,
    part,
    parts,
    readers,
    safety,
    search,
    verdicts,
    withdrawn,
)
from libertad.care.reads_danger import CareDanger, dangers, open_dangers, own_dangers
from libertad.care.summary import FileSummary, SummaryLine, summary_of
from libertad.care.todos import Waits, care_todos, first_todos

__all__ = [
    "ALARM",
    "ASSIGNED",
    "CLOSED",
    "HANDING",
    "INTAKE",
    "NONE",
    "SUPERVISOR",
    "UNOPENED",
    "AnsweredSeen",
    "CareDanger",
    "CareTodo",
    "Caseload",
    "Counted",
    "DecisionSigned",
    "DisclosureSeen",
    "FileSeen",
    "FileSummary",
    "PartSeen",
    "Promise",
    "Standing",
    "SummaryLine",
    "UnreadSeen",
    "Waits",
    "agreeing",
    "answered",
    "answers_of",
    "by_reference",
    "care_todos",
    "caseloads",
    "consent_tick",
    "count",
    "counted",
    "dangers",
    "decided_together",
    "disclosures",
    "everybody",
    "exploitation_records",
    "file",
    "file_of_part",
    "files",
    "first_todos",
    "front_route",
    "has_supervisor",
    "identity_readers",
    "interpreters",
    "keeps",
    "late_loads",
    "limits",
    "live_consents",
    "may_open",
    "missing",
    "missing_among",
    "open_dangers",
    "open_offers",
    "openings",
    "overdue",
    "own_dangers",
    "own_offers",
    "own_people",
    "own_places",
    "part",
    "parts",
    "people_page",
    "places",
    "plans_to_read",
    "promises",
    "queue_counts",
    "readable_file",
    "readers",
    "safety",
    "search",
    "standing",
    "state_cell",
    "summary_of",
    "taken_over",
    "unconfirmed",
    "verdicts",
    "withdrawn",
]
