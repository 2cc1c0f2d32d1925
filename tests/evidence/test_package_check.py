"""What a court finds out from an evidence package alone: an altered byte, a dropped entry, a false page."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest

from libertad.evidence import package as form
from libertad.evidence.package import SignedEntry
from libertad.evidence.package_check import check_package
from libertad.journal.node import node
from tests.evidence.packages import (
    Made,
    files_of,
    flip,
    open_signed,
    package_case,
    signed_anew,
    wrong,
    zipped,
)

__all__ = ["package_case"]


def test_no_byte_of_it_can_be_altered(package_case: Made) -> None:
    """Of each file, bytes over its whole length: each change is found, and says what was altered."""
    files = files_of(package_case.data)
    for name, data in files.items():
        for at in range(0, len(data), max(1, len(data) // 40)):
            changed = flip(data, at)
            if name == form.SIGNATURE and changed.strip().lower() == data.strip():
                continue  # hexadecimal digits have two cases, blanks around them say nothing
            report = check_package(zipped(files | {name: changed}), list(package_case.keys.values()))
            assert not report.is_intact, (name, at)


@pytest.mark.parametrize("part", ["header", "signature", "body", "key"])
def test_an_altered_entry_is_named_even_where_the_manifest_was_signed_anew(
    package_case: Made, part: str
) -> None:
    secret = node().rings.device(package_case.world.authorities["prosecution"])[1]

    def change(entries: list[SignedEntry]) -> list[SignedEntry]:
        entry = entries[2]
        at = 40 if part == "header" else 5
        return [*entries[:2], entry._replace(**{part: flip(getattr(entry, part), at)}), *entries[3:]]

    report = check_package(signed_anew(package_case.data, change, secret), list(package_case.keys.values()))
    messages = {
        "header": "was altered",
        "signature": "its signature is not of its key",
        "body": "its text is not the one that was signed",
        "key": "that key was altered",
    }
    assert messages[part] in wrong(report)


def test_a_dropped_entry_is_missed_by_the_manifest(package_case: Made) -> None:
    files = files_of(package_case.data)
    entries = json.loads(files[form.ENTRIES])
    del entries[3]
    report = check_package(zipped(files | {form.ENTRIES: json.dumps(entries).encode()}))
    assert "was left out, or altered: the manifest lists it" in wrong(report)


def test_whoever_makes_it_cannot_drop_an_entry_that_a_later_one_knew(package_case: Made) -> None:
    """The prosecution itself leaves the gap's beginning out, and signs what is left."""
    secret = node().rings.device(package_case.world.authorities["prosecution"])[1]
    release = next(
        at
        for at, entry in enumerate(form.unpack(package_case.data).entries)
        if open_signed(entry).body.verb == "custody.release"
    )

    def drop(entries: list[SignedEntry]) -> list[SignedEntry]:
        return [*entries[:release], *entries[release + 1 :]]

    report = check_package(signed_anew(package_case.data, drop, secret), list(package_case.keys.values()))
    assert "was left out: entry" in wrong(report)
    assert "chain.html does not say what the entries say" in wrong(report)


def test_a_readable_page_that_says_otherwise_is_told(package_case: Made) -> None:
    secret = node().rings.device(package_case.world.authorities["prosecution"])[1]
    package = form.unpack(package_case.data)
    page = package.files[form.READABLE].replace(b"It lay in the boat.", b"It lay in my safe.")
    files = {name: package.files[name] for name in form.HASHED} | {form.READABLE: page}
    report = check_package(form.pack(package.manifest, files, secret), list(package_case.keys.values()))
    assert report.wrong == ["chain.html does not say what the entries say. Read the chain here instead."]


def test_anything_else_is_no_package(package_case: Made) -> None:
    files = files_of(package_case.data)
    twice = BytesIO(package_case.data)
    with zipfile.ZipFile(twice, "a") as target, pytest.warns(UserWarning):
        target.writestr(form.READABLE, b"another page")
    for data in (
        b"",
        b"PK",
        package_case.data[: len(package_case.data) // 2],
        twice.getvalue(),
        zipped(files | {"more.txt": b"x"}),
        zipped({name: data for name, data in files.items() if name != form.MANIFEST}),
        zipped(files | {form.MANIFEST: b"{}"}),
        zipped(files | {form.ENTRIES: b'[["a"]]'}),
    ):
        assert "This is no evidence package" in wrong(check_package(data))


def test_a_zip_damaged_anywhere_is_told_and_stops_nobody(package_case: Made) -> None:
    """Also where its list says that a file is longer than what is there."""
    ends = package_case.data.rindex(b"PK\x01\x02")  # the list's line of the last file: the signature
    longer = bytearray(package_case.data)
    for at in (ends + 20, ends + 24):  # both lengths
        longer[at : at + 4] = (form.MOST_BYTES // 2).to_bytes(4, "little")
    assert "it is no zip, or a damaged one" in wrong(check_package(bytes(longer)))
    for at in range(package_case.data.rindex(b"PK\x01\x02") - 400, len(package_case.data)):
        check_package(flip(package_case.data, at))  # raises nothing
