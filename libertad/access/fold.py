"""Access entries -> authorities, officers, compartments, readers, clock, holds, openings.

Devices and nodes are in `fold_exchange`, confirmed care authorities in `fold_receiving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access import (  # each registers itself
    fold_appointments,  # noqa: F401
    fold_changes,  # noqa: F401
    fold_complaints,  # noqa: F401
    fold_exchange,  # noqa: F401
    fold_glass,  # noqa: F401
    fold_passkeys,  # noqa: F401
    fold_receiving,  # noqa: F401
    fold_sharing,  # noqa: F401
    fold_suspensions,  # noqa: F401
)
from libertad.access.file_ids import opening_of
from libertad.access.models import (
    Attachment,
    Authority,
    Clock,
    Compartment,
    ErasedFile,
    Hold,
    HoldTally,
    Member,
    Officer,
    Opening,
    ProgramKey,
    Reader,
)
from libertad.journal.causal import acted, as_said, crossing
from libertad.journal.folding import Owner, Row, Said, latest, project, single_value
from libertad.journal.subjects import proves
from libertad.vocabulary.verbs import access as say
from libertad.vocabulary.verbs.attachments import AttachmentAdd
from libertad.vocabulary.verbs.operations import OperationClock


def weighed(entries: Sequence[Said], owner: Owner) -> Sequence[Said]:
    """Of words about an authority that several operations say: those of the owners of the operations' files,
    of these the one whom the authority's id proves; where none of them spoke, those of whom the id proves. A
    supporter of one operation changes neither name, zone nor kind of a member of another, whoever spoke first
    and by whichever clock; nor does a stranger of whose operation something else on this node is a member."""
    inside = [entry for entry in entries if entry.operation]
    if len({entry.operation for entry in inside}) < 2:
        return entries
    owners = {place: owner(place) for place in {entry.compartment for entry in inside}}
    makers = {entry.authority for entry in inside if proves(entry)}
    own = [entry for entry in inside if entry.authority == owners[entry.compartment]]
    proven = [entry for entry in own or inside if entry.authority in makers]
    return proven or own or entries


@project(Authority, verbs=("authority.invite",), key=lambda entry: (entry.subject,), weigh=weighed)
def authority_row(key: str, entries: Sequence[Said]) -> Row:
    # What its operation says of it stands before what it said of itself when it was founded, in another file:
    # of these two neither names the other.
    last = as_said([s for s in entries if s.operation] or entries, acted)[-1]
    content = cast(say.AuthorityInvite, last.content)
    return Row(
        last.compartment,
        {
            "name": content.name,
            "kind": content.kind,
            "country": content.country,
            "zone": content.zone,
            "part": content.part,
            "officers": content.officers,
            "operation": last.operation,
        },
    )


def member_key(entry: Said) -> tuple[str, ...]:
    """'operation:authority'; an authority's own file, in which it says what it is, makes nobody a member."""
    return (f"{entry.operation}:{entry.subject}",) if entry.operation else ()


@project(Member, verbs=("authority.invite",), key=member_key)
def member_row(key: str, entries: Sequence[Said]) -> Row:
    last = as_said(entries, acted)[-1]
    content = cast(say.AuthorityInvite, last.content)
    return Row(
        last.compartment,
        {
            "authority": last.subject,
            "kind": content.kind,
            "country": content.country,
            "part": content.part,
            "officers": content.officers,
        },
    )


@project(Officer, verbs=("officer.appoint", "officer.withdraw"), key=lambda entry: (entry.subject,))
def officer_row(key: str, entries: Sequence[Said]) -> Row | None:
    appointed = [s for s in entries if isinstance(s.content, say.OfficerAppoint)]
    if not appointed:
        return None
    last = as_said(appointed)[-1]
    content = cast(say.OfficerAppoint, last.content)
    return Row(
        last.compartment,
        {
            "authority": last.authority,
            "role": content.role,
            "withdrawn": any(isinstance(s.content, say.OfficerWithdraw) for s in entries),
        },
        {"name": content.name, "rank": content.rank, "service_number": content.service_number},
    )


@project(Compartment, verbs=("compartment.open",), key=lambda entry: (entry.compartment,))
def compartment_row(key: str, entries: Sequence[Said]) -> Row:
    opening = opening_of(entries)
    content = cast(say.CompartmentOpen, opening.content)
    return Row(
        key,
        {
            "kind": content.kind,
            "owner": content.owner,
            "about": content.about,
            "operation": opening.operation,
        },
    )


def _readers(entry: Said) -> list[str]:
    content = cast("say.CompartmentOpen | say.CompartmentReaders | say.CompartmentRemove", entry.content)
    return [f"{entry.compartment}:{authority}" for authority in content.reader]


@project(Reader, verbs=("compartment.open", "compartment.readers", "compartment.remove"), key=_readers)
def reader_row(key: str, entries: Sequence[Said]) -> Row | None:
    # Who was removed reads again once a later entry names it; of words that cross the removal holds.
    last = entries[-1]
    if any(isinstance(s.content, say.CompartmentRemove) for s in crossing(entries, entries)):
        return None
    opened = [s.content for s in entries if isinstance(s.content, say.CompartmentOpen)]
    compartment, _, authority = key.partition(":")
    kind = opened[0].kind if opened else ""
    return Row(compartment, {"authority": authority, "kind": kind, "by": last.authority})


@project(Clock, verbs=("operation.clock",), key=lambda entry: (entry.operation,))
def clock_row(key: str, entries: Sequence[Said]) -> Row:
    last = as_said(entries, lambda s: (cast(OperationClock, s.content).set_at, s.id))[-1]
    content = cast(OperationClock, last.content)
    return Row(last.compartment, {"reads": content.reads, "set_at": content.set_at, "rate": content.rate})


def _places(entry: Said) -> bool:
    return isinstance(entry.content, say.HoldTally) and entry.content.state == "placed"


@project(HoldTally, verbs=("hold.tally",), key=lambda entry: (entry.subject,))
def hold_tally_row(key: str, entries: Sequence[Said]) -> Row | None:
    """In force until each authority that placed it has lifted its own."""
    words = {entry.authority: entry for entry in entries}  # the last of each
    placed = [entry for entry in words.values() if _places(entry)]
    first = [entry for entry in entries if _places(entry)][:1]
    if not first:
        return None
    last = max(placed or first)
    columns = {"active": bool(placed), "since": last.at, "authority": last.authority}
    return Row(last.compartment, columns)


@project(Hold, verbs=("hold.place", "hold.lift"), key=lambda entry: (entry.subject,))
def hold_row(key: str, entries: Sequence[Said]) -> Row:
    """A hold ends by the word of whoever placed it; while one of several stands, it is in force."""
    words: dict[tuple[str, str], Said] = {}
    for entry in entries:
        words[entry.compartment, entry.authority] = entry
    placed = [entry for entry in words.values() if isinstance(entry.content, say.HoldPlace)]
    last = max(placed or words.values())
    entries = [s for s in entries if (s.compartment, s.authority) == (last.compartment, last.authority)]
    reason = latest(entries, "reason")
    return Row(
        last.compartment,
        {
            "active": isinstance(last.content, say.HoldPlace),
            "since": last.at,
            "place": last.authority,
            "reference": found.value if (found := latest(entries, "reference")) else "",
        },
        {
            "reason": reason.value if reason else "",
            "order": found.value if (found := latest(entries, "order")) else "",
        },
    )


@project(Attachment, verbs=("attachment.add",), key=lambda entry: (entry.id,))
def attachment_row(key: str, entries: Sequence[Said]) -> Row:
    entry = entries[0]
    content = cast(AttachmentAdd, entry.content)
    return Row(
        entry.compartment,
        {
            "about": content.about,
            "digest": content.digest,
            "chunks": content.chunks,
            "priority": content.priority,
            "officer": entry.officer,
            "authority": entry.authority,
            "at": entry.at,
        },
        {"name": content.name, "media": content.media, "size": content.size, "key": content.key},
    )


@project(Opening, verbs=("file.open",), key=lambda entry: (entry.id,))
def opening_row(key: str, entries: Sequence[Said]) -> Row:
    entry = entries[0]
    page = single_value(entries, "page")
    return Row(
        entry.compartment,
        {
            "subject": entry.subject,
            "page": page.value if page else "",
            "officer": entry.officer,
            "authority": entry.authority,
            "at": entry.at,
        },
    )


@project(ErasedFile, verbs=("file.erase",), key=lambda entry: (entry.id,))
def erased_file_row(key: str, entries: Sequence[Said]) -> Row:
    entry = entries[0]
    content = cast(say.FileErase, entry.content)
    return Row(entry.compartment, {"kind": content.kind, "country": content.country, "at": entry.at})


@project(ProgramKey, verbs=("key.make", "key.end"), key=lambda entry: (entry.subject,))
def program_key_row(key: str, entries: Sequence[Said]) -> Row | None:
    creation = next((s for s in entries if isinstance(s.content, say.KeyMake)), None)
    if creation is None:
        return None
    content = cast(say.KeyMake, creation.content)
    ended = next((s for s in entries if isinstance(s.content, say.KeyEnd)), None)
    return Row(
        creation.compartment,
        {
            "authority": creation.authority,
            "officer": creation.officer,
            "made": creation.clock,
            "until": content.until,
            "ended_at": ended.clock if ended else None,
            "ended_by": ended.officer if ended else "",
        },
        {"program": content.program, "reason": cast(say.KeyEnd, ended.content).reason if ended else ""},
    )
