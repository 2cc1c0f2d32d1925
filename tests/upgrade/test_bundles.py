"""Bundles that 0.1 wrote are read by nodes of today: recorded, so that it is tried without 0.1's code."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from libertad.exchange.protocol.messages import ControlMessage, Parcel, PullRequest
from libertad.vocabulary import formats
from tests.upgrade.homes import Node, unpack

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite_only, pytest.mark.xdist_group("upgrade")]
# What 0.1 puts on the wire, by one-letter name (docs/exchange-format.md of 0.1): nothing of it is renamed.
FIELDS = {
    PullRequest: "nazmfwxyh",
    Parcel: "aznepfshwdc",
    ControlMessage: "ncokgrhspqeaulmvfitwb",
}


class Two(NamedTuple):
    centre: Node
    police: Node
    bundles: list[list[str]]  # from the centre, from the police


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    folder = unpack("production", tmp_path_factory.mktemp("production") / "nodes")
    bundles = [[str(path) for path in sorted((folder / f"bundle-{n}").iterdir())] for n in (0, 1)]
    return Two(Node(folder / "centre"), Node(folder / "police"), bundles)


def rows(node: Node, query: str) -> list[Any]:
    with sqlite3.connect(node.at / "libertad.sqlite3") as connection:
        return connection.execute(query).fetchall()


def test_what_0_1_put_on_the_wire_keeps_its_letters() -> None:
    for kind, letters in FIELDS.items():
        encoded = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert set(letters) <= encoded, kind


def test_a_bundle_of_0_1_is_taken_whole_and_without_alarm(two: Two) -> None:
    for node, bundle in ((two.police, two.bundles[0]), (two.centre, two.bundles[1])):
        node.start()
        before = rows(node, "select count(*) from operations_lead")[0][0]
        outcome = node.json("bundle", "read", *bundle)
        assert outcome["stored"] >= 1 and not outcome["missing"]
        assert rows(node, "select reason from journal_held") == []
        assert rows(node, "select * from exchange_alarm") == []
        assert rows(node, "select count(*) from operations_lead")[0][0] == before + 1
        assert rows(node, "select format from exchange_peer") == [(formats.FIRST,)]
        assert node.json("journal", "verify")["findings"] == []


def test_once_both_are_updated_each_knows_it_of_the_other(two: Two, tmp_path: Path) -> None:
    for sender, reader in ((two.centre, two.police), (two.police, two.centre)):
        (name,) = [peer["lives"][0]["name"] for peer in sender.json("exchange", "peers")]
        bundle = sender.json("bundle", "write", "--to", name, "--folder", str(tmp_path))
        assert not reader.json("bundle", "read", *bundle["files"])["missing"]
        assert rows(reader, "select format from exchange_peer") == [(formats.TODAY,)]
    leads = [sorted(rows(node, "select id from operations_lead")) for node in (two.centre, two.police)]
    assert leads[0] == leads[1] and len(leads[0]) == 3


def test_who_had_a_sign_in_at_0_1_signs_in_with_password_and_code(two: Two) -> None:
    factors = json.loads((two.police.at / "factors.json").read_text("utf-8"))
    output = two.police.script(SIGN_IN, json.dumps(factors), "correct horse battery staple")
    assert sorted(output.split()) == ["GY-1", "GY-2"]


SIGN_IN = """
import json, sys
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.test import Client, override_settings
from libertad.commands import unlocking
unlocking.open_rings()
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
    for number, secret in json.loads(sys.argv[1]).items():
        client = Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO="https")
        answer = client.post("/sign-in/", {"login": number, "password": sys.argv[2]}, secure=True)
        assert answer.status_code == 302, answer.content
        code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
        client.post(answer["Location"], {"code": code}, secure=True)
        if client.get("/", secure=True).status_code == 200:
            print(number)
from libertad.journal.node import close_node
close_node()
"""
