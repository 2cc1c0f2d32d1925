"""Each changed record is scored at once against all that its authority may read; likely pairs become hits.

What was scored is noted after the hits were committed: whatever a crash cut off between is scored again at
the next start, and a pair that is known already says nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial, reduce
from operator import xor
from typing import Any

from libertad.access.acting import Call, perform_together
from libertad.access.actor import Actor, itself
from libertad.access.models import Authority
from libertad.hits import index
from libertad.hits.actions.find_hit import find_hit
from libertad.hits.engine import worth
from libertad.hits.gathering import readers, related
from libertad.hits.matching.record import Hit
from libertad.hits.models import Hit as HitRow
from libertad.hits.pacing import breathe
from libertad.hits.queries import owners, trust
from libertad.hits.touched import touched
from libertad.hits.trusting import Trust
from libertad.journal.node import Node

MOST = 20  # hits told of one record at a time: a record like so many others identifies nobody
TOGETHER = 25
AT_ONCE = 50  # records scored before somebody else may ask
NOTE = (
    "insert into hits_scored (authority, size, places) values (?, ?, ?) "
    "on conflict (authority) do update set size = excluded.size, places = excluded.places"
)
Pair = tuple[str, str, Hit]


def catch_up(here: Node, note: bool = True) -> int:
    """Score what changed, for every authority whose ring is open here. Returns how many hits were said.

    `note`: write down how far; without it a later call does, or the next start scores a little again.
    """
    return sum(score(here, authority, note) for authority in sorted(here.rings.open))


def score(here: Node, authority: str, note: bool = True) -> int:
    """Score what changed since this authority's records were last scored."""
    actors = speakers(authority)
    if not actors:
        return 0
    with index.held():
        found = index.up_to_date(authority)
        size, places = found.size, found.places
        due = sorted(found.due if found.scored else since_start(here, found))
        found.due, found.scored = set(), True
    said, odds = 0, cache(partial(trust, authority))
    try:
        for start in range(0, len(due), AT_ONCE):
            with index.held():
                pairs = dict(likely(found, due[start : start + AT_ONCE]))
                by_operation: dict[str, list[Pair]] = defaultdict(list)
                for pair in pairs.values():
                    by_operation[found.subjects[pair[0]].operation].append(pair)
            for operation, some in by_operation.items():
                said += told(actors[operation], some, odds) if operation in actors else 0
    except BaseException:
        with index.held():
            found.due.update(due)
        raise
    if note and last_note(here, authority) != (now := (size, standing_for(places))):
        here.writer.submit(lambda tx: tx.sql.run(NOTE, (authority, *now)))
    return said


def last_note(here: Node, authority: str) -> tuple[int, int] | None:
    """(size, `standing_for` the files) as of which everything was scored; None if that is not known."""
    row = here.sql().one("select size, places from hits_scored where authority = ?", (authority,))
    return (int(row[0]), int(row[1])) if row else None


def standing_for(places: Iterable[bytes]) -> int:
    """One number for all files of which there is a key. Their ids are random: other files have another."""
    return reduce(xor, (int.from_bytes(place[:7], "big") for place in places), 0)


def since_start(here: Node, found: index.Index) -> Iterable[str]:
    """What this process finds unscored: what was said since the note, or everything where it cannot tell."""
    note = last_note(here, found.authority)
    if note is None or note[0] > found.size or found.size - note[0] > index.MANY:
        return found.subjects.keys()
    since = touched(here, note[0], found.size)
    # Keys came that open what was said before; or went, and then nothing tells whether others came.
    if standing_for(found.places - since.fresh) != note[1]:
        return found.subjects.keys()
    return {f"{kind}:{key}" for kind, key, place in since.parts if place in found.places}


def likely(found: index.Index, refs: Iterable[str]) -> Iterator[tuple[tuple[str, str], Pair]]:
    """Pairs worth a human's look, and pairs that were, with their score as it is now."""
    for ref in refs:
        subject = found.subjects.get(ref)
        if subject is None:
            continue
        seen = set()
        breathe()
        for hit in found.alike(subject.record, MOST):
            other = found.subjects.get(hit.id)
            if other is None or not worth(ref, hit.id, hit.bits, hit.reasons):
                continue
            seen.add(hit.id)
            if not related(subject, other):
                yield key(ref, hit.id), (ref, hit.id, hit)
        for known in before(found.authority, ref):
            if known in found.subjects and known not in seen:
                hit = found.matcher.compare(subject.record, found.subjects[known].record)
                yield key(ref, known), (ref, known, hit)


def key(one: str, two: str) -> tuple[str, str]:
    return (one, two) if one < two else (two, one)


def before(authority: str, ref: str) -> list[str]:
    """Records with which this one had a hit before."""
    rows = HitRow.objects.filter(authority=authority)
    found = list(rows.filter(left=ref).values_list("right", flat=True))
    return found + list(rows.filter(right=ref).values_list("left", flat=True))


def speakers(authority: str) -> dict[str, Actor]:
    """The node, as it speaks for an authority in each operation; none until that is on file here: then all of
    it is scored."""
    if not Authority.objects.filter(pk=authority).exists():
        return {}
    return {one.operation: itself(authority, one.operation, one.zone) for one in readers(authority)}


def told(actor: Actor, pairs: Iterable[Pair], odds: Callable[[], Trust]) -> int:
    """Say the hits, some in one commit, each with the odds that its page tells on this day."""
    listed = list(pairs)
    if not listed:
        return 0
    owner = owners(ref for one, two, _hit in listed for ref in (one, two))
    calls = [
        Call(actor, find_hit, scored(one, two, odds().told(hit, (owner.get(one, ""), owner.get(two, "")))))
        for one, two, hit in listed
    ]
    said = 0
    for start in range(0, len(calls), TOGETHER):
        said += sum(done is not None for done in perform_together(calls[start : start + TOGETHER]))
    return said


def scored(one: str, two: str, hit: Hit) -> dict[str, Any]:
    """A pair as the arguments of the action that says it."""
    return {
        "one": one, "two": two, "bits": hit.bits, "probability": hit.probability, "reasons": hit.reasons,
    }  # fmt: skip
