"""Evidence packages: what leaves, who may make one, and what a court finds out from the file alone."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access.actions.enrol_device import enrol_device
from libertad.access.models import Opening
from libertad.evidence import package as form
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.correct_exhibit import correct_exhibit
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.statement_on_gap import statement_on_gap
from libertad.evidence.models import Exhibit
from libertad.evidence.package import Key, Manifest, SignedEntry
from libertad.evidence.package_check import Report, check_package
from libertad.journal import header, sealing
from libertad.journal.node import node
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import DeviceEnrol
from tests.support.populated import Populated
from tests.support.world import World

ROOT = Path(__file__).parents[2]
OTHER = "Generated phone of somebody else"


@dataclass
class Made:
    """An exhibit with a whole life, another one in the same case file, and its package's bytes."""

    world: World
    exhibit: str
    data: bytes
    keys: dict[str, str]  # by authority's key in the world: the id of its device


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
    one = str(world.perform("officer", seize, **black, **phone))
    shown = Exhibit.objects.get(pk=one).shown
    world.perform(
        "exhibits-officer", correct_exhibit, exhibit=one, description="Phone, blue", reasons="It was dark.",
        supersedes=shown,
    )  # fmt: skip
    world.perform("officer", seal, exhibit=one, number="SVG-1", happened=world.at(5, 14, 10))
    keeper = world.actor("exhibits-officer")
    offer = world.perform(
        "officer", offer_custody, exhibit=one, to_officer=keeper.officer, to_authority=keeper.authority,
        seal_read="SVG-1", happened=world.at(5, 15),
    )  # fmt: skip
    world.perform(
        "exhibits-officer", accept_custody, exhibit=one, offer=offer, seal_read="SVG-1", seal_state="intact",
        happened=world.at(5, 16),
    )  # fmt: skip
    world.perform(
        "exhibits-officer", release_custody, exhibit=one, to_whom="A driver", happened=world.at(6, 9)
    )
    world.perform(
        "prosecutor", accept_custody, exhibit=one, seal_read="SVG-1", seal_state="intact",
        happened=world.at(6, 11),
    )  # fmt: skip
    world.perform("exhibits-officer", statement_on_gap, exhibit=one, words="It lay in the boat.")
    return one


@pytest.fixture(scope="module")
def made(populated: Populated) -> Made:
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


def zipped(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in files.items():
            target.writestr(name, data)
    return out.getvalue()


def signed_anew(
    data: bytes, change: Callable[[list[SignedEntry]], list[SignedEntry]], secret: bytes, **manifest: Any
) -> bytes:
    """As whoever has a key that may sign packages would make it: all hashes fit again."""
    package = form.unpack(data)
    entries = change(list(package.entries))
    told: Manifest = msgspec.structs.replace(
        package.manifest, entries=tuple(header.entry_hash(one.header).hex() for one in entries), **manifest
    )
    files = {**package.files, form.ENTRIES: form.encode_entries(entries)}
    return form.pack(told, {name: files[name] for name in form.HASHED}, secret)


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def wrong(report: Report) -> str:
    return "\n".join(report.wrong)


# -- what leaves, and who may --------------------------------------------------------------------------


def test_the_prosecutor_makes_a_package_that_proves_the_chain(made: Made) -> None:
    shown = made.world.client("prosecutor").get(f"/exhibits/{made.exhibit}/").content.decode()
    assert page_of(made.exhibit) in shown
    report = check_package(made.data, list(made.keys.values()))
    assert report.whole, report.wrong
    assert report.vouched, report.keys
    assert report.story is not None
    titles = [line.title for line in report.story.lines]
    assert titles[0] == "Taken by Sgt. Name officer" and len(titles) == 9
    assert titles[5] == "Nobody is recorded as holding it for 2 h 00 min" and not report.story.lines[5].entry
    assert "Let go by Sgt. Name exhibits-officer without an acceptance: a gap begins" in titles
    assert "explained by a statement of Sgt. Name exhibits-officer" in report.story.sentence
    assert any("chain.html says exactly what the entries say" in line for line in report.proven)
    readable = files_of(made.data)["chain.html"].decode()
    assert "Generated for a demonstration: no real thing, no real person" in readable
    assert "It lay in the boat." in readable and "Phone, blue" in readable
    assert any("was appointed" in line for line in report.unproven)  # what it cannot prove is said too


def test_it_holds_this_exhibit_alone_and_nothing_of_care_nor_how_anybody_signs_in(made: Made) -> None:
    package = form.unpack(made.data)
    opened = [_open(entry) for entry in package.entries]
    assert None not in opened
    rooms = {one.body.verb.partition(".")[0] for one in opened}
    assert rooms == {"exhibit", "custody", "operation", "authority", "device"}
    kinds = {header.decode(entry.header).type_class for entry in package.entries}
    assert kinds <= {"case", "operation", "authority"}
    care = {made.world.authorities["care"], made.world.authorities["deciding"]}
    assert not care & ({one.body.authority for one in opened} | {one.body.subject for one in opened})
    every = b"".join(files_of(made.data).values()) + b"".join(_plain(entry) for entry in package.entries)
    assert OTHER.encode() not in every
    for told in (b"N-officer", b"N-exhibits-officer", b"N-prosecutor", b"BB-001"):
        assert told not in every  # numbers with which officers sign in


def _open(entry: SignedEntry) -> Any:
    from libertad.evidence.package_check import open_entry

    return open_entry(entry, header.decode(entry.header), header.entry_hash(entry.header).hex())


def _plain(entry: SignedEntry) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    bound = header.bound(header.decode(entry.header))
    return AESGCM(entry.key).decrypt(bytes(12), entry.body[32:], bound)


@pytest.mark.parametrize(
    ("role", "status"),
    [("prosecutor", 200), ("exhibits-officer", 200), ("national-lead", 200), ("officer", 404),
     ("analyst", 404), ("coordinator", 404), ("caseworker", 404), ("deciding-authority", 404), ("press", 404),
     ("other-lead", 404)],
)  # fmt: skip
def test_only_who_may_make_one_gets_one(made: Made, role: str, status: int) -> None:
    """The matrix says who; another country's are told no more than that there is none."""
    before = Opening.objects.filter(page="evidence-package").count()
    answer = made.world.client(role).post(page_of(made.exhibit))
    assert answer.status_code == status
    assert (answer["Content-Type"] == "application/zip") == (status == 200)
    assert Opening.objects.filter(page="evidence-package").count() == before + (status == 200)


def test_each_package_is_recorded_before_it_leaves_and_two_posts_are_two(made: Made) -> None:
    client = made.world.client("prosecutor")
    shown = client.get(page_of(made.exhibit))
    again = {"submission": shown.content.decode().partition('name="submission" value="')[2][:22]}
    packages = Opening.objects.filter(subject=made.exhibit, page="evidence-package")
    assert made.world.actor("prosecutor").officer in {row.officer for row in packages}
    before = len(packages)
    answers = [client.post(page_of(made.exhibit), again) for _ in range(2)]
    assert all(check_package(a.content, list(made.keys.values())).whole for a in answers)
    assert packages.all().count() == before + 2
    assert "Packages made so far" in client.get(page_of(made.exhibit)).content.decode()
    name = answers[0]["Content-Disposition"]
    assert 'filename="evidence-GY-' in name and answers[0]["Cache-Control"] == "no-store"


# -- what is found out ---------------------------------------------------------------------------------


def test_no_byte_of_it_can_be_altered(made: Made) -> None:
    """Of each file, bytes over its whole length: each change is found, and says what was altered."""
    files = files_of(made.data)
    for name, data in files.items():
        for at in range(0, len(data), max(1, len(data) // 40)):
            changed = flip(data, at)
            if name == form.SIGNATURE and changed.strip().lower() == data.strip():
                continue  # hexadecimal digits have two cases, blanks around them say nothing
            report = check_package(zipped(files | {name: changed}), list(made.keys.values()))
            assert not report.whole, (name, at)


@pytest.mark.parametrize("part", ["header", "signature", "body", "key"])
def test_an_altered_entry_is_named_even_where_the_manifest_was_signed_anew(made: Made, part: str) -> None:
    secret = node().rings.device(made.world.authorities["prosecution"])[1]

    def change(entries: list[SignedEntry]) -> list[SignedEntry]:
        entry = entries[2]
        at = 40 if part == "header" else 5
        return [*entries[:2], entry._replace(**{part: flip(getattr(entry, part), at)}), *entries[3:]]

    report = check_package(signed_anew(made.data, change, secret), list(made.keys.values()))
    told = {
        "header": "was altered", "signature": "its signature is not of its key",
        "body": "its text is not the one that was signed", "key": "that key was altered",
    }  # fmt: skip
    assert told[part] in wrong(report)


def test_a_dropped_entry_is_missed_by_the_manifest(made: Made) -> None:
    files = files_of(made.data)
    entries = json.loads(files[form.ENTRIES])
    del entries[3]
    report = check_package(zipped(files | {form.ENTRIES: json.dumps(entries).encode()}))
    assert "was left out, or altered: the manifest lists it" in wrong(report)


def test_whoever_makes_it_cannot_drop_an_entry_that_a_later_one_knew(made: Made) -> None:
    """The prosecution itself leaves the gap's beginning out, and signs what is left."""
    secret = node().rings.device(made.world.authorities["prosecution"])[1]
    release = next(
        at for at, entry in enumerate(form.unpack(made.data).entries)
        if _open(entry).body.verb == "custody.release"
    )  # fmt: skip

    def drop(entries: list[SignedEntry]) -> list[SignedEntry]:
        return [*entries[:release], *entries[release + 1 :]]

    report = check_package(signed_anew(made.data, drop, secret), list(made.keys.values()))
    assert "was left out: entry" in wrong(report)
    assert "chain.html does not say what the entries say" in wrong(report)


def test_a_readable_page_that_says_otherwise_is_told(made: Made) -> None:
    secret = node().rings.device(made.world.authorities["prosecution"])[1]
    package = form.unpack(made.data)
    page = package.files[form.READABLE].replace(b"It lay in the boat.", b"It lay in my safe.")
    files = {name: package.files[name] for name in form.HASHED} | {form.READABLE: page}
    report = check_package(form.pack(package.manifest, files, secret), list(made.keys.values()))
    assert report.wrong == ["chain.html does not say what the entries say. Read the chain here instead."]


def test_a_package_whose_keys_were_all_exchanged_is_vouched_by_nobody(made: Made) -> None:
    """A forger who signs everything anew with keys of their own gets no further than 'not vouched'."""
    package = form.unpack(made.data)
    public, secret = crypto_sign_keypair()
    stranger = header.device_id(public).hex()
    keys = tuple(
        msgspec.structs.replace(key, id=stranger, public=public.hex())
        if key.id == made.keys["prosecution"] else key
        for key in package.manifest.keys
    )  # fmt: skip
    theirs = bytes.fromhex(made.keys["prosecution"])
    ours = [entry for entry in package.entries if header.decode(entry.header).device == theirs]
    mine = [entry for entry in package.entries if entry not in ours]

    def forge(_entries: list[SignedEntry]) -> list[SignedEntry]:
        forged = []
        for entry in ours:
            head = header.decode(entry.header)._replace(device=header.device_id(public))
            forged.append(entry._replace(header=head.encode(), signature=header.sign(head.encode(), secret)))
        return [*mine, *forged]

    report = check_package(
        signed_anew(made.data, forge, secret, keys=keys, signer=stranger), list(made.keys.values())
    )
    assert not report.vouched and not report.whole  # a body is sealed to its header: it opens to no other
    only = check_package(
        signed_anew(made.data, lambda _e: mine, secret, keys=keys, signer=stranger), list(made.keys.values())
    )
    assert [one.key.id for one in only.keys if one.standing == "not vouched"] == [stranger]


def test_a_key_that_stands_under_another_keys_number_is_found(made: Made) -> None:
    package = form.unpack(made.data)
    public, secret = crypto_sign_keypair()
    keys = tuple(msgspec.structs.replace(key, public=public.hex()) for key in package.manifest.keys)
    report = check_package(signed_anew(made.data, lambda e: e, secret, keys=keys), list(made.keys.values()))
    assert wrong(report).count("was exchanged: it is not the key of that number") == len(keys)


def test_who_is_vouched_follows_from_the_keys_that_are_named(made: Made) -> None:
    def standing(*named: str) -> dict[str, str]:
        report = check_package(made.data, named)
        assert report.whole
        return {one.key.id: one.standing for one in report.keys}

    keys = made.keys
    assert set(standing().values()) == {"not vouched"}
    assert standing(keys["centre"]) == {
        keys["centre"]: "named", keys["police"]: "enrolled", keys["prosecution"]: "enrolled",
    }  # fmt: skip
    assert standing(keys["police"])[keys["prosecution"]] == "not vouched"
    report = check_package(made.data, ["0" * 32])
    assert any("which you named, signed nothing" in line for line in report.unproven)


def test_no_authority_vouches_for_another_ones_key(made: Made) -> None:
    """Police enrol a key of their own making as the prosecution's: only who opened the operation may."""
    world, (public, secret) = made.world, crypto_sign_keypair()
    stranger = header.device_id(public).hex()
    device, police = node().rings.device(world.authorities["police"]), world.authorities["police"]
    now = datetime(2018, 4, 7, tzinfo=UTC)
    what = Body(
        verb="device.enrol", subject=world.authorities["prosecution"], authority=police, officer="0" * 32,
        operation=world.operation, happened=Happened(at=now, zone="UTC"), clock=now,
        statements=statements(DeviceEnrol(public=public.hex())),
    )  # fmt: skip
    file, epoch = bytes(16), bytes(range(32))
    beginning = header.beginning(
        header.device_id(device[0]), file, 0, b"", (), "operation", sealing.key_id(epoch)
    )
    body = sealing.seal_body(msgspec.json.encode(what), epoch, beginning)
    exact = header.whole(beginning, hashlib.sha256(body).digest(), len(body))
    enrolment = SignedEntry(exact, header.sign(exact, device[1]), body, sealing.entry_key(body, epoch))
    package = form.unpack(made.data)
    key = Key(id=stranger, public=public.hex(), authority=what.subject, name="Prosecution, Guyana")
    forged = signed_anew(
        made.data, lambda entries: [*entries, enrolment], secret, keys=(*package.manifest.keys, key),
        signer=stranger,
    )  # fmt: skip
    report = check_package(forged, [made.keys["police"]])
    assert report.whole, report.wrong  # what police signed, they signed
    assert {one.key.id: one.standing for one in report.keys}[stranger] == "not vouched"


def test_anything_else_is_no_package(made: Made) -> None:
    files = files_of(made.data)
    twice = BytesIO(made.data)
    with zipfile.ZipFile(twice, "a") as target, pytest.warns(UserWarning):
        target.writestr(form.READABLE, b"another page")
    for data in (
        b"", b"PK", made.data[: len(made.data) // 2], twice.getvalue(), zipped(files | {"more.txt": b"x"}),
        zipped({name: data for name, data in files.items() if name != form.MANIFEST}),
        zipped(files | {form.MANIFEST: b"{}"}), zipped(files | {form.ENTRIES: b'[["a"]]'}),
    ):  # fmt: skip
        assert "This is no evidence package" in wrong(check_package(data))


def test_an_exhibit_that_was_returned_says_so_in_its_package(populated: Populated) -> None:
    world = populated.world
    page = {"country": "GY", "kind": "document", "description": "A page, generated"}
    exhibit = world.perform("officer", seize, **page)
    aunt = {"signed": "yes", "in_person": "no", "to_name": "Her aunt"}
    world.perform("officer", return_exhibit, exhibit=exhibit, **aunt)
    report = check_package(packaged(world, exhibit, "national-lead"), [device_of(world, "police")])
    assert report.whole and report.story is not None
    last = report.story.lines[-1]
    assert last.title == "Returned by Sgt. Name officer: custody ends" and ("To", "Her aunt") in last.pairs


def test_what_audits_found_is_told_as_the_makers_word_and_their_entries_stay(populated: Populated) -> None:
    world = populated.world
    exhibit = populated.ids["stored"]
    data = packaged(world, exhibit)
    report = check_package(data, [device_of(world, key) for key in ("police", "prosecution", "centre")])
    readable = files_of(data)["chain.html"].decode()
    assert report.whole, report.wrong
    assert "is missing. Audit of Shelf 1" in readable and "Not explained" in readable
    assert any("What an audit found, as whoever made the file tells it" in line for line in report.unproven)
    assert all(_open(entry).body.verb != "store.audit" for entry in form.unpack(data).entries)


# -- the command ---------------------------------------------------------------------------------------

ALONE = """
import os, sys
def refuse(event, given):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect"):
        os.write(2, f"{event} {given}".encode()); os._exit(99)
sys.addaudithook(refuse)
from libertad.cli import app
app()
"""


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As a court runs it: no home, no database, no settings, no network."""
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "200"}
    command = [sys.executable, "-c", ALONE, "evidence", "verify", *arguments]
    return subprocess.run(command, env=bare, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_needs_no_home_and_no_database(made: Made, tmp_path: Path) -> None:
    court = tmp_path / "court"
    court.mkdir()
    file = court / "package.zip"
    file.write_bytes(made.data)
    spaced = " ".join(made.keys["centre"][at : at + 4] for at in range(0, 32, 4))
    good = verify(court, str(file), "--key", spaced)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Nothing was altered or left out, and every key is vouched." in good.stdout
    assert "Taken by Sgt. Name officer" in good.stdout and "Not proven" in good.stdout
    unnamed = verify(court, str(file), "--json")
    assert unnamed.returncode == 2
    told = json.loads(unnamed.stdout)
    assert told["whole"] and not told["vouched"] and len(told["chain"]) == 9
    entries = json.loads(files_of(made.data)[form.ENTRIES])
    entries[0]["signature"] = base64.b64encode(bytes(64)).decode()
    file.write_bytes(zipped(files_of(made.data) | {form.ENTRIES: json.dumps(entries).encode()}))
    bad = verify(court, str(file))
    assert bad.returncode == 1 and "DO NOT RELY ON THIS FILE" in bad.stdout
    assert [path.name for path in court.iterdir()] == ["package.zip"]
    nothing = verify(court, "nowhere.zip")
    assert nothing.returncode == 1 and "cannot be read" in nothing.stderr
