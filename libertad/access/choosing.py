"""In which operation a signed-in officer works, where the authority is in several: chosen for the session.

Every page, right, count and search is of the one that was chosen. A form tells in which it was shown: sent
after the officer changed to another one, in another tab, it saves nothing.
"""

from __future__ import annotations

from django.http import HttpRequest

from libertad.access.asking import who
from libertad.access.queries import operations_of

CHOSEN = "operation"  # in the session
FIELD = "working_in"


def choose(request: HttpRequest, operation: str) -> None:
    """Work in this operation until another one is chosen or the session ends."""
    request.session[CHOSEN] = operation


def chosen(request: HttpRequest) -> str:
    """The operation that the session's officer chose; '' for none."""
    return str(request.session.get(CHOSEN, ""))


def choices(request: HttpRequest) -> list[str]:
    """The operations among which the officer may choose; asked once a request."""
    found: list[str] | None = getattr(request, "operations", None)
    if found is None:
        found = operations_of(who(request))
        request.operations = found  # type: ignore[attr-defined]
    return found


def elsewhere(request: HttpRequest) -> bool:
    """Whether there is another operation to change to; also for who was removed from the one that invited the
    authority last, and would otherwise find no way back."""
    return any(one != who(request).operation for one in choices(request))


def shown_in_another(request: HttpRequest) -> bool:
    """Whether a form is sent that was shown while its officer worked in another operation."""
    shown = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return bool(shown) and shown != who(request).operation
