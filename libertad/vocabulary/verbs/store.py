"""The exhibit store: its places, putting exhibits there, auditing a place, explaining what differed."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused, SealReading

MOST = 2_000  # exhibits of one audit, and of one deed
NOT_READ = ("damaged", "opened", "missing")  # what is said of a seal in place of reading it
# By kind of difference: how it can come out.
OUTCOMES = {
    "missing": ("found-again", "record-was-wrong", "not-found"),
    "unexpected": ("put-back", "record-was-wrong"),
    "unknown": ("read-again", "record-was-wrong", "put-back"),
    "seal": ("read-again", "record-was-wrong", "not-found"),
}


class StorePlace(Verb, frozen=True, kw_only=True):
    """A place of an authority's exhibit store: a room, a shelf, a box or a safe, `within` another place.

    With `correction` it says only what changes of its name, and why.
    """

    VERB = "store.place"
    CORRECTS = "correction"
    SUBJECT = "store-place"
    CODES = {"kind": "store-places", "country": "countries"}
    kind: str = ""
    name: str = ""
    country: str = ""
    within: str = ""
    correction: str = ""

    def check(self) -> None:
        if not self.name.strip():
            raise Refused("name", "write what is written on it, such as 'Shelf B-14'")
        if len(self.name) > 100:
            raise Refused("name", "has at most %(most)s characters", most=100)
        if self.correction:
            return
        if not self.kind:
            raise Refused("kind", "say what kind of place it is")
        if not self.country:
            raise Refused("country", "say in which country or territory it is")


class CustodyStore(Verb, frozen=True, kw_only=True):
    """The holder puts the exhibit at a place of the store, reading its seal. Custody stays with the holder.

    `store` is the place's id, `place` its name. All that one deed moved have the same `deed`.
    """

    VERB = "custody.store"
    SUBJECT = "exhibit"
    CODES = {"seal_state": "seal-states"}
    store: str
    place: str
    deed: str
    seal_read: str = ""
    seal_state: str = ""
    by: str = ""

    def check(self) -> None:
        if not self.store or not self.place.strip():
            raise Refused("store", "choose the place where it is put")


class StoreAudit(Verb, frozen=True, kw_only=True):
    """A place was audited: what should be there, what was, and what differed.

    `expected`: exhibits that the record has there; of these `missing` were not there. `unexpected`: exhibits
    that were there though the record has them elsewhere. `unknown`: what was read and is of no exhibit on
    file. `seals`: those that read otherwise than on file.
    """

    VERB = "store.audit"
    SUBJECT = "store-audit"
    store: str
    place: str
    expected: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    seals: tuple[SealReading, ...] = ()
    note: str = ""
    by: str = ""

    def check(self) -> None:
        if not self.store or not self.place.strip():
            raise Refused("store", "say which place was audited")
        if not set(self.missing) <= set(self.expected):
            raise Refused("missing", "only what should be there can be missing")
        if set(self.unexpected) & set(self.expected):
            raise Refused("unexpected", "what should be there is not unexpected")
        present = {*self.expected, *self.unexpected} - {*self.missing}
        if not {reading.exhibit for reading in self.seals} <= present:
            raise Refused("seals", "only the seal of what was there can have been read")
        if len(self.expected) + len(self.unexpected) + len(self.unknown) > MOST:
            raise Refused(
                "expected", "an audit has at most %(most)s exhibits: audit smaller places", most=MOST
            )


class StoreExplain(Verb, frozen=True, kw_only=True):
    """A difference of an audit is explained: how it came out, and why. The difference stays on file.

    `about`: the kind of difference and the exhibit (or, of 'unknown', what was read), as 'missing:4f…'.
    """

    VERB = "store.explain"
    SUBJECT = "store-audit"
    CODES = {"outcome": "store-outcomes"}
    about: str
    outcome: str
    reasons: str
    by: str = ""

    def check(self) -> None:
        kind, colon, key = self.about.partition(":")
        if kind not in OUTCOMES or not colon or not key:
            raise Refused("about", "say which difference it explains")
        if self.outcome not in OUTCOMES[kind]:
            raise Refused("outcome", "say how it came out")
        if not self.reasons.strip():
            raise Refused("reasons", "say why; whoever reads the audit reads it too")
