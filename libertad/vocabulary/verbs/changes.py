"""What a second authority countersigns once an operation has begun: members, their country, clock, days."""

from __future__ import annotations

import re

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused

HASH = re.compile("[0-9a-f]{64}")
NAME = re.compile(r"[0-9a-f]{32}")
PLACE = re.compile(r"[0-9a-f]{32}:[0-9]{1,16}")
MOST_CUT, MOST_CONTENT = 20_000, 20_000


def check_entry(text: str) -> None:
    if not HASH.fullmatch(text):
        raise Refused("proposal", "the hash of an entry, 64 hex digits")


def check_reason(text: str) -> None:
    if not text.strip() or len(text) > 500:
        raise Refused("reason", "say why, in 1 to 500 characters; every member reads it")


class OperationBegin(Verb, frozen=True, kw_only=True):
    """The first action day has come: what changes members, clock and days needs two signatures from here on.

    The node of the authority that owns the operation's file says it once. `logs`: how far each log in the
    file had come ('device:number'); what lies within them was said before, by one, and stands.
    """

    VERB = "operation.begin"
    SUBJECT = "operation"
    logs: tuple[str, ...] = ()

    def check(self) -> None:
        if len(self.logs) > MOST_CUT or not all(map(PLACE.fullmatch, self.logs)):
            raise Refused("logs", "names a device and the last number of its log, or too many of them")


class ChangePropose(Verb, frozen=True, kw_only=True):
    """A change of the operation, as who coordinates proposes it for another authority to countersign.

    `change`: the verb that will say it, `about` its subject, `content` what it will say (JSON). `undo` takes
    back the entry of that hash, by which who coordinates vouched for keys. `suspend` counts at once and for
    a day by one authority's word, until lifted once another has signed it; `lift` ends the suspension that
    `about` names once another has signed it.
    """

    VERB = "change.propose"
    SUBJECT = "change"
    CODES = {"change": "change-kinds"}
    change: str
    about: str
    content: str = ""
    reason: str

    def check(self) -> None:
        check_reason(self.reason)
        if not self.change or len(self.content) > MOST_CONTENT:
            raise Refused("change", "say what changes")


class ChangeSign(Verb, frozen=True, kw_only=True):
    """An officer of a second authority countersigns: `proposal` is the hash of the entry that was read."""

    VERB = "change.sign"
    SUBJECT = "change"
    proposal: str

    def check(self) -> None:
        check_entry(self.proposal)


class ChangeRefuse(Verb, frozen=True, kw_only=True):
    """A member refuses a proposed change, or takes it back while its notice runs: it is not carried out."""

    VERB = "change.refuse"
    SUBJECT = "change"
    proposal: str
    reason: str

    def check(self) -> None:
        check_entry(self.proposal)
        check_reason(self.reason)


class ChangeDone(Verb, frozen=True, kw_only=True):
    """A countersigned change was carried out, by this entry."""

    VERB = "change.done"
    SUBJECT = "change"
    entry: str

    def check(self) -> None:
        check_entry(self.entry)


class ChangeCut(Verb, frozen=True, kw_only=True):
    """How far the logs of a suspended authority had come in this file: what goes beyond that waits.

    Said by the node of an authority that reads the file with it: who suspended it, who confirmed that, or who
    owns the file. `logs`: device and last number ('device:number'). `renewed`: the file has a new key since.
    """

    VERB = "change.cut"
    SUBJECT = "change"
    whom: str
    logs: tuple[str, ...] = ()
    renewed: bool = False

    def check(self) -> None:
        if len(self.logs) > MOST_CUT or not all(map(PLACE.fullmatch, self.logs)):
            raise Refused("logs", "names a device and the last number of its log, or too many of them")
        if not NAME.fullmatch(self.whom):
            raise Refused("whom", "the id of an authority, 32 hex digits")
