"""A way to a site is said; corrected or closed, what was said before stays on file."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.access.closed import refuse_new
from libertad.operations.actions._places import our_site
from libertad.operations.corrected import WAY_IN
from libertad.operations.models import WayIn
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.on_site import SiteWayIn


@action("site.way_in")
def say_way_in(
    act: Act, *, site: str, path: str, last_network: str = "", seen_coming: str = "", note: str = ""
) -> str:
    """Returns the way's id. Read where the site is: by its country's police and the centres."""
    refuse_new(act, "path", act.happened)
    place = our_site(act, site)
    content = SiteWayIn(site=site, path=path, last_network=last_network, seen_coming=seen_coming, note=note)
    way = act.new_id(place["compartment"])
    act.say(place["compartment"], content, subject=way, supersedes={})
    return way


@action("site.way_in")
def correct_way_in(act: Act, /, *, way: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.WAY_IN`."""
    row = act.get(WayIn, way) if way else None
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("way", "there is no such access route")
    change = correction(act, row, SiteWayIn, values, reasons, WAY_IN)
    SiteWayIn(**change.whole, site=row["site"])
    content = SiteWayIn(**change.said, reasons=reasons)
    return act.say(row["compartment"], content, subject=way, supersedes=change.supersedes)
