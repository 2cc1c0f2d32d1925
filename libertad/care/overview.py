"""Care's lists in memory: in which order protection files are shown and what waits in them.

Of each authority whose ring is open, what its own ring opens, never written anywhere. What is asked for is
as the journal is at that moment: each question first takes up what was said since, by this process or by
another, what was folded late, and what keys that arrived or went have opened or closed. An erasure on this
node takes the person out at once. It gives ids, an order and numbers; who shows a file reads it anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from libertad.access.acting import LOOKS
from libertad.access.actor import Actor
from libertad.access.catalogs import Keys, Stamp, stamp_of
from libertad.access.models import Member, Officer
from libertad.access.queries import can_say, clock_now, may_read
from libertad.care import file_lines
from libertad.care.answered import Answered
from libertad.care.desk import Taking
from libertad.care.file_lines import UNOPENED, Line
from libertad.care.late import Late, late_people
from libertad.care.line_index import Index as Index
from libertad.care.models import CareFile
from libertad.care.officers import absent, at_work, has_supervisor
from libertad.care.ordered_lists import RETURNS, Slice
from libertad.care.presenters import person_of
from libertad.care.queue import HANDING, QUEUES, SUPERVISOR, Place
from libertad.care.queues import Counted, Load
from libertad.exchange import queries as exchange
from libertad.journal.folding import Said
from libertad.journal.header import Malformed
from libertad.journal.listening import Listening
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.sealing import CannotOpen
from libertad.look.catalog import Matches

FEW = 500  # files that are looked at apart; of more, all are
MANY = 5000  # entries since the last look, from which all files are looked at
OPENED = 50  # entries since the last look, up to which each is opened to see whether somebody only looked
AGAIN = 5.0  # seconds in which a file is read anew whose key alone came: another process folds it just then


_indexes: dict[tuple[str, str, str], Index] = {}  # by authority, operation and role
_guard = threading.RLock()
_hearing = threading.Lock()  # held for a moment: a commit waits for it


def _up_to_date(actor: Actor) -> Index:
    """The index of the actor's authority and role; the caller holds the lock."""
    here = node()
    _listening.attend(here)
    name = (actor.authority, actor.operation, actor.role)
    index = _indexes.get(name)
    changed_places: set[str] = set()
    if index is not None:
        with _hearing:
            changed_places, index.folded = index.folded, set()
    try:
        before, keys_before = (index.stamp, index.keys) if index is not None else (None, {})
        stamp, keys = stamp_of(here, actor.authority, before, keys_before)
        if index is None or stamp.size < index.stamp.size or stamp.held != index.stamp.held:
            return _build(name, actor, stamp, keys)
        erased = _erased_elsewhere()
        dirty = _dirty(index, stamp, keys, changed_places | (erased ^ index.erased))
        if dirty is None or len(dirty) > FEW:
            return _build(name, actor, stamp, keys)
        _take_up(index, actor, dirty)
    except BaseException:
        if index is not None:
            with _hearing:
                index.folded |= changed_places
        raise
    index.stamp, index.keys, index.erased = stamp, keys, erased
    return index


def _dirty(index: Index, stamp: Stamp, keys: Keys, changed_places: set[str]) -> set[str] | None:
    """Files in which something was said or folded since, and those whose keys came or went; None where these
    are to be all."""
    dirty_places = set(changed_places)
    if stamp.size != index.stamp.size:
        new_places = _changed_since(index.stamp.size)
        if new_places is None:
            return None
        dirty_places |= new_places
    now = time.monotonic()
    if keys is not index.keys:
        changed = {place.hex() for place, _key in keys.items() ^ index.keys.items()}
        index.again |= dict.fromkeys(changed - dirty_places, now + AGAIN)
    index.again = {place: until for place, until in index.again.items() if until > now}
    return dirty_places | index.again.keys()


def _changed_since(size: int) -> set[str] | None:
    """Files in which more was said than that somebody looked: who shows a page of a file says so first, and
    no line comes of it. None where that is too much to ask."""
    # In order of the index: a `distinct` would walk all entries there are.
    since = Entry.objects.filter(idx__gte=size).order_by("idx")
    places = list(since.values_list("compartment", flat=True)[: MANY + 1])
    if len(places) > OPENED:
        return set(places) if len(places) <= MANY else None
    stored = since.values_list("compartment", "header", "body")[: len(places)]
    return {
        place
        for place, exact, body in stored
        if body is None or not _is_look(bytes(exact), bytes(body))  # None: it was erased
    }


def _is_look(exact: bytes, body: bytes) -> bool:
    try:
        entry = node().understand(exact, body)
    except (CannotOpen, Malformed):  # changed in the database: `verify` tells, nothing is left out here
        return False
    return entry is not None and entry.verb in LOOKS


def _erased_elsewhere() -> frozenset[str]:
    """Files that another authority told to have erased: no entry says so."""
    return exchange.asked_to_erase(node().sql(), node().rings.authorities())


def _build(name: tuple[str, str, str], actor: Actor, stamp: Stamp, keys: Keys) -> Index:
    index = Index(stamp, keys, erased=_erased_elsewhere())
    for person, line in file_lines.read(actor).items():
        index.update(person, line)
    with _hearing:
        before = _indexes.get(name)
        if before is not None:
            index.folded, index.again = before.folded, before.again
        _indexes[name] = index
    return index


def _take_up(index: Index, actor: Actor, places: set[str]) -> None:
    if not places:
        return
    person_ids = file_lines.people_in(actor, sorted(places))
    person_ids.update(*(index.by_place.get(place, ()) for place in places))
    if person_ids:
        read = file_lines.read(actor, person_ids)
        for key in index.siblings(person_ids) | read.keys():
            index.update(key, read.get(key))


def _note_folded(entries: list[Said]) -> None:
    files = {entry.compartment for entry in entries if entry.verb not in LOOKS}
    with _hearing:
        for index in list(_indexes.values()):
            if len(index.folded) <= FEW:
                index.folded |= files


def _erased(erased_places: frozenset[str]) -> None:
    with _guard:
        for index in _indexes.values():
            people = index.siblings(key for place in erased_places for key in index.by_place.get(place, ()))
            with _hearing:
                index.folded.update(*(index.lines[person].places for person in people))
            for person in people:
                index.update(person, None)


_listening = Listening(_indexes.clear, _note_folded, _erased)


def _reads(actor: Actor) -> bool:
    return may_read(actor.role, CareFile)


def page(actor: Actor, buckets: Sequence[str], now: datetime, start: int, size: int) -> tuple[list[str], int]:
    """Ids of the people at these places of the list, and how many there are in all: missing first, in
    danger, then whose hour has passed, then the last changed.

    Without the right to open a protection file nobody is listed who has none.
    """
    if not _reads(actor):
        return [], 0
    shown_buckets = [bucket for bucket in buckets if bucket != UNOPENED or can_say(actor, "care.person")]
    with _guard:
        view = _up_to_date(actor).view(actor)
        return list(islice(view.people(shown_buckets, now), start, start + size)), view.count(shown_buckets)


def count(actor: Actor, *buckets: str) -> int:
    """How many people are in these buckets, without looking at any."""
    if not _reads(actor):
        return 0
    with _guard:
        return _up_to_date(actor).view(actor).count(buckets)


def in_danger(actor: Actor) -> list[str]:
    """Ids of the people of whom a danger is open for care, in no order."""
    if not _reads(actor):
        return []
    with _guard:
        return sorted({person_of(key) for key in _up_to_date(actor).danger})


def agreeing(actor: Actor) -> list[tuple[str, Place]]:
    """Of whom two care authorities have not agreed who leads, though one offered it."""
    if not _has_queues(actor):
        return []
    with _guard:
        index = _up_to_date(actor)
        placed = index.placed(absent(actor.authority), clock_now(actor.operation)).places
        return [(person, placed[person]) for person in sorted(index.agreeing) if person in placed]


def answered(actor: Actor) -> list[tuple[str, Place, tuple[Answered, ...], bool]]:
    """Of whom services answered what nobody has settled: with all of it, and whether a danger was known."""
    if not _has_queues(actor):
        return []
    now = clock_now(actor.operation)
    with _guard:
        index = _up_to_date(actor)
        placed = index.placed(absent(actor.authority), now).places
        lines = [index.lines[person].as_of(now) for person in sorted(index.answered) if person in placed]
        return [
            (line.person, placed[line.person], line.answers, line.knows_danger)
            for line in lines
            if line.answers
        ]


def line_of(actor: Actor, person: str) -> Line | None:
    """One person's line as of now; None for whom the authority does not know, or is no task of this role."""
    if not _has_queues(actor):
        return None
    with _guard:
        line = _up_to_date(actor).lines.get(person)
    return line.as_of(clock_now(actor.operation)) if line is not None else None


def latest_returns(actor: Actor, person: str, most: int) -> list[str]:
    """The last decisions on return or stay about others than this person."""
    if not _reads(actor):
        return []
    with _guard:
        decided = _up_to_date(actor).view(actor).lists[RETURNS]
        return [decision for _at, decision, key in decided[: 2 * most] if person_of(key) != person][:most]


def search(actor: Actor, query: str, limit: int) -> Matches:
    """Protection files whose reference or name is like what is asked for: the first `limit`, as they are in
    memory."""
    if not _reads(actor):
        return Matches(0, ())
    with _guard:
        return _up_to_date(actor).catalog.find(query, limit).get("care", Matches(0, ()))


def waiting(actor: Actor, now: datetime, edges: Sequence[datetime], limit: int) -> list[Slice]:
    """What waits for this reader before, between and after these moments, and at no hour (`View.waiting`)."""
    if not _reads(actor):
        return [Slice(0, ()) for _ in range(len(edges) + 2)]
    with _guard:
        return _up_to_date(actor).view(actor).waiting(now, edges, limit)


def everybody(
    actor: Actor, names: Sequence[str], start: int, size: int
) -> tuple[list[tuple[str, Place]], int]:
    """Of who stands in these queues those at these places of the list, and how many there are in all: in
    danger first, then by the hour that they are due."""
    if not _has_queues(actor):
        return [], 0
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        listed = islice(queues.people(names), start, start + size)
        total = sum(len(queues.listed[name]) for name in names)
        return [(person, queues.places[person]) for person in listed], total


def queue_counts(actor: Actor, now: datetime) -> dict[str, Counted]:
    """By queue, how many stand in it and how many of them are overdue."""
    if not _has_queues(actor):
        return {}
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        return {name: queues.count(name, now) for name in QUEUES}


def overdue(
    actor: Actor, names: Sequence[str], now: datetime, limit: int
) -> tuple[list[tuple[str, Place]], int]:
    """The first in these queues whose hour has passed and who are in no danger, and how many there are."""
    if not _has_queues(actor):
        return [], 0
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        first = [(person, queues.places[person]) for person in islice(queues.overdue(names, now), limit)]
        return first, sum(queues.count(name, now).overdue for name in names)


def own_people(actor: Actor, now: datetime, start: int, size: int) -> tuple[list[tuple[str, Place]], Counted]:
    """Of whom the officer has taken those at these places of the list, and how many there are in all: in
    danger first, then by the hour that they are due."""
    if not _has_queues(actor):
        return [], Counted(0, 0, 0)
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        listed = queues.held_by(actor.officer)[start : start + size]
        counted = queues.count_held(actor.officer, now)
        return [(person, queues.places[person]) for person in listed], counted


def loads(actor: Actor, now: datetime) -> dict[str, Load]:
    """By officer, of each who is at work, and who has taken somebody; by '', of whom nobody has taken."""
    if not _has_queues(actor):
        return {}
    present = set(at_work(actor.authority).values_list("pk", flat=True))
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        officers = sorted(present | {name for name, held in queues.held.items() if held})
        return {officer: queues.load(officer, now) for officer in officers}


def open_offers(actor: Actor) -> list[tuple[str, Place]]:
    """Who is offered to the officer, and waits for the answer: by the hour until which it is given."""
    if not _has_queues(actor):
        return []
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        people = [(person, queues.places[person]) for person in queues.offered.get(actor.officer, ())]
        return sorted(people, key=lambda placed: (placed[1].answer_by or placed[1].due, placed[0]))


def own_offers(actor: Actor, now: datetime) -> list[tuple[str, Place]]:
    """Whom the officer has offered to somebody who has not answered in time, the longest ago first."""
    if not _has_queues(actor):
        return []
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        people = [(person, queues.places[person]) for person in queues.overdue((HANDING,), now)]
        return [(person, place) for person, place in people if place.officer == actor.officer]


def taken_over(actor: Actor) -> list[tuple[str, Place, Taking]]:
    """Who was taken from the officer, who has not read it yet: the longest ago first."""
    if not _has_queues(actor):
        return []
    with _guard:
        queues = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation))
        takings = queues.takings.get(actor.officer, {})
        listed = [(person, queues.places[person], taking) for person, taking in takings.items()]
        return sorted(listed, key=lambda item: (item[2].at, item[0]))


def place(actor: Actor, person: str) -> Place | None:
    """Where one person stands; None for whom the authority does not know."""
    return places(actor, [person]).get(person)


def places(actor: Actor, people: Sequence[str]) -> dict[str, Place]:
    """Where each of these people stands, without whom the authority does not know."""
    if not _has_queues(actor):
        return {}
    with _guard:
        placed = _up_to_date(actor).placed(absent(actor.authority), clock_now(actor.operation)).places
        return {person: placed[person] for person in people if person in placed}


def missing_among(actor: Actor, people: Sequence[str]) -> set[str]:
    """Who of these people is missing, as the list's order has it."""
    if not _reads(actor):
        return set()
    with _guard:
        lines = _up_to_date(actor).lines
        return {person for person in people if person in lines and lines[person].is_missing}


def count_late(authority: str, operation: str, cut: datetime) -> Late:
    """How many people of an authority were past their hour at a moment, as its files are now.

    For its node, as whoever of it is shown its queues; `Late(0, 0)` where its ring is not open.
    """
    role = SUPERVISOR if has_supervisor(authority) else "caseworker"
    actor = Actor(officer="", authority=authority, role=role, operation=operation, zone="UTC")
    with _guard:
        index = _up_to_date(actor)
        places = index.placed(absent(authority), cut).places
        return late_people(places, index.lines, index.linked_by, authority, cut)


def _has_queues(actor: Actor) -> bool:
    """Whether it is for this role to see to it that everybody is somebody's task."""
    return _reads(actor) and can_say(actor, "care.person")


def keep() -> None:
    """Build and keep up every index of an authority whose ring is open, in each of its operations, before
    anybody asks for it."""
    here = node()
    with _guard:  # of a ring that is no longer open no name stays in memory
        for closed in [name for name in _indexes if name[0] not in here.rings.open]:
            del _indexes[closed]
    memberships = Member.objects.filter(authority__in=list(here.rings.open)).order_by("pk")
    for authority, operation in list(memberships.values_list("authority", "operation")):
        for role in set(Officer.objects.filter(authority=authority).values_list("role", flat=True)):
            actor = Actor(officer="", authority=authority, role=role, operation=operation, zone="UTC")
            if _reads(actor):
                with _guard:
                    index = _up_to_date(actor)
                    index.view(actor)
                    index.placed(absent(actor.authority), clock_now(actor.operation))


def forget() -> None:
    """Drop every index."""
    with _guard:
        _indexes.clear()
