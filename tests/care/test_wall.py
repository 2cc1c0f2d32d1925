"""The wall: to police a protection file is the same as nothing, in every byte and every query."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from libertad.access.acting import new_id, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import Account
from libertad.care.actions.identify import identify
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile
from libertad.care.urls import urlpatterns
from libertad.vocabulary.values import Refused
from tests.care.people import consent, identified, meet
from tests.support.world import World

pytestmark = pytest.mark.guard

POLICE = ("coordinator", "analyst", "national-lead", "officer", "exhibits-officer", "other-officer")
OUTSIDE = (*POLICE, "prosecutor", "press", "administrator")
NOTHING = "0" * 32
OWN = ("care", "care-everybody", "care-mine", "care-shift", "care-services", "care-service-new")
LISTS = {"caseworker": OWN, "supervisor": (*OWN, "care-team")}


def address(name: str, person: str, key: str) -> str:
    pattern = next(p for p in urlpatterns if p.name == name)
    values = {"person": person, "key": key, "entry": key, "rules": "ilo-11"}
    parameters = pattern.pattern.converters
    return reverse(name, kwargs={k: v for k, v in values.items() if k in parameters})


def masked(body: bytes, *ids: str) -> str:
    text = body.decode()
    for identifier in ids:
        text = text.replace(identifier, "ID")
    text = re.sub(r'name="(?:csrfmiddlewaretoken|submission)" value="[^"]*"', "TOKEN", text)
    text = re.sub(r'nonce="[^"]*"', "NONCE", text)
    return re.sub(r"\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", text)


@pytest.mark.parametrize("role", OUTSIDE)
def test_police_get_from_every_route_what_a_file_that_never_was_would_answer(world: World, role: str) -> None:
    person = meet(world)
    consent(world, person)
    key = identified(world, person)
    assert CareFile.objects.filter(person=person).exists()
    client = world.client(role)
    client.get("/")
    for pattern in urlpatterns:
        for method in ("get", "post"):
            answers = []
            for person_id, part_key in ((person, key), (NOTHING, NOTHING)):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    answer = getattr(client, method)(address(str(pattern.name), person_id, part_key))
                ids = (person, key, NOTHING)
                answers.append((answer.status_code, masked(answer.content, *ids), len(queries)))
            assert answers[0] == answers[1], pattern.name
            assert answers[0][0] == 404, pattern.name


@pytest.mark.parametrize("role", POLICE)
def test_no_page_of_police_links_to_care(world: World, role: str) -> None:
    person = meet(world)
    consent(world, person)
    body = world.client(role).get("/").content.decode()
    assert "/care/" not in body


def another_care(world: World, role: str = "caseworker", country: str = "VC") -> Actor:
    """An officer of a second care authority, which reads none of the files here."""
    key, zone = new_id(), "America/St_Vincent"
    make_ring(key)
    world.perform(
        "coordinator",
        invite_authority,
        name="Care authority, Saint Vincent",
        kind="care",
        country=country,
        zone=zone,
        authority=key,
    )
    first = found_authority(name="A. Admin", rank="", service_number="VC-care", zone=zone, authority=key)
    admin = replace(first, operation=world.operation)
    officer = perform(admin, appoint_officer, name="R. O.", service_number="VC-1", role=role)
    Account.objects.create_user("VC-1", "correct horse battery", officer)
    return replace(admin, officer=officer, role=role)


@pytest.mark.parametrize("role", ["caseworker", "supervisor"])
def test_to_another_care_authority_a_file_is_the_same_as_none(world: World, role: str) -> None:
    stranger = another_care(world, role)
    person = meet(world)
    key = identified(world, person)
    client = Client()
    client.force_login(
        Account.objects.get(officer=stranger.officer),
        backend="libertad.web.signing_in.Backend",
    )
    client.get("/")
    for pattern in urlpatterns:
        answers = []
        for person_id, part_key in ((person, key), (NOTHING, NOTHING)):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address(str(pattern.name), person_id, part_key))
            answers.append((answer.status_code, masked(answer.content, person, key, NOTHING), len(queries)))
        assert answers[0] == answers[1], pattern.name
        assert pattern.name in LISTS[role] or answers[0][0] == 404, pattern.name
    refusals = set()
    for person_id in (person, NOTHING):
        for act, fields in (
            (record_wish, {"wish": "stay"}),
            (identify, {"status": "presumed", "reasons": "x"}),
        ):
            with pytest.raises(Refused) as why:
                perform(stranger, act, person=person_id, **fields)
            refusals.add((why.value.field, why.value.rule))
    with pytest.raises(Refused) as real:
        perform(stranger, read_identification, identification=key, agrees="yes")
    with pytest.raises(Refused) as none:
        perform(stranger, read_identification, identification=NOTHING, agrees="yes")
    assert len(refusals) == 1 and str(real.value) == str(none.value)
