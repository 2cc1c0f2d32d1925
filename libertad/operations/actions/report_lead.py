"""Report a lead: graded source and information apart, with its handling code."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.operations.actions._places import our_site, police_file
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import LeadReport

LONGEST = 2000


@action("lead.report")
def report_lead(
    act: Act,
    *,
    country: str,
    summary: str,
    source_grade: str,
    information_grade: str,
    handling: str,
    handling_conditions: str = "",
    origin: str = "",
    workplace: str = "",
    site: str = "",
) -> str:
    """Returns the lead's id; it is read by the country's police and the centres."""
    if len(summary) > LONGEST:
        raise Refused("summary", "say it in at most %(most)s characters", most=LONGEST)
    if site and our_site(act, site)["country"] != country:
        raise Refused("site", "there is no such site")
    compartment = police_file(act, country)
    lead = act.id_in_order(compartment)
    content = LeadReport(
        reference=act.reference("L", "lead", country),
        country=country,
        summary=summary,
        source_grade=source_grade,
        information_grade=information_grade,
        handling=handling,
        handling_conditions=handling_conditions,
        origin=origin,
        workplace=workplace,
        site=site,
    )
    act.say(compartment, content, subject=lead)
    return lead
