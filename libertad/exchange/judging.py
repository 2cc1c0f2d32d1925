"""Judging what other authorities say: kept and passed on always, folded only where they may say it.

A verdict is a function of the set of entries, never of their order: when a ground arrives later (an
appointment, a withdrawal, a revoked device), what is here is judged again. No entry is refused because
of a clock; one that its own device dates a month ahead of ours waits until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from libertad.access.actions.appoint_officer import ROLES
from libertad.access.matrix import matrix
from libertad.journal import folding
from libertad.journal.folding import Said
from libertad.journal.header import Header
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say

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
    }
)
RELAYING = frozenset({"compartment.relay", "compartment.unrelay"})
COORDINATING = frozenset({"coordination", "support"})
MONTH = 30 * 24 * 3600
Verdict = tuple[str, str]
# Of an older program: nobody's fault, so it never raises an alarm, and nothing is made of it.
RETIRED: Verdict = ("retired", "said in a way that is retired: kept and passed on, counted in nothing")
K = TypeVar("K")


class Place(NamedTuple):
    """What a compartment is."""

    kind: str
    owner: str


class Judge:
    """Judges entries within one transaction; what it accepts is a ground for what follows."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.fresh: dict[str, list[Said]] = {}
        self.accepted: list[Said] = []
        self.found: dict[Any, Any] = {}
        self.future = time.time() + MONTH

    @property
    def grounds(self) -> bool:
        """Whether it accepted any."""
        return bool(self.accepted)

    # -- grounds ---------------------------------------------------------------------------

    def accept(self, said: Said) -> None:
        """Take an accepted entry as a ground."""
        if said.verb not in GROUNDS:
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

    def remembered(self, key: K, make: Callable[[], Any]) -> Any:
        if key not in self.found:
            self.found[key] = make()
        return self.found[key]

    def place(self, compartment: str) -> Place | None:
        def make() -> Place | None:
            for one in self.entries(f"access.Compartment:{compartment}"):
                what = cast(say.CompartmentOpen, one.content)
                return Place(what.kind, what.owner)
            return None

        return cast("Place | None", self.remembered(("place", compartment), make))

    def roles(self, officer: str, authority: str) -> frozenset[str]:
        """Every role that the authority gave the officer, at any time: who changed role said both.

        Of an authority whose kind is known only those that there are in one of its kind: police appoint no
        caseworkers, so that their word counts nowhere as one.
        """
        kind = self.member(authority)[0]
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

    def withdrawn(self, officer: str) -> Any:
        """The device's clock at the first withdrawal of the officer, or None."""
        return self.remembered(
            ("withdrawn", officer),
            lambda: min(
                (
                    one.clock
                    for one in self.entries(f"access.Officer:{officer}")
                    if isinstance(one.content, say.OfficerWithdraw)
                ),
                default=None,
            ),
        )

    def member(self, authority: str) -> tuple[str, str]:
        """(kind, part in the operation) of an authority, as it was invited; empty where it is not known."""

        def make() -> tuple[str, str]:
            found = [o for o in self.entries(f"access.Authority:{authority}") if o.operation]
            what = cast(say.AuthorityInvite, found[-1].content) if found else None
            return (what.kind, what.part) if what else ("", "")

        return cast("tuple[str, str]", self.remembered(("member", authority), make))

    def reading(self, compartment: str, authority: str) -> tuple[bool, datetime | None]:
        """Whether an authority was ever named as a file's reader; and, if it was removed, its end as one."""

        def make() -> tuple[bool, datetime | None]:
            row = self.entries(f"access.Reader:{compartment}:{authority}")
            named = any(not isinstance(one.content, say.CompartmentRemove) for one in row)
            last = row[-1] if row else None  # by the same order in which the readers are folded
            gone = last is not None and isinstance(last.content, say.CompartmentRemove)
            return named, max(last.clock, last.at) if last is not None and gone else None

        return cast(
            "tuple[bool, datetime | None]", self.remembered(("reading", compartment, authority), make)
        )

    # -- verdicts --------------------------------------------------------------------------

    def hold(self, said: Said, head: Header, owner: str | None) -> Verdict | None:
        """Why an entry must not be folded; None when its authority, officer and device may say it."""
        if said.authority != owner:
            return "unauthorised", "it speaks for an authority whose device this is not"
        if folding.outdated(said):
            return RETIRED
        if said.clock.timestamp() > self.future:
            return "future", "its device dates it more than a month ahead of this node's clock"
        if isinstance(said.content, say.DeviceRevoke) and said.subject == said.authority:
            # It binds its own authority's devices alone, and the file's opening may wait for it: one that a
            # revoked device opened counts again once its authority says here how far it recognises the log.
            return self._device(said, head) or self._ended(said)
        alike = (
            "sound", head.device, said.authority, said.officer, said.compartment, head.type_class, said.verb,
            any(statement.supersedes for statement in said.statements),
        )  # fmt: skip
        if alike in self.found:
            return None
        verdict = self._device(said, head) or self._place(said, head) or self._officer(said)
        if verdict is None and said.verb not in GROUNDS and self._whenever(said, head):
            self.found[alike] = True
        return verdict

    def _whenever(self, said: Said, head: Header) -> bool:
        """Whether nothing ended for who says it: then it could be said at any time, and under any number."""
        limits, fork = self._limits(head.device, said.authority), self._fork(head, said)
        until = self.reading(said.compartment, said.authority)[1]
        return not limits and fork is None and until is None and self.withdrawn(said.officer) is None

    def _limits(self, device: bytes, authority: str) -> dict[str, int]:
        """Up to which number a revoked device's authority recognises its logs, by compartment."""

        def make() -> dict[str, int]:
            found: dict[str, int] = {}
            for one in self.entries(f"access.Device:{device.hex()}"):
                if isinstance(one.content, say.DeviceRevoke) and one.authority == authority:
                    last = one.content.last
                    found[one.compartment] = min(last, found.get(one.compartment, last))
            return found

        return cast("dict[str, int]", self.remembered(("device", device, authority), make))

    def _fork(self, head: Header, said: Said) -> int | None:
        """The number from which on its log has two histories."""
        key = ("fork", head.device, said.compartment)
        return cast("int | None", self.remembered(key, lambda: self._forked(head, said)))

    def _device(self, said: Said, head: Header) -> Verdict | None:
        limits = self._limits(head.device, said.authority)
        # What withdraws a device may come from that device: it was sound up to this entry.
        if limits and head.seq > limits.get(said.compartment, -1) and said.verb != "device.revoke":
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
            if said.content.owner != said.authority or said.content.kind != head.type_class:
                return "unauthorised", "a file is opened by its owner, as what it is"
            if place is not None and place.owner != said.authority:
                return "unauthorised", "the file is another authority's"
            return None
        if place is None:
            return "waiting", "the entry that opens its file has not arrived"
        if place.kind != head.type_class:
            return "unauthorised", "its header names another kind of file"
        if said.verb in RELAYING and place.owner != said.authority:
            return "unauthorised", "only the file's owner names who carries it"
        named, until = self.reading(said.compartment, said.authority)
        if not named:
            return "waiting", "its authority is not known here as a reader of the file"
        if until is not None and said.clock > until:
            return "unauthorised", "its authority was removed from the readers of the file"
        return None

    def _ended(self, said: Said) -> Verdict | None:
        gone = self.withdrawn(said.officer)
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
        if self._itself(said):
            return None
        superseding = any(statement.supersedes for statement in said.statements)
        may = self._may(said.officer, said.authority, said.verb, kind, superseding)
        if isinstance(may, tuple):
            return may
        if may == {"coordinator"} and not self._coordinates(said, place):
            return (
                "unauthorised",
                "only the authorities that coordinate or support the operation may say this",
            )
        return None

    def _may(
        self, officer: str, authority: str, verb: str, kind: str, superseding: bool
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
                if law.may_say(role, verb, kind) and not (superseding and not law.may_supersede(role, verb))
            )
            return may or ("unauthorised", f"no role of its officer may say {verb} here")

        key = ("may", officer, authority, verb, kind, superseding)
        return cast("Verdict | frozenset[str]", self.remembered(key, make))

    def _itself(self, said: Said) -> bool:
        """What an authority says of itself: its device's signature is the proof, no officer's role."""
        what = said.content
        if isinstance(what, say.OfficerAppoint):
            # Who coordinates is bound by `_coordinates` at what is said, not at the appointment.
            others = self.entries(f"access.Officer:{said.subject}")
            return all(one.authority == said.authority for one in others)
        if isinstance(what, say.OfficerWithdraw):
            return bool(self.roles(said.subject, said.authority))
        if isinstance(what, (say.DeviceEnrol, say.NodeAnnounce, say.DeviceRevoke)):
            return said.subject == said.authority
        # The first word in a file is its opening by whoever its authority lets open it.
        return isinstance(what, say.CompartmentOpen) and what.kind == "operation"

    def _coordinates(self, said: Said, place: Place | None) -> bool:
        if place is not None and place.kind != "operation":
            return True
        owner = place.owner if place else said.authority
        return said.authority == owner or self.member(said.authority)[1] in COORDINATING
