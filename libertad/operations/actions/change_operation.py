"""Change an operation's name, days, zone or countries. What was said before stays on file."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.access.models import Member
from libertad.operations.actions._planning import check_days, check_name
from libertad.operations.models import Operation, SiteCount
from libertad.vocabulary.codelists import label
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import OperationOpen
from libertad.vocabulary.written import normalise


@action("operation.open")
def change_operation(
    act: Act, *, name: str, first_day: str, last_day: str, zone: str, country: Sequence[str]
) -> str:
    """Returns the operation's id. The same as before is not said again.

    A country in which an authority is a member, or a site is counted, stays: Refused names it.
    """
    key = act.actor.operation
    before = act.get(Operation, key) if key else None
    if before is None:
        raise Refused("name", "there is no operation to change")
    content = OperationOpen(
        name=name, first_day=first_day, last_day=last_day, zone=zone, country=tuple(country)
    )
    check_days(first_day, last_day)
    if normalise(name) != normalise(before["name"]):
        check_name(act, name)
    for removed in sorted(set(before["countries"]) - set(country)):
        if _in_use(act, removed):
            raise Refused(
                "country",
                "%(country)s has members or sites in the operation and stays in it",
                country=label("countries", removed),
            )
    now = (name, first_day, last_day, zone, sorted(country))
    if now != tuple(before[field] for field in ("name", "first_day", "last_day", "zone", "countries")):
        times = (entry.at for entry in act.tx.entries_touching(f"operations.Operation:{key}"))
        act.say(act.operation_compartment, content, subject=key, happened=act.later(*times))
    return key


def _in_use(act: Act, country: str) -> bool:
    where = {"country": country, "operation": act.actor.operation}
    return any(act.find(model, **where) for model in (Member, SiteCount))
