"""Lists from outside as records: a seized phone's contacts (vCard, CSV, XML), a list of lost documents (CSV).

Nothing of such a file is stored. What it says is untrusted: sizes are limited, XML may neither declare types
nor fetch anything, and what cannot be read is told with the line or entry it is in.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from libertad.hits.matching.encodings import WINDOWS
from libertad.hits.matching.record import Birth, Kind, Name, Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST = 200 * 1024 * 1024
MOST = 1_000_000
LONGEST = 400
EACH = 60  # facts kept of one entry
SUFFIXES = {
    ".vcf": "vcard",
    ".vcard": "vcard",
    ".xml": "xml",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "csv",
}


class Unreadable(ValueError):
    """The file cannot be used; says what to do."""


@dataclass
class Contact:
    """One entry while it is read."""

    names: list[str] = field(default_factory=list)
    given: str = ""
    family: str = ""
    birth: Birth | None = None
    facts: list[tuple[Kind, str]] = field(default_factory=list)

    def add(self, kind: Kind, value: str) -> None:
        value = " ".join(value.split())[:LONGEST]
        if value and len(self.facts) < EACH:
            self.facts.append((kind, value))

    def record(self, number: int) -> Record | None:
        """None for an entry that says nothing to compare."""
        names = [Name(full=name[:LONGEST]) for name in dict.fromkeys(self.names) if name.strip()]
        if not names and (self.given or self.family):
            names = [Name(given=self.given[:LONGEST], family=self.family[:LONGEST])]
        if not names and not self.facts:
            return None
        return Record(f"entry:{number}", tuple(names), self.birth, "", tuple(dict.fromkeys(self.facts)))


def records(path: Path, kind: str = "") -> list[Record]:
    """The entries of a file as records, called 'entry:1' and so on; `kind`: vcard, csv or xml."""
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file")
    kind = kind or SUFFIXES.get(path.suffix.lower(), "")
    if kind not in ("vcard", "csv", "xml"):
        raise Unreadable(f"{path}: say what it is with --kind: vcard, csv or xml")
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"{path}: has more than {LARGEST // 1024 // 1024} MB; split it")
    if kind == "csv":
        return list(_limit_entries(_rows(path)))
    with path.open("rb") as file:
        contacts = vcards(file) if kind == "vcard" else models(file)
        return list(_limit_entries(contact.record(n) for n, contact in enumerate(contacts, 1)))


def _limit_entries(records: Iterable[Record | None]) -> Iterator[Record]:
    count = 0
    for record in records:
        if record is not None:
            count += 1
            if count > MOST:
                raise Unreadable(f"has more than {MOST:,} entries; split it")
            yield record


def _rows(path: Path) -> Iterator[Record]:
    """A table whose columns are recognised by their names."""
    from libertad.hits.matching import tables

    try:
        for number, row in enumerate(tables.rows(path, tables.columns_of(path)), 1):
            contact = Contact(birth=row.birth)
            for kind, value in row.facts:
                contact.add(kind, value)
            record = contact.record(number)
            names = tuple(Name(n.full[:LONGEST], n.given[:LONGEST], n.family[:LONGEST]) for n in row.names)
            if names or record is not None:
                facts = record.facts if record else ()
                yield Record(f"entry:{number}", names, row.birth, row.sex, facts, row.where)
    except tables.Unreadable as why:
        raise Unreadable(str(why)) from why


# -- vCard 2.1, 3.0 and 4.0 (RFC 6350) ---------------------------------------------------------

PROPERTY = re.compile(r"^(?:[\w-]+\.)?([\w-]+)((?:;[^:]*)?):(.*)$", re.S)
ESCAPED = re.compile(r"\\([\\,;nN])")


def vcards(file: IO[bytes]) -> Iterator[Contact]:
    """Contacts of a vCard file; what stands outside a card is passed over."""
    card: Contact | None = None
    for line in unfolded(file):
        match = PROPERTY.match(line)
        if not match:
            continue
        name, parameters, value = match[1].upper(), match[2].upper(), match[3]
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            card = Contact()
        elif name == "END" and card is not None:
            yield card
            card = None
        elif card is not None:
            take(card, name, decoded(value, parameters))


def unfolded(file: IO[bytes]) -> Iterator[str]:
    """Whole lines: one that begins with a blank goes on; quoted-printable goes on after a last '='."""
    whole = ""
    for raw in file:
        line = raw.decode("utf-8-sig" if not whole else "utf-8", WINDOWS).rstrip("\r\n")
        soft = whole.endswith("=") and "QUOTED-PRINTABLE" in whole.upper()
        if whole and (line[:1] in (" ", "\t") or soft):
            whole = whole[:-1] + line if soft else whole + line[1:]
            if len(whole) > 1_000_000:  # a photograph: nothing in it is compared
                whole = whole[:100]
            continue
        if whole:
            yield whole
        whole = line
    if whole:
        yield whole


def decoded(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    charset = re.search(r"CHARSET=([\w-]+)", parameters)
    plain = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return plain.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:
        return plain.decode("utf-8", "replace")


def take(card: Contact, name: str, value: str) -> None:
    """One property of a card."""
    text = ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()
    if name in ("FN", "NICKNAME"):
        card.names.append(text)
    elif name == "N":
        family_name, given_name, *_rest = (*_parts(value), "", "")
        card.family, card.given = family_name.strip(), given_name.strip()
    elif name == "TEL":
        card.add("phone", text.removeprefix("tel:"))
    elif name in ("EMAIL", "IMPP", "X-SKYPE", "X-TELEGRAM", "X-SOCIALPROFILE", "X-INSTAGRAM", "X-FACEBOOK"):
        card.add("handle", text)
    elif name == "ADR":
        card.add("address", " ".join(filter(None, map(str.strip, _parts(value)))))
    elif name == "BDAY":
        card.birth = Birth.of_text(text)


def _parts(value: str) -> list[str]:
    return [ESCAPED.sub(r"\1", part) for part in re.split(r"(?<!\\);", value)]


# -- XML as UFED readers write it ----------------------------------------------------------------

CONTACTS = ("Contact", "UserAccount")
FIELDS: dict[str, Kind] = {"PhoneNumber": "phone", "EmailAddress": "handle", "UserID": "handle"}


def models(file: IO[bytes]) -> Iterator[Contact]:
    """`<model type="Contact">` with its name, and the numbers and addresses of its entries."""
    try:
        for _event, element in iterparse(file, events=("end",), forbid_dtd=True):
            if _local(element.tag) == "model" and element.get("type") in CONTACTS:
                yield contact(element)
                element.clear()
    except (ParseError, DefusedXmlException) as why:
        raise Unreadable(f"not XML that can be read: {type(why).__name__} {why}") from why


def contact(model: Element) -> Contact:
    """A contact's name, and what its entries and accounts say."""
    card = Contact()
    for part in model.iter():
        if _local(part.tag) == "field":
            value = _value(part)
            if part.get("name") in ("Name", "Username") and value:
                card.names.append(value)
        elif _local(part.tag) == "model" and part is not model:
            kind = FIELDS.get(part.get("type", ""))
            if kind in ("phone", "handle"):
                for child in part:
                    if child.get("name") == "Value" and _value(child):
                        card.add(kind, _value(child))
            elif part.get("type") == "StreetAddress":
                parts = [_value(line) for line in part if line.get("name") in ADDRESS]
                card.add("address", " ".join(filter(None, parts)))
    return card


ADDRESS = ("Street1", "Street2", "HouseNumber", "City", "State", "Country", "PostalCode")


def _value(part: Element) -> str:
    return " ".join((child.text or "").strip() for child in part if _local(child.tag) == "value").strip()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
