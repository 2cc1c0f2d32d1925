"""Who does what at which node. Each part runs at its own node and waits for what comes from the others."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import Actor
from libertad.access.founding import found_authority
from libertad.access.models import Account, Authority, Device, Officer
from libertad.exchange import scheduler
from libertad.exchange.onboarding import admission
from libertad.figures.models import Counting
from libertad.operations.actions.open_operation import open_operation
from libertad.vocabulary.codelists import label
from libertad.vocabulary.values import Answer, Birth, Happened, Place, Refused
from scenarios.operation_libertad_2018 import names
from scenarios.operation_libertad_2018.members import DOES
from scenarios.operation_libertad_2018.stage import action

UTC = dt.UTC
PATIENCE = 240.0
START = dt.datetime(2018, 4, 5, 13, 0, tzinfo=UTC)
CUT = "21:10"  # ten minutes after the clock of the demo begins to run: care counts while somebody looks


@dataclass(frozen=True)
class Member:
    """An authority and its node: `part` of the operation, and the roles that it has officers in."""

    key: str
    name: str
    kind: str
    country: str
    zone: str
    part: str
    roles: tuple[str, ...]


MEMBERS = {
    "barbados": Member(
        "barbados",
        "Coordination centre, Barbados",
        "centre",
        "BB",
        "America/Barbados",
        "coordination",
        ("analyst", "press"),
    ),
    "lyon": Member("lyon", "INTERPOL centre, Lyon", "centre", "FR", "Europe/Paris", "support", ("analyst",)),
    "guyana": Member(
        "guyana",
        "Police, Guyana",
        "police",
        "GY",
        "America/Guyana",
        "member",
        ("national-lead", "officer", "exhibits-officer"),
    ),
    "care": Member(
        "care",
        "Care service, Guyana",
        "care",
        "GY",
        "America/Guyana",
        "member",
        ("caseworker", "caseworker", "supervisor"),
    ),
    "deciding": Member(
        "deciding",
        "Ministry that decides, Guyana",
        "deciding",
        "GY",
        "America/Guyana",
        "member",
        ("deciding-authority", "deciding-authority"),
    ),
    "shelter": Member(
        "shelter",
        "Shelter, Guyana",
        "shelter",
        "GY",
        "America/Guyana",
        "member",
        ("partner",),
    ),
}
# Who has no node of its own, and at whose it works: never police and care at one.
GUESTS = {"care": "deciding"}


@dataclass
class Node:
    """This process's part: its member, where it answers, where invitations lie, its officers, and which nodes
    there are."""

    member: Member
    home: Path
    shared: Path
    address: str
    rng: Random
    actors: dict[str, Actor] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    at: dt.datetime = START

    def do(self, role: str, name: str, /, minutes: int = 6, source: str = "saw", **kwargs: Any) -> Any:
        """Perform an action of the product as this node's officer in a role, some minutes later."""
        self.at += dt.timedelta(minutes=minutes)
        actor = self.actors[role]
        return perform(
            actor,
            action(name),
            happened=Happened(at=self.at, zone=actor.zone),
            source=source,
            provenance="generated",
            **kwargs,
        )

    def arrived(self, read: Callable[[], Any]) -> Any:
        """Wait until something has come from another node."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                value = read()
            except Refused:
                value = None
            if value:
                return value
            time.sleep(0.2)
        raise TimeoutError("nothing came from the other nodes: is one of them stopped?")


def play(
    name: str,
    home: Path,
    shared: Path,
    address: str,
    sign_ins: Mapping[str, str],
    nodes: tuple[str, ...],
) -> None:
    """This node's part, once; then its sign-ins are there. `sign_ins`: where to sign in at the others."""
    node = Node(MEMBERS[name], home, shared, address, Random(f"four {name}"), nodes=nodes)
    if name == "barbados":
        first(node)
    else:
        answer(node, node.member)
    appoint(node, node.member)
    if name in GUESTS:
        answer(node, MEMBERS[GUESTS[name]])
        appoint(node, MEMBERS[GUESTS[name]])
    {"barbados": barbados, "lyon": lyon, "guyana": guyana, "care": care, "shelter": shelter}[name](node)
    accounts(node, sign_ins)


def first(node: Node) -> None:
    """The centre opens the operation and invites the others: an invitation is a file that is handed over."""
    member = node.member
    founder = found_authority(
        name="M. Alleyne",
        rank="Insp.",
        service_number="BB-001",
        role="coordinator",
        zone=member.zone,
        provenance="generated",
    )
    operation = perform(
        founder,
        open_operation,
        happened=Happened(at=START, zone=member.zone),
        source="decision",
        provenance="generated",
        name="Operation Libertad: four nodes",
        first_day="2018-04-03",
        last_day="2018-04-09",
        zone=member.zone,
        country=["BB", "GY"],
        authority_name=member.name,
        authority_country=member.country,
        officer_name="M. Alleyne",
        officer_rank="Insp.",
        officer_service_number="BB-001",
    )
    node.actors["coordinator"] = replace(founder, operation=operation)
    node.services["coordinator"], node.names["coordinator"] = "BB-001", "Insp. M. Alleyne"
    node.do(
        "coordinator",
        "set_clock",
        source="decision",
        reads=START + dt.timedelta(hours=8),
        set_at=dt.datetime.now(UTC).replace(microsecond=0),
        rate=1,
    )
    node.do(
        "coordinator",
        "set_window",
        source="decision",
        name="First action days",
        opens=dt.datetime(2018, 4, 5, 10, tzinfo=UTC),
        closes=dt.datetime(2018, 4, 7, 22, tzinfo=UTC),
    )
    for key, invited in MEMBERS.items():
        at = next((host for host, guest in GUESTS.items() if guest == key), key)
        if key != "barbados" and at in node.nodes:
            _, text = admission.invite_node(
                node.actors["coordinator"],
                name=invited.name,
                kind=invited.kind,
                country=invited.country,
                zone=invited.zone,
                part=invited.part,
                address=node.address,
                provenance="generated",
            )
            fresh = node.shared / f"{key}.new"
            fresh.write_text(text)
            fresh.rename(node.shared / f"{key}.invitation")


def answer(node: Node, member: Member) -> None:
    """The others join by the invitation that they were handed, and wait for the operation to arrive."""
    path = node.shared / f"{member.key}.invitation"
    text = node.arrived(lambda: path.exists() and path.read_text())
    number, name = f"{member.key[:2].upper()}-ADM", names.officer(node.rng)
    joining = admission.join(
        text, administrator=name, service_number=number, address=node.address, provenance="generated"
    )
    path.unlink()
    scheduler.start().wake()
    row = node.arrived(lambda: Authority.objects.filter(pk=joining.authority).exclude(operation="").first())
    actor = Actor(joining.officer, joining.authority, "administrator", row.operation, member.zone)
    key = administrator(node, member)
    node.actors[key], node.services[key], node.names[key] = actor, number, name
    node.offices[actor.authority] = member.name


def administrator(node: Node, member: Member) -> str:
    """What the administrator of a member is called among this node's officers."""
    return "administrator" if member is node.member else f"administrator of {member.key}"


def appoint(node: Node, member: Member) -> None:
    by = node.actors.get(administrator(node, member)) or node.actors["coordinator"]
    for number, role in enumerate(member.roles, 1):
        service, name = f"{member.key[:2].upper()}-{100 + number}", names.officer(node.rng)
        officer = node.arrived(
            partial(
                perform,
                by,
                appoint_officer,
                happened=Happened(at=START, zone=by.zone),
                source="decision",
                provenance="generated",
                name=name,
                service_number=service,
                role=role,
            )
        )
        key = role if role not in node.actors else f"{role} 2"
        node.actors[key] = replace(by, officer=officer, role=role)
        node.services[key], node.names[key] = service, name


def barbados(node: Node) -> None:
    """The coordinator names who counts what care decides, and asks for the numbers of the next cut."""
    node.arrived(lambda: Authority.objects.filter(kind="police").exists())
    counting = node.arrived(lambda: Authority.objects.filter(kind="care").first())
    node.do("coordinator", "name_counting", source="decision", care=counting.pk, cut_time=CUT)
    node.do("coordinator", "ask_block", source="decision")


def lyon(node: Node) -> None:
    """What Lyon knows of the mine reaches Guyana and Barbados, and nobody else."""
    node.arrived(lambda: Authority.objects.filter(kind="police", country="GY").exists())
    node.arrived(
        lambda: node.do(
            "analyst",
            "report_lead",
            source="said",
            country="GY",
            source_grade="2",
            information_grade="B",
            handling="P",
            workplace="gold-mine",
            origin="partner-authority",
            summary="A recruiter named in another case sends women to a mine on the upper river.",
        )
    )


def guyana(node: Node) -> None:
    """A mine on the river: a lead, a site, a visit, four people met, a passport and a telephone."""
    own_care = node.arrived(lambda: Authority.objects.filter(kind="care", country="GY").first())
    node.arrived(
        lambda: Device.objects.filter(authority=own_care.pk, revoked=False).exists()
    )  # it has joined
    node.do(
        "administrator",
        "confirm_care",
        0,
        source="decision",
        care=own_care.pk,
        how="telephone",
        telephone="+592 555 0142",
    )
    node.do(
        "administrator",
        "set_danger_contact",
        0,
        source="decision",
        telephone="+592 555 0100",
        name="National lead, day and night (generated)",
    )
    node.arrived(lambda: Officer.objects.filter(role="caseworker").exists())
    lead = node.do(
        "officer",
        "report_lead",
        source="said",
        country="GY",
        source_grade="1",
        information_grade="A",
        handling="P",
        workplace="gold-mine",
        origin="hotline",
        summary="Women at a mine on the river cannot leave; the boat belongs to the manager.",
    )
    site = node.do(
        "officer",
        "register_site",
        source="document",
        country="GY",
        name="Gold mine 01",
        workplace="gold-mine",
        place=Place(lat=6.28, lon=-59.87, within_m=2000, words="upper river, three hours by boat"),
        zone="America/Guyana",
        access=("river",),
        network="none",
        living_space_m2=1.6,
        living_space_people=2,
        lead=(lead,),
    )
    team = node.do(
        "national-lead",
        "assign_team",
        source="decision",
        country="GY",
        reference="GY-1",
        officers=6,
        site=site,
        first_check_in=START + dt.timedelta(hours=2),
    )
    node.do("officer", "check_in", 60, team=team, state="on-site", next_due=START + dt.timedelta(hours=10))
    visit = node.do("officer", "record_visit", site=site, team=team, outcome="people-found", people=4)
    for number in range(4):
        tongue = "es" if number < 3 else "pt"
        person = node.do(
            "officer",
            "meet_person",
            20,
            source="said",
            country="GY",
            site=site,
            visit=visit,
            name=names.person(node.rng, tongue, "female"),
            birth=Birth(age_from=16, age_to=19, on="2018-04-05") if number == 2 else Birth(date="1994"),
            sex="female",
            language=(names.LANGUAGE[tongue],),
            nationality=("VE",) if number < 3 else ("BR",),
            workplace="gold-mine",
            seen_as="potential-victim",
            danger="yes" if number == 2 else "no",
            needs=("doctor",) if number == 2 else (),
        )
        if number == 0:
            node.do(
                "officer",
                "take_property",
                source="said",
                person=person,
                kind="passport",
                taken_by="manager",
                state="missing",
                description="passport, kept in the manager's office",
            )
    node.do(
        "exhibits-officer",
        "seize",
        country="GY",
        kind="mobile-phone",
        site=site,
        where_found="the manager's office",
        description="a black telephone with a cracked screen",
        state_when_taken="off",
    )


def care(node: Node) -> None:
    """The people met arrive as identity files; what they tell the care service stays with it."""
    from libertad.care.actions.open_care import open_care
    from libertad.people.models import Person

    people = node.arrived(
        lambda: (
            Person.objects.count() >= 4
            and list(Person.objects.order_by("met_at").values_list("pk", flat=True))
        )
    )
    node.at = START + dt.timedelta(hours=5)
    worker = node.actors["caseworker"]
    named = node.arrived(lambda: Counting.objects.first())
    node.do("caseworker", "accept_counting", source="decision", care=named.care)
    for number, person in enumerate(people[:2]):
        perform(
            worker,
            open_care,
            happened=Happened(at=node.at, zone=worker.zone),
            provenance="generated",
            person=person,
        )
        node.do(
            "caseworker",
            "record_consent",
            20,
            source="said",
            person=person,
            purpose="shelter",
            recipient="Shelter A",
            agreed="yes",
            language="spa",
        )
        if number == 0:
            node.do(
                "caseworker",
                "screen",
                30,
                source="said",
                person=person,
                rule_set="ilo-11",
                answer=[Answer(indicator=indicator, answer="yes") for indicator in ("deception", "isolation")]
                + [Answer(indicator="retention-of-identity-documents", answer="yes")],
            )

    if "shelter" in node.nodes:
        node.do(
            "caseworker",
            "record_consent",
            20,
            source="said",
            person=people[0],
            purpose="shelter",
            recipient=MEMBERS["shelter"].name,
            agreed="yes",
            language="spa",
        )


def shelter(node: Node) -> None:
    """It reads what care discloses to it, and waits to be asked."""
    node.arrived(lambda: Authority.objects.filter(kind="care").exists())


def accounts(node: Node, sign_ins: Mapping[str, str]) -> None:
    """Sign-ins of this node's demo, and the list that its sign-in page shows."""
    rows = []
    for role, actor in node.actors.items():
        service = node.services[role]
        account = Account.objects.of(service) or Account.objects.create_user(service, None, actor.officer)
        rows.append(
            {
                "account": account.pk,
                "role": label("roles", actor.role),
                "name": node.names[role],
                "authority": node.offices.get(actor.authority, node.member.name),
                "does": DOES[actor.role],
            }
        )
    operation = next(iter(node.actors.values())).operation
    listed = {"operation": operation, "accounts": rows, "nodes": sign_ins}
    text = json.dumps(listed, ensure_ascii=False, indent=1)
    (node.home / "demo.json").write_text(text, "utf-8")
