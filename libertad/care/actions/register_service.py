"""Name a service outside Libertad, confirm its number as a second officer, ask it no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import require_another
from libertad.access.matrix import matrix
from libertad.care.outside_models import OutsideService
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.outside import ServiceConfirm, ServiceEnd, ServiceRegister

GONE = marked("there is no such service in the list")


@action("service.register")
def register_service(
    act: Act, *, name: str, telephone: str, checked_with: str, services: Sequence[str] = (), service: str = ""
) -> str:
    """Returns the service's id. With `service`, a change of one in the list: what was confirmed holds until
    another officer has confirmed the change."""
    place = _list_of(act, ServiceRegister.VERB)
    content = ServiceRegister(
        name=" ".join(name.split()),
        telephone=telephone.strip(),
        checked_with=checked_with.strip(),
        services=tuple(services),
    )
    if service:
        _row(act, service)
    subject = service or act.new_id()
    act.say(place, content, subject=subject, supersedes={})
    return subject


@action("service.confirm")
def confirm_service(act: Act, *, service: str, entry: str, agrees: str, words: str) -> None:
    """By another officer than who registered just that (`entry`)."""
    place = _list_of(act, ServiceConfirm.VERB)
    proposed = _row(act, service)["proposed"]
    content = ServiceConfirm(entry=entry, agrees=agrees, words=words.strip())
    if proposed is None or proposed["entry"] != entry:
        raise Refused("entry", "this has changed, or was answered already; load the page again")
    if proposed["officer"] == act.actor.officer:
        raise Forbidden("another officer confirms the number, not who registered it")
    require_another(act, proposed["officer"])
    act.say(place, content, subject=service, supersedes={}, depends=[entry])


@action("service.end")
def end_service(act: Act, *, service: str, reasons: str) -> None:
    """From then on nobody is asked by it."""
    place = _list_of(act, ServiceEnd.VERB)
    row = _row(act, service)
    if row["ended"] and row["proposed"] is None:
        raise Refused("service", "it is asked no more already")
    act.say(place, ServiceEnd(reasons=reasons.strip()), subject=service, supersedes={})


def confirmed_service(act: Act, service: str) -> dict[str, Any]:
    """A service whose number a second officer confirmed, with what is sealed. RowChanged where somebody else
    than this node changed it."""
    row = _row(act, service)
    if row["ended"] or not row["telephone"]:
        raise Refused("service", "its number is not confirmed by a second officer, or it is asked no more")
    return row


def _list_of(act: Act, verb: str) -> str:
    """The authority's own file, in which the list stands. The role is asked first."""
    if not matrix().may_say(act.actor.role, verb, "authority"):
        raise Forbidden("your role may not say %(verb)s", verb=verb)
    return act.compartment("authority", act.actor.authority)


def _row(act: Act, service: str) -> dict[str, Any]:
    row = act.get(OutsideService, service)
    if row is None or not act.reads(row["compartment"]):
        act.believe_all(OutsideService)  # RowChanged where somebody took it away
        raise Refused("service", GONE)
    return row
