"""Every form of every page: it carries an id, and posted twice it writes once and is answered alike.

The forms are those of the pages; whoever adds one has it here, and where it cannot be filled in from what the
page offers, says in FILLED what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from libertad.access.matrix import ANYONE, matrix, roles
from libertad.access.submissions import SHAPE, new_submission
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.identify import identify
from libertad.care.actions.note_case import note_case
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_document import record_document
from libertad.care.actions.record_plan import record_goal
from libertad.care.actions.refer import refer
from libertad.care.actions.say_missing import say_missing
from libertad.care.actions.take_person import take_person
from libertad.figures.actions.propose_release import propose_release
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.set_clock import set_clock
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from tests.support.forms import Form, database, forms_of, lose_answer
from tests.support.populated import (
    Populated,
    add_leaving,
    add_victim,
    another_disclosure,
    another_referral,
    found_alike,
    keys_of,
    needed_document,
    offer_task,
    plan_goal,
    telling_keys,
)
from tests.support.routes import Route, routes

pytestmark = pytest.mark.xdist_group("every_form")  # each form is posted to what those before it left
# Nothing of the operation is written by these: what is looked for is recorded as often as it is asked.
READING = {
    "find",
    "people",
    "set-language",
    "invitation-file",
    "exchange-ask",
    "exchange-line",
    "hit-match",
    "exhibit-package",
}
TWICE = "# posted twice"
ROOT = Path(__file__).parents[2]
ALLAUTH = ("account_", "mfa_")
# What others would settle before, and what ends what others need.
FIRST = [
    "detention-read",
    "hit-read",
    "hit-ask",
    "exhibit-take-over",
    "exhibit-witness",
    "team-contact",
    "care-reading",
    "hit-postpone",
    "hit-confirm",
    "hit-undo",
    "hit-reject",
    "care-unconfirm",
]
LAST = [
    "detention-person",
    "limit-withdraw",
    "person-link",
    "exchange-erasure",
    "care-identify-correct",
    "care-close",
    "care-reopen",
    "officer-withdraw",
    "vouched-undo",
    "member-remove",
    "operation-close",
    "operation-reopen",
]


NO_DAYS = {f"{name}_{part}": "" for name in ("due", "until") for part in ("day", "month", "year")}


def writing() -> list[Route]:
    """The routes of signed-in officers that take a form."""
    table = matrix().routes
    form_routes = [
        route
        for route in routes("libertad.web.urls")
        if "post" in table[route.name]
        and ANYONE not in table[route.name]["post"]
        and route.name not in READING
        and not route.name.startswith(ALLAUTH)
    ]
    order = [*FIRST, "", *LAST]
    return sorted(form_routes, key=lambda route: order.index(route.name if route.name in order else ""))


@pytest.mark.parametrize("role", roles())
def test_every_form_of_a_roles_pages_carries_an_id_of_its_own(populated: Populated, role: str) -> None:
    client, ids_seen = populated.world.client(role), set[str]()
    for route in routes("libertad.web.urls"):
        if route.keyed or not matrix().may_ask(role, route.name, "get"):
            continue
        for keys in telling_keys(populated, route, "person", "victim"):
            answer = client.get(route.address(*keys))
            if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
                continue
            for form in forms_of(answer.content.decode(), answer.request["PATH_INFO"]):
                assert SHAPE.fullmatch(form.submission), f"{route.name}: a form without an id"
                assert form.submission not in ids_seen, f"{route.name}: the id of another form"
                ids_seen.add(form.submission)
    assert len(ids_seen) > 2


# What is written where the page does not offer it, by route.
FILLED: dict[str, dict[str, Any]] = {
    "care-settle": {"outcome": "spoken", "words": "At her aunt's"},
    "care-settle-need": {"outcome": "met", "words": "At the clinic"},
    "phone-end": {"reason": "Given back"},
    "phone-waiting": {"decision": "leave", "reason": "The officer wrote none of it"},
    "retention-set": {"keep_until_day": "1", "keep_until_month": "5", "keep_until_year": "2030"},
    "person-keep": {"keep_until_day": "1", "keep_until_month": "5", "keep_until_year": "2031"},
    "file-keep": {"keep_until_day": "1", "keep_until_month": "5", "keep_until_year": "2030"},
    "check-correct": {"answer": "no-hit", "reasons": "Read wrongly"},
    "detention-person": {"person": "P-GY-001", "shown": "P-GY-001", "same": "on"},
    "exhibit-release": {"place": "The boat"},
    "exhibit-new": {"owner_agreed": "", "seal": ""},
    "exhibits-new": {
        **{f"thing-{n}-kind": "" for n in range(1, 6)},
        "thing-0-kind": "document",
        "thing-0-description": "Ledger, red cover",
        "times": "1",
        "seals": "",
    },
    "hits-private": {"name": "Yulimar Peña", "birth_line": "1999", "age": "", "of": []},
    "hit-postpone": {
        "until_line": (date.today() + timedelta(days=9)).isoformat(),
        "until_day": "",
        "until_month": "",
        "until_year": "",
    },
    "link-answer": {"words": "I compared both"},
    "share-answer": {"words": "I know of it"},
    "share-now": {"words": "Her father waits for her at the door with a knife"},
    "share-refuse": {"words": "Not hers"},
    "limit-confirm": {"hours": "48", "reasons": "A newer text"},
    # Not the hour of the day on which it runs: after midnight there what others recorded would lie ahead.
    "operation-clock": {
        "reads_day": "9",
        "reads_month": "4",
        "reads_year": "2018",
        "reads_time": "18:00",
    },
    "operation-change": {"name": "Another name", "first_day_year": "2018", "last_day_year": "2018"},
    "person-link": {"reference": "P-GY-002"},
    "site-new": {"lat": "6.8", "lon": "-58.1"},
    "care-next": {"until_day": "1", "until_month": "5", "until_year": "2018"},
    "care-plan-goal": {"until_day": "1", "until_month": "5", "until_year": "2018"},
    "care-documents-new": NO_DAYS,
    "care-documents-change": NO_DAYS,
    "care-plan-change": {"until_day": "1", "until_month": "5", "until_year": "2018"},
    "care-page": {"day_day": "", "day_month": "", "day_year": "", "line": "+592 555 0143"},
    "care-service": {"agrees": "yes"},
    "care-service-new": {"telephone": "+592 555 0144"},
    "care-service-change": {"telephone": "+592 555 0144"},
    "care-glass": {"words": "A man stands at the door of the shelter"},
    "care-close": {"despite": "It was ended by the person"},
    "care-identify": {"decision": "not-victim", "forced_to": "labour"},
    "care-refer": {"disclosed": []},
    "care-disclose": {
        "until_day": "1",
        "until_month": "6",
        "until_year": "2018",
    },
    "care-family-link": {"name": "Generated Ana"},
    "care-exploitation-new": {"sexual": []},
    "person-exploitation": {"sexual": []},
    "danger-contact": {"telephone": "+592 555 0142"},
    "exchange-erasure": {"reason": "It was asked for"},
    "exchange-alarm-alone": {"decision": "danger"},
    "hold-new": {"reference": "P-GY-012"},
    "release-new": {"as_of_day": "4", "as_of_month": "4", "as_of_year": "2018"},
    "detention-stage": {
        "stage": "bail",
        "court": "Generated court",
        "order": "GD 12",
        "charge": "",
        "skips": "",
    },
    "detention-new": {"how_known": "Passport shown"},
    "detention-next": {"state": "arrested", "release": ""},
    "detention-read": {"agrees": "yes"},
    "detention-link": {"other": "GY-0002"},
    "property-new": {"exhibit": "", "amount": "1.250,50"},
    "person-meeting": {"with_whom": "With her brother", "reasons": "She said so later"},
    "person-settle": {"reasons": "She said so twice"},
    "person-state": {"replaces": [], "words": "She was told to wait"},
    "visit-correct": {
        "conditions": [],
        "outcome": "found-empty",
        "people": "0",
        "reasons": "Counted at the wrong house",
    },
    "visit-new": {"people": "3", "conditions_absent": []},
    "headcount-new": {"women": "3", "visit": ""},
    "headcount-again": {"women": "2"},
    "headcount-explain": {"other": "1", "note": "Hidden until the boat left"},
    "room-new": {"height_m": "1,5"},
    "room-correct": {"sleeping": "4"},
    "way-in-correct": {"closed": [], "seen_coming": "Boats, from the bend"},
    "window-new": {"closes_day": "7"},
    "property": {"exhibit": ""},
    "property-pay": {"paid": "1,50", "instead": "", "reasons": ""},
    "exhibit-correct": {"cash-0-currency": "", "state_when_taken": "Off"},
    "store-place-correct": {"name": "Shelf 2"},
    "store-audit-new": {"read": "GYP-NONE-1", "confirmed": "on"},
    "team-correct": {"taken_back": [], "officers": "4"},
    "care-identify-correct": {"taken_back": [], "screening": "", "forced_to": "labour"},
    "care-decide-correct": {"taken_back": [], "basis": "Another article"},
    "detention-status-correct": {
        "how": "time",
        "day_part": "",
        "happened_day": "5",
        "happened_month": "4",
        "happened_year": "2018",
        "happened_time": "10:00",
    },
}


# What stands in the address besides the keys.
QUERY = {"limit-withdraw": "?kind=before-charge", "exhibit-new": "?kind=mobile-phone"}


def by_password(populated: Populated, role: str) -> Client:
    """Somebody who gave the password a moment ago."""
    client = Client()
    number = "BB-001" if role == "coordinator" else f"N-{role}"
    client.post("/sign-in/", {"login": number, "password": "correct horse battery"})
    return client


def second_reader(populated: Populated, role: str) -> Client:
    """Another caseworker than the one who proposed it."""
    return populated.world.client("second-caseworker" if role == "caseworker" else role)


CLIENTS = {"key-new": by_password, "calendar-new": by_password, "hit-read": second_reader}


def with_a_file(client: Client, address: str) -> Any:
    """The officers of a file, as they are shown before they are appointed."""
    text = "name,service number,role\nUma Fernfield,GY 77 105,officer\n"
    return client.post(address, {"file": SimpleUploadedFile("officers.csv", text.encode())})


def with_a_moment(client: Client, address: str) -> Any:
    """The sentence of a release as of a moment that was chosen."""
    chosen = next(form for form in forms_of(client.get(address).content.decode(), address) if form.fields)
    values = {**chosen.fields, **AS_OF, "previewed": "", "submission": new_submission()}
    return client.post(address, values)


AS_OF = {"as_of_day": "4", "as_of_month": "4", "as_of_year": "2018"}
# Pages that show their form after another one was sent.
STEPS: dict[str, Callable[[Client, str], Any]] = {
    "officers-from-file": with_a_file,
    "release-new": with_a_moment,
}
# Where the form of an address stands that has no page of its own.
SHOWN_ON = {"person-settle": "/people/{}/"}


def pages_with_form(populated: Populated, route: Route) -> Iterator[tuple[str, Any, str, Form]]:
    """Role, client, address and form of each page that shows this route's form."""
    for role in roles():
        if not matrix().may_ask(role, route.name, "post"):
            continue
        client = CLIENTS.get(route.name, lambda state, name: state.world.client(name))(populated, role)
        for keys in keys_of(populated, route):
            address = route.address(*keys) + QUERY.get(route.name, "")
            if "get" not in matrix().routes[route.name]:
                yield role, client, address, Form(address, {"submission": [new_submission()]})
                continue
            step = STEPS.get(route.name, lambda browser, where: browser.get(where))
            answer = step(client, SHOWN_ON.get(route.name, "").format(*keys) or address)
            if answer.status_code != 200:
                continue
            for form in forms_of(answer.content.decode(), address):
                if form.action == address:
                    yield role, client, address, filled(form, answer.request["PATH_INFO"], answer.context)


def filled(form: Form, address: str, context: Any) -> Form:
    """A form with something in every field that must not stay empty, and the first of what is offered."""
    for name, values in form.offered.items():
        if not form.fields.get(name) or form.fields[name] == [""]:
            form.fields[name] = [next((value for value in values if value), "")]
    if form.action != address:  # one of several on another page, each with the buttons that it needs
        form.fields |= {name: values[:1] for name, values in form.buttons.items()}
    shown_form = context.get("form") if context is not None else None
    for name, box in getattr(shown_form, "fields", {}).items():
        if box.required and not any(form.fields.get(name, [])):
            kind = type(box).__name__
            if kind == "PartialDateField":
                form.fields |= {f"{name}_year": ["1990"]}
            elif kind == "MomentField":
                form.fields |= {f"{name}_day": ["5"], f"{name}_month": ["4"], f"{name}_year": ["2018"]}
            elif kind in ("IntegerField", "WholeField", "NumberField"):
                form.fields[name] = ["3"]
            elif kind == "FileField":
                form.fields[name] = ["a file"]
            else:
                form.fields[name] = ["Words of a test"]
    return form


def submission(route: Route, form: Form) -> dict[str, Any]:
    data: dict[str, Any] = {**form.fields, **FILLED.get(route.name, {})}
    for name, value in data.items():
        if value == ["a file"]:
            data[name] = SimpleUploadedFile("note.txt", b"what was written down")
    return data


@pytest.mark.both  # every form's SQL runs on PostgreSQL too
@pytest.mark.parametrize("route", writing(), ids=lambda route: route.name)
def test_every_form_posted_twice_writes_once(populated: Populated, route: Route) -> None:
    if route.name in PREPARED:
        PREPARED[route.name](populated)
    refused = []
    for role, client, address, form in pages_with_form(populated, route):
        before = database()
        first = client.post(address, submission(route, form))
        rows_after = database()
        changed = {table for table in rows_after if rows_after[table] != before[table]}
        if first.status_code >= 400 or (first.status_code == 200 and form_errors(first)):
            refused.append((role, address, first.status_code, form_errors(first), form.fields))
            continue
        assert "journal_entry" in changed or route.name in UNSAID, f"{role} at {address} wrote {changed}"
        if first.status_code == 302:
            assert get_messages(first.wsgi_request).added_new, f"{role} at {address} is told nothing"
        lose_answer(client)
        again = client.post(address, submission(route, form))
        after = database()
        assert {table for table in after if after[table] != rows_after[table]} == set()
        assert (again.status_code, again.get("Location")) == (first.status_code, first.get("Location"))
        if first.status_code == 200:
            assert again.content == first.content
        return
    if route.name in UNREACHED:
        return
    pytest.fail(f"no form of {route.name} was taken: {refused[-2:]}")


# Written at this node alone, in no entry.
UNSAID = {
    "exchange-enrol",
    "exchange-peer-state",
    "exchange-alarm-settle",
    "exchange-alarm-answer",
    "exchange-alarm-alone",
    "exchange-repair",
    "invitation-withdraw",
    "phone-new",
    "phone-waiting",
    "brought-leave",
}


# Of a state that this small operation is not in: why, and which test posts it twice instead.
UNREACHED = {
    "operation-new": ("it would lead into another operation", "tests/operations/test_second_forms.py"),
    "operation-choose": ("there is no other to choose", "tests/operations/test_second_operation.py"),
    "exhibit-settle": ("one node refuses what it settles", "tests/exchange/test_screens_conflicts.py"),
    "openings": ("nothing waits to be read", "tests/access/test_amounts.py"),
    "link-alone": ("the time to answer is not over", "tests/people/test_linking_by_two.py"),
    "care-keep": ("no file is closed", "tests/care/test_keep_longer.py"),
    "person-erasure": ("no file's time is over", "tests/people/test_keeping.py"),
    "file-erasure": ("the operation is open", "tests/people/test_keeping_files.py"),
    "care-erasure": ("no file's time is over", "tests/care/test_erasure.py"),
    "attachment-upload": ("a script sends it", "tests/access/test_uploads.py"),
    "attachment-part": ("a script sends it", "tests/access/test_uploads.py"),
    **dict.fromkeys(
        (
            "care-leading-offer",
            "care-leading-accept",
            "care-leading-decline",
            "care-leading-withdraw",
            "care-leading-end",
        ),
        ("there is one care authority", "tests/care/test_lead_person.py"),
    ),
    "change-carry-out": ("another signs, and a day passes", "tests/operations/test_changes.py"),
}


@pytest.mark.parametrize("name", UNREACHED)
def test_what_is_not_reached_here_is_posted_twice_elsewhere(name: str) -> None:
    assert TWICE in (ROOT / UNREACHED[name][1]).read_text("utf-8")


def endanger(populated: Populated) -> None:
    team = populated.ids["team"]
    populated.world.perform("officer", check_in, team=team, state="on-site", danger=True)


def two_sexes(populated: Populated) -> None:
    for sex in ("female", "male"):
        populated.world.perform(
            "officer", state_person, person=populated.ids["person"], sex=sex, source="said"
        )


def to_be_read(populated: Populated) -> None:
    populated.world.perform(
        "caseworker", identify, person=populated.ids["victim"], status="presumed", reasons="Told so."
    )


def to_be_asked(populated: Populated) -> None:
    """A hit of care between a person whom police met and one whom care met."""
    add_victim(populated, "Generated Other", "victim-asked")
    found_alike(
        populated, "care", f"person:{populated.ids['person']}", f"person:{populated.ids['victim-asked']}"
    )


def to_be_withdrawn(populated: Populated) -> None:
    """A proposal of its own: the other one is to be signed."""
    moment = populated.world.at(5, 22).utc  # the cut that the form of counting names before
    populated.ids["withdrawing"] = populated.world.perform("coordinator", propose_release, as_of=moment)


def a_task(worker: str = "caseworker", to: str = "", taken: bool = True) -> Callable[[Populated], None]:
    """Somebody whom a caseworker met, took unless not `taken`, and offered to a colleague if `to` one."""

    def prepare(populated: Populated) -> None:
        person = populated.world.perform(worker, meet_person, country="GY", source="said")
        populated.ids["desk-person"] = person
        if to:
            offer_task(populated, person, worker, to)
        elif taken:
            populated.world.perform(worker, take_person, person=person)

    return prepare


def a_task_in_april(populated: Populated) -> None:
    """By a clock of its own: whether another form has set the operation's before is chance."""
    at = populated.world.at(9, 18).at
    populated.world.perform("coordinator", set_clock, reads=at, set_at=datetime.now(UTC), rate=0.0)
    a_task()(populated)


def a_missing_person(populated: Populated) -> None:
    a_task()(populated)
    person = populated.ids["desk-person"]
    populated.world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words="Police.")


def an_answer(populated: Populated) -> None:
    """A service tells of a need, by telephone."""
    a_task()(populated)
    world, ids = populated.world, populated.ids
    person = ids["told-of"] = ids["desk-person"]
    agreed = {"person": person, "purpose": "shelter", "recipient": "House B", "agreed": "yes"}
    consent = world.perform("caseworker", record_consent, **agreed)
    asked = world.perform(
        "caseworker", refer, person=person, service="shelter", to="House B", consent=consent
    )
    ids["told"] = world.perform(
        "caseworker", answer_referral, referral=asked, answer="need", reasons="A cot."
    )


def a_note(populated: Populated) -> None:
    a_task()(populated)
    populated.ids["desk-note"] = populated.world.perform(
        "caseworker",
        note_case,
        person=populated.ids["desk-person"],
        kind="talked",
        seen="2018-04-08",
        words="At the shelter.",
    )


def a_colleagues_file(populated: Populated) -> None:
    a_task("second-caseworker")(populated)
    populated.world.perform("second-caseworker", open_care, person=populated.ids["desk-person"])


def a_person_taken_over(populated: Populated) -> None:
    a_task("caseworker")(populated)
    person = populated.ids["desk-person"]
    populated.ids["desk-taking"] = populated.world.perform("supervisor", take_person, person=person)


def a_plan(populated: Populated) -> None:
    a_task_in_april(populated)
    world, person = populated.world, populated.ids["desk-person"]
    populated.ids["desk-plan"] = world.perform("caseworker", record_goal, person=person, **plan_goal(world))


def a_document(populated: Populated) -> None:
    a_task_in_april(populated)
    world, person = populated.world, populated.ids["desk-person"]
    populated.ids["desk-document"] = world.perform(
        "caseworker", record_document, person=person, **needed_document()
    )


PREPARED = {
    **dict.fromkeys(("care-plan-goal", "care-plan-change", "care-plan-read"), a_plan),
    "care-take": a_task(taken=False),
    **dict.fromkeys(("care-give-back", "care-missing", "care-note"), a_task()),
    "care-note-correct": a_note,
    "care-next": a_task_in_april,
    "care-found": a_missing_person,
    "care-settle": an_answer,
    "care-hand-over": a_task(),
    "care-accept": a_task("second-caseworker", "caseworker"),
    "care-decline": a_task("second-caseworker", "caseworker"),
    "care-take-back": a_task("caseworker", "second-caseworker"),
    "care-acknowledge": a_person_taken_over,
    "care-glass": a_colleagues_file,
    "care-close-read": add_leaving,
    **dict.fromkeys(("care-documents-new", "care-documents-change"), a_document),
    "care-page": another_referral,
    "care-refer": another_referral,  # whose agreement is the newest, and offered first
    "care-disclosure": another_disclosure,
    "team-danger-close": endanger,
    "person-settle": two_sexes,
    "care-reading": to_be_read,
    "hit-ask": to_be_asked,
    "release-withdraw": to_be_withdrawn,
}


def form_errors(answer: Any) -> str:
    form = answer.context.get("form") if answer.context is not None else None
    return str(dict(form.errors)) if form is not None and form.is_bound else ""
