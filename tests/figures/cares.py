"""More care authorities beside the world's, each with its police, and days counted as their nodes do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from libertad.access.acting import new_id, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor, itself
from libertad.access.founding import found_authority, make_ring
from libertad.care.actions.identify import identify
from libertad.care.actions.read_identification import read_identification
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.ask_block import ask_block
from libertad.figures.actions.count_day import say_batch, tell_linked
from libertad.figures.actions.name_counting import name_counting
from libertad.figures.actions.publish_block import publish_block
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Happened
from tests.support.world import World

COUNTRIES = ("VC", "BB", "JM")
CUT = "22:00"
UTC = dt.UTC


@dataclass
class Cares:
    """`care`, `second` and `police` by country: a caseworker, another one, an officer who meets people."""

    world: World
    care: dict[str, Actor] = field(default_factory=dict)
    second: dict[str, Actor] = field(default_factory=dict)
    police: dict[str, Actor] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        return [actor.authority for actor in self.care.values()]

    def name(self, care: str = "GY") -> None:
        self.world.perform(
            "coordinator",
            name_counting,
            care=self.care[care].authority,
            cut_time=CUT,
            happened=self.world.at(3, 1),
        )

    def accept(self, *countries: str, beside: list[str] | None = None, care: str = "GY") -> None:
        for country in countries or tuple(self.care):
            perform(
                self.care[country],
                accept_counting,
                care=self.care[care].authority,
                beside=beside if beside is not None else self.ids,
                happened=self.world.at(3, 2),
            )

    def itself(self, country: str) -> Actor:
        return itself(self.care[country].authority, self.world.operation, "UTC")

    def meet(self, country: str, day: int, by_care: bool = False, **overrides: Any) -> str:
        actor = self.care[country] if by_care else self.police[country]
        values = {"seen_as": "potential-victim", "happened": self.world.at(day, 9), **overrides}
        person: str = perform(actor, meet_person, country=country, **values)
        return person

    def decide(self, country: str, person: str, status: str, day: int, hour: int = 12) -> None:
        when = self.world.at(day, hour)
        identification = perform(
            self.care[country], identify, person=person, status=status, reasons="Told so.", happened=when
        )
        perform(
            self.second[country],
            read_identification,
            identification=identification,
            agrees="yes",
            happened=when,
        )

    def ask(self, day: int) -> None:
        self.world.perform("coordinator", ask_block, happened=self.world.at(day, 20))

    def count(self, day: int, *, late: bool = False) -> str:
        """All nodes at a day's cut: linked people told, batches, then the block. Returns the block's hash."""
        cut = dt.datetime(2018, 4, day, 22, tzinfo=UTC)
        after = Happened(at=cut + dt.timedelta(minutes=15), zone="UTC")
        for country in self.care:
            perform(self.itself(country), tell_linked, cut=cut, happened=after)
        for country in self.care:
            perform(self.itself(country), say_batch, cut=cut, happened=after)
        block: str = perform(self.itself("GY"), publish_block, cut=cut, late=late, happened=after)
        return block


def cut(day: int) -> dt.datetime:
    return dt.datetime(2018, 4, day, 22, tzinfo=UTC)


def cares(world: World, countries: tuple[str, ...] = COUNTRIES) -> Cares:
    """The world's care authority of Guyana, and one more with its police in each of these countries."""
    care_group = Cares(world)
    care_group.care["GY"], care_group.second["GY"] = (
        world.actor("caseworker"),
        world.actor("second-caseworker"),
    )
    care_group.police["GY"] = world.actor("officer")
    zones = {"VC": "America/St_Vincent", "BB": "America/Barbados", "JM": "America/Jamaica"}
    for country in countries:
        care_group.care[country], care_group.second[country] = _member(
            world, f"Care, {country}", "care", country, zones[country], ("caseworker", "caseworker")
        )
        administrator, care_group.police[country] = _member(
            world, f"Police, {country}", "police", country, zones[country], ("administrator", "officer")
        )
        perform(
            administrator,
            confirm_care,
            care=care_group.care[country].authority,
            how="telephone",
            happened=world.at(1, 9),
        )
    return care_group


def _member(
    world: World, name: str, kind: str, country: str, zone: str, roles: tuple[str, ...]
) -> list[Actor]:
    authority = new_id()
    make_ring(authority, None, kind)
    perform(
        world.actor("coordinator"),
        invite_authority,
        name=name,
        kind=kind,
        country=country,
        zone=zone,
        authority=authority,
    )
    first = found_authority(
        name="A. Admin", rank="", service_number=f"{kind}-{country}", zone=zone, authority=authority
    )
    administrator = replace(first, operation=world.operation)
    return [
        Actor(
            officer=perform(
                administrator,
                appoint_officer,
                name=f"Name {n} {country}",
                rank="Sgt.",
                service_number=f"{kind}-{country}-{n}",
                role=role,
            ),
            authority=authority,
            role=role,
            operation=world.operation,
            zone=zone,
        )
        for n, role in enumerate(roles)
    ]
