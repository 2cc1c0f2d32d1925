"""Who decides beside a child, and who belongs to a person: in the protection file."""

from __future__ import annotations

from collections.abc import Mapping

from libertad.vocabulary.body import Verb
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
