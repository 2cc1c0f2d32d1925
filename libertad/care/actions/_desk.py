"""The desk that an action works at: whose task the person is, and who may say so."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from libertad.access.acting import Act, Forbidden
from libertad.access.desks import KIND, own_desk
from libertad.access.matrix import matrix
from libertad.access.models import Compartment, Officer
from libertad.care.actions._file import NO_FILE, protection_file
from libertad.care.actions._leading import answering
from libertad.care.desk_models import Desk
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Happened, Refused


class AtDesk(NamedTuple):
    """A person's desk at the actor's authority: its file ('' while there is none) and its row."""

    place: str
    row: dict[str, Any] | None

    @property
    def worker(self) -> str:
        """Whose task the person is; '' for nobody's."""
        return self.row["worker"] if self.row else ""

    @property
    def offer(self) -> str:
        """The hand-over that waits for an answer."""
        return self.row["offer"] if self.row else ""


def find_desk(act: Act, verb: str, person: str) -> AtDesk:
    """The role is asked first; then Refused alike for nobody and for whom the authority does not know."""
    if not matrix().may_say(act.actor.role, verb, KIND):
        raise Forbidden("your role may not say %(verb)s", verb=verb)
    files = [act.find_compartment(kind, person) for kind in ("person", "care")]
    if not any(file is not None and act.reads(file) for file in files):
        raise Refused("person", NO_FILE)
    place = act.find_compartment(KIND, person)
    if place is None or not act.reads(place):
        return AtDesk("", None)
    return AtDesk(place, act.get(Desk, place))


def desk_beside(act: Act, verb: str, person: str) -> str:
    """The desk's file beside the person's protection file: for what a deciding authority that reads the one
    must not read. Both are opened at first use; refused while the protection file is closed."""
    care = protection_file(act, verb, person)
    if cast("dict[str, Any]", act.get(Compartment, care))["owner"] != act.actor.authority:
        raise Forbidden("only the file's owner says this")
    return own_desk(act, person)


def refuse_elsewhere(act: Act, person: str) -> None:
    """Refused where the person is another care authority's task: it leads, keeps the file, or is to open
    one."""
    if answering(act, person) != act.actor.authority:
        raise Refused(
            "person",
            "another care authority answers for this person, and its officers take the person: telephone it",
        )


def is_at_work(act: Act, officer: str) -> bool:
    """Whether an officer is still appointed at the actor's authority, in a role that takes people on."""
    row = act.get(Officer, officer)
    return (
        row is not None
        and row["authority"] == act.actor.authority
        and not row["withdrawn"]
        and matrix().may_say(row["role"], "desk.take", KIND)
    )


def say_at(act: Act, desk: AtDesk, content: Verb, person: str) -> str:
    """Returns the entry's hash. Refused for a moment before the last word: none at a desk is dated back."""
    last = desk.row["last_at"] if desk.row else None
    happened: Happened = act.happened
    if last is not None and happened.at <= last:
        if act.is_dated and happened.at < last:
            raise Refused(
                "happened", "something was said of whose task the person is after that: say it as of now"
            )
        happened = act.later(last)
    place = desk.place or act.open(KIND, person, [])
    return act.say(place, content, subject=person, supersedes={}, happened=happened)
