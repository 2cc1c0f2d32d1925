"""What a service that is a member has answered: pure rules, and the limits of `serving.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from libertad.access.acting import Act
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist

FILE = Path(__file__).with_name("serving.yaml")
LONGEST = 720  # hours that an answer may take


@dataclass(frozen=True)
class ServingRules:
    """`assumed`: nobody but Libertad set them. `asks`: purposes that ask for an answer."""

    assumed: bool
    answer: timedelta
    asks: frozenset[str]


def read(path: Path) -> ServingRules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "answer_hours", "asks"))
    yamlfile.check_number(path, "answer_hours", content["answer_hours"], LONGEST)
    asks = content["asks"]
    if not isinstance(asks, list) or not asks or not set(asks) <= set(codelist("disclosure-purposes")):
        raise ValueError(f"{path.name}: 'asks' is a list of purposes of a disclosure")
    return ServingRules(content["assumed"], timedelta(hours=content["answer_hours"]), frozenset(asks))


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


def concerns_of(act: Act, file: str) -> list[str]:
    """The concerns, by entry, that the recipient of a disclosure told in its file."""
    row = act.get(Disclosed, file)
    if row is None or not act.reads(file):
        return []
    return [concern["entry"] for concern in act.open_row(Disclosed, row)["concerns"]]
