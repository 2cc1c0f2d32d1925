"""Entries -> read models of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from libertad.figures.models import Proposal, Release, WithdrawnProposal
from libertad.journal.causal import causes_of
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs.figures import ReleasePropose, ReleasePublish, ReleaseSign, ReleaseWithdraw


def outcome(entries: Sequence[Said]) -> tuple[Said | None, Said | None]:
    """(the release that is out, or the proposal that waits; the signature, None while it waits).

    What version 0.1 said with one account is out as it is. Else a proposal is out with the first signature
    that names it and knew of none that took its place, nor that it was withdrawn: by another officer, of
    another authority if there was one. A proposal that crosses with the signature of the one before comes too
    late, and so does a withdrawal.
    """
    causes = causes_of(entries)
    places = {entry.id: place for place, entry in enumerate(causes.entries)}
    proposals: dict[str, Said] = {}
    for candidate in entries:
        if candidate.verb == "release.publish":
            return candidate, candidate
        if candidate.verb == "release.withdraw":
            continue
        if candidate.verb == "release.propose":
            if all(candidate.authority == rival.authority for rival in proposals.values()):
                proposals[candidate.id] = candidate
            continue
        proposal = proposals.get(cast(ReleaseSign, candidate.content).proposal)
        if proposal is not None and _signs(candidate, proposal):
            replaced = any(
                causes.knew(places[candidate.id], places[rival])
                and causes.knew(places[rival], places[proposal.id])
                for rival in proposals
            )
            superseded = any(
                causes.knew(places[candidate.id], places[word.id]) for word in withdrawals(entries, proposal)
            )
            if not replaced and not superseded:
                return proposal, candidate
    return next(reversed(proposals.values()), None), None


def withdrawals(entries: Sequence[Said], proposal: Said) -> list[Said]:
    """The words of the authority that proposed it with which a proposal was taken back."""
    return [
        entry
        for entry in entries
        if isinstance(entry.content, ReleaseWithdraw)
        and entry.content.proposal == proposal.id
        and entry.authority == proposal.authority
    ]


def _days(content: ReleasePublish | ReleasePropose) -> list[str]:
    """First and last day of which a release tells; none of one that was proposed before they were said."""
    days = [getattr(content, "first_day", ""), getattr(content, "last_day", "")]
    return days if all(days) else []


def _signs(sign: Said, proposal: Said) -> bool:
    if sign.body.officer == proposal.body.officer:
        return False
    return sign.authority != proposal.authority or cast(ReleasePropose, proposal.content).alone


BEGIN = ("release.publish", "release.propose")
OWN = (*BEGIN, "release.withdraw")
VERBS = (*OWN, "release.sign")


def begins(entry: Said) -> bool:
    """A release begins with what its authority says of it; a signature begins none."""
    return entry.verb in BEGIN


@project(
    Release,
    verbs=VERBS,
    key=lambda entry: (entry.subject,),
    begins=begins,
    own=OWN,
    retired=["release.publish"],
)
def release_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A release is never changed: once another account has signed it, nothing that comes later counts."""
    first, signature = outcome(entries)
    if first is None or signature is None:
        return None
    content = cast(ReleasePublish | ReleasePropose, first.content)
    second = (
        content.second_reader
        if isinstance(content, ReleasePublish)
        else cast(ReleaseSign, signature.content).by
    )
    return Row(
        first.compartment,
        {
            "number": content.release_number,
            "as_of": content.as_of,
            "published_at": signature.at,
            "countries": content.countries,
            "potential_victims": content.potential_victims,
            "presumed": content.presumed,
            "confirmed": content.confirmed,
            "arrests": content.arrests,
            "sites": content.sites,
            "hits": content.hits,
            "lines": sorted(msgspec.to_builtins(content.line), key=lambda line: str(line["country"])),
            "by_first_view": content.by_first_view,
            "care": msgspec.to_builtins(content.care) if content.care else {},
            "alone": first is not signature and first.authority == signature.authority,
            "entry": first.id,
        },
        {
            "by": content.by,
            "second_reader": second,
            **({"days": days} if (days := _days(content)) else {}),
        },
    )


@project(
    Proposal,
    verbs=VERBS,
    key=lambda entry: (entry.subject,),
    begins=begins,
    own=OWN,
    retired=["release.publish"],
)
def proposal_row(key: str, entries: Sequence[Said]) -> Row | None:
    """What waits for a signature, as it was proposed last."""
    last, signature = outcome(entries)
    if last is None or signature is not None or withdrawals(entries, last):
        return None
    content = cast(ReleasePropose, last.content)
    return Row(
        last.compartment,
        {
            "number": content.release_number,
            "as_of": content.as_of,
            "proposed_at": last.at,
            "officer": last.body.officer,
            "authority": last.authority,
            "alone": content.alone,
            "content": msgspec.to_builtins(content),
            "entry": last.id,
        },
        {"by": content.by},
    )


@project(
    WithdrawnProposal,
    verbs=VERBS,
    key=lambda entry: (entry.subject,),
    begins=begins,
    own=OWN,
    retired=["release.publish"],
)
def withdrawn_row(key: str, entries: Sequence[Said]) -> Row | None:
    """What was proposed last and taken back, and by which word first."""
    last, signature = outcome(entries)
    words = withdrawals(entries, last) if last is not None and signature is None else []
    if last is None or not words:
        return None
    content, word = cast(ReleasePropose, last.content), cast(ReleaseWithdraw, words[0].content)
    return Row(
        last.compartment,
        {
            "number": content.release_number,
            "as_of": content.as_of,
            "proposed_at": last.at,
            "withdrawn_at": words[0].at,
            "authority": last.authority,
            "alone": content.alone,
            "content": msgspec.to_builtins(content),
            "entry": last.id,
            "withdrawal": words[0].id,
        },
        {"by": content.by, "withdrawn_by": word.by, "reasons": word.reasons},
    )
