"""Entries -> read models of the protection file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, NamedTuple, TypeVar, cast

from libertad.care import models
from libertad.journal.causal import crossing
from libertad.journal.corrections import why
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import by_subject, content_of
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import zone
from libertad.vocabulary.verbs import care as say
from libertad.vocabulary.verbs.danger import CareDanger, CareDangerClose

V = TypeVar("V", bound=Verb)
Reading = say.IdentificationRead | say.ReturnRead
Decision = say.IdentificationDecide | say.ReturnDecide


class Judged(NamedTuple):
    """A decision with the second reading that goes with it, if there is one.

    `alone`: no other correction of the same decision stands beside it; two that crossed count neither, until
    a third takes the place of both. `earlier`: readings of what was corrected since.
    """

    made: Said
    reading: Said | None
    alone: bool = True
    earlier: tuple[Said, ...] = ()

    @property
    def answer(self) -> str:
        return cast(Reading, self.reading.content).agrees if self.reading else ""

    @property
    def taken_back(self) -> bool:
        return bool(cast(Decision, self.made.content).taken_back)

    @property
    def counts(self) -> bool:
        return self.answer == "yes" and self.alone and not self.taken_back


def of(said: Sequence[Said], kind: type[V]) -> list[Said]:
    """The entries with this content, in the order in which they stand."""
    return [entry for entry in said if isinstance(entry.content, kind)]


def judged(said: Sequence[Said], made: type[Verb], read: type[Verb]) -> list[Judged]:
    """Decisions in order, each with the first reading by another officer.

    A reading by the officer who decided is none, whatever node wrote it; and a decision is said again by the
    authority alone that made it. What a correction superseded is left out, and its reading with it: a
    reading is of the words that were read.
    """
    readings, decisions = of(said, read), of(said, made)
    if len(decisions) > 1:
        alone = by_subject(decisions, content_of(made))
        decisions = [entry for entry in decisions if entry in alone[entry.subject]]
    gone = {
        old
        for entry in decisions
        if why(entry)
        for statement in entry.statements
        for old in statement.supersedes
    }
    standing = [entry for entry in decisions if entry.id not in gone]
    subjects = Counter(entry.subject for entry in standing if why(entry))
    found = []
    for entry in standing:
        answers = [r for r in readings if r.subject == entry.subject]
        own = [
            r for r in answers if r.officer != entry.officer and _read(r) == (entry.id if why(entry) else "")
        ]
        earlier = (
            tuple(r for r in answers if r not in own and r.officer != entry.officer) if why(entry) else ()
        )
        found.append(Judged(entry, own[0] if own else None, subjects[entry.subject] < 2, earlier))
    return found


def _read(reading: Said) -> str:
    return cast(Reading, reading.content).decision


def _part(said: Said, person: str) -> dict[str, Any]:
    return {
        "person": person, "at": said.at, "zone": said.happened.zone,
        "officer": said.officer, "authority": said.authority,
    }  # fmt: skip


def _danger(said: Said) -> list[Any]:
    """A row for `unanswered`, with the reason where the closing of the file said it."""
    what = cast(CareDanger, said.content)
    row = [to_ms(said.at), said.happened.zone, said.officer, said.authority, what.words, said.id]
    return [*row, what.because] if what.because else row


TAKEN_BACK = "off"  # in place of an answer of the second reader: nothing was decided
FILE = (
    "care.person",
    "identification.decide",
    "identification.read",
    "wish.record",
    "return.decide",
    "return.read",
    "care.close",
    "care.reopen",
    "care.danger",
    "care.danger_close",
)


# What the care authority that keeps the file says of it; decisions are the deciding authority's as well.
KEPT = ("care.person", "wish.record", "care.close", "care.reopen")


@project(
    models.CareFile,
    verbs=FILE,
    key=lambda said: (cast(Any, said.content).person,),
    begins=content_of(say.CarePerson),
    own=KEPT,
)
def file_row(key: str, said: Sequence[Said]) -> Row | None:
    about = of(said, say.CarePerson)
    if not about:
        return None
    known = cast(say.CarePerson, about[-1].content)
    same = [entry for entry in about if cast(say.CarePerson, entry.content).child == known.child]
    identified = _made(judged(said, say.IdentificationDecide, say.IdentificationRead))
    returned = _made(judged(said, say.ReturnDecide, say.ReturnRead))
    status = [one for one in identified if one.counts]
    decision = [one for one in returned if one.counts]
    wishes = of(said, say.WishRecord)
    plain: dict[str, Any] = {
        "reference": known.reference,
        "opened_at": about[0].at,
        "zone": about[0].happened.zone,
        "child": known.child == "yes",
        "child_at": same[0].at,
        "waiting": _waits(identified),
        "return_waiting": _waits(returned),
    }
    crossed = {
        "status": _crossing(said, status, "status"), "decision": _crossing(said, decision, "decision")
    }  # fmt: skip
    if status:
        held = _holds(status, crossed["status"], "status", "not-a-victim")
        what = cast(say.IdentificationDecide, held.made.content)
        reading = cast(Said, held.reading)
        plain |= {"status": what.status, "status_at": reading.at, "status_zone": reading.happened.zone}
    if identified:
        plain["review_on"] = cast(say.IdentificationDecide, identified[-1].made.content).review_on
    if wishes:
        plain |= {"wish": cast(say.WishRecord, wishes[-1].content).wish, "wish_at": wishes[-1].at}
    if decision:
        ruled = _holds(decision, crossed["decision"], "decision", "return")
        ruling = cast(say.ReturnDecide, ruled.made.content)
        plain |= {"decision": ruling.decision, "decision_at": ruled.made.at}
        if ruling.review_on:
            plain["review_on"] = min(filter(None, (plain.get("review_on"), ruling.review_on)))
    sealed: dict[str, Any] = {"name": known.name, "counting": known.counting, "afterwards": ""}
    if any(crossed.values()):
        sealed["crossed"] = {
            name: [
                [getattr(one.made.content, name), to_ms(one.made.at), one.made.happened.zone,
                 one.made.officer, one.made.authority]
                for one in listed
            ]
            for name, listed in crossed.items()
        }  # fmt: skip
    last = [entry for entry in said if isinstance(entry.content, (say.CareClose, say.CareReopen))][-1:]
    for entry in last:
        if isinstance(entry.content, say.CareClose):
            end = entry.content
            plain |= {
                "closed_at": entry.at, "closed_for": end.reason, "contact_on": end.contact_on,
                "keep_until": end.keep_until,
            }  # fmt: skip
            sealed["afterwards"] = end.afterwards
    if closed := of(said, CareDangerClose):
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
    if told := of(said, CareDanger):
        sealed["dangers"] = [_danger(entry) for entry in told]
    return Row(about[-1].compartment, plain, sealed)


def _crossing(said: Sequence[Said], counted: Sequence[Judged], name: str) -> list[Judged]:
    """Decisions that count, differ in this field and of which neither knew the other; else none."""
    last = {one.id for one in crossing(said, [judged.made for judged in counted])}
    found = [judged for judged in counted if judged.made.id in last]
    return found if len({getattr(judged.made.content, name) for judged in found}) > 1 else []


def _holds(counted: Sequence[Judged], crossed: Sequence[Judged], name: str, lighter: str) -> Judged:
    """The last decision; of those that cross the last but for the one that would end the protection."""
    safer = [one for one in crossed if getattr(one.made.content, name) != lighter]
    return safer[-1] if safer else counted[-1]


def _made(decisions: Sequence[Judged]) -> list[Judged]:
    """Without those of which somebody said that nothing was decided."""
    return [one for one in decisions if not one.taken_back]


def _waits(decisions: Sequence[Judged]) -> str:
    """The last decision that nobody read and no later one overtook by counting; '' for none."""
    for one in reversed(decisions):
        if one.counts:
            break
        if one.reading is None:
            return one.made.subject
    return ""


@project(
    models.Consent,
    verbs=("consent.record", "consent.withdraw"),
    key=lambda said: (said.subject,),
    begins=content_of(say.ConsentRecord),
    own=("consent.record", "consent.withdraw"),
)
def consent_row(key: str, said: Sequence[Said]) -> Row | None:
    records, ends = of(said, say.ConsentRecord), of(said, say.ConsentWithdraw)
    if not records:
        return None
    what = cast(say.ConsentRecord, records[-1].content)
    return Row(
        records[-1].compartment,
        {
            **_part(records[-1], what.person),
            "purpose": what.purpose,
            "agreed": what.agreed == "yes",
            "capacity": what.capacity,
            "until": what.until,
            "withdrawn_at": ends[0].at if ends else None,
        },
        {
            "recipient": what.recipient,
            "withheld": sorted(what.withheld),
            "guardian": what.guardian,
            "language": what.language,
            "reasons": cast(say.ConsentWithdraw, ends[0].content).reasons if ends else "",
        },
    )


@project(
    models.Screening,
    verbs=("screening.record",),
    key=lambda said: (said.subject,),
    begins=content_of(say.ScreeningRecord),
    own=("screening.record",),
)
def screening_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.ScreeningRecord, said[-1].content)
    answers = [
        {"indicator": a.indicator, "answer": a.answer, "phase": a.phase, "evidence": a.evidence}
        for a in what.answer
    ]
    return Row(
        said[-1].compartment,
        {
            **_part(said[-1], what.person),
            "rule_set": what.rule_set,
            "version": what.version,
            "child": what.child,
        },
        {"answers": answers, "result": what.result},
    )


def _decided(one: Judged, person: str, review_on: str) -> dict[str, Any]:
    answer = one.answer if one.alone else ""
    found = {
        **_part(one.made, person), "read": TAKEN_BACK if one.taken_back else answer, "review_on": review_on,
    }  # fmt: skip
    if one.reading is not None:
        found |= {
            "reader": one.reading.officer, "read_at": one.reading.at, "read_zone": one.reading.happened.zone,
        }  # fmt: skip
    return found


def _words(one: Judged, found: Sequence[Judged]) -> dict[str, Any]:
    """What a correction needs to name and a page to tell: absent of a decision that nobody corrected."""
    what = cast(Decision, one.made.content)
    if not what.correction:
        return {"entries": [one.made.id]}
    return {
        "entries": sorted(other.made.id for other in found),
        "corrected": True,
        "taken_back": what.taken_back,
        "read_before": [
            [r.officer, cast(Reading, r.content).agrees, to_ms(r.at), r.happened.zone] for r in one.earlier
        ],
    }


def _read_reasons(one: Judged) -> str:
    return cast(Reading, one.reading.content).reasons if one.reading else ""


@project(
    models.Identification,
    verbs=("identification.decide", "identification.read"),
    key=lambda said: (said.subject,),
    begins=content_of(say.IdentificationDecide),
    own=("identification.decide",),
)
def identification_row(key: str, said: Sequence[Said]) -> Row | None:
    found = judged(said, say.IdentificationDecide, say.IdentificationRead)
    if not found:
        return None
    what = cast(say.IdentificationDecide, found[-1].made.content)
    return Row(
        found[-1].made.compartment,
        {
            **_decided(found[-1], what.person, what.review_on),
            "status": what.status,
            "screening": what.screening,
        },
        {
            "reasons": what.reasons,
            "non_punishment": what.non_punishment,
            "forced_to": what.forced_to,
            "person_says": what.person_says,
            "read_reasons": _read_reasons(found[-1]),
            **_words(found[-1], found),
        },
    )


@project(
    models.ReturnDecision,
    verbs=("return.decide", "return.read"),
    key=lambda said: (said.subject,),
    begins=content_of(say.ReturnDecide),
    own=("return.decide",),
)
def return_row(key: str, said: Sequence[Said]) -> Row | None:
    found = judged(said, say.ReturnDecide, say.ReturnRead)
    if not found:
        return None
    what = cast(say.ReturnDecide, found[-1].made.content)
    return Row(
        found[-1].made.compartment,
        {
            **_decided(found[-1], what.person, what.review_on),
            "decision": what.decision,
            "wish": what.wish,
            "until": what.until,
            "appeal_by": what.appeal_by,
        },
        {
            "circumstances": sorted(what.circumstances),
            "resources": sorted(what.resources),
            "basis": what.basis,
            "reasons": what.reasons,
            "together_with": sorted(what.together_with),
            "read_reasons": _read_reasons(found[-1]),
            **_words(found[-1], found),
        },
    )


@project(
    models.Referral,
    verbs=("referral.make", "referral.answer"),
    key=lambda said: (said.subject,),
    begins=content_of(say.ReferralMake),
    own=("referral.make", "referral.answer"),
)
def referral_row(key: str, said: Sequence[Said]) -> Row | None:
    made, answers = of(said, say.ReferralMake), of(said, say.ReferralAnswer)
    if not made:
        return None
    what = cast(say.ReferralMake, made[-1].content)
    last = answers[-1] if answers else made[-1]
    answer = cast(say.ReferralAnswer, last.content) if answers else None
    return Row(
        made[-1].compartment,
        {
            **_part(made[-1], what.person),
            "service": what.service,
            "state": answer.answer if answer else "asked",
            "state_at": last.at,
            "consent": what.consent,
            "needed_by": what.needed_by,
            "due_at": due_at(what.needed_by, made[-1].happened.zone),
        },
        {
            "to": what.to,
            "disclosed": sorted(what.disclosed),
            "note": what.note,
            "reasons": answer.reasons if answer else "",
        },
    )


def due_at(text: str, zone_name: str) -> datetime | None:
    """When something named by a date or a moment becomes late: a date at the end of its day there."""
    if not text:
        return None
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(datetime.fromisoformat(text).date(), time(23, 59), zone(zone_name))


@project(models.Wish, verbs=("wish.record",), key=lambda said: (said.id,))
def wish_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.WishRecord, said[0].content)
    return Row(said[0].compartment, {**_part(said[0], what.person), "wish": what.wish}, {"words": what.words})


@project(models.Closing, verbs=("care.close", "care.reopen"), key=lambda said: (said.id,))
def closing_row(key: str, said: Sequence[Said]) -> Row:
    what = cast("say.CareClose | say.CareReopen", said[0].content)
    part = _part(said[0], what.person)
    if isinstance(what, say.CareReopen):
        return Row(said[0].compartment, part, {"reasons": what.reasons})
    words = {"afterwards": what.afterwards, "reasons": what.despite}
    if what.appeal:
        words["appeal"] = what.appeal
    return Row(said[0].compartment, {**part, "reason": what.reason}, words)


@project(
    models.Safety,
    verbs=("safety.plan",),
    key=lambda said: (cast(say.SafetyPlan, said.content).person,),
    begins=content_of(say.SafetyPlan),
    own=("safety.plan",),
)
def safety_row(key: str, said: Sequence[Said]) -> Row:
    last = of(said, say.SafetyPlan)[-1]
    what = cast(say.SafetyPlan, last.content)
    return Row(
        last.compartment,
        {"at": last.at, "zone": last.happened.zone, "officer": last.officer},
        {"reach": what.reach, "avoid": what.avoid, "checked": what.checked},
    )
