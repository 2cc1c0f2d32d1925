"""Judging what other authorities say: kept and passed on always, folded only where they may say it.

A verdict is a function of the set of entries, never of their order: when a ground arrives later (an
appointment, a withdrawal, a revoked device), what is here is judged again. No entry is refused because
of a clock; one that its own device dates a month ahead of ours waits until then.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import cast

from libertad.access.about import SUBJECTIVE, decides, judge_about
from libertad.access.actions.appoint_officer import ROLES
from libertad.access.claims import claim_of
from libertad.access.clock import operation_now
from libertad.access.grounds import Place
from libertad.access.matrix import matrix
from libertad.access.operation_files import inviter_of, pin_file
from libertad.access.subjects import is_author
from libertad.exchange import forgeries, impersonations
from libertad.exchange.parking import waits_for_alarm
from libertad.exchange.suspended import SuspendedMembers
from libertad.journal import folding
from libertad.journal.corrections import why
from libertad.journal.folding import Said
from libertad.journal.header import Header
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say
from libertad.vocabulary.verbs import counting
from libertad.vocabulary.verbs.changes import ChangeCut, OperationBegin

GROUNDS = frozenset(
    {
        "compartment.open",
        "compartment.readers",
        "compartment.remove",
        "officer.appoint",
        "officer.withdraw",
        "authority.invite",
        "device.enrol",
        "device.revoke",
        "node.announce",  # on no verdict does it bear, but on where an authority is found
        "operation.open",
        "operation.clock",
        "operation.begin",
        "operation.close",
        "operation.reopen",
        "change.propose",
        "change.sign",
        "change.refuse",
        "change.cut",
    }
)
MONTH = 30 * 24 * 3600
OWN, OTHERS, UNKNOWN = "own", "others", "unknown"  # whose words an entry supersedes
Verdict = tuple[str, str]
# Of an older program: nobody's fault, so it never raises an alarm, and nothing is made of it.
RETIRED: Verdict = ("retired", "said in a way that is retired: kept and passed on, counted in nothing")
IMPERSONATED: Verdict = (
    impersonations.KIND, "it speaks in an authority's name, and another authority's device signed it"
)  # fmt: skip


class Judge(SuspendedMembers):
    """Judges entries within one transaction; what it accepts is a ground for what follows.

    `forged`: what it held because it is about another's thing, with why; each is an alarm. With `parking`
    later words about access wait while such an alarm is open: not for what was accepted before.
    """

    def __init__(self, tx: Transaction, parking: bool = True) -> None:
        super().__init__(tx)
        self.parking = parking
        self.fresh: dict[str, list[Said]] = {}
        self.accepted: list[Said] = []
        self.forged: list[tuple[Said, str]] = []
        self.pinned = False
        self.definitions: list[Said] = []  # what is here, held or folded, may be about these subjects
        self.future = time.time() + MONTH

    @property
    def grounds(self) -> bool:
        """Whether it accepted any, or found an operation's file."""
        return bool(self.accepted) or self.pinned

    # -- grounds ---------------------------------------------------------------------------

    def accept(self, said: Said) -> None:
        """Take an accepted entry as a ground, or as what a subject began with."""
        if said.verb not in GROUNDS:
            if decides(said.verb):
                for projection, key in folding.touched(said):
                    if projection.begins is not None:
                        self.fresh.setdefault(projection.touch(key), []).append(said)
                        self.definitions += [said] if projection.begins(said) else []
            return
        self.found.clear()
        self.accepted.append(said)
        for projection, key in folding.touched(said):
            self.fresh.setdefault(projection.touch(key), []).append(said)

    def entries(self, touch: str) -> list[Said]:
        """All accepted entries of a row, those of this batch included."""
        found = list(self.tx.known(touch))
        known = {one.id for one in found}
        return sorted(found + [one for one in self.fresh.get(touch, ()) if one.id not in known])

    def roles(self, officer: str, authority: str) -> frozenset[str]:
        """Every role that the authority gave the officer, at any time: who changed role said both.

        Of an authority whose kind is known only those that there are in one of its kind: police appoint no
        caseworkers, so that their word counts nowhere as one.
        """
        kind = self.member(authority, "").kind  # of which an authority has one
        fitting = ROLES.get(kind) if kind else None
        return frozenset(
            role for role in self.given(officer, authority) if fitting is None or role in fitting
        )

    def given(self, officer: str, authority: str) -> frozenset[str]:
        made = self.remembered(
            ("officer", officer),
            lambda: [
                (one.authority, one.content.role)
                for one in self.entries(f"access.Officer:{officer}")
                if isinstance(one.content, say.OfficerAppoint)
            ],
        )
        return frozenset(role for by, role in made if by == authority)

    def withdrawn(self, officer: str, authority: str) -> datetime | None:
        """The moment at which the authority first withdrew its officer, or None."""
        return cast(
            "datetime | None",
            self.remembered(
                ("withdrawn", officer, authority),
                lambda: min(
                    (
                        self.moment(entry)
                        for entry in self.entries(f"access.Officer:{officer}")
                        if isinstance(entry.content, say.OfficerWithdraw) and entry.authority == authority
                    ),
                    default=None,
                ),
            ),
        )

    def roster(self, operation: str) -> set[str]:
        fresh = {
            said.subject
            for said in self.accepted
            if said.verb == "authority.invite" and said.operation == operation
        }
        return super().roster(operation) | fresh

    def enrolments(self, authority: str) -> list[Said]:
        found = {entry.id: entry for entry in super().enrolments(authority)}
        fresh = [entry for entry in self.accepted if isinstance(entry.content, say.DeviceEnrol)]
        return list((found | {entry.id: entry for entry in fresh if entry.subject == authority}).values())

    # -- verdicts --------------------------------------------------------------------------

    def hold(self, said: Said, head: Header, owner: str | None) -> Verdict | None:
        """Why an entry must not be folded; None when its authority, officer and device may say it."""
        self.logs[said.id] = head.device, said.compartment, head.seq, said.clock
        self.heard[said.id] = said
        verdict = self._judge(said, head, owner) or self.suspended(said)
        if verdict is not None and verdict[0] in forgeries.ALARMING:
            self.forged.append((said, verdict[1]))
        if verdict is not None:
            self.note_danger(said)
        if verdict is None and self.parking and waits_for_alarm(said) and self._suspected(said.authority):
            return "parked", "an alarm about its authority's word is open"
        return verdict

    def _suspected(self, authority: str) -> bool:
        return bool(
            self.remembered(("suspected", authority), lambda: forgeries.open_verbs(self.tx, authority))
        )

    def _judge(self, said: Said, head: Header, owner: str | None) -> Verdict | None:
        device = head.device.hex()
        if device in self.disowned(said.authority):
            if not self.recognised(said.authority, said.compartment, device, head.seq):
                return "revoked", "its device is on file by one alone that its authority revoked"
        elif said.authority != owner and said.authority not in self.holders(device):
            if owner or self.holders(device):
                return IMPERSONATED
            return "unauthorised", "it speaks for an authority whose device this is not"
        if folding.outdated(said):
            return RETIRED
        if said.clock.timestamp() > self.future:
            return "future", "its device dates it more than a month ahead of this node's clock"
        if said.at.timestamp() > self.horizon(said.operation):
            return "future", "it says that it happened more than a month ahead of every clock"
        if isinstance(said.content, say.DeviceRevoke) and said.subject == said.authority:
            # It binds its own authority's devices alone, and the file's opening may wait for it: one that a
            # revoked device opened counts again once its authority says here how far it recognises the log.
            if said.content.device == head.device.hex():
                return "unauthorised", "no device revokes itself"
            return self._device(said, head) or self._about(said) or self._ended(said)
        alike = (
            "sound", head.device, said.authority, said.officer, said.compartment, head.type_class, said.verb,
            self._revising(said),
        )  # fmt: skip
        subjective = said.verb in GROUNDS or not SUBJECTIVE.isdisjoint(matrix().entries[said.verb].about)
        if alike in self.found:
            return self._about(said) if subjective or self._elsewhere(said) else None
        self._pin(said)
        verdict = (
            self._device(said, head) or self._place(said, head) or self._about(said) or self._officer(said)
        )
        if verdict is None and said.verb not in GROUNDS and self._whenever(said, head):
            self.found[alike] = True
        return verdict

    def horizon(self, operation: str) -> float:
        """Until when something may have happened: a month ahead of this node's clock or the operation's."""

        def make() -> float:
            row = self.tx.sql.one("select reads, set_at, rate from access_clock where id = ?", (operation,))
            return max(self.future, operation_now(row).timestamp() + MONTH)

        return cast(float, self.remembered(("horizon", operation), make))

    def _whenever(self, said: Said, head: Header) -> bool:
        """Whether nothing ended for who says it: then it could be said at any time, and under any number."""
        limits, fork = self._limits(head.device, said.authority), self._fork(head, said)
        until = self.reading(said.compartment, said.authority)[1]
        return (
            not limits
            and fork is None
            and until is None
            and self.withdrawn(said.officer, said.authority) is None
        )

    def _fork(self, head: Header, said: Said) -> int | None:
        """The number from which on its log has two histories."""
        key = ("fork", head.device, said.compartment)
        return cast("int | None", self.remembered(key, lambda: self._forked(head, said)))

    def _device(self, said: Said, head: Header) -> Verdict | None:
        if self._revoked(said, head.device, head.seq):
            return "revoked", "its device was revoked: its authority does not recognise this entry"
        fork = self._fork(head, said)
        if fork is not None and head.seq >= fork:
            return "fork", "its log has two histories from here on: one of them is not its authority's"
        return None

    def _forked(self, head: Header, said: Said) -> int | None:
        row = self.tx.sql.one(
            "select proof from exchange_alarm where id = ?", (f"{head.device.hex()}:{said.compartment}",)
        )
        return int(row[0].partition(" ")[0]) if row else None

    def _place(self, said: Said, head: Header) -> Verdict | None:
        place = self.place(said.compartment)
        if isinstance(said.content, say.CompartmentOpen):
            if said.content.kind != head.type_class:
                return "unauthorised", "a file is opened as what its header says"
            return None
        if place is None:
            return "waiting", "the entry that opens its file has not arrived"
        if place.kind != head.type_class:
            return "unauthorised", "its header names another kind of file"
        named, until = self.reading(said.compartment, said.authority)
        if not named:
            return "waiting", "its authority is not known here as a reader of the file"
        if until is not None and said.clock > until:
            return "unauthorised", "its authority was removed from the readers of the file"
        return None

    def _elsewhere(self, said: Said) -> bool:
        """Whether it names another operation than its file is of."""
        place = self.place(said.compartment)
        return place is not None and place.operation not in ("", said.operation)

    def _about(self, said: Said) -> Verdict | None:
        """Whether it may be about its subject."""
        return judge_about(claim_of(said, self), self)

    def _pin(self, said: Said) -> None:
        """The inviter names us as a reader: this is the operation's file, which we joined."""
        what = said.content
        if not isinstance(what, say.CompartmentReaders) or self.operation_file(said.operation):
            return
        if said.authority == inviter_of(self.tx.sql, said.operation) and any(map(self.hosted, what.reader)):
            pin_file(self.tx.sql, said.operation, said.authority, said.compartment)
            self.found.clear()
            self.pinned = True

    def _ended(self, said: Said) -> Verdict | None:
        gone = self.withdrawn(said.officer, said.authority)
        if gone is not None and said.clock > gone:
            return "withdrawn", "its officer's access had ended"
        return None

    def _officer(self, said: Said) -> Verdict | None:
        if (ended := self._ended(said)) is not None:
            return ended
        place, law = self.place(said.compartment), matrix()
        kind = (
            place.kind
            if place
            else said.content.kind
            if isinstance(said.content, say.CompartmentOpen)
            else ""
        )
        if kind not in law.entries[said.verb].kinds:
            return "unauthorised", f"{said.verb} is not said in a file of this kind"
        if self._itself(said) or (not said.officer and self.hosted(said.authority)):
            return None  # this node itself, by a device that it had before
        revising = self._revising(said)
        may = self._may(said.officer, said.authority, said.verb, kind, revising)
        if isinstance(may, tuple):
            return may if revising != UNKNOWN else ("waiting", "what it supersedes has not arrived")
        if may == {"coordinator"} and not self._coordinates(said, place):
            return (
                "unauthorised",
                "only the authorities that coordinate or support the operation may say this",
            )
        return None

    def _revising(self, said: Said) -> str:
        """Whether it takes the place of words, and of whose, where the matrix asks that: see `is_author`."""
        superseding = any(statement.supersedes for statement in said.statements)
        if not matrix().asks_author(said.verb):
            return OTHERS if superseding else ""
        if not superseding and not why(said):
            return ""
        own = is_author(claim_of(said, self), self)
        return UNKNOWN if own is None else OWN if own else OTHERS

    def _may(
        self, officer: str, authority: str, verb: str, kind: str, revising: str
    ) -> Verdict | frozenset[str]:
        """The officer's roles in which it may say this, or why there is none."""

        def make() -> Verdict | frozenset[str]:
            roles, law = self.roles(officer, authority), matrix()
            if not roles:
                if self.given(officer, authority):
                    return "unauthorised", "an authority of its kind has nobody in its officer's role"
                return "waiting", "its officer's appointment has not arrived"
            may = frozenset(
                role
                for role in roles
                if law.may_say(role, verb, kind)
                and (not revising or law.may_supersede(role, verb, own=revising == OWN))
            )
            return may or ("unauthorised", f"no role of its officer may say {verb} here")

        key = ("may", officer, authority, verb, kind, revising)
        return cast("Verdict | frozenset[str]", self.remembered(key, make))

    def _itself(self, said: Said) -> bool:
        """What an authority says of itself: its device's signature is the proof, no officer's role."""
        what = said.content
        if isinstance(what, (say.OfficerAppoint, say.OfficerWithdraw, say.DeviceRevoke)):
            return True  # about its own alone, which `_about` has asked
        if isinstance(what, (say.DeviceEnrol, say.NodeAnnounce)):
            return said.subject == said.authority
        # Numbers of care are said by its node at a fixed hour and by no officer: these verbs, about itself.
        if isinstance(what, (counting.ProtectionBatch, counting.ProtectionLinked)):
            return not said.officer and said.subject == said.authority
        if isinstance(what, counting.ProtectionBlock):  # that it was named is asked in the fold
            return not said.officer and self.member(said.authority, said.operation)[0] == "care"
        if isinstance(what, (OperationBegin, ChangeCut)):  # of its own file, or what it has of another's
            return not said.officer
        # The first word in a file is its opening by whoever its authority lets open it.
        return isinstance(what, say.CompartmentOpen) and (
            what.kind == "operation"
            or (what.kind == "count" and self.member(said.authority, said.operation)[0] == "care")
        )

    def _coordinates(self, said: Said, place: Place | None) -> bool:
        if place is not None and place.kind != "operation":
            return True
        return place is None or self.coordinates(said.authority, said.compartment)
