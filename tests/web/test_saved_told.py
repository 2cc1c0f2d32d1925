"""After each saving the next page says what was saved, when, and leads to its entry; once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.support.forms import forms_of
from tests.support.world import World
from tests.web.test_every_form import filled

pytestmark = pytest.mark.django_db(transaction=True)
FORM, LEAD = "/leads/report/", {"summary": "Told by a driver."}


def report(client: Client, **fields: str) -> str:
    shown = client.get(FORM)
    form = next(form for form in forms_of(shown.content.decode(), FORM) if "summary" in form.fields)
    answer = client.post(FORM, {**filled(form, FORM, shown.context).fields, **LEAD, **fields})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"])


def test_what_was_saved_is_told_once_and_leads_to_its_entry(world: World) -> None:
    client = world.client("analyst")
    where = report(client)
    text = client.get(where).content.decode()
    told = re.search(r'<div class="flash"[^>]*>(.*?)</div>', text, re.S)
    assert told is not None
    assert "Saved: Report a lead." in told[1] and "(UTC-4)" in told[1]
    entry = re.search(r'href="(/entries/[^"]+)"', told[1])
    assert entry is not None
    page = client.get(entry[1])
    assert page.status_code == 200 and "Told by a driver." in page.content.decode()
    assert 'class="flash"' not in client.get(where).content.decode()


def test_the_name_of_an_act_is_escaped(world: World) -> None:
    client = world.client("analyst")
    text = client.get(report(client, act="<script>alert(1)</script>")).content.decode()
    assert "<script>alert(1)" not in text
