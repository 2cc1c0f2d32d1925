"""Entries -> read models of the protection file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, cast

from libertad.care import appeals, models
from libertad.care.appeals import appeals_of
from libertad.care.decisions import Decision, Judged, Reading, judged, of
from libertad.care.retention import standing_closing, standing_request
from libertad.journal.causal import crossing
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.values import zone
from libertad.vocabulary.verbs import care as say
from libertad.vocabulary.verbs.care_closing import CareCloseRead
from libertad.vocabulary.verbs.danger import CareDanger, CareDangerClose
from libertad.vocabulary.verbs.deciding import AppealOutcome


def part(entry: Said, person: str) -> dict[str, Any]:
    return {
        "person": person,
        "at": entry.at,
        "zone": entry.happened.zone,
        "officer": entry.officer,
        "authority": entry.authority,
    }


def _danger(entry: Said) -> list[Any]:
    """A row for `unanswered`, with the reason where the closing of the file said it."""
    content = cast(CareDanger, entry.content)
    row = [to_ms(entry.at), entry.happened.zone, entry.officer, entry.authority, content.words, entry.id]
    return [*row, content.because] if content.because else row


TAKEN_BACK = "off"  # in place of an answer of the second reader: nothing was decided
FILE = (
    "care.person",
    "identification.decide",
    "identification.read",
    "wish.record",
    "return.decide",
    "return.read",
    *appeals.VERBS,
    "care.close",
    "care.close_read",
    "care.keep",
    "care.reopen",
    "care.danger",
    "care.danger_close",
    "erasure.request",
    "erasure.refuse",
)


# What the care authority that keeps the file says of it; decisions are the deciding authority's as well.
KEPT = (
    "care.person",
    "wish.record",
    *appeals.VERBS,
    "care.close",
    "care.close_read",
    "care.keep",
    "care.reopen",
    "erasure.request",
    "erasure.refuse",
)


@project(
    models.CareFile,
    verbs=FILE,
    key=lambda entry: (entry.compartment,),
    begins=content_of(say.CarePerson),
    own=KEPT,
)
def file_row(key: str, entries: Sequence[Said]) -> Row | None:
    about = of(entries, say.CarePerson)
    if not about:
        return None
    person = cast(say.CarePerson, about[0].content).person
    # A file is of one person: whoever names another one in it says nothing of either.
    entries = [entry for entry in entries if cast(Any, entry.content).person == person]
    about = of(entries, say.CarePerson)
    known = cast(say.CarePerson, about[-1].content)
    same = [entry for entry in about if cast(say.CarePerson, entry.content).child == known.child]
    identified = _not_taken_back(judged(entries, say.IdentificationDecide, say.IdentificationRead))
    returned = _not_taken_back(judged(entries, say.ReturnDecide, say.ReturnRead))
    status = [decided for decided in identified if decided.counts]
    counted = [decided for decided in returned if decided.counts]
    appealed = [appeals_of(entries, decided.decision.subject, person) for decided in counted]
    # What one set aside had overtaken does not come back: it is decided anew.
    fallen = [place for place, listed in enumerate(appealed) if any(a.set_aside for a in listed)]
    decision = counted[fallen[-1] + 1 :] if fallen else counted
    wishes = of(entries, say.WishRecord)
    plain: dict[str, Any] = {
        "person": known.person,
        "reference": known.reference,
        "opened_at": about[0].at,
        "zone": about[0].happened.zone,
        "child": known.child == "yes",
        "child_at": same[0].at,
        "waiting": _waits(identified),
        "return_waiting": _waits(returned),
    }
    crossed = {
        "status": _crossing(entries, status, "status"),
        "decision": _crossing(entries, decision, "decision"),
    }
    if status:
        held = _holds(status, crossed["status"], "status", "not-a-victim")
        content = cast(say.IdentificationDecide, held.decision.content)
        reading = cast(Said, held.reading)
        plain |= {"status": content.status, "status_at": reading.at, "status_zone": reading.happened.zone}
    if identified:
        plain["review_on"] = cast(say.IdentificationDecide, identified[-1].decision.content).review_on
    if wishes:
        plain |= {"wish": cast(say.WishRecord, wishes[-1].content).wish, "wish_at": wishes[-1].at}
    if decision:
        ruled = _holds(decision, crossed["decision"], "decision", "return")
        ruling = cast(say.ReturnDecide, ruled.decision.content)
        plain |= {"decision": ruling.decision, "decision_at": ruled.decision.at}
        standing = appealed[len(counted) - len(decision) :]
        plain["suspended"] = any(appeal.suspends for listed in standing for appeal in listed)
        if ruling.review_on:
            plain["review_on"] = min(filter(None, (plain.get("review_on"), ruling.review_on)))
    sealed: dict[str, Any] = {"name": known.name, "counting": known.counting}
    if any(crossed.values()):
        sealed["crossed"] = {
            name: [
                [
                    getattr(judgement.decision.content, name),
                    to_ms(judgement.decision.at),
                    judgement.decision.happened.zone,
                    judgement.decision.officer,
                    judgement.decision.authority,
                ]
                for judgement in listed
            ]
            for name, listed in crossed.items()
        }
    closings = standing_closing(entries)
    plain |= closings.columns
    sealed["afterwards"] = closings.afterwards
    if (proposal := closings.waiting) is not None:
        plain |= {"closing": proposal.id, "closing_by": proposal.officer, "closing_at": proposal.at}
    if closings.declined is not None:
        _proposal, reading = closings.declined
        content_read = cast(CareCloseRead, reading.content)
        sealed["closing_declined"] = [
            reading.officer,
            to_ms(reading.at),
            reading.happened.zone,
            content_read.reasons,
        ]
    if closed := of(entries, CareDangerClose):
        sealed["danger_closed"] = [
            [
                to_ms(s.at),
                s.happened.zone,
                s.officer,
                s.authority,
                cast(CareDangerClose, s.content).done,
                s.id,
                list(cast(CareDangerClose, s.content).answers),
            ]
            for s in closed
        ]
    if request := standing_request(entries):
        sealed["erasure"] = request
    if danger_entries := of(entries, CareDanger):
        sealed["dangers"] = [_danger(entry) for entry in danger_entries]
    return Row(about[-1].compartment, plain, sealed)


def _crossing(entries: Sequence[Said], counted: Sequence[Judged], name: str) -> list[Judged]:
    """Decisions that count, differ in this field and of which neither knew the other; else none."""
    last = {entry.id for entry in crossing(entries, [judged.decision for judged in counted])}
    unsettled = [judged for judged in counted if judged.decision.id in last]
    return unsettled if len({getattr(judged.decision.content, name) for judged in unsettled}) > 1 else []


def _holds(counted: Sequence[Judged], crossed: Sequence[Judged], name: str, lighter: str) -> Judged:
    """The last decision; of those that cross the last but for the one that would end the protection."""
    safer = [judgement for judgement in crossed if getattr(judgement.decision.content, name) != lighter]
    return safer[-1] if safer else counted[-1]


def _not_taken_back(decisions: Sequence[Judged]) -> list[Judged]:
    """Without those of which somebody said that nothing was decided."""
    return [judgement for judgement in decisions if not judgement.taken_back]


def _waits(decisions: Sequence[Judged]) -> str:
    """The last decision that nobody read and no later one overtook by counting; '' for none."""
    for judgement in reversed(decisions):
        if judgement.counts:
            break
        if judgement.reading is None:
            return judgement.decision.subject
    return ""


@project(
    models.Consent,
    verbs=("consent.record", "consent.withdraw"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ConsentRecord),
    own=("consent.record", "consent.withdraw"),
)
def consent_row(key: str, entries: Sequence[Said]) -> Row | None:
    records, ends = of(entries, say.ConsentRecord), of(entries, say.ConsentWithdraw)
    if not records:
        return None
    content = cast(say.ConsentRecord, records[-1].content)
    return Row(
        records[-1].compartment,
        {
            **part(records[-1], content.person),
            "purpose": content.purpose,
            "agreed": content.agreed == "yes",
            "capacity": content.capacity,
            "until": content.until,
            "withdrawn_at": ends[0].at if ends else None,
        },
        {
            "recipient": content.recipient,
            "withheld": sorted(content.withheld),
            "guardian": content.guardian,
            "language": content.language,
            "reasons": cast(say.ConsentWithdraw, ends[0].content).reasons if ends else "",
        },
    )


@project(
    models.Screening,
    verbs=("screening.record",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ScreeningRecord),
    own=("screening.record",),
)
def screening_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.ScreeningRecord, entries[-1].content)
    answers = [
        {"indicator": a.indicator, "answer": a.answer, "phase": a.phase, "evidence": a.evidence}
        for a in content.answer
    ]
    return Row(
        entries[-1].compartment,
        {
            **part(entries[-1], content.person),
            "rule_set": content.rule_set,
            "version": content.version,
            "child": content.child,
        },
        {"answers": answers, "result": content.result},
    )


def _decided(judgement: Judged, person: str, review_on: str) -> dict[str, Any]:
    answer = judgement.answer if judgement.alone else ""
    columns = {
        **part(judgement.decision, person),
        "read": TAKEN_BACK if judgement.taken_back else answer,
        "review_on": review_on,
    }
    if judgement.reading is not None:
        columns |= {
            "reader": judgement.reading.officer,
            "read_at": judgement.reading.at,
            "read_zone": judgement.reading.happened.zone,
        }
    return columns


def _words(judgement: Judged, judgements: Sequence[Judged]) -> dict[str, Any]:
    """What a correction needs to name and a page to tell: absent of a decision that nobody corrected."""
    content = cast(Decision, judgement.decision.content)
    if not content.correction:
        return {"entries": [judgement.decision.id]}
    return {
        "entries": sorted(standing.decision.id for standing in judgements),
        "corrected": True,
        "taken_back": content.taken_back,
        "read_before": [
            [r.officer, cast(Reading, r.content).agrees, to_ms(r.at), r.happened.zone]
            for r in judgement.earlier
        ],
    }


def _read_reasons(judgement: Judged) -> str:
    return cast(Reading, judgement.reading.content).reasons if judgement.reading else ""


@project(
    models.Identification,
    verbs=("identification.decide", "identification.read"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.IdentificationDecide),
    own=("identification.decide",),
)
def identification_row(key: str, entries: Sequence[Said]) -> Row | None:
    judgements = judged(entries, say.IdentificationDecide, say.IdentificationRead)
    if not judgements:
        return None
    content = cast(say.IdentificationDecide, judgements[-1].decision.content)
    return Row(
        judgements[-1].decision.compartment,
        {
            **_decided(judgements[-1], content.person, content.review_on),
            "status": content.status,
            "screening": content.screening,
        },
        {
            "reasons": content.reasons,
            "non_punishment": content.non_punishment,
            "forced_to": content.forced_to,
            "person_says": content.person_says,
            "read_reasons": _read_reasons(judgements[-1]),
            **_words(judgements[-1], judgements),
        },
    )


@project(
    models.ReturnDecision,
    verbs=("return.decide", "return.read", *appeals.VERBS),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ReturnDecide),
    own=("return.decide",),
)
def return_row(key: str, entries: Sequence[Said]) -> Row | None:
    judgements = judged(entries, say.ReturnDecide, say.ReturnRead)
    if not judgements:
        return None
    content = cast(say.ReturnDecide, judgements[-1].decision.content)
    columns = _decided(judgements[-1], content.person, content.review_on)
    listed = appeals_of(entries, judgements[-1].decision.subject, content.person)
    if columns["read"] == "yes" and any(appeal.set_aside for appeal in listed):
        columns["read"] = appeals.SET_ASIDE
    if waiting := [appeal for appeal in listed if appeal.waits]:
        columns |= {"appeal": appeals.LODGED, "appeal_at": waiting[0].lodged.at}
    elif listed:
        columns["appeal"] = cast(AppealOutcome, cast(Said, listed[-1].outcome).content).outcome
    return Row(
        judgements[-1].decision.compartment,
        {
            **columns,
            "decision": content.decision,
            "wish": content.wish,
            "until": content.until,
            "appeal_by": content.appeal_by,
        },
        {
            "circumstances": sorted(content.circumstances),
            "resources": sorted(content.resources),
            "basis": content.basis,
            "reasons": content.reasons,
            "together_with": sorted(content.together_with),
            "read_reasons": _read_reasons(judgements[-1]),
            **({"appeals": [appeal.row() for appeal in listed]} if listed else {}),
            **_words(judgements[-1], judgements),
        },
    )


@project(
    models.Referral,
    verbs=("referral.make", "referral.answer"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ReferralMake),
    own=("referral.make", "referral.answer"),
)
def referral_row(key: str, entries: Sequence[Said]) -> Row | None:
    requests, answers = of(entries, say.ReferralMake), of(entries, say.ReferralAnswer)
    if not requests:
        return None
    content = cast(say.ReferralMake, requests[-1].content)
    last = answers[-1] if answers else requests[-1]
    answer = cast(say.ReferralAnswer, last.content) if answers else None
    steps = [(entry, cast(say.ReferralAnswer, entry.content).answer) for entry in answers]
    told = [(entry.id, code, to_ms(entry.at)) for entry, code in steps if code not in say.REFERRAL_STATES]
    return Row(
        requests[-1].compartment,
        {
            **part(requests[-1], content.person),
            "service": content.service,
            "state": _referral_state([code for _entry, code in steps]),
            "state_at": last.at,
            "consent": content.consent,
            "needed_by": content.needed_by,
            "due_at": due_at(content.needed_by, requests[-1].happened.zone),
        },
        {
            "to": content.to,
            "disclosed": sorted(content.disclosed),
            "note": content.note,
            "reasons": answer.reasons if answer else "",
            "told": told,
        },
    )


def _referral_state(codes: Sequence[str]) -> str:
    """How far it has come: who left was there; danger, a need and not arriving leave it as it was."""
    state = "asked"
    for code in codes:
        state = say.REFERRAL_STATES.get(code, "given" if code == "left" else state)
    return state


def due_at(text: str, zone_name: str) -> datetime | None:
    """When something named by a date or a moment becomes late: a date at the end of its day there."""
    if not text:
        return None
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(datetime.fromisoformat(text).date(), time(23, 59), zone(zone_name))


@project(models.Wish, verbs=("wish.record",), key=lambda entry: (entry.id,))
def wish_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.WishRecord, entries[0].content)
    return Row(
        entries[0].compartment,
        {**part(entries[0], content.person), "wish": content.wish},
        {"words": content.words},
    )
