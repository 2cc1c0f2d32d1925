"""No form takes a date that cannot be meant: what happened does not lie ahead, a plan not in another age.

All forms of all pages; whoever adds a form with a date has it here. The rules themselves are tested in
tests/vocabulary/test_bounds.py and in the rooms.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from tests.support.forms import Form
from tests.support.populated import Populated
from tests.support.routes import Route
from tests.web.test_every_form import FILLED, PREPARED, form_errors, pages_with_form, submission, writing

# One worker, once: the forms are not written, so none stands in another's way.
pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("every_form")]

# Fields that say what is planned, or until when something holds: they may lie ahead, but not without bounds.
PLANNED = {
    "appeal_by",
    "closes",
    "contact_on",
    "document_expires",
    "due",
    "due_back",
    "first_check_in",
    "first_day",
    "keep_until",
    "last_day",
    "needed_by",
    "next_due",
    "opens",
    "reads",
    "review_on",
    "silent_until",
    "until",
}
# An exercise may be played in any year.
UNBOUND = {"reads"}
FAR = 2190
NOBODY = {
    "care-leading-offer"
}  # there is no other care authority to offer it to; tests/care/test_lead_person.py
PAGES = 3  # of one form, that are looked at for dates
# What else is said, so that nothing but the date is wrong.
BESIDE: dict[str, dict[str, Any]] = {
    "document_expires": {"document_number": "R0482913"},
    "due": {"note": "Ask the consulate"},
    "heard": {"site": ""},
    "next_due": {"outcome": "carries-on", "agreed": "They go on"},
    "first_day": {"last_day_year": "2190", "last_day_month": "6", "last_day_day": "9"},
    "last_day": {"first_day_day": "3", "first_day_month": "4", "first_day_year": "2018"},
    "opens": {"closes_year": "2190", "closes_month": "6", "closes_day": "9"},
    "silent_until": {"silent_why": "No network"},
}


def dates_of(form: Form) -> list[str]:
    return sorted({name.removesuffix("_year") for name in form.fields if name.endswith("_year")})


def with_date(route: Route, form: Form, field: str, day: date) -> dict[str, Any]:
    parts = {f"{field}_day": day.day, f"{field}_month": day.month, f"{field}_year": day.year}
    empty = {name: "" for name in form.fields if name == f"{field}_line"}
    form.fields["submission"] = [new_submission()]
    filled = {name: str(value) for name, value in parts.items()}
    return {**submission(route, form), **empty, **filled, **BESIDE.get(field, {})}


def test_no_form_takes_a_date_that_cannot_be_meant(populated: Populated) -> None:
    tried, accepted = set[tuple[str, str]](), []
    for route in writing():
        if route.name in PREPARED and route.name != "person-settle":
            PREPARED[route.name](populated)
        for _role, client, address, form in islice(pages_with_form(populated, route), PAGES):
            fields = dates_of(form)
            for field in fields:
                if (route.name, field) in tried or field in UNBOUND or route.name in NOBODY:
                    continue
                tried.add((route.name, field))
                day = date(FAR, 6, 5) if field in PLANNED else date.today() + timedelta(days=3)
                before = Entry.objects.count()
                answer = client.post(address, with_date(route, form, field, day))
                errors = form_errors(answer)
                if f"'{field}'" not in errors or Entry.objects.count() != before:
                    accepted.append(f"{route.name} takes {day} as {field}: {answer.status_code} {errors}")
            if fields:
                break
    assert len(tried) > 40, "the forms with dates are not shown"
    assert {field for _route, field in tried} >= PLANNED - UNBOUND
    assert not accepted, "\n".join(accepted)
    assert FILLED  # what the forms need besides
