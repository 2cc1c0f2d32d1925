"""Lists from outside: what they say becomes records, what is wrong is told, what is hostile does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from libertad.hits import imports
from libertad.hits.imports import Unreadable, records
from libertad.hits.matching.record import Name, Record

VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Peña Díaz;Yulimar;;;\r\nFN:Yulimar Peña\r\n D\u00edaz\r\n"
    "TEL;TYPE=CELL:+592 611-4409\r\nitem1.EMAIL:yuli@example.org\r\nBDAY:19990423\r\n"
    "ADR;TYPE=HOME:;;12 Water St\\, rear;Georgetown;;;Guyana\r\nPHOTO;ENCODING=b:AAAA\r\n AAAA\r\n"
    "END:VCARD\r\n"
    "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=50=65=C3=B1=61;Ana=\n=20Mar=C3=ADa\n"
    "TEL;CELL:6114410\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nNOTE:nothing\nEND:VCARD\n"
)
XML = """<?xml version="1.0"?>
<project xmlns="http://pa.cellebrite.com/report/2.0"><decodedData><modelType type="Contact">
<model type="Contact"><field name="Name" type="String"><value type="String">El Flaco</value></field>
<multiModelField name="Entries" type="ContactEntry">
<model type="PhoneNumber"><field name="Category"><value>Mobile</value></field>
<field name="Value" type="String"><value type="String">+592 611 4409</value></field></model>
<model type="UserID"><field name="Value"><value>flaco99</value></field></model></multiModelField></model>
<model type="Contact"><field name="Name"><value></value></field></model>
</modelType></decodedData></project>"""
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
FETCH = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


def read(tmp_path: Path, name: str, text: str | bytes, kind: str = "") -> list[Record]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return records(path, kind)


def test_contacts_of_a_vcard_of_three_versions(tmp_path: Path) -> None:
    first, second = read(tmp_path, "contacts.vcf", "\ufeff" + VCARD)
    assert [name.text for name in first.names] == ["Yulimar PeñaDíaz"], (
        "a folded line goes on without its blank"
    )
    assert first.facts == (
        ("phone", "+592 611-4409"),
        ("handle", "yuli@example.org"),
        ("address", "12 Water St, rear Georgetown Guyana"),
    )
    assert first.birth is not None and str(first.birth.earliest) == "1999-04-23"
    assert (second.names[0].family, second.names[0].given) == ("Peña", "Ana María")
    assert second.id == "entry:2" and second.all("phone") == ["6114410"]


def test_contacts_of_a_readers_xml(tmp_path: Path) -> None:
    (contact,) = read(tmp_path, "report.xml", XML)
    assert contact.names[0].text == "El Flaco"
    assert contact.facts == (("phone", "+592 611 4409"), ("handle", "flaco99"))


def test_lost_documents_and_contacts_as_tables(tmp_path: Path) -> None:
    text = (
        "passport_no,surname,given_names,date_of_birth,country\nC1234567,Peña,Yulimar,1999-04-23,VE\n,,,,\n"
    )
    (first,) = read(tmp_path, "lost.csv", text)
    assert first.all("document") == ["C1234567"] and first.where == "VE" and first.names[0].family == "Peña"
    (second,) = read(tmp_path, "contacts.csv", "Name,Phone\nEl Flaco,+592 611 4409\n")
    assert second.all("phone") == ["+592 611 4409"]


@pytest.mark.parametrize("text", [BOMB, FETCH, "<x>", "not xml", b"\x00\xff\xfe"])
def test_hostile_or_broken_xml_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(Unreadable, match="not XML that can be read"):
        read(tmp_path, "report.xml", text)


def test_what_cannot_be_used_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        records(tmp_path / "none.vcf")
    with pytest.raises(Unreadable, match="say what it is"):
        read(tmp_path, "contacts.bin", "x")
    with pytest.raises(Unreadable, match="No column says"):
        read(tmp_path, "odd.csv", "colour,weight\nred,3\n")
    monkeypatch.setattr(imports, "LARGEST", 10)
    with pytest.raises(Unreadable, match="split it"):
        read(tmp_path, "big.vcf", VCARD)
    monkeypatch.setattr(imports, "LARGEST", 10**6)
    monkeypatch.setattr(imports, "MOST", 1)
    with pytest.raises(Unreadable, match="split it"):
        read(tmp_path, "many.vcf", VCARD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VCARD\n" * 2000,
        "END:VCARD\n" * 2000,
        "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=nonsense:=ZZ=\n=\n=\nEND:VCARD",
        "\x00\u202e\u200b" * 1000,
    ],
)
def test_odd_vcards_of_nobody_are_no_records(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "odd.vcf", text) == []


@pytest.mark.parametrize(
    ("text", "name", "facts"),
    [
        ("FN:" + "x" * 100_000, imports.LONGEST, 0),
        ("TEL;" + ";" * 50_000 + ":1", 0, 1),
        ("BDAY:9999-99-99\nTEL:1", 0, 1),
        ("\n".join(f"TEL:{number}" for number in range(1_000_000, 1_005_000)), 0, imports.EACH),
    ],
)
def test_of_odd_vcards_little_is_kept(tmp_path: Path, text: str, name: int, facts: int) -> None:
    (contact,) = read(tmp_path, "odd.vcf", f"BEGIN:VCARD\n{text}\nEND:VCARD")
    assert len("".join(person_name.text for person_name in contact.names)) == name
    assert len(contact.facts) == facts and contact.birth is None


def test_a_photograph_folded_over_a_million_lines_keeps_memory_small(tmp_path: Path) -> None:
    lines = "BEGIN:VCARD\nPHOTO;ENCODING=b:AAAA\n" + " " + "A" * 70 + "\n"
    text = lines + (" " + "A" * 70 + "\n") * 30_000 + "FN:Ana\nEND:VCARD\n"
    (contact,) = read(tmp_path, "photo.vcf", text)
    assert contact.names[0].text == "Ana"


def test_contacts_of_an_older_telephone_keep_their_accents(tmp_path: Path) -> None:
    """Some write neither the encoding nor UTF-8."""
    path = tmp_path / "old.vcf"
    path.write_bytes("BEGIN:VCARD\r\nFN:Íñigo Muñoz\r\nTEL:+592 555 0101\r\nEND:VCARD\r\n".encode("cp1252"))
    (record,) = records(path)
    assert record.names == (Name("Íñigo Muñoz"),)
