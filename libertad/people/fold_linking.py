"""Entries -> which records are of one person, who proposed it, and which links nobody second confirmed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from libertad.access.sharing import sharing_rules
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.people.link_models import LinkProposal
from libertad.vocabulary.verbs import people as say
from libertad.vocabulary.verbs.linking import LinkPropose, LinkRefuse

HASH = re.compile(r"[0-9a-f]{64}")


def key_of(proposal: str) -> str:
    """The row of a proposal (its hash). Not the hash alone: what is named so is a row of one entry."""
    return f"link-{proposal}"


def _key(entry: Said) -> tuple[str, ...]:
    content = entry.content
    if isinstance(content, LinkRefuse):
        return (key_of(content.entry),)
    if isinstance(content, say.PersonSame):
        return (key_of(entry.body.proof),) if HASH.fullmatch(entry.body.proof) else ()
    return (key_of(entry.id),)


@project(LinkProposal, verbs=("link.propose", "link.refuse", "person.same"), key=_key)
def proposal_row(key: str, entries: Sequence[Said]) -> Row | None:
    """By proposal: the first word that links because of it, and the first by another officer."""
    proposal = next((s for s in entries if key_of(s.id) == key and isinstance(s.content, LinkPropose)), None)
    if proposal is None:
        return None
    content = cast(LinkPropose, proposal.content)
    words = [entry for entry in as_said(entries) if fits(proposal, entry)]
    second = next((entry.officer for entry in words if entry.officer != proposal.officer), "")
    refusal = next(
        (
            entry
            for entry in as_said(entries)
            if isinstance(entry.content, LinkRefuse)
            and (entry.compartment, entry.authority) == (proposal.compartment, proposal.authority)
        ),
        None,
    )
    return Row(
        proposal.compartment,
        {
            "entry": proposal.id,
            "person": proposal.subject,
            "other": content.other,
            "first": content.first,
            "authority": proposal.authority,
            "officer": proposal.officer,
            "said": proposal.clock,
            "stands": content.stands,
            "recorded_twice": content.recorded_twice,
            "linked": words[0].id if words else "",
            "second": second,
            "refused_by": refusal.officer if refusal else "",
        },
        {
            "reasons": content.reasons,
            "words": cast(say.PersonSame, words[0].content).reasons if words else "",
            "refusal": cast(LinkRefuse, refusal.content).words if refusal else "",
        },
    )


def fits(proposal: Said, entry: Said) -> bool:
    """Whether an entry links just what a proposal proposed, in its file, by an officer of its authority."""
    content, proposed = entry.content, proposal.content
    return (
        isinstance(content, say.PersonSame)
        and isinstance(proposed, LinkPropose)
        and entry.body.proof == proposal.id
        and bool(entry.officer and proposal.officer)
        and (entry.authority, entry.compartment, entry.subject, content.other, content.recorded_twice)
        == (
            proposal.authority,
            proposal.compartment,
            proposal.subject,
            proposed.other,
            proposed.recorded_twice,
        )
    )


def linked(entries: Sequence[Said], owner: str) -> list[str]:
    """Other records of the same person: per other record the latest word holds, the owner first."""
    words: dict[str, tuple[bool, bool]] = {}
    for entry in entries:
        content = entry.content
        if isinstance(content, (say.PersonSame, say.PersonNotSame)):
            own = entry.authority == owner
            if own or not words.get(content.other, (False, False))[0]:
                words[content.other] = own, isinstance(content, say.PersonSame)
    return sorted(record for record, (_own, same) in words.items() if same)


def twice_of(entries: Sequence[Said], owner: str) -> str:
    """The record in which one goes on, where its own authority says that this one was made twice; else ''."""
    words: dict[str, bool] = {}
    for entry in entries:
        content = entry.content
        if entry.authority == owner and isinstance(content, (say.PersonSame, say.PersonNotSame)):
            words[content.other] = isinstance(content, say.PersonSame) and content.recorded_twice
    return max((record for record, twice in words.items() if twice), default="")


def unconfirmed(entries: Sequence[Said], owner: str) -> list[list[str]]:
    """[record, proof, authority, officer] of each word by which a record is linked while of none of its words
    a second person is known; a proposal from before the link was ended counts for nothing after it.

    `proof` may name what stands in another file than this. Words without one, of before the rule, are left
    out: by the clock of the device that said them.
    """
    order, listed = as_said(entries), []
    for record in linked(entries, owner):
        proposals: dict[str, Said] = {}
        alone: list[Said] = []
        confirmed: list[Said] = []
        for entry in order:
            content = entry.content
            if isinstance(content, LinkPropose) and content.other == record:
                proposals[entry.id] = entry
            elif isinstance(content, say.PersonNotSame) and content.other == record:
                proposals = {k: s for k, s in proposals.items() if s.authority != entry.authority}
                alone = [s for s in alone if s.authority != entry.authority]
                confirmed = [s for s in confirmed if s.authority != entry.authority]
            elif isinstance(content, say.PersonSame) and content.other == record:
                proposal = proposals.get(entry.body.proof)
                old = not entry.body.proof and entry.clock < sharing_rules().links
                by_two = proposal is not None and fits(proposal, entry) and entry.officer != proposal.officer
                (confirmed if by_two or old else alone).append(entry)
        twice = [s for s in alone if cast(say.PersonSame, s.content).recorded_twice]
        agreed = any(cast(say.PersonSame, s.content).recorded_twice for s in confirmed)
        if confirmed and (agreed or not twice):
            continue
        listed += [[record, s.body.proof, s.authority, s.officer] for s in (twice if confirmed else alone)]
    return listed
