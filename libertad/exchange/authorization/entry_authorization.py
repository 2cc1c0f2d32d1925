"""Judging what other authorities say: kept and passed on always, folded only where they may say it.

A verdict is a function of the set of entries, never of their order: when a ground arrives later (an
appointment, a withdrawal, a revoked device), what is here is judged again. No entry is refused because
of a clock; one that its own device dates a month ahead of ours waits until then.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from libertad.access.about import asks_subject, decides, judge_about
from libertad.access.actions.appoint_officer import roles_of
from libertad.access.claims import claim_of
from libertad.access.clock import operation_now
from libertad.access.grounds import Place
from libertad.access.matrix import matrix
from libertad.access.operation_files import inviter_of, pin_file
from libertad.access.subjects import is_author
from libertad.exchange.authorization import forgeries, impersonations
from libertad.exchange.authorization.parked_words import waits_for_alarm
from libertad.exchange.authorization.phone_words import Phones
from libertad.journal import folding
from libertad.journal.corrections import why
from libertad.journal.folding import Said
from libertad.journal.header import Header
from libertad.journal.misfits import misfit
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
        "officer.submit",  # on no verdict do these bear; whom they are about is asked of each
        "officer.confirm",
        "officer.suspend",
        "officer.uphold",
        "officer.restore",
        "glass.break",  # so of these two: a review waits for what it names
        "glass.review",
        "share.propose",  # and these three
        "share.approve",
        "share.refuse",
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
    impersonations.KIND,
    "it speaks in an authority's name, and another authority's device signed it",
)


class Judge(Phones):
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

    def accept(self, entry: Said) -> None:
        """Take an accepted entry as a ground, or as what a subject began with."""
        if entry.verb not in GROUNDS:
            if decides(entry.verb):
                for projection, key in folding.touched(entry):
                    if projection.begins is not None:
                        self.fresh.setdefault(projection.touch(key), []).append(entry)
                        self.definitions += [entry] if projection.begins(entry) else []
            return
        self.found.clear()
        self.accepted.append(entry)
        for projection, key in folding.touched(entry):
            self.fresh.setdefault(projection.touch(key), []).append(entry)

    def entries(self, touch: str) -> list[Said]:
        """All accepted entries of a row, those of this batch included."""
        entries = list(self.tx.entries_touching(touch))
        known = {entry.id for entry in entries}
        return sorted(entries + [entry for entry in self.fresh.get(touch, ()) if entry.id not in known])

    def touched(self, key: str, labels: Sequence[str]) -> list[str]:
        stored = super().touched(key, labels)
        fresh = (touch for label in labels if (touch := f"{label}:{key}") in self.fresh) if self.fresh else ()
        return stored + [touch for touch in fresh if touch not in stored]

    def roles(self, officer: str, authority: str) -> frozenset[str]:
        """Every role that the authority gave the officer, at any time: who changed role said both.

        Of an authority whose kind is known only those that there are in one of its kind: police appoint no
        caseworkers, so that their word counts nowhere as one.
        """
        kind = self.member(authority, "").kind  # of which an authority has one
        fitting = roles_of(kind) if kind else None
        return frozenset(
            role for role in self.appointed_roles(officer, authority) if fitting is None or role in fitting
        )

    def appointed_roles(self, officer: str, authority: str) -> frozenset[str]:
        appointments = self.remembered(
            ("officer", officer),
            lambda: [
                (entry.authority, entry.content.role)
                for entry in self.entries(f"access.Officer:{officer}")
                if isinstance(entry.content, say.OfficerAppoint)
            ],
        )
        return frozenset(role for by, role in appointments if by == authority)

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
            entry.subject
            for entry in self.accepted
            if entry.verb == "authority.invite" and entry.operation == operation
        }
        return super().roster(operation) | fresh

    def enrolments(self, authority: str) -> list[Said]:
        stored = {entry.id: entry for entry in super().enrolments(authority)}
        fresh = [entry for entry in self.accepted if isinstance(entry.content, say.DeviceEnrol)]
        return list((stored | {entry.id: entry for entry in fresh if entry.subject == authority}).values())

    # -- verdicts --------------------------------------------------------------------------

    def hold(self, entry: Said, head: Header, owner: str | None) -> Verdict | None:
        """Why an entry must not be folded; None when its authority, officer and device may say it."""
        self.logs[entry.id] = head.device, entry.compartment, head.seq, entry.clock
        self.heard[entry.id] = entry
        verdict = self._judge(entry, head, owner) or self.suspended(entry) or self._unfit(entry)
        if verdict is not None and verdict[0] in forgeries.ALARMING:
            self.forged.append((entry, verdict[1]))
        if verdict is not None:
            self.note_danger(entry)
        if verdict is None and self.parking and waits_for_alarm(entry) and self._suspected(entry.authority):
            return "parked", "an alarm about its authority's word is open"
        return verdict

    @staticmethod
    def _unfit(entry: Said) -> Verdict | None:
        why = misfit(entry)
        return ("unreadable", why) if why else None

    def _suspected(self, authority: str) -> bool:
        return bool(
            self.remembered(("suspected", authority), lambda: forgeries.open_verbs(self.tx, authority))
        )

    def _judge(self, entry: Said, head: Header, owner: str | None) -> Verdict | None:
        device = head.device.hex()
        if device in self.disowned(entry.authority):
            if not self.recognised(entry.authority, entry.compartment, device, head.seq):
                return "revoked", "its device is on file by one alone that its authority revoked"
        elif entry.authority != owner and entry.authority not in self.holders(device):
            if owner or self.holders(device):
                return IMPERSONATED
            return "unauthorised", "it speaks for an authority whose device this is not"
        if (verdict := self.beyond_its_phone(entry, device)) is not None:
            return verdict
        if folding.outdated(entry):
            return RETIRED
        if entry.clock.timestamp() > self.future:
            return "future", "its device dates it more than a month ahead of this node's clock"
        if entry.at.timestamp() > self.horizon(entry.operation):
            return "future", "it says that it happened more than a month ahead of every clock"
        if isinstance(entry.content, say.DeviceRevoke) and entry.subject == entry.authority:
            # It binds its own authority's devices alone, and the file's opening may wait for it: one that a
            # revoked device opened counts again once its authority says here how far it recognises the log.
            if entry.content.device == head.device.hex():
                return "unauthorised", "no device revokes itself"
            return self._device(entry, head) or self._about(entry) or self._ended(entry)
        key = (
            "sound",
            head.device,
            entry.authority,
            entry.officer,
            entry.compartment,
            head.type_class,
            entry.verb,
            self._revising(entry),
        )
        subjective = entry.verb in GROUNDS or asks_subject(entry.verb)
        if key in self.found:
            return self._about(entry) if subjective or self._elsewhere(entry) else None
        self._pin(entry)
        verdict = (
            self._device(entry, head)
            or self._place(entry, head)
            or self._about(entry)
            or self._officer(entry)
        )
        if verdict is None and entry.verb not in GROUNDS and self._whenever(entry, head):
            self.found[key] = True
        return verdict

    def horizon(self, operation: str) -> float:
        """Until when something may have happened: a month ahead of this node's clock or the operation's."""

        def make() -> float:
            row = self.tx.sql.first("select reads, set_at, rate from access_clock where id = ?", (operation,))
            return max(self.future, operation_now(row).timestamp() + MONTH)

        return cast(float, self.remembered(("horizon", operation), make))

    def _whenever(self, entry: Said, head: Header) -> bool:
        """Whether nothing ended for who says it: then it could be said at any time, and under any number."""
        limits, fork = self._limits(head.device, entry.authority), self._fork(head, entry)
        until = self.reading(entry.compartment, entry.authority)[1]
        return (
            not limits
            and fork is None
            and until is None
            and self.withdrawn(entry.officer, entry.authority) is None
        )

    def _fork(self, head: Header, entry: Said) -> int | None:
        """The number from which on its log has two histories."""
        key = ("fork", head.device, entry.compartment)
        return cast("int | None", self.remembered(key, lambda: self._forked(head, entry)))

    def _device(self, entry: Said, head: Header) -> Verdict | None:
        if self._revoked(entry, head.device, head.seq):
            return "revoked", "its device was revoked: its authority does not recognise this entry"
        fork = self._fork(head, entry)
        if fork is not None and head.seq >= fork:
            return "fork", "its log has two histories from here on: one of them is not its authority's"
        return None

    def _forked(self, head: Header, entry: Said) -> int | None:
        row = self.tx.sql.first(
            "select proof from exchange_alarm where id = ?", (f"{head.device.hex()}:{entry.compartment}",)
        )
        return int(row[0].partition(" ")[0]) if row else None

    def _place(self, entry: Said, head: Header) -> Verdict | None:
        place = self.place(entry.compartment)
        if isinstance(entry.content, say.CompartmentOpen):
            if entry.content.kind != head.type_class:
                return "unauthorised", "a file is opened as what its header says"
            return None
        if place is None:
            return "waiting", "the entry that opens its file has not arrived"
        if place.kind != head.type_class:
            return "unauthorised", "its header names another kind of file"
        named, until = self.reading(entry.compartment, entry.authority)
        if not named:
            return "waiting", "its authority is not known here as a reader of the file"
        if until is not None and entry.clock > until:
            return "unauthorised", "its authority was removed from the readers of the file"
        return None

    def _elsewhere(self, entry: Said) -> bool:
        """Whether it names another operation than its file is of."""
        place = self.place(entry.compartment)
        return place is not None and place.operation not in ("", entry.operation)

    def _about(self, entry: Said) -> Verdict | None:
        """Whether it may be about its subject."""
        return judge_about(claim_of(entry, self), self)

    def _pin(self, entry: Said) -> None:
        """The inviter names us as a reader: this is the operation's file, which we joined."""
        content = entry.content
        if not isinstance(content, say.CompartmentReaders) or self.operation_file(entry.operation):
            return
        if entry.authority == inviter_of(self.tx.sql, entry.operation) and any(
            map(self.hosted, content.reader)
        ):
            pin_file(self.tx.sql, entry.operation, entry.authority, entry.compartment)
            self.found.clear()
            self.pinned = True

    def _ended(self, entry: Said) -> Verdict | None:
        withdrawn_at = self.withdrawn(entry.officer, entry.authority)
        if withdrawn_at is not None and entry.clock > withdrawn_at:
            return "withdrawn", "its officer's access had ended"
        return None

    def _officer(self, entry: Said) -> Verdict | None:
        if (ended := self._ended(entry)) is not None:
            return ended
        place, law = self.place(entry.compartment), matrix()
        kind = (
            place.kind
            if place
            else entry.content.kind
            if isinstance(entry.content, say.CompartmentOpen)
            else ""
        )
        right = law.entries[entry.verb]
        if kind not in right.kinds | right.before:
            return "unauthorised", f"{entry.verb} is not said in a file of this kind"
        if self._itself(entry) or (not entry.officer and self.hosted(entry.authority)):
            return None  # this node itself, by a device that it had before
        revising = self._revising(entry)
        may = self._permitted_roles(entry.officer, entry.authority, entry.verb, kind, revising)
        if isinstance(may, tuple):
            return may if revising != UNKNOWN else ("waiting", "what it supersedes has not arrived")
        if may == {"coordinator"} and not self._coordinates(entry, place):
            return (
                "unauthorised",
                "only the authorities that coordinate or support the operation may say this",
            )
        return None

    def _revising(self, entry: Said) -> str:
        """Whether it takes the place of words, and of whose, where the matrix asks that: see `is_author`."""
        superseding = any(statement.supersedes for statement in entry.statements)
        if not matrix().asks_author(entry.verb):
            return OTHERS if superseding else ""
        if not superseding and not why(entry):
            return ""
        own = is_author(claim_of(entry, self), self)
        return UNKNOWN if own is None else OWN if own else OTHERS

    def _permitted_roles(
        self, officer: str, authority: str, verb: str, kind: str, revising: str
    ) -> Verdict | frozenset[str]:
        """The officer's roles in which it may say this, or why there is none."""

        def make() -> Verdict | frozenset[str]:
            roles, law = self.roles(officer, authority), matrix()
            if not roles:
                if self.appointed_roles(officer, authority):
                    return "unauthorised", "an authority of its kind has nobody in its officer's role"
                return "waiting", "its officer's appointment has not arrived"
            may = frozenset(
                role
                for role in roles
                if law.could_say(role, verb, kind)
                and (not revising or law.may_supersede(role, verb, own=revising == OWN))
            )
            return may or ("unauthorised", f"no role of its officer may say {verb} here")

        key = ("may", officer, authority, verb, kind, revising)
        return cast("Verdict | frozenset[str]", self.remembered(key, make))

    def _itself(self, entry: Said) -> bool:
        """What an authority says of itself: its device's signature is the proof, no officer's role."""
        content = entry.content
        own = (
            say.OfficerAppoint,
            say.OfficerSubmit,
            say.OfficerSuspend,
            say.OfficerWithdraw,
            say.DeviceRevoke,
        )
        if isinstance(content, own):
            return True  # about its own alone, which `_about` has asked
        if isinstance(content, (say.OfficerUphold, say.OfficerRestore)):
            return entry.authority in self.appointers(entry.subject)
        if isinstance(content, (say.DeviceEnrol, say.NodeAnnounce)):
            return entry.subject == entry.authority
        # Numbers of care are said by its node at a fixed hour and by no officer: these verbs, about itself.
        if isinstance(content, (counting.ProtectionBatch, counting.ProtectionLinked, counting.LateBatch)):
            return not entry.officer and entry.subject == entry.authority
        if isinstance(
            content, (counting.ProtectionBlock, counting.LateSum)
        ):  # that it was named is asked in the fold
            return not entry.officer and self.member(entry.authority, entry.operation)[0] == "care"
        if isinstance(content, (OperationBegin, ChangeCut)):  # of its own file, or what it has of another's
            return not entry.officer
        # The first word in a file is its opening by whoever its authority lets open it.
        return isinstance(content, say.CompartmentOpen) and (
            content.kind == "operation"
            or (
                content.kind in ("count", "late")
                and self.member(entry.authority, entry.operation)[0] == "care"
            )
        )

    def _coordinates(self, entry: Said, place: Place | None) -> bool:
        if place is not None and place.kind != "operation":
            return True
        return place is None or self.coordinates(entry.authority, entry.compartment)
