"""What was changed in a form that had been saved: its page is found again, and leads to a correction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from libertad.access import unsaved
from libertad.operations.models import Lead
from libertad.people.models import Person
from libertad.web.first_steps import RETURN
from tests.access.test_submissions import ADDRESS, MEET
from tests.people.making import person_row
from tests.support.forms import Form, database, form_at, forms_of
from tests.support.world import World


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    unsaved.FORMS.kept.clear()


def changed(client: Client, **changes: str) -> tuple[str, str]:
    """(the person's page, the page of what was changed) after a meeting was saved, changed and sent again."""
    form = {**form_at(client, ADDRESS).fields, **MEET, "with_whom": "with an aunt", "needs": "doctor"}
    first = client.post(ADDRESS, form)
    again = client.post(ADDRESS, {**form, **changes})
    assert (first.status_code, again.status_code) == (302, 302), "Back asks for a page, and sends no form"
    return first.url, again.url


def another(page: str, address: str) -> Form:
    return next(form for form in forms_of(page, address) if form.action == ADDRESS)


def test_the_page_is_there_as_often_as_it_is_asked_for(world: World) -> None:
    client = world.client("officer")
    saved, address = changed(client, name="Bianca")
    before = database()
    for _time in range(3):
        page = client.get(address)
        text = page.content.decode()
        assert page.status_code == 200 and page["Cache-Control"] == "no-store"
        assert "Saved already, and changed since" in text and "is NOT saved" in text
        assert another(text, address).fields["name"] == ["Bianca"] and f'href="{saved}"' in text
    assert database() == before and Person.objects.count() == 1
    answer = client.post(ADDRESS, another(text, address).fields)
    assert answer.status_code == 302 and answer.url != saved and Person.objects.count() == 2
    assert "Bianca" in client.get(address).content.decode(), "and Back from there finds it again"


def test_correct_leads_to_the_correction_with_what_was_changed(world: World) -> None:
    client = world.client("officer")
    saved, address = changed(client, with_whom="with her brother", needs="documents", happened_time="00:00")
    page = client.get(address).content.decode()
    correct = f"{saved}meeting/"
    assert f'href="{correct}?unsaved=' in page
    link = page.partition(f'href="{correct}')[2].partition('"')[0]
    form = form_at(client, correct + link.replace("&amp;", "&"))
    assert form.fields["with_whom"] == ["with her brother"] and form.fields["needs"] == ["documents"]
    assert form.fields["met_time"] == ["00:00"]
    assert "What you changed after saving is filled in" in client.get(correct + link).content.decode()
    assert "What you changed" not in client.get(correct).content.decode()
    sent = {**form.fields, "reasons": "Heard wrongly"}
    assert client.post(correct + link, sent).status_code == 302
    now = person_row(world.actor("officer"), saved.strip("/").rpartition("/")[2])
    assert (now["with_whom"], now["needs"]) == ("with her brother", ["documents"])


def test_what_a_colleague_corrected_since_is_not_taken_back(world: World) -> None:
    client = world.client("officer")
    saved, address = changed(client, with_whom="with her brother", needs="documents")
    person = saved.strip("/").rpartition("/")[2]
    correct = f"{saved}meeting/"
    sent = {**form_at(client, correct).fields, "with_whom": "alone", "reasons": "Seen on the photo"}
    assert client.post(correct, sent).status_code == 302
    link = address.partition("?")[2]
    form = form_at(client, f"{correct}?{link}")
    assert form.fields["with_whom"] == ["alone"], "what stands"
    assert form.fields["needs"] == ["documents"], "what nobody corrected"
    assert "left as it stands" in client.get(f"{correct}?{link}").content.decode()
    assert person_row(world.actor("officer"), person)["with_whom"] == "alone"


def test_in_another_operation_nothing_of_it_is_recorded_or_filled_in(world: World) -> None:
    client = world.client("officer")
    saved, address = changed(client, with_whom="with her brother")
    ((token, form),) = unsaved.FORMS.kept.items()
    assert form.operation == world.operation
    unsaved.FORMS.kept[token] = replace(form, operation="f" * 32)
    answer = client.get(address)
    assert answer.status_code == 409 and "You work in another operation now" in answer.content.decode()
    correct = f"{saved}meeting/?{address.partition('?')[2]}"
    assert form_at(client, correct).fields["with_whom"] == ["with an aunt"]


def test_one_account_pushes_out_nobody_elses(world: World) -> None:
    client = world.client("officer")
    _saved, address = changed(client, name="Bianca")
    form = next(iter(unsaved.FORMS.kept.values()))
    others = [unsaved.FORMS.keep(replace(form, account="another")) for _ in range(unsaved.MOST_EACH + 3)]
    assert len(unsaved.FORMS.kept) == unsaved.MOST_EACH + 1
    assert "Bianca" in client.get(address).content.decode()
    tokens = [other.partition("=")[2] for other in others]
    kept = [unsaved.FORMS.find("another", token) is not None for token in tokens]
    assert kept == [False] * 3 + [True] * unsaved.MOST_EACH, "the oldest go first"


def test_a_first_step_leads_to_what_was_changed_and_not_to_today(world: World) -> None:
    client = world.client("officer")
    form = {**form_at(client, ADDRESS).fields, **MEET}
    client.post(ADDRESS, form)
    session = client.session
    session[RETURN] = ADDRESS  # the form was opened from a first step again
    session.save()
    assert client.post(ADDRESS, {**form, "name": "Bianca"}).url.startswith(reverse(unsaved.NAME))


def test_a_role_without_that_correction_is_led_to_what_was_saved(world: World) -> None:
    client = world.client("exhibits-officer")
    saved, address = changed(client, with_whom="alone")
    page = client.get(address).content.decode()
    assert "meeting/" not in page and f'class="govuk-button" href="{saved}"' in page


def test_a_lead_goes_to_its_own_correction(world: World) -> None:
    client = world.client("officer")
    values = {
        **form_at(client, "/leads/report/").fields,
        "country": "GY",
        "summary": "A red boat",
        "source_grade": "1",
        "information_grade": "B",
        "handling": "P",
        "workplace": "gold-mine",
        "origin": "hotline",
    }
    assert client.post("/leads/report/", values).status_code == 302
    address: Any = client.post("/leads/report/", {**values, "summary": "A blue boat"})
    lead = Lead.objects.get().pk
    page = client.get(address.url).content.decode()
    assert f'href="/leads/{lead}/correct/?unsaved=' in page
    link = page.partition(f'href="/leads/{lead}/correct/')[2].partition('"')[0]
    assert form_at(client, f"/leads/{lead}/correct/{link}").fields["summary"] == ["A blue boat"]


def test_it_is_for_the_account_that_wrote_it_and_in_no_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("officer")
    _saved, address = changed(client, name="Quillfeather")
    for role in ("national-lead", "other-officer"):
        text = world.client(role).get(address).content.decode()
        assert "Quillfeather" not in text and "Not kept any longer" in text
    monkeypatch.setattr(unsaved.time, "monotonic", lambda: 1e12)
    assert "Not kept any longer" in client.get(address).content.decode()
    assert not unsaved.FORMS.kept
