"""What ODK brought waits until an officer accepts it: sealed, once, and never longer than its days."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from libertad.access.acting import Forbidden, perform
from libertad.access.submissions import new_submission
from libertad.field import brought
from libertad.field.actions.bring import accept_brought, bring, keep, leave_brought
from libertad.field.brought import DAY, Words, open_words
from libertad.field.brought_models import Brought
from libertad.field.odk_submissions import Answer, Collected
from libertad.field.queries_brought import brought_row, brought_waiting
from libertad.journal import sealing
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.operations.models import Lead
from libertad.people.models import Person
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, a_team
from tests.support.forms import forms_of
from tests.support.world import World

NAME, BOAT = "Amarantha Wexlow", "Blue boat with a heron"


def answer(name: str, *codes: str, question: str = "") -> Answer:
    return Answer(question or f"Question {name}", name, codes, ", ".join(codes))


def met(number: int = 1, **codes: str) -> Collected:
    answers = {"danger": "no", "name": NAME, "boat": BOAT, **codes}
    return Collected(
        f"uuid:{number}",
        "Met at the river",
        "K. Persaud",
        "2018-04-05T09:30:00.000-04:00",
        tuple(answer(name, *text.split("|")) for name, text in answers.items()),
    )


def bring_met(world: World, *submissions: Collected, verb: str = "person.meet") -> list[str]:
    perform(world.actor("officer"), bring, verb=verb, submissions=submissions or (met(),))
    return [row.id for row in brought_waiting(world.actor("officer"))]


def form_of_page(world: World, key: str, role: str = "officer", **fields: str) -> dict[str, str]:
    """What the page's form sends, as it stands."""
    page = world.client(role).get(f"/brought/{key}/")
    assert page.status_code == 200
    [form] = [form for form in forms_of(page.content.decode(), page.request["PATH_INFO"]) if form.submission]
    return {**{name: "" if not values else values[0] for name, values in form.fields.items()}, **fields}


def test_what_was_brought_is_no_entry_and_its_words_are_sealed(world: World) -> None:
    before = Entry.objects.count()
    [key] = bring_met(world)
    assert not Person.objects.exists()
    assert Entry.objects.count() - before <= 1  # the authority's own file may have been opened
    row = Brought.objects.get(pk=key)
    assert "uuid" not in key and row.sealed is not None
    assert len(row.sealed) - 44 in sealing.STEPS
    assert open_words(node(), row.authority, row.operation, key, row.sealed) is not None
    for name in ("care", "other-police", "centre"):
        assert open_words(node(), world.authorities[name], row.operation, key, row.sealed) is None


def test_no_word_of_it_stands_in_clear_in_the_database(world: World) -> None:
    bring_met(world)
    with connection.cursor() as cursor:
        cursor.execute("select * from field_brought")
        content = b" ".join(
            bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode()
            for row in cursor.fetchall()
            for cell in row
        )
    for words in (NAME, BOAT, "K. Persaud", "Met at the river", "uuid:1", "person.meet"):
        assert words.encode() not in content


def test_the_same_file_twice_brings_nothing_twice(world: World) -> None:
    officer = world.actor("officer")
    assert perform(officer, bring, verb="person.meet", submissions=[met(1), met(2)]) == (2, 0)
    assert perform(officer, bring, verb="person.meet", submissions=[met(2), met(3)]) == (1, 1)
    key = brought_waiting(officer)[0].id
    perform(officer, leave_brought, brought=key, reason="Recorded already")
    assert perform(officer, bring, verb="person.meet", submissions=[met(1), met(2), met(3)]) == (0, 3)


def test_danger_comes_first_then_the_oldest(world: World) -> None:
    bring_met(world, met(1), met(2), met(3, danger="yes"))
    assert [row.urgent for row in brought_waiting(world.actor("officer"))] == [True, False, False]


@pytest.mark.parametrize("role", ["analyst", "coordinator", "exhibits-officer", "caseworker", "prosecutor"])
def test_who_has_no_list_brings_nothing(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        perform(world.actor(role), bring, verb="lead.report", submissions=[met()])
    assert not Brought.objects.exists()


def test_another_authority_sees_nothing_of_it_and_accepts_nothing(world: World) -> None:
    [key] = bring_met(world)
    other = world.actor("other-officer")
    assert brought_waiting(other) == [] and brought_row(other, key) is None
    client = world.client("other-officer")
    assert client.get(f"/brought/{key}/").status_code == 404
    with pytest.raises(Refused, match="does not wait any more"):
        perform(other, accept_brought, brought=key, verb="lead.report", note="", values={})
    with pytest.raises(Refused, match="does not wait any more"):
        perform(other, leave_brought, brought=key, reason="Mine now")


def test_a_row_that_was_changed_or_swapped_in_the_database_opens_nothing(world: World) -> None:
    first, second = bring_met(world, met(1), met(2))
    sealed = Brought.objects.get(pk=second).sealed
    Brought.objects.filter(pk=first).update(sealed=sealed)
    officer = world.actor("officer")
    assert [row.id for row in brought_waiting(officer)] == [second]
    with pytest.raises(Refused):
        perform(officer, leave_brought, brought=first, reason="Which is it?")
    Brought.objects.filter(pk=second).update(operation="0" * 32)
    assert brought_row(replace(officer, operation="0" * 32), second) is None


def test_accepting_records_it_as_the_accepting_officers_word_with_who_collected_it(world: World) -> None:
    [key] = bring_met(world)
    client = world.client("national-lead")
    answer_page = client.post(f"/brought/{key}/", form_of_page(world, key, "national-lead"))
    person = Person.objects.get()
    assert answer_page.status_code == 302 and answer_page.url == f"/people/{person.pk}/"
    page = client.get(answer_page.url).content.decode()
    assert NAME in page and BOAT in page
    assert "Brought by ODK, form" in page and "K. Persaud" in page
    row = Brought.objects.get()
    words = open_words(node(), row.authority, row.operation, key, row.sealed)
    assert row.state == "accepted" and isinstance(words, Words)
    assert (words.answers, words.officer) == ((), world.actor("national-lead").officer)


def test_accepting_twice_writes_once(world: World) -> None:
    """The same form sent again, and the same page in a second tab."""
    [key] = bring_met(world)
    client, sent = world.client("officer"), form_of_page(world, key)
    second_tab = form_of_page(world, key)
    first = client.post(f"/brought/{key}/", sent)
    again = client.post(f"/brought/{key}/", sent)
    assert first.status_code == 302 and (again.status_code, again.url) == (302, first.url)
    other_tab = client.post(f"/brought/{key}/", {**second_tab, "submission": new_submission()})
    assert other_tab.status_code == 409 and "It was accepted" in other_tab.content.decode()
    assert Person.objects.count() == 1
    with pytest.raises(Refused, match="does not wait any more"):
        perform(
            world.actor("officer"),
            accept_brought,
            brought=key,
            verb="person.meet",
            note="",
            values={"country": "GY"},
        )
    assert Person.objects.count() == 1


def test_what_a_refused_acceptance_wrote_is_taken_back_and_it_still_waits(world: World) -> None:
    [key] = bring_met(world)
    with pytest.raises(Refused):
        perform(
            world.actor("officer"),
            accept_brought,
            brought=key,
            verb="person.meet",
            note="",
            values={"country": "VC"},
        )
    assert not Person.objects.exists() and len(brought_waiting(world.actor("officer"))) == 1


def test_what_the_form_lacks_is_asked_and_nothing_is_chosen_for_anybody(world: World) -> None:
    [key] = bring_met(world, met(danger=""))
    sent = form_of_page(world, key)
    assert "danger" not in sent
    refused = world.client("officer").post(f"/brought/{key}/", sent)
    assert refused.status_code == 200 and "Choose an answer" in refused.content.decode()
    assert not Person.objects.exists()


def test_leaving_out_needs_a_reason_and_lets_go_of_the_answers(world: World) -> None:
    [key] = bring_met(world)
    client = world.client("officer")
    address = f"/brought/{key}/leave/"
    assert "Error:" in client.post(address, {"reason": " "}).content.decode()
    assert client.post(address, {"reason": "Recorded already"}).status_code == 302
    row = Brought.objects.get()
    words = open_words(node(), row.authority, row.operation, key, row.sealed)
    assert row.state == "left-out" and words is not None
    assert (words.answers, words.reason) == ((), "Recorded already")
    page = client.get(f"/brought/{key}/").content.decode()
    assert "It was left out" in page and "Recorded already" in page and NAME not in page
    assert not Person.objects.exists()


def test_what_nobody_dealt_with_ends_after_its_days_and_can_be_brought_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, now = world.actor("officer"), brought.now_ms()
    [key] = bring_met(world)
    assert "it ends after 30 days" in world.client("officer").get("/brought/").content.decode()
    for module in ("libertad.field.brought", "libertad.field.actions.bring"):
        monkeypatch.setattr(f"{module}.now_ms", lambda: now + 31 * DAY)
    assert brought_waiting(officer) == [] and brought_row(officer, key) is None
    with pytest.raises(Refused):
        perform(officer, leave_brought, brought=key, reason="Too late")
    assert perform(officer, bring, verb="person.meet", submissions=[met()]) == (1, 0)


def test_of_what_is_over_no_word_is_left_after_its_days(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, now = world.actor("officer"), brought.now_ms()
    [key] = bring_met(world)
    perform(officer, leave_brought, brought=key, reason="Recorded already")
    monkeypatch.setattr("libertad.field.brought.now_ms", lambda: now + 31 * DAY)
    keep()  # as the node does by itself
    assert Brought.objects.get().sealed is None
    assert perform(officer, bring, verb="person.meet", submissions=[met()]) == (0, 1)


def test_a_lead_takes_what_stands_beside_into_its_words(world: World) -> None:
    lead = Collected(
        "uuid:9",
        "Tips",
        "",
        "2018-04-05",
        (
            answer("summary", "Lights at night behind the mill"),
            answer("source_grade", "1"),
            answer("information_grade", "B"),
            answer("handling", "P"),
            answer("origin", "hotline"),
            answer("boat", BOAT, question="Which boat?"),
            answer("workplace", "moon", question="What place?"),
        ),
    )
    [key] = bring_met(world, lead, verb="lead.report")
    page = world.client("officer").get(f"/brought/{key}/").content.decode()
    assert "What place?: moon" in page  # told as not understood, and beside
    sent = form_of_page(world, key)
    assert sent["beside"].splitlines() == [f"Which boat?: {BOAT}", "What place?: moon"]
    answered = world.client("officer").post(f"/brought/{key}/", sent)
    assert answered.status_code == 302, answered.content.decode()
    assert Lead.objects.count() == 1
    page = world.client("officer").get(answered.url).content.decode()
    assert "Lights at night behind the mill" in page and BOAT in page and "moon" in page


def test_a_visit_finds_its_site_and_team_by_their_references(world: World) -> None:
    from libertad.operations.models import Site, Team, Visit

    site = a_site(world)
    team = a_team(world, site)
    references = Site.objects.get(pk=site).reference, Team.objects.get(pk=team).reference
    visit = Collected(
        "uuid:10",
        "Visits",
        "K. Persaud",
        "2018-04-05T09:30:00.000-04:00",
        (
            answer("site", references[0]),
            answer("team", references[1]),
            answer("outcome", "people-found"),
            answer("people", "2"),
            answer("conditions", "debt-bondage", "isolation"),
        ),
    )
    [key] = bring_met(world, visit, verb="visit.record")
    sent = form_of_page(world, key)
    assert (sent["site"], sent["team"], sent["people"]) == (site, team, "2")
    answered = world.client("officer").post(f"/brought/{key}/", sent)
    assert answered.status_code == 302, answered.content.decode()
    row = Visit.objects.get()
    assert (row.site, row.people) == (site, 2)


def test_an_exhibit_is_accepted_by_who_took_it_alone(world: World) -> None:
    from libertad.evidence.models import Exhibit

    taken = Collected(
        "uuid:11",
        "Seized",
        "K. Persaud",
        "2018-04-05T09:30:00.000-04:00",
        (answer("kind", "mobile-phone"), answer("description", "Black phone")),
    )
    [key] = bring_met(world, taken, verb="exhibit.seize")
    sent = form_of_page(world, key)
    refused = world.client("officer").post(f"/brought/{key}/", sent)
    assert refused.status_code == 200 and "recorded as who took it and holds it" in refused.content.decode()
    assert not Exhibit.objects.exists()
    answered = world.client("officer").post(f"/brought/{key}/", {**sent, "mine": "on"})
    assert answered.status_code == 302, answered.content.decode()
    assert Exhibit.objects.count() == 1


def test_more_than_are_taken_wait_at_the_source(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from libertad.field import xlsform

    limits = dict(xlsform.limits())
    monkeypatch.setattr("libertad.field.actions.bring.limits", lambda: {**limits, "rows": 2})
    with pytest.raises(Refused, match="wait in the list already"):
        bring_met(world, met(1), met(2), met(3))
    assert not Brought.objects.exists()
