"""A small operation for tests: seven authorities on one node, an officer in every role.

Made through the same actions as the product's; real database, real rings, real writer thread.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.test import Client

from libertad.access.acting import new_id, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import Account
from libertad.operations.actions.open_operation import open_operation
from libertad.vocabulary.values import Happened
from tests.support.deciding import DECIDING, let_in
from tests.support.world_copy import Original

AUTHORITIES = {
    "centre": ("Coordination centre, Barbados", "centre", "BB", "America/Barbados"),
    "police": ("Guyana police", "police", "GY", "America/Guyana"),
    "other-police": ("Saint Vincent police", "police", "VC", "America/St_Vincent"),
    "care": ("Care authority, Guyana", "care", "GY", "America/Guyana"),
    "prosecution": ("Prosecution, Guyana", "prosecution", "GY", "America/Guyana"),
    "deciding": ("Deciding authority, Guyana", "deciding", "GY", "America/Guyana"),
    "shelter": ("Shelter, Guyana", "shelter", "GY", "America/Guyana"),
}
OFFICERS = {
    "analyst": "centre",
    "press": "centre",
    "national-lead": "police",
    "officer": "police",
    "exhibits-officer": "police",
    "caseworker": "care",
    "supervisor": "care",
    "prosecutor": "prosecution",
    "deciding-authority": "deciding",
    "partner": "shelter",
}
# A second officer of a role, by a name of their own: (role, authority).
MORE = {
    "other-officer": ("officer", "other-police"),
    "other-lead": ("national-lead", "other-police"),
    "second-caseworker": ("caseworker", "care"),
}


@dataclass
class World:
    """`actors` by role and by the names in MORE; `authorities` by key of AUTHORITIES."""

    operation: str
    home: Path
    actors: dict[str, Actor] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    lets_in: bool = True  # the deciding authority, by the time it acts, into the files that there are

    def actor(self, role: str) -> Actor:
        if role == DECIDING and self.lets_in:
            let_in(self)
        return self.actors[role]

    def perform(self, role: str, action: Any, /, **kwargs: Any) -> Any:
        return perform(self.actor(role), action, **kwargs)

    def client(self, role: str) -> Client:
        """A signed-in test client."""
        client = Client()
        client.force_login(
            Account.objects.get(officer=self.actor(role).officer),
            backend="libertad.web.signing_in.Backend",
        )
        return client

    @staticmethod
    def at(day: int, hour: int, minute: int = 0, zone: str = "America/Guyana") -> Happened:
        """A moment in April 2018, UTC."""
        return Happened(at=dt.datetime(2018, 4, day, hour, minute, tzinfo=dt.UTC), zone=zone)


def build(home: Path) -> World:
    """Found the authorities, open the operation, invite them, appoint the officers."""
    authorities = {key: new_id() for key in AUTHORITIES}
    name, kind, country, zone = AUTHORITIES["centre"]
    lead = found_authority(
        name="M. Alleyne",
        rank="Insp.",
        service_number="BB-001",
        role="coordinator",
        zone=zone,
        authority=authorities["centre"],
    )
    operation = perform(
        lead,
        open_operation,
        name="Operation Test",
        first_day="2018-04-03",
        last_day="2018-04-09",
        zone=zone,
        country=["BB", "GY", "VC"],
        authority_name=name,
        authority_country=country,
        officer_name="M. Alleyne",
        officer_rank="Insp.",
        officer_service_number="BB-001",
    )
    world = World(operation, home, {"coordinator": replace(lead, operation=operation)}, authorities)
    coordinator = world.actors["coordinator"]
    Account.objects.create_user("BB-001", "correct horse battery", coordinator.officer)
    administrators = {}
    for key, (name, kind, country, zone) in AUTHORITIES.items():
        if key == "centre":
            continue
        make_ring(authorities[key])
        perform(
            coordinator,
            invite_authority,
            name=name,
            kind=kind,
            country=country,
            zone=zone,
            authority=authorities[key],
        )
        first = found_authority(
            name="A. Admin", rank="", service_number=f"{key}-adm", zone=zone, authority=authorities[key]
        )
        administrators[key] = replace(first, operation=operation)
    world.actors["administrator"] = administrators["police"]
    perform(administrators["police"], confirm_care, care=authorities["care"], how="telephone")
    Account.objects.create_user("POLICE-ADM", "correct horse battery", administrators["police"].officer)
    administrators["centre"] = coordinator
    for role, key in [*OFFICERS.items(), *((name, where) for name, (_role, where) in MORE.items())]:
        real = MORE[role][0] if role in MORE else role
        officer = perform(
            administrators[key],
            appoint_officer,
            name=f"Name {role}",
            rank="Sgt.",
            service_number=f"N-{role}",
            role=real,
        )
        world.actors[role] = Actor(
            officer=officer,
            authority=authorities[key],
            role=real,
            operation=operation,
            zone=AUTHORITIES[key][3],
        )
        Account.objects.create_user(f"N-{role}", "correct horse battery", officer)
    return world


WORLD = Original(build)
