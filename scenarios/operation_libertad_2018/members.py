"""Founding: 16 police and INTERPOL authorities; care, prosecution and deciding are generated."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from libertad.access.acting import new_id
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.set_danger_contact import set_danger_contact
from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.operations.actions.open_operation import open_operation
from libertad.vocabulary.codelists import label
from libertad.vocabulary.values import Happened
from libertad.vocabulary.zones import default_zone
from scenarios.operation_libertad_2018 import names
from scenarios.operation_libertad_2018.venue import OneNode, Venue

RANKS = {"national-lead": "Supt.", "officer": "Const.", "exhibits-officer": "Cpl.", "coordinator": "Insp."}
POLICE_ROLES = ("national-lead", "officer", "officer", "officer", "exhibits-officer")
DOES = {
    "coordinator": "sees the whole operation: board, teams, figures",
    "analyst": "grades leads, registers sites, asks databases",
    "national-lead": "sends teams and answers for them",
    "officer": "meets people, records visits, checks in",
    "exhibits-officer": "keeps exhibits and their custody",
    "prosecutor": "follows arrests and custody, places holds",
    "caseworker": "supports people: consent, screening, referral",
    "supervisor": "sees to it that everybody is somebody's task",
    "deciding-authority": "decides whether a person stays or returns",
    "partner": "at a shelter: answers care, says who is there",
    "press": "publishes figures that harm nobody",
    "administrator": "appoints officers, confirms the care authority, sees no case",
}


@dataclass
class Cast:
    """Everybody in the play. Actors by (authority key, role, number); keys: 'GY', 'GY-care', ..."""

    operation: str
    venue: Venue
    actors: dict[tuple[str, str, int], Actor] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    authorities: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)

    def actor(self, key: str, role: str, number: int = 0) -> Actor:
        return self.actors[key, role, number]


def found_operation(
    data: dict[str, Any], rng: Random, when: Happened, step: Callable[[str], None], venue: Venue
) -> Cast:
    """Found every authority, open the operation, invite them, appoint the officers."""
    centre = data["centres"][0]
    authority = new_id()
    venue.ring("BB-centre", authority, "centre")
    first = venue.found_authority(
        "BB-centre",
        authority,
        name="M. Alleyne",
        rank="Insp.",
        service_number="BB-CC-001",
        role="coordinator",
        zone=centre["zone"],
        provenance="generated",
    )
    published = data["published"]
    operation = venue.perform(
        first,
        open_operation,
        happened=when,
        source="decision",
        provenance="published",
        name=published["name"],
        first_day=published["first_day"],
        last_day=published["last_day"],
        zone=centre["zone"],
        country=sorted(data["countries"]),
        authority_name=centre["name"],
        authority_country=centre["country"],
        officer_name="M. Alleyne",
        officer_rank="Insp.",
        officer_service_number="BB-CC-001",
        roster_provenance="generated",
    )
    lead = replace(first, operation=operation)
    cast = Cast(operation, venue)
    cast.actors["BB-centre", "coordinator", 0] = lead
    cast.names[lead.officer] = "Insp. M. Alleyne"
    cast.authorities["BB-centre"] = lead.authority
    cast.services[lead.officer] = "BB-CC-001"
    for role in ("coordinator", "analyst", "press"):
        _appoint(cast, rng, lead, "BB-centre", role, "BB-CC", when, given={"press": "P. Greaves"}.get(role))
    for second_centre in data["centres"][1:]:
        step(second_centre["name"])
        key = f"{second_centre['key']}-centre"
        member = {**second_centre, "kind": "centre", "officers": 0}
        administrator = _member(cast, lead, key, member, when, "published")
        _appoint(cast, rng, administrator, key, "analyst", f"{second_centre['key']}-CC", when)
    for code, country in data["countries"].items():
        step(country["name"])
        place = {"country": code, "zone": country["zone"], "part": "member", "officers": 0}
        police = {
            **place,
            "name": f"Police, {country['name']}",
            "kind": "police",
            "officers": country["officers"],
        }
        # That its police took part is published; how many officers came from where is not.
        of_police = _member(cast, lead, code, police, when, "generated")
        for role in POLICE_ROLES:
            _appoint(cast, rng, of_police, code, role, f"{code}-P", when)
        for kind, title, roles in (
            ("care", "Care authority", ("caseworker", "caseworker")),
            ("prosecution", "Prosecution office", ("prosecutor",)),
            ("deciding", "Deciding authority", ("deciding-authority", "deciding-authority")),
        ):
            key = f"{code}-{kind}"
            member = {**place, "name": f"{title}, {country['name']}", "kind": kind}
            administrator = _member(cast, lead, key, member, when, "generated")
            for role in roles:
                _appoint(cast, rng, administrator, key, role, f"{code}-{kind[0].upper()}", when)
        _confirm(cast, of_police, cast.authorities[f"{code}-care"], when)
    if "VC-care" in cast.authorities:  # a play of some countries may be without it
        # Last, and drawn by itself: nobody's name or service number changes by it.
        by = cast.actor("VC-care", "administrator")
        _appoint(cast, Random("supervisor"), by, "VC-care", "supervisor", "VC-C", when)
        if isinstance(venue, OneNode):
            _shelter(cast, lead, data["countries"]["VC"], when)
    return cast


def _shelter(cast: Cast, lead: Actor, country: dict[str, Any], when: Happened) -> None:
    """A shelter as a member of its own, with one partner officer."""
    member: dict[str, Any] = {
        "name": f"Shelter, {country['name']}",
        "kind": "shelter",
        "country": "VC",
        "part": "member",
    }
    member |= {"zone": country["zone"], "officers": 0}
    administrator = _member(cast, lead, "VC-shelter", member, when, "generated")
    _appoint(cast, Random("shelter"), administrator, "VC-shelter", "partner", "VC-S", when)


def _confirm(cast: Cast, administrator: Actor, care: str, when: Happened) -> None:
    """A police administrator makes sure of the care authority, which gets files from then on."""
    cast.venue.perform(
        administrator,
        confirm_care,
        happened=when,
        source="decision",
        provenance="generated",
        care=care,
        how="telephone",
        telephone="+000 555 0142",
    )
    cast.venue.perform(
        administrator,
        set_danger_contact,
        happened=when,
        source="decision",
        provenance="generated",
        name="National lead, day and night (generated)",
        telephone="+000 555 0100",
    )


def _member(
    cast: Cast, lead: Actor, key: str, member: dict[str, Any], when: Happened, provenance: Any
) -> Actor:
    authority, venue = new_id(), cast.venue
    venue.ring(key, authority, member["kind"])
    cast.authorities[key] = authority
    venue.perform(
        lead,
        invite_authority,
        happened=when,
        source="decision",
        provenance=provenance,
        name=member["name"],
        kind=member["kind"],
        country=member["country"],
        zone=member["zone"],
        part=member["part"],
        officers=member["officers"],
        authority=authority,
    )
    venue.join(key, authority)
    first = venue.found_authority(
        key,
        authority,
        name="Administrator",
        rank="",
        service_number=f"{key}-ADM",
        zone=member["zone"],
        provenance="generated",
    )
    administrator = replace(first, operation=cast.operation)
    cast.actors[key, "administrator", 0] = administrator
    cast.names[administrator.officer] = "Administrator"
    cast.services[administrator.officer] = f"{key}-ADM"
    return administrator


def _appoint(
    cast: Cast,
    rng: Random,
    by: Actor,
    key: str,
    role: str,
    prefix: str,
    when: Happened,
    given: str | None = None,
) -> Actor:
    number = sum(1 for k, r, _ in cast.actors if k == key and r == role)
    service = f"{prefix}-{100 + len(cast.services)}"
    name, rank = given or names.officer(rng), RANKS.get(role, "")
    officer = cast.venue.perform(
        by,
        appoint_officer,
        happened=when,
        source="decision",
        provenance="generated",
        name=name,
        rank=rank,
        service_number=service,
        role=role,
    )
    actor = Actor(officer=officer, authority=by.authority, role=role, operation=cast.operation, zone=by.zone)
    cast.actors[key, role, number] = actor
    cast.names[officer] = f"{rank} {name}".strip()
    cast.services[officer] = service
    return actor


SHOWN = [
    ("BB-centre", "coordinator", 0),
    ("BB-centre", "analyst", 0),
    ("GY", "national-lead", 0),
    ("GY", "officer", 0),
    ("VC", "exhibits-officer", 0),
    ("VC-prosecution", "prosecutor", 0),
    ("GY-prosecution", "prosecutor", 0),
    ("VC-care", "caseworker", 0),
    ("VC-care", "caseworker", 1),
    ("VC-care", "supervisor", 0),
    ("VC-deciding", "deciding-authority", 0),
    ("BB-centre", "press", 0),
    ("VC", "administrator", 0),
    ("VC", "national-lead", 0),
    ("VC", "officer", 0),
    ("JM", "national-lead", 0),
    ("TT", "officer", 0),
    ("GY-care", "caseworker", 0),
    ("VC-shelter", "partner", 0),
    ("GY", "administrator", 0),
]


def accounts(cast: Cast, home: Path, names_of: dict[str, str]) -> None:
    """Sign-ins of the demo, and the list that its sign-in page shows."""
    rows = []
    for key, role, number in SHOWN:
        if (key, role, number) not in cast.actors:  # a shelter is at one node alone
            continue
        actor = cast.actor(key, role, number)
        account = Account.objects.create_user(cast.services[actor.officer], None, actor.officer)
        rows.append(
            {
                "account": account.pk,
                "role": label("roles", role),
                "name": cast.names[actor.officer],
                "authority": names_of[actor.authority],
                "does": DOES[role],
            }
        )
    path = home / "demo.json"
    path.write_text(
        json.dumps({"operation": cast.operation, "accounts": rows}, ensure_ascii=False, indent=1), "utf-8"
    )


def zone_of(country: str) -> str:
    return default_zone(country)
