"""Asking in private within a node process of the replay: admit, ask, and what each side then has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from libertad.access.actor import Actor
from libertad.exchange.transport import http
from libertad.hits import index, private
from libertad.hits.matching.text import normalise_text
from libertad.hits.private import admitting, queries, service
from libertad.hits.private.answering import PATH
from libertad.hits.private.tokens import tokens_of
from libertad.hits.record_builder import Subject
from libertad.journal.node import node
from libertad.journal.sql import Sql

MOST = 1000  # lines of a log
_heard: list[bytes] = []


@dataclass(frozen=True)
class Found:
    """A hit: the asker's own record, and what it was told."""

    ref: str
    bits: float
    kinds: tuple[str, ...]
    contact: str
    handle: str


@dataclass(frozen=True)
class Opened:
    """The owner's record that a handle names, for the owner alone."""

    ref: str
    site: str


@dataclass(frozen=True)
class Logs:
    """`made`: (case, what came of it) of what was asked here; `answered`: (peer, case, records opened)."""

    made: list[tuple[str, str]]
    answered: list[tuple[str, str, int]]


def police(country: str) -> str:
    """A country's police on the roster."""
    row = Sql().first("select id from access_authority where kind = 'police' and country = ?", (country,))
    assert row is not None  # noqa: S101  all joined before anything is asked
    return str(row[0])


def officer(country: str, role: str) -> Actor:
    """An officer of a country's police who lives here."""
    authority = police(country)
    row = Sql().first(
        "select o.id, a.operation, a.zone from access_officer o "
        "join access_authority a on a.id = o.authority "
        "where o.authority = ? and o.role = ? and not o.withdrawn order by o.id",
        (authority, role),
    )
    assert row is not None  # noqa: S101  as the scenario appoints them
    return Actor(row[0], authority, role, row[1], row[2])


def answers(country: str, contact: str, askers: Sequence[str]) -> None:
    """The country's police answer from now on, and admit those of other countries."""
    administrator = officer(country, "administrator")
    admitting.answer(service.private().holding, administrator, contact)
    for asker in askers:
        admitting.admit(node(), administrator, police(asker), "Both are in the operation")


def overhear() -> None:
    """Keep all that this node says to others and hears of them when it asks in private."""
    trip = http.trip

    def listening(address: str, *args: Any, **options: Any) -> Any:
        go = trip(address, *args, **options)
        if options.get("path") != PATH:
            return go

        def listen(message: bytes) -> list[bytes]:
            parts = list(go(message))
            _heard.extend([message, *parts])
            return parts

        return listen

    http.trip = listening


def overheard() -> bytes:
    return b"".join(_heard)


def ask(country: str, owner: str, case: str, kind: str) -> tuple[int, list[Found]]:
    """Ask one owner for each own record of a kind that can be asked for: (how many, the hits)."""
    actor, count, hits = officer(country, "officer"), 0, []
    for subject in own(country):
        if subject.kind != kind or not tokens_of(subject.record):
            continue
        count += 1
        for answer in private.ask(actor, case, subject.record, [police(owner)]).get(police(owner), []):
            if answer.what not in ("hit", "none"):
                raise RuntimeError(f"{answer.what}: {answer.words}")
            if answer.what == "hit":
                kinds = tuple(f"{part.kind} {part.how}" for part in answer.weights)
                hits.append(Found(subject.ref, answer.bits, kinds, answer.contact, answer.handle))
    return count, hits


def open_card(country: str, handle: str) -> Opened:
    """Which of its own records the owner is called about."""
    card = queries.met(node().sql(), police(country), handle)
    assert card is not None  # noqa: S101  the handle is of this owner's card
    return Opened(card.ref, site(country, card.ref))


def site(country: str, ref: str) -> str:
    """The name of the site of a record, as its own police knows it; or ''."""
    authority = police(country)
    where = [f"site:{subject.site}" for subject in index.subjects(authority, [ref]).values()]
    sites = index.subjects(authority, where)
    return next(
        (value for subject in sites.values() for kind, value in subject.record.facts if kind == "place"), ""
    )


def names(country: str, ref: str) -> list[str]:
    """As whom the police know a person; nothing where they do not read the file."""
    subjects = index.subjects(police(country), [ref])
    return [name.text for subject in subjects.values() for name in subject.record.names]


def logs(country: str) -> Logs:
    sql, authority = node().sql(), police(country)
    return Logs(
        [(question.case, question.what) for question in queries.asks_made(sql, authority, MOST)],
        [(answer.peer, answer.case, len(answer.met)) for answer in queries.answered(sql, authority, MOST)],
    )


def own(country: str) -> list[Subject]:
    """Records in files that the country's police own."""
    authority = police(country)
    indexed = service.Indexed()
    refs = {row.id for row in indexed.every(authority, indexed.first(authority))}
    subjects = index.subjects(authority, sorted(refs))
    return [subjects[ref] for ref in sorted(subjects)]


def words(country: str) -> set[bytes]:
    """What would betray those records: names, numbers, tokens; as they are and as they are compared."""
    revealing: set[str] = set()
    for subject in own(country):
        if subject.kind not in ("person", "exhibit", "lead"):
            continue
        texts = [name.text for name in subject.record.names]
        texts += [value for kind, value in subject.record.facts if kind != "nationality"]
        revealing |= {part for text in texts for part in (text, text.casefold(), normalise_text(text))}
        revealing |= {token.decode() for tokens in tokens_of(subject.record).values() for token in tokens}
    # Shorter ones are in any file by chance.
    return {word.encode() for word in revealing if len(word.encode()) >= 8}
