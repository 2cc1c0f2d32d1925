"""Access entries -> authorities, officers, compartments, readers, clock, holds, openings.

Devices and nodes are in `fold_exchange`, confirmed care authorities in `fold_receiving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access import fold_changes, fold_exchange, fold_receiving  # noqa: F401  each registers itself
from libertad.access.file_ids import opening_of
from libertad.access.models import (
    Attachment,
    Authority,
    Clock,
    Compartment,
    Hold,
    Member,
    Officer,
    Opening,
    ProgramKey,
    Reader,
    Relay,
)
from libertad.journal.causal import acted, as_said, crossing
from libertad.journal.folding import Owner, Row, Said, latest, one, project
from libertad.journal.subjects import proves
from libertad.vocabulary.verbs import access as say
from libertad.vocabulary.verbs.attachments import AttachmentAdd
from libertad.vocabulary.verbs.operations import OperationClock


def weighed(said: Sequence[Said], owner: Owner) -> Sequence[Said]:
    """Of words about an authority that several operations say: those of the owners of the operations' files,
    of these the one whom the authority's id proves; where none of them spoke, those of whom the id proves. A
    supporter of one operation changes neither name, zone nor kind of a member of another, whoever spoke first
    and by whichever clock; nor does a stranger of whose operation something else on this node is a member."""
    inside = [one for one in said if one.operation]
    if len({one.operation for one in inside}) < 2:
        return said
    owners = {place: owner(place) for place in {one.compartment for one in inside}}
    makers = {one.authority for one in inside if proves(one)}
    own = [one for one in inside if one.authority == owners[one.compartment]]
    made = [one for one in own or inside if one.authority in makers]
    return made or own or said


@project(Authority, verbs=("authority.invite",), key=lambda said: (said.subject,), weigh=weighed)
def authority_row(key: str, said: Sequence[Said]) -> Row:
    # What its operation says of it stands before what it said of itself when it was founded, in another file:
    # of these two neither names the other.
    last = as_said([s for s in said if s.operation] or said, acted)[-1]
    what = cast(say.AuthorityInvite, last.content)
    return Row(
        last.compartment,
        {
            "name": what.name, "kind": what.kind, "country": what.country,
            "zone": what.zone, "part": what.part, "officers": what.officers, "operation": last.operation,
        },
    )  # fmt: skip


def member_key(said: Said) -> tuple[str, ...]:
    """'operation:authority'; an authority's own file, in which it says what it is, makes nobody a member."""
    return (f"{said.operation}:{said.subject}",) if said.operation else ()


@project(Member, verbs=("authority.invite",), key=member_key)
def member_row(key: str, said: Sequence[Said]) -> Row:
    last = as_said(said, acted)[-1]
    what = cast(say.AuthorityInvite, last.content)
    return Row(
        last.compartment,
        {
            "authority": last.subject, "kind": what.kind, "country": what.country, "part": what.part,
            "officers": what.officers,
        },
    )  # fmt: skip


@project(Officer, verbs=("officer.appoint", "officer.withdraw"), key=lambda said: (said.subject,))
def officer_row(key: str, said: Sequence[Said]) -> Row | None:
    appointed = [s for s in said if isinstance(s.content, say.OfficerAppoint)]
    if not appointed:
        return None
    last = as_said(appointed)[-1]
    what = cast(say.OfficerAppoint, last.content)
    return Row(
        last.compartment,
        {
            "authority": last.authority,
            "role": what.role,
            "withdrawn": any(isinstance(s.content, say.OfficerWithdraw) for s in said),
        },
        {"name": what.name, "rank": what.rank, "service_number": what.service_number},
    )


@project(Compartment, verbs=("compartment.open",), key=lambda said: (said.compartment,))
def compartment_row(key: str, said: Sequence[Said]) -> Row:
    opening = opening_of(said)
    what = cast(say.CompartmentOpen, opening.content)
    return Row(
        key,
        {"kind": what.kind, "owner": what.owner, "about": what.about, "operation": opening.operation},
    )


def _readers(said: Said) -> list[str]:
    what = cast("say.CompartmentOpen | say.CompartmentReaders | say.CompartmentRemove", said.content)
    return [f"{said.compartment}:{authority}" for authority in what.reader]


@project(Reader, verbs=("compartment.open", "compartment.readers", "compartment.remove"), key=_readers)
def reader_row(key: str, said: Sequence[Said]) -> Row | None:
    # Who was removed reads again once a later entry names it; of words that cross the removal holds.
    last = said[-1]
    if any(isinstance(s.content, say.CompartmentRemove) for s in crossing(said, said)):
        return None
    opened = [s.content for s in said if isinstance(s.content, say.CompartmentOpen)]
    compartment, _, authority = key.partition(":")
    kind = opened[0].kind if opened else ""
    return Row(compartment, {"authority": authority, "kind": kind, "by": last.authority})


def _carriers(said: Said) -> list[str]:
    what = cast("say.CompartmentRelay | say.CompartmentUnrelay", said.content)
    return [f"{said.compartment}:{authority}" for authority in what.carrier]


@project(Relay, verbs=("compartment.relay", "compartment.unrelay"), key=_carriers)
def relay_row(key: str, said: Sequence[Said]) -> Row | None:
    """The last word counts, as with readers."""
    last = said[-1]
    if any(isinstance(s.content, say.CompartmentUnrelay) for s in crossing(said, said)):
        return None
    compartment, _, authority = key.partition(":")
    return Row(compartment, {"authority": authority, "by": last.authority})


@project(Clock, verbs=("operation.clock",), key=lambda said: (said.operation,))
def clock_row(key: str, said: Sequence[Said]) -> Row:
    last = as_said(said, lambda s: (cast(OperationClock, s.content).set_at, s.id))[-1]
    what = cast(OperationClock, last.content)
    return Row(last.compartment, {"reads": what.reads, "set_at": what.set_at, "rate": what.rate})


@project(Hold, verbs=("hold.place", "hold.lift"), key=lambda said: (said.subject,))
def hold_row(key: str, said: Sequence[Said]) -> Row:
    """A hold ends by the word of whoever placed it; while one of several stands, it is in force."""
    words: dict[tuple[str, str], Said] = {}
    for entry in said:
        words[entry.compartment, entry.authority] = entry
    placed = [entry for entry in words.values() if isinstance(entry.content, say.HoldPlace)]
    last = max(placed or words.values())
    said = [s for s in said if (s.compartment, s.authority) == (last.compartment, last.authority)]
    reason = latest(said, "reason")
    return Row(
        last.compartment,
        {
            "active": isinstance(last.content, say.HoldPlace),
            "since": last.at,
            "place": last.authority,
            "reference": found.value if (found := latest(said, "reference")) else "",
        },
        {
            "reason": reason.value if reason else "",
            "order": found.value if (found := latest(said, "order")) else "",
        },
    )


@project(Attachment, verbs=("attachment.add",), key=lambda said: (said.id,))
def attachment_row(key: str, said: Sequence[Said]) -> Row:
    entry = said[0]
    what = cast(AttachmentAdd, entry.content)
    return Row(
        entry.compartment,
        {
            "about": what.about, "digest": what.digest, "chunks": what.chunks, "priority": what.priority,
            "officer": entry.officer, "authority": entry.authority, "at": entry.at,
        },
        {"name": what.name, "media": what.media, "size": what.size, "key": what.key},
    )  # fmt: skip


@project(Opening, verbs=("file.open",), key=lambda said: (said.id,))
def opening_row(key: str, said: Sequence[Said]) -> Row:
    entry = said[0]
    page = one(said, "page")
    return Row(
        entry.compartment,
        {
            "subject": entry.subject, "page": page.value if page else "", "officer": entry.officer,
            "authority": entry.authority, "at": entry.at,
        },
    )  # fmt: skip


@project(ProgramKey, verbs=("key.make", "key.end"), key=lambda said: (said.subject,))
def program_key_row(key: str, said: Sequence[Said]) -> Row | None:
    made = next((s for s in said if isinstance(s.content, say.KeyMake)), None)
    if made is None:
        return None
    what = cast(say.KeyMake, made.content)
    ended = next((s for s in said if isinstance(s.content, say.KeyEnd)), None)
    return Row(
        made.compartment,
        {
            "authority": made.authority, "officer": made.officer, "made": made.clock, "until": what.until,
            "ended_at": ended.clock if ended else None, "ended_by": ended.officer if ended else "",
        },
        {"program": what.program, "reason": cast(say.KeyEnd, ended.content).reason if ended else ""},
    )  # fmt: skip
