"""The counting id leads from a person to the anonymous tally: no page shows it."""

from __future__ import annotations

import re

from django.test import Client

from libertad.operations.models import HitCount, SiteCount
from libertad.people.models import Person, Tally
from tests.people.making import counting
from tests.support.populated import populate
from tests.support.world import World

START = (
    "/",
    "/people/",
    "/detentions/",
    "/care/",
    "/figures/",
    "/board/",
    "/checks/",
    "/exhibits/",
    "/leads/",
    "/sites/",
    "/operation/",
)
HREF = re.compile(r'href="(/[^"#?]*)"')


def pages(client: Client, maximum: int = 150) -> list[tuple[str, str]]:
    """Every page that a role reaches by links, with its HTML and headers."""
    left, visited = list(START), set(START)
    answers: list[tuple[str, str]] = []
    while left and len(answers) < maximum:
        path = left.pop(0)
        answer = client.get(path)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        text = answer.content.decode() + str(dict(answer.headers))
        answers.append((path, text))
        for href in HREF.findall(text):
            if href not in visited and not href.startswith(("/sign-out", "/static", "/demo", "/codes")):
                visited.add(href)
                left.append(href)
    return answers


def test_no_page_of_any_role_shows_a_counting_id(world: World) -> None:
    populate(world)
    ids = {
        key for model in (Tally, HitCount, SiteCount) for key in model.objects.values_list("pk", flat=True)
    }
    # Whom care alone met is counted on its own side, under an id that stands in no open tally.
    met = Person.objects.filter(authority=world.authorities["police"]).order_by("pk")[0].pk
    assert ids and counting(world, met) in ids
    saw_a_file = False
    for role in ("officer", "national-lead", "caseworker", "coordinator", "press", "prosecutor", "analyst"):
        walked = pages(world.client(role))
        assert [(role, path) for path, text in walked for one in ids if one in path or one in text] == []
        # The same walk finds a person's random id, so it would have found this one.
        saw_a_file = saw_a_file or any(met in text for _path, text in walked)
    assert saw_a_file
