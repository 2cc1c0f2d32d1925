"""Reading hits for screens: those of the officer's own authority of which it may read at least one record.

What both have in common is told in words only to who may read both; others are told of which kind it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, reduce
from operator import or_

import msgspec
from django.db.models import Q, QuerySet

from libertad.access.actor import Actor
from libertad.access.models import Compartment
from libertad.access.queries import (
    STANDS,
    Compiled,
    authority_names,
    can_say,
    clock_now,
    compiled,
    first_row_for,
    may_read,
    officer_names,
    open_row,
    read_entries,
    readable,
)
from libertad.hits.actions._hit import MODELS
from libertad.hits.fold import of_persons
from libertad.hits.models import Hit, Question
from libertad.hits.record_builder import Subject
from libertad.hits.references import read, read_number
from libertad.hits.reliability import Curve, Decision, Trust, other_owner
from libertad.hits.visibility import visible
from libertad.journal.folding import Said, batches
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.verbs.hits import HitFound, Weight

TO_DECIDE = ("open", "back", "answered")
NEWS = timedelta(hours=24)
AT_ONCE = 2000
ALIKE = 20  # hits of one reference: nearly always one
ORDERS = {"bits": ("-bits", "id"), "age": ("found_at", "id"), "newest": ("-found_at", "id")}


@dataclass(frozen=True)
class HitSeen:
    """A hit as its reader sees it. `left` and `right` are None where the role may not read the record.

    `weights` have no values then. `probability`: by what was decided of such scores. `due`: the day until
    which it was put off has come. `number`: what this node alone called it, up to 0.1.
    """

    id: str
    compartment: str
    reference: str
    number: str
    provenance: str
    left_ref: str
    right_ref: str
    left: Subject | None
    right: Subject | None
    left_country: str
    right_country: str
    bits: float
    probability: float
    state: str
    until: str
    due: bool
    found_at: datetime
    scored_at: datetime
    decided_at: datetime | None
    decided_by: str
    decided_name: str
    proposed_by: str
    zone: str
    weights: Sequence[Weight]

    @property
    def both(self) -> bool:
        return self.left is not None and self.right is not None

    @property
    def persons(self) -> bool:
        return of_persons(self.left_ref, self.right_ref)

    @property
    def again(self) -> bool:
        """Whether the records are of somebody met in two operations."""
        return len({subject.operation for subject in self.subjects}) > 1

    @property
    def kinds(self) -> tuple[str, str]:
        return self.left_ref.partition(":")[0], self.right_ref.partition(":")[0]

    @property
    def subjects(self) -> list[Subject]:
        return [subject for subject in (self.left, self.right) if subject is not None]


@dataclass(frozen=True)
class QuestionSeen:
    """A question about a record, as who asked and who is asked see it."""

    id: str
    hit: str
    compartment: str
    record: str
    subject: Subject | None
    asked_by: str
    asked_by_name: str
    to: str
    to_name: str
    asked_at: datetime
    zone: str
    words: str
    answer: str
    told: str
    answered_at: datetime | None
    provenance: str


def rows(
    actor: Actor, state: str = "", kind: str = "", country: str = "", record: str = "", today: str = ""
) -> QuerySet[Hit]:
    """Hits that the actor may know of. `state`: a code, 'to-decide' or ''; `kind`, `record`: of either;
    `today`: if not that of the operation's clock."""
    hits = readable(actor, Hit).filter(_about(actor.role, "left", "right"), operation=actor.operation)
    if state == "to-decide":
        today = today or clock_now(actor.operation).date().isoformat()
        second = Q(state="waiting") & ~Q(proposed_by=actor.officer)
        hits = hits.filter(
            Q(state__in=TO_DECIDE)
            | Q(state="not-yet", until__lte=today)
            | (second if can_say(actor, "hit.read") else Q(pk__in=[]))
        )
    elif state:
        hits = hits.filter(state=state)
    if kind:
        hits = hits.filter(Q(left__startswith=f"{kind}:") | Q(right__startswith=f"{kind}:"))
    if record:
        hits = hits.filter(Q(left=record) | Q(right=record))
    if country:
        hits = hits.filter(Q(left_country=country) | Q(right_country=country))
    return hits


def _about(role: str, *fields: str) -> Q:
    """One of these records, at least, is of a kind that the role reads."""
    kinds = [kind for kind, model in MODELS.items() if may_read(role, model)]
    conditions = [Q(**{f"{name}__startswith": f"{kind}:"}) for kind in kinds for name in fields]
    return reduce(or_, conditions, Q(pk__in=[]))


def hits_page(
    actor: Actor, page: int, size: int, *, order: str = "bits", **filters: str
) -> tuple[list[HitSeen], int]:
    """One page of hits and how many there are in all."""
    hits = rows(actor, **filters).order_by(*ORDERS.get(order, ORDERS["bits"]))
    return _present_hits(actor, hits[(page - 1) * size : page * size]), hits.count()


def countries(actor: Actor) -> list[str]:
    """Countries of the records of all hits that the actor may know of."""
    pairs = rows(actor).order_by().values_list("left_country", "right_country").distinct()
    return sorted({code for pair in pairs for code in pair if code})


def hit(actor: Actor, key: str) -> HitSeen | None:
    """One hit; None alike for none and for one that the actor may not know of."""
    hits = _present_hits(actor, rows(actor).filter(pk=key))
    return hits[0] if hits else None


def by_reference(actor: Actor, text: str) -> list[HitSeen]:
    """Hits of a reference as somebody typed it, or of a number that this node counted up to 0.1.

    Raises ValueError where a sign of a reference is wrong.
    """
    reference, number = read(text), read_number(text)
    if reference is None and number is None:
        return []
    named = Q(reference=reference) if reference else Q(number=number)
    return _present_hits(actor, rows(actor).filter(named).order_by("id")[:ALIKE])


def confirmed_since(actor: Actor) -> list[HitSeen]:
    """What was confirmed in the last day: news for who is in the field."""
    since = clock_now(actor.operation) - NEWS
    return _present_hits(
        actor, rows(actor, "confirmed").filter(decided_at__gte=since).order_by("-decided_at", "id")
    )


def _present_hits(actor: Actor, rows: Iterable[Hit]) -> list[HitSeen]:
    listed = list(rows)
    subjects = visible(actor, [ref for row in listed for ref in (row.left, row.right)])
    names = officer_names(actor, [row.decided_by for row in listed if row.decided_by])
    today = clock_now(actor.operation).date().isoformat()
    presented = [_present_hit(actor, row, subjects, names, today) for row in listed]
    hits = [hit for hit in presented if hit is not None and hit.subjects]
    return _trusted(actor, hits)


def _trusted(actor: Actor, hits: list[HitSeen]) -> list[HitSeen]:
    """With the probability that the authority's decisions give each score."""
    if not hits:
        return []
    decided = trust(actor.authority)
    owner = owners(ref for hit in hits for ref in (hit.left_ref, hit.right_ref))
    return [
        replace(
            hit,
            probability=decided.chance(hit.bits, [owner.get(hit.left_ref, ""), owner.get(hit.right_ref, "")]),
        )
        for hit in hits
    ]


def _present_hit(
    actor: Actor, row: Hit, subjects: Mapping[str, Subject], names: Mapping[str, str], today: str
) -> HitSeen | None:
    words = open_row(actor, row)
    if not words:  # erased, or not ours to open
        return None
    weights = msgspec.convert(words.get("weights", []), prepared(list[Weight]))
    left, right = subjects.get(row.left), subjects.get(row.right)
    if left is None or right is None:
        weights = [Weight(kind=weight.kind, bits=weight.bits, how=weight.how) for weight in weights]
    plain = (
        "compartment",
        "reference",
        "number",
        "provenance",
        "left_country",
        "right_country",
        "bits",
        "probability",
        "state",
        "until",
        "found_at",
        "scored_at",
        "decided_at",
        "decided_by",
        "proposed_by",
        "zone",
    )
    return HitSeen(
        id=row.pk,
        left_ref=row.left,
        right_ref=row.right,
        left=left,
        right=right,
        weights=weights,
        due=row.state == "not-yet" and row.until <= today,
        decided_name=names.get(row.decided_by, ""),
        **{name: getattr(row, name) for name in plain},
    )


def said_about(actor: Actor, hit: HitSeen) -> list[Said]:
    """Scores, decisions, questions and answers, newest first."""
    all_entries = read_entries(actor, hit.compartment)
    for question in questions_of(actor, hit.id):
        entries = read_entries(actor, question.compartment)
        all_entries += [
            entry for entry in entries if entry.verb in ("hit.ask", "hit.answer") and entry.subject == hit.id
        ]
    by_id = {entry.id: entry for entry in all_entries if entry.verb.startswith("hit.")}
    return sorted(by_id.values(), key=lambda entry: (entry.body.clock, entry.id), reverse=True)


def trust(authority: str) -> Trust:
    """From the hits of an authority that stand confirmed or rejected."""
    rows = Hit.objects.filter(authority=authority, decided_bits__isnull=False)
    decided = list(rows.order_by("id").values_list("left", "right", "decided_bits", "state"))
    owner = owners(ref for left, right, _bits, _state in decided for ref in (left, right))
    by_owner: dict[str, list[Decision]] = {}
    for left, right, bits, state in decided:
        name = other_owner(authority, (owner.get(left, ""), owner.get(right, "")))
        by_owner.setdefault(name, []).append((float(bits or 0.0), state == "confirmed"))
    return Trust(authority, by_owner)


def curve(actor: Actor, refs: Iterable[str]) -> Curve:
    """What bits of a pair are worth now; `refs`: of both records."""
    decided, listed = trust(actor.authority), list(refs)
    owner = owners(listed)
    return decided.of(other_owner(actor.authority, (owner.get(ref, "") for ref in listed)))


def scores(actor: Actor, compartment: str) -> list[Said]:
    """What the node said of a pair, oldest first: found alike, compared anew."""
    return [entry for entry in read_entries(actor, compartment) if isinstance(entry.content, HitFound)]


def owners(refs: Iterable[str]) -> dict[str, str]:
    """'person:<id>' and so on -> the authority that opened the record's file."""
    ids: dict[str, set[str]] = {}
    for ref in refs:
        kind, _, key = ref.partition(":")
        ids.setdefault(kind, set()).add(key)
    place: dict[str, str] = {}
    for kind, keys in ids.items():
        if kind in MODELS:
            for batch in batches(sorted(keys), AT_ONCE):
                rows = MODELS[kind]._default_manager.filter(pk__in=batch)
                place |= {f"{kind}:{key}": str(where) for key, where in rows.values_list("pk", "compartment")}
    owner = owners_of(place.values())
    return {ref: owner.get(where, "") for ref, where in place.items()}


def owners_of(compartments: Iterable[str]) -> dict[str, str]:
    """File -> the authority that opened it."""
    owner: dict[str, str] = {}
    for batch in batches(sorted(set(compartments)), AT_ONCE):
        owner |= dict(Compartment.objects.filter(pk__in=batch).values_list("id", "owner"))
    return owner


def askable(actor: Actor, hit: HitSeen) -> list[Subject]:
    """Records of other authorities, whose owner can be asked: in the operation worked in."""
    owner = owners_of(subject.compartment for subject in hit.subjects)
    return [
        subject
        for subject in hit.subjects
        if subject.operation == actor.operation
        and owner.get(subject.compartment, "") not in ("", actor.authority)
        and can_say(actor, "hit.ask")
    ]


def questions_of(actor: Actor, key: str) -> list[QuestionSeen]:
    """What was asked of a hit, as far as the records' files are read here."""
    return _questions(actor, readable(actor, Question).filter(hit=key).order_by("asked_at", "id"))


def asked_of(actor: Actor) -> list[QuestionSeen]:
    """Questions that this authority has not answered, about records that the actor may read, oldest first."""
    questions = readable(actor, Question).filter(to=actor.authority, answer="").order_by("asked_at", "id")
    return [question for question in _questions(actor, questions) if question.subject is not None]


def question(actor: Actor, key: str) -> QuestionSeen | None:
    """One question put to this authority; None alike for none and for one that is not for this officer."""
    questions = readable(actor, Question, [key]).filter(to=actor.authority)
    return next((question for question in _questions(actor, questions) if question.subject is not None), None)


def _questions(actor: Actor, rows: Iterable[Question]) -> list[QuestionSeen]:
    listed = list(rows)
    subjects = visible(actor, [row.record for row in listed])
    names = authority_names([name for row in listed for name in (row.asked_by, row.to)])
    questions = []
    for row in listed:
        words = open_row(actor, row)
        plain = (
            "hit",
            "compartment",
            "record",
            "asked_by",
            "to",
            "asked_at",
            "zone",
            "answer",
            "answered_at",
            "provenance",
        )
        questions.append(
            QuestionSeen(
                id=row.pk,
                subject=subjects.get(row.record),
                asked_by_name=names.get(row.asked_by, ""),
                to_name=names.get(row.to, ""),
                words=words.get("words", ""),
                told=words.get("told", ""),
                **{name: getattr(row, name) for name in plain},
            )
        )
    return questions


def waiting(actor: Actor) -> Mapping[str, int]:
    """What needs this officer: hits to decide, and questions to answer."""
    if not can_say(actor, "hit.confirm"):
        return {}
    today = clock_now(actor.operation).date().isoformat()
    counts = [first_row_for(question, actor, {TODAY: today}) for question in _counting(actor.role)]
    return {"hits": sum(row[0] for row in counts if row)}


TODAY = "<today>"


@cache
def _counting(role: str) -> list[Compiled]:
    """What counts the hits and the questions that wait for somebody in this role."""
    actor = replace(STANDS, role=role)
    questions = readable(actor, Question).filter(_about(role, "record"), to=actor.authority, answer="")
    statements = (
        compiled(queryset.order_by().values("pk"))
        for queryset in (rows(actor, "to-decide", today=TODAY), questions)
    )
    return [(f"select count(*) from ({sql}) as counted", params) for sql, params in filter(None, statements)]  # noqa: S608
