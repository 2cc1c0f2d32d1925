"""Correct the words of a lead. What was said before stays on file, superseded."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.operations.actions.report_lead import check_day
from libertad.operations.corrected import LEAD
from libertad.operations.models import Lead, Site
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import LeadReport
from libertad.vocabulary.written import check_phone


@action("lead.report")
def correct_lead(act: Act, /, *, lead: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.LEAD`; the country stays: report it anew.

    Only the authority that reported it, and of its officers who reported it, as far as nobody else has
    corrected it, beside those who correct any; grades are graded anew (`grade_lead`).
    """
    row = act.get(Lead, lead)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("lead", "there is no such lead")
    change = correction(act, row, LeadReport, values, reasons, LEAD)
    if "summary" in change.said and not change.said["summary"].strip():
        raise Refused("summary", "say what was reported, in a sentence")
    if site := change.said.get("site"):
        known = act.get(Site, site)
        if known is None or known["compartment"] != row["compartment"]:
            raise Refused("site", "there is no such site in this country")
    check_day(act, change.said.get("heard", ""))
    for number in change.said.get("phone", ()):
        check_phone(number)
    content = LeadReport(**change.said, correction=reasons)
    return act.say(row["compartment"], content, subject=lead, supersedes=change.supersedes)
