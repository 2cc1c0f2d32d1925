"""After each saving the next page says what was saved, when, and leads to its entry; once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from django.test import Client

from libertad.access.entry_words import TALLIES
from libertad.access.matrix import matrix, roles
from libertad.access.queries import on_clock
from libertad.journal.folding import Said
from libertad.operations.actions.set_clock import set_clock
from libertad.vocabulary.body import VERBS
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs.operations import LeadReport
from libertad.web.saved_words import SAVED, saved_words
from tests.support.forms import forms_of
from tests.support.world import World
from tests.web.test_every_form import filled

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2018, 4, 5, 16, tzinfo=UTC)
# What goes along with another word, and is told by none.
QUIET = {"compartment.open", "danger.tally", "file.open", "hold.tally", "search.made", "complaint.open"}
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
    assert "Lead reported." in told[1] and "Saved" not in told[1] and "(UTC-4)" in told[1]
    entry = re.search(r'href="(/entries/[^"]+)"', told[1])
    assert entry is not None
    page = client.get(entry[1])
    assert page.status_code == 200 and "Told by a driver." in page.content.decode()
    assert 'class="flash"' not in client.get(where).content.decode()


def test_the_word_has_the_entrys_own_time_however_long_the_operations_clock_has_stood(world: World) -> None:
    world.perform(
        "coordinator", set_clock, reads=NOON, set_at=datetime.now(UTC) - timedelta(hours=3), rate=0.0
    )
    client = world.client("analyst")
    text = client.get(report(client)).content.decode()
    assert "Lead reported. 5 April 2018, 12:00 (UTC-4)." in " ".join(text.split())
    assert on_clock(world.operation, datetime.now(UTC) - timedelta(minutes=5)) == NOON


def test_a_correction_is_told_as_one() -> None:
    lead = SimpleNamespace(verb="lead.report", content=LeadReport(correction="Heard wrongly", summary="A"))
    assert saved_words(cast(Said, lead)) == "Correction recorded"


def test_whatever_an_officer_says_has_a_word_in_the_past() -> None:
    law, kinds = matrix(), codelist("compartment-kinds")
    sayable = {
        verb
        for verb, kind in VERBS.items()
        if "" not in kind.RETIRED and any(law.may_say(role, verb, file) for role in roles() for file in kinds)
    }
    unsaid = {verb for verb in sayable if verb.startswith(TALLIES)} | QUIET
    assert sayable - unsaid == set(SAVED)
