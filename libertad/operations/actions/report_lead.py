"""Report a lead: graded source and information apart, with its handling code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from libertad.access.acting import Act, action
from libertad.operations.actions._places import our_site, police_file
from libertad.vocabulary.values import Refused, partial_date, span
from libertad.vocabulary.verbs.operations import LeadReport
from libertad.vocabulary.written import check_phone

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
    heard: str = "",
    name: Sequence[str] = (),
    phone: Sequence[str] = (),
    vehicle: Sequence[str] = (),
    vessel: Sequence[str] = (),
    address: Sequence[str] = (),
    place: Sequence[str] = (),
) -> str:
    """Returns the lead's id; it is read by the country's police and the centres."""
    if len(summary) > LONGEST:
        raise Refused("summary", "say it in at most %(most)s characters", most=LONGEST)
    if site and our_site(act, site)["country"] != country:
        raise Refused("site", "there is no such site")
    check_day(act, heard)
    for number in phone:
        check_phone(number)
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
        heard=heard,
        name=tuple(name),
        phone=tuple(phone),
        vehicle=tuple(vehicle),
        vessel=tuple(vessel),
        address=tuple(address),
        place=tuple(place),
    )
    act.say(compartment, content, subject=lead)
    return lead


def check_day(act: Act, day: str) -> None:
    """Refused for a day that lies ahead, by the operation's clock anywhere on earth."""
    if day and span(partial_date(day, "heard"))[0] > act.now.date() + timedelta(days=1):
        raise Refused("heard", "it lies ahead: give the day on which you heard it")
