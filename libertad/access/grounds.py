"""What a verdict rests on: files, their readers, members, officers and devices, as accepted entries tell.

`Grounds` answers from one transaction. At home `Act` asks it; in judging
`exchange.authorization.entry_authorization.Judge` extends it by what a batch has accepted so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from libertad.access.changes import Signed, signatures
from libertad.access.file_ids import opening_of
from libertad.access.operation_files import pinned_file
from libertad.journal.causal import acted, as_said, crossing
from libertad.journal.folding import Said
from libertad.journal.guarded import owner_of
from libertad.journal.header import device_id
from libertad.journal.subjects import proves
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say

BY_COUNTRY = frozenset({"police", "case"})  # kinds of files that are about 'operation:country'
COORDINATING = frozenset({"coordination", "support"})
K = TypeVar("K")


class Place(NamedTuple):
    """What a file is: its kind, the authority that owns it, what it is about, and of which operation it is
    ('' for an authority's own, opened before it was in any)."""

    kind: str
    owner: str
    about: str = ""
    operation: str = ""


class Member(NamedTuple):
    """An authority as the operation invited it; empty where it did not."""

    kind: str = ""
    country: str = ""
    part: str = ""
    inviter: str = ""


class Grounds:
    """Answers from the accepted entries of one transaction, each question once."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.found: dict[Any, Any] = {}

    def entries(self, touch: str) -> list[Said]:
        """All accepted entries of a row of a read model, in canonical order."""
        return sorted(self.tx.entries_touching(touch))

    def touched(self, key: str, labels: Sequence[str]) -> list[str]:
        """Of the models' rows of this key those of which there are entries: one question for all models."""
        return self.tx.touched(key, labels)

    def remembered(self, key: K, make: Callable[[], Any]) -> Any:
        if key not in self.found:
            self.found[key] = make()
        return self.found[key]

    # -- files -----------------------------------------------------------------------------

    def place(self, compartment: str) -> Place | None:
        """What a file is by its accepted opening; None where that has not arrived."""

        def make() -> Place | None:
            openings = self.entries(f"access.Compartment:{compartment}")
            if not openings:
                return None
            opening = opening_of(openings)
            content = cast(say.CompartmentOpen, opening.content)
            return Place(content.kind, content.owner, content.about, operation_of(content, opening.operation))

        return cast("Place | None", self.remembered(("place", compartment), make))

    def reading(self, compartment: str, authority: str) -> tuple[bool, datetime | None]:
        """Whether an authority was ever named as a file's reader; and, if it was removed, its end as one."""

        def make() -> tuple[bool, datetime | None]:
            row = self.entries(f"access.Reader:{compartment}:{authority}")
            named = any(not isinstance(entry.content, say.CompartmentRemove) for entry in row)
            # The last words as the readers are folded: where words cross, a removal holds.
            last = [entry for entry in crossing(row, row) if isinstance(entry.content, say.CompartmentRemove)]
            return named, max(self.moment(last[-1]), last[-1].at) if last else None

        return cast(
            "tuple[bool, datetime | None]", self.remembered(("reading", compartment, authority), make)
        )

    def moment(self, entry: Said) -> datetime:
        """When an entry that ends something was said; a judge does not rely on its clock alone."""
        return entry.clock

    def namers(self, compartment: str, authority: str) -> set[str]:
        """Who named an authority as a reader of a file."""
        return {
            entry.authority
            for entry in self.entries(f"access.Reader:{compartment}:{authority}")
            if not isinstance(entry.content, say.CompartmentRemove)
        }

    def operation_file(self, operation: str) -> str:
        """The one file of an operation in which its members are believed; '' where none is pinned yet."""
        return cast(
            str, self.remembered(("pin", operation), lambda: pinned_file(self.tx.sql, operation) or "")
        )

    def find_entry(self, entry: str) -> Said | None:
        """An entry by its hash (hex), if it is here and open, accepted or not."""
        row = self.tx.sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(entry),))
        return self.tx.entry(row[0]) if row is not None else None

    def position(self, entry: str) -> tuple[str, int] | None:
        """Device (hex) and number of an entry (hash, hex) in its device's log; None where it is not here."""
        row = self.tx.sql.first(
            "select device, seq from journal_entry where hash = ?", (bytes.fromhex(entry),)
        )
        return (bytes(row[0]).hex(), int(row[1])) if row is not None else None

    def signed(self, change: str) -> list[Signed]:
        """The signatures of a proposed change, each with whether it was refused in time."""
        return signatures(self.entries(f"access.OperationChange:{change}"), self.moment)

    # -- members ---------------------------------------------------------------------------

    def roster(self, operation: str) -> set[str]:
        """The authorities that an operation invited, also such as were removed."""
        rows = self.tx.sql.all("select authority from access_member where operation = ?", (operation,))
        return {str(row[0]) for row in rows}

    def invitations(self, authority: str, operation: str) -> list[Said]:
        """What an operation's own file says of an authority, as the roster is folded; the word of the file's
        owner last. Without an operation (in an authority's own file) what all of them say, of the owners'
        words those of whom its id proves last."""
        entries = [
            entry
            for entry in self.entries(f"access.Authority:{authority}")
            if entry.operation
            and (not operation or entry.operation == operation)
            and entry.compartment == self.operation_file(entry.operation)
        ]
        makers = {entry.authority for entry in entries if proves(entry)} if not operation else set()
        return sorted(
            as_said(entries, acted),
            key=lambda entry: (self.owns(entry.authority, entry.compartment), entry.authority in makers),
        )

    def owns(self, authority: str, compartment: str) -> bool:
        """Whether an authority owns a file."""
        place = self.place(compartment)
        return place is not None and place.owner == authority

    def member(self, authority: str, operation: str) -> Member:
        """An authority as it was invited into an operation: in another one it may be another country's or
        coordinate, which counts for nothing in this."""

        def make() -> Member:
            invitations = self.invitations(authority, operation)
            if not invitations:
                return Member()
            content = cast(say.AuthorityInvite, invitations[-1].content)
            return Member(content.kind, content.country, content.part, invitations[-1].authority)

        return cast(Member, self.remembered(("member", authority, operation), make))

    def invited(self, authority: str, operation: str) -> bool:
        """Whether an operation's own file says that an authority is, or was, in it."""
        return bool(self.invitations(authority, operation))

    def hosted(self, authority: str) -> bool:
        """Whether an authority lives at this node."""
        return authority in self.tx.node.rings.authorities()

    def coordinates(self, authority: str, compartment: str) -> bool:
        """Whether an authority owns this operation's file, or coordinates or supports by it."""
        place = self.place(compartment)
        if place is None or place.kind != "operation" or self.operation_file(place.about) != compartment:
            return False
        return authority == place.owner or self.member(authority, place.about).part in COORDINATING

    # -- officers and devices --------------------------------------------------------------

    def appointers(self, officer: str, *, proven: bool = False) -> set[str]:
        """The authorities whose appointment of an officer is accepted; or `proven` by the officer's id."""
        return {
            entry.authority
            for entry in self.entries(f"access.Officer:{officer}")
            if isinstance(entry.content, say.OfficerAppoint) and (proves(entry) or not proven)
        }

    def claims(self, device: str) -> list[Said]:
        """Accepted enrolments of a device (hex)."""
        return [
            entry
            for entry in self.entries(f"access.Device:{device}")
            if isinstance(entry.content, say.DeviceEnrol)
        ]

    def holders(self, device: str) -> set[str]:
        """The authorities for which a device speaks: enrolled, or put on file here (founding, joining)."""
        owner = owner_of(self.tx.sql, bytes.fromhex(device))
        filed = {owner} if owner else set()
        return {entry.subject for entry in self.claims(device)} | filed

    def descendants(self, authority: str, device: str) -> set[str]:
        """Devices that a device of an authority put on file, as far as that is asked here: by none."""
        return set()

    def enrolments(self, authority: str) -> list[Said]:
        """Accepted enrolments of devices for an authority."""
        rows = self.tx.sql.all("select id from access_device where authority = ?", (authority,))
        by_id = {entry.id: entry for row in rows for entry in self.claims(row[0])}
        return [entry for entry in by_id.values() if entry.subject == authority]

    def announcements(self, authority: str) -> list[Said]:
        """Accepted announcements of an authority's node."""
        return self.entries(f"access.Node:{authority}")


def operation_of(content: say.CompartmentOpen, opening_operation: str) -> str:
    """The operation that a file is of: which it is about, where its kind tells; else as its opening says."""
    if content.kind == "operation":
        return content.about
    return content.about.partition(":")[0] if content.kind in BY_COUNTRY else opening_operation


def key_id(public: str) -> str:
    """A device's id (hex) from its public key (hex)."""
    return device_id(bytes.fromhex(public)).hex()
