"""Who may: compartments, authorities, officers, devices, legal holds, openings, searches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import Retired
from libertad.vocabulary.field_verbs import FIELD
from libertad.vocabulary.values import Refused, whole_date, zone


class CompartmentOpen(Verb, frozen=True, kw_only=True):
    """First entry of a compartment: its kind, whom it is about, and the authorities that read it."""

    VERB = "compartment.open"
    SUBJECT = "compartment"
    CODES = {"kind": "compartment-kinds"}
    kind: str
    owner: str
    about: str = ""
    reader: tuple[str, ...] = ()


class CompartmentReaders(Verb, frozen=True, kw_only=True):
    """The owner widens (or, for the future, narrows) the reader list, with a reason."""

    VERB = "compartment.readers"
    SUBJECT = "compartment"
    reader: tuple[str, ...] = ()
    reason: str


class CompartmentRemove(Verb, frozen=True, kw_only=True):
    """Authorities no longer read what is said from now on; what they have read they have read."""

    VERB = "compartment.remove"
    SUBJECT = "compartment"
    reader: tuple[str, ...]
    reason: str

    def check(self) -> None:
        if not self.reader:
            raise Refused("reader", "name whom to remove")
        if not self.reason.strip():
            raise Refused("reason", "say why; everybody who reads the file reads the reason")


class CompartmentRelay(Verb, frozen=True, kw_only=True):
    """Authorities' nodes were to carry this file, sealed, for those who read it, as its owner said."""

    VERB = "compartment.relay"
    SUBJECT = "compartment"
    RETIRED: ClassVar[Mapping[str, Retired]] = {
        "": Retired("0.2", "no screen ever named who carries a file sealed, and nothing carries it any more.")
    }
    carrier: tuple[str, ...]
    reason: str

    def check(self) -> None:
        _carriers(self.carrier, self.reason)


class CompartmentUnrelay(Verb, frozen=True, kw_only=True):
    """Authorities' nodes were no longer to carry this file."""

    VERB = "compartment.unrelay"
    SUBJECT = "compartment"
    RETIRED: ClassVar[Mapping[str, Retired]] = {
        "": Retired("0.2", "no screen ever named who carries a file sealed, and nothing carries it any more.")
    }
    carrier: tuple[str, ...]
    reason: str

    def check(self) -> None:
        _carriers(self.carrier, self.reason)


def _carriers(carrier: tuple[str, ...], reason: str) -> None:
    if not carrier:
        raise Refused("carrier", "name whose node carries the file")
    if not reason.strip():
        raise Refused("reason", "say why; everybody who reads the file reads the reason")


class AuthorityInvite(Verb, frozen=True, kw_only=True):
    """An authority joins an operation. An authority is not a country (Aruba has police of its own)."""

    VERB = "authority.invite"
    SUBJECT = "authority"
    CODES = {"kind": "authority-kinds", "country": "countries", "part": "authority-parts"}
    name: str
    kind: str
    country: str
    zone: str
    part: str = "member"
    officers: int = 0

    def check(self) -> None:
        zone(self.zone)
        if self.officers < 0:
            raise Refused("officers", "the number cannot be below 0")


class OfficerAppoint(Verb, frozen=True, kw_only=True):
    """An officer of an authority and the role that the officer has there."""

    VERB = "officer.appoint"
    SUBJECT = "officer"
    CODES = {"role": "roles"}
    name: str
    rank: str = ""
    service_number: str
    role: str


class OfficerWithdraw(Verb, frozen=True, kw_only=True):
    """Access ends: sessions, streams and device within 5 seconds at this node."""

    VERB = "officer.withdraw"
    SUBJECT = "officer"
    reason: str


class OfficerSubmit(Verb, frozen=True, kw_only=True):
    """An appointment by one person is submitted to a second one. `entry`: the appointment's hash.

    Libertad's own rule. Until `officer.confirm` names the same entry the appointment stands by one; what was
    appointed before there was this verb does not. Each later appointment of the officer needs its own.
    """

    VERB = "officer.submit"
    SUBJECT = "officer"
    entry: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")


class OfficerConfirm(Verb, frozen=True, kw_only=True):
    """A second person confirms an appointment. `entry`: the appointment's hash; `how`: how it is known to be
    right.

    Libertad's own rule. By neither whom it appoints nor who appointed.
    """

    VERB = "officer.confirm"
    SUBJECT = "officer"
    CODES = {"how": "appointment-ways"}
    entry: str
    how: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")


class OfficerSuspend(Verb, frozen=True, kw_only=True):
    """An officer's access ends at once by the word of one person, who is in doubt about the account.

    Libertad's own rule. It comes back after 24 hours unless `officer.uphold` names it.
    """

    VERB = "officer.suspend"
    SUBJECT = "officer"
    reason: str


class OfficerUphold(Verb, frozen=True, kw_only=True):
    """A second person upholds an officer's suspension. `entry`: the suspension's hash.

    Libertad's own rule. By neither whom it is about nor who suspended.
    """

    VERB = "officer.uphold"
    SUBJECT = "officer"
    entry: str
    reason: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")


class OfficerRestore(Verb, frozen=True, kw_only=True):
    """A suspended officer's access is back. `entry`: the suspension's hash; `reason`: '' where the node says
    it itself, because nobody upheld the suspension within 24 hours.

    Libertad's own rule. One that was upheld is lifted by who suspended or by who upheld it, and never lapses.
    """

    VERB = "officer.restore"
    SUBJECT = "officer"
    entry: str
    reason: str = ""

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")


class DeviceEnrol(Verb, frozen=True, kw_only=True):
    """A device key that speaks for an authority from now on; the device's id is derived from the key.

    Without a `kind` it is a node's device and speaks for the whole authority. Of the kind 'field' it is one
    officer's phone: it says the verbs that it lists, in the officer's name, in that operation, until then,
    and nothing else. Which it is first it stays.
    """

    VERB = "device.enrol"
    SUBJECT = "authority"
    CODES = {"kind": "device-kinds"}
    public: str
    note: str = ""
    kind: str = ""
    officer: str = ""
    until: datetime | None = None
    verb: tuple[str, ...] = ()

    def check(self) -> None:
        hexadecimal(self.public, 32, "public")
        if self.kind != FIELD:
            for name in ("officer", "until", "verb"):
                if getattr(self, name):
                    raise Refused(name, "only an officer's phone has this")
            return
        hexadecimal(self.officer, 16, "officer")
        if self.until is None:
            raise Refused("until", "say until when the phone may be used")
        if not self.verb:
            raise Refused("verb", "name what the phone may say")
        for name in self.verb:
            if not VERB_NAME.fullmatch(name):
                raise Refused("verb", "an entry is named as in docs/vocabulary.md, such as person.meet")


class DeviceRevoke(Verb, frozen=True, kw_only=True):
    """A device no longer speaks for its authority, which recognises its log here up to `last` (-1: nothing).

    `last` counts in the compartment that the entry stands in; each compartment has its own entry.
    """

    VERB = "device.revoke"
    SUBJECT = "authority"
    device: str
    reason: str
    last: int

    def check(self) -> None:
        hexadecimal(self.device, 16, "device")
        if not self.reason.strip():
            raise Refused("reason", "say why, such as lost or stolen")
        if not -1 <= self.last < 2**53:
            raise Refused("last", "the last number recognised is -1 for none, else 0 or above")


class NodeAnnounce(Verb, frozen=True, kw_only=True):
    """The node where an authority lives: its origin, its key, and where it answers, if it does."""

    VERB = "node.announce"
    SUBJECT = "authority"
    origin: str
    public: str
    address: str = ""

    def check(self) -> None:
        hexadecimal(self.public, 32, "public")
        if not ORIGIN.fullmatch(self.origin):
            raise Refused("origin", "a node is named libertad/ and 16 signs of 0-9 and a-f")
        if self.address and not ADDRESS.fullmatch(self.address):
            raise Refused("address", "give an address that begins with https://, or none")


PROGRAM, REASON = 80, 500  # signs
ORIGIN = re.compile(r"libertad/[0-9a-f]{16}")
# Without TLS only to this machine itself, where nothing travels.
ADDRESS = re.compile(r"https://[!-~]{1,192}|http://(?:localhost|127\.0\.0\.1):[0-9]{1,5}")
HEX = re.compile(r"(?:[0-9a-f]{2})+")
VERB_NAME = re.compile(r"[a-z]{1,32}\.[a-z_]{1,32}")


def hexadecimal(text: str, size: int, field: str) -> str:
    """`text` if it is `size` bytes in lower-case hexadecimal, else Refused naming the field."""
    if len(text) != 2 * size or not HEX.fullmatch(text):
        raise Refused(field, "give %(count)s signs of 0-9 and a-f", count=2 * size)
    return text


class FileOpen(Verb, frozen=True, kw_only=True):
    """A file was opened, recorded before the page is shown. Named by the server, never the client."""

    VERB = "file.open"
    SUBJECT = "any"
    CODES = {"page": "pages"}
    page: str


class SearchMade(Verb, frozen=True, kw_only=True):
    """Somebody searched; kept in the searcher's own authority."""

    VERB = "search.made"
    SUBJECT = "search"
    words: str
    found: int


class KeyMake(Verb, frozen=True, kw_only=True):
    """An officer gave a program a key to ask with; it asks as that officer, until that day at the latest.

    What the key opens with is in no entry.
    """

    VERB = "key.make"
    SUBJECT = "key"
    program: str
    until: str

    def check(self) -> None:
        if not self.program.strip():
            raise Refused("program", "say which program asks with it, such as 'matching desk, Port of Spain'")
        if len(self.program) > PROGRAM:
            raise Refused("program", "at most %(most)s signs", most=PROGRAM)
        whole_date(self.until, "until")


class KeyEnd(Verb, frozen=True, kw_only=True):
    """A program's key no longer opens anything, from this moment on."""

    VERB = "key.end"
    SUBJECT = "key"
    reason: str

    def check(self) -> None:
        if not self.reason.strip():
            raise Refused("reason", "say why, such as no longer used, or lost")
        if len(self.reason) > REASON:
            raise Refused("reason", "at most %(most)s signs", most=REASON)


class HoldPlace(Verb, frozen=True, kw_only=True):
    """A legal hold: nothing of this person may be erased until it is lifted.

    With `reference` it is about whoever has that reference, known to the reader or not; its subject is then
    the hold itself.
    """

    VERB = "hold.place"
    SUBJECT = "person"
    reason: str
    order: str = ""
    reference: str = ""

    def check(self) -> None:
        if not self.reason.strip():
            raise Refused("reason", "say why; the person may ask for the reason")


class HoldLift(Verb, frozen=True, kw_only=True):
    """The hold ends, with its reason."""

    VERB = "hold.lift"
    SUBJECT = "person"
    reason: str


class HoldTally(Verb, frozen=True, kw_only=True):
    """Anonymous: a legal hold on a person is in force, or lifted, for care authorities and police who keep
    files of the person and do not read the case file. It names neither reason nor order.

    Its id is made from the person's own (`access.legal_holds.tally_id`).
    """

    VERB = "hold.tally"
    SUBJECT = "counting"
    CODES = {"state": "hold-states"}
    state: str

    def check(self) -> None:
        if not self.state:
            raise Refused("state", "say whether the hold is in force or lifted")


class PersonErase(Verb, frozen=True, kw_only=True):
    """The keys of a person's compartments were destroyed. Holds no personal data itself."""

    VERB = "person.erase"
    SUBJECT = "erasure"
    reason: str
    compartments: int


class FileErase(Verb, frozen=True, kw_only=True):
    """The keys of a country's files of an operation were destroyed. Names nobody who stood in them."""

    VERB = "file.erase"
    SUBJECT = "erasure"
    CODES = {"kind": "compartment-kinds", "country": "countries"}
    kind: str
    country: str
    reason: str
    compartments: int


class OpeningsRead(Verb, frozen=True, kw_only=True):
    """A second person of an authority read what its officers opened, and says so: of a `week` (its Monday),
    or of an unusual amount (`amount` by `officer`, from the entry `first` on, `count` of them by then).

    Libertad's own rule. It lies in the authority's own file, which no other authority reads.
    """

    VERB = "openings.read"
    SUBJECT = "reading"
    CODES = {"amount": "amounts"}
    words: str
    week: str = ""
    officer: str = ""
    amount: str = ""
    first: str = ""
    count: int = 0

    def check(self) -> None:
        if not self.words.strip():
            raise Refused("words", "say with a word what you made of it")
        if len(self.words) > REASON:
            raise Refused("words", "at most %(most)s signs", most=REASON)
        if bool(self.week) == bool(self.amount):
            raise Refused("week", "say which week was read, or which amount")
        if self.week:
            whole_date(self.week, "week")
        if self.amount:
            hexadecimal(self.first, 32, "first")
            hexadecimal(self.officer, 16, "officer")
