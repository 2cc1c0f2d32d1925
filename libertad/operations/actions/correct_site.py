"""Correct what was registered of a site. What was said before stays on file, superseded."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.operations.actions._places import our_site
from libertad.operations.corrected import SITE
from libertad.operations.models import Lead, Site
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import SiteCount, SiteRegister


@action("site.register", "site.count")
def correct_site(act: Act, /, *, site: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.SITE`; the country stays: register it anew.

    A corrected kind of workplace is told to the anonymous count as well.
    """
    row = our_site(act, site)
    change = correction(
        act, row, SiteRegister, values, reasons, SITE, ("living_space_m2", "living_space_people")
    )
    SiteRegister(**change.whole, **{name: row[name] for name in ("reference", "country", "zone")})
    for key in change.said.get("lead", ()):
        lead = act.get(Lead, key)
        if lead is None or lead["compartment"] != row["compartment"]:
            raise Refused("lead", "there is no such lead in this country")
    entry = act.say(
        row["compartment"],
        SiteRegister(**change.said, reasons=reasons),
        subject=site,
        supersedes=change.supersedes,
    )
    counting = act.open_row(Site, row).get("counting")
    if "workplace" in change.said and counting:
        count = SiteCount(workplace=change.said["workplace"], country=row["country"])
        act.say(act.operation_compartment, count, subject=counting, supersedes={})
    return entry
