"""What a service that is a member has answered: pure rules, and the limits of `serving.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from libertad.access.acting import Act
from libertad.people.disclosed_models import Disclosed
from libertad.people.models import Person
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs.serving import ServiceSought

FILE = Path(__file__).with_name("serving.yaml")
HOURS = ("answer_hours", "tonight_hours", "arrive_hours")
LONGEST = 720  # hours that an answer may take


@dataclass(frozen=True)
class ServingRules:
    """`assumed`: nobody but Libertad set them. `answer`: until it answers; `tonight`: where
    one officer sent it because it could not wait; `arrive`: after it accepted, until
    the person is there. `asks`: purposes that ask for an answer. `looks`: of those, where care says that it
    looks for the person."""

    assumed: bool
    answer: timedelta
    tonight: timedelta
    arrive: timedelta
    asks: frozenset[str]
    looks: frozenset[str]


def read(path: Path) -> ServingRules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", *HOURS, "asks", "looks"))
    for name in HOURS:
        yamlfile.check_number(path, name, content[name], LONGEST)
    asks = content["asks"]
    if not isinstance(asks, list) or not asks or not set(asks) <= set(codelist("disclosure-purposes")):
        raise ValueError(f"{path.name}: 'asks' is a list of purposes of a disclosure")
    looks = content["looks"]
    if not isinstance(looks, list) or not set(looks) <= set(asks):
        raise ValueError(f"{path.name}: 'looks' is a list of some of 'asks'")
    answer, tonight, arrive = (timedelta(hours=content[name]) for name in HOURS)
    return ServingRules(content["assumed"], answer, tonight, arrive, frozenset(asks), frozenset(looks))


@cache
def serving_rules() -> ServingRules:
    """The rules that hold here."""
    return read(FILE)


def stage(answer: str, arrived: Any, left: Any) -> str:
    """How far it has come: 'asked', 'declined', 'expected', 'here' or 'left'."""
    if left is not None:
        return "left"
    if arrived is not None:
        return "here"
    return {"accepted": "expected", "declined": "declined"}.get(answer, "asked")


def stage_of(row: Mapping[str, Any]) -> str:
    """As `stage`, of a row as actions find it."""
    return stage(row["answer"], row["arrived_at"], row["left_at"])


# What may be recorded while it stands so.
STEPS: Mapping[str, frozenset[str]] = {
    "service.answer": frozenset({"asked", "expected", "declined"}),
    "service.arrived": frozenset({"expected", "left"}),
    "service.left": frozenset({"here"}),
    "service.concern": frozenset({"asked", "expected", "declined", "here", "left"}),
}


def needs_said(act: Act, person: str) -> list[str]:
    """The needs that were said when the person was met; [] where the identity file is not read."""
    row = act.get(Person, person)
    if row is None or not act.reads(row["compartment"]):
        return []
    return list(act.open_row(Person, row).get("needs") or ())


def tell_sought(act: Act, files: Iterable[str], is_sought: bool) -> None:
    """Say in the files of disclosures to services at which the person is, or is expected, that the actor's
    authority looks for the person; or, where it said so, that it does no more."""
    for file in files:
        row = act.get(Disclosed, file)
        if row is None or not act.reads(file) or row["stopped_at"] is not None:
            continue
        was_sought = row["sought_at"] is not None
        has_person = row["purpose"] in serving_rules().looks and stage_of(row) in ("expected", "here")
        if was_sought != is_sought and (was_sought or has_person):
            content = ServiceSought(sought="yes" if is_sought else "no")
            act.say(file, content, subject=file, supersedes={})


def is_unsettled(act: Act, file: str) -> bool:
    """Whether a service that was asked has no outcome: it has not answered, or waits for the person."""
    row = act.get(Disclosed, file)
    return row is None or stage_of(row) in ("asked", "expected")


def concerns_of(act: Act, file: str) -> list[str]:
    """The concerns, by entry, that the recipient of a disclosure told in its file."""
    row = act.get(Disclosed, file)
    if row is None or not act.reads(file):
        return []
    return [concern["entry"] for concern in act.open_row(Disclosed, row)["concerns"]]
