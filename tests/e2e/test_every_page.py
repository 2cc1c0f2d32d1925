"""Every page that a role may ask for, on the scenario's own files, wide and on a phone.

Answers 200; axe finds nothing; neither the console nor the policy complains; nothing is wider than the
window; the title names nobody; pages that show a person have the quick exit. Pages that a role may ask
for in principle but not of any file at hand answer 404: for each role and page one real id must do.

Every page is asked for; the browser draws it for one role, and for each further one to whom it shows an
element that it has not drawn there yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from nacl.bindings import crypto_sign_keypair
from playwright.sync_api import Browser, Page

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.answer_complaint import (
    answer_complaint,
    close_complaint,
    read_closing,
    take_complaint,
)
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.break_glass import break_glass
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.propose_change import propose_change
from libertad.access.actions.record_complaint import record_complaint
from libertad.access.actions.suspend_member import suspend_member
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor, itself
from libertad.access.attaching import ABOUT, attach
from libertad.access.complaints import reached_roles
from libertad.access.keys import make as make_key
from libertad.access.matrix import matrix
from libertad.access.matrix import roles as roles_of_the_law
from libertad.access.models import Account, Authority, Compartment, Hold, Officer, Vouched
from libertad.access.queries import clock_now
from libertad.access.queries_complaints import reached
from libertad.care import models as care
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.appeal import lodge_appeal
from libertad.care.actions.ask_decision import ask_decision
from libertad.care.actions.ask_page import ask_page
from libertad.care.actions.assign_guardian import assign_guardian
from libertad.care.actions.assign_interpreter import assign_interpreter
from libertad.care.actions.clear_guardian import clear_guardian, read_clearing
from libertad.care.actions.close_care import close_care
from libertad.care.actions.link_family import link_family
from libertad.care.actions.note_case import note_case
from libertad.care.actions.read_closing import read_care_closing
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_document import record_document
from libertad.care.actions.record_plan import record_goal
from libertad.care.actions.refer import refer
from libertad.care.actions.register_service import confirm_service, register_service
from libertad.care.actions.take_person import take_person
from libertad.care.page_sealing import new_page
from libertad.care.queries_disclosing import disclosures
from libertad.care.queries_outside import service
from libertad.care.queries_serving import with_answers
from libertad.evidence.actions.add_place import add_place
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.exchange.models import Alarm, Erasure
from libertad.exchange.peering.peers import now_ms
from libertad.field.actions.bring import bring
from libertad.field.brought import row_id
from libertad.field.odk_submissions import Answer, Collected
from libertad.figures.counted_rows import FIGURES
from libertad.figures.models import Release
from libertad.hits.actions._hit import hit_id, record_at_hand
from libertad.hits.actions.find_hit import find_hit
from libertad.hits.fold import question_key
from libertad.journal.models import Entry
from libertad.operations.actions.assign_team import assign_team
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.register_site import register_site
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.say_way_in import say_way_in
from libertad.operations.models import Check, Room, Visit, WayIn, Window
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.propose_link import propose_link
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.share_person import share_person as propose_sharing
from libertad.people.models import Person, Property
from libertad.people.queries import detention
from libertad.vocabulary.values import PersonName, Place, Refused
from libertad.vocabulary.verbs.access import AuthorityInvite
from libertad.vocabulary.verbs.hits import HitAsk, Weight
from scenarios.operation_libertad_2018.stage import Stage
from tests.field.making import ended_phone, phone_for
from tests.support.accessibility import Console, axe, violation_lines
from tests.support.browsing import HUNG, PHONE, WIDE
from tests.support.care_rows import care_rows
from tests.support.exchanged import exchanged, proposed, something_failed
from tests.support.pictures import jpeg
from tests.support.played import played
from tests.support.routes import Route, routes
from tests.support.serving import server
from tests.support.sharing import share_person

pytestmark = [pytest.mark.look, pytest.mark.xdist_group("scenario")]
WHO = {
    "coordinator": ("BB-centre", "coordinator"),
    "analyst": ("BB-centre", "analyst"),
    "press": ("BB-centre", "press"),
    "national-lead": ("VC", "national-lead"),
    "officer": ("VC", "officer"),
    "exhibits-officer": ("VC", "exhibits-officer"),
    "prosecutor": ("GY-prosecution", "prosecutor"),
    "caseworker": ("VC-care", "caseworker"),
    "supervisor": ("VC-care", "supervisor"),
    "deciding-authority": ("VC-deciding", "deciding-authority"),
    "partner": ("VC-shelter", "partner"),
    "administrator": ("VC", "administrator"),
}
QUICK = ("officer", "caseworker")  # the two whose pages differ most; the others take minutes
COMPLAINTS_REACH = ("coordinator", "national-lead", "supervisor")
# No page: a stream, files to download, and the walk of a sign-in, which has a test of its own.
NOT_HERE = {
    "board-live",
    "figures-download",
    "figures-public-download",
    "gallery",
    "exchange-alarm-proof",
    "attachment",
    "attachment-part",
    "calendar",
    "person-answer-pdf",
    "field-app",  # screens of their own (field-app), with tests of their own
    "field-app-file",
    "field-node",  # for the app: JSON
}
# Only for what one's own authority said or holds, and of that the plot has nothing.
NOT_THEIRS = {
    ("prosecutor", "detention-status-correct"),
    ("caseworker", "link-alone"),  # another one of them confirms it
    ("supervisor", "link-alone"),
    ("caseworker", "care-plan-read"),  # a supervisor reads it
    ("prosecutor", "exhibit-take-over"),
    ("deciding-authority", "care-identify-correct"),
    ("coordinator", "glass"),
    ("administrator", "glass"),
    ("national-lead", "disclosed-file"),  # the prosecution is told
    ("caseworker", "disclosed-file"),
    ("supervisor", "disclosed-file"),
    ("deciding-authority", "disclosed-file"),
    ("deciding-authority", "exchange-erasure"),
    ("partner", "exchange-erasure"),
    ("national-lead", "officer-confirm"),  # confirms where there is no administrator
    # who answers a complaint does not read its closing, and others none of these
    *((role, "complaint-read") for role in WHO),
    *(
        (role, f"complaint-{step}")
        for role in ("prosecutor", "caseworker", "deciding-authority", "partner", "administrator")
        for step in ("answer", "close", "erase")
    ),
}
LEAD = {
    "country": "VC",
    "summary": "Generated: a yard by the bay",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
}
DESK_ANSWERS = (
    "care-accept",
    "care-decline",
    "care-take-back",
    "care-acknowledge",
    "care-leading-accept",
    "care-leading-decline",
    "care-leading-withdraw",
    "care-leading-end",
)
PREFIXES = ("account_", "mfa_", "enrol", "demo", "set-language", "about")
PERSONAL = {"person", "people", "care", "property", "detention"}


@dataclass
class Served:
    base: str
    stage: Stage
    cookies: dict[str, str]
    names: set[str]
    addresses: dict[str, list[tuple[str, str]]]
    drawn: dict[str, set[str]] = field(default_factory=dict)  # by route, the elements drawn so far


@pytest.fixture(scope="module")
def served(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("node") / "home"
    with played(home, django_db_blocker) as stage:
        cookies = {}
        for role, (key, cast_role) in WHO.items():
            officer = stage.cast.actor(key, cast_role).officer
            account = Account.objects.filter(officer=officer).first() or Account.objects.create_user(
                stage.cast.services[officer], None, officer
            )
            client = Client()
            client.force_login(account, backend="libertad.web.signing_in.Backend")
            cookies[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
        addresses = _addresses(stage)
        names = {
            part
            for name, value in stage.ids.items()
            if name.startswith("who ")
            for said in value["name"]
            for part in said.text.split()
            if len(part) > 3
        }
        with server(home) as base:
            yield Served(base, stage, cookies, names, addresses)


def _addresses(stage: Stage) -> dict[str, list[tuple[str, str]]]:
    """For each role (route, address), with ids of the plot."""
    keys = _keys(stage) | _exchanged(stage) | _changes(stage)
    complained = {role: _complaints(stage, role) for role in WHO}
    hits = {role: _hits(stage, role) for role in WHO}
    programs = {role: _program(stage, role) | _phones(stage, role) for role in WHO}
    own = {
        role: _own(stage, role) | _settling(stage, role) for role in WHO
    }  # before anybody stands by one or is suspended
    shut = {role: _suspended(stage, role) for role in WHO}
    alone = {role: _by_one(stage, role) | _shared(stage, role) | _linked(stage, role) for role in WHO}
    glass = _glass(stage)
    addresses: dict[str, list[tuple[str, str]]] = {role: [] for role in WHO}
    for route in routes("libertad.web.urls"):
        if route.name in NOT_HERE or route.name.startswith(PREFIXES):
            continue
        for role in WHO:
            if matrix().may_ask(role, route.name, "get") and (role, route.name) not in NOT_THEIRS:
                arguments = _keys_for(
                    route,
                    keys
                    | own[role]
                    | hits[role]
                    | programs[role]
                    | shut[role]
                    | alone[role]
                    | glass.get(role, {})
                    | complained[role],
                )
                addresses[role].append((route.name, route.address(*arguments)))
    return addresses


def _changes(stage: Stage) -> dict[str, tuple[str, ...]]:
    """A change that waits for another authority's signature, and keys that the centre vouched for."""
    coordinator = stage.cast.actor("BB-centre", "coordinator")
    care = stage.cast.actor("VC-care", "caseworker").authority
    row = Authority.objects.get(pk=care)
    content = AuthorityInvite(name=row.name, kind=row.kind, country="TT", zone=row.zone)
    key = perform(coordinator, propose_change, about=care, what=content, reason="It was entered wrongly")
    for _ in range(2):  # the first is that of an invitation
        public = crypto_sign_keypair()[0].hex()
        perform(coordinator, enrol_device, public=public, authority=care)
    vouched = Vouched.objects.filter(verb="device.enrol").latest("at").pk
    suspended = perform(coordinator, suspend_member, authority=care, reason="Its node was robbed")
    return {
        "change": (key,),
        "member": (care,),
        "vouched": (vouched,),
        "suspension": (suspended,),
        "suspension-lift": (suspended,),
    }


def _stranded(stage: Stage, country: str = "VC") -> tuple[str, ...]:
    """An exhibit that an officer holds who is gone."""
    administrator = stage.cast.actor(country, "administrator")
    leaver = perform(
        administrator,
        appoint_officer,
        name="Generated Leaver",
        rank="Sgt.",
        service_number="N-leaver",
        role="officer",
    )
    held = perform(
        replace(stage.cast.actor(country, "officer"), officer=leaver),
        seize,
        country=country,
        kind="mobile-phone",
        description="Mobile phone in a locker",
    )
    perform(administrator, withdraw_officer, officer=leaver, reason="Left the force")
    return (held,)


def _hits(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A hit of two records that the role reads, as the node finds it, and a question about one of them."""
    person = [f"person:{stage.get('person VC/0')}", f"person:{stage.get('person VC/1')}"]
    lead = [f"lead:{stage.get('lead VC-0')}", f"lead:{stage.get('lead VC-1')}"]
    exhibit = [f"exhibit:{stage.get('exhibit GY 1')}", f"exhibit:{stage.get('exhibit GY 2')}"]
    records, asker = {
        "coordinator": (lead, ("VC", "officer")),
        "analyst": (lead, ("VC", "officer")),
        "prosecutor": (exhibit, ("GY", "officer")),
        "caseworker": (person, ("VC", "officer")),
    }.get(role, (person, ("VC-care", "caseworker")))
    actor = stage.cast.actor(*WHO[role])
    if role in ("press", "administrator", "deciding-authority", "partner"):
        return {}
    weights = [Weight(kind="phone", bits=15.0, left="+592 611 4409", right="+592 611 4409", how="same")]
    hit = perform(
        itself(actor.authority, actor.operation, actor.zone),
        find_hit,
        one=records[0],
        two=records[1],
        bits=12.0,
        probability=0.999,
        reasons=weights,
    ) or hit_id(actor.authority, *records)
    asking = stage.cast.actor(*asker)

    def ask(act: Act) -> None:
        row = record_at_hand(act, records[0])
        assert row is not None
        content = HitAsk(record=records[0], to=actor.authority, words="Who took the call?")
        act.say(row["compartment"], content, subject=hit)

    perform(asking, ask)
    return {"hit": (hit,), "hit-answer": (question_key(hit, records[0]),)}


def _program(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A program's key that the role may end: its own officer's, or of one whom it may withdraw."""
    if not matrix().may_ask(role, "key-end", "get"):
        return {}
    gives = role in matrix().entries["key.make"].say
    officer = stage.cast.actor(*(WHO[role] if gives else WHO["officer"]))
    return {"key-end": (make_key(officer, program="Matching desk").id,)}


def _phones(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A phone of the force that goes on, and one of which a report came after its end."""
    if not matrix().may_ask(role, "phones", "get"):
        return {}
    country = WHO[role][0]
    administrator = stage.cast.actor(country, "administrator")
    officer = stage.cast.actor(country, "officer").officer
    if role == "administrator":
        return {"phone-end": (phone_for(administrator, officer).device,)}
    return {"phone-waiting": (ended_phone(administrator, officer)[0].device,)}


def _by_one(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """An appointment by another that nobody has confirmed: for who confirms it, or the officer's own."""
    if not matrix().may_ask(role, "officer-confirm", "get") or (role, "officer-confirm") in NOT_THEIRS:
        return {}
    actor = stage.cast.actor(*WHO[role])
    officers = Officer.objects.filter(authority=actor.authority, withdrawn=False).exclude(pk=actor.officer)
    giver = officers.filter(role__in=("administrator", "coordinator")).first()
    values = {"name": f"Generated {role}", "rank": "Sgt."}
    if giver is None:
        second = perform(
            actor, appoint_officer, service_number=f"N-giver-{role}", role="administrator", **values
        )
        giver = Officer.objects.get(pk=second)
    appointing = replace(actor, officer=giver.pk, role=giver.role)
    confirms = matrix().may_ask(role, "officer-confirm", "post")
    officer = perform(
        appointing,
        appoint_by_one,
        service_number=f"N-by-one-{role}",
        role=role,
        officer=None if confirms else actor.officer,
        **values,
    )
    return {"officer-confirm": (officer,)}


def _glass(stage: Stage) -> dict[str, dict[str, tuple[str, ...]]]:
    """By role, what was done alone because of danger to life and nobody has reviewed."""
    worker, officer = stage.cast.actor(*WHO["caseworker"]), stage.cast.actor(*WHO["officer"])
    kept = Compartment.objects.filter(kind="care", owner=worker.authority).order_by("pk")[0].about
    met = Person.objects.filter(authority=officer.authority).order_by("reference")[0].pk
    reader = stage.cast.actor("GY", "officer").authority
    words = "Generated: she telephoned that he stands at the door"
    values = {"words": words, "source": "decision"}
    opened = perform(worker, break_glass, kind="care", person=kept, way="read", **values)
    shared = perform(officer, break_glass, kind="person", person=met, way="share", reader=reader, **values)
    return {
        **{role: {"glass": (opened,)} for role in ("caseworker", "supervisor")},
        **{role: {"glass": (shared,)} for role in ("officer", "national-lead")},
    }


def _complaints(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A complaint that the officer recorded, or that reaches the officer; for whom complaints reach, some as
    far as their pages need it."""
    actor = stage.cast.actor(*WHO[role])
    staff = Officer.objects.filter(authority=actor.authority, withdrawn=False).exclude(pk=actor.officer)
    colleagues = [replace(actor, officer=row.pk, role=row.role) for row in staff.order_by("pk")]
    givers = [by for by in colleagues if actor.officer in reached(by, [])]
    if role not in COMPLAINTS_REACH:
        return {"complaint": _complaint(actor)}
    keys = {name: _complaint(givers[0]) for name in ("complaint", "complaint-answer", "complaint-close")}
    (over,) = keys["complaint-erase"] = _complaint(givers[0])
    for key in (*keys["complaint-answer"], *keys["complaint-close"], over):
        perform(actor, take_complaint, complaint=key)
        if key not in keys["complaint-answer"]:
            perform(actor, answer_complaint, complaint=key, words="Sent home")
    closing = perform(actor, close_complaint, complaint=over, outcome="founded", words="He left")
    for reader in colleagues:
        with suppress(Forbidden, Refused):
            perform(reader, read_closing, complaint=over, closing=closing, agrees="yes")
            break
    return keys


def _complaint(by: Actor) -> tuple[str, ...]:
    """About nobody who is known."""
    key = perform(
        by,
        record_complaint,
        officers=[],
        reach=reached_roles(reached(by, [])),
        words="Generated: asked for favours",
        safe="not-safe",
        by="person",
        named="not-asked",
        source="said",
    )
    return (key,)


def _suspended(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """An officer of the own authority whom this one suspended, and one to be suspended."""
    if not matrix().may_ask(role, "officer-suspend", "get"):
        return {}
    actor = stage.cast.actor(*WHO[role])
    officers = Officer.objects.filter(authority=actor.authority, withdrawn=False)
    giver = officers.filter(role__in=("administrator", "coordinator")).first()
    appointing = actor if giver is None else replace(actor, officer=giver.pk, role=giver.role)
    keys = [
        perform(
            appointing,
            appoint_officer,
            name=f"Generated {name} {role}",
            service_number=f"N-{name}-{role}",
            role="caseworker" if role == "supervisor" else "officer",
        )
        for name in ("shut", "doubted")
    ]
    perform(actor, suspend_officer, officer=keys[0], reason="generated")
    return {"officer-suspension": (keys[0],), "officer-suspend": (keys[1],)}


def _shared(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A proposal to share a file that waits for the officer's answer, or that the officer made."""
    if not matrix().may_ask(role, "share-answer", "get"):
        return {}
    actor = stage.cast.actor(*WHO[role])
    key = WHO[role][0]
    first = stage.cast.actor(key, "caseworker" if key.endswith("care") else "officer")
    person = perform(first, meet_person, country="VC", source="said")
    share, _entry = perform(
        actor if actor.role in ("officer", "caseworker") else first,
        propose_sharing,
        person=person,
        authority=stage.cast.actor("GY", "officer").authority,
        reason="To ask there",
    )
    return dict.fromkeys(("share-answer", "share-now", "share-refuse"), (share,))


def _linked(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A proposal that two records are of one person, which the officer made."""
    if not matrix().may_ask(role, "link-answer", "get"):
        return {}
    actor = stage.cast.actor(*WHO[role])
    key = WHO[role][0]
    first = stage.cast.actor(key, "caseworker" if key.endswith("care") else "officer")
    pair = [perform(first, meet_person, country="VC", source="said") for _ in range(2)]
    entry = perform(
        actor, propose_link, person=pair[0], other=pair[1], reasons="Same scar", source="decision"
    )
    return dict.fromkeys(("link-answer", "link-alone"), (entry,))


def _exchanged(stage: Stage) -> dict[str, tuple[str, ...]]:
    """Peers, alarms, an invitation, and a request to erase that both of Saint Vincent's authorities owe."""
    lead = stage.cast.actor("BB-centre", "coordinator")
    planted = exchanged(lead.operation, lead.authority, lead.officer)
    something_failed(planted.failing)
    for key, role in (("VC", "national-lead"), ("VC-care", "caseworker")):
        Erasure.objects.create(
            request="f" * 32,
            authority=stage.cast.actor(key, role).authority,
            asking=planted.authority,
            message=b"",
            compartments='["' + "c" * 32 + '"]',
            at=now_ms(),
        )
    care = stage.cast.actor("VC-care", "caseworker").authority
    return {
        "exchange-peer": (planted.failing,),
        "exchange-peer-state": (planted.failing, "suspend"),
        "exchange-alarm": (planted.device_alarm,),
        "exchange-erasure": ("f" * 32,),
        **_country_files(stage),
        "invitation-withdraw": (planted.invitation,),
        "person-reader-remove": (stage.get("person VC/0"), care),
    }


def _settling(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """A proposal to settle an alarm that the role answers, and an own one that nobody has answered."""
    if role not in ("administrator", "coordinator", "national-lead", "supervisor"):
        return {}
    own = stage.cast.actor(*WHO[role])
    other = stage.cast.actor(*WHO["administrator" if role == "coordinator" else "coordinator"])
    alarm = Alarm.objects.filter(kind="node").earliest("at").pk
    return {
        "exchange-alarm-answer": (proposed(alarm, other.officer, other.authority, f"answer {role}"),),
        "exchange-alarm-alone": (proposed(alarm, own.officer, own.authority, f"alone {role}"),),
    }


def _country_files(stage: Stage) -> dict[str, tuple[str, ...]]:
    """The case file of a country, whose page says why it is not erased yet."""
    about = f"{stage.cast.actor('VC', 'officer').operation}:VC"
    file = (Compartment.objects.get(kind="case", about=about).pk,)
    return {"file-keep": file, "file-erasure": file}


def _asked(actor: Actor, kind: str, country: str, request: str) -> tuple[str, ...]:
    """A request to erase the file of a country that the actor's authority owes an answer."""
    file = Compartment.objects.get(kind=kind, about=f"{actor.operation}:{country}").pk
    Erasure.objects.create(
        request=request,
        authority=actor.authority,
        asking="a" * 32,
        message=b"",
        compartments=json.dumps([file]),
        at=now_ms(),
    )
    return (request,)


def _own(stage: Stage, role: str) -> dict[str, tuple[str, ...]]:
    """Keys of those who work elsewhere: the prosecutor of the one who was met and detained, and a centre."""
    if role == "prosecutor":
        held = (stage.get("detention GY 0"),)
        placed = Hold.objects.exclude(reference="").values_list("pk", flat=True).first() or perform(
            stage.cast.actor("GY-prosecution", "prosecutor"), hold_reference, reference="P-GY-999", reason="x"
        )
        prosecutor = stage.cast.actor(*WHO[role])
        case = Compartment.objects.get(kind="case", about=f"{prosecutor.operation}:GY").pk
        return {
            "file-erasure": (case,),
            "exchange-erasure": _asked(prosecutor, "case", "GY", "e" * 32),
            "detention": held,
            "detention-read": _unheard(stage, prosecutor, "GY"),
            "hold": held,
            "hold-lift": (str(placed),),
            "exhibit": (stage.get("exhibit GY 1"),),
            "attachment-add": ("exhibit", stage.get("exhibit GY 1")),
        }
    if role in ("caseworker", "supervisor"):  # whom care met, and whose file it let the police read
        worker = stage.cast.actor("VC-care", "caseworker")
        police = stage.cast.actor("VC", "officer").authority
        person = perform(worker, meet_person, country="VC", source="said")
        perform(worker, share_person, person=person, authority=police, reason="To find her passport")
        property_id = str(Property.objects.filter(person=stage.get("person VC/0")).first().pk)  # type: ignore[union-attr]
        interpreter = perform(
            worker, assign_interpreter, person=person, name="I-02", language="spa", way="phone", briefed="no"
        )
        guardian = perform(
            worker, assign_guardian, person=person, name="Generated Aunt", kind="relative", checked="no"
        )
        relative = perform(
            worker, link_family, person=person, name="Generated Ana", relation="sibling", together="yes"
        )
        closed_person, waiting_person = (
            perform(worker, meet_person, country="VC", source="said") for _person in range(2)
        )
        deciding = stage.cast.authorities["VC-deciding"]
        perform(worker, ask_decision, person=closed_person, authority=deciding, what="return")
        closings = {
            key: perform(
                worker,
                close_care,
                person=key,
                reason="wish",
                afterwards="The duty line",
                despite="Nothing waits",
                keep_until="2018-12-31",
            )
            for key in (closed_person, waiting_person)
        }
        second = stage.cast.actor("VC-care", "supervisor", 0)
        if worker.officer == second.officer:
            second = stage.cast.actor("VC-care", "caseworker", 1)
        perform(
            second, read_care_closing, person=closed_person, closing=closings[closed_person], agrees="yes"
        )
        note = perform(
            stage.cast.actor(*WHO[role]),
            note_case,
            person=person,
            kind="talked",
            seen="2018-04-05",
            words="At the shelter.",
        )
        planned = perform(worker, meet_person, country="VC", source="said")
        perform(worker, take_person, person=planned)
        document = perform(worker, record_document, person=planned, kind="passport", state="lost")
        soon = f"{clock_now(worker.operation) + timedelta(days=30):%Y-%m-%d}"
        goal = perform(
            worker,
            record_goal,
            person=planned,
            area="housing",
            goal="Generated: a room",
            doing="She asks",
            until=soon,
            progress="not-begun",
        )
        return {
            **_guardians(worker, second),
            "care-close-read": (waiting_person,),
            "care-documents": (planned,),
            "care-documents-change": (planned, document),
            "care-plan": (planned,),
            "care-plan-change": (planned, goal),
            "care-note-correct": (person, note),
            **_asked_by_page(stage, worker, person),
            "person-reader-remove": (person, police),
            "attachment-add": ("property", property_id),
            "person-meeting": (person,),
            "care-interpreter-end": (person, interpreter),
            "care-guardian-end": (person, guardian),
            "care-family-end": (person, relative),
            "care-erasure": (closed_person,),
            "care-ask-end": (closed_person, deciding),
            "care-keep": (closed_person,),
            **dict.fromkeys(DESK_ANSWERS, (person, "f" * 64)),
        }
    if role == "national-lead":
        return {"detention-read": _unheard(stage, stage.cast.actor(*WHO[role]), "VC")}
    if role == "partner":
        return {"disclosed-file": (stage.get("disclosed VC/6"),)}
    if role in ("officer", "exhibits-officer"):  # whoever reported a lead corrects it
        return {"lead-correct": (perform(stage.cast.actor(*WHO[role]), report_lead, **LEAD),)}
    if role == "coordinator":
        centre = stage.cast.actor(*WHO[role])
        soon = clock_now(centre.operation) + timedelta(hours=1)
        team = {"country": "VC", "reference": "VC-99", "officers": 2, "first_check_in": soon}
        return {
            "exchange-erasure": _asked(centre, "police", "VC", "d" * 32),
            "officer": (stage.cast.actor("BB-centre", "analyst").officer,),
            "lead-correct": (perform(centre, report_lead, **LEAD),),
            "team-correct": (perform(centre, assign_team, site=_site(stage), **team),),
        }
    if role == "analyst":  # police's are corrected by police
        analyst = stage.cast.actor(*WHO[role])
        check = {"country": "VC", "database": "other", "about": "other", "answer": "no-hit"}
        return {
            "lead-correct": (perform(analyst, report_lead, **LEAD),),
            "site-correct": (_site(stage),),
            "way-in-correct": (perform(analyst, say_way_in, site=_site(stage), path="river"),),
            "check-correct": (perform(analyst, record_check, **check),),
        }
    return {}


def _asked_by_page(stage: Stage, worker: Actor, person: str) -> dict[str, tuple[str, ...]]:
    """A service outside Libertad, asked by a page; one that waits for a second officer; a referral."""
    line, clinic = "+592 555 0143", "Generated clinic"
    values = {"name": clinic, "telephone": "+592 555 0142", "checked_with": "Its sign"}
    key = perform(worker, register_service, **values)
    listed = service(worker, key)
    assert listed is not None and listed.proposed is not None
    second = stage.cast.actor("VC-care", "supervisor")
    entry = listed.proposed.entry
    perform(second, confirm_service, service=key, entry=entry, agrees="yes", words="The directory")
    by = stage.cast.actor("VC-care", "caseworker") if worker.role == "supervisor" else second
    waiting = perform(by, register_service, **values | {"name": "Night clinic"})
    agreed = perform(worker, record_consent, person=person, purpose="doctor", recipient=clinic, agreed="yes")
    asked = {"person": person, "service": "medical", "to": clinic, "consent": agreed}
    first, other = perform(worker, refer, **asked), perform(worker, refer, **asked)
    new = new_page(need="medical", day="", sex="", age="", language="", line=line)
    page = perform(worker, ask_page, person=person, referral=first, service=key, line=line, new=new)
    return {
        "care-page": (person, other),
        "care-page-recall": (person, page),
        **dict.fromkeys(("care-service", "care-service-change", "care-service-end"), (waiting,)),
    }


def _site(stage: Stage) -> str:
    """A site that the centre registered."""
    place = Place(lat=13.2, lon=-61.2, within_m=100, words="by the bay")
    return str(
        perform(
            stage.cast.actor("BB-centre", "analyst"),
            register_site,
            country="VC",
            name="Generated yard",
            workplace="farm",
            place=place,
            zone="America/St_Vincent",
        )
    )


def _brought(stage: Stage) -> tuple[str, ...]:
    """What ODK brought and nobody accepted yet, with a code that no form has."""
    officer = stage.cast.actor("VC", "officer")
    answers = (
        Answer("Is anyone in danger?", "danger", ("yes",), "Yes"),
        Answer("How did it look?", "seen_as", ("unclear",), "unclear"),
        Answer("Which boat?", "", ("Blue, no number",), "Blue, no number"),
    )
    submission = Collected("uuid:page", "Met at the river", "K. Persaud", "2018-04-05T10:00:00Z", answers)
    perform(officer, bring, verb="person.meet", submissions=[submission])
    return (row_id(officer.authority, officer.operation, submission.instance),)


def _answered(stage: Stage) -> dict[str, tuple[str, ...]]:
    """Somebody with a need that nobody answered, of whom a service told by telephone."""
    worker = stage.cast.actor("VC-care", "caseworker")
    person = perform(worker, meet_person, country="VC", source="said", needs=("doctor",))
    agreed = {"person": person, "purpose": "shelter", "recipient": "House B", "agreed": "yes"}
    asked = {"person": person, "service": "shelter", "to": "House B"}
    referral = perform(worker, refer, **asked, consent=perform(worker, record_consent, **agreed))
    told = perform(worker, answer_referral, referral=referral, answer="need", reasons="A cot.")
    return {"care-settle": (person, told), "care-settle-need": (person, "doctor")}


def _guardians(worker: Actor, second: Actor) -> dict[str, tuple[str, ...]]:
    """A guardian of whom nothing is said, one who waits for a second reader, and one who is safe."""
    named = []
    for _child in range(3):
        person = perform(worker, meet_person, country="VC", source="said")
        guardian = {"name": "Generated", "kind": "relative", "checked": "yes"}
        named.append((person, perform(worker, assign_guardian, person=person, **guardian)))
    waits, safe = (
        perform(worker, clear_guardian, person=person, guardian=guardian, why="Generated")
        for person, guardian in named[1:]
    )
    perform(second, read_clearing, clearing=safe, agrees="yes")
    return {
        "care-guardian-clear": named[0],
        "care-guardian-read": (named[1][0], waits),
        "care-guardian-revoke": (named[2][0], safe),
        "care-guardian-letter": (named[2][0], safe),
    }


def _appealed(stage: Stage, child: str) -> dict[str, tuple[str, ...]]:
    """The child's decision, against which one can be lodged; somebody else's, against which one waits."""
    worker = stage.cast.actor("VC-care", "caseworker")
    counts = [
        row for row in care_rows(care.ReturnDecision, compartment__in=_kept(worker)) if row.read == "yes"
    ]
    own = max((row for row in counts if row.person == child), key=lambda row: row.at)
    other = next(row for row in counts if row.person != child)
    entry = perform(worker, lodge_appeal, decision=other.pk, court="The court of appeal", suspends="yes")
    return {"care-appeal": (child, own.pk), "care-appeal-outcome": (other.person, other.pk, entry)}


def _kept(worker: Actor) -> list[str]:
    """The protection files of the worker's authority that are open."""
    owned = Compartment.objects.filter(kind="care", owner=worker.authority).values_list("pk", flat=True)
    files = care_rows(care.CareFile, pk__in=list(owned))
    return [file.pk for file in files if file.closed_at is None]


def _tasked(stage: Stage) -> tuple[str, ...]:
    """A team of all who may acknowledge its tasking."""
    lead = stage.cast.actor("VC", "national-lead")
    named = [
        stage.cast.actor("VC", role).officer for role in ("national-lead", "officer", "exhibits-officer")
    ]
    soon = clock_now(lead.operation) + timedelta(hours=1)
    team = {"country": "VC", "reference": "VC-98", "officers": 3, "first_check_in": soon, "member": named}
    return (perform(lead, assign_team, site=_site(stage), **team),)


def _unheard(stage: Stage, reader: Actor, country: str) -> tuple[str, ...]:
    """A release by a court that this reader has not read against the paper."""
    officer = stage.cast.actor(country, "officer")
    held = {"country": country, "name": (PersonName(text="Ulises Peña Díaz"),), "grounds": "Keys of the boat"}
    key = perform(officer, set_detention, state="detained", **held)
    court = {"release": "court", "court": "Generated court", "order": "7", "reasons": "No grounds"}
    perform(officer, set_detention, detention=key, state="released", country=country, **court)
    (word,) = detention(reader, key).unheard  # type: ignore[union-attr]
    return (key, word.entry)


def _keys(stage: Stage) -> dict[str, tuple[str, ...]]:
    """The key of each route that takes one."""
    child = stage.get("person VC/0")
    other_person = (
        Person.objects.filter(country="VC")
        .exclude(pk__in=care.CareFile.objects.values("person"))
        .order_by("reference")
        .first()
    )
    part_ids = {
        name: max(care_rows(model, person=child), key=lambda part: part.at).pk
        for name, model in {
            "screening": care.Screening,
            "identification": care.Identification,
            "consent": care.Consent,
            "referral": care.Referral,
            "return": care.ReturnDecision,
        }.items()
    }
    assert other_person is not None
    exhibit = str(Exhibit.objects.get(pk=stage.get("exhibit VC 1")).pk)
    keeper = stage.cast.actor("VC", "exhibits-officer")
    about = ABOUT["exhibit"](keeper, exhibit)
    assert about is not None
    attach(keeper, about, content=jpeg(), name="The telephone as it was found")
    return {
        "brought": _brought(stage),
        "lead": (stage.get("lead VC-0"),),
        "site": (stage.get("site VC-0"),),
        "team": (stage.get("team VC-0"),),
        "team-new": (stage.get("site VC-0"),),
        "window": (str(Window.objects.order_by("pk").first().pk),),  # type: ignore[union-attr]
        "visit": (stage.get("site VC-0"),),
        "visit-correct": (_of(Visit),),
        "headcount": (stage.get("headcount VC-0"),),
        **dict.fromkeys(("headcount-new", "room-new", "way-in-new"), (stage.get("site VC-0"),)),
        "room": (_of(Room),),
        "way-in": (_of(WayIn),),
        "check": (_of(Check),),
        "person": (child,),
        "property": (str(Property.objects.filter(person=child).first().pk),),  # type: ignore[union-attr]
        "property-pay": (str(Property.objects.filter(money=True).first().pk),),  # type: ignore[union-attr]
        "property-new": (child,),
        "detention": (stage.get("detention VC 0"),),
        "hold": (stage.get("detention VC 0"),),
        "exhibit": (exhibit,),
        "exhibit-take-over": _stranded(stage),
        **_store(keeper),
        "attachment-add": ("exhibit", exhibit),
        "care": (child,),
        "care-open": (str(other_person.pk),),
        "care-screen": (child, "ilo-11"),
        "care-answers": (child, part_ids["screening"]),
        "care-reading": (child, part_ids["identification"]),
        "care-identify-correct": (child, part_ids["identification"]),
        "care-decide-correct": (child, part_ids["return"]),
        "care-consent-withdraw": (child, part_ids["consent"]),
        "care-referral": (child, part_ids["referral"]),
        "care-return-reading": (child, part_ids["return"]),
        "care-disclose": (stage.get("person VC/4"), stage.get("agreed to tell VC/4")),
        "care-disclosure": (stage.get("person VC/4"), stage.get("disclosure VC/4")),
        "disclosed-file": (stage.get("disclosed GY/2"),),
        **_services(stage),
        **_answered(stage),
        **_appealed(stage, child),
        "team-acknowledge": _tasked(stage),
        "figures-entries": (FIGURES[0],),
        "release": (str(Release.objects.order_by("-number").first().pk),),  # type: ignore[union-attr]
        "officer": (stage.cast.actor("VC", "officer", 1).officer,),
        "entry": (_entry(stage),),
    }


def _services(stage: Stage) -> dict[str, tuple[str, ...]]:
    """What a shelter was asked, with a concern that waits."""
    worker = stage.cast.actor("VC-care", "caseworker")
    person, disclosure = stage.get("person VC/6"), stage.get("disclosure VC/6")
    ((_view, answers),) = with_answers(worker, disclosures(worker, person, [disclosure]))
    assert answers is not None
    expected = stage.get("disclosed VC/7")
    return {
        "service-answer": (expected,),
        "service-arrived": (expected,),
        "service-left": (stage.get("disclosed VC/6"),),
        "service-concern": (expected,),
        "care-concern": (person, disclosure, answers.waiting[0].entry),
    }


def _store(keeper: Actor) -> dict[str, tuple[str, ...]]:
    """A shelf with an exhibit, and an audit that missed it."""
    exhibit = perform(keeper, seize, country="VC", kind="document", description="Generated ledger")
    shelf = perform(keeper, add_place, country="VC", kind="shelf", name="Shelf 1")
    perform(keeper, move_exhibits, store=shelf, things=[{"exhibit": exhibit}])
    audit = perform(keeper, audit_place, store=shelf, listed=[exhibit], confirmed=True)
    return {
        "store-place": (shelf,),
        "store-audit-new": (shelf,),
        "store-audit": (audit,),
        "store-explain": (audit,),
    }


def _of(model: type[Visit | Check | Room | WayIn]) -> str:
    """One of Saint Vincent, in the police file that a centre reads too."""
    place = Compartment.objects.get(kind="police", about__endswith=":VC")
    return str(model._default_manager.filter(compartment=place.pk).order_by("pk")[0].pk)


def _entry(stage: Stage) -> str:
    """An entry that every member reads: the last release's."""
    release = Release.objects.order_by("-number").first()
    assert release is not None and Entry.objects.filter(hash=bytes.fromhex(release.entry)).exists()
    return str(release.entry)


def _keys_for(route: Route, keys: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if not route.keys:
        return ()
    for name in sorted(keys, key=len, reverse=True):
        fits = route.name == name or route.name.startswith(name + "-")
        if fits and len(keys[name]) == len(route.keys):
            return keys[name]
    raise AssertionError(f"no id at hand for {route.name}{route.keys}")


def _examined(addresses: dict[str, list[tuple[str, str]]]) -> set[tuple[str, str]]:
    """(role, route): axe looks at each page as one of those who may ask for it, each in turn."""
    by_route: dict[str, list[str]] = {}
    for role, listed in addresses.items():
        for name, _address in listed:
            by_route.setdefault(name, []).append(role)
    return {(roles[n % len(roles)], name) for n, (name, roles) in enumerate(sorted(by_route.items()))}


def _elements(text: str) -> set[str]:
    """What a page is built of: each start tag without what differs from file to file."""
    return set(re.findall(r"<[a-z][a-z0-9-]*", text)) | set(re.findall(r'\bclass="[^"]*"', text))


def _faults(page: Page, name: str, address: str, served: Served, examined: bool) -> Iterator[str]:
    answer = page.request.get(address)
    if answer.status != 200:
        yield f"answers {answer.status}"
        return
    text = answer.text()
    title = text.partition("<title>")[2].partition("</title>")[0]
    if exposed := [person_name for person_name in served.names if person_name in title]:
        yield f"the title names a person: {exposed}"
    if name.split("-")[0] in PERSONAL and "data-exit" not in text:
        yield "no quick exit"
    elements, drawn = _elements(text), served.drawn.setdefault(name, set())
    if examined or not elements <= drawn:
        drawn |= elements
        yield from _faults_drawn(page, address, examined)


def _faults_drawn(page: Page, address: str, examined: bool) -> Iterator[str]:
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(address, wait_until="load")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            yield f"{over} px too wide at {size['width']}"
        if examined and (violations := axe(page)):
            yield f"at {size['width']}: {violation_lines(violations)}"


def test_only_pages_are_left_out() -> None:
    assert {route.name for route in routes()} >= NOT_HERE
    assert set(WHO) == set(roles_of_the_law())


@pytest.mark.parametrize(
    "role", [role if role in QUICK else pytest.param(role, marks=pytest.mark.nightly) for role in WHO]
)
def test_every_page_of_a_role(served: Served, browser: Browser, role: str) -> None:
    context = browser.new_context(viewport=WIDE, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(HUNG)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": served.cookies[role], "url": served.base}]
    )
    page = context.new_page()
    console = Console(page)
    examined = _examined(served.addresses)
    faults = []
    assert served.addresses[role], role
    for name, address in served.addresses[role]:
        page_faults = list(_faults(page, name, served.base + address, served, (role, name) in examined))
        page_faults += console.errors + console.refused
        console.errors.clear()
        console.refused.clear()
        faults += [f"{name} ({address}): {fault}" for fault in page_faults]
    context.close()
    assert not faults, "\n".join(faults)
