"""What tests of evidence packages make: an exhibit with a whole life, its package, packages made anew."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from libertad.access.actions.enrol_device import enrol_device
from libertad.evidence import package as form
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.correct_exhibit import correct_exhibit
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.statement_on_gap import statement_on_gap
from libertad.evidence.models import Exhibit
from libertad.evidence.package import Manifest, SignedEntry
from libertad.evidence.package_keys import Report
from libertad.journal import header, sealing
from libertad.journal.node import node
from libertad.vocabulary.body import Body
from tests.support.populated import Populated
from tests.support.world import World

OTHER = "Generated phone of somebody else"


@dataclass
class Made:
    """An exhibit with a whole life, another one in the same case file, and its package's bytes."""

    world: World
    exhibit: str
    data: bytes
    keys: dict[str, str]  # by authority's key in the world: the id of its device


def declared_keys(package_case: Made, *keys: str) -> dict[str, str]:
    """Keys as these authorities told them: key's id -> authority's id. Without names: of all."""
    return {package_case.keys[key]: package_case.world.authorities[key] for key in keys or package_case.keys}


def device_of(world: World, key: str) -> str:
    return header.device_id(node().rings.device(world.authorities[key])[0]).hex()


def page_of(exhibit: str) -> str:
    return f"/exhibits/{exhibit}/package/"


def packaged(world: World, exhibit: str, role: str = "prosecutor") -> bytes:
    answer = world.client(role).post(page_of(exhibit))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    return bytes(answer.content)


def live(world: World) -> str:
    """An exhibit that is taken, corrected, sealed, handed over, let go, found again and returned."""
    phone = {"country": "GY", "kind": "mobile-phone"}
    world.perform("exhibits-officer", seize, description=OTHER, happened=world.at(5, 13), **phone)
    black = {"description": "Phone, black", "happened": world.at(5, 14, 5), "provenance": "generated"}
    exhibit = str(world.perform("officer", seize, **black, **phone))
    superseded = Exhibit.objects.get(pk=exhibit).shown
    world.perform(
        "exhibits-officer",
        correct_exhibit,
        exhibit=exhibit,
        description="Phone, blue",
        reasons="It was dark.",
        supersedes=superseded,
    )
    world.perform("officer", seal, exhibit=exhibit, number="SVG-1", happened=world.at(5, 14, 10))
    keeper = world.actor("exhibits-officer")
    offer = world.perform(
        "officer",
        offer_custody,
        exhibit=exhibit,
        to_officer=keeper.officer,
        to_authority=keeper.authority,
        seal_read="SVG-1",
        happened=world.at(5, 15),
    )
    world.perform(
        "exhibits-officer",
        accept_custody,
        exhibit=exhibit,
        offer=offer,
        seal_read="SVG-1",
        seal_state="intact",
        happened=world.at(5, 16),
    )
    world.perform(
        "exhibits-officer", release_custody, exhibit=exhibit, to_whom="A driver", happened=world.at(6, 9)
    )
    world.perform(
        "prosecutor",
        accept_custody,
        exhibit=exhibit,
        seal_read="SVG-1",
        seal_state="intact",
        happened=world.at(6, 11),
    )
    world.perform("exhibits-officer", statement_on_gap, exhibit=exhibit, words="It lay in the boat.")
    return exhibit


@pytest.fixture(scope="module")
def package_case(populated: Populated) -> Made:
    world = populated.world
    for key in ("police", "prosecution"):
        public = node().rings.device(world.authorities[key])[0].hex()
        world.perform("coordinator", enrol_device, public=public, authority=world.authorities[key])
    exhibit = live(world)
    keys = {key: device_of(world, key) for key in ("centre", "police", "prosecution")}
    return Made(world, exhibit, packaged(world, exhibit), keys)


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def zipped(files: dict[str, bytes], **of_page: int) -> bytes:
    """A zip as a package is one; `of_page`: fields of `ZipInfo` that its page gets otherwise."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o600 << 16
            for field, value in of_page.items() if name == form.READABLE else ():
                setattr(info, field, value)
            target.writestr(info, data)
    return out.getvalue()


def signed_anew(
    data: bytes,
    change: Callable[[list[SignedEntry]], list[SignedEntry]],
    secret: bytes,
    readable: Mapping[str, bytes] = MappingProxyType({}),
    **manifest: Any,
) -> bytes:
    """As whoever has a key that may sign packages would make it: all hashes fit again. `readable`: files
    that are written otherwise."""
    package = form.unpack(data)
    entries = change(list(package.entries))
    listed = tuple(header.entry_hash(entry.header).hex() for entry in entries)
    new_manifest: Manifest = msgspec.structs.replace(package.manifest, **{"entries": listed, **manifest})
    files = {**package.files, **readable, form.ENTRIES: form.encode_entries(entries)}
    return form.pack(new_manifest, {name: files[name] for name in form.HASHED}, secret)


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def wrong(report: Report) -> str:
    return "\n".join(report.wrong)


def open_signed(entry: SignedEntry) -> Any:
    from libertad.evidence.package_check import open_entry

    return open_entry(entry, header.decode(entry.header), header.entry_hash(entry.header).hex())


def forged(
    device: tuple[bytes, bytes],
    entry_body: Body,
    file: bytes = bytes(16),
    kind: str = "operation",
    seq: int = 0,
) -> SignedEntry:
    """An entry that whoever has a device's key may sign, whatever a node would say to it."""
    epoch = bytes(range(32))
    beginning = header.beginning(
        header.device_id(device[0]), file, seq, bytes(32) if seq else b"", (), kind, sealing.key_id(epoch)
    )
    body = sealing.seal_body(msgspec.json.encode(entry_body), epoch, beginning)
    exact = header.complete(beginning, hashlib.sha256(body).digest(), len(body))
    return SignedEntry(exact, header.sign(exact, device[1]), body, sealing.entry_key(body, epoch))
