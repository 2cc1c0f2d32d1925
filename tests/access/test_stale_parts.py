"""An erasure makes new key parts: administrator, whoever erased and `doctor` say so until they are saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache

from libertad.access.actions.erase_person import erase_person
from libertad.access.stale_parts import after_erasure
from libertad.commands import doctor_keys
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName
from tests.access.test_thief import signed_in
from tests.support.world import World


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def test_a_stale_part_is_told_until_it_is_saved(world: World, tmp_path: Path) -> None:
    client = signed_in("POLICE-ADM")
    here = node()
    here.rings.saved_parts(here.rings.part_marks(), "/media/safe")
    person = world.perform("officer", meet_person, country="GY", name=(PersonName(text="Gone"),))
    assert "key part in your safe" not in client.get("/").content.decode()
    assert after_erasure(world.actor("national-lead")) == "" and not list(doctor_keys.stale())
    world.perform("national-lead", erase_person, person=person, reason="order 7", source="decision")
    page = client.get("/").content.decode()
    assert "The key part in your safe is to be renewed" in page and "/media/safe" in page
    page = client.get("/key-part/").content.decode()
    assert "libertad backup --to COPY --parts-to /media/safe" in page
    notice = after_erasure(world.actor("national-lead"))
    assert f"{len(here.rings.authorities())} authorities" in notice and "until" in notice
    findings = list(doctor_keys.stale())
    assert {line.split()[4] for line, _mend in findings} == set(here.rings.authorities())
    assert all("libertad backup" in mend and "UTC" in mend for _what, mend in findings)
    assert signed_in("N-caseworker").get("/key-part/").status_code == 404
    here.rings.saved_parts(here.rings.part_marks(), "/media/safe")
    assert "key part in your safe" not in client.get("/").content.decode()
    assert "is the right one" in client.get("/key-part/").content.decode()
    assert after_erasure(world.actor("national-lead")) == "" and not list(doctor_keys.stale())
