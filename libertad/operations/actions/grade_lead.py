"""Regrade a lead: source and information apart, with the reasons."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.operations.actions._places import keeps
from libertad.operations.models import Lead
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import LeadGrade


@action("lead.grade")
def grade_lead(
    act: Act,
    *,
    lead: str,
    source_grade: str,
    information_grade: str,
    handling: str,
    handling_conditions: str = "",
    reasons: str,
) -> str:
    """Returns the lead's id. Supersedes the grades that the form showed, else those on file.

    A grade by another authority than its own or its country's police stands beside those, and supersedes
    that authority's own alone.
    """
    row = act.get(Lead, lead)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("lead", "there is no such lead")
    content = LeadGrade(
        source_grade=source_grade,
        information_grade=information_grade,
        handling=handling,
        handling_conditions=handling_conditions,
        reasons=reasons,
    )
    on_file = {field: tuple(entries) for field, entries in row["shown"].items() if entries}
    old = act.supersedes or on_file
    if not keeps(act, row):
        old = {field: tuple(entry for entry in entries if _own(act, entry)) for field, entries in old.items()}
        old = {field: entries for field, entries in old.items() if entries}
    act.say(row["compartment"], content, subject=lead, supersedes=old)
    return lead


def _own(act: Act, entry_hash: str) -> bool:
    entry = act.find_entry(entry_hash)
    return entry is not None and entry.authority == act.actor.authority
