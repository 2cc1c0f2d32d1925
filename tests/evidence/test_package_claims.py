"""What an evidence package's manifest says of itself: reference, maker and names are held to its entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.evidence import package as form
from libertad.evidence.package import Key, SignedEntry
from libertad.evidence.package_check import check_package
from libertad.evidence.package_keys import Report
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import AuthorityInvite
from tests.evidence.packages import Made, forged, open_signed, package_case, signed_anew, wrong

__all__ = ["package_case"]
FALSE = "International police, generated"


def claiming(package: Made, entries: list[SignedEntry] | None = None, **manifest: Any) -> Report:
    """What a check finds where the prosecution itself says this in its manifest, all hashes fitting again."""
    secret = node().rings.device(package.world.authorities["prosecution"])[1]
    claimed_entries = list(form.unpack(package.data).entries) if entries is None else entries
    return check_package(
        signed_anew(package.data, lambda _e: claimed_entries, secret, **manifest), [*package.keys.values()]
    )


def keys_called(package: Made, authority: str, name: str) -> list[Key]:
    keys = form.unpack(package.data).manifest.keys
    return [msgspec.structs.replace(key, name=name) if key.authority == authority else key for key in keys]


def invites(entry: SignedEntry, authority: str) -> bool:
    opened_entry = open_signed(entry)
    return isinstance(opened_entry.content, AuthorityInvite) and opened_entry.subject == authority


def report_text(report: Report) -> str:
    """Where names of authorities stand in what is told."""
    assert report.story is not None
    pairs = [value for line in report.story.lines for _label, value in line.pairs]
    return "\n".join([*pairs, *report.names.values(), *report.proven])


def test_the_reference_is_the_one_that_the_taking_gave(package_case: Made) -> None:
    report = claiming(package_case, reference="GY-9999")
    assert "The manifest calls the exhibit GY-9999; its taking calls it GY-" in wrong(report)


def test_the_maker_is_of_the_authority_whose_key_signed(package_case: Made) -> None:
    maker = form.unpack(package_case.data).manifest.maker
    police = msgspec.structs.replace(maker, authority=package_case.world.authorities["police"])
    assert "names another authority as its maker than its key's" in wrong(
        claiming(package_case, maker=police)
    )
    report = check_package(package_case.data, [*package_case.keys.values()])
    assert f"That {maker.name} (prosecutor) made this file: " in "\n".join(report.unproven)


def test_a_makers_authority_bears_its_own_name(package_case: Made) -> None:
    maker = form.unpack(package_case.data).manifest.maker
    report = claiming(package_case, maker=msgspec.structs.replace(maker, authority_name=FALSE))
    assert f"The file calls one authority by two names: {FALSE} and {maker.authority_name}." in wrong(report)


def test_one_authority_has_one_name_whichever_of_its_keys_stands_last(package_case: Made) -> None:
    police, (public, _secret) = package_case.world.authorities["police"], crypto_sign_keypair()
    name = next(k.name for k in form.unpack(package_case.data).manifest.keys if k.authority == police)
    further = Key(id=header.device_id(public).hex(), public=public.hex(), authority=police, name=name)
    report = claiming(package_case, keys=(*keys_called(package_case, police, FALSE), further))
    assert f"The file calls one authority by two names: {' and '.join(sorted([name, FALSE]))}." in wrong(
        report
    )
    assert "The authority that the file calls International police, generated bears another" in wrong(report)
    assert FALSE not in report_text(report)


@pytest.mark.parametrize("forge", [False, True])
def test_a_name_without_an_invitation_by_who_may_give_it_is_not_proven(
    package_case: Made, forge: bool
) -> None:
    """Police's own invitation is left out; `forge`: the prosecution, who gives no names, writes another."""
    world, police = package_case.world, package_case.world.authorities["police"]
    entries = [entry for entry in form.unpack(package_case.data).entries if not invites(entry, police)]
    assert len(entries) < len(form.unpack(package_case.data).entries)
    if forge:
        now = datetime(2018, 4, 7, tzinfo=UTC)
        content = AuthorityInvite(name=FALSE, kind="police", country="GY", zone="UTC")
        body = Body(
            verb="authority.invite",
            subject=police,
            authority=world.authorities["prosecution"],
            officer="0" * 32,
            operation=world.operation,
            happened=Happened(at=now, zone="UTC"),
            clock=now,
            statements=statements(content),
        )
        entries.append(forged(node().rings.device(world.authorities["prosecution"]), body))
    report = claiming(package_case, entries, keys=tuple(keys_called(package_case, police, FALSE)))
    assert f"That authority {police} is called {FALSE}: " in "\n".join(report.unproven)
    assert FALSE not in report_text(report) and police in report_text(report)


def test_names_of_a_true_package_are_all_proven(package_case: Made) -> None:
    report = check_package(package_case.data, [*package_case.keys.values()])
    assert set(report.names) == {key.authority for key in form.unpack(package_case.data).manifest.keys}
    assert "is called" not in "\n".join(report.unproven) and "Guyana police" in report_text(report)
