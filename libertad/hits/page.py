"""What every page of one hit has: its look-up, openings on record, identity bar, strip, who can see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.queries import authority_names, can_say, clock_now, readers_of
from libertad.hits import queries
from libertad.hits.explanation import ranked, sentence
from libertad.hits.queries import HitSeen
from libertad.hits.queries_before import operation_name
from libertad.hits.record_builder import Subject
from libertad.hits.score_changes import changes
from libertad.hits.wording import (
    bits_words,
    facts,
    kind_title,
    odds_words,
    probability_words,
    state_shape,
    state_words,
    tenths_that_add_up,
)
from libertad.look.page_objects import Cell, Column, FilePage, Link, Pair, Row, SideBlock, StatusCell, Table
from libertad.look.times import clock, date_words, day
from libertad.look.words import words
from libertad.people.queries import met_before, people
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.hits import HitFound

ROUTES = {"person": "person", "detention": "detention", "exhibit": "exhibit", "lead": "lead", "site": "site"}
RECORDED = ("person", "detention", "exhibit")  # whose files tell who opened them


@dataclass(frozen=True)
class Decision:
    """An act that is open to this officer: a link to its form. `first`: the one that stands out."""

    link: Link
    first: bool = False


def hit_or_404(request: HttpRequest, key: str) -> HitSeen:
    """The hit by one look-up; the same 404 for none and for not ours."""
    hit = queries.hit(actor_of(request), key)
    if hit is None:
        raise Http404
    return hit


def opened_hit(request: HttpRequest, key: str) -> HitSeen:
    """The hit; that its records' files were opened is recorded before anything of them is shown."""
    actor, hit = actor_of(request), hit_or_404(request, key)
    for subject in hit.subjects:
        if subject.kind in RECORDED:
            reader = replace(actor, operation=subject.operation)
            perform(reader, open_file, compartment=subject.compartment, subject=subject.key, page="hit")
            at = clock(Happened(at=clock_now(actor.operation), zone=actor.zone))
            note = _("Your opening of these files was recorded at %(at)s") % {"at": at}
            request.opening_note = note  # type: ignore[attr-defined]
    return hit


def head(actor: Actor, hit: HitSeen, since: Since | None = None) -> FilePage:
    return FilePage(
        kind=_("Hit"),
        reference=hit.reference,
        title=kind_title(hit),
        second=" ".join(
            filter(
                None,
                [
                    _("%(odds)s, as reckoned now.") % {"odds": odds_words(hit.probability)},
                    since.was if since else "",
                    _("On this node it was %(number)s; other nodes counted otherwise.")
                    % {"number": hit.number}
                    if hit.number
                    else "",
                ],
            )
        ),
        second_link=Link(_("Why it changed"), "#changed") if since and since.why else None,
        provenance=hit.provenance,
        statuses=strip(hit),
        side=[who_can_see(actor, hit), *questions(actor, hit)],
    )


@dataclass(frozen=True)
class Since:
    """What was told on the day a pair was found, what is told now, and why that is not the same."""

    was: str
    now: str
    why: Sequence[str]


def since_found(actor: Actor, hit: HitSeen) -> Since | None:
    """None where the odds and the bits are told as on the first day."""
    entries = queries.scores(actor, hit.compartment)
    if not entries:
        return None
    first, last = (cast(HitFound, entry.content) for entry in (entries[0], entries[-1]))
    then, now = (
        _("%(odds)s (%(bits)s bits)") % {"odds": odds_words(chance), "bits": bits_words(bits)}
        for chance, bits in ((first.probability, first.bits), (hit.probability, hit.bits))
    )
    if then == now:
        return None
    curve = queries.curve(actor, (hit.left_ref, hit.right_ref))
    why = changes(first, first.weight, last, last.weight, curve)
    was = _("When it was found, on %(day)s: %(odds)s.") % {"day": day(entries[0].happened), "odds": then}
    return Since(was, _("Now: %(odds)s.") % {"odds": now}, why)


def strip(hit: HitSeen) -> list[StatusCell]:
    """Found, how strong, and where it stands, each with its date."""
    stands = hit.decided_at or hit.scored_at
    note = hit.decided_name
    if hit.state == "not-yet":
        note = _("until %(day)s") % {"day": date_words(hit.until)}
    open_ = hit.due or hit.state in (*queries.TO_DECIDE, "waiting")
    return [
        StatusCell(_("Possible match"), "", Happened(at=hit.found_at, zone=hit.zone), _("by this node")),
        StatusCell(
            _("Evidence"),
            "",
            _("%(bits)s bits") % {"bits": bits_words(hit.bits)},
            _("%(chance)s now; compared on %(day)s")
            % {
                "chance": probability_words(hit.probability),
                "day": day(Happened(at=hit.scored_at, zone=hit.zone)),
            },
        ),
        StatusCell(state_words(hit), state_shape(hit), Happened(at=stands, zone=hit.zone), note, needs=open_),
    ]


def side_by_side(actor: Actor, hit: HitSeen) -> Table:
    """Both records, fact by fact, as far as each may be seen."""
    left, right = (facts(subject) if subject else {} for subject in (hit.left, hit.right))
    if hit.again:
        left, right = (
            {_("Operation"): _operation(actor, subject), **known}
            for subject, known in ((hit.left, left), (hit.right, right))
        )
    labels = [name for name in (left or right) if left.get(name) or right.get(name)]
    rows = [
        Row([Cell(name), _fact(hit.left, left.get(name, "")), _fact(hit.right, right.get(name, ""))])
        for name in labels
    ]
    columns = [
        Column(_("Fact")),
        Column(_column_title(hit.left, hit.kinds[0])),
        Column(_column_title(hit.right, hit.kinds[1])),
    ]
    return Table(_("Both records, side by side"), columns, rows)


def _operation(actor: Actor, subject: Subject | None) -> str:
    return operation_name(replace(actor, operation=subject.operation)) if subject else ""


def _column_title(subject: Subject | None, kind: str) -> str:
    title = words("hit-subjects", kind)
    return f"{title} {subject.reference}" if subject else _("%(kind)s: not for your role") % {"kind": title}


def _fact(subject: Subject | None, text: str) -> Cell:
    if subject is None:
        return Cell(_("Not for your role"), tone="muted")
    return Cell(text or _("Not said"))


def records(actor: Actor, hit: HitSeen) -> list[Link]:
    """Links to the files of both records that this role may open."""
    return files_of(actor, hit.subjects)


def files_of(actor: Actor, subjects: Iterable[Subject]) -> list[Link]:
    """Links to the files of these that this role may open, in the operation worked in."""
    return [
        Link(
            _("Open %(reference)s") % {"reference": subject.reference},
            reverse(ROUTES[subject.kind], args=[subject.key]),
        )
        for subject in subjects
        if may_open(actor, ROUTES[subject.kind]) and subject.operation == actor.operation
    ]


def why(hit: HitSeen) -> Table:
    """Each weight in words, the heaviest first, and what they come to."""
    weights = ranked(hit.weights)
    before = hit.bits - sum(weight.bits for weight in weights)
    *tenths, before = tenths_that_add_up([*(weight.bits for weight in weights), before])
    rows = [
        Row([Cell(words("fact-kinds", weight.kind)), Cell(sentence(weight)), Cell(bits_words(bits))])
        for weight, bits in zip(weights, tenths, strict=True)
    ]
    rows.append(
        Row(
            [
                Cell(_("Before comparing")),
                Cell(_("How seldom two records of so many are of one person or thing")),
                Cell(bits_words(before)),
            ]
        )
    )
    rows.append(
        Row(
            [Cell(_("Together")), Cell(odds_words(hit.probability)), Cell(bits_words(hit.bits))],
            total=True,
        )
    )
    return Table(
        _("Why they are alike"),
        [Column(_("Kind")), Column(_("In words")), Column(_("Bits"), numeric=True)],
        rows,
        note=_(
            "One bit more about doubles the odds that it is one person or thing. The odds are as such scores "
            "were right before."
        ),
    )


def decisions(actor: Actor, hit: HitSeen) -> list[Decision]:
    """What this officer may do now."""
    acts = []

    def add(route: str, verb: str, label: str, first: bool = False) -> None:
        if can_say(actor, verb) and may_open(actor, route):
            acts.append(Decision(Link(label, reverse(route, args=[hit.id])), first))

    if not hit.both:
        return []
    if hit.state == "waiting":
        if hit.proposed_by != actor.officer:
            add("hit-read", "hit.read", _("Read it as the second reader"), first=True)
    elif hit.state not in ("confirmed", "rejected"):
        same = _("It is one person") if hit.persons else _("It is the same")
        add("hit-confirm", "hit.confirm", same, first=True)
        add("hit-reject", "hit.reject", _("It is not"))
        if queries.askable(actor, hit):
            add("hit-ask", "hit.ask", _("Ask the owner"))
        add("hit-postpone", "hit.postpone", _("Not yet"))
    if hit.state in ("confirmed", "rejected", "waiting", "not-yet", "back"):
        linked = hit.state == "confirmed" and hit.persons
        if not linked or can_say(actor, "person.not_same"):
            add("hit-undo", "hit.undo", _("Take the decision back"))
    return acts


def who_can_see(actor: Actor, hit: HitSeen) -> SideBlock:
    """The hit is its authority's own; each record has its own readers."""
    own = authority_names([actor.authority]).get(actor.authority, "")
    pairs = [Pair(own, _("This hit"), _("officers who may read one of its records; reasons: both"))]
    for subject in hit.subjects:
        names = [row.name for row in readers_of(subject.compartment)]
        pairs.append(Pair(subject.reference, ", ".join(names), _("read this record, not this hit")))
    pairs.append(Pair(_("All others"), _("Nothing")))
    return SideBlock(
        _("Who can see this"),
        pairs=pairs,
        note=_("If a person's file is erased, every hit of that person goes with it."),
    )


def questions(actor: Actor, hit: HitSeen) -> list[SideBlock]:
    """What was asked of the owners, and linked records."""
    pairs = [
        Pair(
            question.to_name,
            words("hit-answers", question.answer) or _("Has not answered"),
            question.told or question.words,
        )
        for question in queries.questions_of(actor, hit.id)
    ]
    blocks = [SideBlock(_("Questions to owners"), pairs=pairs)] if pairs else []
    if hit.again and hit.state == "confirmed" and (block := _before(actor, hit)):
        blocks.append(block)
    elif hit.persons and hit.state == "confirmed" and hit.both:
        ids = [ref.partition(":")[2] for ref in (hit.left_ref, hit.right_ref)]
        linked = [
            Pair(
                _("The same person"),
                person.reference,
                link=Link(_("Open"), reverse("person", args=[person.id])),
            )
            for person in people(actor, ids=ids)
        ]
        blocks.append(SideBlock(_("One person, several records"), pairs=linked, note=_("Both records stay.")))
    return blocks


def _before(actor: Actor, hit: HitSeen) -> SideBlock | None:
    """That the later of the two was met before, with the way to what was promised."""
    here = next((subject for subject in hit.subjects if subject.operation == actor.operation), None)
    return met_before(actor, here.key) if here else None
