"""The rows about one person that a line of care's lists is read from, and which of several files is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from libertad.access.actor import Actor
from libertad.care import models
from libertad.care.answered import Answered
from libertad.care.desk_models import Desk
from libertad.care.family_models import Family
from libertad.care.leading_models import Leading
from libertad.people import queries as people


@dataclass
class PersonRows:
    """The rows about one person."""

    file: models.CareFile | None = None
    desk: Desk | None = None
    met: people.Recorded | None = None
    parts: dict[type[models.Part], list[Any]] = field(default_factory=lambda: defaultdict(list))
    family: list[Family] = field(default_factory=list)
    leadings: list[Leading] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)  # of services, settled or not
    there: str = ""  # the service that says that the person is there now
    is_decided: bool = False  # a deciding authority reads the file
    owner: str = ""  # where it is known to be another than the reader's authority, or keeps the file

    def inside(self, file: models.CareFile | None) -> PersonRows:
        """These rows, of the person's protection files this one alone."""
        place = file.compartment if file is not None else ""
        parts = {
            model: [part for part in listed if part.compartment == place]
            for model, listed in self.parts.items()
        }
        family = [relations for relations in self.family if relations.compartment == place]
        return replace(self, file=file, parts=defaultdict(list, parts), family=family)


def precedes(actor: Actor, file: models.CareFile, other: models.CareFile, keepers: Mapping[str, str]) -> bool:
    """Whether of two files of one person this is the actor's, as `Lookup.find_compartment` chooses."""

    def rank_of(candidate: models.CareFile) -> tuple[bool, str]:
        return keepers.get(candidate.pk) != actor.authority, candidate.pk

    return rank_of(file) < rank_of(other)
