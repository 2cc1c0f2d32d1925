"""A file of parcels is taken as if each had come by the network."""

from __future__ import annotations

import os
from pathlib import Path

from typer.testing import CliRunner

from libertad.cli import app
from libertad.exchange.protocol.secure_channel import ASK, Channel
from libertad.field.bundles import FRONT
from libertad.journal import header
from libertad.people.models import Person
from tests.field.making import phone_of
from tests.support.phone import Phone, Written
from tests.support.world import World


def request(phone: Phone, entries: list[Written]) -> bytes:
    seed = os.urandom(32)
    sealed = Channel(seed, phone.node).seal(ASK, phone.parcel(entries))
    body = b"\x01" + header.keypair(seed)[0] + sealed
    return len(body).to_bytes(4, "big") + body


def test_a_bundle_is_read_twice_and_answered(world: World, tmp_path: Path) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    file = tmp_path / "reports.lfb"
    file.write_bytes(FRONT + request(phone, entries))
    for _ in range(2):
        done = CliRunner().invoke(app, ["field", "read", str(file), "--answers"])
        assert done.exit_code == 0, done.output
    assert Person.objects.filter(pk=person).count() == 1
    assert (tmp_path / "reports.answers").read_bytes().startswith(FRONT)


def test_a_bundle_that_is_cut_off_loses_nothing_before_the_cut(world: World, tmp_path: Path) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    file = tmp_path / "reports.lfb"
    file.write_bytes(FRONT + request(phone, entries) + b"\x00\x00\x10\x00cut")
    done = CliRunner().invoke(app, ["field", "read", str(file)])
    assert done.exit_code == 1 and "copy it again" in " ".join(done.output.split())
    assert Person.objects.filter(pk=person).exists()
