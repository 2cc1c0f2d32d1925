"""The demo plays what care does: each fixed point of a file comes to a decision or a dated step.

Collected in `test_operation_libertad_2018`, which plays the demo once for all of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from libertad.access.actor import Actor
from libertad.access.queries_complaints import complaints
from libertad.care import models, overview, queries_plan
from libertad.care.family_models import Family
from libertad.care.models import CareFile, ProposedClosing
from libertad.care.queries_outside import to_settle
from libertad.care.queue import FOLLOW_UP, MISSING, WAITING
from libertad.people.models import Person
from scenarios.operation_libertad_2018 import caring
from scenarios.operation_libertad_2018.stage import Stage
from tests.support.sealed_rows import opened


def worker(stage: Stage, code: str, role: str = "caseworker", by: int = 0) -> Actor:
    return stage.cast.actor(f"{code}-care", role, by)


def placed(stage: Stage, key: str) -> Any:
    place = overview.place(worker(stage, key[:2]), stage.get(f"person {key}"))
    assert place is not None and isinstance(place.due, datetime)
    return place


@pytest.mark.parametrize(
    ("point", "model"),
    [
        ("consent", models.Consent),
        ("immediate needs and a safety plan", models.Safety),
        ("referral", models.Referral),
        ("follow-up", models.CaseNote),
        ("screening and a decision", models.Identification),
        ("case plan", models.PlanGoal),
        ("the wish", models.Wish),
        ("return or stay", models.ReturnDecision),
        ("form of exploitation", models.Exploitation),
        ("disclosure", models.Disclosure),
        ("closure", models.Closing),
    ],
)
def test_each_fixed_point_of_a_file_is_played(stage: Stage, point: str, model: Any) -> None:
    assert model.objects.exists(), point


def test_what_is_played_comes_to_a_decision_or_to_somebody_with_a_date(stage: Stage) -> None:
    """Whoever has a protection file: decided by two, closed by two, or somebody's with a next date."""
    keys = {person: name[7:9] for name, person in stage.ids.items() if name.startswith("person ")}
    for file in opened(CareFile):
        place = overview.place(worker(stage, keys[file.person]), file.person)
        assert place is not None and place.owner and place.due.tzinfo is not None
        is_decided = bool(file.status) and not file.waiting
        assert is_decided or file.closed_at is not None or place.officer, file.reference


def test_plans_are_read_by_a_second_officer_and_one_waits(stage: Stage) -> None:
    (waits,) = queries_plan.plans_to_read(worker(stage, "VC", "supervisor"))
    assert waits.person == stage.get("person VC/2") and waits.may_read
    unread = {row.person for row in opened(models.PlanUnread)}
    read = {stage.get(f"person {key}") for key, (_goal, is_read) in caring.PLANS.items() if is_read}
    assert len(read) == 3 and not read & unread


def test_one_file_is_closed_by_two_and_one_waits_for_its_reader(stage: Stage) -> None:
    (proposal,) = opened(ProposedClosing)
    assert proposal.person == stage.get("person GY/19")
    place = placed(stage, "GY/19")
    assert (place.queue, place.why) == (WAITING, "closing-reading")
    (closed,) = [file for file in opened(CareFile) if file.closed_at is not None]
    assert closed.person == stage.get("person VC/12") and closed.contact_on
    assert placed(stage, "VC/12").why == "contact"


def test_a_service_outside_answered_and_nobody_has_called_back(stage: Stage) -> None:
    (page,) = to_settle(worker(stage, "VC"))
    assert page.person == stage.get(f"person {caring.ASKED_OUTSIDE}") and page.state == "answered"


def test_a_complaint_is_open_and_another_is_answered_and_neither_names_anybody(stage: Stage) -> None:
    (answered,) = complaints(worker(stage, "VC", "supervisor"))
    assert answered.view.answered is not None and not answered.view.over
    (unanswered,) = complaints(stage.cast.actor("GY-care", "administrator"))
    assert unanswered.view.answered is None and not unanswered.view.taken_by
    assert not complaints(worker(stage, "GY")), "who neither recorded it nor is to answer it reads nothing"
    assert not answered.view.officers and not unanswered.view.officers


# -- hard cases --------------------------------------------------------------------------------


def test_a_linked_person_has_a_decision(stage: Stage) -> None:
    """Met in Venezuela and in Curaçao, decided about by care in both, and each file by two."""
    again = next(name[3:] for name, first in stage.ids.items() if name[:3] == "as " and first == "VE/1")
    record, first = stage.get(f"person {again}"), stage.get("person VE/1")
    files = {file.person: file for file in opened(CareFile) if file.person in (record, first)}
    assert files[record].status == "presumed" and not files[record].waiting
    assert first in files or Person.objects.filter(pk=first).exists()


def test_who_wants_no_help_stays_somebodys_and_is_asked_again_on_a_day(stage: Stage) -> None:
    person = stage.get(f"person {caring.REFUSES}")
    refusals = [row for row in opened(models.Consent, person=person) if not row.agreed]
    assert refusals
    place = placed(stage, caring.REFUSES)
    assert place.assigned and place.queue in (FOLLOW_UP, WAITING)
    (desk,) = opened(models.Desk, person=person)
    assert (desk.step, desk.step_at is not None) == ("talk", True)


def test_a_missing_child_stands_first_with_a_date_and_another_is_back(stage: Stage) -> None:
    missing = [row for row in opened(models.Desk) if row.missing_at is not None]
    (desk,) = missing
    key = next(
        name[8:] for name in stage.ids if stage.ids[name] == desk.person and name.startswith("missing")
    )
    place = placed(stage, key)
    assert (place.queue, place.danger) == (MISSING, True) and place.assigned
    (file,) = opened(CareFile, person=desk.person)
    assert file.child
    back = [name for name in stage.ids if name.startswith("missing ")]
    assert len(back) == 2


def test_a_childs_file_names_a_guardian_or_says_that_none_is_on_file(stage: Stage) -> None:
    children = [file for file in opened(CareFile) if file.child and file.closed_at is None]
    assert children
    guarded = {row.person for row in Family.objects.all()}
    for file in children:
        code = next(k for k, v in stage.ids.items() if v == file.person and k.startswith("person "))[7:9]
        dues = {due.kind for due in _dues(stage, code, file.person)}
        assert file.person in guarded or "guardian" in dues, file.reference


def _dues(stage: Stage, code: str, person: str) -> Any:
    from libertad.care import file_lines

    return file_lines.read(worker(stage, code), [person])[person].dues
