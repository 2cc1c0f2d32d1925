"""A person or thing is described by the same options wherever one is asked for."""

from __future__ import annotations

import inspect
from typing import get_args

from libertad.commands import hits, hits_private
from libertad.hits.matching.record import NUMBERED, Kind

PERSON = {"name", "birth", "age", "sex", "nationality"}


def facts(command: object) -> dict[str, tuple[object, object]]:
    """(type and help, default) of each option that says what a record could be known by."""
    parameters = inspect.signature(command).parameters  # type: ignore[arg-type]
    return {
        name: (option.annotation, option.default)
        for name, option in parameters.items()
        if name in PERSON or name in get_args(Kind)
    }


def test_asking_in_private_takes_the_options_of_asking_this_node() -> None:
    here, private = facts(hits.ask), facts(hits_private.ask)
    assert private.keys() >= PERSON | set(NUMBERED)
    assert {name: here[name] for name in private} == private
    assert here.keys() - private.keys() == {"address", "place"}
