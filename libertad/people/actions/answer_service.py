"""What a service that is a member records about somebody whom care disclosed to it."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.matrix import matrix
from libertad.access.models import Compartment
from libertad.people.disclosed_models import Disclosed
from libertad.people.serving import STEPS, serving_rules, stage_of
from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.serving import ServiceAnswer, ServiceArrived, ServiceConcern, ServiceLeft

NO_REQUEST = marked("there is no such request to your authority")


@action("service.answer")
def answer_service(act: Act, *, file: str, answer: str, reasons: str = "") -> None:
    """Whether the service can; said again, the last answer counts, until somebody is there."""
    _say(act, file, ServiceAnswer(answer=answer, reasons=reasons.strip()))


@action("service.arrived")
def record_arrival(act: Act, *, file: str, note: str = "") -> None:
    """Refused before it was accepted."""
    _say(act, file, ServiceArrived(note=note.strip()))


@action("service.left")
def record_leaving(act: Act, *, file: str, way: str, note: str = "") -> None:
    """Refused while nobody is there."""
    _say(act, file, ServiceLeft(way=way, note=note.strip()))


@action("service.concern")
def tell_concern(act: Act, *, file: str, concern: str, words: str) -> str:
    """A danger or a need: possible at any time, and waits at care until care has answered. Returns the
    entry's hash."""
    return _say(act, file, ServiceConcern(concern=concern, words=words.strip()))


def _say(act: Act, file: str, content: Verb) -> str:
    """In the file of the disclosure, which the service and care read. Refused alike for no such file, for one
    to another authority, and for what was withdrawn."""
    row = _request(act, file, content.VERB)
    if stage_of(row) not in STEPS[content.VERB]:
        raise Refused("file", "this does not follow from what was recorded before: load the page again")
    return act.say(file, content, subject=file, supersedes={})


def _request(act: Act, file: str, verb: str) -> dict[str, Any]:
    if not matrix().may_say(act.actor.role, verb, "disclosure"):
        raise Forbidden("your role may not say %(verb)s", verb=verb)
    row = act.get(Disclosed, file)
    place = act.get(Compartment, file)
    if row is None or place is None or place["owner"] == act.actor.authority or not act.reads(file):
        raise Refused("file", NO_REQUEST)
    if row["purpose"] not in serving_rules().asks:
        raise Refused("file", "it asks for nothing: there is nothing to answer")
    if row["stopped_at"] is not None:
        raise Refused("file", "it was withdrawn: telephone the care authority")
    return dict(row)
