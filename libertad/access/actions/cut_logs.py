"""Say how far the logs of a suspended authority had come in a file."""

from __future__ import annotations

from collections.abc import Iterable

from libertad.access.acting import Act, action
from libertad.vocabulary.verbs.changes import ChangeCut


@action("change.cut")
def cut_logs(
    act: Act, *, change: str, whom: str, compartment: str, logs: Iterable[str], renewed: bool = False
) -> str:
    """Returns the entry's hash. Said by the node: numbers of what it had when it heard of the suspension.

    `logs`: 'device:number'. `renewed`: the file gets a new key now; the entry is still under the old one.
    """
    content = ChangeCut(whom=whom, logs=tuple(logs), renewed=renewed)
    return act.say(compartment, content, subject=change, source="database", supersedes={})
