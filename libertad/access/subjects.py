"""Whose a subject is, and who may speak of it: the rules own, responsible, counterpart, both and reader.

`judge_subject` answers one rule of the matrix's column `about` for one entry, at home before it is said and
elsewhere when it arrives. It reads only what entries say, so that every node comes to the same answer; what
the act itself has just begun is nowhere looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol, cast

from libertad.journal import folding
from libertad.journal.corrections import why
from libertad.journal.folding import Projection, Said
from libertad.journal.subjects import Begins, definition, gives, proves
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.access import HoldPlace
from libertad.vocabulary.verbs.evidence import CustodyAccept

Verdict = tuple[str, str]
WAITING = ("waiting", "the entry that begins what it is about has not arrived")
UNRELEASED = ("waiting", "the entry that let it go has not arrived")
OTHERS = "what it is about was begun by another authority"
ELSEWHERE = "what it is about stands in another file"
UNNAMED = "nothing said of it names its authority"
# Fields by which an entry names the authority that its subject waits for: it is offered to, or asked.
NAMES = ("to_authority", "to")
RULES = frozenset({"own", "responsible", "counterpart", "both", "reader"})


class Member(Protocol):
    """What an authority was invited as; empty where that is not known."""

    @property
    def kind(self) -> str: ...
    @property
    def country(self) -> str: ...


class Place(Protocol):
    """What a file is."""

    @property
    def about(self) -> str: ...


class Claim(Protocol):
    """One entry, said already or about to be; `entry` is its hash, '' at home before it is said."""

    @property
    def verb(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def authority(self) -> str: ...
    @property
    def officer(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def compartment(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def content(self) -> Verb: ...
    @property
    def entry(self) -> str: ...
    @property
    def nonce(self) -> str: ...
    @property
    def supersedes(self) -> frozenset[str]: ...


class Grounds(Protocol):
    """What is known: a transaction at home, a judge when entries arrive."""

    tx: Transaction

    def entries(self, touch: str) -> Sequence[Said]: ...
    def find_entry(self, entry: str) -> Said | None: ...
    def place(self, compartment: str) -> Place | None: ...
    def member(self, authority: str, operation: str) -> Member: ...


class Begun(NamedTuple):
    """Who began a subject, in which file and of which country (if it says one); whether its id proves it."""

    authority: str
    compartment: str
    country: str
    proven: bool


def judge_subject(rule: str, claim: Claim, grounds: Grounds) -> Verdict | None:
    """None where the rule lets the entry be about its subject; else (reason, detail).

    'about': it may not, which is an alarm. 'waiting': what would decide it has not arrived. A second
    definition of an id of before is no alarm: nothing proves either, and folds choose one.
    """
    match rule:
        case "own":
            return _own(claim, grounds)
        case "responsible":
            return _responsible(claim, grounds)
        case "counterpart":
            return _counterpart(claim, grounds)
        case "both":
            return _both(claim, grounds)
        case "reader":
            return _reader(claim, grounds)
    raise ValueError(f"{rule} is no rule about a subject")


def is_author(claim: Claim, grounds: Grounds) -> bool | None:
    """Whether its officer began the subject and said all that it supersedes; None where that is not here.

    What it supersedes is named by hash, so that nobody becomes an author of another's words by what is said
    later of the subject.
    """

    def own(entry: Said) -> bool:
        author = (entry.officer, entry.authority, entry.compartment)
        return author == (claim.officer, claim.authority, claim.compartment)

    old = [grounds.find_entry(entry) for entry in claim.supersedes]
    if None in old:
        return None
    begun = any(
        own(entry) and cast(Begins, projection.begins)(entry) and not why(entry)
        for projection in _rows(claim)
        for entry in grounds.entries(projection.touch(claim.subject))
    )
    return bool(claim.officer) and begun and all(own(entry) for entry in old if entry is not None)


def _rows(claim: Claim) -> Iterable[Projection]:
    """The projections whose row is that of the entry's own subject."""
    for projection in folding.BY_VERB.get(claim.verb, ()):
        # A key is made of what a claim and an entry have alike: subject, content, file.
        if projection.begins is not None and claim.subject in projection.keys(cast(Said, claim)):
            yield projection


def owner_of(claim: Claim, grounds: Grounds, subject: str = "") -> Begun | None:
    """Who began what a claim is about (or `subject`, a second of its kind); None where it is not here."""
    if not subject and gives(claim.subject, claim.authority, claim.compartment, claim.nonce):
        return Begun(claim.authority, claim.compartment, country_of(claim.content), True)
    for projection in _rows(claim):
        begins = cast(Begins, projection.begins)
        entries = grounds.entries(projection.touch(subject or claim.subject))
        if candidates := [entry for entry in entries if begins(entry)] or entries:
            began = definition(candidates, entries, grounds.tx.node.rings.authorities)
            return Begun(began.authority, began.compartment, country_of(began.content), proves(began))
    return None


def country_of(content: Verb) -> str:
    """The country that an entry names, if it names one."""
    return str(getattr(content, "country", "") or "")


def _begins(claim: Claim) -> bool:
    return any(cast(Begins, p.begins)(cast(Said, claim)) for p in _rows(claim))


def _own(claim: Claim, grounds: Grounds) -> Verdict | None:
    if claim.verb == "hold.lift":
        return _placed(claim, grounds)
    if not list(_rows(claim)):  # a line of its own, which nothing else is folded with
        return None
    began = owner_of(claim, grounds)
    if began is None or not began.proven:
        if _begins(claim):
            return None
        if began is None:
            return WAITING
    if began.authority != claim.authority:
        return "about", OTHERS
    if began.compartment != claim.compartment:
        return "about", ELSEWHERE
    return None


def _placed(claim: Claim, grounds: Grounds) -> Verdict | None:
    """A hold is lifted by the authority that placed it: there may be several on one person."""
    entries = grounds.entries(f"access.Hold:{claim.subject}")
    placed = [entry for entry in entries if isinstance(entry.content, HoldPlace)]
    if any((e.authority, e.compartment) == (claim.authority, claim.compartment) for e in placed):
        return None
    return ("about", "another prosecution placed the hold") if placed else WAITING


def _responsible(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whom the file is kept for: its country's force or prosecution, its care or deciding authority."""
    began = owner_of(claim, grounds)
    if began is not None and began.compartment != claim.compartment:
        return "about", ELSEWHERE
    if began is None and not _begins(claim) and list(_rows(claim)):
        return WAITING
    member = grounds.member(claim.authority, claim.operation)
    if claim.kind in ("person", "care") and claim.owner == claim.authority:
        return None
    if not member.kind:
        return "waiting", "its authority's invitation has not arrived"
    if claim.kind in ("police", "case"):
        kinds = ("police",) if claim.kind == "police" else ("police", "prosecution")
        place = grounds.place(claim.compartment)
        country = place.about.rpartition(":")[2] if place is not None else ""
    elif claim.kind == "care":
        kinds, country = ("deciding",), grounds.member(claim.owner, claim.operation).country
    elif claim.kind == "person":
        kinds, country = ("care",), member.country
    else:
        return "about", "a file of this kind is kept for nobody alone"
    if not country:
        return "waiting", "the entry that opens its file has not arrived"
    if member.kind not in kinds or member.country != country:
        return "about", "the file is not kept for its authority"
    return None


def _counterpart(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whom an entry of the subject names: to whom it was offered, who is asked; and who began it."""
    known, released, named = False, False, set()
    for projection in folding.BY_VERB.get(claim.verb, ()):
        if projection.begins is None:
            continue
        for key in projection.keys(cast(Said, claim)):
            entries = grounds.entries(projection.touch(key))
            here = [entry for entry in entries if entry.compartment == claim.compartment]
            known = known or any(projection.begins(entry) for entry in here)
            named |= {getattr(e.content, name, "") for e in here for name in NAMES} - {""}
            released = released or any(entry.verb == "custody.release" for entry in here)
            named |= {
                entry.authority
                for entry in here
                if isinstance(entry.content, CustodyAccept) and (released or entry.content.offer)
            }
            named |= {e.authority for e in here if projection.begins(e) and not _names(e.content)}
    if claim.authority in named:
        return None
    if not known:
        return WAITING
    # What was let go without an offer is taken over by whom the file is kept for.
    if claim.verb == "custody.accept" and _responsible(claim, grounds) is None:
        return None if released else UNRELEASED
    return "about", UNNAMED


def _names(content: Any) -> bool:
    return any(getattr(content, name, "") for name in NAMES)


def _both(claim: Claim, grounds: Grounds) -> Verdict | None:
    """One of two subjects is its own: then its word counts once the other's owner says it too."""
    other_subject = str(getattr(claim.content, "other", ""))
    began = [owner_of(claim, grounds), owner_of(claim, grounds, other_subject) if other_subject else None]
    if any(entry is not None and entry.authority == claim.authority for entry in began):
        return None
    # Who protects people of a country sees that two records are one.
    member = grounds.member(claim.authority, claim.operation)
    if member.kind == "care" and any(entry and entry.country == member.country for entry in began):
        return None
    if None in began:
        return WAITING
    return "about", "both of the two were begun by other authorities"


def _reader(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Any reader, about a subject of this file; it supersedes its own values, or is responsible."""
    began = owner_of(claim, grounds)
    if began is None:
        return None if not list(_rows(claim)) else WAITING
    if began.compartment != claim.compartment:
        return "about", ELSEWHERE
    if not claim.supersedes or claim.authority == began.authority:
        return None
    authors = {
        entry.authority
        for projection in _rows(claim)
        for entry in grounds.entries(projection.touch(claim.subject))
        if entry.id in claim.supersedes
    } - {claim.authority}
    return _responsible(claim, grounds) if authors else None
