"""Entries -> read models of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from libertad.figures.models import Proposal, Release, WithdrawnProposal
from libertad.journal.causal import causes_of
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs.figures import ReleasePropose, ReleasePublish, ReleaseSign, ReleaseWithdraw


def outcome(said: Sequence[Said]) -> tuple[Said | None, Said | None]:
    """(the release that is out, or the proposal that waits; the signature, None while it waits).

    What version 0.1 said with one account is out as it is. Else a proposal is out with the first signature
    that names it and knew of none that took its place, nor that it was withdrawn: by another officer, of
    another authority if there was one. A proposal that crosses with the signature of the one before comes too
    late, and so does a withdrawal.
    """
    causes = causes_of(said)
    places = {one.id: place for place, one in enumerate(causes.entries)}
    proposals: dict[str, Said] = {}
    for one in said:
        if one.verb == "release.publish":
            return one, one
        if one.verb == "release.withdraw":
            continue
        if one.verb == "release.propose":
            if all(one.authority == other.authority for other in proposals.values()):
                proposals[one.id] = one
            continue
        proposal = proposals.get(cast(ReleaseSign, one.content).proposal)
        if proposal is not None and _signs(one, proposal):
            replaced = any(
                causes.knew(places[one.id], places[other]) and causes.knew(places[other], places[proposal.id])
                for other in proposals
            )
            gone = any(causes.knew(places[one.id], places[word.id]) for word in withdrawals(said, proposal))
            if not replaced and not gone:
                return proposal, one
    return next(reversed(proposals.values()), None), None


def withdrawals(said: Sequence[Said], proposal: Said) -> list[Said]:
    """The words of the authority that proposed it with which a proposal was taken back."""
    return [
        one
        for one in said
        if isinstance(one.content, ReleaseWithdraw)
        and one.content.proposal == proposal.id
        and one.authority == proposal.authority
    ]


def _days(what: ReleasePublish | ReleasePropose) -> list[str]:
    """First and last day of which a release tells; none of one that was proposed before they were said."""
    found = [getattr(what, "first_day", ""), getattr(what, "last_day", "")]
    return found if all(found) else []


def _signs(sign: Said, proposal: Said) -> bool:
    if sign.body.officer == proposal.body.officer:
        return False
    return sign.authority != proposal.authority or cast(ReleasePropose, proposal.content).alone


BEGIN = ("release.publish", "release.propose")
OWN = (*BEGIN, "release.withdraw")
VERBS = (*OWN, "release.sign")


def begins(said: Said) -> bool:
    """A release begins with what its authority says of it; a signature begins none."""
    return said.verb in BEGIN


@project(
    Release,
    verbs=VERBS,
    key=lambda said: (said.subject,),
    begins=begins,
    own=OWN,
    retired=["release.publish"],
)
def release_row(key: str, said: Sequence[Said]) -> Row | None:
    """A release is never changed: once another account has signed it, nothing that comes later counts."""
    first, signature = outcome(said)
    if first is None or signature is None:
        return None
    what = cast(ReleasePublish | ReleasePropose, first.content)
    second = (
        what.second_reader if isinstance(what, ReleasePublish) else cast(ReleaseSign, signature.content).by
    )
    return Row(
        first.compartment,
        {
            "number": what.release_number,
            "as_of": what.as_of,
            "published_at": signature.at,
            "countries": what.countries,
            "potential_victims": what.potential_victims,
            "presumed": what.presumed,
            "confirmed": what.confirmed,
            "arrests": what.arrests,
            "sites": what.sites,
            "hits": what.hits,
            "lines": sorted(msgspec.to_builtins(what.line), key=lambda line: str(line["country"])),
            "by_first_view": what.by_first_view,
            "care": msgspec.to_builtins(what.care) if what.care else {},
            "alone": first is not signature and first.authority == signature.authority,
            "entry": first.id,
        },
        {
            "by": what.by,
            "second_reader": second,
            **({"days": days} if (days := _days(what)) else {}),
        },
    )


@project(
    Proposal,
    verbs=VERBS,
    key=lambda said: (said.subject,),
    begins=begins,
    own=OWN,
    retired=["release.publish"],
)
def proposal_row(key: str, said: Sequence[Said]) -> Row | None:
    """What waits for a signature, as it was proposed last."""
    last, signature = outcome(said)
    if last is None or signature is not None or withdrawals(said, last):
        return None
    what = cast(ReleasePropose, last.content)
    return Row(
        last.compartment,
        {
            "number": what.release_number,
            "as_of": what.as_of,
            "proposed_at": last.at,
            "officer": last.body.officer,
            "authority": last.authority,
            "alone": what.alone,
            "content": msgspec.to_builtins(what),
            "entry": last.id,
        },
        {"by": what.by},
    )


@project(
    WithdrawnProposal,
    verbs=VERBS,
    key=lambda said: (said.subject,),
    begins=begins,
    own=OWN,
    retired=["release.publish"],
)
def withdrawn_row(key: str, said: Sequence[Said]) -> Row | None:
    """What was proposed last and taken back, and by which word first."""
    last, signature = outcome(said)
    words = withdrawals(said, last) if last is not None and signature is None else []
    if last is None or not words:
        return None
    what, word = cast(ReleasePropose, last.content), cast(ReleaseWithdraw, words[0].content)
    return Row(
        last.compartment,
        {
            "number": what.release_number,
            "as_of": what.as_of,
            "proposed_at": last.at,
            "withdrawn_at": words[0].at,
            "authority": last.authority,
            "alone": what.alone,
            "content": msgspec.to_builtins(what),
            "entry": last.id,
            "withdrawal": words[0].id,
        },
        {"by": what.by, "withdrawn_by": word.by, "reasons": word.reasons},
    )
