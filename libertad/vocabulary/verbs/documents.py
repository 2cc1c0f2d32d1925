"""What papers a person has, lost and needs. Said at the person's desk, which the care authority reads."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length
from libertad.vocabulary.values import Refused, partial_date, whole_date
from libertad.vocabulary.verbs.access import hexadecimal

LONGEST = 500
NUMBER = 40
HOLDER = 200
MOST = 50  # documents of one person
# What stands in a document that was taken, by the fields of the verbs that say it.
DOCUMENT = ("document_number", "document_country", "document_expires", "document_holder")


def check_document(content: Verb) -> None:
    """Refuse a number or holder that is too long, and an expiry that is no date."""
    check_length("document_number", getattr(content, "document_number", ""), NUMBER)
    check_length("document_holder", getattr(content, "document_holder", ""), HOLDER)
    if expires := getattr(content, "document_expires", ""):
        partial_date(expires, "document_expires")


class DocumentRecord(Verb, frozen=True, kw_only=True):
    """A document of the person: its kind, who issues it (`country`), where it stands. `until`: valid until, a
    partial date; `due`: the day by which something is to be done about it, `note` what.

    `corrects`: the entry that recorded it first, '' for a new one; `version`: the last entry about it that
    its writer read. What it said before stays.
    """

    VERB = "document.record"
    SUBJECT = "person"
    CODES = {"kind": "document-kinds", "country": "countries", "state": "document-states"}
    kind: str
    state: str
    country: str = ""
    number: str = ""
    until: str = ""
    due: str = ""
    note: str = ""
    corrects: str = ""
    version: str = ""

    def check(self) -> None:
        if not self.kind or not self.state:
            raise Refused("state", "say which document it is, and where it stands")
        check_length("number", self.number, NUMBER)
        check_length("note", self.note, LONGEST)
        if self.until:
            partial_date(self.until, "until")
        if self.due:
            whole_date(self.due, "due")
            if not self.note.strip():
                raise Refused("note", "say what is to be done by that day")
        for name in ("corrects", "version"):
            if value := getattr(self, name):
                hexadecimal(value, 32, name)
        if bool(self.corrects) != bool(self.version):
            raise Refused("kind", "say which document it is about, and what was read of it")
