"""Register a workplace: where it is, how it is reached, how much room there is to live."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.access.closed import refuse_new
from libertad.operations.actions._places import free_reference, police_file
from libertad.operations.models import Lead, Site
from libertad.vocabulary.values import Place, Refused
from libertad.vocabulary.verbs.operations import SiteCount, SiteRegister


@action("site.register", "site.count")
def register_site(
    act: Act,
    *,
    country: str,
    name: str,
    workplace: str,
    place: Place,
    zone: str,
    workplace_words: str = "",
    access: Sequence[str] = (),
    network: str = "",
    living_space_m2: float | None = None,
    living_space_people: int | None = None,
    lead: Sequence[str] = (),
    reference: str | None = None,
) -> str:
    """Returns the site's id. Where it lies goes to its police and the centres; that it is, to all."""
    refuse_new(act, "name", act.happened)
    compartment = police_file(act, country)
    for key in lead:
        row = act.get(Lead, key)
        if row is None or row["compartment"] != compartment:
            raise Refused("lead", "there is no such lead in this country")
    counting = act.new_id()
    content = SiteRegister(
        reference=free_reference(act, Site, reference, country),
        name=name,
        country=country,
        workplace=workplace,
        workplace_words=workplace_words.strip(),
        place=place,
        zone=zone,
        access=tuple(access),
        network=network,
        living_space_m2=living_space_m2,
        living_space_people=living_space_people,
        lead=tuple(lead),
        counting=counting,
    )
    site = act.new_id(compartment)
    act.say(compartment, content, subject=site)
    act.say(
        act.operation_compartment,
        SiteCount(workplace=workplace, country=country),
        subject=counting,
        supersedes={},
    )
    return site
