"""What a suspended member says: held beyond its cut, but for a danger to life and what that rests on."""

from __future__ import annotations

from typing import cast

from libertad.access.claims import Verdict
from libertad.access.suspending import (
    ALONE,
    BEGINS,
    Suspension,
    cut_of,
    retaliates,
    standing,
    tells_danger,
)
from libertad.exchange.authorization.revocation_reach import Endings
from libertad.journal.folding import Said
from libertad.journal.transaction import Transaction


class SuspendedMembers(Endings):
    """Grounds that know which members are suspended.

    `urgent`: a danger that one of them tells of waits for what it rests on, which may be held.
    """

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.urgent = False

    def suspended(self, entry: Said) -> Verdict | None:
        """Whether its authority was suspended before it was said, in the operation of which it is said. A
        danger to life that it tells of never waits, with the person or the team and the file that it is
        about."""
        suspensions = [
            suspension
            for suspension in self.suspensions(entry.authority)
            if suspension.proposal.operation == entry.operation
        ]
        if not suspensions:
            return None
        if tells_danger(entry) or self._rests(entry):
            return None
        for suspension in suspensions:
            if not self._stands(entry, suspension) and not (suspension.state == ALONE and retaliates(entry)):
                return "suspended", "its authority is suspended: it is judged again when that is over"
        return None

    def suspensions(self, authority: str) -> list[Suspension]:
        """Those that stand of an authority of another node."""

        def make() -> list[Suspension]:
            return [] if self.hosted(authority) else standing(authority, self)

        return cast("list[Suspension]", self.remembered(("suspended", authority), make))

    def _rests(self, beginning: Said) -> bool:
        """Whether a danger that its suspended authority tells of, here or in this batch, rests on it."""
        opens = beginning.verb == "compartment.open"
        if not opens and beginning.verb not in BEGINS:
            return False
        since = min(self._order(suspension.proposal) for suspension in self.suspensions(beginning.authority))
        rows = self.tx.sql.all(
            "select idx from journal_entry where compartment = ? and idx > ? and body is not null",
            (beginning.compartment, since),
        )
        stored = (self.tx.entry(row[0]) for row in rows)
        return any(
            entry is not None
            and (entry.authority, entry.compartment) == (beginning.authority, beginning.compartment)
            and tells_danger(entry)
            and (opens or entry.subject == beginning.subject)
            for entry in (*stored, *self.heard.values())
        )

    def note_danger(self, entry: Said) -> None:
        """A danger could not be folded: what it rests on is to be judged again."""
        if tells_danger(entry) and self.suspensions(entry.authority):
            self.urgent = True

    def _stands(self, entry: Said, suspension: Suspension) -> bool:
        """Whether what a suspended authority said stands: said before, as its cut in the file counts.

        By one authority's word alone nothing is taken out that was here before that word came: it may be a
        robbed member's. Once a second authority confirmed it, the numbers count alike at all nodes.
        """
        log, place = self._log(entry), self.place(entry.compartment)
        before = self._order(entry) < self._order(suspension.proposal)
        cut = cut_of(suspension, entry.compartment, place.owner if place else "", self)
        if cut is None or log is None:
            return before
        within = log[2] <= cut.get(log[0].hex(), -1)
        return within or (before and suspension.state == ALONE)
