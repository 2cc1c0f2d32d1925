"""Who decides beside a child, and who belongs to a person: in the protection file. And, at the person's desk,
which guardian is safe to contact."""

from __future__ import annotations

from collections.abc import Mapping

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused, partial_date
from libertad.vocabulary.verbs.access import hexadecimal

NAME, TEXT = 120, 1000
# What the person is to the other, by what the other is to the person.
INVERSE: Mapping[str, str] = {
    "child": "parent",
    "parent": "child",
    "sibling": "sibling",
    "partner": "partner",
    "grandparent": "grandchild",
    "grandchild": "grandparent",
    "depends-on-person": "person-depends-on",
    "person-depends-on": "depends-on-person",
    "other-relative": "other-relative",
}


class GuardianAssign(Verb, frozen=True, kw_only=True):
    """Somebody decides beside a child or speaks for a person; said again under the same name it takes the
    place of what was said.

    `by`: the court or authority that appointed. `checked`: an officer looked whether this one had a part in
    what was done to the person, or gains by it. `ended`: no longer.
    """

    VERB = "guardian.assign"
    SUBJECT = "person"
    CODES = {"kind": "guardian-kinds", "checked": "yes-no"}
    name: str
    kind: str
    checked: str
    by: str = ""
    since: str = ""
    reach: str = ""
    note: str = ""
    ended: bool = False

    def check(self) -> None:
        if not self.name.strip() or len(self.name) > NAME:
            raise Refused("name", "say who it is, in 1 to %(most)s signs", most=NAME)
        if self.since:
            partial_date(self.since, "since")
        for field in ("by", "reach", "note"):
            if len(getattr(self, field)) > TEXT:
                raise Refused(field, "at most %(most)s signs", most=TEXT)
        if self.ended and not self.note.strip():
            raise Refused("note", "say why, for whoever reads this next")


class FamilyLink(Verb, frozen=True, kw_only=True):
    """Another belongs to the person: one who is recorded (`other`) or not (`name`). The last word about the
    same one holds.

    `relation`: what the other is to the person. `together`: whether they want to stay together, as the person
    said. `where`: where the other is. `ended`: it was a mistake, or is over; `note` says which.
    """

    VERB = "family.link"
    SUBJECT = "person"
    CODES = {"relation": "family-relations", "together": "answers"}
    relation: str
    together: str
    other: str = ""
    name: str = ""
    where: str = ""
    note: str = ""
    ended: bool = False

    def check(self) -> None:
        if bool(self.other) == bool(self.name.strip()):
            raise Refused("name", "say who it is: by reference, or by name where there is no record")
        if self.other:
            hexadecimal(self.other, 16, "other")
        if len(self.name) > NAME:
            raise Refused("name", "at most %(most)s signs", most=NAME)
        for field in ("where", "note"):
            if len(getattr(self, field)) > TEXT:
                raise Refused(field, "at most %(most)s signs", most=TEXT)
        if self.ended and not self.note.strip():
            raise Refused("note", "say why, for whoever reads this next")


class GuardianClear(Verb, frozen=True, kw_only=True):
    """A guardian of a child is safe to contact, as care found (`why`); it counts once a second officer has
    read it. `guardian`: the entry that names the guardian; `among`: all such entries that stood then. Once
    anything else is said of any guardian of the child, it counts no more.
    """

    VERB = "guardian.clear"
    SUBJECT = "person"
    guardian: str
    among: tuple[str, ...]
    why: str

    def check(self) -> None:
        hexadecimal(self.guardian, 32, "guardian")
        for entry in self.among:
            hexadecimal(entry, 32, "among")
        if self.guardian not in self.among:
            raise Refused("guardian", "name a guardian who stands on file")
        check_text("why", self.why, "say how you know that this one is safe to contact", TEXT)


class GuardianClearRead(Verb, frozen=True, kw_only=True):
    """A second officer has read that a guardian is safe to contact (`clearing`: the entry), and agrees or
    not."""

    VERB = "guardian.clear_read"
    SUBJECT = "person"
    CODES = {"agrees": "yes-no"}
    clearing: str
    agrees: str
    words: str = ""

    def check(self) -> None:
        hexadecimal(self.clearing, 32, "clearing")
        check_length("words", self.words, TEXT)
        if self.agrees == "no" and not self.words.strip():
            raise Refused("words", "say why you do not agree; the officer who recorded it will read it")


class GuardianRevoke(Verb, frozen=True, kw_only=True):
    """A guardian is not safe to contact, or no more: said by one officer, it counts at once."""

    VERB = "guardian.revoke"
    SUBJECT = "person"
    clearing: str
    words: str

    def check(self) -> None:
        hexadecimal(self.clearing, 32, "clearing")
        check_text("words", self.words, "say why, for whoever reads this next", TEXT)


CLEARING = (GuardianClear.VERB, GuardianClearRead.VERB, GuardianRevoke.VERB)
