"""Write a goal of the case plan, say how far it has come, and read the plan as a second officer."""

from __future__ import annotations

from collections.abc import Iterable

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import own_roster, require_another
from libertad.care.actions._desk import find_desk, refuse_elsewhere, say_at
from libertad.care.actions._file import refuse_closed
from libertad.care.actions.name_step import AHEAD
from libertad.care.plan import second_readers
from libertad.care.plan_models import PlanGoal, PlanUnread
from libertad.care.queue import SUPERVISOR
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.plans import MOST, PlanRead, PlanRecord

GOAL_CHANGED = marked("this goal was changed since you read it: read it again, then write")
PLAN_CHANGED = marked("the plan was changed, or read by somebody, since you read it: read it again")


@action("plan.record")
def record_goal(
    act: Act,
    *,
    person: str,
    area: str,
    goal: str,
    doing: str,
    until: str,
    progress: str,
    note: str = "",
    corrects: str = "",
    version: str = "",
) -> str:
    """Returns the entry's hash. By whose task the person is, or a supervisor. `corrects`: the goal, by the
    entry that wrote it first; `version`: its last word, as the form showed it. Refused where that is not the
    last any more, for a date that has gone by (but one that stays), and while the file is closed."""
    desk = find_desk(act, PlanRecord.VERB, person)
    content = PlanRecord(
        area=area,
        goal=goal.strip(),
        doing=doing.strip(),
        until=until,
        progress=progress,
        note=note.strip(),
        corrects=corrects,
        version=version,
    )
    refuse_elsewhere(act, person)
    refuse_closed(act, act.find_compartment("care", person))
    if not desk.worker or (desk.worker != act.actor.officer and act.actor.role != SUPERVISOR):
        raise Refused("goal", "whose task the person is writes the plan: take the person first")
    stands = ""
    if corrects:
        row = act.get(PlanGoal, corrects)
        if row is None or row["compartment"] != desk.place:
            raise Refused("goal", "there is no such goal in this plan")
        if row["last"] != version:
            raise Refused("goal", GOAL_CHANGED)
        stands = row["until"]
    elif len(act.find(PlanGoal, compartment=desk.place)) >= MOST:
        raise Refused("goal", "a plan has at most %(most)s goals", most=MOST)
    if until != stands:
        check_ahead(until, act.happened.local.date(), "until", years=AHEAD)
    return say_at(act, desk, content, person)


@action("plan.read")
def read_plan(act: Act, *, person: str, goals: Iterable[str], agrees: str, words: str = "") -> str:
    """Returns the entry's hash. `goals`: the entries that were read, which are all that wait. By a supervisor
    who wrote none of them, where there is none by another caseworker; never by a writer's other account."""
    desk = find_desk(act, PlanRead.VERB, person)
    row = act.get(PlanUnread, desk.place) if desk.place else None
    listed = tuple(sorted(goals))
    content = PlanRead(goals=listed, agrees=agrees, words=words.strip())
    if row is None or list(listed) != sorted(row["unread"]):
        raise Refused("agrees", PLAN_CHANGED)
    if act.actor.officer not in second_readers(own_roster(act).roles, row["authors"]):
        raise Forbidden("a supervisor, or where there is none another caseworker, reads the plan second")
    for author in row["authors"]:
        require_another(act, author)
    return say_at(act, desk, content, person)
