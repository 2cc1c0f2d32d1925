"""The gate for routes that are asked with a key: as the pages' own, but a program is told in JSON."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse

from libertad.access import keys
from libertad.access.acting import Forbidden
from libertad.journal.node import node


def gate(request: HttpRequest, row: Mapping[str, frozenset[str]], method: str) -> HttpResponse | None:
    """None to let it through, with `request.actor` and `request.key` set. A session does not count here."""
    request.keyed = True  # type: ignore[attr-defined]
    program = keys.asker(request.headers.get("Authorization", ""))
    request.actor = None if program is None else program.actor  # type: ignore[attr-defined]
    if program is None:
        answer = plain_answer(401, "send a key that has not ended: Authorization: ApiKey ...")
        answer["WWW-Authenticate"] = "ApiKey"
        return answer
    request.key = program.key  # type: ignore[attr-defined]
    if not any(program.actor.role in allowed for allowed in row.values()):
        return plain_answer(404, "nothing is here for you")
    if method not in row:
        answer = plain_answer(405, "this address does not take that")
        answer["Allow"] = ", ".join(sorted(allowed_method.upper() for allowed_method in row))
        return answer
    if program.actor.role not in row[method]:
        return plain_answer(403, "your role does not do this")
    if program.actor.authority not in node().rings.open:
        return plain_answer(503, "this node is locked")
    return None


def failed(why: Exception) -> HttpResponse:
    """What the action or the node refused."""
    return plain_answer(403 if isinstance(why, Forbidden) else 503, str(why))


def plain_answer(status: int, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status)
