"""Keys that were vouched for with a stolen coordinator's key: taking them back, in the browser, at once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from nacl.bindings import crypto_sign_keypair

from libertad.access.actions.enrol_device import enrol_device
from libertad.access.models import Device, OperationChange, Vouched
from libertad.journal.guarded import owner_of
from libertad.journal.header import device_id
from libertad.journal.node import node
from libertad.journal.sql import Sql
from tests.support.world import World


@pytest.mark.parametrize(
    ("proposes", "signs"), [("coordinator", "national-lead"), ("national-lead", "coordinator")]
)
def test_a_coordinator_takes_vouched_keys_back_in_the_browser_with_another_authority(
    world: World, proposes: str, signs: str
) -> None:
    first_of_all, public = crypto_sign_keypair()[0], crypto_sign_keypair()[0]
    name = device_id(public)
    for key in (first_of_all, public):  # the first is that of an invitation
        world.perform("coordinator", enrol_device, public=key.hex(), authority=world.authorities["care"])
    vouched = Vouched.objects.get(pk__in=Vouched.objects.filter(verb="device.enrol").order_by("-at")[:1])
    assert owner_of(Sql(), name) == world.authorities["care"]
    first, second = world.client(proposes), world.client(signs)
    href = reverse("vouched-undo", args=[vouched.pk])
    for client in (first, second):
        assert href in client.get("/").content.decode(), "it stands on Today"
    answer = first.post(href, {"reason": "Care lost nothing: called"})
    assert answer.status_code == 302
    assert owner_of(Sql(), name) == world.authorities["care"], "one authority alone takes nothing back"
    changes = [reverse("change", args=[row.pk]) for row in OperationChange.objects.filter(signed_by="")]
    assert answer["Location"] in changes  # with the keys goes what was said in the same minutes of the node
    for change in changes:
        assert change in second.get("/").content.decode(), "it waits on the other's Today"
        page = second.get(change).content.decode()
        proposal = page.partition('name="proposal" value="')[2].partition('"')[0]
        signed = second.post(change, {"proposal": proposal}, follow=True)
        assert "Signed. It counts from now on" in signed.content.decode()
    assert owner_of(Sql(), name) == ""
    assert not Device.objects.filter(pk=name.hex()).exists()
    (undone,) = node().sql().first("select count(*) from journal_held where reason = 'undone'") or (0,)
    assert undone == len(changes)
    assert href not in first.get("/").content.decode()
