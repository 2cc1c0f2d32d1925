"""Who may: compartments, authorities, officers, devices, legal holds, openings, searches."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused, zone


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


class HoldPlace(Verb, frozen=True, kw_only=True):
    """A legal hold: nothing of this person may be erased until it is lifted."""

    VERB = "hold.place"
    SUBJECT = "person"
    reason: str
    order: str = ""

    def check(self) -> None:
        if not self.reason.strip():
            raise Refused("reason", "say why; the person may ask for the reason")


class HoldLift(Verb, frozen=True, kw_only=True):
    """The hold ends, with its reason."""

    VERB = "hold.lift"
    SUBJECT = "person"
    reason: str


class PersonErase(Verb, frozen=True, kw_only=True):
    """The keys of a person's compartments were destroyed. Holds no personal data itself."""

    VERB = "person.erase"
    SUBJECT = "erasure"
    reason: str
    compartments: int
