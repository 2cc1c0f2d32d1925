"""Suspending a member of an operation: what the entries come to, the same for a judge and for a screen.

One authority's word counts at once and for a day. A second authority's signature keeps it until two lift it.
Which clock counts: each node's own, from when it heard of it, so that no other clock makes the day longer or
shorter. Only a word that is more than a week older than that day, by its device's clock and this node's, is
over wherever it arrives, so that who joins later does not begin to count.

A robbed member does little harm by it: who owns the operation's file is suspended by two alone, and an
authority whose last word nobody confirmed suspends nobody more by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from libertad.access import changes
from libertad.access.grounds import Grounds
from libertad.journal import guards, header
from libertad.journal.causal import as_said
from libertad.journal.fields import from_ms
from libertad.journal.folding import Said
from libertad.journal.guards import GUARDS
from libertad.journal.sql import Sql
from libertad.vocabulary.verbs.changes import ChangeCut, ChangePropose

TABLE = "access_suspension"
# How it stands: by the word of one for a day, by two until lifted, waiting for the second; or over.
ALONE, CONFIRMED, WAITING = "alone", "confirmed", "waiting"
LAPSED, LIFTED, WITHDRAWN = "lapsed", "lifted", "withdrawn"
STANDING, OVER = frozenset({ALONE, CONFIRMED}), frozenset({LAPSED, LIFTED, WITHDRAWN})
MOST_COORDINATING = 3  # that who coordinates suspends by its word alone, without anybody's confirmation
# Verbs by which an authority says that somebody is in danger to life, and what makes them that.
DANGER = {
    "person.meet": ("danger", "yes"),
    "person.danger": ("", ""),
    "care.danger": ("", ""),
    "danger.tally": ("state", "open"),
    "team.check_in": ("danger", True),
}
# What a danger rests on beside its file: who the person is, which team it is.
BEGINS = frozenset({"person.meet", "person.state", "team.assign"})


class Suspension(NamedTuple):
    """A suspension as it stands here. `signature`: of the second authority, where it is confirmed."""

    proposal: Said
    whom: str
    state: str
    signature: Said | None = None

    @property
    def change(self) -> str:
        return self.proposal.subject


def suspensions(authority: str, grounds: Grounds) -> list[Suspension]:
    """All suspensions of an authority, also such as are over."""
    return [state_of(entry, grounds) for entry in proposals_of(f"{authority}:suspend", grounds)]


def proposals_of(key: str, grounds: Grounds) -> list[Said]:
    entries = grounds.entries(f"access.Suspended:{key}")
    return [entry for entry in entries if isinstance(entry.content, ChangePropose)]


def state_of(proposal: Said, grounds: Grounds) -> Suspension:
    target = changes.target(proposal)
    if lifted(proposal, grounds):
        return Suspension(proposal, target, LIFTED)
    if (signature := first_countersignature(proposal, grounds)) is not None:
        return Suspension(proposal, target, CONFIRMED, signature)
    entries = grounds.entries(f"access.OperationChange:{proposal.subject}")
    if changes.refused(entries, proposal, None, grounds.moment) is not None:
        return Suspension(proposal, target, WITHDRAWN)
    if not suffices(proposal, grounds):
        return Suspension(proposal, target, WAITING)
    return Suspension(proposal, target, LAPSED if lapsed(proposal, grounds) else ALONE)


def lapsed(proposal: Said, grounds: Grounds) -> bool:
    """Whether a day is over since this node heard of it, by this node's clock."""
    now, moment = changes.now(), grounds.moment(proposal)
    return (
        now >= received_at(proposal, grounds) + changes.NOTICE
        or now >= moment + changes.NOTICE + changes.DRIFT
    )


def received_at(proposal: Said, grounds: Grounds) -> datetime:
    """When this node received the proposal; where that is not noted, or not believed, when it was said."""
    guard = GUARDS[TABLE]
    row = grounds.tx.sql.first(f"{guard.select} and entry = ?", (proposal.id,))
    if row is None or not grounds.tx.sql.believes(TABLE, row):
        return min(changes.now(), grounds.moment(proposal))
    return from_ms(row[guard.names.index("heard")])


def first_countersignature(proposal: Said, grounds: Grounds) -> Said | None:
    """The first signature of another authority than who proposed it and whom it is about."""
    sound = [
        change
        for change in grounds.signed(proposal.subject)
        if change.proposal.id == proposal.id
        and change.refusal is None
        and change.signature.authority not in (proposal.authority, changes.target(proposal))
    ]
    return min(sound, key=lambda change: (change.starts, change.signature.id)).signature if sound else None


def lifted(proposal: Said, grounds: Grounds) -> bool:
    """Whether two authorities lifted this suspension, in the file in which it was said."""
    return any(
        change.refusal is None and change.proposal.id == entry.id
        for entry in proposals_of(f"{proposal.subject}:lift", grounds)
        if entry.compartment == proposal.compartment
        for change in grounds.signed(entry.subject)
    )


def suffices(proposal: Said, grounds: Grounds) -> bool:
    """Whether the word of one authority is enough for a day.

    Not about who owns the operation's file. Not again about the same, nor about another, while nobody has
    confirmed or lifted what it said before; who coordinates may suspend several.
    """
    place, by, target = proposal.compartment, proposal.authority, changes.target(proposal)
    if grounds.owns(target, place):
        return False
    spent = 0
    for entry in as_said(proposals_of(f"{by}:suspends", grounds)):
        if entry.id == proposal.id:
            break
        if first_countersignature(entry, grounds) is None and not lifted(entry, grounds):
            if changes.target(entry) == target:
                return False
            spent += 1
    return spent < (MOST_COORDINATING if grounds.coordinates(by, place) else 1)


def standing(authority: str, grounds: Grounds) -> list[Suspension]:
    return [suspension for suspension in suspensions(authority, grounds) if suspension.state in STANDING]


# -- how far it is believed ------------------------------------------------------------------------


def cut_of(suspension: Suspension, compartment: str, owner: str, grounds: Grounds) -> dict[str, int] | None:
    """By device the last number that is believed in a file; None where nobody said it there.

    The word of who suspended, with that of who confirmed it, stands before the owner's, and that one before
    any other reader's. Of several the highest counts: a cut is raised and never lowered.
    """
    entries = grounds.entries(f"access.Suspended:{compartment}:{suspension.change}")
    cuts = [entry for entry in entries if isinstance(entry.content, ChangeCut)]
    by = {suspension.proposal.authority}
    by |= {suspension.signature.authority} if suspension.signature else set()
    groups: list[Iterable[Said]] = [
        [entry for entry in cuts if entry.authority in by],
        [entry for entry in cuts if entry.authority == owner != suspension.whom],
        [entry for entry in cuts if entry.authority != suspension.whom],
    ]
    for group in groups if suspension.state == CONFIRMED else groups[:2]:
        cut: dict[str, int] | None = None
        for entry in group:
            cut = cut or {}
            for part in entry.content.logs:  # type: ignore[attr-defined]
                device, _, last = part.partition(":")
                cut[device] = max(int(last), cut.get(device, -1))
        if cut is not None:
            return cut
    return None


def tells_danger(entry: Said) -> bool:
    """Whether an entry says that somebody is in danger to life: that never waits."""
    if entry.verb not in DANGER:
        return False
    field, value = DANGER[entry.verb]
    return not field or getattr(entry.content, field, None) == value


def retaliates(entry: Said) -> bool:
    """Whether it suspends somebody, or says how far: of two that suspend each other by one word both count,
    at every node and in whatever order they arrive."""
    return isinstance(entry.content, ChangeCut) or changes.kind(entry) == changes.SUSPEND


# -- as it was noted -------------------------------------------------------------------------------


class Noted(NamedTuple):
    """A suspension as this node noted it; `heard` in ms, UTC."""

    entry: str
    change: str
    whom: str
    heard: int
    state: str

    @property
    def over(self) -> bool:
        return self.state in OVER


def noted(sql: Sql, whom: str = "", change: str = "") -> list[Noted]:
    """All suspensions, those of an authority, or the one that a change is; changed rows are left out."""
    recorded = (Noted(*row) for row in guards.rows(sql, GUARDS[TABLE]) if sql.believes(TABLE, row))
    return [
        suspension
        for suspension in recorded
        if whom in ("", suspension.whom) and change in ("", suspension.change)
    ]


def suspended(sql: Sql, authorities: Sequence[str]) -> set[str]:
    """Those of these authorities that are suspended from any operation."""
    return {name for name, _operation in shut(sql, authorities)}


def shut(sql: Sql, authorities: Sequence[str] | None = None) -> set[tuple[str, str]]:
    """(authority, operation) of these authorities, or of all, to which nothing of that operation is given; of
    none where the operation is ''. A row that somebody else than this node changed or took away suspends from
    all: one that is gone, whomever it may have been about."""
    guard = GUARDS[TABLE]
    rows = guards.rows(sql, guard)
    wrong = sql.wrong(TABLE, rows)
    recorded = [Noted(*row) for row in rows]
    named = {(suspension.whom, "") for suspension in recorded if suspension.entry in wrong}
    named |= {
        (suspension.whom, _operation(sql, suspension.entry))
        for suspension in recorded
        if suspension.state in STANDING
    }
    if wrong - {suspension.entry for suspension in recorded}:
        about_rows = sql.all("select about from access_operationchange where change = 'suspend'")
        named |= {(row[0], "") for row in about_rows}
    return named if authorities is None else {pair for pair in named if pair[0] in set(authorities)}


def _operation(sql: Sql, entry: str) -> str:
    """The operation in whose file an entry stands, by what it signed; '' where that is not known here."""
    row = sql.first("select header from journal_entry where hash = ?", (bytes.fromhex(entry),))
    if row is None or header.entry_hash(bytes(row[0])).hex() != entry:
        return ""
    place, table = header.decode(bytes(row[0])).compartment.hex(), "access_operation_file"
    pins = [pin for pin in guards.rows(sql, GUARDS[table]) if sql.believes(table, pin)]
    named = [dict(zip(GUARDS[table].names, pin, strict=True)) for pin in pins]
    return next((str(columns["operation"]) for columns in named if columns["compartment"] == place), "")


def but_shut(pairs: Iterable[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """SQL (and its values) that leaves out readers' rows `r` of files of which nothing is given to them. A
    file of no operation is given to nobody who is suspended from any.

    Asked of the readers' own rows, whose seals are compared before anything is given by them.
    """
    sorted_pairs = sorted(pairs)
    clause = "and not (r.authority = ? and ('' = ? or r.operation in ('', ?))) "
    return clause * len(sorted_pairs), tuple(value for name, of in sorted_pairs for value in (name, of, of))
