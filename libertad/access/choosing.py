"""In which operation a signed-in officer works, where the authority is in several: chosen for the session.

Every page, right, count and search is of the one that was chosen. The session keeps the one that it began in:
an invitation to another one, or the close of this one, moves nobody who is at work. A form tells in which it
was shown: sent after the officer changed to another one, in another tab, it saves nothing; nor does one that
does not tell it, unless what it is about is of the operation that the officer works in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import HttpRequest

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.queries import operations_of
from libertad.journal import folding

ID = re.compile("[0-9a-f]{32}(?:[0-9a-f]{32})?")
CHOSEN = "operation"  # in the session
FIELD = "working_in"


def choose(request: HttpRequest, operation: str) -> None:
    """Work in this operation until another one is chosen or the session ends."""
    request.session[CHOSEN] = operation


def chosen(request: HttpRequest) -> str:
    """The operation that the session's officer chose; '' for none."""
    return str(request.session.get(CHOSEN, ""))


def stay(request: HttpRequest, actor: Actor) -> None:
    """Keep the session in the operation in which it works, until another one is chosen."""
    if actor.operation and chosen(request) != actor.operation:
        choose(request, actor.operation)


def choices(request: HttpRequest) -> list[str]:
    """The operations among which the officer may choose; asked once a request."""
    operations: list[str] | None = getattr(request, "operations", None)
    if operations is None:
        operations = operations_of(actor_of(request))
        request.operations = operations  # type: ignore[attr-defined]
    return operations


def elsewhere(request: HttpRequest) -> bool:
    """Whether there is another operation to change to; also for who was removed from the one that invited the
    authority last, and would otherwise find no way back."""
    return any(operation != actor_of(request).operation for operation in choices(request))


def shown_in_another(request: HttpRequest) -> bool:
    """Whether a form is sent that was shown while its officer worked in another operation."""
    operation = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return bool(operation) and operation != actor_of(request).operation


def lacks_operation(request: HttpRequest, about: Iterable[object]) -> bool:
    """Whether a form is sent that tells no operation, where its officer has the choice, and that is about
    nothing (of the ids in its address) of the operation in which the officer works."""
    if request.method != "POST" or request.POST.get(FIELD, "") or len(choices(request)) < 2:
        return False
    return all(operations_about(str(subject)) != {actor_of(request).operation} for subject in about)


def operations_about(subject: str) -> set[str]:
    """The operations of the rows that have this id; not of authorities, officers and keys, which are the same
    in all of them."""
    operations: set[str] = set()
    for projection in folding.PROJECTIONS if ID.fullmatch(subject) else ():
        if projection.model._meta.app_label != "access":
            rows = projection.model._default_manager.filter(pk=subject)
            operations.update(rows.exclude(operation="").values_list("operation", flat=True))
    return operations
