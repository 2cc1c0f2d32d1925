"""What every page of one hit has: its look-up, openings on record, identity bar, strip, who can see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.asking import may, who
from libertad.access.queries import authority_names, can_say, clock_now, readers_of
from libertad.hits import queries
from libertad.hits.changing import changes
from libertad.hits.explaining import ranked, sentence
from libertad.hits.gathering import Subject
from libertad.hits.queries import HitSeen
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
from libertad.look.looks import Cell, Column, FilePage, Link, Pair, Row, SideBlock, StatusCell, Table
from libertad.look.times import clock, date_words, day
from libertad.look.words import words
from libertad.people.queries import people
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.hits import HitFound

ROUTES = {"person": "person", "exhibit": "exhibit", "lead": "lead", "site": "site"}
RECORDED = ("person", "exhibit")  # whose files tell who opened them


@dataclass(frozen=True)
class Decision:
    """An act that is open to this officer: a link to its form. `first`: the one that stands out."""

    link: Link
    first: bool = False


def known(request: HttpRequest, key: str) -> HitSeen:
    """The hit by one look-up; the same 404 for none and for not ours."""
    found = queries.hit(who(request), key)
    if found is None:
        raise Http404
    return found


def opened_hit(request: HttpRequest, key: str) -> HitSeen:
    """The hit; that its records' files were opened is recorded before anything of them is shown."""
    actor, found = who(request), known(request, key)
    for one in found.seen:
        if one.kind in RECORDED:
            perform(actor, open_file, compartment=one.compartment, subject=one.key, page="hit")
            at = clock(Happened(at=clock_now(actor.operation), zone=actor.zone))
            note = _("Your opening of these files was recorded at %(at)s") % {"at": at}
            request.opening_note = note  # type: ignore[attr-defined]
    return found


def head(actor: Actor, found: HitSeen, since: Since | None = None) -> FilePage:
    return FilePage(
        kind=_("Hit"),
        reference=found.reference,
        title=kind_title(found),
        second=" ".join(
            filter(
                None,
                [
                    _("%(odds)s, as reckoned now.") % {"odds": odds_words(found.probability)},
                    since.was if since else "",
                    _("On this node it was %(number)s; other nodes counted otherwise.")
                    % {"number": found.number}
                    if found.number
                    else "",
                ],
            )
        ),
        second_link=Link(_("Why it changed"), "#changed") if since and since.why else None,
        provenance=found.provenance,  # type: ignore[arg-type]
        statuses=strip(found),
        side=[who_can_see(actor, found), *questions(actor, found)],
    )


@dataclass(frozen=True)
class Since:
    """What was told on the day a pair was found, what is told now, and why that is not the same."""

    was: str
    now: str
    why: Sequence[str]


def since_found(actor: Actor, found: HitSeen) -> Since | None:
    """None where the odds and the bits are told as on the first day."""
    said = queries.scores(actor, found.compartment)
    if not said:
        return None
    first, last = (cast(HitFound, one.content) for one in (said[0], said[-1]))
    then, now = (
        _("%(odds)s (%(bits)s bits)") % {"odds": odds_words(chance), "bits": bits_words(bits)}
        for chance, bits in ((first.probability, first.bits), (found.probability, found.bits))
    )
    if then == now:
        return None
    curve = queries.curve(actor, (found.left_ref, found.right_ref))
    why = changes(first, first.weight, last, last.weight, curve)
    was = _("When it was found, on %(day)s: %(odds)s.") % {"day": day(said[0].happened), "odds": then}
    return Since(was, _("Now: %(odds)s.") % {"odds": now}, why)


def strip(found: HitSeen) -> list[StatusCell]:
    """Found, how strong, and where it stands, each with its date."""
    stands = found.decided_at or found.scored_at
    note = found.decided_name
    if found.state == "not-yet":
        note = _("until %(day)s") % {"day": date_words(found.until)}
    open_ = found.due or found.state in (*queries.TO_DECIDE, "waiting")
    return [
        StatusCell(_("Found alike"), "", Happened(at=found.found_at, zone=found.zone), _("by this node")),
        StatusCell(
            _("Evidence"), "", _("%(bits)s bits") % {"bits": bits_words(found.bits)},
            _("%(chance)s now; compared on %(day)s") % {
                "chance": probability_words(found.probability),
                "day": day(Happened(at=found.scored_at, zone=found.zone)),
            },
        ),
        StatusCell(
            state_words(found), state_shape(found), Happened(at=stands, zone=found.zone), note, needs=open_
        ),
    ]  # fmt: skip


def side_by_side(found: HitSeen) -> Table:
    """Both records, fact by fact, as far as each may be seen."""
    left, right = (facts(one) if one else {} for one in (found.left, found.right))
    labels = [name for name in (left or right) if left.get(name) or right.get(name)]
    rows = [
        Row([Cell(name), _fact(found.left, left.get(name, "")), _fact(found.right, right.get(name, ""))])
        for name in labels
    ]
    columns = [
        Column(_("Fact")),
        Column(_named(found.left, found.kinds[0])),
        Column(_named(found.right, found.kinds[1])),
    ]
    return Table(_("Both records, side by side"), columns, rows)


def _named(one: Subject | None, kind: str) -> str:
    title = words("hit-subjects", kind)
    return f"{title} {one.reference}" if one else _("%(kind)s: not for your role") % {"kind": title}


def _fact(one: Subject | None, text: str) -> Cell:
    if one is None:
        return Cell(_("Not for your role"), tone="muted")
    return Cell(text or _("Not said"))


def records(actor: Actor, found: HitSeen) -> list[Link]:
    """Links to the files of both records that this role may open."""
    return files_of(actor, found.seen)


def files_of(actor: Actor, subjects: Iterable[Subject]) -> list[Link]:
    """Links to the files of these that this role may open."""
    return [
        Link(
            _("Open %(reference)s") % {"reference": one.reference}, reverse(ROUTES[one.kind], args=[one.key])
        )
        for one in subjects
        if may(actor, ROUTES[one.kind])
    ]


def why(found: HitSeen) -> Table:
    """Each weight in words, the heaviest first, and what they come to."""
    weights = ranked(found.weights)
    before = found.bits - sum(one.bits for one in weights)
    *shown, before = tenths_that_add_up([*(one.bits for one in weights), before])
    rows = [
        Row([Cell(words("fact-kinds", one.kind)), Cell(sentence(one)), Cell(bits_words(bits))])
        for one, bits in zip(weights, shown, strict=True)
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
            [Cell(_("Together")), Cell(odds_words(found.probability)), Cell(bits_words(found.bits))],
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


def decisions(actor: Actor, found: HitSeen) -> list[Decision]:
    """What this officer may do now."""
    acts = []

    def add(route: str, verb: str, label: str, first: bool = False) -> None:
        if can_say(actor, verb) and may(actor, route):
            acts.append(Decision(Link(label, reverse(route, args=[found.id])), first))

    if not found.both:
        return []
    if found.state == "waiting":
        if found.proposed_by != actor.officer:
            add("hit-read", "hit.read", _("Read it as the second reader"), first=True)
    elif found.state not in ("confirmed", "rejected"):
        same = _("It is one person") if found.persons else _("It is the same")
        add("hit-confirm", "hit.confirm", same, first=True)
        add("hit-reject", "hit.reject", _("It is not"))
        if queries.askable(actor, found):
            add("hit-ask", "hit.ask", _("Ask the owner"))
        add("hit-postpone", "hit.postpone", _("Not yet"))
    if found.state in ("confirmed", "rejected", "waiting", "not-yet", "back"):
        linked = found.state == "confirmed" and found.persons
        if not linked or can_say(actor, "person.not_same"):
            add("hit-undo", "hit.undo", _("Take the decision back"))
    return acts


def who_can_see(actor: Actor, found: HitSeen) -> SideBlock:
    """The hit is its authority's own; each record has its own readers."""
    own = authority_names([actor.authority]).get(actor.authority, "")
    pairs = [Pair(own, _("This hit"), _("officers who may read one of its records; reasons: both"))]
    for one in found.seen:
        names = [row.name for row in readers_of(one.compartment)]
        pairs.append(Pair(one.reference, ", ".join(names), _("read this record, not this hit")))
    pairs.append(Pair(_("All others"), _("Nothing"), _("not even that it exists")))
    return SideBlock(
        _("Who can see this"),
        pairs=pairs,
        note=_("If a person's file is erased, every hit of that person goes with it."),
    )


def questions(actor: Actor, found: HitSeen) -> list[SideBlock]:
    """What was asked of the owners, and linked records."""
    pairs = [
        Pair(
            one.to_name,
            words("hit-answers", one.answer) or _("Has not answered"),
            one.told or one.words,
        )
        for one in queries.questions_of(actor, found.id)
    ]
    blocks = [SideBlock(_("Asked of owners"), pairs=pairs)] if pairs else []
    if found.persons and found.state == "confirmed" and found.both:
        ids = [ref.partition(":")[2] for ref in (found.left_ref, found.right_ref)]
        shown = [
            Pair(_("The same person"), one.reference, link=Link(_("Open"), reverse("person", args=[one.id])))
            for one in people(actor, ids=ids)
        ]
        blocks.append(SideBlock(_("One person, several records"), pairs=shown, note=_("Both records stay.")))
    return blocks
