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
from libertad.hits.changed_subjects import touched
from libertad.hits.engine import worth
from libertad.hits.matching.record import Hit
from libertad.hits.models import Hit as HitRow
from libertad.hits.queries import owners, trust
from libertad.hits.record_builder import later, readers, related
from libertad.hits.reliability import Trust
from libertad.hits.throttle import breathe
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
    with index.lock_indexes():
        own_index = index.up_to_date(authority)
        size, places = own_index.size, own_index.places
        due = sorted(own_index.due if own_index.scored else since_start(here, own_index))
        own_index.due, own_index.scored = set(), True
    count, odds = 0, cache(partial(trust, authority))
    try:
        for start in range(0, len(due), AT_ONCE):
            with index.lock_indexes():
                pairs = dict(likely(own_index, due[start : start + AT_ONCE]))
                by_operation: dict[str, list[Pair]] = defaultdict(list)
                for pair in pairs.values():
                    both = own_index.subjects[pair[0]], own_index.subjects[pair[1]]
                    by_operation[later(*both).operation].append(pair)
            for operation, operation_pairs in by_operation.items():
                count += record_hits(actors[operation], operation_pairs, odds) if operation in actors else 0
    except BaseException:
        with index.lock_indexes():
            own_index.due.update(due)
        raise
    if note and last_note(here, authority) != (now := (size, standing_for(places))):
        here.writer.submit(lambda tx: tx.sql.run(NOTE, (authority, *now)))
    return count


def last_note(here: Node, authority: str) -> tuple[int, int] | None:
    """(size, `standing_for` the files) as of which everything was scored; None if that is not known."""
    row = here.sql().first("select size, places from hits_scored where authority = ?", (authority,))
    return (int(row[0]), int(row[1])) if row else None


def standing_for(places: Iterable[bytes]) -> int:
    """One number for all files of which there is a key. Their ids are random: other files have another."""
    return reduce(xor, (int.from_bytes(place[:7], "big") for place in places), 0)


def since_start(here: Node, own_index: index.Index) -> Iterable[str]:
    """What this process finds unscored: what was said since the note, or everything where it cannot tell."""
    note = last_note(here, own_index.authority)
    if note is None or note[0] > own_index.size or own_index.size - note[0] > index.MANY:
        return own_index.subjects.keys()
    since = touched(here, note[0], own_index.size)
    # Keys came that open what was said before; or went, and then nothing tells whether others came.
    if standing_for(own_index.places - since.fresh) != note[1]:
        return own_index.subjects.keys()
    return {f"{kind}:{key}" for kind, key, place in since.parts if place in own_index.places}


def likely(own_index: index.Index, refs: Iterable[str]) -> Iterator[tuple[tuple[str, str], Pair]]:
    """Pairs worth a human's look, and pairs that were, with their score as it is now."""
    for ref in refs:
        subject = own_index.subjects.get(ref)
        if subject is None:
            continue
        hit_ids = set()
        breathe()
        for hit in own_index.find_similar(subject.record, MOST):
            candidate = own_index.subjects.get(hit.id)
            if candidate is None or not worth(ref, hit.id, hit.bits, hit.reasons):
                continue
            hit_ids.add(hit.id)
            if not related(subject, candidate):
                yield key(ref, hit.id), (ref, hit.id, hit)
        for known in before(own_index.authority, ref):
            if known in own_index.subjects and known not in hit_ids:
                hit = own_index.matcher.compare(subject.record, own_index.subjects[known].record)
                yield key(ref, known), (ref, known, hit)


def key(ref: str, other_ref: str) -> tuple[str, str]:
    return (ref, other_ref) if ref < other_ref else (other_ref, ref)


def before(authority: str, ref: str) -> list[str]:
    """Records with which this one had a hit before."""
    rows = HitRow.objects.filter(authority=authority)
    refs = list(rows.filter(left=ref).values_list("right", flat=True))
    return refs + list(rows.filter(right=ref).values_list("left", flat=True))


def speakers(authority: str) -> dict[str, Actor]:
    """The node, as it speaks for an authority in each operation; none until that is on file here: then all of
    it is scored."""
    if not Authority.objects.filter(pk=authority).exists():
        return {}
    return {
        reader.operation: itself(authority, reader.operation, reader.zone) for reader in readers(authority)
    }


def record_hits(actor: Actor, pairs: Iterable[Pair], odds: Callable[[], Trust]) -> int:
    """Say the hits, some in one commit, each with the odds that its page tells on this day."""
    listed = list(pairs)
    if not listed:
        return 0
    owner = owners(ref for left, right, _hit in listed for ref in (left, right))
    calls = [
        Call(
            actor,
            find_hit,
            scored(left, right, odds().calibrate(hit, (owner.get(left, ""), owner.get(right, "")))),
        )
        for left, right, hit in listed
    ]
    count = 0
    for start in range(0, len(calls), TOGETHER):
        count += sum(done is not None for done in perform_together(calls[start : start + TOGETHER]))
    return count


def scored(left: str, right: str, hit: Hit) -> dict[str, Any]:
    """A pair as the arguments of the action that says it."""
    return {
        "one": left,
        "two": right,
        "bits": hit.bits,
        "probability": hit.probability,
        "reasons": hit.reasons,
    }
