"""Acts of custody that a passkey confirms: on the exhibit's page, on Today and in the evidence package."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest
from django.core.cache import cache

from libertad.access.acting import Act, perform
from libertad.access.confirmed import CUSTODY
from libertad.evidence import package as form
from libertad.evidence import package_passkeys
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.seize import seize
from libertad.evidence.confirmations import unconfirmed
from libertad.evidence.models import SignedCustody
from libertad.evidence.package_check import check_package
from libertad.vocabulary.verbs.vouching import EntryVouch
from tests.care.test_confirming import added, hidden
from tests.evidence.packages import device_of, packaged
from tests.support.passkey import Passkey, options_on
from tests.support.world import World

NUMBER, ROLE = "N-officer", "officer"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def taken(world: World) -> str:
    phone = {"country": "GY", "kind": "mobile-phone", "description": "Phone, black"}
    return str(world.perform(ROLE, seize, happened=world.at(5, 14, 5), **phone))


def released(client: Any, exhibit: str, key: Passkey, **changed: str) -> Any:
    """The exhibit is let go, and the passkey asked."""
    address = f"/exhibits/{exhibit}/release/"
    sent = hidden(client.get(address).content.decode())
    page = client.post(address, {"submission": sent["submission"][-1], "to_whom": "The driver"})
    assert page.status_code == 200, page
    text = page.content.decode()
    assert "Confirm with your passkey" in text, unescape(re.sub("<[^>]+>", " ", text))
    answer = {**hidden(text), "credential": key.sign(options_on(text)), **changed}
    return client.post(address, answer)


def shown(client: Any, exhibit: str) -> str:
    return unescape(client.get(f"/exhibits/{exhibit}/").content.decode())


def report(world: World, exhibit: str) -> Any:
    named = {device_of(world, key): world.authorities[key] for key in ("police", "prosecution", "centre")}
    return check_package(packaged(world, exhibit), named)


def test_an_act_of_custody_is_confirmed_and_the_package_proves_it_offline(world: World) -> None:
    exhibit, key = taken(world), Passkey()
    client = added(key, NUMBER)
    assert released(client, exhibit, key).status_code == 302
    assert "Confirmed with a passkey of Sgt. Name officer" in shown(client, exhibit)
    found = report(world, exhibit)
    assert found.is_intact, found.wrong
    assert any("signed exactly the words" in text for text in found.proven), found.proven
    pairs = [pair for line in found.story.lines for pair in line.pairs]
    assert ("Passkey", "Confirmed with a passkey of the officer") in pairs
    assert unconfirmed(world.actor(ROLE)) == []


def test_what_the_node_says_in_an_officers_name_is_marked_everywhere(world: World) -> None:
    exhibit, key = taken(world), Passkey()
    client = added(key, NUMBER)
    client.get("/")
    world.perform(ROLE, release_custody, exhibit=exhibit)
    assert "Without the passkey that Sgt. Name officer has on file" in shown(client, exhibit)
    assert [told.state for told in unconfirmed(world.actor(ROLE))] == ["missing"]
    assert [told.state for told in unconfirmed(world.actor("national-lead"))] == ["missing"]
    lead = unescape(world.client("national-lead").get("/").content.decode())
    assert "in the name of Sgt. Name officer without the passkey on file" in lead
    found = report(world, exhibit)
    assert found.is_intact and any("did not use it" in text for text in found.unproven), found.wrong


def test_a_word_for_another_act_is_an_alarm_and_wrong_in_the_package(world: World) -> None:
    exhibit, other, key = taken(world), taken(world), Passkey()
    client = added(key, NUMBER)
    assert released(client, other, key).status_code == 302
    (first,) = SignedCustody.objects.all()

    def forge(act: Act) -> None:
        old = act.find_entry(first.vouches[0])
        assert old is not None and isinstance(old.content, EntryVouch)
        name = release_custody(act, exhibit=exhibit)
        content = msgspec.structs.replace(old.content, entry=name)
        act.say(first.compartment, content, subject=exhibit, depends=[name])

    perform(world.actor(ROLE), forge)
    assert "ALARM" in shown(client, exhibit)
    assert [told.state for told in unconfirmed(world.actor(ROLE))] == ["wrong"]
    found = report(world, exhibit)
    assert not found.is_intact and any("does not fit" in text for text in found.wrong)


def test_without_any_passkey_a_package_is_as_before(world: World) -> None:
    exhibit = taken(world)
    to = world.actor("exhibits-officer")
    world.perform(ROLE, offer_custody, exhibit=exhibit, to_officer=to.officer, to_authority=to.authority)
    package = form.unpack(packaged(world, exhibit))
    assert package.manifest.version == form.VERSION and "Passkey" not in package.files[form.READABLE].decode()
    assert "passkey" not in shown(world.client(ROLE), exhibit)


def test_a_package_tells_of_every_act_that_a_passkey_confirms() -> None:
    assert package_passkeys.CUSTODY == CUSTODY
