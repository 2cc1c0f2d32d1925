"""A form that arrives again writes nothing and is answered as the first time."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from libertad.access import submissions
from libertad.access.acting import new_id
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import Account, Officer, SubmissionRecord
from libertad.journal.models import Entry
from libertad.journal.node import close_node
from libertad.operations.models import Operation
from libertad.people.models import Person, Tally
from libertad.web import submitting
from tests.support.forms import database, form_at, forms_of, lose_answer
from tests.support.world import World

MEET = {
    "danger": "yes",
    "travel_document": "not-asked",
    "sex": "female",
    "seen_as": "potential-victim",
    "country": "GY",
    "age": "child",
    "age_source": "said",
}
ADDRESS = "/people/meet/"


def meeting(client: Any, **changed: str) -> dict[str, str]:
    """A meeting form as the server showed it, filled in."""
    return {**MEET, "submission": form_at(client, ADDRESS).submission, **changed}


def test_a_meeting_that_arrives_twice_is_one_person_and_one_danger(world: World) -> None:
    client = world.client("officer")
    form = meeting(client)
    first = client.post(ADDRESS, form)
    before = database()
    again = client.post(ADDRESS, form)
    assert Person.objects.count() == 1 and Tally.objects.count() == 1
    assert first.status_code == again.status_code == 302 and first.url == again.url
    assert database() == before, "not even the opening of a file was written"
    text = client.get(again.url).content.decode()
    assert "It was not saved a second time." in text


def test_without_the_frame_there_would_be_two(world: World, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "submitting" not in name]
    client = world.client("officer")
    form = meeting(client)
    client.post(ADDRESS, form)
    client.post(ADDRESS, form)
    assert Person.objects.count() == 2


def test_after_a_restart_it_is_still_one(world: World) -> None:
    client = world.client("officer")
    form = meeting(client)
    first = client.post(ADDRESS, form)
    close_node()
    assert client.post(ADDRESS, form).url == first.url
    assert Person.objects.count() == 1


def test_what_was_written_and_never_answered_is_answered_like_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the commit and the answer: only what the transaction wrote is there."""
    client = world.client("officer")
    form = meeting(client)
    first = client.post(ADDRESS, form)
    assert SubmissionRecord.objects.filter(pk__endswith=":answer").delete()[0] == 1
    before = database()
    again = client.post(ADDRESS, form)
    assert again.url == first.url and database() == before


def test_a_changed_repeat_of_a_cut_off_posting_says_that_the_change_was_not_saved(world: World) -> None:
    client = world.client("officer")
    form = meeting(client)
    client.post(ADDRESS, form)
    SubmissionRecord.objects.filter(pk__endswith=":answer").delete()
    text = client.post(ADDRESS, {**form, "sex": "male"}, follow=True).content.decode()
    assert "Saved already" in text and "is NOT saved" in text and Person.objects.count() == 1
    assert "Record it as another" in text and "Correct what was saved" not in text, (
        "where it led is not known"
    )


def test_two_at_once_are_one(world: World) -> None:
    clients = [world.client("officer") for _ in range(4)]
    form = meeting(clients[0])
    answers: list[Any] = []
    gate = threading.Barrier(len(clients))

    def send(client: Any) -> None:
        try:
            gate.wait(30)
            answers.append(client.post(ADDRESS, form))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert Person.objects.count() == 1 and Tally.objects.count() == 1
    assert len({answer.url for answer in answers}) == 1 and len(answers) == 4


def test_two_at_once_in_two_processes_are_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes share no lock and look before either has written: the transaction settles it."""
    monkeypatch.setattr("libertad.web.submitting.TURNS.take", lambda name: False)
    monkeypatch.setattr("libertad.web.submitting.TURNS.leave", lambda name, acquired: None)
    monkeypatch.setattr(submissions, "recorded", lambda submission: None)
    client = world.client("officer")
    form = meeting(client)
    assert client.post(ADDRESS, form).url == client.post(ADDRESS, form).url
    assert Person.objects.count() == 1


def test_a_refused_form_keeps_its_id_and_may_be_corrected(world: World) -> None:
    client = world.client("officer")
    form = meeting(client, happened_day="99")
    page = client.post(ADDRESS, form)
    assert page.status_code == 200 and f'value="{form["submission"]}"' in page.content.decode()
    form["happened_day"] = ""
    assert client.post(ADDRESS, form).status_code == 302
    assert client.post(ADDRESS, form).status_code == 302
    assert Person.objects.count() == 1


def test_what_the_action_refuses_uses_up_no_id(world: World) -> None:
    client = world.client("officer")
    form = {**MEET, "submission": form_at(client, ADDRESS).submission, "country": "GY"}
    with pytest.MonkeyPatch.context() as patch:
        from libertad.people import screens_acts
        from libertad.vocabulary.values import Refused

        def refuse(act: object, **values: object) -> None:
            raise Refused("sex", "is refused here")

        patch.setattr(screens_acts, "meet_person", refuse)
        assert client.post(ADDRESS, form).status_code == 200
    assert not SubmissionRecord.objects.exists()
    assert client.post(ADDRESS, form).status_code == 302 and Person.objects.count() == 1


def test_a_change_after_saving_is_not_saved_and_can_be_corrected_or_recorded_as_another(world: World) -> None:
    client = world.client("officer")
    form = meeting(client, name="Generated <Name>")
    first = client.post(ADDRESS, form)
    before = database()
    again = client.post(ADDRESS, {**form, "sex": "male"})
    text = client.get(again.url).content.decode()
    assert again.status_code == 302 and database() == before
    assert "is NOT saved" in text and f'href="{first.url}"' in text
    second_form = next(candidate for candidate in forms_of(text, ADDRESS) if candidate.action == ADDRESS)
    assert second_form.submission not in ("", form["submission"])
    assert second_form.fields["sex"] == ["male"] and second_form.fields["name"] == ["Generated <Name>"]
    assert "Generated &lt;Name&gt;" in text
    second = client.post(ADDRESS, second_form.fields)
    assert second.status_code == 302 and second.url != first.url and Person.objects.count() == 2
    assert client.post(ADDRESS, second_form.fields).url == second.url and Person.objects.count() == 2


def test_what_is_secret_or_a_file_does_not_go_along(world: World) -> None:
    client = world.client("officer")
    form = meeting(client)
    client.post(ADDRESS, form)
    for extra in ({"password": "correct horse"}, {"picture": SimpleUploadedFile("a.txt", b"a")}):
        text = client.post(ADDRESS, {**form, **extra}, follow=True).content.decode()
        assert "an empty form" in text and "correct horse" not in text
        assert not [candidate for candidate in forms_of(text, ADDRESS) if candidate.action == ADDRESS]


def test_an_operation_is_opened_once(world: World) -> None:
    centre = new_id()
    make_ring(centre)
    zone = "America/Port_of_Spain"
    lead = found_authority(
        name="N. Generated", rank="", service_number="TT-001", role="coordinator", zone=zone, authority=centre
    )
    account = Account.objects.create_user("TT-001", "correct horse battery", lead.officer)
    client = Client()
    client.force_login(account, backend="libertad.web.signing_in.Backend")
    form = form_at(client, "/operation/open/").fields | {
        "name": "Second",
        "zone": zone,
        "country": ["TT"],
        "first_day_year": "2018",
        "first_day_month": "5",
        "first_day_day": "1",
        "last_day_year": "2018",
        "last_day_month": "5",
        "last_day_day": "3",
    }
    first = client.post("/operation/open/", form)
    before = database()
    again = client.post("/operation/open/", form)
    assert first.status_code == 302 and again.url == first.url and database() == before  # posted twice
    assert Operation.objects.count() == 2


def test_another_accounts_id_is_a_new_one(world: World) -> None:
    form = meeting(world.client("officer"))
    first = world.client("officer").post(ADDRESS, form)
    second = world.client("national-lead").post(ADDRESS, form)
    assert Person.objects.count() == 2 and first.url != second.url
    assert "not saved a second time" not in world.client("national-lead").get(second.url).content.decode()


def test_an_id_is_of_one_address(world: World) -> None:
    client = world.client("officer")
    form = meeting(client)
    client.post(ADDRESS, form)
    lead = {"submission": form["submission"], "summary": "A house", "country": "GY", "origin": "hotline"}
    known = Entry.objects.count()
    client.post("/leads/report/", {**lead, "source_grade": "1", "information_grade": "B", "handling": "P"})
    assert Entry.objects.count() > known


def test_a_search_is_recorded_however_often_it_is_sent(world: World) -> None:
    """Else a form's id would let somebody search on after the first search was written down."""
    client = world.client("officer")
    submission = submissions.new_submission()
    known = Entry.objects.count()
    for words in ("Ana", "Ana", "Maria"):
        assert client.post("/people/", {"find": words, "submission": submission}).status_code == 200
    assert Entry.objects.count() == known + 3
    assert not SubmissionRecord.objects.exists()


def test_the_record_tells_nothing_and_cannot_be_forged(world: World) -> None:
    client = world.client("officer")
    form = meeting(client)
    person = client.post(ADDRESS, form).url.split("/")[2]
    rows = list(SubmissionRecord.objects.all())
    assert len(rows) == 2
    for row in rows:
        text = row.pk.encode() + bytes(row.sealed)
        assert (
            form["submission"].encode() not in text and person.encode() not in text and b"people" not in text
        )
    first, second = rows
    first.sealed, second.sealed = second.sealed, first.sealed
    first.save()
    second.save()
    answer = client.post(ADDRESS, form)
    assert answer.status_code == 302 and answer.url.startswith("/people/"), (
        "what was moved counts for nothing"
    )


def test_ids_that_no_server_makes_are_no_ids(world: World) -> None:
    client = world.client("officer")
    for submission in ("", "x" * 10_000, "\u0661" * 22, "a b" * 8):
        assert client.post(ADDRESS, {**MEET, "submission": submission}).status_code == 302
    assert Person.objects.count() == 4 and not SubmissionRecord.objects.exists()


def test_records_end_after_a_week(world: World) -> None:
    SubmissionRecord.objects.create(pk="a:0", sealed=b"", at=0)
    client = world.client("officer")
    client.post(ADDRESS, meeting(client))
    assert not SubmissionRecord.objects.filter(pk="a:0").exists()


def test_a_page_with_a_code_is_not_shown_again_to_a_browser_that_had_it(world: World) -> None:
    """Reload, or Back and Forward, at a desk that somebody else sits down at."""
    client = world.client("administrator")
    address = "/officers/appoint/"
    form = {
        "submission": form_at(client, address).submission,
        "name": "Uma Fernfield",
        "service_number": "GY 77 104",
        "role": "officer",
    }
    first = client.post(address, form)
    [code] = set(re.findall(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", first.content.decode()))
    marks = [cookie for name, cookie in client.cookies.items() if name.startswith("shown-")]
    assert [(mark["httponly"], mark["samesite"], mark["path"]) for mark in marks] == [
        (True, "Strict", address)
    ]
    before = database()
    for _turn in range(2):
        again = client.post(address, form)
        assert code not in again.content.decode() and "Saved already" in again.content.decode()
        assert "it is not kept" in again.content.decode()
        assert database() == before
    lose_answer(client)  # who takes the mark away has nothing of it either
    assert code not in client.post(address, form).content.decode()


def test_a_code_that_is_shown_once_is_shown_to_a_double_click_and_made_once(world: World) -> None:
    client = world.client("administrator")
    address = "/officers/appoint/"
    form = {
        "submission": form_at(client, address).submission,
        "name": "Uma Fernfield",
        "service_number": "GY 77 104",
        "role": "officer",
    }
    first = client.post(address, form)
    before = database()
    lose_answer(client)  # sent again before the answer had come
    again = client.post(address, form)
    assert again.content == first.content and database() == before
    lose_answer(client)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("libertad.web.submitting.SHOWN_PAGES.find", lambda submission: None)
        text = client.post(address, form).content.decode()
    assert "Saved already" in text and "it is not kept" in text and database() == before


def test_a_code_is_kept_for_two_minutes_and_then_nobody_is_shown_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("administrator")
    address = "/officers/appoint/"
    form = {
        "submission": form_at(client, address).submission,
        "name": "Uma Fernfield",
        "service_number": "GY 77 104",
        "role": "officer",
    }
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(submitting, "time", SimpleNamespace(monotonic=lambda: clock.now))
    first = client.post(address, form)
    before = database()
    answers = []
    for clock.now in (1119, 1121, 1119):  # what ended is gone, whatever a clock says afterwards
        lose_answer(client)
        answers.append(client.post(address, form).content)
    assert answers[0] == first.content and first.content not in answers[1:]
    for answer in answers[1:]:
        assert "Saved already" in answer.decode() and "it is not kept" in answer.decode()
    assert database() == before


def test_who_was_signed_out_meanwhile_reads_that_nothing_is_saved_and_comes_back_to_the_form(
    world: World,
) -> None:
    before = Entry.objects.count()
    client = Client()
    answer = client.post("/leads/report/", {"summary": "Written for an hour"})
    assert answer.status_code == 302 and "next=/leads/report/" in answer["Location"]
    assert "nothing of it is saved" in client.get(answer["Location"]).content.decode()
    looked = client.get("/leads/report/")
    assert "nothing of it is saved" not in client.get(looked["Location"]).content.decode()
    assert Entry.objects.count() == before


def test_an_appointment_that_was_cut_off_before_its_sign_in_is_finished_by_the_same_form(
    world: World, monkeypatch: Any
) -> None:
    """The officer is on file, the account is not: the form that comes again finds its own officer."""
    client, address = world.client("administrator"), "/officers/appoint/"
    form = {
        "submission": form_at(client, address).submission,
        "name": "Uma Fernfield",
        "service_number": "GY 77 104",
        "role": "officer",
    }
    client.raise_request_exception = False
    with monkeypatch.context() as cut:
        cut.setattr(type(Account.objects), "create_user", killed)
        assert client.post(address, form).status_code == 500
    count = Officer.objects.count()
    again = client.post(address, form)
    assert again.status_code == 200 and re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", again.content.decode())
    assert Officer.objects.count() == count and Account.objects.of("GY 77 104") is not None


def killed(*_given: object, **_named: object) -> None:
    raise SystemError("killed here")
