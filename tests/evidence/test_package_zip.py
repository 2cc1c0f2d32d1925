"""A package is one sequence of bytes: a zip that another program unpacks to other files is none."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from libertad.evidence import package as form
from libertad.evidence.package_check import check_package
from libertad.journal.node import node
from tests.evidence.packages import Made, files_of, package_case, signed_anew, wrong, zipped

__all__ = ["package_case"]
LIE = b"<h1>It lay in the safe of the prosecutor all the time.</h1>"
LIST, END = b"PK\x01\x02", b"PK\x05\x06"


def member(name: str = form.READABLE) -> bytes:
    """A file of a zip that no list names."""
    data = zipped({name: LIE})
    return data[: data.index(LIST)]


def hidden_before(data: bytes) -> bytes:
    """As a program that reads from the front unpacks it: the lie first."""
    out = BytesIO(member())
    out.seek(0, 2)
    with zipfile.ZipFile(out, "a") as target:
        for name, content in files_of(data).items():
            target.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def hidden_behind(data: bytes) -> bytes:
    """As a program that reads to the list unpacks it: the lie last, over the true page."""
    begins, ends, lie = data.index(LIST), data.rindex(END), member()
    end = bytearray(data[ends:])
    end[16:20] = struct.pack("<I", begins + len(lie))
    return data[:begins] + lie + data[begins:ends] + bytes(end)


def page_before(data: bytes) -> bytes:
    return b"<html><body>" + LIE + b"<!--" + data


def bytes_behind(data: bytes) -> bytes:
    return data + b"x" * 100


def two_zips(data: bytes) -> bytes:
    return zipped(files_of(data) | {form.READABLE: LIE}) + data


def cut_name(data: bytes) -> bytes:
    """Programs that end a name at NUL, and those that do not, write different files."""
    files = {
        name if name != form.READABLE else "chain.htmlZlie.exe": text for name, text in files_of(data).items()
    }
    return zipped(files).replace(b"chain.htmlZlie.exe", b"chain.html\0lie.exe")


def link(data: bytes) -> bytes:
    return zipped(files_of(data), external_attr=0o120777 << 16)


def folder(data: bytes) -> bytes:
    return zipped(files_of(data), external_attr=0x10)


def commented(data: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", 5) + b"a lie"


@pytest.mark.parametrize(
    "change",
    [hidden_before, hidden_behind, page_before, bytes_behind, two_zips, cut_name, link, folder, commented],
)
def test_a_zip_that_is_not_byte_for_byte_a_package_is_none(
    package_case: Made, change: Callable[[bytes], bytes]
) -> None:
    assert zipped(files_of(package_case.data)) == package_case.data, "or this test refuses whatever it makes"
    data = change(package_case.data)
    assert data != package_case.data
    assert "This is no evidence package" in wrong(check_package(data, list(package_case.keys.values())))


def test_more_hashes_than_a_package_may_have_entries_are_not_looked_at(
    package_case: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = form.unpack(package_case.data)
    monkeypatch.setattr(form, "MOST_ENTRIES", len(package.entries))
    assert check_package(package_case.data).is_intact
    many = ("0" * 64,) * (len(package.entries) + 1)
    secret = node().rings.device(package_case.world.authorities["prosecution"])[1]
    data = signed_anew(package_case.data, lambda entries: entries, secret, entries=many)
    assert "it has more than" in wrong(check_package(data))
