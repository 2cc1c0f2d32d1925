"""The wall: to police a protection file is the same as nothing, in every byte and every query."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from libertad.care.models import CareFile
from libertad.care.urls import urlpatterns
from tests.care.people import consent, identified, meet
from tests.support.world import World

POLICE = ("coordinator", "analyst", "national-lead", "officer", "exhibits-officer", "other-officer")
OUTSIDE = (*POLICE, "prosecutor", "press", "administrator")
NOTHING = "0" * 32


def address(name: str, person: str, key: str) -> str:
    pattern = next(p for p in urlpatterns if p.name == name)
    values = {"person": person, "key": key, "rules": "ilo-11"}
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={k: v for k, v in values.items() if k in wanted})


def masked(body: bytes, *ids: str) -> str:
    found = body.decode()
    for one in ids:
        found = found.replace(one, "ID")
    found = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "TOKEN", found)
    found = re.sub(r'nonce="[^"]*"', "NONCE", found)
    return re.sub(r"\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", found)


@pytest.mark.parametrize("role", OUTSIDE)
def test_police_get_from_every_route_what_a_file_that_never_was_would_answer(world: World, role: str) -> None:
    person = meet(world)
    consent(world, person)
    key = identified(world, person)
    assert CareFile.objects.filter(pk=person).exists()
    client = world.client(role)
    client.get("/")
    for pattern in urlpatterns:
        for method in ("get", "post"):
            seen = []
            for who, what in ((person, key), (NOTHING, NOTHING)):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    answer = getattr(client, method)(address(str(pattern.name), who, what))
                ids = (person, key, NOTHING)
                seen.append((answer.status_code, masked(answer.content, *ids), len(queries)))
            assert seen[0] == seen[1], pattern.name
            assert seen[0][0] == 404, pattern.name


@pytest.mark.parametrize("role", POLICE)
def test_no_page_of_police_links_to_care(world: World, role: str) -> None:
    person = meet(world)
    consent(world, person)
    body = world.client(role).get("/").content.decode()
    assert "/care/" not in body


def test_care_of_another_person_is_the_same_as_none_for_those_who_read_other_files(world: World) -> None:
    """The look-up behind the pages: a caseworker of another authority finds one empty answer."""
    from dataclasses import replace

    from libertad.care import queries

    person = meet(world)
    consent(world, person)
    stranger = replace(world.actor("caseworker"), authority=world.authorities["other-police"])
    answers = []
    for who in (person, NOTHING):
        with CaptureQueriesContext(connection) as asked:
            answers.append((queries.file(stranger, who), queries.may_open(stranger, who), len(asked)))
    assert answers[0] == answers[1] and answers[0][:2] == (None, False)
