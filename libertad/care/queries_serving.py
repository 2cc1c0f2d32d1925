"""Services that a person was asked for: by a disclosure where the service is a member of the operation, which
answers in its file, else by a referral that an officer told it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.care import models, reads
from libertad.care.answered import answer_until
from libertad.care.consent_rules import FITS
from libertad.care.disclosing import BED, asks
from libertad.care.presenters import PartSeen
from libertad.care.queries_disclosing import DisclosureSeen, Ground, disclosures, grounds
from libertad.look.words import words
from libertad.people import queries as people
from libertad.people.queries import ServedSeen
from libertad.vocabulary.values import Happened

UNSENT = ("waiting", "not-agreed", "dropped")  # stages of a disclosure of which the service knows nothing
OPEN = ("waiting", "sent", "asked", "expected", "accepted")  # stages without an outcome
ENDED = ("declined", "here", "given", "left")  # with one


@dataclass(frozen=True)
class AskedSeen:
    """A service that was asked for a person. `stage`: how far it has come, as it answered itself
    (`ServedSeen`), as its referral stands, or that its disclosure is 'waiting' for its second reader,
    'not-agreed', 'dropped' before it was sent, or 'withdrawn'; at `when`. `due`: by when it answers, or is
    needed. `disclosed`: what it was told, in words. `has_ended_ground`: its agreement was withdrawn. `route`
    and `key`: where it is written."""

    person: str
    service: str
    name: str
    stage: str
    way: str
    when: Happened
    note: str
    due: Happened | None
    disclosed: Sequence[str]
    requested: Happened
    by: str
    route: str
    key: str
    has_ended_ground: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it has no outcome yet."""
        return self.stage in OPEN

    @property
    def was_sent(self) -> bool:
        """Whether the service was told anything."""
        return self.stage not in UNSENT

    @property
    def is_there(self) -> bool:
        """Whether it came about: the person is there now, or the help was given."""
        return self.stage in ("here", "given")


def services_asked(actor: Actor, person: str) -> list[AskedSeen]:
    """All that were asked for a person, one line each, the newest first. Who reads no desk reads those alone
    that were asked by a referral."""
    asking = [view for view in disclosures(actor, person) if view.service]
    listed = [_by_disclosure(view, answer) for view, answer in with_answers(actor, asking)]
    referrals = reads.parts(actor, models.Referral, person)
    ended = reads.withdrawn(actor, referrals)
    listed += [_by_referral(referral, referral.id in ended) for referral in referrals]
    return sorted(listed, key=lambda view: view.requested.at, reverse=True)


def beds(actor: Actor, person: str) -> list[AskedSeen]:
    """Where the person may sleep, the last told first."""
    listed = [view for view in services_asked(actor, person) if view.service == BED]
    bed_rows = [view for view in listed if view.is_open or view.stage in ENDED]
    return sorted(bed_rows, key=lambda view: view.when.at, reverse=True)


def asking_grounds(actor: Actor, person: str) -> list[Ground]:
    """Live agreements that name a member which answers whether it helps: it is asked by a disclosure."""
    return [
        ground
        for ground in grounds(actor, person)
        if ground.consent is not None and asks(ground.kind, ground.consent.plain["purpose"])
    ]


def has_agreed_by_hand(actor: Actor, person: str, service: str, now: datetime) -> bool:
    """Whether a live agreement carries a referral to this service by who is no member that answers."""
    members = {ground.consent.id for ground in asking_grounds(actor, person) if ground.consent is not None}
    return any(
        consent.plain["purpose"] in FITS[service] and consent.id not in members
        for consent in reads.live_consents(actor, person, now)
    )


def bed_grounds(actor: Actor, person: str) -> list[str]:
    """Agreements under which a shelter that is a member can be asked for a bed, and was not yet or has no
    answer to wait for; the last first."""
    names = {bed.name for bed in beds(actor, person) if bed.is_open or bed.stage == "declined"}
    return [
        ground.consent.id
        for ground in asking_grounds(actor, person)
        if ground.consent is not None
        and ground.name not in names
        and asks(ground.kind, ground.consent.plain["purpose"], BED)
    ]


def _by_disclosure(view: DisclosureSeen, answer: ServedSeen | None) -> AskedSeen:
    stage, at, due, way, note = view.state, view.read_when or view.when, view.due, "", ""
    if not view.is_live:
        stage, at = view.state if view.state in UNSENT else "withdrawn", view.ended or at
    elif answer is not None:
        stage, way, note = answer.stage, answer.way, answer.reasons or answer.note
        at = answer.left or answer.arrived or answer.answered or at
        if answer.stage == "asked":
            due = Happened(at=answer_until(answer, view.due.at if view.due else None), zone=answer.zone)
    return AskedSeen(
        person=view.person,
        service=view.service,
        name=view.recipient,
        stage=stage,
        way=way,
        when=at,
        note=note,
        due=due,
        disclosed=list(dict.fromkeys(words("disclosed-kinds", item.kind) for item in view.items)),
        requested=view.when,
        by=view.by,
        route="care-disclosure",
        key=view.id,
    )


def _by_referral(referral: PartSeen, has_ended_ground: bool) -> AskedSeen:
    zone, due = referral.when.zone, referral.plain["due_at"]
    return AskedSeen(
        person=referral.person,
        service=referral.plain["service"],
        name=referral.words.get("to", ""),
        stage=referral.plain["state"],
        way="",
        when=Happened(at=referral.plain["state_at"] or referral.when.at, zone=zone),
        note="",
        due=reads.moment(due, zone),
        disclosed=[words("file-parts", code) for code in referral.words.get("disclosed", ())],
        requested=referral.when,
        by=referral.by,
        route="care-referral",
        key=referral.id,
        has_ended_ground=has_ended_ground,
    )


def with_answers(
    actor: Actor, views: Iterable[DisclosureSeen]
) -> list[tuple[DisclosureSeen, ServedSeen | None]]:
    """Each disclosure with what its recipient answered; None where it asks for nothing, or is withdrawn."""
    listed = list(views)
    files = [view.file for view in listed if view.is_live and view.file]
    answers = people.served(actor, files) if files else {}
    return [(view, answers.get(view.file)) for view in listed]


def served_disclosure(actor: Actor, person: str, key: str) -> tuple[DisclosureSeen | None, ServedSeen | None]:
    """One disclosure of a person with its answers; (None, None) alike for none and for a hidden one."""
    return next(iter(with_answers(actor, disclosures(actor, person, [key]))), (None, None))
