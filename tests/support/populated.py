"""The world of tests/support/world.py with a file of every kind in it, for tests of rights and walls.

`CANARIES` are words that stand nowhere else: whoever finds one outside the right file has found a leak.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

from django.test import Client
from nacl.bindings import crypto_sign_keypair

from libertad.access import upload_parts
from libertad.access.acting import perform
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
from libertad.access.actor import itself
from libertad.access.attaching import ABOUT, attach
from libertad.access.keys import make as make_key
from libertad.access.keys import make_calendar
from libertad.access.matrix import matrix, roles
from libertad.access.models import Account, Authority, Compartment, Vouched
from libertad.access.queries import clock_now
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.appeal import lodge_appeal
from libertad.care.actions.ask_decision import ask_decision
from libertad.care.actions.ask_page import ask_page
from libertad.care.actions.assign_guardian import assign_guardian
from libertad.care.actions.assign_interpreter import assign_interpreter
from libertad.care.actions.clear_guardian import clear_guardian, read_clearing
from libertad.care.actions.close_care import close_care
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.disclose import propose_disclosure, read_disclosure
from libertad.care.actions.hand_over import offer_person
from libertad.care.actions.identify import identify
from libertad.care.actions.link_family import link_family
from libertad.care.actions.note_case import note_case
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_document import record_document
from libertad.care.actions.record_exploitation import record_exploitation
from libertad.care.actions.record_plan import record_goal
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.register_service import confirm_service, register_service
from libertad.care.actions.screen import screen
from libertad.care.actions.settle import settle_need
from libertad.care.actions.take_person import take_person
from libertad.care.page_sealing import new_page
from libertad.care.queries_outside import service
from libertad.evidence.actions.add_place import add_place
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.take_over import take_over
from libertad.exchange.models import Erasure
from libertad.exchange.peering.peers import now_ms
from libertad.field.actions.bring import bring
from libertad.field.brought import row_id
from libertad.field.odk_submissions import Answer as Answered
from libertad.field.odk_submissions import Collected
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.counted_rows import FIGURES
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.actions.find_hit import find_hit
from libertad.hits.fold import question_key
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.operations.actions.count_people import record_headcount
from libertad.operations.actions.measure_room import measure_room
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.say_way_in import say_way_in
from libertad.operations.actions.set_window import set_window
from libertad.people.actions.answer_service import answer_service, record_arrival, tell_concern
from libertad.people.actions.confirm_limit import confirm_limit
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.identify_suspect import identify_suspect
from libertad.people.actions.link_suspect import link_suspect
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.pay_property import pay_property
from libertad.people.actions.propose_link import propose_link
from libertad.people.actions.record_right import record_right
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.share_person import share_person
from libertad.people.actions.take_property import take_property
from libertad.people.actions.view_exploitation import view_exploitation
from libertad.people.queries import detention
from libertad.vocabulary.values import Answer, Birth, PersonName
from libertad.vocabulary.verbs.access import AuthorityInvite
from libertad.vocabulary.verbs.hits import Weight
from tests.field.making import ended_phone, phone_for
from tests.operations.making import a_site, a_team, at
from tests.support.databases import emptied
from tests.support.deciding import let_in
from tests.support.exchanged import exchanged, proposed
from tests.support.pictures import jpeg
from tests.support.played import home_of_its_own
from tests.support.releasing import publish
from tests.support.routes import Route, known_ids
from tests.support.world import World, build
from tests.support.world_copy import Original

RULES = "ilo-11"
DESK = {
    "care-take",
    "care-missing",
    "care-found",
    "care-next",
    "care-give-back",
    "care-hand-over",
    "care-accept",
    "care-decline",
    "care-take-back",
    "care-notes",
    "care-note",
    "care-acknowledge",
    "care-glass",
    "care-leading",
    "care-leading-offer",
    "care-leading-accept",
    "care-leading-decline",
    "care-leading-withdraw",
    "care-leading-end",
}
SERVED = {  # route -> by which names its keys are in `ids`
    "service-answer": ("served-file",),
    "service-arrived": ("served-file",),
    "service-left": ("served-here",),
    "service-concern": ("served-file",),
    "care-concern": ("victim", "served", "served-concern"),
    "care-settle": ("told-of", "told"),
    "care-settle-need": ("needing", "need"),
}
LIKELY = {  # route -> what opens it, where its name does not tell
    "property-new": ("person",),
    "store-audit-new": ("store-place",),
    "exhibit-take-over": ("stranded",),
    "care-answers": ("victim", "victim-screening"),
    "care-reading": ("victim", "victim-identification"),
    "care-identify-correct": ("victim", "victim-identification"),
    "care-decide-correct": ("victim", "victim-return"),
    "care-danger-close": ("person",),
    "care-family-end": ("victim", "victim-relative"),
}
DISCLOSING = {
    "care-disclosures",
    "care-disclose",
    "care-disclosure",
    "care-disclosure-end",
}
CLEARING = {
    "care-guardian-clear": ("uncleared", "uncleared-guardian"),
    "care-guardian-read": ("clearing", "clearing-entry"),
    "care-guardian-revoke": ("cleared", "cleared-entry"),
    "care-guardian-letter": ("cleared", "cleared-entry"),
}
CANARIES = {
    "ended-phone": "cousin Thaddeus Inkwhistle",
    "police-person": "Ozymandia Quillfeather",
    "care-person": "Zephyrine Underlock",
    "alias": "Tormund Larkspindle",
    "lawyer": "Counsel Wrenfeather",
    "by-telephone": "the bed by the Quenchwater door",
    "need": "Dr. Isolde Fernwhistle comes at six",
    "recipient": "Clinic Marshlantern",
    "reasons": "wages kept by Brundlewick",
    "wish": "home to Vantropolis",
    "safety": "ring the bell at Ottersgate",
    "interpreter": "Corisande Fennimarsh",
    "asked": "Wimbleforth Ostrander",
    "clearing": "her aunt sells bread at Lindenquay",
    "appeal": "the bench of Harrowgatemere",
    "first-view": "beds behind the still at Brackenhollow",
    "told": "he locked the gate at Silvermere",
    "outside": "the sign at Nettlecombe quay",
    "guardian": "Aunt Philomena Dunmarrow",
    "relative": "Leocadia Stennerby",
    "desk": "she trusts nobody but Hollinwick",
    "glass": "a man with a knife stands at Wexcombe gate",
    "note": "her sister waits at Tamblewyke bridge",
    "lead": "a house behind Pellworth mill",
    "phone": "+592-77-313-3099",
    "picture": "the counter of Drumbleford bank",
    "suspended": "signed in twice from Quenderby",
    "share": "her brother asks at Gwendlewharf",
    "owed": "four months at the kiln of Sallowfen",
    "paid": "in an envelope from Mirkwhistle",
    "disclosed": "order 17 of the court at Fenwickmarsh",
    "link": "the same tattoo of a heron at Thistlecombe",
    "complaint": "he asked for her ring at Ferrowmoor",
    "plan": "a room with a lock at Quillhaven",
    "concern": "the heater fails at Ramblecote",
    "closing": "the sisters at Rushwindle look after her",
    "document": "the consul at Larkspurford prints it",
    "headcount": "two ran to the creek at Cobblemere",
    "room": "hooks in the wall at Saltwickham",
    "way-in": "the ferryman of Osterlode telephones ahead",
    "brought": "a boat with a heron at Plinthavenwick",
}
SHARES = ("share-answer", "share-now", "share-refuse")  # each answered once, of police and of care
LEAD = {
    "country": "GY",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "workplace": "gold-mine",
}


@dataclass
class Populated:
    """`ids` by what they are: lead, site, team, visit, person, victim (met by care alone), exhibit ..."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    worked: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)


@contextmanager
def shared(home: Path, blocker: Any) -> Iterator[Populated]:
    """One populated world for a whole module; `blocker` is pytest-django's.

    For tests that read, or write only what the others do not look at.
    """
    with blocker.unblock(), home_of_its_own(home):
        emptied()
        try:
            made = POPULATED.copy(home)
            made.world.home = home
            assert node().writer  # open, as who makes it leaves it
            yield made
        finally:
            emptied()


def make(home: Path) -> Populated:
    return populate(build(home))


def populate(world: World) -> Populated:
    populated = Populated(world)
    ids = populated.ids
    perform = world.perform
    day = world.at(5, 13)
    ids["lead"] = perform("officer", report_lead, summary=CANARIES["lead"], **LEAD)
    ids["site"] = a_site(world)
    ids["team"] = a_team(world, ids["site"], member=(world.actor("officer").officer,))
    ids["visit"] = perform(
        "officer",
        record_visit,
        site=ids["site"],
        team=ids["team"],
        outcome="people-found",
        people=2,
        happened=day,
    )
    add_on_site(populated)
    ids["window"] = perform("coordinator", set_window, name="Action days", opens=at(4, 8), closes=at(5, 20))
    ids["person"] = perform(
        "officer",
        meet_person,
        country="GY",
        site=ids["site"],
        visit=ids["visit"],
        source="said",
        happened=day,
        name=(PersonName(text=CANARIES["police-person"]),),
        birth=Birth(date="1994"),
        danger="yes",
    )
    perform(
        "officer",
        view_exploitation,
        person=ids["person"],
        forms=["forced-labour"],
        sector="mining",
        words=CANARIES["first-view"],
        happened=day,
    )
    ids["exhibit"] = perform(
        "officer",
        seize,
        country="GY",
        kind="mobile-phone",
        description="Mobile phone",
        happened=day,
        phone_number=CANARIES["phone"],
    )
    to = world.actor("exhibits-officer")
    perform(
        "officer",
        offer_custody,
        exhibit=ids["exhibit"],
        to_officer=to.officer,
        to_authority=to.authority,
        happened=world.at(5, 14),
    )
    officer = world.actor("officer")
    about = ABOUT["exhibit"](officer, ids["exhibit"])
    assert about is not None
    ids["attachment"] = attach(
        officer, about, content=jpeg(), name=CANARIES["picture"], happened=world.at(5, 14)
    )
    account = str(Account.objects.get(officer=officer.officer).pk)
    ids["upload"] = upload_parts.begin(account, f"/attach/exhibit/{ids['exhibit']}/", 10, "").name
    ids["property"] = perform(
        "officer",
        take_property,
        person=ids["person"],
        kind="passport",
        taken_by="police",
        state="held",
        happened=world.at(5, 14),
    )
    ids["property-pay"] = perform(
        "officer",
        take_property,
        person=ids["person"],
        kind="wages",
        taken_by="employer",
        state="owed",
        amount="900",
        currency="GYD",
        due_back="2018-03-31",
        description=CANARIES["owed"],
        happened=world.at(5, 14),
    )
    perform(
        "officer",
        pay_property,
        property_id=ids["property-pay"],
        paid="100",
        signed="yes",
        note=CANARIES["paid"],
        happened=world.at(5, 15),
    )
    ids["detention"] = perform(
        "officer",
        set_detention,
        state="detained",
        country="GY",
        name=(PersonName(text="Otho Marbleton"),),
        grounds="Keys of the rooms",
        person=ids["person"],
        happened=world.at(5, 15),
    )
    perform(
        "officer",
        identify_suspect,
        detention=ids["detention"],
        alias=(CANARIES["alias"],),
        birth=Birth(date="1971-03"),
        nationality=("GY",),
        reasons="Said so",
        happened=world.at(5, 15),
    )
    perform(
        "officer",
        record_right,
        detention=ids["detention"],
        right="lawyer",
        outcome="given",
        who=CANARIES["lawyer"],
        happened=world.at(5, 16),
    )
    # Another, whose release waits for a second officer: the first stays as the other pages look at it.
    freed = perform(
        "officer",
        set_detention,
        state="detained",
        country="GY",
        name=(PersonName(text="Ulises Peña Díaz"),),
        grounds="Keys of the boat",
        happened=world.at(5, 15),
    )
    ids["detention-free"] = freed
    perform(
        "officer",
        set_detention,
        detention=freed,
        state="released",
        country="GY",
        release="court",
        court="Generated court",
        order="GD 7",
        reasons="No grounds",
        happened=world.at(5, 16),
    )
    (unread,) = detention(world.actor("prosecutor"), freed).unheard  # type: ignore[union-attr]
    ids["detention-word"] = unread.entry
    perform(
        "prosecutor",
        confirm_limit,
        kind="before-charge",
        rule="hours",
        hours=72,
        law="Generated act s. 1",
        text="within seventy-two hours",
        checked_with="Generated chambers",
        happened=world.at(5, 15),
    )
    for kind in ("exhibit", "site"):
        perform(
            "officer",
            link_suspect,
            detention=ids["detention"],
            kind=kind,
            other=ids[kind],
            reasons="Found with the person",
            happened=world.at(5, 15),
        )
    ids["hold"] = perform(
        "prosecutor", hold_reference, reference="P-GY-999", reason="Evidence", happened=world.at(5, 15)
    )
    ids["check"] = perform(
        "officer",
        record_check,
        database="interpol-sltd",
        about="travel-document",
        answer="no-hit",
        country="GY",
        happened=world.at(5, 15),
        document_ends="0421",
        document_country="GY",
    )
    add_stranded(populated)
    add_suspended(populated)
    add_store(populated)
    add_victim(populated)
    add_disclosures(populated)
    add_services(populated)
    offer_task(populated, populated.ids["victim"])
    add_unasked(populated)
    add_appeal(populated)
    add_guardians(populated)
    add_leaving(populated)
    ask_by_page(populated)
    populated.ids["glass"] = broken_glass(populated)
    add_hits(populated)
    add_exchange(populated)
    ids["release"] = publish(world, as_of=at(6, 20))
    ids["proposal"] = perform("coordinator", propose_release, as_of=at(6, 21))
    add_changes(populated)
    add_complaints(populated)
    add_phones(populated)
    add_brought(populated)
    populated.ids["calendar"] = make_calendar(world.actor("caseworker"), "Telephone").secret
    return populated


def add_phones(populated: Populated) -> None:
    """A phone that goes on, and one that was ended, of which a report came after that."""
    administrator, officer = populated.world.actor("administrator"), populated.world.actor("officer").officer
    populated.ids["phone-end"] = phone_for(administrator, officer).device
    phone, _person, _entries = ended_phone(administrator, officer, with_whom=CANARIES["ended-phone"])
    populated.ids["phone-waiting"] = phone.device


def add_brought(populated: Populated) -> None:
    """Two submissions of a form that wait: one for its page, one to be left out."""
    officer = populated.world.actor("officer")
    for name in ("brought", "brought-leave"):
        answers = (
            Answered("In danger?", "danger", ("no",), "No"),
            Answered("Which boat?", "boat", (CANARIES["brought"],), CANARIES["brought"]),
        )
        submission = Collected(f"uuid:{name}", "Met at the river", "K. Persaud", "2018-04-05", answers)
        perform(officer, bring, verb="person.meet", submissions=[submission])
        populated.ids[name] = row_id(officer.authority, officer.operation, submission.instance)


def add_complaints(populated: Populated) -> None:
    """Complaints about an officer of police, one as far as each of its pages needs it."""
    world, ids = populated.world, populated.ids
    recorder, lead = world.actor("exhibits-officer"), world.actor("national-lead")
    other_lead, about = replace(lead, officer=ids["officer-confirm"]), [world.actor("officer").officer]
    values = {"words": CANARIES["complaint"], "safe": "not-safe", "by": "person", "named": "not-asked"}
    for name in ("", "-answer", "-close", "-read", "-erase"):
        key = perform(
            recorder, record_complaint, officers=about, reach="national-lead", source="said", **values
        )
        ids[f"complaint{name}"] = key
        holder = other_lead if name in ("-read", "-erase") else lead
        if name:
            perform(holder, take_complaint, complaint=key)
        if name in ("-close", "-read", "-erase"):
            perform(holder, answer_complaint, complaint=key, words="Sent home")
        if name in ("-read", "-erase"):
            closing = perform(holder, close_complaint, complaint=key, outcome="founded", words="He left")
        if name == "-erase":
            perform(lead, read_closing, complaint=key, closing=closing, agrees="yes")


def add_changes(populated: Populated) -> None:
    """A change that waits for another authority's signature, and keys that the centre vouched for."""
    world = populated.world
    care = world.authorities["care"]
    row = Authority.objects.get(pk=care)
    content = AuthorityInvite(name=row.name, kind=row.kind, country="TT", zone=row.zone)
    populated.ids["change"] = world.perform(
        "coordinator", propose_change, about=care, what=content, reason="It was entered wrongly"
    )
    for _ in range(2):  # the first is that of an invitation
        public = crypto_sign_keypair()[0].hex()
        world.perform("coordinator", enrol_device, public=public, authority=care)
    populated.ids["suspension"] = world.perform(
        "national-lead", suspend_member, authority=care, reason="Its node was robbed"
    )
    populated.ids["vouched"] = Vouched.objects.filter(verb="device.enrol").latest("at").pk


def add_stranded(populated: Populated) -> None:
    """An exhibit held by an officer who is gone: claimed by the keeper, with 'officer' as the witness."""
    world = populated.world
    leaver = world.perform(
        "administrator",
        appoint_officer,
        name="Generated Leaver",
        rank="Sgt.",
        service_number="N-leaver",
        role="officer",
    )
    populated.ids["stranded"] = perform(
        replace(world.actors["officer"], officer=leaver),
        seize,
        country="GY",
        kind="mobile-phone",
        description="Mobile phone in a locker",
        happened=world.at(5, 13),
    )
    world.perform("administrator", withdraw_officer, officer=leaver, reason="Left the force")
    for number, key in (("N-second", "officer-confirm"), ("N-third", "listed")):  # the other one in a list
        populated.ids[key] = world.perform(
            "administrator",
            appoint_by_one,
            name=f"Unwin Generated {number}",  # after those who witness a taking over
            service_number=number,
            role="national-lead",
        )
    for name, role in product(SHARES, ("officer", "caseworker")):
        populated.ids[f"{name} {role}"], _entry = world.perform(
            role,
            share_person,
            person=world.perform(role, meet_person, country="GY"),
            authority=world.authorities["other-police"],
            reason=CANARIES["share"],
        )
    for role in ("officer", "caseworker", "national-lead"):  # the last may link them alone, in time
        populated.ids[f"link {role}"] = world.perform(
            role,
            propose_link,
            person=world.perform("officer" if role == "national-lead" else role, meet_person, country="GY"),
            other=populated.ids["person"],
            reasons=CANARIES["link"],
        )
    world.perform(
        "exhibits-officer",
        take_over,
        exhibit=populated.ids["stranded"],
        witness=world.actor("officer").officer,
        reasons="Left the force; found in the locker.",
        seal_state="intact",
        happened=world.at(6, 9),
    )


def add_suspended(populated: Populated) -> None:
    """One officer whose access is suspended by one, and one whom somebody may suspend."""
    for key in ("officer-suspension", "officer-suspend"):
        populated.ids[key] = populated.world.perform(
            "administrator",
            appoint_officer,
            name=f"Generated {key}",
            service_number=f"N-{key}",
            role="analyst",
        )
    populated.world.perform(
        "administrator",
        suspend_officer,
        officer=populated.ids["officer-suspension"],
        reason=CANARIES["suspended"],
    )


def add_store(populated: Populated) -> None:
    """A shelf with an exhibit on it that an audit missed, one not put away yet."""
    world, ids = populated.world, populated.ids
    for name in ("stored", "loose"):
        ids[name] = world.perform(
            "exhibits-officer",
            seize,
            country="GY",
            kind="document",
            description="Generated ledger",
            happened=world.at(5, 13),
        )
    ids["store-place"] = world.perform(
        "exhibits-officer", add_place, country="GY", kind="shelf", name="Shelf 1"
    )
    world.perform(
        "exhibits-officer",
        move_exhibits,
        store=ids["store-place"],
        things=[{"exhibit": ids["stored"]}],
        happened=world.at(5, 14),
    )
    ids["store-audit"] = world.perform(
        "exhibits-officer", audit_place, store=ids["store-place"], listed=[ids["stored"]], confirmed=True
    )


def add_hits(populated: Populated) -> None:
    """Police: a person and a seized phone. Care: two people, the owner of one asked, then proposed as one."""
    ids, world = populated.ids, populated.world
    ids["hit"] = found_alike(populated, "police", f"person:{ids['person']}", f"exhibit:{ids['exhibit']}")
    care_hit = found_alike(populated, "care", f"person:{ids['person']}", f"person:{ids['victim']}")
    world.perform(
        "caseworker", ask_owner, hit=care_hit, record=f"person:{ids['person']}", words="Has she a scar?"
    )
    ids["question"] = question_key(care_hit, f"person:{ids['person']}")
    world.perform("caseworker", confirm_hit, hit=care_hit, reasons="The same photograph")
    ids["hit-waiting"] = care_hit
    ids["key"] = make_key(populated.world.actor("officer"), program="Matching desk").id


def found_alike(populated: Populated, authority: str, first: str, second: str) -> str:
    """A hit as the node finds it."""
    actor = itself(populated.world.authorities[authority], populated.world.operation, "America/Guyana")
    reasons = [Weight(kind="phone", bits=15.0, left=CANARIES["phone"], right=CANARIES["phone"], how="same")]
    hit: str = perform(actor, find_hit, one=first, two=second, bits=12.0, probability=0.999, reasons=reasons)
    return hit


def add_exchange(populated: Populated) -> None:
    """Peers, alarms, quarantine, an invitation, and a request to erase that care owes an answer."""
    coordinator, worker = populated.world.actor("coordinator"), populated.world.actor("caseworker")
    exchange = exchanged(populated.world.operation, coordinator.authority, coordinator.officer)
    populated.ids |= {
        "peer": exchange.failing,
        "alarm": exchange.node_alarm,
        "invitation": exchange.invitation,
    }
    lead = populated.world.actor("administrator")
    for name, by in (("answer", lead), ("alone", coordinator)):
        populated.ids[f"exchange-alarm-{name}"] = proposed(
            exchange.node_alarm, by.officer, by.authority, name
        )
    populated.ids["erasure"] = "f" * 32
    Erasure.objects.create(
        request=populated.ids["erasure"],
        authority=worker.authority,
        asking=exchange.authority,
        message=b"",
        compartments=json.dumps(["c" * 32]),
        at=now_ms(),
    )
    country = (("case", "prosecutor", "d" * 32), ("police", "coordinator", "e" * 32))
    for kind, role, request in country:  # of a whole country's file
        file = Compartment.objects.get(kind=kind, about=f"{populated.world.operation}:GY").pk
        populated.ids[f"{kind}-file"] = file
        populated.ids[f"{kind}-erasure"] = request
        Erasure.objects.create(
            request=request,
            authority=populated.world.actor(role).authority,
            asking=exchange.authority,
            message=b"",
            compartments=json.dumps([file]),
            at=now_ms(),
        )


def add_on_site(populated: Populated) -> None:
    """What a team says at the site beside its visit: more were counted than are on file."""
    perform, ids = populated.world.perform, populated.ids
    here = {"site": ids["site"], "happened": populated.world.at(5, 13)}
    ids["headcount"] = perform(
        "officer", record_headcount, team=ids["team"], men=4, note=CANARIES["headcount"], **here
    )
    ids["room"] = perform("officer", measure_room, label="Cabin", length_m=2.4, note=CANARIES["room"], **here)
    ids["way-in"] = perform("officer", say_way_in, path="river", note=CANARIES["way-in"], **here)


def add_unasked(populated: Populated) -> None:
    """Somebody whose protection file a deciding authority reads that was asked nothing."""
    world = populated.world
    person = world.perform("caseworker", meet_person, country="GY", source="said")
    world.perform("caseworker", open_care, person=person)
    let_in(world)
    populated.ids["unasked"] = person


def add_appeal(populated: Populated) -> None:
    """Somebody of whom two decisions count; an appeal against the second waits for its outcome."""
    world, ids = populated.world, populated.ids
    person = ids["appealed"] = world.perform("caseworker", meet_person, country="GY", source="said")
    done = world.perform("caseworker", identify, person=person, status="presumed", reasons="What was said.")
    world.perform("second-caseworker", read_identification, identification=done, agrees="yes")
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    let_in(world)
    ruled = {"decision": "stay", "wish": "stay", "resources": ["permit"], "reasons": "Weighed."}
    for key in ("counting-return", "appealed-return"):
        ids[key] = world.perform(
            "deciding-authority",
            decide_return,
            person=person,
            circumstances=["debt", "child-best-interest"],
            **ruled,
        )
        world.perform("caseworker", read_return, decision=ids[key], agrees="yes")
    ids["appeal"] = world.perform(
        "caseworker",
        lodge_appeal,
        decision=ids["appealed-return"],
        court=CANARIES["appeal"],
        suspends="unknown",
    )


def add_guardians(populated: Populated) -> None:
    """Two children, each with a guardian: one is recorded as safe to contact, one is so by two."""
    world, ids = populated.world, populated.ids
    for key in ("clearing", "cleared"):
        person = ids[key] = world.perform("caseworker", meet_person, country="GY", source="said")
        guardian = {"name": f"Generated guardian, {key}", "kind": "relative", "checked": "yes"}
        ids[f"{key}-guardian"] = world.perform("caseworker", assign_guardian, person=person, **guardian)
        named = {"person": person, "guardian": ids[f"{key}-guardian"]}
        ids[f"{key}-entry"] = world.perform("caseworker", clear_guardian, why=CANARIES["clearing"], **named)
    world.perform("second-caseworker", read_clearing, clearing=ids["cleared-entry"], agrees="yes")
    ids["uncleared"] = world.perform("caseworker", meet_person, country="GY", source="said")
    ids["uncleared-guardian"] = world.perform(
        "caseworker", assign_guardian, person=ids["uncleared"], name="Generated", kind="parent", checked="yes"
    )


def add_disclosures(populated: Populated, by: str = "caseworker", reader: str = "second-caseworker") -> None:
    """Of the victim: one sent to the prosecution by an order, one that waits for its second reader."""
    world, ids = populated.world, populated.ids
    person = ids["victim"]
    ids["disclose"] = world.perform(
        by,
        record_consent,
        person=person,
        purpose="share-with-prosecutor",
        recipient=Authority.objects.get(pk=world.authorities["prosecution"]).name,
        agreed="yes",
    )
    told = {
        "person": person,
        "recipient": world.authorities["prosecution"],
        "purpose": "criminal-case",
        "until": (clock_now(world.operation).date() + timedelta(days=300)).isoformat(),
        "items": [f"status:{ids['victim-identification']}"],
    }
    ordered = {"ground": "order", "order": CANARIES["disclosed"], "informed": "By the caseworker"}
    ids["disclosure-end"] = world.perform(by, propose_disclosure, **told, **ordered)
    ids["disclosed-file"] = world.perform(
        reader, read_disclosure, disclosure=ids["disclosure-end"], agrees="yes"
    )
    ids["disclosure"] = world.perform(
        by, propose_disclosure, **told, ground="consent", consent=ids["disclose"]
    )


def add_services(populated: Populated, by: str = "caseworker", reader: str = "second-caseworker") -> None:
    """The shelter is told of the victim twice: it accepted both, told of a need, and one has arrived."""
    world, ids = populated.world, populated.ids
    person, shelter = ids["victim"], world.authorities["shelter"]
    name = Authority.objects.get(pk=shelter).name
    agreed = {"person": person, "purpose": "shelter", "recipient": name, "agreed": "yes"}
    consent = world.perform(by, record_consent, **agreed)
    ids["told-of"] = person
    by_hand = agreed | {"recipient": CANARIES["recipient"]}
    outside = world.perform(by, record_consent, **by_hand)
    asked = {"person": person, "service": "shelter", "to": CANARIES["recipient"], "consent": outside}
    told = world.perform(by, refer, **asked)
    ids["told"] = world.perform(
        by, answer_referral, referral=told, answer="need", reasons=CANARIES["by-telephone"]
    )
    needing = {"country": "GY", "source": "said", "needs": ("doctor",)}
    ids["needing"], ids["need"] = world.perform(by, meet_person, **needing), "doctor"
    settled = {"outcome": "arranged", "words": CANARIES["need"]}
    world.perform(by, settle_need, person=ids["needing"], need="doctor", **settled)
    for served, file in (("served", "served-file"), ("", "served-here")):
        disclosure = world.perform(
            by,
            propose_disclosure,
            person=person,
            recipient=shelter,
            purpose="placement",
            until=(clock_now(world.operation).date() + timedelta(days=300)).isoformat(),
            items=[f"status:{ids['victim-identification']}"],
            ground="consent",
            consent=consent,
        )
        ids[file] = world.perform(reader, read_disclosure, disclosure=disclosure, agrees="yes")
        ids |= {served: disclosure} if served else {}
        world.perform("partner", answer_service, file=ids[file], answer="accepted")
    world.perform("partner", record_arrival, file=ids["served-here"])
    concern = {"concern": "need", "words": CANARIES["concern"]}
    ids["served-concern"] = world.perform("partner", tell_concern, file=ids["served-file"], **concern)


def keys_of(populated: Populated, route: Route) -> list[tuple[str, ...]]:
    """Keys with which somebody may get this route's page, likely ones first."""
    named = named_keys(populated, route)
    if named is not None:
        return named
    return list(dict.fromkeys([*likely_keys(populated, route), *all_keys(populated, route)]))


def named_keys(populated: Populated, route: Route) -> list[tuple[str, ...]] | None:
    """The keys of a route that takes none, or of which we know what it takes; None of every other."""
    if not route.keys:
        return [()]
    if route.name == "gallery":
        return [("list",)]
    if route.name == "figures-entries":
        return [(figure,) for figure in FIGURES]
    if route.name == "care-note-correct":
        return [(populated.ids["desk-person"], populated.ids["desk-note"])]
    if route.name == "care-acknowledge" and "desk-taking" in populated.ids:
        return [(populated.ids["desk-person"], populated.ids["desk-taking"])]
    if route.name == "detention-read":
        return [(populated.ids["detention-free"], populated.ids["detention-word"])]
    if route.name == "care-close-read":
        return [(populated.ids["leaving"],)]
    if route.name.startswith("care-documents"):
        return [(populated.ids["desk-person"], populated.ids["desk-document"])[: len(route.keys)]]
    if route.name.startswith("care-plan"):
        return [(populated.ids["desk-person"], populated.ids["desk-plan"])[: len(route.keys)]]
    if route.name in ("headcount-new", "room-new", "way-in-new"):
        return [(populated.ids["site"],)]
    if route.name == "care-ask-end":
        return [(populated.ids["unasked"], populated.world.authorities["deciding"])]
    if route.name in CLEARING:
        return [tuple(populated.ids[name] for name in CLEARING[route.name])]
    if route.name == "care-appeal":
        return [(populated.ids["appealed"], populated.ids["counting-return"])]
    if route.name == "care-appeal-outcome":
        return [tuple(populated.ids[name] for name in ("appealed", "appealed-return", "appeal"))]
    if route.name in DISCLOSING:
        part = route.name.removeprefix("care-")
        return [(populated.ids["victim"], populated.ids.get(part, ""))[: len(route.keys)]]
    if route.name == "disclosed-file":
        return [(populated.ids["disclosed-file"],)]
    if route.name in SERVED:
        return [tuple(populated.ids.get(name, "") for name in SERVED[route.name])]
    if route.name in ("care-service", "care-service-change", "care-service-end"):
        return [(populated.ids["outside-service"],)]
    if route.name == "care-page":
        return [(populated.ids["victim"], populated.ids["victim-referral"])]
    if route.name == "care-page-recall":
        return [(populated.ids["victim"], populated.ids["one-time-page"])]
    if route.name in DESK:
        return [(populated.ids["desk-person"], populated.ids["desk-offer"])[: len(route.keys)]]
    if route.name == "entry":
        return [(entry.hash.hex(),) for entry in Entry.objects.order_by("-idx")]
    if route.name == "attachment":
        return [(populated.ids["attachment"],)]
    if route.name == "attachment-add":
        return [(kind, populated.ids[kind]) for kind in ("exhibit", "property", "lead")]
    if route.name == "attachment-upload":
        return [("exhibit", populated.ids["exhibit"])]
    if route.name == "attachment-part":
        return [("exhibit", populated.ids["exhibit"], populated.ids["upload"])]
    if route.name == "exchange-peer-state":
        return [(populated.ids["peer"], "suspend")]
    if route.name == "release-sign":
        return [(populated.ids["proposal"],)]
    if route.name == "release-withdraw":
        return [(populated.ids.get("withdrawing", populated.ids["proposal"]),)]
    if route.name in ("change", "change-refuse", "change-carry-out"):
        return [(populated.ids["change"],)]
    if route.name == "suspension-lift":
        return [(populated.ids["suspension"],)]
    if route.name == "member-suspend":
        return [(populated.world.authorities["centre"],)]
    if route.name in ("member-change", "member-remove"):
        return [(populated.world.authorities["care"],)]
    if route.name == "vouched-undo":
        return [(populated.ids["vouched"],)]
    if route.name in ("file-keep", "file-erasure"):
        return [(populated.ids["case-file"],)]
    if route.name == "exchange-erasure":
        return [(populated.ids[name],) for name in ("erasure", "case-erasure", "police-erasure")]
    if route.name == "hit-answer":
        return [(populated.ids["question"],)]
    if route.name in SHARES:
        return [(populated.ids[f"{route.name} {role}"],) for role in ("officer", "caseworker")]
    if route.name in ("link-answer", "link-alone"):
        return [(populated.ids[f"link {role}"],) for role in ("officer", "caseworker", "national-lead")]
    if route.name == "person-reader-remove":
        return [(populated.ids["person"], populated.world.authorities["care"])]
    if route.name == "glass":
        return [(populated.ids["glass"],)]
    if route.name.startswith("complaint") and route.keys:
        return [(populated.ids.get(route.name, populated.ids["complaint"]),)]
    if route.name.startswith("brought") and route.keys:
        return [(populated.ids.get(route.name, populated.ids["brought"]),)]
    if route.name == "invitation-withdraw":
        return [(populated.ids["invitation"],)]
    if route.name == "calendar":
        return [(populated.ids["calendar"],)]
    if route.name in ("phone-end", "phone-waiting"):
        return [(populated.ids[route.name],)]
    if route.name == "key-end":
        return [(populated.ids["key"],)]
    if route.module.split(".")[1] == "web":
        return [(actor.officer,) for actor in populated.world.actors.values()]
    return None


def all_keys(populated: Populated, route: Route) -> list[tuple[str, ...]]:
    """Everything that could stand in the address: asks every table."""
    app = route.module.split(".")[1]
    ids = list(dict.fromkeys([*populated.ids.values(), *known_ids(app)]))
    if len(route.keys) == 1:
        return [(key,) for key in ids]
    second = [RULES] if route.keys[1] == "rules" else ids
    return [(populated.ids["victim"], key) for key in second]


def likely_keys(populated: Populated, route: Route) -> list[tuple[str, ...]]:
    """Keys of what the route is called after: of `hit-confirm` a hit, of `care-...` a protection file.

    To try every row for every route asks for two thousand pages.
    """
    kind, words = (route.module, *route.keys), route.name.split("-")
    ids = populated.ids
    worked = [populated.worked[kind]] if kind in populated.worked else []
    if route.name in LIKELY:
        worked = [tuple(ids.get(name, "") for name in LIKELY[route.name]), *worked]
    if len(route.keys) == 2:
        parts = [(ids["victim"], ids[name]) for word in words if (name := f"victim-{word}") in ids]
        return [*worked, *parts]
    named = [ids[name] for end in range(len(words), 0, -1) if (name := "-".join(words[:end])) in ids]
    named += [ids[word] for word in words[1:] if word in ids]
    named += [ids["victim"]] if words[0] == "care" else []
    return [(key,) for key in named] + worked


def opens(client: Client, route: Route, keys: tuple[str, ...]) -> bool:
    return client.get(route.address(*keys)).status_code in (200, 302)  # 302: nothing to settle, say


def opening_keys(
    populated: Populated, route: Route, role: str, likely_only: bool = False
) -> tuple[str, ...] | None:
    """The first keys with which this role gets the page; None if there are none."""
    client, named = populated.world.client(role), named_keys(populated, route)
    possible = likely_keys(populated, route) if named is None else named
    if named is None and not likely_only:
        possible = [*possible, *all_keys(populated, route)]
    for keys in dict.fromkeys(possible):
        if opens(client, route, keys):
            populated.worked[route.module, *route.keys] = keys
            return keys
    return None


def real_keys(populated: Populated, route: Route) -> tuple[str, ...]:
    """Keys with which somebody whom the matrix allows gets the page; found once for a world."""
    if route.name not in populated.keys:
        populated.keys[route.name] = _found_keys(populated, route)
    return populated.keys[route.name]


def _found_keys(populated: Populated, route: Route) -> tuple[str, ...]:
    if route.name == "field-app-file":  # there is none until the app is built
        return ("index.html",)
    readers = [role for role in roles() if role in matrix().routes[route.name].get("get", ())]
    for likely_only in (True, False):
        for role in readers if route.keys else ():
            if (keys := opening_keys(populated, route, role, likely_only)) is not None:
                return keys
    assert not (readers and route.keys), f"nothing in tests/support/populated.py opens {route.name}: add it"
    return keys_of(populated, route)[0]


def telling_keys(populated: Populated, route: Route, *kinds: str) -> list[tuple[str, ...]]:
    """Keys worth trying where a name may show: the ones that open it, and the row of each of these kinds."""
    if not route.keys or route.name in ("figures-entries", "entry", "gallery"):
        return keys_of(populated, route)[:12]
    found = real_keys(populated, route)
    if len(found) > 1:  # a part of somebody's file
        return [found]
    return [(key,) for key in dict.fromkeys([*found, *(populated.ids[kind] for kind in kinds)])]


def offer_task(
    populated: Populated, person: str, by: str = "second-caseworker", to: str = "caseworker"
) -> None:
    """A caseworker takes a person and offers the person to a colleague."""
    world = populated.world
    world.perform(by, take_person, person=person)
    populated.ids |= {
        "desk-person": person,
        "desk-note": world.perform(
            to, note_case, person=person, kind="talked", seen="2018-04-08", words=CANARIES["note"]
        ),
        "desk-plan": world.perform(by, record_goal, person=person, **plan_goal(world)),
        "desk-document": world.perform(by, record_document, person=person, **needed_document()),
        "desk-offer": world.perform(
            by, offer_person, person=person, to=world.actor(to).officer, note=CANARIES["desk"]
        ),
    }


def add_leaving(populated: Populated) -> None:
    """Somebody whose protection file a caseworker proposes to close."""
    world, worker = populated.world, "second-caseworker"
    person = world.perform(worker, meet_person, country="GY", source="said")
    world.perform(worker, open_care, person=person)
    world.perform(
        worker, close_care, person=person, reason="wish", afterwards=CANARIES["closing"], despite="She left"
    )
    populated.ids["leaving"] = person


def needed_document() -> dict[str, str]:
    """A document that a person needs; no day by which."""
    return {"kind": "passport", "state": "needed", "country": "VE", "note": CANARIES["document"]}


def plan_goal(world: World) -> dict[str, str]:
    """A goal of a case plan, due in a month by the operation's clock."""
    until = clock_now(world.operation) + timedelta(days=30)
    return {
        "area": "housing",
        "goal": CANARIES["plan"],
        "doing": "She asks; I write",
        "until": f"{until:%Y-%m-%d}",
        "progress": "not-begun",
    }


def ask_by_page(populated: Populated) -> None:
    """A service outside Libertad whose number two officers checked, asked by a page; and one that waits."""
    world, telephone = populated.world, "+592 555 0142"
    worker = world.actor("caseworker")
    values = {"telephone": telephone, "checked_with": CANARIES["outside"], "services": ("medical",)}
    key = world.perform("caseworker", register_service, name=CANARIES["recipient"], **values)
    listed = service(worker, key)
    assert listed is not None and listed.proposed is not None
    world.perform(
        "supervisor",
        confirm_service,
        service=key,
        entry=listed.proposed.entry,
        agrees="yes",
        words="The directory",
    )
    waiting = world.perform("supervisor", register_service, name="Night clinic", **values)
    populated.ids |= {"outside-service": waiting, "confirmed-service": key}
    populated.ids["one-time-page"] = page_of(populated, populated.ids["victim-referral"])


def page_of(populated: Populated, referral: str) -> str:
    """A page by which the confirmed service is asked."""
    line = "+592 555 0143"
    page: str = populated.world.perform(
        "caseworker",
        ask_page,
        person=populated.ids["victim"],
        referral=referral,
        service=populated.ids["confirmed-service"],
        line=line,
        new=new_page(need="medical", day="", sex="", age="", language="", line=line),
    )
    return page


def another_disclosure(populated: Populated) -> None:
    """A disclosure of the victim that waits for its second reader, by the clock that the forms show."""
    world = populated.world
    populated.ids["disclosure"] = world.perform(
        "caseworker",
        propose_disclosure,
        person=populated.ids["victim"],
        recipient=world.authorities["prosecution"],
        purpose="criminal-case",
        until="2018-12-01",
        items=[f"status:{populated.ids['victim-identification']}"],
        ground="order",
        order=CANARIES["disclosed"],
        informed="By the caseworker",
        happened=world.at(5, 13),
    )


def another_referral(populated: Populated) -> None:
    """A referral of the victim that no page was asked of; under an agreement that nobody withdrew since."""
    agreed = populated.world.perform(
        "caseworker",
        record_consent,
        person=populated.ids["victim"],
        purpose="doctor",
        recipient=CANARIES["recipient"],
        agreed="yes",
    )
    populated.ids["victim-referral"] = populated.world.perform(
        "caseworker",
        refer,
        person=populated.ids["victim"],
        service="medical",
        to=CANARIES["recipient"],
        consent=agreed,
    )


def broken_glass(populated: Populated, by: str = "caseworker") -> str:
    """What a caseworker did alone because of danger to life; nobody has reviewed it."""
    entry: str = populated.world.perform(
        by,
        break_glass,
        kind="care",
        person=populated.ids["victim"],
        way="read",
        words=CANARIES["glass"],
        source="decision",
    )
    return entry


def add_victim(populated: Populated, name: str = CANARIES["care-person"], key: str = "victim") -> None:
    """A person whom only the care authority met, with a protection file."""
    perform, ids, day = populated.world.perform, populated.ids, populated.world.at(6, 9)
    ids[key] = perform(
        "caseworker",
        meet_person,
        country="GY",
        source="said",
        happened=day,
        name=(PersonName(text=name),),
        birth=Birth(date="1999"),
    )
    ids[f"{key}-consent"] = perform(
        "caseworker",
        record_consent,
        person=ids[key],
        purpose="doctor",
        recipient=CANARIES["recipient"],
        agreed="yes",
        happened=day,
    )
    ids[f"{key}-referral"] = perform(
        "caseworker",
        refer,
        person=ids[key],
        service="medical",
        to=CANARIES["recipient"],
        consent=ids[f"{key}-consent"],
        happened=day,
    )
    ids[f"{key}-identification"] = perform(
        "caseworker", identify, person=ids[key], status="presumed", reasons=CANARIES["reasons"], happened=day
    )
    ids[f"{key}-screening"] = perform(
        "caseworker",
        screen,
        person=ids[key],
        rule_set=RULES,
        happened=day,
        answer=[Answer(indicator="abuse-of-vulnerability", answer="yes")],
    )
    perform("caseworker", record_wish, person=ids[key], wish="return", words=CANARIES["wish"], happened=day)
    perform("caseworker", plan_safety, person=ids[key], reach=CANARIES["safety"], happened=day)
    perform(
        "caseworker",
        record_exploitation,
        person=ids[key],
        forms=["forced-labour", "servitude"],
        control=["debt-bondage"],
        words=CANARIES["told"],
        happened=day,
    )
    ids[f"{key}-interpreter"] = perform(
        "caseworker",
        assign_interpreter,
        person=ids[key],
        name=CANARIES["interpreter"],
        language="vie",
        way="in-person",
        briefed="no",
        happened=day,
    )
    perform(
        "caseworker",
        ask_decision,
        person=ids[key],
        authority=populated.world.authorities["deciding"],
        what="identification",
        words=CANARIES["asked"],
        happened=day,
    )
    ids[f"{key}-guardian"] = perform(
        "caseworker",
        assign_guardian,
        person=ids[key],
        name=CANARIES["guardian"],
        kind="relative",
        checked="no",
        happened=day,
    )
    ids[f"{key}-relative"] = perform(
        "caseworker",
        link_family,
        person=ids[key],
        name=CANARIES["relative"],
        relation="sibling",
        together="yes",
        happened=day,
    )
    perform(
        "deciding-authority",
        read_identification,
        identification=ids[f"{key}-identification"],
        agrees="yes",
        happened=day,
    )
    ids[f"{key}-return"] = perform(
        "deciding-authority",
        decide_return,
        person=ids[key],
        decision="stay",
        wish="return",
        happened=day,
        circumstances=["debt"],
        resources=["shelter-place"],
        reasons="A place is free.",
    )


POPULATED = Original(make)  # made once a process, and copied for each module
