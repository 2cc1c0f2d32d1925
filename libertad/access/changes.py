"""Changes that two authorities sign: what their entries come to, the same for a judge and for a fold.

A change is proposed by who coordinates, signed by another authority, shown to all for `NOTICE` and carried
out then, unless a member refused it before the notice was over. What counts is which entries there are:
the notice begins at the later of the two signatures, by the clocks of their devices (`Grounds.moment`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from libertad.journal.folding import Said
from libertad.vocabulary.body import VERBS, Verb
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.changes import ChangePropose, ChangeRefuse, ChangeSign

MEMBER, REMOVAL, UNDO, CLOSE, REOPEN = "member", "removal", "undo", "close", "reopen"
SUSPEND, LIFT = "suspend", "lift"
SAYS = {  # by kind of change, the verb that says it
    MEMBER: "authority.invite",
    REMOVAL: "compartment.remove",
    "operation": "operation.open",
    "clock": "operation.clock",
    CLOSE: "operation.close",
    REOPEN: "operation.reopen",
}
KINDS = {verb: kind for kind, verb in SAYS.items()}
NOTICE = timedelta(hours=24)
ITSELF = frozenset({UNDO, SUSPEND, LIFT})  # kinds that nothing carries out: they are what was signed
AT_ONCE = ITSELF | {REOPEN}  # kinds that protect, or harm nobody, if they do not wait
# By how much the clocks of two authorities may differ: beyond it a word is not of the same day.
DRIFT = timedelta(days=7)
Moment = Callable[[Said], datetime]


class Signed(NamedTuple):
    """A proposal that was signed: since when its notice runs, and who refused it in time."""

    proposal: Said
    signature: Said
    starts: datetime
    refusal: Said | None


def now() -> datetime:
    """Real time, by this node's clock: an operation's clock may be set."""
    return datetime.now(UTC)


def notice(proposal: Said) -> timedelta:
    """For how long a signed change is shown before it is carried out."""
    return notice_of(kind(proposal))


def notice_of(change: str) -> timedelta:
    """The notice of a kind of change: taking keys back, suspending and reopening do not wait."""
    return timedelta(0) if change in AT_ONCE else NOTICE


def kind(proposal: Said) -> str:
    """The kind of change that an entry proposes, '' of any other entry."""
    return proposal.content.change if isinstance(proposal.content, ChangePropose) else ""


def said_at(entry: Said) -> datetime:
    return entry.clock


def encode(content: Verb) -> str:
    """What a change will say, as it stands in its proposal."""
    return msgspec.json.encode(content, order="sorted").decode()


def decode(change: str, content: str) -> Verb | None:
    """The content of a proposal; None for what no verb of today says."""
    kind = VERBS.get(SAYS.get(change, ""))
    if kind is None:
        return None
    try:
        verb: Verb = msgspec.json.decode(content, type=prepared(kind))
    except (msgspec.MsgspecError, Refused):
        return None
    return verb


def target(proposal: Said) -> str:
    """The authority that a change is about; '' where it is about the operation as a whole."""
    proposed = proposal.content
    if not isinstance(proposed, ChangePropose):
        return ""
    if proposed.change in (MEMBER, SUSPEND):
        return proposed.about
    content = decode(proposed.change, proposed.content) if proposed.change not in ITSELF else None
    readers: tuple[str, ...] = getattr(content, "reader", ())
    return readers[0] if len(readers) == 1 else ""


def proposals(entries: Iterable[Said]) -> dict[str, Said]:
    return {entry.id: entry for entry in entries if isinstance(entry.content, ChangePropose)}


def signatures(entries: Sequence[Said], moment: Moment = said_at) -> list[Signed]:
    """Each signature with the proposal that it names; a refusal counts while the notice is not over. Both are
    said in the proposal's own file: what members of another operation say counts for nothing here.

    A suspension is confirmed within a day, by clocks that may differ: nobody revives an old one.
    """
    known, signed = proposals(entries), []
    for entry in entries:
        if not isinstance(entry.content, ChangeSign) or entry.content.proposal not in known:
            continue
        proposal = known[entry.content.proposal]
        if entry.compartment != proposal.compartment:
            continue
        starts = max(moment(proposal), moment(entry))
        if kind(proposal) == SUSPEND and starts > moment(proposal) + NOTICE + DRIFT:
            continue
        refusal = refused(entries, proposal, starts + notice(proposal), moment)
        signed.append(Signed(proposal, entry, starts, refusal))
    return signed


def refused(
    entries: Iterable[Said], proposal: Said, until: datetime | None = None, moment: Moment = said_at
) -> Said | None:
    """The first refusal of a proposal, of those that came before `until`."""
    return next(
        (
            entry
            for entry in entries
            if isinstance(entry.content, ChangeRefuse)
            and entry.content.proposal == proposal.id
            and entry.compartment == proposal.compartment
            and (until is None or moment(entry) < until)
        ),
        None,
    )
