"""Record what a team found at a site: people, an empty place, or a visit broken off."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.access.closed import refuse_new
from libertad.operations.actions._places import our_site, our_team
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import VisitRecord


@action("visit.record")
def record_visit(
    act: Act,
    *,
    site: str,
    team: str,
    outcome: str,
    people: int = 0,
    note: str = "",
    living_space_m2: float | None = None,
    living_space_people: int | None = None,
    hours_a_day: float | None = None,
    days_a_week: int | None = None,
    conditions: Sequence[str] = (),
    conditions_absent: Sequence[str] = (),
) -> str:
    """Returns the visit's id. A team of the site's own country visits it, measures and observes.

    `conditions`: indicators that were found there, `conditions_absent` those looked for and not found.
    """
    refuse_new(act, "outcome", act.happened)
    place = our_site(act, site)
    visitors = our_team(act, team)
    if visitors["country"] != place["country"]:
        raise Refused("team", "there is no such team")
    content = VisitRecord(
        site=site,
        team=team,
        country=place["country"],
        outcome=outcome,
        people=people,
        note=note,
        living_space_m2=living_space_m2,
        living_space_people=living_space_people,
        hours_a_day=hours_a_day,
        days_a_week=days_a_week,
        conditions=tuple(conditions),
        conditions_absent=tuple(conditions_absent),
    )
    visit = act.new_id(place["compartment"])
    act.say(place["compartment"], content, subject=visit)
    return visit
