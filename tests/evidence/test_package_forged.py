"""Whatever whoever has a key that may sign packages puts into one, each lie is told by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.evidence import package as form
from libertad.evidence.package import Key, Manifest, SignedEntry
from libertad.evidence.package_check import check_package
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import AuthorityInvite, DeviceEnrol
from libertad.vocabulary.verbs.evidence import CustodyStatement
from tests.evidence.packages import Made, device_of, forged, package_case, signed_anew, wrong

__all__ = ["package_case"]
NOW = datetime(2018, 4, 8, tzinfo=UTC)
SMALL = bytes([1, *bytes(31)])  # of order one: whoever likes makes a signature that fits it


@dataclass
class Forger:
    """The prosecution itself, which has signed the package: what it makes of it."""

    made: Made
    further: list[SignedEntry] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def true(self) -> Manifest:
        return form.unpack(self.made.data).manifest

    @property
    def entries(self) -> list[SignedEntry]:
        return [*form.unpack(self.made.data).entries, *self.further]

    def says(
        self, content: Any, seq: int = 0, by: str = "prosecution", file: bytes = bytes(16), **body: Any
    ) -> None:
        """An entry of its own, of the roster unless it is said otherwise, under its own key."""
        world = self.made.world
        fields: dict[str, Any] = {
            "subject": self.true.exhibit,
            "authority": world.authorities[by],
            "officer": "0" * 32,
            "operation": self.true.operation,
            "happened": Happened(at=NOW, zone="UTC"),
            "clock": NOW,
        } | body
        entry = Body(verb=content.VERB, statements=statements(content), **fields)
        kind = "operation" if file == bytes(16) else "case"
        self.further.append(
            forged(node().rings.device(world.authorities["prosecution"]), entry, file, kind, seq)
        )

    def custody(self, **body: Any) -> None:
        file = bytes.fromhex(body.pop("file", self.true.file))
        self.says(CustodyStatement(words="It was always mine."), seq=700, file=file, **body)


def invites(forger: Forger, name: str, seq: int) -> None:
    content = AuthorityInvite(name=name, kind="police", country="GY", zone="UTC")
    forger.says(content, seq, subject="9" * 32)


def two_of_one_number(forger: Forger) -> None:
    invites(forger, "One", 700)
    invites(forger, "Another", 700)


def one_that_follows_another(forger: Forger) -> None:
    invites(forger, "One", 700)
    invites(forger, "Another", 701)


def for_another(forger: Forger) -> None:
    forger.custody(by="police")


def of_another_exhibit(forger: Forger) -> None:
    forger.custody(subject="8" * 32)


def of_another_file(forger: Forger) -> None:
    forger.custody(file="7" * 32)


def of_another_operation(forger: Forger) -> None:
    forger.custody(operation="6" * 32)


def twice(forger: Forger) -> None:
    forger.further.append(form.unpack(forger.made.data).entries[0])


def unlisted(forger: Forger) -> None:
    forger.custody()
    forger.manifest["entries"] = forger.true.entries


def without_consent(forger: Forger) -> None:
    """Another's key is claimed as its own: a proof that the key did not give."""
    public, _secret = crypto_sign_keypair()
    content = DeviceEnrol(public=public.hex())
    forger.says(content, 700, subject=forger.made.world.authorities["prosecution"], proof="00" * 64)


def of_small_order(forger: Forger) -> None:
    police = forger.made.world.authorities["police"]
    key = Key(id=header.device_id(SMALL).hex(), public=SMALL.hex(), authority=police)
    forger.manifest["keys"] = (*forger.true.keys, key)


def under_another_name(forger: Forger) -> None:
    keys = [msgspec.structs.replace(key, name="International police") for key in forger.true.keys]
    forger.manifest["keys"] = tuple(keys)


def with_another_page(forger: Forger) -> None:
    """So that no page would be compared, and `chain.html` may say anything."""
    forger.manifest["page"] = form.PAGE + 1


def made_before_it_was_said(forger: Forger) -> None:
    forger.manifest["made"] = datetime(1990, 1, 1, tzinfo=UTC)


def listed_twice(forger: Forger) -> None:
    forger.manifest["entries"] = forger.true.entries * 2


def with_another_readme(forger: Forger) -> None:
    forger.files[form.README] = b"A court has checked this file. Do not check it again."


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (two_of_one_number, "bear one number of one key's log"),
        (one_that_follows_another, "does not follow the one before it in its key's log"),
        (for_another, "speaks for another authority than its key"),
        (of_another_exhibit, "is of another exhibit, file or operation"),
        (of_another_file, "is of another exhibit, file or operation"),
        (of_another_operation, "is of another exhibit, file or operation"),
        (twice, "is in the file twice"),
        (unlisted, "was altered or added: the manifest does not list it"),
        (without_consent, "enrols a key that did not agree to it"),
        (of_small_order, "is no key that can be relied on"),
        (under_another_name, "The authority that the file calls International police bears another name"),
        (with_another_page, "chain.html is of version"),
        (made_before_it_was_said, "says that it was made before entry"),
        (listed_twice, "The manifest lists an entry twice"),
        (with_another_readme, "README.txt does not say what it says in a package of this exhibit"),
    ],
    ids=lambda lie: getattr(lie, "__name__", ""),
)
def test_each_lie_of_whoever_signs_a_package_is_told(
    package_case: Made, lie: Callable[[Forger], None], told: str
) -> None:
    forger = Forger(package_case)
    lie(forger)
    secret = node().rings.device(package_case.world.authorities["prosecution"])[1]
    data = signed_anew(
        package_case.data, lambda _entries: forger.entries, secret, forger.files, **forger.manifest
    )
    assert told in wrong(
        check_package(data, [device_of(package_case.world, key) for key in package_case.keys])
    )
