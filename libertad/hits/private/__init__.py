"""Asking an authority that shares nothing whether it knows the same person, phone or document.

For the room's screens and the command line: `ask` here, what was asked and answered in `queries`, who may ask
in `admitting`, an owner's epochs in `service.private().holding`. docs/hits-private.md says what it protects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libertad.access.actor import Actor
    from libertad.hits.matching.record import Record
    from libertad.hits.private.asking import Answer


def ask(
    officer: Actor,
    case: str,
    record: Record,
    owners: Sequence[str] | None = None,
    before: Callable[[], None] | None = None,
) -> dict[str, list[Answer]]:
    """Ask all authorities that we exchange with, or those named: owner -> its answers, the best first.

    `before` is called once the question is found to be one, and before anything of it leaves.

    It is a search like any other: what was asked is in the asker's own journal, sealed to its authority.
    """
    from libertad.hits.private.service import private
    from libertad.hits.search_log import searched

    by_owner: dict[str, list[Answer]] = {}
    for answer in private().asking.ask(officer, case, record, owners, before):
        by_owner.setdefault(answer.owner, []).append(answer)
    searched(
        officer, record, sum(answer.what == "hit" for answers in by_owner.values() for answer in answers)
    )
    return by_owner
