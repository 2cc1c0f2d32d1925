"""Complaints about officers of the own authority: how one stands, whom it reaches, and who reads it.

The authority's key opens all of its files: who of it reads a complaint is this rule and the log, and no key.
It asks nothing but the complaint itself and the authority's officers, never another complaint: else whom a
complaint reaches would tell somebody that there is one about a colleague.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from libertad.access.appointments import Staff
from libertad.access.matrix import matrix
from libertad.journal.folding import Said
from libertad.vocabulary import yamlfile
from libertad.vocabulary.kinds import with_others
from libertad.vocabulary.verbs import complaints as say

FILE = Path(__file__).with_name("complaints.yaml")
KIND = "complaint"
NEVER = datetime.min.replace(tzinfo=UTC)
NOT_SAFE = "not-safe"
LARGEST = {"answer_hours": 720, "unsafe_hours": 72}


@dataclass(frozen=True)
class ComplaintRules:
    """`answer`, `unsafe`: until the first answer. `reach`: by kind of authority the roles, in turn."""

    assumed: bool
    answer: timedelta
    unsafe: timedelta
    reach: Mapping[str, tuple[str, ...]]


def read(path: Path) -> ComplaintRules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "reach", *LARGEST))
    for name, largest in LARGEST.items():
        yamlfile.check_number(path, name, content[name], largest)
    roles = matrix().entries[say.ComplaintTake.VERB].say
    reach = with_others(path, "reach", content["reach"])
    for kind, names in reach.items():
        if not isinstance(names, list) or len(names) < 2 or not set(names) <= set(roles):
            raise ValueError(f"{path.name}: 'reach, {kind}' is a list of two roles or more that take one")
    return ComplaintRules(
        content["assumed"],
        timedelta(hours=content["answer_hours"]),
        timedelta(hours=content["unsafe_hours"]),
        {kind: tuple(names) for kind, names in reach.items()},
    )


@cache
def complaint_rules() -> ComplaintRules:
    """The rules that hold here."""
    return read(FILE)


# -- how it stands -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Complaint:
    """A complaint after what was said. `officers`: whom it is about, none where that is not known.

    `taken_by` '': nobody answers it yet. `closing`: the entry that closes it and waits for a second officer,
    or that one read. `over`: a second officer agreed. `unnamed`: the person of its reference was erased.
    """

    recorder: str = ""
    recorded: datetime = NEVER
    officers: frozenset[str] = frozenset()
    safe: str = ""
    reference: str = ""
    taken_by: str = ""
    answered: datetime | None = None
    closing: str = ""
    closed_by: str = ""
    outcome: str = ""
    read_by: str = ""
    over: bool = False
    unnamed: bool = False


def complaint_of(entries: Iterable[Said]) -> Complaint:
    """What it has come to after all these words, in the order in which they were said."""
    complaint = Complaint()
    for entry in entries:
        complaint = _after(complaint, entry)
    return complaint


def _after(complaint: Complaint, entry: Said) -> Complaint:
    """One more word. A word of whom it is about does not count, wherever it comes from."""
    content, officer = entry.content, entry.officer
    if isinstance(content, say.ComplaintRecord):
        if complaint.recorder:
            return complaint
        about = frozenset(content.officer)
        return Complaint(officer, entry.at, about, content.safe, content.reference)
    if isinstance(content, say.ComplaintUnname):
        return replace(complaint, unnamed=True)
    if not complaint.recorder or officer in complaint.officers or complaint.over:
        return complaint
    match content:
        case say.ComplaintAdd():
            return _widen(complaint, frozenset(content.officer) - {complaint.recorder})
        case say.ComplaintTake() if officer != complaint.recorder:
            return replace(complaint, taken_by=officer)
        case say.ComplaintAnswer() if officer == complaint.taken_by:
            return replace(complaint, answered=complaint.answered or entry.at)
        case say.ComplaintClose() if officer == complaint.taken_by:
            return replace(complaint, closing=entry.id, closed_by=officer, outcome=content.outcome)
        case say.ComplaintRead() if content.closing == complaint.closing and officer != complaint.closed_by:
            if content.agrees == "yes":
                return replace(complaint, read_by=officer, over=True)
            return replace(complaint, closing="", closed_by="", outcome="")
    return complaint


def _widen(complaint: Complaint, officers: frozenset[str]) -> Complaint:
    """It is about these as well: what one of them took or closed is taken and closed by nobody."""
    changed = replace(complaint, officers=complaint.officers | officers)
    if changed.taken_by in changed.officers:
        changed = replace(changed, taken_by="", answered=None)
    if changed.closed_by in changed.officers:
        changed = replace(changed, closing="", closed_by="", outcome="")
    return changed


def due(complaint: Complaint) -> datetime:
    """Until when it has its first answer."""
    rules = complaint_rules()
    wait = rules.unsafe if complaint.safe == NOT_SAFE else rules.answer
    return complaint.recorded + wait


# -- whom it reaches, and who reads it ---------------------------------------------------------------


def same_persons(staff: Staff, officers: Collection[str]) -> set[str]:
    """These officers and every other account of theirs: one of the same name or number."""
    known = [staff.officers[officer] for officer in officers if officer in staff.officers]
    names = {name for person in known for name in person.names}
    return set(officers) | {key for key, person in staff.officers.items() if names & person.names}


def barred(staff: Staff, officers: Collection[str]) -> set[str]:
    """Who never reads a complaint about these officers: they themselves, and whoever stands in a role by one
    of them alone. An appointment that nobody second confirmed is as good as an account of who made it."""
    persons = same_persons(staff, officers)
    return persons | {key for key in staff.officers if staff.hands(key) & persons}


def receivers(staff: Staff, officers: Collection[str], recorder: str) -> dict[str, str]:
    """By officer the role, of whom a complaint reaches: about these officers, recorded by this one. None
    where nobody of the authority may have it."""
    return _first(staff, barred(staff, officers) | same_persons(staff, {recorder}))


def reached_roles(reached: Mapping[str, str]) -> str:
    """The roles of those whom a complaint reaches, as the form says them before it is saved."""
    return " ".join(sorted(set(reached.values())))


def second_readers(staff: Staff, complaint: Complaint) -> set[str]:
    """Who reads a closing: whom the complaint reaches beside who closed it, the next role where that is
    nobody; and where there is nobody at all, who recorded it."""
    never = barred(staff, complaint.officers) | same_persons(staff, {complaint.closed_by})
    listed = _first(staff, never | same_persons(staff, {complaint.recorder}))
    return set(listed) or ({complaint.recorder} & _present(staff) - never)


def holder(staff: Staff, complaint: Complaint) -> str:
    """Who answers it; '' where nobody took it, and where who did has left or is somebody whom it is about."""
    return "".join({complaint.taken_by} & _present(staff) - barred(staff, complaint.officers))


def may_read(staff: Staff, complaint: Complaint, officer: str) -> bool:
    """Whether an officer reads a complaint: never whom it is about, whatever else the officer is."""
    if officer in barred(staff, complaint.officers):
        return False
    if officer in (complaint.recorder, holder(staff, complaint), complaint.read_by):
        return True
    if officer in receivers(staff, complaint.officers, complaint.recorder):
        return True
    return bool(complaint.closing) and officer in second_readers(staff, complaint)


def _first(staff: Staff, never: Collection[str]) -> dict[str, str]:
    present = _present(staff)
    for role in complaint_rules().reach.get(staff.kind, ()):
        listed = {key: role for key in present if staff.officers[key].role == role and key not in never}
        if listed:
            return listed
    return {}


def _present(staff: Staff) -> set[str]:
    return {key for key, person in staff.officers.items() if not person.withdrawn}
