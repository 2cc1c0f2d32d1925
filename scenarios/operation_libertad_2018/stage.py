"""The stage: performs events through the product's own actions, as the officer who would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any

from libertad.access.actor import Actor, itself
from libertad.vocabulary.codelists import label
from libertad.vocabulary.values import Happened
from scenarios.operation_libertad_2018.members import Cast

ACTIONS = {
    "set_capacity": "operations.actions.set_capacity",
    "open_operation": "operations.actions.open_operation",
    "close_operation": "operations.actions.close_operation",
    "appoint_officer": "access.actions.appoint_officer",
    "erase_person": "access.actions.erase_person",
    "remove_reader": "access.actions.remove_reader",
    "withdraw_officer": "access.actions.withdraw_officer",
    "confirm_care": "access.actions.confirm_care",
    "set_danger_contact": "access.actions.set_danger_contact",
    "set_window": "operations.actions.set_window",
    "set_clock": "operations.actions.set_clock",
    "report_lead": "operations.actions.report_lead",
    "set_standing": "operations.actions.set_standing",
    "register_site": "operations.actions.register_site",
    "assign_team": "operations.actions.assign_team",
    "check_in": "operations.actions.check_in",
    "record_visit": "operations.actions.record_visit",
    "say_way_in": "operations.actions.say_way_in",
    "record_headcount": "operations.actions.count_people",
    "explain_headcount": "operations.actions.count_people",
    "measure_room": "operations.actions.measure_room",
    "record_check": "operations.actions.record_check",
    "meet_person": "people.actions.meet_person",
    "view_exploitation": "people.actions.view_exploitation",
    "assess_person": "people.actions.assess_person",
    "state_person": "people.actions.state_person",
    "share_person": "people.actions.share_person",
    "approve_share": "people.actions.answer_share",
    "close_person_danger": "people.actions.close_danger",
    "close_care_danger": "care.actions.close_danger",
    "propose_link": "people.actions.propose_link",
    "confirm_link": "people.actions.answer_link",
    "take_property": "people.actions.take_property",
    "change_property": "people.actions.change_property",
    "pay_property": "people.actions.pay_property",
    "set_detention": "people.actions.set_detention",
    "record_stage": "people.actions.record_stage",
    "seize": "evidence.actions.seize",
    "seal": "evidence.actions.seal",
    "offer_custody": "evidence.actions.offer_custody",
    "accept_custody": "evidence.actions.accept_custody",
    "release_custody": "evidence.actions.release_custody",
    "return_exhibit": "evidence.actions.return_exhibit",
    "add_place": "evidence.actions.add_place",
    "move_exhibits": "evidence.actions.move_exhibits",
    "audit_place": "evidence.actions.audit_place",
    "place_hold": "people.actions.place_hold",
    "take_person": "care.actions.take_person",
    "name_step": "care.actions.name_step",
    "note_case": "care.actions.note_case",
    "open_care": "care.actions.open_care",
    "close_care": "care.actions.close_care",
    "read_care_closing": "care.actions.read_closing",
    "record_goal": "care.actions.record_plan",
    "read_plan": "care.actions.record_plan",
    "say_missing": "care.actions.say_missing",
    "say_found": "care.actions.say_missing",
    "register_service": "care.actions.register_service",
    "confirm_service": "care.actions.register_service",
    "ask_page": "care.actions.ask_page",
    "take_result": "care.actions.take_results",
    "record_complaint": "access.actions.record_complaint",
    "take_complaint": "access.actions.answer_complaint",
    "answer_complaint": "access.actions.answer_complaint",
    "request_erasure": "care.actions.request_erasure",
    "decide_erasure": "care.actions.request_erasure",
    "assign_guardian": "care.actions.assign_guardian",
    "record_consent": "care.actions.record_consent",
    "withdraw_consent": "care.actions.withdraw_consent",
    "propose_disclosure": "care.actions.disclose",
    "read_disclosure": "care.actions.disclose",
    "answer_service": "people.actions.answer_service",
    "record_arrival": "people.actions.answer_service",
    "tell_concern": "people.actions.answer_service",
    "find_hit": "hits.actions.find_hit",
    "confirm_hit": "hits.actions.confirm_hit",
    "read_hit": "hits.actions.read_hit",
    "reject_hit": "hits.actions.reject_hit",
    "ask_owner": "hits.actions.ask_owner",
    "answer_question": "hits.actions.answer_question",
    "screen": "care.actions.screen",
    "record_exploitation": "care.actions.record_exploitation",
    "identify": "care.actions.identify",
    "read_identification": "care.actions.read_identification",
    "refer": "care.actions.refer",
    "answer_referral": "care.actions.answer_referral",
    "record_wish": "care.actions.record_wish",
    "ask_decision": "care.actions.ask_decision",
    "decide_return": "care.actions.decide_return",
    "read_return": "care.actions.read_return",
    "plan_safety": "care.actions.plan_safety",
    "name_counting": "figures.actions.name_counting",
    "accept_counting": "figures.actions.accept_counting",
    "ask_block": "figures.actions.ask_block",
    "tell_linked": "figures.actions.count_day",
    "say_batch": "figures.actions.count_day",
    "publish_block": "figures.actions.publish_block",
    "propose_release": "figures.actions.propose_release",
    "sign_release": "figures.actions.sign_release",
}


def action(name: str) -> Callable[..., Any]:
    """An action of the product by its name."""
    function: Callable[..., Any] = getattr(import_module(f"libertad.{ACTIONS[name]}"), name)
    return function


@dataclass
class Stage:
    """Who plays, what has been made so far, the moment, and the seed's generator."""

    cast: Cast
    data: dict[str, Any]
    rng: Random
    ids: dict[str, Any] = field(default_factory=dict)
    now: dt.datetime = dt.datetime(2018, 3, 1, tzinfo=dt.UTC)

    def remember(self, name: str, value: Any) -> Any:
        self.ids[name] = value
        return value

    def get(self, name: str) -> Any:
        return self.ids[name]

    def zone(self, country: str) -> str:
        return str(self.data["countries"][country]["zone"])

    def words(self, codes: str, code: str) -> str:
        return label(codes, code)

    def do(
        self,
        key: str,
        role: str,
        name: str,
        /,
        *,
        by: int = 0,
        source: str = "saw",
        interpreter: str = "",
        supersedes: dict[str, tuple[str, ...]] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Perform an action now, as an officer of an authority in a role."""
        actor: Actor = self.cast.actor(key, role, by)
        happened = Happened(at=self.now, zone=actor.zone)
        return self.cast.venue.perform(
            actor,
            action(name),
            happened=happened,
            source=source,
            interpreter=interpreter,
            supersedes=supersedes,
            provenance="generated",
            **kwargs,
        )

    def share(self, key: str, person: str, authority: str, reason: str, words: str) -> None:
        """Let another authority read a person's file: an officer proposes it, the national lead approves."""
        share, entry = self.do(
            key,
            "officer",
            "share_person",
            source="decision",
            person=person,
            authority=authority,
            reason=reason,
        )
        self.do(
            key, "national-lead", "approve_share", source="decision", share=share, entry=entry, words=words
        )

    def link(self, key: str, person: str, other: str, reasons: str, words: str) -> None:
        """Two records are of one person: an officer proposes it, the national lead confirms."""
        entry = self.do(
            key, "officer", "propose_link", source="decision", person=person, other=other, reasons=reasons
        )
        self.do(key, "national-lead", "confirm_link", source="decision", entry=entry, words=words)

    def do_itself(self, key: str, name: str, /, **kwargs: Any) -> Any:
        """Perform an action now, as the node of an authority does by itself."""
        zone = self.cast.actor(key, "caseworker").zone
        return self.cast.venue.perform(
            itself(self.cast.authorities[key], self.cast.operation, zone),
            action(name),
            happened=Happened(at=self.now, zone=zone),
            provenance="generated",
            **kwargs,
        )

    def find_hit(self, key: str, one: str, two: str) -> str:
        """Have the node of an authority compare two records ('person:<id>'), and say that they are alike.

        Returns the hit's id. By the matcher's own weights: raises AssertionError where they are not alike.
        """
        authority = self.cast.authorities[key]
        zone = next(actor.zone for (place, _, _), actor in self.cast.actors.items() if place == key)
        likeness = self.cast.venue.likeness(key, authority, one, two)
        hit = self.cast.venue.perform(
            itself(authority, self.cast.operation, zone),
            action("find_hit"),
            happened=Happened(at=self.now, zone=zone),
            provenance="generated",
            one=one,
            two=two,
            bits=likeness.bits,
            probability=likeness.probability,
            reasons=likeness.reasons,
        )
        return str(hit)

    def do_screening(self, care: str, key: str, answers: Any) -> None:
        """Screen with the eleven ILO indicators."""
        self.remember(
            f"screening {key}",
            self.do(
                care,
                "caseworker",
                "screen",
                source="said",
                person=self.get(f"person {key}"),
                rule_set="ilo-11",
                answer=answers,
            ),
        )
